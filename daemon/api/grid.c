/* SPDX-License-Identifier: Apache-2.0 */
#include "grid.h"

#include <string.h>

#include "hamlet/base/json_scan.h"
#include "hamlet/text/normal.h"

enum { GAP = 2 };

void hm_grid_init(struct hm_grid *table, const struct hm_view *view, size_t columns)
{
    *table = (struct hm_grid){.view = view, .columns = columns, .most = HM_GRID_CELL};
    hm_buf_init(&table->cells, HM_REQUEST_ARENA_MAX);
}

void hm_grid_fini(struct hm_grid *table)
{
    hm_buf_fini(&table->cells);
}

/* As much of `text` as fits before the sign that there was more, whole characters. */
static struct hm_bytes cut(struct hm_bytes text, size_t most)
{
    struct hm_bytes kept = {text.data, 0};
    size_t used = 0;
    while (kept.size < text.size) {
        struct hm_bytes rest = {text.data + kept.size, text.size - kept.size};
        size_t length = hm_utf8_length(rest);
        length = length == 0 ? 1 : length;
        used += hm_text_columns((struct hm_bytes){rest.data, length});
        if (used > most - 1) {
            break;
        }
        kept.size += length;
    }
    return kept;
}

/* A cell's line ends are blanks: a row is a line. */
static struct hm_bytes on_one_line(struct hm_bytes text, struct hm_arena *arena)
{
    char *line = hm_arena_copy_text(arena, text);
    for (size_t i = 0; line != NULL && i < text.size; i++) {
        if (line[i] == '\n') {
            line[i] = ' ';
        }
    }
    return line == NULL ? HM_NO_BYTES
                        : (struct hm_bytes){(const uint8_t *)line, text.size};
}

static void put_shown(struct hm_grid *table, struct hm_bytes text)
{
    struct hm_arena arena;
    hm_arena_init(&arena, HM_CHANGE_BYTES_MAX * 16);
    const char *shown = hm_view_shown(on_one_line(text, &arena), &arena);
    size_t at = table->cells.size;
    hm_buf_put_text(&table->cells, shown == NULL ? "" : shown);
    if (arena.failed != HM_OK && table->cells.failed == HM_OK) {
        table->cells.failed = arena.failed; /* a cell that is missing is no table */
    }
    if (table->cells.failed == HM_OK && table->cells.data != NULL) {
        struct hm_bytes whole = {table->cells.data + at, table->cells.size - at};
        if (hm_text_columns(whole) > table->most) {
            static const uint8_t more[] = {0xE2, 0x80, 0xA6}; /* U+2026 */
            table->cells.size = at + cut(whole, table->most).size;
            hm_buf_put_bytes(&table->cells, HM_BYTES(more));
        }
    }
    hm_arena_fini(&arena);
}

void hm_grid_put(struct hm_grid *table, struct hm_bytes text)
{
    size_t at = table->cells.size;
    put_shown(table, text);
    if (table->cells.failed == HM_OK && table->cells.data != NULL) {
        size_t width = hm_text_columns(
            (struct hm_bytes){table->cells.data + at, table->cells.size - at});
        size_t *most = &table->width[table->count % table->columns];
        *most = width > *most ? width : *most;
    }
    hm_buf_put_byte(&table->cells, '\0');
    table->count++;
}

/* The last column is not filled up: lines end where their text does. */
static void put_line(const struct hm_grid *table,
                     struct hm_buf *line,
                     const char **cell,
                     struct hm_bytes *filled)
{
    hm_buf_clear(line);
    *filled = HM_NO_BYTES;
    for (size_t i = 0; i < table->columns; i++) {
        size_t width = hm_text_columns(hm_text(*cell));
        hm_buf_put_text(line, *cell);
        if (**cell != '\0') {
            *filled = hm_buf_bytes(line);
        }
        for (; width < table->width[i] + GAP; width++) {
            hm_buf_put_byte(line, ' ');
        }
        *cell += strlen(*cell) + 1;
    }
    filled->data = line->data;
}

enum hm_status hm_grid_end(struct hm_grid *table, const char *empty, struct hm_err *err)
{
    struct hm_buf line;
    struct hm_bytes filled;
    enum hm_status status = hm_buf_status(&table->cells, err);
    if (status != HM_OK) {
        return status;
    }
    if (table->count <= table->columns) {
        hm_view_say(table->view, empty, NULL, NULL, NULL);
        return HM_OK;
    }
    hm_buf_init(&line, HM_CHANGE_BYTES_MAX);
    const char *cell = (const char *)table->cells.data;
    for (size_t row = 0; row < table->count / table->columns; row++) {
        put_line(table, &line, &cell, &filled);
        table->view->put(table->view->ctx, filled);
        table->view->put(table->view->ctx, hm_text("\n"));
    }
    status = hm_buf_status(&line, err);
    hm_buf_fini(&line);
    return status;
}
