/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.h - what the files of this folder share.
 *
 *     client.c    open, the event loop's side, idle
 *     transfer.c  one request: its options, its bytes, its count
 *     outcome.c   libcurl's codes become ours
 */
#ifndef HAMLET_NET_INSIDE_H
#define HAMLET_NET_INSIDE_H

#include <curl/curl.h>

#include "hamlet/net/client.h"

struct hm_net {
    struct hm_net_hooks hooks; /* `watch` is null without */
    struct hm_net_limits limits;
    char *proxy; /* of HAMLET_PROXY, or null */
    CURLM *multi;
    CURL *easy;
    bool running;

    /* the request under way */
    struct hm_net_request request;
    struct curl_slist *lines;
    size_t sent; /* of the body */
    bool sent_told;
    bool writing; /* what libcurl was given still waits for the socket */
    char error[CURL_ERROR_SIZE];
    int64_t retry_after_s;
    int64_t head_bytes;
    int64_t body_bytes;
    int64_t bytes_up;
    int64_t bytes_down;
    bool head_given;
    bool too_big;
    bool broken_off;
};

/* Sets the easy handle up for `net->request`; false: out of memory. */
HM_CHECKED bool hm_net_transfer_init(struct hm_net *net);
void hm_net_transfer_fini(struct hm_net *net);

/* What to say of a transfer that ended with `code`. */
void hm_net_outcome(struct hm_net_result *result, struct hm_net *net, CURLcode code);

#endif
