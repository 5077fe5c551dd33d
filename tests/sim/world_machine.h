/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_machine.h - the machines of a world: their power, their disks, copies of these.
 *
 * Owner: the test; a part of world.h
 *
 * Where a laptop may be null, the server is meant.
 */
#ifndef HAMLET_TESTS_WORLD_MACHINE_H
#define HAMLET_TESTS_WORLD_MACHINE_H

#include "faultvfs.h"

struct world;
struct world_laptop;

/* What is to go wrong with a disk, once; `at` 0: nothing, or it was repaired. */
struct world_sick {
    enum hm_disk_op op;
    uint64_t at; /* of the operations of this kind */
};

/* How the power comes back, if it goes by itself. */
struct world_outage {
    enum hm_crash how;
    uint64_t again; /* it goes again so many operations later; 0: it stays on */
};

/* Open the store of a machine that is on, for the first time. */
void world_laptop_open(struct world_laptop *laptop);
void world_server_open(struct world *world);

/*
 * The disk of a laptop as it stands, to be freed; the laptop with an older image of its
 * disk; a second laptop with a copy of the first one's disk and keys.
 */
struct hm_disk *world_laptop_image(const struct world_laptop *laptop);
void world_laptop_restore(struct world_laptop *laptop, const struct hm_disk *image);
struct world_laptop *world_laptop_copy(struct world *world,
                                       const struct world_laptop *laptop);

/*
 * The power of a laptop goes and comes back, maybe again (its outage); acknowledged work
 * must be there.
 */
void world_laptop_crash(struct world *world,
                        struct world_laptop *laptop,
                        enum hm_crash how);
void world_server_crash(struct world *world, enum hm_crash how);

/*
 * The disk of a laptop (null: of the server) is full after so many more writes; -1: there
 * is room again. It stays full over crashes; what SQLite must overwrite to open a store
 * after one finds its place.
 */
void world_fill(struct world *world, struct world_laptop *laptop, int64_t writes);

/*
 * The `nth` operation of this kind fails, once, and with it what it was for; a program
 * that is told so opens its store again. world_is_sick: it has failed, and nobody did.
 */
void world_sicken(struct world *world,
                  struct world_laptop *laptop,
                  enum hm_disk_op op,
                  uint64_t nth);
bool world_is_sick(const struct world *world, const struct world_laptop *laptop);
/* It failed, or was to, and that is past. */
void world_cure(struct world *world, struct world_laptop *laptop);

/*
 * Open again, as a program does that was told of a failed disk. The power may go while it
 * does, and then comes back.
 */
void world_laptop_mend(struct world *world, struct world_laptop *laptop);
void world_server_mend(struct world *world);

/*
 * A backup of the server, and its return: from one (which is the world's from here), or
 * with its key alone. Both begin a new incarnation and open a refill.
 */
struct hm_disk *world_server_backup(struct world *world);
void world_server_restore(struct world *world, struct hm_disk *backup);
void world_server_empty(struct world *world);
/* Its folder is what it was, and nobody told it. */
void world_server_put_back(struct world *world, struct hm_disk *folder);

#endif
