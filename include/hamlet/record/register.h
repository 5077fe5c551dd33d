/* SPDX-License-Identifier: Apache-2.0 */
/*
 * register.h - the value of a register made from the values of fields, and back.
 *
 * Owner:   proto/record/register.c; layer 1, pure
 * Threads: nothing is kept between calls
 *
 * A register is one field, or a group whose value is an object of its members that are
 * not cleared. All members cleared make null. Members that this version of the kind does
 * not know are copied through.
 */
#ifndef HAMLET_RECORD_REGISTER_H
#define HAMLET_RECORD_REGISTER_H

#include "hamlet/record/kind.h"

/* The value of `field` in its register's value; no bytes where it has none. */
struct hm_bytes hm_register_field(struct hm_bytes value, const struct hm_field *field);

/*
 * Append the register's new value: what `values` gives for a field, and where that gives
 * no bytes what stands in `shown`, the value so far (no bytes: none). One field of a
 * group so writes the whole group.
 */
void hm_register_put(struct hm_buf *out,
                     const struct hm_kind_register *reg,
                     struct hm_bytes shown,
                     const struct hm_kind_values *values);

/*
 * Append the value that JSON gives: of a field as hm_field_read_json, of a group an
 * object of its members. HM_BAD_INPUT: as there, or field-unknown (member, group).
 */
HM_CHECKED enum hm_status hm_register_read_json(const struct hm_kind_register *reg,
                                                const struct hm_json *json,
                                                struct hm_buf *out,
                                                struct hm_err *err);

/* Whether another replica's canonical value fits, not null. Takes no memory. */
bool hm_register_valid(const struct hm_kind_register *reg, struct hm_bytes value);

/* Whether no required field is empty in it; null or no bytes: all are empty. */
bool hm_register_complete(const struct hm_kind_register *reg, struct hm_bytes value);

#endif
