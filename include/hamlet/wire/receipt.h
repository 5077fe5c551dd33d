/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.h - what the server states under its signature: it holds this, at this time.
 *
 * Owner:  proto/wire/receipt.c; layer 2
 * Format: PROTOCOL.md section 7.2
 */
#ifndef HAMLET_WIRE_RECEIPT_H
#define HAMLET_WIRE_RECEIPT_H

#include "hamlet/base/arena.h"
#include "hamlet/base/buf.h"
#include "hamlet/base/sign.h"
#include "hamlet/base/time.h"

struct hm_bucket_state {
    struct hm_bytes name;
    uint64_t n;
    struct hm_digest digest;
};

struct hm_receipt {
    struct hm_id server;
    uint64_t incarnation;
    struct hm_wall time;
    struct hm_id device;
    uint32_t epoch;
    uint64_t seq; /* 0: nothing is acknowledged */
    struct hm_digest head;
    const struct hm_bucket_state *buckets; /* ascending name */
    size_t bucket_count;
};

/* The message that is signed. */
void hm_receipt_put(struct hm_buf *buf, const struct hm_receipt *receipt);
HM_CHECKED enum hm_status hm_receipt_sign(struct hm_signature *signature,
                                          const struct hm_receipt *receipt,
                                          const struct hm_secret *secret,
                                          struct hm_err *err);
/* HM_PROTOCOL: the signature is not the server's. */
HM_CHECKED enum hm_status hm_receipt_check(const struct hm_signature *signature,
                                           const struct hm_receipt *receipt,
                                           const struct hm_key *key,
                                           struct hm_err *err);
/* A stored message. Buckets come from `arena`, names are borrowed. HM_CORRUPT */
HM_CHECKED enum hm_status hm_receipt_get(struct hm_receipt *receipt,
                                         struct hm_bytes message,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

#endif
