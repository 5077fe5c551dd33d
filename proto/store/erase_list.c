/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasures as lists: those that were accepted here, and those that the registry names, by
 * which a replica that lost a change of erasure still knows what it must not keep.
 */

#include "erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/erase.h"
#include "hamlet/store/registry.h"
#include "names.h"

/* ---- in the registry: a list of [register, prefix…] ---- */

void hm_erasure_over_put(struct hm_buf *value, const struct hm_change *erasure)
{
    size_t count = 0;
    for (size_t w = 0; w < erasure->write_count; w++) {
        count += hm_erase_names(&erasure->writes[w]);
    }
    hm_value_put_list(value, count);
    for (size_t w = 0; w < erasure->write_count; w++) {
        const struct hm_write *write = &erasure->writes[w];
        if (!hm_erase_names(write)) {
            continue;
        }
        hm_value_put_list(value, (size_t)write->replaces_count + 1);
        hm_value_put_text(value, write->reg);
        for (size_t p = 0; p < write->replaces_count; p++) {
            char text[HM_B64_8_SIZE];
            uint8_t at[HM_PREFIX_SIZE];
            hm_prefix_put(at, write->replaces[p]);
            hm_b64_put(text, HM_BYTES(at));
            hm_value_put_text(value, hm_text(text));
        }
    }
}

/* What is no such list orders nothing. */
static enum hm_status read_over(struct hm_bytes value,
                                struct hm_order **orders,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_value_each lists;
    struct hm_bytes name;
    struct hm_bytes list;
    size_t room = value.size / (HM_PREFIX_SIZE + 1); /* no prefix is shorter as text */
    struct hm_order *found = hm_arena_get_array(arena, room, sizeof(*found));
    size_t n = 0;
    *count = 0;
    *orders = found;
    if (found == NULL || hm_value_tag(value) != HM_VALUE_LIST) {
        return hm_arena_status(arena, err);
    }
    hm_value_each_init(&lists, value);
    while (hm_value_each_next(&lists, &name, &list)) {
        struct hm_value_each texts;
        struct hm_bytes text;
        uint8_t at[HM_PREFIX_SIZE];
        if (hm_value_tag(list) != HM_VALUE_LIST) {
            continue;
        }
        hm_value_each_init(&texts, list);
        bool some = hm_value_each_next(&texts, &name, &text);
        struct hm_bytes reg = some ? hm_value_text_or(text, HM_NO_BYTES) : HM_NO_BYTES;
        while (reg.size > 0 && n < room && hm_value_each_next(&texts, &name, &text)) {
            if (hm_b64_get(at, HM_PREFIX_SIZE, hm_value_text_or(text, HM_NO_BYTES))) {
                found[n++] = (struct hm_order){reg, hm_prefix_from(at)};
            }
        }
    }
    *count = n;
    return HM_OK;
}

/* `different` null: note what the list orders; else count it if that is not noted. */
static enum hm_status derive_list(struct hm_store *store,
                                  int64_t home,
                                  const struct hm_id *record,
                                  struct hm_bytes value,
                                  size_t *different,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_order *orders = NULL;
    size_t count = 0;
    bool known = true;
    enum hm_status status = read_over(value, &orders, &count, arena, err);
    if (status == HM_OK && different == NULL) {
        return hm_erasure_note(store, home, record, orders, count, arena, err);
    }
    if (status == HM_OK) {
        status = hm_erasure_known(store, home, record, orders, count, &known, arena, err);
    }
    if (status == HM_OK) {
        *different += !known;
    }
    return status;
}

enum hm_status hm_erasure_derive(struct hm_store *store,
                                 const struct hm_loaded *loaded,
                                 size_t *different,
                                 struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_id record;
    int64_t home = 0;
    /* Servers that did not know of each other may have listed it: each list orders. */
    const struct hm_register *over =
        hm_merged_register(&loaded->merged, hm_text(HM_REGISTRY_OVER));
    size_t lists = over == NULL ? 0 : over->head_count;
    struct hm_bytes unit =
        hm_value_text_or(hm_loaded_shown(loaded, hm_text(HM_REGISTRY_UNIT)), HM_NO_BYTES);
    struct hm_bytes id = hm_value_text_or(
        hm_loaded_shown(loaded, hm_text(HM_REGISTRY_RECORD)), HM_NO_BYTES);
    if (unit.size == 0 || !hm_id_get_hex(&record, id)) {
        return HM_OK;
    }
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_unit_number(store, unit, different == NULL, &home, err);
    for (size_t i = 0; i < lists && status == HM_OK; i++) {
        status = derive_list(store, home, &record, over->heads[i].write->value, different,
                             &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- what was accepted ---- */

enum hm_status hm_store_erasures(struct hm_store *store,
                                 struct hm_erasure **erasures,
                                 size_t *count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    /* `+`: what lies around the change is looked at, not all of the bucket. */
    static const char select[] = HM_CHANGE_COLUMNS
        ", (SELECT max(e.n + c.id - e.change) FROM bucket b CROSS JOIN entry e"
        " ON +e.bucket = b.id AND e.change <= c.id AND e.change > c.id - " HM_ENTRY_ROW
        " AND c.id < e.change + e.count AND e.kind <> 'q' WHERE b.name = u.code)"
        " FROM change c INDEXED BY change_erase CROSS JOIN author a ON a.id = c.author"
        " CROSS JOIN device d ON d.id = a.device CROSS JOIN unit u ON u.id = c.home"
        " CROSS JOIN record r ON r.id = c.record CROSS JOIN kind k ON k.id = r.kind"
        " LEFT JOIN bulk b ON b.id = c.bulk WHERE c.act = 7 AND c.verdict > 1"
        " ORDER BY c.id";
    struct hm_erasure *list = NULL;
    struct hm_id district;
    sqlite3_stmt *stmt = NULL;
    size_t capacity = 0;
    size_t n = 0;
    bool row = true;
    enum hm_status status = hm_district_get(store, &district, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        list = hm_arena_grow(arena, list, n, &capacity, sizeof(*list));
        if (list == NULL) {
            status = hm_arena_status(arena, err);
            break;
        }
        list[n].n = (uint64_t)hm_column_int(stmt, HM_CHANGE_COLUMN_COUNT);
        status = hm_change_row(store, stmt, &district, &list[n++].held, arena, err);
    }
    hm_sql_done(stmt);
    *erasures = list;
    *count = n;
    return status;
}

enum hm_status hm_store_erased_count(struct hm_store *store,
                                     int64_t *count,
                                     struct hm_err *err)
{
    static const char select[] =
        "SELECT count(*) FROM change WHERE withheld = 1 AND verdict <> 1";
    return hm_sql_number(store, select, count, err);
}

bool hm_store_erasures_unlisted(const struct hm_store *store)
{
    return !store->listed;
}

void hm_store_erasures_listed(struct hm_store *store)
{
    store->listed = true;
}
