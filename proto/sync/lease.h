/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lease.h - the tokens by which a copied disk is noticed. Private to proto/sync.
 *
 * Rules:  PROTOCOL.md 7.3
 * Errors: those of the store; what is stale is no error but a problem of the serving
 */
#ifndef HAMLET_SYNC_LEASE_H
#define HAMLET_SYNC_LEASE_H

#include "hamlet/store/visits.h"
#include "serving.h"

/*
 * The lease of a device that is known, in the caller's transaction; `*taken`: what is to
 * be kept of this visit. A stale one changes nothing and refuses the serving.
 */
HM_CHECKED enum hm_status hm_lease_take(struct hm_serving *serving,
                                        struct hm_store *store,
                                        struct hm_visit *taken,
                                        struct hm_err *err);
/*
 * Whether it shows a token that was given here after the last one that is known here: the
 * store was put back to what it was, by somebody who did not say so.
 */
HM_CHECKED enum hm_status hm_lease_tells_more(const struct hm_serving *serving,
                                              struct hm_store *store,
                                              bool *more,
                                              struct hm_err *err);
/* A body that broke off gets no lease; but the line that came whole presents one. */
HM_CHECKED enum hm_status hm_lease_sight(struct hm_serving *serving,
                                         struct hm_store *store,
                                         struct hm_err *err);
/*
 * That of a device that is not known, of which nothing is kept: it counts by itself, so
 * that once the device is known a late copy can be told from its newest request.
 */
void hm_lease_count(struct hm_serving *serving);

#endif
