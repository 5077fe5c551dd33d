/* SPDX-License-Identifier: Apache-2.0 */
#include "marks.h"

#include "oracle_verdicts.h"
#include "sim.h"

static const struct {
    const char *name;
    const char *what;
} marks[SIM_MARK_COUNT] = {
#define SIM_MARK_ROW(name, word, what) [SIM_MARK_##name] = {#word, what},
    SIM_MARK_MAP(SIM_MARK_ROW)
#undef SIM_MARK_ROW
#define SIM_MARK_ROW(name, word, what) [SIM_MARK_LIE_##name] = {"lie_" #word, what},
        SIM_LIE_MAP(SIM_MARK_ROW)
#undef SIM_MARK_ROW
};

const char *sim_mark_name(enum sim_mark mark)
{
    return marks[mark].name;
}

const char *sim_mark_what(enum sim_mark mark)
{
    return marks[mark].what;
}

void sim_mark(struct sim *sim, enum sim_mark mark)
{
    sim->stats.marks[mark] = 1;
}

static void mark_if(struct sim *sim, bool met, enum sim_mark mark)
{
    if (met) {
        sim_mark(sim, mark);
    }
}

/* Whether somebody did the same to the same, of which this author has not heard. */
static bool is_beside(const struct sim *sim, int act)
{
    const struct oracle *oracle = sim->oracle;
    const struct oracle_act *told = oracle_told(oracle, act);
    for (int i = 0; i < act; i++) {
        const struct oracle_act *other = oracle_told(oracle, i);
        if (other->what == told->what && other->record == told->record &&
            other->names == told->names && other->names_act == told->names_act &&
            !oracle_known(oracle, told->replica, i) &&
            (told->what != ORACLE_DECIDE ||
             other->writes[0].reg == told->writes[0].reg)) {
            return true;
        }
    }
    return false;
}

static void mark_write(struct sim *sim, int act, const struct oracle_write *write)
{
    int over[ORACLE_HEADS];
    const struct oracle *oracle = sim->oracle;
    const struct oracle_act *told = oracle_told(oracle, act);
    bool edits = told->what == ORACLE_EDIT && write->reg != ORACLE_ALIVE;
    int count = oracle_over(oracle, act, write->reg, over);
    mark_if(sim, edits && write->value == 0 && count > 0, SIM_MARK_EDIT_NULL);
    mark_if(sim, told->what == ORACLE_DECIDE && count > 2, SIM_MARK_DECIDE_THREE);
    for (int i = 0; i < count; i++) {
        mark_if(sim, edits && oracle_told(oracle, over[i])->refused,
                SIM_MARK_EDIT_OVER_REFUSED);
        mark_if(sim, edits && oracle_heard(oracle, ORACLE_SERVER, over[i]) == 0,
                SIM_MARK_EDIT_OVER_UNJUDGED);
        mark_if(sim,
                edits && oracle_value(oracle, over[i], write->reg) !=
                             oracle_value(oracle, over[0], write->reg),
                SIM_MARK_EDIT_SETTLES);
    }
}

static void mark_record(struct sim *sim, int act)
{
    struct oracle_register found;
    int over[ORACLE_HEADS];
    const struct oracle_act *told = oracle_told(sim->oracle, act);
    bool lives = told->what == ORACLE_EDIT && told->write_count > 0;
    for (int i = 0; i < told->write_count; i++) {
        mark_write(sim, act, &told->writes[i]);
        bool alive = told->writes[i].reg == ORACLE_ALIVE;
        mark_if(sim, alive && lives, SIM_MARK_EDIT_REVIVES);
        mark_if(sim,
                alive && told->what == ORACLE_CREATE &&
                    oracle_over(sim->oracle, act, ORACLE_ALIVE, over) > 0,
                SIM_MARK_CARD_ANEW);
        mark_if(sim, alive && told->what == ORACLE_DECIDE,
                told->writes[i].value != 0 ? SIM_MARK_DECIDE_LIFE
                                           : SIM_MARK_DECIDE_DEATH);
    }
    for (int reg = 1; reg < ORACLE_REGISTERS && told->what == ORACLE_DELETE; reg++) {
        oracle_register(sim->oracle, told->replica, told->record, reg, &found);
        mark_if(sim, found.conflict, SIM_MARK_DELETE_DISPUTED);
    }
}

static bool is_written_over(const struct sim *sim, int replica, int act)
{
    int over[ORACLE_HEADS];
    const struct oracle *oracle = sim->oracle;
    const struct oracle_act *told = oracle_told(oracle, act);
    for (int i = act + 1; i < oracle_count(oracle); i++) {
        if (oracle_told(oracle, i)->record != told->record ||
            !oracle_known(oracle, replica, i)) {
            continue;
        }
        for (int w = 0; w < told->write_count; w++) {
            int count = oracle_over(oracle, i, told->writes[w].reg, over);
            for (int k = 0; k < count; k++) {
                if (over[k] == act) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void mark_undo(struct sim *sim, const struct oracle_act *told)
{
    const struct oracle_act *undone = oracle_told(sim->oracle, told->names_act);
    sim_mark(sim, SIM_MARK_UNDO);
    mark_if(sim, undone->replica != told->replica, SIM_MARK_UNDO_OTHERS);
    mark_if(sim, undone->what == ORACLE_DELETE, SIM_MARK_UNDO_DELETE);
    mark_if(sim, undone->what == ORACLE_CREATE, SIM_MARK_UNDO_CREATE);
}

static void mark_withdrawal(struct sim *sim, int act)
{
    const struct oracle *oracle = sim->oracle;
    const struct oracle_act *told = oracle_told(oracle, act);
    if (told->names_act != ORACLE_NONE) {
        mark_undo(sim, told);
        return;
    }
    for (int i = 0; i < act; i++) {
        const struct oracle_act *other = oracle_told(oracle, i);
        if (other->bulk != told->names || !oracle_known(oracle, told->replica, i)) {
            continue;
        }
        mark_if(sim, other->what == ORACLE_CREATE, SIM_MARK_WITHDRAW_IMPORT);
        mark_if(sim, other->what == ORACLE_DECIDE, SIM_MARK_WITHDRAW_DECISION);
        mark_if(sim, is_written_over(sim, told->replica, i),
                SIM_MARK_WITHDRAW_WRITTEN_OVER);
    }
}

static void mark_refused(struct sim *sim, const struct oracle_act *told)
{
    static const enum sim_mark refusals[] = {[ORACLE_CREATE] = SIM_MARK_REFUSED_CREATE,
                                             [ORACLE_EDIT] = SIM_MARK_REFUSED_MARK,
                                             [ORACLE_DELETE] = SIM_MARK_REFUSED_DELETE,
                                             [ORACLE_DECIDE] = SIM_MARK_REFUSED_DECISION,
                                             [ORACLE_WITHDRAW] =
                                                 SIM_MARK_REFUSED_WITHDRAWAL,
                                             [ORACLE_ERASE] = SIM_MARK_REFUSED_ERASURE};
    mark_if(sim, told->refused, refusals[told->what]);
}

void sim_mark_act(struct sim *sim, int act)
{
    const struct oracle_act *told = oracle_told(sim->oracle, act);
    bool beside = is_beside(sim, act);
    mark_refused(sim, told);
    mark_if(sim, told->what == ORACLE_ERASE, SIM_MARK_ERASE);
    mark_if(sim,
            told->what == ORACLE_ERASE && oracle_writes(sim->oracle, act, ORACLE_ALIVE),
            SIM_MARK_ERASE_DELETED);
    mark_if(sim, beside && told->what == ORACLE_CREATE && told->record != ORACLE_NONE,
            SIM_MARK_CARD_TWICE);
    mark_if(sim, beside && told->what == ORACLE_DELETE, SIM_MARK_DELETE_TWICE);
    mark_if(sim, beside && told->what == ORACLE_DECIDE, SIM_MARK_DECIDE_TWICE);
    mark_if(sim, beside && told->what == ORACLE_WITHDRAW, SIM_MARK_WITHDRAW_TWICE);
    mark_if(sim, told->what == ORACLE_DECIDE && told->bulk != ORACLE_NONE,
            SIM_MARK_DECIDE_BULK);
    if (told->what == ORACLE_WITHDRAW) {
        mark_withdrawal(sim, act);
    } else {
        mark_record(sim, act);
    }
}

void sim_mark_release(struct sim *sim, int act)
{
    mark_if(sim, is_written_over(sim, ORACLE_SERVER, act), SIM_MARK_RELEASED_UNDER);
    mark_if(sim, oracle_told(sim->oracle, act)->what == ORACLE_DELETE,
            SIM_MARK_RELEASED_DELETE);
}

void sim_mark_register(struct sim *sim, int reg, const struct oracle_register *found)
{
    int decisions = 0;
    int edits = 0;
    int erasures = 0;
    for (int i = 0; i < found->count; i++) {
        decisions += oracle_told(sim->oracle, found->heads[i])->what == ORACLE_DECIDE;
        edits += oracle_told(sim->oracle, found->heads[i])->what == ORACLE_EDIT;
        erasures += oracle_told(sim->oracle, found->heads[i])->what == ORACLE_ERASE;
    }
    if (reg != ORACLE_ALIVE) {
        mark_if(sim, found->count == 3, SIM_MARK_HEADS_THREE);
        mark_if(sim, found->count > 3, SIM_MARK_HEADS_FOUR);
        mark_if(sim, found->count > 1 && !found->conflict, SIM_MARK_HEADS_EQUAL);
        mark_if(sim, found->conflict && decisions > 0 && edits > 0,
                SIM_MARK_HEADS_DECIDED);
        mark_if(sim, found->conflict && erasures > 0 && edits > 0, SIM_MARK_ERASE_BESIDE);
        mark_if(sim, found->conflict && decisions > 1, SIM_MARK_HEADS_DECISIONS);
    }
}

void sim_mark_conflicts(struct sim *sim, uint64_t registers)
{
    bool life = (registers & UINT64_C(1) << ORACLE_ALIVE) != 0;
    mark_if(sim, life, SIM_MARK_LIFE_CONFLICT);
    mark_if(sim, life && registers != UINT64_C(1) << ORACLE_ALIVE,
            SIM_MARK_LIFE_AND_FIELD);
}
