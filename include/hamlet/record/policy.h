/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - what a rule makes of the values of a register in conflict.
 *
 * Owner:   proto/record/policy.c; layer 1, pure
 * Threads: everything here is constant
 * Source:  PROTOCOL.md 4.4
 */
#ifndef HAMLET_RECORD_POLICY_H
#define HAMLET_RECORD_POLICY_H

#include "hamlet/base/buf.h"
#include "hamlet/record/kind.h"
#include "hamlet/record/role.h"

/* One side: what was written, and in which role. No bytes: the value is withheld. */
struct hm_policy_side {
    struct hm_bytes value;
    enum hm_role role;
};

/* The policy of this name, which may be "manual"; false: there is none. */
bool hm_policy_find(enum hm_kind_policy *policy, struct hm_bytes name);

/*
 * Whether the register is of a type that the policy can decide: max and min want a number
 * or a date alone, union a set or list alone, prefer-authority anything.
 */
bool hm_policy_fits(enum hm_kind_policy policy, const struct hm_kind_register *reg);

/*
 * Append the canonical value that it decides for; true if it decides. It does not, and a
 * person has to, where a side is withheld or cleared (but prefer-authority), where the
 * highest authorities differ, or where of two dates one only says less than the other.
 * What it appends depends on the set of sides alone, not on their order.
 */
bool hm_policy_decide(struct hm_buf *out,
                      enum hm_kind_policy policy,
                      const struct hm_kind_register *reg,
                      const struct hm_policy_side *sides,
                      size_t count);

#endif
