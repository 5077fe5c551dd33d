/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plant.h - faults that are put into the world on purpose, to see that they are found.
 *
 * Owner: the simulator
 *
 * Each does to a replica what a bug of the product would do. A simulation that runs to
 * its end with one of them is itself broken.
 */
#ifndef HAMLET_TESTS_PLANT_H
#define HAMLET_TESTS_PLANT_H

#include <stdbool.h>

struct sim;

/*    name             word             what is wrong in this world */
#define SIM_PLANT_MAP(X)                                                                 \
    X(UNSAVED, unsaved, "a save is acknowledged and never committed")                    \
    X(LAZY_DISK, lazy_disk, "a sync comes back before the disk has the bytes")           \
    X(LOST_PAGE, lost_page, "the server drops a page that it acknowledged")              \
    X(LOST_HEAD, lost_head, "a laptop forgets one head of a register")                   \
    X(LOST_CONFLICT, lost_conflict, "a laptop shows one value and no conflict")          \
    X(NO_JUDGE, no_judge, "the server lets everybody do everything")                     \
    X(NO_CURSOR, no_cursor, "a laptop forgets what was acknowledged")                    \
    X(LATER_CURSOR, later_cursor, "a laptop's cursor runs ahead of what it holds")       \
    X(WRONG_DIGEST, wrong_digest, "a laptop keeps a digest of another set")              \
    X(SWAPPED, swapped, "two changes of a chain change places")                          \
    X(UNREVOKED, unrevoked, "the server forgets that a device was revoked")              \
    X(UNORDERED, unordered, "a laptop forgets what was to be erased")                    \
    X(UNENDED, unended, "the server forgets that a role ended at once")                  \
    X(ALTERED, altered, "a value in a store is another than was written")                \
    X(SAME_SELF, same_self, "a server that comes back counts on as if it were the old")  \
    X(LOST_WORD, lost_word, "laptops forget what a server that is lost has signed")

enum sim_plant {
    SIM_PLANT_NONE,
#define SIM_PLANT_ENUM(name, word, what) SIM_PLANT_##name,
    SIM_PLANT_MAP(SIM_PLANT_ENUM)
#undef SIM_PLANT_ENUM
        SIM_PLANT_COUNT
};

const char *sim_plant_name(enum sim_plant plant);
const char *sim_plant_what(enum sim_plant plant);
bool sim_plant_find(enum sim_plant *plant, const char *name);

/* When the chance is there. Whether it is the moment, each plant decides. */
enum sim_moment {
    SIM_AT_SAVE,    /* somebody is told that it is saved */
    SIM_AFTER_SAVE, /* … and it is */
    SIM_AFTER_TRIP, /* a laptop and the server agree */
    SIM_AT_CRASH,   /* the power is off */
    SIM_AT_LOSS     /* the server is lost; each time, and for each laptop */
};
/* True of UNSAVED at SIM_AT_SAVE: the commit is to be left out. */
bool sim_plant_strike(struct sim *sim, int who, enum sim_moment moment);

#endif
