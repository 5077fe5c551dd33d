/* SPDX-License-Identifier: Apache-2.0 */
#include "runner.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plan.h"

/* No history takes longer, even under the sanitizers: it would come to no end. */
enum { HISTORY_S = 300 };

/* What a process and its parent both see. */
struct share {
    struct sim_stats stats;
    double cpu_s;
    struct sim_case now; /* the history under way */
};

static struct sim sim; /* of this process */

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

void *sim_shared(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("hamlet-sim");
        exit(71);
    }
    return memory;
}

void sim_stats_add(struct sim_stats *sum, const struct sim_stats *stats)
{
#define SIM_STATS_ADD(name) sum->name += stats->name;
    SIM_STATS_MAP(SIM_STATS_ADD)
#undef SIM_STATS_ADD
    for (int i = 0; i < SIM_MARK_COUNT; i++) {
        sum->marks[i] += stats->marks[i];
    }
}

static uint64_t finish(struct sim_stats *sum)
{
    sim_heal(&sim);
    sim_stats_add(sum, &sim.stats);
    uint64_t print = sim.print;
    sim_fini(&sim);
    return print;
}

uint64_t sim_run_seed(const struct sim_options *options,
                      uint64_t seed,
                      struct sim_stats *sum)
{
    struct sim_plan plan;
    struct sim_event event;
    (void)signal(SIGABRT, tell_of_abort);
    sim_plan_init(&plan, seed);
    sim_plan_plant(&plan, options->plant);
    sim_init(&sim, seed, options, plan.seats, plan.seat_count);
    while (sim_plan_next(&plan, &sim, &event)) {
        sim_perform(&sim, &event);
    }
    return finish(sum);
}

uint64_t sim_run_case(const struct sim_options *options,
                      const struct sim_case *at,
                      struct sim_stats *sum)
{
    (void)signal(SIGABRT, tell_of_abort);
    sim_init(&sim, at->seed, options, at->seats, at->seat_count);
    for (int i = 0; i < at->event_count; i++) {
        sim_perform(&sim, &at->events[i]);
    }
    return finish(sum);
}

static double cpu_now_s(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Every jobs-th seed, or the script. */
static void run_share(const struct sim_order *order, unsigned share, struct share *told)
{
    struct sim_options options = order->options;
    uint64_t print = 0;
    double began = cpu_now_s();
    options.record = &told->now;
    for (uint64_t i = share; i < order->seeds; i += order->jobs) {
        uint64_t seed = order->from + i;
        (void)alarm(HISTORY_S);
        if (options.script != NULL) {
            static struct sim_case script;
            script.seed = seed;
            sim_case_read(&script, options.script);
            print = sim_run_case(&options, &script, &told->stats);
        } else {
            print = sim_run_seed(&options, seed, &told->stats);
        }
        told->cpu_s = cpu_now_s() - began;
    }
    if (order->seeds == 1) {
        printf("seed %" PRIu64 " fingerprint %016" PRIx64 "\n", told->now.seed, print);
    }
}

bool sim_case_ended(struct sim_case *at, int status)
{
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!good && at->at == 0) {
        at->at = at->event_count + 1;
        (void)snprintf(at->complaint, SIM_COMPLAINT_MAX, "it ended with %s %d",
                       WIFSIGNALED(status) ? "signal" : "status",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        (void)fprintf(stderr,
                      "FAILED at event %d: %s\nREPLAY hamlet-sim --seed %" PRIu64
                      " --trace\n",
                      at->at, at->complaint, at->seed);
    }
    return !good;
}

static pid_t start(const struct sim_order *order, unsigned job, struct share *share)
{
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) {
        perror("hamlet-sim");
        exit(71);
    }
    if (pid == 0) {
        run_share(order, job, share);
        (void)fflush(stdout);
        _Exit(0);
    }
    return pid;
}

bool sim_run(const struct sim_order *order,
             struct sim_stats *sum,
             double *cpu_s,
             struct sim_case *failed)
{
    struct share *shares = sim_shared(order->jobs * sizeof(*shares));
    pid_t pids[SIM_JOBS_MAX];
    bool good = true;
    *cpu_s = 0;
    for (unsigned i = 0; i < order->jobs; i++) {
        pids[i] = start(order, i, &shares[i]);
    }
    for (unsigned i = 0; i < order->jobs; i++) {
        int status = 0;
        (void)waitpid(pids[i], &status, 0);
        sim_stats_add(sum, &shares[i].stats);
        *cpu_s += shares[i].cpu_s;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 64) {
            exit(64); /* a script that is none; it was said */
        }
        if (sim_case_ended(&shares[i].now, status)) {
            *failed = shares[i].now;
            good = false;
        }
    }
    return good;
}
