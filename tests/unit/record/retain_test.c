/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/retain.h"

#include <check.h>

#include "hamlet/base/buf.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"
#include "run.h"

START_TEST(the_year_is_a_number_or_the_beginning_of_a_date)
{
    static const struct {
        const char *text; /* null: a number */
        int64_t number;
        int64_t year; /* -1: none */
    } values[] = {{NULL, 2023, 2023},   {"2023-05-01", 0, 2023},
                  {"2023-05", 0, 2023}, {"2023", 0, 2023},
                  {"", 0, -1},          {"202", 0, -1},
                  {"nam 2023", 0, -1}};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct hm_buf value;
        int64_t year = -1;
        hm_buf_init(&value, 64);
        if (values[i].text == NULL) {
            hm_value_put_int(&value, values[i].number);
        } else {
            hm_value_put_text(&value, hm_text(values[i].text));
        }

        bool said = hm_retain_year(&year, hm_buf_bytes(&value));

        ck_assert_int_eq(said, values[i].year >= 0);
        ck_assert_int_eq(year, values[i].year);
        hm_buf_fini(&value);
    }
    int64_t year = -1;
    ck_assert(!hm_retain_year(&year, HM_NO_BYTES));
    ck_assert(!hm_retain_year(&year, hm_text("n")));
}
END_TEST

START_TEST(whole_years_pass_after_the_one_that_it_is_about)
{
    const struct hm_kind_retain two = {.years = 2};

    ck_assert(!hm_retain_over(&two, 2024, 2026));
    ck_assert(hm_retain_over(&two, 2023, 2026));
    ck_assert(!hm_retain_over(&two, 2026, 2026));
}
END_TEST

/* Whatever a kind forgets can be forgotten: the admin of the district may erase it. */
START_TEST(what_our_kinds_forget_somebody_may_erase)
{
    struct hm_kinds *kinds = NULL;
    size_t found = 0;
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, NULL), HM_OK);

    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, i);
        for (size_t k = 0; kind->retain != NULL && k < kind->retain->erase_count; k++) {
            ck_assert(hm_kind_may(kind, HM_ROLE_DISTRICT_ADMIN, HM_ACT_ERASE,
                                  hm_text(kind->retain->erase[k]->name), NULL, 0));
            found++;
        }
        for (size_t k = 0; kind->retain != NULL && k < kind->retain->after_count; k++) {
            ck_assert_ptr_nonnull(
                hm_kinds_find(kinds, hm_text(kind->retain->after[k].kind)));
        }
    }

    ck_assert_uint_gt(found, 5);
    hm_kinds_close(kinds);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.retain");
    TCase *group = tcase_create("retain");
    tcase_add_test(group, the_year_is_a_number_or_the_beginning_of_a_date);
    tcase_add_test(group, whole_years_pass_after_the_one_that_it_is_about);
    tcase_add_test(group, what_our_kinds_forget_somebody_may_erase);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
