/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signed.h - a file that says by itself who made it: JSON under a signature.
 *
 * Owner:  daemon/api/signed.c; layer 4
 * Format: PROTOCOL.md section 13: `{"content":…,"key":…,"signature":…}` in canonical form
 *         (RFC 8785), so that whoever has the key can check it without any program of
 * ours
 */
#ifndef HAMLET_API_SIGNED_H
#define HAMLET_API_SIGNED_H

#include "hamlet/api/view.h"
#include "hamlet/base/sign.h"

/* What such a file may hold: a register of ten years of a province. */
#define HM_SIGNED_FILE_MAX ((size_t)32 * 1024 * 1024)

/*
 * Append the file around `body`, any JSON value. HM_BAD_INPUT: it is none, as of json.h
 */
HM_CHECKED enum hm_status hm_api_signed_make(struct hm_buf *file,
                                             struct hm_bytes body,
                                             const struct hm_key *key,
                                             const struct hm_secret *secret,
                                             struct hm_err *err);

/*
 * Say that a file is as this replica's server signed it, with whichever of its keys:
 * `{document, key}`.
 * HM_BAD_INPUT  signed-form: it is no such file
 * HM_CORRUPT    signed-changed: it is not what was signed; signed-foreign: another
 *               than the own server signed it; neither is shown
 */
HM_CHECKED enum hm_status hm_api_signed_check(const struct hm_view *view,
                                              struct hm_bytes file,
                                              struct hm_err *err);

#endif
