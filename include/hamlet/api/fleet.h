/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet.h - the machines of a district: whom to call first, and why.
 *
 * Owner:   daemon/api/fleet.c, fleet_show.c, permits.c; layer 4
 * Threads: as of view.h; it only reads
 */
#ifndef HAMLET_API_FLEET_H
#define HAMLET_API_FLEET_H

#include "hamlet/api/view.h"
#include "hamlet/store/rights.h"

/*
 * Show every device that was let in, and every invitation that nobody has redeemed, worst
 * first: what two disks write, who was not heard of for long, what waits or fails, then
 * clocks and versions; then those that are as they should be, the invited, the revoked.
 * Of equals the one that was silent longest comes first.
 */
struct hm_api_fleet {
    struct hm_bytes scope; /* of this subtree alone; no bytes: all */
    struct hm_id server;   /* its own device, which is left out */
    struct hm_wall now;    /* how long ago something was */
    /* As JSON: so many after so many, as `{devices, next, active, looks}`, of which the
     * last two count all; 0: every one, a list. */
    int64_t limit;
    int64_t skip;
};
HM_CHECKED enum hm_status hm_api_fleet(const struct hm_view *view,
                                       const struct hm_api_fleet *query,
                                       struct hm_err *err);

/* Show who may do what where on `device` (null: on any), within `scope` as above. */
HM_CHECKED enum hm_status hm_api_permits(const struct hm_view *view,
                                         struct hm_bytes scope,
                                         const struct hm_id *device,
                                         struct hm_err *err);
/* One of them: as JSON, or in words; what is needed meanwhile comes from `arena`. */
void hm_permit_put(struct hm_json_write *out,
                   const struct hm_permit *permit,
                   struct hm_bytes unit_name);
void hm_permit_say(const struct hm_view *view,
                   const struct hm_permit *permit,
                   struct hm_arena *arena);
/* "active", "ending": as soon as the device has heard of it, "ended". */
const char *hm_permit_state(const struct hm_permit *permit);

#endif
