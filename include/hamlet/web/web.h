/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web.h - the record API and the page's files, over HTTP on loopback.
 *
 * Owner:      daemon/web/; layer 4
 * Threads:    start and stop from one thread; the rest from any. Requests are answered in
 *             threads of the web's own, each with the store opened for it alone: what one
 *             of them writes is what a command beside it would write
 * Durability: what was answered 200 or 201 is on disk
 * Contract:   daemon/api/API.md
 *
 * WHO MAY ASK. Whoever can reach the port is a stranger: any web page that the browser
 * shows, under any name that leads here, and any program of any user of the machine. The
 * httpd guard takes the own Host alone; door.c refuses what another page sent; session.c
 * knows who was let in. The way in is a start secret, which leaves the process through
 * the daemon's socket alone and is good once.
 */
#ifndef HAMLET_WEB_WEB_H
#define HAMLET_WEB_WEB_H

#include "hamlet/base/buf.h"
#include "hamlet/base/env.h"

struct hm_web;

struct hm_web_options {
    const char *address; /* 127.0.0.1:PORT; taken: any free port instead; 0: any */
    const char *dir;     /* of the replica; this and `env` are borrowed until the stop */
    int64_t
        idle_ms; /* without a sign of who is signed in, until his passphrase is asked */
    const struct hm_env *env;
    /* From any thread: something was written; somebody asks for a conversation. */
    void (*saved)(void *ctx);
    void (*asked)(void *ctx);
    void *ctx;
};

/*
 * HM_USAGE  the address is not of 127.0.0.1
 * HM_IO     it cannot be listened at
 */
HM_CHECKED enum hm_status hm_web_start(struct hm_web **web,
                                       const struct hm_web_options *options,
                                       struct hm_err *err);
void hm_web_stop(struct hm_web *web); /* null: nothing */

/* Where it listens: "127.0.0.1:40123". */
const char *hm_web_address(const struct hm_web *web);

/* Append a new start secret as text, good once and for two minutes. */
HM_CHECKED enum hm_status hm_web_secret(struct hm_web *web,
                                        struct hm_buf *out,
                                        struct hm_err *err);

/* What pages are told of; several may be joined. */
enum { HM_WEB_RECORDS = 1, HM_WEB_SYNC = 2, HM_WEB_SESSION = 4 };
void hm_web_changed(struct hm_web *web, unsigned int what);

/* How it stands with the district: a conversation goes on, or begins at `due`. */
void hm_web_talking(struct hm_web *web, bool talking, struct hm_mono due);

#endif
