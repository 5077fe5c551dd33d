/* SPDX-License-Identifier: Apache-2.0 */
/* members.h - the people of this laptop. */
#ifndef DAEMON_WEB_MEMBERS_H
#define DAEMON_WEB_MEMBERS_H

#include "inside.h"

struct hm_web_member {
    struct hm_id user;
    struct hm_bytes name;
    struct hm_bytes role; /* of the highest rank */
};

/* The people of this laptop, from call->arena. */
HM_CHECKED enum hm_status hm_web_members(struct hm_web_call *call,
                                         struct hm_web_member **members,
                                         size_t *count,
                                         struct hm_err *err);
/* Of who is signed in. */
HM_CHECKED enum hm_status hm_web_member_self(struct hm_web_call *call,
                                             struct hm_web_member *self,
                                             struct hm_err *err);

#endif
