/* SPDX-License-Identifier: Apache-2.0 */
/*
 * duplicates.h - records that look like one, shown for a person to decide.
 *
 * Owner:  daemon/api/duplicates.c; layer 4
 * Shapes: `[{kind, level, reason:{name, same, apart}, records:[{id, unit, fields}, …]}]`,
 * the likeliest first; the words of `level` and `reason` are those of record/duplicate.h.
 * Pairs that are marked as not the same, and what is merged already, are left out
 */
#ifndef HAMLET_API_DUPLICATES_H
#define HAMLET_API_DUPLICATES_H

#include "hamlet/api/view.h"
#include "hamlet/store/alias.h"

/* Pairs that are shown at most; nobody decides more in a sitting. */
enum { HM_API_DUPLICATES_MAX = 2000 };

/*
 * `kind` null: all kinds that say what their duplicates are. `unit` null: everywhere. It
 * looks at each record once, and at pairs only of those whose names fold alike.
 * HM_BAD_INPUT  there is no such kind or unit, or none is looked for in this kind
 * HM_TOO_BIG    more records, or more of one name, than it compares at once: name a unit
 */
HM_CHECKED enum hm_status hm_api_duplicates(const struct hm_view *view,
                                            const char *kind,
                                            const char *unit,
                                            struct hm_err *err);

/* The same without the records' fields, which name people: for a list that all may see.
 */
HM_CHECKED enum hm_status hm_api_duplicates_bare(const struct hm_view *view,
                                                 const char *kind,
                                                 const char *unit,
                                                 struct hm_err *err);

/*
 * Records that were merged into others, in pieces: `{merges:[{record, into, change, kind,
 * unit, unit_name, role, time}], next}`. It names nobody
 */
HM_CHECKED enum hm_status hm_api_merges(const struct hm_view *view,
                                        const struct hm_merges_query *query,
                                        struct hm_err *err);

#endif
