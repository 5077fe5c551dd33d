/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - what the files of this folder share.
 *
 *     web.c       start and stop, what pages are told of
 *     routes.c    the table: which function (run.h) answers what
 *     exchange.c  one request: door, body, store, function, answer
 *     door.c      headers: did our own page send this
 *     session.c   secrets, sessions, who is signed in (session.h)
 *     room.c      how much of what people send is held at a time (room.h)
 *     problem.c   an answer that is a refusal (problem.h)
 *     query.c     what stands after the `?` (query.h)
 *     files.c     the page's files, built in
 *     sign.c      who sits here: sessions, passphrases
 *     several.c   several of these in one request
 *     read.c, write.c, draft.c, state.c, year.c, report.c, code.c, bundle.c   the others
 *     side.c, server/   what is a laptop's own, a server's (side.h, server/inside.h)
 */
#ifndef DAEMON_WEB_INSIDE_H
#define DAEMON_WEB_INSIDE_H

#include <pthread.h>

#include "hamlet/api/members.h"
#include "hamlet/author/author.h"
#include "hamlet/base/embed.h"
#include "hamlet/httpd/server.h"
#include "hamlet/replica/account.h"
#include "hamlet/replica/replica.h"
#include "hamlet/web/server.h"
#include "hamlet/web/web.h"
#include "side.h"

enum {
    HM_WEB_SECRETS = 4,           /* start secrets that were not used yet */
    HM_WEB_SESSIONS = 16,         /* browsers, and windows of them, of one laptop */
    HM_WEB_SERVER_SESSIONS = 512, /* … of a district */
    HM_WEB_FILES = 16,
    HM_WEB_ROUTES = 128,
    HM_WEB_PAIRS = 16, /* of a query */
    HM_WEB_NAME_SIZE = 80,
    HM_WEB_PORT_SIZE = 8,
    HM_WEB_WAIT_MS = 25000 /* a question without an answer; below any browser's limit */
};

/* A form with a pen trace and every field filled, several times. */
#define HM_WEB_BODY_MAX   ((size_t)256 * 1024)
#define HM_WEB_ANSWER_MAX ((size_t)16 * 1024 * 1024)

struct hm_web_secret {
    struct hm_digest digest; /* of its text */
    int64_t due_ms;          /* 0: none */
};

struct hm_web_session {
    bool open;
    struct hm_digest cookie; /* digests of the texts */
    struct hm_digest token;
    int64_t seen_ms; /* the last request that a person caused */
    bool signed_in;
    struct hm_id user; /* who is signed in, or was last; none: nobody yet */
    int64_t began_ms;
    struct hm_digest proof; /* at a server: of what he signed in with */
};

struct hm_web {
    const struct hm_web_side *side;
    struct hm_web_options options; /* of a laptop's; of a server's only `env` */
    struct hm_web_server_options server;
    char port[HM_WEB_PORT_SIZE]; /* under the lock: where it listens; "": not yet */
    int waiting;                 /* under the lock: who waits for `checks` */
    size_t route_count;          /* of `routes`, at a server */
    struct hm_httpd *httpd;
    struct hm_httpd_route routes[HM_WEB_ROUTES];
    char cookie[HM_WEB_NAME_SIZE]; /* the name of the cookie */
    char start[HM_HEX16_SIZE];     /* another at each start */
    struct {
        const struct hm_embedded *file;
        char path[HM_WEB_NAME_SIZE];
        char etag[HM_HEX16_SIZE + 2];
    } files[HM_WEB_FILES];
    size_t file_count;

    pthread_mutex_t checks;   /* one passphrase at a time: each holds 64 MiB meanwhile */
    struct hm_mono uncounted; /* under `checks`: replica/passphrase.h */

    pthread_mutex_t bundles; /* held while a file is made or read: one at a time */

    pthread_mutex_t lock; /* of all below */
    struct hm_web_secret secrets[HM_WEB_SECRETS];
    struct hm_web_session *sessions;
    size_t session_count;      /* places */
    struct hm_web_call *rooms; /* whose bodies are held: room.h */
    uint64_t n; /* of what happened; the number at which each kind of it last did */
    uint64_t records_n;
    uint64_t sync_n;
    uint64_t session_n;
    bool talking;
    int64_t due_ms;
};

/* What a request's header said, once door.c let it in. */
struct hm_web_guest {
    enum hm_lang lang;
    char cookie[HM_B64_32_SIZE]; /* "" where there is none */
    char token[HM_B64_32_SIZE];
    char etag[HM_WEB_NAME_SIZE];
};

struct hm_web_pair {
    const char *name;
    const char *value;
};

struct hm_web_call {
    struct hm_web *web;
    const struct hm_web_route *route;
    struct hm_web_guest guest;
    char *query_text;
    struct hm_buf body_text;
    size_t length; /* of the body, as declared … */
    size_t room;   /* … and held for it: room.h */
    struct hm_web_call *next_room;
    int64_t later_s;  /* of a refusal: when to ask again; 0: not said */
    int64_t asked_ms; /* when a question that waits came; 0: it did not yet … */
    uint64_t task;    /* … and what it waits for at a server; 0: nothing yet */
    /* while it is answered */
    struct hm_arena arena;
    struct hm_web_pair query[HM_WEB_PAIRS];
    size_t query_count;
    struct hm_json *body;      /* an object, of a POST */
    struct hm_replica replica; /* of a laptop */
    struct hm_view view;       /* its store: the replica's, or a reader of the server's */
    struct hm_account account; /* at a server: who is signed in; text from the arena */
    char told_key[HM_WEB_NAME_SIZE]; /* of a failure of the writer's */
    struct hm_buf out;
    struct hm_httpd_reply *reply;
    bool signed_in;
    struct hm_id user;         /* who is signed in, or was last */
    int64_t locks_in_ms;       /* without a sign of him; -1: never */
    const char *type;          /* of an answer that is no JSON, constant */
    struct hm_httpd_file file; /* the answer, instead of `out` */
    int http; /* of the answer or, after a failure, of the problem; 0: as usual */
    const struct hm_kind *kind; /* that a failure is about, for its words */
    struct hm_buf faults;       /* JSON of all wrong fields; empty: none */
    struct hm_bytes told; /* in place of the sentences: what another program said … */
    struct hm_bytes hint; /* … of its failure, from the arena; empty: nothing */
};

extern const struct hm_httpd_handler hm_web_handler;
extern const struct hm_httpd_handler hm_web_file_handler;

/* ---- door.c ---- */

/*
 * Read the header, which the httpd guard has judged before: did our own page send this?
 * `file`: of the page itself, which may also be opened from elsewhere.
 * HM_PROTOCOL  a header that must be one stands twice. HM_DENIED  another page sent it
 */
HM_CHECKED enum hm_status hm_web_door(struct hm_web *web,
                                      const struct hm_httpd_request *request,
                                      bool file,
                                      struct hm_web_guest *guest,
                                      struct hm_err *err);

/* ---- web.c ---- */

/* One without a listener, stopped by hm_web_stop. */
HM_CHECKED enum hm_status hm_web_make(struct hm_web **web,
                                      const struct hm_web_side *side,
                                      size_t sessions,
                                      const struct hm_env *env,
                                      struct hm_err *err);
/* Fills web->routes; so many. */
void hm_web_routes_init(struct hm_web *web, size_t *count);

/* ---- files.c ---- */

/* Puts the built-in files into web->files and their routes after the first `*count`. */
void hm_web_files_init(struct hm_web *web, size_t *count);

/* ---- exchange.c, for the functions ---- */

/* A text, an id or a file (base64url; the caller's) of the body. HM_USAGE: it has none */
HM_CHECKED enum hm_status hm_web_body_text(const struct hm_web_call *call,
                                           const char *name,
                                           struct hm_bytes *text,
                                           struct hm_err *err);
HM_CHECKED enum hm_status hm_web_body_id(const struct hm_web_call *call,
                                         const char *name,
                                         struct hm_id *id,
                                         struct hm_err *err);
HM_CHECKED enum hm_status hm_web_body_data(const struct hm_web_call *call,
                                           const char *name,
                                           uint8_t **data,
                                           size_t *size,
                                           struct hm_err *err);

#endif
