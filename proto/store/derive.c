/* SPDX-License-Identifier: Apache-2.0 */
#include "derive.h"

#include <string.h>

#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"

static struct hm_bytes field_value(void *ctx, const struct hm_field *field)
{
    return hm_loaded_field(ctx, field);
}

static bool shown(struct hm_bytes value)
{
    return value.size > 0 && hm_value_tag(value) != HM_VALUE_NULL;
}

static void put_field(struct hm_json_write *out,
                      struct hm_bytes name,
                      struct hm_bytes value,
                      bool whole,
                      bool *left_out)
{
    if (!shown(value)) {
        return;
    }
    hm_json_key_bytes(out, name);
    if (!whole && value.size > HM_RECORD_LONG_TEXT) {
        hm_json_null(out);
        *left_out = true;
    } else {
        hm_value_to_json(out, value);
    }
}

void hm_derive_fields(struct hm_json_write *out,
                      const struct hm_loaded *loaded,
                      bool whole,
                      bool *left_out)
{
    hm_json_open(out, '{');
    if (loaded->kind != NULL) {
        for (size_t i = 0; i < loaded->kind->field_count; i++) {
            const struct hm_field *field = &loaded->kind->fields[i];
            put_field(out, hm_text(field->name), hm_loaded_field(loaded, field), whole,
                      left_out);
        }
    } else {
        for (size_t i = 0; i < loaded->key_count; i++) {
            put_field(out, loaded->key[i].name, loaded->key[i].value, whole, left_out);
        }
        for (size_t i = 0; i < loaded->merged.register_count; i++) {
            const struct hm_register *reg = &loaded->merged.registers[i];
            if (reg->name.data[0] != '~') {
                put_field(out, reg->name, reg->heads[reg->shown].write->value, whole,
                          left_out);
            }
        }
    }
    hm_json_close(out, '}');
}

/* Whether every register has one head, and that is what the first change wrote. */
static bool plain(const struct hm_loaded *loaded)
{
    for (size_t i = 0; i < loaded->merged.register_count; i++) {
        const struct hm_register *reg = &loaded->merged.registers[i];
        if (reg->head_count != 1 || reg->heads[0].known != 0) {
            return false;
        }
    }
    return loaded->count == 1 && loaded->known[0].effective;
}

/* Private to the store: list of (text register, list of uint row, uint shown). */
static void put_heads(struct hm_buf *buf, const struct hm_loaded *loaded)
{
    const struct hm_merged *merged = &loaded->merged;
    hm_pack_uint(buf, merged->register_count);
    for (size_t i = 0; i < merged->register_count; i++) {
        const struct hm_register *reg = &merged->registers[i];
        hm_pack_bytes(buf, reg->name);
        hm_pack_uint(buf, reg->head_count);
        for (size_t h = 0; h < reg->head_count; h++) {
            hm_pack_uint(buf, (uint64_t)loaded->held[reg->heads[h].known].row);
        }
        hm_pack_uint(buf, reg->shown);
    }
}

static int64_t flags_of(const struct hm_loaded *loaded, bool left_out)
{
    const struct hm_merged *merged = &loaded->merged;
    bool conflict = merged->live_conflict;
    for (size_t i = 0; i < merged->register_count && !conflict; i++) {
        conflict = merged->registers[i].conflict &&
                   !hm_bytes_are(merged->registers[i].name, HM_REGISTER_LIVE);
    }
    struct hm_bytes alias = hm_loaded_shown(loaded, hm_text(HM_REGISTER_ALIAS));
    bool aliased = alias.size > 0 && hm_value_tag(alias) != HM_VALUE_NULL;
    return (merged->there ? HM_RECORD_THERE : 0) | (aliased ? HM_RECORD_ALIAS : 0) |
           (merged->deleted ? HM_RECORD_DELETED : 0) |
           (conflict ? HM_RECORD_CONFLICT : 0) |
           (merged->incomplete ? HM_RECORD_INCOMPLETE : 0) |
           (left_out ? HM_RECORD_LONG : 0);
}

static enum hm_status keep(struct hm_bytes *bytes,
                           struct hm_buf *buf,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    enum hm_status status = hm_buf_status(buf, err);
    if (status == HM_OK) {
        *bytes = hm_arena_copy(arena, hm_buf_bytes(buf));
        status = hm_arena_status(arena, err);
    }
    hm_buf_clear(buf);
    return status;
}

enum hm_status hm_derive(struct hm_derived *derived,
                         const struct hm_loaded *loaded,
                         struct hm_arena *arena,
                         struct hm_err *err)
{
    struct hm_buf buf;
    struct hm_json_write out;
    struct hm_kind_values values = {field_value, (void *)(uintptr_t)loaded};
    bool left_out = false;
    hm_buf_init(&buf, 4 * HM_CHANGE_BYTES_MAX);
    *derived = (struct hm_derived){.flags = 0};
    hm_json_write_init(&out, &buf);
    hm_derive_fields(&out, loaded, false, &left_out);
    enum hm_status status = keep(&derived->fields, &buf, arena, err);
    if (status == HM_OK && loaded->kind != NULL) {
        hm_kind_sort_key(&buf, loaded->kind, &values);
        status = keep(&derived->sort, &buf, arena, err);
    }
    if (status == HM_OK && loaded->kind != NULL) {
        derived->year = hm_kind_year(loaded->kind, &values);
        hm_kind_fold(&buf, loaded->kind, &values);
        status = keep(&derived->fold, &buf, arena, err);
    }
    if (status == HM_OK && !plain(loaded)) {
        put_heads(&buf, loaded);
        status = keep(&derived->heads, &buf, arena, err);
    }
    derived->flags = flags_of(loaded, left_out);
    derived->weight = loaded->weight;
    derived->refused = loaded->refused;
    hm_buf_fini(&buf);
    return status;
}

/* Whether two heads say the same; in a conflict on ~live an edit has no write. */
static bool heads_agree(const struct hm_head *a, const struct hm_head *b)
{
    if (a->write == NULL || b->write == NULL) {
        return a->write == b->write;
    }
    return hm_write_same(a->write, b->write);
}

/*
 * When the heads first said two things: the earliest arrival that does not agree with the
 * earliest of all.
 */
static struct hm_wall opened_at(const struct hm_loaded *loaded,
                                const struct hm_head *heads,
                                size_t count)
{
    size_t first = 0;
    int64_t opened_ms = INT64_MAX;
    for (size_t i = 1; i < count; i++) {
        if (loaded->held[heads[i].known].received.ms <
            loaded->held[heads[first].known].received.ms) {
            first = i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        int64_t received_ms = loaded->held[heads[i].known].received.ms;
        if (!heads_agree(&heads[first], &heads[i]) && received_ms < opened_ms) {
            opened_ms = received_ms;
        }
    }
    return (struct hm_wall){opened_ms};
}

static const char *type_of(const struct hm_loaded *loaded, const struct hm_register *reg)
{
    const struct hm_kind_register *known =
        loaded->kind == NULL ? NULL : hm_kind_register(loaded->kind, reg->name);
    if (known != NULL) {
        return known->group ? "group" : "field";
    }
    for (size_t i = 0; i < reg->head_count; i++) {
        if (hm_value_tag(reg->heads[i].write->value) == HM_VALUE_OBJECT) {
            return "group";
        }
    }
    return "field";
}

/*
 * The writes that a decision replaced, as heads, into `heads`, which has a place for
 * every change. `settled`: it replaced two values, so there was a conflict here that it
 * ended.
 */
static void replaced_by(const struct hm_loaded *loaded,
                        const struct hm_write *decision,
                        struct hm_head *heads,
                        size_t *count,
                        bool *settled)
{
    *count = 0;
    *settled = false;
    for (size_t i = 0; i < loaded->count; i++) {
        const struct hm_change *change = &loaded->held[i].change;
        const struct hm_write *write = hm_change_write(change, decision->reg);
        if (write != NULL &&
            hm_prefixes_have(decision->replaces, decision->replaces_count,
                             hm_prefix_of(&change->id))) {
            *settled = *settled || (*count > 0 && !hm_write_same(heads[0].write, write));
            heads[(*count)++] = (struct hm_head){i, write};
        }
    }
}

static bool later_decision(const struct hm_loaded *loaded,
                           size_t a,
                           size_t b,
                           struct hm_bytes reg)
{
    const struct hm_write *x = hm_change_write(&loaded->held[a].change, reg);
    const struct hm_write *y = hm_change_write(&loaded->held[b].change, reg);
    if (x->depth != y->depth) {
        return x->depth > y->depth;
    }
    return hm_id_compare(&loaded->held[a].change.id, &loaded->held[b].change.id) > 0;
}

/* The last effective write that ended a conflict of this register; false: none did. */
static bool find_settled(struct hm_case *found,
                         const struct hm_loaded *loaded,
                         const struct hm_register *reg,
                         struct hm_arena *arena)
{
    bool live = hm_bytes_are(reg->name, HM_REGISTER_LIVE);
    size_t best = loaded->count;
    struct hm_head *heads = hm_arena_get_array(arena, loaded->count, sizeof(*heads));
    for (size_t i = 0; heads != NULL && i < loaded->count; i++) {
        const struct hm_write *write =
            hm_change_write(&loaded->held[i].change, reg->name);
        size_t count = 0;
        bool settled = false;
        if (write == NULL || !loaded->known[i].effective ||
            (live ? loaded->held[i].change.act != HM_ACT_RESOLVE
                  : write->replaces_count < 2)) {
            continue;
        }
        replaced_by(loaded, write, heads, &count, &settled);
        if ((live || settled) &&
            (best == loaded->count || later_decision(loaded, i, best, reg->name))) {
            best = i;
            found->opened =
                live ? loaded->held[i].received : opened_at(loaded, heads, count);
            found->resolution = loaded->held[i].row;
        }
    }
    return best < loaded->count;
}

enum hm_status hm_derive_cases(const struct hm_case **cases,
                               size_t *count,
                               const struct hm_loaded *loaded,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct hm_merged *merged = &loaded->merged;
    struct hm_case *found =
        hm_arena_get_array(arena, merged->register_count, sizeof(*found));
    bool asks = !hm_registry_rules(loaded->kind_name);
    *count = 0;
    for (size_t i = 0; found != NULL && asks && i < merged->register_count; i++) {
        const struct hm_register *reg = &merged->registers[i];
        bool live = hm_bytes_are(reg->name, HM_REGISTER_LIVE);
        struct hm_case *one = &found[*count];
        *one = (struct hm_case){.reg = reg->name,
                                .open = live ? merged->live_conflict : reg->conflict,
                                .type = live ? "delete" : type_of(loaded, reg)};
        if (one->open) {
            one->opened = live ? opened_at(loaded, merged->live_heads, merged->live_count)
                               : opened_at(loaded, reg->heads, reg->head_count);
        } else if (loaded->count < 3 || !find_settled(one, loaded, reg, arena)) {
            continue;
        }
        hm_conflict_id(&one->id, &loaded->id, reg->name);
        (*count)++;
    }
    *cases = found;
    return hm_arena_status(arena, err);
}
