/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include "parts.h"

/* Where a record was counted; those of one record lie together. */
struct hm_traced {
    struct hm_id record;
    int year;
    int unit;
};

static bool has_whole(const struct hm_quantity *quantity)
{
    while (quantity != NULL && !quantity->whole) {
        quantity = quantity->otherwise;
    }
    return quantity != NULL;
}

static bool may_hide(const struct hm_reporting *r, const struct hm_leaf *leaf)
{
    const struct hm_quantity *first = r->leaves[leaf->first].quantity;
    return first->otherwise != NULL || has_whole(first);
}

static enum hm_status give(const struct hm_reporting *r,
                           struct hm_leaf *leaf,
                           const struct hm_id *record,
                           struct hm_err *err)
{
    if (hm_id_equal(&leaf->given, record)) {
        return HM_OK;
    }
    leaf->given = *record;
    return r->asked->each(r->asked->ctx, record, err);
}

enum hm_status hm_report_trace(struct hm_reporting *r,
                               struct hm_leaf *leaf,
                               const struct hm_id *record,
                               int year,
                               int unit,
                               struct hm_err *err)
{
    if (!leaf->traced) {
        return HM_OK;
    }
    if (!may_hide(r, leaf)) {
        return give(r, leaf, record, err);
    }
    leaf->traces = hm_arena_grow(r->arena, leaf->traces, leaf->trace_count,
                                 &leaf->trace_capacity, sizeof(*leaf->traces));
    if (leaf->traces != NULL) {
        leaf->traces[leaf->trace_count++] = (struct hm_traced){*record, year, unit};
    }
    return hm_arena_status(r->arena, err);
}

/* Whether the figure is made of what this leaf has of that year there. */
static bool is_told(const struct hm_reporting *r,
                    const struct hm_leaf *leaf,
                    const struct hm_traced *at)
{
    const int first = (int)leaf->first;
    const struct hm_cell *own =
        &leaf->cells[(size_t)at->year * r->unit_count + (size_t)at->unit];
    return hm_report_cell(r, first, at->year, (size_t)at->unit) == own &&
           !hm_report_held(r, first, at->year, at->unit);
}

enum hm_status hm_report_trace_end(struct hm_reporting *r, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < r->leaf_count; i++) {
        struct hm_leaf *leaf = &r->leaves[i];
        for (size_t k = 0; status == HM_OK && k < leaf->trace_count; k++) {
            if (is_told(r, leaf, &leaf->traces[k])) {
                status = give(r, leaf, &leaf->traces[k].record, err);
            }
        }
    }
    return status;
}
