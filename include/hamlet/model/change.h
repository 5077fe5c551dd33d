/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change.h - an immutable act on one record, its tuple, id, key and salts.
 *
 * Owner:  proto/model/change.c, change_body.c; layer 1, pure
 * Format: PROTOCOL.md section 3
 *
 * A `struct hm_change` owns nothing: what it points into belongs to an arena or a buffer
 * of the caller. Writes stand in ascending order of register, prefixes and names in
 * ascending order; hm_change_valid judges that, hm_change_seal brings it about.
 */
#ifndef HAMLET_MODEL_CHANGE_H
#define HAMLET_MODEL_CHANGE_H

#include "hamlet/base/arena.h"
#include "hamlet/base/hash.h"
#include "hamlet/base/pack.h"
#include "hamlet/base/time.h"
#include "hamlet/model/prefix.h"

/*      name      on the wire  decides before others (PROTOCOL.md 4, "Shown") */
#define HM_ACT_MAP(X)                                                                    \
    X(CREATE, create, 0)                                                                 \
    X(EDIT, edit, 0)                                                                     \
    X(DELETE, delete, 0)                                                                 \
    X(RESOLVE, resolve, 1)                                                               \
    X(POLICY, policy, 1)                                                                 \
    X(MERGE, merge, 0)                                                                   \
    X(WITHDRAW, withdraw, 0)                                                             \
    X(ERASE, erase, 1)

enum hm_act {
#define HM_ACT_ENUM(name, text, decides) HM_ACT_##name,
    HM_ACT_MAP(HM_ACT_ENUM)
#undef HM_ACT_ENUM
        HM_ACT_COUNT
};

#define HM_REGISTER_LIVE  "~live"
#define HM_REGISTER_WHY   "~why"
#define HM_REGISTER_ALIAS "~alias"
#define HM_HOME_REGISTRY  "~"

struct hm_write {
    struct hm_bytes reg;
    struct hm_bytes value; /* canonical; no bytes at all: withheld, only committed to */
    uint8_t commitment[HM_ID_SIZE];
    uint8_t salt[HM_SALT_SIZE]; /* only where the change has no key */
    const hm_prefix *replaces;  /* ascending */
    uint32_t replaces_count;
    uint32_t depth;
};

struct hm_key_field {
    struct hm_bytes name;
    struct hm_bytes value;
};

struct hm_change {
    struct hm_id id;
    struct hm_id district;
    struct hm_id device;
    struct hm_id user;
    struct hm_id bulk;   /* none: all zero */
    struct hm_id record; /* of a keyless create: its own id */
    struct hm_bytes role;
    struct hm_bytes home;
    struct hm_bytes kind;
    uint32_t kind_version;
    enum hm_act act;
    bool record_is_own; /* the tuple leaves the record out: it takes this change's id */
    bool has_key;
    uint8_t key[HM_SALT_SIZE];
    struct hm_wall time;
    const struct hm_key_field *key_fields;
    size_t key_field_count;
    struct hm_write *writes;
    size_t write_count;
    const hm_prefix *seen;
    size_t seen_count;
    const struct hm_id *names;
    size_t name_count;
};

const char *hm_act_name(enum hm_act act);
bool hm_act_find(enum hm_act *act, struct hm_bytes name);
bool hm_act_decides(enum hm_act act);

/* The key of the change with `index` in a run (PROTOCOL.md 3.2). */
void hm_change_key(uint8_t key[HM_SALT_SIZE],
                   const uint8_t seed[HM_SALT_SIZE],
                   uint32_t index);

/* The salt of write `i`: from the key, or the write's own. */
void hm_change_salt(uint8_t salt[HM_SALT_SIZE], const struct hm_change *change, size_t i);

/*
 * Compute the commitments of all writes whose value is there, then the id; a record that
 * takes the change's id gets it. `scratch` is cleared and used; nothing else changes.
 */
HM_CHECKED enum hm_status hm_change_seal(struct hm_change *change,
                                         struct hm_buf *scratch,
                                         struct hm_err *err);

/*
 * Whether the parts stand in the order and within the limits that the tuple demands.
 * What a sealed change of ours is by construction; what came from outside must be judged.
 */
bool hm_change_valid(const struct hm_change *change);

/*
 * About the bytes of memory that reading this change and merging it takes, never less:
 * what a record may hold is counted in these.
 */
size_t hm_change_weight(const struct hm_change *change);

const struct hm_write *hm_change_write(const struct hm_change *change,
                                       struct hm_bytes reg);
struct hm_bytes hm_change_key_field(const struct hm_change *change, struct hm_bytes name);

/*
 * The id of a record with a natural key: BLAKE2b-128 over "hamlet-record-1", home, kind,
 * the number of key fields and, in the kind's order, name and value of each, all of it
 * packed (PROTOCOL.md 3.3). Two who create the same thing offline get one record.
 */
void hm_record_id(struct hm_id *id,
                  struct hm_bytes home,
                  struct hm_bytes kind,
                  const struct hm_key_field *key,
                  size_t key_count);

/* A chain's beginning and its next head (PROTOCOL.md 3.4). `parent` may be null. */
void hm_chain_begin(struct hm_digest *head,
                    const struct hm_id *device,
                    uint32_t epoch,
                    const struct hm_digest *parent);
void hm_chain_next(struct hm_digest *head, const struct hm_id *id);

/*
 * The stored form: the tuple's variable parts with values (or commitments) and key. What
 * the store keeps beside it (id, home, kind, author…) is not in it: see change_body.c.
 */
void hm_change_body_put(struct hm_buf *buf, const struct hm_change *change);

/*
 * Reads a stored body into `change`, whose other members the caller has filled in. Arrays
 * come from `arena`, values and names are borrowed from `body`; commitments of values
 * that are there are not computed. HM_CORRUPT: it is none.
 */
HM_CHECKED enum hm_status hm_change_body_get(struct hm_change *change,
                                             struct hm_bytes body,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

#endif
