/* SPDX-License-Identifier: Apache-2.0 */
#include "placed.h"

#include <string.h>

enum hm_status hm_placed_note(struct hm_inbox *inbox, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < inbox->page_count && status == HM_OK; i++) {
        const struct hm_page *page = &inbox->pages[i].page;
        struct hm_origin branch;
        if (inbox->pages[i].branch == 0) {
            continue;
        }
        status = hm_store_branch_get(inbox->store, &page->device, page->epoch,
                                     inbox->pages[i].branch, false, &branch, err);
        struct hm_placed *placed =
            hm_arena_grow(&inbox->placed_arena, inbox->placed, inbox->placed_count,
                          &inbox->placed_capacity, sizeof(*placed));
        if (status != HM_OK || placed == NULL) {
            return status != HM_OK ? status : hm_arena_status(&inbox->placed_arena, err);
        }
        inbox->placed = placed;
        placed[inbox->placed_count++] = (struct hm_placed){.device = page->device,
                                                           .epoch = page->epoch,
                                                           .seq = page->seq,
                                                           .count = page->count,
                                                           .branch = branch.row};
    }
    return status;
}

int64_t hm_placed_row(const struct hm_inbox *inbox,
                      const struct hm_origin *origin,
                      uint64_t seq,
                      uint64_t *count)
{
    for (size_t i = 0; i < inbox->placed_count; i++) {
        const struct hm_placed *page = &inbox->placed[i];
        uint64_t end = page->seq + page->count;
        if (page->epoch != origin->epoch || end <= seq || page->seq >= seq + *count ||
            !hm_id_equal(&page->device, &origin->device)) {
            continue;
        }
        if (page->seq <= seq) {
            *count = end - seq < *count ? end - seq : *count;
            return page->branch;
        }
        *count = page->seq - seq;
    }
    return origin->row;
}

enum hm_status hm_placed_stretches(struct hm_inbox *inbox,
                                   const struct hm_origin *origin,
                                   uint64_t seq,
                                   uint64_t count,
                                   struct hm_stretch **stretches,
                                   size_t *found,
                                   struct hm_err *err)
{
    struct hm_arena *arena = &inbox->arena;
    enum hm_status status = HM_OK;
    *stretches = NULL;
    *found = 0;
    for (uint64_t end = seq + count; seq < end && status == HM_OK;) {
        struct hm_stretch *some = NULL;
        size_t n = 0;
        uint64_t now = end - seq;
        int64_t row = hm_placed_row(inbox, origin, seq, &now);
        status = hm_store_stretches(inbox->store, row, seq, now, &some, &n, arena, err);
        struct hm_stretch *all = hm_arena_get_array(arena, *found + n, sizeof(*all));
        if (status == HM_OK) {
            status = hm_arena_status(arena, err);
        }
        if (status == HM_OK && *found > 0) {
            memcpy(all, *stretches, *found * sizeof(*all));
        }
        if (status == HM_OK && n > 0) {
            memcpy(all + *found, some, n * sizeof(*all));
        }
        *stretches = all;
        *found += n;
        seq += now;
    }
    return status;
}
