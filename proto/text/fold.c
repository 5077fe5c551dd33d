/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "code.h"
#include "letter.h"

enum { COMPATIBLE_MAX = 32 }; /* U+FDFA, the longest, is 18 */

struct folding {
    struct hm_buf *out;
    size_t start;
    bool gap; /* a space is due before the next letter */
};

static void put(struct folding *f, uint32_t code)
{
    uint8_t text[HM_CODE_SIZE + 1] = {' '};
    bool space = f->gap && f->out->size > f->start;
    size_t length = 1;
    if (code < 0x80) {
        text[1] = (uint8_t)code;
    } else {
        length = hm_code_put(text + 1, code);
    }
    hm_buf_put(f->out, space ? text : text + 1, length + space);
    f->gap = false;
}

/* A letter of no table: ligatures, wide forms and other scripts, by their parts. */
static void put_compatible(struct folding *f, uint32_t base)
{
    utf8proc_int32_t part[COMPATIBLE_MAX];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        (utf8proc_int32_t)base, part, COMPATIBLE_MAX,
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
            UTF8PROC_STRIPMARK | UTF8PROC_IGNORE,
        &boundary);
    for (utf8proc_ssize_t i = 0; i < count && i < COMPATIBLE_MAX; i++) {
        uint32_t code = hm_letter_ascii(hm_code_mended((uint32_t)part[i]));
        enum hm_letter_kind kind = hm_letter_kind(code);
        if (kind == HM_LETTER_OTHER) {
            f->gap = true;
        } else if (kind != HM_LETTER_APOSTROPHE) {
            put(f, code);
        }
    }
}

void hm_text_fold(struct hm_buf *out, struct hm_bytes text)
{
    struct folding f = {.out = out, .start = out->size};
    struct hm_letter letter;
    while (hm_letter_next(&text, &letter)) {
        uint32_t base = hm_letter_ascii(letter.base);
        if (letter.base == 0 || hm_letter_kind(base) == HM_LETTER_APOSTROPHE) {
            continue;
        }
        if (base >= 0x80) {
            put_compatible(&f, base);
        } else if (hm_letter_kind(base) == HM_LETTER_OTHER) {
            f.gap = true;
        } else {
            put(&f, base);
        }
    }
}

static bool contains(struct hm_bytes text, struct hm_bytes word)
{
    const uint8_t *at = text.data;
    size_t left = text.size;
    while (left >= word.size) {
        const uint8_t *found = memchr(at, word.data[0], left - word.size + 1);
        if (found == NULL) {
            return false;
        }
        if (memcmp(found, word.data, word.size) == 0) {
            return true;
        }
        left -= (size_t)(found - at) + 1;
        at = found + 1;
    }
    return false;
}

bool hm_text_matches(struct hm_bytes folded, struct hm_bytes folded_query)
{
    while (folded_query.size > 0) {
        const uint8_t *end = memchr(folded_query.data, ' ', folded_query.size);
        size_t size = end == NULL ? folded_query.size : (size_t)(end - folded_query.data);
        if (size > 0 && !contains(folded, (struct hm_bytes){folded_query.data, size})) {
            return false;
        }
        size += end != NULL;
        folded_query.data += size;
        folded_query.size -= size;
    }
    return true;
}
