/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loss.h - a server that comes back with less than it had, or with its key alone.
 *
 * Owner: the simulator
 */
#ifndef HAMLET_TESTS_LOSS_H
#define HAMLET_TESTS_LOSS_H

#include "sim.h"

/* What came back with a visitor; `rows` is what the server held before. */
void sim_note_refill(struct sim *sim, int who, int64_t rows);
/* What may come before the permit that lets it stand: it is not ours to say. */
void sim_judge_permit(struct sim *sim, int act);
/* A withdrawal is judged by what it names: of a server that was lost that may not be
 * there yet. */
void sim_judge_withdrawal(struct sim *sim, int act);
/* What a laptop was told of a server that is no more, this one says too. */
void sim_check_due(struct sim *sim, int who);
/* Whether the server was ever lost, and whether it is still being refilled. */
bool sim_refilled(const struct sim *sim);
bool sim_is_refilling(struct sim *sim);
/* Whether it knows the device; if nobody has brought the registry back it does not. */
bool sim_known_there(struct sim *sim, int who);
/* … and what it may: of a registry whose offer was cut that may still be missing. */
bool sim_permitted_there(struct sim *sim, int who);
/* Whether what only this disk knows of who is who can be lost: somebody must know. */
bool sim_may_go(struct sim *sim, int gone);

#endif
