/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/normal.h"

#include <stdio.h>
#include <utf8proc.h>

#include "code.h"
#include "hamlet/base/json_scan.h"
#include "nfc.h"

/* Whether the text is surely normal: plain characters, single spaces and line ends. */
static bool plainly_normal(struct hm_bytes text, bool lines)
{
    bool visible = false; /* the character before: only after one may a space stand */
    uint8_t gap = 0;
    for (size_t i = 0; i < text.size;) {
        size_t length = hm_code_plain(text.data + i, text.size - i);
        if (length > 0) {
            visible = true;
            gap = 0;
            i += length;
            continue;
        }
        uint8_t c = text.data[i++];
        bool space = c == ' ' && visible && gap == 0;
        bool line = c == '\n' && lines && visible && gap != ' ';
        if (!space && !line) {
            return false;
        }
        gap = c;
    }
    return gap == 0;
}

struct cleaning {
    struct hm_bytes in;
    size_t at;
    struct hm_buf out;
    bool lines;
    bool space; /* one is due before the next visible character */
    size_t line_ends;
};

static enum hm_status refuse(const struct cleaning *c,
                             const char *key,
                             uint32_t code,
                             struct hm_err *err)
{
    char name[16];
    char where[24];
    (void)snprintf(name, sizeof(name), "U+%04X", (unsigned)code);
    (void)snprintf(where, sizeof(where), "%zu", c->at + 1);
    return hm_fail(err, HM_BAD_INPUT, key, name, where, NULL);
}

/* What is due before a visible character; nothing is due before the first. */
static void put_gap(struct cleaning *c)
{
    if (c->out.size > 0) {
        for (size_t i = 0; i < c->line_ends; i++) {
            hm_buf_put_byte(&c->out, '\n');
        }
        if (c->space && c->line_ends == 0) {
            hm_buf_put_byte(&c->out, ' ');
        }
    }
    c->space = false;
    c->line_ends = 0;
}

static void put_code(struct cleaning *c, uint32_t code)
{
    uint8_t text[HM_CODE_SIZE];
    put_gap(c);
    hm_buf_put(&c->out, text, hm_code_put(text, hm_code_mended(code)));
}

/* `length`: of the character at hand; a CR LF is taken together. */
static enum hm_status clean_code(struct cleaning *c,
                                 uint32_t code,
                                 size_t *length,
                                 struct hm_err *err)
{
    switch (hm_code_class(code)) {
    case HM_CODE_KEPT:
    case HM_CODE_MARK:
        put_code(c, code);
        return HM_OK;
    case HM_CODE_SPACE:
        c->space = true;
        return HM_OK;
    case HM_CODE_LINE:
        if (!c->lines) {
            return refuse(c, "control-character", code, err);
        }
        if (code == '\r' && c->at + 1 < c->in.size && c->in.data[c->at + 1] == '\n') {
            *length = 2;
        }
        c->line_ends++;
        return HM_OK;
    case HM_CODE_DROPPED:
        return HM_OK;
    case HM_CODE_CONTROL:
        return refuse(c, "control-character", code, err);
    default:
        return refuse(c, "unknown-character", code, err);
    }
}

/* Everything but composing. */
static enum hm_status clean(struct cleaning *c, struct hm_err *err)
{
    while (c->at < c->in.size) {
        struct hm_bytes rest = {c->in.data + c->at, c->in.size - c->at};
        size_t length = hm_code_plain(rest.data, rest.size);
        if (length > 0) {
            put_gap(c);
            hm_buf_put(&c->out, rest.data, length);
        } else {
            uint32_t code = 0;
            length = hm_code_get(rest, &code);
            if (length == 0) {
                char where[24];
                (void)snprintf(where, sizeof(where), "%zu", c->at + 1);
                return hm_fail(err, HM_BAD_INPUT, "not-utf8", where, NULL, NULL);
            }
            enum hm_status status = clean_code(c, code, &length, err);
            if (status != HM_OK) {
                return status;
            }
        }
        c->at += length;
    }
    return hm_buf_status(&c->out, err);
}

enum hm_status hm_text_normal(struct hm_buf *out,
                              struct hm_bytes in,
                              bool lines,
                              struct hm_err *err)
{
    struct cleaning c = {.in = in, .lines = lines};
    if (plainly_normal(in, lines)) {
        hm_buf_put_bytes(out, in);
        return hm_buf_status(out, err);
    }
    hm_buf_init(&c.out, in.size); /* cleaning makes no character longer */
    enum hm_status status = clean(&c, err);
    if (status != HM_OK) {
        goto out;
    }
    switch (hm_nfc_check(hm_buf_bytes(&c.out))) {
    case HM_NFC_YES:
        hm_buf_put_bytes(out, hm_buf_bytes(&c.out));
        status = hm_buf_status(out, err);
        break;
    case HM_NFC_NO:
        status = hm_nfc_put(out, hm_buf_bytes(&c.out), err);
        break;
    default:
        status = hm_fail(err, HM_BAD_INPUT, "too-many-marks", NULL, NULL, NULL);
    }
out:
    hm_buf_fini(&c.out);
    return status;
}

/* Whether cleaning would give the text back as it is. */
static bool is_clean(struct hm_bytes text, bool lines)
{
    bool visible = false;
    uint32_t gap = 0;
    while (text.size > 0) {
        uint32_t code = 0;
        size_t length = hm_code_get(text, &code);
        if (length == 0 || hm_code_mended(code) != code) {
            return false;
        }
        enum hm_code_class class = hm_code_class(code);
        bool space = code == ' ' && visible && gap == 0;
        bool line = code == '\n' && lines && visible && gap != ' ';
        if (class == HM_CODE_KEPT || class == HM_CODE_MARK) {
            visible = true;
            gap = 0;
        } else if (space || line) {
            gap = code;
        } else {
            return false;
        }
        text.data += length;
        text.size -= length;
    }
    return gap == 0;
}

bool hm_text_is_normal(struct hm_bytes text, bool lines)
{
    return plainly_normal(text, lines) ||
           (is_clean(text, lines) && hm_nfc_check(text) == HM_NFC_YES);
}

size_t hm_text_characters(struct hm_bytes text)
{
    size_t count = 0;
    while (text.size > 0) {
        size_t length = hm_utf8_length(text);
        length = length == 0 ? 1 : length;
        count++;
        text.data += length;
        text.size -= length;
    }
    return count;
}

size_t hm_text_columns(struct hm_bytes text)
{
    size_t columns = 0;
    while (text.size > 0) {
        uint32_t code = 0;
        size_t length = hm_code_plain(text.data, text.size);
        size_t width = 1;
        if (length == 0) {
            length = hm_code_get(text, &code);
            width = length == 0 ? 1 : (size_t)utf8proc_charwidth((utf8proc_int32_t)code);
            length = length == 0 ? 1 : length;
        }
        columns += width;
        text.data += length;
        text.size -= length;
    }
    return columns;
}
