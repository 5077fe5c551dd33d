/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hm_bench COMMAND … - one measurement in this process, printed as one JSON object.
 *
 *   write STORE FILE       a file of changes into an enrolled laptop's folder, at once
 *   save STORE FILE DB     each change of the file by itself, as a person saves, taking
 *                          turns with a bare commit of the same bytes into DB
 *   insert FILE DB         floor of an import: typed columns and a narrow log
 *   merge FILE DB          floor of a server: lines of JSON parsed, merged, inserted
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

enum { USAGE = 64 };

_Noreturn void hm_bench_fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "hm_bench: %s: %s\n", what, why);
    exit(1);
}

void hm_bench_must(enum hm_status status, const struct hm_err *err, const char *what)
{
    if (status != HM_OK) {
        (void)fprintf(stderr, "hm_bench: %s %s\n",
                      err->key == NULL ? hm_status_name(status) : err->key, err->arg[0]);
        hm_bench_fail(what, hm_status_name(status));
    }
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double hm_bench_now_s(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double hm_bench_cpu_s(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double hm_bench_part(double *values, size_t count, double part)
{
    qsort(values, count, sizeof(*values), by_value);
    size_t at = (size_t)((double)count * part);
    return count == 0 ? 0 : values[at < count ? at : count - 1];
}

void hm_bench_print(const struct hm_bench_figure *figures)
{
    for (size_t i = 0; figures[i].name != NULL; i++) {
        (void)printf("%s\"%s\":%.3f", i == 0 ? "{" : ",", figures[i].name,
                     figures[i].value);
    }
    (void)printf("}\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int count;
        void (*run)(const char *const *args);
    } commands[] = {{"write", 2, hm_bench_write},
                    {"save", 3, hm_bench_save},
                    {"insert", 2, hm_bench_insert},
                    {"merge", 2, hm_bench_merge}};
    for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) == 0 && argc == commands[i].count + 2) {
            hm_bench_disk_register();
            commands[i].run((const char *const *)(argv + 2));
            return 0;
        }
    }
    (void)fprintf(stderr, "usage: hm_bench write|save|insert|merge …\n");
    return USAGE;
}
