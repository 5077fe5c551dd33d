/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/evaluate.h"

#include "hamlet/model/value.h"
#include "world.h"

enum { YEAR = 2026 };

static struct hm_catalogues *catalogues;
static char seen[HM_ERR_ARG_MAX * 2];
static struct hm_id registration;

/* Lan's hamlet is one that a standard covers. */
static void name_level(void)
{
    struct hm_buf value;
    struct hm_id record;
    hm_buf_init(&value, 256);
    hm_value_put_text(&value, hm_text("30341-01"));
    const struct hm_key_field key = {hm_text("code"), hm_buf_bytes(&value)};
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text("unit"), &key, 1);
    an_edit(&server, &record, "level", "hamlet");
    an_edit(&server, &record, "type", "ap");
    hm_site_carry(&server, &laptop, HM_VERDICT_ACCEPTED);
    hm_buf_fini(&value);
}

static void setup(void)
{
    world_open();
    name_level();
    ck_assert_int_eq(hm_catalogues_open(&catalogues, hm_embedded_catalogues, NULL),
                     HM_OK);
    world_import("registration", "year,reg_type,registrant_name,households_resident\n"
                                 "2026,tieu_chuan,An,12\n2025,tieu_chuan,Ba,11\n");
    world_import("household", "head_name,address_text\nHai,1\n");
}

static void teardown(void)
{
    hm_catalogues_close(catalogues);
    world_close();
}

static enum hm_status open(int of_year)
{
    const struct hm_api_year year = {.unit = "30341-01", .year = of_year};
    world_clear();
    enum hm_status status = hm_api_dossier(&view, catalogues, &year, &err);
    if (status == HM_OK) {
        (void)snprintf(seen, sizeof(seen), "%s", world_member(world_json(), "seen"));
    }
    return status;
}

static enum hm_status still_in(const char *unit, const char *text)
{
    err = HM_ERR_NONE;
    return hm_api_dossier_still(&view, catalogues, text, hm_text(unit), &err);
}

static enum hm_status still(const char *text)
{
    return still_in("30341-01", text);
}

START_TEST(what_was_read_of_one_unit_is_nothing_for_another)
{
    ck_assert_int_eq(open(YEAR), HM_OK);
    ck_assert_int_eq(still(seen), HM_OK);

    ck_assert_int_eq(still_in("30341-02", seen), HM_USAGE);
    ck_assert_str_eq(err.key, "dossier-seen");
    ck_assert_int_eq(still_in("", seen), HM_USAGE);
}
END_TEST

START_TEST(a_dossier_holds_the_records_of_its_year_and_no_households)
{
    ck_assert_int_eq(open(YEAR), HM_OK);

    const struct hm_json *records = hm_json_get(shown, "records");
    ck_assert_uint_eq(hm_json_count(records), 1);
    ck_assert_int_eq(world_number(hm_json_get(hm_json_at(records, 0), "fields"), "year"),
                     YEAR);
    ck_assert_int_eq(world_number(hm_json_get(shown, "counted"), "households_resident"),
                     1);
}
END_TEST

START_TEST(what_was_read_stands_until_something_comes)
{
    ck_assert_int_eq(open(YEAR), HM_OK);
    ck_assert(hm_id_get_hex(
        &registration,
        hm_json_text_or(hm_json_get(hm_json_at(hm_json_get(shown, "records"), 0), "id"),
                        HM_NO_BYTES)));
    ck_assert_int_eq(still(seen), HM_OK);

    an_edit(&laptop, &registration, "registrant_name", "Năm");

    ck_assert_int_eq(still(seen), HM_EXISTS);
    ck_assert_str_eq(err.key, "dossier-moved");
    ck_assert_int_eq(open(YEAR), HM_OK);
    ck_assert_int_eq(still(seen), HM_OK);
}
END_TEST

START_TEST(another_year_stands_for_itself)
{
    char before[sizeof(seen)];
    ck_assert_int_eq(open(YEAR - 1), HM_OK);
    (void)snprintf(before, sizeof(before), "%s", seen);
    ck_assert_int_eq(open(YEAR), HM_OK);
    ck_assert_str_ne(before, seen);

    ck_assert_int_eq(still(before), HM_OK);
    ck_assert_int_eq(open(1990), HM_BAD_INPUT);
}
END_TEST

static const char *const forged[] = {"", "x", ":::", "30341-01:2026", "30341-01:x:00"};

START_TEST(what_no_dossier_said_is_refused)
{
    ck_assert_int_ne(still(forged[_i]), HM_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.office");
    TCase *all = tcase_create("dossier");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_dossier_holds_the_records_of_its_year_and_no_households);
    tcase_add_test(all, what_was_read_stands_until_something_comes);
    tcase_add_test(all, what_was_read_of_one_unit_is_nothing_for_another);
    tcase_add_test(all, another_year_stands_for_itself);
    tcase_add_loop_test(all, what_no_dossier_said_is_refused, 0,
                        (int)(sizeof(forged) / sizeof(forged[0])));
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
