/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_out.h - pages of the store as text, with the references that their reader knows.
 *
 * Private to proto/sync; both directions send pages through here.
 */
#ifndef HAMLET_SYNC_PAGE_OUT_H
#define HAMLET_SYNC_PAGE_OUT_H

#include "hamlet/model/page.h"
#include "hamlet/store/pages.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/stream.h"

/* What the reader can look up: numbers of entries, and of earlier changes by their seq.
 */
struct hm_reader_knows {
    uint64_t n;        /* entries up to here, before this stream */
    uint64_t n_sent;   /* and up to here with what this stream gave before the page */
    bool whole_origin; /* every earlier change of the page's origin */
    bool shared; /* … may have come in another: no numbers of it beyond the page */
};

/* The page as it was signed, with the `count` changes of it; skeletons are made by the
 * caller. Borrows from all it is given; its list of changes is the arena's. */
HM_CHECKED enum hm_status hm_page_out_of(struct hm_page *page,
                                         const struct hm_id *device,
                                         uint32_t epoch,
                                         const struct hm_stored_page *stored,
                                         const struct hm_held *held,
                                         size_t count,
                                         struct hm_arena *arena,
                                         struct hm_err *err);

/* One page to write. */
struct hm_page_out {
    struct hm_store *store;
    struct hm_page page;
    int64_t origin;
    struct hm_reader_knows knows;
    const struct hm_run *runs;
    size_t run_count;
    bool with_head;
};

HM_CHECKED enum hm_status hm_page_out_write(struct hm_page_text *text,
                                            const struct hm_page_out *out,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/* Append the page to a stream, flushed. */
HM_CHECKED enum hm_status hm_page_out_put(struct hm_deflate *deflate,
                                          struct hm_buf *stream,
                                          const struct hm_page_text *text,
                                          struct hm_err *err);

#endif
