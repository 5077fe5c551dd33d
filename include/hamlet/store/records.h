/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h - records as they stand: one with all its history, or lists of them.
 *
 * Owner:  proto/store/load.c, list.c, digest.c; layer 2
 * Errors: store.h
 */
#ifndef HAMLET_STORE_RECORDS_H
#define HAMLET_STORE_RECORDS_H

#include "hamlet/model/merge.h"
#include "hamlet/store/changes.h"

/* A record with every change that is known of it, merged. */
struct hm_loaded {
    int64_t row;
    struct hm_id id;
    struct hm_bytes home;
    struct hm_bytes kind_name;
    const struct hm_kind *kind; /* null: not known to this program */
    struct hm_held *held;       /* in order of arrival; known[i] is about held[i] */
    struct hm_known *known;
    size_t count;
    struct hm_merged merged;
    const struct hm_key_field *key; /* null where no create is known */
    size_t key_count;
    size_t weight;  /* of the changes that stand or are not judged yet */
    size_t refused; /* of the quarantined ones */
};

/*
 * Load the record of this id; everything comes from `arena`.
 * HM_NOT_FOUND  nothing is known of it
 */
HM_CHECKED enum hm_status hm_store_record_load(struct hm_store *store,
                                               const struct hm_id *record,
                                               struct hm_loaded *loaded,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * The same of what has this id in `home`: what an edit claims in another home is not it,
 * and no other home is looked into.
 */
HM_CHECKED enum hm_status hm_store_record_load_in(struct hm_store *store,
                                                  struct hm_bytes home,
                                                  const struct hm_id *record,
                                                  struct hm_loaded *loaded,
                                                  struct hm_arena *arena,
                                                  struct hm_err *err);

/* The key fields of the record of this id, as its creation has them; 0: none is known. */
HM_CHECKED enum hm_status hm_store_record_key(struct hm_store *store,
                                              const struct hm_id *record,
                                              const struct hm_key_field **key,
                                              size_t *count,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/*
 * Whether the change's author wrote another record that its kind holds apart from this
 * one (record/separate.h); what was refused or withdrawn does not count. `key` is the
 * record's. False for acts that are no writing.
 */
HM_CHECKED enum hm_status hm_store_same_person(struct hm_store *store,
                                               const struct hm_kind *kind,
                                               const struct hm_change *change,
                                               const struct hm_key_field *key,
                                               size_t key_count,
                                               bool *same,
                                               struct hm_err *err);

/* The value shown for a register or key field; no bytes or null where there is none. */
struct hm_bytes hm_loaded_shown(const struct hm_loaded *loaded, struct hm_bytes reg);
struct hm_bytes hm_loaded_field(const struct hm_loaded *loaded,
                                const struct hm_field *field);

/* Whether anything that was ever written into the register is here, effective or not. */
bool hm_loaded_holds(const struct hm_loaded *loaded, struct hm_bytes reg);

/*
 * The changes that are a head of any register, ascending: by them what stood in a record
 * at some time is known again, however much has come since.
 */
HM_CHECKED enum hm_status hm_loaded_heads(const struct hm_loaded *loaded,
                                          hm_prefix **heads,
                                          size_t *count,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

/* The state that people see of a change or, the first that applies, of a record. */
enum hm_state {
    HM_STATE_QUARANTINED,
    HM_STATE_CONFLICT,
    HM_STATE_LOCAL,
    HM_STATE_SENT,
    HM_STATE_RECEIVED,
    HM_STATE_ACCEPTED,
    HM_STATE_COUNT,                     /* so many there are in a list */
    HM_STATE_WITHDRAWN = HM_STATE_COUNT /* of a void record (void.h) alone */
};
const char *hm_state_name(enum hm_state state);

struct hm_listed {
    struct hm_id id;
    struct hm_bytes kind;
    struct hm_bytes unit;
    struct hm_bytes fields; /* a JSON object; null stands for a long text left out */
    enum hm_state state;
    const struct hm_bytes *conflicts; /* registers */
    size_t conflict_count;
    bool incomplete;
    bool deleted;
    struct hm_id merged_into; /* the record that stands for it; none: itself */
};

struct hm_list_query {
    struct hm_bytes kind;
    struct hm_bytes unit;             /* no bytes: everywhere; else the subtree */
    const struct hm_key_field *where; /* field and canonical value; all must hold */
    size_t where_count;
    struct hm_bytes search; /* as typed; no bytes: everything */
    bool deleted;           /* the deleted ones instead */
    bool every;             /* the deleted and the merged ones as well */
    bool whole;             /* with long texts, which cost a look at the changes */
    bool stateless;         /* without the state, which costs one as well */
    int64_t limit;          /* 0: all */
    int64_t skip;           /* so many that fit, before the first that is given */
    const char *state;      /* the name of one; null: whatever it is */
};

/*
 * Call `each` for the records asked for, in Vietnamese order. What it is given lives for
 * the call. What was merged into another record (store/alias.h) is left out, and a record
 * that refers to it is found by the other. It may stop the list by another status, which
 * is given back. A kind of which nothing is here has none; a field that a record does not
 * have is null. HM_TOO_BIG  more than eight fields are asked for
 */
HM_CHECKED enum hm_status hm_store_list(struct hm_store *store,
                                        const struct hm_list_query *query,
                                        enum hm_status (*each)(void *ctx,
                                                               const struct hm_listed *,
                                                               struct hm_err *),
                                        void *ctx,
                                        struct hm_err *err);

/* So many of a kind as its lists have, by state. */
struct hm_tally {
    int64_t alive[HM_STATE_COUNT];
    int64_t deleted;
};
HM_CHECKED enum hm_status hm_store_tally(struct hm_store *store,
                                         struct hm_bytes kind,
                                         struct hm_tally *made,
                                         struct hm_err *err);

/* As one of a list. HM_NOT_FOUND */
HM_CHECKED enum hm_status hm_store_record_show(struct hm_store *store,
                                               const struct hm_id *record,
                                               struct hm_listed *listed,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/*
 * The digest of all records whose home lies in the subtree of `unit` (PROTOCOL.md 4.1):
 * equal exactly where the heads of all their registers are.
 */
HM_CHECKED enum hm_status hm_store_digest(struct hm_store *store,
                                          struct hm_bytes unit,
                                          struct hm_digest *digest,
                                          struct hm_err *err);

#endif
