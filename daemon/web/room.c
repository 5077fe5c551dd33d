/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people send is held in memory until it is answered, and again as it is read: there
 * is room for so much at a time, and of it for so much of one account. It is taken for
 * the whole body before any of it comes, so that nobody is turned away half way.
 */
#include "room.h"

enum { HTTP_TOO_MANY = 429, LATER_S = 5 };

/* Under the lock. */
static void count(const struct hm_web *web,
                  const struct hm_id *user,
                  size_t *all,
                  size_t *own)
{
    for (const struct hm_web_call *at = web->rooms; at != NULL; at = at->next_room) {
        *all += at->room;
        *own += hm_id_equal(&at->user, user) ? at->room : 0;
    }
}

enum hm_status hm_web_room_take(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web *web = call->web;
    size_t all = call->length;
    size_t own = call->length;
    if (call->length == 0) {
        return HM_OK;
    }
    pthread_mutex_lock(&web->lock);
    count(web, &call->user, &all, &own);
    bool fits = all <= HM_WEB_ROOM_MAX && own <= HM_WEB_ROOM_OWN_MAX;
    if (fits) {
        call->room = call->length;
        call->next_room = web->rooms;
        web->rooms = call;
    }
    pthread_mutex_unlock(&web->lock);
    if (fits) {
        return HM_OK;
    }
    call->later_s = LATER_S;
    if (own > HM_WEB_ROOM_OWN_MAX) {
        call->http = HTTP_TOO_MANY;
        return hm_fail(err, HM_LOCKED, "web-room-own", NULL, NULL, NULL);
    }
    return hm_fail(err, HM_LOCKED, "web-room", NULL, NULL, NULL);
}

void hm_web_room_give(struct hm_web_call *call)
{
    struct hm_web *web = call->web;
    if (call->room == 0) {
        return;
    }
    pthread_mutex_lock(&web->lock);
    struct hm_web_call **at = &web->rooms;
    while (*at != call) {
        at = &(*at)->next_room;
    }
    *at = call->next_room;
    pthread_mutex_unlock(&web->lock);
    call->room = 0;
}
