/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/kinds.h"

#include "hamlet/exchange/csv.h"
#include "world.h"

/* The kind as it is exported, with a NUL. */
static const char *exported(const char *kind, bool csv)
{
    world_clear();
    struct hm_api_export export = {.kind = hm_text(kind),
                                   .format = csv ? HM_EXPORT_CSV : HM_EXPORT_JSON};
    ck_assert_msg(hm_api_export(&view, &export, &err) == HM_OK, "%s", err.key);
    return world_text();
}

START_TEST(an_export_names_the_columns_of_the_kind)
{
    ck_assert_str_eq(
        exported("household", true),
        "\xEF\xBB\xBFid,unit,head_name,address_text,cluster,household_code,status\r\n");
}
END_TEST

static const char *const kinds[] = {"household", "commitment", "registration",
                                    "evaluation", "activity"};

/* One record of each kind, with what is hard to keep in a table. */
static void fill(void)
{
    struct hm_id household = a_household(&laptop, "=1+2");
    struct hm_id commitment = a_commitment(&laptop, &household);
    an_edit(&laptop, &household, "cluster", "a;b, \"c\"");
    an_edit(&laptop, &household, "household_code", "0123");
    an_edit(&laptop, &commitment, "note", "một\nhai\n=3");
    an_edit(&laptop, &commitment, "signed_date", "03/2026");
    world_import("registration",
                 "year,reg_type,households_resident\n2026,mo_hinh,1.157\n");
    world_import("evaluation", "year,stage,result,score\n2026,self,Đạt,950\n");
    world_import("activity", "type,date,topics,audience\n"
                             "Sơ kết,2/4/2026,\"[\"\"Ma túy\"\",\"\"a,b\"\"]\","
                             "\"[{\"\"class\"\":\"\"luot_ho\"\",\"\"qty\"\":2669}]\"\n");
}

START_TEST(an_export_comes_back_unchanged)
{
    struct hm_import import = {.kind = hm_text(kinds[_i]), .strict = true};
    struct hm_buf file;
    hm_buf_init(&file, HM_FILE_BYTES_MAX);
    fill();
    hm_buf_put_text(&file, exported(kinds[_i], true));
    hm_buf_put_byte(&file, '\0');

    ck_assert_msg(world_import_as(import, (const char *)file.data) == HM_OK, "%s %s",
                  err.key, err.arg[0]);

    ck_assert_int_eq(world_number(world_json(), "unchanged"), 1);
    ck_assert_int_eq(world_number(shown, "changed"), 0);
    ck_assert_int_eq(world_number(shown, "added"), 0);
    hm_buf_fini(&file);
}
END_TEST

START_TEST(text_that_would_run_is_guarded_and_numbers_are_not)
{
    fill();

    ck_assert_ptr_nonnull(strstr(exported("household", true), ",'=1+2,"));
    ck_assert_ptr_nonnull(strstr(exported("household", true), ",\"0123\","));
    ck_assert_ptr_nonnull(strstr(exported("evaluation", true), ",950,"));
}
END_TEST

START_TEST(json_is_the_list)
{
    struct hm_buf listed;
    fill();
    hm_buf_init(&listed, HM_FILE_BYTES_MAX);
    ck_assert_int_eq(world_list_as((struct hm_api_list){.kind = hm_text("activity")}),
                     HM_OK);
    hm_buf_put_text(&listed, world_text());
    hm_buf_put_byte(&listed, '\0');
    view.json = false; /* the format decides */

    ck_assert_str_eq(exported("activity", false), (const char *)listed.data);
    hm_buf_fini(&listed);
}
END_TEST

START_TEST(an_unknown_kind_is_refused)
{
    struct hm_api_export export = {.kind = hm_text("ship"), .format = HM_EXPORT_CSV};
    ck_assert_int_eq(hm_api_export(&view, &export, &err), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "kind-unknown");
    ck_assert_int_eq(hm_api_kinds(&view, "ship", &err), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "kind-unknown");
    ck_assert_uint_eq(out.size, 0);
}
END_TEST

/* ---- what may be written ---- */

START_TEST(all_kinds_are_named_in_order)
{
    world_clear();
    ck_assert_int_eq(hm_api_kinds(&view, NULL, &err), HM_OK);

    const struct hm_json *list = world_json();
    ck_assert_uint_eq(hm_json_count(list), hm_kinds_count(hm_store_kinds(laptop.store)));
    for (size_t i = 1; i < hm_json_count(list); i++) {
        ck_assert_int_lt(strcmp(world_member(hm_json_at(list, i - 1), "kind"),
                                world_member(hm_json_at(list, i), "kind")),
                         0);
    }
    ck_assert_str_eq(world_member(hm_json_get(hm_json_at(list, 0), "label"), "en"),
                     "Activity");
}
END_TEST

static const struct hm_json *field_of(const struct hm_json *kind, const char *name)
{
    for (const struct hm_json *at = hm_json_first(hm_json_get(kind, "fields"));
         at != NULL; at = hm_json_next(at)) {
        if (strcmp(world_member(at, "name"), name) == 0) {
            return at;
        }
    }
    ck_abort_msg("no field %s", name);
    return NULL;
}

START_TEST(a_kind_tells_what_each_field_may_be)
{
    world_clear();
    ck_assert_int_eq(hm_api_kinds(&view, "commitment", &err), HM_OK);

    const struct hm_json *kind = world_json();
    const struct hm_json *year = field_of(kind, "year");
    ck_assert(hm_json_bool_or(hm_json_get(year, "key"), false));
    ck_assert(hm_json_bool_or(hm_json_get(year, "required"), false));
    ck_assert_int_eq(world_number(year, "min"), 2012);
    ck_assert_int_eq(world_number(year, "max"), 2100);
    ck_assert_str_eq(world_member(field_of(kind, "household"), "refers"), "household");
    ck_assert_str_eq(world_member(field_of(kind, "signer_name"), "group"), "signing");
    ck_assert_uint_eq(hm_json_count(hm_json_get(field_of(kind, "signed"), "values")), 2);
    ck_assert_ptr_null(hm_json_get(field_of(kind, "note"), "group"));
}
END_TEST

START_TEST(a_person_reads_labels_and_types)
{
    view.json = false;
    world_clear();
    ck_assert_int_eq(hm_api_kinds(&view, "household", &err), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "Name of the head"));
    ck_assert_ptr_nonnull(strstr(text, "Temporarily absent"));
    ck_assert_ptr_nonnull(strstr(text, "id of a record: household"));
    world_clear();
    ck_assert_int_eq(hm_api_kinds(&view, "registration", &err), HM_OK);
    ck_assert_ptr_nonnull(strstr(world_text(), "whole number: 2012 \u2013 2100"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.export");
    TCase *exports = tcase_create("exports");
    tcase_add_checked_fixture(exports, world_open, world_close);
    tcase_add_test(exports, an_export_names_the_columns_of_the_kind);
    tcase_add_loop_test(exports, an_export_comes_back_unchanged, 0,
                        sizeof(kinds) / sizeof(kinds[0]));
    tcase_add_test(exports, text_that_would_run_is_guarded_and_numbers_are_not);
    tcase_add_test(exports, json_is_the_list);
    tcase_add_test(exports, an_unknown_kind_is_refused);
    suite_add_tcase(suite, exports);
    TCase *told = tcase_create("kinds");
    tcase_add_checked_fixture(told, world_open, world_close);
    tcase_add_test(told, all_kinds_are_named_in_order);
    tcase_add_test(told, a_kind_tells_what_each_field_may_be);
    tcase_add_test(told, a_person_reads_labels_and_types);
    suite_add_tcase(suite, told);
    return hm_run(suite);
}
