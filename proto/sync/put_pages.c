/* SPDX-License-Identifier: Apache-2.0 */
#include "put_pages.h"

/* Runs of neighbouring rows of one page get one envelope. */
static enum hm_status put_envelopes(struct hm_store *store,
                                    int64_t origin,
                                    const struct hm_page *page,
                                    const struct hm_put *puts,
                                    struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t from = 0; from < page->count && status == HM_OK;) {
        size_t to = from + 1;
        while (to < page->count && puts[to].row == puts[to - 1].row + 1) {
            to++;
        }
        status = hm_store_envelopes_put(store, origin, page->seq + from, puts[from].row,
                                        to - from, err);
        from = to;
    }
    return status;
}

enum hm_status hm_inbox_put_pages(const struct hm_inbox *inbox,
                                  struct hm_store *store,
                                  const struct hm_put *puts,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_stored_page *stored =
        hm_arena_get_array(arena, inbox->page_count, sizeof(*stored));
    struct hm_origin origin = {.row = 0};
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t p = 0; p < inbox->page_count && status == HM_OK; p++) {
        const struct hm_page *page = &inbox->pages[p].page;
        unsigned branch = inbox->pages[p].branch;
        if (origin.row == 0 || origin.epoch != page->epoch || origin.branch != branch ||
            !hm_id_equal(&origin.device, &page->device)) {
            status = hm_store_branch_get(store, &page->device, page->epoch, branch, true,
                                         &origin, err);
        }
        if (status == HM_OK) {
            status = put_envelopes(store, origin.row, page, puts, err);
        }
        stored[p] = hm_stored_page_of(page, origin.row);
        puts += page->count;
    }
    return status != HM_OK
               ? status
               : hm_store_pages_put(store, stored, inbox->page_count, arena, err);
}
