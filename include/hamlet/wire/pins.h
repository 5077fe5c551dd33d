/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins.h - by which TLS keys a server is known: the one in use, and the spare.
 *
 * Owner:  proto/wire/pins.c; layer 2
 * Format: PROTOCOL.md section 9.1. A text, in the registry and in invitations.
 *
 * The key of the spare lies elsewhere, so whoever knows both pins goes on to trust a
 * server that had to change its key. Of two texts the one with the greater turn is newer.
 */
#ifndef HAMLET_WIRE_PINS_H
#define HAMLET_WIRE_PINS_H

#include "hamlet/base/buf.h"

enum { HM_PINS_PIN_SIZE = 32, HM_PINS_TEXT_MAX = 128 };

struct hm_pins {
    uint64_t turn; /* counts changes of the pair, from 1; 0: none are known */
    size_t count;  /* 1, or 2 with a spare */
    uint8_t at[2][HM_PINS_PIN_SIZE];
};

/* False: it is none; `pins` is all zero then. */
bool hm_pins_read(struct hm_pins *pins, struct hm_bytes text);
void hm_pins_put(struct hm_buf *buf, const struct hm_pins *pins);

#endif
