/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"
#include "hamlet/store/receipts.h"

enum { NUMBER_SIZE = 24 };

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

/* What stands in the store is shown as the district's word only if it is signed so. */
static enum hm_status check(const struct hm_last_receipt *last,
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

static enum hm_status say_json(const struct hm_view *view,
                               const struct hm_last_receipt *last,
                               struct hm_err *err)
{
    struct hm_buf buf;
    struct hm_json_write out;
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_last_receipt_json(&out, last, true);
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

static void say_text(const struct hm_view *view, const struct hm_receipt *receipt)
{
    char time[HM_VIEW_TIME_SIZE];
    char number[NUMBER_SIZE];
    char head[HM_HEX32_SIZE];
    hm_view_time(time, receipt->time);
    (void)snprintf(number, sizeof(number), "%" PRIu64, receipt->seq);
    hm_hex_put(head, hm_digest_bytes(&receipt->head));
    hm_view_say(view, receipt->seq > 0 ? "receipt.said" : "receipt.said-none", time,
                number, head);
}

static enum hm_status write_html(const struct hm_call *call,
                                 const struct hm_view *view,
                                 const struct hm_last_receipt *last,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    const char *path = hm_args_value(call->args, "html");
    struct hm_buf html;
    hm_buf_init(&html, HM_REQUEST_BYTES_MAX);
    enum hm_status status = hm_receipt_html(&html, view, last, arena, err);
    if (status == HM_OK) {
        status =
            hm_file_create(&cli->env, path, hm_buf_bytes(&html), S_IRUSR | S_IWUSR, err);
    }
    hm_buf_fini(&html);
    return status;
}

enum hm_status hm_run_receipt(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    struct hm_arena arena;
    struct hm_last_receipt last;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    status = hm_last_receipt_load(&last, desk.view.store, &arena, err);
    if (status == HM_OK && !last.found) {
        status = hm_fail(err, HM_NOT_FOUND, "receipt-none", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = check(&last, desk.view.store, &arena, err);
    }
    if (status == HM_OK && hm_args_has(call->args, "html")) {
        status = write_html(call, &desk.view, &last, &arena, err);
    }
    if (status == HM_OK && call->args->json) {
        status = say_json(&desk.view, &last, err);
    } else if (status == HM_OK) {
        say_text(&desk.view, &last.receipt);
    }
    hm_arena_fini(&arena);
    hm_desk_close(&desk);
    return status;
}
