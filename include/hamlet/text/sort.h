/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort.h - bytes whose order under memcmp is the order of a Vietnamese list.
 *
 * Owner:   proto/text/sort.c; layer 1, pure
 * Threads: anything here may be called from any thread
 * Errors:  those of the buffer; look at hm_buf_status
 *
 * The order is that of Unicode's collation for Vietnamese (CLDR "vi", numbers as
 * numbers), so that SQLite, PostgreSQL and a browser agree: first the letters a ă â b c d
 * đ e ê … y z, spaces and punctuation before digits before letters; then, among texts of
 * the same letters, the tones ngang < huyền < hỏi < ngã < sắc < nặng; then small before
 * capital. "Ấp 2" stands before "Ấp 10". Characters beyond the Latin alphabet stand
 * behind it, by code point.
 *
 * Keys are derived data: a key is compared with keys of the same order and the same
 * version of the program, never sent. Texts that differ only in what nobody sees, or in
 * leading zeros, have equal keys.
 */
#ifndef HAMLET_TEXT_SORT_H
#define HAMLET_TEXT_SORT_H

#include "hamlet/base/buf.h"

enum hm_text_order {
    HM_TEXT_ORDER_PLAIN,
    /*
     * A person's name: the given name, which is the last word, then the family name, the
     * first, then what is between. Each is compared by letters and tones before the next
     * is looked at; capitals only at the very end.
     */
    HM_TEXT_ORDER_PERSON
};

/*
 * Append the key of `text`, which may be in any Unicode form. About a byte and a half a
 * character.
 */
void hm_text_sort_key(struct hm_buf *out, struct hm_bytes text, enum hm_text_order order);

#endif
