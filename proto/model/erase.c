/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/erase.h"

#include <stdlib.h>
#include <string.h>

/* All writes of the record, ordered by (register, prefix): an order means a run of it. */
struct node {
    const struct hm_write *write;
    hm_prefix prefix;
    struct hm_erased at;
    bool erased;
};

struct field {
    struct node *nodes;
    size_t count;
    size_t *stack; /* of nodes that are erased and not followed yet; room for all */
    size_t depth;
};

bool hm_erase_names(const struct hm_write *write)
{
    return write->replaces_count > 0 && !hm_bytes_are(write->reg, HM_REGISTER_LIVE) &&
           !hm_bytes_are(write->reg, HM_REGISTER_ALIAS);
}

enum hm_status hm_erase_orders(struct hm_order **orders,
                               size_t *count,
                               const struct hm_change *erasure,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    size_t room = 0;
    size_t n = 0;
    for (size_t w = 0; w < erasure->write_count; w++) {
        room += erasure->writes[w].replaces_count;
    }
    struct hm_order *list = hm_arena_get_array(arena, room, sizeof(*list));
    for (size_t w = 0; list != NULL && w < erasure->write_count; w++) {
        const struct hm_write *write = &erasure->writes[w];
        for (size_t p = 0; hm_erase_names(write) && p < write->replaces_count; p++) {
            list[n++] = (struct hm_order){write->reg, write->replaces[p]};
        }
    }
    *orders = list;
    *count = n;
    return hm_arena_status(arena, err);
}

static int compare(struct hm_bytes reg, hm_prefix prefix, const struct node *node)
{
    int order = hm_bytes_compare(reg, node->write->reg);
    return order != 0 ? order : (prefix > node->prefix) - (prefix < node->prefix);
}

static int by_register_and_prefix(const void *a, const void *b)
{
    const struct node *x = a;
    return compare(x->write->reg, x->prefix, b);
}

static enum hm_status gather(struct field *field,
                             const struct hm_known *known,
                             size_t count,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += known[i].change->write_count;
    }
    *field =
        (struct field){.nodes = hm_arena_get_array(arena, total, sizeof(*field->nodes)),
                       .stack = hm_arena_get_array(arena, total, sizeof(*field->stack))};
    if (field->nodes == NULL || field->stack == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct hm_change *change = known[i].change;
        for (size_t w = 0; w < change->write_count; w++) {
            field->nodes[field->count++] = (struct node){
                &change->writes[w], hm_prefix_of(&change->id), {i, w}, false};
        }
    }
    if (field->count > 1) {
        qsort(field->nodes, field->count, sizeof(*field->nodes), by_register_and_prefix);
    }
    return HM_OK;
}

/* Mark what (register, prefix) means; what was not marked before is to be followed. */
static void mark(struct field *field, struct hm_bytes reg, hm_prefix prefix)
{
    size_t low = 0;
    size_t high = field->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(reg, prefix, &field->nodes[middle]) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < field->count && compare(reg, prefix, &field->nodes[low]) == 0; low++) {
        if (!field->nodes[low].erased) {
            field->nodes[low].erased = true;
            field->stack[field->depth++] = low;
        }
    }
}

enum hm_status hm_erase_reach(struct hm_erased **erased,
                              size_t *erased_count,
                              const struct hm_known *known,
                              size_t count,
                              const struct hm_order *orders,
                              size_t order_count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct field field;
    size_t n = 0;
    enum hm_status status = gather(&field, known, count, arena, err);
    struct hm_erased *list = hm_arena_get_array(arena, field.count, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    for (size_t i = 0; i < order_count; i++) {
        mark(&field, orders[i].reg, orders[i].prefix);
    }
    while (field.depth > 0) {
        const struct node *node = &field.nodes[field.stack[--field.depth]];
        list[n++] = node->at;
        for (size_t p = 0; p < node->write->replaces_count; p++) {
            mark(&field, node->write->reg, node->write->replaces[p]);
        }
    }
    *erased = list;
    *erased_count = n;
    return HM_OK;
}
