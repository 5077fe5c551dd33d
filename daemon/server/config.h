/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - DIR/config.json: where the server listens and how laptops reach it.
 *
 * Owner:   daemon/server/config.c
 * Threads: no shared state
 * Format:  {"listen":"ADDR:PORT","urls":["https://…",…]}; any other key is refused, so
 *          that a mistyped one is noticed
 */
#ifndef DAEMON_SERVER_CONFIG_H
#define DAEMON_SERVER_CONFIG_H

#include "hamlet/base/arena.h"
#include "hamlet/base/buf.h"

#define HM_CONFIG_LISTEN "0.0.0.0:8443"

enum { HM_CONFIG_BYTES_MAX = 16 * 1024 };

struct hm_config {
    struct hm_bytes listen;      /* a NUL stands after it */
    const struct hm_bytes *urls; /* in the order in which laptops try them */
    size_t url_count;
};

/* "ADDR:PORT" or "[ADDR]:PORT" in numbers. HM_BAD_INPUT: it is none */
HM_CHECKED enum hm_status hm_config_check_listen(const char *listen, struct hm_err *err);

/* HM_BAD_INPUT  url-form: it does not begin with https:// and a host, or is too long */
HM_CHECKED enum hm_status hm_config_check_url(struct hm_bytes url, struct hm_err *err);

/* Append the JSON. */
void hm_config_put(struct hm_buf *buf, const struct hm_config *config);

/*
 * Read DIR/config.json; everything comes from `arena`.
 * HM_UNCONFIGURED  it is missing or breaks a rule; the error names the file
 */
HM_CHECKED enum hm_status hm_config_read(struct hm_config *config,
                                         const char *dir,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

#endif
