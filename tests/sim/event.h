/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h - what somebody tries, or what happens to a machine or a message, as one line.
 *
 * Owner: the simulator
 *
 *     edit 2 record=0 fields=5 values=13        # laptop 2 edits; 0 is the server
 *
 * An argument that is left out has the value that stands beside its name in the table;
 * what is drawn from a seed and what stands in a script are the same lines.
 */
#ifndef HAMLET_TESTS_EVENT_H
#define HAMLET_TESTS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIM_ARGS = 6, SIM_LINE_MAX = 200 };

/*
 * Numbers are taken modulo what there is to choose from. A cut of -1 is none; else as
 * many bytes get through. `how` the power comes back: 0 all that is in doubt is lost,
 * 1 nothing, 2 piece by piece; and goes `again` so many operations later. What fails
 * once of a disk that is sick: 0 a write, 1 a truncation, 2 a sync, 3 a name. What comes
 * `amid` a visit of the one it is about: 1 before its commit, 2 before its reply.
 *
 *    name      word      arguments, each with what it is where it is left out
 */
#define SIM_DO_MAP(X)                                                                    \
    X(ADD, add, "unit=0 values=0 note=0")                                                \
    X(CARD, card, "unit=0 number=0 values=0")                                            \
    X(EDIT, edit, "record=0 fields=1 values=0 note=0 new=0")                             \
    X(DELETE, delete, "record=0")                                                        \
    X(RESOLVE, resolve, "conflict=0 head=-1 value=0 bulk=0")                             \
    X(WITHDRAW, withdraw, "bulk=0")                                                      \
    X(UNDO, undo, "act=0")                                                               \
    X(IMPORT, import, "count=1 unit=-1 values=0 note=0")                                 \
    X(STRAY, stray, "unit=0")                                                            \
    X(RELEASE, release, "refused=0")                                                     \
    X(ERASE, erase, "record=0 registers=64")                                             \
    X(ROLE, role, "once=0")                                                              \
    X(REVOKE, revoke, "amid=0")                                                          \
    X(BRING, bring, "other=0")                                                           \
    X(IMAGE, image, "")                                                                  \
    X(RESTORE, restore, "")                                                              \
    X(COPY, copy, "")                                                                    \
    X(ROTATE, rotate, "")                                                                \
    X(BACKUP, backup, "")                                                                \
    X(LOSE, lose, "empty=0")                                                             \
    X(CLOSE, close, "")                                                                  \
    X(LIE, lie, "what=0 record=0 values=0 other=0")                                      \
    X(CLOCK, clock, "seconds=0")                                                         \
    X(TRIP, trip, "rounds=50 at=0 up=-1 down=-1 twice=0")                                \
    X(TWIN, twin, "late=1 other=0 values=0")                                             \
    X(GROUP, group, "other=0 up=-1")                                                     \
    X(REPLAY, replay, "old=0 up=-1")                                                     \
    X(STICK, stick, "other=0")                                                           \
    X(CARRY, carry, "file=0 torn=-1")                                                    \
    X(ARM, arm, "operation=1 how=0 again=0")                                             \
    X(CRASH, crash, "how=0 again=0")                                                     \
    X(SICK, sick, "operation=0 nth=1")                                                   \
    X(FULL, full, "writes=0")                                                            \
    X(LOOK, look, "")                                                                    \
    X(HEAL, heal, "")                                                                    \
    X(MOVE, move, "unit=0 once=0")                                                       \
    X(JOIN, join, "unit=0 into=0")                                                       \
    X(SHIFT, shift, "unit=0 above=0")                                                    \
    X(EXPECT, expect,                                                                    \
      "records=-1 conflicts=-1 deleted=-1 refused=-1 waiting=-1 "                        \
      "least=0")

enum sim_do {
#define SIM_DO_ENUM(name, word, arguments) SIM_##name,
    SIM_DO_MAP(SIM_DO_ENUM)
#undef SIM_DO_ENUM
        SIM_DO_COUNT
};

struct sim_event {
    enum sim_do what;
    int who;
    int64_t arg[SIM_ARGS];
};

/* An event of this kind with the arguments that it has where nothing is said. */
void sim_event_init(struct sim_event *event, enum sim_do what, int who);

void sim_event_write(char line[SIM_LINE_MAX], const struct sim_event *event);

/* A laptop is no more: those after it have a number less, where `other` names one. */
void sim_event_move(struct sim_event *event, int gone);

/* False: the line is none; `wrong` says what is not understood. */
bool sim_event_read(struct sim_event *event, const char *line, const char **wrong);

#endif
