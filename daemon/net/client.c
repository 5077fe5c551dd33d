/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "inside.h"

enum { ROUND_MS = 1000 };

static void finish(struct hm_net *net, CURLcode code)
{
    struct hm_net_result result = {.status = HM_OK};
    struct hm_net_request request = net->request;
    hm_net_outcome(&result, net, code);
    (void)curl_multi_remove_handle(net->multi, net->easy);
    hm_net_transfer_fini(net);
    net->running = false;
    request.done(request.ctx, &result);
}

static void finished_look(struct hm_net *net)
{
    int left = 0;
    const CURLMsg *message =
        net->running ? curl_multi_info_read(net->multi, &left) : NULL;
    if (message != NULL && message->msg == CURLMSG_DONE) {
        finish(net, message->data.result);
    }
}

/* Not from within libcurl's own calls: whoever is told may take a while. */
static void sent_look(struct hm_net *net)
{
    if (net->running && !net->sent_told && !net->writing && !net->head_given &&
        net->request.sent != NULL && net->sent == net->request.body.size) {
        net->sent_told = true;
        net->request.sent(net->request.ctx);
    }
}

static int watch_told(CURL *easy,
                      curl_socket_t fd,
                      int what,
                      void *ctx,
                      void *socket_context)
{
    struct hm_net *net = ctx;
    unsigned int events = 0;
    (void)easy;
    (void)socket_context;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) {
        events |= HM_NET_READ;
    }
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) {
        events |= HM_NET_WRITE;
    }
    net->writing = (events & HM_NET_WRITE) != 0;
    net->hooks.watch(net->hooks.ctx, fd, events);
    return 0;
}

static int timer_told(CURLM *multi, long ms, void *ctx)
{
    struct hm_net *net = ctx;
    (void)multi;
    net->hooks.timer(net->hooks.ctx, ms);
    return 0;
}

/* The handles hold buffers and a connection: they are made when first needed. */
static bool handles_make(struct hm_net *net)
{
    if (net->multi == NULL) {
        net->multi = curl_multi_init();
    }
    if (net->easy == NULL) {
        net->easy = curl_easy_init();
    }
    if (net->multi == NULL || net->easy == NULL) {
        return false;
    }
    (void)curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS, 1L);
    (void)curl_multi_setopt(net->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    if (net->hooks.watch != NULL) {
        (void)curl_multi_setopt(net->multi, CURLMOPT_SOCKETFUNCTION, watch_told);
        (void)curl_multi_setopt(net->multi, CURLMOPT_SOCKETDATA, net);
        (void)curl_multi_setopt(net->multi, CURLMOPT_TIMERFUNCTION, timer_told);
        (void)curl_multi_setopt(net->multi, CURLMOPT_TIMERDATA, net);
    }
    return true;
}

static void handles_free(struct hm_net *net)
{
    curl_easy_cleanup(net->easy);
    net->easy = NULL;
    (void)curl_multi_cleanup(net->multi);
    net->multi = NULL;
}

static void or_else(int64_t *value, int64_t otherwise)
{
    *value = *value == 0 ? otherwise : *value;
}

enum hm_status hm_net_open(struct hm_net **net,
                           const struct hm_net_hooks *hooks,
                           const struct hm_net_limits *limits,
                           struct hm_err *err)
{
    enum hm_status status = HM_NO_MEMORY;
    const char *proxy = getenv("HAMLET_PROXY");
    struct hm_net *made = calloc(1, sizeof(*made));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(made);
        return hm_fail_memory(err);
    }
    if (made == NULL) {
        goto out;
    }
    made->hooks = hooks == NULL ? made->hooks : *hooks;
    made->limits = limits == NULL ? made->limits : *limits;
    or_else(&made->limits.connect_ms, 30000);
    or_else(&made->limits.slow_s, 60);
    or_else(&made->limits.bytes_per_s, 16);
    if (proxy != NULL) {
        made->proxy = strdup(proxy);
        if (made->proxy == NULL) {
            goto out;
        }
    }
    *net = made;
    made = NULL;
    status = HM_OK;
out:
    if (status != HM_OK) {
        free(made);
        curl_global_cleanup();
        return hm_fail_memory(err);
    }
    return HM_OK;
}

void hm_net_close(struct hm_net *net)
{
    if (net == NULL) {
        return;
    }
    hm_net_cancel(net);
    handles_free(net);
    free(net->proxy);
    free(net);
    curl_global_cleanup();
}

enum hm_status hm_net_start(struct hm_net *net,
                            const struct hm_net_request *request,
                            struct hm_err *err)
{
    HM_ASSERT(!net->running);
    net->request = *request;
    if (!handles_make(net) || !hm_net_transfer_init(net) ||
        curl_multi_add_handle(net->multi, net->easy) != CURLM_OK) {
        hm_net_transfer_fini(net);
        return hm_fail_memory(err);
    }
    net->running = true;
    return HM_OK;
}

void hm_net_cancel(struct hm_net *net)
{
    if (net->running) {
        (void)curl_multi_remove_handle(net->multi, net->easy);
        hm_net_transfer_fini(net);
        net->running = false;
    }
}

bool hm_net_running(const struct hm_net *net)
{
    return net->running;
}

void hm_net_ready(struct hm_net *net, int fd, unsigned int events)
{
    int running = 0;
    int mask = 0;
    if (net->multi == NULL) {
        return; /* it was watched for a connection that is gone by now */
    }
    mask |= (events & HM_NET_READ) != 0 ? CURL_CSELECT_IN : 0;
    mask |= (events & HM_NET_WRITE) != 0 ? CURL_CSELECT_OUT : 0;
    mask |= events == 0 ? CURL_CSELECT_ERR : 0;
    (void)curl_multi_socket_action(net->multi, fd, mask, &running);
    finished_look(net);
    sent_look(net);
}

void hm_net_timeout(struct hm_net *net)
{
    int running = 0;
    if (net->multi != NULL) {
        (void)curl_multi_socket_action(net->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        finished_look(net);
        sent_look(net);
    }
}

void hm_net_run(struct hm_net *net)
{
    HM_ASSERT(net->hooks.watch == NULL);
    while (net->running) {
        int running = 0;
        (void)curl_multi_perform(net->multi, &running);
        finished_look(net);
        if (net->running) {
            (void)curl_multi_poll(net->multi, NULL, 0, ROUND_MS, NULL);
        }
    }
}

void hm_net_idle(struct hm_net *net)
{
    if (!net->running) {
        handles_free(net);
        (void)malloc_trim(0);
    }
}
