/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_key.h - a laptop of a world changes its key, as `hamlet rotate-key` does.
 *
 * Owner: the test; a part of world.h
 */
#ifndef HAMLET_TESTS_WORLD_KEY_H
#define HAMLET_TESTS_WORLD_KEY_H

#include "world.h"

struct world_pair {
    struct hm_key key;
    struct hm_secret secret;
};

/* Whether the laptop may: what is here of the registry names its newest key. */
bool world_key_may(const struct world_laptop *laptop);
/*
 * Draw the next pair and name it in the store, certified by the key before. HM_IO: the
 * disk is off, full or sick; whether it lasted, the store says (world_key_take).
 */
HM_CHECKED enum hm_status world_key_change(struct world_laptop *laptop,
                                           struct world_pair *next,
                                           struct hm_err *err);
/* Sign by `next` from here on, if the store names it. */
bool world_key_take(struct world_laptop *laptop, const struct world_pair *next);
/* The text of the laptop's keys, from `arena`; of one that never changed it the first. */
struct hm_bytes world_key_text(const struct world_laptop *laptop, struct hm_arena *arena);
/* Whether the server knows the newest key that the laptop's store names. */
bool world_key_known(const struct world *world, const struct world_laptop *laptop);

#endif
