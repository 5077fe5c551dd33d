/* SPDX-License-Identifier: Apache-2.0 */
/* fields.h - the fields in a record's row, as hm_derive_fields wrote them. */
#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include "hamlet/base/arena.h"
#include "hamlet/store/scan.h"

/*
 * Fill `values` with the members of these names, in one pass through `json`; those that
 * it does not have, or has as null, are not there. Texts and lists point into `json`, or
 * into the arena where a text had escapes. HM_CORRUPT  it is no object
 */
HM_CHECKED enum hm_status hm_row_fields(struct hm_scan_value *values,
                                        const struct hm_bytes *names,
                                        size_t count,
                                        struct hm_bytes json,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

#endif
