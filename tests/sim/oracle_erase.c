/* SPDX-License-Identifier: Apache-2.0 */
/* What is erased where, and what an erasure replaces. */
#include <stdlib.h>

#include "oracle_inside.h"
#include "oracle_verdicts.h"

/* The list that the server writes names all that the erasure reached there and then. */
static void list(struct oracle *oracle, int act)
{
    struct act *erasure = &oracle->acts[act];
    erasure->listed_count = oracle->count;
    erasure->listed = calloc((size_t)oracle->count, sizeof(*erasure->listed));
    for (int w = 0; erasure->listed != NULL && w < erasure->told.write_count; w++) {
        int reg = erasure->told.writes[w].reg;
        bool *marked = oracle_marks(oracle);
        oracle_mark(oracle, ORACLE_SERVER, act, reg, true, marked);
        for (int i = 0; i < oracle->count; i++) {
            erasure->listed[i] |= marked[i] ? 1U << (unsigned)reg : 0;
        }
        free(marked);
    }
}

void oracle_order(struct oracle *oracle, int replica, int act)
{
    if (replica == ORACLE_SERVER && oracle->acts[act].listed == NULL) {
        list(oracle, act);
    }
    oracle->acts[act].at[replica].ordered = true;
}

/* What the registry names is erased wherever it is, and what that replaced. */
static void mark_listed(const struct oracle *oracle,
                        int replica,
                        int act,
                        int reg,
                        bool *marked)
{
    const struct act *erasure = &oracle->acts[act];
    for (int i = 0; erasure->listed != NULL && i < erasure->listed_count; i++) {
        bool reached = (erasure->listed[i] >> (unsigned)reg & 1U) != 0;
        if (reached && oracle->acts[i].at[replica].known && !marked[i]) {
            marked[i] = true;
            oracle_mark(oracle, replica, i, reg, true, marked);
        }
    }
}

void oracle_bare(struct oracle *oracle, int replica, int act, int reg)
{
    oracle->acts[act].at[replica].bare |= 1U << (unsigned)reg;
}

static bool orders(const struct act *act, int replica, int reg)
{
    return act->told.what == ORACLE_ERASE && reg != ORACLE_ALIVE &&
           oracle_write_of(act, reg) != ORACLE_NONE &&
           (act->at[replica].ordered || act->at[replica].heard > ORACLE_REFUSED ||
            act->at[replica].heard == ORACLE_ACCEPTED);
}

bool oracle_erased(const struct oracle *oracle, int replica, int act, int reg)
{
    bool *marked = NULL;
    for (int i = oracle_first_of(oracle, oracle->acts[act].told.record); i != ORACLE_NONE;
         i = oracle_next_of(oracle, i)) {
        if (orders(&oracle->acts[i], replica, reg)) {
            marked = marked == NULL ? oracle_marks(oracle) : marked;
            oracle_mark(oracle, replica, i, reg, true, marked);
            if (oracle->acts[i].at[replica].ordered) {
                mark_listed(oracle, replica, i, reg, marked);
            }
        }
    }
    bool bare = (oracle->acts[act].at[replica].bare >> (unsigned)reg & 1U) != 0;
    bool erased = bare || (marked != NULL && marked[act]);
    free(marked);
    return erased;
}

bool oracle_shows(const struct oracle *oracle, int replica, int act, int reg)
{
    return !oracle_is_blind(oracle, replica, act) &&
           !oracle_erased(oracle, replica, act, reg);
}

static bool knows_write(const struct act *act, int replica, int reg)
{
    return act->at[replica].known && oracle_write_of(act, reg) != ORACLE_NONE;
}

void oracle_over_last(const struct oracle *oracle, struct act *act, int write)
{
    int replica = act->told.replica;
    int reg = act->told.writes[write].reg;
    struct over *over = &act->over[write];
    bool *marked = oracle_marks(oracle);
    int first = oracle_first_of(oracle, act->told.record);
    for (int i = first; i != ORACLE_NONE; i = oracle_next_of(oracle, i)) {
        if (knows_write(&oracle->acts[i], replica, reg)) {
            oracle_mark(oracle, replica, i, reg, true, marked);
        }
    }
    over->depth = 1;
    for (int i = first; i != ORACLE_NONE; i = oracle_next_of(oracle, i)) {
        const struct act *at = &oracle->acts[i];
        if (knows_write(at, replica, reg) && !marked[i] && over->count < ORACLE_HEADS) {
            int depth = at->over[oracle_write_of(at, reg)].depth;
            over->acts[over->count++] = i;
            over->depth = depth >= over->depth ? depth + 1 : over->depth;
        }
    }
    free(marked);
}
