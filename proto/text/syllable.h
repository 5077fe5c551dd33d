/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syllable.h - whether letters are a syllable of written Vietnamese.
 *
 * Owner: proto/text/syllable.c; private to text
 */
#ifndef HM_TEXT_SYLLABLE_H
#define HM_TEXT_SYLLABLE_H

#include "hamlet/base/bytes.h"

/*
 * Whether `word`, UTF-8 in any form, is a syllable as it may be spelt: a beginning and a
 * rime of the language, at most one tone, behind c, ch, p and t only sắc or nặng. Capital
 * letters stand at its beginning or everywhere. The d with stroke alone is an
 * abbreviation that people use.
 */
bool hm_syllable(struct hm_bytes word);

#endif
