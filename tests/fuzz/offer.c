/* SPDX-License-Identifier: Apache-2.0 */
/* A line of an offer: what is read can be written, and is then read as the same. */
#include "hamlet/wire/offer.h"
#include "fuzz.h"
#include "hamlet/base/limits.h"
#include "hamlet/wire/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes text = {data, size};
    struct hm_offer_line line = {.count = 0};
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    struct hm_buf first;
    struct hm_buf second;
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    hm_buf_init(&first, 8 * HM_PAGE_TEXT_MAX);
    hm_buf_init(&second, 8 * HM_PAGE_TEXT_MAX);
    enum hm_status status = hm_offer_line_read(&line, text, &arena, &err);
    if (status != HM_OK) {
        HM_ASSERT(status == HM_PROTOCOL && err.key != NULL);
    } else {
        hm_offer_line_write(&first, &line);
        HM_ASSERT(hm_line_kind(hm_buf_bytes(&first)) == HM_LINE_OFFER);
        text = (struct hm_bytes){first.data, first.size - 1};
        if (text.size <= HM_PAGE_TEXT_MAX) {
            HM_ASSERT(hm_offer_line_read(&line, text, &arena, &err) == HM_OK);
            hm_offer_line_write(&second, &line);
            HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&first), hm_buf_bytes(&second)));
        }
    }
    hm_buf_fini(&second);
    hm_buf_fini(&first);
    hm_arena_fini(&arena);
    return 0;
}
