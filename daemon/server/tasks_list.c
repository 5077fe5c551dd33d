/* SPDX-License-Identifier: Apache-2.0 */
/* tasks: what is read in the background. Of one of them: peers.c, inside `serve` alone.
 */
#include <inttypes.h>
#include <stdio.h>

#include "records.h"
#include "show.h"
#include "tasks.h"

enum { NUMBER_SIZE = 24 };

static const char *const states[] = {[HM_TASK_WAITING] = "waiting",
                                     [HM_TASK_RUNNING] = "running",
                                     [HM_TASK_DONE] = "done"};

static void put_json(struct hm_json_write *out, const struct hm_task_seen *seen)
{
    hm_json_open(out, '{');
    hm_json_put_int(out, "task", (int64_t)seen->task);
    hm_json_put_text(out, "command", hm_text(seen->name));
    hm_json_put_text(out, "state", hm_text(states[seen->state]));
    hm_json_put_int(out, "permille", seen->permille);
    hm_json_put_int(out, "rows", seen->rows);
    hm_json_put_int(out, "ms", seen->took_ms);
    hm_json_close(out, '}');
}

static void say(const struct hm_view *view, const struct hm_task_seen *seen)
{
    static const char *const keys[] = {[HM_TASK_WAITING] = "tasks.waiting",
                                       [HM_TASK_RUNNING] = "tasks.running",
                                       [HM_TASK_DONE] = "tasks.done"};
    char number[NUMBER_SIZE];
    (void)snprintf(number, sizeof(number), "%" PRIu64, seen->task);
    hm_view_say(view, "tasks.line", number, seen->name,
                hm_words_ui(view->words, keys[seen->state]));
}

enum hm_status hm_tasks_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_control_ctx *ctx = call->ctx;
    struct hm_task_seen seen[HM_TASKS_MAX];
    struct hm_view view;
    struct hm_show show;
    if (call->args->operand_count > 0) {
        return hm_fail(err, HM_NOT_FOUND, "task-unknown", call->args->operands[0], NULL,
                       NULL);
    }
    size_t count = ctx->tasks == NULL ? 0 : hm_tasks_list(ctx->tasks, seen);
    hm_show_view(&view, call, NULL);
    if (!view.json) {
        for (size_t i = 0; i < count; i++) {
            say(&view, &seen[i]);
        }
        if (count == 0) {
            hm_view_say(&view, "tasks.none", NULL, NULL, NULL);
        }
        return HM_OK;
    }
    hm_show_begin(&show);
    hm_json_open(&show.out, '[');
    for (size_t i = 0; i < count; i++) {
        put_json(&show.out, &seen[i]);
    }
    hm_json_close(&show.out, ']');
    return hm_show_end(&show, call, HM_OK, err);
}
