/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data.h - what stands where in the server's --data DIR.
 *
 * Owner:   daemon/server/data.c
 * Threads: no shared state
 *
 *     store.db      the store; -wal and -shm beside it while it is open
 *     keys/server   seed of the server's Ed25519 key, 0600
 *     keys/tls.pem  private key of TLS, 0600; for a moment tls.old beside it
 *     tls.crt       its certificate
 *     config.json   config.h
 *     kinds/…json   kinds beside the built-in ones (replica/replica.h)
 *     lock          held by `serve` and, for its length, by every other command
 *     control.sock  where `serve` takes the other commands
 */
#ifndef DAEMON_SERVER_DATA_H
#define DAEMON_SERVER_DATA_H

#include "hamlet/base/arena.h"
#include "hamlet/base/env.h"

#define HM_DATA_STORE   "store.db"
#define HM_DATA_KEY     "server" /* for hm_keyfile_load */
#define HM_DATA_TLS_KEY "keys/tls.pem"
#define HM_DATA_TLS_OLD "keys/tls.old"
#define HM_DATA_TLS     "tls.crt"
#define HM_DATA_CONFIG  "config.json"
#define HM_DATA_LOCK    "lock"
#define HM_DATA_CONTROL "control.sock"

/* DIR/NAME, or null where `arena` has no room; an absolute NAME stands for itself. */
char *hm_data_path(struct hm_arena *arena, const char *dir, const char *name);

/*
 * A new folder beside `dir`, whatever stands there, in which it can be built unseen; its
 * path comes from `arena`.
 */
HM_CHECKED enum hm_status hm_data_beside(char **draft,
                                         const char *dir,
                                         struct hm_arena *arena,
                                         struct hm_err *err);
/*
 * The same, of what is to become `dir`.
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

/* Remove a draft with all that is in it; null: nothing. */
void hm_data_discard(const char *draft);

#endif
