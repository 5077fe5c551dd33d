/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/policy.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"

enum { SIDES_MAX = 64 }; /* more people than that settle nothing by a rule */

bool hm_policy_find(enum hm_kind_policy *policy, struct hm_bytes name)
{
    static const char *const names[] = {
#define POLICY_NAME(name, text) text,
        HM_KIND_POLICY_MAP(POLICY_NAME)
#undef POLICY_NAME
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (hm_bytes_are(name, names[i])) {
            *policy = (enum hm_kind_policy)i;
            return true;
        }
    }
    return false;
}

bool hm_policy_fits(enum hm_kind_policy policy, const struct hm_kind_register *reg)
{
    enum hm_field_type type = reg->fields.at[0]->type;
    switch (policy) {
    case HM_KIND_POLICY_MAX:
    case HM_KIND_POLICY_MIN:
        return !reg->group &&
               (type == HM_FIELD_TYPE_INTEGER || type == HM_FIELD_TYPE_DATE ||
                type == HM_FIELD_TYPE_PARTIAL_DATE);
    case HM_KIND_POLICY_UNION:
        return !reg->group && (type == HM_FIELD_TYPE_SET || type == HM_FIELD_TYPE_LIST);
    default:
        return true;
    }
}

/* ---- the greatest, the least ---- */

/* Below, above or equal; of two dates of which one only says less than the other, that.
 */
static int order(struct hm_bytes a, struct hm_bytes b)
{
    if (hm_value_tag(a) == HM_VALUE_INTEGER) {
        int64_t left = hm_value_int_or(a, 0);
        int64_t right = hm_value_int_or(b, 0);
        return (left > right) - (left < right);
    }
    return hm_bytes_compare(hm_value_text_or(a, HM_NO_BYTES),
                            hm_value_text_or(b, HM_NO_BYTES));
}

static bool says_less(struct hm_bytes a, struct hm_bytes b)
{
    struct hm_bytes less = hm_value_text_or(a, HM_NO_BYTES);
    struct hm_bytes more = hm_value_text_or(b, HM_NO_BYTES);
    return less.size < more.size && memcmp(less.data, more.data, less.size) == 0;
}

static bool extreme(struct hm_buf *out,
                    const struct hm_policy_side *sides,
                    size_t count,
                    bool greatest)
{
    struct hm_bytes best = sides[0].value;
    for (size_t i = 1; i < count; i++) {
        if (hm_value_tag(sides[i].value) != hm_value_tag(best)) {
            return false;
        }
        int found = order(sides[i].value, best);
        best = (greatest ? found > 0 : found < 0) ? sides[i].value : best;
    }
    bool text = hm_value_tag(best) == HM_VALUE_TEXT;
    for (size_t i = 0; i < count && text; i++) {
        if (says_less(sides[i].value, best) || says_less(best, sides[i].value)) {
            return false;
        }
    }
    hm_buf_put_bytes(out, best);
    return true;
}

/* ---- all of them together ---- */

static bool above(const struct hm_policy_side *a, const struct hm_policy_side *b)
{
    int left = hm_role_rank(a->role);
    int right = hm_role_rank(b->role);
    return left != right ? left > right : hm_bytes_compare(a->value, b->value) > 0;
}

/* The highest authority's list comes first, and keeps its order. */
static void arrange(struct hm_policy_side *sides, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct hm_policy_side side = sides[i];
        size_t at = i;
        while (at > 0 && above(&side, &sides[at - 1])) {
            sides[at] = sides[at - 1];
            at--;
        }
        sides[at] = side;
    }
}

static bool holds(const struct hm_buf *items, struct hm_bytes item)
{
    struct hm_unpack in;
    hm_unpack_init(&in, hm_buf_bytes(items));
    while (in.at < in.end) {
        if (hm_bytes_equal(hm_unpack_value(&in), item)) {
            return true;
        }
    }
    return false;
}

static size_t gather(struct hm_buf *items,
                     const struct hm_policy_side *sides,
                     size_t count)
{
    size_t gathered = 0;
    for (size_t i = 0; i < count; i++) {
        struct hm_value_each each;
        struct hm_bytes name;
        struct hm_bytes item;
        hm_value_each_init(&each, sides[i].value);
        while (hm_value_each_next(&each, &name, &item)) {
            if (!holds(items, item)) {
                hm_buf_put_bytes(items, item);
                gathered++;
            }
        }
    }
    return gathered;
}

/* A set is ascending: the next one after `last`, or no bytes. */
static struct hm_bytes next_of(const struct hm_buf *items, struct hm_bytes last)
{
    struct hm_unpack in;
    struct hm_bytes next = HM_NO_BYTES;
    hm_unpack_init(&in, hm_buf_bytes(items));
    while (in.at < in.end) {
        struct hm_bytes item = hm_unpack_value(&in);
        struct hm_bytes text = hm_value_text_or(item, HM_NO_BYTES);
        bool later = last.size == 0 ||
                     hm_bytes_compare(text, hm_value_text_or(last, HM_NO_BYTES)) > 0;
        if (later && (next.size == 0 ||
                      hm_bytes_compare(text, hm_value_text_or(next, HM_NO_BYTES)) < 0)) {
            next = item;
        }
    }
    return next;
}

static bool unite(struct hm_buf *out,
                  const struct hm_field *field,
                  const struct hm_policy_side *sides,
                  size_t count)
{
    struct hm_policy_side sorted[SIDES_MAX];
    struct hm_buf items;
    for (size_t i = 0; i < count; i++) {
        if (hm_value_tag(sides[i].value) != HM_VALUE_LIST) {
            return false;
        }
        sorted[i] = sides[i];
    }
    arrange(sorted, count);
    hm_buf_init(&items, HM_VALUE_BYTES_MAX);
    size_t gathered = gather(&items, sorted, count);
    bool set = field->type == HM_FIELD_TYPE_SET;
    bool fits =
        hm_buf_status(&items, NULL) == HM_OK && (set || gathered <= (size_t)field->max);
    if (fits) {
        hm_value_put_list(out, gathered);
    }
    if (fits && !set) {
        hm_buf_put_bytes(out, hm_buf_bytes(&items));
    }
    for (struct hm_bytes item = HM_NO_BYTES; fits && set;) {
        item = next_of(&items, item);
        if (item.size == 0) {
            break;
        }
        hm_buf_put_bytes(out, item);
    }
    hm_buf_fini(&items);
    return fits;
}

/* ---- the highest authority ---- */

static bool prefer(struct hm_buf *out, const struct hm_policy_side *sides, size_t count)
{
    const struct hm_policy_side *best = &sides[0];
    bool alone = true;
    for (size_t i = 1; i < count; i++) {
        int found = hm_role_rank(sides[i].role) - hm_role_rank(best->role);
        if (found > 0) {
            best = &sides[i];
            alone = true;
        } else if (found == 0) {
            alone = alone && hm_bytes_equal(sides[i].value, best->value);
        }
    }
    if (alone && best->value.size > 0) {
        hm_buf_put_bytes(out, best->value);
        return true;
    }
    return false;
}

bool hm_policy_decide(struct hm_buf *out,
                      enum hm_kind_policy policy,
                      const struct hm_kind_register *reg,
                      const struct hm_policy_side *sides,
                      size_t count)
{
    if (count < 2 || count > SIDES_MAX || !hm_policy_fits(policy, reg)) {
        return false;
    }
    for (size_t i = 0; i < count && policy != HM_KIND_POLICY_PREFER_AUTHORITY; i++) {
        enum hm_value_tag tag = hm_value_tag(sides[i].value);
        if (tag == HM_VALUE_NONE || tag == HM_VALUE_NULL) {
            return false;
        }
    }
    switch (policy) {
    case HM_KIND_POLICY_MAX:
        return extreme(out, sides, count, true);
    case HM_KIND_POLICY_MIN:
        return extreme(out, sides, count, false);
    case HM_KIND_POLICY_UNION:
        return unite(out, reg->fields.at[0], sides, count);
    case HM_KIND_POLICY_PREFER_AUTHORITY:
        return prefer(out, sides, count);
    default:
        return false;
    }
}
