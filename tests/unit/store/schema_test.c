/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every statement of the store is served by an index. The statements are read out of the
 * store's own library, as the compiler left them there, so that none can be forgotten.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../proto/store/sql.h"
#include "run.h"
#include "site.h"

enum { TEXTS_MAX = 512, LIBRARY_MAX = 64 * 1024 * 1024, STATEMENTS_LEAST = 120 };

static struct hm_site server;
static struct hm_site site;
static char *library;
static const char *texts[TEXTS_MAX];
static size_t text_count;

/*
 * What grows with the years. The others are bounded by units, devices and people;
 * `withdrawal` holds one name a withdrawal.
 */
static const char *const big_tables[] = {"change", "record",     "envelope", "entry",
                                         "page",   "conflict",   "disputed", "bulk",
                                         "run",    "incomplete", "audit"};

/* Statements that may walk through a big table, by how they begin, and why. */
static struct {
    const char *begins;
    const char *reason;
    bool used;
} walks[] = {
    {"WITH own AS MATERIALIZED (SELECT a.id FROM author",
     "status: one walk that counts, and what is marked", false},
    {"SELECT c.id, c.record, c.change, c.act, c.time, c.received, c.verdict,"
     " c.withdrawn, c.withheld, c.body, a.user, a.role, d.device, u.code, k.name,"
     " r.record, b.bulk FROM change c",
     "verify goes through every change", false},
    {"SELECT count(*) FROM change INDEXED BY change_not_accepted",
     "its index holds what is not plainly accepted alone", false},
    {"SELECT c.id, c.record, c.change, c.act, c.time, c.received, c.verdict,"
     " c.withdrawn, c.withheld, c.body, a.user, a.role, d.device, u.code, k.name,"
     " r.record, b.bulk, (SELECT e.reason",
     "its index holds what is not plainly accepted alone", false},
    {"SELECT count(*), 0 FROM change c INDEXED BY change_not_accepted",
     "its index holds what is not plainly accepted alone", false},
    {"WITH RECURSIVE down(code) AS (SELECT :unit UNION SELECT d.code FROM down JOIN unit"
     " d ON d.parent = down.code UNION SELECT d.code FROM down JOIN unit d ON d.successor"
     " = down.code) SELECT count(*), 0 FROM change c INDEXED BY change_not_accepted",
     "its index holds what is not plainly accepted alone", false},
    {"SELECT id FROM record ORDER BY id", "rebuild", false},
    {"SELECT n, time, account, act, subject, detail, hash FROM audit ORDER BY n",
     "the whole log is verified", false},
    {"SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", "its last row alone", false},
    {"SELECT home FROM change WHERE act = 6 UNION", "rebuild", false},
    {"SELECT count(*) FROM change c WHERE c.withdrawn <>", "verify", false},
    {"WITH RECURSIVE down(code) AS (SELECT :unit UNION SELECT d.code FROM down JOIN unit"
     " d ON d.parent = down.code UNION SELECT d.code FROM down JOIN unit d ON d.successor"
     " = down.code) SELECT r.id, r.first",
     "the digest of a subtree reads all its records", false},
    {"SELECT count(*) FROM bucket b CROSS JOIN entry e",
     "the mailbox of a device that was refused thousands of times", false},
    {"SELECT c.change, e.kind, coalesce(e.reason, '') FROM entry e",
     "a mailbox holds the refusals of one device", false},
    {"DELETE FROM entry WHERE bucket", "a bucket is begun anew", false},
    {"DELETE FROM run WHERE origin = :origin", "an epoch ends: all its seeds go", false},
    {"UPDATE change SET verdict = 0", "a bucket is begun anew", false},
    {"SELECT * FROM (SELECT c.id, (c.verdict", "a bucket was begun anew", false},
    {"SELECT c.change, c.id, 'a', ''",
     "a laptop goes through a home once, for a server that lost it", false},
    {"SELECT p.seq, p.count, u.code", "verify", false},
    {"SELECT DISTINCT v.seq + c.id - v.change", "verify", false},
    {"SELECT u.id, u.code FROM unit u WHERE u.code <> '~'", "one look a unit", false},
    {"SELECT c.body FROM change c WHERE c.home = :home AND c.withheld",
     "of a home without a bucket, which holds skeletons or is to be left", false},
    {"SELECT a.record, h.code FROM unit h CROSS JOIN record a ON a.home = h.id WHERE"
     " a.flags",
     "its index holds the merged records of a unit alone", false},
    {"SELECT c.id FROM change c WHERE c.home = :home AND EXISTS", "a unit is left",
     false},
    {"SELECT v.origin, v.seq, v.count, v.change FROM envelope", "a unit is left", false},
    {"SELECT id FROM record WHERE home", "a unit is left", false},
    {"DELETE FROM page WHERE home", "a unit is left", false},
    {"DELETE FROM change WHERE home", "a unit is left", false},
    {"DELETE FROM conflict WHERE record IN", "a unit is left", false},
    {"DELETE FROM disputed WHERE record IN", "a unit is left", false},
    {"DELETE FROM incomplete WHERE record IN", "a unit is left", false},
    {"DELETE FROM record WHERE home", "a unit is left", false},
    {"UPDATE record SET first", "a unit is left", false},
    {"UPDATE change SET later", "a unit is left", false},
    {"UPDATE bucket SET leaves = NULL, stale", "an older store is brought up", false},
};

static bool is_statement(const char *text)
{
    static const char *const words[] = {"SELECT ", "WITH ", "INSERT ", "UPDATE ",
                                        "DELETE "};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strncmp(text, words[i], strlen(words[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* The library lies beside the folder that this program lies in. */
static size_t read_library(void)
{
    char path[1024];
    ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 64);
    ck_assert_int_gt(size, 0);
    path[size] = '\0';
    for (int i = 0; i < 2; i++) {
        *strrchr(path, '/') = '\0';
    }
    (void)strncat(path, "/proto/libhm_store.a", 63);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    library = malloc(LIBRARY_MAX);
    ck_assert_ptr_nonnull(library);
    size_t got = fread(library, 1, LIBRARY_MAX - 1, file);
    ck_assert_uint_lt(got, LIBRARY_MAX - 1);
    library[got] = '\0';
    (void)fclose(file);
    return got;
}

static void find_statements(void)
{
    size_t size = read_library();
    text_count = 0;
    for (size_t at = 0; at < size; at += strlen(library + at) + 1) {
        /* Data of another kind may stand right before a text. */
        for (const char *text = library + at; *text != '\0'; text++) {
            if (*text >= 'D' && *text <= 'W' && is_statement(text)) {
                ck_assert_uint_lt(text_count, TEXTS_MAX);
                texts[text_count++] = text;
                break;
            }
        }
    }
}

static void setup(void)
{
    hm_site_open_pair(&server, &site);
    find_statements();
}

static void teardown(void)
{
    hm_site_close(&site);
    hm_site_close(&server);
    free(library);
}

static sqlite3_stmt *plan_of(const char *text)
{
    static char explain[16384];
    sqlite3_stmt *stmt = NULL;
    int size = snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", text);
    ck_assert_int_lt(size, (int)sizeof(explain));
    int code = sqlite3_prepare_v2(site.store->db, explain, -1, &stmt, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sqlite3_errmsg(site.store->db), text);
    return stmt;
}

/* Whether `name`, a table or what a statement calls it, is a big table. */
static bool is_big(const char *text, const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof(big_tables) / sizeof(big_tables[0]); i++) {
        char called[64];
        const char *table = big_tables[i];
        if (strlen(table) == size && strncmp(table, name, size) == 0) {
            return true;
        }
        for (size_t form = 0; form < 4; form++) {
            (void)snprintf(called, sizeof(called), " %s%s%.*s%s", table,
                           form < 2 ? " " : " AS ", (int)size, name,
                           form % 2 == 0 ? " " : ")");
            if (strstr(text, called) != NULL) {
                return true;
            }
        }
    }
    return false;
}

/* "SCAN c", "SCAN c USING INDEX …": the name after the first word. */
static bool walks_through(const char *text, const char *detail)
{
    if (strncmp(detail, "SCAN ", 5) != 0 || strstr(detail, "VIRTUAL TABLE") != NULL) {
        return false;
    }
    return is_big(text, detail + 5, strcspn(detail + 5, " "));
}

/* A look-up by home, bucket or origin alone reads all that a unit or a device has. */
static bool reads_a_unit(const char *text, const char *detail)
{
    static const char *const keys[] = {"(home=?)", "(bucket=?)", "(origin=?)"};
    if (strncmp(detail, "SEARCH ", 7) != 0 || strstr(detail, "change_withdraw") != NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strstr(detail, keys[i]) != NULL) {
            return is_big(text, detail + 7, strcspn(detail + 7, " "));
        }
    }
    return false;
}

static bool may_walk(const char *text)
{
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        if (strncmp(text, walks[i].begins, strlen(walks[i].begins)) == 0) {
            walks[i].used = true;
            return true;
        }
    }
    return false;
}

static size_t judge(const char *text)
{
    sqlite3_stmt *stmt = plan_of(text);
    size_t found = 0;
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(stmt, 3);
        if ((walks_through(text, detail) || reads_a_unit(text, detail)) &&
            !may_walk(text)) {
            (void)fprintf(stderr, "%s\n    %s\n", detail, text);
            found++;
        }
    }
    (void)sqlite3_finalize(stmt);
    return found;
}

START_TEST(every_statement_is_served_by_an_index)
{
    size_t found = 0;

    for (size_t i = 0; i < text_count; i++) {
        found += judge(texts[i]);
    }

    ck_assert_uint_eq(found, 0);
    ck_assert_uint_ge(text_count, STATEMENTS_LEAST);
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        ck_assert_msg(walks[i].used, "needless exception: %s", walks[i].begins);
    }
}
END_TEST

/* What goes through thousands of records must not fetch each. */
START_TEST(a_list_and_a_search_read_one_index_until_they_show_a_record)
{
    size_t found = 0;

    for (size_t i = 0; i < text_count; i++) {
        bool lists =
            strncmp(texts[i], "SELECT r.id, r.flags, r.fold FROM record r", 42) == 0 &&
            strstr(texts[i], "json_extract") == NULL;
        sqlite3_stmt *stmt = lists ? plan_of(texts[i]) : NULL;
        bool covered = false;
        while (lists && sqlite3_step(stmt) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(stmt, 3);
            covered =
                covered || strcmp(detail, "SEARCH r USING COVERING INDEX record_list"
                                          " (kind=?)") == 0;
            ck_assert_ptr_null(strstr(detail, "TEMP B-TREE"));
        }
        (void)sqlite3_finalize(stmt);
        ck_assert_msg(!lists || covered, "%s", texts[i]);
        found += lists;
    }

    ck_assert_uint_eq(found, 2);
}
END_TEST

START_TEST(a_walk_through_a_big_table_is_seen)
{
    static const char *const bad[] = {
        "SELECT id FROM change WHERE time = 1",
        "UPDATE change AS c SET withdrawn = 0 WHERE c.received = 1",
        "SELECT r.id FROM unit u JOIN record r ON r.fold = u.code",
        "SELECT c.id FROM change c WHERE c.home = 1 AND c.time = 2",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        sqlite3_stmt *stmt = plan_of(bad[i]);
        bool seen = false;

        while (sqlite3_step(stmt) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(stmt, 3);
            seen = seen || walks_through(bad[i], detail) || reads_a_unit(bad[i], detail);
        }

        ck_assert_msg(seen, "%s", bad[i]);
        (void)sqlite3_finalize(stmt);
    }
}
END_TEST

static int count_step(void *steps)
{
    ++*(size_t *)steps;
    return 0;
}

/* What SQLite does, one by one, to find the record. */
static size_t steps_to_show(const struct hm_id *record)
{
    struct hm_listed listed;
    size_t steps = 0;
    sqlite3_progress_handler(site.store->db, 1, count_step, &steps);
    enum hm_status status =
        hm_store_record_show(site.store, record, &listed, &site.arena, &site.err);
    sqlite3_progress_handler(site.store->db, 0, NULL, NULL);
    ck_assert_int_eq(status, HM_OK);
    return steps;
}

START_TEST(a_record_is_found_as_fast_among_a_thousand_units_and_other_records)
{
    static const char units[] =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " INSERT INTO unit(code) SELECT 'x' || i FROM n";
    struct hm_id record = a_household(&site, "Út");
    size_t alone = steps_to_show(&record);
    for (int i = 0; i < 40; i++) {
        (void)a_household(&site, "Bảy");
    }
    ck_assert_int_eq(sqlite3_exec(site.store->db, units, NULL, NULL, NULL), SQLITE_OK);

    size_t among = steps_to_show(&record);

    /* A few more where it is no longer the last of an index. */
    ck_assert_uint_gt(alone, 0);
    ck_assert_uint_le(among, alone + 4);
}
END_TEST

START_TEST(the_statements_of_the_store_are_those_that_it_prepares)
{
    size_t prepared = 0;
    struct hm_id record = a_household(&site, "Út");
    an_edit(&site, &record, "cluster", "Tổ 4");

    for (size_t i = 0; i < HM_SQL_CACHE; i++) {
        const char *text = site.store->cache[i].text;
        bool found = text == NULL || !is_statement(text);
        for (size_t t = 0; t < text_count && !found; t++) {
            found = strcmp(texts[t], text) == 0;
        }
        ck_assert_msg(found, "%s", text);
        prepared += text != NULL;
    }

    ck_assert_uint_gt(prepared, 25);
}
END_TEST

START_TEST(a_store_has_room_for_all_statements_that_there_are)
{
    ck_assert_uint_ge(text_count, STATEMENTS_LEAST);
    ck_assert_uint_le(text_count, (size_t)HM_SQL_CACHE / 4 * 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *group = tcase_create("statements");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, every_statement_is_served_by_an_index);
    tcase_add_test(group, a_list_and_a_search_read_one_index_until_they_show_a_record);
    tcase_add_test(group, a_walk_through_a_big_table_is_seen);
    tcase_add_test(group,
                   a_record_is_found_as_fast_among_a_thousand_units_and_other_records);
    tcase_add_test(group, the_statements_of_the_store_are_those_that_it_prepares);
    tcase_add_test(group, a_store_has_room_for_all_statements_that_there_are);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
