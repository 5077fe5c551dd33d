/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/base/hash.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/strokes.h"
#include "hamlet/text/normal.h"

#include "alike.h"
#include "date.h"
#include "read.h"

/* Points of a drawing are longer in JSON than as strokes, five times at the worst. */
#define TYPED_MAX ((size_t)8 * HM_FIELD_BYTES_MAX)

static const struct hm_json_limits json_limits = {.size_max = TYPED_MAX,
                                                  .depth_max = HM_VALUE_DEPTH_MAX,
                                                  .values_max = 65536};

enum { NUMBER_SIZE = 24, CHOICES_SIZE = HM_ERR_ARG_MAX };

/* The values that would have been right, as far as they fit into a line. */
static void list_choices(char *text, const struct hm_field *field)
{
    const struct hm_choices *choices = &field->choices;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < choices->count; i++) {
        size_t size = strlen(choices->at[i].value);
        if (used + size + 2 >= CHOICES_SIZE) {
            break;
        }
        if (used > 0) {
            text[used++] = ',';
            text[used++] = ' ';
        }
        memcpy(text + used, choices->at[i].value, size + 1);
        used += size;
    }
}

enum hm_status hm_read_refuse(const struct hm_field *field, struct hm_err *err)
{
    static const char *const keys[HM_FIELD_TYPE_COUNT] = {
        [HM_FIELD_TYPE_TEXT] = "field-text",
        [HM_FIELD_TYPE_INTEGER] = "field-integer",
        [HM_FIELD_TYPE_BOOLEAN] = "field-boolean",
        [HM_FIELD_TYPE_DATE] = "field-date",
        [HM_FIELD_TYPE_PARTIAL_DATE] = "field-partial-date",
        [HM_FIELD_TYPE_ENUM] = "field-enum",
        [HM_FIELD_TYPE_SET] = "field-set",
        [HM_FIELD_TYPE_LIST] = "field-list",
        [HM_FIELD_TYPE_OBJECT] = "field-object",
        [HM_FIELD_TYPE_REF] = "field-ref",
        [HM_FIELD_TYPE_STROKES] = "field-strokes",
    };
    char choices[CHOICES_SIZE];
    list_choices(choices, field);
    return hm_fail(err, HM_BAD_INPUT, keys[field->type], field->name, choices, NULL);
}

enum hm_status hm_read_too_long(const struct hm_field *field,
                                size_t length,
                                struct hm_err *err)
{
    char has[NUMBER_SIZE];
    char most[NUMBER_SIZE];
    (void)snprintf(has, sizeof(has), "%zu", length);
    (void)snprintf(most, sizeof(most), "%" PRId64, field->max);
    return hm_fail(err, HM_BAD_INPUT, "field-long", field->name, has, most);
}

enum hm_status hm_read_integer(const struct hm_field *field,
                               int64_t number,
                               struct hm_buf *out,
                               struct hm_err *err)
{
    char least[NUMBER_SIZE];
    char most[NUMBER_SIZE];
    if (number >= field->min && number <= field->max) {
        hm_value_put_int(out, number);
        return HM_OK;
    }
    (void)snprintf(least, sizeof(least), "%" PRId64, field->min);
    (void)snprintf(most, sizeof(most), "%" PRId64, field->max);
    return hm_fail(err, HM_BAD_INPUT, "field-range", field->name, least, most);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/*
 * Points only between groups of three, the first of one to three and not a bare zero:
 * 0.157 is how a spreadsheet of another country writes a fraction.
 */
static bool points_fit(struct hm_bytes digits)
{
    size_t run = 0;
    bool pointed = false;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] != '.') {
            run++;
            continue;
        }
        if (pointed ? run != 3 : run == 0 || run > 3 || digits.data[0] == '0') {
            return false;
        }
        pointed = true;
        run = 0;
    }
    return !pointed || run == 3;
}

static bool number_of(struct hm_bytes text, int64_t *number)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    struct hm_bytes digits = {text.data + negative, text.size - negative};
    int64_t sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (is_digit(digits.data[i])) {
            sum = sum * 10 + (digits.data[i] - '0');
            count++;
        } else if (digits.data[i] != '.') {
            return false;
        }
        if (sum > HM_INTEGER_MOST) {
            return false;
        }
    }
    *number = negative ? -sum : sum;
    return count > 0 && points_fit(digits);
}

static bool choice_is(struct hm_alike *alike, const struct hm_choice *choice)
{
    bool is = hm_alike_is(alike, choice->value) || hm_alike_is(alike, choice->label.vi) ||
              hm_alike_is(alike, choice->label.en);
    for (size_t i = 0; !is && i < choice->also_count; i++) {
        is = hm_alike_is(alike, choice->also[i]);
    }
    return is;
}

/* A boolean may have words of its own; without any there are those of all kinds. */
static const struct hm_choices *choices_of(const struct hm_field *field)
{
    return field->type == HM_FIELD_TYPE_BOOLEAN && field->choices.count == 0
               ? &field->shared->boolean
               : &field->choices;
}

enum hm_status hm_read_choice(const struct hm_field *field,
                              struct hm_bytes typed,
                              const struct hm_choice **choice,
                              struct hm_err *err)
{
    const struct hm_choices *choices = choices_of(field);
    const struct hm_choice *found = hm_choices_find(choices, typed);
    struct hm_alike alike;
    size_t count = found != NULL;
    if (found != NULL) {
        *choice = found;
        return HM_OK;
    }
    hm_alike_init(&alike, typed);
    for (size_t i = 0; i < choices->count; i++) {
        if (choice_is(&alike, &choices->at[i])) {
            found = &choices->at[i];
            count++;
        }
    }
    bool failed = hm_alike_failed(&alike);
    hm_alike_fini(&alike);
    if (failed) {
        return hm_fail_memory(err);
    }
    if (count != 1) { /* none, or two that a person could mean */
        return hm_read_refuse(field, err);
    }
    *choice = found;
    return HM_OK;
}

void hm_read_put_set(const struct hm_field *field, uint64_t chosen, struct hm_buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < field->choices.count; i++) {
        count += chosen >> i & 1U;
    }
    if (count == 0) {
        hm_value_put_null(out);
        return;
    }
    hm_value_put_list(out, count);
    while (chosen != 0) {
        const char *least = NULL;
        uint64_t bit = 0;
        for (size_t i = 0; i < field->choices.count; i++) {
            const char *value = field->choices.at[i].value;
            if ((chosen >> i & 1U) != 0 && (least == NULL || strcmp(value, least) < 0)) {
                least = value;
                bit = UINT64_C(1) << i;
            }
        }
        hm_value_put_text(out, hm_text(least));
        chosen &= ~bit;
    }
}

static enum hm_status read_set(const struct hm_field *field,
                               struct hm_bytes text,
                               struct hm_buf *out,
                               struct hm_err *err)
{
    uint64_t chosen = 0;
    while (text.size > 0) {
        const struct hm_choice *choice = NULL;
        struct hm_bytes word = {text.data, 0};
        while (word.size < text.size && word.data[word.size] != ',' &&
               word.data[word.size] != ';') {
            word.size++;
        }
        size_t taken = word.size + (word.size < text.size);
        text.data += taken;
        text.size -= taken;
        enum hm_status status = hm_read_choice(field, word, &choice, err);
        if (status != HM_OK) {
            return status;
        }
        chosen |= UINT64_C(1) << (choice - field->choices.at);
    }
    hm_read_put_set(field, chosen, out);
    return HM_OK;
}

static enum hm_status read_date(const struct hm_field *field,
                                struct hm_bytes text,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    char kept[HM_DATE_SIZE];
    enum hm_status status = hm_date_read(kept, text, field);
    if (status == HM_BAD_INPUT) {
        return hm_read_refuse(field, err);
    }
    if (status != HM_OK) {
        return hm_fail_memory(err);
    }
    hm_value_put_text(out, hm_text(kept));
    return HM_OK;
}

static enum hm_status read_text(const struct hm_field *field,
                                struct hm_bytes text,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    size_t characters = hm_text_characters(text);
    if (characters > (size_t)field->max) {
        return hm_read_too_long(field, characters, err);
    }
    if (field->key && text.data[0] == '~') {
        return hm_read_refuse(field, err);
    }
    hm_value_put_text(out, text);
    return HM_OK;
}

static enum hm_status read_strokes(const struct hm_field *field,
                                   struct hm_bytes text,
                                   struct hm_buf *out,
                                   struct hm_err *err)
{
    if (text.size > (size_t)field->max) {
        return hm_read_too_long(field, text.size, err);
    }
    if (!hm_strokes_valid(text)) {
        return hm_read_refuse(field, err);
    }
    hm_value_put_text(out, text);
    return HM_OK;
}

static enum hm_status read_chosen(const struct hm_field *field,
                                  struct hm_bytes text,
                                  struct hm_buf *out,
                                  struct hm_err *err)
{
    const struct hm_choice *choice = NULL;
    enum hm_status status = hm_read_choice(field, text, &choice, err);
    if (status != HM_OK) {
        return status;
    }
    if (field->type == HM_FIELD_TYPE_BOOLEAN) {
        hm_value_put_bool(out, strcmp(choice->value, "true") == 0);
    } else {
        hm_value_put_text(out, hm_text(choice->value));
    }
    return HM_OK;
}

/* `text` is normal and not empty. */
static enum hm_status read_normal(const struct hm_field *field,
                                  struct hm_bytes text,
                                  struct hm_buf *out,
                                  struct hm_err *err)
{
    struct hm_id id;
    int64_t number = 0;
    switch (field->type) {
    case HM_FIELD_TYPE_TEXT:
        return read_text(field, text, out, err);
    case HM_FIELD_TYPE_INTEGER:
        return number_of(text, &number) ? hm_read_integer(field, number, out, err)
                                        : hm_read_refuse(field, err);
    case HM_FIELD_TYPE_DATE:
    case HM_FIELD_TYPE_PARTIAL_DATE:
        return read_date(field, text, out, err);
    case HM_FIELD_TYPE_BOOLEAN:
    case HM_FIELD_TYPE_ENUM:
        return read_chosen(field, text, out, err);
    case HM_FIELD_TYPE_SET:
        return read_set(field, text, out, err);
    case HM_FIELD_TYPE_STROKES:
        return read_strokes(field, text, out, err);
    case HM_FIELD_TYPE_REF:
        if (hm_id_get_hex(&id, text)) {
            hm_value_put_text(out, text);
            return HM_OK;
        }
        return hm_read_refuse(field, err);
    default:
        return hm_read_refuse(field, err);
    }
}

/* Whether the text is JSON: only of types that have such a form, and by its bracket. */
static bool is_json(const struct hm_field *field, struct hm_bytes text)
{
    bool may = field->type == HM_FIELD_TYPE_SET || field->type == HM_FIELD_TYPE_LIST ||
               field->type == HM_FIELD_TYPE_STROKES;
    static const char blanks[] = {' ', '\t', '\r', '\n'};
    size_t i = 0;
    while (i < text.size && memchr(blanks, text.data[i], sizeof(blanks)) != NULL) {
        i++;
    }
    return may && i < text.size && text.data[i] == '[';
}

static enum hm_status read_json(const struct hm_field *field,
                                struct hm_bytes text,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, text, &json_limits, err);
    if (status == HM_OK) {
        status = hm_field_read_json(field, json, out, err);
    }
    hm_json_free(json);
    return status;
}

/* What the text module refuses, told with the name of the field. */
static enum hm_status refuse_text(const struct hm_field *field,
                                  struct hm_bytes text,
                                  const struct hm_err *cause,
                                  struct hm_err *err)
{
    if (cause->status == HM_NO_MEMORY) {
        return hm_fail_memory(err);
    }
    if (cause->status == HM_TOO_BIG) {
        return hm_read_too_long(field, hm_text_characters(text), err);
    }
    return hm_fail(err, HM_BAD_INPUT, "field-text", field->name, cause->arg[0], NULL);
}

enum hm_status hm_field_read(const struct hm_field *field,
                             struct hm_bytes text,
                             struct hm_buf *out,
                             struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_err cause = HM_ERR_NONE;
    struct hm_buf normal;
    struct hm_buf made;
    bool lines = field->type == HM_FIELD_TYPE_TEXT && field->lines;
    if (is_json(field, text)) {
        return read_json(field, text, out, err);
    }
    hm_buf_init(&normal, HM_FIELD_BYTES_MAX);
    hm_buf_init(&made, HM_FIELD_BYTES_MAX);
    status = hm_text_normal(&normal, text, lines, &cause);
    if (status != HM_OK) {
        status = refuse_text(field, text, &cause, err);
        goto out;
    }
    if (normal.size == 0) {
        hm_value_put_null(&made);
    } else {
        status = read_normal(field, hm_buf_bytes(&normal), &made, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&made, err);
    }
    if (status == HM_OK) {
        hm_buf_put_bytes(out, hm_buf_bytes(&made));
        status = hm_buf_status(out, err);
    }
out:
    hm_buf_fini(&made);
    hm_buf_fini(&normal);
    return status;
}
