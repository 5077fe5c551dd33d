/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"

enum { NUMBER_SIZE = 24 };

static enum hm_status say_json(const struct hm_view *view,
                               const struct hm_last_receipt *last,
                               struct hm_err *err)
{
    struct hm_buf buf;
    struct hm_json_write out;
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_last_receipt_json(&out, last, true);
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

static void say_text(const struct hm_view *view, const struct hm_receipt *receipt)
{
    char time[HM_VIEW_TIME_SIZE];
    char number[NUMBER_SIZE];
    char head[HM_HEX32_SIZE];
    hm_view_time(time, receipt->time);
    (void)snprintf(number, sizeof(number), "%" PRIu64, receipt->seq);
    hm_hex_put(head, hm_digest_bytes(&receipt->head));
    hm_view_say(view, receipt->seq > 0 ? "receipt.said" : "receipt.said-none", time,
                number, head);
}

static enum hm_status write_html(const struct hm_call *call,
                                 const struct hm_view *view,
                                 const struct hm_last_receipt *last,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    const char *path = hm_args_value(call->args, "html");
    struct hm_buf html;
    hm_buf_init(&html, HM_REQUEST_BYTES_MAX);
    enum hm_status status = hm_receipt_html(&html, view, last, arena, err);
    if (status == HM_OK) {
        status =
            hm_file_create(&cli->env, path, hm_buf_bytes(&html), S_IRUSR | S_IWUSR, err);
    }
    hm_buf_fini(&html);
    return status;
}

enum hm_status hm_run_receipt(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    struct hm_arena arena;
    struct hm_last_receipt last;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    status = hm_last_receipt_load(&last, desk.view.store, &arena, err);
    if (status == HM_OK && !last.found) {
        status = hm_fail(err, HM_NOT_FOUND, "receipt-none", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_last_receipt_check(&last, desk.view.store, &arena, err);
    }
    if (status == HM_OK && hm_args_has(call->args, "html")) {
        status = write_html(call, &desk.view, &last, &arena, err);
    }
    if (status == HM_OK && call->args->json) {
        status = say_json(&desk.view, &last, err);
    } else if (status == HM_OK) {
        say_text(&desk.view, &last.receipt);
    }
    hm_arena_fini(&arena);
    hm_desk_close(&desk);
    return status;
}
