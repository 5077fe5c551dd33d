/* SPDX-License-Identifier: Apache-2.0 */
#include "grid.h"
#include "hamlet/api/records.h"
#include "hamlet/model/value.h"

static void put_pair(struct hm_grid *table, const char *key, struct hm_bytes text)
{
    hm_grid_put(table, hm_text(hm_words_ui(table->view->words, key)));
    hm_grid_put(table, text);
}

/* The name of the record that is meant, and its id, which commands want. */
static enum hm_status put_ref(struct hm_grid *table,
                              struct hm_buf *shown,
                              struct hm_bytes value,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_bytes id = hm_value_text_or(value, HM_NO_BYTES);
    enum hm_status status = hm_api_show_ref(shown, table->view, value, arena, err);
    if (status == HM_OK && !hm_bytes_equal(hm_buf_bytes(shown), id)) {
        hm_buf_put_text(shown, " (");
        hm_buf_put_bytes(shown, id);
        hm_buf_put_text(shown, ")");
    }
    return status;
}

static enum hm_status put_fields(struct hm_grid *table,
                                 const struct hm_loaded *loaded,
                                 struct hm_buf *shown,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    size_t count = loaded->kind == NULL ? 0 : loaded->kind->field_count;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        const struct hm_field *field = &loaded->kind->fields[i];
        struct hm_bytes value = hm_loaded_field(loaded, field);
        if (value.size == 0 || hm_value_tag(value) == HM_VALUE_NULL) {
            continue;
        }
        hm_buf_clear(shown);
        if (field->type == HM_FIELD_TYPE_REF) {
            status = put_ref(table, shown, value, arena, err);
        } else {
            hm_field_show(shown, field, value, table->view->lang);
        }
        hm_grid_put(table, hm_text(hm_label_text(&field->label, table->view->lang)));
        hm_grid_put(table, hm_buf_bytes(shown));
    }
    return status;
}

/* A register whose values differ is named, so that nobody takes one of them for all. */
static void put_conflicts(struct hm_grid *table,
                          const struct hm_listed *record,
                          const struct hm_loaded *loaded,
                          struct hm_buf *shown)
{
    for (size_t i = 0; i < record->conflict_count; i++) {
        hm_buf_clear(shown);
        hm_api_show_name(shown, table->view, loaded->kind, record->conflicts[i]);
        put_pair(table, "column.conflict", hm_buf_bytes(shown));
    }
}

static enum hm_status show_text(const struct hm_view *view,
                                const struct hm_listed *record,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_grid table;
    struct hm_buf shown;
    char id[HM_HEX16_SIZE];
    enum hm_status status =
        hm_store_record_load(view->store, &record->id, &loaded, arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&shown, HM_VALUE_BYTES_MAX * 4);
    hm_grid_init(&table, view, 2);
    table.most = HM_GRID_NO_CUT;
    hm_hex_put(id, hm_id_bytes(&record->id));
    put_pair(&table, "column.id", hm_text(id));
    const char *kind = loaded.kind == NULL
                           ? hm_arena_copy_text(arena, record->kind)
                           : hm_label_text(&loaded.kind->label, view->lang);
    put_pair(&table, "column.kind", hm_text(kind));
    put_pair(&table, "column.unit", record->unit);
    status = put_fields(&table, &loaded, &shown, arena, err);
    const char *word = hm_api_state_word(record->state);
    put_pair(&table, "column.state", hm_text(hm_words_ui(view->words, word)));
    put_conflicts(&table, record, &loaded, &shown);
    if (!hm_id_is_none(&record->merged_into)) {
        hm_hex_put(id, hm_id_bytes(&record->merged_into));
        put_pair(&table, "column.merged-into", hm_text(id));
    }
    if (record->deleted) {
        put_pair(&table, "live.name", hm_text(hm_words_ui(view->words, "live.deleted")));
    }
    if (status == HM_OK) {
        status = hm_buf_status(&shown, err);
    }
    if (status == HM_OK) {
        status = hm_grid_end(&table, "list.none", err);
    }
    hm_grid_fini(&table);
    hm_buf_fini(&shown);
    return status;
}

enum hm_status hm_api_show(const struct hm_view *view,
                           const char *record,
                           struct hm_err *err)
{
    struct hm_id id;
    struct hm_listed listed;
    struct hm_arena arena;
    struct hm_rows rows;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_rows_init(&rows, view);
    enum hm_status status = hm_api_record_id(&id, record, err);
    if (status == HM_OK) {
        status = hm_store_record_show(view->store, &id, &listed, &arena, err);
    }
    if (status == HM_OK && view->json) {
        hm_api_record_json(&rows.out, &listed);
        status = hm_rows_end(&rows, err);
    } else if (status == HM_OK) {
        status = show_text(view, &listed, &arena, err);
    }
    hm_rows_fini(&rows);
    hm_arena_fini(&arena);
    return status;
}
