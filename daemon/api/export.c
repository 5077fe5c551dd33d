/* SPDX-License-Identifier: Apache-2.0 */
/* A kind's records as a table for spreadsheets, which an import takes back. */
#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "hamlet/exchange/csv.h"
#include "hamlet/model/value.h"
#include "inside.h"

struct export
{
    const struct hm_view *view;
    const struct hm_kind *kind;
    struct hm_buf buf;
    struct hm_csv_write out;
};

static enum hm_status flush(struct export *e, struct hm_err *err)
{
    enum hm_status status = hm_buf_status(&e->buf, err);
    if (status == HM_OK) {
        e->view->put(e->view->ctx, hm_buf_bytes(&e->buf));
        hm_buf_clear(&e->buf);
    }
    return status;
}

static size_t column_count(const struct hm_kind *kind)
{
    return kind->columns.count > 0 ? kind->columns.count : kind->field_count;
}

static const struct hm_field *column_at(const struct hm_kind *kind, size_t i)
{
    return kind->columns.count > 0 ? kind->columns.at[i] : &kind->fields[i];
}

static enum hm_status put_heading(struct export *e, struct hm_err *err)
{
    hm_csv_put_mark(&e->out);
    hm_csv_put_text(&e->out, hm_text("id"));
    hm_csv_put_text(&e->out, hm_text("unit"));
    for (size_t i = 0; i < column_count(e->kind); i++) {
        hm_csv_put_text(&e->out, hm_text(column_at(e->kind, i)->name));
    }
    hm_csv_end_row(&e->out);
    return flush(e, err);
}

/* Only what is text to programs can be a formula: -5 is a number and stays one. */
static enum hm_status put_cell(struct export *e,
                               const struct hm_json *fields,
                               const struct hm_field *field,
                               struct hm_err *err)
{
    const struct hm_json *json = hm_json_get(fields, field->name);
    struct hm_buf value;
    struct hm_buf text;
    enum hm_status status = HM_OK;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_buf_init(&text, HM_VALUE_BYTES_MAX * 8);
    if (json != NULL) {
        status = hm_value_from_json(&value, json, err);
    }
    if (status == HM_OK) {
        hm_field_write(&text, field, hm_buf_bytes(&value));
        status = hm_buf_status(&text, err);
    }
    if (field->type == HM_FIELD_TYPE_INTEGER) {
        hm_csv_put_plain(&e->out, hm_buf_bytes(&text));
    } else {
        hm_csv_put_text(&e->out, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    hm_buf_fini(&value);
    return status;
}

static enum hm_status put_row(void *ctx,
                              const struct hm_listed *record,
                              struct hm_err *err)
{
    static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX * 8,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 20};
    struct export *e = ctx;
    struct hm_json *fields = NULL;
    char id[HM_HEX16_SIZE];
    enum hm_status status = hm_json_parse(&fields, record->fields, &limits, err);
    hm_hex_put(id, hm_id_bytes(&record->id));
    hm_csv_put_text(&e->out, hm_text(id));
    hm_csv_put_text(&e->out, record->unit);
    for (size_t i = 0; i < column_count(e->kind) && status == HM_OK; i++) {
        status = put_cell(e, fields, column_at(e->kind, i), err);
    }
    hm_json_free(fields);
    hm_csv_end_row(&e->out);
    return status != HM_OK ? status : flush(e, err);
}

static enum hm_status export_csv(const struct hm_view *view,
                                 const struct hm_kind *kind,
                                 struct hm_err *err)
{
    struct export e = {.view = view, .kind = kind};
    struct hm_list_query query = {.kind = hm_text(kind->name), .whole = true};
    hm_buf_init(&e.buf, HM_REQUEST_ARENA_MAX);
    hm_csv_write_init(&e.out, &e.buf);
    enum hm_status status = put_heading(&e, err);
    if (status == HM_OK) {
        status = hm_store_list(view->store, &query, put_row, &e, err);
    }
    hm_buf_fini(&e.buf);
    return status;
}

enum hm_status hm_api_export(const struct hm_view *view,
                             struct hm_bytes kind,
                             bool csv,
                             struct hm_err *err)
{
    const struct hm_kind *known = NULL;
    enum hm_status status = hm_api_kind(view, kind, &known, err);
    if (status != HM_OK) {
        return status;
    }
    if (csv) {
        return export_csv(view, known, err);
    }
    struct hm_view json = *view;
    json.json = true;
    return hm_api_list(&json, &(struct hm_api_list){.kind = kind}, err);
}
