/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that give a number of an origin to another change than stands there: a copied
 * disk went its own way, or somebody signs two things. Both are kept, each in a branch of
 * the origin in which every number means one change.
 */
#include <stdlib.h>

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

/* Which pages overlap one that came before them in this body. Honest ones do not. */
static enum hm_status find_overlaps(struct hm_inbox *inbox,
                                    bool *overlaps,
                                    struct hm_err *err)
{
    const struct hm_page *last = NULL;
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
        bool later = last != NULL && overlap(last, page);
        overlaps[places[i].at] = later;
        last = later && last->seq + last->count > page->seq + page->count ? last : page;
    }
    return HM_OK;
}

/* The branches that overlapping pages of this body have taken before page `i`. */
static uint64_t taken_before(const struct hm_inbox *inbox, size_t i)
{
    uint64_t taken = 0;
    for (size_t k = 0; k < i; k++) {
        if (inbox->pages[k].branch < BRANCHES_MAX &&
            overlap(&inbox->pages[k].page, &inbox->pages[i].page)) {
            taken |= UINT64_C(1) << inbox->pages[k].branch;
        }
    }
    return taken;
}

/* The first branch that does not say otherwise; BRANCHES_MAX: all of them do. */
static enum hm_status find_branch(struct hm_inbox_page *in,
                                  uint64_t taken,
                                  struct hm_store *store,
                                  struct hm_err *err)
{
    const struct hm_page *page = &in->page;
    enum hm_status status = HM_OK;
    for (in->branch = 0; in->branch < BRANCHES_MAX && status == HM_OK; in->branch++) {
        struct hm_origin origin;
        bool agrees = true;
        if ((taken >> in->branch & 1) != 0) {
            continue;
        }
        status = hm_store_branch_get(store, &page->device, page->epoch, in->branch, false,
                                     &origin, err);
        if (status == HM_OK && origin.row != 0) {
            status = hm_store_envelopes_agree(store, origin.row, page->seq, page->changes,
                                              page->count, &agrees, err);
        }
        if (status != HM_OK || agrees) {
            break;
        }
    }
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
        status = find_branch(in, overlaps[i] ? taken_before(inbox, i) : 0, store, err);
        *forked =
            *forked || (in->branch > 0 && hm_id_equal(&in->page.device, &inbox->known));
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
