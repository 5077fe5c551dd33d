/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/embed.h"
#include "hamlet/model/value.h"

extern const struct hm_embedded hm_embedded_scene[];

/* The first way is how it stands in a store. NFD, marks, blanks, labels and aliases. */
static const char *const names[][3] = {
    {"", " ", ""},
    {"Nguyễn Văn An", "  Nguyễn Văn An ", "Nguyễn Văn An"},
    {"Út", "U\xCC\x81t", "Út "},
    {"Bảy", "Bảy", "Ba\xCC\x89y"},
};
static const char *const colours[][3] = {{"", "", " "},
                                         {"red", "Đỏ", "do"},
                                         {"green", "xl", "Xanh lá"},
                                         {"blue", "BLUE", "blue"}};
static const char *const amounts[][3] = {{"", "", ""},
                                         {"0", "000", "0"},
                                         {"7", "007", " 7 "},
                                         {"1157", "1.157", "1157"}};
static const char *const tags[][3] = {{"", "", ""},
                                      {"old", "Cũ", "old"},
                                      {"old,wet", "wet, old", "wet;old"},
                                      {"wet", "Ướt", "wet"}};
static const char *const marks[][3] = {{"", "", ""},
                                       {"good", "Tốt", "good"},
                                       {"poor", "poor", "Kém"},
                                       {"none", "none", "none"}};
static const char *const steps[][3] = {{"", "", ""},
                                       {"one", "Một", "one"},
                                       {"two", "Hai", "two"},
                                       {"three", "Ba", "THREE"}};
static const char *const states[][3] = {{"", "", ""},
                                        {"open", "Mở", "open"},
                                        {"shut", "Đóng", "shut"},
                                        {"gone", "Mất", "gone"}};

enum {
    THING_CALLED = 1,
    THING_COLOUR,
    THING_AMOUNT,
    THING_TAGS,
    THING_MARK,
    THING_NOTE,
    THING_PAIR,
    THING_REGISTERS
};
enum { CARD_STATE = 1, CARD_WORD, CARD_BOTH, CARD_REGISTERS };

static const struct scene_form forms[SCENE_KINDS] = {
    [SCENE_THING] = {"thing",
                     NULL,
                     THING_REGISTERS,
                     {"~live", "called", "colour", "amount", "tags", "mark", "note",
                      "pair"},
                     8,
                     {{"called", THING_CALLED, 0, names},
                      {"colour", THING_COLOUR, 0, colours},
                      {"amount", THING_AMOUNT, 0, amounts},
                      {"tags", THING_TAGS, 0, tags},
                      {"mark", THING_MARK, 0, marks},
                      {"note", THING_NOTE, 0, NULL},
                      {"left", THING_PAIR, 1, steps},
                      {"right", THING_PAIR, SCENE_VALUES, steps}}},
    [SCENE_CARD] = {"card",
                    "number",
                    CARD_REGISTERS,
                    {"~live", "state", "word", "both"},
                    4,
                    {{"state", CARD_STATE, 0, states},
                     {"word", CARD_WORD, 0, names},
                     {"up", CARD_BOTH, 1, steps},
                     {"down", CARD_BOTH, SCENE_VALUES, steps}}}};

const struct scene_form *scene_form(enum scene_kind kind)
{
    return &forms[kind];
}

bool scene_guarded(enum scene_kind kind, int reg)
{
    return kind == SCENE_THING && reg == THING_MARK;
}

static const struct place {
    const char *code;
    int above; /* itself: nothing is */
} places[SCENE_UNITS] = {{"100", 0}, {"101", 0},   {"101-1", 1}, {"101-2", 1},
                         {"102", 0}, {"102-1", 4}, {"102-2", 4}};

const char *scene_unit(int unit)
{
    return places[unit].code;
}

int scene_unit_find(const char *code)
{
    for (int i = 0; i < SCENE_UNITS; i++) {
        if (strcmp(places[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

int scene_above(int unit)
{
    return places[unit].above;
}

bool scene_covers(int scope, int unit)
{
    while (unit != scope && places[unit].above != unit) {
        unit = places[unit].above;
    }
    return unit == scope;
}

static const struct scene_role roles[SCENE_ROLES] = {
    {"recorder", 1, {true, true, false, false, false, false}, false},
    {"hamlet_head", 2, {true, true, true, false, true, false}, false},
    {"commune_officer", 3, {true, true, true, true, true, true}, true},
    {"district_admin", 7, {true, true, true, true, true, true}, false},
};

const struct scene_role *scene_role(const char *name)
{
    for (size_t i = 0; i < SCENE_ROLES; i++) {
        if (strcmp(roles[i].name, name) == 0) {
            return &roles[i];
        }
    }
    return NULL;
}

const struct scene_role *scene_role_beside(const struct scene_role *role)
{
    static const int beside[SCENE_ROLES] = {1, 0, 3, 2};
    return &roles[beside[role - roles]];
}

/*
 * A note begins with its number; its length is heavy-tailed, so that some fill a page of
 * their own. Half of them have no words, which a page packs apart.
 */
static void type_note(char text[SCENE_TEXT_MAX], int64_t value, unsigned way)
{
    uint64_t state = (uint64_t)value * UINT64_C(0x9E3779B97F4A7C15);
    size_t length = value % 7 == 0 ? 2400 : value % 3 == 0 ? 700 : 40;
    int at =
        snprintf(text, SCENE_TEXT_MAX, "%sn%" PRId64 " ", way % 2 == 1 ? " " : "", value);
    for (size_t i = 0; i < length; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bool blank = value % 2 == 0 && i % 6 == 5 && i + 1 < length;
        text[(size_t)at + i] =
            " abcdefghijklmnopqrstuvwxyz"[blank ? 0 : 1 + (state >> 33) % 26];
    }
    text[(size_t)at + length] = '\0';
}

void scene_type(char text[SCENE_TEXT_MAX],
                const struct scene_field *field,
                int64_t value,
                unsigned way)
{
    if (field->typed != NULL) {
        (void)snprintf(text, SCENE_TEXT_MAX, "%s", field->typed[value][way % SCENE_WAYS]);
    } else if (value == 0) {
        text[0] = '\0';
    } else {
        type_note(text, value, way);
    }
}

int64_t scene_get(const struct scene_field *field, int64_t number)
{
    return field->place == 0 ? number : number / field->place % SCENE_VALUES;
}

int64_t scene_set(const struct scene_field *field, int64_t number, int64_t value)
{
    return field->place == 0 ? value
                             : number + (value - scene_get(field, number)) * field->place;
}

static int64_t read_note(struct hm_bytes text)
{
    char typed[SCENE_TEXT_MAX];
    int64_t number = 0;
    for (size_t i = 1; i < text.size && text.data[i] >= '0' && text.data[i] <= '9'; i++) {
        number = number * 10 + (text.data[i] - '0');
    }
    type_note(typed, number, 0);
    return hm_bytes_are(text, typed) ? number : -1;
}

/* As the first way of typing would have it. */
static void show(char text[SCENE_TEXT_MAX], struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    size_t size = 0;
    struct hm_bytes said = hm_value_text_or(value, HM_NO_BYTES);
    text[0] = '\0';
    if (hm_value_tag(value) == HM_VALUE_INTEGER) {
        (void)snprintf(text, SCENE_TEXT_MAX, "%" PRId64, hm_value_int_or(value, 0));
    } else if (hm_value_tag(value) == HM_VALUE_LIST) {
        hm_value_each_init(&each, value);
        while (hm_value_each_next(&each, &name, &item)) {
            said = hm_value_text_or(item, HM_NO_BYTES);
            size += (size_t)snprintf(text + size, SCENE_TEXT_MAX - size, "%s%.*s",
                                     size == 0 ? "" : ",", (int)said.size, said.data);
        }
    } else if (said.size < SCENE_TEXT_MAX && said.size > 0) {
        memcpy(text, said.data, said.size);
        text[said.size] = '\0';
    }
}

static int64_t read_field(const struct scene_field *field, struct hm_bytes value)
{
    char text[SCENE_TEXT_MAX];
    if (value.size == 0 || hm_value_tag(value) == HM_VALUE_NULL) {
        return 0;
    }
    if (field->typed == NULL) {
        return read_note(hm_value_text_or(value, HM_NO_BYTES));
    }
    show(text, value);
    for (int64_t i = 1; i < SCENE_VALUES; i++) {
        if (strcmp(field->typed[i][0], text) == 0) {
            return i;
        }
    }
    return -1;
}

int64_t scene_read(const struct scene_form *form, int reg, struct hm_bytes value)
{
    int64_t number = 0;
    if (reg == ORACLE_ALIVE) {
        return hm_value_tag(value) == HM_VALUE_TRUE    ? 1
               : hm_value_tag(value) == HM_VALUE_FALSE ? 0
                                                       : -1;
    }
    for (int i = 0; i < form->field_count; i++) {
        const struct scene_field *field = &form->fields[i];
        if (field->reg != reg) {
            continue;
        }
        int64_t read = read_field(
            field,
            field->place == 0 ? value : hm_value_member(value, hm_text(field->name)));
        if (read < 0) {
            return -1;
        }
        number = scene_set(field, number, read);
    }
    return number;
}

static void must(enum hm_status status, const struct hm_err *err)
{
    if (status != HM_OK) {
        fprintf(stderr, "scene: %s %s %s %s\n", err->key, err->arg[0], err->arg[1],
                err->arg[2]);
        abort();
    }
}

#define ALL "[\"create\",\"edit\",\"delete\",\"resolve\",\"withdraw\",\"erase\"]"

/* Everybody may do everything, and no field is for some alone. */
static void loosen(char text[HM_KIND_FILE_MAX], struct hm_bytes json)
{
    static const char rights[] =
        "\"roles\":{\"recorder\":" ALL ",\"hamlet_head\":" ALL ",\"commune_officer\":" ALL
        ",\"district_admin\":" ALL "}}";
    static const char write[] = "\"write\":[\"commune_officer\"],";
    (void)snprintf(text, HM_KIND_FILE_MAX, "%.*s", (int)json.size, json.data);
    char *from = strstr(text, write);
    if (from != NULL) {
        memmove(from, from + strlen(write), strlen(from + strlen(write)) + 1);
    }
    from = strstr(text, "\"roles\":");
    memcpy(from, rights, sizeof(rights));
}

struct hm_kinds *scene_kinds_open(bool lax)
{
    static char text[HM_KIND_FILE_MAX];
    struct hm_err err = HM_ERR_NONE;
    struct hm_kinds *kinds = NULL;
    must(hm_kinds_open(&kinds, NULL, &err), &err);
    for (const struct hm_embedded *file = hm_embedded_scene; file->name != NULL; file++) {
        struct hm_bytes json = {file->data, file->size};
        if (lax && strcmp(file->name, "place.json") != 0) {
            loosen(text, json);
            json = hm_text(text);
        }
        must(hm_kinds_add(kinds, json, file->name, &err), &err);
    }
    return kinds;
}
