/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk.h - one conversation with the server: rounds over the network until both agree.
 *
 * Owner:      daemon/laptop/talk.c
 * Threads:    that of its loop
 * Durability: session.h; the store is open only while a conversation goes on, so that
 * each begins with what is on disk and an idle daemon holds nothing
 */
#ifndef DAEMON_LAPTOP_TALK_H
#define DAEMON_LAPTOP_TALK_H

#include "hamlet/run/loop.h"

struct hm_talk;

/* How it went; counters count from its beginning. */
struct hm_talked {
    enum hm_status status; /* HM_OK: both sides hold the same */
    struct hm_err err;
    int64_t retry_after_s; /* that the server asked for; below 0: it did not */
    uint64_t rounds;       /* requests whose reply was taken */
    uint64_t round_trips;  /* requests that were sent, answered or not */
    uint64_t bytes_up;     /* of HTTP, header and body, as handed to TLS */
    uint64_t bytes_down;
    uint64_t changes_up;
    uint64_t changes_down;
    uint64_t quarantined;
    uint64_t epochs;         /* begun anew, since this disk was copied or restored */
    uint64_t conflicts_open; /* in this store, when it ended well */
};

/* `dir` and `env` are borrowed until close. `done` may begin the next conversation. */
HM_CHECKED enum hm_status hm_talk_open(struct hm_talk **talk,
                                       struct hm_loop *loop,
                                       const struct hm_env *env,
                                       const char *dir,
                                       void (*done)(void *ctx,
                                                    const struct hm_talked *talked),
                                       void *ctx,
                                       struct hm_err *err);
/* Breaks off; what arrived whole is kept, `done` is not called. Null: nothing. */
void hm_talk_close(struct hm_talk *talk);

/* Begin. None is under way. On an error `done` is not called. */
HM_CHECKED enum hm_status hm_talk_start(struct hm_talk *talk, struct hm_err *err);
bool hm_talk_running(const struct hm_talk *talk);

/* Nothing is to be said for a while: drop the connection, give memory back. */
void hm_talk_idle(struct hm_talk *talk);

#endif
