/* SPDX-License-Identifier: Apache-2.0 */
/*
 * members.h - the people of a laptop: those to whom the registry gives a right on it.
 *
 * Owner:   daemon/api/members.c; layer 4
 * Threads: those of the store
 */
#ifndef HAMLET_API_MEMBERS_H
#define HAMLET_API_MEMBERS_H

#include "hamlet/api/view.h"

struct hm_member {
    struct hm_id user;
    struct hm_bytes name;
    struct hm_bytes role; /* of the highest rank */
};

/*
 * All of them, from `arena`; before the registry came for the first time there is whoever
 * was invited.
 */
HM_CHECKED enum hm_status hm_api_members(const struct hm_view *view,
                                         struct hm_member **members,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* Whether one of this role may take another member's passphrase away. */
bool hm_api_may_reset(struct hm_bytes role);

#endif
