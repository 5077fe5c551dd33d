/* SPDX-License-Identifier: Apache-2.0 */
/* conflict.h - one conflict with all that a person needs to settle it. */
#ifndef HAMLET_API_CONFLICT_H
#define HAMLET_API_CONFLICT_H

#include "hamlet/api/conflicts.h"
#include "inside.h"

struct hm_side {
    const struct hm_held *held;
    struct hm_bytes value; /* no bytes: withheld */
};

struct hm_case_view {
    const struct hm_conflict *conflict;
    struct hm_loaded loaded;
    struct hm_side *sides; /* ascending change id */
    size_t side_count;
    struct hm_bytes base;          /* no bytes: none, or several */
    const struct hm_held *shown;   /* meanwhile; null: not known any more */
    const struct hm_held *settled; /* the change that ended it; null while open */
};

/* Everything comes from `arena`. */
HM_CHECKED enum hm_status hm_case_view_load(struct hm_case_view *view,
                                            struct hm_store *store,
                                            const struct hm_conflict *conflict,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* The same of one that is open, of a record that is loaded already. */
HM_CHECKED enum hm_status hm_case_view_see(struct hm_case_view *view,
                                           const struct hm_loaded *loaded,
                                           const struct hm_conflict *conflict,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

#endif
