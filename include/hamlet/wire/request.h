/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h - the first line of a request: who asks, what is here, signed.
 *
 * Owner:  proto/wire/request.c; layer 2
 * Format: PROTOCOL.md section 7.1
 */
#ifndef HAMLET_WIRE_REQUEST_H
#define HAMLET_WIRE_REQUEST_H

#include "hamlet/model/keys.h"
#include "hamlet/model/page.h"
#include "hamlet/wire/receipt.h"

#define HM_SYNC_PATH   "/v1/sync"
#define HM_SYNC_METHOD "POST"
#define HM_SYNC_TYPE   "application/vnd.hamlet.sync"
/* What a request in a file is signed with in their place: it is none that is sent. */
#define HM_FILE_METHOD "FILE"
#define HM_FILE_PATH   "/v1/bundle"

enum { HM_REQUEST_ERRORS_MAX = 16, HM_REQUEST_BUCKETS_MAX = 1024 };

struct hm_request_error {
    struct hm_bytes name;
    int64_t count;
};

struct hm_request_enrolment {
    bool present;
    struct hm_id invitation;
    struct hm_key key;
    struct hm_digest proof;
    struct hm_bytes first; /* link of the invitation whose user the device writes as;
                              none: that of this one */
};

struct hm_request {
    struct hm_id device;
    uint32_t epoch;
    struct hm_id id;
    struct hm_id lease;   /* none before the first */
    uint64_t incarnation; /* 0: none known */
    uint64_t seq;         /* newest own change, sent or not; 0: none */
    struct hm_digest head;
    bool has_parent;
    struct hm_parent parent;         /* the chain that this epoch carries on */
    struct hm_bucket_state *buckets; /* without digests; the own mailbox is `@` */
    size_t bucket_count;
    uint8_t scope[HM_ID_SIZE]; /* first half of the digest of the scope */
    struct hm_wall time;
    int64_t waiting; /* changes not acknowledged */
    struct hm_request_error errors[HM_REQUEST_ERRORS_MAX];
    size_t error_count;
    uint64_t reply_max; /* bytes; 0: the server's own limit */
    struct hm_bytes version;
    struct hm_bytes keys; /* text of all keys (model/keys.h), while one may be new; else
                             none */
    struct hm_request_enrolment enrolment;
    bool by_file; /* writing: it is signed as one that travels in a file */
    bool offers;  /* what follows is offered, and nothing is to come down */
};

/*
 * Append signature, JSON and LF. The signature also covers the length of the whole body,
 * which is this line and the `following` bytes that the caller sends after it.
 * HM_TOO_BIG  over HM_HEADER_MAX
 */
HM_CHECKED enum hm_status hm_request_write(struct hm_buf *buf,
                                           const struct hm_request *request,
                                           size_t following,
                                           const struct hm_id *server,
                                           const struct hm_secret *secret,
                                           struct hm_err *err);

/* A line as it came, before its signature was checked. */
struct hm_request_line {
    struct hm_signature signature;
    struct hm_bytes json;
};

/*
 * Read a line without its LF. Everything in `request` comes from `arena`.
 * HM_PROTOCOL  "header" it is none; "version" of a newer protocol
 */
HM_CHECKED enum hm_status hm_request_read(struct hm_request *request,
                                          struct hm_request_line *parts,
                                          struct hm_bytes line,
                                          struct hm_arena *arena,
                                          struct hm_err *err);
/* Whether `key` signed this line for this server, and a body of `declared` bytes. */
bool hm_request_check(const struct hm_request_line *parts,
                      uint64_t declared,
                      const struct hm_id *server,
                      const struct hm_key *key);

/* The same of one that came in a file. */
bool hm_request_check_file(const struct hm_request_line *parts,
                           uint64_t declared,
                           const struct hm_id *server,
                           const struct hm_key *key);

/* The proof that the holder of an invitation's secret asks with this key. */
void hm_enrolment_proof(struct hm_digest *proof,
                        const uint8_t secret[HM_ID_SIZE],
                        const struct hm_id *invitation,
                        const struct hm_key *key);

#endif
