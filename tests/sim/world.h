/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - a server and its laptops in one process, talking through the real engine.
 *
 * Owner:   the test; linked by tests of proto/sync and by the simulator
 * Threads: one
 *
 * Everything but the network and the disk is what ships: stores on hm_disk, codec,
 * engine, judge. A message is bytes; the caller may cut, lose, repeat or delay it.
 *
 * What cannot fail unless a disk was told to aborts with a message. Once a disk is off or
 * full, the calls that say so give the status back; world_mend opens again what broke.
 */
#ifndef HAMLET_TESTS_WORLD_H
#define HAMLET_TESTS_WORLD_H

#include "faultvfs.h"
#include "hamlet/author/server.h"
#include "hamlet/record/kinds.h"
#include "hamlet/sync/serving.h"
#include "hamlet/sync/session.h"
#include "testenv.h"
#include "world_machine.h"

enum { WORLD_LAPTOPS_MAX = 8, WORLD_UNIT_MAX = 32, WORLD_NAME_MAX = 24 };

struct world_laptop {
    char name[WORLD_NAME_MAX];
    struct hm_testenv env;
    struct hm_disk *disk;
    struct hm_store *store; /* null while it is off */
    struct hm_secret secret;
    struct hm_key key;    /* its first */
    struct hm_key newest; /* that `secret` belongs to */
    char unit[WORLD_UNIT_MAX];
    char role[WORLD_NAME_MAX];
    const struct hm_kinds *kinds; /* what its program believes the kinds to be */
    struct hm_session *session;   /* world_session; null: none is open */
    bool full;                    /* world_fill */
    struct world_sick sick;       /* world_sicken */
    struct world_outage outage;
};

/* What comes between while requests are served: they were read, or they are committed. */
enum world_moment { WORLD_READ, WORLD_COMMITTED };

struct world {
    struct hm_testenv env;  /* the server's, and the choices of the test */
    struct hm_kinds *owned; /* null: `kinds` is the caller's */
    const struct hm_kinds *kinds;
    struct hm_disk *disk;
    struct hm_store *store; /* null while it is off */
    struct hm_store *reader;
    struct hm_secret secret;
    struct hm_key key;
    struct hm_serving_self self;
    struct world_laptop laptops[WORLD_LAPTOPS_MAX];
    size_t laptop_count;
    bool full; /* the server's disk: world_fill */
    struct world_sick sick;
    struct world_outage outage;
    uint64_t crashes;         /* of all machines */
    uint64_t crashes_opening; /* … while a store was opened */
    uint64_t failures;        /* of disks that were sick */
    uint64_t bytes_up;
    uint64_t bytes_down;
    /* Called once, at the next such moment, where it is not null; where it fails all that
     * is under way is refused, as by a server whose disk failed. */
    enum hm_status (*amid)(void *ctx, struct hm_err *err);
    enum world_moment amid_when;
    void *amid_ctx;
};

/*
 * A server of the unit "100", with communes "101"… and hamlets "101-1", "101-2"… below.
 */
void world_init(struct world *world,
                uint64_t seed,
                const struct hm_embedded *kinds,
                int communes,
                int hamlets);
/* With kinds that are loaded already, borrowed until world_fini. */
void world_open(struct world *world,
                uint64_t seed,
                const struct hm_kinds *kinds,
                int communes,
                int hamlets);
void world_fini(struct world *world);

/* Invite and enrol a laptop. */
struct world_laptop *world_laptop_add(struct world *world,
                                      const char *unit,
                                      const char *role);
/* … whose program believes in other kinds than the server's (borrowed). */
struct world_laptop *world_laptop_add_with(struct world *world,
                                           const char *unit,
                                           const char *role,
                                           const struct hm_kinds *kinds);
/* Somebody who works on the server itself. */
void world_account_add(struct world *world,
                       const char *name,
                       const char *role,
                       const char *unit);

/*
 * An author, to be closed: of the laptop's user or, where `laptop` is null, of the
 * account `name` on the server.
 */
HM_CHECKED enum hm_status world_author(struct world *world,
                                       struct world_laptop *laptop,
                                       const char *name,
                                       struct hm_author **author,
                                       struct hm_err *err);

/* The server lets a refused change stand after all. */
HM_CHECKED enum hm_status world_release(struct world *world,
                                        const struct hm_id *change,
                                        struct hm_err *err);

/*
 * After values were erased: the server lists it in its registry, and either writes its
 * file anew. Where nothing was, nothing is done.
 */
HM_CHECKED enum hm_status world_laptop_scrub(struct world_laptop *laptop,
                                             struct hm_err *err);
HM_CHECKED enum hm_status world_server_scrub(struct world *world, struct hm_err *err);

/* The laptop's own session, opened where there is none. */
HM_CHECKED enum hm_status world_session(struct world_laptop *laptop, struct hm_err *err);

/* What the server was sent, and what it says. */
struct world_visit {
    struct hm_bytes request;
    size_t seen; /* so many bytes of it arrive, then silence; SIZE_MAX: all */
    struct hm_buf reply;
    int http;
    bool given; /* there is a reply */
};
void world_visit_init(struct world_visit *visit, struct hm_bytes request);
void world_visit_fini(struct world_visit *visit);

/* Serve visits, committing them together as a server under load does. */
void world_serve(struct world *world, struct world_visit *visits, size_t count);

/* Give a session the first `size` bytes of the reply, and what it says then. */
enum hm_session_next world_take(struct world *world,
                                struct hm_session *session,
                                const struct world_visit *visit,
                                size_t size,
                                struct hm_err *err);

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

/* Whether the digests of `unit` are equal on the laptop and on the server. */
bool world_agrees(struct world *world, struct world_laptop *laptop, const char *unit);

#endif
