/* SPDX-License-Identifier: Apache-2.0 */
/* Counts never lead to a person, and some things about a person have no field at all. */
#include <stdio.h>

#include "world.h"

#define LABEL(text) "\"label\":{\"vi\":\"" text "\",\"en\":\"A\"}"

static char json[4096];

static enum hm_status add(const char *name)
{
    err = HM_ERR_NONE;
    return hm_kinds_add(kinds, hm_text(json), name, &err);
}

static void make_count(const char *field)
{
    (void)snprintf(
        json, sizeof(json),
        "{\"kind\":\"count\",\"version\":1," LABEL("A") ",\"aggregate\":true,"
                                                        "\"fields\":[%s],\"roles\":{}}",
        field);
}

/* Which kinds are about persons, told without the loader: `person`, or a reference. */
static bool leads_to_person(const struct hm_kind *kind, int depth)
{
    bool leads = kind->person;
    for (size_t i = 0; i < kind->field_count && depth > 0 && !leads; i++) {
        const char *ref = kind->fields[i].ref;
        leads = ref != NULL && leads_to_person(kind_of(ref), depth - 1);
    }
    return leads;
}

START_TEST(an_aggregate_cannot_refer_to_any_kind_that_leads_to_a_person)
{
    static const char *const ways[] = {
        "{\"name\":\"who\",\"type\":\"ref\",\"kind\":\"%s\"," LABEL("A") "}",
        "{\"name\":\"who\",\"type\":\"list\",\"max\":9," LABEL(
            "A") ",\"item\":{\"type\":\"ref\",\"kind\":\"%s\"}}",
        "{\"name\":\"who\",\"type\":\"list\",\"max\":9," LABEL(
            "A") ",\"item\":{\"type\":\"object\",\"fields\":[{\"name\":\"one\",\"type\":"
                 "\"ref\",\"kind\":\"%s\"," LABEL("A") "}]}}",
    };
    char field[512];
    int persons = 0;

    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const char *name = hm_kinds_at(kinds, i)->name;
        bool leads = leads_to_person(kind_of(name), 8);
        persons += leads;
        for (size_t way = 0; leads && way < 3; way++) {
            char form[512];
            (void)snprintf(form, sizeof(form), "%s", ways[way]);
            char *mark = strstr(form, "%s");
            (void)snprintf(field, sizeof(field), "%.*s%s%s", (int)(mark - form), form,
                           name, mark + 2);
            make_count(field);
            ck_assert_msg(add("count.json") == HM_BAD_INPUT, "%s", name);
            ck_assert_str_eq(err.key, "kind-aggregate");
            ck_assert_ptr_null(hm_kinds_find(kinds, hm_text("count")));
        }
    }
    ck_assert_int_ge(persons, 3);
}
END_TEST

START_TEST(a_kind_that_comes_later_cannot_lead_an_aggregate_to_a_person)
{
    make_count("{\"name\":\"of\",\"type\":\"ref\",\"kind\":\"later\"," LABEL("A") "}");
    ck_assert_int_eq(add("count.json"), HM_OK);
    size_t before = hm_kinds_count(kinds);
    struct hm_digest digest = hm_kinds_digest(kinds);

    (void)snprintf(json, sizeof(json),
                   "{\"kind\":\"later\",\"version\":1," LABEL(
                       "A") ",\"fields\":[{\"name\":\"house\",\"type\":\"ref\",\"kind\":"
                            "\"household\"," LABEL("A") "}],\"roles\":{}}");
    ck_assert_int_eq(add("later.json"), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "kind-aggregate");

    ck_assert_uint_eq(hm_kinds_count(kinds), before);
    struct hm_digest after = hm_kinds_digest(kinds);
    ck_assert_mem_eq(&digest, &after, sizeof(digest));
    (void)kind_of("count");
}
END_TEST

START_TEST(an_aggregate_holds_no_drawing)
{
    make_count("{\"name\":\"ink\",\"type\":\"strokes\",\"max\":99," LABEL("A") "}");

    ck_assert_int_eq(add("count.json"), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "kind-aggregate");
}
END_TEST

static const struct {
    const char *name;
    const char *label;
    bool refused;
} fields[] = {
    {"cccd", "A", true},          {"head_phone", "A", true},
    {"gps", "A", true},           {"religion_code", "A", true},
    {"photo", "A", true},         {"a", "Số căn cước", true},
    {"a", "SỐ ĐIỆN THOẠI", true}, {"a", "Tôn giáo của chủ hộ", true},
    {"a", "Dân tộc", true},       {"plate", "A", false},
    {"latest", "A", false},       {"surface", "A", false},
    {"a", "Mã số", false},        {"a", "Số điện", false},
};

START_TEST(what_is_never_recorded_about_a_person_has_no_field)
{
    char field[512];
    (void)snprintf(
        field, sizeof(field),
        "{\"name\":\"%s\",\"type\":\"text\",\"max\":9,\"label\":{\"vi\":\"%s\","
        "\"en\":\"A\"}}",
        fields[_i].name, fields[_i].label);
    make_count(field);

    ck_assert_int_eq(add("count.json"), fields[_i].refused ? HM_BAD_INPUT : HM_OK);

    ck_assert(!fields[_i].refused || strcmp(err.key, "kind-private") == 0);
}
END_TEST

/* hm_kinds_open does not read the labels of the files that were compiled in. */
START_TEST(no_label_of_ours_speaks_of_what_is_never_recorded)
{
    struct hm_kinds *again = NULL;
    int added = 0;
    ck_assert_int_eq(hm_kinds_open(&again, NULL, NULL), HM_OK);
    for (int shared = 1; shared >= 0; shared--) {
        for (const struct hm_embedded *at = hm_embedded_kinds; at->name != NULL; at++) {
            if ((strcmp(at->name, "shared.json") == 0) == (shared == 1)) {
                struct hm_bytes text = {at->data, at->size};
                err = HM_ERR_NONE;
                ck_assert_msg(hm_kinds_add(again, text, at->name, &err) == HM_OK,
                              "%s: %s %s", at->name, err.arg[1], err.arg[2]);
                added++;
            }
        }
    }
    ck_assert_int_gt(added, 20);
    hm_kinds_close(again);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.private");
    TCase *tests = tcase_create("private");
    tcase_add_checked_fixture(tests, world_start, world_finish);
    tcase_add_test(tests, an_aggregate_cannot_refer_to_any_kind_that_leads_to_a_person);
    tcase_add_test(tests, a_kind_that_comes_later_cannot_lead_an_aggregate_to_a_person);
    tcase_add_test(tests, an_aggregate_holds_no_drawing);
    tcase_add_loop_test(tests, what_is_never_recorded_about_a_person_has_no_field, 0,
                        (int)(sizeof(fields) / sizeof(fields[0])));
    tcase_add_test(tests, no_label_of_ours_speaks_of_what_is_never_recorded);
    suite_add_tcase(suite, tests);
    return world_run(suite);
}
