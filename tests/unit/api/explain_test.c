/* SPDX-License-Identifier: Apache-2.0 */
/* Failures and kinds as a person is told of them: by labels, whole. */
#include "hamlet/api/kinds.h"
#include "world.h"

static void explain(const char *kind,
                    const char *key,
                    const char *first,
                    const char *second)
{
    world_clear();
    (void)hm_fail(&err, HM_BAD_INPUT, key, first, second, NULL);
    hm_view_explain(
        &view,
        kind == NULL ? NULL : hm_kinds_find(hm_store_kinds(view.store), hm_text(kind)),
        &err);
}

static void in_vietnamese(void)
{
    words = hm_words_of(HM_LANG_VI);
    view.words = words;
    view.lang = HM_LANG_VI;
    view.json = false;
}

START_TEST(a_field_is_told_by_its_label)
{
    explain("household", "field-required", "address_text", NULL);

    ck_assert_str_eq(err.arg[0], "Address");
}
END_TEST

START_TEST(where_the_kind_is_not_known_the_name_stands_beside_the_label)
{
    explain(NULL, "field-required", "address_text", NULL);

    ck_assert_str_eq(err.arg[0], "Address (address_text)");
}
END_TEST

START_TEST(a_name_that_means_two_things_stays_as_it_is)
{
    explain(NULL, "field-date", "signed_date", NULL);

    ck_assert_str_eq(err.arg[0], "signed_date");
}
END_TEST

START_TEST(choices_are_told_by_their_labels)
{
    in_vietnamese();

    explain("activity", "field-enum", "host_kind", "khu_dan_cu, xa, huyen");

    ck_assert_str_eq(err.arg[0], "Nơi tổ chức");
    ck_assert_str_eq(err.arg[1], "Khu dân cư; Xã, phường, thị trấn; Huyện, thành phố; "
                                 "Cơ quan; Doanh nghiệp; Cơ sở giáo dục");
}
END_TEST

START_TEST(a_member_of_a_list_is_told_too)
{
    explain("evaluation", "field-enum", "verdict", "dat");

    ck_assert_str_eq(err.arg[0], "Verdict");
    ck_assert_str_eq(err.arg[1], "Met; Not met; Not applicable; Not known yet");
}
END_TEST

START_TEST(a_right_is_told_by_what_may_not_be_done_to_what)
{
    in_vietnamese();

    explain(NULL, "role-denied", "create", "registration.received_by");

    ck_assert_str_eq(err.arg[0], "thêm");
    ck_assert_str_eq(err.arg[1], "Bản đăng ký: Người tiếp nhận (received_by)");
}
END_TEST

START_TEST(what_names_no_field_stays_as_it_is)
{
    static const char *const keys[] = {"field-unknown", "field-twice", "record-missing"};

    explain("household", keys[_i], "status", "household");

    ck_assert_str_eq(err.arg[0], "status");
    ck_assert_str_eq(err.arg[1], "household");
}
END_TEST

START_TEST(a_name_of_a_stranger_is_told_as_it_is)
{
    explain(NULL, "field-required", "no_such_field", NULL);
    ck_assert_str_eq(err.arg[0], "no_such_field");

    explain(NULL, "role-denied", "dance", "no_such_kind.x");
    ck_assert_str_eq(err.arg[0], "dance");
    ck_assert_str_eq(err.arg[1], "no_such_kind.x");
}
END_TEST

static const struct {
    const char *code;
    const char *told;
} told_units[] = {
    {"30341-01", "Ấp An Hòa (30341-01)"},
    {"no-such-unit", "no-such-unit"},
    {"~", "~"},
};

START_TEST(a_unit_is_told_by_its_name_and_code_where_the_name_is_known)
{
    struct hm_arena arena;
    struct hm_bytes told = HM_NO_BYTES;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);

    enum hm_status status =
        hm_view_unit_name(&view, hm_text(told_units[_i].code), &told, &arena, &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_msg(hm_bytes_are(told, told_units[_i].told), "%.*s", (int)told.size,
                  (const char *)told.data);
    hm_arena_fini(&arena);
}
END_TEST

START_TEST(a_kind_tells_the_members_of_its_lists_and_what_not_to_write)
{
    in_vietnamese();
    world_clear();

    ck_assert_int_eq(hm_api_kinds(&view, "evaluation", &err), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "\n- criterion_id "));
    ck_assert_ptr_nonnull(
        strstr(text, "(số văn bản, không kể chuyện; không ghi tên hay chuyện riêng của "
                     "ai)\n"));
    ck_assert_ptr_nonnull(strstr(text, "một trong: Họp; Xin ý kiến bằng văn bản\n"));
}
END_TEST

START_TEST(an_import_tells_labels_and_how_to_go_on)
{
    in_vietnamese();

    struct hm_import import = {.kind = hm_text("household")};
    enum hm_status status =
        world_import_as(import, "head_name,address_text,status\nAn,1,\nBé,,\nCúc,3,xa\n");

    ck_assert_int_eq(status, HM_OK);
    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "Địa chỉ: không được để trống\n"));
    ck_assert_ptr_nonnull(strstr(text, "phải là một trong: Đang cư trú; Tạm vắng; "));
    ck_assert_ptr_nonnull(strstr(text, hm_words_ui(words, "import.again")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.explain");
    TCase *fields = tcase_create("fields");
    TCase *shown_to = tcase_create("shown");
    tcase_add_checked_fixture(fields, world_open, world_close);
    tcase_add_test(fields, a_field_is_told_by_its_label);
    tcase_add_test(fields, where_the_kind_is_not_known_the_name_stands_beside_the_label);
    tcase_add_test(fields, a_name_that_means_two_things_stays_as_it_is);
    tcase_add_test(fields, choices_are_told_by_their_labels);
    tcase_add_test(fields, a_member_of_a_list_is_told_too);
    tcase_add_test(fields, a_right_is_told_by_what_may_not_be_done_to_what);
    tcase_add_loop_test(fields, what_names_no_field_stays_as_it_is, 0, 3);
    tcase_add_test(fields, a_name_of_a_stranger_is_told_as_it_is);
    suite_add_tcase(suite, fields);
    tcase_add_checked_fixture(shown_to, world_open, world_close);
    tcase_add_loop_test(shown_to,
                        a_unit_is_told_by_its_name_and_code_where_the_name_is_known, 0,
                        sizeof(told_units) / sizeof(told_units[0]));
    tcase_add_test(shown_to, a_kind_tells_the_members_of_its_lists_and_what_not_to_write);
    tcase_add_test(shown_to, an_import_tells_labels_and_how_to_go_on);
    suite_add_tcase(suite, shown_to);
    return hm_run(suite);
}
