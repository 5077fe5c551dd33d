/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/table.h"

#include <stdlib.h>

#include "import_source.h"

struct hm_api_table {
    struct hm_import_source source;
};

enum hm_status hm_api_table_open(struct hm_api_table **table,
                                 const struct hm_import *import,
                                 const struct hm_kind *kind,
                                 const struct hm_words *words,
                                 struct hm_err *err)
{
    struct hm_api_table *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    hm_import_source_init(&made->source, import, kind);
    enum hm_status status = hm_import_source_open(&made->source, err);
    if (status == HM_OK) {
        status = hm_import_text_check(&made->source.text, err);
    }
    if (status == HM_OK) {
        status = hm_import_source_head(&made->source, words, err);
    }
    if (status != HM_OK) {
        hm_api_table_close(made);
        return status;
    }
    *table = made;
    return HM_OK;
}

void hm_api_table_close(struct hm_api_table *table)
{
    if (table != NULL) {
        hm_import_source_fini(&table->source);
        free(table);
    }
}

size_t hm_api_table_columns(const struct hm_api_table *table)
{
    return table->source.heading.columns.count;
}

struct hm_api_column hm_api_table_column(const struct hm_api_table *table, size_t at)
{
    const struct hm_columns *columns = &table->source.heading.columns;
    return (struct hm_api_column){columns->titles[at], columns->at[at],
                                  columns->ordinal[at]};
}

enum hm_status hm_api_table_next(struct hm_api_table *table,
                                 struct hm_api_row *row,
                                 bool *found,
                                 struct hm_err *err)
{
    struct hm_table_row read;
    bool first = false;
    enum hm_status status = HM_OK;
    do {
        status = hm_import_source_next(&table->source, &read, &first, found, err);
    } while (status == HM_OK && *found &&
             (hm_import_is_blank(&read) ||
              hm_import_left_out(&table->source, &read, first) != NULL));
    if (status == HM_OK && *found) {
        *row = (struct hm_api_row){read.line, read.cells, read.count,
                                   hm_import_is_wide(&table->source, &read)};
    }
    return status;
}

enum hm_status hm_api_table_cell(const struct hm_api_table *table,
                                 const struct hm_api_row *row,
                                 size_t at,
                                 struct hm_bytes *text,
                                 struct hm_err *err)
{
    const struct hm_field *field = table->source.heading.columns.at[at];
    *text = HM_NO_BYTES;
    if (at >= row->count || row->cells[at].from_left || row->cells[at].text.size == 0) {
        return HM_OK;
    }
    *text = row->cells[at].text;
    return field == NULL ? HM_OK : hm_import_check_cell(field, &row->cells[at], err);
}
