/* SPDX-License-Identifier: Apache-2.0 */
/* enrol.h - what `enrol` does where a store is already. */
#ifndef CLIENT_CLI_ENROL_H
#define CLIENT_CLI_ENROL_H

#include "cli.h"

/*
 * `enrol` where a store is: if its invitation was never redeemed, take this one, whose
 * JSON is `json`, in its place, and keep all that was entered. `device` and the user of
 * `invitation` become those of the store.
 * HM_EXISTS     it was redeemed, or this is the one that it has
 * HM_BAD_INPUT  of another server, unit or role
 */
HM_CHECKED enum hm_status hm_enrol_again(const struct hm_call *call,
                                         struct hm_bytes json,
                                         struct hm_invitation *invitation,
                                         struct hm_id *device,
                                         struct hm_err *err);

#endif
