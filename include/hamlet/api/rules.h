/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.h - the rules by which conflicts are decided as they come, and what they did.
 *
 * Owner:  daemon/api/rules.c; layer 4
 * Shapes: what the JSON looks like is part of the command contract
 */
#ifndef HAMLET_API_RULES_H
#define HAMLET_API_RULES_H

#include "hamlet/api/view.h"

/*
 * Those of a subtree (no bytes: all), the newest first: `[{rule, policy, kind, register,
 * unit, unit_name, reason, by, begun, ended, ended_by, settled, acts:[{bulk, time,
 * settled}]}]`. `ended` null: it stands; `ended_by` null: it stands, or ended by itself.
 * `acts`: the last 20 times that it settled something; `withdraw` takes a `bulk` back.
 */
HM_CHECKED enum hm_status hm_api_rules(const struct hm_view *view,
                                       struct hm_bytes unit,
                                       struct hm_err *err);

#endif
