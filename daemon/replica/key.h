/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - finding the device's key, which may just be changing. Private to replica. */
#ifndef DAEMON_REPLICA_KEY_H
#define DAEMON_REPLICA_KEY_H

#include "hamlet/replica/replica.h"

/* Into a replica whose store is open. */
HM_CHECKED enum hm_status hm_replica_load_key(struct hm_replica *replica,
                                              const char *dir,
                                              const struct hm_env *env,
                                              struct hm_err *err);

#endif
