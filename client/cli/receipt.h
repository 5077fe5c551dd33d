/* SPDX-License-Identifier: Apache-2.0 */
/* receipt.h - the last receipt of the server, as this store keeps it. */
#ifndef CLIENT_CLI_RECEIPT_H
#define CLIENT_CLI_RECEIPT_H

#include "cli.h"
#include "hamlet/wire/receipt.h"

struct hm_last_receipt {
    bool found;
    struct hm_receipt receipt;
    struct hm_bytes signature;
};

/* Everything comes from `arena`. */
HM_CHECKED enum hm_status hm_last_receipt_load(struct hm_last_receipt *last,
                                               struct hm_store *store,
                                               struct hm_arena *arena,
                                               struct hm_err *err);

/* As JSON; null where there is none. `whole`: with buckets and signature. */
void hm_last_receipt_json(struct hm_json_write *out,
                          const struct hm_last_receipt *last,
                          bool whole);

/* A page to print, of one sheet A4. */
HM_CHECKED enum hm_status hm_receipt_html(struct hm_buf *html,
                                          const struct hm_view *view,
                                          const struct hm_last_receipt *last,
                                          struct hm_arena *arena,
                                          struct hm_err *err);

#endif
