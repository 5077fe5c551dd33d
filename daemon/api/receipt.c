/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/receipt.h"

#include <string.h>

#include "hamlet/store/receipts.h"

enum hm_status hm_last_receipt_load(struct hm_last_receipt *last,
                                    struct hm_store *store,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_bytes message = HM_NO_BYTES;
    *last = (struct hm_last_receipt){.found = false};
    enum hm_status status =
        hm_store_receipt_last(store, &message, &last->signature, arena, err);
    if (status == HM_OK && message.size > 0) {
        last->found = true;
        status = hm_receipt_get(&last->receipt, message, arena, err);
    }
    return status;
}

enum hm_status hm_last_receipt_check(const struct hm_last_receipt *last,
                                     struct hm_store *store,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    struct hm_key key;
    struct hm_signature signature;
    struct hm_bytes stored = HM_NO_BYTES;
    enum hm_status status =
        hm_store_meta_get(store, HM_META_SERVER_KEY, arena, &stored, err);
    if (status != HM_OK) {
        return status;
    }
    if (stored.size == HM_KEY_SIZE && last->signature.size == HM_SIGNATURE_SIZE) {
        memcpy(key.at, stored.data, HM_KEY_SIZE);
        memcpy(signature.at, last->signature.data, HM_SIGNATURE_SIZE);
        if (hm_receipt_check(&signature, &last->receipt, &key, NULL) == HM_OK) {
            return HM_OK;
        }
    }
    return hm_fail(err, HM_CORRUPT, "receipt", NULL, NULL, NULL);
}

static void put_buckets(struct hm_json_write *out, const struct hm_receipt *receipt)
{
    hm_json_key(out, "buckets");
    hm_json_open(out, '[');
    for (size_t i = 0; i < receipt->bucket_count; i++) {
        const struct hm_bucket_state *bucket = &receipt->buckets[i];
        hm_json_open(out, '{');
        hm_json_put_text(out, "unit", bucket->name);
        hm_json_put_int(out, "n", (int64_t)bucket->n);
        hm_json_put_hex(out, "digest", hm_digest_bytes(&bucket->digest));
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

void hm_last_receipt_json(struct hm_json_write *out,
                          const struct hm_last_receipt *last,
                          bool whole)
{
    const struct hm_receipt *receipt = &last->receipt;
    if (!last->found) {
        hm_json_null(out);
        return;
    }
    hm_json_open(out, '{');
    hm_json_put_hex(out, "server", hm_id_bytes(&receipt->server));
    hm_json_put_int(out, "incarnation", (int64_t)receipt->incarnation);
    hm_json_put_wall(out, "time", receipt->time);
    hm_json_put_hex(out, "device", hm_id_bytes(&receipt->device));
    hm_json_put_int(out, "epoch", receipt->epoch);
    hm_json_put_int(out, "seq", (int64_t)receipt->seq);
    hm_json_put_hex(out, "head", hm_digest_bytes(&receipt->head));
    if (whole) {
        put_buckets(out, receipt);
        hm_json_key(out, "signature");
        hm_json_b64(out, last->signature);
    }
    hm_json_close(out, '}');
}
