/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refill.h - a server that came back with less than it had, until its laptops were here.
 *
 * Owner:      proto/store/server/refill.c; layer 2
 * Rules:      PROTOCOL.md section 7.5
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 *
 * While a refill is open no policy may run: what it would decide on is not all here.
 */
#ifndef HAMLET_STORE_REFILL_H
#define HAMLET_STORE_REFILL_H

#include "hamlet/store/store.h"

/* When it was opened, milliseconds; 0 or not there: none is open. */
#define HM_META_REFILL "refill"

/*
 * A server begins: its incarnation (48 bits) and the epoch of its own changes are drawn,
 * neither of them 0.
 */
HM_CHECKED enum hm_status hm_store_incarnation_begin(struct hm_store *store,
                                                     const struct hm_env *env,
                                                     uint64_t *incarnation,
                                                     struct hm_err *err);

/*
 * It comes back with less than it had: laptops may hold what it wrote after what is in
 * this store. So numbers of entries count anew (incarnation), its own changes go into
 * another chain (epoch), no lease of before means that a laptop was restored, and a
 * refill is open.
 */
HM_CHECKED enum hm_status hm_store_come_back(struct hm_store *store,
                                             const struct hm_env *env,
                                             uint64_t *incarnation,
                                             struct hm_err *err);

HM_CHECKED enum hm_status hm_store_refilling(struct hm_store *store,
                                             bool *open,
                                             struct hm_err *err);
HM_CHECKED enum hm_status hm_store_refill_open(struct hm_store *store,
                                               struct hm_wall now,
                                               struct hm_err *err);
HM_CHECKED enum hm_status hm_store_refill_close(struct hm_store *store,
                                                struct hm_err *err);

/*
 * Open the one that was closed once more: what came back until then counts on, and who
 * was here before is not asked again. HM_NOT_FOUND: there never was one.
 */
HM_CHECKED enum hm_status hm_store_refill_reopen(struct hm_store *store,
                                                 struct hm_wall now,
                                                 struct hm_err *err);

/*
 * A change, by its row, that the registry as it was while a refill is open refused; and
 * whether it is one. Kept until the next refill begins, since this one may be opened
 * again.
 */
HM_CHECKED enum hm_status hm_store_refused_early_add(struct hm_store *store,
                                                     int64_t change,
                                                     struct hm_err *err);
HM_CHECKED enum hm_status hm_store_refused_early(struct hm_store *store,
                                                 int64_t change,
                                                 bool *early,
                                                 struct hm_err *err);

/* Changes of this home that came while a refill is open. */
HM_CHECKED enum hm_status hm_store_regained_add(struct hm_store *store,
                                                struct hm_bytes home,
                                                uint64_t verified,
                                                uint64_t judged,
                                                struct hm_err *err);

/* What became of a home. */
struct hm_regained {
    struct hm_bytes home;
    uint64_t verified; /* changes that came back with the server's own word on them */
    uint64_t judged;   /* … that came without, and were judged anew */
    uint64_t missing;  /* … that its word is here of, and that nobody has brought */
};

/* Homes with any of it, ascending. From `arena`. */
HM_CHECKED enum hm_status hm_store_regained(struct hm_store *store,
                                            struct hm_regained **rows,
                                            size_t *count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/*
 * The device speaks for the first time since this server came back (7.5), and had written
 * up to `seq`: whatever its pages name of the registry there, they do not name what is
 * here. Does nothing at a later visit, or on a server that never was away.
 */
HM_CHECKED enum hm_status hm_store_sight_first(struct hm_store *store,
                                               const struct hm_id *device,
                                               uint32_t epoch,
                                               uint64_t seq,
                                               struct hm_err *err);

#endif
