/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

static struct hm_id record;
static char id[HM_HEX16_SIZE];

static void setup(void)
{
    world_open();
    record = a_household(&laptop, "Lê An");
    hm_hex_put(id, hm_id_bytes(&record));
}

static const struct hm_json *history(void)
{
    world_clear();
    ck_assert_msg(hm_api_history(&view, id, &err) == HM_OK, "%s", err.key);
    return world_json();
}

/* The n-th row of this register. */
static const struct hm_json *row_of(const struct hm_json *rows, const char *reg, size_t n)
{
    for (const struct hm_json *at = hm_json_first(rows); at != NULL;
         at = hm_json_next(at)) {
        if (strcmp(world_member(at, "register"), reg) == 0 && n-- == 0) {
            return at;
        }
    }
    ck_abort_msg("no such row");
    return NULL;
}

static size_t rows_of(const struct hm_json *rows, const char *reg)
{
    size_t count = 0;
    for (const struct hm_json *at = hm_json_first(rows); at != NULL;
         at = hm_json_next(at)) {
        count += strcmp(world_member(at, "register"), reg) == 0;
    }
    return count;
}

static void expect_ids(const struct hm_json *row,
                       const char *name,
                       const struct hm_id *ids,
                       size_t count)
{
    const struct hm_json *list = hm_json_get(row, name);
    ck_assert_uint_eq(hm_json_count(list), count);
    for (size_t i = 0; i < count; i++) {
        char hex[HM_HEX16_SIZE];
        bool found = false;
        hm_hex_put(hex, hm_id_bytes(&ids[i]));
        for (size_t k = 0; k < count; k++) {
            found = found || strcmp(hm_json_chars(hm_json_at(list, k)), hex) == 0;
        }
        ck_assert_msg(found, "%s has no %s", name, hex);
    }
}

START_TEST(a_creation_is_a_row_for_each_register_and_for_living)
{
    const struct hm_json *rows = history();

    ck_assert_uint_eq(hm_json_count(rows), 3);
    ck_assert_str_eq(world_member(row_of(rows, "head_name", 0), "value"), "Lê An");
    const struct hm_json *live = row_of(rows, "~live", 0);
    ck_assert(hm_json_bool_or(hm_json_get(live, "value"), false));
    ck_assert_str_eq(world_member(live, "act"), "create");
    ck_assert_str_eq(world_member(live, "user"), "Lan");
    ck_assert_str_eq(world_member(live, "role"), "recorder");
    ck_assert_str_eq(world_member(live, "time"), "2026-03-05T01:02:04.000Z");
    ck_assert(!hm_json_bool_or(hm_json_get(live, "resolution"), true));
}
END_TEST

START_TEST(each_write_names_what_it_replaces_and_what_replaced_it)
{
    struct hm_id first = an_edit(&laptop, &record, "cluster", "Tổ 1");
    struct hm_id second = an_edit(&laptop, &record, "cluster", "Tổ 2");

    const struct hm_json *rows = history();

    ck_assert_uint_eq(rows_of(rows, "cluster"), 2);
    expect_ids(row_of(rows, "cluster", 0), "replaces", NULL, 0);
    expect_ids(row_of(rows, "cluster", 0), "replaced_by", &second, 1);
    expect_ids(row_of(rows, "cluster", 1), "replaces", &first, 1);
    expect_ids(row_of(rows, "cluster", 1), "replaced_by", NULL, 0);
}
END_TEST

START_TEST(edits_that_did_not_know_of_each_other_stand_side_by_side)
{
    struct hm_site other;
    struct hm_id both[2];
    hm_site_open_laptop(&other, &server, HM_HUNG);
    hm_site_carry(&laptop, &other, 0);
    both[0] = an_edit(&laptop, &record, "cluster", "Tổ 1");
    both[1] = an_edit(&other, &record, "cluster", "Tổ 2");
    hm_site_carry(&other, &laptop, 0);

    const struct hm_json *rows = history();
    expect_ids(row_of(rows, "cluster", 0), "replaced_by", NULL, 0);
    expect_ids(row_of(rows, "cluster", 1), "replaced_by", NULL, 0);

    struct hm_id after = an_edit(&laptop, &record, "cluster", "Tổ 3");
    rows = history();
    expect_ids(row_of(rows, "cluster", 2), "replaces", both, 2);
    expect_ids(row_of(rows, "cluster", 0), "replaced_by", &after, 1);
    expect_ids(row_of(rows, "cluster", 1), "replaced_by", &after, 1);
    ck_assert_str_eq(world_member(row_of(rows, "cluster", 1), "user"), "Hùng");
    hm_site_close(&other);
}
END_TEST

START_TEST(a_reason_stands_beside_the_writes_and_is_no_row)
{
    struct hm_id change;
    ck_assert_int_eq(hm_author_begin(laptop.author, &err), HM_OK);
    ck_assert_int_eq(
        hm_author_delete(laptop.author, &record, hm_text("ghi nhầm"), &change, &err),
        HM_OK);
    ck_assert_int_eq(hm_author_commit(laptop.author, &err), HM_OK);

    const struct hm_json *rows = history();

    ck_assert_uint_eq(hm_json_count(rows), 4);
    const struct hm_json *live = row_of(rows, "~live", 1);
    ck_assert_str_eq(world_member(live, "reason"), "ghi nhầm");
    ck_assert_str_eq(world_member(live, "act"), "delete");
    ck_assert(!hm_json_bool_or(hm_json_get(live, "value"), true));
    ck_assert(hm_json_is(hm_json_get(row_of(rows, "~live", 0), "reason"), HM_JSON_NULL));
}
END_TEST

START_TEST(a_decision_is_told_apart)
{
    struct hm_site other;
    hm_site_open_laptop(&other, &server, HM_HUNG);
    hm_site_carry(&laptop, &other, 0);
    an_edit(&laptop, &record, "cluster", "Tổ 1");
    an_edit(&other, &record, "cluster", "Tổ 2");
    hm_site_carry(&laptop, &server, 0);
    hm_site_carry(&other, &server, 0);
    a_resolution(&server, &record, "\"Tổ 3\"");
    view.store = server.store;

    const struct hm_json *rows = history();

    const struct hm_json *last = row_of(rows, "cluster", 2);
    ck_assert(hm_json_bool_or(hm_json_get(last, "resolution"), false));
    ck_assert_uint_eq(hm_json_count(hm_json_get(last, "replaces")), 2);
    ck_assert_str_eq(world_member(last, "value"), "Tổ 3");
    hm_site_close(&other);
}
END_TEST

START_TEST(what_was_withdrawn_stays_in_the_history)
{
    struct hm_id change;
    world_import("household", "head_name,address_text\nMột,Ấp 1\n");
    struct hm_id batch = imported.batch;
    ck_assert_int_eq(world_list_as((struct hm_api_list){.kind = hm_text("household"),
                                                        .search = hm_text("mot")}),
                     HM_OK);
    (void)snprintf(id, sizeof(id), "%s", world_member(hm_json_at(world_json(), 0), "id"));
    ck_assert_int_eq(hm_author_begin(laptop.author, &err), HM_OK);
    ck_assert_int_eq(
        hm_author_withdraw(laptop.author, &batch, HM_NO_BYTES, &change, &err), HM_OK);
    ck_assert_int_eq(hm_author_commit(laptop.author, &err), HM_OK);

    const struct hm_json *rows = history();

    ck_assert(
        hm_json_bool_or(hm_json_get(row_of(rows, "head_name", 0), "withdrawn"), false));
}
END_TEST

static const char *const no_records[] = {"", "x", "00000000000000000000000000000000",
                                         "ABCDEF00000000000000000000000000",
                                         "000000000000000000000000000000001"};

START_TEST(an_unknown_id_has_no_history)
{
    ck_assert_int_eq(hm_api_history(&view, no_records[_i], &err), HM_NOT_FOUND);
    ck_assert_int_eq(hm_api_show(&view, no_records[_i], &err), HM_NOT_FOUND);

    ck_assert_str_eq(err.key, "record-missing");
    ck_assert_uint_eq(out.size, 0);
}
END_TEST

START_TEST(a_person_reads_labels_and_sentences)
{
    an_edit(&laptop, &record, "status", "tam_vang");
    view.json = false;
    world_clear();

    ck_assert_int_eq(hm_api_history(&view, id, &err), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "05/03/2026 08:02")); /* in Viet Nam */
    ck_assert_ptr_nonnull(strstr(text, "Temporarily absent"));
    ck_assert_ptr_nonnull(strstr(text, "Recorder"));
    ck_assert_ptr_null(strstr(text, "~live"));
}
END_TEST

START_TEST(a_record_is_shown_with_all_its_members)
{
    static const char *const members[] = {"id",    "kind",      "unit",       "fields",
                                          "state", "conflicts", "incomplete", "deleted"};
    world_clear();

    ck_assert_int_eq(hm_api_show(&view, id, &err), HM_OK);

    const struct hm_json *json = world_json();
    ck_assert_uint_eq(hm_json_count(json), sizeof(members) / sizeof(members[0]));
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        ck_assert_ptr_nonnull(hm_json_get(json, members[i]));
    }
    ck_assert_str_eq(world_member(json, "state"), "local");
    ck_assert_str_eq(world_member(json, "unit"), "30341-01");
}
END_TEST

START_TEST(a_person_sees_whom_a_record_belongs_to_and_lines_as_one)
{
    struct hm_id commitment = a_commitment(&laptop, &record);
    an_edit(&laptop, &commitment, "note", "một\nhai");
    hm_hex_put(id, hm_id_bytes(&commitment));
    view.json = false;
    world_clear();

    ck_assert_int_eq(hm_api_show(&view, id, &err), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "Lê An"));
    ck_assert_ptr_nonnull(strstr(text, "một hai"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.history");
    TCase *all = tcase_create("history");
    tcase_add_checked_fixture(all, setup, world_close);
    tcase_add_test(all, a_creation_is_a_row_for_each_register_and_for_living);
    tcase_add_test(all, each_write_names_what_it_replaces_and_what_replaced_it);
    tcase_add_test(all, edits_that_did_not_know_of_each_other_stand_side_by_side);
    tcase_add_test(all, a_reason_stands_beside_the_writes_and_is_no_row);
    tcase_add_test(all, a_decision_is_told_apart);
    tcase_add_test(all, what_was_withdrawn_stays_in_the_history);
    tcase_add_loop_test(all, an_unknown_id_has_no_history, 0,
                        sizeof(no_records) / sizeof(no_records[0]));
    tcase_add_test(all, a_person_reads_labels_and_sentences);
    tcase_add_test(all, a_record_is_shown_with_all_its_members);
    tcase_add_test(all, a_person_sees_whom_a_record_belongs_to_and_lines_as_one);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
