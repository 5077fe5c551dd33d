/* SPDX-License-Identifier: Apache-2.0 */
#include "alike.h"

#include "hamlet/text/fold.h"

/* Longer than every word of a kind; what is longer still is like none of them. */
enum { WORD_MAX = 1024 };

void hm_alike_init(struct hm_alike *alike, struct hm_bytes typed)
{
    hm_buf_init(&alike->typed, WORD_MAX);
    hm_buf_init(&alike->other, WORD_MAX);
    hm_text_fold(&alike->typed, typed);
}

void hm_alike_fini(struct hm_alike *alike)
{
    hm_buf_fini(&alike->typed);
    hm_buf_fini(&alike->other);
}

bool hm_alike_is(struct hm_alike *alike, const char *other)
{
    if (alike->other.failed != HM_NO_MEMORY) {
        hm_buf_clear(&alike->other);
        hm_text_fold(&alike->other, hm_text(other));
    }
    return alike->typed.failed == HM_OK && alike->other.failed == HM_OK &&
           alike->typed.size > 0 &&
           hm_bytes_equal(hm_buf_bytes(&alike->typed), hm_buf_bytes(&alike->other));
}

bool hm_alike_failed(const struct hm_alike *alike)
{
    return alike->typed.failed == HM_NO_MEMORY || alike->other.failed == HM_NO_MEMORY;
}
