/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_scan.h - the strict judgement of a JSON text, without allocating.
 *
 * Owner: proto/base/json_scan.c; layer 0
 */
#ifndef HAMLET_BASE_JSON_SCAN_H
#define HAMLET_BASE_JSON_SCAN_H

#include "hamlet/base/json.h"

/* As hm_json_parse, without a document. */
HM_CHECKED enum hm_status hm_json_scan(struct hm_bytes text,
                                       const struct hm_json_limits *limits,
                                       struct hm_err *err);

/*
 * The length of the UTF-8 character at the beginning of `text`: 1 to 4, or 0 where it is
 * none (cut, overlong, a surrogate, beyond U+10FFFF).
 */
size_t hm_utf8_length(struct hm_bytes text);
bool hm_utf8_valid(struct hm_bytes text);

#endif
