/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - a signed page as text, and back.
 *
 * Owner:  proto/wire/page_write.c, page_draft.c, page_read.c; layer 2
 * Format: PROTOCOL.md section 6
 *
 * Writing and reading know no kinds: the names of registers travel with the page, so that
 * a replica can relay what it does not understand. Expansion is total: the text and what
 * its references mean give the changes, or the page is refused as a whole.
 */
#ifndef HAMLET_WIRE_PAGE_H
#define HAMLET_WIRE_PAGE_H

#include "hamlet/model/page.h"

/*
 * What a number on the wire means: entry `n` of the home's bucket, or the change with
 * sequence number `seq` of the page's origin.
 */
struct hm_reference {
    hm_prefix prefix; /* of the change meant */
    uint64_t n;       /* 0: no entry known */
    uint64_t seq;     /* 0: of another origin, or not known */
    struct hm_id record;
};

/* A run of salts that the author still holds (PROTOCOL.md 3.2). */
struct hm_run {
    uint8_t seed[HM_SALT_SIZE];
    uint64_t seq; /* of the change with index 0 */
    uint64_t count;
};

struct hm_page_text {
    struct hm_buf rows;  /* all lines but the last */
    struct hm_buf noise; /* the last: the tail */
};

void hm_page_text_init(struct hm_page_text *text);
void hm_page_text_fini(struct hm_page_text *text);

/* A signed page, and what its reader knows beside it. */
struct hm_page_writing {
    const struct hm_page *page;
    /* What numbers may be used, ascending by prefix: only what the reader holds. */
    const struct hm_reference *references;
    size_t reference_count;
    const struct hm_run *runs; /* null: keys travel one by one */
    size_t run_count;
    bool with_head; /* the reader cannot know head_before from the line before */
};

/* Write the text of a page. HM_TOO_BIG: it does not fit HM_PAGE_TEXT_MAX. */
HM_CHECKED enum hm_status hm_page_write(struct hm_page_text *text,
                                        const struct hm_page_writing *writing,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/*
 * Reading, step one: the lines of one page, from the one with "page" to the one with
 * "tail". `draft` keeps the parsed lines; hm_page_draft_free takes it or null.
 */
struct hm_page_draft;
HM_CHECKED enum hm_status hm_page_draft_open(struct hm_page_draft **draft,
                                             struct hm_bytes lines,
                                             struct hm_err *err);
void hm_page_draft_free(struct hm_page_draft *draft);
const struct hm_page *hm_page_draft_header(const struct hm_page_draft *draft);

/* A number that the draft uses for something outside itself. */
struct hm_needed {
    uint64_t n;   /* entry of the home's bucket, or 0 */
    uint64_t seq; /* of the page's origin, or 0 */
    bool found;   /* the caller fills in these three */
    struct hm_id change;
    struct hm_id record;
};

/* The numbers, each once; the array belongs to the draft and is the caller's to fill. */
struct hm_needed *hm_page_draft_needs(struct hm_page_draft *draft, size_t *count);

/*
 * Step two: with all numbers filled in, the changes with their ids. Everything comes from
 * `arena` and does not outlive the draft. `district` is the reader's own system. The head
 * after is computed, the signature not yet checked.
 * HM_PROTOCOL  breaks the format, or a number means nothing here; nothing is to be kept
 */
HM_CHECKED enum hm_status hm_page_draft_expand(struct hm_page_draft *draft,
                                               const struct hm_id *district,
                                               struct hm_page *page,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

#endif
