/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_registry.h - what the district writes into the registry of a world.
 *
 * Owner:  the test; a part of world.h
 * Errors: HM_IO: the server's disk is off, full or sick; whether it lasted, its store
 * says
 *
 * Each is one transaction that does, in the same order, what the command of hamlet-server
 * with that name does once it has understood its line.
 */
#ifndef HAMLET_TESTS_WORLD_REGISTRY_H
#define HAMLET_TESTS_WORLD_REGISTRY_H

#include "world.h"

/* The laptop's device, and every copy of it, is no longer heard; its permits end. */
HM_CHECKED enum hm_status world_revoke(struct world *world,
                                       const struct world_laptop *laptop,
                                       struct hm_err *err);
/* A permit for `unit` beside the one that it has, in the same role. */
HM_CHECKED enum hm_status world_permit(struct world *world,
                                       const struct world_laptop *laptop,
                                       const char *unit,
                                       struct hm_err *err);
/* Another role where it is, in place of the one that it has; that ends when it is seen,
 * or at once. */
HM_CHECKED enum hm_status world_change_role(struct world *world,
                                            const struct world_laptop *laptop,
                                            const char *role,
                                            bool once,
                                            struct hm_err *err);
/* Its permits are given anew for another unit, and end when that is seen, or at once. */
HM_CHECKED enum hm_status world_move(struct world *world,
                                     const struct world_laptop *laptop,
                                     const char *unit,
                                     bool once,
                                     struct hm_err *err);
/* The unit becomes part of another; or it lies below another from here on. */
HM_CHECKED enum hm_status world_unit_merge(struct world *world,
                                           const char *unit,
                                           const char *into,
                                           struct hm_err *err);
HM_CHECKED enum hm_status world_unit_shift(struct world *world,
                                           const char *unit,
                                           const char *above,
                                           struct hm_err *err);
/* Whether the server's registry says so. */
bool world_is_revoked(const struct world *world, const struct world_laptop *laptop);

#endif
