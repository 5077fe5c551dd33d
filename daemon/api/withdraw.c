/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/withdraw.h"

#include <inttypes.h>
#include <stdio.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/withdraw.h"

enum { NUMBER_SIZE = 24, ROOM = 1024 };

static enum hm_status say_json(const struct hm_view *view,
                               const struct hm_id *name,
                               const struct hm_withdrawable *what,
                               struct hm_err *err)
{
    struct hm_buf buf;
    struct hm_json_write out;
    hm_buf_init(&buf, ROOM);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_put_hex(&out, "id", hm_id_bytes(name));
    hm_json_put_int(&out, "changes", (int64_t)what->changes);
    hm_json_put_int(&out, "records", (int64_t)what->records);
    hm_json_put_int(&out, "units", (int64_t)what->units);
    hm_json_close(&out, '}');
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

enum hm_status hm_api_withdraw_try(const struct hm_view *view,
                                   struct hm_author *author,
                                   const struct hm_id *name,
                                   struct hm_bytes reason,
                                   struct hm_err *err)
{
    struct hm_withdrawable what = {.changes = 0};
    char changes[NUMBER_SIZE];
    char records[NUMBER_SIZE];
    enum hm_status status = hm_author_withdraw_try(author, name, reason, &what, err);
    if (status != HM_OK) {
        return status;
    }
    if (view->json) {
        return say_json(view, name, &what, err);
    }
    (void)snprintf(changes, sizeof(changes), "%" PRIu64, what.changes);
    (void)snprintf(records, sizeof(records), "%" PRIu64, what.records);
    hm_view_say(view, "withdraw.would", changes, records, NULL);
    return HM_OK;
}
