/* SPDX-License-Identifier: Apache-2.0 */
/*
 * visits.h - what a server keeps of each device between two of its visits.
 *
 * Owner:      proto/store/server/visit.c; layer 2
 * Format:     PROTOCOL.md section 7.3
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_VISITS_H
#define HAMLET_STORE_VISITS_H

#include "hamlet/store/store.h"

/* What is kept of a device in one epoch. */
struct hm_visit {
    struct hm_id device;
    uint32_t epoch;
    struct hm_id current; /* lease token in use; none: all zero */
    struct hm_id pending; /* given, not presented yet */
    struct hm_id request; /* the request that was given `pending` */
    struct hm_wall contact;
    int64_t waiting;   /* its own changes that are not here */
    int64_t offset_ms; /* the device's clock minus ours */
    struct hm_bytes version;
    /* What it said last of what it has: files for it begin there (sync/serving.h). */
    uint64_t incarnation;
    struct hm_bytes stated; /* list of (text bucket, uint n), packed */
    uint64_t carried;       /* entries that the registry had when `pending` was given */
    struct hm_bytes errors; /* since its last success: hm_visit_errors */
    struct hm_wall late; /* since when it always had something waiting; 0: it has not */
};

/* What a device failed at, as it said itself: no name is to be trusted. */
enum { HM_VISIT_ERRORS_MAX = 16 };
struct hm_visit_error {
    struct hm_bytes name;
    int64_t count;
};
void hm_visit_errors_put(struct hm_buf *packed,
                         const struct hm_visit_error *errors,
                         size_t count);
/* Names are borrowed from the visit. Returns how many there are. */
size_t hm_visit_errors(const struct hm_visit *visit,
                       struct hm_visit_error errors[HM_VISIT_ERRORS_MAX]);

/* *found: there is one. Text comes from `arena`. */
HM_CHECKED enum hm_status hm_store_visit_get(struct hm_store *store,
                                             const struct hm_id *device,
                                             uint32_t epoch,
                                             struct hm_visit *visit,
                                             bool *found,
                                             struct hm_arena *arena,
                                             struct hm_err *err);
/* That of the epoch in which the device was heard of last. */
HM_CHECKED enum hm_status hm_store_visit_last(struct hm_store *store,
                                              const struct hm_id *device,
                                              struct hm_visit *visit,
                                              bool *found,
                                              struct hm_arena *arena,
                                              struct hm_err *err);
/*
 * Another epoch of the device in which this token counts: from here on `instead` does,
 * which nobody was given. *found: there is one; *any: there is an epoch besides this one
 * in which a token counts.
 */
HM_CHECKED enum hm_status hm_store_visit_over(struct hm_store *store,
                                              const struct hm_visit *after,
                                              const struct hm_id *token,
                                              const struct hm_id *instead,
                                              bool *found,
                                              bool *any,
                                              struct hm_err *err);
/*
 * Another epoch of the device that was heard of since `visit`, if there is no notice of
 * the device yet; or, with `before`, that was heard of at all, if notices do not say that
 * one of the two follows the other, over others maybe. One in which it showed a token
 * that it had been given, not beginning with `uncounted`. It goes on, or there would be
 * no pending token (hm_store_visit_over). The latest.
 */
HM_CHECKED enum hm_status hm_store_visit_other(struct hm_store *store,
                                               const struct hm_visit *visit,
                                               bool before,
                                               struct hm_bytes uncounted,
                                               uint32_t *epoch,
                                               bool *found,
                                               struct hm_err *err);
HM_CHECKED enum hm_status hm_store_visit_put(struct hm_store *store,
                                             const struct hm_visit *visit,
                                             struct hm_err *err);

/* Lease tokens hold within one incarnation of the server: a restored one forgets them. */
HM_CHECKED enum hm_status hm_store_visits_forget(struct hm_store *store,
                                                 struct hm_err *err);

#endif
