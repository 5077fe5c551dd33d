/* SPDX-License-Identifier: Apache-2.0 */
/* verdicts.h - verdicts that no entry says any more. Private to proto/store. */
#ifndef HAMLET_STORE_VERDICTS_H
#define HAMLET_STORE_VERDICTS_H

#include "sql.h"

/*
 * A bucket that was begun anew holds all that the server says. Of the changes that it
 * speaks of, acceptances and releases that neither it nor another bucket of this server
 * names are taken back, and their records derived anew; refusals stay. Of a mailbox these
 * are the changes of homes that have no bucket here.
 */
HM_CHECKED enum hm_status hm_verdicts_settle(struct hm_store *store,
                                             struct hm_bytes bucket,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

#endif
