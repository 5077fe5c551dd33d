/* SPDX-License-Identifier: Apache-2.0 */
/*
 * warning.h - what was saved all the same and should be looked at, for whoever saved it.
 *
 * Owner: daemon/api/warning.c; layer 4
 */
#ifndef HAMLET_API_WARNING_H
#define HAMLET_API_WARNING_H

#include "hamlet/api/view.h"
#include "hamlet/record/rule.h"

/*
 * Members `field`, `rule` (private: digits as of a document or a telephone), `text` and,
 * where the rule knows what may be meant, `offer`, inside of an object that is open.
 */
void hm_api_put_warning(struct hm_json_write *out,
                        const struct hm_finding *finding,
                        enum hm_lang lang);

/* The same as a sentence. */
void hm_api_say_warning(const struct hm_view *view, const struct hm_finding *finding);

/* All that an author was warned of, as a list of such objects. */
void hm_api_put_warnings(struct hm_json_write *out,
                         const struct hm_finding *found,
                         size_t count,
                         enum hm_lang lang);

#endif
