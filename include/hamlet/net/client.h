/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.h - one HTTPS request at a time to a server that is known by its key.
 *
 * Owner:   daemon/net/client.c; layer 4. This folder is the only place that knows libcurl
 * Threads: a `struct hm_net` belongs to one thread; the callbacks come in it, from within
 *          hm_net_ready, hm_net_timeout, hm_net_run
 * Trust:   the SHA-256 of the server's public key, or of its spare one, and nothing else:
 *          no certificate authority, no name, no date (laptop clocks are wrong). TLS 1.3
 *          alone. A server with another key gets the handshake and not one byte of a
 *          request
 * Network: no redirect is followed, no cookie kept, no proxy asked unless HAMLET_PROXY
 *          names one. A connection is kept and used again while the server lets it
 * Time:    30 s to connect; then 60 s below 16 bytes/s in both directions end it. There
 * is no limit to the whole: a slow link that moves is a good one
 *
 * A request's body goes out in TLS records of at most 2 KiB of text, because a record
 * that is cut is lost whole. Its header is the least that HTTP allows: Host,
 * Content-Type, Content-Length and the lines given.
 *
 * The event loop is the caller's: it is told what to watch and when to call, by two
 * hooks, and calls hm_net_ready and hm_net_timeout. A program without a loop calls
 * hm_net_run.
 */
#ifndef HAMLET_NET_CLIENT_H
#define HAMLET_NET_CLIENT_H

#include "hamlet/base/bytes.h"
#include "hamlet/base/err.h"

struct hm_net;

enum { HM_NET_RECORD_BYTES = 2048, HM_NET_PIN_SIZE = 32 };

enum hm_net_events { HM_NET_READ = 1, HM_NET_WRITE = 2 };

struct hm_net_hooks {
    void *ctx;
    /* Watch `fd` for those of enum hm_net_events from now on, level-triggered; 0: not at
     * all. The descriptor may be closed right after that. */
    void (*watch)(void *ctx, int fd, unsigned int events);
    /* Call hm_net_timeout in so many milliseconds, once; an earlier wish is void. Below
     * 0: do not call. */
    void (*timer)(void *ctx, int64_t ms);
};

/* Zero stands for the value in the comment. */
struct hm_net_limits {
    int64_t connect_ms;  /* 30000 */
    int64_t slow_s;      /* 60 */
    int64_t bytes_per_s; /* 16 */
};

/*
 * `hooks` may be null, for hm_net_run alone; it is copied.
 * HM_NO_MEMORY  or libcurl could not be set up
 */
HM_CHECKED enum hm_status hm_net_open(struct hm_net **net,
                                      const struct hm_net_hooks *hooks,
                                      const struct hm_net_limits *limits,
                                      struct hm_err *err);
void hm_net_close(struct hm_net *net); /* cancels; null: nothing */

struct hm_net_head {
    int status;
    const char *content_type; /* "" if there is none */
    int64_t retry_after_s;    /* below 0: none, or a date, which no laptop can judge */
};

struct hm_net_result {
    /*
     * HM_OK         a whole reply came, of whatever HTTP status
     * HM_NO_SERVER  name, connection, TLS or time failed; trying later is right. A cut in
     *               the middle of the reply too: the bytes given may be a part of it
     * HM_PROTOCOL   "server-key": it has another key. "server-reply": it does not speak
     *               HTTP, or `bytes` broke off. "reply-too-big"
     * HM_USAGE      the URL is none, or not https
     * HM_NO_MEMORY
     */
    enum hm_status status;
    struct hm_err err;
    int http;           /* the reply's status; 0: none came */
    int64_t bytes_up;   /* what HTTP cost, header and body, as handed to TLS */
    int64_t bytes_down; /* header and body, as they came out of TLS */
    bool reused;        /* over a connection that was there */
};

struct hm_net_request {
    const char *url;            /* https:// only; copied */
    const uint8_t *pin;         /* HM_NET_PIN_SIZE bytes; copied */
    const uint8_t *spare;       /* … another key that it may have instead; or null */
    const char *content_type;   /* null: a GET; copied */
    struct hm_bytes body;       /* of a POST; the caller's until `done` */
    size_t body_first;          /* … of which so much is a record by itself */
    const char *const *headers; /* further lines, null at the end; copied */
    size_t reply_max;           /* bytes of the reply's body */
    void *ctx;
    void (*sent)(void *ctx); /* with hooks: all of the body has left, once; or null */
    void (*head)(void *ctx, const struct hm_net_head *head); /* once; or null */
    bool (*bytes)(void *ctx, struct hm_bytes bytes);         /* false: break off */
    /* Last of all, once. hm_net_start and hm_net_idle may be called from it, not
     * hm_net_close. */
    void (*done)(void *ctx, const struct hm_net_result *result);
};

/*
 * Begin a request; none may be under way. `done` will be called, but not from in here.
 * Where a kept connection turns out to be dead before an answer came, the request is sent
 * again on a new one: it must be such that this does no harm.
 * HM_NO_MEMORY  nothing was begun, `done` will not be called
 */
HM_CHECKED enum hm_status hm_net_start(struct hm_net *net,
                                       const struct hm_net_request *request,
                                       struct hm_err *err);

/* Drop the request under way and its connection, if there is one; `done` is not called.
 */
void hm_net_cancel(struct hm_net *net);

bool hm_net_running(const struct hm_net *net);

/* What was watched for has come: HM_NET_READ, HM_NET_WRITE or both; 0 for an error. */
void hm_net_ready(struct hm_net *net, int fd, unsigned int events);

/* The time that `timer` asked for has come. */
void hm_net_timeout(struct hm_net *net);

/* Without hooks: carry on with the request until it is over. */
void hm_net_run(struct hm_net *net);

/*
 * Nothing is to be sent for a while: drop the kept connection and give memory back to the
 * system. Does nothing while a request is under way.
 */
void hm_net_idle(struct hm_net *net);

#endif
