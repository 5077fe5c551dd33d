/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - rows of cells out of a file, whatever program wrote it: CSV or XLSX.
 *
 * Owner:   proto/exchange/table.c, xlsx*.c; layer 3, pure
 * Threads: a table belongs to one thread
 * Memory:  the file is borrowed; beside it at most HM_TABLE_BYTES_MAX, whatever it says
 * Errors:  name the line, or the part of the file, and what was expected
 *
 * What a file is, its content says and its name does not. Of an XLSX file (ECMA-376) only
 * the parts that hold the sheets are opened: nothing outside of the file is ever asked
 * for, no formula is computed (its last value stands in the file), no document type is
 * taken. A row is given as soon as it has been read; nothing of it stays.
 */
#ifndef HAMLET_EXCHANGE_TABLE_H
#define HAMLET_EXCHANGE_TABLE_H

#include "hamlet/exchange/csv.h"
#include "hamlet/text/encoding.h"

enum { HM_TABLE_COLUMNS_MAX = HM_CSV_COLUMNS_MAX, HM_TABLE_SHEETS_MAX = 256 };

/* Texts that cells share, the largest part, are held whole: a list of 200,000 names. */
#define HM_TABLE_BYTES_MAX ((size_t)40 * 1024 * 1024)
/* An XLSX file as it lies on the disk: what 200,000 rows take, three times. */
#define HM_TABLE_PACKED_MAX ((size_t)16 * 1024 * 1024)

enum hm_cell_type {
    HM_CELL_TEXT,
    HM_CELL_NUMBER, /* 1157; 2,063: the comma parts the fraction, there are no groups */
    HM_CELL_DATE,   /* 05/03/2026, with a time of day 05/03/2026, 10:25; 03/2026; 10:25 */
    HM_CELL_BOOLEAN, /* true, false */
    HM_CELL_ERROR    /* #N/A: what a formula came to */
};

struct hm_cell {
    struct hm_bytes text; /* until the next row is read */
    enum hm_cell_type type;
    bool decoded;    /* its font is of the time before Unicode, and it was read so */
    bool from_left;  /* of a merged cell that begins in a column before */
    bool from_above; /* in a row before */
};

struct hm_table_row {
    size_t line; /* of CSV that it begins on, of a sheet its number; from 1 */
    const struct hm_cell *cells;
    size_t count;
};

struct hm_table;

/*
 * Find out what the file is. `*table` is the caller's (hm_table_close).
 * HM_BAD_INPUT  it is something else (table-xls, table-encrypted, table-ods, table-xlsb,
 *               table-html, table-other), is UTF-16 (csv-utf16) or broken (xlsx-form)
 * HM_TOO_BIG    xlsx-big: more, or more tightly packed, than a table of people is
 */
HM_CHECKED enum hm_status hm_table_open(struct hm_table **table,
                                        struct hm_bytes file,
                                        struct hm_err *err);
void hm_table_close(struct hm_table *table);

/*
 * Whether the file is text, which is decoded before it is opened; else it is XLSX.
 * HM_BAD_INPUT  it is neither, as of hm_table_open
 */
HM_CHECKED enum hm_status hm_table_look(struct hm_bytes file,
                                        bool *text,
                                        struct hm_err *err);

/* Whether its cells have types and do not shift; else it is CSV. */
bool hm_table_is_xlsx(const struct hm_table *table);

/* Of XLSX: texts in fonts that do not tell are in this encoding, from the next row on. */
void hm_table_decode(struct hm_table *table, enum hm_encoding encoding);

/* CSV is one sheet without a name. */
size_t hm_table_sheet_count(const struct hm_table *table);
struct hm_bytes hm_table_sheet_name(const struct hm_table *table, size_t sheet);
bool hm_table_sheet_hidden(const struct hm_table *table, size_t sheet);

/* Read this sheet from its first row, as often as wanted. Errors: as hm_table_open. */
HM_CHECKED enum hm_status hm_table_begin(struct hm_table *table,
                                         size_t sheet,
                                         struct hm_err *err);

/*
 * The next row in which anything stands; *found false: there is none. After a failure
 * the rest cannot be read.
 * HM_BAD_INPUT  as of hm_csv_next; xlsx-form (part): not what an XLSX file may hold
 * HM_TOO_BIG    csv-row (line): more cells or bytes than a row may have; xlsx-big
 */
HM_CHECKED enum hm_status hm_table_next(struct hm_table *table,
                                        struct hm_table_row *row,
                                        bool *found,
                                        struct hm_err *err);

/*
 * Append the day that Excel counts as `serial`, digits alone, in its calendar from 1900:
 * dd/mm/yyyy. Nothing where that is centuries away.
 */
void hm_table_put_day(struct hm_buf *out, struct hm_bytes serial);

#endif
