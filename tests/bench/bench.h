/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.h - what the parts of hm_bench share: data, clock, disk, figures.
 *
 * Errors: a benchmark has nobody to hand an error to; it says what failed and ends with 1
 */
#ifndef HM_BENCH_BENCH_H
#define HM_BENCH_BENCH_H

#include <sqlite3.h>

#include "hamlet/author/server.h"
#include "hamlet/base/buf.h"
#include "hamlet/replica/replica.h"

/* End the program unless `status` is HM_OK. */
void hm_bench_must(enum hm_status status, const struct hm_err *err, const char *what);
/* End the program: `what` failed because of `why`. */
_Noreturn void hm_bench_fail(const char *what, const char *why);

double hm_bench_now_s(void);
double hm_bench_cpu_s(void); /* of this process, all threads */

/* ---- the data (lines.c) ---- */

/* One change of the workload, ready for hm_author. */
struct hm_bench_line {
    struct hm_bytes text; /* the line as it stands */
    bool create;
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

/* ---- the disk (disk.c): SQLite's own, which counts how often it was waited for ---- */

#define HM_BENCH_VFS "bench"
void hm_bench_disk_register(void);
long hm_bench_disk_syncs(void); /* so far */

/* Run a statement that gives nothing. */
void hm_bench_sql(sqlite3 *db, const char *sql);
sqlite3_stmt *hm_bench_prepare(sqlite3 *db, const char *sql);
/* Run a statement that gives nothing, and make it ready for the next time. */
void hm_bench_step(sqlite3 *db, sqlite3_stmt *stmt);
/* A new store with a laptop's settings; with a server's if `wal`. */
sqlite3 *hm_bench_db(const char *path, bool wal);

/* ---- the commands, each with what stands after its name; they print one object ---- */

void hm_bench_write(const char *const *args);  /* STORE FILE */
void hm_bench_save(const char *const *args);   /* STORE FILE DB */
void hm_bench_insert(const char *const *args); /* FILE DB */
void hm_bench_merge(const char *const *args);  /* FILE DB */

/* ---- figures ---- */

/* The `part` of them (0.5: the median) that is not above the result; sorts them. */
double hm_bench_part(double *values, size_t count, double part);
/* {"name":number,…}, ended by a null name; three digits after the point. */
struct hm_bench_figure {
    const char *name;
    double value;
};
void hm_bench_print(const struct hm_bench_figure *figures);

#endif
