/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/reports.h"

#include <string.h>

#include "hamlet/record/kinds.h"
#include "run.h"

static struct hm_reports *reports;
static struct hm_kinds *kinds;
static struct hm_err err;

static void setup(void)
{
    err = HM_ERR_NONE;
    ck_assert_int_eq(hm_reports_open(&reports, hm_embedded_reports, &err), HM_OK);
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, &err), HM_OK);
}

static void teardown(void)
{
    hm_kinds_close(kinds);
    hm_reports_close(reports);
}

/* ---- what is built in ---- */

static void check_field(const struct hm_kind *kind, const char *field)
{
    ck_assert_msg(field == NULL || hm_kind_field(kind, hm_text(field)) != NULL,
                  "%s has no field %s", kind->name, field);
}

static void check_wheres(const struct hm_kind *kind,
                         const struct hm_report_wheres *wheres)
{
    for (size_t i = 0; i < wheres->count; i++) {
        const struct hm_field *field = hm_kind_field(kind, hm_text(wheres->at[i].field));
        ck_assert_msg(field != NULL, "%s: %s", kind->name, wheres->at[i].field);
        for (size_t k = 0;
             field->type == HM_FIELD_TYPE_ENUM && k < wheres->at[i].is.count; k++) {
            const char *value = wheres->at[i].is.at[k];
            ck_assert_msg(hm_choices_find(&field->choices, hm_text(value)) != NULL,
                          "%s: %s is never %s", kind->name, field->name, value);
        }
    }
}

static void check_quantity(const struct hm_quantity *quantity)
{
    for (; quantity != NULL; quantity = quantity->otherwise) {
        const struct hm_kind *kind =
            quantity->kind == NULL ? NULL : hm_kinds_find(kinds, hm_text(quantity->kind));
        ck_assert(quantity->kind == NULL || kind != NULL);
        if (kind == NULL) {
            continue;
        }
        check_wheres(kind, &quantity->where);
        check_field(kind, quantity->ref);
        check_field(kind, quantity->before);
        check_field(kind, quantity->qualifier);
        check_field(kind, quantity->list.field);
        check_field(kind, quantity->life.from);
        check_field(kind, quantity->life.to);
        for (size_t i = 0; i < quantity->take.count; i++) {
            for (size_t k = 0; k < quantity->take.at[i].count; k++) {
                check_field(kind, quantity->take.at[i].at[k]);
            }
        }
    }
}

static void check_figure(const struct hm_report_figure *figure)
{
    check_quantity(figure->count);
    check_quantity(figure->among);
    check_quantity(figure->beside);
    check_quantity(figure->aim);
    if (figure->names != NULL) {
        const struct hm_kind *kind = hm_kinds_find(kinds, hm_text(figure->count->kind));
        check_field(kind, figure->names);
        ck_assert_msg(!kind->person, "%s lists persons", figure->name);
    }
}

START_TEST(what_a_built_in_report_counts_is_in_the_kinds)
{
    size_t figures = 0;

    for (size_t i = 0; i < hm_reports_count(reports); i++) {
        const struct hm_report *report = hm_reports_at(reports, i);
        for (size_t k = 0; k < report->section_count; k++) {
            for (size_t n = 0; n < report->sections[k].figure_count; n++, figures++) {
                check_figure(&report->sections[k].figures[n]);
            }
        }
    }

    ck_assert_uint_eq(hm_reports_count(reports), 12);
    ck_assert_uint_gt(figures, 100);
}
END_TEST

/* ---- what is none ---- */

#define FILE_OF(figure)                                                                  \
    "{\"report\":\"x\",\"label\":{\"vi\":\"a\",\"en\":\"a\"},\"sections\":[{\"label\":"  \
    "{\"vi\":\"a\",\"en\":\"a\"},\"figures\":[" figure "]}]}"
#define FIGURE(more) "{\"name\":\"f\",\"label\":{\"vi\":\"a\",\"en\":\"a\"}," more "}"
#define UNITS        "\"count\":{\"do\":\"units\"}"

static const struct {
    const char *json;
    const char *key;
} refused[] = {
    {"{}", "kind-missing"},
    {FILE_OF(FIGURE("\"over\":\"day\"")), "kind-missing"},
    {FILE_OF(FIGURE(UNITS ",\"oops\":1")), "kind-attribute"},
    {FILE_OF(FIGURE("\"count\":{\"do\":\"guess\"}")), "kind-type"},
    {FILE_OF(FIGURE("\"count\":{\"do\":\"sum\"}")), "kind-missing"},
    {FILE_OF(FIGURE("\"count\":{\"do\":\"units\",\"take\":[[\"a\"]]}")),
     "kind-attribute"},
    {FILE_OF(FIGURE("\"count\":{\"do\":\"base\",\"of\":{\"base\":\"b\"}}")),
     "kind-nowhere"},
    {FILE_OF(FIGURE(UNITS ",\"over\":\"each\",\"as\":\"number\"")), "kind-value"},
    {FILE_OF(FIGURE(UNITS ",\"as\":\"share\"")), "kind-value"},
    {FILE_OF(FIGURE(UNITS ",\"over\":\"never\"")), "kind-value"},
    {FILE_OF(FIGURE(UNITS) "," FIGURE(UNITS)), "kind-twice"},
    {FILE_OF(FIGURE("\"count\":{\"do\":\"records\",\"kind\":\"k\",\"where\":"
                    "[{\"field\":\"a\",\"after\":\"13-01\"}]}")),
     "kind-value"},
};

START_TEST(what_breaks_a_rule_of_the_format_is_no_report)
{
    size_t before = hm_reports_count(reports);

    enum hm_status status =
        hm_reports_add(reports, hm_text(refused[_i].json), "x.json", &err);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, refused[_i].key);
    ck_assert_uint_eq(hm_reports_count(reports), before);
}
END_TEST

START_TEST(a_report_of_the_least_is_one_and_is_not_taken_twice)
{
    const char *json = FILE_OF(FIGURE(UNITS));

    ck_assert_int_eq(hm_reports_add(reports, hm_text(json), "x.json", &err), HM_OK);
    ck_assert_ptr_nonnull(hm_reports_find(reports, hm_text("x")));
    ck_assert_int_eq(hm_reports_add(reports, hm_text(json), "y.json", &err),
                     HM_BAD_INPUT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.reports");
    TCase *tests = tcase_create("reports");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_a_built_in_report_counts_is_in_the_kinds);
    tcase_add_loop_test(tests, what_breaks_a_rule_of_the_format_is_no_report, 0,
                        (int)(sizeof(refused) / sizeof(refused[0])));
    tcase_add_test(tests, a_report_of_the_least_is_one_and_is_not_taken_twice);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
