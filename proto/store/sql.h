/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sql.h - prepared statements and their results, private to proto/store.
 *
 * A statement is known by the address of its constant text and prepared once a store.
 * Parameters are bound by position: names in the text are counted in order of first
 * appearance. A statement that was stepped to its end or failed is reset; one that is
 * left early must be reset by hm_sql_done.
 */
#ifndef HAMLET_STORE_SQL_H
#define HAMLET_STORE_SQL_H

#include <sqlite3.h>

#include "hamlet/base/arena.h"
#include "hamlet/model/change.h"
#include "hamlet/store/store.h"

/* A server runs for months and comes to nearly all that there are; some stay free, so
 * that one is found at once. */
enum { HM_SQL_CACHE = 512 };

/* A cheap disk stops for seconds in the middle of another's commit: a person who saves
 * meanwhile waits, and is not told to type it again. */
enum { HM_SQL_BUSY_MS = 30 * 1000 };

struct hm_audit;

struct hm_store {
    sqlite3 *db;
    enum hm_store_mode mode;
    const struct hm_kinds *kinds;
    const struct hm_env *env;
    bool in_transaction;
    bool writing;                 /* and it may write */
    struct hm_store_watch *watch; /* who looks at what is read; null: nobody */
    bool broken;                  /* an fsync failed: nothing more may be written */
    const struct hm_audit *audit; /* the next commit carries it (store/audit.h) */
    struct {
        const char *text;
        sqlite3_stmt *stmt;
    } cache[HM_SQL_CACHE];

    struct hm_id district; /* once it was asked for: hm_district_get */
    bool district_known;

    int64_t next_change; /* row numbers to give, inside a transaction */
    int64_t next_record;
    bool has_withdrawals; /* inside a transaction: look into the table at all */
    bool has_erasures;
    bool listed; /* the registry names all erasures that were accepted */
    bool erases; /* what some erasure reaches is still to be looked at */
};

/* Judge the result of a call of SQLite. */
enum hm_status hm_sql_failed(struct hm_store *store, int code, struct hm_err *err);

/* The statement, reset, without bindings. */
HM_CHECKED enum hm_status hm_sql(struct hm_store *store,
                                 const char *text,
                                 sqlite3_stmt **stmt,
                                 struct hm_err *err);
void hm_sql_done(sqlite3_stmt *stmt);

/* Bindings borrow; what is bound must stay until the statement is done. */
void hm_bind_int(sqlite3_stmt *stmt, int at, int64_t value);
void hm_bind_text(sqlite3_stmt *stmt, int at, struct hm_bytes text);
void hm_bind_blob(sqlite3_stmt *stmt, int at, struct hm_bytes blob);
void hm_bind_id(sqlite3_stmt *stmt, int at, const struct hm_id *id);

/* *row: there is one to read. */
HM_CHECKED enum hm_status hm_sql_step(struct hm_store *store,
                                      sqlite3_stmt *stmt,
                                      bool *row,
                                      struct hm_err *err);
/* For one that looks `id` up: HM_NOT_FOUND, with the words key `missing`, where there is
 * no row. */
HM_CHECKED enum hm_status hm_sql_find(struct hm_store *store,
                                      sqlite3_stmt *stmt,
                                      const struct hm_id *id,
                                      const char *missing,
                                      struct hm_err *err);
/* For a statement that gives no rows. */
HM_CHECKED enum hm_status hm_sql_run(struct hm_store *store,
                                     sqlite3_stmt *stmt,
                                     struct hm_err *err);

/* A statement without parameters: column 0 of its first row, 0 where there is none. */
HM_CHECKED enum hm_status hm_sql_number(struct hm_store *store,
                                        const char *sql,
                                        int64_t *number,
                                        struct hm_err *err);

/*
 * All rows of a statement, as a list of items of `size` bytes from the arena; each is
 * zeroed before `read` makes it of its row. Null where there are none.
 */
HM_CHECKED enum hm_status hm_sql_list(struct hm_store *store,
                                      sqlite3_stmt *stmt,
                                      size_t size,
                                      void (*read)(sqlite3_stmt *stmt,
                                                   void *item,
                                                   struct hm_arena *arena),
                                      void **list,
                                      size_t *count,
                                      struct hm_arena *arena,
                                      struct hm_err *err);
/* For such a list: column 0 as struct hm_bytes. */
void hm_sql_read_bytes(sqlite3_stmt *stmt, void *item, struct hm_arena *arena);

/*
 * A statement that is run once and not kept: a setting, a transaction's end. `number` and
 * `text`, cut to fit, are column 0 of its first row; 0 and "" where there is none. Both
 * may be null.
 */
enum { HM_SQL_TEXT_SIZE = 24 };
HM_CHECKED enum hm_status hm_sql_once(struct hm_store *store,
                                      const char *sql,
                                      int64_t *number,
                                      char text[HM_SQL_TEXT_SIZE],
                                      struct hm_err *err);

/* Columns of the row; bytes are valid until the next step. */
int64_t hm_column_int(sqlite3_stmt *stmt, int at);
struct hm_bytes hm_column_bytes(sqlite3_stmt *stmt, int at);
bool hm_column_null(sqlite3_stmt *stmt, int at);
bool hm_column_id(sqlite3_stmt *stmt, int at, struct hm_id *id);
bool hm_column_digest(sqlite3_stmt *stmt, int at, struct hm_digest *digest);

/*
 * An array of rows as a table: `FROM batch(:rows)` has columns i (index), n0…n7 and
 * b0…b5. A `b` without data is null; `text` says which of them are text.
 */
enum { HM_BATCH_INTS = 8, HM_BATCH_BYTES = 6 };
struct hm_batch_row {
    int64_t n[HM_BATCH_INTS];
    struct hm_bytes b[HM_BATCH_BYTES];
};
struct hm_batch {
    const struct hm_batch_row *rows;
    size_t count;
    unsigned text; /* bit i: column b<i> is text */
};
HM_CHECKED enum hm_status hm_batch_register(struct hm_store *store, struct hm_err *err);
void hm_bind_batch(sqlite3_stmt *stmt, int at, const struct hm_batch *batch);
/* For a statement that gives no rows, whose only parameter is the batch. */
HM_CHECKED enum hm_status hm_sql_run_batch(struct hm_store *store,
                                           const char *sql,
                                           const struct hm_batch *batch,
                                           struct hm_err *err);

/*
 * The row of the record `:record`: the one that a change creates, else the first. Its id
 * is made of home and kind, so one such there is at most; an edit may claim any id in its
 * author's unit. The registry comes first: what it creates is what is meant.
 */
#define HM_RECORD_CREATED                                                                \
    "EXISTS(SELECT 1 FROM change k WHERE k.act = 0 AND (k.id = r.first OR"               \
    " (k.record = r.id AND k.later = 1)))"
#define HM_RECORD_FOUND                                                                  \
    "(SELECT r.id FROM record r CROSS JOIN unit h ON h.id = r.home"                      \
    " WHERE r.record = :record ORDER BY iif(" HM_RECORD_CREATED                          \
    ", iif(h.code = '~', 0, 1), 2), r.id LIMIT 1)"
_Static_assert(HM_ACT_CREATE == 0, "HM_RECORD_CREATED says this");

/* Of changes `c`: those that a withdrawal touches. */
#define HM_WITHDRAWABLE " AND c.act NOT IN (6, 7)"
_Static_assert(HM_ACT_WITHDRAW == 6 && HM_ACT_ERASE == 7, "HM_WITHDRAWABLE says these");

#endif
