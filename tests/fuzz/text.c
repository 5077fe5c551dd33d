/* SPDX-License-Identifier: Apache-2.0 */
/* Text in its normal form, and what is derived from text: the second time changes
 * nothing. */
#include "fuzz.h"
#include "hamlet/base/json_scan.h"
#include "hamlet/text/encoding.h"
#include "hamlet/text/fold.h"
#include "hamlet/text/key.h"
#include "hamlet/text/normal.h"
#include "hamlet/text/sort.h"

#define MAKE_MAX ((size_t)4 * 1024 * 1024)

static void normalise(struct hm_bytes input, bool lines)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_buf out;
    struct hm_buf again;
    hm_buf_init(&out, MAKE_MAX);
    hm_buf_init(&again, MAKE_MAX);
    hm_buf_put_byte(&out, 'x');
    enum hm_status status = hm_text_normal(&out, input, lines, &err);
    struct hm_bytes normal = {out.data + 1, out.size - 1};
    if (status == HM_OK) {
        HM_ASSERT(hm_text_is_normal(normal, lines));
        HM_ASSERT(hm_text_is_normal(input, lines) == hm_bytes_equal(input, normal));
        HM_ASSERT(hm_text_normal(&again, normal, lines, NULL) == HM_OK);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), normal));
        HM_ASSERT(hm_text_characters(normal) <= normal.size);
        HM_ASSERT(hm_text_columns(normal) <= 2 * hm_text_characters(normal));
    } else {
        HM_ASSERT(status == HM_BAD_INPUT && err.key != NULL && normal.size == 0);
        HM_ASSERT(!hm_text_is_normal(input, lines));
    }
    hm_buf_fini(&again);
    hm_buf_fini(&out);
}

static void derive(struct hm_bytes input)
{
    struct hm_buf once;
    struct hm_buf twice;
    hm_buf_init(&once, MAKE_MAX);
    hm_buf_init(&twice, MAKE_MAX);
    hm_text_fold(&once, input);
    hm_text_fold(&twice, hm_buf_bytes(&once));
    HM_ASSERT(hm_buf_status(&once, NULL) == HM_OK);
    HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&once), hm_buf_bytes(&twice)));
    HM_ASSERT(hm_text_matches(hm_buf_bytes(&once), hm_buf_bytes(&twice)));
    hm_buf_clear(&once);
    hm_text_tone_key(&once, input);
    hm_text_sort_key(&once, input, HM_TEXT_ORDER_PLAIN);
    hm_text_sort_key(&once, input, HM_TEXT_ORDER_PERSON);
    HM_ASSERT(hm_buf_status(&once, NULL) == HM_OK);
    hm_buf_fini(&twice);
    hm_buf_fini(&once);
}

/* Whatever it is taken for, what comes out is UTF-8, but what is said to be that. */
static void decode(struct hm_bytes input)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_buf out;
    hm_buf_init(&out, MAKE_MAX);
    HM_ASSERT(hm_encoding_guess(input).encoding <= HM_ENCODING_1258);
    for (unsigned i = 0; i < HM_ENCODING_COUNT; i++) {
        enum hm_encoding encoding = (enum hm_encoding)i;
        hm_buf_clear(&out);
        enum hm_status status = hm_encoding_decode(&out, input, encoding, &err);
        HM_ASSERT(status == HM_OK || (status == HM_BAD_INPUT && err.key != NULL));
        HM_ASSERT(encoding == HM_ENCODING_UTF8 || hm_utf8_valid(hm_buf_bytes(&out)));
        HM_ASSERT(out.size <= 8 * input.size);
    }
    hm_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes input = {data, size};
    decode(input);
    normalise(input, false);
    normalise(input, true);
    derive(input);
    return 0;
}
