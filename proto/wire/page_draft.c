/* SPDX-License-Identifier: Apache-2.0 */
#include "page_draft.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "page_form.h"

static const struct hm_json_limits line_limits = {.size_max = HM_PAGE_TEXT_MAX,
                                                  .depth_max = 12,
                                                  .values_max = 20000};

static enum hm_status refuse(struct hm_err *err, const char *what)
{
    return hm_fail(err, HM_PROTOCOL, "page", what, NULL, NULL);
}

void hm_page_draft_free(struct hm_page_draft *draft)
{
    if (draft == NULL) {
        return;
    }
    for (size_t i = 0; i < draft->line_count; i++) {
        hm_json_free(draft->lines[i]);
    }
    hm_arena_fini(&draft->arena);
    free(draft);
}

static enum hm_status parse_lines(struct hm_page_draft *draft,
                                  struct hm_bytes text,
                                  struct hm_err *err)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.size; i++) {
        lines += text.data[i] == '\n';
    }
    draft->lines = hm_arena_get_array(&draft->arena, lines, sizeof(struct hm_json *));
    if (draft->lines == NULL) {
        return hm_arena_status(&draft->arena, err);
    }
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        if (end == NULL) {
            return refuse(err, "line");
        }
        struct hm_bytes line = {text.data, (size_t)(end - text.data)};
        enum hm_status status =
            hm_json_parse(&draft->lines[draft->line_count], line, &line_limits, err);
        if (status != HM_OK) {
            return status == HM_BAD_INPUT ? HM_PROTOCOL : status;
        }
        draft->row_count += hm_json_is(draft->lines[draft->line_count], HM_JSON_LIST);
        draft->line_count++;
        text.data = end + 1;
        text.size -= line.size + 1;
    }
    if (draft->line_count < 4 || draft->row_count == 0 ||
        draft->row_count > HM_PAGE_CHANGES_MAX) {
        return refuse(err, "rows");
    }
    return HM_OK;
}

static enum hm_status read_header(struct hm_page_draft *draft, struct hm_err *err)
{
    struct hm_page *page = &draft->header;
    const struct hm_json *first = draft->lines[0];
    const struct hm_json *sign = draft->lines[draft->line_count - 2];
    const struct hm_json *opening = hm_json_get(first, "page");
    const struct hm_json *head = hm_json_get(first, "head");
    int64_t epoch = hm_json_int_or(hm_json_at(opening, 1), -1);
    int64_t seq = hm_json_int_or(hm_json_at(opening, 3), 0);
    int64_t registry_n = hm_json_int_or(hm_json_at(opening, 4), -1);
    page->home = hm_json_text_or(hm_json_at(opening, 2), HM_NO_BYTES);
    if (!hm_json_b64_get(page->device.at, HM_ID_SIZE, hm_json_at(opening, 0)) ||
        epoch < 1 || epoch > UINT32_MAX || seq < 1 || registry_n < 0 ||
        page->home.size == 0 || page->home.size > HM_NAME_MAX ||
        !hm_json_b64_get(page->signature.at, HM_SIGNATURE_SIZE,
                         hm_json_get(sign, "sign"))) {
        return refuse(err, "opening");
    }
    if (head != NULL) {
        page->head_known = hm_json_b64_get(page->head_before.at, HM_DIGEST_SIZE, head);
        if (!page->head_known) {
            return refuse(err, "head");
        }
    }
    page->epoch = (uint32_t)epoch;
    page->seq = (uint64_t)seq;
    page->registry_n = (uint64_t)registry_n;
    page->count = draft->row_count;
    return HM_OK;
}

bool hm_page_needs(struct hm_needed *needed,
                   const struct hm_page *header,
                   uint64_t seq,
                   const struct hm_json *reference)
{
    int64_t number = hm_json_int_or(reference, 0);
    *needed = (struct hm_needed){.n = number > 0 ? (uint64_t)number : 0};
    if (number >= 0) {
        return number > 0;
    }
    uint64_t back = (uint64_t)-number;
    needed->seq = back < seq ? seq - back : 0;
    return needed->seq < header->seq;
}

int hm_needed_compare(const void *a, const void *b)
{
    const struct hm_needed *x = a;
    const struct hm_needed *y = b;
    if (x->n != y->n) {
        return x->n < y->n ? -1 : 1;
    }
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Counts where `to` is null. Everything in a row that may be a reference. */
static size_t row_needs(const struct hm_page_draft *draft,
                        const struct hm_json *row,
                        uint64_t seq,
                        struct hm_needed *to)
{
    struct hm_needed one;
    size_t count = 0;
    const struct hm_json *extras = hm_json_at(hm_json_at(row, 1), 1);
    const struct hm_json *replaces = hm_json_first(hm_json_get(extras, "r"));
    const struct hm_json *seen = hm_json_first(hm_json_get(extras, "seen"));
    bool create = hm_json_int_or(hm_json_first(row), 0) % HM_ACTS_A_KIND == HM_ACT_CREATE;
    if (!create && hm_page_needs(&one, &draft->header, seq, hm_json_at(row, 2))) {
        if (to != NULL) {
            to[count] = one;
        }
        count++;
    }
    for (; replaces != NULL; replaces = hm_json_next(replaces)) {
        const struct hm_json *at =
            hm_json_is(replaces, HM_JSON_LIST) ? hm_json_first(replaces) : NULL;
        for (at = at == NULL ? NULL : hm_json_next(at); at != NULL;
             at = hm_json_next(at)) {
            if (hm_page_needs(&one, &draft->header, seq, at)) {
                if (to != NULL) {
                    to[count] = one;
                }
                count++;
            }
        }
    }
    for (; seen != NULL; seen = hm_json_next(seen)) {
        if (hm_page_needs(&one, &draft->header, seq, seen)) {
            if (to != NULL) {
                to[count] = one;
            }
            count++;
        }
    }
    return count;
}

static size_t all_needs(const struct hm_page_draft *draft, struct hm_needed *to)
{
    size_t count = 0;
    uint64_t seq = draft->header.seq;
    for (size_t i = 0; i < draft->line_count; i++) {
        if (hm_json_is(draft->lines[i], HM_JSON_LIST)) {
            count +=
                row_needs(draft, draft->lines[i], seq, to == NULL ? NULL : to + count);
            seq++;
        }
    }
    return count;
}

static enum hm_status find_needs(struct hm_page_draft *draft, struct hm_err *err)
{
    size_t count = all_needs(draft, NULL);
    draft->needs = hm_arena_get_array(&draft->arena, count, sizeof(*draft->needs));
    if (draft->needs == NULL) {
        return hm_arena_status(&draft->arena, err);
    }
    (void)all_needs(draft, draft->needs);
    if (count > 1) {
        qsort(draft->needs, count, sizeof(*draft->needs), hm_needed_compare);
    }
    for (size_t i = 0; i < count; i++) {
        if (draft->need_count == 0 ||
            hm_needed_compare(&draft->needs[draft->need_count - 1], &draft->needs[i]) !=
                0) {
            draft->needs[draft->need_count++] = draft->needs[i];
        }
    }
    return HM_OK;
}

static enum hm_status find_tail(struct hm_page_draft *draft, struct hm_err *err)
{
    draft->tail = hm_json_get(draft->lines[draft->line_count - 1], "tail");
    return hm_json_is(draft->tail, HM_JSON_LIST) ? HM_OK : refuse(err, "tail");
}

enum hm_status hm_page_draft_open(struct hm_page_draft **draft,
                                  struct hm_bytes lines,
                                  struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_page_draft *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    hm_arena_init(&made->arena, 16 * HM_PAGE_TEXT_MAX);
    if (lines.size > HM_PAGE_TEXT_MAX) {
        status = hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = parse_lines(made, lines, err);
    }
    if (status == HM_OK) {
        status = read_header(made, err);
    }
    if (status == HM_OK) {
        status = find_tail(made, err);
    }
    if (status == HM_OK) {
        status = find_needs(made, err);
    }
    if (status == HM_OK) {
        *draft = made;
        made = NULL;
    }
    hm_page_draft_free(made);
    return status;
}

const struct hm_page *hm_page_draft_header(const struct hm_page_draft *draft)
{
    return &draft->header;
}

struct hm_needed *hm_page_draft_needs(struct hm_page_draft *draft, size_t *count)
{
    *count = draft->need_count;
    return draft->needs;
}
