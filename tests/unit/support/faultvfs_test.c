/* SPDX-License-Identifier: Apache-2.0 */
#include "faultvfs.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

enum { ROWS = 12 };

static struct hm_disk *disk;

static void setup(void)
{
    disk = hm_disk_new("disk", 7);
    ck_assert_ptr_nonnull(disk);
}

static void teardown(void)
{
    hm_disk_free(disk);
}

static int run_sql(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) & 0xFF;
}

/* What could not be opened gives a handle on which everything fails. */
static sqlite3 *open_db(const char *pragmas)
{
    sqlite3 *db = NULL;
    (void)sqlite3_open_v2("t.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                          hm_disk_vfs(disk));
    ck_assert_ptr_nonnull(db);
    (void)run_sql(db, pragmas);
    return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t result = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        result = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return result;
}

/* Adds rows one transaction at a time; gives how many SQLite said were committed. */
static int64_t add_rows(sqlite3 *db, int64_t count)
{
    int64_t done = 0;
    if (run_sql(db, "CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, b BLOB)") != 0) {
        return 0;
    }
    for (int64_t i = 0; i < count; i++) {
        char sql[80];
        (void)snprintf(sql, sizeof(sql), "INSERT INTO t VALUES(%d, randomblob(3000))",
                       (int)i + 1);
        if (run_sql(db, sql) != SQLITE_OK) {
            break;
        }
        done++;
    }
    return done;
}

static bool whole(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool ok =
        sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    (void)sqlite3_finalize(stmt);
    return ok;
}

static const char laptop[] = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA";
static const char server[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL";
static const char alone[] = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                            "PRAGMA synchronous=FULL";

struct sweep {
    int64_t fired;
    int64_t lost;   /* runs in which something acknowledged was gone */
    int64_t broken; /* runs after which the database was damaged */
};

/* Cut at the first, second… operation until the work gets through. */
static struct sweep sweep_cuts(const char *pragmas, enum hm_crash crash)
{
    struct sweep sweep = {.fired = 0};
    for (uint64_t n = 1;; n++) {
        hm_disk_free(disk);
        disk = hm_disk_new("disk", n);
        ck_assert_ptr_nonnull(disk);
        hm_disk_cut(disk, n);
        sqlite3 *db = open_db(pragmas);
        int64_t done = add_rows(db, ROWS);
        bool off = hm_disk_is_off(disk);
        hm_disk_cut_now(disk);
        (void)sqlite3_close(db);
        ck_assert(hm_disk_restart(disk, crash));

        db = open_db(pragmas);
        bool ok = whole(db);
        sweep.broken += !ok;
        sweep.lost += ok && done > 0 && number(db, "SELECT count(*) FROM t") < done;
        (void)sqlite3_close(db);
        if (!off) {
            return sweep;
        }
        sweep.fired++;
    }
}

START_TEST(every_safe_way_of_committing_survives_a_cut_at_any_operation)
{
    static const char *const safe[] = {laptop, server, alone};
    static const enum hm_crash crashes[] = {HM_CRASH_DROP, HM_CRASH_KEEP, HM_CRASH_MIX};

    struct sweep sweep = sweep_cuts(safe[_i % 3], crashes[_i / 3]);

    ck_assert_int_gt(sweep.fired, 40);
    ck_assert_int_eq(sweep.lost, 0);
    ck_assert_int_eq(sweep.broken, 0);
}
END_TEST

START_TEST(a_wal_that_is_not_synced_at_commit_loses_what_was_acknowledged)
{
    struct sweep sweep =
        sweep_cuts("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", HM_CRASH_DROP);

    ck_assert_int_gt(sweep.lost, 0);
    ck_assert_int_eq(sweep.broken, 0);
}
END_TEST

START_TEST(a_journal_whose_deletion_is_not_synced_comes_back_and_undoes_a_commit)
{
    struct sweep sweep =
        sweep_cuts("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL", HM_CRASH_DROP);

    ck_assert_int_gt(sweep.lost, 0);
    ck_assert_int_eq(sweep.broken, 0);
}
END_TEST

START_TEST(without_any_sync_the_database_is_damaged)
{
    struct sweep sweep =
        sweep_cuts("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF;"
                   "PRAGMA cache_size=2",
                   HM_CRASH_MIX);

    ck_assert_int_gt(sweep.lost + sweep.broken, 0);
    ck_assert_int_gt(sweep.broken, 0);
}
END_TEST

START_TEST(a_killed_process_loses_nothing_that_was_committed)
{
    sqlite3 *db = open_db("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF");

    ck_assert_int_eq(add_rows(db, ROWS), ROWS);
    hm_disk_cut_now(disk);
    (void)sqlite3_close(db);
    ck_assert(hm_disk_restart(disk, HM_CRASH_KEEP));

    db = open_db(laptop);
    ck_assert_int_eq(number(db, "SELECT count(*) FROM t"), ROWS);
    (void)sqlite3_close(db);
}
END_TEST

START_TEST(a_full_disk_is_said_and_what_was_there_stays)
{
    sqlite3 *db = open_db(laptop);
    ck_assert_int_eq(add_rows(db, 3), 3);

    hm_disk_fail(disk, HM_DISK_WRITE, 2, HM_DISK_FULL, true);
    int code = run_sql(db, "INSERT INTO t VALUES(99, randomblob(3000))");
    hm_disk_fail(disk, HM_DISK_WRITE, 0, HM_DISK_FULL, false);

    ck_assert_int_eq(code, SQLITE_FULL);
    ck_assert_int_eq(number(db, "SELECT count(*) FROM t"), 3);
    ck_assert(whole(db));
    ck_assert_int_eq(run_sql(db, "INSERT INTO t VALUES(99, randomblob(3000))"), 0);
    (void)sqlite3_close(db);
}
END_TEST

/* One file of the disk without SQLite: 4 sectors are written, then `syncs` are tried. */
static bool kept_after_failed_sync(uint64_t seed)
{
    static uint8_t memory[1024];
    static uint8_t data[2048];
    hm_disk_free(disk);
    disk = hm_disk_new("disk", seed);
    sqlite3_vfs *vfs = sqlite3_vfs_find("disk");
    sqlite3_file *file = (sqlite3_file *)(void *)memory;
    size_t size = 0;
    ck_assert_int_le(vfs->szOsFile, (int)sizeof(memory));
    ck_assert_int_eq(vfs->xOpen(vfs, "x-journal", file,
                                SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_JOURNAL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(file->pMethods->xSync(file, SQLITE_SYNC_FULL), SQLITE_OK);
    memset(data, 'x', sizeof(data));
    ck_assert_int_eq(file->pMethods->xWrite(file, data, sizeof(data), 0), SQLITE_OK);
    hm_disk_fail(disk, HM_DISK_SYNC, 1, HM_DISK_BROKEN, false);
    ck_assert_int_eq(file->pMethods->xSync(file, SQLITE_SYNC_FULL), SQLITE_IOERR_FSYNC);
    ck_assert_int_eq(file->pMethods->xSync(file, SQLITE_SYNC_FULL), SQLITE_OK);
    ck_assert_mem_eq(hm_disk_file(disk, "x-journal", &size), data, sizeof(data));
    (void)file->pMethods->xClose(file);
    ck_assert(hm_disk_restart(disk, HM_CRASH_KEEP));
    const uint8_t *left = hm_disk_file(disk, "x-journal", &size);
    return size == sizeof(data) && memcmp(left, data, size) == 0;
}

START_TEST(a_sync_that_failed_is_said_and_a_later_one_does_not_mend_it)
{
    int kept = 0;

    for (uint64_t seed = 0; seed < 40; seed++) {
        kept += kept_after_failed_sync(seed);
    }

    ck_assert_int_gt(kept, 5);
    ck_assert_int_lt(kept, 35);
}
END_TEST

START_TEST(everything_fails_while_the_power_is_off)
{
    sqlite3 *db = open_db(laptop);
    ck_assert_int_eq(add_rows(db, 2), 2);

    hm_disk_cut_now(disk);

    ck_assert(hm_disk_is_off(disk));
    ck_assert_int_eq(run_sql(db, "INSERT INTO t VALUES(9, x'00')"), SQLITE_IOERR);
    ck_assert(!hm_disk_restart(disk, HM_CRASH_DROP)); /* it is open */
    (void)sqlite3_close(db);
    ck_assert(hm_disk_restart(disk, HM_CRASH_DROP));
}
END_TEST

START_TEST(operations_are_counted)
{
    sqlite3 *db = open_db(laptop);
    ck_assert_int_eq(add_rows(db, 1), 1);
    uint64_t syncs = hm_disk_count(disk, HM_DISK_SYNC);
    uint64_t bytes = hm_disk_bytes_written(disk);

    ck_assert_int_eq(run_sql(db, "INSERT INTO t VALUES(9, x'00')"), SQLITE_OK);

    ck_assert_uint_ge(hm_disk_count(disk, HM_DISK_SYNC) - syncs, 3);
    ck_assert_uint_le(hm_disk_count(disk, HM_DISK_SYNC) - syncs, 4);
    ck_assert_uint_gt(hm_disk_bytes_written(disk), bytes + 4096);
    ck_assert_uint_gt(hm_disk_count(disk, HM_DISK_NAME), 0);
    ck_assert_uint_gt(hm_disk_count(disk, HM_DISK_TRUNCATE), 0);
    (void)sqlite3_close(db);
}
END_TEST

START_TEST(two_connections_keep_each_others_locks)
{
    sqlite3 *one = open_db(laptop);
    ck_assert_int_eq(add_rows(one, 2), 2);
    sqlite3 *two = open_db(laptop);

    ck_assert_int_eq(run_sql(one, "BEGIN IMMEDIATE"), SQLITE_OK);
    ck_assert_int_eq(run_sql(two, "BEGIN IMMEDIATE"), SQLITE_BUSY);
    ck_assert_int_eq(number(two, "SELECT count(*) FROM t"), 2);
    ck_assert_int_eq(run_sql(one, "INSERT INTO t VALUES(9, x'00')"), SQLITE_OK);
    ck_assert_int_eq(run_sql(two, "BEGIN; SELECT count(*) FROM t"), SQLITE_OK);
    ck_assert_int_eq(run_sql(one, "COMMIT"), SQLITE_BUSY);
    ck_assert_int_eq(run_sql(two, "COMMIT"), SQLITE_OK);
    ck_assert_int_eq(run_sql(one, "COMMIT"), SQLITE_OK);

    ck_assert_int_eq(number(two, "SELECT count(*) FROM t"), 3);
    (void)sqlite3_close(two);
    (void)sqlite3_close(one);
}
END_TEST

START_TEST(a_reader_of_a_wal_sees_one_state_while_the_writer_goes_on)
{
    sqlite3 *writer = open_db(server);
    ck_assert_int_eq(add_rows(writer, 2), 2);
    sqlite3 *reader = open_db("PRAGMA query_only=1");

    ck_assert_int_eq(run_sql(reader, "BEGIN"), SQLITE_OK);
    ck_assert_int_eq(number(reader, "SELECT count(*) FROM t"), 2);
    ck_assert_int_eq(run_sql(writer, "INSERT INTO t VALUES(9, x'00')"), SQLITE_OK);

    ck_assert_int_eq(number(reader, "SELECT count(*) FROM t"), 2);
    ck_assert_int_eq(run_sql(reader, "COMMIT"), SQLITE_OK);
    ck_assert_int_eq(number(reader, "SELECT count(*) FROM t"), 3);
    (void)sqlite3_close(reader);
    (void)sqlite3_close(writer);
}
END_TEST

START_TEST(a_copy_has_the_files_as_they_are_and_a_life_of_its_own)
{
    sqlite3 *db = open_db(laptop);
    ck_assert_int_eq(add_rows(db, 3), 3);
    (void)sqlite3_close(db);

    struct hm_disk *copy = hm_disk_copy(disk, "copy", 1);
    ck_assert_ptr_nonnull(copy);
    db = open_db(laptop);
    ck_assert_int_eq(run_sql(db, "DELETE FROM t"), SQLITE_OK);
    (void)sqlite3_close(db);
    struct hm_disk *first = disk;
    disk = copy;
    db = open_db(laptop);

    ck_assert_int_eq(number(db, "SELECT count(*) FROM t"), 3);
    (void)sqlite3_close(db);
    disk = first;
    hm_disk_free(copy);
}
END_TEST

START_TEST(a_file_can_be_put_and_read_from_outside)
{
    static const uint8_t said[] = "hello";
    size_t size = 0;

    ck_assert_ptr_null(hm_disk_file(disk, "x", &size));
    ck_assert(hm_disk_put_file(disk, "x", said, sizeof(said)));
    ck_assert(hm_disk_restart(disk, HM_CRASH_DROP));

    const uint8_t *data = hm_disk_file(disk, "x", &size);
    ck_assert_uint_eq(size, sizeof(said));
    ck_assert_mem_eq(data, said, size);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("faultvfs");
    TCase *cuts = tcase_create("cuts");
    tcase_add_checked_fixture(cuts, setup, teardown);
    tcase_set_timeout(cuts, 120);
    tcase_add_loop_test(
        cuts, every_safe_way_of_committing_survives_a_cut_at_any_operation, 0, 9);
    tcase_add_test(cuts, a_wal_that_is_not_synced_at_commit_loses_what_was_acknowledged);
    tcase_add_test(cuts,
                   a_journal_whose_deletion_is_not_synced_comes_back_and_undoes_a_commit);
    tcase_add_test(cuts, without_any_sync_the_database_is_damaged);
    tcase_add_test(cuts, a_killed_process_loses_nothing_that_was_committed);
    suite_add_tcase(suite, cuts);

    TCase *faults = tcase_create("faults");
    tcase_add_checked_fixture(faults, setup, teardown);
    tcase_add_test(faults, a_full_disk_is_said_and_what_was_there_stays);
    tcase_add_test(faults, a_sync_that_failed_is_said_and_a_later_one_does_not_mend_it);
    tcase_add_test(faults, everything_fails_while_the_power_is_off);
    tcase_add_test(faults, operations_are_counted);
    suite_add_tcase(suite, faults);

    TCase *sharing = tcase_create("sharing");
    tcase_add_checked_fixture(sharing, setup, teardown);
    tcase_add_test(sharing, two_connections_keep_each_others_locks);
    tcase_add_test(sharing, a_reader_of_a_wal_sees_one_state_while_the_writer_goes_on);
    tcase_add_test(sharing, a_copy_has_the_files_as_they_are_and_a_life_of_its_own);
    tcase_add_test(sharing, a_file_can_be_put_and_read_from_outside);
    suite_add_tcase(suite, sharing);
    return hm_run(suite);
}
