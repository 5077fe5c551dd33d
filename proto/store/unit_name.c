/* SPDX-License-Identifier: Apache-2.0 */
/* Units have codes; a page names hundreds of them, each from its record's row alone. */
#include <string.h>

#include "derive.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/registry.h"
#include "sql.h"

/* The record of the unit: its id follows from its code. */
static enum hm_status record_of(const struct hm_kind *kind,
                                struct hm_bytes code,
                                struct hm_id *record,
                                struct hm_err *err)
{
    struct hm_buf value;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&value, code);
    enum hm_status status = hm_buf_status(&value, err);
    if (status == HM_OK) {
        const struct hm_key_field key = {hm_text(kind->tree->code->name),
                                         hm_buf_bytes(&value)};
        hm_record_id(record, hm_text(HM_HOME_REGISTRY), hm_text(kind->name), &key, 1);
    }
    hm_buf_fini(&value);
    return status;
}

/* The row leaves long texts out. */
static enum hm_status read_long(struct hm_store *store,
                                const struct hm_kind *kind,
                                const struct hm_id *record,
                                struct hm_bytes *name,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_loaded loaded;
    enum hm_status status = hm_store_record_load(store, record, &loaded, arena, err);
    if (status == HM_OK) {
        *name = hm_value_text_or(hm_loaded_field(&loaded, kind->tree->name), HM_NO_BYTES);
    }
    return status;
}

enum hm_status hm_store_unit_name(struct hm_store *store,
                                  struct hm_bytes code,
                                  struct hm_bytes *name,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT r.flags, json_extract(r.fields, '$.' || :name) FROM record r"
        " WHERE r.id = " HM_RECORD_FOUND;
    const struct hm_kind *kind = hm_kinds_tree(hm_store_kinds(store));
    struct hm_id record;
    sqlite3_stmt *stmt = NULL;
    bool there = false;
    bool cut = false;
    *name = HM_NO_BYTES;
    if (kind == NULL) {
        return HM_OK;
    }
    enum hm_status status = record_of(kind, code, &record, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, hm_text(kind->tree->name->name));
        hm_bind_id(stmt, 2, &record);
        status = hm_sql_step(store, stmt, &there, err);
    }
    if (status == HM_OK && there) {
        int64_t flags = hm_column_int(stmt, 0);
        bool shown = (flags & HM_RECORD_THERE) != 0 && (flags & HM_RECORD_DELETED) == 0;
        cut = shown && (flags & HM_RECORD_LONG) != 0 && hm_column_null(stmt, 1);
        *name = shown ? hm_arena_copy(arena, hm_column_bytes(stmt, 1)) : HM_NO_BYTES;
    }
    hm_sql_done(stmt);
    if (status == HM_OK && cut) {
        status = read_long(store, kind, &record, name, arena, err);
    }
    return status == HM_OK ? hm_arena_status(arena, err) : status;
}
