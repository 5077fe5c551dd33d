/* SPDX-License-Identifier: Apache-2.0 */
/* Lists for a page: a piece at a time, with the names of what records refer to. */
#include <string.h>

#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "inside.h"
#include "where.h"

struct browsing {
    struct hm_rows rows;
    const struct hm_kind *kind; /* null: nothing that is referred to is named */
    int64_t given;
    int64_t limit;
    bool more;
};

/* The name of what one field refers to. */
static enum hm_status put_name(struct hm_json_write *out,
                               const struct hm_view *view,
                               const struct hm_field *field,
                               const struct hm_json *fields,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct hm_json *json = hm_json_get(fields, field->name);
    struct hm_buf value;
    struct hm_buf shown;
    enum hm_status status = HM_OK;
    if (!hm_json_is(json, HM_JSON_TEXT)) {
        return HM_OK;
    }
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_buf_init(&shown, HM_VALUE_BYTES_MAX * 4);
    status = hm_field_read_json(field, json, &value, err);
    if (status == HM_OK) {
        status = hm_api_show_ref(&shown, view, hm_buf_bytes(&value), arena, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&shown, err);
    }
    if (status == HM_OK) {
        hm_json_put_text(out, field->name, hm_buf_bytes(&shown));
    }
    hm_buf_fini(&shown);
    hm_buf_fini(&value);
    return status;
}

static enum hm_status put_names(struct hm_json_write *out,
                                const struct hm_view *view,
                                const struct hm_kind *kind,
                                struct hm_bytes text,
                                struct hm_err *err)
{
    static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 20};
    struct hm_arena arena;
    struct hm_json *fields = NULL;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        text.size == 0 ? HM_OK : hm_json_parse(&fields, text, &limits, err);
    hm_json_key(out, "names");
    hm_json_open(out, '{');
    for (size_t i = 0; kind != NULL && i < kind->field_count && status == HM_OK; i++) {
        if (kind->fields[i].type == HM_FIELD_TYPE_REF) {
            status = put_name(out, view, &kind->fields[i], fields, &arena, err);
        }
    }
    hm_json_close(out, '}');
    hm_json_free(fields);
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_api_put_record(struct hm_json_write *out,
                                 const struct hm_view *view,
                                 const struct hm_kind *kind,
                                 const struct hm_listed *record,
                                 struct hm_err *err)
{
    hm_json_open(out, '{');
    hm_api_record_members(out, record);
    enum hm_status status = put_names(out, view, kind, record->fields, err);
    hm_json_close(out, '}');
    return status;
}

static enum hm_status put_row(void *ctx,
                              const struct hm_listed *record,
                              struct hm_err *err)
{
    struct browsing *b = ctx;
    if (b->given == b->limit) {
        b->more = true;
        return HM_OK;
    }
    b->given++;
    enum hm_status status =
        hm_api_put_record(&b->rows.out, b->rows.view, b->kind, record, err);
    return status != HM_OK ? status : hm_rows_flush(&b->rows, err);
}

static enum hm_status browse(struct browsing *b,
                             struct hm_list_query *query,
                             struct hm_err *err)
{
    struct hm_json_write *out = &b->rows.out;
    query->limit = b->limit + 1;
    hm_json_open(out, '{');
    hm_json_key(out, "records");
    hm_json_open(out, '[');
    enum hm_status status = hm_store_list(b->rows.view->store, query, put_row, b, err);
    hm_json_close(out, ']');
    hm_json_key(out, "next");
    if (b->more) {
        hm_json_int(out, query->skip + b->given);
    } else {
        hm_json_null(out);
    }
    hm_json_close(out, '}');
    return status != HM_OK ? status : hm_rows_end(&b->rows, err);
}

enum hm_status hm_api_browse(const struct hm_view *view,
                             const struct hm_api_list *list,
                             struct hm_err *err)
{
    struct hm_arena arena;
    struct browsing b = {.limit = list->limit};
    struct hm_list_query query = {.kind = list->kind,
                                  .search = list->search,
                                  .deleted = list->deleted,
                                  .whole = !list->brief,
                                  .skip = list->skip,
                                  .state = list->state};
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    hm_rows_init(&b.rows, view);
    enum hm_status status = hm_api_kind(view, list->kind, &b.kind, err);
    if (status == HM_OK) {
        status = hm_api_where(view, b.kind, list->where, list->where_count, &query,
                              &arena, err);
    }
    if (list->bare) {
        b.kind = NULL;
    }
    if (status == HM_OK) {
        status = browse(&b, &query, err);
    }
    hm_rows_fini(&b.rows);
    hm_arena_fini(&arena);
    return status;
}

static void put_tally(struct hm_json_write *out, const struct hm_tally *tally)
{
    int64_t records = 0;
    for (size_t i = 0; i < HM_STATE_COUNT; i++) {
        records += tally->alive[i];
    }
    hm_json_open(out, '{');
    hm_json_put_int(out, "records", records);
    hm_json_put_int(out, "deleted", tally->deleted);
    hm_json_key(out, "states");
    hm_json_open(out, '{');
    for (size_t i = 0; i < HM_STATE_COUNT; i++) {
        hm_json_put_int(out, hm_state_name((enum hm_state)i), tally->alive[i]);
    }
    hm_json_close(out, '}');
    hm_json_close(out, '}');
}

enum hm_status hm_api_tally(const struct hm_view *view,
                            struct hm_bytes kind,
                            struct hm_err *err)
{
    const struct hm_kind *known = NULL;
    struct hm_tally tally;
    struct hm_rows rows;
    hm_rows_init(&rows, view);
    enum hm_status status = hm_api_kind(view, kind, &known, err);
    if (status == HM_OK) {
        status = hm_store_tally(view->store, kind, &tally, err);
    }
    if (status == HM_OK) {
        put_tally(&rows.out, &tally);
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}

/*
 * What the page gives back with what it writes, so that a write replaces what its person
 * saw (hm_author_saw). Read before the record itself: of a change that comes in between
 * it is said too often that it was not seen, and never that it was.
 */
static enum hm_status read_seen(const struct hm_view *view,
                                const struct hm_id *record,
                                struct hm_buf *seen,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_loaded loaded;
    hm_prefix *heads = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_record_load(view->store, record, &loaded, arena, err);
    if (status == HM_OK) {
        status = hm_loaded_heads(&loaded, &heads, &count, arena, err);
    }
    for (size_t i = 0; status == HM_OK && i < count; i++) {
        uint8_t at[HM_PREFIX_SIZE];
        hm_prefix_put(at, heads[i]);
        hm_buf_put(seen, at, sizeof(at));
    }
    return status != HM_OK ? status : hm_buf_status(seen, err);
}

static enum hm_status put_looked_at(struct hm_json_write *out,
                                    const struct hm_view *view,
                                    const struct hm_listed *record,
                                    struct hm_bytes seen,
                                    struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_find(hm_store_kinds(view->store), record->kind);
    hm_json_open(out, '{');
    hm_api_record_members(out, record);
    enum hm_status status = put_names(out, view, kind, record->fields, err);
    hm_json_put_hex(out, "seen", seen);
    hm_json_close(out, '}');
    return status;
}

enum hm_status hm_api_look(const struct hm_view *view,
                           const char *record,
                           struct hm_err *err)
{
    struct hm_id id;
    struct hm_listed listed;
    struct hm_arena arena;
    struct hm_rows rows;
    struct hm_buf seen;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&seen, HM_REQUEST_BYTES_MAX);
    hm_rows_init(&rows, view);
    enum hm_status status = hm_api_record_id(&id, record, err);
    if (status == HM_OK) {
        status = read_seen(view, &id, &seen, &arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_record_show(view->store, &id, &listed, &arena, err);
    }
    if (status == HM_OK) {
        status = put_looked_at(&rows.out, view, &listed, hm_buf_bytes(&seen), err);
    }
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    hm_buf_fini(&seen);
    hm_arena_fini(&arena);
    return status;
}
