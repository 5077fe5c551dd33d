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

/* What texts are compared by; other values are what they are. */
struct comparing {
    const struct hm_kind *kind;
    const struct hm_kind_values *a;
    const struct hm_kind_values *b;
    struct hm_buf keys[2];
};

static bool keys_equal(struct comparing *c,
                       struct hm_bytes x,
                       struct hm_bytes y,
                       void (*put)(struct hm_buf *out, struct hm_bytes text))
{
    hm_buf_clear(&c->keys[0]);
    hm_buf_clear(&c->keys[1]);
    put(&c->keys[0], x);
    put(&c->keys[1], y);
    return c->keys[0].size > 0 &&
           hm_bytes_equal(hm_buf_bytes(&c->keys[0]), hm_buf_bytes(&c->keys[1]));
}

static bool is_filled(struct hm_bytes value)
{
    return value.size > 0 && hm_value_tag(value) != HM_VALUE_NULL;
}

static enum hm_duplicate_match match(struct comparing *c, const struct hm_field *field)
{
    struct hm_bytes x = c->a->get(c->a->ctx, field);
    struct hm_bytes y = c->b->get(c->b->ctx, field);
    if (!is_filled(x) || !is_filled(y)) {
        return HM_DUPLICATE_NOT;
    }
    if (hm_bytes_equal(x, y)) {
        return HM_DUPLICATE_EXACT;
    }
    if (field->type != HM_FIELD_TYPE_TEXT) {
        return HM_DUPLICATE_NOT;
    }
    x = hm_value_text_or(x, HM_NO_BYTES);
    y = hm_value_text_or(y, HM_NO_BYTES);
    if (keys_equal(c, x, y, hm_text_tone_key)) {
        return HM_DUPLICATE_TONE;
    }
    return keys_equal(c, x, y, hm_text_fold) ? HM_DUPLICATE_FOLD : HM_DUPLICATE_NOT;
}

/* The first of the fields that is the same in this way or a stricter one; or null. */
static const struct hm_field *first_same(struct comparing *c,
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
static const struct hm_field *first_apart(struct comparing *c,
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

static void climb(struct comparing *c, struct hm_duplicate *d)
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

enum hm_status hm_duplicate_judge(struct hm_duplicate *duplicate,
                                  const struct hm_kind *kind,
                                  const struct hm_kind_values *a,
                                  const struct hm_kind_values *b,
                                  struct hm_err *err)
{
    struct comparing c = {.kind = kind, .a = a, .b = b};
    struct hm_duplicate found = {.level = HM_DUPLICATE_NONE};
    hm_buf_init(&c.keys[0], 4 * HM_VALUE_BYTES_MAX);
    hm_buf_init(&c.keys[1], 4 * HM_VALUE_BYTES_MAX);
    climb(&c, &found);
    enum hm_status status = hm_buf_status(&c.keys[0], err);
    status = status == HM_OK ? hm_buf_status(&c.keys[1], err) : status;
    hm_buf_fini(&c.keys[0]);
    hm_buf_fini(&c.keys[1]);
    if (status == HM_OK) {
        *duplicate = found;
    }
    return status;
}

void hm_duplicate_key(struct hm_buf *out,
                      const struct hm_kind *kind,
                      const struct hm_kind_values *values)
{
    struct hm_bytes name = values->get(values->ctx, kind->duplicates->name);
    hm_text_fold(out, hm_value_text_or(name, HM_NO_BYTES));
}
