/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hamlet-sim - simulated histories of a server and its laptops, each from one seed.
 */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"
#include "promise.h"
#include "script.h"

enum { JOBS_MAX = 16 };

static const char usage[] =
    "usage: hamlet-sim [--seeds N] [--from S] [--seed S] [--jobs N] [--trace]\n"
    "                  [--script FILE] [--plant NAME]\n"
    "\n"
    "Runs N histories (one, if --seed or --script names it), each drawn from its seed:\n"
    "laptops and a server on faulty disks and a faulty network, beside an oracle that\n"
    "says what each of them must show. Ends with 0 if all of it held.\n"
    "\n"
    "  --seeds N      how many histories, from --from on (1000)\n"
    "  --seed S       this one, with its fingerprint\n"
    "  --jobs N       processes (1)\n"
    "  --trace        every event as it happens\n"
    "  --script FILE  events from a file instead (tests/sim/scenarios)\n"
    "  --plant NAME   with a fault in the world that must be found:\n";

struct order {
    uint64_t from;
    uint64_t seeds;
    unsigned jobs;
    struct sim_options options;
};

static int fail_usage(const char *what)
{
    (void)fprintf(stderr, "hamlet-sim: %s\n\n%s", what, usage);
    for (int i = SIM_PLANT_NONE + 1; i < SIM_PLANT_COUNT; i++) {
        (void)fprintf(stderr, "      %-14s %s\n", sim_plant_name((enum sim_plant)i),
                      sim_plant_what((enum sim_plant)i));
    }
    return 64;
}

static bool read_number(uint64_t *number, const char *text)
{
    char *end = NULL;
    errno = 0;
    *number = text == NULL ? 0 : strtoull(text, &end, 10);
    return text != NULL && end != text && *end == '\0' && errno == 0;
}

static const char *read_option(struct order *order, const char *name, const char *value)
{
    uint64_t number = 0;
    bool numeric = read_number(&number, value);
    if (strcmp(name, "--seeds") == 0 && numeric) {
        order->seeds = number;
    } else if (strcmp(name, "--from") == 0 && numeric) {
        order->from = number;
    } else if (strcmp(name, "--seed") == 0 && numeric) {
        order->from = number;
        order->seeds = 1;
    } else if (strcmp(name, "--jobs") == 0 && numeric && number >= 1 &&
               number <= JOBS_MAX) {
        order->jobs = (unsigned)number;
    } else if (strcmp(name, "--script") == 0 && value != NULL) {
        order->options.script = value;
        order->seeds = 1;
    } else if (strcmp(name, "--plant") == 0 && value != NULL &&
               sim_plant_find(&order->options.plant, value)) {
        return NULL;
    } else {
        return name;
    }
    return NULL;
}

static const char *read_order(struct order *order, int argc, char **argv)
{
    *order = (struct order){.from = 1, .seeds = 1000, .jobs = 1};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0) {
            order->options.trace = true;
            continue;
        }
        const char *wrong =
            read_option(order, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
        if (wrong != NULL) {
            return wrong;
        }
        i++;
    }
    return NULL;
}

static void add_stats(struct sim_stats *sum, const struct sim_stats *stats)
{
#define SIM_STATS_ADD(name) sum->name += stats->name;
    SIM_STATS_MAP(SIM_STATS_ADD)
#undef SIM_STATS_ADD
}

static void print_stats(const struct sim_stats *stats, double seconds)
{
#define SIM_STATS_PRINT(name) printf("%-20s %12" PRIu64 "\n", #name, stats->name);
    SIM_STATS_MAP(SIM_STATS_PRINT)
#undef SIM_STATS_PRINT
    printf("%-20s %12.1f\n%-20s %12.0f\n", "seconds", seconds, "seeds a minute",
           seconds > 0 ? (double)stats->seeds * 60 / seconds : 0.0);
}

/*
 * The oracle judges every history at every look and ends it where it is wrong: what is
 * lost, doubled, missed or different shows as a history without an end.
 */
static void tell_promises(const struct order *order, const struct sim_stats *sum)
{
    const struct {
        const char *what;
        uint64_t count;
    } rows[] = {
        {"P2 histories with power cuts", sum->crashes},
        {"P3 histories with full disks", sum->full},
        {"P5 histories with cut messages", sum->requests_cut + sum->replies_cut},
        {"P6 histories whose counts are compared", sum->looks},
        {"P6a histories with refused changes", sum->refused_there},
        {"P7 histories with messages again and late", sum->repeated},
        {"P8 histories whose digests are compared", sum->digests},
        {"P9 histories whose registers are compared", sum->registers_compared},
        {"P10 histories with decisions", sum->resolves},
        {"P15 histories with clocks that jump", sum->clocks},
    };
    if (order->seeds == 1) {
        return;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        hm_promise("%s: %" PRIu64 " times, %" PRIu64 " histories, failed %" PRIu64,
                   rows[i].what, rows[i].count, sum->seeds, order->seeds - sum->seeds);
    }
}

static struct sim sim; /* the history under way */

/*
 * An assertion of the product, or a world that cannot go on: the seed must be told. Only
 * our own abort() comes here, so no call is interrupted that stdio could meet again.
 */
static void tell_of_abort(int signal_number)
{
    (void)signal(signal_number, SIG_DFL);
    /* NOLINTNEXTLINE(bugprone-signal-handler,cert-sig30-c): see above */
    sim_fail(&sim, "the program was stopped by signal %d", signal_number);
}

static void run_history(const struct order *order,
                        uint64_t seed,
                        struct sim_stats *sum,
                        uint64_t *print)
{
    if (order->options.script != NULL) {
        sim_script_run(&sim, seed, &order->options);
    } else {
        struct sim_plan plan;
        struct sim_event event;
        sim_plan_init(&plan, seed);
        sim_init(&sim, seed, &order->options, plan.seats, plan.seat_count);
        while (sim_plan_next(&plan, &sim, &event)) {
            sim_perform(&sim, &event);
        }
        sim_heal(&sim);
    }
    add_stats(sum, &sim.stats);
    *print = sim.print;
    sim_fini(&sim);
}

/* One process's share: every jobs-th seed. */
static void run_share(const struct order *order, unsigned share, struct sim_stats *sum)
{
    uint64_t print = 0;
    for (uint64_t i = share; i < order->seeds; i += order->jobs) {
        run_history(order, order->from + i, sum, &print);
    }
    if (order->seeds == 1) {
        printf("seed %" PRIu64 " fingerprint %016" PRIx64 "\n", order->from, print);
    }
}

/* In processes of their own, which send what they counted through a pipe. */
static bool run_jobs(const struct order *order, struct sim_stats *sum)
{
    int ends[JOBS_MAX][2];
    pid_t pids[JOBS_MAX];
    bool good = true;
    for (unsigned i = 0; i < order->jobs; i++) {
        struct sim_stats stats = {.seeds = 0};
        if (pipe(ends[i]) != 0 || (pids[i] = fork()) < 0) {
            perror("hamlet-sim");
            exit(71);
        }
        if (pids[i] == 0) {
            run_share(order, i, &stats);
            bool sent = write(ends[i][1], &stats, sizeof(stats)) == sizeof(stats);
            _Exit(sent ? 0 : 1);
        }
        (void)close(ends[i][1]);
    }
    for (unsigned i = 0; i < order->jobs; i++) {
        struct sim_stats stats;
        int status = 0;
        if (read(ends[i][0], &stats, sizeof(stats)) == sizeof(stats)) {
            add_stats(sum, &stats);
        }
        (void)close(ends[i][0]);
        (void)waitpid(pids[i], &status, 0);
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return good;
}

/* One thread, no figures about memory, and none of it given back in between. */
static void tune(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 400);
    (void)mallopt(M_MMAP_THRESHOLD, 64 * 1024 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 256 * 1024 * 1024);
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct order order;
    struct sim_stats sum = {.seeds = 0};
    const char *wrong = read_order(&order, argc, argv);
    if (wrong != NULL) {
        return fail_usage(wrong);
    }
    (void)signal(SIGABRT, tell_of_abort);
    tune();
    struct hm_kinds *kinds[2] = {scene_kinds_open(false), scene_kinds_open(true)};
    order.options.kinds[0] = kinds[0];
    order.options.kinds[1] = kinds[1];
    double began = now_s();
    bool good = true;
    if (order.jobs > 1) {
        (void)fflush(stdout);
        good = run_jobs(&order, &sum);
    } else {
        run_share(&order, 0, &sum);
    }
    print_stats(&sum, now_s() - began);
    tell_promises(&order, &sum);
    hm_kinds_close(kinds[0]);
    hm_kinds_close(kinds[1]);
    return good && sum.seeds == order.seeds ? 0 : 1;
}
