/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/change.h"

#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/erase.h"
#include "hamlet/model/value.h"

enum { SALTS_A_BLOCK = 4, BLOCK_SIZE = 64, COMMITMENT_STACK = 512 };

/* A change as it is held, in lists that doubled; a write with its place in the merge. */
enum { WEIGHT_CHANGE = 1536, WEIGHT_WRITE = 288, WEIGHT_KEY = 64 };

/* So that the difference of two is a number that JSON holds. */
static const int64_t time_most = HM_INTEGER_MOST / 2;

static const struct {
    const char *name;
    bool decides;
} acts[] = {
#define HM_ACT_ROW(name, text, decides) [HM_ACT_##name] = {#text, (decides) != 0},
    HM_ACT_MAP(HM_ACT_ROW)
#undef HM_ACT_ROW
};

const char *hm_act_name(enum hm_act act)
{
    return acts[act].name;
}

bool hm_act_find(enum hm_act *act, struct hm_bytes name)
{
    for (int i = 0; i < HM_ACT_COUNT; i++) {
        if (hm_bytes_are(name, acts[i].name)) {
            *act = (enum hm_act)i;
            return true;
        }
    }
    return false;
}

bool hm_act_decides(enum hm_act act)
{
    return acts[act].decides;
}

/* The packed text "hamlet-run-1" or "hamlet-salt-1", 16 bytes, and a small number. */
static size_t labelled(uint8_t *to,
                       const char *label,
                       const uint8_t at[16],
                       size_t number)
{
    size_t length = strlen(label);
    uint8_t *start = to;
    HM_ASSERT(length < 0x80 && number < 0x4000);
    *to++ = (uint8_t)length;
    memcpy(to, label, length);
    to += length;
    memcpy(to, at, 16);
    to += 16;
    if (number >= 0x80) {
        *to++ = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    *to++ = (uint8_t)number;
    return (size_t)(to - start);
}

void hm_change_key(uint8_t key[HM_SALT_SIZE],
                   const uint8_t seed[HM_SALT_SIZE],
                   uint32_t index)
{
    uint8_t message[48];
    size_t size = labelled(message, "hamlet-run-1", seed, index);
    hm_hash_once(key, HM_SALT_SIZE, (struct hm_bytes){message, size});
}

static void salt_block(uint8_t block[BLOCK_SIZE], const uint8_t key[16], size_t number)
{
    uint8_t message[48];
    size_t size = labelled(message, "hamlet-salt-1", key, number);
    hm_hash_once(block, BLOCK_SIZE, (struct hm_bytes){message, size});
}

void hm_change_salt(uint8_t salt[HM_SALT_SIZE], const struct hm_change *change, size_t i)
{
    uint8_t block[BLOCK_SIZE];
    if (!change->has_key) {
        memcpy(salt, change->writes[i].salt, HM_SALT_SIZE);
        return;
    }
    salt_block(block, change->key, i / SALTS_A_BLOCK);
    memcpy(salt, block + i % SALTS_A_BLOCK * HM_SALT_SIZE, HM_SALT_SIZE);
}

/*
 * Salt, packed register, value. Short ones, which nearly all are, go through one buffer
 * on the stack: one call of the hash costs a third of its three-call form.
 */
static void commit(struct hm_write *write, const uint8_t salt[HM_SALT_SIZE])
{
    uint8_t message[COMMITMENT_STACK];
    size_t size = HM_SALT_SIZE + 1 + write->reg.size + write->value.size;
    if (write->reg.size < 0x80 && size <= sizeof(message)) {
        uint8_t *to = message;
        memcpy(to, salt, HM_SALT_SIZE);
        to += HM_SALT_SIZE;
        *to++ = (uint8_t)write->reg.size;
        memcpy(to, write->reg.data, write->reg.size);
        to += write->reg.size;
        memcpy(to, write->value.data, write->value.size);
        hm_hash_once(write->commitment, HM_ID_SIZE, (struct hm_bytes){message, size});
        return;
    }
    struct hm_hash hash;
    hm_hash_init(&hash, HM_ID_SIZE);
    hm_hash_put(&hash, (struct hm_bytes){salt, HM_SALT_SIZE});
    hm_hash_put_packed(&hash, write->reg);
    hm_hash_put(&hash, write->value);
    hm_hash_end(&hash, write->commitment, HM_ID_SIZE);
}

static void commit_all(struct hm_change *change)
{
    uint8_t block[BLOCK_SIZE];
    for (size_t i = 0; i < change->write_count; i++) {
        struct hm_write *write = &change->writes[i];
        if (change->has_key && i % SALTS_A_BLOCK == 0) {
            salt_block(block, change->key, i / SALTS_A_BLOCK);
        }
        if (write->value.size > 0) {
            commit(write, change->has_key ? block + i % SALTS_A_BLOCK * HM_SALT_SIZE
                                          : write->salt);
        }
    }
}

static void put_tuple(struct hm_buf *buf, const struct hm_change *change)
{
    hm_pack_text(buf, "hamlet-change-1");
    hm_buf_put_bytes(buf, hm_id_bytes(&change->district));
    hm_buf_put_bytes(buf, hm_id_bytes(&change->device));
    hm_buf_put_bytes(buf, hm_id_bytes(&change->user));
    hm_pack_bytes(buf, change->role);
    hm_pack_text(buf, acts[change->act].name);
    hm_pack_bytes(buf, hm_id_is_none(&change->bulk) ? HM_NO_BYTES
                                                    : hm_id_bytes(&change->bulk));
    hm_pack_bytes(buf, change->home);
    hm_pack_bytes(buf, change->kind);
    hm_pack_uint(buf, change->kind_version);
    hm_pack_bytes(buf, change->record_is_own || hm_id_is_none(&change->record)
                           ? HM_NO_BYTES
                           : hm_id_bytes(&change->record));
    hm_pack_uint(buf, change->key_field_count);
    for (size_t i = 0; i < change->key_field_count; i++) {
        hm_pack_bytes(buf, change->key_fields[i].name);
        hm_pack_bytes(buf, change->key_fields[i].value);
    }
    hm_pack_int(buf, change->time.ms);
    hm_pack_uint(buf, change->write_count);
    for (size_t i = 0; i < change->write_count; i++) {
        const struct hm_write *write = &change->writes[i];
        hm_pack_bytes(buf, write->reg);
        hm_buf_put(buf, write->commitment, HM_ID_SIZE);
        hm_prefixes_put(buf, write->replaces, write->replaces_count);
        hm_pack_uint(buf, write->depth);
    }
    hm_prefixes_put(buf, change->seen, change->seen_count);
    hm_pack_uint(buf, change->name_count);
    for (size_t i = 0; i < change->name_count; i++) {
        hm_buf_put_bytes(buf, hm_id_bytes(&change->names[i]));
    }
}

enum hm_status hm_change_seal(struct hm_change *change,
                              struct hm_buf *scratch,
                              struct hm_err *err)
{
    commit_all(change);
    hm_buf_clear(scratch);
    put_tuple(scratch, change);
    enum hm_status status = hm_buf_status(scratch, err);
    if (status != HM_OK) {
        return status;
    }
    hm_hash_once(change->id.at, HM_ID_SIZE, hm_buf_bytes(scratch));
    if (change->record_is_own) {
        change->record = change->id;
    }
    return HM_OK;
}

void hm_change_forget(struct hm_change *change, size_t i)
{
    if (change->has_key) {
        for (size_t w = 0; w < change->write_count; w++) {
            hm_change_salt(change->writes[w].salt, change, w);
        }
        change->has_key = false;
        memset(change->key, 0, sizeof(change->key));
    }
    struct hm_write *write = &change->writes[i];
    if (write->value.size > 0) {
        commit(write, write->salt);
    }
    write->value = HM_NO_BYTES;
    memset(write->salt, 0, sizeof(write->salt));
}

static bool ascending(const hm_prefix *prefixes, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (prefixes[i - 1] >= prefixes[i]) {
            return false;
        }
    }
    return count <= HM_REPLACES_MAX;
}

static bool write_valid(const struct hm_write *write)
{
    return write->reg.size > 0 && write->reg.size <= HM_NAME_MAX &&
           ascending(write->replaces, write->replaces_count) && write->depth > 0 &&
           (write->value.size == 0 || hm_value_valid(write->value));
}

static bool names_valid(const struct hm_change *change)
{
    for (size_t i = 1; i < change->name_count; i++) {
        if (hm_id_compare(&change->names[i - 1], &change->names[i]) >= 0) {
            return false;
        }
    }
    return change->name_count <= HM_NAMES_MAX &&
           ascending(change->seen, change->seen_count);
}

bool hm_change_valid(const struct hm_change *change)
{
    if (change->role.size == 0 || change->role.size > HM_NAME_MAX ||
        change->home.size == 0 || change->home.size > HM_NAME_MAX ||
        change->kind.size > HM_NAME_MAX || change->write_count > HM_CHANGE_WRITES_MAX ||
        !names_valid(change) || change->time.ms < -time_most ||
        change->time.ms > time_most ||
        (change->record_is_own && change->act != HM_ACT_CREATE)) {
        return false;
    }
    for (size_t i = 0; i < change->write_count; i++) {
        if (!write_valid(&change->writes[i]) ||
            (i > 0 &&
             hm_bytes_compare(change->writes[i - 1].reg, change->writes[i].reg) >= 0)) {
            return false;
        }
    }
    for (size_t i = 0; i < change->key_field_count; i++) {
        if (!hm_value_valid(change->key_fields[i].value)) {
            return false;
        }
    }
    return true;
}

size_t hm_change_weight(const struct hm_change *change)
{
    size_t weight = WEIGHT_CHANGE + change->home.size + change->kind.size +
                    change->role.size + 2 * change->seen_count * HM_PREFIX_SIZE +
                    2 * change->name_count * HM_ID_SIZE;
    for (size_t i = 0; i < change->key_field_count; i++) {
        weight += WEIGHT_KEY + change->key_fields[i].name.size +
                  change->key_fields[i].value.size;
    }
    for (size_t i = 0; i < change->write_count; i++) {
        const struct hm_write *write = &change->writes[i];
        weight += WEIGHT_WRITE + write->reg.size + write->value.size +
                  2 * (size_t)write->replaces_count * HM_PREFIX_SIZE;
    }
    return weight;
}

const struct hm_write *hm_change_write(const struct hm_change *change,
                                       struct hm_bytes reg)
{
    for (size_t i = 0; i < change->write_count; i++) {
        if (hm_bytes_equal(change->writes[i].reg, reg)) {
            return &change->writes[i];
        }
    }
    return NULL;
}

struct hm_bytes hm_change_key_field(const struct hm_change *change, struct hm_bytes name)
{
    for (size_t i = 0; i < change->key_field_count; i++) {
        if (hm_bytes_equal(change->key_fields[i].name, name)) {
            return change->key_fields[i].value;
        }
    }
    return HM_NO_BYTES;
}

void hm_record_id(struct hm_id *id,
                  struct hm_bytes home,
                  struct hm_bytes kind,
                  const struct hm_key_field *key,
                  size_t key_count)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_ID_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-record-1"));
    hm_hash_put_packed(&hash, home);
    hm_hash_put_packed(&hash, kind);
    hm_hash_put_uint(&hash, key_count);
    for (size_t i = 0; i < key_count; i++) {
        hm_hash_put_packed(&hash, key[i].name);
        hm_hash_put_packed(&hash, key[i].value);
    }
    hm_hash_end(&hash, id->at, HM_ID_SIZE);
}

void hm_chain_begin(struct hm_digest *head,
                    const struct hm_id *device,
                    uint32_t epoch,
                    const struct hm_digest *parent)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-chain-1"));
    hm_hash_put(&hash, hm_id_bytes(device));
    hm_hash_put_uint(&hash, epoch);
    hm_hash_put_packed(&hash, parent == NULL ? HM_NO_BYTES : hm_digest_bytes(parent));
    hm_hash_end(&hash, head->at, HM_DIGEST_SIZE);
}

void hm_chain_next(struct hm_digest *head, const struct hm_id *id)
{
    uint8_t message[HM_DIGEST_SIZE + HM_ID_SIZE];
    memcpy(message, head->at, HM_DIGEST_SIZE);
    memcpy(message + HM_DIGEST_SIZE, id->at, HM_ID_SIZE);
    hm_hash_once(head->at, HM_DIGEST_SIZE, HM_BYTES(message));
}
