/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer_scope.h - the buckets of a requester's scope: what it has, what there is.
 *
 * Private to proto/sync.
 */
#ifndef HAMLET_SYNC_ANSWER_SCOPE_H
#define HAMLET_SYNC_ANSWER_SCOPE_H

#include "serving.h"

/* One bucket of the requester's scope. */
struct hm_part {
    struct hm_bytes name; /* as on the wire: the own mailbox is `@` */
    struct hm_bytes full;
    uint64_t asked; /* n that the requester has */
    uint64_t n;     /* n here */
    uint64_t sent;  /* n up to which the requester has it with this reply */
    bool whole;     /* everything up to n is in this reply */
};

/* By their full names; of the serving's arena. */
HM_CHECKED enum hm_status hm_parts_find(struct hm_part **parts,
                                        size_t *count,
                                        struct hm_serving *serving,
                                        struct hm_store *store,
                                        struct hm_err *err);

/* Whether the requester's list of buckets is its scope. */
bool hm_parts_same(const struct hm_part *parts,
                   size_t count,
                   const struct hm_request *request);

/* The next file, or body of this one, begins behind what this one holds. */
HM_CHECKED enum hm_status hm_parts_move_reader(const struct hm_part *parts,
                                               size_t count,
                                               struct hm_serving *serving,
                                               struct hm_err *err);

#endif
