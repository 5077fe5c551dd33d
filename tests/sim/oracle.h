/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle.h - what every replica must show, by the slowest definition there is.
 *
 * Owner: the simulator; it knows nothing of Hamlet: no header, no source, no id
 *
 * It is told what people saw acknowledged (who wrote what where) and which acts reached
 * which replica, as sets of act numbers. From that alone it says what stands: it keeps a
 * list of acts and answers each question by looking at all of them again.
 *
 * WHY THE SETS DO NOT MAKE IT CIRCULAR. After an exchange that was cut a laptop knows a
 * part of what the server knows, and which part only its store can say. The store is
 * asked one thing: which of the ids that it handed out at acknowledgement are here, and
 * which verdicts arrived about them. It is never asked what replaces what, what stands,
 * what is in conflict, deleted or withdrawn: all that follows here, from the order of
 * acknowledgements and these sets. And a store that told too little would be found out:
 * after a round that ended well, and at the end of a run, the sets must be complete, and
 * the verdicts those of the scenario's own table (refused).
 *
 * An act replaces, register by register, what stood on its author's replica when it was
 * written. An act is effective where it is neither refused nor withdrawn. The frontier of
 * a register are the effective writes that no effective write reaches through what it
 * replaces; paths lead on through ineffective ones.
 */
#ifndef HAMLET_TESTS_ORACLE_H
#define HAMLET_TESTS_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ORACLE_REPLICAS = 10,
    ORACLE_SERVER = 0, /* replicas above are laptops */
    ORACLE_ALIVE = 0,  /* the register that says whether a record lives */
    ORACLE_REGISTERS = 10,
    ORACLE_HEADS = 64,
    ORACLE_NONE = -1
};

enum oracle_what {
    ORACLE_CREATE,
    ORACLE_EDIT,
    ORACLE_DELETE,
    ORACLE_DECIDE, /* a resolution */
    ORACLE_WITHDRAW,
    ORACLE_ERASE,
    ORACLE_WHATS
};

/* Whose knowledge an act replaces. */
enum oracle_view {
    ORACLE_OWN_VIEW,    /* what stands on its author's replica */
    ORACLE_SERVER_VIEW, /* what stands on the server, wherever he has it from */
    ORACLE_NO_VIEW      /* nothing */
};

struct oracle_write {
    int reg;
    int64_t value; /* equal numbers are equal values; 0: cleared, or not alive */
};

struct oracle_act {
    enum oracle_what what;
    int replica; /* its author's */
    int rank;    /* of the author's role */
    int home;
    int record;    /* of a withdrawal: ORACLE_NONE */
    int bulk;      /* acts that can be withdrawn together; ORACLE_NONE */
    int names;     /* of a withdrawal: the bulk, */
    int names_act; /* … or the act */
    bool refused;  /* the server will not let it stand */
    bool forged;   /* in no store yet; nothing goes without saying; it may never come */
    bool open;     /* the verdict is not ours to say */
    enum oracle_view view;
    int write_count;
    struct oracle_write writes[ORACLE_REGISTERS];
};

struct oracle;
struct oracle *oracle_new(void);
void oracle_free(struct oracle *oracle);

/*
 * A person did this and it was acknowledged. Gives its number. What goes without saying
 * is added here: a new record lives, a deleted one that is edited lives again, one that
 * is created over a deleted one, but not in no view, has nothing left but what was given.
 */
int oracle_tell(struct oracle *oracle, const struct oracle_act *told);
int oracle_count(const struct oracle *oracle);
const struct oracle_act *oracle_told(const struct oracle *oracle, int act);

/* The server was ordered to let a refused act stand. */
void oracle_release(struct oracle *oracle, int act);
bool oracle_released(const struct oracle *oracle, int act);
/* … and was lost with all that it said: the order may be, too. */
void oracle_doubt(struct oracle *oracle, int act);
bool oracle_doubtful(const struct oracle *oracle, int act);

/* It came too late, or from somebody who is not heard any more: it will not stand. */
void oracle_refuse(struct oracle *oracle, int act);
/* Whether it stands is not ours to say. */
void oracle_open(struct oracle *oracle, int act);
/* … or is, after all: it will not. */
void oracle_close(struct oracle *oracle, int act);
/* It stood on one disk alone, which is no more: it may never be seen again. */
void oracle_lose(struct oracle *oracle, int act);
bool oracle_lost(const struct oracle *oracle, int act);

/* What reached a replica. */
/* A replica's store is another from here on: nothing is known of it … */
void oracle_forget(struct oracle *oracle, int replica);
/* … or just what was known when this was kept, of it or of the one it is a copy of. */
struct oracle_memory;
struct oracle_memory *oracle_remember(const struct oracle *oracle, int replica);
void oracle_recall(struct oracle *oracle,
                   int replica,
                   const struct oracle_memory *memory);
void oracle_memory_free(struct oracle_memory *memory);
void oracle_knows(struct oracle *oracle, int replica, int act);
/* It left the home of this act: nothing of it is known there, or only that it was. */
void oracle_part(struct oracle *oracle, int replica, int act, bool stays);
/* … where it stays, and nothing else of that home was there. */
void oracle_leave(struct oracle *oracle, int replica, int act);
/* This home is one of its own again. */
void oracle_return(struct oracle *oracle, int replica, int home);
/* Its values did not come with it, or came at last. */
void oracle_blind(struct oracle *oracle, int replica, int act, bool blind);
/* The registry of a replica lists this erasure, be it known itself there or not. */
void oracle_order(struct oracle *oracle, int replica, int act);
/* What was erased on the server before came from there without this value. */
void oracle_bare(struct oracle *oracle, int replica, int act, int reg);
/*
 * Whether what the act wrote is erased there: it came so, or an erasure that was
 * accepted, or that the registry lists, replaces it, itself or through other writes that
 * are known there.
 */
bool oracle_erased(const struct oracle *oracle, int replica, int act, int reg);
/* Whether its value may be seen there: neither blind nor erased. */
bool oracle_shows(const struct oracle *oracle, int replica, int act, int reg);
bool oracle_known(const struct oracle *oracle, int replica, int act);
/* … as more than what a laptop that left its home keeps of what was refused: a skeleton
 * that is offered to no server. */
bool oracle_offers(const struct oracle *oracle, int replica, int act);
bool oracle_is_blind(const struct oracle *oracle, int replica, int act);
bool oracle_effective(const struct oracle *oracle, int replica, int act);
/* Whether something takes the act back there. */
bool oracle_withdrawn(const struct oracle *oracle, int replica, int act);

/* A register as a replica must have it. */
struct oracle_register {
    int count;
    int heads[ORACLE_HEADS]; /* acts, ascending */
    bool conflict;           /* more than one value; one that is not known is by itself */
    int shown_count;         /* of the heads, those that may be shown: ties are open */
    int shown[ORACLE_HEADS];
};
void oracle_register(const struct oracle *oracle,
                     int replica,
                     int record,
                     int reg,
                     struct oracle_register *found);
bool oracle_writes(const struct oracle *oracle, int act, int reg);
int64_t oracle_value(const struct oracle *oracle, int act, int reg);
/* What the act replaced there when it was written; none where it does not write it. */
int oracle_depth(const struct oracle *oracle, int act, int reg);
int oracle_over(const struct oracle *oracle, int act, int reg, int over[ORACLE_HEADS]);

/* Whether a record is there, deleted, or deleted by one and kept by another. */
struct oracle_life {
    bool there;
    bool deleted;
    bool conflict;
};
void oracle_life(const struct oracle *oracle,
                 int replica,
                 int record,
                 struct oracle_life *life);

/* Whether the act stands in an open conflict of its record there. */
bool oracle_disputed(const struct oracle *oracle, int replica, int act);

#endif
