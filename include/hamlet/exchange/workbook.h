/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workbook.h - a table as an Excel file, for people who go on working with it.
 *
 * Owner:      proto/exchange/xlsx_write.c, which alone knows libxlsxwriter; layer 3
 * Threads:    a workbook belongs to one thread
 * Memory:     one row; what is written lies in temporary files without a name, in the
 *             folder that the caller chose
 * Durability: none: the caller has the file written under another name (host/draft.h)
 * Errors:     the first failure is kept, later cells do nothing; hm_book_close tells
 *
 * Text is written as text, whatever it begins with: nothing in the file is a formula, a
 * link or a macro, and a code keeps its zeros.
 */
#ifndef HAMLET_EXCHANGE_WORKBOOK_H
#define HAMLET_EXCHANGE_WORKBOOK_H

#include "hamlet/base/buf.h"
#include "hamlet/base/time.h"

/* What Excel holds of a cell, in characters, and of a sheet with its heading. */
enum { HM_BOOK_TEXT_MAX = 32767, HM_BOOK_ROWS_MAX = 1048576 };
/* Larger numbers lose digits there: they are written as text. */
#define HM_BOOK_INTEGER_MOST INT64_C(999999999999999)

struct hm_book;

/*
 * Begin a file at `path`, which exists and is overwritten. `created` is told in it.
 * HM_NO_MEMORY
 */
HM_CHECKED enum hm_status hm_book_open(struct hm_book **book,
                                       const char *path,
                                       const char *temporary,
                                       struct hm_wall created,
                                       struct hm_err *err);

/*
 * Go on in a new sheet. Of `name` is kept what a sheet's name may be. Its first row is
 * bold and stays in view if `heading`.
 */
void hm_book_sheet(struct hm_book *book, struct hm_bytes name, bool heading);

/* One cell. No bytes: an empty one. */
void hm_book_put_text(struct hm_book *book, struct hm_bytes text);
/* `groups`: shown with its thousands apart. */
void hm_book_put_int(struct hm_book *book, int64_t number, bool groups);
/* A day from 1900-03-01, which is where Excel's calendar is right. */
void hm_book_put_date(struct hm_book *book, int year, int month, int day);
void hm_book_end_row(struct hm_book *book);

/*
 * Write the file and release the workbook, also after a failure. Does nothing on null.
 * HM_TOO_BIG  book-cell: a text is longer than a cell holds; book-rows: too many rows
 * HM_IO       the disk is full or failed
 */
HM_CHECKED enum hm_status hm_book_close(struct hm_book *book, struct hm_err *err);

#endif
