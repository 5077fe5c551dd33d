/* SPDX-License-Identifier: Apache-2.0 */
/*
 * derive.h - what the store keeps ready about a record: its row, made from its changes.
 *
 * A pure function of the loaded record, so that a rebuild gives the same bytes.
 */
#ifndef HAMLET_STORE_DERIVE_H
#define HAMLET_STORE_DERIVE_H

#include "hamlet/base/json_write.h"
#include "hamlet/store/records.h"
#include "sql.h"

enum hm_record_flag {
    HM_RECORD_THERE = 1,
    HM_RECORD_DELETED = 2,
    HM_RECORD_CONFLICT = 4,
    HM_RECORD_INCOMPLETE = 8,
    HM_RECORD_LONG = 16, /* `fields` leaves long texts out (null stands for them) */
    HM_RECORD_ALIAS = 32 /* it was merged into another, if that holds (store/alias.h) */
};

/* The column `later` of a change: which of its record's it is. */
enum { HM_LATER_FIRST = 0, HM_LATER = 1, HM_LATER_LEFT_OUT = 2 };

/* A value longer than this is not copied into the record's row: drawings, long notes. */
enum { HM_RECORD_LONG_TEXT = 240 };

struct hm_derived {
    int64_t flags;
    struct hm_bytes sort;
    struct hm_bytes fold;
    struct hm_bytes fields; /* JSON object */
    struct hm_bytes heads;  /* no bytes: all as the first change wrote them */
    size_t weight;
    size_t refused;
    int64_t year; /* that it is counted in; 0: none */
};

HM_CHECKED enum hm_status hm_derive(struct hm_derived *derived,
                                    const struct hm_loaded *loaded,
                                    struct hm_arena *arena,
                                    struct hm_err *err);

/* The fields as JSON; `whole`: with the long texts. */
void hm_derive_fields(struct hm_json_write *out,
                      const struct hm_loaded *loaded,
                      bool whole,
                      bool *left_out);

/* Merge a loaded record's changes and find its key; fills in what comes after `count`. */
HM_CHECKED enum hm_status hm_loaded_merge(struct hm_loaded *loaded,
                                          const struct hm_kinds *kinds,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/* One register of a conflict, or settled: a row of the table. */
struct hm_case {
    struct hm_id id;
    struct hm_bytes reg;
    const char *type;
    bool open;
    struct hm_wall opened;
    int64_t resolution; /* row of the change, 0 while open */
};

/* All cases of a record, into an array of `arena`. */
HM_CHECKED enum hm_status hm_derive_cases(const struct hm_case **cases,
                                          size_t *count,
                                          const struct hm_loaded *loaded,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/* A record that must be derived anew. */
struct hm_touch {
    int64_t record;
    int64_t first;
    int64_t home;
    int64_t kind;
    struct hm_id id;
    bool fresh;                 /* its row is not in the table yet */
    const struct hm_put *alone; /* its only change; null: read all from the table */
    struct hm_wall received;
};

/* Derive these records, writing their rows, conflicts, units and permits. */
HM_CHECKED enum hm_status hm_refresh(struct hm_store *store,
                                     const struct hm_touch *touches,
                                     size_t count,
                                     struct hm_err *err);

/* As hm_refresh, for records that have rows, given by number; twice is once. */
HM_CHECKED enum hm_status hm_refresh_rows(struct hm_store *store,
                                          int64_t *records,
                                          size_t count,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/* Bring the table of withdrawals of a home up to date, touching what it changes. */
HM_CHECKED enum hm_status hm_withdrawals_refresh(struct hm_store *store,
                                                 int64_t home,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

/*
 * Changes that came after what withdraws them: of those whose numbers are n0 of
 * `changes`, mark the ones that the table of withdrawals names, whose records have rows.
 */
HM_CHECKED enum hm_status hm_withdrawals_meet(struct hm_store *store,
                                              const struct hm_batch *changes,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* Records of the registry and of the tree of units have tables of their own. */
HM_CHECKED enum hm_status hm_registry_derive(struct hm_store *store,
                                             const struct hm_loaded *loaded,
                                             struct hm_err *err);

/*
 * Kinds of the registry's own are never in conflict: a rule says which of several heads
 * holds (registry_merge.c). Of `heads` all of them do: one value of them all.
 */
bool hm_registry_rules(struct hm_bytes kind);
HM_CHECKED enum hm_status hm_registry_merge(struct hm_loaded *loaded,
                                            struct hm_arena *arena,
                                            struct hm_err *err);
void hm_registry_heads(struct hm_buf *value, const struct hm_loaded *loaded);

/* Take out all of it, to be derived anew. */
HM_CHECKED enum hm_status hm_registry_forget(struct hm_store *store, struct hm_err *err);

/*
 * The same, held against what stands there: each record in turn, then the sums, so that
 * nothing stands there beside them.
 */
struct hm_registry_check {
    size_t different;
    int64_t units;
    int64_t devices;
    int64_t users;
    int64_t permits;
    int64_t moves;
};
HM_CHECKED enum hm_status hm_registry_compare(struct hm_store *store,
                                              const struct hm_loaded *loaded,
                                              struct hm_registry_check *check,
                                              struct hm_err *err);
HM_CHECKED enum hm_status hm_registry_compare_end(struct hm_store *store,
                                                  struct hm_registry_check *check,
                                                  struct hm_err *err);

/*
 * Stream records with all their changes: `each` is called once a record, in the order of
 * `touches`. What it is given lives for the call.
 */
HM_CHECKED enum hm_status hm_load_each(struct hm_store *store,
                                       const struct hm_touch *touches,
                                       size_t count,
                                       enum hm_status (*each)(void *ctx,
                                                              struct hm_loaded *loaded,
                                                              struct hm_arena *arena,
                                                              struct hm_err *err),
                                       void *ctx,
                                       struct hm_err *err);

#endif
