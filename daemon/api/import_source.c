/* SPDX-License-Identifier: Apache-2.0 */
#include "import_source.h"

/* Headings and what they may mean: forty rows of titles. */
#define ARENA_MAX ((size_t)16 * 1024 * 1024)

void hm_import_source_init(struct hm_import_source *source,
                           const struct hm_import *import,
                           const struct hm_kind *kind)
{
    *source = (struct hm_import_source){.import = import, .kind = kind};
    hm_arena_init(&source->arena, ARENA_MAX);
    hm_buf_init(&source->text.text, 0);
}

void hm_import_source_fini(struct hm_import_source *source)
{
    hm_table_close(source->table);
    hm_buf_fini(&source->text.text);
    hm_arena_fini(&source->arena);
}

enum hm_status hm_import_source_open(struct hm_import_source *source, struct hm_err *err)
{
    const struct hm_import *import = source->import;
    bool text = false;
    enum hm_status status = hm_table_look(import->file, &text, err);
    if (status == HM_OK && text) {
        status = hm_import_text_read(&source->text, import, err);
    }
    if (status == HM_OK) {
        status =
            hm_table_open(&source->table, text ? source->text.bytes : import->file, err);
    }
    if (status == HM_OK && !text) {
        status = hm_import_text_look(&source->text, import, source->table, err);
    }
    return status;
}

enum hm_status hm_import_source_head(struct hm_import_source *source,
                                     const struct hm_words *words,
                                     struct hm_err *err)
{
    enum hm_status status =
        hm_titles_read(&source->titles, words, source->kind, &source->arena, err);
    return status != HM_OK
               ? status
               : hm_heading_find(&source->heading, source->table, &source->titles,
                                 source->import, &source->arena, err);
}

enum hm_status hm_import_source_next(struct hm_import_source *source,
                                     struct hm_table_row *row,
                                     bool *first,
                                     bool *found,
                                     struct hm_err *err)
{
    enum hm_status status = HM_OK;
    do {
        status = hm_table_next(source->table, row, found, err);
    } while (status == HM_OK && *found && row->line <= source->heading.line);
    if (status != HM_OK || !*found) {
        return status;
    }
    *first = source->row_count == 0;
    return source->row_count++ == HM_IMPORT_ROWS_MAX
               ? hm_fail(err, HM_TOO_BIG, "csv-rows", NULL, NULL, NULL)
               : HM_OK;
}
