/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h - text as it is searched for: without tones, marks, case and punctuation.
 *
 * Owner:   proto/text/fold.c; layer 1, pure
 * Threads: anything here may be called from any thread
 * Errors:  those of the buffer; look at hm_buf_status
 *
 * For finding only, never for identity: dozens of communes have names that fold alike.
 */
#ifndef HAMLET_TEXT_FOLD_H
#define HAMLET_TEXT_FOLD_H

#include "hamlet/base/buf.h"

/*
 * Append the folded form of `text`, which may be in any Unicode form: letters and digits
 * in lower case and ASCII as far as they go (d with stroke too), all between them one
 * space, none at the ends. The apostrophes ' ‘ ’ ʼ vanish, so that the same name is found
 * however it was spelt: H'Leo, H’Leo, HLeo. Folding twice changes nothing.
 */
void hm_text_fold(struct hm_buf *out, struct hm_bytes text);

/*
 * Whether every word of the query occurs somewhere in `folded`; both are folded. A query
 * without words matches everything.
 */
bool hm_text_matches(struct hm_bytes folded, struct hm_bytes folded_query);

#endif
