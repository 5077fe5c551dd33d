/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - what only a server keeps or asks: invitations, copies, the fleet.
 *
 * Owner:      proto/store/server/; layer 2
 * Format:     PROTOCOL.md sections 7.3 and 9
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_SERVER_H
#define HAMLET_STORE_SERVER_H

#include "hamlet/store/rights.h"
#include "hamlet/store/visits.h"

/* The public half of the recovery key, to which backups seal the server's own keys. */
#define HM_META_RECOVERY "recovery"
/* When the newest backup was made, in milliseconds of the wall clock. */
#define HM_META_BACKUP "backup"

struct hm_invited {
    struct hm_id id;
    uint8_t secret[HM_ID_SIZE];
    struct hm_id user;
    struct hm_bytes name;
    struct hm_bytes role;
    struct hm_bytes home;
    struct hm_wall expires;
    struct hm_id device; /* that redeemed it; none yet: all zero */
};

HM_CHECKED enum hm_status hm_store_invitation_put(struct hm_store *store,
                                                  const struct hm_invited *invited,
                                                  struct hm_err *err);
/* HM_NOT_FOUND. Text comes from `arena`. */
HM_CHECKED enum hm_status hm_store_invitation_get(struct hm_store *store,
                                                  const struct hm_id *id,
                                                  struct hm_invited *invited,
                                                  struct hm_arena *arena,
                                                  struct hm_err *err);
/* Note which device redeemed it; the first one stays. */
HM_CHECKED enum hm_status hm_store_invitation_redeem(struct hm_store *store,
                                                     const struct hm_id *id,
                                                     const struct hm_id *device,
                                                     struct hm_err *err);
/* All that nobody redeemed, those that expire first at the head. */
HM_CHECKED enum hm_status hm_store_invitations(struct hm_store *store,
                                               struct hm_invited **invited,
                                               size_t *count,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/* A device began a new epoch: its disk was restored, or there are two of them. */
enum hm_notice_type { HM_NOTICE_RESTORED, HM_NOTICE_COPIED };
struct hm_notice {
    struct hm_id device;
    uint32_t epoch;  /* that it began … */
    uint32_t parent; /* … and that it carries on */
    enum hm_notice_type type;
    struct hm_wall time;
    int64_t moved; /* changes that it had and took along */
};

/* Each epoch has one: the first, until one says more, of another `parent` or a copy. */
HM_CHECKED enum hm_status hm_store_notice_put(struct hm_store *store,
                                              const struct hm_notice *notice,
                                              struct hm_err *err);
/* The disk of `parent` is heard of `now`: whoever carries that epoch on is a copy. */
HM_CHECKED enum hm_status hm_store_notice_both(struct hm_store *store,
                                               const struct hm_id *device,
                                               uint32_t parent,
                                               struct hm_wall now,
                                               struct hm_err *err);
/* All that there are, by device, oldest first. */
HM_CHECKED enum hm_status hm_store_notices(struct hm_store *store,
                                           struct hm_notice **notices,
                                           size_t *count,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/*
 * The device presents the lease that was given with the first `visit->carried` entries of
 * the registry, or with more, and says that it has these: what it wrote beyond `seq`, or
 * in other epochs, it wrote knowing them.
 * Only the first time counts.
 */
HM_CHECKED enum hm_status hm_store_sight_put(struct hm_store *store,
                                             const struct hm_visit *visit,
                                             uint64_t seq,
                                             struct hm_err *err);

/*
 * How many of `wanted` more refused changes a device may leave in the buckets of units:
 * all, until the refusals that its mailbox holds reach HM_REFUSED_DEVICE_MAX (PROTOCOL.md
 * 5). What was released or accepted later does not count, nor what was refused for
 * `reason`, that it were too many.
 */
HM_CHECKED enum hm_status hm_store_refusals_left(struct hm_store *store,
                                                 const struct hm_id *device,
                                                 struct hm_bytes reason,
                                                 size_t wanted,
                                                 size_t *left,
                                                 struct hm_err *err);

/* Every device of the registry with its last visit, in order of name. */
struct hm_fleet_row {
    struct hm_id device;
    struct hm_bytes name;
    struct hm_bytes home;
    struct hm_bytes role; /* the highest that it has or, if all ended, had */
    bool revoked;
    bool visited;
    struct hm_visit visit; /* the newest epoch's */
};
HM_CHECKED enum hm_status hm_store_fleet(struct hm_store *store,
                                         struct hm_fleet_row **rows,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* How a subtree stands (no bytes: everything), counted without reading rows. */
struct hm_sums_query {
    struct hm_bytes unit;
    struct hm_wall silent; /* heard of last then, or before: silent … */
    struct hm_wall quiet;  /* … or quiet, which is later */
    struct hm_wall copied; /* found to be of two disks after that */
};
struct hm_sums {
    int64_t laptops; /* that are not revoked; of them … */
    int64_t never;   /* … were never heard of */
    int64_t silent;
    int64_t quiet;
    int64_t waiting; /* changes that they said they have still to send */
    int64_t copied;
    int64_t conflicts;
    struct hm_wall oldest; /* of the open conflicts, when it was opened */
    int64_t refused;       /* and not corrected */
};
HM_CHECKED enum hm_status hm_store_sums(struct hm_store *store,
                                        const struct hm_sums_query *query,
                                        struct hm_sums *sums,
                                        struct hm_err *err);

/* Every unit that is known, in ascending order of code. No bytes: it has none. */
struct hm_unit {
    struct hm_bytes code;
    struct hm_bytes parent;
    struct hm_bytes successor; /* that it was merged into */
};
HM_CHECKED enum hm_status hm_store_units(struct hm_store *store,
                                         struct hm_unit **units,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/*
 * Devices that have or had this unit in reach and did not say yet that they hold entry
 * `n` of its bucket, in order of name; never the server's own. `n` 0: all of them. Of one
 * that is at work on several disks, each of these that did not say so.
 */
struct hm_waiting {
    struct hm_id device;
    struct hm_bytes name;
    bool revoked;
    bool other; /* not the disk that was heard of last */
};
HM_CHECKED enum hm_status hm_store_not_reached(struct hm_store *store,
                                               struct hm_bytes unit,
                                               uint64_t n,
                                               const struct hm_id *server,
                                               struct hm_waiting **waiting,
                                               size_t *count,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * Write the store as it stands to a new file `path`, which is on disk then and a store
 * that hm_store_open takes. Outside of transactions; readers and, in other processes,
 * writers go on. After a failure the caller removes what there is of the file.
 */
HM_CHECKED enum hm_status hm_store_copy(struct hm_store *store,
                                        const char *path,
                                        struct hm_err *err);

#endif
