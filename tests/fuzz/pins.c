/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a server's pins: what is accepted is written as the same bytes. */
#include "hamlet/wire/pins.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_pins pins;
    uint8_t memory[HM_PINS_TEXT_MAX];
    struct hm_buf again;
    struct hm_bytes text = {data, size};
    hm_buf_init_fixed(&again, memory, sizeof(memory));
    if (hm_pins_read(&pins, text)) {
        hm_pins_put(&again, &pins);
        HM_ASSERT(pins.turn > 0 && hm_bytes_equal(hm_buf_bytes(&again), text));
    } else {
        HM_ASSERT(pins.turn == 0 && pins.count == 0);
    }
    return 0;
}
