/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.h - a hamlet writes about a record that it never had, and disagrees with itself.
 *
 * Owner: the test
 */
#ifndef HAMLET_TESTS_CLAIM_H
#define HAMLET_TESTS_CLAIM_H

#include "site.h"

/* The home that claims it. */
#define HM_CLAIM_HOME "30341-02"

/*
 * Put two edits of no creation, accepted, of one register of `record`, by a device of
 * Tu's: an id is found in two homes then. `values` as JSON; `claims`: the changes.
 */
void hm_site_claim(struct hm_site *site,
                   const struct hm_id *district,
                   const char *kind,
                   const struct hm_id *record,
                   const char *reg,
                   const char *const values[2],
                   struct hm_id claims[2]);

#endif
