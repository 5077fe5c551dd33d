/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/exchange/table.h"

#include <stdlib.h>
#include <string.h>

#include "xlsx.h"

/* How much of a file is looked at to say what it is. */
enum { HEAD = 4096 };

struct hm_table {
    struct hm_bytes file;
    struct hm_xlsx *xlsx; /* null: it is CSV */
    struct hm_sheet *sheet;
    struct hm_csv csv;
    struct hm_cell cells[HM_TABLE_COLUMNS_MAX];
};

static bool begins(struct hm_bytes file, const char *with, size_t size)
{
    return file.size >= size && memcmp(file.data, with, size) == 0;
}

static bool holds(struct hm_bytes text, const char *what, size_t size)
{
    const uint8_t *at = text.data;
    while (at != NULL && text.size >= size && !begins(text, what, size)) {
        at = memchr(text.data + 1, what[0], text.size - 1);
        text.size -= at == NULL ? text.size : (size_t)(at - text.data);
        text.data = at;
    }
    return text.size >= size;
}

/* A workbook with a password is packed into the old container, under this name. */
static bool is_encrypted(struct hm_bytes file)
{
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    return holds(file, name, sizeof(name) - 1);
}

/* A page of the web, or a sheet as XML, that a program calls a table. */
static bool is_markup(struct hm_bytes file)
{
    struct hm_bytes head = {file.data, file.size < HEAD ? file.size : HEAD};
    size_t at = begins(head, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (at < head.size && memchr(" \t\r\n", head.data[at], 4) != NULL) {
        at++;
    }
    if (at + 1 >= head.size || head.data[at] != '<') {
        return false;
    }
    uint8_t next = head.data[at + 1];
    return next == '!' || next == '?' || (next >= 'A' && next <= 'Z') ||
           (next >= 'a' && next <= 'z');
}

/* No table of text holds a NUL; pictures and programs soon do. UTF-16 has its own mark.
 */
static bool is_binary(struct hm_bytes file)
{
    size_t head = file.size < HEAD ? file.size : HEAD;
    return begins(file, "%PDF", 4) ||
           (head > 0 && !begins(file, "\xFF\xFE", 2) && !begins(file, "\xFE\xFF", 2) &&
            memchr(file.data, '\0', head) != NULL);
}

static enum hm_status check_text(struct hm_bytes file, struct hm_err *err)
{
    const char *key = NULL;
    if (begins(file, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8)) {
        key = is_encrypted(file) ? "table-encrypted" : "table-xls";
    } else if (is_markup(file)) {
        key = "table-html";
    } else if (is_binary(file)) {
        key = "table-other";
    }
    return key == NULL ? HM_OK : hm_fail(err, HM_BAD_INPUT, key, NULL, NULL, NULL);
}

static bool is_packed(struct hm_bytes file)
{
    return begins(file, "PK\x03\x04", 4) || begins(file, "PK\x05\x06", 4);
}

enum hm_status hm_table_look(struct hm_bytes file, bool *text, struct hm_err *err)
{
    enum hm_status status = is_packed(file) ? HM_OK : check_text(file, err);
    if (status == HM_OK) {
        *text = !is_packed(file);
    }
    return status;
}

enum hm_status hm_table_open(struct hm_table **table,
                             struct hm_bytes file,
                             struct hm_err *err)
{
    struct hm_table *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->file = file;
    bool packed = is_packed(file);
    enum hm_status status =
        packed ? hm_xlsx_open(&made->xlsx, file, err) : check_text(file, err);
    if (status == HM_OK && !packed) {
        status = hm_csv_init(&made->csv, file, err);
    }
    if (status != HM_OK) {
        hm_table_close(made);
        return status;
    }
    *table = made;
    return HM_OK;
}

void hm_table_close(struct hm_table *table)
{
    if (table == NULL) {
        return;
    }
    hm_sheet_close(table->sheet);
    hm_xlsx_close(table->xlsx);
    hm_csv_fini(&table->csv);
    free(table);
}

bool hm_table_is_xlsx(const struct hm_table *table)
{
    return table->xlsx != NULL;
}

void hm_table_decode(struct hm_table *table, enum hm_encoding encoding)
{
    if (table->xlsx != NULL) {
        table->xlsx->encoding = encoding;
    }
}

size_t hm_table_sheet_count(const struct hm_table *table)
{
    return table->xlsx == NULL ? 1 : table->xlsx->sheet_count;
}

struct hm_bytes hm_table_sheet_name(const struct hm_table *table, size_t sheet)
{
    return table->xlsx == NULL ? HM_NO_BYTES : table->xlsx->sheets[sheet].name;
}

bool hm_table_sheet_hidden(const struct hm_table *table, size_t sheet)
{
    return table->xlsx != NULL && table->xlsx->sheets[sheet].hidden;
}

enum hm_status hm_table_begin(struct hm_table *table, size_t sheet, struct hm_err *err)
{
    if (table->xlsx != NULL) {
        hm_sheet_close(table->sheet);
        table->sheet = NULL;
        return hm_sheet_open(&table->sheet, table->xlsx, sheet, err);
    }
    hm_csv_fini(&table->csv);
    return hm_csv_init(&table->csv, table->file, err);
}

static bool is_blank(const struct hm_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (row->cells[i].size > 0) {
            return false;
        }
    }
    return true;
}

static enum hm_status next_of_csv(struct hm_table *table,
                                  struct hm_table_row *row,
                                  bool *found,
                                  struct hm_err *err)
{
    struct hm_csv_row read = {.count = 0};
    enum hm_status status = HM_OK;
    do {
        status = hm_csv_next(&table->csv, &read, found, err);
    } while (status == HM_OK && *found && is_blank(&read));
    if (status != HM_OK || !*found) {
        return status;
    }
    for (size_t i = 0; i < read.count; i++) {
        table->cells[i] = (struct hm_cell){.text = hm_csv_unguarded(read.cells[i])};
    }
    *row = (struct hm_table_row){read.line, table->cells, read.count};
    return HM_OK;
}

enum hm_status hm_table_next(struct hm_table *table,
                             struct hm_table_row *row,
                             bool *found,
                             struct hm_err *err)
{
    return table->xlsx != NULL ? hm_sheet_next(table->sheet, row, found, err)
                               : next_of_csv(table, row, found, err);
}
