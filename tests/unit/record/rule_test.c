/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/rule.h"

#include <stdio.h>

#include "hamlet/record/judge.h"
#include "world.h"

/* A kind with every type that rules are about; they stand in the place of the `%s`. */
#define L   "\"label\":{\"vi\":\"A\",\"en\":\"A\"}"
#define SAY "\"say\":{\"vi\":\"A\",\"en\":\"A\"}"
static const char lot[] =
    "{\"kind\":\"lot\",\"version\":3," L ",\"key\":[\"year\"],\"fields\":["
    "{\"name\":\"year\",\"type\":\"integer\",\"min\":1,\"max\":9999," L "},"
    "{\"name\":\"a\",\"type\":\"integer\",\"min\":0,\"max\":99," L "},"
    "{\"name\":\"b\",\"type\":\"integer\",\"min\":0,\"max\":99," L "},"
    "{\"name\":\"c\",\"type\":\"integer\",\"min\":0,\"max\":99," L "},"
    "{\"name\":\"from\",\"type\":\"partial_date\"," L "},"
    "{\"name\":\"to\",\"type\":\"partial_date\"," L "},"
    "{\"name\":\"one\",\"type\":\"text\",\"max\":99," L "},"
    "{\"name\":\"two\",\"type\":\"text\",\"max\":99," L "},"
    "{\"name\":\"note\",\"type\":\"text\",\"max\":99," L
    ",\"warn\":{\"vi\":\"A\",\"en\":\"A\"}},"
    "{\"name\":\"way\",\"type\":\"enum\"," L ",\"values\":["
    "{\"value\":\"x\"," L "},{\"value\":\"y\"," L "}]},"
    "{\"name\":\"sure\",\"type\":\"boolean\"," L "},"
    "{\"name\":\"rows\",\"type\":\"list\",\"max\":9," L ","
    "\"item\":{\"type\":\"object\",\"fields\":["
    "{\"name\":\"n\",\"type\":\"integer\",\"min\":0,\"max\":99," L "},"
    "{\"name\":\"m\",\"type\":\"integer\",\"min\":0,\"max\":99," L "}]}}],"
    "\"groups\":{\"pair\":[\"a\",\"b\"]},\"rules\":[%s],"
    "\"roles\":{\"recorder\":[\"create\",\"edit\",\"resolve\",\"erase\"]}}";

/* What a record is given, a JSON object of its fields. */
static struct hm_bytes record;

static struct hm_bytes get(void *ctx, const struct hm_field *field)
{
    (void)ctx;
    return hm_value_member(record, hm_text(field->name));
}

static const struct hm_kind *load(const char *rule)
{
    static char json[8192];
    const char *place = strstr(lot, "%s");
    (void)snprintf(json, sizeof(json), "%.*s%s%s", (int)(place - lot), lot, rule,
                   place + 2);
    err = HM_ERR_NONE;
    hm_kinds_close(kinds);
    kinds = NULL;
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, NULL), HM_OK);
    return hm_kinds_add(kinds, hm_text(json), "lot.json", &err) == HM_OK ? kind_of("lot")
                                                                         : NULL;
}

struct seen {
    int broken;
    int warned;
    char at[64];
};

static void note(void *ctx, const struct hm_finding *finding)
{
    struct seen *seen = ctx;
    seen->broken += !finding->warn;
    seen->warned += finding->warn;
    (void)snprintf(seen->at, sizeof(seen->at), "%s", finding->field->name);
}

static const struct {
    const char *rule;
    const char *good[4];
    const char *bad[4];
    const char *at; /* the field that the last bad one is blamed on */
} cases[] = {
    {"\"at_most\":[\"a\",\"b\"]",
     {"{\"a\":1,\"b\":1}", "{\"a\":9}", "{\"b\":0}"},
     {"{\"a\":2,\"b\":1}"},
     "a"},
    {"\"at_most\":[\"from\",\"to\"]",
     {"{\"from\":\"2026-03-05\",\"to\":\"2026-03\"}",
      "{\"from\":\"2026\",\"to\":\"2026-01\"}", "{\"to\":\"2025\"}"},
     {"{\"from\":\"2026-03-05\",\"to\":\"2026-03-04\"}",
      "{\"from\":\"2027\",\"to\":\"2026-12-31\"}"},
     "from"},
    {"\"sum\":[\"a\",\"b\"],\"of\":\"c\"",
     {"{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":9,\"b\":9}", "{\"a\":3,\"c\":3}"},
     {"{\"a\":1,\"b\":3,\"c\":3}", "{\"b\":4,\"c\":3}"},
     "a"},
    {"\"sum\":[\"a\",\"b\"],\"equal\":\"c\"",
     {"{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"c\":3}"},
     {"{\"a\":1,\"b\":1,\"c\":3}", "{\"a\":3,\"b\":1,\"c\":3}"},
     "a"},
    {"\"differ\":[\"one\",\"two\"]",
     {"{\"one\":\"An\",\"two\":\"Ân\"}", "{\"one\":\"An\"}", "{\"year\":1}"},
     {"{\"one\":\"An\",\"two\":\"An\"}"},
     "one"},
    {"\"needs\":[\"one\",\"two\"]",
     {"{\"one\":\"An\",\"two\":\"An\"}"},
     {"{\"year\":1}", "{\"one\":\"An\"}"},
     "two"},
    {"\"needs\":[\"one\"],\"if\":{\"field\":\"way\",\"is\":[\"y\"]}",
     {"{\"year\":1}", "{\"way\":\"x\"}", "{\"way\":\"y\",\"one\":\"An\"}"},
     {"{\"way\":\"y\"}"},
     "one"},
    {"\"needs\":[\"one\"],\"if\":{\"field\":\"sure\",\"is\":[\"true\"]}",
     {"{\"year\":1}", "{\"sure\":false}", "{\"sure\":true,\"one\":\"An\"}"},
     {"{\"sure\":true}"},
     "one"},
    {"\"needs\":[\"note\"],\"if\":{\"differ\":[\"one\",\"two\"]}",
     {"{\"year\":1}", "{\"one\":\"An\"}", "{\"one\":\"An\",\"two\":\"An\"}"},
     {"{\"one\":\"An\",\"two\":\"Ba\"}"},
     "note"},
    {"\"letters\":[\"one\"]",
     {"{\"one\":\"Trần Thị Ú\"}", "{\"one\":\"Y K'Ba-Lô\"}", "{\"one\":\"Ng. V. A\"}"},
     {"{\"one\":\"An 2\"}", "{\"one\":\"An;Ba\"}"},
     "one"},
    {"\"marks\":[\"one\"]",
     {"{\"one\":\"Trần Van An\"}", "{\"one\":\"An\"}", "{\"year\":1}",
      "{\"one\":\"DO AN Đ\"}"},
     {"{\"one\":\"nguyen van a\"}", "{\"one\":\"NGUYEN A\"}"},
     "one"},
    {"\"case\":[\"one\"]",
     {"{\"one\":\"Trần Văn Á\"}", "{\"one\":\"Y Moan\"}", "{\"one\":\"A\"}",
      "{\"one\":\"H'LEo\"}"},
     {"{\"one\":\"TRẦN VĂN Á\"}", "{\"one\":\"trần văn á\"}", "{\"one\":\"ÚT\"}",
      "{\"one\":\"K'ĐÍCH\"}"},
     "one"},
    {"\"between\":{\"field\":\"from\",\"of\":\"year\",\"from\":\"01-01\",\"to\":\"03-"
     "31\"}",
     {"{\"year\":2026,\"from\":\"2026-03-31\"}", "{\"year\":2026,\"from\":\"2026\"}",
      "{\"from\":\"2020-12-01\"}", "{\"year\":2026,\"from\":\"2026-02\"}"},
     {"{\"year\":2026,\"from\":\"2026-04-01\"}",
      "{\"year\":2026,\"from\":\"2025-12-31\"}", "{\"year\":2026,\"from\":\"2026-04\"}"},
     "from"},
    {"\"in\":\"rows\",\"at_most\":[\"n\",\"m\"]",
     {"{\"year\":1}", "{\"rows\":[{\"n\":1,\"m\":2},{\"n\":3}]}"},
     {"{\"rows\":[{\"n\":1,\"m\":2},{\"m\":3,\"n\":4}]}"},
     "n"},
};

START_TEST(a_rule_holds_or_is_broken_and_an_empty_field_breaks_none)
{
    char rule[512];
    (void)snprintf(rule, sizeof(rule), "{\"name\":\"r\"," SAY ",%s}", cases[_i].rule);
    const struct hm_kind *kind = load(rule);
    ck_assert_msg(kind != NULL, "%s %s", err.key, err.arg[2]);
    const struct hm_kind_values values = {get, NULL};

    for (size_t i = 0; i < 4 && cases[_i].good[i] != NULL; i++) {
        struct seen seen = {0, 0, ""};
        record = raw(cases[_i].good[i]);
        hm_kind_check(kind, &values, note, &seen);
        ck_assert_msg(seen.broken == 0, "%s", cases[_i].good[i]);
    }
    struct seen seen = {0, 0, ""};
    for (size_t i = 0; i < 4 && cases[_i].bad[i] != NULL; i++) {
        seen.broken = 0;
        record = raw(cases[_i].bad[i]);
        hm_kind_check(kind, &values, note, &seen);
        ck_assert_msg(seen.broken == 1, "%s", cases[_i].bad[i]);
    }
    ck_assert_str_eq(seen.at, cases[_i].at);
}
END_TEST

static const char *const refused[] = {
    "{\"name\":\"r\"," SAY "}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"],\"letters\":[\"one\"]}",
    "{\"name\":\"r\",\"needs\":[\"one\"]}",
    "{\"name\":\"R\"," SAY ",\"needs\":[\"one\"]}",
    "{\"name\":\"r\"," SAY ",\"needs\":[]}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"none\"]}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"],\"colour\":1}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"],\"since\":4}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"],\"since\":0}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"],\"of\":\"a\"}",
    "{\"name\":\"r\"," SAY ",\"at_most\":[\"a\"]}",
    "{\"name\":\"r\"," SAY ",\"at_most\":[\"a\",\"from\"]}",
    "{\"name\":\"r\"," SAY ",\"at_most\":[\"one\",\"two\"]}",
    "{\"name\":\"r\"," SAY ",\"sum\":[\"a\",\"b\"]}",
    "{\"name\":\"r\"," SAY ",\"sum\":[\"a\",\"b\"],\"of\":\"c\",\"equal\":\"c\"}",
    "{\"name\":\"r\"," SAY ",\"sum\":[\"a\",\"b\"],\"of\":\"one\"}",
    "{\"name\":\"r\"," SAY ",\"differ\":[\"one\",\"a\"]}",
    "{\"name\":\"r\"," SAY ",\"letters\":[\"a\"]}",
    "{\"name\":\"r\"," SAY ",\"marks\":[\"from\"]}",
    "{\"name\":\"r\"," SAY ",\"case\":[\"from\"]}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"],\"if\":{}}",
    "{\"name\":\"r\"," SAY
    ",\"needs\":[\"one\"],\"if\":{\"field\":\"way\",\"is\":[\"z\"]}}",
    "{\"name\":\"r\"," SAY
    ",\"needs\":[\"one\"],\"if\":{\"field\":\"a\",\"is\":[\"1\"]}}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"],\"if\":{\"field\":\"way\",\"is\":[]}}",
    "{\"name\":\"r\"," SAY ",\"in\":\"one\",\"needs\":[\"n\"]}",
    "{\"name\":\"r\"," SAY ",\"in\":\"rows\",\"needs\":[\"one\"]}",
    "{\"name\":\"r\"," SAY ",\"between\":{\"field\":\"from\",\"of\":\"one\",\"from\":"
    "\"01-01\",\"to\":\"03-31\"}}",
    "{\"name\":\"r\"," SAY ",\"between\":{\"field\":\"from\",\"of\":\"year\",\"from\":"
    "\"1-1\",\"to\":\"03-31\"}}",
    "{\"name\":\"r\"," SAY ",\"needs\":[\"one\"]},{\"name\":\"r\"," SAY
    ",\"needs\":[\"two\"]}",
};

START_TEST(a_rule_that_says_nothing_clear_is_no_rule)
{
    const struct hm_kind *kind = load(refused[_i]);

    ck_assert_msg(kind == NULL, "%s", refused[_i]);
    ck_assert_int_eq(err.status, HM_BAD_INPUT);
    ck_assert_ptr_null(hm_kinds_find(kinds, hm_text("lot")));
}
END_TEST

/* ---- who judges ---- */

static const char *judge(enum hm_act act,
                         uint32_t version,
                         const char *reg,
                         const char *json)
{
    static struct hm_write write;
    struct hm_key_field key = {hm_text("year"), raw("2026")};
    struct hm_bytes where;
    write = (struct hm_write){
        .reg = hm_text(reg), .value = json == NULL ? HM_NO_BYTES : raw(json), .depth = 1};
    struct hm_change change = {.act = act,
                               .role = hm_text("recorder"),
                               .home = hm_text("h"),
                               .kind = hm_text("lot"),
                               .kind_version = version,
                               .writes = &write,
                               .write_count = 1,
                               .key_fields = act == HM_ACT_CREATE ? &key : NULL,
                               .key_field_count = act == HM_ACT_CREATE ? 1 : 0};
    if (act == HM_ACT_CREATE) {
        hm_record_id(&change.record, change.home, change.kind, &key, 1);
    }
    return hm_reason_name(hm_kind_judge(kind_of("lot"), &change, &key, 1, &where));
}

START_TEST(a_server_judges_what_one_change_says_by_itself)
{
    ck_assert_ptr_nonnull(load(
        "{\"name\":\"pair\"," SAY ",\"since\":2,\"at_most\":[\"a\",\"b\"]},"
        "{\"name\":\"far\"," SAY ",\"since\":2,\"needs\":[\"one\"],\"if\":{\"field\":"
        "\"way\",\"is\":[\"y\"]}},"
        "{\"name\":\"mild\"," SAY ",\"warn\":true,\"letters\":[\"one\"]}"));

    ck_assert_str_eq(judge(HM_ACT_EDIT, 2, "pair", "{\"a\":2,\"b\":1}"), "invalid");
    ck_assert_str_eq(judge(HM_ACT_RESOLVE, 3, "pair", "{\"a\":2,\"b\":1}"), "invalid");
    ck_assert_str_eq(judge(HM_ACT_CREATE, 2, "pair", "{\"a\":2,\"b\":1}"), "invalid");
    ck_assert_str_eq(judge(HM_ACT_CREATE, 2, "way", "\"y\""), "invalid");
    ck_assert_str_eq(judge(HM_ACT_EDIT, 2, "pair", "{\"a\":1,\"b\":1}"), "");
    ck_assert_str_eq(judge(HM_ACT_EDIT, 2, "way", "\"y\""), "");
    ck_assert_str_eq(judge(HM_ACT_EDIT, 2, "one", "\"An 2\""), "");
    ck_assert_str_eq(judge(HM_ACT_CREATE, 2, "pair", NULL), "");
    ck_assert_str_eq(judge(HM_ACT_ERASE, 2, "pair", "null"), "");
}
END_TEST

START_TEST(what_an_older_version_wrote_is_not_judged_by_a_newer_rule)
{
    ck_assert_ptr_nonnull(
        load("{\"name\":\"r\"," SAY ",\"since\":3,\"at_most\":[\"a\",\"b\"]}"));

    ck_assert_str_eq(judge(HM_ACT_CREATE, 2, "pair", "{\"a\":2,\"b\":1}"), "");
    ck_assert_str_eq(judge(HM_ACT_CREATE, 3, "pair", "{\"a\":2,\"b\":1}"), "invalid");
    ck_assert_str_eq(judge(HM_ACT_CREATE, 4, "pair", "{\"a\":2,\"b\":1}"), "invalid");
}
END_TEST

/* ---- digits ---- */

static const struct {
    const char *text;
    bool warned;
} digits[] = {
    {"012345678901", true},      {"CCCD 012 345 678 901", true},
    {"sđt 0912.345.678", true},  {"123456789", true},
    {"123-456-789.", true},      {"29182-01", false},
    {"12.345.678 đồng", false},  {"năm 2026, 2027, 2028", false},
    {"05/03/2026 08:30", false}, {"123  456  789", false},
    {"1234567890123", false},    {"", false},
};

START_TEST(digits_as_of_a_document_or_telephone_are_warned_about_and_kept)
{
    char json[256];
    struct seen seen = {0, 0, ""};
    const struct hm_kind_values values = {get, NULL};
    const struct hm_kind *kind = load("");
    (void)snprintf(json, sizeof(json), "{\"note\":\"%s\",\"one\":\"%s\"}",
                   digits[_i].text, digits[_i].text);
    record = raw(json);

    hm_kind_check(kind, &values, note, &seen);

    ck_assert_int_eq(seen.broken, 0);
    ck_assert_int_eq(seen.warned,
                     digits[_i].warned); /* `one` has no warning of its own */
    ck_assert(seen.warned == 0 || strcmp(seen.at, "note") == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record.rule");
    TCase *tests = tcase_create("rules");
    tcase_add_checked_fixture(tests, world_start, world_finish);
    tcase_add_loop_test(tests, a_rule_holds_or_is_broken_and_an_empty_field_breaks_none,
                        0, (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_loop_test(tests, a_rule_that_says_nothing_clear_is_no_rule, 0,
                        (int)(sizeof(refused) / sizeof(refused[0])));
    tcase_add_test(tests, a_server_judges_what_one_change_says_by_itself);
    tcase_add_test(tests, what_an_older_version_wrote_is_not_judged_by_a_newer_rule);
    tcase_add_loop_test(tests,
                        digits_as_of_a_document_or_telephone_are_warned_about_and_kept, 0,
                        (int)(sizeof(digits) / sizeof(digits[0])));
    suite_add_tcase(suite, tests);
    return world_run(suite);
}
