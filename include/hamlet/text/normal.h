/* SPDX-License-Identifier: Apache-2.0 */
/*
 * normal.h - the one form in which text is kept, and how much room it takes.
 *
 * Owner:   proto/text/normal.c; layer 1, pure
 * Threads: anything here may be called from any thread
 * Errors:  outputs are written only on HM_OK; `err` may be null
 *
 * The form: valid UTF-8 in NFC, without characters that nobody sees (soft hyphen, zero
 * width, direction marks, U+FEFF), every space U+0020, never two together, none at either
 * end. Capital and small d with stroke are U+0110 and U+0111 whichever look-alike was
 * typed (U+00D0, U+00F0, U+0189, U+0256): Unicode does not equate them, people do. With
 * `lines` a line ends in U+000A, without spaces around it, and none stands at either end
 * of the text; blank lines inside stay. Changing nothing else is the rule: a person's
 * name is kept as it is spelt.
 *
 * NFC of assigned characters never changes between versions of Unicode; a character that
 * is assigned later is refused until utf8proc knows it.
 */
#ifndef HAMLET_TEXT_NORMAL_H
#define HAMLET_TEXT_NORMAL_H

#include "hamlet/base/buf.h"

/*
 * Combining marks on one base, counted as NFD has them. Vietnamese needs two; more than
 * a few only bury other lines of a list.
 */
enum { HM_TEXT_MARKS_MAX = 8 };

/*
 * Append the normal form of `in`. Normalising twice changes nothing. On failure `out` is
 * as it was. A byte in an error is counted from 1.
 * HM_BAD_INPUT  not-utf8 (byte) · control-character (U+…, byte): C0, DEL, C1, U+2028,
 *               U+2029; of these tab is a space, and with `lines` LF, CR and CR LF end a
 *               line · unknown-character (U+…, byte): a noncharacter or unassigned ·
 *               too-many-marks
 * HM_TOO_BIG    over the cap of `out`
 */
HM_CHECKED enum hm_status hm_text_normal(struct hm_buf *out,
                                         struct hm_bytes in,
                                         bool lines,
                                         struct hm_err *err);

/*
 * Whether hm_text_normal would accept `text` and change nothing. For judging what others
 * sent: takes no memory, so it cannot fail and blame them for it.
 */
bool hm_text_is_normal(struct hm_bytes text, bool lines);

/* Code points. A byte that begins no character counts as one. */
size_t hm_text_characters(struct hm_bytes text);

/* Columns of a terminal: marks take none, East Asian wide characters two. */
size_t hm_text_columns(struct hm_bytes text);

#endif
