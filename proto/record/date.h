/* SPDX-License-Identifier: Apache-2.0 */
/*
 * date.h - dates as they are kept, typed and shown.
 *
 * Private to the module. Kept: "2026-03-05", and if partly known "2026-03" or "2026".
 */
#ifndef HAMLET_RECORD_DATE_H
#define HAMLET_RECORD_DATE_H

#include "hamlet/record/field.h"

enum { HM_DATE_SIZE = 11 }; /* with the NUL */

/* Whether `text` is exactly a kept date; a whole one, or any where `partial`. */
bool hm_date_valid(struct hm_bytes text, bool partial);

/*
 * Read what a person typed, which is normal text, into `kept`; the words that may stand
 * in it are those of `field`. HM_BAD_INPUT, without a sentence: it is no date.
 */
HM_CHECKED enum hm_status hm_date_read(char kept[HM_DATE_SIZE],
                                       struct hm_bytes typed,
                                       const struct hm_field *field);

/* For people: 05/03/2026, 03/2026, 2026. `kept` is valid. */
void hm_date_show(struct hm_buf *out, struct hm_bytes kept);

#endif
