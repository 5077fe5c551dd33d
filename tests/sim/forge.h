/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forge.h - requests that no honest program sends, made with an honest device's key.
 *
 * Owner: the simulator; liar.c says what is sent
 *
 * What a change, a page or a request says of itself is the caller's; ids, commitments,
 * heads and signatures are made as the protocol has them, unless they are altered after.
 * Each forge has a chain of its own, in an epoch that its device's store never heard of.
 */
#ifndef HAMLET_TESTS_FORGE_H
#define HAMLET_TESTS_FORGE_H

#include "hamlet/model/page.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/request.h"
#include "hamlet/wire/stream.h"
#include "sim.h"

enum { FORGE_WRITES = 8, FORGE_CHANGES = 8, FORGE_HTTP_NONE = 0 };

struct forge {
    struct sim *sim;
    int who;
    struct hm_arena arena;
    struct hm_err err;
    struct hm_request request;
    struct hm_deflate *deflate;
    struct hm_buf stream; /* pages so far */

    /* of the changes and pages that are made next */
    struct hm_id device;
    struct hm_id user;
    struct hm_id district;
    uint32_t epoch;
    const char *role;
    const char *home;
};

/* False: its laptop is out of order. */
bool forge_begin(struct forge *forge, struct sim *sim, int who);
void forge_end(struct forge *forge);

/* `record` null: it takes the change's id, and lives. */
struct hm_change *forge_change(struct forge *forge,
                               enum hm_act act,
                               const char *kind,
                               const struct hm_id *record);
/* The acts that a write claims to replace, and its depth. */
struct forge_over {
    const int *acts;
    int count;
    uint32_t depth;
};
/* A text; null: false, of the register that says whether a record lives. */
void forge_write(struct forge *forge,
                 struct hm_change *change,
                 const char *reg,
                 const char *text,
                 struct forge_over over);
/* In order, and with its id: nothing may be written to it after. */
void forge_seal(struct forge *forge, struct hm_change *change);

/* A signed page; `head` null: of the chain's beginning. */
struct hm_page forge_page(struct forge *forge,
                          struct hm_change *const *changes,
                          size_t count,
                          uint64_t seq,
                          const struct hm_digest *head);
/* The next of the request. */
void forge_put(struct forge *forge, const struct hm_page *page);
void forge_put_line(struct forge *forge, const char *line);
/* Bytes as they are instead of a stream of pages. */
void forge_put_raw(struct forge *forge, struct hm_bytes bytes);

/*
 * Send what was put, and begin a new one that goes on with the lease. The status of the
 * reply; FORGE_HTTP_NONE: there is none, the server's power went.
 */
int forge_send(struct forge *forge);

#endif
