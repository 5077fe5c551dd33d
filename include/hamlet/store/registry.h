/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - who may write what where: units, devices, users, permits.
 *
 * Owner:  proto/store/registry.c, permits.c; layer 2
 * Format: PROTOCOL.md section 5.1. All of it is derived from records whose home is `~`.
 * Errors: store.h
 */
#ifndef HAMLET_STORE_REGISTRY_H
#define HAMLET_STORE_REGISTRY_H

#include "hamlet/model/keys.h"
#include "hamlet/store/permits.h"
#include "hamlet/store/store.h"

/* Kinds of the registry that the protocol itself knows, and their registers. */
#define HM_KIND_USER        "~user"
#define HM_KIND_DEVICE      "~device"
#define HM_KIND_PERMIT      "~permit"
#define HM_KIND_ERASURE     "~erasure"
#define HM_REGISTRY_NAME    "name"
#define HM_REGISTRY_DEVICE  "device"
#define HM_REGISTRY_KEY     "key"
#define HM_REGISTRY_PINS    "pins"
#define HM_REGISTRY_HOME    "home"
#define HM_REGISTRY_USER    "user"
#define HM_REGISTRY_ROLE    "role"
#define HM_REGISTRY_REVOKED "revoked"
#define HM_REGISTRY_HEADS   "heads"
#define HM_REGISTRY_ENDED   "ended"
#define HM_REGISTRY_CHANGE  "change"
#define HM_REGISTRY_UNIT    "unit"
#define HM_REGISTRY_RECORD  "record"
#define HM_REGISTRY_OVER    "over"

/* How a permit ended; any other text means as much as the second. The last is that of a
 * revocation: it ends at once but for what the revocation says was accepted. */
#define HM_ENDED_SEEN    "when seen"
#define HM_ENDED_ONCE    "at once"
#define HM_ENDED_REVOKED "revoked"

/* A device as the registry has it. `known`: its key is there. */
struct hm_device {
    struct hm_id id;
    bool known;
    struct hm_key key;    /* its newest */
    struct hm_bytes keys; /* all, as text (model/keys.h) */
    struct hm_bytes name;
    struct hm_bytes home;
    bool revoked;
    struct hm_bytes heads; /* hm_device_beyond */
};

/* Text comes from `arena`. A device that nobody has heard of: `known` is false. */
HM_CHECKED enum hm_status hm_store_device_get(struct hm_store *store,
                                              const struct hm_id *device,
                                              struct hm_device *found,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* Whether the device was revoked and this change of its is not among what was named. */
bool hm_device_beyond(const struct hm_device *device, uint32_t epoch, uint64_t seq);

/*
 * All keys of a device, for what it signed; none (`count` 0) if it is not known. Of the
 * laptop's own device those too that the registry has not been told of yet.
 */
HM_CHECKED enum hm_status hm_store_keys(struct hm_store *store,
                                        const struct hm_id *device,
                                        struct hm_keys *keys,
                                        struct hm_err *err);

/*
 * Whether a key signed the page that any text of its device's keys named which was ever
 * here, and which: servers that were lost may have taken two keys after the same one, and
 * the text shown names one of them. For pages that none of hm_store_keys signed.
 */
HM_CHECKED enum hm_status hm_store_signer(struct hm_store *store,
                                          const struct hm_page *page,
                                          struct hm_key *key,
                                          bool *found,
                                          struct hm_err *err);

/*
 * The text of the pins of a server's TLS keys (wire/pins.h), as its own device's record
 * has it; no bytes: it has none. It comes from `arena`.
 */
HM_CHECKED enum hm_status hm_store_pins(struct hm_store *store,
                                        const struct hm_id *server,
                                        struct hm_bytes *text,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/*
 * Whether `home` lies in the subtree of `root`, with what was merged into it. The
 * registry lies in the subtree of the server's own unit only. *within is false for a unit
 * that is not known.
 */
HM_CHECKED enum hm_status hm_store_unit_within(struct hm_store *store,
                                               struct hm_bytes home,
                                               struct hm_bytes root,
                                               bool *within,
                                               struct hm_err *err);
HM_CHECKED enum hm_status hm_store_unit_known(struct hm_store *store,
                                              struct hm_bytes home,
                                              bool *known,
                                              struct hm_err *err);

/*
 * The open unit that `home` became part of, itself or through others that are closed; no
 * bytes where it is not closed.
 */
HM_CHECKED enum hm_status hm_store_unit_successor(struct hm_store *store,
                                                  struct hm_bytes home,
                                                  struct hm_bytes *successor,
                                                  struct hm_arena *arena,
                                                  struct hm_err *err);

/* The name that the registry has of a unit, from `arena`; no bytes: it has none, or the
 * unit is not known, or deleted. */
HM_CHECKED enum hm_status hm_store_unit_name(struct hm_store *store,
                                             struct hm_bytes code,
                                             struct hm_bytes *name,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* Whether a permit that has not ended covers this user, device, role and home. */
HM_CHECKED enum hm_status hm_store_permitted(struct hm_store *store,
                                             const struct hm_id *device,
                                             const struct hm_id *user,
                                             struct hm_bytes role,
                                             struct hm_bytes home,
                                             bool *permitted,
                                             struct hm_err *err);

/* The highest rank that any user of this device has over `home`; -1: none. */
HM_CHECKED enum hm_status hm_store_rank(struct hm_store *store,
                                        const struct hm_id *device,
                                        struct hm_bytes home,
                                        int *rank,
                                        struct hm_err *err);

/*
 * The buckets that a device may read: `~`, then the units of the subtrees of its permits,
 * ascending. Names come from `arena`.
 */
HM_CHECKED enum hm_status hm_store_scope(struct hm_store *store,
                                         const struct hm_id *device,
                                         struct hm_bytes **buckets,
                                         size_t *count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* On a server: whether the user is or was somebody's on another device than this one. */
HM_CHECKED enum hm_status hm_store_user_elsewhere(struct hm_store *store,
                                                  const struct hm_id *user,
                                                  const struct hm_id *device,
                                                  bool *elsewhere,
                                                  struct hm_err *err);
/* A user's name; no bytes if it is not known. */
HM_CHECKED enum hm_status hm_store_user_name(struct hm_store *store,
                                             const struct hm_id *user,
                                             struct hm_bytes *name,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/*
 * The user and role of this name on this device that has not ended; the one with the
 * highest rank. HM_NOT_FOUND: there is none.
 */
HM_CHECKED enum hm_status hm_store_user_find(struct hm_store *store,
                                             const struct hm_id *device,
                                             struct hm_bytes name,
                                             struct hm_id *user,
                                             struct hm_bytes *role,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

#endif
