/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page as text. What expands is valid change by change, chains, and written again is
 * read as the same changes. The first byte decides which numbers mean nothing here.
 */
#include "hamlet/wire/page.h"

#include <stdlib.h>

#include "fuzz.h"
#include "hamlet/base/limits.h"

static const struct hm_id district = {{1}};

struct page_world {
    struct hm_arena arena;
    struct hm_reference *references;
    size_t count;
};

/* Any id will do, as long as the same number always means the same change. */
static void fill_needs(struct page_world *world,
                       struct hm_page_draft *draft,
                       uint8_t choice)
{
    size_t count = 0;
    struct hm_needed *needs = hm_page_draft_needs(draft, &count);
    world->references =
        hm_arena_get_array(&world->arena, count, sizeof(struct hm_reference));
    for (size_t i = 0; i < count; i++) {
        HM_ASSERT(needs[i].n > 0 || needs[i].seq > 0);
        uint64_t number = needs[i].n > 0 ? 2 * needs[i].n : 2 * needs[i].seq + 1;
        hm_prefix_put(needs[i].change.at, number);
        hm_prefix_put(needs[i].record.at, number % 5);
        needs[i].found = choice == 0 || number % choice != 0;
        if (needs[i].found) {
            world->references[world->count++] =
                (struct hm_reference){.prefix = hm_prefix_of(&needs[i].change),
                                      .n = needs[i].n,
                                      .seq = needs[i].seq,
                                      .record = needs[i].record};
        }
    }
}

static int by_prefix(const void *a, const void *b)
{
    hm_prefix x = ((const struct hm_reference *)a)->prefix;
    hm_prefix y = ((const struct hm_reference *)b)->prefix;
    return (x > y) - (x < y);
}

static void read_again(struct page_world *world,
                       const struct hm_page *page,
                       struct hm_bytes lines,
                       uint8_t choice)
{
    struct hm_page_draft *draft = NULL;
    struct hm_page again;
    HM_ASSERT(hm_page_draft_open(&draft, lines, NULL) == HM_OK);
    fill_needs(world, draft, choice);
    HM_ASSERT(hm_page_draft_expand(draft, &district, &again, &world->arena, NULL) ==
              HM_OK);
    HM_ASSERT(again.count == page->count && again.seq == page->seq);
    HM_ASSERT(hm_digest_equal(&again.head_after, &page->head_after));
    for (size_t i = 0; i < page->count; i++) {
        HM_ASSERT(hm_id_equal(&again.changes[i].id, &page->changes[i].id));
    }
    hm_page_draft_free(draft);
}

static void write_again(struct page_world *world,
                        const struct hm_page *page,
                        uint8_t choice)
{
    struct hm_page_text text;
    struct hm_buf lines;
    hm_page_text_init(&text);
    hm_buf_init(&lines, 2 * HM_PAGE_TEXT_MAX);
    qsort(world->references, world->count, sizeof(struct hm_reference), by_prefix);
    struct hm_page_writing writing = {.page = page,
                                      .references = world->references,
                                      .reference_count = world->count,
                                      .with_head = page->head_known};
    enum hm_status status = hm_page_write(&text, &writing, &world->arena, NULL);
    HM_ASSERT(status == HM_OK || status == HM_TOO_BIG);
    if (status == HM_OK) {
        hm_buf_put_bytes(&lines, hm_buf_bytes(&text.rows));
        hm_buf_put_bytes(&lines, hm_buf_bytes(&text.noise));
        world->count = 0;
        read_again(world, page, hm_buf_bytes(&lines), choice);
    }
    hm_buf_fini(&lines);
    hm_page_text_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes lines = {data, size};
    struct page_world world = {.count = 0};
    struct hm_page_draft *draft = NULL;
    struct hm_page page = {.count = 0};
    struct hm_err err = HM_ERR_NONE;
    uint8_t choice = fuzz_choice(&lines);
    hm_arena_init(&world.arena, FUZZ_ARENA_MAX);
    enum hm_status status = hm_page_draft_open(&draft, lines, &err);
    if (status == HM_OK) {
        fill_needs(&world, draft, choice);
        status = hm_page_draft_expand(draft, &district, &page, &world.arena, &err);
    } else {
        HM_ASSERT(draft == NULL);
    }
    HM_ASSERT(status == HM_OK || status == HM_PROTOCOL || status == HM_TOO_BIG);
    HM_ASSERT((status == HM_OK) == (err.key == NULL));
    if (status == HM_OK) {
        HM_ASSERT(page.count > 0 && page.count <= HM_PAGE_CHANGES_MAX);
        for (size_t i = 0; i < page.count; i++) {
            HM_ASSERT(hm_change_valid(&page.changes[i]));
        }
        write_again(&world, &page, choice);
    }
    hm_page_draft_free(draft);
    hm_arena_fini(&world.arena);
    return 0;
}
