/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - what the parts of a verification share: counts, and what was found wrong. */
#ifndef HAMLET_API_VERIFY_H
#define HAMLET_API_VERIFY_H

#include "hamlet/api/check.h"
#include "hamlet/store/check.h"
#include "inside.h"

enum { HM_FAULTS_SHOWN = 100 };

/* What may be wrong: the name in JSON. For people: `verify.NAME` of the words. */
#define HM_FAULT_MAP(X)                                                                  \
    X(FILE, file)             /* the database itself */                                  \
    X(CHANGE_BODY, body)      /* a change that cannot be read */                         \
    X(CHANGE_ID, change)      /* its content is not what its id says */                  \
    X(CHAIN_GAP, gap)         /* a change of the chain is missing */                     \
    X(CHAIN_FORK, fork)       /* two changes claim one place */                          \
    X(CHAIN_HEAD, head)       /* the chain does not end in the head on record */         \
    X(PAGE_HEAD, page)        /* the page's changes are not those that were signed */    \
    X(PAGE_SIGNATURE, signed) /* the page was not signed by its device */                \
    X(RECEIPT, receipt)       /* the receipt was not signed by the server */             \
    X(BUCKET, bucket)         /* the bucket is not the one that the server signed */     \
    X(DERIVED, derived)       /* records stand otherwise than their changes say */

enum hm_fault {
#define HM_FAULT_ENUM(name, text) HM_FAULT_##name,
    HM_FAULT_MAP(HM_FAULT_ENUM)
#undef HM_FAULT_ENUM
        HM_FAULT_COUNT
};

struct hm_verify {
    const struct hm_view *view;
    struct hm_rows *rows;
    const struct hm_key *server_key; /* null: not known */
    struct hm_id server;
    struct hm_buf scratch;
    int64_t origins;
    int64_t changes;
    int64_t withheld; /* skeletons: checked by commitments */
    int64_t pages;
    int64_t unchecked; /* pages of devices whose key is not here */
    int64_t receipts;
    int64_t records;
    int64_t faults;
};

/* Note what is wrong with `what` (hex, a number, a bucket's name). */
void hm_verify_fault(struct hm_verify *v, enum hm_fault fault, const char *what);

HM_CHECKED enum hm_status hm_verify_chains(struct hm_verify *v, struct hm_err *err);
HM_CHECKED enum hm_status hm_verify_receipts(struct hm_verify *v, struct hm_err *err);

#endif
