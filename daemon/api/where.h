/* SPDX-License-Identifier: Apache-2.0 */
/* where.h - conditions as people type them: field=value. */
#ifndef HAMLET_API_WHERE_H
#define HAMLET_API_WHERE_H

#include "inside.h"

/* Put the conditions into the query, read by the fields' types. All from `arena`. */
HM_CHECKED enum hm_status hm_api_where(const struct hm_view *view,
                                       const struct hm_kind *kind,
                                       const char *const *where,
                                       size_t count,
                                       struct hm_list_query *query,
                                       struct hm_arena *arena,
                                       struct hm_err *err);

#endif
