/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hamlet/base/json_scan.h"
#include "hamlet/text/fold.h"
#include "import_columns.h"

enum {
    ROWS_LOOKED_AT = 40, /* name of the office, title, place, date: rarely ten */
    TITLE_BYTES_MAX = 200,
    NAMES_SIZE = HM_ERR_ARG_MAX
};

struct row {
    size_t line;
    size_t count;
    struct hm_bytes *cells; /* none of them longer than a title */
};

struct looking {
    const struct hm_titles *titles;
    const struct hm_import *import;
    struct hm_arena *arena;
    struct row rows[ROWS_LOOKED_AT];
    size_t count;
    /* the best so far */
    size_t found;
    size_t at;
    bool two; /* the row after it belongs to the heading too */
    struct hm_bytes two_titles[HM_TABLE_COLUMNS_MAX];
};

static enum hm_status keep_row(struct looking *looking,
                               const struct hm_table_row *row,
                               struct hm_err *err)
{
    struct row *kept = &looking->rows[looking->count];
    *kept = (struct row){.line = row->line, .count = row->count};
    kept->cells = hm_arena_get_array(looking->arena, row->count, sizeof(*kept->cells));
    for (size_t i = 0; kept->cells != NULL && i < row->count; i++) {
        struct hm_bytes text = row->cells[i].text;
        kept->cells[i] = text.size > TITLE_BYTES_MAX
                             ? HM_NO_BYTES
                             : hm_arena_copy(looking->arena, text);
    }
    looking->count++;
    return hm_arena_status(looking->arena, err);
}

/* Rows that break off are left to who reads all of them, and knows their heading. */
static enum hm_status read_rows(struct looking *looking,
                                struct hm_table *table,
                                struct hm_err *err)
{
    struct hm_table_row row;
    bool found = true;
    enum hm_status status = HM_OK;
    looking->count = 0;
    while (status == HM_OK && looking->count < ROWS_LOOKED_AT) {
        status = hm_table_next(table, &row, &found, looking->count == 0 ? err : NULL);
        if (status != HM_OK && looking->count > 0) {
            return HM_OK;
        }
        if (status != HM_OK || !found) {
            break;
        }
        status = keep_row(looking, &row, err);
    }
    return status;
}

static struct hm_bytes cell_of(const struct row *row, size_t column)
{
    return column < row->count ? row->cells[column] : HM_NO_BYTES;
}

static struct hm_bytes joined(struct hm_arena *arena,
                              struct hm_bytes above,
                              struct hm_bytes below)
{
    uint8_t text[TITLE_BYTES_MAX * 2 + 1];
    memcpy(text, above.data, above.size);
    text[above.size] = ' ';
    memcpy(text + above.size + 1, below.data, below.size);
    return hm_arena_copy(arena, (struct hm_bytes){text, above.size + 1 + below.size});
}

/*
 * The title of a column over which one cell lies that others are parts of: both together
 * if they mean something, else what stands below.
 */
static struct hm_bytes title_of_two(struct looking *looking,
                                    struct hm_bytes above,
                                    struct hm_bytes below)
{
    if (below.size == 0 || hm_bytes_equal(above, below)) {
        return above;
    }
    if (above.size == 0) {
        return below;
    }
    struct hm_bytes both = joined(looking->arena, above, below);
    return hm_title_means(looking->titles, both).field != NULL ||
                   hm_title_means(looking->titles, below).field == NULL
               ? both
               : below;
}

/* In CSV a cell over many stands in its first column alone. */
static size_t put_two(struct looking *looking,
                      const struct row *first,
                      const struct row *second,
                      struct hm_bytes *titles)
{
    size_t count = first->count > second->count ? first->count : second->count;
    struct hm_bytes above = HM_NO_BYTES;
    for (size_t i = 0; i < count; i++) {
        struct hm_bytes own = cell_of(first, i);
        struct hm_bytes below = cell_of(second, i);
        above = own.size > 0 || below.size == 0 ? own : above;
        titles[i] = title_of_two(looking, above, below);
    }
    return count;
}

static size_t filled(const struct row *row)
{
    size_t count = 0;
    for (size_t i = 0; i < row->count; i++) {
        count += row->cells[i].size > 0;
    }
    return count;
}

/*
 * The row with most fields, the first of them. Below the top one match is not enough: a
 * word of a title can be that of a field.
 */
static void choose(struct looking *looking)
{
    struct hm_bytes titles[HM_TABLE_COLUMNS_MAX];
    looking->found = 0;
    for (size_t i = 0; i < looking->count; i++) {
        const struct row *row = &looking->rows[i];
        size_t found =
            hm_columns_guess(looking->titles, looking->import, row->cells, row->count);
        size_t both = 0;
        if (i + 1 < looking->count && looking->rows[i + 1].line == row->line + 1 &&
            filled(row) > 1) {
            size_t count = put_two(looking, row, &looking->rows[i + 1], titles);
            both = hm_columns_guess(looking->titles, looking->import, titles, count);
        }
        bool enough = i == 0 || found > 1 || both > 1 || found == filled(row);
        if (enough && (found > looking->found || both > looking->found)) {
            looking->two = both > found;
            looking->found = looking->two ? both : found;
            looking->at = i;
        }
    }
}

static enum hm_status fail_none(const struct looking *looking, struct hm_err *err)
{
    for (size_t i = 0; i < looking->count; i++) {
        for (size_t k = 0; k < looking->rows[i].count; k++) {
            if (!hm_utf8_valid(looking->rows[i].cells[k])) {
                return hm_fail(err, HM_BAD_INPUT, "csv-encoding", NULL, NULL, NULL);
            }
        }
    }
    return hm_fail(err, HM_BAD_INPUT, looking->count == 0 ? "csv-empty" : "column-none",
                   NULL, NULL, NULL);
}

static enum hm_status take_heading(struct hm_heading *heading,
                                   struct looking *looking,
                                   struct hm_err *err)
{
    const struct row *row = &looking->rows[looking->at];
    const struct hm_bytes *titles = row->cells;
    size_t count = row->count;
    if (looking->found == 0) {
        return fail_none(looking, err);
    }
    heading->line = row->line;
    heading->titled = looking->at;
    if (looking->two) {
        count = put_two(looking, row, row + 1, looking->two_titles);
        titles = looking->two_titles;
        heading->line = row[1].line;
    }
    enum hm_status status = hm_arena_status(looking->arena, err);
    return status != HM_OK ? status
                           : hm_columns_find(&heading->columns, looking->titles,
                                             looking->import, titles, count, err);
}

/* ---- the sheet ---- */

static bool same_name(struct hm_bytes a, struct hm_bytes b)
{
    struct hm_buf x;
    struct hm_buf y;
    hm_buf_init(&x, HM_NAME_MAX);
    hm_buf_init(&y, HM_NAME_MAX);
    hm_text_fold(&x, a);
    hm_text_fold(&y, b);
    bool same =
        hm_bytes_equal(a, b) || (x.failed == HM_OK && y.failed == HM_OK && x.size > 0 &&
                                 hm_bytes_equal(hm_buf_bytes(&x), hm_buf_bytes(&y)));
    hm_buf_fini(&y);
    hm_buf_fini(&x);
    return same;
}

static void list_sheet(char names[NAMES_SIZE], struct hm_bytes name)
{
    char text[NAMES_SIZE];
    size_t used = strlen(names);
    hm_api_argument(text, name);
    if (used + strlen(text) + 3 < NAMES_SIZE) {
        memcpy(names + used, used == 0 ? "" : ", ", used == 0 ? 0 : 2);
        memcpy(names + used + (used == 0 ? 0 : 2), text, strlen(text) + 1);
    }
}

static enum hm_status named_sheet(size_t *sheet,
                                  const struct hm_table *table,
                                  struct hm_bytes name,
                                  struct hm_err *err)
{
    char wanted[HM_ERR_ARG_MAX];
    char names[NAMES_SIZE] = "";
    for (size_t i = 0; i < hm_table_sheet_count(table); i++) {
        if (same_name(hm_table_sheet_name(table, i), name)) {
            *sheet = i;
            return HM_OK;
        }
        list_sheet(names, hm_table_sheet_name(table, i));
    }
    hm_api_argument(wanted, name);
    return hm_fail(err, HM_BAD_INPUT, "sheet-missing", wanted, names, NULL);
}

static enum hm_status look(struct looking *looking,
                           struct hm_table *table,
                           size_t sheet,
                           struct hm_err *err)
{
    enum hm_status status = hm_table_begin(table, sheet, err);
    if (status == HM_OK) {
        status = read_rows(looking, table, err);
    }
    if (status == HM_OK) {
        choose(looking);
    }
    return status;
}

/*
 * The one sheet that people see and that has such headings; where several have as many,
 * nobody but the person knows which is meant.
 */
static enum hm_status find_sheet(size_t *sheet,
                                 struct looking *looking,
                                 struct hm_table *table,
                                 struct hm_err *err)
{
    char names[NAMES_SIZE] = "";
    size_t most = 0;
    size_t count = 0;
    enum hm_status status = HM_OK;
    *sheet = 0;
    for (size_t i = 0; i < hm_table_sheet_count(table) && status == HM_OK; i++) {
        if (hm_table_sheet_hidden(table, i) && hm_table_sheet_count(table) > 1) {
            continue;
        }
        status = look(looking, table, i, err);
        if (status == HM_OK && looking->found > most) {
            names[0] = '\0';
            most = looking->found;
            count = 0;
            *sheet = i;
        }
        if (status == HM_OK && looking->found > 0 && looking->found == most) {
            count++;
            list_sheet(names, hm_table_sheet_name(table, i));
        }
    }
    return status != HM_OK || count < 2
               ? status
               : hm_fail(err, HM_BAD_INPUT, "sheet-which", names, NULL, NULL);
}

enum hm_status hm_heading_find(struct hm_heading *heading,
                               struct hm_table *table,
                               const struct hm_titles *titles,
                               const struct hm_import *import,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct looking *looking = hm_arena_get(arena, sizeof(*looking));
    if (looking == NULL) {
        return hm_arena_status(arena, err);
    }
    looking->titles = titles;
    looking->import = import;
    looking->arena = arena;
    enum hm_status status = import->sheet.size > 0
                                ? named_sheet(&heading->sheet, table, import->sheet, err)
                                : find_sheet(&heading->sheet, looking, table, err);
    if (status == HM_OK) {
        status = look(looking, table, heading->sheet, err);
    }
    if (status == HM_OK) {
        status = take_heading(heading, looking, err);
    }
    return status != HM_OK ? status : hm_table_begin(table, heading->sheet, err);
}
