/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/units.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "run.h"

#define HEAD "code,level,type,name,parent_code\n"

static struct hm_kinds *kinds;
static const struct hm_words *words;
static struct hm_arena arena;
static struct hm_units units;
static struct hm_err err;

static void setup(void)
{
    err = HM_ERR_NONE;
    words = hm_words_of(HM_LANG_EN);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, &err), HM_OK);
}

static void teardown(void)
{
    hm_kinds_close(kinds);
    hm_arena_fini(&arena);
}

static enum hm_status read_bytes(struct hm_bytes file)
{
    const struct hm_import import = {.file = file};
    err = HM_ERR_NONE;
    return hm_units_read(&units, kinds, words, &import, &arena, &err);
}

static enum hm_status read_file(const char *text)
{
    return read_bytes(hm_text(text));
}

START_TEST(a_row_has_its_code_its_parent_and_its_line)
{
    ck_assert_int_eq(read_file(HEAD "A,district,huyen,Huyện A,\n"
                                    "\n"
                                    "B-01,hamlet,ap,\"Ấp, 1\",A\n"),
                     HM_OK);

    ck_assert_uint_eq(units.count, 2);
    ck_assert_uint_eq(units.refused_count, 0);
    ck_assert(hm_bytes_are(units.rows[0].code, "A"));
    ck_assert_uint_eq(units.rows[0].parent.size, 0);
    ck_assert_uint_eq(units.rows[0].line, 2);
    ck_assert(hm_bytes_are(units.rows[1].code, "B-01"));
    ck_assert(hm_bytes_are(units.rows[1].parent, "A"));
    ck_assert(hm_bytes_are(units.rows[1].cells[3], "Ấp, 1"));
    ck_assert_uint_eq(units.rows[1].line, 4);
}
END_TEST

START_TEST(a_unit_has_its_code_system_its_lineage_and_what_it_was_called_before)
{
    ck_assert_int_eq(
        read_file("code,level,type,name,parent_code,code_system,split_from,versions\n"
                  "29182,commune,xa,Thạnh Phú,86,Mã theo Quyết định 19/2025,,"
                  "\"[{\"\"code\"\":\"\"29182\"\",\"\"code_system\"\":\"\"gso2004\"\","
                  "\"\"type\"\":\"\"thi-tran\"\",\"\"valid_from\"\":\"\"2004-07-01\"\","
                  "\"\"valid_to\"\":\"\"2025-06-30\"\"}]\"\n"
                  "29183,commune,xa,Mới,86,gso1999,,\n"),
        HM_OK);

    ck_assert_uint_eq(units.count, 2);
    ck_assert_uint_eq(units.refused_count, 1);
    ck_assert_ptr_null(units.rows[0].refused);
    ck_assert_int_eq(hm_value_tag(units.rows[0].values[7]), HM_VALUE_LIST);
    ck_assert(
        hm_bytes_are(hm_value_text_or(units.rows[0].values[5], HM_NO_BYTES), "gso2025"));
    ck_assert_str_eq(units.rows[1].refused->key, "field-enum");
}
END_TEST

START_TEST(columns_may_stand_in_any_order_and_dates_may_be_there)
{
    ck_assert_int_eq(read_file("\xEF\xBB\xBFname;code;valid_from;parent_code;type;level\n"
                               "Ấp 1;A;2025-07-01;;ap;hamlet\n"),
                     HM_OK);

    ck_assert_uint_eq(units.column_count, 6);
    ck_assert_uint_eq(units.count, 1);
    ck_assert_uint_eq(units.refused_count, 0);
    ck_assert(hm_bytes_are(units.rows[0].code, "A"));
}
END_TEST

START_TEST(headings_may_be_in_vietnamese_below_a_title_and_sums_are_left_out)
{
    ck_assert_int_eq(read_file("DANH SÁCH ẤP,,,,,\n"
                               "STT,Mã ấp,Tên ấp,Loại,Cấp,Mã cấp trên\n"
                               "1,B-01,Ấp Một,ap,hamlet,A\n"
                               "2,B-02,Ấp Hai,ap,hamlet,A\n"
                               "Tổng cộng,2,,,,\n"),
                     HM_OK);

    ck_assert_uint_eq(units.column_count, 5);
    ck_assert_uint_eq(units.count, 2);
    ck_assert_uint_eq(units.refused_count, 0);
    ck_assert(hm_bytes_are(units.rows[1].code, "B-02"));
    ck_assert_uint_eq(units.rows[1].line, 4);
}
END_TEST

START_TEST(what_is_no_table_of_units_is_refused_as_a_whole)
{
    static const struct {
        const char *text;
        const char *key;
    } rows[] = {
        {"", "csv-empty"},
        {"code,level,type,name\nA,b,c,d\n", "units-column-missing"},
        {"code,level,type,name,parent_code,colour\n", "units-column"},
        {"code,level,type,name,parent_code,code\n", "column-twice"},
        {"A,hamlet,ap,Một,\n", "column-none"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "table-xls"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_eq(read_file(rows[i].text), HM_BAD_INPUT);
        ck_assert_str_eq(err.key, rows[i].key);
    }
}
END_TEST

START_TEST(a_row_that_cannot_stand_says_why_and_the_others_are_read)
{
    static const struct {
        const char *row;
        const char *key;
    } rows[] = {
        {",hamlet,ap,Một,", "field-required"},
        {"A,,ap,Một,", "field-required"},
        {"A,hamlet,ap,,", "field-required"},
        {"~A,hamlet,ap,Một,", "field-text"},
        {"@A,hamlet,ap,Một,", "unit-form"},
        {"A,hamlet,ap,Một,,more", "units-row-wide"},
        {"A,hamlet,ap,Một\x07,", "field-text"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[512];
        (void)snprintf(text, sizeof(text), HEAD "%s\nB,hamlet,ap,Hai,\n", rows[i].row);
        ck_assert_msg(read_file(text) == HM_OK, "%s: %s", rows[i].row, err.key);
        ck_assert_uint_eq(units.count, 2);
        ck_assert_uint_eq(units.refused_count, 1);
        ck_assert_ptr_nonnull(units.rows[0].refused);
        ck_assert_msg(strcmp(units.rows[0].refused->key, rows[i].key) == 0, "%s: %s",
                      rows[i].row, units.rows[0].refused->key);
        ck_assert_ptr_null(units.rows[1].refused);
        ck_assert(hm_bytes_are(units.rows[1].code, "B"));
    }
}
END_TEST

START_TEST(of_a_row_with_two_faults_the_first_is_told)
{
    ck_assert_int_eq(read_file(HEAD ",,ap,,\n"), HM_OK);
    ck_assert_uint_eq(units.refused_count, 1);
    ck_assert_str_eq(units.rows[0].refused->arg[0], "code");

    ck_assert_int_eq(
        hm_units_refuse(&units, &units.rows[0], "units-ring", hm_text("A"), &err), HM_OK);

    ck_assert_uint_eq(units.refused_count, 1);
    ck_assert_str_eq(units.rows[0].refused->key, "field-required");
}
END_TEST

START_TEST(an_argument_that_is_too_long_is_never_cut_within_a_character)
{
    char code[3 * HM_ERR_ARG_MAX];
    size_t size = 0;
    while (size + 3 < sizeof(code)) {
        memcpy(code + size, "ấ", 3);
        size += 3;
    }
    code[size] = '\0';
    for (size_t skip = 0; skip < 3; skip++) {
        char shifted[sizeof(code) + 3] = "xx";
        memcpy(shifted + skip, code, size + 1);
        ck_assert_int_eq(read_file(HEAD "A,hamlet,ap,Một,\n"), HM_OK);
        ck_assert_int_eq(hm_units_refuse(&units, &units.rows[0], "units-twice",
                                         hm_text(shifted), &err),
                         HM_OK);
        const char *shown = units.rows[0].refused->arg[0];
        ck_assert_uint_ge(strlen(shown), HM_ERR_ARG_MAX - 4);
        ck_assert_uint_eq((strlen(shown) - skip) % 3, 0);
    }
}
END_TEST

START_TEST(many_rows_are_all_there)
{
    enum { ROWS = 1000 };
    struct hm_buf text;
    hm_buf_init(&text, HM_FILE_BYTES_MAX);
    hm_buf_put_text(&text, HEAD);
    for (int i = 0; i < ROWS; i++) {
        char row[64];
        (void)snprintf(row, sizeof(row), "U%d,hamlet,ap,Ấp %d,U%d\n", i, i, i / 10);
        hm_buf_put_text(&text, row);
    }

    ck_assert_int_eq(read_bytes(hm_buf_bytes(&text)), HM_OK);

    ck_assert_uint_eq(units.count, ROWS);
    ck_assert(hm_bytes_are(units.rows[ROWS - 1].code, "U999"));
    ck_assert(hm_bytes_are(units.rows[ROWS - 1].parent, "U99"));
    hm_buf_fini(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server/units");
    TCase *tests = tcase_create("read");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_row_has_its_code_its_parent_and_its_line);
    tcase_add_test(tests,
                   a_unit_has_its_code_system_its_lineage_and_what_it_was_called_before);
    tcase_add_test(tests, columns_may_stand_in_any_order_and_dates_may_be_there);
    tcase_add_test(tests,
                   headings_may_be_in_vietnamese_below_a_title_and_sums_are_left_out);
    tcase_add_test(tests, what_is_no_table_of_units_is_refused_as_a_whole);
    tcase_add_test(tests, a_row_that_cannot_stand_says_why_and_the_others_are_read);
    tcase_add_test(tests, of_a_row_with_two_faults_the_first_is_told);
    tcase_add_test(tests, an_argument_that_is_too_long_is_never_cut_within_a_character);
    tcase_add_test(tests, many_rows_are_all_there);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
