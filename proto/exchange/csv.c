/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/exchange/csv.h"

#include <stdio.h>
#include <string.h>

enum { LINE_TEXT = 24 };

static bool begins(struct hm_bytes text, const char *with, size_t size)
{
    return text.size >= size && memcmp(text.data, with, size) == 0;
}

static void skip(struct hm_csv *csv, size_t size)
{
    csv->rest.data += size;
    csv->rest.size -= size;
}

/* The separator that the first line has most of outside of quotes; `,` before others. */
static uint8_t find_separator(struct hm_bytes text)
{
    static const char separators[] = ",;\t";
    size_t counts[sizeof(separators) - 1] = {0};
    size_t best = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.size && (quoted || text.data[i] != '\n'); i++) {
        const char *at = memchr(separators, text.data[i], sizeof(separators) - 1);
        quoted = quoted != (text.data[i] == '"');
        if (at != NULL && !quoted) {
            counts[at - separators]++;
        }
    }
    for (size_t i = 1; i < sizeof(separators) - 1; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return (uint8_t)separators[best];
}

enum hm_status hm_csv_init(struct hm_csv *csv, struct hm_bytes file, struct hm_err *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (begins(file, "\xFF\xFE", 2) || begins(file, "\xFE\xFF", 2)) {
        return hm_fail(err, HM_BAD_INPUT, "csv-utf16", NULL, NULL, NULL);
    }
    *csv = (struct hm_csv){.rest = file, .line = 1};
    hm_buf_init(&csv->text, HM_CSV_ROW_BYTES_MAX);
    if (begins(file, mark, sizeof(mark) - 1)) {
        skip(csv, sizeof(mark) - 1);
    }
    csv->separator = find_separator(csv->rest);
    return HM_OK;
}

void hm_csv_fini(struct hm_csv *csv)
{
    hm_buf_fini(&csv->text);
}

static enum hm_status fail_at(size_t line,
                              enum hm_status status,
                              const char *key,
                              struct hm_err *err)
{
    char text[LINE_TEXT];
    (void)snprintf(text, sizeof(text), "%zu", line);
    return hm_fail(err, status, key, text, NULL, NULL);
}

/* The length of the line end that `rest` begins with; 0: it begins with none. */
static size_t line_end(struct hm_bytes rest)
{
    if (begins(rest, "\n", 1)) {
        return 1;
    }
    return begins(rest, "\r\n", 2) ? 2 : 0;
}

/* Up to and with the closing quote; the opening one has been read. */
static enum hm_status read_quoted(struct hm_csv *csv, struct hm_err *err)
{
    size_t began = csv->line;
    for (;;) {
        const uint8_t *quote =
            csv->rest.size == 0 ? NULL : memchr(csv->rest.data, '"', csv->rest.size);
        if (quote == NULL) {
            return fail_at(began, HM_BAD_INPUT, "csv-quote", err);
        }
        size_t size = (size_t)(quote - csv->rest.data);
        for (size_t i = 0; i < size; i++) {
            csv->line += csv->rest.data[i] == '\n';
        }
        hm_buf_put(&csv->text, csv->rest.data, size);
        skip(csv, size + 1);
        if (!begins(csv->rest, "\"", 1)) {
            break;
        }
        hm_buf_put_byte(&csv->text, '"');
        skip(csv, 1);
    }
    if (csv->rest.size > 0 && csv->rest.data[0] != csv->separator &&
        line_end(csv->rest) == 0) {
        return fail_at(csv->line, HM_BAD_INPUT, "csv-quote", err);
    }
    return HM_OK;
}

static enum hm_status read_plain(struct hm_csv *csv, struct hm_err *err)
{
    size_t size = 0;
    while (size < csv->rest.size) {
        struct hm_bytes at = {csv->rest.data + size, csv->rest.size - size};
        if (at.data[0] == csv->separator || line_end(at) > 0) {
            break;
        }
        if (at.data[0] == '"') {
            return fail_at(csv->line, HM_BAD_INPUT, "csv-quote", err);
        }
        size++;
    }
    hm_buf_put(&csv->text, csv->rest.data, size);
    skip(csv, size);
    return HM_OK;
}

static enum hm_status read_cell(struct hm_csv *csv, struct hm_err *err)
{
    if (begins(csv->rest, "\"", 1)) {
        skip(csv, 1);
        return read_quoted(csv, err);
    }
    return read_plain(csv, err);
}

/* False: `rest` begins with no line end. */
static bool skip_line_end(struct hm_csv *csv)
{
    size_t end = line_end(csv->rest);
    skip(csv, end);
    csv->line += end > 0;
    return end > 0;
}

/* The cells are where they stay only once the whole row has been read. */
static void give_row(struct hm_csv *csv,
                     struct hm_csv_row *row,
                     size_t line,
                     size_t count)
{
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        csv->cells[i] = (struct hm_bytes){csv->text.data == NULL ? (const uint8_t *)""
                                                                 : csv->text.data + start,
                                          csv->ends[i] - start};
        start = csv->ends[i];
    }
    *row = (struct hm_csv_row){.line = line, .cells = csv->cells, .count = count};
}

enum hm_status hm_csv_next(struct hm_csv *csv,
                           struct hm_csv_row *row,
                           bool *found,
                           struct hm_err *err)
{
    size_t count = 0;
    bool more = true;
    while (skip_line_end(csv)) {
        /* blank lines are no rows */
    }
    size_t line = csv->line;
    if (csv->rest.size == 0) {
        *found = false;
        return HM_OK;
    }
    hm_buf_clear(&csv->text);
    while (more) {
        if (count == HM_CSV_COLUMNS_MAX) {
            return fail_at(line, HM_TOO_BIG, "csv-row", err);
        }
        enum hm_status status = read_cell(csv, err);
        if (status != HM_OK) {
            return status;
        }
        csv->ends[count++] = csv->text.size;
        more = csv->rest.size > 0 && csv->rest.data[0] == csv->separator;
        skip(csv, more ? 1 : 0);
    }
    (void)skip_line_end(csv);
    if (csv->text.failed == HM_TOO_BIG) {
        return fail_at(line, HM_TOO_BIG, "csv-row", err);
    }
    if (csv->text.failed != HM_OK) {
        return hm_buf_status(&csv->text, err);
    }
    give_row(csv, row, line, count);
    *found = true;
    return HM_OK;
}
