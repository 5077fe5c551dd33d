/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds.h - what may be written here: the kinds, and the fields of each.
 *
 * Owner:  daemon/api/kinds.c; layer 4
 * Shapes: what the JSON looks like is part of the command contract
 */
#ifndef HAMLET_API_KINDS_H
#define HAMLET_API_KINDS_H

#include "hamlet/api/view.h"

/*
 * All kinds as `[{kind, version, label, key}]`; `kind` not null: that one, with `fields:
 * [{name, type, label, required, key, group, values, min, max, refers}]`, of which
 * `group` to `refers` stand only where they say something.
 * HM_BAD_INPUT: there is no such kind
 */
HM_CHECKED enum hm_status hm_api_kinds(const struct hm_view *view,
                                       const char *kind,
                                       struct hm_err *err);

#endif
