/* SPDX-License-Identifier: Apache-2.0 */
/* What another process of ours could not do, as it tells it. */
#include <stdio.h>

#include "cli.h"
#include "hamlet/base/json.h"

static enum hm_status status_named(struct hm_bytes name)
{
#define HM_NAMED(status, retry, http, exit, text)                                        \
    if (hm_bytes_are(name, #status)) {                                                   \
        return HM_##status;                                                              \
    }
    HM_STATUS_MAP(HM_NAMED)
#undef HM_NAMED
    return HM_PROTOCOL;
}

enum hm_status hm_take_failure(struct hm_cli *cli,
                               const struct hm_json *json,
                               struct hm_err *err)
{
    const char *args[HM_ERR_ARGS] = {NULL};
    const struct hm_json *list = hm_json_get(json, "args");
    const char *key = hm_json_chars(hm_json_get(json, "key"));
    for (size_t i = 0; i < HM_ERR_ARGS && i < hm_json_count(list); i++) {
        args[i] = hm_json_chars(hm_json_at(list, i));
    }
    (void)snprintf(cli->key, sizeof(cli->key), "%s", key == NULL ? "" : key);
    enum hm_status status =
        status_named(hm_json_text_or(hm_json_get(json, "status"), HM_NO_BYTES));
    return hm_fail(err, status == HM_OK ? HM_PROTOCOL : status, cli->key, args[0],
                   args[1], args[2]);
}
