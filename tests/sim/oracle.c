/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle_inside.h"
#include "oracle_verdicts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        (void)fputs("oracle: out of memory\n", stderr);
        abort();
    }
    return memory;
}

struct oracle *oracle_new(void)
{
    struct oracle *oracle = must(calloc(1, sizeof(*oracle)));
    oracle->withdrawals = (struct chain){ORACLE_NONE, ORACLE_NONE};
    return oracle;
}

void oracle_free(struct oracle *oracle)
{
    for (int i = 0; i < oracle->count; i++) {
        free(oracle->acts[i].seen);
        free(oracle->acts[i].listed);
    }
    free(oracle->acts);
    free(oracle->records);
    free(oracle);
}

int oracle_first_of(const struct oracle *oracle, int record)
{
    return record >= 0 && record < oracle->record_count ? oracle->records[record].first
                                                        : ORACLE_NONE;
}

int oracle_next_of(const struct oracle *oracle, int act)
{
    return oracle->acts[act].next;
}

static struct chain *chain_of(struct oracle *oracle, int record)
{
    if (record == ORACLE_NONE) {
        return &oracle->withdrawals;
    }
    while (oracle->record_count <= record) {
        oracle->records =
            must(realloc(oracle->records,
                         ((size_t)oracle->record_count + 1) * sizeof(*oracle->records)));
        oracle->records[oracle->record_count++] =
            (struct chain){ORACLE_NONE, ORACLE_NONE};
    }
    return &oracle->records[record];
}

int oracle_count(const struct oracle *oracle)
{
    return oracle->count;
}

const struct oracle_act *oracle_told(const struct oracle *oracle, int act)
{
    return &oracle->acts[act].told;
}

void oracle_release(struct oracle *oracle, int act)
{
    oracle->acts[act].released = true;
}

void oracle_refuse(struct oracle *oracle, int act)
{
    oracle->acts[act].told.refused = true;
}

void oracle_open(struct oracle *oracle, int act)
{
    oracle->acts[act].told.open = true;
}

void oracle_close(struct oracle *oracle, int act)
{
    oracle->acts[act].told.open = false;
    oracle->acts[act].told.refused = true;
}

bool oracle_released(const struct oracle *oracle, int act)
{
    return oracle->acts[act].released;
}

void oracle_lose(struct oracle *oracle, int act)
{
    oracle->acts[act].lost = true;
}

bool oracle_lost(const struct oracle *oracle, int act)
{
    return oracle->acts[act].lost;
}

void oracle_doubt(struct oracle *oracle, int act)
{
    oracle->acts[act].doubtful = true;
}

bool oracle_doubtful(const struct oracle *oracle, int act)
{
    return oracle->acts[act].doubtful;
}

void oracle_forget(struct oracle *oracle, int replica)
{
    for (int i = 0; i < oracle->count; i++) {
        oracle->acts[i].at[replica] = (struct knowledge){.known = false};
    }
}

struct oracle_memory {
    int count;
    struct knowledge at[];
};

struct oracle_memory *oracle_remember(const struct oracle *oracle, int replica)
{
    struct oracle_memory *memory =
        must(malloc(sizeof(*memory) + (size_t)oracle->count * sizeof(memory->at[0])));
    memory->count = oracle->count;
    for (int i = 0; i < oracle->count; i++) {
        memory->at[i] = oracle->acts[i].at[replica];
    }
    return memory;
}

void oracle_recall(struct oracle *oracle, int replica, const struct oracle_memory *memory)
{
    oracle_forget(oracle, replica);
    for (int i = 0; i < memory->count; i++) {
        oracle->acts[i].at[replica] = memory->at[i];
    }
}

void oracle_memory_free(struct oracle_memory *memory)
{
    free(memory);
}

void oracle_knows(struct oracle *oracle, int replica, int act)
{
    oracle->acts[act].at[replica].known = true;
}

void oracle_part(struct oracle *oracle, int replica, int act, bool stays)
{
    struct knowledge *at = &oracle->acts[act].at[replica];
    *at = (struct knowledge){.known = stays,
                             .blind = stays,
                             .left = stays,
                             .ordered = at->ordered,
                             .heard = stays ? at->heard : 0};
}

void oracle_leave(struct oracle *oracle, int replica, int act)
{
    struct knowledge *at = &oracle->acts[act].at[replica];
    at->blind = true;
    at->left = true;
}

void oracle_return(struct oracle *oracle, int replica, int home)
{
    for (int i = 0; i < oracle->count; i++) {
        struct knowledge *at = &oracle->acts[i].at[replica];
        at->left = at->left && oracle->acts[i].told.home != home;
    }
}

void oracle_blind(struct oracle *oracle, int replica, int act, bool blind)
{
    oracle->acts[act].at[replica].blind = blind;
}

bool oracle_known(const struct oracle *oracle, int replica, int act)
{
    return oracle->acts[act].at[replica].known;
}

bool oracle_offers(const struct oracle *oracle, int replica, int act)
{
    const struct knowledge *at = &oracle->acts[act].at[replica];
    return at->known && !at->left;
}

bool oracle_is_blind(const struct oracle *oracle, int replica, int act)
{
    return oracle->acts[act].at[replica].blind;
}

/* Refused is what was refused and by no other verdict let stand. */
static bool refused(const struct act *act, int replica)
{
    return act->at[replica].heard == ORACLE_REFUSED;
}

bool oracle_withdrawn(const struct oracle *oracle, int replica, int number)
{
    const struct act *act = &oracle->acts[number];
    for (int i = oracle->withdrawals.first; i != ORACLE_NONE;
         i = oracle_next_of(oracle, i)) {
        const struct act *by = &oracle->acts[i];
        bool named = by->told.names_act == number ||
                     (by->told.names == act->told.bulk && act->told.bulk != ORACLE_NONE);
        if (named && by->at[replica].known && !refused(by, replica) &&
            by->told.home == act->told.home) {
            return true;
        }
    }
    return false;
}

bool oracle_effective(const struct oracle *oracle, int replica, int act)
{
    const struct act *at = &oracle->acts[act];
    return at->at[replica].known && !refused(at, replica) &&
           (at->told.what == ORACLE_WITHDRAW || !oracle_withdrawn(oracle, replica, act));
}

int oracle_write_of(const struct act *act, int reg)
{
    for (int i = 0; i < act->told.write_count; i++) {
        if (act->told.writes[i].reg == reg) {
            return i;
        }
    }
    return ORACLE_NONE;
}

bool oracle_writes(const struct oracle *oracle, int act, int reg)
{
    return oracle_write_of(&oracle->acts[act], reg) != ORACLE_NONE;
}

int64_t oracle_value(const struct oracle *oracle, int act, int reg)
{
    const struct act *at = &oracle->acts[act];
    return at->told.writes[oracle_write_of(at, reg)].value;
}

int oracle_depth(const struct oracle *oracle, int act, int reg)
{
    const struct act *at = &oracle->acts[act];
    return at->over[oracle_write_of(at, reg)].depth;
}

int oracle_over(const struct oracle *oracle, int act, int reg, int over[ORACLE_HEADS])
{
    const struct act *at = &oracle->acts[act];
    int write = oracle_write_of(at, reg);
    if (write == ORACLE_NONE) {
        return 0;
    }
    memcpy(over, at->over[write].acts, (size_t)at->over[write].count * sizeof(*over));
    return at->over[write].count;
}

static bool writes(const struct act *act, int replica, int reg)
{
    return act->at[replica].known && oracle_write_of(act, reg) != ORACLE_NONE;
}

void oracle_mark(const struct oracle *oracle,
                 int replica,
                 int act,
                 int reg,
                 bool through_all,
                 bool *marked)
{
    const struct act *at = &oracle->acts[act];
    const struct over *over = &at->over[oracle_write_of(at, reg)];
    for (int i = 0; i < over->count; i++) {
        int next = over->acts[i];
        if (!oracle->acts[next].at[replica].known || marked[next]) {
            continue;
        }
        marked[next] = true;
        if (through_all || !oracle_effective(oracle, replica, next)) {
            oracle_mark(oracle, replica, next, reg, through_all, marked);
        }
    }
}

bool *oracle_marks(const struct oracle *oracle)
{
    return must(calloc((size_t)oracle->count + 1, sizeof(bool)));
}

static bool settles(const struct act *act)
{
    return act->told.what == ORACLE_DECIDE || act->told.what == ORACLE_ERASE;
}

/* 1, 0 or -1: a shows before, beside or after b. */
static int shows_before(const struct oracle *oracle, int a, int b, int reg)
{
    const struct act *x = &oracle->acts[a];
    const struct act *y = &oracle->acts[b];
    const int order[][2] = {
        {settles(x), settles(y)},
        {x->told.rank, y->told.rank},
        {x->over[oracle_write_of(x, reg)].depth, y->over[oracle_write_of(y, reg)].depth}};
    for (int i = 0; i < 3; i++) {
        if (order[i][0] != order[i][1]) {
            return order[i][0] > order[i][1] ? 1 : -1;
        }
    }
    return 0;
}

static void find_shown(const struct oracle *oracle,
                       int reg,
                       struct oracle_register *found)
{
    for (int i = 0; i < found->count; i++) {
        bool beaten = false;
        for (int k = 0; k < found->count; k++) {
            beaten =
                beaten || shows_before(oracle, found->heads[k], found->heads[i], reg) > 0;
        }
        if (!beaten) {
            found->shown[found->shown_count++] = found->heads[i];
        }
    }
}

void oracle_register(const struct oracle *oracle,
                     int replica,
                     int record,
                     int reg,
                     struct oracle_register *found)
{
    bool *marked = oracle_marks(oracle);
    found->count = 0;
    found->shown_count = 0;
    found->conflict = false;
    for (int i = oracle_first_of(oracle, record); i != ORACLE_NONE;
         i = oracle_next_of(oracle, i)) {
        if (writes(&oracle->acts[i], replica, reg) &&
            oracle_effective(oracle, replica, i)) {
            oracle_mark(oracle, replica, i, reg, false, marked);
        }
    }
    for (int i = oracle_first_of(oracle, record); i != ORACLE_NONE;
         i = oracle_next_of(oracle, i)) {
        if (writes(&oracle->acts[i], replica, reg) && !marked[i] &&
            oracle_effective(oracle, replica, i) && found->count < ORACLE_HEADS) {
            found->heads[found->count++] = i;
        }
    }
    free(marked);
    for (int i = 1; i < found->count; i++) {
        found->conflict = found->conflict ||
                          !oracle_shows(oracle, replica, found->heads[0], reg) ||
                          !oracle_shows(oracle, replica, found->heads[i], reg) ||
                          oracle_value(oracle, found->heads[0], reg) !=
                              oracle_value(oracle, found->heads[i], reg);
    }
    find_shown(oracle, reg, found);
}

/* A head of the register of life that is known to say so. */
static bool ends_life(const struct oracle *oracle, int replica, int act)
{
    return !oracle_is_blind(oracle, replica, act) &&
           oracle_value(oracle, act, ORACLE_ALIVE) == 0;
}

/* Everything of `reg` that a deletion saw: what stood, and all that had led to it. */
static void mark_seen(const struct oracle *oracle,
                      int replica,
                      int deletion,
                      int reg,
                      bool *marked)
{
    const struct act *by = &oracle->acts[deletion];
    if (oracle_write_of(by, reg) != ORACLE_NONE) { /* an erasure that leaves it deleted */
        marked[deletion] = true;
        oracle_mark(oracle, replica, deletion, reg, true, marked);
    }
    for (int i = 0; i < by->seen_count; i++) {
        int seen = by->seen[i];
        if (writes(&oracle->acts[seen], replica, reg) && !marked[seen]) {
            marked[seen] = true;
            oracle_mark(oracle, replica, seen, reg, true, marked);
        }
    }
}

/* Whether some head of `reg` was seen by none of the deletions. */
static bool any_unseen(const struct oracle *oracle,
                       int replica,
                       const struct oracle_register *alive,
                       int record,
                       int reg)
{
    struct oracle_register found;
    bool *marked = oracle_marks(oracle);
    bool unseen = false;
    for (int i = 0; i < alive->count; i++) {
        if (ends_life(oracle, replica, alive->heads[i])) {
            mark_seen(oracle, replica, alive->heads[i], reg, marked);
        }
    }
    oracle_register(oracle, replica, record, reg, &found);
    for (int i = 0; i < found.count; i++) {
        unseen = unseen || !marked[found.heads[i]];
    }
    free(marked);
    return unseen;
}

void oracle_life(const struct oracle *oracle,
                 int replica,
                 int record,
                 struct oracle_life *life)
{
    struct oracle_register alive;
    struct oracle_register other;
    bool ends = false;
    bool lives = false;
    oracle_register(oracle, replica, record, ORACLE_ALIVE, &alive);
    *life = (struct oracle_life){.there = alive.count > 0};
    for (int i = 0; i < alive.count; i++) {
        bool says = !ends_life(oracle, replica, alive.heads[i]);
        lives = lives || says;
        ends = ends || !says;
    }
    for (int reg = ORACLE_ALIVE + 1; reg < ORACLE_REGISTERS; reg++) {
        oracle_register(oracle, replica, record, reg, &other);
        life->there = life->there || other.count > 0;
        if (ends && !lives) {
            lives = any_unseen(oracle, replica, &alive, record, reg);
        }
    }
    life->deleted = ends && !lives;
    life->conflict = ends && lives;
}

bool oracle_disputed(const struct oracle *oracle, int replica, int act)
{
    const struct act *at = &oracle->acts[act];
    struct oracle_register alive;
    struct oracle_register found;
    struct oracle_life life;
    bool disputed = false;
    oracle_life(oracle, replica, at->told.record, &life);
    oracle_register(oracle, replica, at->told.record, ORACLE_ALIVE, &alive);
    for (int w = 0; w < at->told.write_count && !disputed; w++) {
        int reg = at->told.writes[w].reg;
        bool *marked = oracle_marks(oracle);
        for (int i = 0; i < alive.count && reg != ORACLE_ALIVE && life.conflict; i++) {
            if (ends_life(oracle, replica, alive.heads[i])) {
                mark_seen(oracle, replica, alive.heads[i], reg, marked);
            }
        }
        oracle_register(oracle, replica, at->told.record, reg, &found);
        for (int i = 0; i < found.count; i++) {
            bool in_life = life.conflict && (reg == ORACLE_ALIVE || !marked[act]);
            bool in_field = reg != ORACLE_ALIVE && found.conflict;
            disputed = disputed || (found.heads[i] == act && (in_life || in_field));
        }
        free(marked);
    }
    return disputed;
}

static void add_write(struct oracle_act *act, int reg, int64_t value)
{
    for (int i = 0; i < act->write_count; i++) {
        if (act->writes[i].reg == reg) {
            return;
        }
    }
    act->writes[act->write_count++] = (struct oracle_write){reg, value};
}

/* What goes without saying: see oracle_tell. */
static void add_implied(const struct oracle *oracle, struct oracle_act *act)
{
    struct oracle_register standing;
    struct oracle_life life;
    oracle_life(oracle, act->replica, act->record, &life);
    for (int reg = ORACLE_ALIVE + 1; reg < ORACLE_REGISTERS; reg++) {
        if (act->what == ORACLE_CREATE && act->view != ORACLE_NO_VIEW) {
            oracle_register(oracle, act->replica, act->record, reg, &standing);
            if (standing.count > 0) {
                add_write(act, reg, 0);
            }
        }
    }
    if (act->what == ORACLE_CREATE || (act->what == ORACLE_EDIT && life.deleted)) {
        add_write(act, ORACLE_ALIVE, 1);
    }
    if (act->what == ORACLE_DELETE ||
        (act->what == ORACLE_ERASE && (life.deleted || !life.there))) {
        add_write(act, ORACLE_ALIVE, 0);
    }
}

static void note_over(const struct oracle *oracle, struct act *act, int write)
{
    if (act->told.what == ORACLE_ERASE && act->told.writes[write].reg != ORACLE_ALIVE) {
        oracle_over_last(oracle, act, write);
        return;
    }
    struct oracle_register standing;
    struct over *over = &act->over[write];
    int replica =
        act->told.view == ORACLE_SERVER_VIEW ? ORACLE_SERVER : act->told.replica;
    oracle_register(oracle, replica, act->told.record, act->told.writes[write].reg,
                    &standing);
    over->depth = 1;
    standing.count = act->told.view == ORACLE_NO_VIEW ? 0 : standing.count;
    for (int i = 0; i < standing.count; i++) {
        const struct act *head = &oracle->acts[standing.heads[i]];
        int depth = head->over[oracle_write_of(head, act->told.writes[write].reg)].depth;
        over->acts[over->count++] = standing.heads[i];
        over->depth = depth >= over->depth ? depth + 1 : over->depth;
    }
}

static void note_seen(const struct oracle *oracle, struct act *act)
{
    struct oracle_register standing;
    for (int reg = ORACLE_ALIVE + 1; reg < ORACLE_REGISTERS; reg++) {
        oracle_register(oracle, act->told.replica, act->told.record, reg, &standing);
        for (int i = 0; i < standing.count; i++) {
            act->seen = must(
                realloc(act->seen, ((size_t)act->seen_count + 1) * sizeof(*act->seen)));
            act->seen[act->seen_count++] = standing.heads[i];
        }
    }
}

int oracle_tell(struct oracle *oracle, const struct oracle_act *told)
{
    struct act act = {.told = *told};
    if (told->what != ORACLE_WITHDRAW) {
        if (!told->forged) {
            add_implied(oracle, &act.told);
        }
        for (int i = 0; i < act.told.write_count; i++) {
            note_over(oracle, &act, i);
        }
        int alive = oracle_write_of(&act, ORACLE_ALIVE);
        if (alive != ORACLE_NONE && act.told.writes[alive].value == 0 &&
            told->view != ORACLE_NO_VIEW) {
            note_seen(oracle, &act);
        }
    }
    if (oracle->count == oracle->capacity) {
        oracle->capacity = oracle->capacity == 0 ? 64 : 2 * oracle->capacity;
        oracle->acts =
            must(realloc(oracle->acts, (size_t)oracle->capacity * sizeof(*oracle->acts)));
    }
    struct chain *chain = chain_of(oracle, told->record);
    act.at[told->replica].known = !told->forged;
    act.lost = told->forged;
    act.next = ORACLE_NONE;
    oracle->acts[oracle->count] = act;
    if (chain->last == ORACLE_NONE) {
        chain->first = oracle->count;
    } else {
        oracle->acts[chain->last].next = oracle->count;
    }
    chain->last = oracle->count;
    return oracle->count++;
}
