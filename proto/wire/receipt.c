/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/receipt.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"

static const char domain[] = "hamlet-receipt-1";

void hm_receipt_put(struct hm_buf *buf, const struct hm_receipt *receipt)
{
    hm_buf_put_bytes(buf, hm_id_bytes(&receipt->server));
    hm_pack_uint(buf, receipt->incarnation);
    hm_pack_int(buf, receipt->time.ms);
    hm_buf_put_bytes(buf, hm_id_bytes(&receipt->device));
    hm_pack_uint(buf, receipt->epoch);
    hm_pack_uint(buf, receipt->seq);
    hm_buf_put_bytes(buf, hm_digest_bytes(&receipt->head));
    hm_pack_uint(buf, receipt->bucket_count);
    for (size_t i = 0; i < receipt->bucket_count; i++) {
        hm_pack_bytes(buf, receipt->buckets[i].name);
        hm_pack_uint(buf, receipt->buckets[i].n);
        hm_buf_put_bytes(buf, hm_digest_bytes(&receipt->buckets[i].digest));
    }
}

enum hm_status hm_receipt_sign(struct hm_signature *signature,
                               const struct hm_receipt *receipt,
                               const struct hm_secret *secret,
                               struct hm_err *err)
{
    struct hm_buf message;
    hm_buf_init(&message, HM_REQUEST_BYTES_MAX);
    hm_receipt_put(&message, receipt);
    enum hm_status status = hm_buf_status(&message, err);
    if (status == HM_OK) {
        hm_sign_make(signature, domain, hm_buf_bytes(&message), secret);
    }
    hm_buf_fini(&message);
    return status;
}

enum hm_status hm_receipt_check(const struct hm_signature *signature,
                                const struct hm_receipt *receipt,
                                const struct hm_key *key,
                                struct hm_err *err)
{
    struct hm_buf message;
    hm_buf_init(&message, HM_REQUEST_BYTES_MAX);
    hm_receipt_put(&message, receipt);
    enum hm_status status = hm_buf_status(&message, err);
    if (status == HM_OK &&
        !hm_sign_check(signature, domain, hm_buf_bytes(&message), key)) {
        status = hm_fail(err, HM_PROTOCOL, "receipt", NULL, NULL, NULL);
    }
    hm_buf_fini(&message);
    return status;
}

static void get_raw(struct hm_unpack *in, uint8_t *to, size_t size)
{
    struct hm_bytes raw = hm_unpack_raw(in, size);
    if (raw.size == size) {
        memcpy(to, raw.data, size);
    }
}

enum hm_status hm_receipt_get(struct hm_receipt *receipt,
                              struct hm_bytes message,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_unpack in;
    *receipt = (struct hm_receipt){.seq = 0};
    hm_unpack_init(&in, message);
    get_raw(&in, receipt->server.at, HM_ID_SIZE);
    receipt->incarnation = hm_unpack_uint(&in);
    receipt->time.ms = hm_unpack_int(&in);
    get_raw(&in, receipt->device.at, HM_ID_SIZE);
    uint64_t epoch = hm_unpack_uint(&in);
    in.failed = in.failed || epoch > UINT32_MAX;
    receipt->epoch = (uint32_t)epoch;
    receipt->seq = hm_unpack_uint(&in);
    get_raw(&in, receipt->head.at, HM_DIGEST_SIZE);
    size_t count = hm_unpack_count(&in, HM_DIGEST_SIZE + 2);
    struct hm_bucket_state *buckets = hm_arena_get_array(arena, count, sizeof(*buckets));
    if (buckets == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        buckets[i].name = hm_unpack_bytes(&in);
        buckets[i].n = hm_unpack_uint(&in);
        get_raw(&in, buckets[i].digest.at, HM_DIGEST_SIZE);
    }
    receipt->buckets = buckets;
    receipt->bucket_count = count;
    return hm_unpack_done(&in) ? HM_OK
                               : hm_fail(err, HM_CORRUPT, "receipt", NULL, NULL, NULL);
}
