/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/merge.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/model/value.h"

/*
 * All writes of the record lie in one array, ordered by (register, change id). A register
 * is then a run of it, and the writes that a prefix means are a run of that run.
 */
struct node {
    const struct hm_write *write;
    const struct hm_known *known;
    hm_prefix prefix;
    bool reached; /* an effective write replaces it, or a delete saw it */
};

struct graph {
    struct node *nodes;
    size_t count;
    struct hm_known *known;
    size_t *stack; /* room for every node once */
};

struct run {
    size_t from;
    size_t to;
};

static int by_register_and_id(const void *a, const void *b)
{
    const struct node *x = a;
    const struct node *y = b;
    int order = hm_bytes_compare(x->write->reg, y->write->reg);
    return order != 0 ? order
                      : hm_id_compare(&x->known->change->id, &y->known->change->id);
}

static enum hm_status graph_build(struct graph *graph,
                                  struct hm_known *known,
                                  size_t count,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += known[i].change->write_count;
    }
    graph->known = known;
    graph->count = 0;
    graph->nodes = hm_arena_get_array(arena, total, sizeof(*graph->nodes));
    graph->stack = hm_arena_get_array(arena, total, sizeof(*graph->stack));
    if (graph->nodes == NULL || graph->stack == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct hm_change *change = known[i].change;
        known[i].incomplete = false;
        known[i].disputed = false;
        for (size_t w = 0; w < change->write_count; w++) {
            if (!hm_bytes_are(change->writes[w].reg, HM_REGISTER_WHY)) {
                graph->nodes[graph->count++] = (struct node){
                    &change->writes[w], &known[i], hm_prefix_of(&change->id), false};
            }
        }
    }
    if (count > 1) { /* the writes of one change are in order already */
        qsort(graph->nodes, graph->count, sizeof(*graph->nodes), by_register_and_id);
    }
    return HM_OK;
}

static struct run next_register(const struct graph *graph, size_t from)
{
    size_t to = from;
    while (to < graph->count &&
           hm_bytes_equal(graph->nodes[to].write->reg, graph->nodes[from].write->reg)) {
        to++;
    }
    return (struct run){from, to};
}

/* The nodes of `reg` whose change id begins with `prefix`. */
static struct run meant(const struct graph *graph, struct run reg, hm_prefix prefix)
{
    size_t low = reg.from;
    size_t high = reg.to;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (graph->nodes[middle].prefix < prefix) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (high < reg.to && graph->nodes[high].prefix == prefix) {
        high++;
    }
    return (struct run){low, high};
}

/* Mark the nodes of a run, stacking those that are gone on through. */
static void mark_run(struct graph *graph,
                     struct run run,
                     bool through_effective,
                     size_t *depth)
{
    for (size_t n = run.from; n < run.to; n++) {
        struct node *node = &graph->nodes[n];
        if (!node->reached && (through_effective || !node->known->effective)) {
            graph->stack[(*depth)++] = n;
        }
        node->reached = true;
    }
}

/*
 * Mark all that the prefixes mean in `reg`, going on through the marked ones: all of them
 * or only those that are not effective. False: some prefix means nothing that is known.
 */
static bool reach(struct graph *graph,
                  struct run reg,
                  const hm_prefix *prefixes,
                  size_t count,
                  bool through_effective)
{
    bool complete = true;
    size_t depth = 0;
    for (;;) {
        for (size_t i = 0; i < count; i++) {
            struct run found = meant(graph, reg, prefixes[i]);
            complete = complete && found.from < found.to;
            mark_run(graph, found, through_effective, &depth);
        }
        if (depth == 0) {
            return complete;
        }
        const struct hm_write *next = graph->nodes[graph->stack[--depth]].write;
        prefixes = next->replaces;
        count = next->replaces_count;
    }
}

/* Greater means shown: see PROTOCOL.md 4. */
static bool shown_before(const struct hm_known *a,
                         const struct hm_write *wa,
                         const struct hm_known *b,
                         const struct hm_write *wb)
{
    bool a_decides = hm_act_decides(a->change->act);
    bool b_decides = hm_act_decides(b->change->act);
    if (a_decides != b_decides) {
        return a_decides;
    }
    if (a->rank != b->rank) {
        return a->rank > b->rank;
    }
    if (wa->depth != wb->depth) {
        return wa->depth > wb->depth;
    }
    return hm_id_compare(&a->change->id, &b->change->id) > 0;
}

bool hm_write_same(const struct hm_write *a, const struct hm_write *b)
{
    return a == b || (a->value.size > 0 && hm_bytes_equal(a->value, b->value));
}

static void find_frontier(struct graph *graph, struct run reg)
{
    for (size_t n = reg.from; n < reg.to; n++) {
        graph->nodes[n].reached = false;
    }
    for (size_t n = reg.from; n < reg.to; n++) {
        struct node *node = &graph->nodes[n];
        if (node->known->effective) {
            size_t i = (size_t)(node->known - graph->known);
            if (!reach(graph, reg, node->write->replaces, node->write->replaces_count,
                       false)) {
                graph->known[i].incomplete = true;
            }
        }
    }
}

/* Null where nothing is left standing, or where memory ran out (the arena knows). */
static struct hm_head *copy_heads(struct graph *graph,
                                  struct run reg,
                                  size_t *count,
                                  struct hm_arena *arena)
{
    size_t n = 0;
    for (size_t i = reg.from; i < reg.to; i++) {
        n += graph->nodes[i].known->effective && !graph->nodes[i].reached;
    }
    struct hm_head *heads = n == 0 ? NULL : hm_arena_get_array(arena, n, sizeof(*heads));
    *count = 0;
    for (size_t i = reg.from; heads != NULL && i < reg.to; i++) {
        if (graph->nodes[i].known->effective && !graph->nodes[i].reached) {
            heads[(*count)++] = (struct hm_head){
                (size_t)(graph->nodes[i].known - graph->known), graph->nodes[i].write};
        }
    }
    return heads;
}

static void judge_register(struct hm_register *reg, struct hm_known *known)
{
    reg->shown = 0;
    reg->conflict = false;
    for (size_t i = 1; i < reg->head_count; i++) {
        const struct hm_head *best = &reg->heads[reg->shown];
        const struct hm_head *other = &reg->heads[i];
        if (shown_before(&known[other->known], other->write, &known[best->known],
                         best->write)) {
            reg->shown = i;
        }
        if (!hm_write_same(reg->heads[0].write, other->write)) {
            reg->conflict = true;
        }
    }
}

static void mark_disputed(const struct hm_head *heads,
                          size_t count,
                          struct hm_known *known)
{
    for (size_t i = 0; i < count; i++) {
        known[heads[i].known].disputed = true;
    }
}

/* A value of ~live that is not known deletes nothing. */
static bool is_false(const struct hm_write *write)
{
    return write->value.size == 1 && write->value.data[0] == HM_VALUE_FALSE;
}

/* Mark, in every other register, what the deletes among the heads of ~live saw. */
static void reach_seen(struct graph *graph,
                       const struct hm_register *live,
                       struct hm_known *known)
{
    for (size_t n = 0; n < graph->count; n++) {
        graph->nodes[n].reached = false;
    }
    for (size_t h = 0; h < live->head_count; h++) {
        struct hm_known *by = &known[live->heads[h].known];
        if (!is_false(live->heads[h].write)) {
            continue;
        }
        for (size_t from = 0; from < graph->count;) {
            struct run reg = next_register(graph, from);
            /* Whether a prefix means something here cannot be told: `seen` names the
             * heads of all registers in one list. */
            (void)reach(graph, reg, by->change->seen, by->change->seen_count, true);
            from = reg.to;
        }
    }
}

/*
 * The heads of the conflict on ~live in `heads`: what no delete saw or wrote itself, each
 * change once; the deletes keep their write, what keeps the record alive has none.
 * `listed` has a place for every known change. A register's heads stand in the order of
 * its nodes.
 */
static size_t live_heads(struct graph *graph,
                         const struct hm_merged *merged,
                         const struct hm_register *live,
                         bool *listed,
                         struct hm_head *heads)
{
    size_t count = 0;
    size_t r = 0;
    size_t h = 0;
    for (size_t i = 0; i < live->head_count; i++) {
        if (is_false(live->heads[i].write)) {
            listed[live->heads[i].known] = true;
        }
    }
    for (size_t n = 0; n < graph->count && r < merged->register_count; n++) {
        const struct hm_register *reg = &merged->registers[r];
        const struct hm_write *write = graph->nodes[n].write;
        if (reg->heads[h].write != write) {
            continue;
        }
        size_t known = reg->heads[h].known;
        bool deletes = reg == live && is_false(write);
        if (deletes || (!listed[known] && (reg == live || !graph->nodes[n].reached))) {
            heads[count++] = (struct hm_head){known, deletes ? write : NULL};
            listed[known] = true;
        }
        h++;
        if (h == reg->head_count) {
            r++;
            h = 0;
        }
    }
    return count;
}

/* The greatest by role, then id, of those that keep the record alive. */
static size_t alive_shown(const struct hm_head *heads,
                          size_t count,
                          const struct hm_known *known)
{
    static const struct hm_write no_write;
    size_t shown = count;
    for (size_t i = 0; i < count; i++) {
        if (heads[i].write == NULL &&
            (shown == count || shown_before(&known[heads[i].known], &no_write,
                                            &known[heads[shown].known], &no_write))) {
            shown = i;
        }
    }
    return shown;
}

struct by_id {
    struct hm_head head;
    struct hm_id id;
};

static int by_change_id(const void *a, const void *b)
{
    return hm_id_compare(&((const struct by_id *)a)->id, &((const struct by_id *)b)->id);
}

static enum hm_status sort_by_id(struct hm_head *heads,
                                 size_t count,
                                 const struct hm_known *known,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct by_id *order = hm_arena_get_array(arena, count, sizeof(*order));
    if (order == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = (struct by_id){heads[i], known[heads[i].known].change->id};
    }
    qsort(order, count, sizeof(*order), by_change_id);
    for (size_t i = 0; i < count; i++) {
        heads[i] = order[i].head;
    }
    return HM_OK;
}

static enum hm_status judge_deletion(struct hm_merged *merged,
                                     struct graph *graph,
                                     size_t known_count,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    const struct hm_register *live =
        hm_merged_register(merged, hm_text(HM_REGISTER_LIVE));
    size_t deletes = 0;
    for (size_t h = 0; live != NULL && h < live->head_count; h++) {
        deletes += is_false(live->heads[h].write);
    }
    if (deletes == 0) {
        return HM_OK;
    }
    reach_seen(graph, live, graph->known);
    struct hm_head *heads =
        hm_arena_get_array(arena, known_count + live->head_count, sizeof(*heads));
    bool *listed = hm_arena_get_array(arena, known_count, sizeof(*listed));
    if (heads == NULL || listed == NULL) {
        return hm_arena_status(arena, err);
    }
    size_t count = live_heads(graph, merged, live, listed, heads);
    if (count == deletes) {
        merged->deleted = true;
        return HM_OK;
    }
    merged->live_conflict = true;
    merged->live_heads = heads;
    merged->live_count = count;
    enum hm_status status = sort_by_id(heads, count, graph->known, arena, err);
    merged->live_shown = alive_shown(heads, count, graph->known);
    mark_disputed(heads, count, graph->known);
    return status;
}

enum hm_status hm_merge(struct hm_merged *merged,
                        struct hm_known *known,
                        size_t count,
                        struct hm_arena *arena,
                        struct hm_err *err)
{
    struct graph graph;
    *merged = (struct hm_merged){.there = false};
    enum hm_status status = graph_build(&graph, known, count, arena, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_register *registers =
        hm_arena_get_array(arena, graph.count, sizeof(*registers));
    if (registers == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t from = 0; from < graph.count;) {
        struct run run = next_register(&graph, from);
        struct hm_register *reg = &registers[merged->register_count];
        find_frontier(&graph, run);
        reg->name = graph.nodes[from].write->reg;
        reg->heads = copy_heads(&graph, run, &reg->head_count, arena);
        if (reg->head_count > 0) {
            judge_register(reg, known);
            if (reg->conflict && !hm_bytes_are(reg->name, HM_REGISTER_LIVE)) {
                mark_disputed(reg->heads, reg->head_count, known);
            }
            merged->register_count++;
        }
        from = run.to;
    }
    merged->registers = registers;
    merged->there = merged->register_count > 0;
    for (size_t i = 0; i < count; i++) {
        merged->incomplete = merged->incomplete || known[i].incomplete;
    }
    status = hm_arena_status(arena, err);
    return status != HM_OK ? status : judge_deletion(merged, &graph, count, arena, err);
}

const struct hm_register *hm_merged_register(const struct hm_merged *merged,
                                             struct hm_bytes name)
{
    for (size_t i = 0; i < merged->register_count; i++) {
        if (hm_bytes_equal(merged->registers[i].name, name)) {
            return &merged->registers[i];
        }
    }
    return NULL;
}
