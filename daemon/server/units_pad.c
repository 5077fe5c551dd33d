/* SPDX-License-Identifier: Apache-2.0 */
/* Codes that a spreadsheet took for numbers: their zeros come back, or somebody is asked.
 */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/tree.h"
#include "hamlet/store/registry.h"
#include "units.h"

struct padding {
    struct hm_units *units;
    struct hm_control_ctx *ctx;
    struct hm_bytes *codes; /* of the file, in their order */
    size_t count;
};

static struct hm_bytes text_of(const struct hm_units *units,
                               const struct hm_units_row *row,
                               const struct hm_field *field)
{
    for (size_t i = 0; i < units->column_count; i++) {
        if (units->columns[i] == field) {
            return hm_value_text_or(row->values[i], HM_NO_BYTES);
        }
    }
    return HM_NO_BYTES;
}

/* 0: codes of its system and level have no fixed length. */
static size_t width_of(const struct hm_units *units, const struct hm_units_row *row)
{
    const struct hm_kind_tree *tree = units->kind->tree;
    struct hm_bytes level = text_of(units, row, tree->level);
    struct hm_bytes system =
        tree->system == NULL ? HM_NO_BYTES : text_of(units, row, tree->system);
    for (size_t i = 0; i < tree->width_count; i++) {
        const struct hm_kind_width *width = &tree->widths[i];
        if (hm_bytes_are(level, width->level) &&
            (system.size == 0 || hm_bytes_are(system, width->system))) {
            return width->digits;
        }
    }
    return 0;
}

static struct hm_bytes padded(struct hm_arena *arena, struct hm_bytes code, size_t width)
{
    uint8_t text[HM_TREE_CODE_MAX];
    memset(text, '0', sizeof(text));
    memcpy(text + width - code.size, code.data, code.size);
    return hm_arena_copy(arena, (struct hm_bytes){text, width});
}

static enum hm_status set(struct hm_units *units,
                          struct hm_units_row *row,
                          const struct hm_field *field,
                          struct hm_bytes code,
                          struct hm_err *err)
{
    struct hm_buf value;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&value, code);
    enum hm_status status = hm_buf_status(&value, err);
    for (size_t i = 0; status == HM_OK && i < units->column_count; i++) {
        if (units->columns[i] == field) {
            row->cells[i] = code;
            row->values[i] = hm_arena_copy(units->arena, hm_buf_bytes(&value));
        }
    }
    hm_buf_fini(&value);
    units->padded_count++;
    return status == HM_OK ? hm_arena_status(units->arena, err) : status;
}

static enum hm_status pad_own(struct hm_units *units, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < units->count; i++) {
        struct hm_units_row *row = &units->rows[i];
        size_t width = width_of(units, row);
        if (row->refused == NULL && hm_tree_is_number(row->code) &&
            row->code.size < width) {
            row->code = padded(units->arena, row->code, width);
            status = set(units, row, units->kind->tree->code, row->code, err);
        }
    }
    return status;
}

/* ---- what names another unit ---- */

static int by_code(const void *a, const void *b)
{
    return hm_bytes_compare(*(const struct hm_bytes *)a, *(const struct hm_bytes *)b);
}

static enum hm_status is_known(struct padding *p,
                               struct hm_bytes code,
                               bool *known,
                               struct hm_err *err)
{
    *known = p->count > 0 &&
             bsearch(&code, p->codes, p->count, sizeof(*p->codes), by_code) != NULL;
    return *known ? HM_OK : hm_store_unit_known(p->ctx->store, code, known, err);
}

/* How many units it may mean, shorter than `most` (0: any length); *found: one of them.
 */
static enum hm_status meanings(struct padding *p,
                               struct hm_bytes code,
                               size_t most,
                               size_t *count,
                               struct hm_bytes *found,
                               struct hm_err *err)
{
    const struct hm_kind_tree *tree = p->units->kind->tree;
    uint8_t was[HM_TREE_CODE_MAX];
    struct hm_bytes meant = code;
    size_t width = code.size;
    enum hm_status status = HM_OK;
    *count = 0;
    while (status == HM_OK && (most == 0 || meant.size < most)) {
        bool known = false;
        status = is_known(p, meant, &known, err);
        if (status == HM_OK && known) {
            *found = hm_arena_copy(p->units->arena, meant);
            ++*count;
        }
        if (!hm_tree_code_was(tree, code, &width, was)) {
            break;
        }
        meant = (struct hm_bytes){was, width};
    }
    return status == HM_OK ? hm_arena_status(p->units->arena, err) : status;
}

/* In a file that lost zeros a code that fits as it stands may have lost some as well. */
static enum hm_status pad_parent(struct padding *p,
                                 struct hm_units_row *row,
                                 struct hm_err *err)
{
    struct hm_bytes found = HM_NO_BYTES;
    size_t count = 0;
    bool known = false;
    if (row->refused != NULL || !hm_tree_is_number(row->parent)) {
        return HM_OK;
    }
    enum hm_status status = is_known(p, row->parent, &known, err);
    if (status == HM_OK && known && p->units->padded_count == 0) {
        return HM_OK;
    }
    if (status == HM_OK) {
        status = meanings(p, row->parent, width_of(p->units, row), &count, &found, err);
    }
    if (status == HM_OK && count > 1) {
        return hm_units_refuse(p->units, row, "units-zeros", row->parent, err);
    }
    if (status == HM_OK && count == 1 && found.size > row->parent.size) {
        row->parent = found;
        status = set(p->units, row, p->units->kind->tree->parent, found, err);
    }
    return status;
}

enum hm_status hm_units_pad(struct hm_units *units,
                            struct hm_control_ctx *ctx,
                            struct hm_err *err)
{
    struct padding p = {.units = units, .ctx = ctx};
    if (units->kind->tree->width_count == 0 || units->count == 0) {
        return HM_OK;
    }
    enum hm_status status = pad_own(units, err);
    p.codes = hm_arena_get_array(units->arena, units->count, sizeof(*p.codes));
    if (status == HM_OK) {
        status = hm_arena_status(units->arena, err);
    }
    for (size_t i = 0; status == HM_OK && i < units->count; i++) {
        p.codes[p.count++] = units->rows[i].code;
    }
    if (status == HM_OK && p.count > 1) {
        qsort(p.codes, p.count, sizeof(*p.codes), by_code);
    }
    for (size_t i = 0; status == HM_OK && i < units->count; i++) {
        status = pad_parent(&p, &units->rows[i], err);
    }
    return status;
}
