/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/pack.h"

#include <string.h>

enum { UINT_BYTES_MAX = 10 };

void hm_pack_uint(struct hm_buf *buf, uint64_t number)
{
    uint8_t bytes[UINT_BYTES_MAX];
    size_t n = 0;
    while (number >= 0x80) {
        bytes[n++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    bytes[n++] = (uint8_t)number;
    hm_buf_put(buf, bytes, n);
}

void hm_pack_int(struct hm_buf *buf, int64_t number)
{
    uint64_t sign = number < 0 ? UINT64_MAX : 0;
    hm_pack_uint(buf, (uint64_t)number << 1 ^ sign);
}

void hm_pack_bytes(struct hm_buf *buf, struct hm_bytes bytes)
{
    hm_pack_uint(buf, bytes.size);
    hm_buf_put_bytes(buf, bytes);
}

void hm_pack_text(struct hm_buf *buf, const char *text)
{
    hm_pack_bytes(buf, hm_text(text));
}

void hm_unpack_init(struct hm_unpack *in, struct hm_bytes bytes)
{
    static const uint8_t nothing[1];
    in->at = bytes.data == NULL ? nothing : bytes.data;
    in->end = in->at + bytes.size;
    in->failed = false;
}

static uint64_t fail(struct hm_unpack *in)
{
    in->failed = true;
    in->at = in->end;
    return 0;
}

uint64_t hm_unpack_uint(struct hm_unpack *in)
{
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (in->at == in->end) {
            return fail(in);
        }
        uint8_t byte = *in->at++;
        if (shift == 63 && byte > 1) {
            return fail(in);
        }
        number |= (uint64_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) {
            /* A last byte of zero would be a second form of a shorter number. */
            return byte == 0 && shift > 0 ? fail(in) : number;
        }
    }
    return fail(in);
}

int64_t hm_unpack_int(struct hm_unpack *in)
{
    uint64_t folded = hm_unpack_uint(in);
    uint64_t sign = (folded & 1) == 1 ? UINT64_MAX : 0;
    return (int64_t)(folded >> 1 ^ sign);
}

uint8_t hm_unpack_byte(struct hm_unpack *in)
{
    if (in->at == in->end) {
        return (uint8_t)fail(in);
    }
    return *in->at++;
}

struct hm_bytes hm_unpack_raw(struct hm_unpack *in, size_t size)
{
    if (size > (size_t)(in->end - in->at)) {
        fail(in);
        return HM_NO_BYTES;
    }
    struct hm_bytes bytes = {in->at, size};
    in->at += size;
    return bytes;
}

struct hm_bytes hm_unpack_bytes(struct hm_unpack *in)
{
    uint64_t size = hm_unpack_uint(in);
    if (size > SIZE_MAX) {
        fail(in);
        return HM_NO_BYTES;
    }
    return hm_unpack_raw(in, (size_t)size);
}

size_t hm_unpack_count(struct hm_unpack *in, size_t least)
{
    uint64_t count = hm_unpack_uint(in);
    if (count > (size_t)(in->end - in->at) / (least == 0 ? 1 : least)) {
        return (size_t)fail(in);
    }
    return (size_t)count;
}

bool hm_unpack_done(const struct hm_unpack *in)
{
    return !in->failed && in->at == in->end;
}
