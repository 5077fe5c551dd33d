/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of an import: rows of typed columns and a narrow log of them, in one
 * transaction with a laptop's settings, from values that are read already.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "hamlet/base/json.h"

enum { COLUMNS_MAX = 40, SQL_SIZE = 4096 };

struct table {
    const char *kind;
    const char *columns; /* those after the id, in the order of the workload */
    sqlite3_stmt *insert;
    int count;
};

static void make_table(sqlite3 *db, struct table *table)
{
    char sql[SQL_SIZE];
    table->count = 1;
    for (const char *c = table->columns; *c != '\0'; c++) {
        table->count += *c == ',';
    }
    (void)snprintf(sql, sizeof(sql),
                   "CREATE TABLE %s(row INTEGER PRIMARY KEY, id TEXT"
                   " UNIQUE, %s)",
                   table->kind, table->columns);
    hm_bench_sql(db, sql);
    int size = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES(NULL, ?", table->kind);
    for (int i = 0; i < table->count; i++) {
        size += snprintf(sql + size, sizeof(sql) - (size_t)size, ", ?");
    }
    (void)snprintf(sql + size, sizeof(sql) - (size_t)size, ")");
    table->insert = hm_bench_prepare(db, sql);
}

static void put_row(sqlite3 *db,
                    const struct table *table,
                    const struct hm_bench_line *line)
{
    int at = 1;
    const struct hm_json *set = hm_json_get(line->json, "set");
    (void)sqlite3_bind_text(table->insert, at++, (const char *)line->record.data,
                            (int)line->record.size, SQLITE_STATIC);
    for (const struct hm_json *v = hm_json_first(set); v != NULL; v = hm_json_next(v)) {
        struct hm_bytes text = hm_json_text_or(v, HM_NO_BYTES);
        if (hm_json_is(v, HM_JSON_INTEGER)) {
            (void)sqlite3_bind_int64(table->insert, at++, hm_json_int_or(v, 0));
        } else {
            (void)sqlite3_bind_text(table->insert, at++, (const char *)text.data,
                                    (int)text.size, SQLITE_STATIC);
        }
    }
    hm_bench_step(db, table->insert);
}

static void log_row(sqlite3 *db, sqlite3_stmt *log, const struct hm_bench_line *line)
{
    (void)sqlite3_bind_text(log, 1, (const char *)line->record.data,
                            (int)line->record.size, SQLITE_STATIC);
    (void)sqlite3_bind_text(log, 2, "i", 1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(log, 3, line->time.ms);
    hm_bench_step(db, log);
}

void hm_bench_insert(const char *const *args)
{
    static const char criteria[] =
        "hamlet, year, c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13,"
        " c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, rank, officer,"
        " evaluated_on, note";
    struct table tables[] = {
        {.kind = "bench_commitment",
         .columns =
             "hamlet, household, head, birth_year, address, phone, members, signer,"
             " relation, items, signed_on, officer, note, signature"},
        {.kind = "bench_evaluation", .columns = criteria}};
    struct hm_bench_lines lines;
    size_t rows = 0;
    hm_bench_lines_open(&lines, args[0]);
    sqlite3 *db = hm_bench_db(args[1], false);
    hm_bench_sql(db, "PRAGMA cache_size=-32768");
    make_table(db, &tables[0]);
    make_table(db, &tables[1]);
    hm_bench_sql(
        db, "CREATE TABLE log(seq INTEGER PRIMARY KEY, id TEXT, op TEXT, t INTEGER)");
    sqlite3_stmt *log = hm_bench_prepare(db, "INSERT INTO log VALUES(NULL, ?, ?, ?)");
    double began = hm_bench_now_s();
    double cpu = hm_bench_cpu_s();
    hm_bench_sql(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < lines.count; i++) {
        const struct hm_bench_line *line = &lines.at[i];
        if (line->create) {
            put_row(db, &tables[strcmp(line->kind, tables[0].kind) != 0], line);
            log_row(db, log, line);
            rows++;
        }
    }
    hm_bench_sql(db, "COMMIT");
    const struct hm_bench_figure figures[] = {{"changes", (double)rows},
                                              {"seconds", hm_bench_now_s() - began},
                                              {"cpu", hm_bench_cpu_s() - cpu},
                                              {"syncs", (double)hm_bench_disk_syncs()},
                                              {NULL, 0}};
    hm_bench_print(figures);
    (void)sqlite3_finalize(log);
    (void)sqlite3_finalize(tables[0].insert);
    (void)sqlite3_finalize(tables[1].insert);
    (void)sqlite3_close(db);
    hm_bench_lines_close(&lines);
}
