/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "xlsx.h"

enum { LINE_MAX = 1 << 20 };

enum content {
    CONTENT_NUMBER,
    CONTENT_SHARED,
    CONTENT_TEXT,
    CONTENT_BOOLEAN,
    CONTENT_ERROR
};

struct hm_sheet {
    struct hm_xlsx *xlsx;
    struct hm_xml *xml;
    bool row_ready;
    bool own; /* a cell of this row holds something by itself */
    size_t line;
    /* the cell at hand */
    size_t column;
    enum content content;
    struct hm_style style;
    bool value; /* inside of <v> or a <t> that is shown */
    bool phonetic;
    struct hm_buf raw;
    struct hm_buf plain; /* its text before it is decoded */
    /* the row at hand */
    struct hm_buf text;
    struct {
        size_t from;
        size_t size;
    } spans[HM_TABLE_COLUMNS_MAX];
    struct hm_cell cells[HM_TABLE_COLUMNS_MAX];
    size_t count;
};

static void refuse_form(struct hm_sheet *sheet)
{
    hm_xml_refuse(sheet->xml, HM_BAD_INPUT, "xlsx-form", 0);
}

/* ---- elements ---- */

static void begin_row(struct hm_sheet *sheet, const char *const *attributes)
{
    const char *text = hm_xml_attribute(attributes, "r");
    size_t line = sheet->line + 1;
    if (text != NULL && (!hm_xml_number(text, LINE_MAX, &line) || line <= sheet->line)) {
        refuse_form(sheet);
        return;
    }
    sheet->line = line;
    sheet->column = 0;
    sheet->count = 0;
    sheet->own = false;
    hm_buf_clear(&sheet->text);
}

static enum content content_of(const char *type)
{
    static const struct {
        const char *name;
        enum content content;
    } known[] = {{"s", CONTENT_SHARED},  {"inlineStr", CONTENT_TEXT},
                 {"str", CONTENT_TEXT},  {"d", CONTENT_TEXT},
                 {"b", CONTENT_BOOLEAN}, {"e", CONTENT_ERROR}};
    for (size_t i = 0; type != NULL && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(type, known[i].name) == 0) {
            return known[i].content;
        }
    }
    return CONTENT_NUMBER;
}

static void begin_cell(struct hm_sheet *sheet, const char *const *attributes)
{
    const struct hm_styles *styles = &sheet->xlsx->styles;
    const char *place = hm_xml_attribute(attributes, "r");
    size_t style = 0;
    size_t line = 0;
    if (place != NULL && (!hm_xlsx_cell(place, &sheet->column, &line, &place) ||
                          *place != '\0' || line != sheet->line)) {
        refuse_form(sheet);
        return;
    }
    bool styled =
        hm_xml_number(hm_xml_attribute(attributes, "s"), styles->count, &style) &&
        style < styles->count;
    sheet->style = styled ? styles->at[style] : (struct hm_style){HM_FORM_PLAIN, 0};
    sheet->content = content_of(hm_xml_attribute(attributes, "t"));
    hm_buf_clear(&sheet->raw);
}

static void on_start(void *ctx, const char *name, const char *const *attributes)
{
    struct hm_sheet *sheet = ctx;
    if (strcmp(name, "c") == 0) {
        begin_cell(sheet, attributes);
    } else if (strcmp(name, "v") == 0) {
        sheet->value = true;
    } else if (strcmp(name, "t") == 0) {
        sheet->value = !sheet->phonetic;
    } else if (strcmp(name, "rPh") == 0) {
        sheet->phonetic = true;
    } else if (strcmp(name, "row") == 0) {
        begin_row(sheet, attributes);
    }
}

/* ---- cells ---- */

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "_x000D_" stands for a character that XML cannot hold (22.9.2.19); 0: none does. */
static unsigned escaped(struct hm_bytes text)
{
    unsigned code = 0;
    if (text.size < 7 || text.data[0] != '_' || text.data[1] != 'x' ||
        text.data[6] != '_') {
        return 0;
    }
    for (size_t i = 2; i < 6; i++) {
        int digit = hex(text.data[i]);
        if (digit < 0) {
            return 0;
        }
        code = code * 16 + (unsigned)digit;
    }
    return code;
}

/* Only what is one byte is taken for an escape: nothing else needs one. */
static void put_text(struct hm_buf *out, struct hm_bytes text)
{
    while (text.size > 0) {
        const uint8_t *low = memchr(text.data, '_', text.size);
        size_t plain = low == NULL ? text.size : (size_t)(low - text.data);
        hm_buf_put(out, text.data, plain);
        text.data += plain;
        text.size -= plain;
        if (text.size > 0) {
            unsigned code = escaped(text);
            bool is = code > 0 && code < 0x80;
            hm_buf_put_byte(out, is ? (uint8_t)code : '_');
            text.data += is ? 7 : 1;
            text.size -= is ? 7 : 1;
        }
    }
}

/* Only letters beyond ASCII are others in old fonts. */
static void put_decoded(struct hm_sheet *sheet, struct hm_bytes text)
{
    enum hm_encoding encoding = sheet->style.old_font
                                    ? (enum hm_encoding)sheet->style.encoding
                                    : sheet->xlsx->encoding;
    if (encoding <= HM_ENCODING_UTF16) {
        put_text(&sheet->text, text);
        return;
    }
    hm_buf_clear(&sheet->plain);
    put_text(&sheet->plain, text);
    enum hm_status status =
        sheet->plain.failed != HM_OK
            ? sheet->plain.failed
            : hm_encoding_decode(&sheet->text, hm_buf_bytes(&sheet->plain), encoding,
                                 NULL);
    if (status != HM_OK && sheet->text.failed == HM_OK) {
        sheet->text.failed = status;
    }
}

static enum hm_cell_type put_value(struct hm_sheet *sheet)
{
    struct hm_bytes raw = hm_buf_bytes(&sheet->raw);
    struct hm_bytes shared = HM_NO_BYTES;
    size_t at = 0;
    switch (sheet->content) {
    case CONTENT_SHARED:
        if (!hm_xml_number((const char *)sheet->raw.data, UINT32_MAX, &at) ||
            !hm_strings_get(&sheet->xlsx->strings, at, &shared)) {
            refuse_form(sheet);
        }
        put_decoded(sheet, shared);
        return HM_CELL_TEXT;
    case CONTENT_TEXT:
        put_decoded(sheet, raw);
        return HM_CELL_TEXT;
    case CONTENT_BOOLEAN:
        hm_buf_put_text(&sheet->text, hm_bytes_are(raw, "1") ? "true" : "false");
        return HM_CELL_BOOLEAN;
    case CONTENT_ERROR:
        hm_buf_put_bytes(&sheet->text, raw);
        return HM_CELL_ERROR;
    default:
        return hm_number_show(&sheet->text, raw, sheet->style, sheet->xlsx->since_1904);
    }
}

static void refuse_buffer(struct hm_sheet *sheet, const struct hm_buf *buf)
{
    if (buf->failed == HM_NO_MEMORY) {
        hm_xml_refuse(sheet->xml, HM_NO_MEMORY, "no-memory", 0);
    } else {
        hm_xml_refuse(sheet->xml, HM_TOO_BIG, "csv-row", sheet->line);
    }
}

static void end_cell(struct hm_sheet *sheet)
{
    size_t at = sheet->column++;
    size_t from = sheet->text.size;
    if (sheet->raw.size == 0 && sheet->raw.failed == HM_OK) {
        return; /* a cell with nothing but a border */
    }
    if (at >= HM_TABLE_COLUMNS_MAX || sheet->raw.failed != HM_OK) {
        refuse_buffer(sheet, &sheet->raw);
        return;
    }
    for (; sheet->count <= at; sheet->count++) {
        sheet->cells[sheet->count] = (struct hm_cell){.type = HM_CELL_TEXT};
        sheet->spans[sheet->count].size = 0;
    }
    enum hm_cell_type type = put_value(sheet);
    if (sheet->text.failed != HM_OK) {
        refuse_buffer(sheet, &sheet->text);
        return;
    }
    sheet->cells[at] = (struct hm_cell){.type = type, .decoded = sheet->style.old_font};
    sheet->spans[at].from = from;
    sheet->spans[at].size = sheet->text.size - from;
    sheet->own = sheet->own || sheet->text.size > from;
    hm_buf_clear(&sheet->raw);
}

static void on_end(void *ctx, const char *name)
{
    struct hm_sheet *sheet = ctx;
    sheet->value = false;
    if (strcmp(name, "c") == 0) {
        end_cell(sheet);
    } else if (strcmp(name, "rPh") == 0) {
        sheet->phonetic = false;
    } else if (strcmp(name, "row") == 0 && sheet->own) {
        sheet->row_ready = true;
        hm_xml_pause(sheet->xml);
    }
}

static void on_text(void *ctx, struct hm_bytes text)
{
    struct hm_sheet *sheet = ctx;
    if (sheet->value) {
        hm_buf_put_bytes(&sheet->raw, text);
    }
}

/* ---- rows ---- */

/* Those of a sheet that is begun again are here. */
static enum hm_status read_merges(struct hm_xlsx *xlsx,
                                  const char *part,
                                  struct hm_err *err)
{
    if (xlsx->merged == part) {
        hm_merges_rewind(&xlsx->merges);
        return HM_OK;
    }
    xlsx->merged = NULL;
    enum hm_status status = hm_merges_read(&xlsx->merges, xlsx->zip, part, err);
    xlsx->merged = status == HM_OK ? part : NULL;
    return status;
}

enum hm_status hm_sheet_open(struct hm_sheet **sheet,
                             struct hm_xlsx *xlsx,
                             size_t at,
                             struct hm_err *err)
{
    struct hm_sheet *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    struct hm_xml_reader reader = {on_start, on_end, on_text, made};
    made->xlsx = xlsx;
    hm_buf_init(&made->raw, HM_CSV_ROW_BYTES_MAX);
    hm_buf_init(&made->plain, HM_CSV_ROW_BYTES_MAX);
    hm_buf_init(&made->text, HM_CSV_ROW_BYTES_MAX);
    const char *part = xlsx->sheets[at].part;
    enum hm_status status = read_merges(xlsx, part, err);
    if (status == HM_OK) {
        status = hm_xml_open(&made->xml, xlsx->zip, part, &reader, err);
    }
    if (status != HM_OK) {
        hm_sheet_close(made);
        return status;
    }
    *sheet = made;
    return HM_OK;
}

void hm_sheet_close(struct hm_sheet *sheet)
{
    if (sheet == NULL) {
        return;
    }
    hm_xml_close(sheet->xml);
    hm_buf_fini(&sheet->text);
    hm_buf_fini(&sheet->plain);
    hm_buf_fini(&sheet->raw);
    free(sheet);
}

enum hm_status hm_sheet_next(struct hm_sheet *sheet,
                             struct hm_table_row *row,
                             bool *found,
                             struct hm_err *err)
{
    bool more = false;
    sheet->row_ready = false;
    enum hm_status status = hm_xml_run(sheet->xml, &more, err);
    if (status != HM_OK || !sheet->row_ready) {
        *found = false;
        return status;
    }
    for (size_t i = 0; i < sheet->count; i++) {
        sheet->cells[i].text =
            sheet->spans[i].size == 0
                ? HM_NO_BYTES
                : (struct hm_bytes){sheet->text.data + sheet->spans[i].from,
                                    sheet->spans[i].size};
    }
    status = hm_merges_fill(&sheet->xlsx->merges, sheet->line, sheet->cells,
                            &sheet->count, err);
    if (status == HM_OK) {
        *row = (struct hm_table_row){sheet->line, sheet->cells, sheet->count};
        *found = true;
    }
    return status;
}
