/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/status.h"

struct row {
    const char *name;
    const char *text;
    enum hm_retry retry;
    int http;
    int exit_code;
};

static const struct row rows[] = {
#define HM_STATUS_ROW(name, retry, http, exit, text)                                     \
    [HM_##name] = {#name, text, HM_RETRY_##retry, http, exit},
    HM_STATUS_MAP(HM_STATUS_ROW)
#undef HM_STATUS_ROW
};

const char *hm_status_name(enum hm_status status)
{
    return rows[status].name;
}

const char *hm_status_text(enum hm_status status)
{
    return rows[status].text;
}

enum hm_retry hm_status_retry(enum hm_status status)
{
    return rows[status].retry;
}

int hm_status_http(enum hm_status status)
{
    return rows[status].http;
}

int hm_status_exit(enum hm_status status)
{
    return rows[status].exit_code;
}
