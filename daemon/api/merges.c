/* SPDX-License-Identifier: Apache-2.0 */
/* Records that a merge made part of others: what can be taken apart again. */
#include "hamlet/api/duplicates.h"
#include "hamlet/store/alias.h"
#include "inside.h"

static enum hm_status put_merge(struct hm_rows *rows,
                                const struct hm_merge *merge,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_json_write *out = &rows->out;
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status = hm_view_unit_name(rows->view, merge->home, &name, arena, err);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "record", hm_id_bytes(&merge->record));
    hm_json_put_hex(out, "into", hm_id_bytes(&merge->into));
    hm_json_put_hex(out, "change", hm_id_bytes(&merge->change));
    hm_json_put_text(out, "kind", merge->kind);
    hm_json_put_text(out, "unit", merge->home);
    hm_json_put_text(out, "unit_name", name);
    hm_json_put_text(out, "role", merge->role);
    hm_json_put_wall(out, "time", merge->time);
    hm_json_close(out, '}');
    return status == HM_OK ? hm_rows_flush(rows, err) : status;
}

enum hm_status hm_api_merges(const struct hm_view *view,
                             const struct hm_merges_query *query,
                             struct hm_err *err)
{
    struct hm_merge *merges = NULL;
    struct hm_rows rows;
    struct hm_arena arena;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_rows_init(&rows, view);
    enum hm_status status =
        hm_store_merges(view->store, query, &merges, &count, &arena, err);
    hm_json_open(&rows.out, '{');
    hm_json_key(&rows.out, "merges");
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = put_merge(&rows, &merges[i], &arena, err);
    }
    hm_json_close(&rows.out, ']');
    hm_json_key(&rows.out, "next");
    if (status == HM_OK && count == query->limit) {
        hm_json_hex(&rows.out, hm_id_bytes(&merges[count - 1].record));
    } else {
        hm_json_null(&rows.out);
    }
    hm_json_close(&rows.out, '}');
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    hm_arena_fini(&arena);
    return status;
}
