/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal_stream.h - a long text sealed piece by piece, so that its front opens by itself.
 *
 * Owner:   proto/base/seal_stream.c; layer 0
 * Threads: a stream belongs to one thread
 * Errors:  a failed call leaves `out` as it was
 *
 * Pieces open in the order in which they were sealed, each only after the one before: one
 * that is missing, doubled, swapped or changed opens not, nor does any after it. The last
 * says that it is the last, so that a cut at a piece's edge shows too.
 */
#ifndef HAMLET_BASE_SEAL_STREAM_H
#define HAMLET_BASE_SEAL_STREAM_H

#include "hamlet/base/seal.h"
#include "hamlet/base/sign.h"

enum {
    HM_SEAL_STREAM_BEGIN = 24, /* random bytes with which a stream begins, no secret */
    HM_SEAL_STREAM_EXTRA = 17  /* what sealing adds to a piece */
};

struct hm_seal_stream { /* wipe with hm_seal_stream_wipe */
    _Alignas(8) uint8_t state[64];
};

/* Both sides begin alike: with a key of this stream alone, and what it begins with. */
void hm_seal_stream_start(struct hm_seal_stream *stream,
                          const struct hm_seal_secret *secret,
                          const uint8_t begin[HM_SEAL_STREAM_BEGIN]);

HM_CHECKED enum hm_status hm_seal_stream_put(struct hm_buf *out,
                                             struct hm_seal_stream *stream,
                                             struct hm_bytes piece,
                                             bool last,
                                             struct hm_err *err);

/* HM_BAD_INPUT  seal-broken: it is not the next piece of this stream */
HM_CHECKED enum hm_status hm_seal_stream_get(struct hm_buf *out,
                                             struct hm_seal_stream *stream,
                                             struct hm_bytes sealed,
                                             bool *last,
                                             struct hm_err *err);

void hm_seal_stream_wipe(struct hm_seal_stream *stream);

/*
 * The pair for sealing that goes with a pair for signing: who knows a device's key can
 * seal to it. HM_BAD_INPUT  seal-key: no such key can exist
 */
HM_CHECKED enum hm_status hm_seal_key_of(struct hm_seal_key *key,
                                         const struct hm_key *signing,
                                         struct hm_err *err);
void hm_seal_secret_of(struct hm_seal_secret *secret, const struct hm_secret *signing);

#endif
