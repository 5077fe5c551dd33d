/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/exchange/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "testenv.h"

static struct hm_csv csv;
static struct hm_csv_row row;
static struct hm_err err;
static bool found;

static void setup(void)
{
    err = HM_ERR_NONE;
    csv = (struct hm_csv){.line = 0};
}

static void teardown(void)
{
    hm_csv_fini(&csv);
}

static void read_text(const char *text)
{
    hm_csv_fini(&csv);
    ck_assert_int_eq(hm_csv_init(&csv, hm_text(text), &err), HM_OK);
}

static void expect_row(size_t line, size_t count)
{
    ck_assert_int_eq(hm_csv_next(&csv, &row, &found, &err), HM_OK);
    ck_assert(found);
    ck_assert_uint_eq(row.line, line);
    ck_assert_uint_eq(row.count, count);
}

static void expect_end(void)
{
    ck_assert_int_eq(hm_csv_next(&csv, &row, &found, &err), HM_OK);
    ck_assert(!found);
}

static void expect_cell(size_t i, const char *text)
{
    ck_assert_uint_lt(i, row.count);
    ck_assert_msg(hm_bytes_are(row.cells[i], text), "cell %zu is '%.*s', not '%s'", i,
                  (int)row.cells[i].size, (const char *)row.cells[i].data, text);
}

/* ---- reading ---- */

START_TEST(a_row_is_cells_between_separators)
{
    read_text("a,b\nAn,\"Ấp 2, xã Một\"\n");

    expect_row(1, 2);
    expect_cell(0, "a");
    expect_cell(1, "b");
    expect_row(2, 2);
    expect_cell(0, "An");
    expect_cell(1, "Ấp 2, xã Một");
    expect_end();
}
END_TEST

static const struct {
    const char *text;
    char separator;
} headings[] = {
    {"a,b,c\n", ','},
    {"a;b;c\n", ';'},
    {"a\tb\tc\n", '\t'},
    {"a;\"b,,,,c\";d\n", ';'},
    {"\xEF\xBB\xBF"
     "a;b\n",
     ';'},
    {"a\n1;2;3\n", ','},
    {"\"x\ny;;;\",b\n", ','},
    {"", ','},
    {"a,b;c\n", ','},
};

START_TEST(the_separator_is_what_the_heading_has_most_of)
{
    read_text(headings[_i].text);

    ck_assert_int_eq(csv.separator, headings[_i].separator);
}
END_TEST

START_TEST(line_ends_are_lf_or_crlf_and_the_last_may_be_missing)
{
    read_text("\xEF\xBB\xBF"
              "a,b\r\n1,2\r\n3,4");

    expect_row(1, 2);
    expect_cell(0, "a");
    expect_cell(1, "b");
    expect_row(2, 2);
    expect_cell(1, "2");
    expect_row(3, 2);
    expect_cell(1, "4");
    expect_end();
}
END_TEST

START_TEST(a_lone_carriage_return_belongs_to_its_cell)
{
    read_text("a\rb,c\n");

    expect_row(1, 2);
    expect_cell(0, "a\rb");
    expect_end();
}
END_TEST

START_TEST(quotes_hold_separators_line_ends_and_quotes)
{
    read_text("a,b\n\"x\r\ny\",\"say \"\"hi\"\", he said\"\n1,2\n");

    expect_row(1, 2);
    expect_row(2, 2);
    expect_cell(0, "x\r\ny");
    expect_cell(1, "say \"hi\", he said");
    expect_row(4, 2);
    expect_cell(0, "1");
    expect_end();
}
END_TEST

START_TEST(blank_lines_are_no_rows_but_count)
{
    read_text("\n\na,b\n\n\r\n\"\",\n\n");

    expect_row(3, 2);
    expect_row(6, 2);
    expect_cell(0, "");
    expect_cell(1, "");
    expect_end();
}
END_TEST

START_TEST(rows_may_have_other_numbers_of_cells)
{
    read_text("a,b,c\n1\n1,2,3,4\n");

    expect_row(1, 3);
    expect_row(2, 1);
    expect_row(3, 4);
    expect_end();
}
END_TEST

static const struct {
    const char *text;
    const char *line;
} broken[] = {
    {"a\n\"never closed\n1\n", "2"}, {"a,b\n1,\"x\"y\n", "2"},
    {"a\nAn \"Út\" Hai\n", "2"},     {"a\n\"", "2"},
    {"a\n1\n\"x\"\"\n2\n", "3"},     {"a\n\"x\" ,y\n", "2"},
    {"\"a\nb\" c\n", "2"},
};

START_TEST(a_quote_out_of_place_is_refused_with_its_line)
{
    enum hm_status status = HM_OK;
    read_text(broken[_i].text);

    do {
        status = hm_csv_next(&csv, &row, &found, &err);
    } while (status == HM_OK && found);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "csv-quote");
    ck_assert_str_eq(err.arg[0], broken[_i].line);
}
END_TEST

START_TEST(utf16_is_told_apart)
{
    static const uint8_t little[] = {0xFF, 0xFE, 'a', 0, ',', 0};
    static const uint8_t big[] = {0xFE, 0xFF, 0, 'a'};

    ck_assert_int_eq(hm_csv_init(&csv, HM_BYTES(little), &err), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "csv-utf16");
    ck_assert_int_eq(hm_csv_init(&csv, HM_BYTES(big), NULL), HM_BAD_INPUT);
}
END_TEST

START_TEST(an_empty_file_has_no_rows)
{
    read_text("");
    expect_end();
    read_text("\xEF\xBB\xBF");
    expect_end();
    read_text("\n\r\n");
    expect_end();
}
END_TEST

START_TEST(a_row_of_the_most_cells_is_read_and_one_more_is_refused)
{
    struct hm_buf text;
    hm_buf_init(&text, (size_t)4 * HM_CSV_COLUMNS_MAX);
    for (size_t i = 1; i < HM_CSV_COLUMNS_MAX; i++) {
        hm_buf_put_byte(&text, ',');
    }
    hm_buf_put_text(&text, "\n,");
    for (size_t i = 1; i < HM_CSV_COLUMNS_MAX; i++) {
        hm_buf_put_byte(&text, ',');
    }
    ck_assert_int_eq(hm_csv_init(&csv, hm_buf_bytes(&text), &err), HM_OK);

    expect_row(1, HM_CSV_COLUMNS_MAX);
    enum hm_status status = hm_csv_next(&csv, &row, &found, &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_str_eq(err.key, "csv-row");
    ck_assert_str_eq(err.arg[0], "2");
    hm_buf_fini(&text);
}
END_TEST

START_TEST(a_row_that_is_too_long_is_refused)
{
    size_t size = HM_CSV_ROW_BYTES_MAX + 2;
    char *text = malloc(size);
    memset(text, 'x', size);
    text[0] = 'a';
    text[1] = '\n';

    ck_assert_int_eq(hm_csv_init(&csv, (struct hm_bytes){(uint8_t *)text, size}, &err),
                     HM_OK);
    expect_row(1, 1);
    expect_row(2, 1); /* exactly the limit */
    expect_end();
    hm_csv_fini(&csv);
    text[1] = 'x';
    ck_assert_int_eq(hm_csv_init(&csv, (struct hm_bytes){(uint8_t *)text, size}, &err),
                     HM_OK);
    enum hm_status status = hm_csv_next(&csv, &row, &found, &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_str_eq(err.key, "csv-row");
    free(text);
}
END_TEST

/* ---- writing ---- */

static void write_row(struct hm_buf *buf, const char *text)
{
    struct hm_csv_write out;
    hm_csv_write_init(&out, buf);
    hm_csv_put_text(&out, hm_text(text));
    hm_csv_end_row(&out);
}

static const struct {
    const char *text;
    const char *written;
} guarded[] = {
    {"=1+1", "'=1+1\r\n"},
    {"+84", "'+84\r\n"},
    {"-5", "'-5\r\n"},
    {"@SUM(A1)", "'@SUM(A1)\r\n"},
    {"\tx", "\"'\tx\"\r\n"},
    {"=a,b", "\"'=a,b\"\r\n"},
    {"'=x", "''=x\r\n"},
    {"''=x", "'''=x\r\n"},
    {"'x", "'x\r\n"},
    {"＝1", "'＝1\r\n"},
    {"＠a", "'＠a\r\n"},
    {"、", "、\r\n"},
    {"Nguyễn = An", "Nguyễn = An\r\n"},
    {"", "\r\n"},
};

START_TEST(what_a_spreadsheet_would_run_is_guarded)
{
    struct hm_buf buf;
    hm_buf_init(&buf, 256);

    write_row(&buf, guarded[_i].text);

    ck_assert_str_eq((const char *)buf.data, guarded[_i].written);
    hm_buf_fini(&buf);
}
END_TEST

START_TEST(numbers_stay_numbers_and_codes_are_quoted)
{
    struct hm_buf buf;
    struct hm_csv_write out;
    hm_buf_init(&buf, 256);
    hm_csv_write_init(&out, &buf);

    hm_csv_put_mark(&out);
    hm_csv_put_plain(&out, hm_text("-5"));
    hm_csv_put_text(&out, hm_text("01024"));
    hm_csv_put_text(&out, hm_text("0"));
    hm_csv_put_text(&out, hm_text(" x"));
    hm_csv_end_row(&out);
    hm_csv_put_text(&out, hm_text("a;b"));
    hm_csv_end_row(&out);

    ck_assert_str_eq((const char *)buf.data,
                     "\xEF\xBB\xBF-5,\"01024\",0,\" x\"\r\n\"a;b\"\r\n");
    hm_buf_fini(&buf);
}
END_TEST

/* Text of the characters that matter to the format, out of which accidents are made. */
static size_t random_cell(struct hm_testenv *world, char *text, size_t most)
{
    static const char letters[] = "=+-@'\",;\t\r\n a0";
    size_t size = hm_testenv_below(world, most);
    for (size_t i = 0; i < size; i++) {
        text[i] = letters[hm_testenv_below(world, sizeof(letters) - 1)];
    }
    return size;
}

START_TEST(what_was_written_is_read_as_it_was)
{
    enum { ROWS = 2000, COLUMNS = 3, MOST = 12 };
    struct hm_testenv world;
    static char cells[ROWS][COLUMNS][MOST];
    static size_t sizes[ROWS][COLUMNS];
    struct hm_buf buf;
    struct hm_csv_write out;
    hm_testenv_init(&world, hm_testenv_seed(7));
    hm_buf_init(&buf, 1 << 20);
    hm_csv_write_init(&out, &buf);
    hm_csv_put_mark(&out);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < COLUMNS; k++) {
            sizes[i][k] = i == 0 ? 0 : random_cell(&world, cells[i][k], MOST);
            hm_csv_put_text(&out, (struct hm_bytes){(uint8_t *)cells[i][k], sizes[i][k]});
        }
        hm_csv_end_row(&out);
    }

    ck_assert_int_eq(hm_csv_init(&csv, hm_buf_bytes(&buf), &err), HM_OK);

    for (size_t i = 0; i < ROWS; i++) {
        ck_assert_int_eq(hm_csv_next(&csv, &row, &found, &err), HM_OK);
        ck_assert(found);
        ck_assert_uint_eq(row.count, COLUMNS);
        for (size_t k = 0; k < COLUMNS; k++) {
            struct hm_bytes want = {(uint8_t *)cells[i][k], sizes[i][k]};
            ck_assert(hm_bytes_equal(hm_csv_unguarded(row.cells[k]), want));
        }
    }
    expect_end();
    hm_buf_fini(&buf);
}
END_TEST

/* An export hands its buffer on after each row and empties it. */
START_TEST(a_table_that_is_handed_on_in_pieces_is_the_same_table)
{
    static const char *const cells[] = {"id", "Nguyễn \"An\"", "=1", "a,b\n"};
    struct hm_buf whole;
    struct hm_buf piece;
    struct hm_buf pieces;
    struct hm_csv_write to_whole;
    struct hm_csv_write to_piece;
    hm_buf_init(&whole, 4096);
    hm_buf_init(&piece, 4096);
    hm_buf_init(&pieces, 4096);
    hm_csv_write_init(&to_whole, &whole);
    hm_csv_write_init(&to_piece, &piece);

    for (size_t i = 0; i < 16; i++) {
        hm_csv_put_text(&to_whole, hm_text(cells[i % 4]));
        hm_csv_put_text(&to_piece, hm_text(cells[i % 4]));
        if (i % 4 == 3) {
            hm_csv_end_row(&to_whole);
            hm_csv_end_row(&to_piece);
        }
        hm_buf_put_bytes(&pieces, hm_buf_bytes(&piece));
        hm_buf_clear(&piece);
    }

    ck_assert(hm_bytes_equal(hm_buf_bytes(&whole), hm_buf_bytes(&pieces)));
    hm_buf_fini(&pieces);
    hm_buf_fini(&piece);
    hm_buf_fini(&whole);
}
END_TEST

/* Wherever a file ends, its rows so far are those of the whole, or it is refused. */
START_TEST(a_file_that_was_cut_gives_the_rows_before_the_cut)
{
    static const char text[] = "a,b\r\n\"x\r\ny\",\"\"\"q\"\"\"\r\n\r\n1,2\n";
    static const char *const whole[3][2] = {{"a", "b"}, {"x\r\ny", "\"q\""}, {"1", "2"}};
    size_t refused = 0;

    for (size_t size = 0; size <= sizeof(text) - 1; size++) {
        enum hm_status status = HM_OK;
        size_t rows = 0;
        hm_csv_fini(&csv);
        ck_assert_int_eq(
            hm_csv_init(&csv, (struct hm_bytes){(const uint8_t *)text, size}, &err),
            HM_OK);
        for (;;) {
            status = hm_csv_next(&csv, &row, &found, &err);
            if (status != HM_OK || !found) {
                break;
            }
            ck_assert(rows < 3 && row.count <= 2);
            for (size_t i = 0; csv.rest.size > 0 && i < row.count && i < 2; i++) {
                expect_cell(i, whole[rows][i]);
            }
            rows++;
        }
        refused += status == HM_BAD_INPUT;
    }
    ck_assert_uint_eq(refused, 10); /* 9 inside of quotes, 1 between CR and LF */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exchange.csv");
    TCase *reading = tcase_create("reading");
    tcase_add_checked_fixture(reading, setup, teardown);
    tcase_add_test(reading, a_row_is_cells_between_separators);
    tcase_add_loop_test(reading, the_separator_is_what_the_heading_has_most_of, 0,
                        sizeof(headings) / sizeof(headings[0]));
    tcase_add_test(reading, line_ends_are_lf_or_crlf_and_the_last_may_be_missing);
    tcase_add_test(reading, a_lone_carriage_return_belongs_to_its_cell);
    tcase_add_test(reading, quotes_hold_separators_line_ends_and_quotes);
    tcase_add_test(reading, blank_lines_are_no_rows_but_count);
    tcase_add_test(reading, rows_may_have_other_numbers_of_cells);
    tcase_add_loop_test(reading, a_quote_out_of_place_is_refused_with_its_line, 0,
                        sizeof(broken) / sizeof(broken[0]));
    tcase_add_test(reading, utf16_is_told_apart);
    tcase_add_test(reading, an_empty_file_has_no_rows);
    tcase_add_test(reading, a_row_of_the_most_cells_is_read_and_one_more_is_refused);
    tcase_add_test(reading, a_row_that_is_too_long_is_refused);
    tcase_add_test(reading, a_file_that_was_cut_gives_the_rows_before_the_cut);
    suite_add_tcase(suite, reading);
    TCase *writing = tcase_create("writing");
    tcase_add_checked_fixture(writing, setup, teardown);
    tcase_add_loop_test(writing, what_a_spreadsheet_would_run_is_guarded, 0,
                        sizeof(guarded) / sizeof(guarded[0]));
    tcase_add_test(writing, numbers_stay_numbers_and_codes_are_quoted);
    tcase_add_test(writing, what_was_written_is_read_as_it_was);
    tcase_add_test(writing, a_table_that_is_handed_on_in_pieces_is_the_same_table);
    suite_add_tcase(suite, writing);
    return hm_run(suite);
}
