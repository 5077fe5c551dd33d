/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.h - the log of who did what, shown and checked.
 *
 * Owner:   daemon/api/audit.c; layer 4
 * Threads: those of the view
 * Errors:  those of the store
 */
#ifndef HAMLET_API_AUDIT_H
#define HAMLET_API_AUDIT_H

#include "hamlet/api/view.h"
#include "hamlet/store/audit.h"

/* "2026-03-05" (midnight in Viet Nam) or a whole time; null: from the beginning.
 * HM_BAD_INPUT  it is none */
HM_CHECKED enum hm_status hm_api_audit_since(const char *given,
                                             struct hm_wall *since,
                                             struct hm_err *err);

/*
 * JSON: {"rows":[{n, time, account, act, on, detail, hash}], "next"}: `next` is what
 * continues the query, null where there is no more. Inside a read transaction, as below.
 */
HM_CHECKED enum hm_status hm_api_audit(const struct hm_view *view,
                                       const struct hm_audit_query *query,
                                       struct hm_err *err);

/* All rows since then, oldest first: JSON, a list; CSV; or a line for a person each. */
enum hm_audit_form { HM_AUDIT_TEXT, HM_AUDIT_JSON, HM_AUDIT_CSV };
HM_CHECKED enum hm_status hm_api_audit_all(const struct hm_view *view,
                                           struct hm_wall since,
                                           enum hm_audit_form form,
                                           struct hm_err *err);

/* {"rows", "head"}, or a sentence. HM_CORRUPT  audit-broken (n) */
HM_CHECKED enum hm_status hm_api_audit_verify(const struct hm_view *view,
                                              struct hm_err *err);

#endif
