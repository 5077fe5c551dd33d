/* SPDX-License-Identifier: Apache-2.0 */
/* fleet.h - one line of the fleet, between its judge (fleet.c) and what shows it. */
#ifndef DAEMON_API_FLEET_H
#define DAEMON_API_FLEET_H

#include "hamlet/store/server.h"
#include "inside.h"

/* Worst first. */
enum hm_fleet_look {
    HM_FLEET_COPIED,  /* two disks are at work, or were a short time ago */
    HM_FLEET_SILENT,  /* not heard of for a week, or never */
    HM_FLEET_QUIET,   /* … for three days */
    HM_FLEET_LATE,    /* comes, and yet something waits for more than a day */
    HM_FLEET_FAILING, /* failed before it last came through */
    HM_FLEET_CLOCK,   /* is minutes off or more */
    HM_FLEET_VERSION, /* is not of the server's version */
    HM_FLEET_NONE,
    HM_FLEET_EXPIRED, /* an invitation that nobody redeemed in time */
    HM_FLEET_INVITED,
    HM_FLEET_REVOKED,
    HM_FLEET_LOOK_COUNT
};

struct hm_fleet_line {
    enum hm_fleet_look look;
    const struct hm_fleet_row *row;   /* null: an invitation */
    const struct hm_invited *invited; /* null: a device */
    const struct hm_notice *notices;  /* of the device */
    size_t notice_count;
    struct hm_bytes unit_name; /* where its unit lies; of JSON alone */
    int64_t silent_ms;         /* since it was last heard of; -1: never */
};

/* "Name, role, unit", for the middle of a sentence; from `arena`, "" without memory. */
const char *hm_fleet_who(const struct hm_view *view,
                         struct hm_bytes name,
                         struct hm_bytes role,
                         struct hm_bytes home,
                         struct hm_arena *arena);

const char *hm_fleet_look_name(enum hm_fleet_look look);

void hm_fleet_put(struct hm_json_write *out,
                  const struct hm_view *view,
                  const struct hm_fleet_line *line,
                  struct hm_arena *arena);
void hm_fleet_say(const struct hm_view *view,
                  const struct hm_fleet_line *line,
                  struct hm_arena *arena);

#endif
