/* SPDX-License-Identifier: Apache-2.0 */
/*
 * saw.h - writing over what a person saw, and not over what has come since.
 *
 * Owner:      proto/author/saw.c; layer 3
 * Threads:    an author belongs to the thread of its store
 * Errors:     err.h
 */
#ifndef HAMLET_AUTHOR_SAW_H
#define HAMLET_AUTHOR_SAW_H

#include "hamlet/author/author.h"

/*
 * What the person saw of the record that hm_author_edit, _delete and _merge change from
 * here to the end of the transaction: the heads of all its registers, as they were then
 * (hm_loaded_heads). Only these are replaced, and a group that is edited keeps what else
 * it held then. Nothing that has come since is written over: where it says something
 * else, both are a conflict. A change that is named and not here counts as not seen.
 *
 * `seen` null, as after begin: all that is here was seen. Ascending; borrowed till then.
 */
void hm_author_saw(struct hm_author *author, const hm_prefix *seen, size_t count);

/*
 * The same by the text that a page keeps of it (api/records.h): hex of prefixes; and what
 * `own` names was seen as well, unless it is null. `arena` lives as long as the
 * transaction. Of what is no mark nothing was seen.
 */
HM_CHECKED enum hm_status hm_author_saw_mark(struct hm_author *author,
                                             struct hm_bytes mark,
                                             const struct hm_id *own,
                                             struct hm_arena *arena,
                                             struct hm_err *err);
bool hm_author_is_mark(struct hm_bytes text);

/*
 * *erased: of the values that stood in the record when this mark was made one was erased
 * since, so that what was typed from them is not to be kept. A page that was opened after
 * that saw that there is none, whatever else of the same changes it shows.
 * HM_NOT_FOUND  the record is not here
 */
HM_CHECKED enum hm_status hm_author_saw_erased(struct hm_store *store,
                                               const struct hm_id *record,
                                               struct hm_bytes mark,
                                               bool *erased,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

#endif
