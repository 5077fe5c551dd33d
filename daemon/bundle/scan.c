/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/bundle/in.h"
#include "hamlet/wire/offer.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/reply.h"
#include "hamlet/wire/request.h"
#include "hamlet/wire/stream.h"

static enum hm_status scan_page(struct hm_bytes lines, struct hm_err *err)
{
    struct hm_page_draft *draft = NULL;
    enum hm_status status = hm_page_draft_open(&draft, lines, err);
    hm_page_draft_free(draft);
    return status;
}

/* The lines of a stream: pages, each from its first to its tail, entries and offers. */
static enum hm_status scan_lines(struct hm_bytes text, struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_entry_line entries;
    struct hm_offer_line offer;
    const uint8_t *page = NULL;
    enum hm_status status = HM_OK;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    for (const uint8_t *at = text.data, *end = text.data + text.size;
         at < end && status == HM_OK;) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) {
            break; /* it was cut here */
        }
        struct hm_bytes line = {at, (size_t)(stop - at)};
        enum hm_line kind = hm_line_kind(line);
        if (kind == HM_LINE_PAGE) {
            page = at;
        } else if (kind == HM_LINE_TAIL && page != NULL) {
            status = scan_page((struct hm_bytes){page, (size_t)(stop - page) + 1}, err);
            page = NULL;
        } else if (kind == HM_LINE_ENTRIES && page == NULL) {
            status = hm_entry_line_read(&entries, line, &arena, err);
            hm_arena_clear(&arena);
        } else if (kind == HM_LINE_OFFER && page == NULL) {
            status = hm_offer_line_read(&offer, line, &arena, err);
            hm_arena_clear(&arena);
        }
        if (page != NULL && (size_t)(stop - page) > HM_PAGE_TEXT_MAX) {
            status = hm_fail(err, HM_PROTOCOL, "page", "line", NULL, NULL);
        }
        at = stop + 1;
    }
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status scan_first(struct hm_bytes line,
                                 bool is_request,
                                 struct hm_err *err)
{
    static const struct hm_id nobody;
    struct hm_arena arena;
    struct hm_request request;
    struct hm_request_line parts;
    struct hm_reply reply;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = is_request
                                ? hm_request_read(&request, &parts, line, &arena, err)
                                : hm_reply_read(&reply, line, &nobody, 1, &arena, err);
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_bundle_scan(struct hm_bytes body, bool is_request, struct hm_err *err)
{
    struct hm_inflate *inflate = NULL;
    struct hm_buf text;
    const uint8_t *end = body.size == 0 ? NULL : memchr(body.data, '\n', body.size);
    if (end == NULL) {
        return HM_OK; /* it was cut before there was anything */
    }
    size_t size = (size_t)(end - body.data);
    hm_buf_init(&text, HM_INFLATE_BYTES_MAX);
    enum hm_status status =
        scan_first((struct hm_bytes){body.data, size}, is_request, err);
    struct hm_bytes stream = {end + 1, body.size - size - 1};
    if (status == HM_OK && stream.size > 0) {
        status = hm_inflate_open(&inflate, err);
    }
    if (status == HM_OK && stream.size > 0) {
        status = hm_inflate_put(inflate, &text, stream, err);
        /* What came before the damage is read by the one it is for, too. */
        enum hm_status lines = scan_lines(hm_buf_bytes(&text), err);
        status = status == HM_OK ? lines : status;
    }
    hm_inflate_close(inflate);
    hm_buf_fini(&text);
    return status;
}
