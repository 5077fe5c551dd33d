/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h - the gate's thread, and how long a peer may take or wait. */
#ifndef DAEMON_HTTPD_PEER_H
#define DAEMON_HTTPD_PEER_H

#include "inside.h"

void *hm_httpd_gate_run(void *arg); /* the httpd */
void hm_httpd_gate_wake(struct hm_httpd *httpd);
void hm_httpd_peer_notify(void *cls,
                          struct MHD_Connection *connection,
                          void **socket_context,
                          enum MHD_ConnectionNotificationCode code);
/* `wait_ms` below 0: no deadline. */
void hm_httpd_peer_wait(struct hm_httpd_peer *peer, int64_t wait_ms);

/*
 * Let the peer wait, unless hm_httpd_wake was called since `woken` was read or the server
 * stops: then false.
 */
HM_CHECKED bool hm_httpd_peer_suspend(struct hm_httpd_peer *peer,
                                      struct MHD_Connection *connection,
                                      uint64_t woken,
                                      int64_t wait_ms);
/* Under the lock: ask again whoever waits; `over`: they must answer now. */
void hm_httpd_peers_resume(struct hm_httpd *httpd, bool over);

#endif
