/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proper.h - names that came in capitals, as people write them.
 *
 * Owner:   proto/text/proper.c; layer 1, pure
 * Threads: anything here may be called from any thread
 * Errors:  those of the buffer; look at hm_buf_status
 *
 * A name is stored as it was typed. This is what may be offered to whoever typed it: no
 * program knows whether LÊ VĂN Á is a person or a company.
 */
#ifndef HAMLET_TEXT_PROPER_H
#define HAMLET_TEXT_PROPER_H

#include "hamlet/base/buf.h"

/*
 * Whether two letters or more are there and all are capitals, or a word begins with a
 * small letter and none with a capital: "NGUYỄN VĂN A", "nguyễn văn a"; not "H'Leo", "A".
 */
bool hm_text_is_one_case(struct hm_bytes text);

/*
 * Append `text`, in the normal form, with the first letter of each word as a capital and
 * the others small. Words begin after whatever is no letter, apostrophes too, which in
 * names of the Central Highlands stand behind a prefix: "H'LEO NIÊ" gives "H'Leo Niê".
 */
void hm_text_proper(struct hm_buf *out, struct hm_bytes text);

#endif
