/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx.h - an XLSX file's sheets as rows (ECMA-376 part 1: 18.2, 18.3, 18.4, 18.8).
 *
 * Owner: proto/exchange/xlsx.c the file, xlsx_sheet.c its rows; each part of it below
 */
#ifndef HM_EXCHANGE_XLSX_H
#define HM_EXCHANGE_XLSX_H

#include "hamlet/base/arena.h"
#include "hamlet/exchange/table.h"
#include "xlsx_xml.h"

enum { HM_XLSX_PATH_MAX = 256 };

/* ---- xlsx_strings.c: the texts that cells share ---- */

struct hm_strings {
    struct hm_buf text; /* one after the other */
    uint32_t *ends;
    size_t count;
    size_t room;
};

void hm_strings_init(struct hm_strings *strings);
void hm_strings_fini(struct hm_strings *strings);
HM_CHECKED enum hm_status hm_strings_read(struct hm_strings *strings,
                                          struct hm_zip *zip,
                                          const char *part,
                                          struct hm_err *err);
/* False: there is none of that number. */
bool hm_strings_get(const struct hm_strings *strings, size_t at, struct hm_bytes *text);

/* ---- xlsx_style.c: what a number means ---- */

enum hm_number_form {
    HM_FORM_PLAIN,
    HM_FORM_DATE,
    HM_FORM_DATE_TIME,
    HM_FORM_MONTH, /* no day is shown */
    HM_FORM_TIME,
    HM_FORM_PERCENT,
    HM_FORM_ZEROS /* filled up to a width, as codes are */
};

struct hm_style {
    uint8_t form;
    uint8_t width; /* of HM_FORM_ZEROS */
    bool old_font;
    uint8_t encoding; /* of its texts, where the font is old */
};

struct hm_styles {
    struct hm_style *at;
    size_t count;
};

void hm_styles_fini(struct hm_styles *styles);
HM_CHECKED enum hm_status hm_styles_read(struct hm_styles *styles,
                                         struct hm_zip *zip,
                                         const char *part,
                                         struct hm_err *err);
/* A format code as it stands in a file. */
struct hm_style hm_style_of_code(const char *code);

/* ---- xlsx_number.c: what a person saw ---- */

/*
 * Append the value `number` of a cell in this style. `since_1904`: days are counted from
 * there. What is no number is appended as it is, as text.
 */
enum hm_cell_type hm_number_show(struct hm_buf *out,
                                 struct hm_bytes number,
                                 struct hm_style style,
                                 bool since_1904);

/* ---- xlsx_merge.c: one cell over many ---- */

struct hm_merge {
    uint32_t top;
    uint32_t bottom;
    uint16_t left;
    uint16_t right;
    struct hm_cell cell;
};

struct hm_merges {
    struct hm_merge *at; /* by `top` */
    size_t count;
    size_t room;
    size_t begun; /* those before have begun */
    struct hm_merge *active[HM_TABLE_COLUMNS_MAX];
    size_t active_count;
    struct hm_arena arena; /* the texts of those that go on below their first row */
};

void hm_merges_init(struct hm_merges *merges);
void hm_merges_fini(struct hm_merges *merges);
/* Before its rows are read from the first on, again. */
void hm_merges_rewind(struct hm_merges *merges);
/*
 * What stands behind the rows of a sheet is read before them, in place of what was read
 * of another. After a failure there is none.
 */
HM_CHECKED enum hm_status hm_merges_read(struct hm_merges *merges,
                                         struct hm_zip *zip,
                                         const char *part,
                                         struct hm_err *err);
/* Fill the covered cells of a row. `*count` may grow. HM_TOO_BIG: xlsx-big */
HM_CHECKED enum hm_status hm_merges_fill(struct hm_merges *merges,
                                         size_t line,
                                         struct hm_cell *cells,
                                         size_t *count,
                                         struct hm_err *err);

/* "B12", "B12:D13": from 0 and from 1. False: it is none. */
bool hm_xlsx_cell(const char *text, size_t *column, size_t *line, const char **rest);

/* ---- xlsx.c ---- */

struct hm_xlsx_sheet {
    struct hm_bytes name;
    const char *id; /* of the relationship */
    const char *part;
    bool hidden;
};

struct hm_xlsx {
    struct hm_zip *zip;
    struct hm_arena arena; /* names and paths */
    struct hm_xlsx_sheet *sheets;
    size_t sheet_count;
    bool since_1904;
    enum hm_encoding encoding; /* of texts whose font does not tell */
    const char *workbook;
    const char *shared;
    const char *style;
    struct hm_strings strings;
    struct hm_styles styles;
    struct hm_merges
        merges;         /* of the sheet that was begun last: a table is read thrice */
    const char *merged; /* its part; null: of none */
};

HM_CHECKED enum hm_status hm_xlsx_open(struct hm_xlsx **xlsx,
                                       struct hm_bytes file,
                                       struct hm_err *err);
void hm_xlsx_close(struct hm_xlsx *xlsx);

/* ---- xlsx_sheet.c ---- */

struct hm_sheet;

/* One at a time of a file. */
HM_CHECKED enum hm_status hm_sheet_open(struct hm_sheet **sheet,
                                        struct hm_xlsx *xlsx,
                                        size_t at,
                                        struct hm_err *err);
void hm_sheet_close(struct hm_sheet *sheet);
HM_CHECKED enum hm_status hm_sheet_next(struct hm_sheet *sheet,
                                        struct hm_table_row *row,
                                        bool *found,
                                        struct hm_err *err);

#endif
