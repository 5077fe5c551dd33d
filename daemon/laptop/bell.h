/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bell.h - other threads of hamletd tell its loop that something happened.
 *
 * Owner:   daemon/laptop/bell.c
 * Threads: hm_bell_ring from any, the rest from that of the loop
 *
 * What was rung is told once, however often, and never lost: it stands before the loop is
 * woken, and is taken after the waking was noted.
 */
#ifndef DAEMON_LAPTOP_BELL_H
#define DAEMON_LAPTOP_BELL_H

#include "hamlet/run/loop.h"

struct hm_bell;

/* What can be rung for; each is a call of its own. */
enum hm_bell_for { HM_BELL_SAVED, HM_BELL_ASKED, HM_BELL_COUNT };

HM_CHECKED enum hm_status hm_bell_open(struct hm_bell **bell,
                                       struct hm_loop *loop,
                                       void (*rung)(void *ctx, enum hm_bell_for what),
                                       void *ctx,
                                       struct hm_err *err);
void hm_bell_close(struct hm_bell *bell); /* null: nothing */
void hm_bell_ring(struct hm_bell *bell, enum hm_bell_for what);

#endif
