/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data.h - what stands where in the server's --data DIR.
 *
 * Owner:   daemon/server/data.c
 * Threads: no shared state
 *
 *     store.db      the store; -wal and -shm beside it while it is open
 *     keys/server   seed of the server's Ed25519 key, 0600
 *     keys/tls.pem  private key of TLS, 0600
 *     tls.crt       its certificate
 *     config.json   config.h
 *     kinds/…json   kinds that stand beside the built-in ones
 *     lock          held by `serve` and, for its length, by every other command
 *     control.sock  where `serve` takes the other commands
 */
#ifndef DAEMON_SERVER_DATA_H
#define DAEMON_SERVER_DATA_H

#include "hamlet/base/arena.h"
#include "hamlet/base/env.h"
#include "hamlet/record/kinds.h"

#define HM_DATA_STORE   "store.db"
#define HM_DATA_KEY     "server" /* for hm_keyfile_load */
#define HM_DATA_TLS_KEY "keys/tls.pem"
#define HM_DATA_TLS     "tls.crt"
#define HM_DATA_CONFIG  "config.json"
#define HM_DATA_KINDS   "kinds"
#define HM_DATA_LOCK    "lock"
#define HM_DATA_CONTROL "control.sock"

/* Two kinds of wide forms for each of the built-in ones. */
enum { HM_DATA_KINDS_MAX = 64 };

/* DIR/NAME, or null where `arena` has no room; an absolute NAME stands for itself. */
char *hm_data_path(struct hm_arena *arena, const char *dir, const char *name);

/* The names of DIR/kinds/…json, sorted; none where there is no such folder. */
HM_CHECKED enum hm_status hm_data_kind_files(const char *dir,
                                             char ***names,
                                             size_t *count,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/*
 * The built-in kinds and those of DIR/kinds, the caller's (hm_kinds_close).
 * HM_UNCONFIGURED  a file of DIR/kinds breaks a rule; the error says which
 */
HM_CHECKED enum hm_status hm_data_kinds(struct hm_kinds **kinds,
                                        const char *dir,
                                        struct hm_err *err);

/*
 * A new folder beside `dir` in which it can be built unseen; its path comes from `arena`.
 * HM_EXISTS  something stands at `dir` that is no empty folder
 */
HM_CHECKED enum hm_status hm_data_draft(char **draft,
                                        const char *dir,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/* Give the draft its name. It is on disk then with all that was written into it. */
HM_CHECKED enum hm_status hm_data_publish(const char *draft,
                                          const char *dir,
                                          struct hm_err *err);

/*
 * Random numbers for a server that begins or comes back: its incarnation (48 bits) and
 * the epoch of its own changes, neither of them 0.
 */
HM_CHECKED enum hm_status hm_data_incarnation(uint64_t *incarnation,
                                              uint32_t *epoch,
                                              const struct hm_env *env,
                                              struct hm_err *err);

/* Remove a draft with all that is in it; null: nothing. */
void hm_data_discard(const char *draft);

#endif
