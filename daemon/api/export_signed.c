/* SPDX-License-Identifier: Apache-2.0 */
/* What was exported, and of what: what a server puts its signature under. */
#include "export.h"

static void keep(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

enum hm_status hm_api_export_body(const struct hm_view *view,
                                  const struct hm_api_export *export,
                                  struct hm_bytes unit,
                                  struct hm_buf *body,
                                  struct hm_err *err)
{
    struct hm_view shown = *view;
    struct hm_json_write out;
    hm_json_write_init(&out, body);
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "document", hm_text("records"));
    hm_json_put_text(&out, "kind", export->kind);
    hm_json_put_text(&out, "unit", unit);
    hm_json_put_wall(&out, "made", hm_env_wall(hm_store_env(view->store)));
    hm_json_key(&out, "where");
    hm_json_open(&out, '[');
    for (size_t i = 0; export->only != NULL && i < export->only->where_count; i++) {
        hm_json_text(&out, hm_text(export->only->where[i]));
    }
    hm_json_close(&out, ']');
    hm_json_key(&out, "records");
    shown.json = true;
    shown.put = keep;
    shown.ctx = body;
    enum hm_status status = hm_api_export(&shown, export, err);
    hm_json_close(&out, '}');
    return status == HM_OK ? hm_buf_status(body, err) : status;
}
