/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thin.h - what a reader may see of changes that were refused.
 *
 * Private to proto/sync.
 */
#ifndef HAMLET_SYNC_THIN_H
#define HAMLET_SYNC_THIN_H

#include "hamlet/store/changes.h"

/*
 * Values of refused changes are for their author and for those who decide: where the
 * device `reader` is neither, the quarantined ones of `held`, written by the device
 * `author` in `home`, lose values and keys. The others stay as they are. `mailbox`: they
 * are what the reader's mailbox names, its own; who lost the home is not given back
 * those.
 */
HM_CHECKED enum hm_status hm_thin_out(struct hm_store *store,
                                      const struct hm_id *reader,
                                      const struct hm_id *author,
                                      struct hm_bytes home,
                                      bool mailbox,
                                      struct hm_held *held,
                                      size_t count,
                                      struct hm_err *err);

#endif
