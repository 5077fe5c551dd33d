/* SPDX-License-Identifier: Apache-2.0 */
#include "shrink.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRY_S = 20 };

struct shrink {
    const struct sim_options *options;
    struct sim_case best;
    struct sim_case next; /* what is tried */
    struct sim_case *ran; /* shared: what came of it */
    char wanted[SIM_COMPLAINT_MAX];
    double until;
    int tries;
};

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A complaint without its numbers: which laptop or act it is about is no matter. */
static void strip(char stripped[SIM_COMPLAINT_MAX], const char *complaint)
{
    size_t size = 0;
    for (const char *at = complaint; *at != '\0'; at++) {
        bool digit = *at >= '0' && *at <= '9';
        if (digit && size > 0 && stripped[size - 1] == '#') {
            continue;
        }
        stripped[size++] = *at;
        if (digit) {
            stripped[size - 1] = '#';
        }
    }
    stripped[size] = '\0';
}

/* In the child: nobody wants to read it, and it must end. */
__attribute__((noreturn)) static void run_next(struct shrink *shrink)
{
    struct sim_stats stats = {.seeds = 0};
    struct sim_options options = *shrink->options;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(null, STDOUT_FILENO);
    (void)dup2(null, STDERR_FILENO);
    (void)alarm(TRY_S);
    options.record = shrink->ran;
    options.trace = false;
    (void)sim_run_case(&options, &shrink->next, &stats);
    _Exit(0);
}

/* Whether `next` fails as is wanted; then it is the best so far. */
static bool keeps(struct shrink *shrink)
{
    char stripped[SIM_COMPLAINT_MAX];
    int status = 0;
    shrink->tries++;
    shrink->ran->at = 0;
    pid_t pid = fork();
    if (pid < 0) {
        return false;
    }
    if (pid == 0) {
        run_next(shrink);
    }
    (void)waitpid(pid, &status, 0);
    if (!sim_case_ended(shrink->ran, status)) {
        return false;
    }
    strip(stripped, shrink->ran->complaint);
    if (strcmp(stripped, shrink->wanted) != 0) {
        return false;
    }
    shrink->best = shrink->next;
    shrink->best.at = shrink->ran->at;
    memcpy(shrink->best.complaint, shrink->ran->complaint, SIM_COMPLAINT_MAX);
    return true;
}

static bool has_time(const struct shrink *shrink)
{
    return now_s() < shrink->until;
}

static bool try_without(struct shrink *shrink, int first, int count)
{
    shrink->next = shrink->best;
    struct sim_case *next = &shrink->next;
    int after = next->event_count - first - count;
    memmove(&next->events[first], &next->events[first + count],
            (size_t)after * sizeof(*next->events));
    next->event_count -= count;
    return keeps(shrink);
}

/* Leave out runs of `size` events, the last ones first. True: some could go. */
static bool leave_out(struct shrink *shrink, int size)
{
    bool some = false;
    for (int first = shrink->best.event_count - size; has_time(shrink); first -= size) {
        int from = first < 0 ? 0 : first;
        int count = first < 0 ? size + first : size;
        if (count <= 0) {
            break;
        }
        some = try_without(shrink, from, count) || some;
    }
    return some;
}

static void shorten(struct shrink *shrink)
{
    for (int size = (shrink->best.event_count + 1) / 2; size > 0 && has_time(shrink);) {
        bool some = leave_out(shrink, size);
        if (!some || size > 1) {
            size /= 2;
        }
    }
}

/* Without laptop `who`: its events go, and those above move down. */
static bool try_alone(struct shrink *shrink, int who)
{
    shrink->next = shrink->best;
    struct sim_case *next = &shrink->next;
    int kept = 0;
    for (int i = 0; i < next->event_count; i++) {
        struct sim_event event = next->events[i];
        if (event.who != who) {
            sim_event_move(&event, who);
            next->events[kept++] = event;
        }
    }
    next->event_count = kept;
    next->seat_count--;
    memmove(&next->seats[who - 1], &next->seats[who],
            (size_t)(next->seat_count - who + 1) * sizeof(*next->seats));
    return keeps(shrink);
}

static void send_home(struct shrink *shrink)
{
    for (int who = shrink->best.seat_count; who > 0 && shrink->best.seat_count > 1;
         who--) {
        if (has_time(shrink)) {
            (void)try_alone(shrink, who);
        }
    }
}

static bool try_argument(struct shrink *shrink, int event, int argument, int64_t value)
{
    if (shrink->best.events[event].arg[argument] == value) {
        return false;
    }
    shrink->next = shrink->best;
    shrink->next.events[event].arg[argument] = value;
    return keeps(shrink);
}

/* Each argument as it is where nothing is said, else as small as it can be. */
static void simplify(struct shrink *shrink)
{
    for (int i = 0; i < shrink->best.event_count; i++) {
        struct sim_event usual;
        sim_event_init(&usual, shrink->best.events[i].what, 0);
        for (int k = 0; k < SIM_ARGS && has_time(shrink); k++) {
            if (try_argument(shrink, i, k, usual.arg[k])) {
                continue;
            }
            while (has_time(shrink) &&
                   try_argument(shrink, i, k, shrink->best.events[i].arg[k] / 2)) {
            }
        }
    }
}

bool sim_shrink(struct sim_case *failed,
                const struct sim_options *options,
                double seconds,
                struct sim_shrunk *told)
{
    static struct shrink shrink;
    shrink.options = options;
    shrink.best = *failed;
    shrink.next = *failed;
    shrink.tries = 0;
    shrink.until = now_s() + seconds;
    if (shrink.ran == NULL) {
        shrink.ran = sim_shared(sizeof(*shrink.ran));
    }
    strip(shrink.wanted, failed->complaint);
    *told = (struct sim_shrunk){.before = failed->event_count};
    if (!keeps(&shrink)) {
        return false;
    }
    shorten(&shrink);
    send_home(&shrink);
    simplify(&shrink);
    shorten(&shrink);
    *failed = shrink.best;
    told->after = failed->event_count;
    told->tries = shrink.tries;
    return true;
}
