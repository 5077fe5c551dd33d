/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hamlet-sim - simulated histories of a server and its laptops, each from one seed.
 */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memory.h"
#include "promise.h"
#include "shrink.h"

enum { SHRINK_S = 60 };

static const char usage[] =
    "usage: hamlet-sim [--seeds N] [--from S] [--seed S] [--jobs N] [--trace]\n"
    "                  [--script FILE] [--plant NAME] [--marks] [--shrink S]\n"
    "                  [--keep FILE]\n"
    "\n"
    "Runs N histories (one, if --seed or --script names it), each drawn from its seed:\n"
    "laptops and a server on faulty disks and a faulty network, beside an oracle that\n"
    "says what each of them must show. Ends with 0 if all of it held. A history that\n"
    "fails is cut down to a short script that fails with the same complaint.\n"
    "\n"
    "  --seeds N      how many histories, from --from on (1000)\n"
    "  --seed S       this one, with its fingerprint\n"
    "  --jobs N       processes (1)\n"
    "  --trace        every event as it happens\n"
    "  --script FILE  events from a file instead (tests/sim/scenarios)\n"
    "  --marks        the named situations, each with the number of histories that came\n"
    "                 there; ends with 1 if none came to one of them\n"
    "  --shrink S     cut a failure down for at most so many seconds (60; of one "
    "history\n"
    "                 that was named: 0)\n"
    "  --keep FILE    where the short script goes, else to standard error\n"
    "  --plant NAME   with a fault in the world that must be found:\n";

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

static bool read_text_option(struct sim_order *order, const char *name, const char *value)
{
    if (strcmp(name, "--script") == 0) {
        order->options.script = value;
        order->seeds = 1;
    } else if (strcmp(name, "--keep") == 0) {
        order->keep = value;
    } else {
        return strcmp(name, "--plant") == 0 &&
               sim_plant_find(&order->options.plant, value);
    }
    return true;
}

static bool read_option(struct sim_order *order, const char *name, const char *value)
{
    uint64_t number = 0;
    if (value == NULL) {
        return false;
    }
    if (!read_number(&number, value)) {
        return read_text_option(order, name, value);
    }
    if (strcmp(name, "--seeds") == 0) {
        order->seeds = number;
    } else if (strcmp(name, "--from") == 0) {
        order->from = number;
    } else if (strcmp(name, "--seed") == 0) {
        order->from = number;
        order->seeds = 1;
    } else if (strcmp(name, "--shrink") == 0) {
        order->shrink_s = number;
    } else if (strcmp(name, "--jobs") == 0 && number >= 1 && number <= SIM_JOBS_MAX) {
        order->jobs = (unsigned)number;
    } else {
        return false;
    }
    return true;
}

/* Null, or what is not understood. */
static const char *read_order(struct sim_order *order, int argc, char **argv)
{
    *order =
        (struct sim_order){.from = 1, .seeds = 1000, .jobs = 1, .shrink_s = UINT64_MAX};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0) {
            order->options.trace = true;
        } else if (strcmp(argv[i], "--marks") == 0) {
            order->marks = true;
        } else if (read_option(order, argv[i], i + 1 < argc ? argv[i + 1] : NULL)) {
            i++;
        } else {
            return argv[i];
        }
    }
    if (order->shrink_s == UINT64_MAX) {
        order->shrink_s = order->seeds == 1 ? 0 : SHRINK_S;
    }
    return NULL;
}

static double a_minute(const struct sim_stats *stats, double seconds)
{
    return seconds > 0 ? (double)stats->seeds * 60 / seconds : 0;
}

static void print_stats(const struct sim_stats *stats, double seconds, double cpu_s)
{
#define SIM_STATS_PRINT(name) printf("%-20s %12" PRIu64 "\n", #name, stats->name);
    SIM_STATS_MAP(SIM_STATS_PRINT)
#undef SIM_STATS_PRINT
    printf("%-20s %12.1f\n%-20s %12.0f\n", "seconds", seconds, "seeds a minute",
           a_minute(stats, seconds));
    printf("%-20s %12.1f\n%-20s %12.0f\n", "processor seconds", cpu_s,
           "on two quiet cores", 2 * a_minute(stats, cpu_s));
}

/* True: every situation was met. */
static bool print_marks(const struct sim_stats *stats)
{
    int missed = 0;
    for (int i = 0; i < SIM_MARK_COUNT; i++) {
        missed += stats->marks[i] == 0;
        printf("mark %-24s %8" PRIu64 "  %s\n", sim_mark_name((enum sim_mark)i),
               stats->marks[i], sim_mark_what((enum sim_mark)i));
    }
    printf("marks %d, not reached %d\n", SIM_MARK_COUNT, missed);
    return missed == 0;
}

/*
 * The oracle judges every history at every look and ends it where it is wrong: what is
 * lost, doubled, missed or different shows as a history without an end.
 */
static void tell_promises(const struct sim_order *order, const struct sim_stats *sum)
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
        {"P17 histories with devices that lie", sum->lies},
        {"P12 histories with disks copied or restored", sum->copies + sum->restores},
        {"P29 histories whose erased values are sought", sum->sought},
        {"P17 histories with roles that end", sum->roles},
        {"P16 histories with requests of revoked devices", sum->denied},
        {"P14 histories with servers lost", sum->losses},
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

/* What failed, as short as it gets. */
static void shrink(const struct sim_order *order, struct sim_case *failed)
{
    struct sim_shrunk told;
    FILE *file = stderr;
    (void)fflush(stdout);
    if (!sim_shrink(failed, &order->options, (double)order->shrink_s, &told)) {
        (void)fprintf(stderr, "SHORT it does not fail again by itself\n");
        return;
    }
    (void)fprintf(stderr, "SHORT %d of %d events, %d tries\n", told.after, told.before,
                  told.tries);
    if (order->keep != NULL && (file = fopen(order->keep, "w")) == NULL) {
        perror(order->keep);
        return;
    }
    sim_case_write(failed, file);
    (void)(file == stderr ? fflush(file) : fclose(file));
}

/* One thread, no figures about memory, and none of it given back in between. */
static void tune(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* memory.c is as quick */
    sim_memory_config();
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
    static struct sim_case failed;
    struct sim_order order;
    struct sim_stats sum = {.seeds = 0};
    double cpu_s = 0;
    const char *wrong = read_order(&order, argc, argv);
    if (wrong != NULL) {
        return fail_usage(wrong);
    }
    tune();
    struct hm_kinds *kinds[2] = {scene_kinds_open(false), scene_kinds_open(true)};
    order.options.kinds[0] = kinds[0];
    order.options.kinds[1] = kinds[1];
    double began = now_s();
    bool good = sim_run(&order, &sum, &cpu_s, &failed);
    print_stats(&sum, now_s() - began, cpu_s);
    tell_promises(&order, &sum);
    if (!good && order.shrink_s > 0) {
        shrink(&order, &failed);
    }
    if (order.marks) {
        good = print_marks(&sum) && good;
    }
    hm_kinds_close(kinds[0]);
    hm_kinds_close(kinds[1]);
    return good && sum.seeds == order.seeds ? 0 : 1;
}
