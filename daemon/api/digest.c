/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "hamlet/api/check.h"
#include "hamlet/store/buckets.h"
#include "inside.h"

enum { NUMBER_SIZE = 24 };

enum hm_status hm_api_digest(const struct hm_view *view,
                             const char *unit,
                             struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_rows rows;
    struct hm_bytes code = HM_NO_BYTES;
    struct hm_digest digest;
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    hm_rows_init(&rows, view);
    enum hm_status status = hm_store_begin_read(view->store, err);
    if (status == HM_OK) {
        status = hm_view_unit(view, unit, &code, &arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_digest(view->store, code, &digest, err);
    }
    hm_store_rollback(view->store);
    if (status == HM_OK && view->json) {
        hm_json_open(&rows.out, '{');
        hm_json_put_text(&rows.out, "unit", code);
        hm_json_put_hex(&rows.out, "digest", hm_digest_bytes(&digest));
        hm_json_close(&rows.out, '}');
    } else if (status == HM_OK) {
        hm_buf_put_hex(&rows.buf, hm_digest_bytes(&digest));
    }
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_api_buckets_json(struct hm_json_write *out,
                                   struct hm_store *store,
                                   struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_bucket *buckets = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_store_buckets(store, &buckets, &count, &arena, err);
    hm_json_open(out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        const struct hm_bucket *bucket = &buckets[i];
        if (bucket->name.size == 0 || bucket->name.data[0] == '@' ||
            hm_bytes_are(bucket->name, HM_HOME_REGISTRY)) {
            continue;
        }
        hm_json_open(out, '{');
        hm_json_put_text(out, "unit", bucket->name);
        hm_json_put_int(out, "n", (int64_t)bucket->n);
        hm_json_put_hex(out, "digest", hm_digest_bytes(&bucket->digest));
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_api_rebuild(const struct hm_view *view, struct hm_err *err)
{
    struct hm_rows rows;
    char number[NUMBER_SIZE];
    size_t different = 0;
    enum hm_status status = hm_store_rebuild(view->store, &different, err);
    if (status != HM_OK) {
        return status;
    }
    (void)snprintf(number, sizeof(number), "%zu", different);
    if (view->json) {
        hm_rows_init(&rows, view);
        hm_json_open(&rows.out, '{');
        hm_json_put_int(&rows.out, "different", (int64_t)different);
        hm_json_close(&rows.out, '}');
        status = hm_rows_end(&rows, err);
        hm_rows_fini(&rows);
    } else if (different == 0) {
        hm_view_say(view, "rebuild.same", NULL, NULL, NULL);
    }
    if (status == HM_OK && different > 0) {
        status = hm_fail(err, HM_CORRUPT, "rebuild-different", number, NULL, NULL);
    }
    return status;
}
