/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.h - the last receipt of the server, as this store keeps it.
 *
 * Owner:  daemon/api/receipt.c; layer 4
 * Format: PROTOCOL.md 7; what the JSON looks like is part of the command contract
 */
#ifndef HAMLET_API_RECEIPT_H
#define HAMLET_API_RECEIPT_H

#include "hamlet/base/json_write.h"
#include "hamlet/store/store.h"
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

/*
 * What stands in the store is shown as the district's word only if it is signed so.
 * HM_CORRUPT  it is not
 */
HM_CHECKED enum hm_status hm_last_receipt_check(const struct hm_last_receipt *last,
                                                struct hm_store *store,
                                                struct hm_arena *arena,
                                                struct hm_err *err);

/* As JSON; null where there is none. `whole`: with buckets and signature. */
void hm_last_receipt_json(struct hm_json_write *out,
                          const struct hm_last_receipt *last,
                          bool whole);

#endif
