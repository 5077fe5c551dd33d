/* SPDX-License-Identifier: Apache-2.0 */
/* room.h - how much of what people send is held at a time, at a server. */
#ifndef DAEMON_WEB_ROOM_H
#define DAEMON_WEB_ROOM_H

#include "inside.h"

/* Three of its largest files at a time; of one account one, and forms beside it. Reading
 * a file takes about four times what came. */
#define HM_WEB_ROOM_MAX     ((size_t)48 * 1024 * 1024)
#define HM_WEB_ROOM_OWN_MAX ((size_t)16 * 1024 * 1024)

/* Room for the body of call->user. HM_LOCKED: there is none now (http 429: of his own) */
HM_CHECKED enum hm_status hm_web_room_take(struct hm_web_call *call, struct hm_err *err);
/* What was taken, if anything was: always, last of all. */
void hm_web_room_give(struct hm_web_call *call);

#endif
