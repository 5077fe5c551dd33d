/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of a server: each line of JSON is parsed, each of its fields compared with
 * the clock of that field, what is newer patched into the document, the line logged; 500
 * lines a transaction with a server's settings, and no network.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "hamlet/host/file.h"

enum { A_TRANSACTION = 500, NAMES_MAX = 256, NAME_SIZE = 16 };

struct names {
    char at[NAMES_MAX][NAME_SIZE];
    size_t count;
    size_t last;
};

struct merge {
    sqlite3 *db;
    sqlite3_stmt *find;
    sqlite3_stmt *clock;
    sqlite3_stmt *tick;
    sqlite3_stmt *insert;
    sqlite3_stmt *patch;
    sqlite3_stmt *log;
    struct names fields;
    struct names replicas;
};

static const char schema[] =
    "CREATE TABLE doc(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT,"
    " body TEXT);"
    "CREATE TABLE clock(doc INTEGER, field INTEGER, t INTEGER, r INTEGER,"
    " PRIMARY KEY(doc, field)) WITHOUT ROWID;"
    "CREATE TABLE log(seq INTEGER PRIMARY KEY, line TEXT)";

static void open_merge(struct merge *m, const char *path)
{
    m->db = hm_bench_db(path, true);
    hm_bench_sql(m->db, "PRAGMA cache_size=-65536");
    hm_bench_sql(m->db, "PRAGMA wal_autocheckpoint=2000");
    hm_bench_sql(m->db, schema);
    m->find = hm_bench_prepare(m->db, "SELECT row FROM doc WHERE id = ?");
    m->clock =
        hm_bench_prepare(m->db, "SELECT t, r FROM clock WHERE doc = ? AND field = ?");
    m->tick = hm_bench_prepare(m->db, "INSERT OR REPLACE INTO clock VALUES(?, ?, ?, ?)");
    m->insert = hm_bench_prepare(m->db, "INSERT INTO doc VALUES(NULL, ?, ?, ?)");
    m->patch = hm_bench_prepare(
        m->db, "UPDATE doc SET body = json_patch(body, ?) WHERE row = ?");
    m->log = hm_bench_prepare(m->db, "INSERT INTO log VALUES(NULL, ?)");
}

static void close_merge(struct merge *m)
{
    sqlite3_stmt *const all[] = {m->find, m->clock, m->tick, m->insert, m->patch, m->log};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        (void)sqlite3_finalize(all[i]);
    }
    (void)sqlite3_close(m->db);
}

static void bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    (void)sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

static const char *text_of(const cJSON *line, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, name));
    if (text == NULL) {
        hm_bench_fail("workload", name);
    }
    return text;
}

/* Names as small numbers: fields and replicas. */
static sqlite3_int64 number_of(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        size_t at = (names->last + i) % names->count;
        if (strcmp(names->at[at], name) == 0) {
            names->last = at;
            return (sqlite3_int64)at;
        }
    }
    if (names->count == NAMES_MAX || strlen(name) >= NAME_SIZE) {
        hm_bench_fail("workload", "more names than room");
    }
    memcpy(names->at[names->count], name, strlen(name) + 1);
    names->last = names->count;
    return (sqlite3_int64)names->count++;
}

/* When and by whom a field was written. */
struct stamp {
    sqlite3_int64 t;
    sqlite3_int64 r;
};

/* Whether this is later than what wrote the field last. */
static bool wins(struct merge *m,
                 sqlite3_int64 doc,
                 const char *field,
                 struct stamp stamp)
{
    bool later = true;
    (void)sqlite3_bind_int64(m->clock, 1, doc);
    (void)sqlite3_bind_int64(m->clock, 2, number_of(&m->fields, field));
    if (sqlite3_step(m->clock) == SQLITE_ROW) {
        sqlite3_int64 known = sqlite3_column_int64(m->clock, 0);
        later = stamp.t > known ||
                (stamp.t == known && stamp.r > sqlite3_column_int64(m->clock, 1));
    }
    (void)sqlite3_reset(m->clock);
    return later;
}

static void tick(struct merge *m,
                 sqlite3_int64 doc,
                 const char *field,
                 struct stamp stamp)
{
    (void)sqlite3_bind_int64(m->tick, 1, doc);
    (void)sqlite3_bind_int64(m->tick, 2, number_of(&m->fields, field));
    (void)sqlite3_bind_int64(m->tick, 3, stamp.t);
    (void)sqlite3_bind_int64(m->tick, 4, stamp.r);
    hm_bench_step(m->db, m->tick);
}

static sqlite3_int64 find_doc(struct merge *m, const char *id)
{
    sqlite3_int64 row = 0;
    bind_text(m->find, 1, id);
    if (sqlite3_step(m->find) == SQLITE_ROW) {
        row = sqlite3_column_int64(m->find, 0);
    }
    (void)sqlite3_reset(m->find);
    return row;
}

/* What wins of the fields goes into the document. */
static void put_fields(struct merge *m, const cJSON *line, sqlite3_int64 doc, cJSON *set)
{
    double t = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(line, "t"));
    struct stamp stamp = {(sqlite3_int64)t, number_of(&m->replicas, text_of(line, "r"))};
    bool fresh = doc == 0;
    for (cJSON *field = set->child; field != NULL && !fresh;) {
        cJSON *next = field->next;
        if (!wins(m, doc, field->string, stamp)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(set, field));
        }
        field = next;
    }
    char *body = cJSON_PrintUnformatted(set);
    if (fresh) {
        bind_text(m->insert, 1, text_of(line, "id"));
        bind_text(m->insert, 2, text_of(line, "e"));
        bind_text(m->insert, 3, body);
        hm_bench_step(m->db, m->insert);
        doc = sqlite3_last_insert_rowid(m->db);
    } else {
        bind_text(m->patch, 1, body);
        (void)sqlite3_bind_int64(m->patch, 2, doc);
        hm_bench_step(m->db, m->patch);
    }
    for (const cJSON *field = set->child; field != NULL; field = field->next) {
        tick(m, doc, field->string, stamp);
    }
    cJSON_free(body);
}

static void merge_line(struct merge *m, const char *text, size_t size)
{
    cJSON *line = cJSON_ParseWithLength(text, size);
    cJSON *set = cJSON_GetObjectItemCaseSensitive(line, "set");
    if (set == NULL) {
        hm_bench_fail("workload", "a line is not JSON");
    }
    put_fields(m, line, find_doc(m, text_of(line, "id")), set);
    (void)sqlite3_bind_text(m->log, 1, text, (int)size, SQLITE_STATIC);
    hm_bench_step(m->db, m->log);
    cJSON_Delete(line);
}

void hm_bench_merge(const char *const *args)
{
    static struct merge m;
    struct hm_buf text;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    hm_buf_init(&text, (size_t)64 * 1024 * 1024);
    hm_bench_must(hm_file_read(&text, args[0], &err), &err, args[0]);
    open_merge(&m, args[1]);
    double began = hm_bench_now_s();
    double cpu = hm_bench_cpu_s();
    for (const char *at = (const char *)text.data; *at != '\0';) {
        const char *end = strchr(at, '\n');
        if (count % A_TRANSACTION == 0) {
            hm_bench_sql(m.db,
                         count == 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
        }
        merge_line(&m, at, (size_t)(end - at));
        count++;
        at = end + 1;
    }
    hm_bench_sql(m.db, "COMMIT");
    const struct hm_bench_figure figures[] = {{"changes", (double)count},
                                              {"seconds", hm_bench_now_s() - began},
                                              {"cpu", hm_bench_cpu_s() - cpu},
                                              {"syncs", (double)hm_bench_disk_syncs()},
                                              {NULL, 0}};
    hm_bench_print(figures);
    close_merge(&m);
    hm_buf_fini(&text);
}
