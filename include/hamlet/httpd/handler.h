/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handler.h - what a module writes to answer HTTP requests: routes, callbacks, replies.
 *
 * Owner:   daemon/httpd/exchange.c and reply.c; layer 4
 * Threads: the callbacks of one request come one after the other, those of different
 *          requests at the same time from different threads. They may block, for a commit
 *          say; while one blocks, other requests go on in the other threads
 * Memory:  what a request shows is valid during `begin` only; a reply's buffers are the
 *          server's once the callback returned
 *
 * A handler sees only requests that passed the header guard of server.h and fit its
 * route. It is a set of callbacks over a context of its own:
 *
 *     begin ── chunk ── chunk ── … ── end ─────────── closed
 *       │        │                └─ broken ──────────┤
 *       └────────┴─ a reply, early ───────────────────┘
 *
 * `begin`   the header is complete. True: go on, with `*ctx` as the context of what
 *           follows. False: `reply` holds the answer and no body will be shown.
 * `chunk`   a piece of the body, in order, as it came. False: as above; what the peer
 *           still sends is thrown away.
 * `end`     the whole body was shown (there may have been none); `reply` is to be filled.
 * `broken`  the peer went away or fell silent before `end`. All bytes that arrived have
 *           been shown (over TLS, from records of HM_HTTPD_RECORD_BYTES as our client
 *           sends them; else those of the last moment may be missing, never any before
 *           the last one shown), so that what is whole among them can still be kept.
 *           Nobody will read an answer.
 * A handler that has nothing to say yet leaves `reply->status` 0 in `end` and sets
 * `reply->wait_ms`: `end` is called again after hm_httpd_wake, and with `reply->waited`
 * when the time is over or the server stops; then it must answer. Waiting costs no
 * thread.
 *
 * `closed`  once for every `begin`, last of all, whatever happened: the place to free the
 *           context, which is null where `begin` set none.
 *
 * `chunk`, `broken` and `closed` may be null. Not called at all for requests that the
 * server answers by itself.
 */
#ifndef HAMLET_HTTPD_HANDLER_H
#define HAMLET_HTTPD_HANDLER_H

#include "hamlet/base/buf.h"

struct hm_httpd_header {
    const char *name; /* as sent: compare without case, or use hm_httpd_header_of */
    const char *value;
};

struct hm_httpd_request {
    const char *method;
    const char *path;         /* as sent, without the query; equal to the route's */
    const char *query;        /* as sent, after the '?'; "" if there is none */
    const char *content_type; /* "" if there is none */
    const char *peer;         /* the other side's address as text, without port */
    int64_t length;           /* of the body, as declared; 0 if there is none */
    const struct hm_httpd_header *headers;
    size_t header_count;
};

/* The value of the first header of that name, or null. */
const char *hm_httpd_header_of(const struct hm_httpd_request *request, const char *name);

/* An open file, read from its beginning as it is sent: what it holds is in no memory. */
struct hm_httpd_file {
    bool open;
    int fd;
    int64_t size;
};

struct hm_httpd_reply {
    int status;                /* 200…599; must be set, but where `end` waits */
    int64_t wait_ms;           /* in `end`: call it again within so long */
    bool waited;               /* … which is over */
    const char *content_type;  /* constant text; null: none is sent */
    int64_t retry_after_s;     /* 0: not sent */
    struct hm_buf headers;     /* with hm_httpd_reply_header */
    struct hm_buf body;        /* a buffer of any origin may be moved in here */
    struct hm_bytes constant;  /* instead of a body: bytes that outlive the server */
    struct hm_httpd_file file; /* instead of a body, set in `end`; then the server's */
};

/*
 * Add a header line. False: name or value holds a character that would make a second
 * line of it, or there is no room; nothing was added. Content-Length, Connection and
 * Retry-After are the server's.
 */
HM_CHECKED bool hm_httpd_reply_header(struct hm_httpd_reply *reply,
                                      const char *name,
                                      const char *value);

struct hm_httpd_handler {
    bool (*begin)(void *server_ctx,
                  const struct hm_httpd_request *request,
                  void **ctx,
                  struct hm_httpd_reply *reply);
    bool (*chunk)(void *ctx, struct hm_bytes bytes, struct hm_httpd_reply *reply);
    void (*end)(void *ctx, struct hm_httpd_reply *reply);
    void (*broken)(void *ctx);
    void (*closed)(void *ctx);
};

/*
 * One row of the table that the caller gives to hm_httpd_start. Paths are compared byte
 * by byte with what was sent: nothing is decoded, so `%2e`, `//` and `..` find nothing.
 */
struct hm_httpd_route {
    const char *method;
    const char *path;
    const char *content_type; /* the body must be of this media type; null: any */
    int64_t body_max;         /* bytes; 0: no body is taken */
    bool query;               /* a query is taken */
    const struct hm_httpd_handler *handler;
    void *ctx; /* of its `begin`; null: that of the server's options */
};

#endif
