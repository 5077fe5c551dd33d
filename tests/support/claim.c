/* SPDX-License-Identifier: Apache-2.0 */
#include "claim.h"

#include "builders.h"

void hm_site_claim(struct hm_site *site,
                   const struct hm_id *district,
                   const char *kind,
                   const struct hm_id *record,
                   const char *reg,
                   const char *const values[2],
                   struct hm_id claims[2])
{
    struct hm_maker tu;
    const struct hm_change *both[2];
    hm_maker_init(&tu, &site->arena, HM_TU);
    tu.district = *district;
    tu.home = HM_CLAIM_HOME;
    tu.kind = kind;
    for (int i = 0; i < 2; i++) {
        struct hm_change *change = hm_make(&tu, HM_ACT_EDIT, record);
        hm_make_write(change, &tu, reg, hm_make_value(&tu, values[i]), 0);
        hm_make_seal(change, &tu);
        both[i] = change;
        claims[i] = change->id;
    }
    hm_site_put(site, both, 2, HM_VERDICT_ACCEPTED);
}
