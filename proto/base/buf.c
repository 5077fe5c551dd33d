/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"

enum { FIRST_CAPACITY = 128 };

void hm_buf_init(struct hm_buf *buf, size_t max)
{
    *buf = (struct hm_buf){.max = max};
}

void hm_buf_init_fixed(struct hm_buf *buf, uint8_t *memory, size_t size)
{
    *buf =
        (struct hm_buf){.data = memory, .capacity = size, .max = size - 1, .fixed = true};
}

void hm_buf_fini(struct hm_buf *buf)
{
    if (!buf->fixed) {
        free(buf->data);
    }
    *buf = (struct hm_buf){.max = buf->max};
}

void hm_buf_clear(struct hm_buf *buf)
{
    buf->size = 0;
    buf->failed = HM_OK;
}

static size_t grown(const struct hm_buf *buf, size_t need)
{
    size_t capacity = buf->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : buf->capacity;
    while (capacity < need) {
        capacity *= 2;
    }
    return capacity > buf->max + 1 ? buf->max + 1 : capacity;
}

uint8_t *hm_buf_reserve(struct hm_buf *buf, size_t size)
{
    if (buf->failed != HM_OK) {
        return NULL;
    }
    if (size > buf->max - buf->size) {
        buf->failed = HM_TOO_BIG;
        return NULL;
    }
    if (buf->size + size + 1 > buf->capacity) {
        size_t capacity = grown(buf, buf->size + size + 1);
        uint8_t *data = realloc(buf->data, capacity);
        if (data == NULL) {
            buf->failed = HM_NO_MEMORY;
            return NULL;
        }
        buf->data = data;
        buf->capacity = capacity;
    }
    return buf->data + buf->size;
}

void hm_buf_commit(struct hm_buf *buf, size_t size)
{
    HM_ASSERT(buf->size + size < buf->capacity);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void hm_buf_put(struct hm_buf *buf, const void *data, size_t size)
{
    uint8_t *at = hm_buf_reserve(buf, size);
    if (at != NULL) {
        if (size > 0) {
            memcpy(at, data, size);
        }
        hm_buf_commit(buf, size);
    }
}

void hm_buf_put_byte(struct hm_buf *buf, uint8_t byte)
{
    hm_buf_put(buf, &byte, 1);
}

void hm_buf_put_text(struct hm_buf *buf, const char *text)
{
    hm_buf_put(buf, text, strlen(text));
}

void hm_buf_put_bytes(struct hm_buf *buf, struct hm_bytes bytes)
{
    hm_buf_put(buf, bytes.data, bytes.size);
}

void hm_buf_put_int(struct hm_buf *buf, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%" PRId64, number);
    hm_buf_put(buf, text, (size_t)length);
}

void hm_buf_put_hex(struct hm_buf *buf, struct hm_bytes bytes)
{
    uint8_t *at = hm_buf_reserve(buf, bytes.size * 2);
    if (at != NULL) {
        hm_hex_put((char *)at, bytes);
        hm_buf_commit(buf, bytes.size * 2);
    }
}

void hm_buf_put_b64(struct hm_buf *buf, struct hm_bytes bytes)
{
    uint8_t *at = hm_buf_reserve(buf, hm_b64_length(bytes.size));
    if (at != NULL) {
        hm_b64_put((char *)at, bytes);
        hm_buf_commit(buf, hm_b64_length(bytes.size));
    }
}

enum hm_status hm_buf_status(const struct hm_buf *buf, struct hm_err *err)
{
    if (buf->failed == HM_TOO_BIG) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    return buf->failed == HM_OK ? HM_OK : hm_fail_memory(err);
}

struct hm_bytes hm_buf_bytes(const struct hm_buf *buf)
{
    return (struct hm_bytes){buf->data, buf->size};
}

char *hm_buf_take_text(struct hm_buf *buf)
{
    char *text = buf->data == NULL ? calloc(1, 1) : (char *)buf->data;
    *buf = (struct hm_buf){.max = buf->max};
    return text;
}
