/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h - text lines into one zlib stream with the preset dictionary, and back.
 *
 * Owner:  proto/wire/stream.c, the only user of zlib; layer 2
 * Format: PROTOCOL.md section 6. The dictionary is named by zlib's own FDICT id.
 */
#ifndef HAMLET_WIRE_STREAM_H
#define HAMLET_WIRE_STREAM_H

#include "hamlet/base/buf.h"

struct hm_deflate;
struct hm_inflate;

/* Where bytes cost most; where there are many of them. */
enum { HM_DEFLATE_LEVEL_SMALL = 9, HM_DEFLATE_LEVEL_FAST = 6 };

/*
 * How a piece of text is best packed: prose and rows repeat, pen traces and signatures do
 * not - searching them for repeats costs most of zlib's time and makes them larger.
 */
enum hm_texture { HM_TEXTURE_ROWS, HM_TEXTURE_NOISE };

HM_CHECKED enum hm_status hm_deflate_open(struct hm_deflate **deflate,
                                          int level,
                                          struct hm_err *err);
void hm_deflate_close(struct hm_deflate *deflate);

/* The same stream at the same place: to try a page and take it back. */
HM_CHECKED enum hm_status hm_deflate_copy(struct hm_deflate **copy,
                                          const struct hm_deflate *deflate,
                                          struct hm_err *err);

/* Append what `text` becomes to `out`; zlib may hold some of it back. */
HM_CHECKED enum hm_status hm_deflate_put(struct hm_deflate *deflate,
                                         struct hm_buf *out,
                                         struct hm_bytes text,
                                         enum hm_texture texture,
                                         struct hm_err *err);

/* All text so far can be read by the other side once `out` has arrived. */
HM_CHECKED enum hm_status hm_deflate_flush(struct hm_deflate *deflate,
                                           struct hm_buf *out,
                                           struct hm_err *err);
/* End the stream; nothing may be put after it. */
HM_CHECKED enum hm_status hm_deflate_end(struct hm_deflate *deflate,
                                         struct hm_buf *out,
                                         struct hm_err *err);

HM_CHECKED enum hm_status hm_inflate_open(struct hm_inflate **inflate,
                                          struct hm_err *err);
void hm_inflate_close(struct hm_inflate *inflate);

/*
 * Append the text of `in` to `out`. Stops at the cap of `out`.
 * HM_PROTOCOL  no zlib stream, another dictionary ("dictionary"), or bytes after its end
 * HM_TOO_BIG   the stream gives more than HM_INFLATE_BYTES_MAX, or more than
 *              HM_INFLATE_RATIO_MAX times what arrived and a page: a bomb
 */
HM_CHECKED enum hm_status hm_inflate_put(struct hm_inflate *inflate,
                                         struct hm_buf *out,
                                         struct hm_bytes in,
                                         struct hm_err *err);

/* Whether the stream came to its proper end. */
bool hm_inflate_ended(const struct hm_inflate *inflate);

#endif
