/* SPDX-License-Identifier: Apache-2.0 */
/*
 * context.h - an opened data folder: what every command of the server works on.
 *
 * Owner:   daemon/server/context.c
 * Threads: a context belongs to one thread: that of a command of its own, or the one in
 *          which `serve` writes. `serve` hands its context to hm_control_execute
 * Lock:    whoever opens a context holds DIR/lock
 */
#ifndef DAEMON_SERVER_CONTEXT_H
#define DAEMON_SERVER_CONTEXT_H

#include "hamlet/author/author.h"
#include "hamlet/author/server.h"
#include "hamlet/base/sign.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/store.h"

struct hm_tasks;

/*
 * Who gave a command on the page. What he may was judged before it came in line, by a
 * reader; `check`, in the thread that writes and on its store, says whether it still
 * holds where the command begins.
 */
struct hm_asker {
    struct hm_bytes account; /* its name */
    enum hm_status (*check)(struct hm_store *store, void *ctx, struct hm_err *err);
    void *ctx;
};

struct hm_control_ctx {
    const char *dir; /* as given to hm_control_open */
    const struct hm_env *env;
    struct hm_kinds *kinds;
    struct hm_store *store; /* the one writer */
    struct hm_key key;      /* of the server; its id is the district */
    struct hm_secret secret;
    struct hm_id device;
    struct hm_bytes unit; /* that the server serves */
    struct hm_arena self; /* what lives as long as the context */
    int64_t scrub_ms;     /* erasing.c: not before this moment … */
    bool scrub_due;       /* … and then again */
    int64_t standing_ms;  /* standing.c: the same */
    bool standing_due;
    /* `serve` answers with this certificate and key from here on; null elsewhere. */
    enum hm_status (*certify)(void *ctx,
                              struct hm_bytes certificate,
                              struct hm_bytes key,
                              struct hm_err *err);
    void *certify_ctx;
    struct hm_tasks *tasks; /* of `serve`; null elsewhere */
    bool beside;            /* `store` is a reader, beside the writer (peers.h) */

    /* Of the command under way, set by control.c. */
    const char *folder;      /* where it was given: what relative paths start from */
    struct hm_bytes input;   /* content of the file that it reads */
    struct hm_bytes account; /* who gave it on the page; no bytes: at the server itself */
    const struct hm_asker *asker; /* … and whether he still may; null: nobody is asked */
    struct hm_buf file;           /* what goes where its --out says */
};

/*
 * Open the folder. `dir` and `env` are borrowed until hm_control_close, which is called
 * on a context that was not opened, too, if it is all zero.
 * HM_UNCONFIGURED  it is none of a server, of a newer version, or a key or kind in it
 *                  is missing or broken
 */
HM_CHECKED enum hm_status hm_control_open(struct hm_control_ctx *ctx,
                                          const char *dir,
                                          const struct hm_env *env,
                                          struct hm_err *err);
void hm_control_close(struct hm_control_ctx *ctx);

/*
 * An author who is the admin of the server's own device and signs with its key
 * (hm_author_close).
 */
HM_CHECKED enum hm_status hm_control_author(struct hm_control_ctx *ctx,
                                            struct hm_author **author,
                                            struct hm_err *err);

#endif
