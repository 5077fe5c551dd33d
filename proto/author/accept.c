/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's own changes: there is nobody else to judge them, so they are signed into
 * pages and accepted where they are written.
 */
#include "hamlet/model/page.h"
#include "hamlet/store/buckets.h"
#include "inside.h"

/* About what fits a page as sent; the registry's rows pack to a third of this. */
enum { PAGE_BODY_BYTES = 4096, PAGE_CHANGES = 40 };

static size_t body_size(const struct hm_change *change)
{
    size_t size = 0;
    for (size_t i = 0; i < change->write_count; i++) {
        size += change->writes[i].value.size + HM_PREFIX_SIZE;
    }
    return size;
}

/* How many changes from `at` on go into one page: of one home, of bounded size. */
static size_t page_length(const struct hm_author *author, size_t at)
{
    size_t size = 0;
    size_t count = 0;
    while (at + count < author->pending_count && count < PAGE_CHANGES) {
        const struct hm_change *change = author->pending[at + count].change;
        size += body_size(change);
        if (count > 0 &&
            (size > PAGE_BODY_BYTES ||
             !hm_bytes_equal(change->home, author->pending[at].change->home))) {
            break;
        }
        count++;
    }
    return count;
}

/* Signs the page and moves *head to its end. */
static enum hm_status put_page(struct hm_author *author,
                               size_t at,
                               size_t count,
                               uint64_t seq,
                               struct hm_digest *head,
                               struct hm_err *err)
{
    struct hm_page page = {.device = author->device,
                           .epoch = author->origin.epoch,
                           .home = author->pending[at].change->home,
                           .seq = seq,
                           .head_before = *head,
                           .head_after = *head,
                           .count = count};
    for (size_t i = 0; i < count; i++) {
        hm_chain_next(&page.head_after, &author->pending[at + i].change->id);
    }
    enum hm_status status = hm_store_bucket_n(author->store, hm_text(HM_HOME_REGISTRY),
                                              &page.registry_n, err);
    if (status != HM_OK) {
        return status;
    }
    hm_page_sign(&page, author->secret);
    *head = page.head_after;
    struct hm_stored_page stored = hm_stored_page_of(&page, author->origin.row);
    return hm_store_pages_put(author->store, &stored, 1, &author->arena, err);
}

enum hm_status hm_author_accept(struct hm_author *author,
                                uint64_t first_seq,
                                struct hm_err *err)
{
    struct hm_origin before;
    enum hm_status status = hm_store_origin_get(author->store, &author->device,
                                                author->origin.epoch, true, &before, err);
    for (size_t at = 0; at < author->pending_count && status == HM_OK;) {
        size_t count = page_length(author, at);
        status = put_page(author, at, count, first_seq + at, &before.head, err);
        struct hm_entry entry = {
            .count = count, .change = author->pending[at].row, .kind = HM_ENTRY_ACCEPTED};
        if (status == HM_OK) {
            status =
                hm_store_entries_append(author->store, author->pending[at].change->home,
                                        &entry, 1, &author->arena, err);
        }
        at += count;
    }
    return status;
}
