/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serving.h - the server's side of one exchange: read, commit, answer.
 *
 * Owner:   proto/sync/serving.c, commit.c, answer.c; layer 3
 * Threads: a serving belongs to one thread at a time. Reading and answering borrow a
 *          reader's store for the call, so many go on at once with few stores; committing
 *          is the one writer's, who takes as many servings as wait in one transaction
 * Rules:   PROTOCOL.md section 7
 *
 *     open ── put … put ── commit ── answer ── close
 *               └ problem ───────────┴── close
 *
 * A body that breaks off is committed as far as it is whole.
 */
#ifndef HAMLET_SYNC_SERVING_H
#define HAMLET_SYNC_SERVING_H

#include "hamlet/base/pack.h"
#include "hamlet/store/server.h"
#include "hamlet/sync/inbox.h"
#include "hamlet/wire/problem.h"
#include "hamlet/wire/request.h"

/* What a server is, for every serving. */
struct hm_serving_self {
    struct hm_id server;
    uint64_t incarnation;
    const struct hm_key *key;
    const struct hm_secret *secret;
    const struct hm_env *env;
};

struct hm_serving;

/*
 * Begin an exchange whose body will be `declared` bytes long; `self` is copied, what it
 * points to is borrowed until close.
 */
HM_CHECKED enum hm_status hm_serving_open(struct hm_serving **serving,
                                          const struct hm_serving_self *self,
                                          uint64_t declared,
                                          struct hm_err *err);
void hm_serving_close(struct hm_serving *serving);

/*
 * Take bytes of the body. False: there is a problem (hm_serving_problem), the rest need
 * not be read; pages that were whole before it are still to be committed.
 */
bool hm_serving_put(struct hm_serving *serving,
                    struct hm_store *reader,
                    struct hm_bytes bytes);

/*
 * Before the first byte: the body came in a file (hamlet/wire/bundle.h). It shows no
 * lease and gets none, is no visit, and its pages explain themselves.
 */
void hm_serving_by_file(struct hm_serving *serving);

/* The part of a file that bodies came in, by its head. */
struct hm_file_part {
    struct hm_id device;
    struct hm_id bundle;
    uint64_t number;  /* 1, 2, 3… */
    uint64_t missing; /* the first before it that was not taken to its end; 0: none */
    bool waits;       /* that kept from counting what a body said of its device */
};

/* Look up what is `missing`. */
HM_CHECKED enum hm_status hm_file_part_find(struct hm_file_part *part,
                                            struct hm_store *store,
                                            struct hm_err *err);
/* It was taken to its end, all bodies of it. In the caller's transaction. */
HM_CHECKED enum hm_status hm_file_part_taken(const struct hm_file_part *part,
                                             struct hm_store *store,
                                             bool more,
                                             struct hm_err *err);
/* In place of hm_serving_by_file, and after hm_file_part_find; `part` is borrowed. */
void hm_serving_of_part(struct hm_serving *serving, struct hm_file_part *part);

/* What is known of a device that a file is for. */
struct hm_file_reader {
    struct hm_id device;
    uint32_t epoch;                  /* 0: never heard of */
    uint64_t incarnation;            /* that it said last; 0: none */
    struct hm_bucket_state *buckets; /* n up to which it has entries, as it said last */
    size_t bucket_count;
};

/*
 * What the device last said of itself, by network or file. From `arena`.
 * HM_DENIED     device-revoked
 * HM_NOT_FOUND  device-missing: the registry does not know it
 */
HM_CHECKED enum hm_status hm_file_reader_get(struct hm_file_reader *reader,
                                             struct hm_store *store,
                                             const struct hm_id *device,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* What it says of its buckets: uint incarnation ‖ list of (bytes bucket, uint n). */
void hm_file_reader_put(struct hm_buf *buf, const struct hm_file_reader *reader);
/* The same, read; names are borrowed. HM_PROTOCOL  it is none */
HM_CHECKED enum hm_status hm_file_reader_read(struct hm_file_reader *reader,
                                              struct hm_unpack *in,
                                              struct hm_arena *arena,
                                              struct hm_err *err);
/* Copy its buckets, before the serving that they belong to is closed. */
HM_CHECKED enum hm_status hm_file_reader_keep(struct hm_file_reader *reader,
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/*
 * In place of a body: hm_serving_answer then gives what a file for this reader holds,
 * and moves `reader` on behind it; *more (hm_serving_more) says that there is another.
 * `reader` is borrowed until close; its buckets come to be of the serving's arena.
 */
HM_CHECKED enum hm_status hm_serving_for_file(struct hm_serving *serving,
                                              struct hm_store *store,
                                              struct hm_file_reader *reader,
                                              struct hm_err *err);
bool hm_serving_more(const struct hm_serving *serving);

/* Changes that the commit kept which were not known, and those of them it refused. */
size_t hm_serving_fresh(const struct hm_serving *serving);
size_t hm_serving_refused(const struct hm_serving *serving);

/* Whether the body said all that it must: call when it ended, not when it broke off. */
void hm_serving_end(struct hm_serving *serving);

enum hm_problem hm_serving_problem(const struct hm_serving *serving);
void hm_serving_refuse(struct hm_serving *serving, enum hm_problem problem);

/*
 * After the commit: its request showed that this server's store was put back to what it
 * was, so that it goes on as one that was restored (PROTOCOL.md 7.3, 7.5).
 */
bool hm_serving_came_back(const struct hm_serving *serving);

/* Whether there is anything to commit: the header was good. */
bool hm_serving_commits(const struct hm_serving *serving);

/*
 * An invitation to redeem before the commit, or null. Its proof has been checked; whether
 * it still holds is for the writer to look up.
 */
const struct hm_request_enrolment *hm_serving_enrolment(const struct hm_serving *serving);
/* With it: the earlier invitation, signed here, as whose user the device goes on; or
 * null. */
const struct hm_invited *hm_serving_first(const struct hm_serving *serving);
const struct hm_request *hm_serving_request(const struct hm_serving *serving);

/*
 * All keys of the device (model/keys.h), to be registered before the commit; no bytes:
 * the registry knew them. The certificates and the signature have been checked.
 */
struct hm_bytes hm_serving_keys(const struct hm_serving *serving);

/*
 * Commit servings in one transaction of the writer's store. One that cannot be (a stale
 * lease, a device revoked meanwhile) gets its problem and changes nothing.
 * On an error nothing of any of them is kept.
 */
HM_CHECKED enum hm_status hm_servings_commit(struct hm_serving *const *servings,
                                             size_t count,
                                             struct hm_store *writer,
                                             struct hm_err *err);

/*
 * Append the whole reply body. A reader's store that sees the commit.
 * HM_DENIED  the device was revoked since, which is its problem now; it gets nothing
 */
HM_CHECKED enum hm_status hm_serving_answer(struct hm_serving *serving,
                                            struct hm_store *reader,
                                            struct hm_buf *body,
                                            struct hm_err *err);

/* Bytes of memory that it holds, about. */
size_t hm_serving_held(const struct hm_serving *serving);

/*
 * After the commit: forget the pages, which are in the store. What is answered stays the
 * same.
 */
void hm_serving_forget(struct hm_serving *serving);

/* Answer with at most about so many bytes, if the requester did not want fewer yet. */
void hm_serving_limit(struct hm_serving *serving, uint64_t reply_bytes);

/* Whole pages that came, those that it has forgotten too. */
size_t hm_serving_pages(const struct hm_serving *serving);

#endif
