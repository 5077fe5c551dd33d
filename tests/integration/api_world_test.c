/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores in which bits are flipped: one by one in what was signed, where verify has to
 * name what was altered; and anywhere in the file, where opening, the next exchange or
 * verify has to notice it, unless nothing that is stored has changed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../proto/store/sql.h"
#include "hamlet/api/check.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"
#include "promise.h"
#include "run.h"
#include "world.h"

#define UNIT "101-1"

enum { RECORDS = 12, STRIDE = 5, FLIPS = 600, EXITS = 32, BYTES_MAX = 65536 };

static struct world world;
static struct world_laptop *a;
static struct world_laptop *b;
static const struct hm_words *words;
static struct hm_buf shown;
static struct hm_json *told;
static struct hm_testenv dice;
static struct hm_err err;

static struct hm_id add(struct hm_author *author)
{
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {hm_text("head_name"), hm_text("Nguyễn Văn Út"), NULL},
        {hm_text("address_text"), hm_text("Tổ 3, ấp An Hòa"), NULL}};
    ck_assert_int_eq(hm_author_add(author, hm_text("household"), fields, 2, &added, &err),
                     HM_OK);
    return added.record;
}

/* Households of one laptop, each with an edit, on the other laptop as well. */
static void fill(void)
{
    struct hm_author *author = NULL;
    const struct hm_field_input field = {hm_text("cluster"), hm_text("Cụm 9"), NULL};
    ck_assert_int_eq(hm_author_open(&author, a->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    for (int i = 0; i < RECORDS; i++) {
        struct hm_id change;
        struct hm_id record = add(author);
        ck_assert_int_eq(hm_author_edit(author, &record, &field, 1, false, &change, &err),
                         HM_OK);
    }
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    ck_assert(world_sync(&world, a, &err));
    ck_assert(world_sync(&world, b, &err));
    ck_assert(world_sync(&world, b, &err)); /* has a receipt of all that it holds */
}

static void setup(void)
{
    hm_err_clear(&err);
    hm_testenv_init(&dice, hm_testenv_seed(18));
    world_init(&world, 18, hm_embedded_kinds, 1, 2);
    a = world_laptop_add(&world, UNIT, "recorder");
    b = world_laptop_add(&world, UNIT, "hamlet_head");
    words = hm_words_of(HM_LANG_EN);
    hm_buf_init(&shown, HM_FILE_BYTES_MAX);
    told = NULL;
    fill();
}

static void teardown(void)
{
    hm_json_free(told);
    hm_buf_fini(&shown);
    world_fini(&world);
}

static void put(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

static enum hm_status verify(void)
{
    static const struct hm_json_limits limits = {HM_FILE_BYTES_MAX, 8, 1 << 20};
    const struct hm_view view = {.store = b->store,
                                 .words = words,
                                 .lang = HM_LANG_EN,
                                 .json = true,
                                 .put = put,
                                 .ctx = &shown};
    hm_buf_clear(&shown);
    hm_err_clear(&err);
    enum hm_status status = hm_api_verify(&view, NULL, &err);
    hm_json_free(told);
    told = NULL;
    if (shown.size > 0) {
        ck_assert_int_eq(hm_json_parse(&told, hm_buf_bytes(&shown), &limits, NULL),
                         HM_OK);
    }
    return status;
}

/* Whether the first that verify found is `type` about `what`. */
static bool is_named(const char *type, const char *what)
{
    const struct hm_json *first = hm_json_at(hm_json_get(told, "wrong"), 0);
    const char *found_type = hm_json_chars(hm_json_get(first, "type"));
    const char *found = hm_json_chars(hm_json_get(first, "what"));
    return found_type != NULL && found != NULL && strcmp(found_type, type) == 0 &&
           strcmp(found, what) == 0;
}

/* ---- what was signed ---- */

static const struct {
    const char *what;
    const char *count;
    const char *select;
    const char *update;
} places[] = {
#define PLACE(table, column)                                                             \
    {                                                                                    \
#table "." #column, "SELECT count(*) FROM " #table,                              \
            "SELECT " #column " FROM " #table " ORDER BY 1 LIMIT 1 OFFSET ?1",           \
            "UPDATE " #table " SET " #column " = ?1 WHERE " #column " = ?2"              \
    }
    PLACE(change, body),       PLACE(change, change),   PLACE(page, signature),
    PLACE(page, head_before),  PLACE(page, head_after), PLACE(origin, head),
    PLACE(receipt, signature), PLACE(receipt, message),
};
enum { PLACES = sizeof(places) / sizeof(places[0]), PLACE_BODY = 0, PLACE_ID = 1 };

static struct {
    unsigned flips;
    unsigned missed;
    unsigned unnamed;
} sum;

static size_t value_at(int place, int64_t row, uint8_t *bytes)
{
    sqlite3_stmt *stmt = NULL;
    bool there = false;
    ck_assert_int_eq(hm_sql(b->store, places[place].select, &stmt, &err), HM_OK);
    hm_bind_int(stmt, 1, row);
    ck_assert_int_eq(hm_sql_step(b->store, stmt, &there, &err), HM_OK);
    ck_assert(there);
    struct hm_bytes value = hm_column_bytes(stmt, 0);
    ck_assert_uint_le(value.size, BYTES_MAX);
    memcpy(bytes, value.data, value.size);
    hm_sql_done(stmt);
    return value.size;
}

static void replace(int place, struct hm_bytes old, struct hm_bytes new)
{
    sqlite3_stmt *stmt = NULL;
    ck_assert_int_eq(hm_store_begin(b->store, &err), HM_OK);
    ck_assert_int_eq(hm_sql(b->store, places[place].update, &stmt, &err), HM_OK);
    hm_bind_blob(stmt, 1, new);
    hm_bind_blob(stmt, 2, old);
    ck_assert_int_eq(hm_sql_run(b->store, stmt, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(b->store, &err), HM_OK);
}

/* The id of the change, and its row as verify counts them, to which a body belongs. */
static void change_of(struct hm_bytes body, char id[HM_HEX16_SIZE], char row[24])
{
    sqlite3_stmt *stmt = NULL;
    bool there = false;
    ck_assert_int_eq(hm_sql(b->store,
                            "SELECT change, (SELECT count(*) FROM change AS c WHERE"
                            " c.id <= change.id) FROM change WHERE body = ?1",
                            &stmt, &err),
                     HM_OK);
    hm_bind_blob(stmt, 1, body);
    ck_assert_int_eq(hm_sql_step(b->store, stmt, &there, &err), HM_OK);
    ck_assert(there);
    hm_hex_put(id, hm_column_bytes(stmt, 0));
    (void)snprintf(row, 24, "%lld", (long long)hm_column_int(stmt, 1));
    hm_sql_done(stmt);
}

static void flip(int place, struct hm_bytes old, size_t at)
{
    static uint8_t altered[BYTES_MAX];
    const struct hm_bytes new = {altered, old.size};
    char id[HM_HEX16_SIZE] = "";
    char row[24] = "";
    memcpy(altered, old.data, old.size);
    altered[at] ^= (uint8_t)(1U << hm_testenv_below(&dice, 8));
    if (place == PLACE_BODY) {
        change_of(old, id, row);
    } else if (place == PLACE_ID) {
        hm_hex_put(id, new);
    }
    replace(place, old, new);
    enum hm_status status = verify();
    sum.flips++;
    sum.missed += status != HM_CORRUPT;
    if (place <= PLACE_ID) {
        sum.unnamed += !is_named("change", id) && !is_named("body", row);
    }
    if (status != HM_CORRUPT) {
        (void)fprintf(stderr, "%s, byte %zu of %zu: not found\n", places[place].what, at,
                      old.size);
    }
    replace(place, new, old);
}

START_TEST(an_altered_bit_of_what_was_signed_is_found_and_the_change_named)
{
    static uint8_t bytes[BYTES_MAX];
    int64_t rows = 0;
    ck_assert_int_eq(verify(), HM_OK);
    ck_assert_int_eq(hm_sql_once(b->store, places[_i].count, &rows, NULL, &err), HM_OK);
    ck_assert_int_gt(rows, 0);

    for (int64_t row = 0; row < rows; row++) {
        size_t size = value_at(_i, row, bytes);
        for (size_t at = (size_t)(row % STRIDE); at < size; at += STRIDE) {
            flip(_i, (struct hm_bytes){bytes, size}, at);
        }
    }

    ck_assert_int_eq(verify(), HM_OK);
    hm_promise("P18 bits flipped in %s: %u flips, missed %u, not named %u",
               places[_i].what, sum.flips, sum.missed, sum.unnamed);
    ck_assert_uint_gt(sum.flips, 0);
    ck_assert_uint_eq(sum.missed, 0);
    ck_assert_uint_eq(sum.unnamed, 0);
}
END_TEST

/* ---- anywhere in the file ---- */

enum outcome {
    HARMLESS, /* told as EXITS: a process that fails by itself ends with less */
    AT_OPENING,
    BY_SYNC,
    REPAIRED,
    BY_VERIFY,
    SILENT, /* in what is held against signatures and ids */
    UNHELD, /* elsewhere: the time of arrival, own facts */
    CRASHED,
    OUTCOMES
};

/*
 * All that the tables say but what every exchange writes anew. What verify holds against
 * signatures and ids comes first; then what it has nothing to hold against, or does not.
 */
static const char *const contents[] = {
    "SELECT * FROM kind ORDER BY 1",
    "SELECT * FROM origin ORDER BY 1",
    "SELECT * FROM author ORDER BY 1",
    ("SELECT id, home, change, record, author, act, time, bulk, verdict, withdrawn,"
     " later, withheld, body FROM change ORDER BY 1"),
    "SELECT * FROM envelope ORDER BY 1, 2",
    "SELECT * FROM page ORDER BY 1, 2, 3",
    "SELECT id, name, n FROM bucket ORDER BY 1",
    "SELECT * FROM entry ORDER BY 1, 2",
    "SELECT * FROM record ORDER BY 1",
    "SELECT * FROM conflict ORDER BY 1",
    "SELECT * FROM unit ORDER BY 1",
    "SELECT * FROM device ORDER BY 1",
    "SELECT * FROM user ORDER BY 1",
    "SELECT * FROM permit ORDER BY 1",
    "SELECT id, received FROM change ORDER BY 1",
    ("SELECT * FROM meta WHERE key IN ('district', 'device', 'epoch', 'user', 'role',"
     " 'unit', 'server_key', 'incarnation') ORDER BY 1"),
};
enum { CONTENTS = sizeof(contents) / sizeof(contents[0]), HELD = 14 };

/* False: it cannot be read. */
static bool content_of(struct hm_store *store, struct hm_digest digests[CONTENTS])
{
    bool good = true;
    for (size_t i = 0; i < CONTENTS && good; i++) {
        sqlite3_stmt *stmt = NULL;
        struct hm_hash hash;
        bool row = true;
        hm_hash_init(&hash, HM_DIGEST_SIZE);
        good = hm_sql(store, contents[i], &stmt, NULL) == HM_OK;
        while (good && row) {
            good = hm_sql_step(store, stmt, &row, NULL) == HM_OK;
            for (int c = 0; good && row && c < sqlite3_column_count(stmt); c++) {
                hm_hash_put_uint(&hash, (uint64_t)sqlite3_column_type(stmt, c));
                hm_hash_put_packed(&hash, hm_column_bytes(stmt, c));
            }
        }
        hm_hash_end(&hash, digests[i].at, HM_DIGEST_SIZE);
    }
    return good;
}

/* The first table that is not as it was; CONTENTS: all are, and the file is whole. */
static size_t differs_at(struct hm_store *store, const struct hm_digest *before)
{
    struct hm_digest now[CONTENTS];
    size_t at = 0;
    if (!content_of(store, now)) {
        return 0;
    }
    while (at < CONTENTS && hm_digest_equal(&now[at], &before[at])) {
        at++;
    }
    return at;
}

static bool is_whole(struct hm_store *store, const struct hm_digest *before)
{
    return hm_store_check_file(store, NULL) == HM_OK &&
           differs_at(store, before) == CONTENTS;
}

/* In a process of its own: everything is as before the flip for the next one. */
static enum outcome try_flip(size_t at, const struct hm_digest *before)
{
    size_t size = 0;
    const uint8_t *file = hm_disk_file(b->disk, "store.db", &size);
    uint8_t *bytes = malloc(size);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, file, size);
    bytes[at] ^= (uint8_t)(1U << hm_testenv_below(&dice, 8));
    hm_store_close(b->store);
    ck_assert(hm_disk_put_file(b->disk, "store.db", bytes, size));
    free(bytes);
    if (hm_store_open(&b->store, "store.db", HM_STORE_LAPTOP, false, b->kinds,
                      &b->env.env, hm_disk_vfs(b->disk), &err) != HM_OK) {
        return AT_OPENING;
    }
    if (is_whole(b->store, before)) {
        return HARMLESS;
    }
    hm_err_clear(&err);
    if (!world_sync(&world, b, &err)) {
        return BY_SYNC;
    }
    if (is_whole(b->store, before)) {
        return REPAIRED;
    }
    if (verify() == HM_CORRUPT) {
        return BY_VERIFY;
    }
    size_t where = differs_at(b->store, before);
    (void)fprintf(stderr, "byte %zu: %s\n", at,
                  where < CONTENTS ? contents[where] : "an index");
    return where < HELD || where == CONTENTS ? SILENT : UNHELD;
}

static enum outcome flip_apart(size_t at, const struct hm_digest *before)
{
    int status = 0;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        _exit(EXITS + (int)try_flip(at, before));
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    int outcome = WIFEXITED(status) ? WEXITSTATUS(status) - EXITS : CRASHED;
    return outcome >= 0 && outcome < CRASHED ? (enum outcome)outcome : CRASHED;
}

START_TEST(a_bit_that_flips_in_a_store_is_noticed_or_leaves_the_log_as_it_was)
{
    struct hm_digest before[CONTENTS];
    unsigned counts[OUTCOMES] = {0};
    unsigned flips = 0;
    size_t size = 0;
    (void)hm_disk_file(b->disk, "store.db", &size);
    ck_assert(content_of(b->store, before));

    for (int i = 0; i < FLIPS; i++) {
        counts[flip_apart(hm_testenv_below(&dice, size), before)]++;
        flips++;
    }

    hm_promise("P20 bits flipped in a laptop's store: %u flips, %u without effect, "
               "%u refused at opening, %u at the next sync, %u repaired by it, "
               "%u found by verify, unseen in the log %u, unseen elsewhere %u, "
               "crashed %u",
               flips, counts[HARMLESS], counts[AT_OPENING], counts[BY_SYNC],
               counts[REPAIRED], counts[BY_VERIFY], counts[SILENT], counts[UNHELD],
               counts[CRASHED]);
    ck_assert_uint_lt(counts[HARMLESS], flips);
    ck_assert_uint_eq(counts[SILENT], 0);
    ck_assert_uint_eq(counts[CRASHED], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api world");
    TCase *group = tcase_create("bits");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 200);
    tcase_add_loop_test(group,
                        an_altered_bit_of_what_was_signed_is_found_and_the_change_named,
                        0, PLACES);
    tcase_add_test(group,
                   a_bit_that_flips_in_a_store_is_noticed_or_leaves_the_log_as_it_was);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
