/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forms.h - kinds as a page needs them to make forms and lists.
 *
 * Owner:  daemon/api/forms.c; layer 4
 * Shapes: daemon/api/API.md section 5
 */
#ifndef HAMLET_API_FORMS_H
#define HAMLET_API_FORMS_H

#include "hamlet/api/view.h"

/*
 * All kinds, or (`kind` not null) one, with all that a form shows and what `role` may do.
 * HM_BAD_INPUT: there is no such kind
 */
HM_CHECKED enum hm_status hm_api_forms(const struct hm_view *view,
                                       const char *kind,
                                       struct hm_bytes role,
                                       struct hm_err *err);

#endif
