/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - the sentences that people read, in one language.
 *
 * Owner:   proto/text/words.c; layer 1
 * Threads: any
 * Errors:  outputs are written only on HM_OK; those of a buffer stay in the buffer
 *
 * proto/words/{vi,en}.json are built in: {"error":{KEY:{"text","hint"}},"ui":{KEY:"…"}}.
 * In a sentence {1} … {9} are places for arguments. An argument may come from a stranger:
 * whatever a terminal would obey or not show (control and direction characters, broken
 * UTF-8) stands as \xNN in the sentence, a byte each.
 */
#ifndef HAMLET_TEXT_WORDS_H
#define HAMLET_TEXT_WORDS_H

#include "hamlet/base/buf.h"

enum hm_lang { HM_LANG_VI, HM_LANG_EN };

struct hm_words;

/*
 * `option` "vi" or "en" decides; else a `locale` that begins with "en" is English; else
 * Vietnamese. Both may be null.
 */
enum hm_lang hm_lang_of(const char *option, const char *locale);

/* They are the program's, and stay. */
const struct hm_words *hm_words_of(enum hm_lang lang);

/* The sentence of `key`, which stays; `key` itself if unknown. */
const char *hm_words_ui(const struct hm_words *words, const char *key);

/*
 * Append what `err` says: what happened or, with `hint`, what is safe and what to do. Of
 * an unknown key the text is that of its status, and there is no hint.
 */
void hm_words_error(struct hm_buf *out,
                    const struct hm_words *words,
                    const struct hm_err *err,
                    bool hint);

/* Append `sentence` with the arguments in their places. A place without one stays. */
void hm_words_put(struct hm_buf *out,
                  const char *sentence,
                  const char *const args[],
                  size_t count);

#endif
