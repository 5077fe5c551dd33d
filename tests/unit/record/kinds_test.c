/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>

START_TEST(every_kind_of_this_project_loads)
{
    static const char *const names[] = {"activity",
                                        "boat",
                                        "body",
                                        "commendation",
                                        "commitment",
                                        "correction",
                                        "decision",
                                        "directive",
                                        "evaluation",
                                        "external_status",
                                        "force_grade",
                                        "household",
                                        "household_result",
                                        "media",
                                        "minutes",
                                        "model",
                                        "question",
                                        "rating",
                                        "recognition",
                                        "registration",
                                        "statistic",
                                        "step",
                                        "strength",
                                        "tally",
                                        "target",
                                        "unit"};

    ck_assert_uint_eq(hm_kinds_count(kinds), sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        ck_assert_str_eq(hm_kinds_at(kinds, i)->name, names[i]);
        ck_assert_ptr_eq(hm_kinds_find(kinds, hm_text(names[i])), hm_kinds_at(kinds, i));
    }
    ck_assert_ptr_null(hm_kinds_at(kinds, hm_kinds_count(kinds)));
    ck_assert_ptr_null(hm_kinds_find(kinds, hm_text("house")));
    ck_assert_ptr_eq(hm_kinds_tree(kinds), kind_of("unit"));
}
END_TEST

/* Fields as commands.md has them: `*` required, `+` of the key, `/` of a group. */
static const struct {
    const char *kind;
    const char *fields;
} contract[] = {
    {"unit", "code+ level type name parent_code valid_from valid_to"},
    {"household", "head_name* address_text* cluster household_code status"},
    {"commitment", "household+ year+ signer_name/signing signer_relation/signing "
                   "signed_date/signing signature/signing sheet_no row_no note"},
    {"registration", "year+ reg_type+"},
    {"evaluation", "year+ stage+ result/verdict score/verdict evaluated_on/verdict"},
    {"activity", "type* date*"},
};

static void check_field(const struct hm_kind *kind, char *text)
{
    char *group = strchr(text, '/');
    size_t length = strcspn(text, "*+/");
    bool key = text[length] == '+';
    bool required = text[length] == '*';
    if (group != NULL) {
        *group++ = '\0';
    }
    text[length] = '\0';
    const struct hm_field *field = hm_kind_field(kind, hm_text(text));
    ck_assert_msg(field != NULL, "%s.%s", kind->name, text);
    ck_assert_msg(field->key == key, "%s.%s", kind->name, text);
    ck_assert_msg(field->required == (required || key), "%s.%s", kind->name, text);
    ck_assert((field->reg == NULL) == key);
    if (!key) {
        ck_assert_str_eq(field->reg->name, group == NULL ? text : group);
    }
}

START_TEST(the_kinds_have_the_fields_that_scripts_rely_on)
{
    const struct hm_kind *kind = kind_of(contract[_i].kind);
    char fields[400];
    char *rest = NULL;
    size_t required = 0;
    size_t named = 0;
    (void)snprintf(fields, sizeof(fields), "%s", contract[_i].fields);
    for (const char *at = contract[_i].fields; *at != '\0'; at++) {
        named += *at == '*' || *at == '+';
    }

    for (char *at = strtok_r(fields, " ", &rest); at != NULL;
         at = strtok_r(NULL, " ", &rest)) {
        check_field(kind, at);
    }

    for (size_t i = 0; i < kind->field_count; i++) {
        required += kind->fields[i].required;
    }
    ck_assert_uint_eq(required, named);
}
END_TEST

/* Every name that a reference or an attribute gives leads somewhere. */
START_TEST(every_reference_names_a_kind_that_is_there)
{
    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, i);
        for (size_t j = 0; j < kind->field_count; j++) {
            const char *ref = kind->fields[j].ref;
            ck_assert(ref == NULL || hm_kinds_find(kinds, hm_text(ref)) != NULL);
        }
    }
}
END_TEST

static void check_readable(const struct hm_field *field)
{
    for (size_t i = 0; i < field->choices.count; i++) {
        const struct hm_choice *choice = &field->choices.at[i];
        const char *words[] = {choice->value, choice->label.vi, choice->label.en};
        struct hm_bytes value = read_field(field, choice->value);
        for (size_t j = 0; j < 3 + choice->also_count; j++) {
            const char *word = j < 3 ? words[j] : choice->also[j - 3];
            ck_assert_msg(hm_bytes_equal(read_field(field, word), value), "%s %s",
                          field->name, word);
        }
    }
    for (size_t i = 0; i < field->members.count; i++) {
        check_readable(field->members.at[i]);
    }
    if (field->item != NULL) {
        check_readable(field->item);
    }
}

START_TEST(no_word_of_our_kinds_means_two_values)
{
    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, i);
        for (size_t j = 0; strcmp(kind->name, "boat") != 0 && j < kind->field_count;
             j++) {
            check_readable(&kind->fields[j]);
        }
    }
}
END_TEST

/* Words of fields that would name what is never stored (the law on personal data). */
START_TEST(no_field_holds_what_is_never_stored)
{
    static const char *const never[] = {
        "phone", "cccd", "cmnd",  "id_number", "gps",    "lat",          "religion",
        "ethn",  "face", "photo", "lon",       "finger", "party_member", "refus"};

    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, i);
        for (size_t j = 0; j < kind->field_count; j++) {
            for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++) {
                bool whole = strlen(never[k]) <= 3;
                const char *name = kind->fields[j].name;
                ck_assert_msg(whole ? strcmp(name, never[k]) != 0
                                    : strstr(name, never[k]) == NULL,
                              "%s.%s", kind->name, name);
            }
        }
    }
}
END_TEST

START_TEST(a_kind_is_read_as_it_is_written)
{
    const struct hm_kind *boat = kind_of("boat");
    const struct hm_field *name = field_of("boat", "name");
    const struct hm_kind_register *survey = hm_kind_register(boat, hm_text("survey"));

    ck_assert_int_eq(boat->version, 3);
    ck_assert_str_eq(boat->label.vi, "Ghe");
    ck_assert_str_eq(hm_label_text(&boat->label, HM_LANG_EN), "Boat");
    ck_assert(!boat->registry && boat->tree == NULL && boat->person);
    ck_assert_uint_eq(boat->field_count, 14);
    ck_assert_uint_eq(boat->key.count, 2);
    ck_assert_str_eq(boat->key.at[1]->name, "phase");
    ck_assert_str_eq(boat->home->name, "owner");
    ck_assert_uint_eq(boat->order.count, 3);
    ck_assert_uint_eq(boat->columns.count, 2);
    ck_assert_uint_eq(boat->search.count, 3);
    ck_assert_str_eq(name->help.vi, "như trên mạn");
    ck_assert_ptr_null(name->warn.vi);
    ck_assert_uint_eq(boat->register_count, 10);
    ck_assert(survey->group);
    ck_assert_int_eq(survey->policy, HM_KIND_POLICY_PREFER_AUTHORITY);
    ck_assert_uint_eq(survey->fields.count, 3);
    ck_assert_ptr_eq(field_of("boat", "seen")->reg, survey);
    ck_assert_ptr_null(field_of("boat", "number")->reg);
    ck_assert_int_eq(hm_kind_register(boat, hm_text("gear"))->policy,
                     HM_KIND_POLICY_UNION);
    ck_assert_ptr_null(hm_kind_register(boat, hm_text("length")));
    ck_assert_ptr_null(hm_kind_register(boat, hm_text("number")));
}
END_TEST

START_TEST(registers_stand_in_the_order_of_the_form)
{
    static const char *const names[] = {"name",  "survey", "sound", "gear", "crew",
                                        "ports", "owner",  "mark",  "log",  "inspector"};
    const struct hm_kind *boat = kind_of("boat");

    ck_assert_uint_eq(boat->register_count, sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; i < boat->register_count; i++) {
        ck_assert_str_eq(boat->registers[i].name, names[i]);
        ck_assert_uint_gt(boat->registers[i].fields.count, 0);
        for (size_t j = 0; j < boat->registers[i].fields.count; j++) {
            ck_assert_ptr_eq(boat->registers[i].fields.at[j]->reg, &boat->registers[i]);
        }
    }
}
END_TEST

START_TEST(without_columns_all_fields_are_columns)
{
    const struct hm_kind *unit = kind_of("unit");

    ck_assert_uint_eq(unit->columns.count, unit->field_count);
    ck_assert_ptr_eq(unit->columns.at[2], &unit->fields[2]);
    ck_assert_ptr_eq(unit->tree->code, &unit->fields[0]);
    ck_assert_str_eq(unit->tree->parent->name, "parent_code");
    ck_assert_str_eq(unit->tree->to->name, "valid_to");
    ck_assert(unit->registry);
}
END_TEST

#define L    "\"label\":{\"vi\":\"a\",\"en\":\"b\"}"
#define HEAD "\"kind\":\"thing\",\"version\":1," L ","
#define ONE  "{\"name\":\"one\",\"type\":\"text\",\"max\":5," L "}"
#define TWO  "{\"name\":\"two\",\"type\":\"date\"," L "}"
#define PICK                                                                             \
    "{\"name\":\"pick\",\"type\":\"enum\"," L ",\"values\":[{\"value\":\"a\"," L "},"    \
    "{\"value\":\"b\"," L "}]}"
#define ROLES       "\"roles\":{\"recorder\":[\"edit\"]}"
#define FIELDS      "\"fields\":[" ONE "," TWO "," PICK "],"
#define FIELD(text) "{" HEAD "\"fields\":[" ONE ",{" text "}]," ROLES "}"
#define NAMED(text) FIELD("\"name\":\"x\"," L "," text)
#define WITH(text)  "{" HEAD FIELDS text "," ROLES "}"

static const struct {
    const char *json;
    const char *key;
    const char *who;
    const char *what;
} refused[] = {
    /* the kind itself */
    {"[]", "kind-value", "", "{}"},
    {"{}", "kind-missing", "", "kind"},
    {"{" HEAD FIELDS ROLES ",\"colour\":1}", "kind-attribute", "thing", "colour"},
    {"{\"kind\":\"thing\",\"version\":1," FIELDS ROLES "}", "kind-missing", "thing",
     "label"},
    {"{" HEAD ROLES "}", "kind-missing", "thing", "fields"},
    {"{" HEAD "\"fields\":[" ONE "]}", "kind-missing", "thing", "roles"},
    {"{\"kind\":\"thing\",\"version\":0," L "," FIELDS ROLES "}", "kind-value", "thing",
     "version"},
    {"{\"kind\":\"thing\",\"version\":\"1\"," L "," FIELDS ROLES "}", "kind-value",
     "thing", "version"},
    {"{\"kind\":\"Thing\",\"version\":1," L "," FIELDS ROLES "}", "kind-name", "kind",
     "Thing"},
    {"{\"kind\":\"~thing\",\"version\":1," L "," FIELDS ROLES "}", "kind-name", "kind",
     "~thing"},
    {"{\"kind\":\"unit\",\"version\":1," L "," FIELDS ROLES "}", "kind-twice", "kind",
     "unit"},
    {"{\"kind\":\"thing\",\"version\":1,\"label\":{\"vi\":\"a\"}," FIELDS ROLES "}",
     "kind-missing", "thing", "en"},
    {"{\"kind\":\"thing\",\"version\":1,\"label\":{\"vi\":\"a\",\"en\":\"\"}," FIELDS
         ROLES "}",
     "kind-value", "thing", "vi, en"},
    {"{\"kind\":\"thing\",\"version\":1,\"label\":{\"vi\":\"a\",\"en\":\"b\",\"fr\":"
     "\"c\"}," FIELDS ROLES "}",
     "kind-attribute", "thing", "fr"},
    {"{" HEAD "\"fields\":[]," ROLES "}", "kind-value", "thing", "fields"},
    {"{" HEAD "\"fields\":[5]," ROLES "}", "kind-value", "thing", "{}"},
    {WITH("\"registry\":1"), "kind-value", "thing", "registry"},
    /* fields */
    {FIELD("\"type\":\"date\"," L), "kind-missing", "thing", "name"},
    {FIELD("\"name\":\"x\",\"type\":\"date\""), "kind-missing", "x", "label"},
    {FIELD("\"name\":\"x\"," L), "kind-missing", "x", "type"},
    {FIELD("\"name\":\"one\",\"type\":\"date\"," L), "kind-twice", "thing", "one"},
    {FIELD("\"name\":\"~live\",\"type\":\"date\"," L), "kind-name", "thing", "~live"},
    {FIELD("\"name\":\"~x\",\"type\":\"date\"," L), "kind-name", "thing", "~x"},
    {FIELD("\"name\":\"id\",\"type\":\"date\"," L), "kind-name", "thing", "id"},
    {FIELD("\"name\":\"unit\",\"type\":\"date\"," L), "kind-name", "thing", "unit"},
    {FIELD("\"name\":\"1st\",\"type\":\"date\"," L), "kind-name", "thing", "1st"},
    {FIELD("\"name\":\"\",\"type\":\"date\"," L), "kind-name", "thing", ""},
    {FIELD("\"name\":\"a b\",\"type\":\"date\"," L), "kind-name", "thing", "a b"},
    {FIELD("\"name\":\"a234567890123456789012345678901234567890x\",\"type\":\"date\"," L),
     "kind-name", "thing", "a234567890123456789012345678901234567890x"},
    {NAMED("\"type\":\"float\""), "kind-type", "x", "float"},
    {NAMED("\"type\":\"object\",\"fields\":[" ONE "]"), "kind-type", "x", "object"},
    {NAMED("\"type\":5"), "kind-value", "thing", "type"},
    {NAMED("\"type\":\"date\",\"colour\":1"), "kind-attribute", "thing", "colour"},
    {NAMED("\"type\":\"date\",\"max\":5"), "kind-attribute", "x", "max"},
    {NAMED("\"type\":\"date\",\"lines\":true"), "kind-attribute", "x", "lines"},
    {NAMED("\"type\":\"date\",\"width\":5"), "kind-attribute", "x", "width"},
    {NAMED("\"type\":\"text\",\"max\":5,\"width\":21"), "kind-value", "x", "width"},
    {NAMED("\"type\":\"text\",\"max\":5,\"width\":-1"), "kind-value", "x", "width"},
    {NAMED("\"type\":\"date\",\"also\":\"x\""), "kind-value", "thing", "also"},
    {NAMED("\"type\":\"date\",\"also\":[5]"), "kind-value", "x", "[]"},
    {NAMED("\"type\":\"text\",\"max\":5,\"plain\":true"), "kind-attribute", "x", "plain"},
    {NAMED("\"type\":\"text\",\"min\":1,\"max\":5"), "kind-attribute", "x", "min"},
    {NAMED("\"type\":\"text\""), "kind-missing", "x", "max"},
    {NAMED("\"type\":\"text\",\"max\":0"), "kind-value", "x", "max"},
    {NAMED("\"type\":\"text\",\"max\":8001"), "kind-value", "x", "max"},
    {NAMED("\"type\":\"text\",\"max\":5,\"required\":1"), "kind-value", "thing",
     "required"},
    {NAMED("\"type\":\"text\",\"max\":5,\"help\":\"h\""), "kind-value", "thing", "help"},
    {NAMED("\"type\":\"text\",\"max\":5,\"warn\":{}"), "kind-missing", "x", "vi"},
    {NAMED("\"type\":\"integer\",\"max\":5"), "kind-missing", "x", "min"},
    {NAMED("\"type\":\"integer\",\"min\":5"), "kind-missing", "x", "max"},
    {NAMED("\"type\":\"integer\",\"min\":6,\"max\":5"), "kind-value", "x", "max"},
    {NAMED("\"type\":\"enum\""), "kind-missing", "x", "values"},
    {NAMED("\"type\":\"enum\",\"values\":[]"), "kind-value", "x", "values"},
    {NAMED("\"type\":\"enum\",\"values\":[{\"value\":\"a\"}]"), "kind-missing", "x",
     "label"},
    {NAMED("\"type\":\"enum\",\"values\":[{" L "}]"), "kind-missing", "x", "value"},
    {NAMED("\"type\":\"enum\",\"values\":[{\"value\":\"A\"," L "}]"), "kind-name", "x",
     "A"},
    {NAMED("\"type\":\"enum\",\"values\":[{\"value\":\"a\"," L "},{\"value\":\"a\"," L
           "}]"),
     "kind-twice", "x", "a"},
    {NAMED("\"type\":\"enum\",\"values\":[{\"value\":\"a\"," L ",\"also\":[\"\"]}]"),
     "kind-value", "x", "[]"},
    {NAMED("\"type\":\"enum\",\"values\":[{\"value\":\"a\"," L ",\"not\":1}]"),
     "kind-attribute", "x", "not"},
    {NAMED("\"type\":\"boolean\",\"values\":[{\"value\":\"true\"," L "}]"), "kind-value",
     "x", "true, false"},
    {NAMED("\"type\":\"ref\""), "kind-missing", "x", "kind"},
    {NAMED("\"type\":\"ref\",\"kind\":\"A b\""), "kind-name", "x", "A b"},
    {NAMED("\"type\":\"strokes\""), "kind-missing", "x", "max"},
    {NAMED("\"type\":\"strokes\",\"max\":32001"), "kind-value", "x", "max"},
    {NAMED("\"type\":\"list\",\"max\":5"), "kind-missing", "x", "item"},
    {NAMED("\"type\":\"list\",\"item\":{\"type\":\"date\"}"), "kind-missing", "x", "max"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"type\":\"date\"," L "}"),
     "kind-attribute", "x", "label"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"name\":\"y\",\"type\":\"date\"}"),
     "kind-attribute", "x", "name"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"type\":\"date\",\"required\":true}"),
     "kind-attribute", "x", "required"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"type\":\"strokes\",\"max\":5}"),
     "kind-type", "x", "strokes"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"type\":\"list\",\"max\":5,\"item\":{"
           "\"type\":\"date\"}}"),
     "kind-type", "x", "list"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"type\":\"object\"}"), "kind-missing",
     "x", "fields"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"type\":\"object\",\"fields\":[" ONE
           "," ONE "]}"),
     "kind-twice", "x", "one"},
    {NAMED("\"type\":\"list\",\"max\":5,\"item\":{\"type\":\"object\",\"fields\":[{"
           "\"name\":\"y\",\"type\":\"date\"," L ",\"write\":[\"recorder\"]}]}"),
     "kind-attribute", "y", "write"},
    {NAMED("\"type\":\"date\",\"write\":[\"boss\"]"), "kind-role", "x", "boss"},
    {NAMED("\"type\":\"date\",\"write\":[]"), "kind-value", "x", "[]"},
    /* key, groups, policies */
    {WITH("\"key\":[\"three\"]"), "kind-nowhere", "key", "three"},
    {WITH("\"key\":[\"one\",\"one\"]"), "kind-twice", "key", "one"},
    {WITH("\"key\":[]"), "kind-value", "key", "[]"},
    {FIELD("\"name\":\"x\",\"type\":\"strokes\",\"max\":5," L "}],\"key\":[\"x\"],"
           "\"search\":[\"one\"],\"groups\":{\"g\":[\"one\",\"x\"]},\"order\":[{"),
     "kind-key", "thing", "x"},
    {WITH("\"groups\":{\"g\":[\"one\"]}"), "kind-value", "g", "[]"},
    {WITH("\"groups\":{\"g\":[\"one\",\"three\"]}"), "kind-nowhere", "g", "three"},
    {WITH("\"groups\":{\"g\":[\"one\",\"two\"],\"h\":[\"two\",\"pick\"]}"), "kind-group",
     "h", "two"},
    {WITH("\"groups\":{\"one\":[\"two\",\"pick\"]}"), "kind-name", "thing", "one"},
    {WITH("\"groups\":{\"~g\":[\"two\",\"pick\"]}"), "kind-name", "thing", "~g"},
    {WITH("\"key\":[\"one\"],\"groups\":{\"g\":[\"one\",\"two\"]}"), "kind-group", "g",
     "one"},
    {"{" HEAD "\"fields\":[" ONE "," PICK ",{\"name\":\"x\",\"type\":\"date\"," L
     ",\"write\":[\"recorder\"]}],\"groups\":{\"g\":[\"one\",\"x\"]}," ROLES "}",
     "kind-group", "g", "x"},
    {"{" HEAD "\"fields\":[" ONE "," PICK ",{\"name\":\"x\",\"type\":\"date\"," L
     ",\"write\":[\"recorder\"]}],\"key\":[\"x\"]," ROLES "}",
     "kind-key", "thing", "x"},
    {WITH("\"policies\":{\"three\":\"max\"}"), "kind-nowhere", "policies", "three"},
    {WITH("\"policies\":{\"two\":\"newest\"}"), "kind-value", "policies", "two"},
    {WITH("\"policies\":{\"one\":\"max\"}"), "kind-value", "policies", "one"},
    {WITH("\"policies\":{\"two\":\"union\"}"), "kind-value", "policies", "two"},
    /* lists, home, tree */
    {WITH("\"order\":[\"three\"]"), "kind-nowhere", "order", "three"},
    {WITH("\"search\":[\"three\"]"), "kind-nowhere", "search", "three"},
    {WITH("\"duplicates\":{\"name\":\"three\",\"certain\":[\"two\"]}"), "kind-nowhere",
     "duplicates", "three"},
    {WITH("\"duplicates\":{\"name\":\"one\"}"), "kind-value", "thing", "duplicates"},
    {WITH("\"duplicates\":{\"name\":\"one\",\"certain\":[\"two\"],\"not\":\"two\"}"),
     "kind-nowhere", "duplicates", "two"},
    {WITH("\"columns\":[\"three\"]"), "kind-nowhere", "columns", "three"},
    {WITH("\"retain\":{\"of\":\"three\",\"years\":2,\"erase\":[\"two\"]}"),
     "kind-nowhere", "retain", "three"},
    {WITH("\"retain\":{\"years\":2,\"erase\":[\"two\"]}"), "kind-missing", "retain",
     "of"},
    {WITH("\"separate\":\"three\""), "kind-nowhere", "separate", "three"},
    {WITH("\"separate\":\"one\""), "kind-nowhere", "separate", "one"},
    {WITH("\"columns\":[5]"), "kind-nowhere", "columns", ""},
    {WITH("\"person\":true"), "kind-value", "thing", "person"},
    {WITH("\"person\":true,\"order\":[\"two\"]"), "kind-value", "thing", "person"},
    {"{" HEAD "\"fields\":[" ONE ",{\"name\":\"x\",\"type\":\"strokes\",\"max\":5," L
     "}],\"order\":[\"x\"]," ROLES "}",
     "kind-nowhere", "order", "x"},
    {WITH("\"home\":\"three\""), "kind-nowhere", "home", "three"},
    {WITH("\"home\":\"one\""), "kind-nowhere", "home", "one"},
    {WITH("\"tree\":{\"code\":\"one\"}"), "kind-missing", "tree", "parent"},
    {WITH("\"key\":[\"one\"],\"tree\":{\"code\":\"one\",\"parent\":\"two\",\"level\":"
          "\"two\",\"type\":\"two\",\"name\":\"two\",\"from\":\"two\",\"to\":\"three\"}"),
     "kind-nowhere", "tree", "three"},
    {WITH("\"tree\":{\"code\":\"one\",\"parent\":\"two\",\"level\":\"two\",\"type\":"
          "\"two\",\"name\":\"two\",\"from\":\"two\",\"to\":\"two\"}"),
     "kind-key", "tree", "one"},
    {WITH("\"key\":[\"one\"],\"tree\":{\"code\":\"one\",\"parent\":\"two\",\"level\":"
          "\"two\",\"type\":\"two\",\"name\":\"two\",\"from\":\"two\",\"to\":\"two\"}"),
     "kind-twice", "tree", "thing"},
    {WITH("\"key\":[\"one\"],\"tree\":{\"code\":\"one\",\"parent\":\"two\",\"level\":"
          "\"two\",\"type\":\"two\",\"name\":\"two\",\"from\":\"two\",\"to\":\"two\","
          "\"widths\":{\"s\":{\"l\":21}}}"),
     "kind-value", "tree", "widths"},
    /* rights */
    {"{" HEAD FIELDS "\"roles\":{\"boss\":[\"edit\"]}}", "kind-role", "roles", "boss"},
    {"{" HEAD FIELDS "\"roles\":{\"recorder\":[\"burn\"]}}", "kind-role", "recorder",
     "burn"},
    {"{" HEAD FIELDS "\"roles\":{\"server\":[\"policy\"]}}", "kind-role", "server",
     "policy"},
    {"{" HEAD FIELDS "\"roles\":{\"recorder\":[]}}", "kind-value", "roles", "recorder"},
    {"{" HEAD FIELDS "\"roles\":{\"recorder\":\"edit\"}}", "kind-value", "roles",
     "recorder"},
    {WITH("\"when\":[{\"field\":\"pick\",\"value\":\"a\",\"roles\":{}}]"), "kind-nowhere",
     "when", "pick"},
    {WITH(
         "\"key\":[\"one\"],\"when\":[{\"field\":\"one\",\"value\":\"a\",\"roles\":{}}]"),
     "kind-nowhere", "when", "one"},
    {WITH("\"key\":[\"pick\"],\"when\":[{\"field\":\"pick\",\"value\":\"c\",\"roles\":{}}"
          "]"),
     "kind-nowhere", "when", "c"},
    {WITH("\"key\":[\"pick\"],\"when\":[{\"field\":\"pick\",\"value\":\"a\"}]"),
     "kind-missing", "when", "roles"},
    {WITH("\"key\":[\"pick\"],\"when\":[5]"), "kind-value", "when", "{}"},
    /* the shared file */
    {"{\"shared\":{}}", "kind-missing", "shared", "boolean"},
    {"{\"shared\":{\"boolean\":[],\"date\":[],\"strokes\":{},\"x\":1}}", "kind-attribute",
     "shared", "x"},
};

START_TEST(a_file_that_breaks_a_rule_is_refused_by_name)
{
    size_t before = hm_kinds_count(kinds);

    enum hm_status status =
        hm_kinds_add(kinds, hm_text(refused[_i].json), "thing.json", &err);

    ck_assert_msg(status == HM_BAD_INPUT, "%s", refused[_i].json);
    ck_assert_msg(strcmp(err.key, refused[_i].key) == 0, "%s: %s %s %s", err.key,
                  err.arg[1], err.arg[2], refused[_i].json);
    ck_assert_str_eq(err.arg[0], "thing.json");
    ck_assert_msg(strcmp(err.arg[1], refused[_i].who) == 0, "%s not %s: %s", err.arg[1],
                  refused[_i].who, refused[_i].json);
    ck_assert_msg(strcmp(err.arg[2], refused[_i].what) == 0, "%s not %s: %s", err.arg[2],
                  refused[_i].what, refused[_i].json);
    ck_assert_uint_eq(hm_kinds_count(kinds), before);
}
END_TEST

START_TEST(the_pieces_of_the_refused_files_are_good_themselves)
{
    enum hm_status status =
        hm_kinds_add(kinds, hm_text("{" HEAD FIELDS ROLES "}"), "thing.json", &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_uint_eq(kind_of("thing")->field_count, 3);
}
END_TEST

START_TEST(a_file_that_is_no_json_or_too_large_is_refused)
{
    static char large[HM_KIND_FILE_MAX + 2];
    memset(large, ' ', sizeof(large) - 1);

    ck_assert_int_eq(hm_kinds_add(kinds, hm_text("{"), "x", NULL), HM_BAD_INPUT);
    ck_assert_int_eq(hm_kinds_add(kinds, hm_text("{\"a\":1,\"a\":1}"), "x", NULL),
                     HM_BAD_INPUT);
    ck_assert_int_eq(hm_kinds_add(kinds, hm_text(large), "x", NULL), HM_TOO_BIG);
}
END_TEST

START_TEST(kinds_that_were_handed_out_stay_where_they_are)
{
    const struct hm_kind *boat = kind_of("boat");
    const struct hm_field *name = field_of("boat", "name");

    ck_assert_int_eq(hm_kinds_add(kinds, hm_text("{" HEAD FIELDS ROLES "}"), "x", NULL),
                     HM_OK);

    ck_assert_ptr_eq(kind_of("boat"), boat);
    ck_assert_ptr_eq(field_of("boat", "name"), name);
}
END_TEST

START_TEST(a_broken_file_in_the_table_opens_nothing)
{
    static const unsigned char bad[] = "{}";
    const struct hm_embedded table[] = {{"bad.json", bad, 2}, {NULL, NULL, 0}};
    struct hm_kinds *made = NULL;

    enum hm_status status = hm_kinds_open(&made, table, &err);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_ptr_null(made);
    ck_assert_str_eq(err.arg[0], "bad.json");
}
END_TEST

START_TEST(there_may_be_no_kinds_at_all)
{
    struct hm_kinds *made = NULL;

    ck_assert_int_eq(hm_kinds_open(&made, NULL, &err), HM_OK);

    ck_assert_uint_eq(hm_kinds_count(made), 0);
    ck_assert_ptr_null(hm_kinds_tree(made));
    ck_assert_ptr_null(hm_kinds_find(made, hm_text("boat")));
    hm_kinds_close(made);
    hm_kinds_close(NULL);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("record.kinds");
    TCase *ours = tcase_create("ours");
    tcase_add_checked_fixture(ours, world_start, world_finish);
    tcase_add_test(ours, every_kind_of_this_project_loads);
    tcase_add_loop_test(ours, the_kinds_have_the_fields_that_scripts_rely_on, 0,
                        COUNT(contract));
    tcase_add_test(ours, every_reference_names_a_kind_that_is_there);
    tcase_add_test(ours, no_word_of_our_kinds_means_two_values);
    tcase_add_test(ours, no_field_holds_what_is_never_stored);
    suite_add_tcase(suite, ours);

    TCase *file = tcase_create("file");
    tcase_add_checked_fixture(file, world_start, world_finish);
    tcase_add_test(file, a_kind_is_read_as_it_is_written);
    tcase_add_test(file, registers_stand_in_the_order_of_the_form);
    tcase_add_test(file, without_columns_all_fields_are_columns);
    tcase_add_loop_test(file, a_file_that_breaks_a_rule_is_refused_by_name, 0,
                        COUNT(refused));
    tcase_add_test(file, the_pieces_of_the_refused_files_are_good_themselves);
    tcase_add_test(file, a_file_that_is_no_json_or_too_large_is_refused);
    tcase_add_test(file, kinds_that_were_handed_out_stay_where_they_are);
    tcase_add_test(file, a_broken_file_in_the_table_opens_nothing);
    tcase_add_test(file, there_may_be_no_kinds_at_all);
    suite_add_tcase(suite, file);
    return world_run(suite);
}
