/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync.h - POST /v1/sync: one exchange over HTTP.
 *
 * Owner:   daemon/server/sync.c
 * Threads: the callbacks run in the web server's threads
 * Format:  PROTOCOL.md section 8
 */
#ifndef DAEMON_SERVER_SYNC_H
#define DAEMON_SERVER_SYNC_H

#include <stdatomic.h>

#include "hamlet/httpd/handler.h"
#include "hamlet/text/words.h"
#include "readers.h"
#include "writer.h"

#define HM_SYNC_PATH "/v1/sync"
#define HM_SYNC_TYPE "application/vnd.hamlet.sync"

struct hm_sync {
    struct hm_serving_self self;
    struct hm_readers *readers;
    struct hm_writer *writer;
    const struct hm_words *words;
    atomic_int open;    /* exchanges under way */
    atomic_size_t held; /* bytes of memory that they hold */
};

/* Its callbacks; the web server's context begins with a `struct hm_sync`. */
extern const struct hm_httpd_handler hm_sync_handler;

/* Fill the reply of a problem, in the words of the server. */
void hm_sync_problem(const struct hm_sync *sync,
                     enum hm_problem problem,
                     struct hm_httpd_reply *reply);

/* The same for what the web server refuses by itself (httpd/server.h). */
void hm_sync_refusal(void *ctx,
                     int status,
                     const char *name,
                     struct hm_httpd_reply *reply);

#endif
