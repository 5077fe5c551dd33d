/* SPDX-License-Identifier: Apache-2.0 */
#include "grid.h"
#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "hamlet/model/value.h"
#include "hamlet/store/void.h"
#include "where.h"

void hm_api_record_members(struct hm_json_write *out, const struct hm_listed *record)
{
    hm_json_put_hex(out, "id", hm_id_bytes(&record->id));
    hm_json_put_text(out, "kind", record->kind);
    hm_json_put_text(out, "unit", record->unit);
    hm_json_key(out, "fields");
    hm_json_raw(out, record->fields.size == 0 ? hm_text("{}") : record->fields);
    hm_json_put_text(out, "state", hm_text(hm_state_name(record->state)));
    hm_json_key(out, "conflicts");
    hm_json_open(out, '[');
    for (size_t i = 0; i < record->conflict_count; i++) {
        hm_json_text(out, record->conflicts[i]);
    }
    hm_json_close(out, ']');
    hm_json_put_bool(out, "incomplete", record->incomplete);
    hm_json_put_bool(out, "deleted", record->deleted);
    if (!hm_id_is_none(&record->merged_into)) {
        hm_json_put_hex(out, "part_of", hm_id_bytes(&record->merged_into));
    }
}

void hm_api_record_json(struct hm_json_write *out, const struct hm_listed *record)
{
    hm_json_open(out, '{');
    hm_api_record_members(out, record);
    hm_json_close(out, '}');
}

static enum hm_status put_json(void *ctx,
                               const struct hm_listed *record,
                               struct hm_err *err)
{
    struct hm_rows *rows = ctx;
    hm_api_record_json(&rows->out, record);
    return hm_rows_flush(rows, err);
}

/* A list for a person; columns are the kind's own, between the id and the state. */
struct listing {
    const struct hm_view *view;
    struct hm_grid table;
    struct hm_field_list columns;
};

/* The columns that a list of this kind shows; all of them where the kind names none. */
static enum hm_status find_columns(const struct hm_kind *kind,
                                   struct hm_field_list *columns,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    if (kind->columns.count > 0) {
        *columns = kind->columns;
        return HM_OK;
    }
    const struct hm_field **all =
        hm_arena_get_array(arena, kind->field_count, sizeof(const struct hm_field *));
    for (size_t i = 0; all != NULL && i < kind->field_count; i++) {
        all[i] = &kind->fields[i];
    }
    *columns = (struct hm_field_list){all, kind->field_count};
    return hm_arena_status(arena, err);
}

/* A field of the JSON of a listed record, as a canonical value. */
static enum hm_status field_value(const struct hm_json *fields,
                                  const struct hm_field *field,
                                  struct hm_buf *value,
                                  struct hm_err *err)
{
    const struct hm_json *json = hm_json_get(fields, field->name);
    hm_buf_clear(value);
    return json == NULL || hm_json_is(json, HM_JSON_NULL)
               ? HM_OK
               : hm_value_from_json(value, json, err);
}

static enum hm_status put_cells(struct listing *l,
                                const struct hm_json *fields,
                                struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_buf value;
    struct hm_buf shown;
    enum hm_status status = HM_OK;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_buf_init(&shown, HM_VALUE_BYTES_MAX * 4);
    for (size_t i = 0; i < l->columns.count && status == HM_OK; i++) {
        const struct hm_field *field = l->columns.at[i];
        hm_buf_clear(&shown);
        status = field_value(fields, field, &value, err);
        if (status == HM_OK && field->type == HM_FIELD_TYPE_REF) {
            status = hm_api_show_ref(&shown, l->view, hm_buf_bytes(&value), &arena, err);
        } else if (status == HM_OK) {
            hm_field_show(&shown, field, hm_buf_bytes(&value), l->view->lang);
        }
        if (status == HM_OK) {
            status = hm_buf_status(&shown, err);
        }
        hm_grid_put(&l->table, hm_buf_bytes(&shown));
    }
    hm_buf_fini(&shown);
    hm_buf_fini(&value);
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status put_row(void *ctx,
                              const struct hm_listed *record,
                              struct hm_err *err)
{
    static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 20};
    struct listing *l = ctx;
    struct hm_json *fields = NULL;
    char id[HM_HEX16_SIZE];
    hm_hex_put(id, hm_id_bytes(&record->id));
    hm_grid_put(&l->table, hm_text(id));
    enum hm_status status = hm_json_parse(&fields, record->fields, &limits, err);
    if (status == HM_OK) {
        status = put_cells(l, fields, err);
    }
    hm_json_free(fields);
    hm_grid_put(&l->table, record->unit);
    const char *word = hm_api_state_word(record->state);
    hm_grid_put(&l->table, hm_text(hm_words_ui(l->view->words, word)));
    return status;
}

static void put_heading(struct listing *l)
{
    hm_grid_put(&l->table, hm_text(hm_words_ui(l->view->words, "column.id")));
    for (size_t i = 0; i < l->columns.count; i++) {
        const char *label = hm_label_text(&l->columns.at[i]->label, l->view->lang);
        hm_grid_put(&l->table, hm_text(label));
    }
    hm_grid_put(&l->table, hm_text(hm_words_ui(l->view->words, "column.unit")));
    hm_grid_put(&l->table, hm_text(hm_words_ui(l->view->words, "column.state")));
}

/* What is listed: what stands, what was deleted, or that of which nothing stands. */
static enum hm_status list_each(const struct hm_view *view,
                                const struct hm_api_list *list,
                                const struct hm_list_query *query,
                                enum hm_status (*each)(void *ctx,
                                                       const struct hm_listed *,
                                                       struct hm_err *),
                                void *ctx,
                                struct hm_err *err)
{
    const struct hm_void_query voided = {
        .kind = query->kind, .search = query->search, .limit = query->limit};
    return list->voided ? hm_store_list_void(view->store, &voided, each, ctx, err)
                        : hm_store_list(view->store, query, each, ctx, err);
}

static enum hm_status list_text(const struct hm_view *view,
                                const struct hm_kind *kind,
                                const struct hm_api_list *list,
                                const struct hm_list_query *query,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct listing l = {.view = view};
    enum hm_status status = find_columns(kind, &l.columns, arena, err);
    if (status != HM_OK) {
        return status;
    }
    if (l.columns.count > HM_GRID_COLUMNS_MAX - 3) {
        l.columns.count = HM_GRID_COLUMNS_MAX - 3;
    }
    hm_grid_init(&l.table, view, l.columns.count + 3);
    put_heading(&l);
    status = list_each(view, list, query, put_row, &l, err);
    if (status == HM_OK) {
        status = hm_grid_end(&l.table, "list.none", err);
    }
    hm_grid_fini(&l.table);
    return status;
}

static enum hm_status list_json(const struct hm_view *view,
                                const struct hm_api_list *list,
                                struct hm_list_query *query,
                                struct hm_err *err)
{
    struct hm_rows rows;
    hm_rows_init(&rows, view);
    query->whole = true;
    hm_json_open(&rows.out, '[');
    enum hm_status status = list_each(view, list, query, put_json, &rows, err);
    if (status == HM_OK) {
        hm_json_close(&rows.out, ']');
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}

enum hm_status hm_api_list(const struct hm_view *view,
                           const struct hm_api_list *list,
                           struct hm_err *err)
{
    const struct hm_kind *kind = NULL;
    struct hm_arena arena;
    struct hm_list_query query = {.kind = list->kind,
                                  .search = list->search,
                                  .deleted = list->deleted,
                                  .limit = list->limit};
    if (list->voided && (list->where_count > 0 || list->deleted)) {
        return hm_fail(err, HM_USAGE, "list-void", NULL, NULL, NULL);
    }
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = hm_api_kind(view, list->kind, &kind, err);
    if (status == HM_OK) {
        status =
            hm_api_where(view, kind, list->where, list->where_count, &query, &arena, err);
    }
    if (query.search.size > 0) {
        hm_store_grow(view->store); /* every record is looked at, in another order */
    }
    if (status == HM_OK) {
        status = view->json ? list_json(view, list, &query, err)
                            : list_text(view, kind, list, &query, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}
