/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table-valued function batch(): an array of the program's as a table, so that a page
 * or a request of hundreds of changes is a handful of statements.
 */
#include <stdlib.h>
#include <string.h>

#include "sql.h"

static const char pointer_type[] = "hm_batch";

enum { COLUMN_I, COLUMN_N, COLUMN_B = COLUMN_N + HM_BATCH_INTS };
enum { COLUMN_ROWS = COLUMN_B + HM_BATCH_BYTES };

struct cursor {
    sqlite3_vtab_cursor base;
    const struct hm_batch *batch;
    size_t at;
};

static int connect_table(sqlite3 *db,
                         void *aux,
                         int argc,
                         const char *const *argv,
                         sqlite3_vtab **vtab,
                         char **error)
{
    (void)aux;
    (void)argc;
    (void)argv;
    (void)error;
    int code = sqlite3_declare_vtab(
        db, "CREATE TABLE x(i, n0, n1, n2, n3, n4, n5, n6, n7, b0, b1, b2, b3, b4, b5,"
            " rows HIDDEN)");
    if (code != SQLITE_OK) {
        return code;
    }
    *vtab = calloc(1, sizeof(**vtab));
    return *vtab == NULL ? SQLITE_NOMEM : SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *vtab)
{
    free(vtab);
    return SQLITE_OK;
}

static int best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
    (void)vtab;
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn == COLUMN_ROWS &&
            info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ) {
            if (!info->aConstraint[i].usable) {
                return SQLITE_CONSTRAINT;
            }
            info->aConstraintUsage[i].argvIndex = 1;
            info->aConstraintUsage[i].omit = 1;
            /* Few rows against big tables: it is always the outer loop. */
            info->estimatedCost = 1.0;
            info->estimatedRows = 10;
            return SQLITE_OK;
        }
    }
    return SQLITE_CONSTRAINT;
}

static int open_cursor(sqlite3_vtab *vtab, sqlite3_vtab_cursor **cursor)
{
    (void)vtab;
    struct cursor *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return SQLITE_NOMEM;
    }
    *cursor = &made->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    free(base);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base,
                  int number,
                  const char *text,
                  int argc,
                  sqlite3_value **argv)
{
    (void)number;
    (void)text;
    struct cursor *cursor = (struct cursor *)base;
    cursor->batch = argc == 1 ? sqlite3_value_pointer(argv[0], pointer_type) : NULL;
    cursor->at = 0;
    return SQLITE_OK;
}

static int next_row(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->at++;
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (const struct cursor *)base;
    return cursor->batch == NULL || cursor->at >= cursor->batch->count;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *result, int at)
{
    const struct cursor *cursor = (const struct cursor *)base;
    const struct hm_batch_row *row = &cursor->batch->rows[cursor->at];
    if (at == COLUMN_I) {
        sqlite3_result_int64(result, (sqlite3_int64)cursor->at);
    } else if (at < COLUMN_B) {
        sqlite3_result_int64(result, row->n[at - COLUMN_N]);
    } else if (at < COLUMN_ROWS) {
        struct hm_bytes bytes = row->b[at - COLUMN_B];
        if (bytes.data == NULL) {
            sqlite3_result_null(result);
        } else if ((cursor->batch->text >> (at - COLUMN_B) & 1U) == 1) {
            sqlite3_result_text(result, (const char *)bytes.data, (int)bytes.size,
                                SQLITE_STATIC);
        } else {
            sqlite3_result_blob(result, bytes.data, (int)bytes.size, SQLITE_STATIC);
        }
    }
    return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    *id = (sqlite3_int64)((struct cursor *)base)->at;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xConnect = connect_table,
    .xBestIndex = best_index,
    .xDisconnect = disconnect_table,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next_row,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = row_id,
};

enum hm_status hm_batch_register(struct hm_store *store, struct hm_err *err)
{
    int code = sqlite3_create_module(store->db, "batch", &module, NULL);
    return code == SQLITE_OK ? HM_OK : hm_sql_failed(store, code, err);
}

void hm_bind_batch(sqlite3_stmt *stmt, int at, const struct hm_batch *batch)
{
    (void)sqlite3_bind_pointer(stmt, at, (void *)(uintptr_t)batch, pointer_type, NULL);
}

enum hm_status hm_sql_run_batch(struct hm_store *store,
                                const char *sql,
                                const struct hm_batch *batch,
                                struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, sql, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_batch(stmt, 1, batch);
    return hm_sql_run(store, stmt, err);
}
