/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/httpd/server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "credential.h"
#include "hamlet/base/assert.h"
#include "peer.h"

/*
 * TLS 1.3 alone. SECURE256 would look stricter, and refuse every P-256 certificate in
 * the middle of the handshake.
 */
static const char tls_priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

/* The version whose read buffer guard.c knows, and unit.httpd.guard proves. */
static const char layout_version[] = "0.9.75";

static void or_else(unsigned int *value, unsigned int otherwise)
{
    *value = *value == 0 ? otherwise : *value;
}

static void limits_default(struct hm_httpd_limits *limits)
{
    or_else(&limits->threads, 8);
    or_else(&limits->connections_max, 4096);
    or_else(&limits->idle_s, 30);
    or_else(&limits->header_ms, 20 * 1000);
    or_else(&limits->body_ms, 60 * 1000);
    or_else(&limits->bytes_per_s, 200);
    if (limits->header_bytes_max == 0) {
        limits->header_bytes_max = (size_t)8 * 1024;
    }
    if (limits->memory_bytes == 0) {
        limits->memory_bytes = (size_t)24 * 1024;
    }
}

static struct MHD_Daemon *worker_daemon(struct hm_httpd_worker *worker)
{
    const struct hm_httpd_options *options = &worker->httpd->options;
    const struct hm_httpd_limits *limits = &options->limits;
    bool tls = options->certificate.size > 0;
    /* Not epoll: with it libmicrohttpd 0.9.75 asks a connection in its handshake again
     * and again until the peer has answered, which on a slow line is a second of it. */
    unsigned int flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC |
                         MHD_USE_NO_LISTEN_SOCKET | MHD_USE_SUPPRESS_DATE_NO_CLOCK |
                         MHD_ALLOW_SUSPEND_RESUME | (tls ? (unsigned int)MHD_USE_TLS : 0);
    /* The two that name TLS come last: a plain server is refused if it is given them.
     */
    const struct MHD_OptionItem items[] = {
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)limits->connections_max + 64, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)limits->idle_s, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)limits->memory_bytes, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, worker->httpd->layout_known ? 0 : 1, NULL},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)hm_httpd_peer_notify, worker},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)hm_httpd_exchange_over, worker},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)hm_httpd_exchange_line, worker},
        {tls ? MHD_OPTION_HTTPS_PRIORITIES : MHD_OPTION_END, 0,
         (void *)(uintptr_t)tls_priority},
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)hm_httpd_credential_give},
        {MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags, 0, NULL, NULL, hm_httpd_exchange_run, worker,
                            MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

static enum hm_status workers_start(struct hm_httpd *httpd, struct hm_err *err)
{
    unsigned int count = httpd->options.limits.threads;
    httpd->workers = calloc(count, sizeof(*httpd->workers));
    if (httpd->workers == NULL) {
        return hm_fail_memory(err);
    }
    for (unsigned int i = 0; i < count; i++) {
        httpd->workers[i].httpd = httpd;
        httpd->workers[i].daemon = worker_daemon(&httpd->workers[i]);
        if (httpd->workers[i].daemon == NULL) {
            return hm_fail(err, HM_IO, "http-start", httpd->address, NULL, NULL);
        }
    }
    return HM_OK;
}

/* Signals belong to the thread that asked for them, never to one of ours. */
static enum hm_status threads_start(struct hm_httpd *httpd, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    sigset_t all;
    sigset_t before;
    int code;
    (void)sigfillset(&all);
    code = pthread_sigmask(SIG_SETMASK, &all, &before);
    HM_ASSERT(code == 0);
    status = workers_start(httpd, err);
    if (status == HM_OK) {
        code = pthread_create(&httpd->gate, NULL, hm_httpd_gate_run, httpd);
        httpd->gate_runs = code == 0;
        if (code != 0) {
            status = hm_fail_errno(err, code, httpd->address);
        }
    }
    code = pthread_sigmask(SIG_SETMASK, &before, NULL);
    HM_ASSERT(code == 0);
    return status;
}

static enum hm_status locks_init(struct hm_httpd *httpd, struct hm_err *err)
{
    pthread_condattr_t monotonic;
    int code = pthread_condattr_init(&monotonic);
    if (code == 0) {
        code = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        HM_ASSERT(code == 0);
        code = pthread_cond_init(&httpd->quiet, &monotonic);
        (void)pthread_condattr_destroy(&monotonic);
    }
    if (code == 0) {
        code = pthread_mutex_init(&httpd->lock, NULL);
    }
    HM_ASSERT(code == 0 || code == ENOMEM || code == EAGAIN);
    return code == 0 ? HM_OK : hm_fail_memory(err);
}

static void httpd_free(struct hm_httpd *httpd)
{
    if (httpd->listen_fd >= 0) {
        (void)close(httpd->listen_fd);
    }
    if (httpd->wake_fd >= 0) {
        (void)close(httpd->wake_fd);
    }
    (void)pthread_cond_destroy(&httpd->quiet);
    (void)pthread_mutex_destroy(&httpd->lock);
    hm_httpd_credentials_free(httpd);
    free(httpd->workers);
    free(httpd);
}

static enum hm_status httpd_make(struct hm_httpd *httpd,
                                 const struct hm_httpd_options *options,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    httpd->options = *options;
    limits_default(&httpd->options.limits);
    httpd->layout_known = strcmp(MHD_get_version(), layout_version) == 0;
    httpd->wake_ms = INT64_MAX;
    status = hm_httpd_listen(&httpd->listen_fd, httpd->address, options->address,
                             options->certificate.size == 0, err);
    if (status == HM_OK && options->certificate.size > 0) {
        status = hm_httpd_certify(httpd, options->certificate, options->key, err);
    }
    if (status != HM_OK) {
        return status;
    }
    httpd->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (httpd->wake_fd < 0) {
        return hm_fail_errno(err, errno, "eventfd");
    }
    return threads_start(httpd, err);
}

enum hm_status hm_httpd_start(struct hm_httpd **httpd,
                              const struct hm_httpd_options *options,
                              struct hm_err *err)
{
    enum hm_status status = HM_NO_MEMORY;
    struct hm_httpd *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->listen_fd = -1;
    made->wake_fd = -1;
    status = locks_init(made, err);
    if (status != HM_OK) {
        free(made);
        return status;
    }
    status = httpd_make(made, options, err);
    if (status != HM_OK) {
        hm_httpd_stop(made, 0);
        return status;
    }
    *httpd = made;
    return HM_OK;
}

static void quiet_wait(struct hm_httpd *httpd, int64_t grace_ms)
{
    int64_t until_ms = hm_httpd_now_ms() + grace_ms;
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};
    int code = 0;
    pthread_mutex_lock(&httpd->lock);
    httpd->stopping = true;
    hm_httpd_peers_resume(httpd, true);
    hm_httpd_gate_wake(httpd);
    while (httpd->stats.running > 0 && code == 0) {
        code = pthread_cond_timedwait(&httpd->quiet, &httpd->lock, &until);
    }
    pthread_mutex_unlock(&httpd->lock);
}

static void gate_join(struct hm_httpd *httpd)
{
    pthread_mutex_lock(&httpd->lock);
    httpd->gate_ends = true;
    pthread_mutex_unlock(&httpd->lock);
    hm_httpd_gate_wake(httpd);
    (void)pthread_join(httpd->gate, NULL);
}

void hm_httpd_stop(struct hm_httpd *httpd, int64_t grace_ms)
{
    if (httpd == NULL) {
        return;
    }
    if (httpd->gate_runs) {
        quiet_wait(httpd, grace_ms);
        gate_join(httpd); /* nothing may be given to a worker that is gone */
    }
    for (unsigned int i = 0; httpd->workers != NULL && i < httpd->options.limits.threads;
         i++) {
        if (httpd->workers[i].daemon != NULL) {
            MHD_stop_daemon(httpd->workers[i].daemon);
        }
    }
    httpd_free(httpd);
}

void hm_httpd_wake(struct hm_httpd *httpd)
{
    pthread_mutex_lock(&httpd->lock);
    httpd->woken++;
    hm_httpd_peers_resume(httpd, false);
    pthread_mutex_unlock(&httpd->lock);
}

const char *hm_httpd_address(const struct hm_httpd *httpd)
{
    return httpd->address;
}

void hm_httpd_stats(struct hm_httpd *httpd, struct hm_httpd_stats *stats)
{
    pthread_mutex_lock(&httpd->lock);
    *stats = httpd->stats;
    pthread_mutex_unlock(&httpd->lock);
}
