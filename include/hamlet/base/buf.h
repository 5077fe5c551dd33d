/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - a growing run of bytes that has its cap from birth.
 *
 * Owner:  proto/base/buf.c; layer 0
 * Errors: a failed append leaves the buffer as it was and marks it; later appends fail
 *         too, so a writer may check once at the end with hm_buf_status
 *
 * hm_buf_init takes no memory. `data` is valid until the next append; it is followed by a
 * NUL that is not counted, so text can be handed on as it is.
 */
#ifndef HAMLET_BASE_BUF_H
#define HAMLET_BASE_BUF_H

#include "hamlet/base/bytes.h"
#include "hamlet/base/err.h"

struct hm_buf {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t max;
    bool fixed;            /* `data` is the caller's */
    enum hm_status failed; /* HM_OK, HM_NO_MEMORY or HM_TOO_BIG */
};

void hm_buf_init(struct hm_buf *buf, size_t max);
/* Over memory of the caller's, one byte of it for the NUL: nothing is ever allocated. */
void hm_buf_init_fixed(struct hm_buf *buf, uint8_t *memory, size_t size);
void hm_buf_fini(struct hm_buf *buf);
void hm_buf_clear(struct hm_buf *buf); /* keeps the memory, forgets a failure */

void hm_buf_put(struct hm_buf *buf, const void *data, size_t size);
void hm_buf_put_byte(struct hm_buf *buf, uint8_t byte);
void hm_buf_put_text(struct hm_buf *buf, const char *text);
void hm_buf_put_bytes(struct hm_buf *buf, struct hm_bytes bytes);
void hm_buf_put_int(struct hm_buf *buf, int64_t number); /* in decimal */
void hm_buf_put_hex(struct hm_buf *buf, struct hm_bytes bytes);
void hm_buf_put_b64(struct hm_buf *buf, struct hm_bytes bytes);

/* Room for `size` more bytes, or null; hm_buf_commit says how many were written. */
uint8_t *hm_buf_reserve(struct hm_buf *buf, size_t size);
void hm_buf_commit(struct hm_buf *buf, size_t size);

/* HM_OK, or why an append failed: NO_MEMORY or TOO_BIG. */
HM_CHECKED enum hm_status hm_buf_status(const struct hm_buf *buf, struct hm_err *err);

struct hm_bytes hm_buf_bytes(const struct hm_buf *buf); /* borrowed */
char *hm_buf_take_text(struct hm_buf *buf);             /* the caller's; free() it */

#endif
