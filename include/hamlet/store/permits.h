/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permits.h - what a permit that ended still covers, and which one a laptop works under.
 *
 * Owner:  proto/store/permits.c; layer 2
 * Format: PROTOCOL.md section 5.1
 * Errors: store.h
 */
#ifndef HAMLET_STORE_PERMITS_H
#define HAMLET_STORE_PERMITS_H

#include "hamlet/store/store.h"

/* Where a change stands, and what its page says of its author. */
struct hm_written {
    uint32_t epoch;
    uint64_t seq;
    uint64_t registry_n;
};

/* Whether `home` is closed to a record that the device created there, as far as the
 * server knows that it knew (PROTOCOL.md 5.1). */
HM_CHECKED enum hm_status hm_store_unit_closed(struct hm_store *store,
                                               struct hm_bytes home,
                                               const struct hm_id *device,
                                               const struct hm_written *written,
                                               bool *closed,
                                               struct hm_err *err);

/*
 * Whether a permit covers it that ended when it is seen, or covered the unit before that
 * was moved, as far as the server knows that the author did not know when he wrote
 * (PROTOCOL.md 5.1); or one that ended with a revocation: then the change must not be
 * beyond what that names.
 */
HM_CHECKED enum hm_status hm_store_permitted_late(struct hm_store *store,
                                                  const struct hm_id *device,
                                                  const struct hm_id *user,
                                                  struct hm_bytes role,
                                                  struct hm_bytes home,
                                                  const struct hm_written *written,
                                                  bool *permitted,
                                                  struct hm_err *err);

/* Whether there was a permit of just this role and home, and all there were ended. */
HM_CHECKED enum hm_status hm_store_permit_gone(struct hm_store *store,
                                               const struct hm_id *device,
                                               const struct hm_id *user,
                                               struct hm_bytes role,
                                               struct hm_bytes home,
                                               bool *gone,
                                               struct hm_err *err);

/* Whether this device may or once might work in `home`. */
HM_CHECKED enum hm_status hm_store_permit_had(struct hm_store *store,
                                              const struct hm_id *device,
                                              struct hm_bytes home,
                                              bool *had,
                                              struct hm_err *err);

/*
 * The permit of the highest rank on this device that has not ended: one of `*user` where
 * there is one, else anybody's. `user`, `role` and `home` are written where `*found`.
 */
HM_CHECKED enum hm_status hm_store_permit_best(struct hm_store *store,
                                               const struct hm_id *device,
                                               struct hm_id *user,
                                               struct hm_bytes *role,
                                               struct hm_bytes *home,
                                               bool *found,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/* The role of this user's highest rank on this device over `home`; no bytes: none. */
HM_CHECKED enum hm_status hm_store_role_over(struct hm_store *store,
                                             const struct hm_id *device,
                                             const struct hm_id *user,
                                             struct hm_bytes home,
                                             struct hm_bytes *role,
                                             struct hm_err *err);

#endif
