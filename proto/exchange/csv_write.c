/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hamlet/exchange/csv.h"

/* Full-width = + - @ are taken for the plain ones by some spreadsheets. */
static bool runs(struct hm_bytes text)
{
    static const char wide[] = "\x9D\x8B\x8D\xA0"; /* U+FF1D FF0B FF0D FF20 */
    if (text.size == 0) {
        return false;
    }
    return memchr("=+-@\t\r", text.data[0], 6) != NULL ||
           (text.size > 2 && text.data[0] == 0xEF && text.data[1] == 0xBC &&
            memchr(wide, text.data[2], sizeof(wide) - 1) != NULL);
}

/*
 * Whether a spreadsheet would run the text, or it begins with apostrophes before what it
 * would run: those get one more, so that taking one away is exact.
 */
static bool needs_guard(struct hm_bytes text)
{
    while (text.size > 0 && text.data[0] == '\'') {
        text.data++;
        text.size--;
    }
    return runs(text);
}

struct hm_bytes hm_csv_unguarded(struct hm_bytes cell)
{
    if (cell.size > 0 && cell.data[0] == '\'' && needs_guard(cell)) {
        cell.data++;
        cell.size--;
    }
    return cell;
}

void hm_csv_write_init(struct hm_csv_write *out, struct hm_buf *buf)
{
    *out = (struct hm_csv_write){.buf = buf};
}

void hm_csv_put_mark(struct hm_csv_write *out)
{
    hm_buf_put_text(out->buf, "\xEF\xBB\xBF");
}

/*
 * All three separators, since the next reader may guess another one. A leading zero too:
 * quotes are the only sign a table can give that 01024 is a code and no number.
 */
static bool needs_quotes(struct hm_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (memchr(",;\t\"\r\n", text.data[i], 6) != NULL) {
            return true;
        }
    }
    return text.size > 0 && (text.data[0] == ' ' || text.data[text.size - 1] == ' ' ||
                             (text.size > 1 && text.data[0] == '0'));
}

static void put_cell(struct hm_csv_write *out, bool guard, struct hm_bytes text)
{
    if (out->begun) {
        hm_buf_put_byte(out->buf, ',');
    }
    out->begun = true;
    bool quotes = needs_quotes(text);
    if (quotes) {
        hm_buf_put_byte(out->buf, '"');
    }
    if (guard) {
        hm_buf_put_byte(out->buf, '\'');
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"') {
            hm_buf_put_byte(out->buf, '"');
        }
        hm_buf_put_byte(out->buf, text.data[i]);
    }
    if (quotes) {
        hm_buf_put_byte(out->buf, '"');
    }
}

void hm_csv_put_text(struct hm_csv_write *out, struct hm_bytes text)
{
    put_cell(out, needs_guard(text), text);
}

void hm_csv_put_plain(struct hm_csv_write *out, struct hm_bytes text)
{
    put_cell(out, false, text);
}

void hm_csv_end_row(struct hm_csv_write *out)
{
    hm_buf_put_text(out->buf, "\r\n");
    out->begun = false;
}
