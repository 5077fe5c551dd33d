/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "hamlet/exchange/workbook.h"
#include "hamlet/text/normal.h"

enum { NAME_CHARACTERS_MAX = 31, NAME_SIZE = 128, WIDTH = 18, COLUMNS = 256 };

enum format {
    FORMAT_BOLD,
    FORMAT_TEXT,
    FORMAT_PLAIN,
    FORMAT_GROUPS,
    FORMAT_DATE,
    FORMATS
};

struct hm_book {
    lxw_workbook *file;
    lxw_worksheet *sheet;
    lxw_format *formats[FORMATS];
    struct hm_buf text;
    char *temporary;
    bool heading; /* the row at hand is one */
    lxw_row_t row;
    lxw_col_t column;
    enum hm_status failed;
    const char *key;
};

static void fail(struct hm_book *book, enum hm_status status, const char *key)
{
    if (book->failed == HM_OK) {
        book->failed = status;
        book->key = key;
    }
}

/* What libxlsxwriter says, in our words. */
static void judge(struct hm_book *book, lxw_error error)
{
    switch (error) {
    case LXW_NO_ERROR:
        return;
    case LXW_ERROR_MEMORY_MALLOC_FAILED:
        fail(book, HM_NO_MEMORY, "no-memory");
        return;
    case LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED:
        fail(book, HM_TOO_BIG, "book-cell");
        return;
    default:
        fail(book, HM_IO, "book-write");
    }
}

static bool make_formats(struct hm_book *book)
{
    static const char *const codes[FORMATS] = {"@", "@", "0", "#,##0", "dd/mm/yyyy"};
    for (int i = 0; i < FORMATS; i++) {
        book->formats[i] = workbook_add_format(book->file);
        if (book->formats[i] == NULL) {
            return false;
        }
        format_set_num_format(book->formats[i], codes[i]);
        format_set_font_name(book->formats[i], "Times New Roman");
    }
    format_set_bold(book->formats[FORMAT_BOLD]);
    return true;
}

enum hm_status hm_book_open(struct hm_book **book,
                            const char *path,
                            const char *temporary,
                            struct hm_wall created,
                            struct hm_err *err)
{
    struct hm_book *made = calloc(1, sizeof(*made));
    char *folder = made == NULL ? NULL : strdup(temporary);
    if (folder == NULL) {
        free(made);
        return hm_fail_memory(err);
    }
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
    lxw_doc_properties properties = {.created = (time_t)(created.ms / 1000)};
    made->temporary = folder;
    hm_buf_init(&made->text, (size_t)HM_BOOK_TEXT_MAX * 16);
    made->file = workbook_new_opt(path, &options);
    if (made->file == NULL || !make_formats(made) ||
        workbook_set_properties(made->file, &properties) != LXW_NO_ERROR) {
        made->failed = HM_NO_MEMORY;
        made->key = "no-memory";
        return hm_book_close(made, err);
    }
    *book = made;
    return HM_OK;
}

/* Without the signs that a name may not have, and as long as it may be. */
static void sheet_name(char name[NAME_SIZE], struct hm_bytes wanted)
{
    size_t used = 0;
    size_t characters = 0;
    for (size_t i = 0; i < wanted.size && used + 1 < NAME_SIZE; i++) {
        uint8_t byte = wanted.data[i];
        characters += (byte & 0xC0) != 0x80;
        if (characters > NAME_CHARACTERS_MAX) {
            break;
        }
        name[used] = ' ';
        if (memchr("[]:*?/\\'", byte, 8) == NULL) {
            memcpy(&name[used], &byte, 1);
        }
        used++;
    }
    name[used] = '\0';
}

void hm_book_sheet(struct hm_book *book, struct hm_bytes name, bool heading)
{
    char kept[NAME_SIZE];
    sheet_name(kept, name);
    book->sheet = book->failed == HM_OK ? workbook_add_worksheet(book->file, kept) : NULL;
    if (book->sheet == NULL) {
        fail(book, HM_NO_MEMORY, "no-memory");
        return;
    }
    book->row = 0;
    book->column = 0;
    book->heading = heading;
    judge(book, worksheet_set_column(book->sheet, 0, COLUMNS - 1, WIDTH, NULL));
    if (heading) {
        worksheet_freeze_panes(book->sheet, 1, 0);
    }
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* "_x0041_" would be read as the letter that it names (ECMA-376 part 1, 22.9.2.19). */
static bool is_escape(struct hm_bytes text)
{
    return text.size > 6 && text.data[0] == '_' && text.data[1] == 'x' &&
           text.data[6] == '_' && is_hex(text.data[2]) && is_hex(text.data[3]) &&
           is_hex(text.data[4]) && is_hex(text.data[5]);
}

void hm_book_put_text(struct hm_book *book, struct hm_bytes text)
{
    lxw_col_t column = book->column++;
    if (book->failed != HM_OK || text.size == 0) {
        return;
    }
    if (hm_text_characters(text) > HM_BOOK_TEXT_MAX) {
        fail(book, HM_TOO_BIG, "book-cell");
        return;
    }
    hm_buf_clear(&book->text);
    for (; text.size > 0; text.data++, text.size--) {
        hm_buf_put_byte(&book->text, text.data[0]);
        if (is_escape(text)) {
            hm_buf_put_text(&book->text, "x005F_");
        }
    }
    hm_buf_put_byte(&book->text, '\0');
    if (book->text.failed != HM_OK) {
        fail(book, book->text.failed,
             book->text.failed == HM_NO_MEMORY ? "no-memory" : "book-cell");
        return;
    }
    judge(book, worksheet_write_string(
                    book->sheet, book->row, column, (const char *)book->text.data,
                    book->formats[book->heading ? FORMAT_BOLD : FORMAT_TEXT]));
}

void hm_book_put_int(struct hm_book *book, int64_t number, bool groups)
{
    struct hm_buf text;
    if (number <= HM_BOOK_INTEGER_MOST && number >= -HM_BOOK_INTEGER_MOST) {
        lxw_col_t column = book->column++;
        if (book->failed == HM_OK) {
            judge(book, worksheet_write_number(
                            book->sheet, book->row, column, (double)number,
                            book->formats[groups ? FORMAT_GROUPS : FORMAT_PLAIN]));
        }
        return;
    }
    hm_buf_init(&text, 32);
    hm_buf_put_int(&text, number);
    hm_book_put_text(book, hm_buf_bytes(&text));
    hm_buf_fini(&text);
}

void hm_book_put_date(struct hm_book *book, int year, int month, int day)
{
    lxw_datetime date = {.year = year, .month = month, .day = day};
    lxw_col_t column = book->column++;
    if (book->failed == HM_OK) {
        judge(book, worksheet_write_datetime(book->sheet, book->row, column, &date,
                                             book->formats[FORMAT_DATE]));
    }
}

void hm_book_end_row(struct hm_book *book)
{
    if (++book->row >= HM_BOOK_ROWS_MAX) {
        fail(book, HM_TOO_BIG, "book-rows");
    }
    book->column = 0;
    book->heading = false;
}

enum hm_status hm_book_close(struct hm_book *book, struct hm_err *err)
{
    if (book == NULL) {
        return HM_OK;
    }
    if (book->file != NULL) {
        judge(book, workbook_close(book->file));
    }
    enum hm_status status = book->failed == HM_OK
                                ? HM_OK
                                : hm_fail(err, book->failed, book->key, NULL, NULL, NULL);
    hm_buf_fini(&book->text);
    free(book->temporary);
    free(book);
    return status;
}
