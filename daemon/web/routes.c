/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

const struct hm_web_route hm_web_routes[] = {
    {"POST", "/api/session", HM_WEB_NOTHING, .store = true, .run = hm_web_run_start},
    {"GET", "/api/session", HM_WEB_SESSION_OPEN, .store = true,
     .run = hm_web_run_session},
    {"POST", "/api/sign-in", HM_WEB_SESSION_OPEN, .store = true,
     .run = hm_web_run_sign_in},
    {"POST", "/api/sign-out", HM_WEB_SESSION_OPEN, .store = true,
     .run = hm_web_run_sign_out},

    {"GET", "/api/status", HM_WEB_MEMBER, .store = true, .unseen = true,
     .run = hm_web_run_status},
    {"POST", "/api/sync", HM_WEB_MEMBER, .run = hm_web_run_sync},
    {"GET", "/api/events", HM_WEB_MEMBER, .unseen = true, .names = "since ",
     .run = hm_web_run_events},

    {"GET", "/api/kinds", HM_WEB_MEMBER, .store = true, .names = "kind ",
     .run = hm_web_run_kinds},
    {"GET", "/api/records", HM_WEB_MEMBER, .store = true,
     .names = "kind search where unit state deleted limit after ",
     .run = hm_web_run_records},
    {"GET", "/api/counts", HM_WEB_MEMBER, .store = true, .names = "kind ",
     .run = hm_web_run_counts},
    {"GET", "/api/record", HM_WEB_MEMBER, .store = true, .names = "id ",
     .run = hm_web_run_record},
    {"GET", "/api/history", HM_WEB_MEMBER, .store = true, .names = "id ",
     .run = hm_web_run_history},
    {"GET", "/api/conflicts", HM_WEB_MEMBER, .store = true, .names = "state unit ",
     .run = hm_web_run_conflicts},
    {"GET", "/api/quarantine", HM_WEB_MEMBER, .store = true,
     .run = hm_web_run_quarantine},
    {"GET", "/api/receipt", HM_WEB_MEMBER, .store = true, .run = hm_web_run_receipt},
    {"GET", "/api/digest", HM_WEB_MEMBER, .store = true, .names = "unit ",
     .run = hm_web_run_digest},
    {"POST", "/api/verify", HM_WEB_MEMBER, .store = true, .run = hm_web_run_verify},

    {"POST", "/api/add", HM_WEB_MEMBER, .store = true, .run = hm_web_run_add},
    {"POST", "/api/edit", HM_WEB_MEMBER, .store = true, .run = hm_web_run_edit},
    {"POST", "/api/delete", HM_WEB_MEMBER, .store = true, .run = hm_web_run_delete},
    {"POST", "/api/undo", HM_WEB_MEMBER, .store = true, .run = hm_web_run_undo},
    {"POST", "/api/resolve", HM_WEB_MEMBER, .store = true, .run = hm_web_run_resolve},

    {"GET", "/api/drafts", HM_WEB_MEMBER, .store = true, .run = hm_web_run_drafts},
    {"POST", "/api/draft", HM_WEB_MEMBER, .store = true, .run = hm_web_run_draft},
    {"POST", "/api/drop", HM_WEB_MEMBER, .store = true, .run = hm_web_run_drop},
    {NULL},
};
