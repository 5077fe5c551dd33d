/* SPDX-License-Identifier: Apache-2.0 */
#include "nfc.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "code.h"
#include "hamlet/base/assert.h"
#include "hamlet/text/normal.h"

/*
 * A run is a base with its marks. Normalising never moves a mark out of its run, so a
 * text is NFC exactly when each run is, and no two neighbours of different runs compose
 * (as the Hangul jamo do). Both are judged in a few words of stack.
 */
enum {
    BASE_CODES_MAX = 4, /* of one decomposed character; Unicode promises no more */
    RUN_CODES_MAX = BASE_CODES_MAX + HM_TEXT_MARKS_MAX
};

static const utf8proc_option_t composing = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

static size_t run_length(struct hm_bytes text)
{
    uint32_t code = 0;
    size_t length = hm_code_get(text, &code);
    for (;;) {
        struct hm_bytes rest = {text.data + length, text.size - length};
        if (!hm_code_mark_leads(rest.data, rest.size)) {
            return length;
        }
        size_t next = hm_code_get(rest, &code);
        if (hm_code_class(code) != HM_CODE_MARK) {
            return length;
        }
        length += next;
    }
}

static bool is_mark(utf8proc_int32_t code)
{
    return hm_code_class((uint32_t)code) == HM_CODE_MARK;
}

static enum hm_nfc run_check(struct hm_bytes run)
{
    /* One more for the NUL that reencode writes, and bytes never outgrow the codes. */
    utf8proc_int32_t code[RUN_CODES_MAX + 1];
    size_t marks = 0;
    utf8proc_ssize_t count = utf8proc_decompose(run.data, (utf8proc_ssize_t)run.size,
                                                code, RUN_CODES_MAX, composing);
    if (count < 0 || count > RUN_CODES_MAX) {
        return HM_NFC_MARKS;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        marks += is_mark(code[i]);
    }
    if (marks > HM_TEXT_MARKS_MAX) {
        return HM_NFC_MARKS;
    }
    utf8proc_ssize_t size = utf8proc_reencode(code, count, composing);
    struct hm_bytes composed = {(const uint8_t *)code, size < 0 ? 0 : (size_t)size};
    return hm_bytes_equal(composed, run) ? HM_NFC_YES : HM_NFC_NO;
}

static bool composes(uint32_t before, uint32_t after)
{
    utf8proc_int32_t pair[] = {(utf8proc_int32_t)before, (utf8proc_int32_t)after};
    return utf8proc_normalize_utf32(pair, 2, composing) < 2;
}

/* The last character of a text that is not empty. */
static uint32_t last_code(struct hm_bytes text)
{
    size_t at = text.size - 1;
    uint32_t code = 0;
    while (at > 0 && (text.data[at] & 0xC0) == 0x80) {
        at--;
    }
    (void)hm_code_get((struct hm_bytes){text.data + at, text.size - at}, &code);
    return code;
}

enum hm_nfc hm_nfc_check(struct hm_bytes text)
{
    enum hm_nfc all = HM_NFC_YES;
    for (size_t at = 0; at < text.size;) {
        struct hm_bytes rest = {text.data + at, text.size - at};
        size_t plain = hm_code_plain(rest.data, rest.size);
        size_t length = run_length(rest);
        if (length > 1 && plain < length) { /* one byte is ASCII, or plain */
            uint32_t first = 0;
            enum hm_nfc run = run_check((struct hm_bytes){rest.data, length});
            (void)hm_code_get(rest, &first);
            if (run == HM_NFC_MARKS) {
                return run;
            }
            if (run == HM_NFC_NO ||
                (at > 0 &&
                 composes(last_code((struct hm_bytes){text.data, at}), first))) {
                all = HM_NFC_NO; /* go on: a later run may have too many marks */
            }
        }
        at += length;
    }
    return all;
}

enum hm_status hm_nfc_put(struct hm_buf *out, struct hm_bytes text, struct hm_err *err)
{
    utf8proc_ssize_t size = (utf8proc_ssize_t)text.size;
    utf8proc_ssize_t count = utf8proc_decompose(text.data, size, NULL, 0, composing);
    HM_ASSERT(count >= 0); /* the caller has judged every character */
    utf8proc_int32_t *code = calloc((size_t)count + 1, sizeof(*code));
    if (code == NULL) {
        return hm_fail_memory(err);
    }
    (void)utf8proc_decompose(text.data, size, code, count, composing);
    size = utf8proc_reencode(code, count, composing);
    HM_ASSERT(size >= 0);
    hm_buf_put(out, code, (size_t)size);
    free(code);
    return hm_buf_status(out, err);
}
