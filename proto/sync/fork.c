/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that give a number of an origin to another change than stands there: a copied
 * disk went its own way, or somebody signs two things. Were both kept, no page over these
 * numbers could be put together again, and no laptop of the unit would take the reply.
 */
#include <stdlib.h>

#include "serving.h"

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

/*
 * Of the pages of one body that overlap the first stays: no honest program sends a number
 * twice in one request.
 */
static enum hm_status drop_overlaps(struct hm_inbox *inbox,
                                    bool *drop,
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
        if (last != NULL && same_origin(last, page) &&
            page->seq < last->seq + last->count) {
            drop[places[i].at] = true;
        } else {
            last = page;
        }
    }
    return HM_OK;
}

/* `*forked`: the one who asks contradicts himself. Who relays another's page may not
 * know. */
static enum hm_status compare_all(const struct hm_inbox *inbox,
                                  struct hm_store *store,
                                  bool *drop,
                                  bool *forked,
                                  struct hm_err *err)
{
    struct hm_origin origin = {.row = 0};
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < inbox->page_count && status == HM_OK; i++) {
        const struct hm_page *page = &inbox->pages[i].page;
        bool agrees = true;
        if (i == 0 || !same_origin(&inbox->pages[i - 1].page, page)) {
            status = hm_store_origin_get(store, &page->device, page->epoch, false,
                                         &origin, err);
        }
        if (status == HM_OK && origin.row != 0) {
            status = hm_store_envelopes_agree(store, origin.row, page->seq, page->changes,
                                              page->count, &agrees, err);
        }
        drop[i] = drop[i] || !agrees;
        *forked = *forked || (!agrees && hm_id_equal(&page->device, &inbox->known));
    }
    return status;
}

enum hm_status hm_inbox_drop_forks(struct hm_inbox *inbox,
                                   struct hm_store *store,
                                   bool *forked,
                                   struct hm_err *err)
{
    size_t kept = 0;
    bool *drop = hm_arena_get_array(&inbox->arena, inbox->page_count, sizeof(*drop));
    enum hm_status status = hm_arena_status(&inbox->arena, err);
    *forked = false;
    if (status == HM_OK && inbox->page_count > 1) {
        status = drop_overlaps(inbox, drop, err);
    }
    if (status == HM_OK) {
        status = compare_all(inbox, store, drop, forked, err);
    }
    for (size_t i = 0; i < inbox->page_count && status == HM_OK; i++) {
        if (drop[i]) {
            inbox->change_count -= inbox->pages[i].page.count;
        } else {
            inbox->pages[kept++] = inbox->pages[i];
        }
    }
    inbox->page_count = status == HM_OK ? kept : inbox->page_count;
    return status;
}
