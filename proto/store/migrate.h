/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.h - the schema and its versions, private to proto/store. */
#ifndef HAMLET_STORE_MIGRATE_H
#define HAMLET_STORE_MIGRATE_H

#include "sql.h"

/*
 * Whether the store is one of ours and of which version, before anything is written.
 * *old: its schema is older than this program, or there is none and `create` allows one.
 * HM_UNCONFIGURED  there is none, or a newer program wrote it
 * HM_CORRUPT       it is another program's
 */
HM_CHECKED enum hm_status hm_migrate_check(struct hm_store *store,
                                           bool create,
                                           bool *old,
                                           struct hm_err *err);

/* Bring the schema to the newest version, all steps in one transaction. */
HM_CHECKED enum hm_status hm_migrate(struct hm_store *store, struct hm_err *err);

#endif
