/* SPDX-License-Identifier: Apache-2.0 */
/*
 * views.h - the records of a store as tables for other programs: SQL that makes views.
 *
 * Owner:  proto/store/server/views.c; layer 2
 * Errors: those of the buffer
 *
 * The views are temporary: a program opens a store, or a copy of one, read-only, runs the
 * text, and reads. Nothing of a store is changed by it. What the views are made of may be
 * another with the next version of the store; the text is made anew then.
 */
#ifndef HAMLET_STORE_VIEWS_H
#define HAMLET_STORE_VIEWS_H

#include "hamlet/base/buf.h"
#include "hamlet/record/kinds.h"

/*
 * Append a view for each kind: `hm_record`, `hm_unit`, `hm_year` (null: of none),
 * `hm_conflict`, `hm_part_of_another` (0 or 1), and a typed column for each field, lists
 * as JSON, each with its labels as a comment. Texts longer than the store keeps in a row
 * are null.
 * `above`: only kinds that are counts, and of these no text, no list and nothing that
 * names a record: what may be shown above the district.
 */
void hm_store_views(struct hm_buf *out, const struct hm_kinds *kinds, bool above);

#endif
