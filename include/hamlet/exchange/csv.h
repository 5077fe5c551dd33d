/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.h - tables as comma-separated text: a strict reader, a writer that runs nothing.
 *
 * Owner:   proto/exchange/csv.c, csv_write.c; layer 3, pure
 * Threads: a reader or writer belongs to one thread
 * Format:  RFC 4180. Cells are parted by `,`, `;` or a tab, whichever the first line
 *          has most of; lines end in LF or CR LF; a byte order mark may stand before all
 * Errors:  name the line, counted from 1, line ends inside quotes too
 *
 * Whether a cell is UTF-8 is for whoever reads it as a field: one bad cell refuses a row,
 * not the file.
 */
#ifndef HAMLET_EXCHANGE_CSV_H
#define HAMLET_EXCHANGE_CSV_H

#include "hamlet/base/buf.h"

enum {
    HM_CSV_COLUMNS_MAX = 256,       /* twice what the widest kind may have fields */
    HM_CSV_ROW_BYTES_MAX = 1 << 20, /* a drawing in each of thirty cells */
};

struct hm_csv {
    struct hm_bytes rest;
    size_t line; /* that `rest` begins on */
    uint8_t separator;
    struct hm_buf text; /* the cells of the row at hand, one after the other */
    size_t ends[HM_CSV_COLUMNS_MAX];
    struct hm_bytes cells[HM_CSV_COLUMNS_MAX];
};

struct hm_csv_row {
    size_t line;                  /* that it begins on */
    const struct hm_bytes *cells; /* until the next row is read */
    size_t count;
};

/*
 * Read `file`, which is borrowed. Nothing is allocated yet.
 * HM_BAD_INPUT  csv-utf16: it is UTF-16, as Excel's "Unicode text"
 */
HM_CHECKED enum hm_status hm_csv_init(struct hm_csv *csv,
                                      struct hm_bytes file,
                                      struct hm_err *err);
void hm_csv_fini(struct hm_csv *csv);

/*
 * The next row that is not a blank line; *found false: there is none. After a failure the
 * rest cannot be read.
 * HM_BAD_INPUT  csv-quote (line): a quote inside a cell that does not begin with one,
 *               something between a closing quote and the separator, or none that closes
 * HM_TOO_BIG    csv-row (line): more cells or bytes than a row may have
 */
HM_CHECKED enum hm_status hm_csv_next(struct hm_csv *csv,
                                      struct hm_csv_row *row,
                                      bool *found,
                                      struct hm_err *err);

/*
 * A cell as hm_csv_put_text was given it: without the apostrophe that kept a spreadsheet
 * from running it.
 */
struct hm_bytes hm_csv_unguarded(struct hm_bytes cell);

struct hm_csv_write {
    struct hm_buf *buf;
    bool begun; /* the row has a cell */
};

/* Rows go to the end of `buf`, whose errors they are. */
void hm_csv_write_init(struct hm_csv_write *out, struct hm_buf *buf);

/* What makes Excel read the file as UTF-8; before the first row. */
void hm_csv_put_mark(struct hm_csv_write *out);

/*
 * One cell. Text that a spreadsheet would run as a formula (= + - @ and their full-width
 * forms, tab, CR at its beginning) gets an apostrophe before it; what is a number to
 * programs (put_plain) does not, so that it stays one.
 */
void hm_csv_put_text(struct hm_csv_write *out, struct hm_bytes text);
void hm_csv_put_plain(struct hm_csv_write *out, struct hm_bytes text);
void hm_csv_end_row(struct hm_csv_write *out);

#endif
