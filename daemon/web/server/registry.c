/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of units: looked up by whom it concerns, written by the admin. */
#include "hamlet/api/units.h"

#include <stdlib.h>

#include "hamlet/base/json.h"
#include "inside.h"

enum { UNITS_MOST = 500 };

enum hm_status hm_server_run_units(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_api_units query = {.code = hm_web_query_of(call, "code"),
                                       .system = hm_web_query_of(call, "system"),
                                       .on = hm_web_query_of(call, "on"),
                                       .under = hm_web_query_of(call, "under"),
                                       .search = hm_web_query_of(call, "search"),
                                       .limit = UNITS_MOST};
    return hm_api_units(&call->view, &query, err);
}

/* The tree is one: who writes into it answers for all that the server serves. */
enum hm_status hm_server_check_whole(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status =
        hm_store_meta_get(call->view.store, HM_META_UNIT, &call->arena, &unit, err);
    return status != HM_OK || hm_bytes_equal(unit, call->account.home)
               ? status
               : hm_web_within(call, unit, err);
}

static enum hm_status import_units(struct hm_web_call *call,
                                   struct hm_bytes file,
                                   struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "units import");
    hm_web_line_option(&line, "on");
    hm_web_line_option(&line, "sheet");
    hm_web_line_option(&line, "encoding");
    hm_web_line_operand(&line, "file");
    return hm_web_line_run(&line, file, err);
}

/* A table as text, or the bytes of a file; the log tells that one came, and from which
 * day it holds. */
enum hm_status hm_server_run_units_import(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes table = HM_NO_BYTES;
    uint8_t *data = NULL;
    size_t size = 0;
    bool packed = hm_json_get(call->body, "data") != NULL;
    enum hm_status status = HM_OK;
    if (packed) {
        status = hm_web_body_data(call, "data", &data, &size, err);
        table = (struct hm_bytes){data, size};
    } else {
        status = hm_web_body_text(call, "table", &table, err);
    }
    if (status == HM_OK) {
        status = import_units(call, table, err);
    }
    free(data);
    return status;
}

enum hm_status hm_server_run_units_merge(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "units merge");
    hm_web_line_option(&line, "into");
    hm_web_line_option(&line, "on");
    hm_web_line_operand(&line, "unit");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}

enum hm_status hm_server_run_units_rename(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_web_line line;
    hm_web_line_begin(&line, call, "units rename");
    hm_web_line_option(&line, "name");
    hm_web_line_option(&line, "type");
    hm_web_line_option(&line, "system");
    hm_web_line_option(&line, "parent");
    hm_web_line_option(&line, "on");
    hm_web_line_operand(&line, "unit");
    return hm_web_line_run(&line, HM_NO_BYTES, err);
}
