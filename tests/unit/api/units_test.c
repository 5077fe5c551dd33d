/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/units.h"

#include "hamlet/model/value.h"
#include "world.h"

static void edit_unit(const char *code, const char *field, const char *text)
{
    struct hm_buf value;
    struct hm_id record;
    hm_buf_init(&value, 256);
    hm_value_put_text(&value, hm_text(code));
    const struct hm_key_field key = {hm_text("code"), hm_buf_bytes(&value)};
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text("unit"), &key, 1);
    an_edit(&server, &record, field, text);
    hm_buf_fini(&value);
}

static void setup(void)
{
    world_open();
    view.store = server.store;
}

static enum hm_status ask(struct hm_api_units query)
{
    world_clear();
    return hm_api_units(&view, &query, &err);
}

/* The codes of what was shown, with blanks between. */
static const char *codes(void)
{
    static char text[256];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < hm_json_count(world_json()); i++) {
        used +=
            (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i == 0 ? "" : " ",
                             world_member(hm_json_at(shown, i), "code"));
    }
    return text;
}

static const char *then_of(size_t at, const char *name)
{
    return world_member(hm_json_get(hm_json_at(shown, at), "then"), name);
}

/* Before the reform 30341 was called otherwise; 30344 took over the name it had. */
static void reform(void)
{
    edit_unit("30341", "name", "Đại Điền");
    edit_unit("30341", "code_system", "gso2025");
    edit_unit("30341", "versions",
              "[{\"code\":\"30341\",\"code_system\":\"gso2004\",\"name\":\"Tân Phong\","
              "\"type\":\"xa\",\"valid_to\":\"2025-06-30\"},"
              "{\"code\":\"30399\",\"code_system\":\"gso2004\",\"name\":\"Tân Phong Cũ\","
              "\"valid_to\":\"2010-12-31\"}]");
}

START_TEST(a_code_means_what_it_meant_on_the_day)
{
    reform();

    ck_assert_int_eq(ask((struct hm_api_units){.code = "30341", .on = "30/6/2025"}),
                     HM_OK);
    ck_assert_str_eq(codes(), "30341");
    ck_assert_str_eq(then_of(0, "name"), "Tân Phong");
    ck_assert_str_eq(world_member(hm_json_at(shown, 0), "name"), "Đại Điền");

    ck_assert_int_eq(ask((struct hm_api_units){.code = "30341", .on = "2025-07-01"}),
                     HM_OK);
    ck_assert_str_eq(codes(), "30341");
    ck_assert_str_eq(then_of(0, "name"), "Đại Điền");
}
END_TEST

START_TEST(a_code_of_another_system_is_another_code)
{
    reform();

    ck_assert_int_eq(ask((struct hm_api_units){
                         .code = "30341", .system = "gso2004", .on = "2025-07-01"}),
                     HM_OK);
    ck_assert_str_eq(codes(), "");

    ck_assert_int_eq(ask((struct hm_api_units){
                         .code = "30341", .system = "gso2004", .on = "2025-06-30"}),
                     HM_OK);
    ck_assert_str_eq(codes(), "30341");
}
END_TEST

START_TEST(a_code_that_was_closed_is_found_in_the_unit_that_had_it)
{
    reform();

    ck_assert_int_eq(ask((struct hm_api_units){.code = "30399"}), HM_OK);

    ck_assert_str_eq(codes(), "30341");
    ck_assert_str_eq(then_of(0, "name"), "Tân Phong Cũ");
}
END_TEST

START_TEST(a_version_that_does_not_say_the_name_still_says_the_rest)
{
    edit_unit(
        "30341", "versions",
        "[{\"code\":\"30399\",\"parent_code\":\"99\",\"valid_to\":\"2010-12-31\"}]");

    ck_assert_int_eq(ask((struct hm_api_units){.code = "30399"}), HM_OK);

    ck_assert_str_eq(codes(), "30341");
    ck_assert_str_eq(then_of(0, "code"), "30399");
    ck_assert_str_eq(then_of(0, "parent"), "99");
    ck_assert_str_eq(then_of(0, "name"), world_member(hm_json_at(shown, 0), "name"));
}
END_TEST

START_TEST(a_unit_that_was_merged_is_open_until_its_last_day)
{
    edit_unit("30341-02", "merged_into", "30341-01");
    edit_unit("30341-02", "valid_to", "2026-06-30");

    ck_assert_int_eq(ask((struct hm_api_units){.code = "30341-02", .on = "2026-06-30"}),
                     HM_OK);
    ck_assert_str_eq(codes(), "30341-02");
    ck_assert(hm_json_bool_or(hm_json_get(hm_json_at(shown, 0), "open"), false));

    ck_assert_int_eq(ask((struct hm_api_units){.code = "30341-02", .on = "2026-07-01"}),
                     HM_OK);
    ck_assert_str_eq(codes(), "");

    ck_assert_int_eq(ask((struct hm_api_units){.code = "30341-02"}), HM_OK);
    ck_assert_str_eq(codes(), "30341-02");
}
END_TEST

START_TEST(what_is_below_a_unit_stands_in_order_of_the_names)
{
    edit_unit("30341-01", "name", "Ấp 10");
    edit_unit("30341-02", "name", "Ấp 2");

    ck_assert_int_eq(ask((struct hm_api_units){.under = "30341"}), HM_OK);

    ck_assert_str_eq(codes(), "30341-02 30341-01");
}
END_TEST

START_TEST(a_search_knows_neither_tones_nor_case)
{
    edit_unit("30341-02", "name", "Đặng Lễ");

    ck_assert_int_eq(ask((struct hm_api_units){.search = "dang LE"}), HM_OK);

    ck_assert_str_eq(codes(), "30341-02");
}
END_TEST

START_TEST(no_more_is_shown_than_was_asked_for)
{
    ck_assert_int_eq(ask((struct hm_api_units){.limit = 2}), HM_OK);

    ck_assert_uint_eq(hm_json_count(world_json()), 2);
}
END_TEST

START_TEST(what_is_no_day_and_no_system_is_refused)
{
    ck_assert_int_eq(ask((struct hm_api_units){.on = "2026-02-30"}), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "day-form");
    ck_assert_int_eq(ask((struct hm_api_units){.on = "2026-02"}), HM_BAD_INPUT);
    ck_assert_int_eq(ask((struct hm_api_units){.system = "mine"}), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "field-enum");
}
END_TEST

START_TEST(the_day_before_a_month_is_the_last_of_the_one_before)
{
    char day[HM_API_DAY_SIZE];
    hm_api_day_add(day, "2024-03-01", -1);
    ck_assert_str_eq(day, "2024-02-29");
    hm_api_day_add(day, "2025-12-31", 1);
    ck_assert_str_eq(day, "2026-01-01");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.units");
    TCase *all = tcase_create("units");
    tcase_add_checked_fixture(all, setup, world_close);
    tcase_add_test(all, a_code_means_what_it_meant_on_the_day);
    tcase_add_test(all, a_code_of_another_system_is_another_code);
    tcase_add_test(all, a_code_that_was_closed_is_found_in_the_unit_that_had_it);
    tcase_add_test(all, a_version_that_does_not_say_the_name_still_says_the_rest);
    tcase_add_test(all, a_unit_that_was_merged_is_open_until_its_last_day);
    tcase_add_test(all, what_is_below_a_unit_stands_in_order_of_the_names);
    tcase_add_test(all, a_search_knows_neither_tones_nor_case);
    tcase_add_test(all, no_more_is_shown_than_was_asked_for);
    tcase_add_test(all, what_is_no_day_and_no_system_is_refused);
    tcase_add_test(all, the_day_before_a_month_is_the_last_of_the_one_before);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
