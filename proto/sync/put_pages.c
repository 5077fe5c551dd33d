/* SPDX-License-Identifier: Apache-2.0 */
#include "put_pages.h"

#include "hamlet/store/registry.h"
#include "hamlet/sync/judge.h"

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

/*
 * What a device wrote beyond what its revocation names is not merged, whatever way it
 * came: the entry that says so may be in what a cut took.
 */
static enum hm_status refuse_beyond(struct hm_inbox *inbox,
                                    struct hm_store *store,
                                    const struct hm_inbox_page *in,
                                    struct hm_put *puts,
                                    struct hm_err *err)
{
    struct hm_device device;
    enum hm_status status =
        hm_store_device_get(store, &in->page.device, &device, &inbox->arena, err);
    for (size_t i = 0; i < in->page.count && status == HM_OK && device.revoked; i++) {
        struct hm_written written = hm_inbox_written(in, i);
        if (hm_device_beyond(&device, written.epoch, written.seq)) {
            puts[i].verdict = HM_VERDICT_QUARANTINED;
        }
    }
    return status;
}

static bool is_registry(const struct hm_inbox_page *page)
{
    return hm_bytes_are(page->page.home, HM_HOME_REGISTRY);
}

/* Pages from `*p` on, up to the next that is of the registry, or is not. */
static enum hm_status put_alike(struct hm_inbox *inbox,
                                struct hm_store *store,
                                size_t *p,
                                struct hm_put *list,
                                size_t *count,
                                struct hm_err *err)
{
    bool registry = is_registry(&inbox->pages[*p]);
    enum hm_status status = HM_OK;
    *count = 0;
    while (*p < inbox->page_count && is_registry(&inbox->pages[*p]) == registry &&
           status == HM_OK) {
        const struct hm_page *page = &inbox->pages[*p].page;
        for (size_t i = 0; i < page->count; i++) {
            list[*count + i] = (struct hm_put){.change = &page->changes[i]};
        }
        status = refuse_beyond(inbox, store, &inbox->pages[*p], list + *count, err);
        *count += page->count;
        ++*p;
    }
    return status != HM_OK ? status
                           : hm_store_changes_put(store, list, *count,
                                                  hm_env_wall(hm_store_env(store)),
                                                  &inbox->arena, err);
}

/* Those of the registry by themselves: what they revoke holds for what came with them. */
enum hm_status hm_inbox_put_changes(struct hm_inbox *inbox,
                                    struct hm_store *store,
                                    struct hm_put **puts,
                                    struct hm_err *err)
{
    struct hm_put *list =
        hm_arena_get_array(&inbox->arena, inbox->change_count, sizeof(*list));
    size_t at = 0;
    enum hm_status status = hm_arena_status(&inbox->arena, err);
    for (size_t p = 0; p < inbox->page_count && status == HM_OK;) {
        size_t count = 0;
        status = put_alike(inbox, store, &p, list + at, &count, err);
        at += count;
    }
    *puts = list;
    return status;
}
