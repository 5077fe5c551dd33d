/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.h - who did what at the district: a chain that shows where it was altered.
 *
 * Owner:      proto/store/server/audit.c; layer 2
 * Durability: with the transaction of what it tells of
 * Errors:     store.h
 *
 * A row says when, which account, which act, on what, and how: ids, codes and names of
 * rules, never a value of a record, a reason in free words or a name of a citizen. Its
 * hash is BLAKE2b-256 over the domain "hamlet-audit-1", the hash before it (zeros at
 * first), n and time as packed numbers, and the four texts, each with its length first.
 * Who can write the file of the store could make all hashes anew: what the auditor wrote
 * down of an earlier one finds that too, and a cut end.
 */
#ifndef HAMLET_STORE_AUDIT_H
#define HAMLET_STORE_AUDIT_H

#include "hamlet/base/arena.h"
#include "hamlet/store/store.h"

/* What was done; of a row that is to be written `n`, `time` and `hash` are the store's.
 */
struct hm_audit {
    int64_t n;
    struct hm_wall time;
    struct hm_bytes account; /* a name; at the server itself: "(console)" */
    struct hm_bytes act;     /* of a command or of the door: "resolve", "sign-in" */
    struct hm_bytes subject; /* an id or a code; no bytes: none */
    struct hm_bytes detail;  /* "name=value name=value"; no bytes: none */
    struct hm_digest hash;
};

/* Append a row, inside a transaction. */
HM_CHECKED enum hm_status hm_store_audit_append(struct hm_store *store,
                                                const struct hm_audit *row,
                                                struct hm_err *err);

/*
 * The next transaction that is committed carries this row, so that what is done and what
 * is told of it are one. Borrowed until then. Null: none; true where one was not carried,
 * since nothing was written.
 */
bool hm_store_audit_next(struct hm_store *store, const struct hm_audit *row);

/*
 * At most `limit` rows after row `after`, not older than `since`, in their order; or with
 * `newest` the last such ones before row `after` (0: all), the newest first.
 */
struct hm_audit_query {
    int64_t after;
    struct hm_wall since;
    bool newest;
    int64_t limit;
};
HM_CHECKED enum hm_status hm_store_audit_list(struct hm_store *store,
                                              const struct hm_audit_query *query,
                                              struct hm_audit **rows,
                                              size_t *count,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/*
 * Walk the whole chain. `*count`: its rows; `*head`: the last hash.
 * HM_CORRUPT  audit-broken (n): from this row on it is not what was written
 */
HM_CHECKED enum hm_status hm_store_audit_verify(struct hm_store *store,
                                                int64_t *count,
                                                struct hm_digest *head,
                                                struct hm_err *err);

#endif
