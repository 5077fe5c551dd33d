/* SPDX-License-Identifier: Apache-2.0 */
/* What programs do of themselves after values were erased, as soon as they may. */
#include "hamlet/store/erase.h"
#include "hamlet/store/refill.h"
#include "world.h"

enum hm_status world_laptop_scrub(struct world_laptop *laptop, struct hm_err *err)
{
    bool scrubbed = false;
    return hm_store_scrub(laptop->store, &scrubbed, err);
}

enum hm_status world_server_scrub(struct world *world, struct hm_err *err)
{
    bool refilling = false;
    bool scrubbed = false;
    enum hm_status status = hm_store_refilling(world->store, &refilling, err);
    if (status == HM_OK && !refilling) {
        status = hm_author_list_erasures(world->store, &world->secret, err);
    }
    return status != HM_OK ? status : hm_store_scrub(world->store, &scrubbed, err);
}
