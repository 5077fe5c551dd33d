/* SPDX-License-Identifier: Apache-2.0 */
/* page_draft.h - a page's parsed lines, between finding its references and expanding it.
 */
#ifndef HAMLET_WIRE_PAGE_DRAFT_H
#define HAMLET_WIRE_PAGE_DRAFT_H

#include "hamlet/base/json.h"
#include "hamlet/wire/page.h"

struct hm_page_draft {
    struct hm_arena arena;
    struct hm_json **lines; /* first the opening, at the end signature and tail */
    size_t line_count;
    size_t row_count;
    const struct hm_json *tail; /* list of text */
    struct hm_page header;      /* all but changes and head after */
    struct hm_needed *needs;
    size_t need_count;
};

/* The reference as a number outside the page; false: it is none, or means a row of it. */
bool hm_page_needs(struct hm_needed *needed,
                   const struct hm_page *header,
                   uint64_t seq,
                   const struct hm_json *reference);
int hm_needed_compare(const void *a, const void *b);

#endif
