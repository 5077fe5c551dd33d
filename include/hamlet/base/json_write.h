/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_write.h - compact JSON text, written straight into a buffer.
 *
 * Owner:  proto/base/json_write.c; layer 0
 * Errors: those of the buffer; look at hm_buf_status once at the end
 *
 * The writer puts the commas. Text must be valid UTF-8. Control characters, DEL and the
 * C1 controls are escaped, so that a terminal that shows the line stays what it was.
 */
#ifndef HAMLET_BASE_JSON_WRITE_H
#define HAMLET_BASE_JSON_WRITE_H

#include "hamlet/base/buf.h"
#include "hamlet/base/json.h"
#include "hamlet/base/time.h"

struct hm_json_write {
    struct hm_buf *buf;
    bool comma; /* the next value needs one before it */
};

void hm_json_write_init(struct hm_json_write *out, struct hm_buf *buf);
void hm_json_open(struct hm_json_write *out, char bracket);  /* '{' or '[' */
void hm_json_close(struct hm_json_write *out, char bracket); /* '}' or ']' */
void hm_json_key(struct hm_json_write *out, const char *name);
void hm_json_key_bytes(struct hm_json_write *out, struct hm_bytes name);

void hm_json_text(struct hm_json_write *out, struct hm_bytes text);
void hm_json_int(struct hm_json_write *out, int64_t number);
void hm_json_bool(struct hm_json_write *out, bool value);
void hm_json_null(struct hm_json_write *out);
void hm_json_hex(struct hm_json_write *out, struct hm_bytes bytes);
void hm_json_b64(struct hm_json_write *out, struct hm_bytes bytes);
void hm_json_wall(struct hm_json_write *out, struct hm_wall wall);
void hm_json_raw(struct hm_json_write *out, struct hm_bytes json); /* a whole value */
void hm_json_again(struct hm_json_write *out, const struct hm_json *json); /* as parsed */

/* Name and value at once. */
void hm_json_put_text(struct hm_json_write *out, const char *name, struct hm_bytes text);
void hm_json_put_int(struct hm_json_write *out, const char *name, int64_t number);
void hm_json_put_bool(struct hm_json_write *out, const char *name, bool value);
void hm_json_put_hex(struct hm_json_write *out, const char *name, struct hm_bytes bytes);
void hm_json_put_wall(struct hm_json_write *out, const char *name, struct hm_wall wall);

#endif
