/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rights.h - what a server's registry gave its devices, and how far they had come when it
 * took it.
 *
 * Owner:  proto/store/server/fleet.c, proto/store/registry.c; layer 2
 * Format: PROTOCOL.md 5.1
 * Errors: store.h
 */
#ifndef HAMLET_STORE_RIGHTS_H
#define HAMLET_STORE_RIGHTS_H

#include "hamlet/base/hash.h"
#include "hamlet/store/store.h"

/* What the registry permits a device (null: any), ended or not, oldest first. */
struct hm_permit {
    struct hm_id record;
    struct hm_id device;
    struct hm_id user;
    struct hm_bytes name; /* of the user */
    struct hm_bytes role;
    struct hm_bytes home;
    bool ended;
    bool when_seen; /* … not at once */
    bool seen;      /* … and it is seen (hm_store_sight_put) */
};
HM_CHECKED enum hm_status hm_store_permits(struct hm_store *store,
                                           const struct hm_id *device,
                                           struct hm_permit **permits,
                                           size_t *count,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/*
 * The chains of a device as they were here when it was revoked, at most
 * HM_REVOKED_HEADS_MAX, as the value of a register (PROTOCOL.md 5.1).
 */
enum { HM_REVOKED_HEADS_MAX = 400 };
struct hm_revoked_head {
    uint32_t epoch;
    uint64_t seq;
    struct hm_digest head;
};
void hm_revoked_heads_put(struct hm_buf *value,
                          const struct hm_revoked_head *heads,
                          size_t count);

/* Those that are here, each without a gap; of very many those that came last. */
HM_CHECKED enum hm_status hm_store_heads(struct hm_store *store,
                                         const struct hm_id *device,
                                         struct hm_revoked_head **heads,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

#endif
