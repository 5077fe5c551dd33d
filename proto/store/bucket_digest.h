/* SPDX-License-Identifier: Apache-2.0 */
/* bucket_digest.h - keeping the 256 leaves of a bucket's digest up to date. */
#ifndef HAMLET_STORE_BUCKET_DIGEST_H
#define HAMLET_STORE_BUCKET_DIGEST_H

#include "sql.h"

/* Mark the leaves that entries fall into: rows have count in n2, first change in n3. */
HM_CHECKED enum hm_status hm_bucket_mark(struct hm_store *store,
                                         int64_t bucket,
                                         const struct hm_batch *entries,
                                         struct hm_err *err);

#endif
