/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hamlet/base/assert.h"
#include "peer.h"

enum {
    PIECE_BYTES = 4096, /* read at once from a peer that is gone */
    EARLY_BYTES_MAX = 64 << 10
};

const char *hm_httpd_header_of(const struct hm_httpd_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0) {
            return request->headers[i].value;
        }
    }
    return NULL;
}

/* While a handler runs its time is its own: no deadline, no new connection beside it. */
static void handler_enter(struct hm_httpd_exchange *x)
{
    atomic_fetch_add(&x->peer->worker->busy, 1);
    x->entered_ms = hm_httpd_now_ms();
    hm_httpd_peer_wait(x->peer, -1);
}

static void handler_leave(struct hm_httpd_exchange *x)
{
    int64_t now = hm_httpd_now_ms();
    x->due_ms += now - x->entered_ms;
    hm_httpd_peer_wait(x->peer, x->due_ms > now ? x->due_ms - now : 0);
    atomic_fetch_sub(&x->peer->worker->busy, 1);
}

static int64_t transfer_ms(const struct hm_httpd *httpd, int64_t size)
{
    const struct hm_httpd_limits *limits = &httpd->options.limits;
    int64_t paced = size > INT64_MAX / 1000 ? INT64_MAX / limits->bytes_per_s
                                            : size * 1000 / limits->bytes_per_s;
    return paced > limits->body_ms ? paced : limits->body_ms;
}

void *hm_httpd_exchange_line(void *cls,
                             const char *uri,
                             struct MHD_Connection *connection)
{
    struct hm_httpd_worker *worker = cls;
    struct hm_httpd_peer *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
            ->socket_context;
    size_t size = uri == NULL ? 0 : strlen(uri);
    struct hm_httpd_exchange *x = NULL;
    if (peer == NULL) {
        return NULL;
    }
    x = calloc(1, sizeof(*x) + size + 1);
    if (x == NULL) {
        return NULL;
    }
    x->httpd = worker->httpd;
    x->peer = peer;
    peer->waited = false;
    x->connection = connection;
    x->stage = HM_HTTPD_STAGE_LINE;
    hm_httpd_reply_init(&x->reply);
    x->target_at = uri;
    x->target_size = size;
    memcpy(x->target, uri == NULL ? "" : uri, size);
    return x;
}

static bool chunk_give(struct hm_httpd_exchange *x, struct hm_bytes bytes)
{
    bool goes_on = true;
    HM_ASSERT(x->handler != NULL);
    x->received += (int64_t)bytes.size;
    if (x->handler->chunk != NULL) {
        handler_enter(x);
        goes_on = x->handler->chunk(x->ctx, bytes, &x->reply);
        handler_leave(x);
    }
    return goes_on;
}

/*
 * The stream broke: what had arrived of it is shown to the handler before `broken`. Not
 * where libmicrohttpd had left half a record inside GnuTLS: it may have read on from
 * there and thrown that away, and a hole in the body is worse than its end. Our own
 * client's records fit its buffer.
 */
static void rest_give(struct hm_httpd_exchange *x)
{
    uint8_t piece[PIECE_BYTES];
    size_t got = x->half_read ? 0 : 1;
    while (got > 0 && x->received < x->length && x->stage == HM_HTTPD_STAGE_BODY) {
        int64_t left = x->length - x->received;
        got = hm_httpd_wire_drain(x->peer, piece,
                                  left < PIECE_BYTES ? (size_t)left : sizeof(piece));
        if (got > 0 && !chunk_give(x, (struct hm_bytes){piece, got})) {
            x->stage = HM_HTTPD_STAGE_LINGER; /* nobody is there to read the answer */
        }
    }
}

static void reply_settle(struct hm_httpd_exchange *x)
{
    if (hm_buf_status(&x->reply.body, NULL) != HM_OK) {
        hm_httpd_reply_refuse(x->httpd, &x->reply, x->target, 503, "no-memory");
    }
    HM_ASSERT(x->reply.status >= 200 && x->reply.status <= 599);
    x->finished.status = x->reply.status;
}

static void head_measure(struct hm_httpd_exchange *x, struct hm_buf *head)
{
    hm_buf_init(head, EARLY_BYTES_MAX);
    hm_httpd_reply_head(head, &x->reply, x->closes);
    x->finished.bytes_out = (int64_t)head->size + hm_httpd_reply_size(&x->reply);
}

/* Gives the reply to libmicrohttpd. Before the body it closes the connection after it. */
static enum MHD_Result reply_queue(struct hm_httpd_exchange *x)
{
    enum MHD_Result queued = MHD_NO;
    struct MHD_Response *response = NULL;
    struct hm_buf head;
    reply_settle(x);
    head_measure(x, &head);
    hm_buf_fini(&head);
    response = hm_httpd_reply_take(&x->reply, x->closes);
    if (response != NULL) {
        x->stage = HM_HTTPD_STAGE_QUEUED;
        hm_httpd_peer_wait(x->peer, transfer_ms(x->httpd, x->finished.bytes_out));
        queued =
            MHD_queue_response(x->connection, (unsigned int)x->finished.status, response);
        MHD_destroy_response(response);
    }
    return queued;
}

/*
 * Answers while the body is on its way. libmicrohttpd 0.9.75 takes a response before the
 * body, and closes at once then, or after it; so the reply is written past it, and the
 * body is thrown away until the peer has read the reply and stops.
 */
static enum MHD_Result reply_early(struct hm_httpd_exchange *x)
{
    struct hm_buf all;
    x->closes = true;
    reply_settle(x);
    head_measure(x, &all);
    hm_buf_put_bytes(&all, hm_httpd_reply_bytes(&x->reply));
    x->stage = HM_HTTPD_STAGE_LINGER;
    x->finished.complete = hm_buf_status(&all, NULL) == HM_OK &&
                           hm_httpd_wire_send(x->peer, hm_buf_bytes(&all));
    hm_buf_fini(&all);
    hm_httpd_peer_wait(x->peer, HM_HTTPD_LINGER_MS);
    return x->finished.complete ? MHD_YES : MHD_NO;
}

static enum MHD_Result header_put(void *cls,
                                  enum MHD_ValueKind kind,
                                  const char *name,
                                  const char *value)
{
    struct hm_httpd_head *head = cls;
    (void)kind;
    if (head->header_count == HM_HTTPD_HEADERS_MAX) {
        head->too_many = true;
        return MHD_NO;
    }
    head->headers[head->header_count].name = name;
    head->headers[head->header_count].value = value == NULL ? "" : value;
    head->header_count++;
    return MHD_YES;
}

static void head_read(struct hm_httpd_exchange *x,
                      struct hm_httpd_head *head,
                      const char *method,
                      const char *version)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    *head = (struct hm_httpd_head){.method = method,
                                   .version = version,
                                   .target_at = x->target_at,
                                   .target = x->target,
                                   .target_size = x->target_size,
                                   .size = size == NULL ? 0 : size->header_size,
                                   .type = ""};
    (void)MHD_get_connection_values(x->connection, MHD_HEADER_KIND, header_put, head);
    x->finished.bytes_in = (int64_t)head->size;
    (void)snprintf(x->method, sizeof(x->method), "%s", method);
    (void)snprintf(x->path, sizeof(x->path), "%.*s", (int)strcspn(x->target, "?"),
                   x->target);
}

static bool count_in(struct hm_httpd_exchange *x)
{
    struct hm_httpd *httpd = x->httpd;
    bool stopping;
    x->counted = true;
    x->begun_ms = hm_httpd_now_ms();
    pthread_mutex_lock(&httpd->lock);
    httpd->stats.requests++;
    httpd->stats.running++;
    stopping = httpd->stopping;
    pthread_mutex_unlock(&httpd->lock);
    return !stopping;
}

static bool handler_begin(struct hm_httpd_exchange *x,
                          const struct hm_httpd_route *route,
                          const struct hm_httpd_head *head,
                          const char *query)
{
    const struct hm_httpd_request request = {.method = head->method,
                                             .path = x->target,
                                             .query = query,
                                             .content_type = head->type,
                                             .peer = x->peer->address,
                                             .length = head->length,
                                             .headers = head->headers,
                                             .header_count = head->header_count};
    bool goes_on;
    handler_enter(x);
    void *server_ctx = route->ctx != NULL ? route->ctx : x->httpd->options.ctx;
    goes_on = x->handler->begin(server_ctx, &request, &x->ctx, &x->reply);
    handler_leave(x);
    return goes_on;
}

/* `x->reply` is a refusal, or an answer that needs no body. */
static enum MHD_Result reply_before_body(struct hm_httpd_exchange *x,
                                         const struct hm_httpd_head *head)
{
    if (head->length == 0) {
        /* Only at the end: given now, it would cost the connection. */
        x->stage = HM_HTTPD_STAGE_READY;
        return MHD_YES;
    }
    if (head->expects) {
        x->closes = true;
        return reply_queue(x);
    }
    return reply_early(x);
}

static enum MHD_Result refuse_and_close(struct hm_httpd_exchange *x,
                                        int status,
                                        const char *name)
{
    x->closes = true;
    hm_httpd_reply_refuse(x->httpd, &x->reply, x->target, status, name);
    return reply_queue(x);
}

static enum MHD_Result head_take(struct hm_httpd_exchange *x,
                                 const char *method,
                                 const char *version)
{
    struct hm_httpd_head head;
    struct hm_httpd_verdict verdict;
    char *query = NULL;
    bool stays = count_in(x);
    head_read(x, &head, method, version);
    x->due_ms = x->begun_ms + transfer_ms(x->httpd, 0);
    verdict = hm_httpd_guard(x->httpd, &head);
    if (verdict.status != 0) {
        return refuse_and_close(x, verdict.status, verdict.name);
    }
    if (!stays) {
        return refuse_and_close(x, 503, "http-stopping");
    }
    query = strchr(x->target, '?');
    if (query != NULL) {
        *query++ = '\0';
    }
    x->closes = head.closes;
    x->length = head.length;
    x->due_ms = x->begun_ms + transfer_ms(x->httpd, x->length);
    verdict = hm_httpd_route_find(x->httpd, &head, x->target, query != NULL);
    if (verdict.status != 0) {
        hm_httpd_reply_refuse(x->httpd, &x->reply, x->target, verdict.status,
                              verdict.name);
        return reply_before_body(x, &head);
    }
    x->handler = verdict.route->handler;
    if (!handler_begin(x, verdict.route, &head, query == NULL ? "" : query)) {
        return reply_before_body(x, &head);
    }
    x->stage = HM_HTTPD_STAGE_BODY;
    x->peer->holds = x->length > 0;
    x->half_read = hm_httpd_wire_pending(x->peer);
    return MHD_YES;
}

static enum MHD_Result body_take(struct hm_httpd_exchange *x, struct hm_bytes bytes)
{
    if (x->stage != HM_HTTPD_STAGE_BODY) {
        x->received += (int64_t)bytes.size;
        return x->stage == HM_HTTPD_STAGE_LINGER ? MHD_YES : MHD_NO;
    }
    if (!chunk_give(x, bytes)) {
        if (x->received < x->length) {
            return reply_early(x);
        }
        x->stage = HM_HTTPD_STAGE_READY; /* it was the last piece */
    }
    x->half_read = hm_httpd_wire_pending(x->peer);
    return MHD_YES;
}

static uint64_t woken_get(struct hm_httpd *httpd)
{
    pthread_mutex_lock(&httpd->lock);
    uint64_t woken = httpd->woken;
    pthread_mutex_unlock(&httpd->lock);
    return woken;
}

/*
 * True: the handler waits, and this is called again. What it would have waited for may
 * happen between its look and its sleep: then it looks again.
 */
static bool handler_asks(struct hm_httpd_exchange *x)
{
    struct hm_httpd_reply *reply = &x->reply;
    bool waits;
    do {
        uint64_t woken = woken_get(x->httpd);
        reply->waited = x->peer->waited;
        reply->wait_ms = 0;
        handler_enter(x);
        x->handler->end(x->ctx, reply);
        atomic_fetch_sub(&x->peer->worker->busy, 1);
        if (reply->status != 0) {
            return false;
        }
        HM_ASSERT(reply->wait_ms > 0 && !reply->waited);
        waits = hm_httpd_peer_suspend(x->peer, x->connection, woken, reply->wait_ms);
    } while (!waits);
    return true;
}

static enum MHD_Result request_end(struct hm_httpd_exchange *x)
{
    x->peer->holds = false;
    switch (x->stage) {
    case HM_HTTPD_STAGE_BODY:
        if (handler_asks(x)) {
            return MHD_YES;
        }
        return reply_queue(x); /* and its own deadline */
    case HM_HTTPD_STAGE_READY:
        return reply_queue(x);
    case HM_HTTPD_STAGE_QUEUED:
        return MHD_YES;
    case HM_HTTPD_STAGE_LINE:
    case HM_HTTPD_STAGE_LINGER:
        break;
    }
    return MHD_NO;
}

enum MHD_Result hm_httpd_exchange_run(void *cls,
                                      struct MHD_Connection *connection,
                                      const char *url,
                                      const char *method,
                                      const char *version,
                                      const char *data,
                                      size_t *size,
                                      void **ctx)
{
    struct hm_httpd_exchange *x = *ctx;
    enum MHD_Result result = MHD_NO;
    (void)cls;
    (void)connection;
    (void)url;
    if (x == NULL) {
        return MHD_NO; /* out of memory: there is nothing to answer with either */
    }
    if (x->stage == HM_HTTPD_STAGE_LINE) {
        return head_take(x, method, version);
    }
    if (*size > 0) {
        result = body_take(x, (struct hm_bytes){(const uint8_t *)data, *size});
        *size = 0;
        return result;
    }
    return request_end(x);
}

static void count_out(struct hm_httpd_exchange *x)
{
    struct hm_httpd *httpd = x->httpd;
    pthread_mutex_lock(&httpd->lock);
    httpd->stats.bytes_in += x->finished.bytes_in;
    httpd->stats.bytes_out += x->finished.bytes_out;
    if (x->counted && --httpd->stats.running == 0) {
        pthread_cond_broadcast(&httpd->quiet);
    }
    pthread_mutex_unlock(&httpd->lock);
}

static void tell(struct hm_httpd_exchange *x, enum MHD_RequestTerminationCode code)
{
    const union MHD_ConnectionInfo *status =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    struct hm_httpd_finished *finished = &x->finished;
    if (finished->status == 0 && status != NULL) {
        finished->status = (int)status->http_status; /* libmicrohttpd answered itself */
    }
    if (x->stage == HM_HTTPD_STAGE_QUEUED) {
        finished->complete = code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    }
    if (!finished->complete) {
        finished->bytes_out = 0;
    }
    finished->bytes_in += x->received;
    finished->method = x->method;
    finished->path = x->path;
    finished->peer = x->peer->address;
    finished->took_ms = x->counted ? hm_httpd_now_ms() - x->begun_ms : 0;
    if (x->httpd->options.finished != NULL) {
        x->httpd->options.finished(x->httpd->options.ctx, finished);
    }
}

static void handler_end(struct hm_httpd_exchange *x)
{
    rest_give(x);
    handler_enter(x);
    if (x->stage == HM_HTTPD_STAGE_BODY && x->handler->broken != NULL) {
        x->handler->broken(x->ctx);
    }
    if (x->handler->closed != NULL) {
        x->handler->closed(x->ctx);
    }
    atomic_fetch_sub(&x->peer->worker->busy, 1);
}

void hm_httpd_exchange_over(void *cls,
                            struct MHD_Connection *connection,
                            void **ctx,
                            enum MHD_RequestTerminationCode code)
{
    struct hm_httpd_exchange *x = *ctx;
    (void)cls;
    (void)connection;
    *ctx = NULL;
    if (x == NULL) {
        return;
    }
    x->peer->holds = false;
    if (x->handler != NULL) {
        handler_end(x);
    }
    hm_httpd_peer_wait(x->peer, (int64_t)x->httpd->options.limits.idle_s * 1000 +
                                    x->httpd->options.limits.header_ms);
    tell(x, code);
    count_out(x);
    hm_httpd_reply_fini(&x->reply);
    free(x);
}
