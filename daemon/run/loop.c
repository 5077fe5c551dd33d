/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/run/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "hamlet/base/assert.h"

enum {
    EVENTS_AT_ONCE = 32,  /* what is left is told in the next turn */
    SIGNALS_AT_ONCE = 8,  /* three kinds, and a kind is pending once */
    EXPIRATION_BYTES = 8, /* what a timerfd gives */
};

struct watch {
    int fd;
    unsigned events;
    uint32_t number; /* tells it from an earlier watch of the same fd */
    void (*ready)(void *ctx, int fd, unsigned events);
    void *ctx;
};

struct hm_loop {
    const struct hm_env *env;
    int epoll;
    int clock;            /* a timerfd, armed for the first timer */
    int signals;          /* a signalfd, or -1 */
    struct hm_mono armed; /* for when the clock is armed, if `is_armed` */
    bool is_armed;
    bool stopped;
    uint64_t wakeups;
    uint64_t turn;
    uint32_t next_number;
    struct hm_timer *timers; /* the first due first */
    size_t watch_count;
    struct watch watches[HM_LOOP_FDS_MAX];
    void (*caught)(void *ctx, int signal);
    void *caught_ctx;
};

static enum hm_status fail(struct hm_err *err, const char *what)
{
    int code = errno;
    if (code == ENOMEM) {
        return hm_fail_memory(err);
    }
    enum hm_status status = hm_fail(err, HM_IO, "system", what, strerror(code), NULL);
    if (err != NULL && err->code == 0) {
        err->code = code;
    }
    return status;
}

/* ---- fds ---- */

static struct watch *find_watch(struct hm_loop *loop, int fd)
{
    for (size_t i = 0; i < loop->watch_count; i++) {
        if (loop->watches[i].fd == fd) {
            return &loop->watches[i];
        }
    }
    return NULL;
}

/* The kernel hands back number and fd, so that a late event finds only its own watch. */
static bool control(struct hm_loop *loop, int operation, const struct watch *watch)
{
    struct epoll_event event = {
        .events = ((watch->events & HM_LOOP_READ) != 0 ? (uint32_t)EPOLLIN : 0) |
                  ((watch->events & HM_LOOP_WRITE) != 0 ? (uint32_t)EPOLLOUT : 0),
        .data.u64 = (uint64_t)watch->number << 32 | (uint32_t)watch->fd,
    };
    return epoll_ctl(loop->epoll, operation, watch->fd, &event) == 0;
}

enum hm_status hm_loop_watch(struct hm_loop *loop,
                             int fd,
                             unsigned events,
                             void (*ready)(void *ctx, int fd, unsigned events),
                             void *ctx,
                             struct hm_err *err)
{
    HM_ASSERT(events != 0 && find_watch(loop, fd) == NULL);
    if (loop->watch_count == HM_LOOP_FDS_MAX) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    struct watch watch = {fd, events, loop->next_number++, ready, ctx};
    if (!control(loop, EPOLL_CTL_ADD, &watch)) {
        return fail(err, "epoll_ctl");
    }
    loop->watches[loop->watch_count++] = watch;
    return HM_OK;
}

enum hm_status hm_loop_rewatch(struct hm_loop *loop,
                               int fd,
                               unsigned events,
                               struct hm_err *err)
{
    struct watch *watch = find_watch(loop, fd);
    HM_ASSERT(events != 0 && watch != NULL);
    struct watch changed = *watch;
    changed.events = events;
    if (!control(loop, EPOLL_CTL_MOD, &changed)) {
        return fail(err, "epoll_ctl");
    }
    *watch = changed;
    return HM_OK;
}

void hm_loop_unwatch(struct hm_loop *loop, int fd)
{
    struct watch *watch = find_watch(loop, fd);
    if (watch != NULL) {
        (void)control(loop, EPOLL_CTL_DEL, watch);
        *watch = loop->watches[--loop->watch_count];
    }
}

/* ---- timers ---- */

/* Arm the clock for the first timer, but only if that is not what it waits for. */
static void arm(struct hm_loop *loop)
{
    const struct hm_timer *first = loop->timers;
    struct itimerspec wait = {0};
    bool same = first == NULL ? !loop->is_armed
                              : loop->is_armed && loop->armed.ms == first->due.ms;
    if (same) {
        return;
    }
    loop->is_armed = first != NULL;
    if (first != NULL) {
        int64_t now_ms = hm_env_mono(loop->env).ms;
        int64_t left_ms = first->due.ms > now_ms ? first->due.ms - now_ms : 0;
        loop->armed = first->due;
        wait.it_value.tv_sec = (time_t)(left_ms / 1000);
        wait.it_value.tv_nsec = (long)(left_ms % 1000 * 1000000);
        if (left_ms == 0) {
            wait.it_value.tv_nsec = 1; /* zero would disarm it */
        }
    }
    int set = timerfd_settime(loop->clock, 0, &wait, NULL);
    HM_ASSERT(set == 0); /* fails on numbers out of range only */
}

static void take_out(struct hm_loop *loop, struct hm_timer *timer)
{
    struct hm_timer **at = &loop->timers;
    while (*at != timer) {
        at = &(*at)->next;
    }
    *at = timer->next;
    timer->next = NULL;
    timer->is_set = false;
}

void hm_loop_timer_set(struct hm_loop *loop, struct hm_timer *timer, struct hm_mono due)
{
    struct hm_timer **at = &loop->timers;
    if (timer->is_set) {
        take_out(loop, timer);
    }
    while (*at != NULL && (*at)->due.ms <= due.ms) {
        at = &(*at)->next;
    }
    timer->due = due;
    timer->turn = loop->turn;
    timer->next = *at;
    timer->is_set = true;
    *at = timer;
    arm(loop);
}

void hm_loop_timer_after(struct hm_loop *loop, struct hm_timer *timer, int64_t wait_ms)
{
    int64_t now_ms = hm_env_mono(loop->env).ms;
    int64_t due_ms = INT64_MAX;
    if (__builtin_add_overflow(now_ms, wait_ms < 0 ? 0 : wait_ms, &due_ms)) {
        due_ms = INT64_MAX;
    }
    hm_loop_timer_set(loop, timer, (struct hm_mono){due_ms});
}

void hm_loop_timer_clear(struct hm_loop *loop, struct hm_timer *timer)
{
    if (timer->is_set) {
        take_out(loop, timer);
        arm(loop);
    }
}

/* One set in this very turn waits for the next, so that no timer keeps out the fds. */
static struct hm_timer *first_due(struct hm_loop *loop, struct hm_mono now)
{
    for (struct hm_timer *at = loop->timers; at != NULL && at->due.ms <= now.ms;
         at = at->next) {
        if (at->turn != loop->turn) {
            return at;
        }
    }
    return NULL;
}

static void fire_timers(struct hm_loop *loop)
{
    struct hm_mono now = hm_env_mono(loop->env);
    for (struct hm_timer *timer = first_due(loop, now); timer != NULL && !loop->stopped;
         timer = first_due(loop, now)) {
        take_out(loop, timer);
        timer->fire(timer->ctx);
    }
}

/* ---- signals ---- */

static void read_signals(void *ctx, int fd, unsigned events)
{
    struct hm_loop *loop = ctx;
    struct signalfd_siginfo got[SIGNALS_AT_ONCE];
    (void)events;
    ssize_t size = read(fd, got, sizeof(got));
    for (size_t i = 0; size > 0 && i < (size_t)size / sizeof(got[0]); i++) {
        loop->caught(loop->caught_ctx, (int)got[i].ssi_signo);
    }
}

enum hm_status hm_loop_signals(struct hm_loop *loop,
                               void (*caught)(void *ctx, int signal),
                               void *ctx,
                               struct hm_err *err)
{
    sigset_t ours;
    HM_ASSERT(loop->signals < 0);
    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGHUP);
    int fd = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) {
        return fail(err, "signalfd");
    }
    loop->caught = caught;
    loop->caught_ctx = ctx;
    enum hm_status status =
        hm_loop_watch(loop, fd, HM_LOOP_READ, read_signals, loop, err);
    if (status == HM_OK && sigprocmask(SIG_BLOCK, &ours, NULL) != 0) {
        status = fail(err, "sigprocmask");
        hm_loop_unwatch(loop, fd);
    }
    if (status != HM_OK) {
        close(fd);
        return status;
    }
    loop->signals = fd;
    return HM_OK;
}

/* ---- the loop ---- */

/* The clock has rung; the timers are looked at after every wait, whatever ended it. */
static void read_clock(void *ctx, int fd, unsigned events)
{
    struct hm_loop *loop = ctx;
    uint8_t expirations[EXPIRATION_BYTES];
    (void)events;
    if (read(fd, expirations, sizeof(expirations)) > 0) {
        loop->is_armed = false;
    }
}

enum hm_status hm_loop_new(struct hm_loop **loop,
                           const struct hm_env *env,
                           struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_loop *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->env = env;
    made->signals = -1;
    made->turn = 1;
    made->clock = -1;
    made->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (made->epoll < 0) {
        status = fail(err, "epoll_create1");
        goto out;
    }
    made->clock = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (made->clock < 0) {
        status = fail(err, "timerfd_create");
        goto out;
    }
    status = hm_loop_watch(made, made->clock, HM_LOOP_READ, read_clock, made, err);
    if (status != HM_OK) {
        goto out;
    }
    *loop = made; /* the caller's from here */
    made = NULL;
out:
    hm_loop_free(made);
    return status;
}

void hm_loop_free(struct hm_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    while (loop->timers != NULL) {
        take_out(loop, loop->timers);
    }
    if (loop->signals >= 0) {
        close(loop->signals);
    }
    if (loop->epoll >= 0) {
        close(loop->epoll);
    }
    if (loop->clock >= 0) {
        close(loop->clock);
    }
    free(loop);
}

static void tell_ready(struct hm_loop *loop, const struct epoll_event *event)
{
    int fd = (int)(event->data.u64 & UINT32_MAX);
    const struct watch *watch = find_watch(loop, fd);
    if (watch == NULL || watch->number != event->data.u64 >> 32) {
        return; /* removed by a callback of this turn */
    }
    unsigned events = 0;
    if ((event->events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
        events |= HM_LOOP_READ;
    }
    if ((event->events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) {
        events |= HM_LOOP_WRITE;
    }
    events &= watch->events;
    if (events != 0) {
        watch->ready(watch->ctx, fd, events);
    }
}

/* Wait up to `wait_ms` (-1: for ever), then call what is ready. */
static enum hm_status turn(struct hm_loop *loop, int wait_ms, struct hm_err *err)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, wait_ms);
    if (count < 0 && errno != EINTR) {
        return fail(err, "epoll_wait");
    }
    loop->wakeups += wait_ms != 0 || count > 0;
    loop->turn++;
    for (int i = 0; i < count && !loop->stopped; i++) {
        tell_ready(loop, &events[i]);
    }
    fire_timers(loop);
    arm(loop);
    return HM_OK;
}

enum hm_status hm_loop_run(struct hm_loop *loop, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    while (status == HM_OK && !loop->stopped) {
        status = turn(loop, -1, err);
    }
    loop->stopped = false;
    return status;
}

void hm_loop_stop(struct hm_loop *loop)
{
    loop->stopped = true;
}

bool hm_loop_is_stopped(const struct hm_loop *loop)
{
    return loop->stopped;
}

enum hm_status hm_loop_turn(struct hm_loop *loop, struct hm_err *err)
{
    return turn(loop, 0, err);
}

int hm_loop_fd(const struct hm_loop *loop)
{
    return loop->epoll;
}

uint64_t hm_loop_wakeups(const struct hm_loop *loop)
{
    return loop->wakeups;
}
