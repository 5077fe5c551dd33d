/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alike.h - whether words are the same to a person who types without marks.
 *
 * Private to the module. Memory that ran out is seen in hm_alike_failed, once at the end.
 */
#ifndef HAMLET_RECORD_ALIKE_H
#define HAMLET_RECORD_ALIKE_H

#include "hamlet/base/buf.h"

struct hm_alike {
    struct hm_buf typed; /* folded */
    struct hm_buf other;
};

void hm_alike_init(struct hm_alike *alike, struct hm_bytes typed);
void hm_alike_fini(struct hm_alike *alike);

/* Never of a word that has no letter or digit. */
bool hm_alike_is(struct hm_alike *alike, const char *other);
bool hm_alike_failed(const struct hm_alike *alike);

#endif
