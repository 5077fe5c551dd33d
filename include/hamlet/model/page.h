/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - a signed run of changes of one origin and one home.
 *
 * Owner:  proto/model/page.c; layer 1, pure
 * Format: PROTOCOL.md section 3.5
 *
 * The signature covers heads, not values, so a page can be put together again with a
 * value missing, and a reader that holds one unit only verifies its pages one by one.
 */
#ifndef HAMLET_MODEL_PAGE_H
#define HAMLET_MODEL_PAGE_H

#include "hamlet/base/sign.h"
#include "hamlet/model/change.h"

struct hm_page {
    struct hm_id device;
    uint32_t epoch;
    struct hm_bytes home;
    uint64_t seq; /* of the first change */
    uint64_t registry_n;
    bool head_known; /* false while reading: what came before must say it */
    struct hm_digest head_before;
    struct hm_digest head_after;
    struct hm_change *changes;
    size_t count;
    struct hm_signature signature;
};

/* The chain that an epoch carries on, as its disk had it (PROTOCOL.md 3.4, 7.6). */
struct hm_parent {
    uint32_t epoch;
    uint64_t cut; /* acknowledged up to here: what stands here stays in that chain */
    struct hm_digest cut_head;
    uint64_t newest; /* what was written up to here, sent or not */
    struct hm_digest newest_head;
};

/* Run the chain over the page's ids from head_before. */
void hm_page_head(struct hm_page *page);
void hm_page_sign(struct hm_page *page, const struct hm_secret *secret);
bool hm_page_check(const struct hm_page *page, const struct hm_key *key);

#endif
