/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipts.h - the server's signed statements, as a laptop keeps them.
 *
 * Owner:  proto/store/receipts.c; layer 2
 * Format: PROTOCOL.md section 7.2
 * Errors: store.h
 */
#ifndef HAMLET_STORE_RECEIPTS_H
#define HAMLET_STORE_RECEIPTS_H

#include "hamlet/store/store.h"

enum { HM_RECEIPTS_KEPT = 64 };

/* Keep one, as number `*receipt`, inside a transaction; the oldest beyond
 * HM_RECEIPTS_KEPT go, but not the last word on a bucket (offers.h). */
HM_CHECKED enum hm_status hm_store_receipt_put(struct hm_store *store,
                                               struct hm_wall time,
                                               struct hm_bytes message,
                                               struct hm_bytes signature,
                                               int64_t *receipt,
                                               struct hm_err *err);

/* The last one; no bytes if there is none. From `arena`. */
HM_CHECKED enum hm_status hm_store_receipt_last(struct hm_store *store,
                                                struct hm_bytes *message,
                                                struct hm_bytes *signature,
                                                struct hm_arena *arena,
                                                struct hm_err *err);

#endif
