/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/value.h"
#include "hamlet/record/kind.h"
#include "hamlet/text/fold.h"
#include "hamlet/text/sort.h"

enum { YEAR_DIGITS = 4 };
enum { PRESENT = 1, ABSENT = 2 }; /* what is empty stands behind all that is not */

/*
 * A key may hold zeros. Where another field follows, each becomes 0 1, and 0 0 ends the
 * key: so a shorter key stays before a longer one, and no field runs into the next.
 */
static void close_key(struct hm_buf *out, size_t start)
{
    size_t zeros = 0;
    for (size_t i = start; i < out->size; i++) {
        zeros += out->data[i] == 0;
    }
    if (out->failed != HM_OK || hm_buf_reserve(out, zeros + 2) == NULL) {
        return;
    }
    size_t to = out->size + zeros;
    for (size_t from = out->size; from > start && to > from; from--) {
        uint8_t c = out->data[from - 1];
        if (c == 0) {
            out->data[--to] = 1;
        }
        out->data[--to] = c;
    }
    hm_buf_commit(out, zeros);
    hm_buf_put(out, "\0", 2);
}

static void put_number(struct hm_buf *out, uint64_t number, size_t size)
{
    for (size_t i = size; i > 0; i--) {
        hm_buf_put_byte(out, (uint8_t)(number >> 8 * (i - 1)));
    }
}

static void put_field(struct hm_buf *out,
                      const struct hm_field *field,
                      struct hm_bytes value,
                      enum hm_text_order order)
{
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    const struct hm_choice *choice = NULL;
    switch (field->type) {
    case HM_FIELD_TYPE_TEXT:
        hm_text_sort_key(out, text, order);
        break;
    case HM_FIELD_TYPE_INTEGER:
        put_number(out, (uint64_t)hm_value_int_or(value, 0) + (UINT64_C(1) << 63), 8);
        break;
    case HM_FIELD_TYPE_BOOLEAN:
        put_number(out, hm_value_tag(value) == HM_VALUE_TRUE, 1);
        break;
    case HM_FIELD_TYPE_ENUM:
        choice = hm_choices_find(&field->choices, text);
        put_number(
            out, choice == NULL ? UINT16_MAX : (uint64_t)(choice - field->choices.at), 2);
        break;
    default:
        hm_buf_put_bytes(out, text);
    }
}

void hm_kind_sort_key(struct hm_buf *out,
                      const struct hm_kind *kind,
                      const struct hm_kind_values *values)
{
    for (size_t i = 0; i < kind->order.count; i++) {
        const struct hm_field *field = kind->order.at[i];
        struct hm_bytes value = values->get(values->ctx, field);
        bool person = kind->person && i == 0;
        bool absent = value.size == 0 || hm_value_tag(value) == HM_VALUE_NULL;
        hm_buf_put_byte(out, absent ? ABSENT : PRESENT);
        if (absent) {
            continue;
        }
        size_t start = out->size;
        put_field(out, field, value, person ? HM_TEXT_ORDER_PERSON : HM_TEXT_ORDER_PLAIN);
        if (i + 1 < kind->order.count) {
            close_key(out, start);
        }
    }
}

/* A date begins with its year. */
int64_t hm_kind_year(const struct hm_kind *kind, const struct hm_kind_values *values)
{
    if (kind->year == NULL) {
        return 0;
    }
    struct hm_bytes value = values->get(values->ctx, kind->year);
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    int64_t year = 0;
    for (size_t i = 0; i < YEAR_DIGITS && i < text.size; i++) {
        year = year * 10 + (text.data[i] - '0');
    }
    return text.size > 0 ? year : hm_value_int_or(value, 0);
}

static void fold_shown(struct hm_buf *out,
                       const struct hm_field *field,
                       struct hm_bytes value,
                       enum hm_lang lang)
{
    struct hm_buf shown;
    hm_buf_init(&shown, out->max);
    hm_field_show(&shown, field, value, lang);
    hm_text_fold(out, hm_buf_bytes(&shown));
    if (out->failed == HM_OK) {
        out->failed = shown.failed;
    }
    hm_buf_fini(&shown);
}

/* Words that people see may be looked for in either language. */
static bool has_words(enum hm_field_type type)
{
    return type == HM_FIELD_TYPE_ENUM || type == HM_FIELD_TYPE_SET ||
           type == HM_FIELD_TYPE_LIST;
}

void hm_kind_fold(struct hm_buf *out,
                  const struct hm_kind *kind,
                  const struct hm_kind_values *values)
{
    bool first = true;
    for (size_t i = 0; i < kind->search.count; i++) {
        const struct hm_field *field = kind->search.at[i];
        struct hm_bytes value = values->get(values->ctx, field);
        if (value.size == 0 || hm_value_tag(value) == HM_VALUE_NULL) {
            continue;
        }
        if (!first) {
            hm_buf_put_byte(out, '\n');
        }
        first = false;
        if (field->type == HM_FIELD_TYPE_TEXT) {
            hm_text_fold(out, hm_value_text_or(value, HM_NO_BYTES));
            continue;
        }
        fold_shown(out, field, value, HM_LANG_VI);
        if (has_words(field->type)) {
            hm_buf_put_byte(out, '\n');
            fold_shown(out, field, value, HM_LANG_EN);
        }
    }
}
