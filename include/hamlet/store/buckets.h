/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buckets.h - the numbered logs of entries, their digests, and what numbers mean.
 *
 * Owner:      proto/store/buckets.c, bucket_digest.c; layer 2
 * Format:     PROTOCOL.md section 5. A unit's bucket is named by its code, the registry's
 *             `~`, a device's mailbox `@` and its id in hex.
 * Durability: with the transaction that the caller has begun
 * Errors:     store.h
 */
#ifndef HAMLET_STORE_BUCKETS_H
#define HAMLET_STORE_BUCKETS_H

#include "hamlet/store/changes.h"

enum hm_entry_kind {
    HM_ENTRY_ACCEPTED = 'a',
    HM_ENTRY_QUARANTINED = 'q',
    HM_ENTRY_RELEASED = 'r'
};

/* `count` neighbours, all accepted, or one of any kind. */
struct hm_entry {
    uint64_t n; /* of the first */
    uint64_t count;
    int64_t change; /* row of the first */
    enum hm_entry_kind kind;
    struct hm_bytes reason; /* no bytes but for quarantined */
};

struct hm_bucket {
    struct hm_bytes name;
    uint64_t n; /* of the newest entry */
    struct hm_digest digest;
};

/* A bucket that is not there has n 0 and the digest of none. */
HM_CHECKED enum hm_status hm_store_bucket_get(struct hm_store *store,
                                              struct hm_bytes name,
                                              struct hm_bucket *bucket,
                                              struct hm_err *err);
/* Only n; no digest is made. */
HM_CHECKED enum hm_status hm_store_bucket_n(struct hm_store *store,
                                            struct hm_bytes name,
                                            uint64_t *n,
                                            struct hm_err *err);

/* The digest of a scope: buckets in ascending order of name (PROTOCOL.md 5). */
void hm_scope_digest(struct hm_digest *digest,
                     const struct hm_bucket *buckets,
                     size_t count);

/* The mailbox of a device, as text of 33 characters and a NUL. */
enum { HM_MAILBOX_SIZE = 34 };
void hm_mailbox_name(char name[HM_MAILBOX_SIZE], const struct hm_id *device);

/*
 * Append entries, numbering them on from the bucket's n (`n` is filled in). The changes'
 * verdicts gain them, and what that changes is derived anew. One of very many changes is
 * kept, and read again, as several.
 */
HM_CHECKED enum hm_status hm_store_entries_append(struct hm_store *store,
                                                  struct hm_bytes bucket,
                                                  struct hm_entry *entries,
                                                  size_t count,
                                                  struct hm_arena *arena,
                                                  struct hm_err *err);

/* Entries after `n`, at most `limit` rows of them, ascending. */
HM_CHECKED enum hm_status hm_store_entries_after(struct hm_store *store,
                                                 struct hm_bytes bucket,
                                                 uint64_t n,
                                                 size_t limit,
                                                 struct hm_entry **entries,
                                                 size_t *count,
                                                 struct hm_arena *arena,
                                                 struct hm_err *err);

/* What one number of the wire means here. */
struct hm_meaning {
    uint64_t n; /* of an entry; 0: `seq` asks */
    uint64_t seq;
    bool found;
    struct hm_id change;
    struct hm_id record;
};

/* Look up entries of `bucket` and sequence numbers of `origin` (0: none), as one set. */
HM_CHECKED enum hm_status hm_store_meanings(struct hm_store *store,
                                            struct hm_bytes bucket,
                                            int64_t origin,
                                            struct hm_meaning *meanings,
                                            size_t count,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* The other way: numbers by which a reader of `bucket` may be told of these changes. */
struct hm_number {
    hm_prefix prefix;
    uint64_t n;   /* 0: it has no entry */
    uint64_t seq; /* 0: it is not of `origin` */
    struct hm_id record;
};
HM_CHECKED enum hm_status hm_store_numbers(struct hm_store *store,
                                           struct hm_bytes bucket,
                                           int64_t origin,
                                           struct hm_number *numbers,
                                           size_t count,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/* Every bucket that is here, ascending. */
HM_CHECKED enum hm_status hm_store_buckets(struct hm_store *store,
                                           struct hm_bucket **buckets,
                                           size_t *count,
                                           struct hm_arena *arena,
                                           struct hm_err *err);

/*
 * A laptop begins a bucket anew, where the server was restored or the two differ: it has
 * no entries, and what they alone had accepted is not judged until they come again. What
 * was refused or released keeps its verdict.
 */
HM_CHECKED enum hm_status hm_store_bucket_reset(struct hm_store *store,
                                                struct hm_bytes bucket,
                                                struct hm_err *err);

#endif
