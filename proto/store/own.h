/* SPDX-License-Identifier: Apache-2.0 */
/* own.h - the replica's own origin, as other parts of the store need it. */
#ifndef HAMLET_STORE_OWN_H
#define HAMLET_STORE_OWN_H

#include "hamlet/store/pages.h"
#include "sql.h"

/* The origin that this replica writes as now; row 0 before it has written. */
HM_CHECKED enum hm_status hm_own_origin(struct hm_store *store,
                                        struct hm_origin *origin,
                                        struct hm_err *err);

/*
 * The row of the newest own change that was put into a page. Rows of own changes ascend,
 * so a greater row of an own change is one that never left. 0: none did.
 */
HM_CHECKED enum hm_status hm_own_sent_row(struct hm_store *store,
                                          int64_t *row,
                                          struct hm_err *err);

#endif
