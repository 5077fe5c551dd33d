/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

static const char table[] = "head_name,address_text,cluster,household_code\n"
                            "Trần Văn Út,Ấp 10,Tổ 1,H1\n"
                            "Đặng Thị Ánh,Ấp 2,Tổ 1,H2\n"
                            "Phan Văn An,Ấp 1,Tổ 2,H3\n"
                            "Đỗ Đức Anh,Ấp 2,Tổ 2,H4\n"
                            "Võ Ân,Ấp 2,Tổ 2,H10\n"
                            "Võ Ân,Ấp 2,Tổ 3,H9\n";

static void setup(void)
{
    world_open();
    world_import("household", table);
}

/* The codes of what is listed, in their order, with blanks between. */
static const char *codes_of(struct hm_api_list list)
{
    static char codes[256];
    size_t used = 0;
    list.kind = hm_text("household");
    ck_assert_msg(world_list_as(list) == HM_OK, "%s %s", err.key, err.arg[0]);
    size_t count = hm_json_count(world_json());
    codes[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(codes + used, sizeof(codes) - used, "%s%s",
                                 i == 0 ? "" : " ", world_field(i, "household_code"));
    }
    return codes;
}

START_TEST(people_are_listed_by_given_name_and_numbers_as_numbers)
{
    ck_assert_str_eq(codes_of((struct hm_api_list){.limit = 0}), "H3 H4 H2 H9 H10 H1");
}
END_TEST

static const struct {
    const char *typed;
    const char *found;
} searches[] = {
    {"dang anh", "H2"},
    {"ĐẶNG", "H2"},
    {"anh", "H4 H2"},
    {"an", "H3 H4 H2 H9 H10 H1"},
    {"đức", "H4"},
    {"vo an to 3", "H9"},
    {"to 2 to", "H3 H4 H2 H9 H10"},
    {"khong co ai", ""},
    {"ap 2 H10", "H10"},
    {"", "H3 H4 H2 H9 H10 H1"},
};

START_TEST(a_search_knows_no_case_no_tones_and_no_order_of_words)
{
    const struct hm_api_list list = {.search = hm_text(searches[_i].typed)};

    ck_assert_msg(strcmp(codes_of(list), searches[_i].found) == 0, "%s: %s",
                  searches[_i].typed, codes_of(list));
}
END_TEST

static const struct {
    const char *where[2];
    size_t count;
    const char *found;
} conditions[] = {
    {{"cluster=Tổ 2"}, 1, "H3 H4 H10"},
    {{"cluster=  Tổ   2 "}, 1, "H3 H4 H10"},
    {{"cluster=to 2"}, 1, ""},
    {{"cluster=Tổ 2", "address_text=Ấp 2"}, 2, "H4 H10"},
    {{"head_name=Vo\xCC\x83 A\xCC\x82n"}, 1, "H9 H10"}, /* decomposed */
    {{"cluster="}, 1, ""},
    {{"status="}, 1, "H3 H4 H2 H9 H10 H1"}, /* of none of them it is known */
    {{"unit=30341-01"}, 1, "H3 H4 H2 H9 H10 H1"},
    {{"unit=30341-02"}, 1, ""},
    {{"status=Tạm vắng"}, 1, ""},
};

START_TEST(a_condition_is_read_by_its_field_and_holds_exactly)
{
    const struct hm_api_list list = {.where = conditions[_i].where,
                                     .where_count = conditions[_i].count};

    ck_assert_msg(strcmp(codes_of(list), conditions[_i].found) == 0, "%s: %s",
                  conditions[_i].where[0], codes_of(list));
}
END_TEST

START_TEST(a_limit_keeps_the_first_ones)
{
    ck_assert_str_eq(codes_of((struct hm_api_list){.limit = 2}), "H3 H4");
    ck_assert_str_eq(codes_of((struct hm_api_list){.limit = 99}), "H3 H4 H2 H9 H10 H1");
}
END_TEST

START_TEST(deleted_records_are_a_list_of_their_own)
{
    struct hm_id gone = a_household(&laptop, "Ai Đó");
    a_delete(&laptop, &gone);

    ck_assert_str_eq(codes_of((struct hm_api_list){.limit = 0}), "H3 H4 H2 H9 H10 H1");
    const char *codes = codes_of((struct hm_api_list){.deleted = true});

    ck_assert_str_eq(codes, "-");
    ck_assert_str_eq(world_field(0, "head_name"), "Ai Đó");
    ck_assert(hm_json_bool_or(hm_json_get(hm_json_at(shown, 0), "deleted"), false));
}
END_TEST

static const struct {
    const char *kind;
    const char *where;
    enum hm_status status;
    const char *key;
} refused[] = {
    {"ship", "a=b", HM_BAD_INPUT, "kind-unknown"},
    {"", "a=b", HM_BAD_INPUT, "kind-unknown"},
    {"household", "colour=red", HM_BAD_INPUT, "field-unknown"},
    {"household", "cluster", HM_USAGE, "field-form"},
    {"household", "status=red", HM_BAD_INPUT, "field-enum"},
    {"household", "unit=999", HM_BAD_INPUT, "unit-unknown"},
    {"household", "cluster=\xFF", HM_BAD_INPUT, "field-text"},
    {"commitment", "year=never", HM_BAD_INPUT, "field-integer"},
};

START_TEST(what_cannot_be_asked_is_refused_before_anything_is_shown)
{
    const struct hm_api_list list = {
        .kind = hm_text(refused[_i].kind), .where = &refused[_i].where, .where_count = 1};

    ck_assert_int_eq(world_list_as(list), refused[_i].status);
    ck_assert_str_eq(err.key, refused[_i].key);
    ck_assert_uint_eq(out.size, 0);
}
END_TEST

START_TEST(nothing_is_an_empty_array_and_a_sentence)
{
    const struct hm_api_list list = {.kind = hm_text("activity")};
    ck_assert_int_eq(world_list_as(list), HM_OK);
    ck_assert_str_eq(world_text(), "[]\n");

    view.json = false;
    ck_assert_int_eq(world_list_as(list), HM_OK);
    ck_assert_str_eq(world_text(), "There is none.\n");
}
END_TEST

START_TEST(a_person_sees_labels_and_the_name_behind_a_reference)
{
    struct hm_id household = a_household(&laptop, "Nguyễn Thị Bảy");
    a_commitment(&laptop, &household);
    view.json = false;

    ck_assert_int_eq(world_list_as((struct hm_api_list){.kind = hm_text("commitment")}),
                     HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "Name of the signer"));
    ck_assert_ptr_nonnull(strstr(text, "Nguyễn Thị Bảy"));
    ck_assert_ptr_nonnull(strstr(text, "not sent yet"));
}
END_TEST

START_TEST(what_others_wrote_cannot_move_the_cursor)
{
    struct hm_id record = a_household(&laptop, "An");
    an_edit(&laptop, &record, "cluster", "Tổ \xE2\x80\xAE\x32");
    view.json = false;

    ck_assert_int_eq(world_list_as((struct hm_api_list){.kind = hm_text("household")}),
                     HM_OK);

    ck_assert_ptr_null(strstr(world_text(), "\xE2\x80\xAE"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.list");
    TCase *all = tcase_create("list");
    tcase_add_checked_fixture(all, setup, world_close);
    tcase_add_test(all, people_are_listed_by_given_name_and_numbers_as_numbers);
    tcase_add_loop_test(all, a_search_knows_no_case_no_tones_and_no_order_of_words, 0,
                        sizeof(searches) / sizeof(searches[0]));
    tcase_add_loop_test(all, a_condition_is_read_by_its_field_and_holds_exactly, 0,
                        sizeof(conditions) / sizeof(conditions[0]));
    tcase_add_test(all, a_limit_keeps_the_first_ones);
    tcase_add_test(all, deleted_records_are_a_list_of_their_own);
    tcase_add_loop_test(all, what_cannot_be_asked_is_refused_before_anything_is_shown, 0,
                        sizeof(refused) / sizeof(refused[0]));
    tcase_add_test(all, nothing_is_an_empty_array_and_a_sentence);
    tcase_add_test(all, a_person_sees_labels_and_the_name_behind_a_reference);
    tcase_add_test(all, what_others_wrote_cannot_move_the_cursor);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
