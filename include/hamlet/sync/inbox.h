/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox.h - a stream as it arrives, becoming verified pages and lines of entries.
 *
 * Owner:   proto/sync/inbox.c; layer 3
 * Threads: an inbox belongs to one thread
 * Memory:  pages and lines live until hm_inbox_clear or close
 *
 * Bytes may come in any pieces. A page counts only once it is whole, expanded, chained
 * and its signature checked with a key of the registry: what an inbox gives proves
 * itself.
 */
#ifndef HAMLET_SYNC_INBOX_H
#define HAMLET_SYNC_INBOX_H

#include "hamlet/model/keys.h"
#include "hamlet/store/store.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/reply.h"
#include "hamlet/wire/stream.h"

struct hm_inbox_page {
    struct hm_page page; /* all of it in the inbox's arena */
    unsigned branch;     /* of its origin, where the chain says otherwise (fork.c) */
    struct hm_key key;   /* that signed it: one of the device's */
};

/*
 * A page of a reply that its laptop keeps in a branch of its origin: the reply's numbers
 * mean its changes all the same (proto/sync/placed.h).
 */
struct hm_placed {
    struct hm_id device;
    uint32_t epoch;
    uint64_t seq;
    uint64_t count;
    int64_t branch; /* row of it */
};

struct hm_inbox {
    struct hm_store *store;
    struct hm_id district;
    struct hm_id known; /* a device whose keys are known beside the registry */
    uint32_t epoch;     /* … its present one; 0: nobody asks */
    struct hm_keys known_keys;
    const struct hm_keys *district_keys; /* null: they are as any other's */
    struct hm_id asked; /* the device that the store was asked for last, if known there */
    struct hm_keys asked_keys;
    bool takes_entries;
    bool takes_offers; /* and passes over pages by keys that nobody knows */

    struct hm_arena arena;
    struct hm_inflate *inflate;
    struct hm_buf text;
    size_t page_size; /* bytes of whole lines at the front of `text` that begin a page */
    bool in_page;

    struct hm_inbox_page *pages;
    size_t page_count;
    size_t page_capacity;
    size_t change_count;
    struct hm_entry_line *lines;
    size_t line_count;
    size_t line_capacity;

    /* what is offered (PROTOCOL.md 7.5); stays until close */
    struct hm_arena offer_arena;
    struct hm_offer_line *offers;
    size_t offer_count;
    size_t offer_capacity;

    /* a laptop's: pages that are in the store by now; stays until close */
    struct hm_arena placed_arena;
    struct hm_placed *placed;
    size_t placed_count;
    size_t placed_capacity;

    /* the page before in this stream, which the next may join */
    struct hm_id last_device;
    uint32_t last_epoch;
    uint64_t last_seq;
    struct hm_digest last_head;
};

/*
 * `store` is read only, for references and keys, and borrowed until close; null: the
 * caller sets it before each call that takes bytes.
 */
HM_CHECKED enum hm_status hm_inbox_open(struct hm_inbox *inbox,
                                        struct hm_store *store,
                                        const struct hm_id *district,
                                        struct hm_err *err);
void hm_inbox_close(struct hm_inbox *inbox);

/*
 * Take bytes of the stream. What was whole before an error stays.
 * HM_PROTOCOL  the stream, a page or a line breaks a rule, or a signature is wrong
 * HM_TOO_BIG   over a limit
 */
HM_CHECKED enum hm_status hm_inbox_put(struct hm_inbox *inbox,
                                       struct hm_bytes bytes,
                                       struct hm_err *err);

/*
 * Whether the inbox waits for what it holds to be put into the store: a page is there by
 * a device whose key must have come before it. Then clear and call hm_inbox_resume.
 */
bool hm_inbox_waits(const struct hm_inbox *inbox);
HM_CHECKED enum hm_status hm_inbox_resume(struct hm_inbox *inbox, struct hm_err *err);

/* Bytes of memory that it holds, about. */
size_t hm_inbox_held(const struct hm_inbox *inbox);

/* Forget pages and lines, which are in the store now; the stream goes on. */
void hm_inbox_clear(struct hm_inbox *inbox);

#endif
