/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operate.h - GET /health and GET /metrics: what an operator's tools ask.
 *
 * Owner:   daemon/server/operate.c
 * Threads: the callbacks run in the web server's threads
 *
 * Both speak in numbers of the whole district: no name, no unit, no device.
 *
 *     /health    200 and "ok" while the store can be read, 503 and "store" otherwise
 *     /metrics   the text format of Prometheus, version 0.0.4; to whoever asks from this
 *                machine, and 404 to all others
 */
#ifndef DAEMON_SERVER_OPERATE_H
#define DAEMON_SERVER_OPERATE_H

#include "hamlet/httpd/server.h"
#include "sync.h"

#define HM_HEALTH_PATH  "/health"
#define HM_METRICS_PATH "/metrics"

/* What is served; the web server's context. */
struct hm_operate {
    struct hm_sync sync; /* first: its handler's context is this one too */
    const char *store;   /* the file's path */
    atomic_llong done;   /* requests that were answered, to the end … */
    atomic_llong refused;
    atomic_llong bytes_in;
    atomic_llong bytes_out;
};

extern const struct hm_httpd_handler hm_health_handler;
extern const struct hm_httpd_handler hm_metrics_handler;

/* Not refused: browsers are also told that what they have is still right (304), and that
 * something goes on (202). */
bool hm_operate_answered(const struct hm_httpd_finished *finished);
/* A request is over. */
void hm_operate_count(struct hm_operate *operate,
                      const struct hm_httpd_finished *finished);

#endif
