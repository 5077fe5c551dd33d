/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "hamlet/record/register.h"

struct given {
    const char *name;
    const char *json;
};

static struct hm_bytes get(void *ctx, const struct hm_field *field)
{
    for (const struct given *at = ctx; at->name != NULL; at++) {
        if (strcmp(at->name, field->name) == 0) {
            return raw(at->json);
        }
    }
    return HM_NO_BYTES;
}

static const char *put(const char *kind,
                       const char *reg,
                       const char *shown,
                       struct given *given)
{
    struct hm_buf out;
    const struct hm_kind_values values = {get, given};
    hm_buf_init(&out, 4096);
    hm_register_put(&out, hm_kind_register(kind_of(kind), hm_text(reg)),
                    shown == NULL ? HM_NO_BYTES : raw(shown), &values);
    ck_assert_int_eq(hm_buf_status(&out, NULL), HM_OK);
    ck_assert(hm_value_valid(hm_buf_bytes(&out)));
    const char *text = json_of(hm_arena_copy(&arena, hm_buf_bytes(&out)));
    hm_buf_fini(&out);
    return text;
}

START_TEST(one_field_of_a_group_writes_the_others_as_shown)
{
    struct given date[] = {{"signed_date", "\"2026-03-05\""}, {NULL, NULL}};

    const char *text = put("commitment", "signing",
                           "{\"signer_name\":\"An\",\"signer_relation\":\"con\"}", date);

    ck_assert_str_eq(text, "{\"signed_date\":\"2026-03-05\",\"signer_name\":\"An\","
                           "\"signer_relation\":\"con\"}");
}
END_TEST

START_TEST(members_that_this_version_does_not_know_are_copied)
{
    struct given name[] = {{"signer_name", "\"An\""}, {NULL, NULL}};

    ck_assert_str_eq(
        put("commitment", "signing", "{\"a\":1,\"signed_by\":2,\"z\":3}", name),
        "{\"a\":1,\"signed_by\":2,\"signer_name\":\"An\",\"z\":3}");
}
END_TEST

START_TEST(a_cleared_member_leaves_and_the_last_one_leaves_null)
{
    struct given clear[] = {{"signer_name", "null"}, {NULL, NULL}};
    struct given nothing[] = {{NULL, NULL}};

    ck_assert_str_eq(put("commitment", "signing",
                         "{\"signer_name\":\"An\",\"signer_relation\":\"con\"}", clear),
                     "{\"signer_relation\":\"con\"}");
    ck_assert_str_eq(put("commitment", "signing", "{\"signer_name\":\"An\"}", clear),
                     "null");
    ck_assert_str_eq(put("commitment", "signing", NULL, nothing), "null");
    ck_assert_str_eq(put("commitment", "signing", "null", nothing), "null");
}
END_TEST

START_TEST(a_field_alone_is_its_own_register)
{
    struct given note[] = {{"note", "\"a\""}, {NULL, NULL}};
    struct given clear[] = {{"note", "null"}, {NULL, NULL}};
    struct given nothing[] = {{NULL, NULL}};

    ck_assert_str_eq(put("commitment", "note", "\"b\"", note), "\"a\"");
    ck_assert_str_eq(put("commitment", "note", "\"b\"", nothing), "\"b\"");
    ck_assert_str_eq(put("commitment", "note", "\"b\"", clear), "null");
    ck_assert_str_eq(put("commitment", "note", NULL, nothing), "null");
}
END_TEST

START_TEST(a_field_is_found_in_the_value_of_its_register)
{
    struct hm_bytes signing = raw("{\"signer_name\":\"An\"}");

    ck_assert_str_eq(
        json_of(hm_register_field(signing, field_of("commitment", "signer_name"))),
        "\"An\"");
    ck_assert_str_eq(
        json_of(hm_register_field(signing, field_of("commitment", "signed_date"))), "-");
    ck_assert_str_eq(
        json_of(hm_register_field(raw("null"), field_of("commitment", "signer_name"))),
        "-");
    ck_assert_str_eq(
        json_of(hm_register_field(raw("\"x\""), field_of("commitment", "note"))),
        "\"x\"");
    ck_assert_str_eq(
        json_of(hm_register_field(raw("null"), field_of("commitment", "note"))), "-");
}
END_TEST

static const struct {
    const char *kind;
    const char *reg;
    const char *json;
    const char *value;
    const char *key;
} given_json[] = {
    {"commitment", "signing",
     "{\"signer_relation\":\"Con\",\"signed_date\":\"5/3/2026\"}",
     "{\"signed_date\":\"2026-03-05\",\"signer_relation\":\"con\"}", NULL},
    {"commitment", "signing", "{\"signer_name\":null}", "null", NULL},
    {"commitment", "signing", "{}", "null", NULL},
    {"commitment", "signing", "null", "null", NULL},
    {"commitment", "signing", "\"An\"", "-", "field-object"},
    {"commitment", "signing", "{\"note\":\"x\"}", "-", "field-unknown"},
    {"commitment", "signing", "{\"signer_relation\":\"x\"}", "-", "field-enum"},
    {"commitment", "note", "\" a \"", "\"a\"", NULL},
    {"commitment", "sheet_no", "0", "-", "field-range"},
    {"boat", "survey", "{\"built\":\"2020\",\"length\":5}",
     "{\"built\":\"2020\",\"length\":5}", NULL},
    {"boat", "survey", "{\"length\":5}", "-", "field-required"},
};

START_TEST(the_value_of_a_register_is_read_from_json)
{
    static const struct hm_json_limits limits = {4096, 6, 100};
    struct hm_json *json = NULL;
    struct hm_buf out;
    hm_buf_init(&out, 4096);
    ck_assert_int_eq(hm_json_parse(&json, hm_text(given_json[_i].json), &limits, NULL),
                     HM_OK);
    const struct hm_kind_register *reg =
        hm_kind_register(kind_of(given_json[_i].kind), hm_text(given_json[_i].reg));

    enum hm_status status = hm_register_read_json(reg, json, &out, &err);

    ck_assert_str_eq(json_of(hm_buf_bytes(&out)), given_json[_i].value);
    ck_assert_int_eq(status, given_json[_i].key == NULL ? HM_OK : HM_BAD_INPUT);
    ck_assert(given_json[_i].key == NULL || strcmp(err.key, given_json[_i].key) == 0);
    hm_buf_fini(&out);
    hm_json_free(json);
}
END_TEST

START_TEST(a_group_is_valid_when_the_members_that_are_known_are)
{
    const struct hm_kind_register *signing =
        hm_kind_register(kind_of("commitment"), hm_text("signing"));

    ck_assert(hm_register_valid(signing, raw("{\"signer_name\":\"An\"}")));
    ck_assert(hm_register_valid(signing, raw("{\"later\":[1,2]}")));
    ck_assert(!hm_register_valid(signing, raw("{\"signer_name\":\" An\"}")));
    ck_assert(!hm_register_valid(signing, raw("{\"signed_date\":5}")));
    ck_assert(!hm_register_valid(signing, raw("\"An\"")));
    ck_assert(!hm_register_valid(signing, raw("[\"An\"]")));
    ck_assert(!hm_register_valid(signing, raw("null")));
}
END_TEST

START_TEST(a_register_is_complete_with_all_its_required_fields)
{
    const struct hm_kind *boat = kind_of("boat");
    const struct hm_kind_register *survey = hm_kind_register(boat, hm_text("survey"));
    const struct hm_kind_register *name = hm_kind_register(boat, hm_text("name"));
    const struct hm_kind_register *log = hm_kind_register(boat, hm_text("log"));

    ck_assert(hm_register_complete(survey, raw("{\"built\":\"2020\"}")));
    ck_assert(!hm_register_complete(survey, raw("{\"length\":5}")));
    ck_assert(!hm_register_complete(survey, raw("null")));
    ck_assert(hm_register_complete(name, raw("\"a\"")));
    ck_assert(!hm_register_complete(name, HM_NO_BYTES));
    ck_assert(hm_register_complete(log, HM_NO_BYTES));
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("record.register");
    TCase *made = tcase_create("values");
    tcase_add_checked_fixture(made, world_start, world_finish);
    tcase_add_test(made, one_field_of_a_group_writes_the_others_as_shown);
    tcase_add_test(made, members_that_this_version_does_not_know_are_copied);
    tcase_add_test(made, a_cleared_member_leaves_and_the_last_one_leaves_null);
    tcase_add_test(made, a_field_alone_is_its_own_register);
    tcase_add_test(made, a_field_is_found_in_the_value_of_its_register);
    tcase_add_loop_test(made, the_value_of_a_register_is_read_from_json, 0,
                        COUNT(given_json));
    tcase_add_test(made, a_group_is_valid_when_the_members_that_are_known_are);
    tcase_add_test(made, a_register_is_complete_with_all_its_required_fields);
    suite_add_tcase(suite, made);
    return world_run(suite);
}
