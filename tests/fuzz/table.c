/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that says it is a table: its rows come in order and within their bounds, or it
 * is refused with a reason. The first byte says how: 0 the file as it is, else the rest
 * is the sheet (1), the shared texts (2), the styles (3) or the workbook (4) of a whole
 * one.
 */
#include "hamlet/exchange/table.h"

#include "fuzz.h"
#include "tests/unit/exchange/book.h"

enum { ROWS_MAX = 100000 };

static void judge_cell(const struct hm_cell *cell)
{
    HM_ASSERT(cell->text.size <= HM_CSV_ROW_BYTES_MAX);
    HM_ASSERT(cell->type <= HM_CELL_ERROR);
    HM_ASSERT(cell->type != HM_CELL_BOOLEAN || hm_bytes_are(cell->text, "true") ||
              hm_bytes_are(cell->text, "false"));
}

static void judge_sheet(struct hm_table *table, size_t sheet)
{
    struct hm_table_row row = {.line = 0};
    struct hm_err err = HM_ERR_NONE;
    bool found = true;
    size_t line = 0;
    enum hm_status status = hm_table_begin(table, sheet, &err);
    for (size_t i = 0; status == HM_OK && found && i < ROWS_MAX; i++) {
        status = hm_table_next(table, &row, &found, &err);
        if (status != HM_OK || !found) {
            break;
        }
        HM_ASSERT(row.line > line && row.count > 0 && row.count <= HM_TABLE_COLUMNS_MAX);
        line = row.line;
        for (size_t k = 0; k < row.count; k++) {
            judge_cell(&row.cells[k]);
        }
    }
    HM_ASSERT(status == HM_OK || status == HM_BAD_INPUT || status == HM_TOO_BIG);
    HM_ASSERT((status == HM_OK) == (err.key == NULL));
}

static void judge(struct hm_bytes file)
{
    struct hm_table *table = NULL;
    struct hm_err err = HM_ERR_NONE;
    enum hm_status status = hm_table_open(&table, file, &err);
    if (status != HM_OK) {
        HM_ASSERT(status == HM_BAD_INPUT || status == HM_TOO_BIG);
        HM_ASSERT(err.key != NULL && table == NULL);
        return;
    }
    HM_ASSERT(hm_table_sheet_count(table) > 0);
    judge_sheet(table, 0);
    judge_sheet(table, hm_table_sheet_count(table) - 1);
    hm_table_close(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const parts[] = {BOOK_SHEET1, "xl/sharedStrings.xml",
                                        "xl/styles.xml", "xl/workbook.xml"};
    struct hm_bytes input = {data, size};
    struct book book;
    uint8_t choice = fuzz_choice(&input) % 5;
    if (choice == 0) {
        judge(input);
        return 0;
    }
    book_init(&book);
    book_add_bytes(&book, parts[choice - 1], input); /* the first of a name counts */
    book_frame(&book, "");
    book_add(&book, BOOK_SHEET1,
             "<worksheet><sheetData><row><c s=\"1\"><v>46086</v></c>"
             "<c t=\"s\"><v>1</v></c></row></sheetData></worksheet>");
    judge(book_end(&book));
    book_fini(&book);
    return 0;
}
