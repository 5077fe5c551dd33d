/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offer_set.h - what a laptop knows of one bucket: the set that the server signed last,
 * and changes that it has beside it. Private to proto/sync.
 */
#ifndef HAMLET_SYNC_OFFER_SET_H
#define HAMLET_SYNC_OFFER_SET_H

#include "hamlet/store/offers.h"
#include "hamlet/wire/offer.h"
#include "session_inside.h"

struct hm_offer_bucket {
    struct hm_bytes name;
    struct hm_bytes message; /* the last word on it that its leaves fit; none: no bytes */
    struct hm_signature signature;
    uint64_t n;
    uint8_t mask[HM_LEAF_MASK_SIZE]; /* leaves that the server wants */
};

struct hm_offer_set {
    struct hm_arena arena;
    struct hm_element *elements;
    size_t element_count;
    size_t starts[HM_LEAVES + 1]; /* where each leaf begins in elements */
    struct hm_bytes leaves;
    struct hm_element *haves; /* what no word was said of */
    size_t have_count;
};

/*
 * Names of the buckets in question, from `arena`: what is only in a file is offered over
 * the network as well, since that may be lost; in a file what was offered before in
 * whatever way, and with session->file_all every one.
 */
HM_CHECKED enum hm_status hm_offer_names(struct hm_session *session,
                                         bool by_file,
                                         struct hm_bytes **names,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* Fills in the bucket's statement from `arena`; what the set held before is gone. */
HM_CHECKED enum hm_status hm_offer_set_load(struct hm_offer_set *set,
                                            struct hm_session *session,
                                            struct hm_offer_bucket *bucket,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* How far the own changes are offered. */
uint64_t hm_offer_own_end(const struct hm_session *session);

#endif
