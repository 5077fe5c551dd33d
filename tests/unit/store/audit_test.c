/* SPDX-License-Identifier: Apache-2.0 */
/* The log of the district: one with what it tells of, and broken wherever it is altered.
 */
#include "hamlet/store/audit.h"

#include <sqlite3.h>

#include "server_world.h"

enum { ROWS = 5, SQL_SIZE = 256 };

static struct hm_audit row_of(const char *act)
{
    return (struct hm_audit){.account = hm_text("Lan"),
                             .act = hm_text(act),
                             .subject = hm_text("29182"),
                             .detail = hm_text("role=viewer")};
}

static void append(const char *act)
{
    struct hm_audit row = row_of(act);
    begin();
    ck_assert_int_eq(hm_store_audit_append(store, &row, &err), HM_OK);
    commit();
}

static size_t count_rows(void)
{
    const struct hm_audit_query all = {.limit = 1000};
    struct hm_audit *rows = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_audit_list(store, &all, &rows, &count, &arena, &err),
                     HM_OK);
    return count;
}

static enum hm_status verify(int64_t *count)
{
    struct hm_digest head;
    err = HM_ERR_NONE;
    return hm_store_audit_verify(store, count, &head, &err);
}

/* As somebody does who has the file. */
static void alter(const char *sql)
{
    sqlite3 *db = NULL;
    hm_store_close(store);
    ck_assert_int_eq(sqlite3_open(world_path("store.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    world_open("store.db");
}

START_TEST(what_was_told_is_given_back_in_its_order)
{
    struct hm_audit *rows = NULL;
    size_t count = 0;
    int64_t whole = 0;
    append("first");
    append("second");
    append("third");

    const struct hm_audit_query newest = {.newest = true, .limit = 2};
    ck_assert_int_eq(hm_store_audit_list(store, &newest, &rows, &count, &arena, &err),
                     HM_OK);

    ck_assert_uint_eq(count, 2);
    ck_assert(hm_bytes_are(rows[0].act, "third") && hm_bytes_are(rows[1].act, "second"));
    ck_assert(hm_bytes_are(rows[0].account, "Lan"));
    ck_assert_int_eq(verify(&whole), HM_OK);
    ck_assert_int_eq(whole, 3);
}
END_TEST

START_TEST(the_next_commit_carries_the_row_and_no_other_does)
{
    struct hm_audit row = row_of("act");

    ck_assert(!hm_store_audit_next(store, &row));
    ck_assert_int_eq(hm_store_begin_read(store, &err), HM_OK);
    hm_store_rollback(store);
    ck_assert_uint_eq(count_rows(), 0);
    begin();
    hm_store_rollback(store);
    ck_assert_uint_eq(count_rows(), 0);
    begin();
    commit();
    ck_assert_uint_eq(count_rows(), 1);
    begin();
    commit();
    ck_assert_uint_eq(count_rows(), 1);
    ck_assert(!hm_store_audit_next(store, NULL));
}
END_TEST

START_TEST(what_nothing_was_done_for_is_not_told)
{
    struct hm_audit row = row_of("act");
    (void)hm_store_audit_next(store, &row);

    ck_assert(hm_store_audit_next(store, NULL));

    begin();
    commit();
    ck_assert_uint_eq(count_rows(), 0);
}
END_TEST

START_TEST(an_altered_row_is_named_wherever_it_was_altered)
{
    static const char *const changes[] = {
        "time = time + 1",     "account = account || 'x'",
        "act = 'y'",           "subject = '2918'",
        "detail = ''",         "n = n + 100",
        "hash = zeroblob(32)", "account = '', act = account || act"};
    enum { CHANGES = sizeof(changes) / sizeof(changes[0]) };
    char sql[SQL_SIZE];
    char first[24];
    int64_t whole = 0;
    uint64_t tried = 0;
    for (int i = 0; i < ROWS; i++) {
        append("act");
    }
    alter("CREATE TABLE kept AS SELECT * FROM audit");
    for (int n = 1; n <= ROWS; n++) {
        for (size_t i = 0; i <= CHANGES; i++) {
            if (i == CHANGES) {
                (void)snprintf(sql, sizeof(sql), "DELETE FROM audit WHERE n = %d", n);
            } else {
                (void)snprintf(sql, sizeof(sql), "UPDATE audit SET %s WHERE n = %d",
                               changes[i], n);
            }
            alter(sql);
            bool cut = n == ROWS && i == CHANGES; /* only a mark kept elsewhere tells */
            ck_assert_int_eq(verify(&whole), cut ? HM_OK : HM_CORRUPT);
            if (!cut) {
                (void)snprintf(first, sizeof(first), "%d", n);
                ck_assert_str_eq(err.arg[0], first);
                tried++;
            }
            alter("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept");
        }
    }
    ck_assert_int_eq(verify(&whole), HM_OK);
    ck_assert_uint_eq(tried, ROWS * (CHANGES + 1) - 1);
}
END_TEST

int main(void)
{
    TCase *group = tcase_create("audit");
    tcase_set_timeout(group, 60);
    tcase_add_test(group, what_was_told_is_given_back_in_its_order);
    tcase_add_test(group, the_next_commit_carries_the_row_and_no_other_does);
    tcase_add_test(group, what_nothing_was_done_for_is_not_told);
    tcase_add_test(group, an_altered_row_is_named_wherever_it_was_altered);
    return world_run(suite_create("store.audit"), &group, 1);
}
