/* SPDX-License-Identifier: Apache-2.0 */
/* Figures often count the same thing another way: it is counted once. */
#include <string.h>

#include "inside.h"

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_texts(const struct hm_texts *a, const struct hm_texts *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = strcmp(a->at[i], b->at[i]) == 0;
    }
    return same;
}

static bool same_wheres(const struct hm_report_wheres *a,
                        const struct hm_report_wheres *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct hm_report_where *x = &a->at[i];
        const struct hm_report_where *y = &b->at[i];
        same = same_text(x->field, y->field) && same_texts(&x->is, &y->is) &&
               x->or_empty == y->or_empty && same_text(x->after, y->after);
    }
    return same;
}

static bool same_takes(const struct hm_report_takes *a, const struct hm_report_takes *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = same_texts(&a->at[i], &b->at[i]);
    }
    return same;
}

static bool same_list(const struct hm_report_list *a, const struct hm_report_list *b)
{
    return same_text(a->field, b->field) && same_wheres(&a->where, &b->where) &&
           same_takes(&a->take, &b->take) && same_text(a->qualifier, b->qualifier);
}

static bool same_one(const struct hm_quantity *a, const struct hm_quantity *b)
{
    return a->type == b->type && same_text(a->kind, b->kind) &&
           same_wheres(&a->where, &b->where) && same_texts(&a->filled, &b->filled) &&
           same_text(a->life.from, b->life.from) && same_text(a->life.to, b->life.to) &&
           a->base == b->base && same_text(a->ref, b->ref) &&
           same_takes(&a->take, &b->take) && a->has_other == b->has_other &&
           a->other == b->other && same_list(&a->list, &b->list) &&
           same_text(a->before, b->before) && same_text(a->qualifier, b->qualifier) &&
           same_text(a->date, b->date) && same_texts(&a->window, &b->window) &&
           a->whole == b->whole && same_texts(&a->unit_kinds, &b->unit_kinds) &&
           same_wheres(&a->unit_where, &b->unit_where);
}

bool hm_report_same(const struct hm_quantity *a, const struct hm_quantity *b)
{
    while (a != NULL && b != NULL && same_one(a, b)) {
        a = a->otherwise;
        b = b->otherwise;
    }
    return a == b; /* both at their end */
}
