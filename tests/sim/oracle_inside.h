/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_inside.h - what the oracle keeps. Private to oracle*.c.
 *
 * Owner: the simulator
 */
#ifndef HAMLET_TESTS_ORACLE_INSIDE_H
#define HAMLET_TESTS_ORACLE_INSIDE_H

#include "oracle.h"

/* What a write replaced: acts that wrote the same register. */
struct over {
    int count;
    int acts[ORACLE_HEADS];
    int depth;
};

/* What a replica knows of an act. */
struct knowledge {
    bool known;
    bool ordered; /* … by the registry: what it erases is erased */
    bool blind;
    bool left;     /* its home was, and is; it stays here and is offered to no server */
    uint8_t heard; /* of enum oracle_verdict */
    uint8_t sworn;
    uint8_t due;
    uint8_t kept;   /* of `heard`, what the home has not said again since it began anew */
    uint8_t mailed; /* of `heard`, what the mailbox has said since it began anew */
    unsigned bare;  /* registers that came without their values, as bits */
};

struct act {
    struct oracle_act told;
    struct over over[ORACLE_REGISTERS]; /* of told.writes[i] */
    int seen_count;                     /* of a deletion: what stood in other registers */
    int *seen;
    int next;         /* act of the same record, or withdrawal */
    unsigned *listed; /* of an erasure that the registry lists: of each act up to … */
    int listed_count; /* … here, the registers it reached, as bits; null: it does not */
    bool released;
    bool doubtful; /* the release, since the server was lost */
    bool lost;
    struct knowledge at[ORACLE_REPLICAS];
};

/* Acts in the order in which they were told, so that a question need not pass them all.
 */
struct chain {
    int first;
    int last;
};

struct oracle {
    struct act *acts;
    int count;
    int capacity;
    struct chain *records;
    int record_count;
    struct chain withdrawals;
};

/* The index of the act's write of `reg`; ORACLE_NONE: it writes it not. */
int oracle_write_of(const struct act *act, int reg);

/* The acts about a record, in the order in which they were told. */
int oracle_first_of(const struct oracle *oracle, int record);
int oracle_next_of(const struct oracle *oracle, int act);

/* Marks of all acts, to be freed; none is set. */
bool *oracle_marks(const struct oracle *oracle);
/*
 * Mark what `act` replaced in `reg`, and what that replaced in turn where it is gone on
 * through: everything, or only what is not effective.
 */
void oracle_mark(const struct oracle *oracle,
                 int replica,
                 int act,
                 int reg,
                 bool through_all,
                 bool *marked);

/* What an erasure replaces: all that its author knows and nothing known replaces. */
void oracle_over_last(const struct oracle *oracle, struct act *act, int write);

#endif
