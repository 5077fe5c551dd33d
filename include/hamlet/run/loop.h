/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.h - one thread that waits for fds, timers and signals, and for nothing else.
 *
 * Owner:   daemon/run/loop.c; layer 4
 * Threads: a loop belongs to one thread
 * Time:    that of the `struct hm_env` the loop was made with; waiting itself is measured
 *          by CLOCK_BOOTTIME, so that a timer due while the machine slept fires on waking
 *
 * An idle loop does not wake: it sleeps until the next timer or for ever. hm_loop_wakeups
 * counts, so that tests hold us to it. Callbacks run inside hm_loop_run or hm_loop_turn
 * and may add, change and remove everything, themselves included; what was removed is
 * never called again, even if it was ready already.
 *
 * Another loop can drive this one: hm_loop_fd becomes readable when a turn would do
 * something (curl_multi_poll takes it as an extra fd); then call hm_loop_turn.
 */
#ifndef HAMLET_RUN_LOOP_H
#define HAMLET_RUN_LOOP_H

#include "hamlet/base/env.h"

struct hm_loop;

/* What an fd is watched for and found to be; an error or hang-up shows as all it was
 * watched for, and reading or writing then says which. */
enum { HM_LOOP_READ = 1, HM_LOOP_WRITE = 2 };

/* Fds of one loop: hamletd has about ten, and curl adds a few. */
enum { HM_LOOP_FDS_MAX = 256 };

/*
 * A one-shot timer. It lives in its owner, so that setting it cannot fail; `fire` and
 * `ctx` are the owner's, the rest is the loop's. A timer that is set must not move or go
 * away.
 */
struct hm_timer {
    void (*fire)(void *ctx);
    void *ctx;
    struct hm_mono due;
    uint64_t turn; /* in which it was set: it does not fire in the same */
    struct hm_timer *next;
    bool is_set;
};

/* `env` is borrowed until hm_loop_free. */
HM_CHECKED enum hm_status hm_loop_new(struct hm_loop **loop,
                                      const struct hm_env *env,
                                      struct hm_err *err);
/* Fds and timers stay their owners'; signals that were taken over stay blocked. */
void hm_loop_free(struct hm_loop *loop);

/*
 * Watch `fd` for `events` (not none), once per fd. It is the caller's: remove it before
 * closing it. Level-triggered: what was not read is told again.
 * HM_TOO_BIG  HM_LOOP_FDS_MAX are watched
 */
HM_CHECKED enum hm_status hm_loop_watch(struct hm_loop *loop,
                                        int fd,
                                        unsigned events,
                                        void (*ready)(void *ctx, int fd, unsigned events),
                                        void *ctx,
                                        struct hm_err *err);
HM_CHECKED enum hm_status hm_loop_rewatch(struct hm_loop *loop,
                                          int fd,
                                          unsigned events,
                                          struct hm_err *err);
void hm_loop_unwatch(struct hm_loop *loop, int fd); /* nothing if it is not watched */

/* Fire once, when the clock is at `due` or past it. A timer that is set is moved. */
void hm_loop_timer_set(struct hm_loop *loop, struct hm_timer *timer, struct hm_mono due);
/* As hm_loop_timer_set, from now; less than 0 is 0. */
void hm_loop_timer_after(struct hm_loop *loop, struct hm_timer *timer, int64_t wait_ms);
void hm_loop_timer_clear(struct hm_loop *loop, struct hm_timer *timer);

/*
 * From now on SIGTERM, SIGINT and SIGHUP call `caught` instead of doing what they do.
 * Once per loop and before any other thread starts, or a signal may end the process
 * there.
 */
HM_CHECKED enum hm_status hm_loop_signals(struct hm_loop *loop,
                                          void (*caught)(void *ctx, int signal),
                                          void *ctx,
                                          struct hm_err *err);

/* Wait and call until hm_loop_stop is called. HM_IO: the kernel refuses to wait. */
HM_CHECKED enum hm_status hm_loop_run(struct hm_loop *loop, struct hm_err *err);
/* hm_loop_run returns after this callback; it forgets the stop when it returns. */
void hm_loop_stop(struct hm_loop *loop);
bool hm_loop_is_stopped(const struct hm_loop *loop); /* for who drives it by turns */

/* Call what is ready and return, without waiting; nothing once it is stopped. */
HM_CHECKED enum hm_status hm_loop_turn(struct hm_loop *loop, struct hm_err *err);
int hm_loop_fd(const struct hm_loop *loop); /* the loop's own */

/* How often the loop was woken since it was made. */
uint64_t hm_loop_wakeups(const struct hm_loop *loop);

#endif
