/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores as earlier versions of the program left them, by the real migrations: what a
 * site has is put into the tables of that version, and opened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "hamlet/base/embed.h"
#include "hamlet/store/visits.h"
#include "run.h"
#include "site.h"

/* 005 is the first of which nothing that is derived is another today; 006 brought `late`,
 * 012 the bound of a row of entries. */
enum {
    FIRST_SAME = 5,
    LATE_SINCE = 6,
    ROWS_SINCE = 12,
    TABLES_MAX = 64,
    NAME_SIZE = 64,
    COLUMNS_SIZE = 1024
};

struct copied {
    char table[NAME_SIZE];
    char columns[COLUMNS_SIZE];
};

static struct hm_site server;
static struct hm_site laptop;
static struct hm_store *old;
static struct copied copied[TABLES_MAX];
static size_t copied_count;

static void setup(void)
{
    hm_site_open_pair(&server, &laptop);
    copied_count = 0;
    old = NULL;
}

static void teardown(void)
{
    hm_store_close(old);
    hm_site_close(&laptop);
    hm_site_close(&server);
}

static long version_of(const struct hm_embedded *file)
{
    return strtol(file->name, NULL, 10);
}

static long newest(void)
{
    long version = 0;
    for (const struct hm_embedded *file = hm_embedded_sql; file->name != NULL; file++) {
        version = version_of(file) > version ? version_of(file) : version;
    }
    return version;
}

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK, "%s: %s", why,
                  sql);
}

static void read_text(sqlite3 *db, const char *sql, char *text, size_t size)
{
    sqlite3_stmt *stmt = NULL;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s",
                  sqlite3_errmsg(db), sql);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    int length = snprintf(text, size, "%s", (const char *)sqlite3_column_text(stmt, 0));
    ck_assert_int_lt(length, (int)size);
    (void)sqlite3_finalize(stmt);
}

static int add_table(void *ctx, int count, char **texts, char **names)
{
    (void)ctx;
    (void)count;
    (void)names;
    ck_assert_uint_lt(copied_count, TABLES_MAX);
    (void)snprintf(copied[copied_count++].table, NAME_SIZE, "%s", texts[0]);
    return 0;
}

/* The columns that both have: a later version may have more. */
static void copy_table(sqlite3 *db, struct copied *of)
{
    char *columns = sqlite3_mprintf(
        "SELECT group_concat('\"' || o.name || '\"') FROM pragma_table_info(%Q, 'main') o"
        " JOIN pragma_table_info(%Q, 'newer') n ON n.name = o.name",
        of->table, of->table);
    read_text(db, columns, of->columns, sizeof(of->columns));
    char *copy =
        sqlite3_mprintf("DELETE FROM main.%s; INSERT INTO main.%s(%s)"
                        " SELECT %s FROM newer.%s",
                        of->table, of->table, of->columns, of->columns, of->table);
    run(db, copy);
    sqlite3_free(columns);
    sqlite3_free(copy);
}

/* The site's store as the program of `version` had it, in the file "old.db". */
static void make_old(struct hm_site *site, long version)
{
    char numbers[NAME_SIZE * 2];
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open_v2("old.db", &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     hm_disk_vfs(site->disk)),
                     SQLITE_OK);
    run(db, "PRAGMA journal_mode=TRUNCATE");
    for (const struct hm_embedded *file = hm_embedded_sql; file->name != NULL; file++) {
        if (version_of(file) <= version) {
            run(db, (const char *)file->data);
        }
    }
    run(db, "ATTACH 'store.db' AS newer");
    ck_assert_int_eq(sqlite3_exec(db,
                                  "SELECT name FROM main.sqlite_schema WHERE type ="
                                  " 'table' AND name NOT LIKE 'sqlite_%'",
                                  add_table, NULL, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < copied_count; i++) {
        copy_table(db, &copied[i]);
    }
    (void)snprintf(numbers, sizeof(numbers),
                   "PRAGMA application_id=%d; PRAGMA user_version=%ld", 0x484d4c31,
                   version);
    run(db, numbers);
    run(db, "DETACH newer");
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static int64_t ask(const char *sql)
{
    int64_t number = 0;
    ck_assert_int_eq(hm_sql_once(old, sql, &number, NULL, &server.err), HM_OK);
    return number;
}

/* Rows of a table, or of what stands for all tables, that are in one of the two alone. */
static int64_t differences(const char *columns, const char *table)
{
    char *sql = sqlite3_mprintf(
        "SELECT (SELECT count(*) FROM (SELECT %s FROM main.%s EXCEPT SELECT %s"
        " FROM newer.%s)) + (SELECT count(*) FROM (SELECT %s FROM newer.%s EXCEPT"
        " SELECT %s FROM main.%s))",
        columns, table, columns, table, columns, table, columns, table);
    int64_t count = ask(sql);
    sqlite3_free(sql);
    return count;
}

static void check_same(struct hm_site *site)
{
    char ok[HM_SQL_TEXT_SIZE];
    ck_assert_int_eq(ask("PRAGMA user_version"), newest());
    ck_assert_int_eq(hm_sql_once(old, "PRAGMA integrity_check", NULL, ok, &site->err),
                     HM_OK);
    ck_assert_str_eq(ok, "ok");
    run(old->db, "ATTACH 'store.db' AS newer");
    ck_assert_int_eq(differences("type, name, sql", "sqlite_schema"), 0);
    for (size_t i = 0; i < copied_count; i++) {
        ck_assert_msg(differences(copied[i].columns, copied[i].table) == 0, "%s",
                      copied[i].table);
    }
    run(old->db, "DETACH newer");
}

static void leave_old(struct hm_site *site, long version)
{
    hm_author_close(site->author);
    hm_store_close(site->store);
    site->author = NULL;
    site->store = NULL;
    make_old(site, version);
}

static void open_left(struct hm_site *site)
{
    ck_assert_int_eq(hm_store_open(&old, "old.db", site->mode, false, site->kinds,
                                   &site->env.env, hm_disk_vfs(site->disk), &site->err),
                     HM_OK);
}

static void open_old(struct hm_site *site, long version)
{
    leave_old(site, version);
    open_left(site);
}

START_TEST(a_laptop_s_store_of_any_version_comes_up_with_all_that_it_has)
{
    struct hm_id record = a_household(&laptop, "Út");
    an_edit(&laptop, &record, "cluster", "Tổ 4");
    struct hm_loaded loaded;

    open_old(&laptop, _i);

    check_same(&laptop);
    ck_assert_int_eq(
        hm_store_record_load(old, &record, &loaded, &laptop.arena, &laptop.err), HM_OK);
    ck_assert_uint_eq(loaded.count, 2);
}
END_TEST

START_TEST(a_server_s_visits_come_up_with_what_their_version_kept_of_them)
{
    struct hm_visit visit = {.device = laptop.device,
                             .epoch = laptop.epoch,
                             .contact = {5},
                             .waiting = 3,
                             .late = {4},
                             .version = hm_text("0.9")};
    bool found = false;
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_visit_put(server.store, &visit, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);

    open_old(&server, _i);

    check_same(&server);
    ck_assert_int_eq(hm_store_visit_last(old, &laptop.device, &visit, &found,
                                         &server.arena, &server.err),
                     HM_OK);
    ck_assert(found);
    ck_assert_int_eq(visit.waiting, 3);
    ck_assert_int_eq(visit.late.ms, _i < LATE_SINCE ? 0 : 4);
    ck_assert_uint_eq(visit.errors.size, 0);
}
END_TEST

static void run_old(struct hm_site *site, const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(
        sqlite3_open_v2("old.db", &db, SQLITE_OPEN_READWRITE, hm_disk_vfs(site->disk)),
        SQLITE_OK);
    run(db, sql);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* Laptops had runs of any length in one row. */
START_TEST(entries_of_many_changes_come_up_in_rows_of_which_none_is_long)
{
    static const char joined[] =
        "INSERT INTO bucket(id, name, n, leaves, digest) VALUES(7, '101-1', 1512,"
        " zeroblob(4096), zeroblob(32)), (8, '101-2', 512, zeroblob(4096), zeroblob(32));"
        "INSERT INTO entry VALUES(7, 1, 10, 31, 'a', NULL), (7, 11, 1500, 41, 'a', NULL),"
        " (7, 1511, 1, 90, 'q', 'role'), (7, 1512, 1, 90, 'r', NULL),"
        " (8, 1, 512, 2000, 'a', NULL)";
    static const char sound[] =
        "SELECT count(*) FROM entry WHERE bucket = 7 AND kind = 'a' AND reason IS NULL"
        " AND (n, count, change) IN (VALUES(11, 512, 41), (523, 512, 553),"
        " (1035, 476, 1065))";
    leave_old(&laptop, ROWS_SINCE - 1);
    run_old(&laptop, joined);

    open_left(&laptop);

    ck_assert_int_eq(ask(sound), 3);
    ck_assert_int_eq(ask("SELECT count(*) FROM entry WHERE bucket = 7"), 6);
    ck_assert_int_eq(ask("SELECT sum(count) FROM entry WHERE bucket = 7"), 1512);
    ck_assert_int_eq(ask("SELECT count(*) FROM entry WHERE bucket = 8"), 1);
    ck_assert_int_eq(ask("SELECT leaves IS NULL AND digest IS NULL FROM bucket"
                         " WHERE id = 7"),
                     1);
    ck_assert_int_eq(ask("SELECT leaves IS NULL FROM bucket WHERE id = 8"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("upgrade");
    TCase *group = tcase_create("versions");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_add_loop_test(group,
                        a_laptop_s_store_of_any_version_comes_up_with_all_that_it_has, 1,
                        (int)newest());
    tcase_add_loop_test(group,
                        a_server_s_visits_come_up_with_what_their_version_kept_of_them,
                        FIRST_SAME, (int)newest());
    tcase_add_test(group, entries_of_many_changes_come_up_in_rows_of_which_none_is_long);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
