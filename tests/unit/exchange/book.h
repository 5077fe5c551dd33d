/* SPDX-License-Identifier: Apache-2.0 */
/* book.h - an XLSX file in memory, part by part, as a program would write it or not. */
#ifndef TESTS_UNIT_EXCHANGE_BOOK_H
#define TESTS_UNIT_EXCHANGE_BOOK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/exchange/table.h"

enum { BOOK_PARTS_MAX = 6000, BOOK_NAME = 64, BOOK_HEAD = 30, BOOK_ENTRY = 46 };

struct book_part {
    char name[BOOK_NAME];
    uint32_t at; /* of its local header */
    uint32_t size;
    uint32_t crc;
    uint16_t flag;
    uint16_t method;
};

struct book {
    struct hm_buf file;
    struct book_part *parts;
    size_t count;
};

static inline void book_init(struct book *book)
{
    *book = (struct book){.parts = calloc(BOOK_PARTS_MAX, sizeof(struct book_part))};
    hm_buf_init(&book->file, (size_t)64 * 1024 * 1024);
}

static inline void book_fini(struct book *book)
{
    hm_buf_fini(&book->file);
    free(book->parts);
}

static inline uint32_t book_crc(const uint8_t *data, size_t size)
{
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
        }
    }
    return ~crc;
}

static inline void book_put(struct hm_buf *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        hm_buf_put_byte(out, (uint8_t)(number >> (8 * i)));
    }
}

/* What local header and directory say alike. */
static inline void book_put_part(struct hm_buf *out, const struct book_part *part)
{
    book_put(out, 20, 2);
    book_put(out, part->flag, 2);
    book_put(out, part->method, 2);
    book_put(out, 0, 4);
    book_put(out, part->crc, 4);
    book_put(out, part->size, 4);
    book_put(out, part->size, 4);
    book_put(out, strlen(part->name), 2);
    book_put(out, 0, 2);
}

/* A part, stored as it is. */
static inline void book_add_bytes(struct book *book,
                                  const char *name,
                                  struct hm_bytes text)
{
    struct book_part *part = &book->parts[book->count++];
    (void)snprintf(part->name, sizeof(part->name), "%s", name);
    part->at = (uint32_t)book->file.size;
    part->size = (uint32_t)text.size;
    part->crc = book_crc(text.data, text.size);
    book_put(&book->file, 0x04034B50, 4);
    book_put_part(&book->file, part);
    hm_buf_put_text(&book->file, name);
    hm_buf_put_bytes(&book->file, text);
}

static inline void book_add(struct book *book, const char *name, const char *text)
{
    book_add_bytes(book, name, hm_text(text));
}

/* The directory: the file is whole. */
static inline struct hm_bytes book_end(struct book *book)
{
    size_t begin = book->file.size;
    for (size_t i = 0; i < book->count; i++) {
        book_put(&book->file, 0x02014B50, 4);
        book_put(&book->file, 20, 2);
        book_put_part(&book->file, &book->parts[i]);
        book_put(&book->file, 0, 6);
        book_put(&book->file, 0, 4);
        book_put(&book->file, book->parts[i].at, 4);
        hm_buf_put_text(&book->file, book->parts[i].name);
    }
    size_t size = book->file.size - begin;
    book_put(&book->file, 0x06054B50, 4);
    book_put(&book->file, 0, 4);
    book_put(&book->file, book->count, 2);
    book_put(&book->file, book->count, 2);
    book_put(&book->file, size, 4);
    book_put(&book->file, begin, 4);
    book_put(&book->file, 0, 2);
    return hm_buf_bytes(&book->file);
}

#define BOOK_RELATION                                                                    \
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define BOOK_SHEET1 "xl/worksheets/sheet1.xml"

/* All but the sheets: two of them, the second hidden. */
static inline void book_frame(struct book *book, const char *properties)
{
    char text[1024];
    book_add(book, "_rels/.rels",
             "<Relationships><Relationship Id=\"r1\" Type=\"" BOOK_RELATION
             "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    (void)snprintf(text, sizeof(text),
                   "<workbook>%s<sheets><sheet name=\"Hộ\" sheetId=\"1\" r:id=\"r1\"/>"
                   "<sheet name=\"Ẩn\" sheetId=\"2\" state=\"hidden\" r:id=\"r2\"/>"
                   "</sheets></workbook>",
                   properties);
    book_add(book, "xl/workbook.xml", text);
    book_add(book, "xl/_rels/workbook.xml.rels",
             "<Relationships>"
             "<Relationship Id=\"r1\" Type=\"" BOOK_RELATION
             "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
             "<Relationship Id=\"r2\" Type=\"" BOOK_RELATION
             "/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
             "<Relationship Id=\"r3\" Type=\"" BOOK_RELATION
             "/sharedStrings\" Target=\"sharedStrings.xml\"/>"
             "<Relationship Id=\"r4\" Type=\"" BOOK_RELATION
             "/styles\" Target=\"styles.xml\"/>"
             "<Relationship Id=\"r5\" Type=\"" BOOK_RELATION
             "/worksheet\" Target=\"http://example.org/x\" TargetMode=\"External\"/>"
             "</Relationships>");
    book_add(book, "xl/worksheets/sheet2.xml", "<worksheet><sheetData/></worksheet>");
    book_add(book, "xl/sharedStrings.xml",
             "<sst><si><t>Nguyễn Thị Hường</t></si><si><r><t>Trần </t></r>"
             "<r><rPr><b/></rPr><t>Quốc Toản</t></r><rPh sb=\"0\" eb=\"1\"><t>x</t></rPh>"
             "</si><si><t>a_x000D_\nb_x005F_x000D__xAB__x01_</t></si></sst>");
    /* 0 plain, 1 d/m/y, 2 a code of five digits, 3 percent, 4 month, 5 date and time,
       6 time, 7 in a font of TCVN3 */
    book_add(
        book, "xl/styles.xml",
        "<styleSheet><numFmts>"
        "<numFmt numFmtId=\"164\" formatCode=\"[$-42A]dd&quot; tháng &quot;mm\\ yyyy\"/>"
        "<numFmt numFmtId=\"165\" formatCode=\"00000\"/>"
        "<numFmt numFmtId=\"166\" formatCode=\"mm/yyyy\"/></numFmts>"
        "<fonts><font><name val=\"Times New Roman\"/></font>"
        "<font><name val=\".VnTime\"/></font></fonts>"
        "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\" fontId=\"0\"/><xf numFmtId=\"164\"/>"
        "<xf numFmtId=\"165\"/><xf numFmtId=\"9\"/><xf numFmtId=\"166\"/>"
        "<xf numFmtId=\"22\"/><xf numFmtId=\"20\"/><xf numFmtId=\"0\" fontId=\"1\"/>"
        "</cellXfs></styleSheet>");
}

#endif
