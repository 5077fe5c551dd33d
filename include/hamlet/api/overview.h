/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overview.h - how it stands at the district, in numbers, and what is overdue.
 *
 * Owner:   daemon/api/overview.c; layer 4
 * Threads: those of the view
 * Errors:  those of the store
 *
 * No name, no device: whoever may see the unit may see this.
 */
#ifndef HAMLET_API_OVERVIEW_H
#define HAMLET_API_OVERVIEW_H

#include "hamlet/api/view.h"

enum {
    HM_OVERVIEW_BACKUP_DAYS = 2, /* a server is backed up each night */
    HM_OVERVIEW_QUIET_DAYS = 3,  /* without a word of a laptop: look; … */
    HM_OVERVIEW_SILENT_DAYS = 7, /* … call */
    HM_OVERVIEW_COPIED_DAYS = 30 /* a machine of two disks is told of for so long */
};

/*
 * Of a unit and all below it: {"unit":{code, name}, "laptops":{active, quiet, silent,
 * never, waiting}, "conflicts", "quarantined", "backup", "refill", "overdue":[{"what",
 * "n", "since"}]}, the most urgent first. `what`: refill, backup, copied, silent,
 * quarantine, conflicts. Of the store as a whole (backup, refill) only where the unit is
 * the server's own. Inside a read transaction.
 */
HM_CHECKED enum hm_status hm_api_overview(const struct hm_view *view,
                                          struct hm_bytes unit,
                                          struct hm_err *err);

#endif
