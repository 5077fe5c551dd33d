/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - one replica's store: opening it, transactions, small facts about itself.
 *
 * Owner:      proto/store/store.c, meta.c; layer 2, the only users of SQLite
 * Threads:    a `struct hm_store` belongs to one thread; open several for several
 * Durability: HM_OK from hm_store_commit means that the transaction is on disk. A
 *             laptop's store uses a rollback journal (TRUNCATE, synchronous EXTRA) and
 *             may be open in several processes; a server's uses WAL with synchronous
 *             FULL and has one writer. After a failed fsync nothing more is written:
 *             open it anew.
 * Time:       every `_ms` is milliseconds
 * Errors:     HM_LOCKED another process wrote for 5 s; HM_IO disk full or failed;
 *             HM_CORRUPT what is stored fails its check. After an error inside a
 *             transaction roll back.
 */
#ifndef HAMLET_STORE_STORE_H
#define HAMLET_STORE_STORE_H

#include "hamlet/base/arena.h"
#include "hamlet/base/env.h"
#include "hamlet/base/hash.h"
#include "hamlet/record/kinds.h"

struct hm_store;

enum hm_store_mode {
    HM_STORE_LAPTOP,
    HM_STORE_SERVER,
    HM_STORE_READER /* of a server's store, beside its writer */
};

/*
 * Open the store in the file `path`, making it if `create`. `kinds` and `env` are
 * borrowed until close. `vfs` null: the system's.
 * HM_UNCONFIGURED  there is no store, or a newer program wrote it; nothing was written
 */
HM_CHECKED enum hm_status hm_store_open(struct hm_store **store,
                                        const char *path,
                                        enum hm_store_mode mode,
                                        bool create,
                                        const struct hm_kinds *kinds,
                                        const struct hm_env *env,
                                        const char *vfs,
                                        struct hm_err *err);
void hm_store_close(struct hm_store *store);

const struct hm_kinds *hm_store_kinds(const struct hm_store *store);
const struct hm_env *hm_store_env(const struct hm_store *store);

/* A write transaction; they do not nest. */
HM_CHECKED enum hm_status hm_store_begin(struct hm_store *store, struct hm_err *err);
HM_CHECKED enum hm_status hm_store_commit(struct hm_store *store, struct hm_err *err);
void hm_store_rollback(struct hm_store *store); /* does nothing outside of one */

/* Many reads that see one state; ends with hm_store_rollback. */
HM_CHECKED enum hm_status hm_store_begin_read(struct hm_store *store, struct hm_err *err);

/*
 * Who looks on while much is read: `goes_on` is called for each row, from the reading's
 * thread, with the rows so far and how much of the whole that is, in permille, as far as
 * it is known. False: the reading fails with HM_LOCKED reading-stopped.
 */
struct hm_store_watch {
    bool (*goes_on)(void *ctx, int64_t rows, int permille);
    void *ctx;
    int64_t rows; /* these are the store's */
    int permille;
    int part;
    int parts;
};
/* `watch` is borrowed until the next call; null: nobody. */
void hm_store_watch(struct hm_store *store, struct hm_store_watch *watch);
/* What is read now is part `part` of `parts` of the whole; `permille` of it are done. */
void hm_store_watch_part(struct hm_store *store, int part, int parts);
void hm_store_watch_put(struct hm_store *store, int permille);

/* Ask for a larger page cache, for an import or a first pull. */
void hm_store_grow(struct hm_store *store);

/*
 * Facts about the replica itself, by name (HM_META_…). Reading one that is not there
 * gives no bytes, or `other`. Bytes come from `arena`.
 */
#define HM_META_DISTRICT    "district"
#define HM_META_DEVICE      "device"
#define HM_META_EPOCH       "epoch"
#define HM_META_PARENT      "parent" /* epoch.h */
#define HM_META_USER        "user"
#define HM_META_ROLE        "role"
#define HM_META_UNIT        "unit"
#define HM_META_INCARNATION "incarnation"
#define HM_META_SERVER_KEY  "server_key"
#define HM_META_PIN         "pin"
#define HM_META_PINS        "pins"
#define HM_META_URLS        "urls"
#define HM_META_KEYS        "keys"
#define HM_META_LEASE       "lease"
#define HM_META_REQUEST     "request"
#define HM_META_BUDGET      "budget"
#define HM_META_INVITATION  "invitation"
#define HM_META_FIRST       "first_invitation" /* whose user writes, if not that one's */
#define HM_META_LAST_SYNC   "last_sync"
#define HM_META_LAST_ERROR  "last_error"
#define HM_META_LAST_ARGS   "last_error_args" /* of the key in last_error */
#define HM_META_OFFSET      "clock_offset"
#define HM_META_ERRORS      "errors"
#define HM_META_KINDS       "kinds"
#define HM_META_SCRUB       "scrub"

HM_CHECKED enum hm_status hm_store_meta_get(struct hm_store *store,
                                            const char *name,
                                            struct hm_arena *arena,
                                            struct hm_bytes *value,
                                            struct hm_err *err);
HM_CHECKED enum hm_status hm_store_meta_get_int(struct hm_store *store,
                                                const char *name,
                                                int64_t other,
                                                int64_t *value,
                                                struct hm_err *err);
/* Exactly 16 bytes; none if it is not there. */
HM_CHECKED enum hm_status hm_store_meta_get_id(struct hm_store *store,
                                               const char *name,
                                               struct hm_id *id,
                                               struct hm_err *err);
/* Inside a transaction. No bytes: forget it. */
HM_CHECKED enum hm_status hm_store_meta_put(struct hm_store *store,
                                            const char *name,
                                            struct hm_bytes value,
                                            struct hm_err *err);
HM_CHECKED enum hm_status hm_store_meta_put_int(struct hm_store *store,
                                                const char *name,
                                                int64_t value,
                                                struct hm_err *err);

#endif
