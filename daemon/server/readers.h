/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers.h - stores for the threads that read, as many as there are such threads.
 *
 * Owner:   daemon/server/readers.c
 * Threads: any; a reader that was taken is its taker's until it is given back
 */
#ifndef DAEMON_SERVER_READERS_H
#define DAEMON_SERVER_READERS_H

#include "hamlet/store/store.h"

struct hm_readers;

/* Open `count` readers of the store in the file `path`; `kinds` and `env` are borrowed.
 */
HM_CHECKED enum hm_status hm_readers_open(struct hm_readers **readers,
                                          size_t count,
                                          const char *path,
                                          const struct hm_kinds *kinds,
                                          const struct hm_env *env,
                                          struct hm_err *err);
/* All of them were given back. Null: nothing. */
void hm_readers_close(struct hm_readers *readers);

/* Take one, waiting until there is one. */
struct hm_store *hm_readers_take(struct hm_readers *readers);
void hm_readers_give(struct hm_readers *readers, struct hm_store *reader);

#endif
