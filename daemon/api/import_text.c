/* SPDX-License-Identifier: Apache-2.0 */
#include "import_text.h"

#include "hamlet/base/limits.h"
#include "hamlet/exchange/csv.h"
#include "inside.h"

enum { SAMPLE_ROWS = 5 };

enum hm_status hm_import_text_read(struct hm_import_text *text,
                                   const struct hm_import *import,
                                   struct hm_err *err)
{
    hm_buf_init(&text->text, HM_FILE_BYTES_MAX);
    if (import->encoding == NULL) {
        text->read_as = hm_encoding_guess(import->file);
    } else if (hm_encoding_named(import->encoding, &text->read_as.encoding)) {
        text->read_as.sure = true;
    } else {
        return hm_fail(err, HM_USAGE, "encoding-unknown", import->encoding, NULL, NULL);
    }
    return hm_encoding_decode(&text->text, import->file, text->read_as.encoding, err);
}

static bool beyond_ascii(struct hm_bytes cell)
{
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.data[i] >= 0x80) {
            return true;
        }
    }
    return false;
}

/* The cell of `row` that shows the encoding; no bytes: none does. */
static struct hm_bytes telling(const struct hm_csv_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (beyond_ascii(row->cells[i])) {
            return row->cells[i];
        }
    }
    return HM_NO_BYTES;
}

/* The next row that shows the encoding; false also where the table breaks off. */
static bool next_telling(struct hm_csv *csv, struct hm_csv_row *row)
{
    bool found = true;
    while (hm_csv_next(csv, row, &found, NULL) == HM_OK && found) {
        if (telling(row).size > 0) {
            return true;
        }
    }
    return false;
}

void hm_import_text_show(struct hm_json_write *out, const struct hm_import_text *text)
{
    struct hm_csv csv;
    struct hm_csv_row row;
    hm_json_put_text(out, "encoding", hm_text(hm_encoding_name(text->read_as.encoding)));
    hm_json_key(out, "sure");
    hm_json_bool(out, text->read_as.sure);
    hm_json_key(out, "sample");
    hm_json_open(out, '[');
    if (hm_csv_init(&csv, hm_buf_bytes(&text->text), NULL) == HM_OK) {
        for (int i = 0; i < SAMPLE_ROWS && next_telling(&csv, &row); i++) {
            hm_json_open(out, '[');
            for (size_t k = 0; k < row.count; k++) {
                hm_json_text(out, row.cells[k]);
            }
            hm_json_close(out, ']');
        }
        hm_csv_fini(&csv);
    }
    hm_json_close(out, ']');
}

enum hm_status hm_import_text_check(const struct hm_import_text *text, struct hm_err *err)
{
    struct hm_csv csv;
    struct hm_csv_row row;
    char cell[HM_ERR_ARG_MAX] = "";
    if (text->read_as.sure) {
        return HM_OK;
    }
    if (hm_csv_init(&csv, hm_buf_bytes(&text->text), NULL) == HM_OK) {
        if (next_telling(&csv, &row)) {
            hm_api_argument(cell, telling(&row));
        }
        hm_csv_fini(&csv);
    }
    return hm_fail(err, HM_BAD_INPUT, "encoding-unsure",
                   hm_encoding_name(text->read_as.encoding), cell, NULL);
}
