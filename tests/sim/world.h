/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - a server and its laptops in one process, talking through the real engine.
 *
 * Owner:   the test; linked by tests of proto/sync and by the simulator
 * Threads: one
 *
 * Everything but the network and the disk is what ships: stores on hm_disk, codec,
 * engine, judge. A message is bytes; the caller may cut or lose it on the way.
 */
#ifndef HAMLET_TESTS_WORLD_H
#define HAMLET_TESTS_WORLD_H

#include "faultvfs.h"
#include "hamlet/author/author.h"
#include "hamlet/record/kinds.h"
#include "hamlet/sync/serving.h"
#include "hamlet/sync/session.h"
#include "testenv.h"

enum { WORLD_LAPTOPS_MAX = 8, WORLD_UNIT_MAX = 32 };

struct world_laptop {
    char name[16];
    struct hm_testenv env;
    struct hm_disk *disk;
    struct hm_store *store; /* null while it is off */
    struct hm_secret secret;
    struct hm_key key;
    char unit[WORLD_UNIT_MAX];
};

struct world {
    struct hm_testenv env; /* the server's, and the choices of the test */
    struct hm_kinds *kinds;
    struct hm_disk *disk;
    struct hm_store *store;
    struct hm_store *reader;
    struct hm_secret secret;
    struct hm_key key;
    struct hm_serving_self self;
    struct world_laptop laptops[WORLD_LAPTOPS_MAX];
    size_t laptop_count;
    uint64_t bytes_up;
    uint64_t bytes_down;
};

/*
 * A server of the unit "100", with communes "101"… and hamlets "101-1", "101-2"… below.
 * Aborts with a message where something does not work: a test has no use for less.
 */
void world_init(struct world *world,
                uint64_t seed,
                const struct hm_embedded *kinds,
                int communes,
                int hamlets);
void world_fini(struct world *world);

/* Invite and enrol a laptop; it redeems at its first exchange. */
struct world_laptop *world_laptop_add(struct world *world,
                                      const char *unit,
                                      const char *role);

/* What happens to one exchange on its way. SIZE_MAX: nothing. */
struct world_faults {
    size_t cut_up;   /* the server sees so many bytes of the request, then silence */
    size_t cut_down; /* the laptop sees so many bytes of the reply */
    bool twice;      /* the server sees the request a second time, later */
};
extern const struct world_faults world_no_faults;

/* One exchange. What the session says next; `err` as it says. */
enum hm_session_next world_exchange(struct world *world,
                                    struct world_laptop *laptop,
                                    struct hm_session *session,
                                    const struct world_faults *faults,
                                    struct hm_err *err);

/* Exchanges until the session is done; false: it stopped or tried 50 times in vain. */
bool world_sync(struct world *world, struct world_laptop *laptop, struct hm_err *err);

/* The power of a laptop goes and comes back; acknowledged work must be there. */
void world_laptop_crash(struct world *world,
                        struct world_laptop *laptop,
                        enum hm_crash how);
void world_server_crash(struct world *world, enum hm_crash how);

/* Whether the digests of `unit` are equal on the laptop and on the server. */
bool world_agrees(struct world *world, struct world_laptop *laptop, const char *unit);

#endif
