/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/seal_stream.h"

#include <sodium.h>

#include "hamlet/base/assert.h"

_Static_assert(sizeof(crypto_secretstream_xchacha20poly1305_state) <=
                   sizeof(struct hm_seal_stream),
               "its state");
_Static_assert(HM_SEAL_STREAM_BEGIN == crypto_secretstream_xchacha20poly1305_HEADERBYTES,
               "what a stream begins with");
_Static_assert(HM_SEAL_STREAM_EXTRA == crypto_secretstream_xchacha20poly1305_ABYTES,
               "what a piece gains");
_Static_assert(HM_SEAL_KEY_SIZE == crypto_secretstream_xchacha20poly1305_KEYBYTES, "key");

void hm_seal_stream_start(struct hm_seal_stream *stream,
                          const struct hm_seal_secret *secret,
                          const uint8_t begin[HM_SEAL_STREAM_BEGIN])
{
    /* Both directions have one state; the writer's own call would draw `begin` itself. */
    int failed = crypto_secretstream_xchacha20poly1305_init_pull(
        (crypto_secretstream_xchacha20poly1305_state *)(void *)stream->state, begin,
        secret->at);
    HM_ASSERT(failed == 0);
}

enum hm_status hm_seal_stream_put(struct hm_buf *out,
                                  struct hm_seal_stream *stream,
                                  struct hm_bytes piece,
                                  bool last,
                                  struct hm_err *err)
{
    uint8_t *room = hm_buf_reserve(out, piece.size + HM_SEAL_STREAM_EXTRA);
    if (room == NULL) {
        return hm_buf_status(out, err);
    }
    int failed = crypto_secretstream_xchacha20poly1305_push(
        (crypto_secretstream_xchacha20poly1305_state *)(void *)stream->state, room, NULL,
        piece.data, piece.size, NULL, 0,
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    HM_ASSERT(failed == 0); /* only for pieces larger than any buffer */
    hm_buf_commit(out, piece.size + HM_SEAL_STREAM_EXTRA);
    return HM_OK;
}

enum hm_status hm_seal_stream_get(struct hm_buf *out,
                                  struct hm_seal_stream *stream,
                                  struct hm_bytes sealed,
                                  bool *last,
                                  struct hm_err *err)
{
    unsigned char tag = 0;
    if (sealed.size < HM_SEAL_STREAM_EXTRA) {
        return hm_fail(err, HM_BAD_INPUT, "seal-broken", NULL, NULL, NULL);
    }
    size_t size = sealed.size - HM_SEAL_STREAM_EXTRA;
    uint8_t *room = hm_buf_reserve(out, size);
    if (room == NULL) {
        return hm_buf_status(out, err);
    }
    if (crypto_secretstream_xchacha20poly1305_pull(
            (crypto_secretstream_xchacha20poly1305_state *)(void *)stream->state, room,
            NULL, &tag, sealed.data, sealed.size, NULL, 0) != 0) {
        return hm_fail(err, HM_BAD_INPUT, "seal-broken", NULL, NULL, NULL);
    }
    hm_buf_commit(out, size);
    *last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return HM_OK;
}

void hm_seal_stream_wipe(struct hm_seal_stream *stream)
{
    sodium_memzero(stream->state, sizeof(stream->state));
}

enum hm_status hm_seal_key_of(struct hm_seal_key *key,
                              const struct hm_key *signing,
                              struct hm_err *err)
{
    struct hm_seal_key made;
    if (crypto_sign_ed25519_pk_to_curve25519(made.at, signing->at) != 0) {
        return hm_fail(err, HM_BAD_INPUT, "seal-key", NULL, NULL, NULL);
    }
    *key = made;
    return HM_OK;
}

void hm_seal_secret_of(struct hm_seal_secret *secret, const struct hm_secret *signing)
{
    int failed = crypto_sign_ed25519_sk_to_curve25519(secret->at, signing->at);
    HM_ASSERT(failed == 0);
}
