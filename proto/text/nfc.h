/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nfc.h - Unicode's composed form: asking for it without memory, making it with.
 *
 * Owner: proto/text/nfc.c; private to text
 *
 * `text` is valid UTF-8 without unassigned characters.
 */
#ifndef HM_TEXT_NFC_H
#define HM_TEXT_NFC_H

#include "hamlet/base/buf.h"

enum hm_nfc {
    HM_NFC_YES,
    HM_NFC_NO,
    HM_NFC_MARKS /* one base bears more than HM_TEXT_MARKS_MAX marks */
};

enum hm_nfc hm_nfc_check(struct hm_bytes text);

/*
 * Append the composed form of `text`, which hm_nfc_check has not called HM_NFC_MARKS:
 * putting marks in order takes time with the square of their number.
 */
HM_CHECKED enum hm_status hm_nfc_put(struct hm_buf *out,
                                     struct hm_bytes text,
                                     struct hm_err *err);

#endif
