/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init.h - the first records of a server, for one that begins and for one that comes back
 * with its key and nothing else.
 *
 * Owner: daemon/server/init.c
 */
#ifndef DAEMON_SERVER_INIT_H
#define DAEMON_SERVER_INIT_H

#include "commands.h"
#include "recovery.h"

/* A server whose store is lost, its key is not. All borrowed. */
struct hm_empty {
    struct hm_main *main;
    char *draft; /* the folder that gets its store */
    struct hm_bytes unit;
    struct hm_id user; /* that its own account was */
    struct hm_kinds *kinds;
    const uint8_t *seed;     /* of its key */
    const uint8_t *recovery; /* HM_RECOVERY_SIZE bytes */
    uint64_t incarnation;    /* out: the new one */
};

/* Make a store in which a refill is open (store/refill.h). */
HM_CHECKED enum hm_status hm_init_empty(struct hm_empty *empty, struct hm_err *err);

#endif
