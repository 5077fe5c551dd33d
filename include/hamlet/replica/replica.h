/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replica.h - a replica's folder: its kinds, its store, its device key.
 *
 * Owner:   daemon/replica/; layer 4
 * Threads: a replica belongs to one thread
 *
 *     store.db       the store; -journal beside it while somebody writes
 *     keys/device    seed of the device's Ed25519 key, 0600; while the key changes
 *                    device.next, and for a moment device.old, stand beside it
 *     keys/member-…  a member's key, under his passphrase (passphrase.h)
 *     kinds/…json    kinds that stand beside the built-in ones; catalogues/…json
 *                    and reports/…json too
 *     imports/…      files that were imported, as they came (imports.h)
 *     hamletd.lock   held by the daemon
 *     hamletd.sock   where it is told of changes and asked to synchronise
 */
#ifndef HAMLET_REPLICA_REPLICA_H
#define HAMLET_REPLICA_REPLICA_H

#include "hamlet/base/sign.h"
#include "hamlet/record/catalogues.h"
#include "hamlet/record/reports.h"
#include "hamlet/store/store.h"

#define HM_REPLICA_STORE      "store.db"
#define HM_REPLICA_KEY        "device" /* for hm_keyfile_load */
#define HM_REPLICA_NEXT       "device.next"
#define HM_REPLICA_OLD        "device.old"
#define HM_REPLICA_KINDS      "kinds"
#define HM_REPLICA_CATALOGUES "catalogues"
#define HM_REPLICA_REPORTS    "reports"
#define HM_REPLICA_IMPORTS    "imports"
#define HM_REPLICA_LOCK       "hamletd.lock"
#define HM_REPLICA_SOCKET     "hamletd.sock"

/* Kinds beside the built-in ones: an order of magnitude more than there are. */
enum { HM_REPLICA_KINDS_MAX = 64 };

/* DIR/NAME from `arena`, or null where it has no room. */
char *hm_replica_path(struct hm_arena *arena, const char *dir, const char *name);

/*
 * The names of the .json files of DIR/FOLDER, sorted, from `arena`; none where there is
 * no such folder. HM_UNCONFIGURED  there are too many
 */
HM_CHECKED enum hm_status hm_replica_files(const char *dir,
                                           const char *folder,
                                           char ***names,
                                           size_t *count,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/* As hm_replica_kinds, of DIR/catalogues (hm_catalogues_close). */
HM_CHECKED enum hm_status hm_replica_catalogues(struct hm_catalogues **catalogues,
                                                const char *dir,
                                                struct hm_err *err);

/* As hm_replica_kinds, of DIR/reports (hm_reports_close). */
HM_CHECKED enum hm_status hm_replica_reports(struct hm_reports **reports,
                                             const char *dir,
                                             struct hm_err *err);

/*
 * The built-in kinds and those of DIR/kinds, in order of name; the caller's
 * (hm_kinds_close). No such folder: the built-in ones alone.
 * HM_UNCONFIGURED  a file there breaks a rule, or there are too many; the error says
 * which
 */
HM_CHECKED enum hm_status hm_replica_kinds(struct hm_kinds **kinds,
                                           const char *dir,
                                           struct hm_err *err);

/* Whether the store was last settled with other kinds than it was opened with. */
HM_CHECKED enum hm_status hm_replica_kinds_changed(struct hm_store *store,
                                                   bool *changed,
                                                   struct hm_err *err);
/*
 * Derive records anew with the kinds as they are now, and note it: records of a kind that
 * was not known are listed and found from here on.
 */
HM_CHECKED enum hm_status hm_replica_kinds_settle(struct hm_store *store,
                                                  struct hm_err *err);

/*
 * Where values were erased: leave nothing of them in the store's file either, nor in the
 * files that were imported into DIR. Outside of transactions. What cannot be done now is
 * done at the next opening.
 */
void hm_replica_scrub(struct hm_store *store, const char *dir);

struct hm_replica {
    struct hm_kinds *kinds;
    struct hm_store *store;
    struct hm_key key;
    struct hm_secret secret;
};

/*
 * Open a laptop's folder; `env` is borrowed until close. Without `with_key` the device
 * key is left alone: only what is sent is signed. HM_UNCONFIGURED  nothing was enrolled
 * here, or its key is missing or not this store's
 */
HM_CHECKED enum hm_status hm_replica_open(struct hm_replica *replica,
                                          const char *dir,
                                          const struct hm_env *env,
                                          bool with_key,
                                          struct hm_err *err);
void hm_replica_close(struct hm_replica *replica); /* does nothing on zeros */

/*
 * Give the device a new key (PROTOCOL.md 3.6), in a replica that was opened with its key
 * and is to be closed and opened again after this. What is sent from then on is signed
 * with the new key and brings its certificate; the old one stands until the registry
 * here names the new. `*waits`: a key was new already, and no other was made.
 * HM_DENIED  keys-many: it has had as many as there can be
 */
HM_CHECKED enum hm_status hm_replica_rotate(struct hm_replica *replica,
                                            const char *dir,
                                            const struct hm_env *env,
                                            bool *waits,
                                            struct hm_err *err);

/*
 * The old key is wiped once the registry here names the new one, and what a change of the
 * key that was killed left behind. Opening with the key does this too: whatever is not
 * done by one is done by the next. Outside of a transaction.
 */
void hm_replica_settle_key(const struct hm_replica *replica,
                           const char *dir,
                           const struct hm_env *env);

#endif
