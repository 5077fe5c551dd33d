/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/keys.h"

#include <string.h>

#include "hamlet/base/pack.h"

enum {
    FIRST_TEXT = HM_B64_32_SIZE - 1,
    /* A later key: key, epoch, seq, certificate. */
    LATER_LEAST = HM_KEY_SIZE + 1 + 1 + HM_SIGNATURE_SIZE,
    LATER_MOST = HM_KEY_SIZE + 5 + 10 + HM_SIGNATURE_SIZE,
    MESSAGE_MAX = 128
};

_Static_assert(HM_KEYS_TEXT_MAX >= FIRST_TEXT + HM_KEYS_MAX * (LATER_MOST * 4 / 3 + 2),
               "room for the text of all keys");

static const char domain[] = "hamlet-key-1";

void hm_keys_one(struct hm_keys *keys, const struct hm_key *key)
{
    *keys = (struct hm_keys){.count = 1};
    keys->at[0] = *key;
}

const struct hm_key *hm_keys_newest(const struct hm_keys *keys)
{
    return &keys->at[keys->count - 1];
}

/* What the key before signs of the one that follows it. */
static struct hm_bytes message_of(struct hm_buf *buf,
                                  uint8_t memory[MESSAGE_MAX],
                                  const struct hm_id *device,
                                  size_t index,
                                  const struct hm_key *key,
                                  uint32_t epoch,
                                  uint64_t seq)
{
    hm_buf_init_fixed(buf, memory, MESSAGE_MAX);
    hm_buf_put_bytes(buf, hm_id_bytes(device));
    hm_pack_uint(buf, index);
    hm_buf_put_bytes(buf, HM_BYTES(key->at));
    hm_pack_uint(buf, epoch);
    hm_pack_uint(buf, seq);
    return hm_buf_bytes(buf);
}

/* The next piece of the text, up to a space. */
static struct hm_bytes piece_of(struct hm_bytes *text)
{
    const uint8_t *space = text->size == 0 ? NULL : memchr(text->data, ' ', text->size);
    size_t size = space == NULL ? text->size : (size_t)(space - text->data);
    struct hm_bytes piece = {text->data, size};
    text->data += size;
    text->size -= size;
    return piece;
}

static bool read_later(struct hm_keys *keys,
                       struct hm_bytes piece,
                       const struct hm_id *device,
                       bool trusted)
{
    uint8_t plain[LATER_MOST];
    uint8_t memory[MESSAGE_MAX];
    struct hm_buf message;
    struct hm_unpack in;
    struct hm_key key;
    struct hm_signature signature;
    size_t size = piece.size / 4 * 3 + (piece.size % 4 == 0 ? 0 : piece.size % 4 - 1);
    if (keys->count == HM_KEYS_MAX || size < LATER_LEAST || size > LATER_MOST ||
        !hm_b64_get(plain, size, piece)) {
        return false;
    }
    hm_unpack_init(&in, (struct hm_bytes){plain, size});
    struct hm_bytes raw_key = hm_unpack_raw(&in, HM_KEY_SIZE);
    uint64_t epoch = hm_unpack_uint(&in);
    uint64_t seq = hm_unpack_uint(&in);
    struct hm_bytes raw_signature = hm_unpack_raw(&in, HM_SIGNATURE_SIZE);
    if (!hm_unpack_done(&in) || epoch == 0 || epoch > UINT32_MAX) {
        return false;
    }
    memcpy(key.at, raw_key.data, HM_KEY_SIZE);
    memcpy(signature.at, raw_signature.data, HM_SIGNATURE_SIZE);
    struct hm_bytes signed_text =
        message_of(&message, memory, device, keys->count, &key, (uint32_t)epoch, seq);
    if (!trusted &&
        !hm_sign_check(&signature, domain, signed_text, hm_keys_newest(keys))) {
        return false;
    }
    keys->epoch[keys->count - 1] = (uint32_t)epoch;
    keys->seq[keys->count - 1] = seq;
    keys->at[keys->count++] = key;
    return true;
}

static bool read_all(struct hm_keys *keys,
                     struct hm_bytes text,
                     const struct hm_id *device,
                     bool trusted)
{
    struct hm_key first;
    const uint8_t *begin = text.data;
    *keys = (struct hm_keys){.count = 0};
    if (!hm_b64_get(first.at, HM_KEY_SIZE, piece_of(&text))) {
        return false;
    }
    struct hm_id named = hm_sign_device(&first);
    if (!hm_id_equal(&named, device)) {
        return false;
    }
    hm_keys_one(keys, &first);
    keys->size = (size_t)(text.data - begin);
    while (text.size > 0) {
        text.data++; /* the space */
        text.size--;
        if (!read_later(keys, piece_of(&text), device, trusted)) {
            return false;
        }
        keys->size = (size_t)(text.data - begin);
    }
    return true;
}

bool hm_keys_read(struct hm_keys *keys, struct hm_bytes text, const struct hm_id *device)
{
    return read_all(keys, text, device, false);
}

bool hm_keys_trust(struct hm_keys *keys, struct hm_bytes text, const struct hm_id *device)
{
    return read_all(keys, text, device, true);
}

bool hm_keys_follow(struct hm_bytes later, struct hm_bytes earlier)
{
    return earlier.size > 0 && later.size >= earlier.size &&
           memcmp(later.data, earlier.data, earlier.size) == 0 &&
           (later.size == earlier.size || later.data[earlier.size] == ' ');
}

bool hm_keys_meet(struct hm_key *newest,
                  struct hm_bytes known,
                  struct hm_bytes text,
                  const struct hm_id *device)
{
    struct hm_keys keys;
    bool behind = hm_keys_follow(known, text);
    if (!hm_keys_read(&keys, behind ? known : text, device) ||
        (known.size > 0 && !behind && !hm_keys_follow(text, known))) {
        return false;
    }
    *newest = *hm_keys_newest(&keys);
    return true;
}

static size_t count_of(struct hm_bytes text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++) {
        count += text.data[i] == ' ';
    }
    return count;
}

void hm_keys_add(struct hm_buf *buf,
                 struct hm_bytes before,
                 const struct hm_id *device,
                 const struct hm_key *next,
                 uint32_t epoch,
                 uint64_t seq,
                 const struct hm_secret *secret)
{
    uint8_t memory[MESSAGE_MAX];
    uint8_t later[LATER_MOST + 1];
    struct hm_buf message;
    struct hm_buf piece;
    struct hm_signature signature;
    hm_sign_make(&signature, domain,
                 message_of(&message, memory, device, count_of(before), next, epoch, seq),
                 secret);
    hm_buf_init_fixed(&piece, later, sizeof(later));
    hm_buf_put_bytes(&piece, HM_BYTES(next->at));
    hm_pack_uint(&piece, epoch);
    hm_pack_uint(&piece, seq);
    hm_buf_put_bytes(&piece, HM_BYTES(signature.at));
    hm_buf_put_bytes(buf, before);
    hm_buf_put_byte(buf, ' ');
    hm_buf_put_b64(buf, hm_buf_bytes(&piece));
}

bool hm_keys_cover(const struct hm_keys *keys, size_t which, const struct hm_page *page)
{
    return which + 1 == keys->count || (page->epoch == keys->epoch[which] &&
                                        page->seq + page->count - 1 <= keys->seq[which]);
}

/* The key that was in use when the chain came to this page: it nearly always signed it.
 */
static size_t likely(const struct hm_keys *keys, const struct hm_page *page)
{
    size_t which = 0;
    while (which + 1 < keys->count && !hm_keys_cover(keys, which, page)) {
        which++;
    }
    return which;
}

bool hm_keys_check(const struct hm_keys *keys, const struct hm_page *page, size_t *which)
{
    size_t first = keys->count == 0 ? 0 : likely(keys, page);
    if (keys->count > 0 && hm_page_check(page, &keys->at[first])) {
        *which = first;
        return true;
    }
    for (size_t i = keys->count; i > 0; i--) {
        if (i - 1 != first && hm_page_check(page, &keys->at[i - 1])) {
            *which = i - 1;
            return true;
        }
    }
    return false;
}
