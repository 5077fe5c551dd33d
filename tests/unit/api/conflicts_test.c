/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/conflicts.h"

#include "hamlet/api/check.h"
#include "world.h"

static struct hm_site other;
static struct hm_id record;
static struct hm_id edits[2];

/* Two laptops of one hamlet wrote different things; all three replicas know it. */
static void setup(void)
{
    world_open();
    hm_site_open_laptop(&other, &server, HM_HUNG);
    record = a_household(&laptop, "Lê An");
    an_edit(&laptop, &record, "cluster", "Tổ 0");
    hm_site_carry(&laptop, &other, 0);
    edits[0] = an_edit(&laptop, &record, "cluster", "Tổ 1");
    edits[1] = an_edit(&other, &record, "cluster", "Tổ 2");
    hm_site_carry(&other, &laptop, 0);
    hm_site_carry(&laptop, &other, 0);
    hm_site_carry(&laptop, &server, 0);
}

static void teardown(void)
{
    hm_site_close(&other);
    world_close();
}

static const struct hm_json *conflicts(bool open, const char *unit)
{
    world_clear();
    ck_assert_msg(hm_api_conflicts(&view, open, unit, &err) == HM_OK, "%s", err.key);
    return world_json();
}

static bool is_change(const struct hm_json *json, const struct hm_id *id)
{
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(id));
    return strcmp(hm_json_chars(json), hex) == 0;
}

START_TEST(a_conflict_shows_every_head_its_base_and_what_is_shown_meanwhile)
{
    const struct hm_json *rows = conflicts(true, NULL);

    ck_assert_uint_eq(hm_json_count(rows), 1);
    const struct hm_json *row = hm_json_at(rows, 0);
    const struct hm_json *values = hm_json_get(row, "values");
    ck_assert_str_eq(world_member(row, "register"), "cluster");
    ck_assert_str_eq(world_member(row, "type"), "field");
    ck_assert_str_eq(world_member(row, "kind"), "household");
    ck_assert_str_eq(world_member(row, "unit"), "30341-01");
    ck_assert_str_eq(world_member(row, "base"), "Tổ 0");
    ck_assert_str_eq(world_member(row, "state"), "open");
    ck_assert_uint_eq(hm_json_count(values), 2);
    ck_assert_int_lt(strcmp(world_member(hm_json_at(values, 0), "change"),
                            world_member(hm_json_at(values, 1), "change")),
                     0);
    ck_assert(is_change(hm_json_get(row, "provisional"), &edits[0]) ||
              is_change(hm_json_get(row, "provisional"), &edits[1]));
}
END_TEST

START_TEST(every_replica_tells_the_same_conflict)
{
    struct hm_buf first;
    char opened[64];
    hm_buf_init(&first, HM_REQUEST_BYTES_MAX);
    const struct hm_json *row = hm_json_at(conflicts(true, NULL), 0);
    (void)snprintf(opened, sizeof(opened), "%s", world_member(row, "opened"));
    size_t same = strstr(world_text(), "\"opened\"") - world_text();
    hm_buf_put(&first, out.data, same);

    view.store = other.store;
    (void)conflicts(true, NULL);

    ck_assert_mem_eq(out.data, first.data, first.size);
    hm_buf_fini(&first);
}
END_TEST

START_TEST(a_settled_conflict_is_told_as_it_stood_with_the_decision)
{
    struct hm_id decision = a_resolution(&server, &record, "\"Tổ 3\"");
    hm_site_carry(&server, &laptop, 0);

    ck_assert_uint_eq(hm_json_count(conflicts(true, NULL)), 0);
    const struct hm_json *rows = conflicts(false, NULL);

    ck_assert_uint_eq(hm_json_count(rows), 1);
    const struct hm_json *row = hm_json_at(rows, 0);
    const struct hm_json *resolution = hm_json_get(row, "resolution");
    ck_assert_str_eq(world_member(row, "state"), "resolved");
    ck_assert_uint_eq(hm_json_count(hm_json_get(row, "values")), 2);
    ck_assert_str_eq(world_member(row, "base"), "Tổ 0");
    ck_assert(is_change(hm_json_get(resolution, "change"), &decision));
    ck_assert_str_eq(world_member(resolution, "value"), "Tổ 3");
}
END_TEST

START_TEST(what_came_after_the_decision_does_not_change_how_it_is_told)
{
    a_resolution(&server, &record, "\"Tổ 3\"");
    hm_site_carry(&server, &laptop, 0);
    an_edit(&laptop, &record, "cluster", "Tổ 4");

    const struct hm_json *row = hm_json_at(conflicts(false, NULL), 0);

    ck_assert_uint_eq(hm_json_count(hm_json_get(row, "values")), 2);
    ck_assert_str_eq(world_member(hm_json_get(row, "resolution"), "value"), "Tổ 3");
}
END_TEST

START_TEST(a_delete_against_an_edit_says_false_and_true)
{
    struct hm_id house = a_household(&laptop, "Lê Bảy");
    hm_site_carry(&laptop, &other, 0);
    struct hm_id gone = a_delete(&laptop, &house);
    struct hm_id edit = an_edit(&other, &house, "cluster", "Tổ 9");
    hm_site_carry(&other, &laptop, 0);

    const struct hm_json *rows = conflicts(true, NULL);

    const struct hm_json *row = hm_json_at(rows, 0);
    row = strcmp(world_member(row, "type"), "delete") == 0 ? row : hm_json_at(rows, 1);
    ck_assert_str_eq(world_member(row, "register"), "~live");
    const struct hm_json *values = hm_json_get(row, "values");
    ck_assert_uint_eq(hm_json_count(values), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct hm_json *side = hm_json_at(values, i);
        const struct hm_json *change = hm_json_get(side, "change");
        bool alive = hm_json_bool_or(hm_json_get(side, "value"), false);
        ck_assert(is_change(change, alive ? &edit : &gone));
    }
}
END_TEST

START_TEST(a_unit_narrows_them_down)
{
    view.store = server.store;
    ck_assert_uint_eq(hm_json_count(conflicts(true, "30341-01")), 1);
    ck_assert_uint_eq(hm_json_count(conflicts(true, "30341")), 1);
    ck_assert_uint_eq(hm_json_count(conflicts(true, "30344")), 0);

    world_clear();
    ck_assert_int_eq(hm_api_conflicts(&view, true, "999", &err), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "unit-unknown");
    ck_assert_uint_eq(out.size, 0);
}
END_TEST

START_TEST(a_person_sees_the_values_and_which_is_shown)
{
    view.json = false;
    world_clear();

    ck_assert_int_eq(hm_api_conflicts(&view, true, NULL, &err), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "Group, cluster, lane"));
    ck_assert_ptr_nonnull(strstr(text, "Tổ 1"));
    ck_assert_ptr_nonnull(strstr(text, "Tổ 2"));
    ck_assert_ptr_nonnull(strstr(text, "*"));
    ck_assert_ptr_nonnull(strstr(text, "Household "));
    ck_assert_ptr_nonnull(strstr(text, hm_words_ui(words, "conflict.kept")));
}
END_TEST

START_TEST(a_person_sees_what_was_decided_and_why)
{
    (void)a_resolution(&server, &record, "\"Tổ 3\"");
    hm_site_carry(&server, &laptop, 0);
    view.json = false;
    world_clear();

    ck_assert_int_eq(hm_api_conflicts(&view, false, NULL, &err), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "Decided: Tổ 3 ("));
    ck_assert_ptr_null(strstr(text, "*")); /* nothing is shown meanwhile any more */
    ck_assert_ptr_null(strstr(text, hm_words_ui(words, "conflict.kept")));
}
END_TEST

START_TEST(a_refused_change_is_told_with_its_reason)
{
    const struct hm_api_refused all = {.change = NULL};
    struct hm_id change = an_edit(&other, &record, "cluster", "Tổ 5");
    hm_site_carry(&other, &laptop, 0);
    hm_site_entry(&laptop, &change, HM_ENTRY_QUARANTINED, "role");
    world_clear();

    ck_assert_int_eq(hm_api_quarantine(&view, &all, &err), HM_OK);

    const struct hm_json *rows = world_json();
    ck_assert_uint_eq(hm_json_count(rows), 1);
    const struct hm_json *row = hm_json_at(rows, 0);
    ck_assert(is_change(hm_json_get(row, "change"), &change));
    ck_assert(is_change(hm_json_get(row, "record"), &record));
    ck_assert_str_eq(world_member(row, "reason"), "role");
    ck_assert_str_eq(world_member(row, "kind"), "household");
    ck_assert_str_eq(world_member(row, "user"), "Hùng");
}
END_TEST

static const char *digest(const char *unit)
{
    world_clear();
    ck_assert_msg(hm_api_digest(&view, unit, &err) == HM_OK, "%s", err.key);
    return world_member(world_json(), "digest");
}

START_TEST(equal_heads_give_equal_digests)
{
    char mine[80];
    (void)snprintf(mine, sizeof(mine), "%s", digest(NULL));
    view.store = other.store;
    ck_assert_str_eq(digest(NULL), mine);
    view.store = server.store;
    ck_assert_str_eq(digest("30341-01"), mine);
    ck_assert_str_ne(digest("30341-02"), mine);

    view.store = laptop.store;
    an_edit(&laptop, &record, "cluster", "Tổ 1");
    ck_assert_str_ne(digest(NULL), mine);
}
END_TEST

START_TEST(a_whole_store_is_verified_and_rebuilt_without_a_difference)
{
    world_clear();
    ck_assert_int_eq(hm_api_verify(&view, NULL, &err), HM_OK);
    ck_assert_int_eq(world_number(world_json(), "faults"), 0);
    ck_assert_uint_eq(hm_json_count(hm_json_get(shown, "wrong")), 0);

    world_clear();
    ck_assert_int_eq(hm_api_rebuild(&view, &err), HM_OK);
    ck_assert_str_eq(world_text(), "{\"different\":0}\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.conflicts");
    TCase *all = tcase_create("conflicts");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_conflict_shows_every_head_its_base_and_what_is_shown_meanwhile);
    tcase_add_test(all, every_replica_tells_the_same_conflict);
    tcase_add_test(all, a_settled_conflict_is_told_as_it_stood_with_the_decision);
    tcase_add_test(all, what_came_after_the_decision_does_not_change_how_it_is_told);
    tcase_add_test(all, a_delete_against_an_edit_says_false_and_true);
    tcase_add_test(all, a_unit_narrows_them_down);
    tcase_add_test(all, a_person_sees_the_values_and_which_is_shown);
    tcase_add_test(all, a_person_sees_what_was_decided_and_why);
    tcase_add_test(all, a_refused_change_is_told_with_its_reason);
    tcase_add_test(all, equal_heads_give_equal_digests);
    tcase_add_test(all, a_whole_store_is_verified_and_rebuilt_without_a_difference);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
