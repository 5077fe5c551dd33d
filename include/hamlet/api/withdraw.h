/* SPDX-License-Identifier: Apache-2.0 */
/*
 * withdraw.h - what taking something back would come to, said before it is done.
 *
 * Owner: daemon/api/withdraw.c; layer 4
 */
#ifndef HAMLET_API_WITHDRAW_H
#define HAMLET_API_WITHDRAW_H

#include "hamlet/api/view.h"
#include "hamlet/author/author.h"

/*
 * How many changes of how many records and units would be taken back:
 * {"id","changes","records","units"} or a sentence. Nothing is written. What may not be
 * taken back is refused as by hm_author_withdraw.
 */
HM_CHECKED enum hm_status hm_api_withdraw_try(const struct hm_view *view,
                                              struct hm_author *author,
                                              const struct hm_id *name,
                                              struct hm_bytes reason,
                                              struct hm_err *err);

#endif
