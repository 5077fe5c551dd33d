/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/judge.h"

#include <stdio.h>

#include "world.h"

enum { WRITES_MAX = 24 };

/* A change while it is being put together; writes in ascending order of register. */
static struct hm_change change;
static struct hm_write writes[WRITES_MAX];
static struct hm_key_field keys[4];
static struct hm_bytes where;

static void begin(const char *kind, enum hm_act act, const char *role)
{
    memset(writes, 0, sizeof(writes));
    change = (struct hm_change){.act = act,
                                .role = hm_text(role),
                                .home = hm_text("29182-001"),
                                .kind = hm_text(kind),
                                .kind_version = 1,
                                .record_is_own = act == HM_ACT_CREATE,
                                .writes = writes,
                                .key_fields = keys};
}

static void add_write(const char *reg, const char *json)
{
    size_t i = change.write_count++;
    ck_assert_uint_lt(i, WRITES_MAX);
    for (; i > 0 && hm_bytes_compare(writes[i - 1].reg, hm_text(reg)) > 0; i--) {
        writes[i] = writes[i - 1];
    }
    writes[i] = (struct hm_write){
        .reg = hm_text(reg), .value = json == NULL ? HM_NO_BYTES : raw(json), .depth = 1};
}

static struct hm_write *write_of(const char *reg)
{
    for (size_t i = 0; i < change.write_count; i++) {
        if (hm_bytes_are(writes[i].reg, reg)) {
            return &writes[i];
        }
    }
    ck_abort_msg("no write of %s", reg);
    return NULL;
}

static void drop_write(const char *reg)
{
    struct hm_write *at = write_of(reg);
    change.write_count--;
    memmove(at, at + 1, (size_t)(writes + change.write_count - at) * sizeof(*at));
}

static void add_key(const char *name, const char *json)
{
    keys[change.key_field_count++] = (struct hm_key_field){hm_text(name), raw(json)};
    change.record_is_own = false;
    hm_record_id(&change.record, change.home, change.kind, keys, change.key_field_count);
}

static const char *judge_with(const struct hm_key_field *key, size_t count)
{
    ck_assert(hm_change_valid(&change));
    enum hm_reason reason = hm_kind_judge(kind_of((const char *)change.kind.data),
                                          &change, key, count, &where);
    return hm_reason_name(reason);
}

static const char *judge(void)
{
    return judge_with(NULL, 0);
}

static void begin_boat(enum hm_act act, const char *role)
{
    begin("boat", act, role);
    if (act == HM_ACT_CREATE) {
        add_key("number", "\"BT 1234\"");
        add_key("phase", "\"draft\"");
        add_write("~live", "true");
        add_write("name", "\"Sao\"");
        add_write("survey", "{\"built\":\"2020\"}");
    }
}

static const struct hm_key_field *draft(void)
{
    static struct hm_key_field key;
    key = (struct hm_key_field){hm_text("phase"), raw("\"draft\"")};
    return &key;
}

START_TEST(a_good_create_may_stand)
{
    begin_boat(HM_ACT_CREATE, "recorder");
    add_write("gear", "[\"lamp\",\"net\"]");
    add_write("log", "null"); /* over a deleted one, every register is written */

    ck_assert_str_eq(judge(), "");
    ck_assert_uint_eq(where.size, 0);
}
END_TEST

START_TEST(a_full_commitment_may_stand)
{
    begin("commitment", HM_ACT_CREATE, "recorder");
    add_key("household", "\"0123456789abcdef0123456789abcdef\"");
    add_key("year", "2026");
    add_write("~live", "true");
    add_write("act", "\"ky_cam_ket\"");
    add_write("consent_notice", "true");
    add_write("members_count", "5");
    add_write("note", "\"ký tại buổi họp ấp\"");
    add_write("row_no", "12");
    add_write("sheet_no", "3");
    add_write("signed", "\"da_ky\"");
    add_write("signing", "{\"signature\":\"2AB@@\",\"signed_date\":\"2026-03-05\","
                         "\"signer_name\":\"Nguyễn Thị Hường\","
                         "\"signer_relation\":\"chu_ho\"}");

    ck_assert_str_eq(judge(), "");
}
END_TEST

START_TEST(a_register_that_the_kind_does_not_have_is_unknown)
{
    static const char *const unknown[] = {"colour", "length", "number",
                                          "~x",     "~",      "Name"};

    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        begin_boat(HM_ACT_CREATE, "recorder");
        add_write(unknown[i], "5");
        ck_assert_str_eq(judge(), "unknown_field");
        ck_assert(hm_bytes_are(where, unknown[i]));
    }
}
END_TEST

static const struct {
    const char *reg;
    const char *json;
} invalid[] = {
    {"name", "\" Sao\""},
    {"name", "\"Sao sao sao\""},
    {"name", "5"},
    {"survey", "{\"length\":-6}"},
    {"survey", "\"2020\""},
    {"survey", "{\"built\":\"2020-02-30\"}"},
    {"sound", "1"},
    {"gear", "[\"net\",\"lamp\"]"},
    {"crew", "[{\"count\":5}]"},
    {"ports", "[]"},
    {"owner", "\"x\""},
    {"mark", "\"2@\""},
    {"log", "\"a\\r\\nb\""},
    {"~live", "false"},
    {"~live", "null"},
    {"~live", "\"true\""},
    {"~why", "\"\""},
    {"~why", "\" a\""},
    {"~why", "5"},
    {"~alias", "\"0123456789abcdef0123456789abcdef\""},
};

START_TEST(a_value_that_we_would_not_have_written_is_invalid)
{
    begin_boat(HM_ACT_EDIT, "recorder");
    add_write(invalid[_i].reg, invalid[_i].json);

    ck_assert_str_eq(judge_with(draft(), 1), "invalid");
    ck_assert(hm_bytes_are(where, invalid[_i].reg));
}
END_TEST

START_TEST(a_required_field_is_never_cleared)
{
    begin_boat(HM_ACT_EDIT, "recorder");
    add_write("name", "null");
    ck_assert_str_eq(judge_with(draft(), 1), "invalid");

    begin_boat(HM_ACT_EDIT, "recorder");
    add_write("survey", "null");
    ck_assert_str_eq(judge_with(draft(), 1), "invalid");

    begin_boat(HM_ACT_EDIT, "recorder");
    add_write("survey", "{\"length\":5}");
    ck_assert_str_eq(judge_with(draft(), 1), "invalid");

    begin_boat(HM_ACT_EDIT, "recorder");
    add_write("log", "null");
    ck_assert_str_eq(judge_with(draft(), 1), "");
}
END_TEST

START_TEST(a_create_without_a_required_field_lacks_it)
{
    begin_boat(HM_ACT_CREATE, "recorder");
    write_of("name")->value = raw("null");
    ck_assert_str_eq(judge(), "missing");
    ck_assert(hm_bytes_are(where, "name"));

    begin_boat(HM_ACT_CREATE, "recorder");
    drop_write("survey");
    ck_assert_str_eq(judge(), "missing");
    ck_assert(hm_bytes_are(where, "survey"));

    begin_boat(HM_ACT_CREATE, "recorder");
    write_of("survey")->value = raw("{\"length\":5}");
    ck_assert_str_eq(judge(), "missing");

    begin("household", HM_ACT_CREATE, "recorder");
    add_write("head_name", "\"An\"");
    ck_assert_str_eq(judge(), "missing");
    ck_assert(hm_bytes_are(where, "address_text"));
}
END_TEST

START_TEST(a_role_without_the_right_is_refused)
{
    static const char *const roles[] = {"viewer", "unit_officer", "server", "king"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        begin_boat(HM_ACT_CREATE, roles[i]);
        ck_assert_str_eq(judge(), "role");
    }

    begin_boat(HM_ACT_CREATE, "recorder");
    add_write("inspector", "\"An\"");
    ck_assert_str_eq(judge(), "role");
    ck_assert(hm_bytes_are(where, "inspector"));

    begin_boat(HM_ACT_CREATE, "commune_officer");
    add_write("inspector", "\"An\"");
    ck_assert_str_eq(judge(), "");
}
END_TEST

START_TEST(rights_that_depend_on_the_key_are_judged_by_it)
{
    struct hm_key_field final = {hm_text("phase"), raw("\"final\"")};

    begin("boat", HM_ACT_CREATE, "recorder");
    add_key("number", "\"BT 1234\"");
    add_key("phase", "\"final\"");
    add_write("name", "\"Sao\"");
    add_write("survey", "{\"built\":\"2020\"}");
    ck_assert_str_eq(judge_with(draft(), 1), "role"); /* of a create its own key counts */

    begin_boat(HM_ACT_EDIT, "recorder");
    add_write("log", "\"a\"");
    ck_assert_str_eq(judge_with(draft(), 1), "");
    ck_assert_str_eq(judge_with(&final, 1), "role");
    ck_assert_str_eq(judge_with(NULL, 0), "role"); /* not known: it may be the other */

    begin("evaluation", HM_ACT_CREATE, "recorder");
    add_key("year", "2026");
    add_key("stage", "\"tham_dinh\"");
    ck_assert_str_eq(judge(), "role");
}
END_TEST

START_TEST(the_key_of_a_create_must_be_the_kinds_own)
{
    begin_boat(HM_ACT_CREATE, "recorder");
    change.record.at[0] ^= 1; /* an id that the key does not give */
    ck_assert_str_eq(judge(), "bad_key");

    begin_boat(HM_ACT_CREATE, "recorder");
    change.home = hm_text("29182-002"); /* the id of another unit's record */
    ck_assert_str_eq(judge(), "bad_key");

    begin_boat(HM_ACT_CREATE, "recorder");
    change.record_is_own = true;
    ck_assert_str_eq(judge(), "bad_key");
}
END_TEST

static const struct {
    const char *names[3];
    const char *values[3];
    const char *where;
} bad_keys[] = {
    {{"phase", "number"}, {"\"draft\"", "\"1\""}, "number"},
    {{"number", "phase"}, {"\"1 \"", "\"draft\""}, "number"},
    {{"number", "phase"}, {"\"~\"", "\"draft\""}, "number"},
    {{"number", "phase"}, {"null", "\"draft\""}, "number"},
    {{"number"}, {"\"1\""}, ""},
    {{"number", "name"}, {"\"1\"", "\"draft\""}, "phase"},
    {{"number", "phase", "name"}, {"\"1\"", "\"draft\"", "\"a\""}, ""},
};

START_TEST(key_fields_of_another_order_form_or_number_are_bad)
{
    begin("boat", HM_ACT_CREATE, "commune_officer");
    add_write("name", "\"Sao\"");
    add_write("survey", "{\"built\":\"2020\"}");
    for (int i = 0; i < 3 && bad_keys[_i].names[i] != NULL; i++) {
        add_key(bad_keys[_i].names[i], bad_keys[_i].values[i]);
    }

    /* The right depends on a key field: an officer has it in every case. */
    ck_assert_str_eq(judge(), "bad_key");
    ck_assert(hm_bytes_are(where, bad_keys[_i].where));
}
END_TEST

START_TEST(only_a_create_carries_a_key_and_only_of_a_kind_that_has_one)
{
    begin_boat(HM_ACT_EDIT, "commune_officer");
    add_key("number", "\"BT 1234\"");
    ck_assert_str_eq(judge(), "bad_key");

    begin("household", HM_ACT_CREATE, "recorder");
    add_write("address_text", "\"Ấp 2\"");
    add_write("head_name", "\"An\"");
    ck_assert_str_eq(judge(), "");
    change.record_is_own = false; /* it would take another record's place */
    ck_assert_str_eq(judge(), "bad_key");
    change.record_is_own = true;
    add_key("head_name", "\"An\"");
    ck_assert_str_eq(judge(), "bad_key");
}
END_TEST

/* What each act may write: '+' it may, else the reason is `invalid`. */
static const struct {
    enum hm_act act;
    const char *role;
    const char *may;
} acts[] = {
    {HM_ACT_EDIT, "commune_officer", "field clear alive why"},
    {HM_ACT_RESOLVE, "commune_officer", "field clear alive dead alias unalias why"},
    {HM_ACT_POLICY, "server", "field clear alive dead alias unalias why"},
    {HM_ACT_DELETE, "commune_officer", "dead why"},
    {HM_ACT_MERGE, "commune_officer", "alias why"},
    {HM_ACT_WITHDRAW, "recorder", "why"},
    {HM_ACT_ERASE, "district_admin", "clear clear-required why dead"},
};

static const struct {
    const char *name;
    const char *reg;
    const char *json;
} parts[] = {
    {"field", "log", "\"a\""},
    {"clear", "log", "null"},
    {"clear-required", "name", "null"},
    {"alive", "~live", "true"},
    {"dead", "~live", "false"},
    {"alias", "~alias", "\"0123456789abcdef0123456789abcdef\""},
    {"alias-none", "~alias", "\"somewhere\""},
    {"unalias", "~alias", "null"},
    {"why", "~why", "\"trùng\\nhai dòng\""},
    {"withheld", "log", NULL},
};

START_TEST(an_act_writes_only_what_belongs_to_it)
{
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char name[32];
        char may[100];
        (void)snprintf(name, sizeof(name), " %s ", parts[i].name);
        (void)snprintf(may, sizeof(may), " %s ", acts[_i].may);
        begin_boat(acts[_i].act, acts[_i].role);
        add_write(parts[i].reg, parts[i].json);
        bool fits = strstr(may, name) != NULL ||
                    (parts[i].json == NULL && strstr(may, "clear") != NULL);
        ck_assert_msg(strcmp(judge_with(draft(), 1), fits ? "" : "invalid") == 0,
                      "%s %s: %s", hm_act_name(acts[_i].act), parts[i].name,
                      judge_with(draft(), 1));
    }
}
END_TEST

START_TEST(a_withheld_value_is_taken_on_trust)
{
    begin_boat(HM_ACT_CREATE, "recorder");
    for (size_t i = 0; i < change.write_count; i++) {
        writes[i].value = HM_NO_BYTES;
    }

    ck_assert_str_eq(judge(), "");
}
END_TEST

START_TEST(the_first_reason_does_not_depend_on_the_order_of_the_writes)
{
    begin_boat(HM_ACT_CREATE, "viewer");
    change.record.at[0] ^= 1;
    drop_write("survey");
    add_write("gear", "5");
    add_write("zeal", "5");
    ck_assert_str_eq(judge(), "unknown_field");
    drop_write("zeal");
    ck_assert_str_eq(judge(), "invalid");
    write_of("gear")->value = raw("[\"net\"]");
    ck_assert_str_eq(judge(), "missing");
    add_write("survey", "{\"built\":\"2020\"}");
    ck_assert_str_eq(judge(), "role");
    change.role = hm_text("recorder");
    ck_assert_str_eq(judge(), "bad_key");
    change.record.at[0] ^= 1;
    ck_assert_str_eq(judge(), "");
}
END_TEST

START_TEST(a_reason_for_a_change_has_its_limit)
{
    char text[600];
    begin_boat(HM_ACT_DELETE, "commune_officer");
    add_write("~live", "false");

    (void)snprintf(text, sizeof(text), "\"%0501d\"", 0);
    add_write("~why", text);
    ck_assert_str_eq(judge(), "invalid");

    (void)snprintf(text, sizeof(text), "\"%0500d\"", 0);
    write_of("~why")->value = raw(text);
    ck_assert_str_eq(judge(), "");
}
END_TEST

START_TEST(where_may_be_left_out)
{
    begin_boat(HM_ACT_CREATE, "viewer");

    ck_assert_int_eq(hm_kind_judge(kind_of("boat"), &change, NULL, 0, NULL),
                     HM_REASON_ROLE);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *made = tcase_create(name);
    tcase_add_checked_fixture(made, world_start, world_finish);
    suite_add_tcase(suite, made);
    return made;
}

int main(void)
{
    Suite *suite = suite_create("record.judge");
    TCase *good = add_case(suite, "good");
    tcase_add_test(good, a_good_create_may_stand);
    tcase_add_test(good, a_full_commitment_may_stand);
    tcase_add_test(good, a_withheld_value_is_taken_on_trust);
    tcase_add_test(good, where_may_be_left_out);

    TCase *reasons = add_case(suite, "reasons");
    tcase_add_test(reasons, a_register_that_the_kind_does_not_have_is_unknown);
    tcase_add_loop_test(reasons, a_value_that_we_would_not_have_written_is_invalid, 0,
                        COUNT(invalid));
    tcase_add_test(reasons, a_required_field_is_never_cleared);
    tcase_add_test(reasons, a_create_without_a_required_field_lacks_it);
    tcase_add_test(reasons, a_role_without_the_right_is_refused);
    tcase_add_test(reasons, rights_that_depend_on_the_key_are_judged_by_it);
    tcase_add_test(reasons, the_key_of_a_create_must_be_the_kinds_own);
    tcase_add_loop_test(reasons, key_fields_of_another_order_form_or_number_are_bad, 0,
                        COUNT(bad_keys));
    tcase_add_test(reasons, only_a_create_carries_a_key_and_only_of_a_kind_that_has_one);
    tcase_add_test(reasons, the_first_reason_does_not_depend_on_the_order_of_the_writes);
    tcase_add_test(reasons, a_reason_for_a_change_has_its_limit);

    TCase *act = add_case(suite, "acts");
    tcase_add_loop_test(act, an_act_writes_only_what_belongs_to_it, 0, COUNT(acts));
    return world_run(suite);
}
