/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/pins.h"

#include <string.h>

enum { PIN_TEXT = HM_B64_32_SIZE - 1, TURN_DIGITS = 15 };

/* A number as it is written, and the blank after it. */
static bool read_turn(uint64_t *turn, struct hm_bytes *text)
{
    size_t size = 0;
    *turn = 0;
    while (size < text->size && size < TURN_DIGITS && text->data[size] >= '0' &&
           text->data[size] <= '9') {
        *turn = *turn * 10 + (uint64_t)(text->data[size] - '0');
        size++;
    }
    if (size == 0 || text->data[0] == '0' || size == text->size ||
        text->data[size] != ' ') {
        return false;
    }
    text->data += size + 1;
    text->size -= size + 1;
    return true;
}

bool hm_pins_read(struct hm_pins *pins, struct hm_bytes text)
{
    struct hm_pins read = {.count = 1};
    *pins = (struct hm_pins){.count = 0};
    if (!read_turn(&read.turn, &text) || text.size < PIN_TEXT ||
        !hm_b64_get(read.at[0], HM_PINS_PIN_SIZE,
                    (struct hm_bytes){text.data, PIN_TEXT})) {
        return false;
    }
    text.data += PIN_TEXT;
    text.size -= PIN_TEXT;
    if (text.size > 0) {
        read.count = 2;
        if (text.size != 1 + PIN_TEXT || text.data[0] != ' ' ||
            !hm_b64_get(read.at[1], HM_PINS_PIN_SIZE,
                        (struct hm_bytes){text.data + 1, PIN_TEXT})) {
            return false;
        }
    }
    *pins = read;
    return true;
}

void hm_pins_put(struct hm_buf *buf, const struct hm_pins *pins)
{
    hm_buf_put_int(buf, (int64_t)pins->turn);
    for (size_t i = 0; i < pins->count; i++) {
        hm_buf_put_byte(buf, ' ');
        hm_buf_put_b64(buf, HM_BYTES(pins->at[i]));
    }
}
