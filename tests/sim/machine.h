/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.h - disks that are copied, or come back as they were.
 *
 * Owner: the simulator
 */
#ifndef HAMLET_TESTS_MACHINE_H
#define HAMLET_TESTS_MACHINE_H

#include "sim.h"

bool sim_same_device(const struct sim *sim, int a, int b);
/* Whether refusals are his to decide, who therefore sees what they hide. */
bool sim_decides(const struct sim *sim, int who);
/* Keep a replica as it stands, in place of what was kept; take what is known from there.
 */
void sim_image_keep(struct sim *sim, int who, struct hm_disk *disk);
void sim_image_recall(struct sim *sim, int who, const struct sim_image *image);
bool sim_known_to_any(const struct sim *sim, int act);
/* Who has been told of at the district, by replica. */
void sim_find_notices(struct sim *sim, bool noticed[ORACLE_REPLICAS]);
void sim_check_notices(struct sim *sim);
void sim_machines_fini(struct sim *sim);

#endif
