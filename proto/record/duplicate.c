/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/duplicate.h"

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/text/fold.h"
#include "hamlet/text/key.h"

const char *hm_duplicate_level_name(enum hm_duplicate_level level)
{
    static const char *const names[] = {"none", "possible", "probable", "certain"};
    return names[level];
}

const char *hm_duplicate_match_name(enum hm_duplicate_match match)
{
    static const char *const names[] = {"none", "fold", "tone", "exact"};
    return names[match];
}

struct comparing {
    const struct hm_kind *kind;
    const struct hm_duplicate_values *a;
    const struct hm_duplicate_values *b;
};

static bool is_filled(const struct hm_duplicate_value *value)
{
    return value->value.size > 0 && hm_value_tag(value->value) != HM_VALUE_NULL;
}

static bool keys_equal(struct hm_bytes x, struct hm_bytes y)
{
    return x.size > 0 && hm_bytes_equal(x, y);
}

static enum hm_duplicate_match match(const struct comparing *c,
                                     const struct hm_field *field)
{
    const struct hm_duplicate_value *x = c->a->get(c->a->ctx, field);
    const struct hm_duplicate_value *y = c->b->get(c->b->ctx, field);
    if (!is_filled(x) || !is_filled(y)) {
        return HM_DUPLICATE_NOT;
    }
    if (hm_bytes_equal(x->value, y->value)) {
        return HM_DUPLICATE_EXACT;
    }
    if (keys_equal(x->tone, y->tone)) {
        return HM_DUPLICATE_TONE;
    }
    return keys_equal(x->fold, y->fold) ? HM_DUPLICATE_FOLD : HM_DUPLICATE_NOT;
}

/* The first of the fields that is the same in this way or a stricter one; or null. */
static const struct hm_field *first_same(const struct comparing *c,
                                         const struct hm_field_list *fields,
                                         enum hm_duplicate_match least)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (match(c, fields->at[i]) >= least) {
            return fields->at[i];
        }
    }
    return NULL;
}

/* The first of the fields that is filled in both and not the same; or null. */
static const struct hm_field *first_apart(const struct comparing *c,
                                          const struct hm_field_list *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct hm_field *field = fields->at[i];
        if (is_filled(c->a->get(c->a->ctx, field)) &&
            is_filled(c->b->get(c->b->ctx, field)) &&
            match(c, field) < HM_DUPLICATE_TONE) {
            return field;
        }
    }
    return NULL;
}

static void climb(const struct comparing *c, struct hm_duplicate *d)
{
    const struct hm_kind_duplicates *by = c->kind->duplicates;
    d->name = match(c, by->name);
    if (d->name == HM_DUPLICATE_EXACT) {
        d->same = first_same(c, &by->certain, HM_DUPLICATE_TONE);
        d->level = d->same != NULL ? HM_DUPLICATE_CERTAIN : HM_DUPLICATE_NONE;
    }
    if (d->same == NULL && d->name != HM_DUPLICATE_NOT) {
        enum hm_duplicate_match least =
            d->name == HM_DUPLICATE_FOLD ? HM_DUPLICATE_FOLD : HM_DUPLICATE_TONE;
        d->same = first_same(c, &by->certain, least);
        d->same = d->same == NULL ? first_same(c, &by->probable, least) : d->same;
        d->level = d->same == NULL              ? HM_DUPLICATE_NONE
                   : least == HM_DUPLICATE_FOLD ? HM_DUPLICATE_POSSIBLE
                                                : HM_DUPLICATE_PROBABLE;
    }
    d->apart = d->level == HM_DUPLICATE_NONE ? NULL : first_apart(c, &by->apart);
    if (d->apart != NULL) {
        d->level = (enum hm_duplicate_level)(d->level - 1);
    }
}

struct hm_duplicate hm_duplicate_judge(const struct hm_kind *kind,
                                       const struct hm_duplicate_values *a,
                                       const struct hm_duplicate_values *b)
{
    const struct comparing c = {.kind = kind, .a = a, .b = b};
    struct hm_duplicate found = {.level = HM_DUPLICATE_NONE};
    climb(&c, &found);
    return found;
}

void hm_duplicate_value_key(struct hm_buf *out,
                            const struct hm_field *field,
                            struct hm_bytes value,
                            enum hm_duplicate_match match)
{
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    if (field->type != HM_FIELD_TYPE_TEXT) {
        return;
    }
    if (match == HM_DUPLICATE_TONE) {
        hm_text_tone_key(out, text);
    } else {
        hm_text_fold(out, text);
    }
}

void hm_duplicate_key(struct hm_buf *out,
                      const struct hm_kind *kind,
                      struct hm_bytes name)
{
    hm_duplicate_value_key(out, kind->duplicates->name, name, HM_DUPLICATE_FOLD);
}
