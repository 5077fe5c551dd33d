/* SPDX-License-Identifier: Apache-2.0 */
/* page_table.h - the kinds, registers and group members that a page's rows refer to. */
#ifndef HAMLET_WIRE_PAGE_TABLE_H
#define HAMLET_WIRE_PAGE_TABLE_H

#include "hamlet/base/json_write.h"
#include "hamlet/wire/page.h"
#include "page_form.h"

struct hm_table_reg {
    struct hm_bytes name;
    struct hm_bytes *members; /* ascending */
    size_t member_count;
    bool scattered; /* also holds values that are no objects, or too many members */
};

struct hm_table_kind {
    struct hm_bytes name;
    uint32_t version;
    const struct hm_key_field *keys;
    size_t key_count;
    struct hm_table_reg *regs; /* ascending, HM_CHANGE_WRITES_MAX of room */
    size_t reg_count;
};

struct hm_table {
    struct hm_arena *arena;
    struct hm_table_kind kinds[HM_PAGE_KINDS_MAX];
    size_t kind_count;
};

/* Whether the register is one of the protocol's own, which stand in no table. */
bool hm_register_reserved(struct hm_bytes name);

/* Collect what all changes of the page use. */
HM_CHECKED enum hm_status hm_table_gather(struct hm_table *table,
                                          const struct hm_page *page,
                                          struct hm_err *err);

/* The change's kind; a new row of the table where there is none; null: no room. */
struct hm_table_kind *hm_table_kind_of(struct hm_table *table,
                                       const struct hm_change *change);
bool hm_table_is_group(const struct hm_table_reg *reg);

/* "kinds": [...] */
void hm_table_put(struct hm_json_write *out, const struct hm_table *table);

#endif
