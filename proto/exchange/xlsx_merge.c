/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "xlsx.h"

enum {
    MERGES_MAX = 65536, /* one to three households */
    ROOM_FIRST = 64,
    LETTERS = 26,
    LETTERS_MAX = 4,
    LINE_MAX = 1 << 20 /* rows that a sheet can have (18.3.1.73) */
};
#define TEXT_MAX ((size_t)4 * 1024 * 1024)

struct reading {
    struct hm_merges *merges;
    struct hm_xml *xml;
};

void hm_merges_init(struct hm_merges *merges)
{
    *merges = (struct hm_merges){.count = 0};
    hm_arena_init(&merges->arena, TEXT_MAX);
}

void hm_merges_fini(struct hm_merges *merges)
{
    hm_arena_fini(&merges->arena);
    free(merges->at);
}

void hm_merges_rewind(struct hm_merges *merges)
{
    for (size_t i = 0; i < merges->count; i++) {
        merges->at[i].cell = (struct hm_cell){.type = HM_CELL_TEXT};
    }
    merges->begun = 0;
    merges->active_count = 0;
    hm_arena_clear(&merges->arena);
}

bool hm_xlsx_cell(const char *text, size_t *column, size_t *line, const char **rest)
{
    size_t letters = 0;
    size_t at = 0;
    size_t number = 0;
    for (; *text >= 'A' && *text <= 'Z' && letters < LETTERS_MAX; text++, letters++) {
        at = at * LETTERS + (size_t)(*text - 'A') + 1;
    }
    for (; *text >= '0' && *text <= '9' && number <= LINE_MAX; text++) {
        number = number * 10 + (size_t)(*text - '0');
    }
    *column = at - (letters > 0);
    *line = number;
    *rest = text;
    return letters > 0 && number > 0 && number <= LINE_MAX;
}

static bool range_of(const char *text, struct hm_merge *merge)
{
    size_t left = 0;
    size_t top = 0;
    size_t right = 0;
    size_t bottom = 0;
    if (text == NULL || !hm_xlsx_cell(text, &left, &top, &text) || *text != ':' ||
        !hm_xlsx_cell(text + 1, &right, &bottom, &text) || *text != '\0' ||
        right < left || bottom < top) {
        return false;
    }
    right = right < HM_TABLE_COLUMNS_MAX ? right : HM_TABLE_COLUMNS_MAX - 1;
    *merge = (struct hm_merge){.top = (uint32_t)top,
                               .bottom = (uint32_t)bottom,
                               .left = (uint16_t)left,
                               .right = (uint16_t)right};
    return true;
}

static void on_start(void *ctx, const char *name, const char *const *attributes)
{
    struct reading *reading = ctx;
    struct hm_merges *merges = reading->merges;
    struct hm_merge merge;
    if (strcmp(name, "mergeCell") != 0) {
        return;
    }
    if (!range_of(hm_xml_attribute(attributes, "ref"), &merge)) {
        hm_xml_refuse(reading->xml, HM_BAD_INPUT, "xlsx-form", 0);
        return;
    }
    if (merge.left >= HM_TABLE_COLUMNS_MAX) {
        return; /* no cell of ours */
    }
    if (merges->count == MERGES_MAX) {
        hm_xml_refuse(reading->xml, HM_TOO_BIG, "xlsx-big", 0);
        return;
    }
    if (merges->count == merges->room) {
        size_t room = merges->room == 0 ? ROOM_FIRST : merges->room * 2;
        struct hm_merge *at = realloc(merges->at, room * sizeof(*at));
        if (at == NULL) {
            hm_xml_refuse(reading->xml, HM_NO_MEMORY, "no-memory", 0);
            return;
        }
        merges->at = at;
        merges->room = room;
    }
    merges->at[merges->count++] = merge;
}

static void on_end(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
}

static int by_top(const void *a, const void *b)
{
    const struct hm_merge *x = a;
    const struct hm_merge *y = b;
    if (x->top != y->top) {
        return (x->top > y->top) - (x->top < y->top);
    }
    return (x->left > y->left) - (x->left < y->left);
}

enum hm_status hm_merges_read(struct hm_merges *merges,
                              struct hm_zip *zip,
                              const char *part,
                              struct hm_err *err)
{
    struct reading reading = {.merges = merges};
    struct hm_xml_reader reader = {on_start, on_end, NULL, &reading};
    merges->count = 0;
    hm_merges_rewind(merges);
    enum hm_status status = hm_xml_read(zip, part, &reader, &reading.xml, err);
    if (status != HM_OK) {
        merges->count = 0;
    } else if (merges->count > 0) {
        qsort(merges->at, merges->count, sizeof(*merges->at), by_top);
    }
    return status;
}

static void drop_ended(struct hm_merges *merges, size_t line)
{
    size_t kept = 0;
    for (size_t i = 0; i < merges->active_count; i++) {
        if (merges->active[i]->bottom >= line) {
            merges->active[kept++] = merges->active[i];
        }
    }
    merges->active_count = kept;
}

/* What stands in the first cell is kept while rows below are covered by it. */
static enum hm_status begin(struct hm_merges *merges,
                            struct hm_merge *merge,
                            size_t line,
                            const struct hm_cell *cells,
                            size_t count,
                            struct hm_err *err)
{
    if (merge->bottom < line) {
        return HM_OK; /* all of its rows are empty */
    }
    if (merges->active_count == HM_TABLE_COLUMNS_MAX) {
        return hm_fail(err, HM_TOO_BIG, "xlsx-big", NULL, NULL, NULL);
    }
    if (merge->top == line && merge->left < count) {
        merge->cell = cells[merge->left];
        merge->cell.text = merge->bottom > line
                               ? hm_arena_copy(&merges->arena, merge->cell.text)
                               : merge->cell.text;
    }
    merges->active[merges->active_count++] = merge;
    return hm_arena_status(&merges->arena, err);
}

static void fill(const struct hm_merge *merge,
                 size_t line,
                 struct hm_cell *cells,
                 size_t *count)
{
    if (merge->cell.text.size == 0) {
        return;
    }
    for (; *count <= merge->right; (*count)++) {
        cells[*count] = (struct hm_cell){.type = HM_CELL_TEXT};
    }
    for (size_t i = merge->left; i <= merge->right; i++) {
        if (cells[i].text.size == 0) {
            cells[i] = merge->cell;
            cells[i].from_left = i > merge->left;
            cells[i].from_above = line > merge->top;
        }
    }
}

enum hm_status hm_merges_fill(struct hm_merges *merges,
                              size_t line,
                              struct hm_cell *cells,
                              size_t *count,
                              struct hm_err *err)
{
    enum hm_status status = HM_OK;
    drop_ended(merges, line);
    for (; merges->begun < merges->count && merges->at[merges->begun].top <= line &&
           status == HM_OK;
         merges->begun++) {
        status = begin(merges, &merges->at[merges->begun], line, cells, *count, err);
    }
    for (size_t i = 0; i < merges->active_count && status == HM_OK; i++) {
        fill(merges->active[i], line, cells, count);
    }
    return status;
}
