/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "hamlet/store/server.h"
#include "units.h"

/* A unit of the file or, where the file does not name it, of the store. */
struct node {
    struct hm_bytes code;
    struct hm_bytes parent;
    struct hm_bytes into;
    struct hm_units_row *row; /* null: of the store */
    size_t walk;              /* the last one that came by; 0: none */
};

struct tree {
    struct node *nodes; /* in order of code */
    size_t count;
};

static int by_code(const void *a, const void *b)
{
    const struct node *one = a;
    const struct node *other = b;
    int order = hm_bytes_compare(one->code, other->code);
    if (order != 0 || one->row == other->row) {
        return order;
    }
    /* Rows of the file before the store's, in the order of the file. */
    if (one->row == NULL || other->row == NULL) {
        return one->row == NULL ? 1 : -1;
    }
    return one->row < other->row ? -1 : 1;
}

static struct node *find(const struct tree *tree, struct hm_bytes code)
{
    size_t low = 0;
    size_t high = tree->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = hm_bytes_compare(tree->nodes[middle].code, code);
        if (order == 0) {
            return &tree->nodes[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* One node a code: the first row that has it; a further row is refused. */
static enum hm_status unite(struct hm_units *units, struct tree *tree, struct hm_err *err)
{
    size_t kept = 0;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < tree->count && status == HM_OK; i++) {
        struct node *node = &tree->nodes[i];
        if (kept > 0 && hm_bytes_equal(tree->nodes[kept - 1].code, node->code)) {
            if (node->row == NULL) {
                tree->nodes[kept - 1].row->known = true;
            } else {
                status =
                    hm_units_refuse(units, node->row, "units-twice", node->code, err);
            }
        } else {
            tree->nodes[kept++] = *node;
        }
    }
    tree->count = kept;
    return status;
}

static enum hm_status build(struct hm_units *units,
                            struct hm_control_ctx *ctx,
                            struct tree *tree,
                            struct hm_err *err)
{
    struct hm_unit *known = NULL;
    size_t known_count = 0;
    enum hm_status status =
        hm_store_units(ctx->store, &known, &known_count, units->arena, err);
    if (status != HM_OK) {
        return status;
    }
    tree->nodes = hm_arena_get_array(units->arena, units->count + known_count,
                                     sizeof(*tree->nodes));
    if (tree->nodes == NULL) {
        return hm_arena_status(units->arena, err);
    }
    for (size_t i = 0; i < units->count; i++) {
        struct hm_units_row *row = &units->rows[i];
        /* A row that is refused for something else still is there for its children. */
        if (row->code.size > 0) {
            tree->nodes[tree->count++] =
                (struct node){row->code, row->parent, row->into, row, 0};
        }
    }
    for (size_t i = 0; i < known_count; i++) {
        tree->nodes[tree->count++] =
            (struct node){known[i].code, known[i].parent, known[i].successor, NULL, 0};
    }
    if (tree->count > 1) {
        qsort(tree->nodes, tree->count, sizeof(*tree->nodes), by_code);
    }
    return unite(units, tree, err);
}

/*
 * Walk up from `from`. Nodes of earlier walks lead out; who meets the own walk again
 * stands in a ring.
 */
static struct node *find_ring(const struct tree *tree, struct node *from, size_t walk)
{
    struct node *at = from;
    while (at != NULL && at->walk == 0) {
        at->walk = walk;
        at = at->parent.size == 0 ? NULL : find(tree, at->parent);
    }
    return at != NULL && at->walk == walk ? at : NULL;
}

static enum hm_status refuse_ring(struct hm_units *units,
                                  const struct tree *tree,
                                  struct node *ring,
                                  struct hm_err *err)
{
    struct node *at = ring;
    enum hm_status status = HM_OK;
    do {
        if (at->row != NULL) {
            status = hm_units_refuse(units, at->row, "units-ring", at->code, err);
        }
        at = find(tree, at->parent);
    } while (status == HM_OK && at != ring);
    return status;
}

/* Whether a merged unit comes back to itself, by way of what it became part of. */
static bool is_merged_ring(const struct tree *tree, const struct node *node)
{
    const struct node *at = find(tree, node->into);
    for (size_t i = 0; at != NULL && i <= tree->count; i++) {
        if (at == node) {
            return true;
        }
        at = find(tree, at->into.size > 0 ? at->into : at->parent);
    }
    return false;
}

static enum hm_status judge_merger(struct hm_units *units,
                                   const struct tree *tree,
                                   const struct node *node,
                                   struct hm_err *err)
{
    if (node->row == NULL || node->into.size == 0) {
        return HM_OK;
    }
    if (find(tree, node->into) == NULL) {
        return hm_units_refuse(units, node->row, "units-into", node->into, err);
    }
    return is_merged_ring(tree, node)
               ? hm_units_refuse(units, node->row, "units-ring", node->code, err)
               : HM_OK;
}

enum hm_status hm_units_judge(struct hm_units *units,
                              struct hm_control_ctx *ctx,
                              struct hm_err *err)
{
    struct tree tree = {.count = 0};
    enum hm_status status = build(units, ctx, &tree, err);
    for (size_t i = 0; i < tree.count && status == HM_OK; i++) {
        struct node *node = &tree.nodes[i];
        if (node->row != NULL && node->parent.size > 0 &&
            !hm_bytes_equal(node->code, ctx->unit) && find(&tree, node->parent) == NULL) {
            status = hm_units_refuse(units, node->row, "units-parent", node->parent, err);
        }
        if (status == HM_OK) {
            status = judge_merger(units, &tree, node, err);
        }
    }
    for (size_t i = 0; i < tree.count && status == HM_OK; i++) {
        struct node *ring = find_ring(&tree, &tree.nodes[i], i + 1);
        if (ring != NULL) {
            status = refuse_ring(units, &tree, ring, err);
        }
    }
    return status;
}
