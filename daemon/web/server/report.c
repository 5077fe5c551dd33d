/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is published, at the district: counted beside everything else, in a task of its
 * own. What is not done soon is answered with how far it has come; it is asked for again
 * by the same query and its number.
 */
#include "../report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "inside.h"

/* What a task needs of the request, which is over before it is. */
struct counting {
    struct hm_web *web;
    enum hm_lang lang;
    struct hm_api_report asked; /* its texts are from the arena */
    struct hm_arena arena;
};

static void counting_free(void *at)
{
    struct counting *counting = at;
    hm_arena_fini(&counting->arena);
    free(counting);
}

static enum hm_status count_now(struct hm_store *reader,
                                void *at,
                                struct hm_buf *out,
                                struct hm_err *err)
{
    struct counting *counting = at;
    const struct hm_view view = {
        .store = reader, .words = hm_words_of(counting->lang), .lang = counting->lang};
    return hm_web_report_make(&view, counting->web->server.dir, &counting->asked, out,
                              err);
}

static const char *copy(struct counting *counting, const char *text)
{
    return text == NULL ? NULL : hm_arena_copy_text(&counting->arena, hm_text(text));
}

static enum hm_status counting_new(struct counting **counting,
                                   struct hm_web_call *call,
                                   const struct hm_api_report *asked,
                                   struct hm_bytes unit,
                                   struct hm_err *err)
{
    struct counting *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    hm_arena_init(&made->arena, HM_REQUEST_ARENA_MAX);
    made->web = call->web;
    made->lang = call->guest.lang;
    made->asked = *asked;
    made->asked.name = copy(made, asked->name);
    made->asked.unit = hm_arena_copy_text(&made->arena, unit);
    made->asked.year = copy(made, asked->year);
    made->asked.from = copy(made, asked->from);
    made->asked.to = copy(made, asked->to);
    made->asked.figure = copy(made, asked->figure);
    enum hm_status status = hm_arena_status(&made->arena, err);
    if (status != HM_OK) {
        counting_free(made);
        return status;
    }
    *counting = made;
    return HM_OK;
}

/* What tells one question from another, and an administrator what it is. */
static void put_name(struct hm_buf *name, const struct counting *counting)
{
    const struct hm_api_report *asked = &counting->asked;
    const char *const parts[] = {
        asked->name,   asked->unit,
        asked->year,   asked->from,
        asked->to,     asked->today ? "today" : "organised",
        asked->figure, counting->lang == HM_LANG_VI ? "vi" : "en"};
    hm_buf_put_text(name, "report");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        hm_buf_put_text(name, parts[i] == NULL ? "" : " ");
        hm_buf_put_text(name, parts[i] == NULL ? "" : parts[i]);
    }
    hm_buf_put_text(name, asked->figure == NULL ? " #" : " ");
    hm_buf_put_int(name,
                   asked->figure == NULL ? (int64_t)asked->format : (int64_t)asked->skip);
    hm_buf_put_byte(name, ' ');
    hm_buf_put_int(name, (int64_t)asked->limit);
}

static enum hm_status begin(struct hm_web_call *call,
                            const struct hm_api_report *asked,
                            struct hm_bytes unit,
                            struct hm_err *err)
{
    const struct hm_web_server_options *server = &call->web->server;
    struct counting *counting = NULL;
    struct hm_buf name;
    enum hm_status status = counting_new(&counting, call, asked, unit, err);
    if (counting == NULL) {
        return status;
    }
    hm_buf_init(&name, HM_REQUEST_BYTES_MAX);
    put_name(&name, counting);
    const struct hm_web_task task = {.owner = call->account.name,
                                     .name = hm_buf_bytes(&name),
                                     .run = count_now,
                                     .free = counting_free,
                                     .ctx = counting};
    status = server->begin(server->ctx, &task, &call->task, err);
    hm_buf_fini(&name);
    return status;
}

static enum hm_status answer(struct hm_web_call *call,
                             const struct hm_api_report *asked,
                             struct hm_err *err)
{
    struct hm_web_task_seen seen;
    enum hm_status status = hm_web_task_await(call, &seen, err);
    if (status == HM_OK && seen.done) {
        hm_web_report_file(call, asked);
    }
    return status;
}

/* It names people: who looked stands in the log before he sees them; what is none does
 * not, whatever it was called. */
static enum hm_status tell_log(struct hm_web_call *call,
                               const struct hm_api_report *asked,
                               struct hm_err *err)
{
    struct hm_reports *reports = NULL;
    enum hm_status status = hm_replica_reports(&reports, call->web->server.dir, err);
    if (status == HM_OK) {
        status = hm_api_report_check(reports, asked, err);
    }
    if (status == HM_OK) {
        status = hm_web_audit(call, "open-records", hm_text(asked->name),
                              hm_text(asked->figure), err);
    }
    hm_reports_close(reports);
    return status;
}

enum hm_status hm_server_check_scope(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes unit = HM_NO_BYTES;
    return hm_web_scope(call, &unit, err);
}

/* A new one, of the account's own unit or one below it. */
static enum hm_status ask(struct hm_web_call *call,
                          const struct hm_api_report *asked,
                          bool records,
                          struct hm_err *err)
{
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status = hm_web_scope(call, &unit, err);
    if (status == HM_OK && records) {
        status = tell_log(call, asked, err);
    }
    return status != HM_OK ? status : begin(call, asked, unit, err);
}

static enum hm_status run(struct hm_web_call *call, bool records, struct hm_err *err)
{
    struct hm_api_report asked;
    enum hm_status status = hm_web_report_read(call, records, &asked, err);
    if (status == HM_OK && call->task == 0) {
        status = hm_web_task_read(call, err);
    }
    if (status == HM_OK && call->task == 0) {
        status = ask(call, &asked, records, err);
    }
    hm_web_reader_give(call);
    return status == HM_OK ? answer(call, &asked, err) : status;
}

enum hm_status hm_server_run_reports(struct hm_web_call *call, struct hm_err *err)
{
    return hm_web_report_make(&call->view, call->web->server.dir, NULL, &call->out, err);
}

enum hm_status hm_server_run_report(struct hm_web_call *call, struct hm_err *err)
{
    return run(call, false, err);
}

enum hm_status hm_server_run_report_records(struct hm_web_call *call, struct hm_err *err)
{
    return run(call, true, err);
}
