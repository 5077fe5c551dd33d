/* SPDX-License-Identifier: Apache-2.0 */
/* side.h - what is another at a laptop and at a server: who may ask, and of which store.
 */
#ifndef DAEMON_WEB_SIDE_H
#define DAEMON_WEB_SIDE_H

#include "hamlet/base/embed.h"
#include "hamlet/base/err.h"

struct hm_web;
struct hm_web_call;
struct hm_web_route; /* run.h */

struct hm_web_side {
    const struct hm_web_route *routes;
    const struct hm_embedded *files;
    const char *index;  /* the file that is `/` */
    const char *scheme; /* of our own Origin */
    /* Under which Host the page is ours; null: the httpd guard has judged it. */
    bool (*is_host)(struct hm_web *web, const char *host);
    /* Is he anybody, judged by his header: what strangers send is not even taken. */
    enum hm_status (*meet)(struct hm_web_call *call, struct hm_err *err);
    /* May who asks have this at all, judged before what he sent is read. */
    enum hm_status (*admit)(struct hm_web_call *call, struct hm_err *err);
    /* The store that the function works on. `close` follows always, `left` after it. */
    enum hm_status (*open)(struct hm_web_call *call, struct hm_err *err);
    void (*close)(struct hm_web_call *call);
    void (*left)(struct hm_web_call *call);
};
extern const struct hm_web_side hm_web_laptop_side;
extern const struct hm_web_side hm_web_server_side;

#endif
