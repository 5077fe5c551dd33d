/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offer.h - what a laptop brings back to a server that lost it, line by line.
 *
 * Owner:  proto/wire/offer.c; layer 2
 * Format: PROTOCOL.md section 7.5
 *
 * A statement that the server signed before it was lost names the digest of a bucket; 256
 * leaves hash to that digest, the entries of a leaf to the leaf. So whoever brings them
 * needs not be believed.
 */
#ifndef HAMLET_WIRE_OFFER_H
#define HAMLET_WIRE_OFFER_H

#include "hamlet/base/arena.h"
#include "hamlet/base/buf.h"
#include "hamlet/base/hash.h"
#include "hamlet/base/sign.h"

enum {
    HM_LEAVES = 256,
    HM_LEAF_SIZE = HM_ID_SIZE,
    HM_LEAVES_SIZE = HM_LEAVES * HM_LEAF_SIZE,
    HM_LEAF_MASK_SIZE = HM_LEAVES / 8
};

enum hm_offer_kind {
    HM_OFFER_LEAVES, /* of a bucket, and the statement */
    HM_OFFER_LEAF, /* the entries of one leaf, after the line with its bucket's leaves */
    HM_OFFER_HAVE  /* changes that no statement speaks of */
};

/* An element of a bucket's set. */
struct hm_offer_item {
    struct hm_id id;
    char kind; /* 'a', 'q', 'r' */
    struct hm_bytes reason;
};

struct hm_offer_line {
    enum hm_offer_kind kind;
    struct hm_bytes bucket; /* in full; of HM_OFFER_HAVE a home */
    struct hm_bytes leaves; /* HM_LEAVES_SIZE bytes */
    struct hm_bytes message;
    struct hm_signature signature;
    uint8_t leaf;
    struct hm_offer_item *items; /* ascending by (id, kind, reason) */
    size_t count;                /* of a HAVE: accepted ones, in the order given */
};

/* Append the line and LF. */
void hm_offer_line_write(struct hm_buf *buf, const struct hm_offer_line *line);
/*
 * Read a line without its LF; everything comes from `arena`.
 * HM_PROTOCOL  "offer": it breaks the format
 */
HM_CHECKED enum hm_status hm_offer_line_read(struct hm_offer_line *line,
                                             struct hm_bytes text,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* The digest of a bucket with these leaves, HM_LEAVES_SIZE bytes. */
void hm_leaves_digest(struct hm_digest *digest, struct hm_bytes leaves);
/* The leaf of these items, which ascend. HM_NO_MEMORY */
HM_CHECKED enum hm_status hm_leaf_make(uint8_t leaf[HM_LEAF_SIZE],
                                       const struct hm_offer_item *items,
                                       size_t count,
                                       struct hm_err *err);

/* How many changes the items of a line name: two entries of one change count once. */
size_t hm_offer_changes(const struct hm_offer_line *line);

#endif
