/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts.h - who may sign in at the district's page, as what.
 *
 * Owner:   daemon/api/accounts.c; layer 4
 * Threads: as of view.h; it only reads
 */
#ifndef HAMLET_API_ACCOUNTS_H
#define HAMLET_API_ACCOUNTS_H

#include "hamlet/api/view.h"

/*
 * Show all accounts in order of name, those of the subtree `scope` alone (no bytes: all).
 * `now` tells whether a first sign-in code is still good. No secret is shown.
 */
HM_CHECKED enum hm_status hm_api_accounts(const struct hm_view *view,
                                          struct hm_bytes scope,
                                          struct hm_wall now,
                                          struct hm_err *err);

#endif
