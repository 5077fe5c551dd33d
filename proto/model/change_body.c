/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stored form of a change, private to replicas: unlike the tuple it holds values, and
 * only what the store has no column for.
 *
 *   uint flags: 1 has a key, 2 the record takes this change's id
 *   raw16 key, if there is one        uint kind version
 *   list (text name, bytes value)     key fields
 *   list writes: text register, byte form, value or raw16 commitment,
 *                raw16 salt where a value is there without a key,
 *                list raw8 replaces, uint depth
 *   list raw8 seen                    list raw16 names
 */
#include <string.h>

#include "hamlet/model/change.h"
#include "hamlet/model/value.h"

enum { FLAG_KEY = 1, FLAG_OWN = 2 };
enum { FORM_VALUE = 0, FORM_WITHHELD = 1 };

static void put_write(struct hm_buf *buf, const struct hm_write *write, bool has_key)
{
    bool withheld = write->value.size == 0;
    hm_pack_bytes(buf, write->reg);
    hm_buf_put_byte(buf, withheld ? FORM_WITHHELD : FORM_VALUE);
    if (withheld) {
        hm_buf_put(buf, write->commitment, HM_ID_SIZE);
    } else {
        hm_buf_put_bytes(buf, write->value);
        if (!has_key) {
            hm_buf_put(buf, write->salt, HM_SALT_SIZE);
        }
    }
    hm_prefixes_put(buf, write->replaces, write->replaces_count);
    hm_pack_uint(buf, write->depth);
}

void hm_change_body_put(struct hm_buf *buf, const struct hm_change *change)
{
    hm_pack_uint(buf, (change->has_key ? FLAG_KEY : 0U) |
                          (change->record_is_own ? FLAG_OWN : 0U));
    if (change->has_key) {
        hm_buf_put(buf, change->key, HM_SALT_SIZE);
    }
    hm_pack_uint(buf, change->kind_version);
    hm_pack_uint(buf, change->key_field_count);
    for (size_t i = 0; i < change->key_field_count; i++) {
        hm_pack_bytes(buf, change->key_fields[i].name);
        hm_pack_bytes(buf, change->key_fields[i].value);
    }
    hm_pack_uint(buf, change->write_count);
    for (size_t i = 0; i < change->write_count; i++) {
        put_write(buf, &change->writes[i], change->has_key);
    }
    hm_prefixes_put(buf, change->seen, change->seen_count);
    hm_pack_uint(buf, change->name_count);
    for (size_t i = 0; i < change->name_count; i++) {
        hm_buf_put_bytes(buf, hm_id_bytes(&change->names[i]));
    }
}

/* A number of 32 bits; a larger one makes the body none. */
static uint32_t get_uint32(struct hm_unpack *in)
{
    uint64_t number = hm_unpack_uint(in);
    in->failed = in->failed || number > UINT32_MAX;
    return (uint32_t)number;
}

static void get_raw(struct hm_unpack *in, uint8_t to[HM_ID_SIZE])
{
    struct hm_bytes raw = hm_unpack_raw(in, HM_ID_SIZE);
    if (raw.size == HM_ID_SIZE) {
        memcpy(to, raw.data, HM_ID_SIZE);
    }
}

static void get_write(struct hm_write *write,
                      struct hm_unpack *in,
                      struct hm_arena *arena,
                      bool has_key)
{
    size_t count = 0;
    write->reg = hm_unpack_bytes(in);
    uint8_t form = hm_unpack_byte(in);
    in->failed = in->failed || form > FORM_WITHHELD;
    if (form == FORM_WITHHELD) {
        get_raw(in, write->commitment);
    } else {
        write->value = hm_unpack_value(in);
        if (!has_key) {
            get_raw(in, write->salt);
        }
    }
    write->replaces = hm_prefixes_get(in, arena, &count);
    write->replaces_count = (uint32_t)count;
    write->depth = get_uint32(in);
}

static void get_key_fields(struct hm_change *change,
                           struct hm_unpack *in,
                           struct hm_arena *arena)
{
    size_t count = hm_unpack_count(in, 2);
    struct hm_key_field *fields = hm_arena_get_array(arena, count, sizeof(*fields));
    if (fields == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        fields[i].name = hm_unpack_bytes(in);
        fields[i].value = hm_unpack_bytes(in);
    }
    change->key_fields = fields;
    change->key_field_count = count;
}

static void get_names(struct hm_change *change,
                      struct hm_unpack *in,
                      struct hm_arena *arena)
{
    size_t count = hm_unpack_count(in, HM_ID_SIZE);
    struct hm_id *names = hm_arena_get_array(arena, count, sizeof(*names));
    if (names == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        get_raw(in, names[i].at);
    }
    change->names = names;
    change->name_count = count;
}

enum hm_status hm_change_body_get(struct hm_change *change,
                                  struct hm_bytes body,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_unpack in;
    hm_unpack_init(&in, body);
    uint64_t flags = hm_unpack_uint(&in);
    in.failed = in.failed || flags > (FLAG_KEY | FLAG_OWN);
    change->has_key = (flags & FLAG_KEY) != 0;
    change->record_is_own = (flags & FLAG_OWN) != 0;
    if (change->has_key) {
        get_raw(&in, change->key);
    }
    change->kind_version = get_uint32(&in);
    get_key_fields(change, &in, arena);
    size_t count = hm_unpack_count(&in, 4);
    change->writes = hm_arena_get_array(arena, count, sizeof(*change->writes));
    change->write_count = change->writes == NULL ? 0 : count;
    for (size_t i = 0; i < change->write_count; i++) {
        get_write(&change->writes[i], &in, arena, change->has_key);
    }
    change->seen = hm_prefixes_get(&in, arena, &change->seen_count);
    get_names(change, &in, arena);
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    if (!hm_unpack_done(&in)) {
        return hm_fail(err, HM_CORRUPT, "change-body", NULL, NULL, NULL);
    }
    return HM_OK;
}
