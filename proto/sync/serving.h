/* SPDX-License-Identifier: Apache-2.0 */
/* serving.h - what reading, committing and answering share of one exchange. */
#ifndef HAMLET_SYNC_SERVING_INSIDE_H
#define HAMLET_SYNC_SERVING_INSIDE_H

#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "hamlet/sync/serving.h"
#include "hamlet/wire/reply.h"

struct hm_serving {
    struct hm_serving_self self;
    struct hm_keys own_keys;
    struct hm_store *reader;
    uint64_t declared;
    struct hm_arena arena;
    struct hm_buf line; /* the first line, until it is whole */
    bool header_read;
    bool pages_count; /* the incarnation is ours: numbers in pages mean something */
    bool offering;    /* it comes with another incarnation, or brings back what it has of
                         one: nothing goes down to it */
    bool ended;
    enum hm_problem problem;
    struct hm_request request;
    struct hm_invited first; /* whose user an enrolment goes on as … */
    bool has_first;          /* … if it says so */
    struct hm_key key;       /* that signed it: the device's newest */
    bool rotates; /* … once the registry knows the keys that the request brings */
    struct hm_inbox inbox;
    bool by_file;
    struct hm_file_part *part;             /* of the file; null: it is all of it */
    struct hm_file_reader *reader_of_file; /* it is written for; null: it was read */
    bool more;                             /* there is more for that reader */
    size_t fresh;
    size_t refused;
    size_t pages_kept; /* that the inbox held before they were committed */

    /* set by the commit */
    bool came_back; /* this server, by what the request showed */
    struct hm_id lease;
    uint64_t seq; /* contiguous prefix of the requester's origin */
    struct hm_digest head;
};

/* What stands in the way of the requester, by the registry as it is now. */
enum hm_problem hm_serving_denial(const struct hm_serving *serving,
                                  const struct hm_device *device);

/* ---- what laptops bring back (refill.c) ---- */

/*
 * Whether this device may offer although it is not known or was revoked: while a refill
 * is open nobody can tell what the registry was.
 */
HM_CHECKED enum hm_status hm_refill_admits(const struct hm_serving *serving,
                                           struct hm_store *store,
                                           bool *admits,
                                           struct hm_err *err);
/* Hold what is offered against the server's own signature; refuses all of it. */
void hm_refill_check(struct hm_serving *serving);
/* Keep it, in the writer's transaction. */
HM_CHECKED enum hm_status hm_refill_take(struct hm_serving *serving,
                                         struct hm_store *store,
                                         struct hm_err *err);
/* Which leaves differ here, which changes are not here. */
HM_CHECKED enum hm_status hm_refill_answer(const struct hm_serving *serving,
                                           struct hm_store *store,
                                           struct hm_reply *reply,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/*
 * Whether the newest change that the requester has of this origin is the newest, or
 * follows it, as far as that can be told (head.c). One that has less than is here, or
 * another, is a copy or was restored.
 */
HM_CHECKED enum hm_status hm_head_fits(const struct hm_serving *serving,
                                       struct hm_store *store,
                                       bool *fits,
                                       struct hm_err *err);

/* Note that a device begins a new epoch, or that the one before it goes on as well. */
HM_CHECKED enum hm_status hm_head_note(const struct hm_serving *serving,
                                       struct hm_store *store,
                                       bool first_visit,
                                       struct hm_err *err);

/*
 * Its pages are here: note it, if it carries on an epoch in which another disk wrote
 * something else after the cut. Where it brought nothing yet nothing can be told.
 */
HM_CHECKED enum hm_status hm_head_brought(const struct hm_serving *serving,
                                          struct hm_store *store,
                                          struct hm_err *err);

/* Note that this disk went on by itself, beside another that has its key. */
HM_CHECKED enum hm_status hm_head_beside(const struct hm_serving *serving,
                                         struct hm_store *store,
                                         struct hm_err *err);

/*
 * It showed the token of its last reply: note it, if another epoch of its device, neither
 * of which begins where the other ends, showed one since then, or if this is the `first`
 * that it shows, ever. Tokens that begin with `uncounted` tell nothing.
 */
HM_CHECKED enum hm_status hm_head_other(const struct hm_serving *serving,
                                        struct hm_store *store,
                                        const struct hm_visit *visit,
                                        bool first,
                                        struct hm_bytes uncounted,
                                        struct hm_err *err);

/* What the device says of itself, for later files (stated.c): of a visit, of a file. */
HM_CHECKED enum hm_status hm_serving_state(struct hm_serving *serving,
                                           struct hm_visit *visit,
                                           struct hm_err *err);
HM_CHECKED enum hm_status hm_serving_state_file(struct hm_serving *serving,
                                                struct hm_store *store,
                                                struct hm_err *err);

#endif
