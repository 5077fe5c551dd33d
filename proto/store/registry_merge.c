/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry's own records say where servers that did not know of each other wrote
 * to one register (PROTOCOL.md 5.1): a rule says it, no person is asked.
 */
#include <string.h>

#include "derive.h"
#include "hamlet/model/value.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/rights.h"

/* By what the end says of those who had not heard of it; the strictest holds. */
static int strictness(struct hm_bytes text)
{
    return hm_bytes_are(text, HM_ENDED_SEEN)      ? 0
           : hm_bytes_are(text, HM_ENDED_REVOKED) ? 1
                                                  : 2;
}

/* The number that a text of pins begins with, as digits without a zero before them. */
static struct hm_bytes turn_of(struct hm_bytes text)
{
    const uint8_t *end = text.size == 0 ? NULL : memchr(text.data, ' ', text.size);
    return end == NULL ? text : (struct hm_bytes){text.data, (size_t)(end - text.data)};
}

static int by_turn(struct hm_bytes a, struct hm_bytes b)
{
    a = turn_of(a);
    b = turn_of(b);
    return a.size != b.size ? (a.size > b.size) - (a.size < b.size)
                            : hm_bytes_compare(a, b);
}

/* Above 0: `a` holds before `b`, below 0: after it. */
static int compare(struct hm_bytes reg, struct hm_bytes a, struct hm_bytes b)
{
    struct hm_bytes x = hm_value_text_or(a, HM_NO_BYTES);
    struct hm_bytes y = hm_value_text_or(b, HM_NO_BYTES);
    bool x_is = hm_value_tag(a) == HM_VALUE_TEXT;
    bool y_is = hm_value_tag(b) == HM_VALUE_TEXT;
    if (x_is != y_is) {
        return x_is - y_is;
    }
    if (hm_bytes_are(reg, HM_REGISTRY_ENDED)) {
        return strictness(x) - strictness(y);
    }
    if (hm_bytes_are(reg, HM_REGISTRY_KEY)) { /* which grows, key by key */
        return (x.size > y.size) - (x.size < y.size);
    }
    return hm_bytes_are(reg, HM_REGISTRY_PINS) ? by_turn(x, y) : 0;
}

static size_t find_holding(const struct hm_register *reg)
{
    size_t best = reg->shown;
    for (size_t h = 0; h < reg->head_count; h++) {
        if (compare(reg->name, reg->heads[h].write->value,
                    reg->heads[best].write->value) > 0) {
            best = h;
        }
    }
    return best;
}

bool hm_registry_rules(struct hm_bytes kind)
{
    return kind.size > 0 && kind.data[0] == '~';
}

enum hm_status hm_registry_merge(struct hm_loaded *loaded,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_merged *merged = &loaded->merged;
    struct hm_register *registers =
        hm_arena_get_array(arena, merged->register_count, sizeof(*registers));
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    for (size_t i = 0; i < merged->register_count; i++) {
        registers[i] = merged->registers[i];
        if (registers[i].head_count > 1) {
            registers[i].shown = find_holding(&registers[i]);
            registers[i].conflict = false;
        }
    }
    for (size_t i = 0; i < loaded->count; i++) {
        loaded->known[i].disputed = false;
    }
    merged->registers = registers;
    merged->live_conflict = false;
    return HM_OK;
}

/* ---- where chains ended ---- */

static size_t count_items(struct hm_bytes list)
{
    struct hm_value_each each;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_bytes one = HM_NO_BYTES;
    size_t count = 0;
    hm_value_each_init(&each, list);
    while (hm_value_each_next(&each, &name, &one)) {
        count++;
    }
    return count;
}

void hm_registry_heads(struct hm_buf *value, const struct hm_loaded *loaded)
{
    const struct hm_register *reg =
        hm_merged_register(&loaded->merged, hm_text(HM_REGISTRY_HEADS));
    struct hm_value_each each;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_bytes one = HM_NO_BYTES;
    size_t count = 0;
    if (reg == NULL || loaded->merged.deleted) {
        return;
    }
    if (reg->head_count == 1) {
        hm_buf_put_bytes(value, reg->heads[0].write->value);
        return;
    }
    for (size_t h = 0; h < reg->head_count; h++) {
        count += count_items(reg->heads[h].write->value);
    }
    hm_value_put_list(value, count);
    for (size_t h = 0; h < reg->head_count; h++) {
        hm_value_each_init(&each, reg->heads[h].write->value);
        while (hm_value_each_next(&each, &name, &one)) {
            hm_buf_put_bytes(value, one);
        }
    }
}

/* One head out of the list: [epoch, seq, head]. */
static bool read_head(struct hm_bytes value, struct hm_revoked_head *head)
{
    struct hm_value_each each;
    struct hm_bytes name = HM_NO_BYTES; /* of members of objects only */
    struct hm_bytes part = HM_NO_BYTES;
    int64_t numbers[2] = {0, 0};
    hm_value_each_init(&each, value);
    for (size_t i = 0; i < 2; i++) {
        if (!hm_value_each_next(&each, &name, &part)) {
            return false;
        }
        numbers[i] = hm_value_int_or(part, 0);
    }
    if (numbers[0] <= 0 || numbers[0] > UINT32_MAX || numbers[1] <= 0 ||
        !hm_value_each_next(&each, &name, &part)) {
        return false;
    }
    head->epoch = (uint32_t)numbers[0];
    head->seq = (uint64_t)numbers[1];
    return hm_b64_get(head->head.at, HM_DIGEST_SIZE, hm_value_text_or(part, HM_NO_BYTES));
}

bool hm_device_beyond(const struct hm_device *device, uint32_t epoch, uint64_t seq)
{
    struct hm_value_each each;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_bytes one = HM_NO_BYTES;
    struct hm_revoked_head head;
    uint64_t last = 0; /* of several revocations the one that heard most */
    if (!device->revoked) {
        return false;
    }
    hm_value_each_init(&each, device->heads);
    while (hm_value_each_next(&each, &name, &one)) {
        if (read_head(one, &head) && head.epoch == epoch && head.seq > last) {
            last = head.seq;
        }
    }
    return seq > last;
}

void hm_revoked_heads_put(struct hm_buf *value,
                          const struct hm_revoked_head *heads,
                          size_t count)
{
    char text[HM_B64_32_SIZE];
    hm_value_put_list(value, count);
    for (size_t i = 0; i < count; i++) {
        hm_b64_put(text, HM_BYTES(heads[i].head.at));
        hm_value_put_list(value, 3);
        hm_value_put_int(value, heads[i].epoch);
        hm_value_put_int(value, (int64_t)heads[i].seq);
        hm_value_put_text(value, hm_text(text));
    }
}
