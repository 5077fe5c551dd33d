/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a table and is no record, or no value. */
#include <string.h>

#include "hamlet/text/key.h"
#include "import_source.h"

enum { WORD_MAX = 1024, DAY_SIZE = 16 };

bool hm_import_is_blank(const struct hm_table_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        if (row->cells[i].text.size > 0 && !row->cells[i].from_above) {
            return false;
        }
    }
    return true;
}

/* "Cộng", or "Tổng cộng: 25 hộ": whether the text is, or begins with, a word of sums. */
static bool says_total(const struct hm_field_shared *shared, struct hm_bytes text)
{
    struct hm_buf own;
    struct hm_buf word;
    bool is = false;
    const uint8_t *colon = text.size == 0 ? NULL : memchr(text.data, ':', text.size);
    text.size = colon == NULL ? text.size : (size_t)(colon - text.data);
    hm_buf_init(&own, WORD_MAX);
    hm_buf_init(&word, WORD_MAX);
    hm_text_tone_key(&own, text);
    for (size_t i = 0; !is && i < shared->total_word_count; i++) {
        hm_buf_clear(&word);
        hm_text_tone_key(&word, hm_text(shared->total_words[i]));
        is = own.failed == HM_OK && word.failed == HM_OK && own.size > 0 &&
             hm_bytes_equal(hm_buf_bytes(&own), hm_buf_bytes(&word));
    }
    hm_buf_fini(&word);
    hm_buf_fini(&own);
    return is;
}

/*
 * Only by its first words: a row that has its number, or a name before, is one of the
 * list whoever lives there.
 */
static bool is_total(const struct hm_import_source *source,
                     const struct hm_table_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        struct hm_bytes text = row->cells[i].text;
        if (text.size > 0 && !row->cells[i].from_above) {
            return says_total(source->kind->fields[0].shared, text);
        }
    }
    return false;
}

/* "(1) (2) (3)", "A B 1 2": what forms have below their headings. */
static bool is_numbering(const struct hm_table_row *row)
{
    size_t count = 0;
    int64_t last = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct hm_bytes text = row->cells[i].text;
        if (text.size > 2 && text.data[0] == '(' && text.data[text.size - 1] == ')') {
            text.data++;
            text.size -= 2;
        }
        if (text.size == 0) {
            continue;
        }
        int64_t number = 0;
        for (size_t k = 0; k < text.size && number < 1000; k++) {
            bool digit = text.data[k] >= '0' && text.data[k] <= '9';
            number = digit ? number * 10 + (text.data[k] - '0') : 1000;
        }
        bool letter = text.size == 1 && text.data[0] >= 'A' && text.data[0] <= 'Z';
        if (!letter && number != last + 1) {
            return false;
        }
        last = letter ? last : number;
        count++;
    }
    return count > 2;
}

/* Long lists print their heading again on each page. */
static bool is_heading(const struct hm_import_source *source,
                       const struct hm_table_row *row)
{
    const struct hm_columns *columns = &source->heading.columns;
    size_t same = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct hm_bytes text = row->cells[i].text;
        bool title = i < columns->count && hm_bytes_equal(text, columns->titles[i]);
        if (text.size > 0 && !title) {
            return false;
        }
        same += title && text.size > 0;
    }
    return same > 1;
}

/* One cell over the whole width: "Tổ 1". */
static bool is_section(const struct hm_table_row *row)
{
    size_t own = 0;
    size_t covered = 0;
    for (size_t i = 0; i < row->count; i++) {
        covered += row->cells[i].from_left;
        own += row->cells[i].text.size > 0 && !row->cells[i].from_left;
    }
    return own == 1 && covered > 0;
}

/*
 * A row that goes on with the one above: its number or id, or all that a record must
 * have, is in cells that are merged with those above.
 */
static bool goes_on(const struct hm_import_source *source, const struct hm_table_row *row)
{
    const struct hm_columns *columns = &source->heading.columns;
    size_t own = 0;
    size_t merged = 0;
    for (size_t i = 0; i < row->count && i < columns->count; i++) {
        bool above = row->cells[i].from_above;
        if (above && (columns->ordinal[i] || hm_bytes_are(columns->fields[i], "id"))) {
            return true;
        }
        if (columns->at[i] != NULL && columns->at[i]->required) {
            merged += above;
            own += !above && row->cells[i].text.size > 0;
        }
    }
    return merged > 0 && own == 0;
}

/* Why a row is left out; null: it is to be a record. */
const char *hm_import_left_out(const struct hm_import_source *source,
                               const struct hm_table_row *row,
                               bool first)
{
    if (first && is_numbering(row)) {
        return "numbering";
    }
    if (is_total(source, row)) {
        return "sums";
    }
    if (is_heading(source, row)) {
        return "heading";
    }
    if (is_section(row)) {
        return "section";
    }
    return goes_on(source, row) ? "merged" : NULL;
}

/* More cells than the heading has: something stands where no title is. */
bool hm_import_is_wide(const struct hm_import_source *source,
                       const struct hm_table_row *row)
{
    bool wide = row->count > source->heading.columns.count;
    if (!hm_table_is_xlsx(source->table)) {
        return wide; /* a separator inside of a cell that has no quotes */
    }
    return false; /* notes beside the table: cells of a sheet do not shift */
}

/*
 * "45123", where a date is wanted: days as a spreadsheet counts them, in a CSV or a cell
 * that is not formatted as a date. It may count from 1900 or 1904: nothing is guessed.
 */
static enum hm_status check_day(const struct hm_field *field,
                                struct hm_bytes text,
                                struct hm_err *err)
{
    enum { DAY_DIGITS = 5 };
    char said[HM_ERR_ARG_MAX];
    char shown[HM_ERR_ARG_MAX];
    struct hm_buf day;
    uint8_t room[DAY_SIZE];
    struct hm_bytes whole = {text.data, 0};
    while (whole.size < text.size && text.data[whole.size] >= '0' &&
           text.data[whole.size] <= '9') {
        whole.size++;
    }
    bool dates =
        field->type == HM_FIELD_TYPE_DATE || field->type == HM_FIELD_TYPE_PARTIAL_DATE;
    bool part = whole.size < text.size &&
                (text.data[whole.size] == ',' || text.data[whole.size] == '.');
    if (!dates || whole.size != DAY_DIGITS || (whole.size < text.size && !part)) {
        return HM_OK;
    }
    hm_buf_init_fixed(&day, room, sizeof(room));
    hm_table_put_day(&day, whole);
    hm_api_argument(said, text);
    hm_api_argument(shown, hm_buf_bytes(&day));
    return hm_fail(err, HM_BAD_INPUT, "cell-day", field->name, said, shown);
}

enum hm_status hm_import_check_cell(const struct hm_field *field,
                                    const struct hm_cell *cell,
                                    struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    hm_api_argument(text, cell->text);
    if (cell->type == HM_CELL_ERROR) {
        return hm_fail(err, HM_BAD_INPUT, "cell-error", field->name, text, NULL);
    }
    if (cell->type == HM_CELL_NUMBER && field->type == HM_FIELD_TYPE_INTEGER &&
        memchr(cell->text.data, ',', cell->text.size) != NULL) {
        return hm_fail(err, HM_BAD_INPUT, "cell-fraction", field->name, text, NULL);
    }
    return check_day(field, cell->text, err);
}
