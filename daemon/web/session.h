/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - who was let in, and who of them is signed in. Each takes the lock itself.
 */
#ifndef DAEMON_WEB_SESSION_H
#define DAEMON_WEB_SESSION_H

#include "inside.h"

/* Room for so many; freed by hm_web_stop. */
HM_CHECKED enum hm_status hm_web_sessions_init(struct hm_web *web,
                                               size_t count,
                                               struct hm_err *err);

/* A session of the call's user, who proved who he is; the cookie goes with the reply. */
HM_CHECKED enum hm_status hm_web_session_begin(struct hm_web_call *call,
                                               const struct hm_digest *proof,
                                               char token[HM_B64_32_SIZE],
                                               struct hm_err *err);
/* The session of the guest, at a server: call->user, and what he proved it with. False:
 * there is none, or it is over. */
bool hm_web_session_of(struct hm_web_call *call, struct hm_digest *proof);
/* The guest's session is over. */
void hm_web_session_end(struct hm_web_call *call);

/* A session in exchange for a start secret. HM_DENIED: it is none, was used, or late. */
HM_CHECKED enum hm_status hm_web_session_open(struct hm_web_call *call,
                                              struct hm_bytes secret,
                                              char token[HM_B64_32_SIZE],
                                              struct hm_err *err);
/* Whether the guest has a session at all, which may be over, and whose, as call->user:
 * nothing of it changes. */
bool hm_web_session_known(struct hm_web_call *call);
/*
 * Find the session of the guest, and who is signed in.
 * HM_DENIED  there is none (http 401), or nobody is signed in and the route wants it
 */
HM_CHECKED enum hm_status hm_web_session_find(struct hm_web_call *call,
                                              struct hm_err *err);
/* Who is signed in from here; null: nobody. */
void hm_web_session_sign(struct hm_web_call *call, const struct hm_id *user);
/* Nobody is signed in as who is signed in here from anywhere else. */
void hm_web_session_alone(struct hm_web_call *call);

/* Who is signed in (sign.c). HM_DENIED  web-locked: he is no member any more */
HM_CHECKED enum hm_status hm_web_member_self(struct hm_web_call *call,
                                             struct hm_member *self,
                                             struct hm_err *err);

#endif
