/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/exchange/table.h"

#include "book.h"
#include "run.h"
#include "testenv.h"

static struct book book;
static struct hm_table *table;
static struct hm_table_row row;
static struct hm_err err;
static bool found;

static void setup(void)
{
    err = HM_ERR_NONE;
    table = NULL;
    book_init(&book);
}

static void teardown(void)
{
    hm_table_close(table);
    book_fini(&book);
}

static enum hm_status open_sheet(const char *properties, const char *sheet)
{
    book_frame(&book, properties);
    book_add(&book, BOOK_SHEET1, sheet);
    enum hm_status status = hm_table_open(&table, book_end(&book), &err);
    return status != HM_OK ? status : hm_table_begin(table, 0, &err);
}

/* The rows of a sheet, given as its `row` elements. */
static void read_rows(const char *rows)
{
    struct hm_buf sheet;
    hm_buf_init(&sheet, 1 << 20);
    hm_buf_put_text(&sheet, "<worksheet><sheetData>");
    hm_buf_put_text(&sheet, rows);
    hm_buf_put_text(&sheet, "</sheetData></worksheet>");
    ck_assert_int_eq(open_sheet("", (const char *)sheet.data), HM_OK);
    hm_buf_fini(&sheet);
}

static void next_row(size_t line, size_t count)
{
    ck_assert_int_eq(hm_table_next(table, &row, &found, &err), HM_OK);
    ck_assert(found);
    ck_assert_uint_eq(row.line, line);
    ck_assert_uint_eq(row.count, count);
}

static void expect_end(void)
{
    ck_assert_int_eq(hm_table_next(table, &row, &found, &err), HM_OK);
    ck_assert(!found);
}

static void expect_cell(size_t i, const char *text)
{
    ck_assert_uint_lt(i, row.count);
    ck_assert_msg(hm_bytes_are(row.cells[i].text, text), "cell %zu is '%.*s', not '%s'",
                  i, (int)row.cells[i].text.size, (const char *)row.cells[i].text.data,
                  text);
}

static void expect_refused(enum hm_status status, const char *key)
{
    ck_assert_msg(status == HM_BAD_INPUT || status == HM_TOO_BIG, "status %d", status);
    ck_assert_str_eq(err.key, key);
}

/* ---- cells ---- */

START_TEST(texts_are_shared_inline_or_of_a_formula)
{
    read_rows(
        "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"C3\" t=\"inlineStr\">"
        "<is><t>Ấp </t><t>2</t></is></c><c r=\"D3\" t=\"str\"><f>A3&amp;\"x\"</f>"
        "<v>cũ</v></c></row><row><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c></row>");

    ck_assert(hm_table_is_xlsx(table));
    next_row(3, 4);
    expect_cell(0, "Nguyễn Thị Hường");
    expect_cell(1, "");
    expect_cell(2, "Ấp 2");
    expect_cell(3, "cũ");
    next_row(4, 2);
    expect_cell(0, "Trần Quốc Toản");
    expect_cell(1, "a\r\nb_x000D__xAB__x01_");
    expect_end();
}
END_TEST

static const struct {
    const char *cell;
    const char *text;
    enum hm_cell_type type;
} values[] = {
    {"<c><v>1157</v></c>", "1157", HM_CELL_NUMBER},
    {"<c><v>-3</v></c>", "-3", HM_CELL_NUMBER},
    {"<c><v>2.063</v></c>", "2,063", HM_CELL_NUMBER},
    {"<c><v>0.30000000000000004</v></c>", "0,3", HM_CELL_NUMBER},
    {"<c><v>4.5E3</v></c>", "4500", HM_CELL_NUMBER},
    {"<c><v>1.5E-2</v></c>", "0,015", HM_CELL_NUMBER},
    {"<c><v>123456789012345680</v></c>", "123456789012346000", HM_CELL_NUMBER},
    {"<c><v>99.99999999999999</v></c>", "100", HM_CELL_NUMBER},
    {"<c><v>0</v></c>", "0", HM_CELL_NUMBER},
    {"<c><v>-0</v></c>", "0", HM_CELL_NUMBER},
    {"<c><v>1E300</v></c>", "1E300", HM_CELL_TEXT},
    {"<c><v>12x</v></c>", "12x", HM_CELL_TEXT},
    {"<c t=\"b\"><v>1</v></c>", "true", HM_CELL_BOOLEAN},
    {"<c t=\"b\"><v>0</v></c>", "false", HM_CELL_BOOLEAN},
    {"<c t=\"e\"><v>#N/A</v></c>", "#N/A", HM_CELL_ERROR},
    {"<c s=\"2\"><v>1024</v></c>", "01024", HM_CELL_NUMBER},
    {"<c s=\"3\"><v>0.955</v></c>", "95,5%", HM_CELL_NUMBER},
    {"<c s=\"1\"><v>46086</v></c>", "05/03/2026", HM_CELL_DATE},
    {"<c s=\"1\"><v>46086.5</v></c>", "05/03/2026", HM_CELL_DATE},
    {"<c s=\"5\"><v>46086.434027777781</v></c>", "05/03/2026, 10:25", HM_CELL_DATE},
    {"<c s=\"5\"><v>46086</v></c>", "05/03/2026", HM_CELL_DATE},
    {"<c s=\"6\"><v>0.5</v></c>", "12:00", HM_CELL_DATE},
    {"<c s=\"4\"><v>46082</v></c>", "03/2026", HM_CELL_DATE},
    {"<c s=\"4\"><v>46086</v></c>", "05/03/2026", HM_CELL_DATE},
    {"<c s=\"1\"><v>1</v></c>", "01/01/1900", HM_CELL_DATE},
    {"<c s=\"1\"><v>59</v></c>", "28/02/1900", HM_CELL_DATE},
    {"<c s=\"1\"><v>60</v></c>", "29/02/1900", HM_CELL_DATE},
    {"<c s=\"1\"><v>61</v></c>", "01/03/1900", HM_CELL_DATE},
    {"<c s=\"1\"><v>0</v></c>", "0", HM_CELL_NUMBER},
    {"<c s=\"1\"><v>-5</v></c>", "-5", HM_CELL_NUMBER},
    {"<c s=\"1\"><v>1E9</v></c>", "1000000000", HM_CELL_NUMBER},
};

START_TEST(a_value_is_what_a_person_saw)
{
    char rows[256];
    (void)snprintf(rows, sizeof(rows), "<row>%s</row>", values[_i].cell);
    read_rows(rows);

    next_row(1, 1);

    expect_cell(0, values[_i].text);
    ck_assert_int_eq(row.cells[0].type, values[_i].type);
}
END_TEST

START_TEST(days_may_be_counted_from_1904)
{
    ck_assert_int_eq(open_sheet("<workbookPr date1904=\"1\"/>",
                                "<worksheet><sheetData><row><c s=\"1\"><v>44624</v></c>"
                                "<c s=\"1\"><v>0</v></c></row></sheetData></worksheet>"),
                     HM_OK);

    next_row(1, 2);

    expect_cell(0, "05/03/2026");
    expect_cell(1, "01/01/1904");
}
END_TEST

START_TEST(text_in_a_font_of_the_time_before_unicode_is_read_as_it_was_seen)
{
    static const char rows[] = "<row><c s=\"0\" t=\"str\"><v>NguyÔn</v></c><c s=\"7\" "
                               "t=\"str\"><v>NguyÔn</v></c>"
                               "</row>";
    read_rows(rows);

    next_row(1, 2);
    expect_cell(0, "NguyÔn");
    ck_assert(!row.cells[0].decoded);
    expect_cell(1, "Nguyễn");
    ck_assert(row.cells[1].decoded);

    hm_table_decode(table, HM_ENCODING_TCVN3);
    ck_assert_int_eq(hm_table_begin(table, 0, &err), HM_OK);
    next_row(1, 2);
    expect_cell(0, "Nguyễn");
}
END_TEST

START_TEST(rows_without_anything_are_none)
{
    read_rows("<row r=\"1\"><c r=\"A1\" s=\"1\"/></row><row r=\"2\"/>"
              "<row r=\"9\"><c r=\"B9\"><v>1</v></c></row>");

    next_row(9, 2);
    expect_end();
}
END_TEST

START_TEST(a_merged_cell_is_told_in_every_cell_that_it_covers)
{
    ck_assert_int_eq(
        open_sheet("", "<worksheet><sheetData>"
                       "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Chủ hộ</v></c>"
                       "<c r=\"C1\" t=\"str\"><v>Tổ</v></c></row>"
                       "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>Tên</v></c></row>"
                       "<row r=\"3\"><c r=\"A3\" t=\"str\"><v>An</v></c>"
                       "<c r=\"C3\" t=\"str\"><v>1</v></c></row>"
                       "<row r=\"5\"><c r=\"A5\" t=\"str\"><v>Bình</v></c></row>"
                       "<row r=\"6\"><c r=\"C6\" s=\"1\"/></row></sheetData>"
                       "<mergeCells><mergeCell ref=\"C3:C6\"/><mergeCell ref=\"A1:B1\"/>"
                       "<mergeCell ref=\"XFA1:XFD9\"/></mergeCells></worksheet>"),
        HM_OK);

    next_row(1, 3);
    expect_cell(1, "Chủ hộ");
    ck_assert(row.cells[1].from_left && !row.cells[1].from_above);
    ck_assert(!row.cells[0].from_left && !row.cells[2].from_left);
    next_row(2, 1);
    next_row(3, 3);
    ck_assert(!row.cells[2].from_above);
    next_row(5, 3);
    expect_cell(2, "1");
    ck_assert(row.cells[2].from_above && !row.cells[2].from_left);
    expect_end();
}
END_TEST

START_TEST(sheets_have_names_and_some_are_hidden)
{
    read_rows("<row><c><v>1</v></c></row>");

    ck_assert_uint_eq(hm_table_sheet_count(table), 2);
    ck_assert(hm_bytes_are(hm_table_sheet_name(table, 0), "Hộ"));
    ck_assert(!hm_table_sheet_hidden(table, 0));
    ck_assert(hm_table_sheet_hidden(table, 1));
    ck_assert_int_eq(hm_table_begin(table, 1, &err), HM_OK);
    expect_end();
    ck_assert_int_eq(hm_table_begin(table, 0, &err), HM_OK);
    next_row(1, 1);
}
END_TEST

START_TEST(csv_is_one_sheet_whose_blank_lines_are_no_rows)
{
    ck_assert_int_eq(hm_table_open(&table, hm_text("a;b\n;;\n1;'=2\n"), &err), HM_OK);
    ck_assert(!hm_table_is_xlsx(table));
    ck_assert_uint_eq(hm_table_sheet_count(table), 1);
    ck_assert_int_eq(hm_table_begin(table, 0, &err), HM_OK);

    next_row(1, 2);
    next_row(3, 2);
    expect_cell(1, "=2");
    expect_end();
}
END_TEST

/* ---- what is refused ---- */

#define ONE_ROW "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"
#define OPENED  "<worksheet><sheetData><row>"

static const struct {
    const char *sheet;
    const char *key;
} broken[] = {
    {"", "xlsx-form"},
    {OPENED "<c><v>1</v></c></row>", "xlsx-form"},
    {OPENED "<c t=\"s\"><v>3</v></c></row></sheetData></worksheet>", "xlsx-form"},
    {OPENED "<c t=\"s\"><v>-1</v></c></row></sheetData></worksheet>", "xlsx-form"},
    {OPENED "<c r=\"A7\"><v>1</v></c></row></sheetData></worksheet>", "xlsx-form"},
    {OPENED "<c r=\"1\"><v>1</v></c></row></sheetData></worksheet>", "xlsx-form"},
    {OPENED "<c r=\"AAAAAAA1\"><v>1</v></c></row></sheetData></worksheet>", "xlsx-form"},
    {OPENED "<c r=\"XFD1\"><v>1</v></c></row></sheetData></worksheet>", "csv-row"},
    {"<worksheet><sheetData><row r=\"0\"/></sheetData></worksheet>", "xlsx-form"},
    {"<worksheet><sheetData><row r=\"2\"/><row r=\"2\"/></sheetData></worksheet>",
     "xlsx-form"},
    {"<worksheet><sheetData><row r=\"1048577\"/></sheetData></worksheet>", "xlsx-form"},
    {"<worksheet><mergeCells><mergeCell ref=\"B2:A1\"/></mergeCells></worksheet>",
     "xlsx-form"},
    {"<!DOCTYPE x><worksheet/>", "xlsx-dtd"},
    {"<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>"
     "<worksheet>&lol2;</worksheet>",
     "xlsx-dtd"},
    {"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet/>", "xlsx-dtd"},
    {"<worksheet>&unknown;</worksheet>", "xlsx-form"},
};

START_TEST(a_sheet_that_is_none_is_refused)
{
    enum hm_status status = open_sheet("", broken[_i].sheet);
    found = true;
    while (status == HM_OK && found) {
        status = hm_table_next(table, &row, &found, &err);
    }

    expect_refused(status, broken[_i].key);
}
END_TEST

START_TEST(elements_within_elements_end_somewhere)
{
    struct hm_buf sheet;
    hm_buf_init(&sheet, 1 << 20);
    for (size_t i = 0; i < 10000; i++) {
        hm_buf_put_text(&sheet, "<a>");
    }

    enum hm_status status = open_sheet("", (const char *)sheet.data);

    expect_refused(status, "xlsx-form");
    hm_buf_fini(&sheet);
}
END_TEST

/* Expat keeps all names that it ever saw, and a token until it ends. */
START_TEST(names_and_tokens_without_end_do_not_fill_the_memory)
{
    struct hm_buf sheet;
    hm_buf_init(&sheet, (size_t)32 * 1024 * 1024);
    hm_buf_put_text(&sheet, "<worksheet>");
    for (size_t i = 0; _i == 0 && i < 400000; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "<n%zu/>", i);
        hm_buf_put_text(&sheet, name);
    }
    hm_buf_put_text(&sheet, _i == 1 ? "<!--" : "");
    for (size_t i = 0; _i == 1 && i < (size_t)10 * 1024 * 1024; i++) {
        hm_buf_put_byte(&sheet, 'x');
    }

    enum hm_status status = open_sheet("", (const char *)sheet.data);

    expect_refused(status, "xlsx-big");
    hm_buf_fini(&sheet);
}
END_TEST

START_TEST(a_row_of_more_than_a_row_may_have_is_refused_with_its_line)
{
    struct hm_buf sheet;
    hm_buf_init(&sheet, (size_t)4 * 1024 * 1024);
    hm_buf_put_text(&sheet, "<worksheet><sheetData><row r=\"7\"><c t=\"str\"><v>");
    for (size_t i = 0; i < HM_CSV_ROW_BYTES_MAX + 1; i++) {
        hm_buf_put_byte(&sheet, 'x');
    }
    hm_buf_put_text(&sheet, "</v></c></row></sheetData></worksheet>");
    ck_assert_int_eq(open_sheet("", (const char *)sheet.data), HM_OK);

    enum hm_status status = hm_table_next(table, &row, &found, &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_str_eq(err.key, "csv-row");
    ck_assert_str_eq(err.arg[0], "7");
    hm_buf_fini(&sheet);
}
END_TEST

static const struct {
    const char *text;
    size_t size;
    const char *key;
} others[] = {
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old", 12, "table-xls"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
     "..E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
     42, "table-encrypted"},
    {"<html><table><tr>", 17, "table-html"},
    {"\xEF\xBB\xBF\r\n <?xml version", 17, "table-html"},
    {"%PDF-1.7\n", 9, "table-other"},
    {"a,b\n\0\1\2", 7, "table-other"},
    {"PK\x03\x04 but no more", 16, "xlsx-form"},
    {"PK\x05\x06", 4, "xlsx-form"},
    {"\xFF\xFE"
     "a\0",
     4, "csv-utf16"},
};

START_TEST(a_file_is_what_its_content_says)
{
    struct hm_bytes file = {(const uint8_t *)others[_i].text, others[_i].size};

    enum hm_status status = hm_table_open(&table, file, &err);

    expect_refused(status, others[_i].key);
}
END_TEST

static const struct {
    const char *part;
    const char *key;
} packages[] = {{"content.xml", "table-ods"},
                {"xl/workbook.bin", "table-xlsb"},
                {"word/document.xml", "table-other"},
                {"photo.jpg", "table-other"}};

START_TEST(other_packages_are_told_apart)
{
    book_add(&book, packages[_i].part, "x");

    enum hm_status status = hm_table_open(&table, book_end(&book), &err);

    expect_refused(status, packages[_i].key);
}
END_TEST

START_TEST(a_part_with_a_password_or_an_unknown_packing_is_refused)
{
    book_frame(&book, "");
    book_add(&book, BOOK_SHEET1, ONE_ROW);
    if (_i == 0) {
        book.parts[3].flag = 1;
    } else {
        book.parts[3].method = 12;
    }

    enum hm_status status = hm_table_open(&table, book_end(&book), &err);

    expect_refused(status, _i == 0 ? "table-encrypted" : "xlsx-form");
}
END_TEST

START_TEST(parts_that_share_bytes_are_refused)
{
    book_frame(&book, "");
    book_add(&book, BOOK_SHEET1, ONE_ROW);
    book.parts[book.count] = book.parts[book.count - 1];
    book.count++;

    enum hm_status status = hm_table_open(&table, book_end(&book), &err);

    expect_refused(status, "xlsx-form");
}
END_TEST

START_TEST(a_package_of_too_many_parts_is_refused)
{
    book_frame(&book, "");
    for (size_t i = 0; i < 4100; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "p%zu", i);
        book_add(&book, name, "x");
    }

    enum hm_status status = hm_table_open(&table, book_end(&book), &err);

    expect_refused(status, "xlsx-big");
}
END_TEST

START_TEST(a_part_that_was_altered_is_refused)
{
    struct hm_bytes file;
    book_frame(&book, "");
    book_add(&book, BOOK_SHEET1, ONE_ROW);
    file = book_end(&book);
    size_t at = book.parts[book.count - 1].at;
    while (memcmp(book.file.data + at, "<v>1", 4) != 0) {
        at++;
    }
    book.file.data[at + 3] = '2';
    ck_assert_int_eq(hm_table_open(&table, file, &err), HM_OK);

    enum hm_status status = hm_table_begin(table, 0, &err);

    expect_refused(status, "xlsx-form");
}
END_TEST

/* Wherever the file ends and whichever byte was changed: an answer, and no other row. */
START_TEST(a_file_that_was_cut_or_altered_is_judged_without_harm)
{
    struct hm_testenv world;
    struct hm_bytes file;
    size_t refused = 0;
    hm_testenv_init(&world, hm_testenv_seed(11));
    book_frame(&book, "");
    book_add(&book, BOOK_SHEET1, ONE_ROW);
    file = book_end(&book);
    uint8_t *copy = malloc(file.size);

    for (size_t round = 0; round < 600; round++) {
        enum hm_status status = HM_OK;
        size_t size = round % 2 == 0 ? hm_testenv_below(&world, file.size) : file.size;
        memcpy(copy, file.data, file.size);
        copy[hm_testenv_below(&world, file.size)] ^= (uint8_t)(1 + round % 255);
        status = hm_table_open(&table, (struct hm_bytes){copy, size}, NULL);
        if (status == HM_OK) {
            status = hm_table_begin(table, 0, NULL);
        }
        found = true;
        while (status == HM_OK && found) {
            status = hm_table_next(table, &row, &found, NULL);
        }
        refused += status != HM_OK;
        hm_table_close(table);
        table = NULL;
    }

    ck_assert_uint_gt(refused, 300);
    free(copy);
}
END_TEST

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("exchange.table");
    TCase *cells = tcase_create("cells");
    tcase_add_checked_fixture(cells, setup, teardown);
    tcase_add_test(cells, texts_are_shared_inline_or_of_a_formula);
    tcase_add_loop_test(cells, a_value_is_what_a_person_saw, 0, COUNT(values));
    tcase_add_test(cells, days_may_be_counted_from_1904);
    tcase_add_test(cells,
                   text_in_a_font_of_the_time_before_unicode_is_read_as_it_was_seen);
    tcase_add_test(cells, rows_without_anything_are_none);
    tcase_add_test(cells, a_merged_cell_is_told_in_every_cell_that_it_covers);
    tcase_add_test(cells, sheets_have_names_and_some_are_hidden);
    tcase_add_test(cells, csv_is_one_sheet_whose_blank_lines_are_no_rows);
    suite_add_tcase(suite, cells);
    TCase *refused = tcase_create("refused");
    tcase_add_checked_fixture(refused, setup, teardown);
    tcase_add_loop_test(refused, a_sheet_that_is_none_is_refused, 0, COUNT(broken));
    tcase_add_test(refused, elements_within_elements_end_somewhere);
    tcase_add_loop_test(refused, names_and_tokens_without_end_do_not_fill_the_memory, 0,
                        2);
    tcase_add_test(refused, a_row_of_more_than_a_row_may_have_is_refused_with_its_line);
    tcase_add_loop_test(refused, a_file_is_what_its_content_says, 0, COUNT(others));
    tcase_add_loop_test(refused, other_packages_are_told_apart, 0, COUNT(packages));
    tcase_add_loop_test(refused, a_part_with_a_password_or_an_unknown_packing_is_refused,
                        0, 2);
    tcase_add_test(refused, parts_that_share_bytes_are_refused);
    tcase_add_test(refused, a_package_of_too_many_parts_is_refused);
    tcase_add_test(refused, a_part_that_was_altered_is_refused);
    tcase_add_test(refused, a_file_that_was_cut_or_altered_is_judged_without_harm);
    suite_add_tcase(suite, refused);
    return hm_run(suite);
}
