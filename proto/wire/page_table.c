/* SPDX-License-Identifier: Apache-2.0 */
#include "page_table.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"

enum { MEMBERS_MAX = 64 };

bool hm_register_reserved(struct hm_bytes name)
{
    return hm_bytes_are(name, HM_REGISTER_LIVE) || hm_bytes_are(name, HM_REGISTER_WHY) ||
           hm_bytes_are(name, HM_REGISTER_ALIAS);
}

/* The place of `name` in an ascending list; *found: it is there already. */
static size_t place_of(const struct hm_bytes *names,
                       size_t count,
                       struct hm_bytes name,
                       bool *found)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hm_bytes_compare(names[middle], name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *found = low < count && hm_bytes_equal(names[low], name);
    return low;
}

static void note_members(struct hm_table *table,
                         struct hm_table_reg *reg,
                         struct hm_bytes value)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes member;
    bool found = false;
    if (value.size == 0 || hm_value_tag(value) == HM_VALUE_NULL) {
        return;
    }
    if (hm_value_tag(value) != HM_VALUE_OBJECT) {
        reg->scattered = true;
        return;
    }
    if (reg->members == NULL) {
        reg->members =
            hm_arena_get_array(table->arena, MEMBERS_MAX, sizeof(*reg->members));
    }
    hm_value_each_init(&each, value);
    while (reg->members != NULL && hm_value_each_next(&each, &name, &member)) {
        size_t at = place_of(reg->members, reg->member_count, name, &found);
        if (found) {
            continue;
        }
        if (reg->member_count == MEMBERS_MAX) {
            reg->scattered = true;
            return;
        }
        memmove(reg->members + at + 1, reg->members + at,
                (reg->member_count - at) * sizeof(*reg->members));
        reg->members[at] = name;
        reg->member_count++;
    }
}

/* `hint`: where the register stood in the change before, which is nearly always right. */
static struct hm_table_reg *reg_of(struct hm_table_kind *kind,
                                   struct hm_bytes name,
                                   size_t *hint)
{
    size_t at = *hint;
    if (at >= kind->reg_count || !hm_bytes_equal(kind->regs[at].name, name)) {
        at = 0;
        while (at < kind->reg_count && hm_bytes_compare(kind->regs[at].name, name) < 0) {
            at++;
        }
        if (at == kind->reg_count || !hm_bytes_equal(kind->regs[at].name, name)) {
            if (kind->reg_count == HM_CHANGE_WRITES_MAX) {
                return NULL;
            }
            memmove(kind->regs + at + 1, kind->regs + at,
                    (kind->reg_count - at) * sizeof(*kind->regs));
            kind->regs[at] = (struct hm_table_reg){.name = name};
            kind->reg_count++;
        }
    }
    *hint = at + 1;
    return &kind->regs[at];
}

struct hm_table_kind *hm_table_kind_of(struct hm_table *table,
                                       const struct hm_change *change)
{
    for (size_t i = 0; i < table->kind_count; i++) {
        if (table->kinds[i].version == change->kind_version &&
            hm_bytes_equal(table->kinds[i].name, change->kind)) {
            return &table->kinds[i];
        }
    }
    if (table->kind_count == HM_PAGE_KINDS_MAX) {
        return NULL;
    }
    struct hm_table_kind *kind = &table->kinds[table->kind_count++];
    *kind = (struct hm_table_kind){.name = change->kind, .version = change->kind_version};
    kind->regs =
        hm_arena_get_array(table->arena, HM_CHANGE_WRITES_MAX, sizeof(*kind->regs));
    return kind;
}

enum hm_status hm_table_gather(struct hm_table *table,
                               const struct hm_page *page,
                               struct hm_err *err)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct hm_change *change = &page->changes[i];
        struct hm_table_kind *kind = hm_table_kind_of(table, change);
        size_t hint = 0;
        if (kind == NULL) {
            return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
        }
        if (kind->regs == NULL) {
            return hm_arena_status(table->arena, err);
        }
        if (change->act == HM_ACT_CREATE) {
            kind->keys = change->key_fields;
            kind->key_count = change->key_field_count;
        }
        for (size_t r = 0; r < change->write_count; r++) {
            if (hm_register_reserved(change->writes[r].reg)) {
                continue;
            }
            struct hm_table_reg *reg = reg_of(kind, change->writes[r].reg, &hint);
            if (reg == NULL) {
                return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
            }
            note_members(table, reg, change->writes[r].value);
        }
    }
    return hm_arena_status(table->arena, err);
}

bool hm_table_is_group(const struct hm_table_reg *reg)
{
    return reg->member_count >= 2 && !reg->scattered;
}

void hm_table_put(struct hm_json_write *out, const struct hm_table *table)
{
    hm_json_key(out, "kinds");
    hm_json_open(out, '[');
    for (size_t k = 0; k < table->kind_count; k++) {
        const struct hm_table_kind *kind = &table->kinds[k];
        hm_json_open(out, '[');
        hm_json_text(out, kind->name);
        hm_json_int(out, kind->version);
        hm_json_open(out, '[');
        for (size_t i = 0; i < kind->key_count; i++) {
            hm_json_text(out, kind->keys[i].name);
        }
        hm_json_close(out, ']');
        hm_json_open(out, '[');
        for (size_t r = 0; r < kind->reg_count; r++) {
            const struct hm_table_reg *reg = &kind->regs[r];
            if (!hm_table_is_group(reg)) {
                hm_json_text(out, reg->name);
                continue;
            }
            hm_json_open(out, '[');
            hm_json_text(out, reg->name);
            for (size_t m = 0; m < reg->member_count; m++) {
                hm_json_text(out, reg->members[m]);
            }
            hm_json_close(out, ']');
        }
        hm_json_close(out, ']');
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}
