/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - what the district decides about devices, and what follows for their acts.
 *
 * Owner: the simulator
 *
 * A device has one role after the other, in one unit after the other. The number of the
 * registry's entry that ended one says who knew of it: a laptop by what its own registry
 * has, an act by what its author's had when it was written.
 */
#ifndef HAMLET_TESTS_REGISTRY_H
#define HAMLET_TESTS_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "hamlet/base/bytes.h"

struct sim;
struct scene_role;
struct sim_replica;

enum { SIM_TERMS_MAX = 8 };

struct sim_term {
    const struct scene_role *role;
    int unit;
    uint64_t end;    /* number of the entry that ended it; 0: it stands */
    uint64_t losses; /* … of a server that had come back so often */
    bool once;       /* … at once, not when it is seen */
};

/* This laptop brings the server pages of somebody. */
void sim_bring(struct sim *sim, int who, struct hm_bytes pages);

bool sim_is_revoked(const struct sim *sim, int who);
/* … now, or by a server that was lost since. */
bool sim_was_revoked(const struct sim *sim, int who);
/* The server has learnt, or was lost: it may say otherwise who is revoked. */
void sim_learn_revoked(struct sim *sim);
/* The act was told or sent: it will not stand where its device is not heard any more. */
void sim_note_late(struct sim *sim, int act);

/* Whether this entry of a server that had come back so often is in its registry. */
bool sim_has_entry(const struct sim_replica *replica, uint64_t at, uint64_t losses);
/* Its registry grew: it may be somebody else's turn, another role, or elsewhere. */
void sim_learn_role(struct sim *sim, int who);
/* An act reached the server: whether a role covers it still, and its unit is open. */
void sim_judge_role(struct sim *sim, int act);
/* Its permit ended with this entry of the registry, and another began. */
void sim_add_term(struct sim *sim,
                  int who,
                  const struct scene_role *role,
                  int unit,
                  bool once,
                  uint64_t end);
struct sim_term sim_last_term(const struct sim *sim, int who);
/* Whether this device had several roles, or units, so that who forges under one of them
 * may have it or not. */
bool sim_had_roles(const struct sim *sim, int who);
/* Whether it was given the unit once, or one above it, as far as it has heard. */
bool sim_was_given(const struct sim *sim, int who, int unit);
/* … or has not heard yet. */
bool sim_is_given(const struct sim *sim, int who, int unit);
/* Whether it may be given the unit by what came of the registry before a cut, while it
 * still goes by the place that it had. */
bool sim_may_reach(const struct sim *sim, int who, int unit);

#endif
