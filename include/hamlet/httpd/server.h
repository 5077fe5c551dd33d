/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - an HTTP/1.1 server over TLS 1.3, or plain on loopback, behind a strict
 * guard.
 *
 * Owner:   daemon/httpd/server.c; layer 4. This folder is the only place that knows
 *          libmicrohttpd and GnuTLS
 * Threads: start and stop from one thread; the rest from any. The server runs `threads`
 *          threads of its own that serve, and one that accepts and watches the clock.
 *          All of them block every signal. `problem` and `finished` are called from the
 *          serving ones, several at the same time
 * Clock:   monotonic
 *
 * THE GUARD judges each request before any handler: libmicrohttpd 0.9.75 takes inputs
 * that let two readers of one stream see different requests. What is refused, with the
 * name that `problem` gets, and the connection closes after it:
 *
 *     400 http-form      CR, LF, NUL or another control character where it must not be, a
 *                        line that ends in a bare LF, a folded line, a name that is no
 *                        token, space before the colon, two of a header that must be one
 *     400 http-host      no Host, two, or one that cannot be
 *     421 http-host-other  a Host that is not in `hosts`, or has another port, or none,
 *                        where `host_port` asks for the own
 *     400 http-length    two Content-Length, or one beside Transfer-Encoding, or a
 *                        Transfer-Encoding other than "chunked"
 *     411 http-length-missing  a POST without Content-Length, anything sent chunked: the
 *                        declared length is signed and needed before the body
 *     400 http-uri       bytes outside %21 to %7E
 *     400 http-method    a method that is no token
 *     431 http-header-size  more than `header_bytes_max` or than 64 lines
 *     505 http-version   not HTTP/1.1
 *     503 http-stopping  hm_httpd_stop was called
 *
 * and then, by the route (the connection stays where no body was announced):
 *
 *     404 http-path, 405 http-method-other (with Allow), 400 http-query,
 *     413 http-body-size, 415 http-media-type (also for any Content-Encoding)
 *
 * A refusal that comes while a body is on its way is written at once and the rest of the
 * body is read and thrown away for 30 s at most, because closing at once would reset the
 * connection and the reply could be lost in it.
 *
 * What libmicrohttpd refuses by itself keeps its own short HTML text; the status is as
 * above and the connection closes: a broken request line (400), HTTP/0 and HTTP/2 (505),
 * a Content-Length that is no number (400) or over 2^64 (413), a header beyond the
 * connection's memory (431, 414).
 *
 * How the bare LF and the NUL are seen: libmicrohttpd hands out pointers into its read
 * buffer, where each line end was overwritten in place. The guard compares the distances
 * between those pointers with the lengths of the texts: one byte between two lines was a
 * bare LF, more than two were a NUL or a folded line. MHD_OPTION_STRICT_FOR_CLIENT does
 * not see any of it in 0.9.75; MHD_OPTION_URI_LOG_CALLBACK shows the raw URI, but ends at
 * a NUL. The distances are judged with version 0.9.75 only, whose buffer is known; later
 * ones say that they refuse a bare LF and a NUL by themselves at the strict level, which
 * they are given. 0.9.75 is not: the guard is stricter than it there, and what it refuses
 * in the header's fields it answers with the reply's own header twice. Not seen: empty
 * lines before a request, which HTTP allows, and a NUL that takes no room of its own: in
 * the place of a line's CR, or anywhere in the four bytes that end a header.
 *
 * TIME. libmicrohttpd counts silence only (`idle_s`), so a byte now and then would hold a
 * connection for ever. The watcher also bounds the whole: `header_ms` from the accept to
 * the end of the first header (TLS handshake included), `body_ms` or the declared length
 * at `bytes_per_s`, whichever is longer, for the body, the same for the reply, and idle_s
 * + header_ms between a reply and the end of the next header. Over it, the connection is
 * shut; a body that was under way is `broken`. No clock runs while a handler does.
 *
 * TLS. Records hold at most 2 KiB of text: a record that is cut is lost whole. Sessions
 * are not resumed: GnuTLS sends two tickets of 270 bytes at each handshake, and one comes
 * back in the next, to save a certificate and its proof of 410 bytes; the round trips are
 * the same. The reply's header has no Date and no Server.
 *
 * MEMORY. One connection costs `memory_bytes` for its header and one piece of body, and
 * about 12 KiB for TLS. The process must be allowed connections_max + 100 descriptors.
 */
#ifndef HAMLET_HTTPD_SERVER_H
#define HAMLET_HTTPD_SERVER_H

#include "hamlet/httpd/handler.h"

struct hm_httpd;

/* The most text in one TLS record, both ways: what a cut costs. */
enum { HM_HTTPD_RECORD_BYTES = 2048 };

/* Zero stands for the value in the comment. */
struct hm_httpd_limits {
    unsigned int threads;         /* 8: handlers wait for commits */
    unsigned int connections_max; /* 4096; above it the newest is refused */
    unsigned int per_address_max; /* none: many laptops may share one address */
    unsigned int idle_s;          /* 30 */
    unsigned int header_ms;       /* 20000 */
    unsigned int body_ms;         /* 60000 */
    unsigned int bytes_per_s;     /* 200: below what the worst link does */
    size_t header_bytes_max;      /* 8 KiB */
    size_t memory_bytes;          /* 24 KiB */
};

/* What is told of a request once it is over, for the log; never a header or a body. */
struct hm_httpd_finished {
    const char *method; /* "" where the request line was not understood */
    const char *path;   /* at most 255 bytes of it */
    const char *peer;
    int status;        /* 0: no reply was given */
    bool complete;     /* the reply was written to the end */
    int64_t bytes_in;  /* header and body as far as they arrived */
    int64_t bytes_out; /* header and body of the reply, if complete */
    int64_t took_ms;   /* from the end of the header */
};

struct hm_httpd_options {
    const char *address;         /* "0.0.0.0:8443", "[::1]:0"; port 0: any free one */
    struct hm_bytes certificate; /* PEM, a NUL after it (hm_buf puts one); none: plain */
    struct hm_bytes key;
    const char *const *hosts; /* names without port, null at the end; null: any */
    bool host_port;           /* the port in Host must be the one this listens at */
    const struct hm_httpd_route *routes;
    size_t route_count;
    void *ctx; /* of `begin`, `problem` and `finished` */
    /* Fill the body of a refusal: application/problem+json from the words of `name`. */
    void (*problem)(void *ctx,
                    int status,
                    const char *name,
                    struct hm_httpd_reply *reply);
    void (*finished)(void *ctx, const struct hm_httpd_finished *finished); /* or null */
    struct hm_httpd_limits limits;
};

/*
 * Listen and serve. The texts, routes and handlers of `options` stay the caller's and
 * must live until hm_httpd_stop has returned; `options` itself need not.
 * HM_USAGE   the address cannot be read, or is not loopback and there is no certificate
 * HM_LOCKED  another program listens there
 * HM_IO      the address is not of this machine
 * HM_CORRUPT the certificate or its key cannot be read, or they do not fit
 */
HM_CHECKED enum hm_status hm_httpd_start(struct hm_httpd **httpd,
                                         const struct hm_httpd_options *options,
                                         struct hm_err *err);

/*
 * Answer with this certificate and key, both PEM, from the next handshake on. Connections
 * that stand go on. From one thread at a time.
 * HM_CORRUPT  one of them cannot be read, or the key is not that of the certificate
 */
HM_CHECKED enum hm_status hm_httpd_certify(struct hm_httpd *httpd,
                                           struct hm_bytes certificate,
                                           struct hm_bytes key,
                                           struct hm_err *err);

/*
 * Take no more connections, give requests under way `grace_ms` to end, break off what is
 * left (their `broken` and `closed` are called), then free everything. Null: nothing.
 */
void hm_httpd_stop(struct hm_httpd *httpd, int64_t grace_ms);

/* Something happened: ask again all who wait (handler.h). From any thread. */
void hm_httpd_wake(struct hm_httpd *httpd);

/* Where it listens, with the port that it got: "127.0.0.1:40123", "[::1]:40123". */
const char *hm_httpd_address(const struct hm_httpd *httpd);

struct hm_httpd_stats {
    int64_t connections; /* accepted since the start */
    int64_t refused;     /* … of these, closed at once because of a limit */
    int64_t overdue;     /* … shut by the watcher */
    int64_t open;        /* now */
    int64_t requests;    /* whose header was complete */
    int64_t running;     /* … of these, now */
    int64_t bytes_in;    /* of all requests that are over */
    int64_t bytes_out;
};

void hm_httpd_stats(struct hm_httpd *httpd, struct hm_httpd_stats *stats);

#endif
