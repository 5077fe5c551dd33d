/* SPDX-License-Identifier: Apache-2.0 */
/* A table: rows that are read and written again are read as the same cells. */
#include "hamlet/exchange/csv.h"

#include "fuzz.h"

#define WRITTEN_MAX ((size_t)16 * 1024 * 1024)

static void expect_row(struct hm_bytes written, const struct hm_csv_row *row)
{
    struct hm_csv csv;
    struct hm_csv_row again = {.count = 0};
    bool found = false;
    HM_ASSERT(hm_csv_init(&csv, written, NULL) == HM_OK);
    HM_ASSERT(hm_csv_next(&csv, &again, &found, NULL) == HM_OK && found);
    HM_ASSERT(again.count == row->count + 1 && again.line == 1);
    for (size_t i = 0; i < row->count; i++) {
        HM_ASSERT(hm_bytes_equal(hm_csv_unguarded(again.cells[i + 1]), row->cells[i]));
    }
    hm_csv_fini(&csv);
}

/*
 * One row is a file of its own. The cell before it keeps its own bytes from being a byte
 * order mark, and a lone empty cell from being a blank line.
 */
static void write_again(const struct hm_csv_row *row)
{
    struct hm_csv_write out;
    struct hm_buf file;
    if (row->count == HM_CSV_COLUMNS_MAX) {
        return; /* there is no room for one more */
    }
    hm_buf_init(&file, WRITTEN_MAX);
    hm_csv_write_init(&out, &file);
    hm_csv_put_plain(&out, hm_text("0"));
    for (size_t i = 0; i < row->count; i++) {
        hm_csv_put_text(&out, row->cells[i]);
    }
    hm_csv_end_row(&out);
    HM_ASSERT(hm_buf_status(&file, NULL) == HM_OK);
    expect_row(hm_buf_bytes(&file), row);
    hm_buf_fini(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_csv csv;
    struct hm_csv_row row = {.line = 0};
    struct hm_err err = HM_ERR_NONE;
    bool found = true;
    size_t line = 0;
    enum hm_status status = hm_csv_init(&csv, (struct hm_bytes){data, size}, &err);
    if (status != HM_OK) {
        HM_ASSERT(status == HM_BAD_INPUT && err.key != NULL);
        return 0;
    }
    while (status == HM_OK && found) {
        status = hm_csv_next(&csv, &row, &found, &err);
        if (status == HM_OK && found) {
            HM_ASSERT(row.line > line && row.count <= HM_CSV_COLUMNS_MAX);
            line = row.line;
            write_again(&row);
        }
    }
    HM_ASSERT(status == HM_OK || status == HM_BAD_INPUT || status == HM_TOO_BIG);
    HM_ASSERT((status == HM_OK) == (err.key == NULL));
    hm_csv_fini(&csv);
    return 0;
}
