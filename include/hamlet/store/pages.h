/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.h - origins, which change has which sequence number, and signed pages.
 *
 * Owner:      proto/store/pages.c, origins.c; layer 2
 * Format:     PROTOCOL.md sections 3.4 and 3.5
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_PAGES_H
#define HAMLET_STORE_PAGES_H

#include "hamlet/base/sign.h"
#include "hamlet/model/page.h"
#include "hamlet/store/changes.h"

/* A device in one epoch. `seq` and `head`: of the contiguous prefix that is here. */
struct hm_origin {
    int64_t row; /* 0: not here */
    struct hm_id device;
    uint32_t epoch;
    unsigned branch; /* 0: the chain; others hold what contradicts it */
    uint64_t seq;
    struct hm_digest head;
    uint64_t sent;  /* own: left this machine up to here; pages may be sealed beyond */
    uint64_t acked; /* own: acknowledged up to here */
    bool has_parent;
    struct hm_digest parent; /* head that its h(0) binds */
};

/* Where it is not here: made if `make` (with head h(0)), else row 0. */
HM_CHECKED enum hm_status hm_store_origin_get(struct hm_store *store,
                                              const struct hm_id *device,
                                              uint32_t epoch,
                                              bool make,
                                              struct hm_origin *origin,
                                              struct hm_err *err);
/* Of a branch, whose seq stays 0: only the chain is acknowledged. */
HM_CHECKED enum hm_status hm_store_branch_get(struct hm_store *store,
                                              const struct hm_id *device,
                                              uint32_t epoch,
                                              unsigned branch,
                                              bool make,
                                              struct hm_origin *origin,
                                              struct hm_err *err);
/* Write seq, head, sent and acked back. */
HM_CHECKED enum hm_status hm_store_origin_put(struct hm_store *store,
                                              const struct hm_origin *origin,
                                              struct hm_err *err);

/*
 * Give the changes in rows `first`…`first + count - 1` the sequence numbers from `seq`
 * on. What is known already stays.
 */
HM_CHECKED enum hm_status hm_store_envelopes_put(struct hm_store *store,
                                                 int64_t origin,
                                                 uint64_t seq,
                                                 int64_t first,
                                                 size_t count,
                                                 struct hm_err *err);

/*
 * Whether the numbers from `seq` on that this origin has given already were given to just
 * these changes. What is not here yet contradicts nothing.
 */
HM_CHECKED enum hm_status hm_store_envelopes_agree(struct hm_store *store,
                                                   int64_t origin,
                                                   uint64_t seq,
                                                   const struct hm_change *changes,
                                                   size_t count,
                                                   bool *agree,
                                                   struct hm_err *err);

/* A page as it was signed, without its changes. */
struct hm_stored_page {
    int64_t origin;
    uint64_t seq;
    uint64_t count;
    struct hm_bytes home;
    struct hm_digest head_before;
    struct hm_digest head_after;
    uint64_t registry_n;
    struct hm_signature signature;
};

/* `home` is the page's, borrowed. */
struct hm_stored_page hm_stored_page_of(const struct hm_page *page, int64_t origin);

/* Pages that are known already are left as they are. */
HM_CHECKED enum hm_status hm_store_pages_put(struct hm_store *store,
                                             const struct hm_stored_page *pages,
                                             size_t count,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/*
 * The page of this origin that holds `seq`; the longest of several. `found` false: none.
 */
HM_CHECKED enum hm_status hm_store_page_at(struct hm_store *store,
                                           int64_t origin,
                                           uint64_t seq,
                                           struct hm_stored_page *page,
                                           bool *found,
                                           struct hm_arena *arena,
                                           struct hm_err *err);
/* The number after the last that the newest page up to origin->seq holds; 1: none does.
 */
HM_CHECKED enum hm_status hm_store_pages_end(struct hm_store *store,
                                             const struct hm_origin *origin,
                                             uint64_t *end,
                                             struct hm_err *err);

/*
 * Move the prefix of `origin` forward over every page that joins it, and write it back.
 */
HM_CHECKED enum hm_status hm_store_origin_advance(struct hm_store *store,
                                                  struct hm_origin *origin,
                                                  struct hm_err *err);

/*
 * How far that would be, where nothing is written. Its own device need not have been
 * here: what h(0) binds is taken from the first page.
 */
HM_CHECKED enum hm_status hm_store_origin_reach(struct hm_store *store,
                                                struct hm_origin *origin,
                                                struct hm_err *err);

/* Which origin and sequence number the change in this row has, and how many neighbours
 * after it go on in step. `origin` 0: it has none. */
struct hm_envelope {
    int64_t origin;
    struct hm_id device;
    uint32_t epoch;
    uint64_t seq;
    uint64_t count;
    bool forked; /* of a chain with branches: its numbers alone do not tell the change */
    bool shared; /* changes of this device may stand in several chains: who has one of
                    them need not have it in this one */
};
HM_CHECKED enum hm_status hm_store_envelope_of(struct hm_store *store,
                                               int64_t change,
                                               struct hm_envelope *envelope,
                                               struct hm_err *err);

/*
 * The changes with sequence numbers `seq`… of an origin, at most `limit`, as far as they
 * are here without a gap.
 */
HM_CHECKED enum hm_status hm_store_origin_changes(struct hm_store *store,
                                                  int64_t origin,
                                                  uint64_t seq,
                                                  size_t limit,
                                                  struct hm_held **held,
                                                  size_t *count,
                                                  struct hm_arena *arena,
                                                  struct hm_err *err);

/* Neighbours in rows and in sequence numbers: the pieces of a stretch of an origin. */
struct hm_stretch {
    uint64_t seq;
    uint64_t count;
    int64_t change;
};
HM_CHECKED enum hm_status hm_store_stretches(struct hm_store *store,
                                             int64_t origin,
                                             uint64_t seq,
                                             uint64_t count,
                                             struct hm_stretch **stretches,
                                             size_t *found,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* A run of salts of the own origin: from `seq` on, up to the next run (PROTOCOL.md 3.2).
 */
HM_CHECKED enum hm_status hm_store_run_put(struct hm_store *store,
                                           int64_t origin,
                                           uint64_t seq,
                                           const uint8_t seed[HM_SALT_SIZE],
                                           struct hm_err *err);
struct hm_stored_run {
    uint64_t seq;
    uint64_t end; /* the first seq of the next run; UINT64_MAX of the newest */
    uint8_t seed[HM_SALT_SIZE];
};
/* Runs that hold any of `seq`…`to`, ascending. */
HM_CHECKED enum hm_status hm_store_runs(struct hm_store *store,
                                        int64_t origin,
                                        uint64_t seq,
                                        uint64_t to,
                                        struct hm_stored_run **runs,
                                        size_t *count,
                                        struct hm_arena *arena,
                                        struct hm_err *err);
/* Forget the seeds of runs that are full and whose changes are all acknowledged. */
HM_CHECKED enum hm_status hm_store_runs_forget(struct hm_store *store,
                                               int64_t origin,
                                               uint64_t acked,
                                               struct hm_err *err);

#endif
