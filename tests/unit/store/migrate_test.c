/* SPDX-License-Identifier: Apache-2.0 */
/* Stores of older, newer and other programs. The schema here is the test's own. */
#include <stdio.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "fault.h"
#include "faultvfs.h"
#include "hamlet/base/embed.h"
#include "run.h"
#include "testenv.h"

enum { ROWS = 300 };

/* Statements of the store look into these three tables whenever it begins to write. */
static const unsigned char first_sql[] =
    "CREATE TABLE change(id INTEGER PRIMARY KEY, text TEXT);"
    "CREATE TABLE record(id INTEGER PRIMARY KEY);"
    "CREATE TABLE withdrawal(home INTEGER);";
static const unsigned char second_sql[] =
    "ALTER TABLE change ADD COLUMN twice TEXT; UPDATE change SET twice = text || text;";
static const unsigned char third_sql[] =
    "CREATE TABLE sum(n INTEGER); INSERT INTO sum SELECT count(*) FROM change"
    " WHERE twice IS NOT NULL;";

const struct hm_embedded hm_embedded_sql[] = {
    {"001-first.sql", first_sql, sizeof(first_sql) - 1},
    {"002-second.sql", second_sql, sizeof(second_sql) - 1},
    {"003-third.sql", third_sql, sizeof(third_sql) - 1},
    {NULL, NULL, 0},
};

static struct hm_disk *disk;
static struct hm_testenv env;
static struct hm_store *store;
static struct hm_err err;

static void setup(void)
{
    hm_fault_start();
    hm_testenv_init(&env, 1);
    disk = hm_disk_new("migrate", 1);
    ck_assert_ptr_nonnull(disk);
    store = NULL;
    err = HM_ERR_NONE;
}

static void teardown(void)
{
    hm_store_close(store);
    hm_disk_free(disk);
}

static enum hm_status try_open(enum hm_store_mode mode, bool create)
{
    err = HM_ERR_NONE;
    return hm_store_open(&store, "store.db", mode, create, NULL, &env.env,
                         hm_disk_vfs(disk), &err);
}

static void close_store(void)
{
    hm_store_close(store);
    store = NULL;
}

static void run_raw(const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open_v2("store.db", &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     hm_disk_vfs(disk)),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "PRAGMA journal_mode=TRUNCATE", NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* As the program of version 1 left it, with `ROWS` changes. */
static void make_old(void)
{
    run_raw((const char *)first_sql);
    run_raw("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
            " i < 300) INSERT INTO change SELECT i, 'household ' || i FROM n;"
            "PRAGMA application_id=1213025329; PRAGMA user_version=1");
    ck_assert(hm_disk_restart(disk, HM_CRASH_KEEP));
}

static int64_t ask(const char *sql)
{
    int64_t number = 0;
    ck_assert_int_eq(hm_sql_once(store, sql, &number, NULL, &err), HM_OK);
    return number;
}

static void check_newest(int64_t rows)
{
    char ok[HM_SQL_TEXT_SIZE];
    ck_assert_int_eq(ask("PRAGMA user_version"), 3);
    ck_assert_int_eq(ask("PRAGMA application_id"), 0x484d4c31);
    ck_assert_int_eq(ask("SELECT count(*) FROM change WHERE twice = text || text"), rows);
    ck_assert_int_eq(ask("SELECT n FROM sum"), rows);
    ck_assert_int_eq(hm_sql_once(store, "PRAGMA integrity_check", NULL, ok, &err), HM_OK);
    ck_assert_str_eq(ok, "ok");
}

/* What stands in the file, to see whether anything was written. */
static uint64_t file_print(void)
{
    struct hm_hash hash;
    uint64_t print = 0;
    size_t size = 0;
    const uint8_t *data = hm_disk_file(disk, "store.db", &size);
    uint8_t result[HM_ID_SIZE];
    ck_assert_ptr_nonnull(data);
    hm_hash_init(&hash, HM_ID_SIZE);
    hm_hash_put(&hash, (struct hm_bytes){data, size});
    hm_hash_end(&hash, result, sizeof(result));
    memcpy(&print, result, sizeof(print));
    return print;
}

START_TEST(a_new_store_has_the_newest_version)
{
    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, true), HM_OK);

    check_newest(0);
    ck_assert_uint_eq(env.steps, 3);
}
END_TEST

START_TEST(an_older_store_is_brought_up_with_all_its_data)
{
    make_old();

    ck_assert_int_eq(try_open(_i == 0 ? HM_STORE_LAPTOP : HM_STORE_SERVER, false), HM_OK);

    check_newest(ROWS);
    ck_assert_uint_eq(env.steps, 2);
}
END_TEST

START_TEST(a_store_that_is_up_to_date_is_opened_without_a_write)
{
    make_old();
    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, false), HM_OK);
    close_store();
    uint64_t before = hm_disk_count_all(disk);

    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, false), HM_OK);

    ck_assert_uint_eq(hm_disk_count_all(disk), before);
    check_newest(ROWS);
}
END_TEST

START_TEST(a_newer_store_is_refused_before_any_write)
{
    static const enum hm_store_mode modes[] = {HM_STORE_LAPTOP, HM_STORE_SERVER,
                                               HM_STORE_READER};
    make_old();
    run_raw("PRAGMA user_version=4");
    uint64_t before = hm_disk_count_all(disk);
    uint64_t print = file_print();

    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(try_open(modes[i], i == 0), HM_UNCONFIGURED);
        ck_assert_str_eq(err.key, "store-newer");
        ck_assert_ptr_null(store);
    }

    ck_assert_uint_eq(hm_disk_count_all(disk), before);
    ck_assert_uint_eq(file_print(), print);
}
END_TEST

START_TEST(the_file_of_another_program_is_refused_before_any_write)
{
    static const char *const others[] = {
        "CREATE TABLE theirs(x); PRAGMA application_id=77; PRAGMA user_version=1",
        "CREATE TABLE theirs(x); PRAGMA application_id=77",
        "CREATE TABLE theirs(x); PRAGMA user_version=2",
        "CREATE TABLE theirs(x)",
    };
    run_raw(others[_i]);
    uint64_t before = hm_disk_count_all(disk);
    uint64_t print = file_print();

    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, true), HM_CORRUPT);

    ck_assert_str_eq(err.key, "store-foreign");
    ck_assert_uint_eq(hm_disk_count_all(disk), before);
    ck_assert_uint_eq(file_print(), print);
}
END_TEST

START_TEST(a_file_that_is_no_store_at_all_is_damaged)
{
    static uint8_t noise[8192];
    memset(noise, 'x', sizeof(noise));
    ck_assert(hm_disk_put_file(disk, "store.db", noise, sizeof(noise)));
    uint64_t print = file_print();

    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, true), HM_CORRUPT);

    ck_assert_uint_eq(file_print(), print);
}
END_TEST

START_TEST(a_store_that_is_not_there_is_made_only_where_asked)
{
    size_t size = 0;

    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, false), HM_UNCONFIGURED);
    ck_assert_str_eq(err.key, "store-missing");
    ck_assert_ptr_null(hm_disk_file(disk, "store.db", &size));
    ck_assert(hm_disk_put_file(disk, "store.db", (const uint8_t *)"", 0));
    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, false), HM_UNCONFIGURED);

    ck_assert_int_eq(try_open(HM_STORE_LAPTOP, true), HM_OK);
}
END_TEST

/* A copy of `disk` that the test may break; it becomes `disk` meanwhile. */
static struct hm_disk *break_copy(const struct hm_disk *whole, uint64_t n)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "broken-%u", (unsigned)n);
    struct hm_disk *copy = hm_disk_copy(whole, name, n);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

START_TEST(a_migration_that_the_power_cuts_is_done_again)
{
    enum hm_store_mode mode = _i % 2 == 0 ? HM_STORE_LAPTOP : HM_STORE_SERVER;
    enum hm_crash crash = (enum hm_crash)(_i / 2);
    struct hm_disk *whole = disk;
    uint64_t cuts = 0;
    make_old();

    for (bool cut = true; cut; cuts += cut) {
        disk = break_copy(whole, 1 + cuts);
        hm_disk_cut(disk, 1 + cuts);
        enum hm_status status = try_open(mode, false);
        cut = hm_disk_is_off(disk);
        /* Once the version is written the rest is SQLite's tidying. */
        ck_assert(status == HM_OK || (cut && status == HM_IO));
        close_store();
        ck_assert(hm_disk_restart(disk, crash));

        ck_assert_int_eq(try_open(mode, false), HM_OK);
        check_newest(ROWS);
        close_store();
        hm_disk_free(disk);
    }

    disk = whole;
    ck_assert_uint_gt(cuts, 20);
}
END_TEST

START_TEST(a_migration_on_a_bad_disk_leaves_the_store_as_it_was)
{
    /* The journal is there already: no name is made. */
    enum hm_disk_op op = (enum hm_disk_op)(_i % HM_DISK_NAME);
    enum hm_disk_error error = _i < HM_DISK_NAME ? HM_DISK_FULL : HM_DISK_BROKEN;
    struct hm_disk *whole = disk;
    uint64_t failures = 0;
    bool failed = true;
    make_old();

    for (uint64_t n = 1; failed; n++) {
        disk = break_copy(whole, n);
        hm_disk_fail(disk, op, n, error, true);
        uint64_t before = hm_disk_count(disk, op);
        enum hm_status status = try_open(HM_STORE_LAPTOP, false);
        failed = hm_disk_count(disk, op) - before >= n;
        ck_assert_int_eq(status == HM_OK, !failed);
        ck_assert(status == HM_OK || status == HM_IO);
        failures += failed;
        close_store();
        hm_disk_fail(disk, op, 0, error, false);
        ck_assert_int_eq(try_open(HM_STORE_LAPTOP, false), HM_OK);
        check_newest(ROWS);
        close_store();
        hm_disk_free(disk);
    }

    disk = whole;
    ck_assert_uint_ge(failures, op == HM_DISK_WRITE ? 10 : 1);
}
END_TEST

START_TEST(a_migration_without_memory_is_done_again)
{
    struct hm_disk *whole = disk;
    uint64_t faults = 0;
    bool fired = true;
    make_old();

    for (uint64_t n = 1; fired; n++) {
        disk = break_copy(whole, n);
        hm_fault_arm(n);
        enum hm_status status = try_open(HM_STORE_LAPTOP, false);
        fired = hm_fault_disarm();
        faults += fired;
        ck_assert_msg(status == HM_OK || status == HM_NO_MEMORY, "%d at %u: %s %s",
                      status, (unsigned)n, err.key, err.arg[1]);
        close_store();
        ck_assert_int_eq(try_open(HM_STORE_LAPTOP, false), HM_OK);
        check_newest(ROWS);
        close_store();
        hm_disk_free(disk);
    }

    disk = whole;
    ck_assert_uint_gt(faults, 200);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("migrate");
    TCase *versions = tcase_create("versions");
    TCase *faults = tcase_create("faults");
    tcase_add_checked_fixture(versions, setup, teardown);
    tcase_add_test(versions, a_new_store_has_the_newest_version);
    tcase_add_loop_test(versions, an_older_store_is_brought_up_with_all_its_data, 0, 2);
    tcase_add_test(versions, a_store_that_is_up_to_date_is_opened_without_a_write);
    tcase_add_test(versions, a_newer_store_is_refused_before_any_write);
    tcase_add_loop_test(versions, the_file_of_another_program_is_refused_before_any_write,
                        0, 4);
    tcase_add_test(versions, a_file_that_is_no_store_at_all_is_damaged);
    tcase_add_test(versions, a_store_that_is_not_there_is_made_only_where_asked);
    suite_add_tcase(suite, versions);
    tcase_add_checked_fixture(faults, setup, teardown);
    tcase_set_timeout(faults, 60);
    tcase_add_loop_test(faults, a_migration_that_the_power_cuts_is_done_again, 0, 6);
    tcase_add_loop_test(faults, a_migration_on_a_bad_disk_leaves_the_store_as_it_was, 0,
                        2 * HM_DISK_NAME);
    tcase_add_test(faults, a_migration_without_memory_is_done_again);
    suite_add_tcase(suite, faults);
    return hm_run(suite);
}
