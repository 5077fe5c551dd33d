/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landing.h - what a commit does with the changes of one body. Private to proto/sync.
 */
#ifndef HAMLET_SYNC_LANDING_H
#define HAMLET_SYNC_LANDING_H

#include "hamlet/record/reason.h"
#include "hamlet/store/offers.h"
#include "serving.h"

/* A body's changes in one set, with where each page begins in it. */
struct hm_landing {
    struct hm_serving *serving;
    struct hm_store *store;
    struct hm_put *puts;
    enum hm_reason *reasons;
    struct hm_offered *offered; /* null: nothing waits for anything */
    size_t count;
    struct hm_id keys_of; /* the device whose keys were looked up last */
    struct hm_keys keys;
    struct hm_arena arena; /* of this commit alone */
};

/* Whether the server judged this one already, in an incarnation that it lost. */
bool hm_landing_offered(const struct hm_landing *landing, size_t i);

/* After the changes were judged, before they are put: whose judgement is another. */
HM_CHECKED enum hm_status hm_landing_find_offered(struct hm_landing *landing,
                                                  struct hm_err *err);
/*
 * After all are there: what was offered of them stands in the buckets, and what is said
 * of a change whose values came now is said once more, to those who read it without.
 */
HM_CHECKED enum hm_status hm_landing_regain(struct hm_landing *landing,
                                            struct hm_err *err);

/*
 * After that: a withdrawal that was refused because what it names is not here waits for
 * it, and those that waited for what came now are judged once more.
 */
HM_CHECKED enum hm_status hm_landing_meet(struct hm_landing *landing, struct hm_err *err);

#endif
