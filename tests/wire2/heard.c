/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <string.h>

struct hm_bytes heard_text(const struct hm_json *object, const char *name)
{
    return hm_json_text_or(hm_json_get(object, name), HM_NO_BYTES);
}

int64_t heard_int(const struct hm_json *object, const char *name)
{
    return hm_json_int_or(hm_json_get(object, name), 0);
}

bool heard_flag(const struct hm_json *object, const char *name)
{
    return hm_json_bool_or(hm_json_get(object, name), false);
}

struct hm_bytes heard_hex(const struct hm_json *text, struct hm_arena *arena)
{
    struct hm_bytes hex = hm_json_text_or(text, HM_NO_BYTES);
    uint8_t *data = hm_arena_get(arena, hex.size / 2 + 1);
    if (data == NULL || !hm_hex_get(data, hex.size / 2, hex)) {
        return HM_NO_BYTES;
    }
    return (struct hm_bytes){data, hex.size / 2};
}

bool heard_raw(uint8_t *data, size_t size, const struct hm_json *text)
{
    if (hm_hex_get(data, size, hm_json_text_or(text, HM_NO_BYTES))) {
        return true;
    }
    memset(data, 0, size);
    return false;
}

static hm_prefix *heard_prefixes(const struct hm_json *list,
                                 size_t *count,
                                 struct hm_arena *arena)
{
    *count = list == NULL ? 0 : hm_json_count(list);
    hm_prefix *prefixes = hm_arena_get_array(arena, *count + 1, sizeof(*prefixes));
    const struct hm_json *item = list == NULL ? NULL : hm_json_first(list);
    for (size_t i = 0; i < *count; i++) {
        uint8_t at[HM_PREFIX_SIZE];
        (void)heard_raw(at, sizeof(at), item);
        prefixes[i] = hm_prefix_from(at);
        item = hm_json_next(item);
    }
    return prefixes;
}

static void heard_write(struct hm_write *write,
                        const struct hm_json *json,
                        struct hm_arena *arena)
{
    size_t count = 0;
    write->reg = heard_text(json, "reg");
    write->value = heard_hex(hm_json_get(json, "value"), arena);
    (void)heard_raw(write->salt, sizeof(write->salt), hm_json_get(json, "salt"));
    (void)heard_raw(write->commitment, sizeof(write->commitment),
                    hm_json_get(json, "commitment"));
    write->replaces = heard_prefixes(hm_json_get(json, "replaces"), &count, arena);
    write->replaces_count = (uint32_t)count;
    write->depth = (uint32_t)heard_int(json, "depth");
}

static void heard_lists(struct hm_change *change,
                        const struct hm_json *json,
                        struct hm_arena *arena)
{
    const struct hm_json *list = hm_json_get(json, "writes");
    const struct hm_json *item = hm_json_first(list);
    change->write_count = hm_json_count(list);
    change->writes =
        hm_arena_get_array(arena, change->write_count + 1, sizeof(*change->writes));
    for (size_t i = 0; i < change->write_count; i++) {
        heard_write(&change->writes[i], item, arena);
        item = hm_json_next(item);
    }
    change->seen = heard_prefixes(hm_json_get(json, "seen"), &change->seen_count, arena);
    list = hm_json_get(json, "names");
    change->name_count = list == NULL ? 0 : hm_json_count(list);
    struct hm_id *names =
        hm_arena_get_array(arena, change->name_count + 1, sizeof(*names));
    for (size_t i = 0; i < change->name_count; i++) {
        (void)heard_raw(names[i].at, HM_ID_SIZE, hm_json_at(list, i));
    }
    change->names = names;
    list = hm_json_get(json, "key_fields");
    change->key_field_count = list == NULL ? 0 : hm_json_count(list);
    struct hm_key_field *fields =
        hm_arena_get_array(arena, change->key_field_count + 1, sizeof(*fields));
    for (size_t i = 0; i < change->key_field_count; i++) {
        item = hm_json_at(list, i);
        fields[i].name = hm_json_text_or(hm_json_at(item, 0), HM_NO_BYTES);
        fields[i].value = heard_hex(hm_json_at(item, 1), arena);
    }
    change->key_fields = fields;
}

void heard_change(struct hm_change *change,
                  const struct hm_json *json,
                  struct hm_arena *arena,
                  bool ids)
{
    *change = (struct hm_change){.act = HM_ACT_COUNT};
    (void)heard_raw(change->district.at, HM_ID_SIZE, hm_json_get(json, "district"));
    (void)heard_raw(change->device.at, HM_ID_SIZE, hm_json_get(json, "device"));
    (void)heard_raw(change->user.at, HM_ID_SIZE, hm_json_get(json, "user"));
    (void)heard_raw(change->bulk.at, HM_ID_SIZE, hm_json_get(json, "bulk"));
    (void)heard_raw(change->record.at, HM_ID_SIZE, hm_json_get(json, "record"));
    change->record_is_own = heard_flag(json, "own");
    if (ids && heard_raw(change->id.at, HM_ID_SIZE, hm_json_get(json, "id")) &&
        change->record_is_own) {
        change->record = change->id;
    }
    change->has_key =
        heard_raw(change->key, sizeof(change->key), hm_json_get(json, "key"));
    change->role = heard_text(json, "role");
    change->home = heard_text(json, "home");
    change->kind = heard_text(json, "kind");
    change->kind_version = (uint32_t)heard_int(json, "version");
    change->time.ms = heard_int(json, "time");
    (void)hm_act_find(&change->act, heard_text(json, "act"));
    heard_lists(change, json, arena);
}

struct hm_change *heard_changes(const struct hm_json *list,
                                size_t *count,
                                struct hm_arena *arena,
                                bool ids)
{
    *count = hm_json_count(list);
    struct hm_change *changes =
        hm_arena_get_array(arena, *count + 1, sizeof(struct hm_change));
    const struct hm_json *item = hm_json_first(list);
    for (size_t i = 0; i < *count; i++) {
        heard_change(&changes[i], item, arena, ids);
        item = hm_json_next(item);
    }
    return changes;
}

struct hm_known *heard_known(const struct hm_json *list,
                             size_t *count,
                             struct hm_arena *arena)
{
    struct hm_change *changes = heard_changes(list, count, arena, true);
    struct hm_known *known = hm_arena_get_array(arena, *count + 1, sizeof(*known));
    const struct hm_json *item = hm_json_first(list);
    for (size_t i = 0; i < *count; i++) {
        known[i].change = &changes[i];
        known[i].rank = (int)heard_int(item, "rank");
        known[i].effective = heard_flag(item, "effective");
        item = hm_json_next(item);
    }
    return known;
}

void heard_page(struct hm_page *page, const struct hm_json *json)
{
    *page = (struct hm_page){.head_known = true};
    (void)heard_raw(page->device.at, HM_ID_SIZE, hm_json_get(json, "device"));
    page->epoch = (uint32_t)heard_int(json, "epoch");
    page->home = heard_text(json, "home");
    page->seq = (uint64_t)heard_int(json, "seq");
    page->registry_n = (uint64_t)heard_int(json, "registry_n");
    (void)heard_raw(page->head_before.at, HM_DIGEST_SIZE, hm_json_get(json, "before"));
    (void)heard_raw(page->head_after.at, HM_DIGEST_SIZE, hm_json_get(json, "after"));
    (void)heard_raw(page->signature.at, HM_SIGNATURE_SIZE,
                    hm_json_get(json, "signature"));
}
