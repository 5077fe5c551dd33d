/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.h - the keys of one device, one after the other, each certified by the one before.
 *
 * Owner:  proto/model/keys.c; layer 1, pure
 * Format: PROTOCOL.md section 3.6
 *
 * A device is named by its first key for ever; with the newest it speaks. What it signed
 * with an earlier one stays its own, as far as its chain went when that key was replaced:
 * whoever has a copy of an old key writes nothing new with it.
 */
#ifndef HAMLET_MODEL_KEYS_H
#define HAMLET_MODEL_KEYS_H

#include "hamlet/model/page.h"

enum {
    HM_KEYS_MAX = 16,           /* each page may have to be tried with all of them */
    HM_KEYS_TEXT_MAX = 3 * 1024 /* all of them as text */
};

struct hm_keys {
    size_t count;
    size_t size;                   /* bytes of the text that hold */
    struct hm_key at[HM_KEYS_MAX]; /* in the order in which they came */
    /* How far key i signed; 0 for the newest, which has no end. */
    uint32_t epoch[HM_KEYS_MAX];
    uint64_t seq[HM_KEYS_MAX];
};

/* A device that never changed its key. */
void hm_keys_one(struct hm_keys *keys, const struct hm_key *key);

/*
 * Read the text of a device's keys. False: it breaks a rule, a certificate is wrong, or
 * the first key is not this device's; `keys` holds what stands before that, perhaps none.
 */
bool hm_keys_read(struct hm_keys *keys, struct hm_bytes text, const struct hm_id *device);

/* As hm_keys_read, of a text that was read so before: no certificate is checked. */
bool hm_keys_trust(struct hm_keys *keys,
                   struct hm_bytes text,
                   const struct hm_id *device);

const struct hm_key *hm_keys_newest(const struct hm_keys *keys); /* there is one */

/* Whether `later` is the text `earlier` with keys after it, or the same. */
bool hm_keys_follow(struct hm_bytes later, struct hm_bytes earlier);

/*
 * The key with which a device signs that says `text` of its keys, of which `known` is
 * known here, nothing if that is empty: whichever of them goes on from the other ends
 * with it. False: the text is not this device's, or two machines went on from one key.
 */
bool hm_keys_meet(struct hm_key *newest,
                  struct hm_bytes known,
                  struct hm_bytes text,
                  const struct hm_id *device);

/*
 * Append the text `before` with one more key, certified with the secret part of its
 * newest. The chain of the device has come to (epoch, seq): from there on `next` signs.
 */
void hm_keys_add(struct hm_buf *buf,
                 struct hm_bytes before,
                 const struct hm_id *device,
                 const struct hm_key *next,
                 uint32_t epoch,
                 uint64_t seq,
                 const struct hm_secret *secret);

/* Whether one of the keys signed the page, and which. */
bool hm_keys_check(const struct hm_keys *keys, const struct hm_page *page, size_t *which);

/* Whether key `which` may still have signed this page. */
bool hm_keys_cover(const struct hm_keys *keys, size_t which, const struct hm_page *page);

#endif
