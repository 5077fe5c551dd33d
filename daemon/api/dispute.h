/* SPDX-License-Identifier: Apache-2.0 */
/* dispute.h - what a case and the decision of it show alike. */
#ifndef HAMLET_API_DISPUTE_H
#define HAMLET_API_DISPUTE_H

#include "conflict.h"
#include "hamlet/api/inbox.h"

/*
 * The record as it is shown to a person, as the member `record`; everything from `arena`.
 */
HM_CHECKED enum hm_status hm_dispute_put_record(struct hm_json_write *out,
                                                const struct hm_view *view,
                                                const struct hm_id *record,
                                                struct hm_arena *arena,
                                                struct hm_err *err);

/*
 * The member `propose`, where the last decisions of this register speak for a rule and
 * there is something left for it below `unit` (no bytes: anywhere): what the rule is, and
 * how many are open.
 */
HM_CHECKED enum hm_status hm_dispute_propose(struct hm_json_write *out,
                                             const struct hm_view *view,
                                             struct hm_bytes unit,
                                             struct hm_bytes kind,
                                             struct hm_bytes reg,
                                             bool *proposed,
                                             struct hm_err *err);

#endif
