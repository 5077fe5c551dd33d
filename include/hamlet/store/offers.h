/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offers.h - what a laptop offers a server that lost it, and what that server keeps of
 * it.
 *
 * Owner:      proto/store/offers.c (the laptop's), proto/store/server/offer.c; layer 2
 * Rules:      PROTOCOL.md section 7.5
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 *
 * A bucket is *old* where its numbers are of an incarnation that is over: it counts as
 * one with n 0 until it is begun anew (hm_store_bucket_reset), and what it holds is
 * offered meanwhile.
 */
#ifndef HAMLET_STORE_OFFERS_H
#define HAMLET_STORE_OFFERS_H

#include "hamlet/base/sign.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/pages.h"

/* ---- a laptop ---- */

/* What went into a file may be lost with it: the network offers it again. */
enum hm_old {
    HM_OLD_NOT,
    HM_OLD_TO_OFFER,
    HM_OLD_OFFERED,
    HM_OLD_IN_FILE,
    HM_OLD_STATES
};

/* The server has a new incarnation: every bucket that is here is to be offered. */
HM_CHECKED enum hm_status hm_store_buckets_age(struct hm_store *store,
                                               struct hm_err *err);
HM_CHECKED enum hm_status hm_store_bucket_offered(struct hm_store *store,
                                                  struct hm_bytes bucket,
                                                  bool in_file,
                                                  struct hm_err *err);
/* Begin it anew if it is old. */
HM_CHECKED enum hm_status hm_store_bucket_renew(struct hm_store *store,
                                                struct hm_bytes bucket,
                                                struct hm_err *err);
/* Names of the buckets in this state, ascending, from `arena`. */
HM_CHECKED enum hm_status hm_store_buckets_old(struct hm_store *store,
                                               enum hm_old state,
                                               struct hm_bytes **names,
                                               size_t *count,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * The receipt of this number speaks of this bucket as it is here now. If it is the first
 * that does since the bucket was begun anew, what its changes were accepted or released
 * by, and no entry says any more, is over.
 */
HM_CHECKED enum hm_status hm_store_bucket_signed(struct hm_store *store,
                                                 struct hm_bytes bucket,
                                                 int64_t receipt,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);
/* That receipt; no bytes where there is none. From `arena`. */
HM_CHECKED enum hm_status hm_store_bucket_statement(struct hm_store *store,
                                                    struct hm_bytes bucket,
                                                    struct hm_bytes *message,
                                                    struct hm_bytes *signature,
                                                    struct hm_arena *arena,
                                                    struct hm_err *err);

/* An element of a bucket's set. */
struct hm_element {
    struct hm_id id;
    enum hm_entry_kind kind;
    struct hm_bytes reason;
    int64_t change; /* row; 0: not looked up */
};

/* The set of a bucket's entries up to n, ascending by (id, kind, reason). */
HM_CHECKED enum hm_status hm_store_elements(struct hm_store *store,
                                            struct hm_bytes bucket,
                                            uint64_t n,
                                            struct hm_element **elements,
                                            size_t *count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);
/*
 * Changes of a home, whole or refused, that no entry of its bucket up to n speaks of, in
 * order of arrival: kind and reason say nothing. Those of one origin beyond a number of
 * it are not among them: they are sent as always.
 */
struct hm_beyond {
    int64_t origin; /* row */
    uint64_t seq;
};
HM_CHECKED enum hm_status hm_store_unspoken(struct hm_store *store,
                                            struct hm_bytes home,
                                            uint64_t n,
                                            struct hm_beyond own,
                                            struct hm_element **elements,
                                            size_t *count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* ---- a server ---- */

/* Whether any entries wait for their changes. */
HM_CHECKED enum hm_status hm_store_offers_any(struct hm_store *store,
                                              bool *any,
                                              struct hm_err *err);

/* Keep what the server once said of a bucket. */
HM_CHECKED enum hm_status hm_store_offers_put(struct hm_store *store,
                                              struct hm_bytes bucket,
                                              const struct hm_element *elements,
                                              size_t count,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* A change that arrives: what is kept of it, as bits of enum hm_verdict. */
struct hm_offered {
    struct hm_id id;
    struct hm_bytes home;
    struct hm_id device;
    unsigned verdict; /* out; 0: nothing */
};
HM_CHECKED enum hm_status hm_store_offers_find(struct hm_store *store,
                                               struct hm_offered *offered,
                                               size_t count,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * Let what is kept of these changes, as far as they are here, stand in the buckets: of
 * the home and, of a refusal or release, of the author as well. What stands there already
 * is not doubled.
 */
HM_CHECKED enum hm_status hm_store_offers_take(struct hm_store *store,
                                               struct hm_bytes bucket,
                                               const struct hm_id *ids,
                                               size_t count,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * Append once more what this bucket says of a change that was refused or let stand: its
 * readers get its page again. The set of entries stays as it is.
 */
HM_CHECKED enum hm_status hm_store_entries_again(struct hm_store *store,
                                                 struct hm_bytes bucket,
                                                 int64_t change,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

/*
 * `bits`: bit i is set where change i of this bucket is not here, or not whole. Of a
 * mailbox the changes are looked for in all homes.
 */
HM_CHECKED enum hm_status hm_store_lacking(struct hm_store *store,
                                           struct hm_bytes bucket,
                                           const struct hm_id *ids,
                                           size_t count,
                                           bool *lacking,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/*
 * Leaves of this bucket that hold changes which came without their values and were never
 * accepted as well: set in `mask`, an array of HM_LEAVES bits. Somebody may have the
 * values, though the entries are here.
 */
HM_CHECKED enum hm_status hm_store_leaves_lacking(struct hm_store *store,
                                                  struct hm_bytes bucket,
                                                  uint8_t *mask,
                                                  struct hm_err *err);

/* The 256 leaves of a bucket: 16 bytes each, from `arena`. */
HM_CHECKED enum hm_status hm_store_bucket_leaves(struct hm_store *store,
                                                 struct hm_bytes name,
                                                 struct hm_bytes *leaves,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

#endif
