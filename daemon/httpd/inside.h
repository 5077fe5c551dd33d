/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - what the files of this folder share.
 *
 *     address.c   "ADDR:PORT" becomes a listening socket
 *     gate.c      the thread that accepts and watches the clock; the list of peers
 * (peer.h) guard.c     may this header be believed at all, and which route is it
 *     exchange.c  one request: libmicrohttpd's callbacks in, the handler's callbacks out
 *     reply.c     a reply becomes a header and a body on the wire
 *     wire.c      the bytes of a connection, below and past libmicrohttpd
 *     server.c    start and stop
 *
 * Each worker is a libmicrohttpd daemon with one polling thread and no listening socket:
 * the gate accepts and gives a connection to the worker with the least to do. Its own
 * thread pool would share one listening socket, from which MHD_quiesce_daemon removes
 * itself with a race that ends in abort().
 */
#ifndef HAMLET_HTTPD_INSIDE_H
#define HAMLET_HTTPD_INSIDE_H

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "hamlet/httpd/server.h"

enum {
    HM_HTTPD_ADDRESS_SIZE = 64, /* "[fe80::…%interface]:65535" */
    HM_HTTPD_HEADERS_MAX = 64,
    HM_HTTPD_LINGER_MS = 30000 /* how long a refused body is still read */
};

struct hm_httpd_worker {
    struct hm_httpd *httpd;
    struct MHD_Daemon *daemon;
    atomic_int busy; /* a handler runs in its thread */
    atomic_int connections;
};

/* One connection; its descriptor is open as long as this is in the list. */
struct hm_httpd_peer {
    struct hm_httpd_worker *worker;
    struct hm_httpd_peer *previous;
    struct hm_httpd_peer *next;
    int fd;
    gnutls_session_t tls; /* null: plain */
    bool holds;           /* a body is under way: wire.c keeps what a break leaves */
    int64_t deadline_ms;  /* INT64_MAX while a handler runs */
    struct MHD_Connection *waits; /* suspended: its handler is to be asked again */
    bool waited;                  /* … because the time was over, or the server stops */
    char address[HM_HTTPD_ADDRESS_SIZE];
};

struct hm_httpd {
    struct hm_httpd_options options;
    char address[HM_HTTPD_ADDRESS_SIZE];
    bool layout_known; /* of libmicrohttpd's read buffer: guard.c */
    struct hm_httpd_worker *workers;
    struct hm_httpd_credential *_Atomic credential; /* credential.h; null: plain */
    pthread_t gate;
    bool gate_runs;
    int listen_fd; /* the gate's */
    int wake_fd;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t quiet; /* `running` fell to 0 */
    struct hm_httpd_peer *peers;
    int64_t wake_ms; /* when the gate looks at the deadlines next */
    uint64_t woken;  /* how often hm_httpd_wake was called */
    bool stopping;
    bool gate_ends;
    struct hm_httpd_stats stats;
};

struct hm_httpd_verdict { /* status 0: nothing to refuse */
    int status;
    const char *name;
    const struct hm_httpd_route *route;
};

/* What libmicrohttpd shows of a complete header. */
struct hm_httpd_head {
    const char *method;
    const char *version;
    const char *target_at; /* in the read buffer, by now decoded */
    const char *target;    /* our copy, as sent */
    size_t target_size;
    size_t size; /* all of it, as received */
    const struct MHD_Connection *connection;
    struct hm_httpd_header headers[HM_HTTPD_HEADERS_MAX];
    size_t header_count;
    bool too_many;
    int64_t length;       /* filled in by the guard */
    const char *type;     /* Content-Type or "" */
    const char *encoding; /* Content-Encoding or null */
    bool expects;         /* Expect: the peer waits before it sends a body */
    bool closes;          /* Connection: close */
};

enum hm_httpd_stage {
    HM_HTTPD_STAGE_LINE,   /* the request line was read */
    HM_HTTPD_STAGE_BODY,   /* the handler takes the body */
    HM_HTTPD_STAGE_READY,  /* refused, there is no body: the reply goes out at the end */
    HM_HTTPD_STAGE_LINGER, /* the reply was written, the body is thrown away */
    HM_HTTPD_STAGE_QUEUED  /* the reply is libmicrohttpd's */
};

struct hm_httpd_exchange {
    struct hm_httpd *httpd;
    struct hm_httpd_peer *peer;
    struct MHD_Connection *connection;
    enum hm_httpd_stage stage;
    const struct hm_httpd_handler *handler; /* once begun: its `closed` is owed */
    bool counted;                           /* among the running ones */
    void *ctx;
    struct hm_httpd_reply reply;
    bool closes;    /* the connection ends with this reply */
    bool half_read; /* GnuTLS holds the rest of a record that was begun */
    int64_t length;
    int64_t received;   /* of the body */
    int64_t begun_ms;   /* the header was complete */
    int64_t entered_ms; /* the handler's callback began */
    int64_t due_ms;     /* the body must be here by then, handler's time not counted */
    struct hm_httpd_finished finished;
    char method[16];
    char path[256];
    size_t target_size;
    const char *target_at;
    char target[]; /* the path; the query after a NUL once it was split */
};

int64_t hm_httpd_now_ms(void);

/* `shown` is what `address` became. The socket does not block. */
HM_CHECKED enum hm_status hm_httpd_listen(int *fd,
                                          char shown[HM_HTTPD_ADDRESS_SIZE],
                                          const char *address,
                                          bool loopback_only,
                                          struct hm_err *err);

/* Records of 2 KiB, and a pull function that leaves a broken stream alone. */
void hm_httpd_wire_init(struct hm_httpd_peer *peer, struct MHD_Connection *connection);
bool hm_httpd_wire_pending(const struct hm_httpd_peer *peer);
/* What is still there of a stream that is over; 0: nothing more. In the worker's thread.
 */
size_t hm_httpd_wire_drain(struct hm_httpd_peer *peer, uint8_t *to, size_t size);
/* All of it, waiting a little for room; false: the peer is gone or takes nothing. */
HM_CHECKED bool hm_httpd_wire_send(struct hm_httpd_peer *peer, struct hm_bytes bytes);

/* Whether the header can be believed; fills in the rest of `head`. */
struct hm_httpd_verdict hm_httpd_guard(struct hm_httpd *httpd,
                                       struct hm_httpd_head *head);
/* The route of a header that passed; `query`: there is one. */
struct hm_httpd_verdict hm_httpd_route_find(const struct hm_httpd *httpd,
                                            const struct hm_httpd_head *head,
                                            const char *path,
                                            bool query);

void hm_httpd_reply_init(struct hm_httpd_reply *reply);
void hm_httpd_reply_fini(struct hm_httpd_reply *reply);
struct hm_bytes hm_httpd_reply_bytes(const struct hm_httpd_reply *reply);
/* How long its body is, in memory or in a file. */
int64_t hm_httpd_reply_size(const struct hm_httpd_reply *reply);
/* Replaces what is there by the refusal; `path` for the methods that it would take. */
void hm_httpd_reply_refuse(const struct hm_httpd *httpd,
                           struct hm_httpd_reply *reply,
                           const char *path,
                           int status,
                           const char *name);
/* The header as it is sent: by us in the early reply, by libmicrohttpd else. */
void hm_httpd_reply_head(struct hm_buf *head,
                         const struct hm_httpd_reply *reply,
                         bool closes);
/* A response that owns the reply's body from here; null: out of memory. */
struct MHD_Response *hm_httpd_reply_take(struct hm_httpd_reply *reply, bool closes);

/* Of libmicrohttpd; `cls` is the worker. */
void *hm_httpd_exchange_line(void *cls,
                             const char *uri,
                             struct MHD_Connection *connection);
enum MHD_Result hm_httpd_exchange_run(void *cls,
                                      struct MHD_Connection *connection,
                                      const char *url,
                                      const char *method,
                                      const char *version,
                                      const char *data,
                                      size_t *size,
                                      void **ctx);
void hm_httpd_exchange_over(void *cls,
                            struct MHD_Connection *connection,
                            void **ctx,
                            enum MHD_RequestTerminationCode code);

#endif
