/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put_pages.h - the pages of an inbox into the store, once their changes are there.
 *
 * Private to proto/sync: what a laptop does with a reply and a server with a request.
 */
#ifndef HAMLET_SYNC_PUT_PAGES_H
#define HAMLET_SYNC_PUT_PAGES_H

#include "hamlet/store/pages.h"
#include "hamlet/sync/inbox.h"

/*
 * Before anything is put: in which branch of its origin each page stands (fork.c). What
 * finds none, since its device contradicts itself too often, is taken out. *forked: a
 * page of the device that is known to the inbox contradicts its chain.
 */
HM_CHECKED enum hm_status hm_inbox_find_branches(struct hm_inbox *inbox,
                                                 struct hm_store *store,
                                                 bool *forked,
                                                 struct hm_err *err);

/* `puts`: as hm_store_changes_put left them, one for each change in the inbox's order. */
HM_CHECKED enum hm_status hm_inbox_put_pages(const struct hm_inbox *inbox,
                                             struct hm_store *store,
                                             const struct hm_put *puts,
                                             struct hm_arena *arena,
                                             struct hm_err *err);

/*
 * A laptop's: the changes of all pages, nobody's judgement on them but that of a
 * revocation that is known here. `*puts`: one for each, in their order, from the inbox's
 * arena.
 */
HM_CHECKED enum hm_status hm_inbox_put_changes(struct hm_inbox *inbox,
                                               struct hm_store *store,
                                               struct hm_put **puts,
                                               struct hm_err *err);

#endif
