/* SPDX-License-Identifier: Apache-2.0 */
#include "page_out.h"

#include "hamlet/store/buckets.h"

enum hm_status hm_page_out_of(struct hm_page *page,
                              const struct hm_id *device,
                              uint32_t epoch,
                              const struct hm_stored_page *stored,
                              const struct hm_held *held,
                              size_t count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_change *changes = hm_arena_get_array(arena, count, sizeof(*changes));
    if (changes == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        changes[i] = held[i].change;
    }
    *page = (struct hm_page){.device = *device,
                             .epoch = epoch,
                             .home = stored->home,
                             .seq = stored->seq,
                             .registry_n = stored->registry_n,
                             .head_before = stored->head_before,
                             .head_after = stored->head_after,
                             .changes = changes,
                             .count = count,
                             .signature = stored->signature};
    return HM_OK;
}

/* Every predecessor that the page's changes name, ascending, each once. */
static enum hm_status gather_prefixes(const struct hm_page *page,
                                      hm_prefix **prefixes,
                                      size_t *count,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    size_t room = 0;
    size_t n = 0;
    for (size_t i = 0; i < page->count; i++) {
        room += page->changes[i].seen_count;
        for (size_t w = 0; w < page->changes[i].write_count; w++) {
            room += page->changes[i].writes[w].replaces_count;
        }
    }
    hm_prefix *list = hm_arena_get_array(arena, room, sizeof(*list));
    for (size_t i = 0; list != NULL && i < page->count; i++) {
        const struct hm_change *change = &page->changes[i];
        for (size_t s = 0; s < change->seen_count; s++) {
            list[n++] = change->seen[s];
        }
        for (size_t w = 0; w < change->write_count; w++) {
            for (size_t p = 0; p < change->writes[w].replaces_count; p++) {
                list[n++] = change->writes[w].replaces[p];
            }
        }
    }
    *prefixes = list;
    *count = list == NULL ? 0 : hm_prefixes_sort(list, n);
    return hm_arena_status(arena, err);
}

/* Only numbers that the reader can look up; the others travel as prefixes. */
static enum hm_status find_references(const struct hm_page_out *out,
                                      struct hm_reference **references,
                                      size_t *count,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    hm_prefix *prefixes = NULL;
    enum hm_status status = gather_prefixes(&out->page, &prefixes, count, arena, err);
    struct hm_number *numbers = hm_arena_get_array(arena, *count, sizeof(*numbers));
    struct hm_reference *list = hm_arena_get_array(arena, *count, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < *count && status == HM_OK; i++) {
        numbers[i] = (struct hm_number){.prefix = prefixes[i]};
    }
    if (status == HM_OK) {
        status = hm_store_numbers(out->store, out->page.home, out->origin, numbers,
                                  *count, arena, err);
    }
    for (size_t i = 0; i < *count && status == HM_OK; i++) {
        const struct hm_number *number = &numbers[i];
        bool in_page = number->seq >= out->page.seq;
        bool held =
            out->knows.whole_origin ||
            (number->n > 0 && number->n <= out->knows.n_sent && !out->knows.shared);
        list[i] = (struct hm_reference){
            .prefix = number->prefix,
            .n = number->n <= out->knows.n ? number->n : 0,
            .seq = number->seq > 0 && (in_page || held) ? number->seq : 0,
            .record = number->record};
    }
    *references = list;
    return status;
}

enum hm_status hm_page_out_write(struct hm_page_text *text,
                                 const struct hm_page_out *out,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_reference *references = NULL;
    size_t count = 0;
    enum hm_status status = find_references(out, &references, &count, arena, err);
    struct hm_page_writing writing = {.page = &out->page,
                                      .references = references,
                                      .reference_count = count,
                                      .runs = out->runs,
                                      .run_count = out->run_count,
                                      .with_head = out->with_head};
    return status != HM_OK ? status : hm_page_write(text, &writing, arena, err);
}

enum hm_status hm_page_out_put(struct hm_deflate *deflate,
                               struct hm_buf *stream,
                               const struct hm_page_text *text,
                               struct hm_err *err)
{
    enum hm_status status =
        hm_deflate_put(deflate, stream, hm_buf_bytes(&text->rows), HM_TEXTURE_ROWS, err);
    if (status == HM_OK) {
        status = hm_deflate_put(deflate, stream, hm_buf_bytes(&text->noise),
                                HM_TEXTURE_NOISE, err);
    }
    return status != HM_OK ? status : hm_deflate_flush(deflate, stream, err);
}
