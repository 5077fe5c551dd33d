/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invitation.h - what a new device is given on a stick or as a link, signed by the
 * server.
 *
 * Owner:  proto/wire/invitation.c; layer 2
 * Format: PROTOCOL.md section 9. The file is one JSON object on one line; a link is
 *         `hamlet:` and the same JSON in base64url.
 * Errors: outputs are written only on HM_OK
 *
 * Whoever holds it can join once, so it is a secret; and it names the server's keys, so a
 * forged one would lead the device to somebody else's server. A reader therefore trusts
 * nothing in it before the signature and the server's id have been checked.
 */
#ifndef HAMLET_WIRE_INVITATION_H
#define HAMLET_WIRE_INVITATION_H

#include "hamlet/base/arena.h"
#include "hamlet/base/buf.h"
#include "hamlet/base/sign.h"
#include "hamlet/base/time.h"
#include "hamlet/wire/pins.h"

#define HM_INVITATION_LINK "hamlet:"

enum {
    HM_INVITATION_URLS_MAX = 8,
    HM_INVITATION_URL_MAX = 512,
    HM_INVITATION_TEXT_MAX = 8 * 1024, /* the whole JSON */
    HM_INVITATION_PIN_SIZE = 32        /* SHA-256 of the server's TLS key */
};

struct hm_invitation {
    struct hm_id id;
    uint8_t secret[HM_ID_SIZE];
    struct hm_id server; /* the id of `key` */
    struct hm_key key;
    uint8_t pin[HM_INVITATION_PIN_SIZE];
    struct hm_pins pins;         /* `pin` and the spare; none: the server has told none */
    const struct hm_bytes *urls; /* at least one */
    size_t url_count;
    struct hm_bytes unit;
    struct hm_id user;
    struct hm_bytes role;
    struct hm_bytes name;
    struct hm_wall expires;
};

/*
 * Append the JSON, signed with the secret part of `inv->key`.
 * HM_BAD_INPUT  a part is empty or over its limit
 */
HM_CHECKED enum hm_status hm_invitation_write(struct hm_buf *buf,
                                              const struct hm_invitation *inv,
                                              const struct hm_secret *secret,
                                              struct hm_err *err);

/*
 * Read the JSON; blanks and line ends around it do not matter. Text and the array come
 * from `arena`. Whether it has expired is the server's to say: clocks of laptops are
 * wrong.
 * HM_BAD_INPUT  invitation-broken: damaged, or no invitation at all · invitation-newer: a
 *               newer program wrote it · invitation-foreign: what signed it is not the
 *               server that it names
 */
HM_CHECKED enum hm_status hm_invitation_read(struct hm_invitation *inv,
                                             struct hm_bytes json,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/* Append the link of a JSON that hm_invitation_write gave. */
void hm_invitation_link(struct hm_buf *buf, struct hm_bytes json);

/* Whether `text` begins as a link does, whatever follows. */
bool hm_invitation_is_link(struct hm_bytes text);

/* Append the JSON of a link. HM_BAD_INPUT: it is none; nothing of it was checked. */
HM_CHECKED enum hm_status hm_invitation_unlink(struct hm_buf *json,
                                               struct hm_bytes link,
                                               struct hm_err *err);

#endif
