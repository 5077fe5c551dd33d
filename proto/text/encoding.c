/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/encoding.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "code.h"
#include "encoding_read.h"
#include "letter.h"

static const char *const names[HM_ENCODING_COUNT] = {
    [HM_ENCODING_UTF8] = "utf8",   [HM_ENCODING_UTF16] = "utf16",
    [HM_ENCODING_TCVN3] = "tcvn3", [HM_ENCODING_TCVN3_H] = "tcvn3-h",
    [HM_ENCODING_VNI] = "vni",     [HM_ENCODING_1258] = "windows-1258"};

const char *hm_encoding_name(enum hm_encoding encoding)
{
    return names[encoding];
}

bool hm_encoding_named(const char *name, enum hm_encoding *encoding)
{
    for (unsigned i = 0; i < HM_ENCODING_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *encoding = (enum hm_encoding)i;
            return true;
        }
    }
    return false;
}

static bool begins_alike(struct hm_bytes text, const char *with)
{
    size_t size = strlen(with);
    for (size_t i = 0; i < size; i++) {
        if (i == text.size || (text.data[i] | 0x20) != (with[i] | 0x20)) {
            return false;
        }
    }
    return true;
}

bool hm_encoding_of_font(struct hm_bytes font, enum hm_encoding *encoding)
{
    if (begins_alike(font, "VNI-")) {
        *encoding = HM_ENCODING_VNI;
        return true;
    }
    if (!begins_alike(font, ".Vn")) {
        return false;
    }
    *encoding = font.data[font.size - 1] == 'H' ? HM_ENCODING_TCVN3_H : HM_ENCODING_TCVN3;
    return true;
}

/* ---- capitals that a font has no place for ---- */

struct cell {
    size_t begun_large; /* words that begin with a letter of which there is a capital */
    size_t begun_small;
    bool small; /* such a letter is small */
    bool loud;  /* two such letters of one word are capitals */
};

/* Letters with a tone have no capital; what stands behind another letter is in its word.
 */
static struct cell look_at(struct hm_bytes text)
{
    struct cell cell = {0};
    struct hm_letter letter;
    size_t capitals = 0;
    bool inside = false;
    while (hm_letter_next(&text, &letter)) {
        bool alphabetic = hm_letter_kind(letter.base) == HM_LETTER_ALPHABETIC;
        if (alphabetic && letter.marks == 0) {
            cell.begun_large += !inside && letter.upper;
            cell.begun_small += !inside && !letter.upper;
            cell.small = cell.small || !letter.upper;
            capitals = (inside ? capitals : 0) + letter.upper;
            cell.loud = cell.loud || capitals > 1;
        } else if (!inside) {
            capitals = 0;
        }
        inside = alphabetic;
    }
    return cell;
}

/* From `start` on: all letters, or those that begin a word. */
static void raise_letters(struct hm_buf *out, size_t start, bool all)
{
    struct hm_bytes rest = {out->data + start, out->size - start};
    bool inside = false;
    while (rest.size > 0) {
        uint32_t code = 0;
        size_t at = out->size - rest.size;
        struct hm_letter letter;
        (void)hm_code_get(rest, &code);
        (void)hm_letter_next(&rest, &letter);
        bool alphabetic = hm_letter_kind(letter.base) == HM_LETTER_ALPHABETIC;
        if (alphabetic && (all || !inside)) {
            (void)hm_code_put(out->data + at, hm_encoding_capital(code));
        }
        inside = alphabetic;
    }
}

static void end_cell(struct hm_buf *out, size_t start, enum hm_encoding encoding)
{
    if (out->failed != HM_OK || out->size == start) {
        return;
    }
    struct cell cell = look_at((struct hm_bytes){out->data + start, out->size - start});
    bool loud = encoding == HM_ENCODING_TCVN3_H || (cell.loud && !cell.small);
    if (loud || (cell.begun_large > 0 && cell.begun_small == 0)) {
        raise_letters(out, start, loud);
    }
}

/* ---- decoding ---- */

enum { PENDING_MAX = 4, APART_MAX = 4 * PENDING_MAX };

struct decoding {
    struct hm_buf *out;
    enum hm_encoding encoding;
    uint32_t pending[PENDING_MAX]; /* a base and its marks */
    size_t pending_count;
    size_t cell; /* where in `out` it begins */
};

/* A base and its marks become one letter, in whichever order the marks stood. */
static void put_composed(struct decoding *d)
{
    uint8_t text[PENDING_MAX * HM_CODE_SIZE];
    utf8proc_int32_t apart[APART_MAX];
    size_t size = 0;
    for (size_t i = 0; i < d->pending_count; i++) {
        size += hm_code_put(text + size, d->pending[i]);
    }
    utf8proc_ssize_t count =
        utf8proc_decompose(text, (utf8proc_ssize_t)size, apart, APART_MAX,
                           UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    if (count < 0 || count > APART_MAX) {
        hm_buf_put(d->out, text, size);
        return;
    }
    count = utf8proc_normalize_utf32(apart, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        hm_buf_put(d->out, text, hm_code_put(text, (uint32_t)apart[i]));
    }
}

static void flush(struct decoding *d)
{
    uint8_t text[HM_CODE_SIZE];
    if (d->pending_count == 1) {
        hm_buf_put(d->out, text, hm_code_put(text, d->pending[0]));
    } else if (d->pending_count > 1) {
        put_composed(d);
    }
    d->pending_count = 0;
}

static bool ends_cell(uint32_t code)
{
    return code < 0x80 && strchr("\n\r\t,;\"", (int)code) != NULL;
}

static void put_code(struct decoding *d, uint32_t code)
{
    bool mark = code >= 0x0300 && code <= 0x036F && d->pending_count > 0;
    if (!mark || d->pending_count == PENDING_MAX) {
        flush(d);
    }
    bool tcvn3 = d->encoding == HM_ENCODING_TCVN3 || d->encoding == HM_ENCODING_TCVN3_H;
    if (tcvn3 && ends_cell(code)) {
        end_cell(d->out, d->cell, d->encoding);
        d->cell = d->out->size + 1;
    }
    d->pending[d->pending_count++] = code;
}

/* The next two units; UTF-16 that is broken is none, a broken byte is one character. */
static enum hm_status look_ahead(const struct decoding *d,
                                 struct hm_units *units,
                                 uint32_t codes[2],
                                 size_t *count,
                                 struct hm_err *err)
{
    while (*count < 2 && hm_units_next(units, &codes[*count])) {
        if (codes[*count] == HM_UNIT_BROKEN && units->carrier != HM_CARRIER_UTF8) {
            char where[24];
            (void)snprintf(where, sizeof(where), "%zu", units->at);
            return hm_fail(err, HM_BAD_INPUT, "encoding-broken", names[d->encoding],
                           where, NULL);
        }
        codes[*count] = codes[*count] == HM_UNIT_BROKEN ? 0xFFFD : codes[*count];
        ++*count;
    }
    return HM_OK;
}

static enum hm_status decode(struct decoding *d,
                             struct hm_units *units,
                             struct hm_err *err)
{
    uint32_t codes[2] = {0};
    size_t count = 0;
    enum hm_status status = look_ahead(d, units, codes, &count, err);
    while (status == HM_OK && count > 0) {
        uint32_t made_codes[3];
        size_t made = 0;
        bool known = false;
        count -= hm_encoding_letter(d->encoding, codes, count, made_codes, &made, &known);
        for (size_t i = 0; i < made; i++) {
            put_code(d, made_codes[i]);
        }
        codes[0] = codes[1];
        status = look_ahead(d, units, codes, &count, err);
    }
    flush(d);
    if (d->encoding == HM_ENCODING_TCVN3 || d->encoding == HM_ENCODING_TCVN3_H) {
        end_cell(d->out, d->cell, d->encoding);
    }
    return status != HM_OK ? status : hm_buf_status(d->out, err);
}

enum hm_status hm_encoding_decode(struct hm_buf *out,
                                  struct hm_bytes text,
                                  enum hm_encoding encoding,
                                  struct hm_err *err)
{
    struct hm_units units;
    struct decoding d = {.out = out, .encoding = encoding, .cell = out->size};
    hm_units_init(&units, text);
    if (encoding == HM_ENCODING_UTF16 && units.carrier < HM_CARRIER_UTF16LE) {
        units = (struct hm_units){.carrier = HM_CARRIER_UTF16LE, .rest = text};
    }
    if (encoding == HM_ENCODING_UTF8 && units.carrier < HM_CARRIER_UTF16LE) {
        hm_buf_put_bytes(out, units.rest);
        return hm_buf_status(out, err);
    }
    return decode(&d, &units, err);
}
