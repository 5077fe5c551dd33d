/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tools.h - what the benchmarks' programs share: data, clock, a laptop's store.
 *
 * Errors: a benchmark has nobody to hand an error to; it says what failed and ends with 1
 */
#ifndef HM_BENCH_TOOLS_H
#define HM_BENCH_TOOLS_H

#include <stdio.h>

#include "hamlet/author/author.h"
#include "hamlet/base/json_write.h"
#include "hamlet/record/kinds.h"

/* End the program unless `status` is HM_OK. */
void hm_bench_must(enum hm_status status, const struct hm_err *err, const char *what);
/* End the program: `what` failed because of `why`. */
_Noreturn void hm_bench_fail(const char *what, const char *why);

double hm_bench_now_s(void);
double hm_bench_cpu_s(void); /* of this process, all threads */

/* ---- the data ---- */

/* One change of the workload (workload.c), ready for hm_author. */
struct hm_bench_line {
    struct hm_bytes text; /* the line as it stands */
    bool create;
    bool second; /* of who meets the first author's edits */
    struct hm_wall time;
    const char *kind;
    struct hm_bytes record; /* the workload's name for it */
    struct hm_field_input *fields;
    size_t field_count;
    struct hm_json *json;
};

struct hm_bench_lines {
    struct hm_buf text;
    struct hm_arena arena;
    struct hm_bench_line *at;
    size_t count;
};

/*
 * Read a file of changes. Kinds get the prefix of kinds/, the hamlet becomes the unit, a
 * trace the text of strokes.h with the same points.
 */
void hm_bench_lines_open(struct hm_bench_lines *lines, const char *path);
void hm_bench_lines_close(struct hm_bench_lines *lines);

/* ---- a laptop ---- */

/* The built-in kinds and those of the folder. */
struct hm_kinds *hm_bench_kinds(const char *folder);

/* The system's randomness, with a wall clock that stands where it is put. */
struct hm_bench_clock {
    struct hm_wall now;
    struct hm_env host;
    struct hm_env env;
};
void hm_bench_clock_init(struct hm_bench_clock *clock);

/* A new laptop's store in this file, of a recorder in the unit H001. */
struct hm_store *hm_bench_store(const char *path,
                                const struct hm_kinds *kinds,
                                const struct hm_env *env);

/* Which record here each of the workload's records became. */
struct hm_bench_ids {
    struct hm_bench_id *at;
    size_t count;
    size_t room;
    bool sorted;
};
/* `path` need not be there. */
void hm_bench_ids_open(struct hm_bench_ids *ids, const char *path);
void hm_bench_ids_save(const struct hm_bench_ids *ids, const char *path);
void hm_bench_ids_close(struct hm_bench_ids *ids);

/* Write one change, inside a transaction of the author. */
void hm_bench_write(struct hm_author *author,
                    struct hm_bench_clock *clock,
                    struct hm_bench_ids *ids,
                    const struct hm_bench_line *line);

/* ---- figures ---- */

double hm_bench_median(double *values, size_t count); /* sorts them */
/* "name":number with three digits after the point. */
void hm_bench_put(FILE *out, const char *name, double value, bool last);

#endif
