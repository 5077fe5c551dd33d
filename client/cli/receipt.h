/* SPDX-License-Identifier: Apache-2.0 */
/* receipt.h - the last receipt, on paper. */
#ifndef CLIENT_CLI_RECEIPT_H
#define CLIENT_CLI_RECEIPT_H

#include "cli.h"
#include "hamlet/api/receipt.h"

/* A page to print, of one sheet A4. */
HM_CHECKED enum hm_status hm_receipt_html(struct hm_buf *html,
                                          const struct hm_view *view,
                                          const struct hm_last_receipt *last,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

#endif
