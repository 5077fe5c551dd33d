/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/changes.h"

#include <string.h>

#include "../../../proto/store/sql.h"
#include "builders.h"
#include "hamlet/base/limits.h"
#include "run.h"
#include "site.h"

enum { MANY = 700 };

static struct hm_site server;
static struct hm_site laptop;
static struct hm_maker maker;

static void setup(void)
{
    hm_site_open_pair(&server, &laptop);
    hm_maker_init(&maker, &laptop.arena, 1);
    maker.district = server.device;
    maker.device = laptop.device;
}

static void teardown(void)
{
    hm_site_check(&laptop);
    hm_site_close(&laptop);
    hm_site_close(&server);
}

static struct hm_change *create(const char *name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(change, &maker, "head_name", name, 0);
    hm_make_text(change, &maker, "address_text", "Tổ 1", 0);
    hm_make_seal(change, &maker);
    return change;
}

static struct hm_change *edit(const struct hm_change *created, const char *name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(change, &maker, "head_name", name, 1, created);
    hm_make_seal(change, &maker);
    return change;
}

/* Puts the set and gives what the store says of each. */
static void put(struct hm_put *puts, size_t count)
{
    struct hm_arena arena;
    hm_arena_init(&arena, (size_t)64 * 1024 * 1024);
    ck_assert_int_eq(hm_store_begin(laptop.store, &laptop.err), HM_OK);
    ck_assert_int_eq(hm_store_changes_put(laptop.store, puts, count,
                                          hm_env_wall(&laptop.env.env), &arena,
                                          &laptop.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop.store, &laptop.err), HM_OK);
    hm_arena_fini(&arena);
}

static const char *name_of(const struct hm_change *created)
{
    return hm_site_shown(&laptop, &created->record, "head_name");
}

static int64_t count_changes(void)
{
    struct hm_counts counts;
    ck_assert_int_eq(hm_store_counts(laptop.store, false, &counts, &laptop.err), HM_OK);
    return counts.changes;
}

static struct hm_held find(const struct hm_id *id)
{
    struct hm_held held;
    ck_assert_int_eq(
        hm_store_change_find(laptop.store, id, &held, &laptop.arena, &laptop.err), HM_OK);
    return held;
}

START_TEST(fresh_changes_get_ascending_rows_in_the_order_given)
{
    struct hm_change *a = create("Út");
    struct hm_change *b = create("Sáu");
    struct hm_change *c = edit(a, "Bảy");
    struct hm_put puts[] = {{.change = c}, {.change = b}, {.change = a}};

    put(puts, 3);

    ck_assert(puts[0].fresh && puts[1].fresh && puts[2].fresh);
    ck_assert_int_eq(puts[1].row, puts[0].row + 1);
    ck_assert_int_eq(puts[2].row, puts[1].row + 1);
    ck_assert_str_eq(name_of(a), "Bảy");
    ck_assert_str_eq(name_of(b), "Sáu");
}
END_TEST

START_TEST(what_is_known_keeps_its_row_and_its_verdict)
{
    struct hm_change *a = create("Út");
    struct hm_put first = {.change = a, .verdict = HM_VERDICT_ACCEPTED};
    struct hm_put again = {.change = a, .verdict = HM_VERDICT_QUARANTINED};
    put(&first, 1);
    int64_t count = count_changes();

    put(&again, 1);

    ck_assert(!again.fresh);
    ck_assert_int_eq(again.row, first.row);
    ck_assert_uint_eq(find(&a->id).verdict, HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(count_changes(), count);
}
END_TEST

START_TEST(what_stands_in_a_set_twice_is_put_once)
{
    struct hm_change *a = create("Út");
    struct hm_change *b = create("Sáu");
    struct hm_put puts[] = {{.change = a}, {.change = b}, {.change = a}};
    int64_t count = count_changes();

    put(puts, 3);

    ck_assert(puts[0].fresh && puts[1].fresh && !puts[2].fresh);
    ck_assert_int_eq(puts[2].row, puts[0].row);
    ck_assert_int_eq(count_changes(), count + 2);
}
END_TEST

START_TEST(a_skeleton_gains_its_values)
{
    struct hm_change *a = create("Út");
    struct hm_put bare = {.change = hm_make_skeleton(&maker, a)};
    struct hm_put whole = {.change = a};
    put(&bare, 1);
    ck_assert(find(&a->id).withheld);
    ck_assert_str_eq(name_of(a), "-");

    put(&whole, 1);

    ck_assert(!whole.fresh);
    ck_assert(!find(&a->id).withheld);
    ck_assert_str_eq(name_of(a), "Út");
}
END_TEST

START_TEST(a_skeleton_gains_its_values_in_its_own_set_too)
{
    struct hm_change *a = create("Út");
    struct hm_put puts[] = {{.change = hm_make_skeleton(&maker, a)}, {.change = a}};

    put(puts, 2);

    ck_assert(!find(&a->id).withheld);
    ck_assert_str_eq(name_of(a), "Út");
}
END_TEST

START_TEST(values_are_not_lost_to_a_skeleton)
{
    struct hm_change *a = create("Út");
    struct hm_put whole = {.change = a};
    struct hm_put bare = {.change = hm_make_skeleton(&maker, a)};
    put(&whole, 1);

    put(&bare, 1);

    ck_assert(!find(&a->id).withheld);
    ck_assert_str_eq(name_of(a), "Út");
}
END_TEST

START_TEST(an_edit_that_comes_before_its_record_waits_for_it)
{
    struct hm_change *a = create("Út");
    struct hm_change *b = edit(a, "Sáu");
    struct hm_listed listed;
    struct hm_put early = {.change = b};
    struct hm_put late = {.change = a};
    put(&early, 1);
    ck_assert_int_eq(hm_store_record_show(laptop.store, &a->record, &listed,
                                          &laptop.arena, &laptop.err),
                     HM_OK);
    ck_assert(listed.incomplete);

    put(&late, 1);

    ck_assert_int_eq(hm_store_record_show(laptop.store, &a->record, &listed,
                                          &laptop.arena, &laptop.err),
                     HM_OK);
    ck_assert(!listed.incomplete);
    ck_assert_str_eq(name_of(a), "Sáu");
}
END_TEST

START_TEST(a_set_of_many_is_what_they_are_one_by_one)
{
    struct hm_change *first = create("Út");
    struct hm_put *puts = hm_arena_get_array(&laptop.arena, MANY, sizeof(*puts));
    struct hm_id records[3];
    for (size_t i = 0; i < MANY; i++) {
        puts[i].change = i % 3 == 0 ? create("Sáu") : edit(first, "Bảy");
        records[i % 3] = puts[i].change->record;
    }
    puts[MANY / 2].change = first;

    put(puts, MANY);

    struct hm_loaded loaded = hm_site_load(&laptop, &first->record);
    ck_assert_uint_gt(loaded.count, MANY / 2);
    ck_assert_str_eq(hm_site_shown(&laptop, &records[0], "head_name"), "Sáu");
}
END_TEST

START_TEST(nothing_is_put_of_an_empty_set)
{
    int64_t count = count_changes();

    put(NULL, 0);

    ck_assert_int_eq(count_changes(), count);
}
END_TEST

START_TEST(a_change_is_given_back_as_it_was_put)
{
    struct hm_change *a = create("Út");
    maker.bulk = hm_make_id(0xB0);
    struct hm_change *b = edit(a, "Sáu");
    hm_make_seen(b, &maker, 1, a);
    hm_make_seal(b, &maker);
    struct hm_put puts[] = {{.change = a, .verdict = HM_VERDICT_ACCEPTED}, {.change = b}};
    struct hm_buf scratch;
    put(puts, 2);

    struct hm_held held = find(&b->id);

    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    struct hm_id id = held.change.id;
    ck_assert_int_eq(hm_change_seal(&held.change, &scratch, NULL), HM_OK);
    ck_assert(hm_id_equal(&held.change.id, &id));
    ck_assert(hm_id_equal(&held.change.id, &b->id));
    ck_assert_int_eq(held.row, puts[1].row);
    ck_assert_uint_eq(held.verdict, HM_VERDICT_NONE);
    ck_assert_int_eq(held.received.ms, laptop.env.wall_ms);
    ck_assert_uint_eq(held.change.seen_count, 1);
    hm_buf_fini(&scratch);
}
END_TEST

START_TEST(changes_are_read_by_their_rows_and_none_may_be_missing)
{
    struct hm_held held[3];
    struct hm_change *a = create("Út");
    struct hm_put puts[] = {{.change = a}, {.change = edit(a, "Sáu")}};
    put(puts, 2);

    ck_assert_int_eq(hm_store_changes_get(laptop.store, puts[0].row, 2, held,
                                          &laptop.arena, &laptop.err),
                     HM_OK);
    ck_assert(hm_id_equal(&held[0].change.id, &a->id));
    ck_assert_int_eq(held[1].row, puts[1].row);
    ck_assert_int_eq(hm_store_changes_get(laptop.store, puts[0].row, 3, held,
                                          &laptop.arena, &laptop.err),
                     HM_CORRUPT);
}
END_TEST

START_TEST(a_change_that_is_not_here_is_named)
{
    struct hm_held held;
    struct hm_id none = hm_make_id(0x11);
    struct hm_err err = HM_ERR_NONE;

    ck_assert_int_eq(
        hm_store_change_find(laptop.store, &none, &held, &laptop.arena, &err),
        HM_NOT_FOUND);

    ck_assert_str_eq(err.key, "change-missing");
    ck_assert_str_eq(err.arg[0], "11111111111111111111111111111111");
}
END_TEST

START_TEST(a_kind_that_nobody_here_knows_is_kept_and_shown_as_it_is)
{
    maker.kind = "boat";
    struct hm_change *a = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(a, &maker, "name", "Ghe", 0);
    hm_make_seal(a, &maker);
    struct hm_put one = {.change = a};

    put(&one, 1);

    ck_assert_str_eq(hm_site_shown(&laptop, &a->record, "name"), "Ghe");
    ck_assert_ptr_null(hm_site_load(&laptop, &a->record).kind);
}
END_TEST

START_TEST(a_body_that_rotted_is_corrupt_and_named_so)
{
    struct hm_loaded loaded;
    struct hm_change *a = create("Út");
    struct hm_put one = {.change = a};
    struct hm_err err = HM_ERR_NONE;
    put(&one, 1);
    ck_assert_int_eq(hm_sql_once(laptop.store,
                                 "UPDATE change SET body = x'00' WHERE id ="
                                 " (SELECT max(id) FROM change)",
                                 NULL, NULL, &laptop.err),
                     HM_OK);

    ck_assert_int_eq(
        hm_store_record_load(laptop.store, &a->record, &loaded, &laptop.arena, &err),
        HM_CORRUPT);

    ck_assert_str_eq(err.key, "change-body");
    ck_assert_int_eq(hm_sql_once(laptop.store,
                                 "DELETE FROM change WHERE id ="
                                 " (SELECT max(id) FROM change)",
                                 NULL, NULL, &laptop.err),
                     HM_OK);
    ck_assert_int_eq(hm_sql_once(laptop.store,
                                 "DELETE FROM record WHERE id ="
                                 " (SELECT max(id) FROM record)",
                                 NULL, NULL, &laptop.err),
                     HM_OK);
}
END_TEST

START_TEST(what_was_rolled_back_was_never_put)
{
    struct hm_change *a = create("Út");
    struct hm_put one = {.change = a};
    struct hm_put again = {.change = a};
    struct hm_held held;
    ck_assert_int_eq(hm_store_begin(laptop.store, &laptop.err), HM_OK);
    ck_assert_int_eq(hm_store_changes_put(laptop.store, &one, 1,
                                          hm_env_wall(&laptop.env.env), &laptop.arena,
                                          &laptop.err),
                     HM_OK);

    hm_store_rollback(laptop.store);

    ck_assert_int_eq(
        hm_store_change_find(laptop.store, &a->id, &held, &laptop.arena, NULL),
        HM_NOT_FOUND);
    put(&again, 1);
    ck_assert(again.fresh);
    ck_assert_int_eq(again.row, one.row);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("changes");
    TCase *puts = tcase_create("put");
    TCase *reads = tcase_create("read");
    tcase_add_checked_fixture(puts, setup, teardown);
    tcase_set_timeout(puts, 60);
    tcase_add_test(puts, fresh_changes_get_ascending_rows_in_the_order_given);
    tcase_add_test(puts, what_is_known_keeps_its_row_and_its_verdict);
    tcase_add_test(puts, what_stands_in_a_set_twice_is_put_once);
    tcase_add_test(puts, a_skeleton_gains_its_values);
    tcase_add_test(puts, a_skeleton_gains_its_values_in_its_own_set_too);
    tcase_add_test(puts, values_are_not_lost_to_a_skeleton);
    tcase_add_test(puts, an_edit_that_comes_before_its_record_waits_for_it);
    tcase_add_test(puts, a_set_of_many_is_what_they_are_one_by_one);
    tcase_add_test(puts, nothing_is_put_of_an_empty_set);
    tcase_add_test(puts, what_was_rolled_back_was_never_put);
    suite_add_tcase(suite, puts);
    tcase_add_checked_fixture(reads, setup, teardown);
    tcase_add_test(reads, a_change_is_given_back_as_it_was_put);
    tcase_add_test(reads, changes_are_read_by_their_rows_and_none_may_be_missing);
    tcase_add_test(reads, a_change_that_is_not_here_is_named);
    tcase_add_test(reads, a_kind_that_nobody_here_knows_is_kept_and_shown_as_it_is);
    tcase_add_test(reads, a_body_that_rotted_is_corrupt_and_named_so);
    suite_add_tcase(suite, reads);
    return hm_run(suite);
}
