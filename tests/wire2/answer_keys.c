/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "answer.h"
#include "hamlet/model/keys.h"
#include "hamlet/wire/pins.h"

enum { NUMBER_SIZE = 24 };

enum hm_status answer_keys(struct answering *a)
{
    struct hm_keys keys;
    struct hm_id device;
    char number[NUMBER_SIZE];
    if (!answer_raw(a, "device", device.at, HM_ID_SIZE)) {
        return answer_refuse(a, "keys");
    }
    bool whole = hm_keys_read(&keys, heard_text(a->ask, "text"), &device);
    hm_json_key(a->out, "keys");
    hm_json_open(a->out, '[');
    for (size_t i = 0; i < keys.count; i++) {
        hm_json_open(a->out, '[');
        hm_json_hex(a->out, HM_BYTES(keys.at[i].at));
        hm_json_int(a->out, keys.epoch[i]);
        (void)snprintf(number, sizeof(number), "%" PRIu64, keys.seq[i]);
        hm_json_text(a->out, hm_text(number));
        hm_json_close(a->out, ']');
    }
    hm_json_close(a->out, ']');
    hm_json_put_bool(a->out, "whole", whole);
    return HM_OK;
}

enum hm_status answer_next_key(struct answering *a)
{
    struct hm_key own;
    struct hm_secret secret;
    struct hm_key next;
    struct hm_id device;
    struct hm_buf text;
    if (!answer_pair(a, &own, &secret) || !answer_raw(a, "key", next.at, HM_KEY_SIZE) ||
        !answer_raw(a, "device", device.at, HM_ID_SIZE)) {
        return answer_refuse(a, "keys");
    }
    hm_buf_init(&text, HM_KEYS_TEXT_MAX);
    hm_keys_add(&text, heard_text(a->ask, "text"), &device, &next,
                (uint32_t)heard_int(a->ask, "epoch"), (uint64_t)heard_int(a->ask, "seq"),
                &secret);
    enum hm_status status = hm_buf_status(&text, a->err);
    if (status == HM_OK) {
        hm_json_put_text(a->out, "text", hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}

enum hm_status answer_pins(struct answering *a)
{
    struct hm_pins pins;
    uint8_t memory[HM_PINS_TEXT_MAX];
    struct hm_buf again;
    struct hm_bytes text = heard_text(a->ask, "text");
    hm_buf_init_fixed(&again, memory, sizeof(memory));
    if (!hm_pins_read(&pins, text)) {
        return answer_refuse(a, "pins");
    }
    hm_pins_put(&again, &pins);
    if (!hm_bytes_equal(hm_buf_bytes(&again), text)) {
        return answer_refuse(a, "pins: two forms");
    }
    hm_json_put_int(a->out, "turn", (int64_t)pins.turn);
    hm_json_key(a->out, "pins");
    hm_json_open(a->out, '[');
    for (size_t i = 0; i < pins.count; i++) {
        hm_json_hex(a->out, HM_BYTES(pins.at[i]));
    }
    hm_json_close(a->out, ']');
    return HM_OK;
}
