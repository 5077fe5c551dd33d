/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply.h - the first line of a reply, and the lines that carry entries.
 *
 * Owner:  proto/wire/reply.c; layer 2
 * Format: PROTOCOL.md section 7.2
 */
#ifndef HAMLET_WIRE_REPLY_H
#define HAMLET_WIRE_REPLY_H

#include "hamlet/base/json.h"
#include "hamlet/wire/offer.h"
#include "hamlet/wire/receipt.h"

/* Which leaves of an offered bucket differ here (PROTOCOL.md 7.5). */
struct hm_want {
    struct hm_bytes bucket;
    uint8_t mask[HM_LEAF_MASK_SIZE]; /* bit i % 8 of byte i / 8: leaf i */
};

struct hm_reply {
    struct hm_receipt receipt; /* server, incarnation, time, acknowledgement, buckets */
    bool has_receipt;
    struct hm_signature signature;
    struct hm_id lease;
    bool has_scope; /* the request's list of buckets was another */
    struct hm_bytes *scope;
    size_t scope_count;
    bool more;
    int64_t wait_s; /* 0: no wish */
    struct hm_want *wants;
    size_t want_count;
    struct hm_bytes need; /* bits, in the order offered: which changes are lacking here */
};

/* Append JSON and LF. */
void hm_reply_write(struct hm_buf *buf, const struct hm_reply *reply);

/*
 * Read a line without its LF; `device` and `epoch` are those that asked. Everything comes
 * from `arena`. HM_PROTOCOL: "header", "version"
 */
HM_CHECKED enum hm_status hm_reply_read(struct hm_reply *reply,
                                        struct hm_bytes line,
                                        const struct hm_id *device,
                                        uint32_t epoch,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/* One item of a line of entries. */
struct hm_entry_item {
    char kind;  /* 'a', 'q', 'r' */
    bool by_id; /* `id` says which change; else seq and count of the line's origin */
    struct hm_id id;
    struct hm_bytes reason;
    uint64_t seq;
    uint64_t count; /* 1 where by_id */
};

struct hm_entry_line {
    struct hm_bytes bucket;
    uint64_t n; /* of the first item */
    bool own;   /* the origin is the requester's */
    struct hm_id device;
    uint32_t epoch;
    struct hm_entry_item *items;
    size_t count;
};

void hm_entry_line_write(struct hm_buf *buf, const struct hm_entry_line *line);
/* HM_PROTOCOL: "entries" */
HM_CHECKED enum hm_status hm_entry_line_read(struct hm_entry_line *line,
                                             struct hm_bytes text,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* What kind of line begins with these bytes. */
enum hm_line {
    HM_LINE_OTHER,
    HM_LINE_PAGE,
    HM_LINE_TAIL,
    HM_LINE_ENTRIES,
    HM_LINE_OFFER
};
enum hm_line hm_line_kind(struct hm_bytes line);

#endif
