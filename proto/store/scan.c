/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/scan.h"

#include "derive.h"
#include "fields.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/records.h"
#include "names.h"

enum { FIELDS_AT = 4 };

/* Each row's fields are read by us, in one pass: json_extract goes through them anew for
 * each field that is asked for. */
static const char select_rows[] =
    "SELECT r.record, r.home, r.year, r.flags, r.fields FROM record r"
    " INDEXED BY record_year WHERE r.kind = :kind AND r.year BETWEEN :from AND :to"
    " AND r.flags & 3 = 1";
_Static_assert(HM_RECORD_THERE == 1 && HM_RECORD_DELETED == 2, "the statement says this");

struct scanning {
    struct hm_store *store;
    const struct hm_scan_query *query;
    struct hm_bytes names[HM_SCAN_FIELDS_MAX];
    struct hm_scan_row row;
    struct hm_arena arena; /* of the record at hand */
};

static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 20};

/* A member of a record's fields as the statement would have given it. */
static enum hm_status value_of_json(struct hm_scan_value *value,
                                    const struct hm_json *json,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_buf buf;
    switch (json == NULL ? HM_JSON_NULL : hm_json_type(json)) {
    case HM_JSON_NULL:
        return HM_OK;
    case HM_JSON_INTEGER:
    case HM_JSON_BOOL:
        *value = (struct hm_scan_value){
            .there = true, .number = hm_json_int_or(json, hm_json_bool_or(json, false))};
        return HM_OK;
    case HM_JSON_TEXT:
        *value = (struct hm_scan_value){
            .there = true,
            .is_text = true,
            .text = hm_arena_copy(arena, hm_json_text_or(json, HM_NO_BYTES))};
        return hm_arena_status(arena, err);
    default:
        break;
    }
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_json_again(&out, json);
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        *value = (struct hm_scan_value){.there = true,
                                        .is_text = true,
                                        .text = hm_arena_copy(arena, hm_buf_bytes(&buf))};
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&buf);
    return status;
}

/* Long texts and lists do not stand in the record's row: look at its changes. */
static enum hm_status read_whole(struct scanning *s, struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_json_write out;
    struct hm_json *json = NULL;
    struct hm_buf buf;
    bool left_out = false;
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    enum hm_status status =
        hm_store_record_load(s->store, &s->row.id, &loaded, &s->arena, err);
    if (status == HM_OK) {
        hm_json_write_init(&out, &buf);
        hm_derive_fields(&out, &loaded, true, &left_out);
        status = hm_buf_status(&buf, err);
    }
    if (status == HM_OK) {
        status = hm_json_parse(&json, hm_buf_bytes(&buf), &limits, err);
    }
    for (size_t i = 0; status == HM_OK && i < s->query->field_count; i++) {
        if (!s->row.at[i].there) {
            status = value_of_json(&s->row.at[i], hm_json_get(json, s->query->fields[i]),
                                   &s->arena, err);
        }
    }
    hm_json_free(json);
    hm_buf_fini(&buf);
    return status;
}

static enum hm_status read_row(struct scanning *s, sqlite3_stmt *stmt, struct hm_err *err)
{
    int64_t flags = hm_column_int(stmt, 3);
    bool missing = false;
    (void)hm_column_id(stmt, 0, &s->row.id);
    s->row.home = hm_column_int(stmt, 1);
    s->row.year = hm_column_int(stmt, 2);
    s->row.alias = (flags & HM_RECORD_ALIAS) != 0;
    s->row.conflict = (flags & HM_RECORD_CONFLICT) != 0;
    enum hm_status status =
        hm_row_fields(s->row.at, s->names, s->query->field_count,
                      hm_column_bytes(stmt, FIELDS_AT), &s->arena, err);
    for (size_t i = 0; status == HM_OK && i < s->query->field_count; i++) {
        missing = missing || !s->row.at[i].there;
    }
    return status == HM_OK && missing && (flags & HM_RECORD_LONG) != 0
               ? read_whole(s, err)
               : status;
}

static enum hm_status stream(struct scanning *s,
                             sqlite3_stmt *stmt,
                             enum hm_status (*each)(void *ctx,
                                                    const struct hm_scan_row *,
                                                    struct hm_err *),
                             void *ctx,
                             struct hm_err *err)
{
    bool row = true;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        status = hm_sql_step(s->store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = read_row(s, stmt, err);
        if (status == HM_OK) {
            status = each(ctx, &s->row, err);
        }
        hm_arena_clear(&s->arena);
    }
    hm_sql_done(stmt);
    return status;
}

enum hm_status hm_store_scan(struct hm_store *store,
                             const struct hm_scan_query *query,
                             enum hm_status (*each)(void *ctx,
                                                    const struct hm_scan_row *,
                                                    struct hm_err *),
                             void *ctx,
                             struct hm_err *err)
{
    struct scanning s = {.store = store, .query = query};
    sqlite3_stmt *stmt = NULL;
    int64_t kind = 0;
    if (query->field_count > HM_SCAN_FIELDS_MAX) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    for (size_t i = 0; i < query->field_count; i++) {
        s.names[i] = hm_text(query->fields[i]);
    }
    hm_arena_init(&s.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_kind_number(store, query->kind, false, &kind, err);
    if (status == HM_OK) {
        status = hm_sql(store, select_rows, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, kind);
        hm_bind_int(stmt, 2, query->year_from);
        hm_bind_int(stmt, 3, query->year_to);
        status = stream(&s, stmt, each, ctx, err);
    }
    hm_arena_fini(&s.arena);
    return status;
}

static void read_unit(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_scan_unit *unit = item;
    unit->home = hm_column_int(stmt, 0);
    unit->code = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
    unit->sent = hm_column_int(stmt, 2) != 0;
}

enum hm_status hm_store_scan_units(struct hm_store *store,
                                   int64_t year,
                                   struct hm_scan_unit **units,
                                   size_t *count,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char select[] =
        "SELECT u.id, u.code, EXISTS(SELECT 1 FROM kind k CROSS JOIN record r"
        " INDEXED BY record_year ON r.kind = k.id AND r.year = :year AND r.home = u.id"
        " AND r.flags & 3 = 1) FROM unit u WHERE u.known = 1 ORDER BY u.code";
    sqlite3_stmt *stmt = NULL;
    void *list = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, year);
        status = hm_sql_list(store, stmt, sizeof(struct hm_scan_unit), read_unit, &list,
                             count, arena, err);
    }
    if (status == HM_OK) {
        *units = list;
    }
    return status;
}

enum hm_status hm_store_scan_open(
    struct hm_store *store,
    enum hm_status (*each)(void *ctx, int64_t home, int64_t count, struct hm_err *),
    void *ctx,
    struct hm_err *err)
{
    static const char select[] =
        "SELECT r.home, count(*) FROM conflict c CROSS JOIN record r ON r.id = c.record"
        " WHERE c.open = 1 GROUP BY r.home";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = each(ctx, hm_column_int(stmt, 0), hm_column_int(stmt, 1), err);
    }
    hm_sql_done(stmt);
    return status;
}

enum hm_status hm_store_scan_newest(struct hm_store *store,
                                    struct hm_wall *newest,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT received FROM change WHERE id = (SELECT max(id) FROM change)";
    return hm_sql_number(store, select, &newest->ms, err);
}
