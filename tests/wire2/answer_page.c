/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/page.h"

#include <stdlib.h>

#include "answer.h"

/* [number, change, record]: fill in what is asked for. */
static void answer_need(struct hm_needed *needed,
                        const struct hm_json *list,
                        uint64_t number)
{
    const struct hm_json *item = list == NULL ? NULL : hm_json_first(list);
    for (; item != NULL; item = hm_json_next(item)) {
        if (hm_json_int_or(hm_json_at(item, 0), 0) == (int64_t)number) {
            needed->found = true;
            (void)heard_raw(needed->change.at, HM_ID_SIZE, hm_json_at(item, 1));
            (void)heard_raw(needed->record.at, HM_ID_SIZE, hm_json_at(item, 2));
        }
    }
}

static void answer_needs(struct hm_page_draft *draft, const struct hm_json *ask)
{
    size_t count = 0;
    struct hm_needed *needed = hm_page_draft_needs(draft, &count);
    for (size_t i = 0; i < count; i++) {
        bool entry = needed[i].n > 0;
        answer_need(&needed[i], hm_json_get(ask, entry ? "entries" : "seqs"),
                    entry ? needed[i].n : needed[i].seq);
    }
}

/* Whether the page is signed by the key in the question. */
static bool is_signed(struct answering *a, const struct hm_page *page)
{
    struct hm_key key;
    return answer_raw(a, "key", key.at, HM_KEY_SIZE) && hm_page_check(page, &key);
}

enum hm_status answer_expand(struct answering *a)
{
    struct hm_page_draft *draft = NULL;
    struct hm_page page;
    struct hm_id district;
    (void)answer_raw(a, "district", district.at, HM_ID_SIZE);
    enum hm_status status = hm_page_draft_open(&draft, answer_hex(a, "text"), a->err);
    if (status != HM_OK) {
        return status;
    }
    answer_needs(draft, a->ask);
    status = hm_page_draft_expand(draft, &district, &page, a->arena, a->err);
    if (status == HM_OK && !page.head_known) {
        page.head_known = answer_raw(a, "before", page.head_before.at, HM_DIGEST_SIZE);
        hm_page_head(&page);
        status = page.head_known ? HM_OK : answer_refuse(a, "page");
    }
    if (status == HM_OK) {
        hm_json_key(a->out, "page");
        told_page(a->out, &page);
        hm_json_key(a->out, "changes");
        told_changes(a->out, page.changes, page.count);
        hm_json_put_bool(a->out, "signed", is_signed(a, &page));
    }
    hm_page_draft_free(draft);
    return status;
}

static int by_prefix(const void *left, const void *right)
{
    const struct hm_reference *a = left;
    const struct hm_reference *b = right;
    return (a->prefix > b->prefix) - (a->prefix < b->prefix);
}

static struct hm_reference *heard_references(const struct hm_json *list,
                                             size_t *count,
                                             struct hm_arena *arena)
{
    *count = hm_json_count(list);
    struct hm_reference *references =
        hm_arena_get_array(arena, *count + 1, sizeof(*references));
    const struct hm_json *item = hm_json_first(list);
    for (size_t i = 0; i < *count; i++) {
        uint8_t at[HM_PREFIX_SIZE];
        (void)heard_raw(at, sizeof(at), hm_json_at(item, 0));
        references[i].prefix = hm_prefix_from(at);
        references[i].n = (uint64_t)hm_json_int_or(hm_json_at(item, 1), 0);
        references[i].seq = (uint64_t)hm_json_int_or(hm_json_at(item, 2), 0);
        (void)heard_raw(references[i].record.at, HM_ID_SIZE, hm_json_at(item, 3));
        item = hm_json_next(item);
    }
    qsort(references, *count, sizeof(*references), by_prefix);
    return references;
}

static struct hm_run *heard_runs(const struct hm_json *list,
                                 size_t *count,
                                 struct hm_arena *arena)
{
    *count = hm_json_count(list);
    struct hm_run *runs = hm_arena_get_array(arena, *count + 1, sizeof(*runs));
    const struct hm_json *item = hm_json_first(list);
    for (size_t i = 0; i < *count; i++) {
        (void)heard_raw(runs[i].seed, HM_SALT_SIZE, hm_json_at(item, 0));
        runs[i].seq = (uint64_t)hm_json_int_or(hm_json_at(item, 1), 0);
        runs[i].count = (uint64_t)hm_json_int_or(hm_json_at(item, 2), 0);
        item = hm_json_next(item);
    }
    return runs;
}

enum hm_status answer_write(struct answering *a)
{
    const struct hm_json *ask = a->ask;
    struct hm_page page;
    struct hm_page_text text;
    struct hm_page_writing writing = {.page = &page};
    heard_page(&page, hm_json_get(ask, "page"));
    page.changes =
        heard_changes(hm_json_get(ask, "changes"), &page.count, a->arena, true);
    writing.references =
        heard_references(hm_json_get(ask, "numbers"), &writing.reference_count, a->arena);
    writing.runs = heard_runs(hm_json_get(ask, "runs"), &writing.run_count, a->arena);
    writing.with_head = heard_flag(ask, "with_head");
    hm_page_text_init(&text);
    enum hm_status status = hm_page_write(&text, &writing, a->arena, a->err);
    if (status == HM_OK) {
        hm_json_put_text(a->out, "rows", hm_buf_bytes(&text.rows));
        hm_json_put_text(a->out, "noise", hm_buf_bytes(&text.noise));
    }
    hm_page_text_fini(&text);
    return status;
}
