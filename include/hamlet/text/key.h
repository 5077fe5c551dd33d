/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key.h - the tone key: names that are the same however their tones were placed.
 *
 * Owner:   proto/text/key.c; layer 1, pure
 * Threads: anything here may be called from any thread
 * Errors:  those of the buffer; look at hm_buf_status
 *
 * Old and new orthography set the mark of one syllable on different vowels, and both are
 * printed in official lists. The key is for finding duplicates, which a person decides; a
 * name is stored and shown as it was spelt.
 */
#ifndef HAMLET_TEXT_KEY_H
#define HAMLET_TEXT_KEY_H

#include "hamlet/base/buf.h"

/*
 * Append the tone key of `text`, which may be in any Unicode form. A syllable is its
 * letters in lower case without tones (the breve, circumflex, horn and stroke of the
 * alphabet stay), then the tone: 0 ngang, 1 huyền, 2 hỏi, 3 ngã, 4 sắc, 5 nặng; where two
 * were typed, both in order. A number stands for itself. One space between, none at the
 * ends; punctuation parts words like a space, apostrophes vanish. "HOÀ Bình 2" and "Hòa
 * Bình 2" give "hoa1 binh1 2".
 */
void hm_text_tone_key(struct hm_buf *out, struct hm_bytes text);

#endif
