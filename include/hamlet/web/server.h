/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - the district's page and its API, on the listener that laptops use.
 *
 * Owner:      daemon/web/server/; layer 4
 * Threads:    start and stop from one thread; the handlers run in the web server's,
 * `take`, `give`, `write` and `act` are called from them, several at the same time
 * Durability: what was answered 200 or 201 is on disk
 * Contract:   daemon/api/API.md, section 11
 *
 * WHO MAY ASK. Whoever reaches the port is a stranger until he signs in with a name and
 * what only he knows (replica/account.h); then he is an account with a role and a unit,
 * looked up anew for each request, so that an account which ended is out at once. Each
 * route names the right it needs (record/right.h). One reader sees what the right allows;
 * whatever is written is done in the server's one writing thread, mostly by the command
 * that an administrator would give: `act`. Between the two others write: so account,
 * right and reach are judged again there, before anything is written.
 */
#ifndef HAMLET_WEB_SERVER_H
#define HAMLET_WEB_SERVER_H

#include "hamlet/base/env.h"
#include "hamlet/httpd/handler.h"
#include "hamlet/store/store.h"
#include "hamlet/text/words.h"

struct hm_web;

enum {
    HM_WEB_SERVER_IDLE_MS = 30 * 60 * 1000,
    /* What a page shows as a code: the link of an invitation that an account gives. More
     * than a printed sheet bears. */
    HM_WEB_LINK_MAX = 1200
};

/* A command line, given by an account. */
struct hm_web_act {
    struct hm_bytes account; /* its name */
    enum hm_lang lang;
    int argc;
    char **argv;           /* of hamlet-server */
    struct hm_bytes input; /* in place of a file that it reads */
    /* Where it begins, in the writer's thread and on its store: may he still? */
    enum hm_status (*check)(struct hm_store *store, void *ctx, struct hm_err *err);
    void *check_ctx;
};

/* What takes long to read: `run` on a reader, in a thread of its own. */
struct hm_web_task {
    struct hm_bytes owner; /* an account */
    struct hm_bytes name;  /* what it is; asked for again meanwhile it is the same */
    enum hm_status (*run)(struct hm_store *reader,
                          void *ctx,
                          struct hm_buf *out,
                          struct hm_err *err);
    int (*file)(const void *ctx); /* what it wrote, open; -1: nothing. Null: never */
    void (*free)(void *ctx);
    void *ctx; /* the task's from the call on, whatever comes of it */
};
struct hm_web_task_seen {
    bool done; /* and what it put out was appended */
    int permille;
    int64_t rows;
    int fd; /* of one that is done: its file, the caller's to close; or -1 */
};

struct hm_web_server_options {
    const struct hm_env *env; /* this, `dir` and `hosts` are borrowed until the stop */
    const char *dir;          /* the data folder, for catalogues beside the store */
    /* "name" or "name:port", as browsers say them of our URLs; null at the end. Loopback
     * names with the port that is listened at are ours in any case. */
    const char *const *hosts;
    int64_t idle_ms; /* without a sign of who is signed in, until he has to again */
    void *ctx;       /* of these: */
    struct hm_store *(*take)(void *ctx); /* a reader, for one request */
    void (*give)(void *ctx, struct hm_store *reader);
    /* `run` on the writer's store, in a transaction that HM_OK commits. */
    enum hm_status (*write)(void *ctx,
                            enum hm_status (*run)(struct hm_store *store,
                                                  void *run_ctx,
                                                  struct hm_err *err),
                            void *run_ctx,
                            struct hm_err *err);
    /* Append what the command printed; `key` holds the key of its failure. */
    enum hm_status (*act)(void *ctx,
                          const struct hm_web_act *act,
                          struct hm_buf *printed,
                          char *key,
                          size_t key_size,
                          struct hm_err *err);
    enum hm_status (*begin)(void *ctx,
                            const struct hm_web_task *task,
                            uint64_t *id,
                            struct hm_err *err);
    /* Append the file around `body`, signed by the server (api/signed.h); any thread. */
    enum hm_status (*sign)(void *ctx,
                           struct hm_bytes body,
                           struct hm_buf *file,
                           struct hm_err *err);
    /* HM_NOT_FOUND: it is none of his; else as the task failed. */
    enum hm_status (*look)(void *ctx,
                           uint64_t id,
                           struct hm_bytes owner,
                           struct hm_web_task_seen *seen,
                           struct hm_buf *out,
                           struct hm_err *err);
};

HM_CHECKED enum hm_status hm_web_server_start(struct hm_web **web,
                                              const struct hm_web_server_options *options,
                                              struct hm_err *err);
/* hm_web_stop ends it, after the web server. */

/* What the listener is to route here; lives as long as `web`. */
const struct hm_httpd_route *hm_web_server_routes_of(const struct hm_web *web,
                                                     size_t *count);
/* The headers of an answer to a browser, for what the listener refuses by itself. */
void hm_web_server_headers(struct hm_httpd_reply *reply);
/* It listens at "ADDR:PORT": until this is called nobody is let in. */
void hm_web_server_at(struct hm_web *web, const char *address);

#endif
