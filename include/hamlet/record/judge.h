/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - whether a change that another replica wrote may stand.
 *
 * Owner:   proto/record/judge.c; layer 1, pure
 * Threads: nothing is kept between calls
 *
 * Run by the server over everything that arrives, and by an author over its own change
 * before it is committed, so that nothing is refused later that could have been refused
 * while the person was still there. It takes no memory: it cannot fail and blame a change
 * for that.
 */
#ifndef HAMLET_RECORD_JUDGE_H
#define HAMLET_RECORD_JUDGE_H

#include "hamlet/record/kind.h"
#include "hamlet/record/reason.h"

/*
 * Judge `change`, for which hm_change_valid holds. The first of these that applies to any
 * part of it, whatever the order of the writes:
 *
 *   unknown_field  it writes a register that the kind does not have
 *   invalid        a value is not one of its field as its author must write it; a
 *                  required field is cleared; the act does not write such a register; or
 *                  a rule is broken (rule.h), no mere warning, that the change's kind
 *                  version has and about which this change says all
 *   missing        a create without a required field
 *   role           the role in the change may not do this
 *   bad_key        the key fields of a create are not the kind's, in its order and valid,
 *                  or do not give the record's id; another act carries key fields
 *
 * What an act may write, beside ~why (a text, or null):
 *   create edit      fields, and ~live true          resolve policy  both, ~alias, ~live
 *   delete           ~live false                     merge           ~alias
 *   erase            fields, null only, and, of a    withdraw        nothing
 *                    deleted record, ~live false
 *
 * `key`: the record's key values as far as known, for the rights that depend on them; of
 * a create those of the change are taken. A value that was withheld is taken on trust.
 * `where`, if not null: the register or key field at fault, borrowed; no bytes for none.
 */
enum hm_reason hm_kind_judge(const struct hm_kind *kind,
                             const struct hm_change *change,
                             const struct hm_key_field *key,
                             size_t key_count,
                             struct hm_bytes *where);

/*
 * Whether `withdrawal` may withdraw a change of this kind that `device` made: not if the
 * kind does not give its role the right, or the role is below the commune's and the
 * change another device's (HM_REASON_ROLE). `kind` null, for it is not known here: nobody
 * can say yet (HM_REASON_UNKNOWN_KIND).
 */
enum hm_reason hm_kind_judge_withdrawn(const struct hm_kind *kind,
                                       const struct hm_change *withdrawal,
                                       const struct hm_id *device);

#endif
