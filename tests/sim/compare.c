/* SPDX-License-Identifier: Apache-2.0 */
/* Every record of a replica, register by register, beside what the oracle makes of it. */
#include <stdarg.h>
#include <stdlib.h>

#include "oracle_verdicts.h"
#include "sim.h"

struct compare {
    struct sim *sim;
    struct hm_store *store;
    struct hm_arena *arena;
    int who;
    int record;
    const struct scene_form *form;
    struct hm_loaded loaded;
    uint64_t conflicts; /* registers of the record that must be in conflict, as bits */
    int conflict_count; /* of the replica */
};

static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

__attribute__((format(printf, 3, 4), noreturn)) static void
differ(const struct compare *c, int reg, const char *format, ...)
{
    char text[SIM_LINE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    sim_fail(c->sim, "replica %d, record %d, register %s: %s", c->who, c->record,
             reg < 0 ? "-" : c->form->registers[reg], text);
}

static int head_act(const struct compare *c, const struct hm_head *head)
{
    return sim_act_of(c->sim, &c->loaded.held[head->known].change.id);
}

/* A head's value is what its author typed, or withheld from those who may not see it. */
static void compare_value(const struct compare *c, int reg, const struct hm_head *head)
{
    const struct oracle *oracle = c->sim->oracle;
    int act = head_act(c, head);
    int64_t wanted = oracle_value(oracle, act, reg);
    struct hm_bytes value = head->write->value;
    bool blind = !oracle_shows(oracle, c->who, act, reg);
    if (blind ? value.size != 0
              : value.size == 0 || scene_read(c->form, reg, value) != wanted) {
        differ(c, reg, "act %d wrote %lld, here it is %lld (%zu bytes)", act,
               (long long)wanted,
               value.size == 0 ? -1LL : (long long)scene_read(c->form, reg, value),
               value.size);
    }
}

static void compare_heads(const struct compare *c,
                          int reg,
                          const struct hm_register *found,
                          const struct oracle_register *wanted)
{
    int heads[ORACLE_HEADS];
    size_t count = found == NULL ? 0 : found->head_count;
    if (count != (size_t)wanted->count) {
        differ(c, reg, "%zu heads instead of %d", count, wanted->count);
    }
    for (size_t i = 0; i < count; i++) {
        heads[i] = head_act(c, &found->heads[i]);
        compare_value(c, reg, &found->heads[i]);
    }
    qsort(heads, count, sizeof(*heads), ascending);
    for (size_t i = 0; i < count; i++) {
        if (heads[i] != wanted->heads[i]) {
            differ(c, reg, "act %d is a head instead of act %d", heads[i],
                   wanted->heads[i]);
        }
    }
}

static void compare_shown(const struct compare *c,
                          int reg,
                          const struct hm_register *found,
                          const struct oracle_register *wanted)
{
    int act = head_act(c, &found->heads[found->shown]);
    for (int i = 0; i < wanted->shown_count; i++) {
        if (wanted->shown[i] == act) {
            return;
        }
    }
    differ(c, reg, "act %d is shown, which others come before", act);
}

static void compare_register(struct compare *c, int reg)
{
    struct oracle_register wanted;
    const struct hm_register *found =
        hm_merged_register(&c->loaded.merged, hm_text(c->form->registers[reg]));
    oracle_register(c->sim->oracle, c->who, c->record, reg, &wanted);
    compare_heads(c, reg, found, &wanted);
    sim_mark_register(c->sim, reg, &wanted);
    c->sim->stats.registers_compared++;
    if (found == NULL || reg == ORACLE_ALIVE) {
        return;
    }
    compare_shown(c, reg, found, &wanted);
    if (found->conflict != wanted.conflict) {
        differ(c, reg,
               found->conflict ? "a conflict that is none" : "a conflict is missed");
    }
    if (wanted.conflict) {
        c->conflicts |= UINT64_C(1) << reg;
    }
}

static void compare_life(struct compare *c)
{
    struct oracle_life life;
    const struct hm_merged *merged = &c->loaded.merged;
    oracle_life(c->sim->oracle, c->who, c->record, &life);
    if (merged->there != life.there || merged->deleted != life.deleted ||
        merged->live_conflict != life.conflict) {
        differ(c, ORACLE_ALIVE, "there %d, deleted %d, disputed %d instead of %d, %d, %d",
               merged->there, merged->deleted, merged->live_conflict, life.there,
               life.deleted, life.conflict);
    }
    if (life.conflict) {
        c->conflicts |= UINT64_C(1) << ORACLE_ALIVE;
    }
}

static bool any_refused(const struct compare *c)
{
    const struct oracle *oracle = c->sim->oracle;
    for (int i = 0; i < oracle_count(oracle); i++) {
        if (oracle_told(oracle, i)->record == c->record &&
            oracle_heard(oracle, c->who, i) == ORACLE_REFUSED) {
            return true;
        }
    }
    return false;
}

/* The row that lists are made of says the same as the changes. */
static void compare_row(const struct compare *c)
{
    struct hm_listed listed;
    struct hm_err err = HM_ERR_NONE;
    uint64_t conflicts = 0;
    enum hm_status status =
        hm_store_record_show(c->store, &c->loaded.id, &listed, c->arena, &err);
    if (!c->loaded.merged.there && status == HM_NOT_FOUND) {
        return;
    }
    sim_must(c->sim, status, &err, "show");
    for (size_t i = 0; i < listed.conflict_count; i++) {
        for (int reg = 0; reg < c->form->register_count; reg++) {
            bool same = hm_bytes_are(listed.conflicts[i], c->form->registers[reg]);
            conflicts |= (uint64_t)same << reg;
        }
    }
    if (conflicts != c->conflicts) {
        differ(c, -1, "the list says conflicts %llx instead of %llx",
               (unsigned long long)conflicts, (unsigned long long)c->conflicts);
    }
    if (listed.deleted != c->loaded.merged.deleted) {
        differ(c, -1, "the list says deleted %d", listed.deleted);
    }
    if ((listed.state == HM_STATE_QUARANTINED) != any_refused(c) ||
        (listed.state == HM_STATE_CONFLICT && conflicts == 0)) {
        differ(c, -1, "the list says %s", hm_state_name(listed.state));
    }
}

/* A claim of it in another home may be what its id means where its creation is not. */
static bool claim_is_meant(const struct compare *c)
{
    const struct oracle *oracle = c->sim->oracle;
    const struct sim_record *at = &c->sim->records[c->record];
    bool meant = at->claimed && !hm_bytes_are(c->loaded.home, scene_unit(at->unit));
    for (int i = 0; meant && i < oracle_count(oracle); i++) {
        const struct oracle_act *act = oracle_told(oracle, i);
        meant = act->record != c->record || act->what != ORACLE_CREATE ||
                !oracle_known(oracle, c->who, i);
    }
    return meant;
}

static void compare_record(struct compare *c)
{
    struct hm_err err = HM_ERR_NONE;
    const struct sim_record *at = &c->sim->records[c->record];
    c->form = scene_form(at->kind);
    c->conflicts = 0;
    sim_must(c->sim, hm_store_record_load(c->store, &at->id, &c->loaded, c->arena, &err),
             &err, "record");
    if (claim_is_meant(c)) {
        return;
    }
    if (!hm_bytes_are(c->loaded.home, scene_unit(at->unit)) ||
        !hm_bytes_are(c->loaded.kind_name, c->form->name)) {
        differ(c, -1, "it has another home or kind");
    }
    for (int reg = 0; reg < c->form->register_count; reg++) {
        compare_register(c, reg);
    }
    compare_life(c);
    compare_row(c);
    sim_mark_conflicts(c->sim, c->conflicts);
    for (int reg = 0; reg < c->form->register_count; reg++) {
        c->conflict_count += (c->conflicts >> reg & 1) != 0;
    }
}

/* The list of open conflicts names those that were found record by record, no other. */
static void compare_conflicts(const struct compare *c)
{
    struct hm_conflict *list = NULL;
    struct hm_err err = HM_ERR_NONE;
    size_t count = 0;
    sim_must(
        c->sim,
        hm_store_conflicts(c->store, HM_NO_BYTES, true, &list, &count, c->arena, &err),
        &err, "conflicts");
    if (count != (size_t)c->conflict_count) {
        sim_fail(c->sim, "replica %d lists %zu open conflicts instead of %d", c->who,
                 count, c->conflict_count);
    }
    c->sim->stats.conflicts_seen += count;
}

void sim_compare_records(struct sim *sim, int who, struct hm_arena *arena)
{
    struct compare c = {
        .sim = sim, .store = sim_store(sim, who), .arena = arena, .who = who};
    struct hm_err err = HM_ERR_NONE;
    bool known[SIM_RECORDS_MAX] = {false};
    for (int i = 0; i < oracle_count(sim->oracle); i++) {
        int record = oracle_told(sim->oracle, i)->record;
        if (record != ORACLE_NONE && oracle_known(sim->oracle, who, i)) {
            known[record] = true;
        }
    }
    sim_must(sim, hm_store_begin_read(c.store, &err), &err, "read");
    for (c.record = 0; c.record < sim->record_count; c.record++) {
        if (known[c.record]) {
            compare_record(&c);
            hm_arena_clear(arena);
        }
    }
    compare_conflicts(&c);
    hm_store_rollback(c.store);
}
