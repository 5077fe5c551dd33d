/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <string.h>

void told_id(struct hm_json_write *out, const char *name, const struct hm_id *id)
{
    hm_json_put_hex(out, name, hm_id_bytes(id));
}

void told_digest(struct hm_json_write *out, const char *name, const struct hm_digest *d)
{
    hm_json_put_hex(out, name, hm_digest_bytes(d));
}

static void told_prefixes(struct hm_json_write *out,
                          const char *name,
                          const hm_prefix *prefixes,
                          size_t count)
{
    if (count == 0) {
        return;
    }
    hm_json_key(out, name);
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        uint8_t at[HM_PREFIX_SIZE];
        hm_prefix_put(at, prefixes[i]);
        hm_json_hex(out, HM_BYTES(at));
    }
    hm_json_close(out, ']');
}

static void told_write(struct hm_json_write *out,
                       const struct hm_change *change,
                       const struct hm_write *write)
{
    hm_json_open(out, '{');
    hm_json_put_text(out, "reg", write->reg);
    if (write->value.size > 0) {
        hm_json_put_hex(out, "value", write->value);
        if (!change->has_key) {
            hm_json_put_hex(out, "salt", HM_BYTES(write->salt));
        }
    }
    hm_json_put_hex(out, "commitment", HM_BYTES(write->commitment));
    told_prefixes(out, "replaces", write->replaces, write->replaces_count);
    hm_json_put_int(out, "depth", write->depth);
    hm_json_close(out, '}');
}

static void told_key_fields(struct hm_json_write *out, const struct hm_change *change)
{
    if (change->key_field_count == 0) {
        return;
    }
    hm_json_key(out, "key_fields");
    hm_json_open(out, '[');
    for (size_t i = 0; i < change->key_field_count; i++) {
        hm_json_open(out, '[');
        hm_json_text(out, change->key_fields[i].name);
        hm_json_hex(out, change->key_fields[i].value);
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}

static void told_head(struct hm_json_write *out, const struct hm_change *change)
{
    told_id(out, "district", &change->district);
    told_id(out, "device", &change->device);
    told_id(out, "user", &change->user);
    hm_json_put_text(out, "role", change->role);
    hm_json_put_text(out, "act", hm_text(hm_act_name(change->act)));
    hm_json_put_text(out, "home", change->home);
    hm_json_put_text(out, "kind", change->kind);
    hm_json_put_int(out, "version", change->kind_version);
    hm_json_put_int(out, "time", change->time.ms);
    if (!hm_id_is_none(&change->bulk)) {
        told_id(out, "bulk", &change->bulk);
    }
    if (change->record_is_own) {
        hm_json_put_bool(out, "own", true);
    } else if (!hm_id_is_none(&change->record)) {
        told_id(out, "record", &change->record);
    }
    if (change->has_key) {
        hm_json_put_hex(out, "key", HM_BYTES(change->key));
    }
}

void told_change(struct hm_json_write *out, const struct hm_change *change)
{
    hm_json_open(out, '{');
    told_head(out, change);
    told_key_fields(out, change);
    hm_json_key(out, "writes");
    hm_json_open(out, '[');
    for (size_t i = 0; i < change->write_count; i++) {
        told_write(out, change, &change->writes[i]);
    }
    hm_json_close(out, ']');
    told_prefixes(out, "seen", change->seen, change->seen_count);
    if (change->name_count > 0) {
        hm_json_key(out, "names");
        hm_json_open(out, '[');
        for (size_t i = 0; i < change->name_count; i++) {
            hm_json_hex(out, hm_id_bytes(&change->names[i]));
        }
        hm_json_close(out, ']');
    }
    told_id(out, "id", &change->id);
    hm_json_close(out, '}');
}

void told_changes(struct hm_json_write *out, const struct hm_change *changes, size_t n)
{
    hm_json_open(out, '[');
    for (size_t i = 0; i < n; i++) {
        told_change(out, &changes[i]);
    }
    hm_json_close(out, ']');
}

void told_page(struct hm_json_write *out, const struct hm_page *page)
{
    hm_json_open(out, '{');
    told_id(out, "device", &page->device);
    hm_json_put_int(out, "epoch", page->epoch);
    hm_json_put_text(out, "home", page->home);
    hm_json_put_int(out, "seq", (int64_t)page->seq);
    hm_json_put_int(out, "count", (int64_t)page->count);
    hm_json_put_int(out, "registry_n", (int64_t)page->registry_n);
    told_digest(out, "before", &page->head_before);
    told_digest(out, "after", &page->head_after);
    hm_json_put_hex(out, "signature", HM_BYTES(page->signature.at));
    hm_json_close(out, '}');
}

static void told_heads(struct hm_json_write *out,
                       const struct hm_head *heads,
                       size_t count,
                       const struct hm_known *known)
{
    hm_json_key(out, "heads");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        hm_json_hex(out, hm_id_bytes(&known[heads[i].known].change->id));
    }
    hm_json_close(out, ']');
}

static void told_register(struct hm_json_write *out,
                          const struct hm_id *record,
                          const struct hm_register *reg,
                          const struct hm_known *known)
{
    struct hm_id conflict;
    hm_json_open(out, '{');
    hm_json_put_text(out, "name", reg->name);
    told_heads(out, reg->heads, reg->head_count, known);
    told_id(out, "shown", &known[reg->heads[reg->shown].known].change->id);
    if (reg->conflict) {
        hm_conflict_id(&conflict, record, reg->name);
        told_id(out, "conflict", &conflict);
    }
    hm_json_close(out, '}');
}

void told_merged(struct hm_json_write *out,
                 const struct hm_id *record,
                 const struct hm_merged *merged,
                 const struct hm_known *known)
{
    struct hm_hash hash;
    struct hm_digest digest;
    hm_unit_digest_begin(&hash);
    hm_json_open(out, '{');
    hm_json_put_bool(out, "there", merged->there);
    hm_json_put_bool(out, "deleted", merged->deleted);
    hm_json_put_bool(out, "incomplete", merged->incomplete);
    hm_json_key(out, "registers");
    hm_json_open(out, '[');
    for (size_t i = 0; i < merged->register_count; i++) {
        told_register(out, record, &merged->registers[i], known);
        hm_unit_digest_put(&hash, record, &merged->registers[i], known);
    }
    hm_json_close(out, ']');
    if (merged->live_conflict) {
        hm_json_key(out, "live");
        hm_json_open(out, '{');
        hm_json_key(out, "heads");
        hm_json_open(out, '[');
        for (size_t i = 0; i < merged->live_count; i++) {
            const struct hm_head *head = &merged->live_heads[i];
            hm_json_open(out, '[');
            hm_json_hex(out, hm_id_bytes(&known[head->known].change->id));
            hm_json_bool(out, head->write == NULL);
            hm_json_close(out, ']');
        }
        hm_json_close(out, ']');
        told_id(out, "shown",
                &known[merged->live_heads[merged->live_shown].known].change->id);
        hm_json_close(out, '}');
    }
    hm_unit_digest_end(&hash, &digest);
    told_digest(out, "digest", &digest);
    hm_json_close(out, '}');
}
