/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearest.h - the known word that somebody most likely meant.
 *
 * Owner: daemon/command/nearest.c; private to command
 */
#ifndef HAMLET_COMMAND_NEAREST_H
#define HAMLET_COMMAND_NEAREST_H

#include "hamlet/base/bytes.h"

/* Longer than any command or option; a longer word is near to none. */
enum { HM_NEAREST_WORD_MAX = 40 };

struct hm_nearest {
    struct hm_bytes given;
    const char *word; /* the best so far, or null */
    size_t distance;
};

void hm_nearest_init(struct hm_nearest *nearest, struct hm_bytes given);
void hm_nearest_offer(struct hm_nearest *nearest, const char *word);

/*
 * How many letters must be added, dropped, changed or exchanged with their neighbour to
 * make one word of the other. Words of at most HM_NEAREST_WORD_MAX bytes.
 */
size_t hm_nearest_distance(struct hm_bytes a, struct hm_bytes b);

#endif
