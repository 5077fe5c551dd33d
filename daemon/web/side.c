/* SPDX-License-Identifier: Apache-2.0 */
/* A laptop: whoever was let in by a start secret; its store, opened for each request. */
#include <malloc.h>

#include "run.h"
#include "session.h"

enum { HTTP_UNAUTHORISED = 401 };

static enum hm_status meet(struct hm_web_call *call, struct hm_err *err)
{
    if (call->route->needs == HM_WEB_NOTHING || hm_web_session_known(call)) {
        return HM_OK;
    }
    call->http = HTTP_UNAUTHORISED;
    return hm_fail(err, HM_DENIED, "web-session", NULL, NULL, NULL);
}

static enum hm_status admit(struct hm_web_call *call, struct hm_err *err)
{
    return call->route->needs == HM_WEB_NOTHING ? HM_OK : hm_web_session_find(call, err);
}

static enum hm_status open_store(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_web_options *options = &call->web->options;
    if (!call->route->store) {
        return HM_OK;
    }
    enum hm_status status =
        hm_replica_open(&call->replica, options->dir, options->env, false, err);
    call->view.store = call->replica.store;
    return status;
}

static void close_store(struct hm_web_call *call)
{
    hm_replica_close(&call->replica);
    call->view.store = NULL;
}

static void left(struct hm_web_call *call)
{
    if (call->route->store) {
        (void)malloc_trim(0); /* hours may pass before the next: hold nothing for it */
    }
}

const struct hm_web_side hm_web_laptop_side = {.routes = hm_web_routes,
                                               .files = hm_embedded_web,
                                               .index = "index.html.gz",
                                               .scheme = "http://",
                                               .meet = meet,
                                               .admit = admit,
                                               .open = open_store,
                                               .close = close_store,
                                               .left = left};
