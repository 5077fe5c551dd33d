/* SPDX-License-Identifier: Apache-2.0 */
#include "show.h"

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/text/normal.h"

static void put(void *ctx, struct hm_bytes bytes)
{
    hm_output_put(ctx, bytes);
}

void hm_show_view(struct hm_view *view,
                  const struct hm_call *call,
                  struct hm_store *store)
{
    *view = (struct hm_view){.store = store,
                             .words = call->words,
                             .lang = call->lang,
                             .json = call->args->json,
                             .put = put,
                             .ctx = call->out};
}

void hm_show_begin(struct hm_show *show)
{
    hm_buf_init(&show->buf, HM_FILE_BYTES_MAX);
    hm_json_write_init(&show->out, &show->buf);
}

enum hm_status hm_show_end(struct hm_show *show,
                           const struct hm_call *call,
                           enum hm_status status,
                           struct hm_err *err)
{
    hm_buf_put_text(&show->buf, "\n");
    if (status == HM_OK) {
        status = hm_buf_status(&show->buf, err);
    }
    if (status == HM_OK) {
        hm_output_put(call->out, hm_buf_bytes(&show->buf));
    }
    hm_buf_fini(&show->buf);
    return status;
}

void hm_show_text(struct hm_json_write *out, const char *name, struct hm_bytes text)
{
    if (text.size == 0) {
        hm_show_null(out, name);
    } else {
        hm_json_put_text(out, name, text);
    }
}

void hm_show_null(struct hm_json_write *out, const char *name)
{
    hm_json_key(out, name);
    hm_json_null(out);
}

enum hm_status hm_show_given(struct hm_bytes *text,
                             const char *given,
                             const char *what,
                             bool lines,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    struct hm_buf normal;
    hm_buf_init(&normal, HM_NAME_MAX);
    enum hm_status status = hm_text_normal(&normal, hm_text(given), lines, err);
    if (status == HM_OK && normal.size == 0) {
        status = hm_fail(err, HM_BAD_INPUT, "option-empty", what, NULL, NULL);
    }
    if (status == HM_OK) {
        *text = hm_arena_copy(arena, hm_buf_bytes(&normal));
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&normal);
    return status;
}

struct hm_bytes hm_show_value(struct hm_arena *arena, struct hm_bytes text)
{
    struct hm_bytes value = HM_NO_BYTES;
    struct hm_buf buf;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&buf, text);
    if (hm_buf_status(&buf, NULL) == HM_OK) {
        value = hm_arena_copy(arena, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return value;
}

enum hm_status hm_show_change(const struct hm_call *call,
                              const struct hm_id *id,
                              const struct hm_id *change,
                              struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    struct hm_show show;
    if (call->args->json) {
        hm_show_begin(&show);
        hm_json_open(&show.out, '{');
        hm_json_put_hex(&show.out, "id", hm_id_bytes(id));
        hm_json_put_hex(&show.out, "change", hm_id_bytes(change));
        hm_json_close(&show.out, '}');
        return hm_show_end(&show, call, HM_OK, err);
    }
    hm_hex_put(text, hm_id_bytes(change));
    hm_output_put_text(call->out, text);
    hm_output_put_text(call->out, "\n");
    return HM_OK;
}
