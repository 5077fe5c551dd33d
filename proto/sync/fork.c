/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that give a number of an origin to another change than stands there: a copied
 * disk went its own way, or somebody signs two things. Both are kept, each in a branch of
 * the origin in which every number means one change.
 */
#include <stdlib.h>

#include "hamlet/base/limits.h"
#include "put_pages.h"

enum { BRANCHES_MAX = 64 };

struct place {
    const struct hm_page *page;
    size_t at; /* in the inbox */
};

static int by_origin_and_seq(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    int order = hm_id_compare(&x->page->device, &y->page->device);
    if (order != 0) {
        return order;
    }
    if (x->page->epoch != y->page->epoch) {
        return x->page->epoch < y->page->epoch ? -1 : 1;
    }
    if (x->page->seq != y->page->seq) {
        return x->page->seq < y->page->seq ? -1 : 1;
    }
    return (x->at > y->at) - (x->at < y->at);
}

static bool same_origin(const struct hm_page *a, const struct hm_page *b)
{
    return a->epoch == b->epoch && hm_id_equal(&a->device, &b->device);
}

static bool overlap(const struct hm_page *a, const struct hm_page *b)
{
    return same_origin(a, b) && a->seq < b->seq + b->count && b->seq < a->seq + a->count;
}

/* Which pages overlap another of this body, wherever in it that stands. Honest ones do
 * not.
 */
static enum hm_status find_overlaps(struct hm_inbox *inbox,
                                    bool *overlaps,
                                    struct hm_err *err)
{
    const struct place *last = NULL;
    struct place *places =
        hm_arena_get_array(&inbox->arena, inbox->page_count, sizeof(*places));
    if (places == NULL) {
        return hm_arena_status(&inbox->arena, err);
    }
    for (size_t i = 0; i < inbox->page_count; i++) {
        places[i] = (struct place){&inbox->pages[i].page, i};
    }
    qsort(places, inbox->page_count, sizeof(*places), by_origin_and_seq);
    for (size_t i = 0; i < inbox->page_count; i++) {
        const struct hm_page *page = places[i].page;
        bool both = last != NULL && overlap(last->page, page);
        if (both) {
            overlaps[places[i].at] = true;
            overlaps[last->at] = true;
        }
        if (!both || last->page->seq + last->page->count <= page->seq + page->count) {
            last = &places[i];
        }
    }
    return HM_OK;
}

/* Whether two pages give some number to two changes. A page may come twice: bare first,
 * then with what was let stand. */
static bool contradict(const struct hm_page *a, const struct hm_page *b)
{
    uint64_t first = a->seq > b->seq ? a->seq : b->seq;
    uint64_t end_a = a->seq + a->count;
    uint64_t end_b = b->seq + b->count;
    uint64_t end = end_a < end_b ? end_a : end_b;
    for (uint64_t seq = first; same_origin(a, b) && seq < end; seq++) {
        if (!hm_id_equal(&a->changes[seq - a->seq].id, &b->changes[seq - b->seq].id)) {
            return true;
        }
    }
    return false;
}

/* The branches that contradicting pages of this body have taken before page `i`. */
static uint64_t taken_before(const struct hm_inbox *inbox, size_t i)
{
    uint64_t taken = 0;
    for (size_t k = 0; k < i; k++) {
        if (inbox->pages[k].branch < BRANCHES_MAX &&
            contradict(&inbox->pages[k].page, &inbox->pages[i].page)) {
            taken |= UINT64_C(1) << inbox->pages[k].branch;
        }
    }
    return taken;
}

/* The page of this body that ends where `page` begins, or null. */
static const struct hm_inbox_page *before_it(const struct hm_inbox *inbox, size_t i)
{
    const struct hm_page *page = &inbox->pages[i].page;
    for (size_t k = i; k > 0; k--) {
        const struct hm_page *before = &inbox->pages[k - 1].page;
        if (same_origin(before, page) && before->seq + before->count == page->seq) {
            return &inbox->pages[k - 1];
        }
    }
    return NULL;
}

/*
 * Whether what stands in the branch right before the page leads up to it. Numbers alone
 * do not tell: of two chains that went different ways one may be longer.
 */
static enum hm_status joins(const struct hm_page *page,
                            const struct hm_origin *origin,
                            struct hm_store *store,
                            bool *joins,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    struct hm_stored_page before;
    bool found = false;
    *joins = true;
    if (page->seq <= 1 || page->seq - 1 < origin->seq) {
        return HM_OK;
    }
    if (page->seq - 1 == origin->seq) {
        *joins = hm_digest_equal(&origin->head, &page->head_before);
        return HM_OK;
    }
    enum hm_status status =
        hm_store_page_at(store, origin->row, page->seq - 1, &before, &found, arena, err);
    *joins = status != HM_OK || !found || before.seq + before.count != page->seq ||
             hm_digest_equal(&before.head_after, &page->head_before);
    return status;
}

/*
 * In this store's own chain stands what was written here and nothing else: what goes on
 * behind its end was written by a copy, and would be in the way of what is written next.
 */
static enum hm_status is_beyond(const struct hm_page *page,
                                const struct hm_origin *origin,
                                struct hm_store *store,
                                bool *beyond,
                                struct hm_err *err)
{
    struct hm_id device;
    int64_t epoch = 0;
    *beyond = false;
    if (page->seq + page->count - 1 <= origin->seq) {
        return HM_OK;
    }
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DEVICE, &device, err);
    if (status == HM_OK && hm_id_equal(&device, &page->device)) {
        status = hm_store_meta_get_int(store, HM_META_EPOCH, 0, &epoch, err);
        *beyond = status == HM_OK && epoch == (int64_t)page->epoch;
    }
    return status;
}

static enum hm_status fits(const struct hm_inbox *inbox,
                           size_t i,
                           struct hm_store *store,
                           bool *good,
                           struct hm_err *err)
{
    const struct hm_page *page = &inbox->pages[i].page;
    const struct hm_inbox_page *before = before_it(inbox, i);
    struct hm_origin origin;
    struct hm_arena arena;
    unsigned branch = inbox->pages[i].branch;
    enum hm_status status = hm_store_branch_get(store, &page->device, page->epoch, branch,
                                                false, &origin, err);
    *good = true;
    if (status == HM_OK && origin.row != 0) {
        status = hm_store_envelopes_agree(store, origin.row, page->seq, page->changes,
                                          page->count, good, err);
    }
    if (status == HM_OK && branch == 0 && *good) {
        bool beyond = false;
        status = is_beyond(page, &origin, store, &beyond, err);
        *good = !beyond;
    }
    if (before != NULL && before->branch == branch) {
        *good = *good && hm_digest_equal(&before->page.head_after, &page->head_before);
    } else if (status == HM_OK && *good && origin.row != 0) {
        hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
        status = joins(page, &origin, store, good, &arena, err);
        hm_arena_fini(&arena);
    }
    return status;
}

/* The first branch that does not say otherwise; BRANCHES_MAX: all of them do. */
static enum hm_status find_branch(struct hm_inbox *inbox,
                                  size_t i,
                                  uint64_t taken,
                                  struct hm_store *store,
                                  struct hm_err *err)
{
    struct hm_inbox_page *in = &inbox->pages[i];
    const struct hm_inbox_page *before = before_it(inbox, i);
    enum hm_status status = HM_OK;
    bool good = false;
    if (before != NULL && before->branch < BRANCHES_MAX &&
        (taken >> before->branch & 1) == 0 &&
        hm_digest_equal(&before->page.head_after, &in->page.head_before)) {
        in->branch = before->branch;
        status = fits(inbox, i, store, &good, err);
    }
    for (unsigned branch = 0; branch < BRANCHES_MAX && status == HM_OK && !good;
         branch++) {
        if ((taken >> branch & 1) == 0) {
            in->branch = branch;
            status = fits(inbox, i, store, &good, err);
        }
    }
    in->branch = good ? in->branch : BRANCHES_MAX;
    return status;
}

enum hm_status hm_inbox_find_branches(struct hm_inbox *inbox,
                                      struct hm_store *store,
                                      bool *forked,
                                      struct hm_err *err)
{
    size_t kept = 0;
    bool *overlaps =
        hm_arena_get_array(&inbox->arena, inbox->page_count, sizeof(*overlaps));
    enum hm_status status = hm_arena_status(&inbox->arena, err);
    *forked = false;
    if (status == HM_OK && inbox->page_count > 1) {
        status = find_overlaps(inbox, overlaps, err);
    }
    for (size_t i = 0; i < inbox->page_count && status == HM_OK; i++) {
        struct hm_inbox_page *in = &inbox->pages[i];
        status =
            find_branch(inbox, i, overlaps[i] ? taken_before(inbox, i) : 0, store, err);
        /* What a disk offers of its earlier epochs says nothing about this one. */
        bool counts = !inbox->takes_offers || in->page.epoch == inbox->epoch;
        *forked = *forked || (in->branch > 0 && counts &&
                              hm_id_equal(&in->page.device, &inbox->known));
    }
    for (size_t i = 0; i < inbox->page_count && status == HM_OK; i++) {
        if (inbox->pages[i].branch == BRANCHES_MAX) {
            inbox->change_count -= inbox->pages[i].page.count;
        } else {
            inbox->pages[kept++] = inbox->pages[i];
        }
    }
    inbox->page_count = status == HM_OK ? kept : inbox->page_count;
    return status;
}
