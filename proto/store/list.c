/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "derive.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/alias.h"
#include "hamlet/text/fold.h"
#include "names.h"
#include "own.h"

enum { CONFLICTS_MAX = 256 };

const char *hm_state_name(enum hm_state state)
{
    static const char *const name[] = {"quarantined", "conflict", "local",    "sent",
                                       "received",    "accepted", "withdrawn"};
    return name[state];
}

enum { FLAGS_AT = 4 };

/*
 * The columns of a listed record. The state is the first that applies to any of its
 * changes; only those that are not plainly accepted are looked at.
 */
#define STATE                                                                            \
    " (SELECT min(CASE WHEN c.verdict = 1 THEN 0 WHEN c.verdict <> 0 THEN 5"             \
    "  WHEN c.id > :sent THEN 2 ELSE 3 END) FROM change c WHERE c.record = r.id"         \
    "  AND c.verdict <> 2),"                                                             \
    " EXISTS(SELECT 1 FROM incomplete i WHERE i.record = r.id)"
#define LISTED_BY(state)                                                                 \
    "SELECT r.id, r.record, u.code, k.name, r.flags, r.fields," state                    \
    " FROM record r CROSS JOIN unit u ON u.id = r.home"                                  \
    " CROSS JOIN kind k ON k.id = r.kind"
#define LISTED_COLUMNS LISTED_BY(STATE)

static enum hm_state state_of(sqlite3_stmt *stmt)
{
    int64_t worst = hm_column_null(stmt, 6) ? HM_STATE_ACCEPTED : hm_column_int(stmt, 6);
    if (worst == HM_STATE_QUARANTINED) {
        return HM_STATE_QUARANTINED;
    }
    if ((hm_column_int(stmt, FLAGS_AT) & HM_RECORD_CONFLICT) != 0) {
        return HM_STATE_CONFLICT;
    }
    if (worst == HM_STATE_ACCEPTED && hm_column_int(stmt, 7) != 0) {
        return HM_STATE_RECEIVED;
    }
    return (enum hm_state)worst;
}

static enum hm_status read_conflicts(struct hm_store *store,
                                     int64_t record,
                                     struct hm_listed *listed,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    static const char select[] = "SELECT register FROM conflict WHERE record = :record"
                                 " AND open = 1 ORDER BY register";
    struct hm_bytes *list = hm_arena_get_array(arena, CONFLICTS_MAX, sizeof(*list));
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, record);
        status = hm_arena_status(arena, err);
    }
    while (status == HM_OK && listed->conflict_count < CONFLICTS_MAX) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list[listed->conflict_count++] = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
    }
    hm_sql_done(stmt);
    listed->conflicts = list;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

/* The fields again, with the long texts, from the record's changes. */
static enum hm_status read_whole(struct hm_store *store,
                                 struct hm_listed *listed,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_json_write out;
    struct hm_buf buf;
    bool left_out = false;
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    enum hm_status status =
        hm_store_record_load_in(store, listed->unit, &listed->id, &loaded, arena, err);
    if (status == HM_OK) {
        hm_json_write_init(&out, &buf);
        hm_derive_fields(&out, &loaded, true, &left_out);
        status = hm_buf_status(&buf, err);
    }
    if (status == HM_OK) {
        listed->fields = hm_arena_copy(arena, hm_buf_bytes(&buf));
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&buf);
    return status;
}

static enum hm_status read_root(struct hm_store *store,
                                struct hm_listed *listed,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_id root;
    enum hm_status status = hm_store_record_root(store, &listed->id, &root, arena, err);
    if (status == HM_OK && !hm_id_equal(&root, &listed->id)) {
        listed->merged_into = root;
    }
    return status;
}

static enum hm_status read_listed(struct hm_store *store,
                                  sqlite3_stmt *stmt,
                                  bool whole,
                                  struct hm_listed *listed,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    int64_t row = hm_column_int(stmt, 0);
    int64_t flags = hm_column_int(stmt, FLAGS_AT);
    *listed = (struct hm_listed){.state = state_of(stmt),
                                 .incomplete = (flags & HM_RECORD_INCOMPLETE) != 0,
                                 .deleted = (flags & HM_RECORD_DELETED) != 0};
    (void)hm_column_id(stmt, 1, &listed->id);
    listed->unit = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    listed->kind = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
    listed->fields = hm_arena_copy(arena, hm_column_bytes(stmt, 5));
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK && (flags & HM_RECORD_CONFLICT) != 0) {
        status = read_conflicts(store, row, listed, arena, err);
    }
    if (status == HM_OK && (flags & HM_RECORD_ALIAS) != 0) {
        status = read_root(store, listed, arena, err);
    }
    if (status == HM_OK && whole && (flags & HM_RECORD_LONG) != 0) {
        status = read_whole(store, listed, arena, err);
    }
    return status;
}

/* A value as json_extract gives it. */
static void bind_value(sqlite3_stmt *stmt,
                       int at,
                       struct hm_bytes value,
                       struct hm_buf *buf)
{
    struct hm_json_write out;
    switch (hm_value_tag(value)) {
    case HM_VALUE_TEXT:
        hm_bind_text(stmt, at, hm_value_text_or(value, HM_NO_BYTES));
        break;
    case HM_VALUE_INTEGER:
        hm_bind_int(stmt, at, hm_value_int_or(value, 0));
        break;
    case HM_VALUE_TRUE:
    case HM_VALUE_FALSE:
        hm_bind_int(stmt, at, hm_value_tag(value) == HM_VALUE_TRUE);
        break;
    case HM_VALUE_LIST:
    case HM_VALUE_OBJECT:
        hm_json_write_init(&out, buf);
        hm_value_to_json(&out, value);
        hm_bind_text(stmt, at, hm_buf_bytes(buf));
        break;
    default:
        break; /* null: unbound is null */
    }
}

enum { WHERE_MAX = 8 };

struct listing {
    struct hm_store *store;
    const struct hm_list_query *query;
    enum hm_status (*each)(void *, const struct hm_listed *, struct hm_err *);
    void *ctx;
    int64_t sent; /* up to this change everything left this machine */
    int year;     /* the field of the query that is the records' year; -1: none */
    struct hm_buf folded;
    struct hm_buf paths[WHERE_MAX];
    struct hm_buf values[WHERE_MAX];
    struct hm_id *merged[WHERE_MAX]; /* records that the one that is named stands for */
    size_t merged_count[WHERE_MAX];
    struct hm_arena arena; /* of these */
};

/* Which of the fields asked for is the year that the record's row has; none: -1. In a
 * row 0 stands for no year as well. */
static int year_asked(const struct hm_list_query *query, const struct hm_kind *kind)
{
    for (size_t i = 0; kind != NULL && kind->year != NULL && i < query->where_count;
         i++) {
        if (kind->year->type == HM_FIELD_TYPE_INTEGER &&
            hm_bytes_are(query->where[i].name, kind->year->name) &&
            hm_value_int_or(query->where[i].value, 0) != 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Whether SQL cannot tell by the record's row alone. */
static bool is_read_whole(const struct listing *l, size_t where)
{
    return l->query->where[where].value.size > HM_RECORD_LONG_TEXT ||
           l->merged_count[where] > 0;
}

/* What refers to a merged record is found by the one that stands for it. */
static enum hm_status find_merged(struct listing *l, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < l->query->where_count; i++) {
        struct hm_id record;
        struct hm_bytes value = l->query->where[i].value;
        if (hm_id_get_hex(&record, hm_value_text_or(value, HM_NO_BYTES))) {
            status = hm_store_record_merged(l->store, &record, &l->merged[i],
                                            &l->merged_count[i], &l->arena, err);
        }
    }
    return status;
}

static bool matches_where(const struct listing *l, size_t where, struct hm_bytes value)
{
    struct hm_id record;
    if (hm_bytes_equal(value, l->query->where[where].value)) {
        return true;
    }
    bool named = l->merged_count[where] > 0 &&
                 hm_id_get_hex(&record, hm_value_text_or(value, HM_NO_BYTES));
    for (size_t i = 0; named && i < l->merged_count[where]; i++) {
        if (hm_id_equal(&record, &l->merged[where][i])) {
            return true;
        }
    }
    return false;
}

static enum hm_status bind_query(struct listing *l,
                                 sqlite3_stmt *stmt,
                                 struct hm_err *err)
{
    const struct hm_list_query *query = l->query;
    int64_t kind = 0;
    enum hm_status status = hm_kind_number(l->store, query->kind, false, &kind, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, kind);
    if (!query->every) {
        hm_bind_int(stmt, 2, query->deleted ? HM_RECORD_DELETED : 0);
    }
    if (l->year >= 0) {
        hm_bind_int(stmt, 4 + 2 * WHERE_MAX,
                    hm_value_int_or(query->where[l->year].value, 0));
    }
    hm_bind_text(stmt, 3, query->unit);
    for (size_t i = 0; i < query->where_count; i++) {
        int at = 4 + 2 * (int)i;
        if (is_read_whole(l, i) || (int)i == l->year) {
            continue;
        }
        hm_buf_put_text(&l->paths[i], "$.\"");
        hm_buf_put_bytes(&l->paths[i], query->where[i].name);
        hm_buf_put_text(&l->paths[i], "\"");
        hm_bind_text(stmt, at, hm_buf_bytes(&l->paths[i]));
        bind_value(stmt, at + 1, query->where[i].value, &l->values[i]);
    }
    return HM_OK;
}

/*
 * Which records may be shown, in their order, by what the index `record_list` holds: a
 * search goes through thousands of them. Four forms of one statement: everywhere, in a
 * subtree, by fields, and by fields one of which is the year. The rest is read of those
 * alone that fit.
 */
#define FOUND_BY(index)                                                                  \
    "SELECT r.id, r.flags, r.fold FROM record r" index " WHERE r.kind = :kind"           \
    " AND r.flags & 1 = 1 AND (:deleted IS NULL OR r.flags & 2 = :deleted)"
#define FOUND FOUND_BY("")
#define IN_SUBTREE                                                                       \
    "+r.home IN (" HM_SUBTREE("SELECT :unit") " SELECT u.id FROM down CROSS JOIN unit u" \
                                              " ON u.code = down.code)"
static const char select_all[] = FOUND " AND :unit IS NULL ORDER BY r.sort";
static const char select_unit[] = FOUND " AND " IN_SUBTREE " ORDER BY r.sort";

#define IS_FIELD(n)                                                                      \
    " AND (:path" #n " IS NULL OR json_extract(r.fields, :path" #n ") IS :value" #n ")"
#define FITS                                                                             \
    " AND (:unit IS NULL OR " IN_SUBTREE ")" IS_FIELD(0) IS_FIELD(1) IS_FIELD(2)         \
        IS_FIELD(3) IS_FIELD(4) IS_FIELD(5) IS_FIELD(6) IS_FIELD(7)
static const char select_where[] = FOUND FITS " ORDER BY r.sort";
static const char select_year[] =
    FOUND_BY(" INDEXED BY record_year") FITS " AND r.year = :year ORDER BY r.sort";

/* Long texts do not stand in the record's row: look at its changes. */
static enum hm_status match_long(struct listing *l,
                                 const struct hm_listed *listed,
                                 bool *matches,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    const struct hm_list_query *query = l->query;
    struct hm_loaded loaded = {.count = 0};
    *matches = true;
    for (size_t i = 0; i < query->where_count && *matches; i++) {
        if (!is_read_whole(l, i)) {
            continue;
        }
        if (loaded.count == 0) {
            enum hm_status status = hm_store_record_load_in(
                l->store, listed->unit, &listed->id, &loaded, arena, err);
            if (status != HM_OK) {
                return status;
            }
        }
        const struct hm_field *field =
            loaded.kind == NULL ? NULL : hm_kind_field(loaded.kind, query->where[i].name);
        *matches = field != NULL && matches_where(l, i, hm_loaded_field(&loaded, field));
    }
    return HM_OK;
}

/* Whether the record of these flags must be read before it is known to fit. */
static bool looks_long(const struct listing *l, int64_t flags)
{
    bool look = (flags & HM_RECORD_ALIAS) != 0 || l->query->state != NULL;
    for (size_t i = 0; !look && i < l->query->where_count; i++) {
        look = is_read_whole(l, i);
    }
    return look;
}

/* A record that was found, and whether it is one that was asked for. */
static enum hm_status look_at(struct listing *l,
                              int64_t row,
                              struct hm_listed *listed,
                              bool *fits,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char select[] = LISTED_COLUMNS " WHERE r.id = :row";
    static const char select_stateless[] = LISTED_BY(" NULL, 0") " WHERE r.id = :row";
    bool stateless = l->query->stateless;
    sqlite3_stmt *stmt = NULL;
    bool there = false;
    enum hm_status status =
        hm_sql(l->store, stateless ? select_stateless : select, &stmt, err);
    if (status == HM_OK && !stateless) {
        hm_bind_int(stmt, 1, l->sent);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, stateless ? 1 : 2, row);
        status = hm_sql_step(l->store, stmt, &there, err);
    }
    if (status == HM_OK && l->query->state != NULL &&
        strcmp(l->query->state, hm_state_name(state_of(stmt))) != 0) {
        *fits = false;
        hm_sql_done(stmt);
        return HM_OK;
    }
    if (status == HM_OK) {
        status = read_listed(l->store, stmt, l->query->whole, listed, arena, err);
    }
    hm_sql_done(stmt);
    if (status == HM_OK) {
        status = match_long(l, listed, fits, arena, err);
    }
    *fits = *fits &&
            (l->query->deleted || l->query->every || hm_id_is_none(&listed->merged_into));
    return status;
}

static enum hm_status stream(struct listing *l, sqlite3_stmt *stmt, struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_listed listed;
    bool row = true;
    int64_t given = 0;
    int64_t skipped = 0;
    enum hm_status status = HM_OK;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    while (status == HM_OK && (l->query->limit == 0 || given < l->query->limit)) {
        bool fits = true;
        status = hm_sql_step(l->store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (l->query->search.size > 0 &&
            !hm_text_matches(hm_column_bytes(stmt, 2), hm_buf_bytes(&l->folded))) {
            continue;
        }
        bool skip = skipped < l->query->skip;
        if (!skip || looks_long(l, hm_column_int(stmt, 1))) {
            status = look_at(l, hm_column_int(stmt, 0), &listed, &fits, &arena, err);
        }
        if (status == HM_OK && fits && skip) {
            skipped++;
        } else if (status == HM_OK && fits) {
            status = l->each(l->ctx, &listed, err);
            given++;
        }
        hm_arena_clear(&arena);
    }
    hm_sql_done(stmt);
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status run_listing(struct listing *l, struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool where = l->query->where_count > 0;
    bool unit = l->query->unit.size > 0;
    enum hm_status status =
        l->query->stateless ? HM_OK : hm_own_sent_row(l->store, &l->sent, err);
    if (status == HM_OK) {
        status = hm_sql(l->store,
                        l->year >= 0 ? select_year
                        : where      ? select_where
                        : unit       ? select_unit
                                     : select_all,
                        &stmt, err);
    }
    if (status == HM_OK) {
        status = bind_query(l, stmt, err);
    }
    return status != HM_OK ? status : stream(l, stmt, err);
}

enum hm_status hm_store_list(struct hm_store *store,
                             const struct hm_list_query *query,
                             enum hm_status (*each)(void *ctx,
                                                    const struct hm_listed *,
                                                    struct hm_err *),
                             void *ctx,
                             struct hm_err *err)
{
    struct listing l = {.store = store, .query = query, .each = each, .ctx = ctx};
    enum hm_status status = HM_OK;
    if (query->where_count > WHERE_MAX) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    l.year = year_asked(query, hm_kinds_find(hm_store_kinds(store), query->kind));
    hm_arena_init(&l.arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&l.folded, HM_VALUE_BYTES_MAX);
    for (size_t i = 0; i < WHERE_MAX; i++) {
        hm_buf_init(&l.paths[i], 2 * HM_NAME_MAX);
        hm_buf_init(&l.values[i], HM_VALUE_BYTES_MAX);
    }
    if (query->search.size > 0) {
        hm_text_fold(&l.folded, query->search);
        status = hm_buf_status(&l.folded, err);
    }
    if (status == HM_OK) {
        status = find_merged(&l, err);
    }
    if (status == HM_OK) {
        status = run_listing(&l, err);
    }
    for (size_t i = 0; i < WHERE_MAX; i++) {
        hm_buf_fini(&l.paths[i]);
        hm_buf_fini(&l.values[i]);
    }
    hm_buf_fini(&l.folded);
    hm_arena_fini(&l.arena);
    return status;
}

/* Whether it was merged into another record, which is the one that is counted. */
static enum hm_status is_merged(struct hm_store *store,
                                sqlite3_stmt *stmt,
                                bool *merged,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_listed listed = {.deleted = false};
    enum hm_status status = HM_OK;
    (void)hm_column_id(stmt, 1, &listed.id);
    if ((hm_column_int(stmt, FLAGS_AT) & HM_RECORD_ALIAS) != 0) {
        status = read_root(store, &listed, arena, err);
    }
    *merged = !hm_id_is_none(&listed.merged_into);
    return status;
}

static enum hm_status tally(struct hm_store *store,
                            sqlite3_stmt *stmt,
                            struct hm_tally *made,
                            struct hm_err *err)
{
    struct hm_arena arena;
    bool merged = false;
    bool row = true;
    enum hm_status status = HM_OK;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        bool deleted = (hm_column_int(stmt, FLAGS_AT) & HM_RECORD_DELETED) != 0;
        status = is_merged(store, stmt, &merged, &arena, err);
        if (status == HM_OK && deleted) {
            made->deleted++;
        } else if (status == HM_OK && !merged) {
            made->alive[state_of(stmt)]++;
        }
        hm_arena_clear(&arena);
    }
    hm_sql_done(stmt);
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_store_tally(struct hm_store *store,
                              struct hm_bytes kind,
                              struct hm_tally *made,
                              struct hm_err *err)
{
    static const char select[] =
        "SELECT r.id, r.record, NULL, NULL, r.flags, NULL," STATE
        " FROM record r WHERE r.kind = :kind AND r.flags & 1 = 1";
    struct hm_tally counted = {.deleted = 0};
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    int64_t sent = 0;
    enum hm_status status = hm_own_sent_row(store, &sent, err);
    if (status == HM_OK) {
        status = hm_kind_number(store, kind, false, &number, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, sent);
        hm_bind_int(stmt, 2, number);
        status = tally(store, stmt, &counted, err);
    }
    if (status == HM_OK) {
        *made = counted;
    }
    return status;
}

enum hm_status hm_store_record_show(struct hm_store *store,
                                    const struct hm_id *record,
                                    struct hm_listed *listed,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] =
        LISTED_COLUMNS " WHERE r.id = " HM_RECORD_FOUND " AND r.flags & 1 = 1";
    sqlite3_stmt *stmt = NULL;
    int64_t sent = 0;
    enum hm_status status = hm_own_sent_row(store, &sent, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, sent);
        hm_bind_id(stmt, 2, record);
        status = hm_sql_find(store, stmt, record, "record-missing", err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = read_listed(store, stmt, true, listed, arena, err);
    hm_sql_done(stmt);
    return status;
}
