/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - what a running server lends to the district's page (web/server.h).
 *
 * Owner:   daemon/server/page.c
 * Threads: start and stop from one thread
 */
#ifndef DAEMON_SERVER_PAGE_H
#define DAEMON_SERVER_PAGE_H

#include "config.h"
#include "hamlet/web/server.h"
#include "hamlet/web/web.h"
#include "sync.h"
#include "tasks.h"

struct hm_district {
    struct hm_web *web;
    struct hm_sync *sync; /* whose readers and writer it shares */
    struct hm_tasks *tasks;
    const char **hosts;
};

/* `dir`: of the server's data. Text comes from `arena`, which outlives the page. */
HM_CHECKED enum hm_status hm_district_start(struct hm_district *page,
                                            struct hm_sync *sync,
                                            struct hm_tasks *tasks,
                                            const char *dir,
                                            const struct hm_config *config,
                                            const struct hm_env *env,
                                            struct hm_arena *arena,
                                            struct hm_err *err);
/* After the web server's stop. */
void hm_district_stop(struct hm_district *page);

#endif
