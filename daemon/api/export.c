/* SPDX-License-Identifier: Apache-2.0 */
/* A kind's records as a table for spreadsheets, which an import takes back. */
#include "export.h"

#include <string.h>

#include "hamlet/exchange/csv.h"
#include "hamlet/model/value.h"
#include "where.h"

/* ---- columns ---- */

static enum hm_status fail_column(const struct hm_kind *kind,
                                  struct hm_bytes name,
                                  struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    hm_api_argument(text, name);
    return hm_fail(err, HM_BAD_INPUT, "field-unknown", text, kind->name, NULL);
}

/* "a,b,c": names of fields, in this order, from `arena`. */
static enum hm_status named_columns(struct hm_exporting *e,
                                    const char *names,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    const struct hm_field **at =
        hm_arena_get_array(arena, HM_KIND_FIELDS_MAX, sizeof(const struct hm_field *));
    size_t count = 0;
    while (at != NULL && *names != '\0') {
        size_t size = strcspn(names, ",");
        struct hm_bytes name = {(const uint8_t *)names, size};
        const struct hm_field *field = hm_kind_field(e->kind, name);
        if (field == NULL || count == HM_KIND_FIELDS_MAX) {
            return fail_column(e->kind, name, err);
        }
        for (size_t i = 0; i < count; i++) {
            if (at[i] == field) {
                return hm_fail(err, HM_BAD_INPUT, "column-twice", field->name, NULL,
                               NULL);
            }
        }
        at[count++] = field;
        names += size + (names[size] == ',');
    }
    e->columns = (struct hm_field_list){at, count};
    return hm_arena_status(arena, err);
}

static enum hm_status all_columns(struct hm_exporting *e,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    size_t count = e->kind->field_count;
    const struct hm_field **at =
        hm_arena_get_array(arena, count, sizeof(const struct hm_field *));
    for (size_t i = 0; at != NULL && i < count; i++) {
        at[i] = &e->kind->fields[i];
    }
    e->columns = (struct hm_field_list){at, count};
    return hm_arena_status(arena, err);
}

static enum hm_status find_columns(struct hm_exporting *e,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    if (e->export->columns != NULL) {
        return named_columns(e, e->export->columns, arena, err);
    }
    if (e->export->all || e->kind->columns.count == 0) {
        return all_columns(e, arena, err);
    }
    e->columns = e->kind->columns;
    return HM_OK;
}

/* ---- rows ---- */

struct rows {
    struct hm_exporting *e;
    enum hm_status (*put)(void *ctx,
                          const struct hm_listed *record,
                          const struct hm_json *fields,
                          struct hm_err *err);
    void *ctx;
};

static enum hm_status put_row(void *ctx,
                              const struct hm_listed *record,
                              struct hm_err *err)
{
    static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX * 8,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 20};
    struct rows *rows = ctx;
    struct hm_json *fields = NULL;
    enum hm_status status = hm_json_parse(&fields, record->fields, &limits, err);
    if (status == HM_OK) {
        rows->e->count++;
        rows->e->conflicts += record->state == HM_STATE_CONFLICT;
        status = rows->put(rows->ctx, record, fields, err);
    }
    hm_json_free(fields);
    return status;
}

enum hm_status hm_export_rows(struct hm_exporting *e,
                              enum hm_status (*put)(void *ctx,
                                                    const struct hm_listed *record,
                                                    const struct hm_json *fields,
                                                    struct hm_err *err),
                              void *ctx,
                              struct hm_err *err)
{
    struct rows rows = {e, put, ctx};
    return hm_store_list(e->view->store, &e->query, put_row, &rows, err);
}

enum hm_status hm_export_value(const struct hm_json *fields,
                               const struct hm_field *field,
                               struct hm_buf *value,
                               struct hm_err *err)
{
    const struct hm_json *json = hm_json_get(fields, field->name);
    hm_buf_clear(value);
    return json == NULL ? HM_OK : hm_value_from_json(value, json, err);
}

/* ---- CSV ---- */

struct csv {
    struct hm_exporting *e;
    struct hm_buf buf;
    struct hm_csv_write out;
};

static enum hm_status flush(struct csv *csv, struct hm_err *err)
{
    enum hm_status status = hm_buf_status(&csv->buf, err);
    if (status == HM_OK) {
        csv->e->view->put(csv->e->view->ctx, hm_buf_bytes(&csv->buf));
        hm_buf_clear(&csv->buf);
    }
    return status;
}

static enum hm_status put_heading(struct csv *csv, struct hm_err *err)
{
    hm_csv_put_mark(&csv->out);
    hm_csv_put_text(&csv->out, hm_text("id"));
    hm_csv_put_text(&csv->out, hm_text("unit"));
    for (size_t i = 0; i < csv->e->columns.count; i++) {
        hm_csv_put_text(&csv->out, hm_text(csv->e->columns.at[i]->name));
    }
    hm_csv_end_row(&csv->out);
    return flush(csv, err);
}

/* Only what is text to programs can be a formula: -5 is a number and stays one. */
static enum hm_status put_cell(struct csv *csv,
                               const struct hm_json *fields,
                               const struct hm_field *field,
                               struct hm_err *err)
{
    struct hm_buf value;
    struct hm_buf text;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_buf_init(&text, HM_VALUE_BYTES_MAX * 8);
    enum hm_status status = hm_export_value(fields, field, &value, err);
    if (status == HM_OK) {
        hm_field_write(&text, field, hm_buf_bytes(&value));
        status = hm_buf_status(&text, err);
    }
    if (field->type == HM_FIELD_TYPE_INTEGER) {
        hm_csv_put_plain(&csv->out, hm_buf_bytes(&text));
    } else {
        hm_csv_put_text(&csv->out, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    hm_buf_fini(&value);
    return status;
}

static enum hm_status put_record(void *ctx,
                                 const struct hm_listed *record,
                                 const struct hm_json *fields,
                                 struct hm_err *err)
{
    struct csv *csv = ctx;
    char id[HM_HEX16_SIZE];
    enum hm_status status = HM_OK;
    hm_hex_put(id, hm_id_bytes(&record->id));
    hm_csv_put_text(&csv->out, hm_text(id));
    hm_csv_put_text(&csv->out, record->unit);
    for (size_t i = 0; i < csv->e->columns.count && status == HM_OK; i++) {
        status = put_cell(csv, fields, csv->e->columns.at[i], err);
    }
    hm_csv_end_row(&csv->out);
    return status != HM_OK ? status : flush(csv, err);
}

static enum hm_status export_csv(struct hm_exporting *e, struct hm_err *err)
{
    struct csv csv = {.e = e};
    hm_buf_init(&csv.buf, HM_REQUEST_ARENA_MAX);
    hm_csv_write_init(&csv.out, &csv.buf);
    enum hm_status status = put_heading(&csv, err);
    if (status == HM_OK) {
        status = hm_export_rows(e, put_record, &csv, err);
    }
    hm_buf_fini(&csv.buf);
    return status;
}

static enum hm_status find_query(struct hm_exporting *e,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    const struct hm_api_list *only = e->export->only;
    e->query = (struct hm_list_query){.kind = hm_text(e->kind->name), .whole = true};
    if (only == NULL) {
        return HM_OK;
    }
    e->query.search = only->search;
    e->query.deleted = only->deleted;
    e->query.limit = only->limit;
    return hm_api_where(e->view, e->kind, only->where, only->where_count, &e->query,
                        arena, err);
}

enum hm_status hm_api_export(const struct hm_view *view,
                             const struct hm_api_export *export,
                             struct hm_err *err)
{
    struct hm_exporting e = {.view = view, .export = export};
    struct hm_arena arena;
    enum hm_status status = hm_api_kind(view, export->kind, &e.kind, err);
    if (status != HM_OK) {
        return status;
    }
    if (export->format == HM_EXPORT_JSON) {
        struct hm_view json = *view;
        struct hm_api_list list =
            export->only == NULL ? (struct hm_api_list){.limit = 0} : *export->only;
        json.json = true;
        list.kind = export->kind;
        return hm_api_list(&json, &list, err);
    }
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    status = find_columns(&e, &arena, err);
    if (status == HM_OK) {
        status = find_query(&e, &arena, err);
    }
    if (status == HM_OK) {
        status = export->format == HM_EXPORT_BOOK ? hm_export_book(&e, err)
                                                  : export_csv(&e, err);
    }
    hm_arena_fini(&arena);
    return status;
}
