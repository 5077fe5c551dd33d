/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/proper.h"

#include <utf8proc.h>

#include "code.h"
#include "letter.h"

static bool is_capital(uint32_t code)
{
    return utf8proc_tolower((utf8proc_int32_t)code) != (utf8proc_int32_t)code;
}

static bool is_small(uint32_t code)
{
    return utf8proc_toupper((utf8proc_int32_t)code) != (utf8proc_int32_t)code;
}

/* A mark belongs to the letter before it. */
static bool is_letter(uint32_t code)
{
    uint32_t small = (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
    return hm_letter_kind(small) == HM_LETTER_ALPHABETIC ||
           hm_code_class(code) == HM_CODE_MARK;
}

bool hm_text_is_one_case(struct hm_bytes text)
{
    size_t capitals = 0;
    size_t small = 0;
    bool begins_small = false;
    bool inside = false;
    while (text.size > 0) {
        uint32_t code = 0;
        size_t size = hm_code_get(text, &code);
        if (size == 0) {
            return false;
        }
        capitals += is_capital(code);
        small += is_small(code);
        begins_small = begins_small || (!inside && is_small(code));
        inside = is_letter(code);
        text.data += size;
        text.size -= size;
    }
    return (capitals > 1 && small == 0) || (capitals == 0 && begins_small);
}

void hm_text_proper(struct hm_buf *out, struct hm_bytes text)
{
    uint8_t room[HM_CODE_SIZE];
    bool inside = false;
    while (text.size > 0) {
        uint32_t code = 0;
        size_t size = hm_code_get(text, &code);
        if (size == 0) {
            return;
        }
        uint32_t shown = inside ? (uint32_t)utf8proc_tolower((utf8proc_int32_t)code)
                                : (uint32_t)utf8proc_toupper((utf8proc_int32_t)code);
        inside = is_letter(code);
        hm_buf_put(out, room, hm_code_put(room, shown));
        text.data += size;
        text.size -= size;
    }
}
