/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the daemon to synchronise; where none listens, runs `hamletd --once`, which takes
 * the daemon's lock. This program itself reaches no network.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/command/store_path.h"
#include "hamlet/host/frame.h"
#include "hamlet/host/local.h"
#include "hamlet/host/process.h"

enum {
    WAIT_S = 600, /* a first pull over a slow line */
    WAIT_MOST_S = 24 * 60 * 60,
    CONNECT_MS = 2000,
    GRACE_MS = 5000, /* for the answer that the wait is over */
    REPLY_MAX = 64 * 1024,
    NUMBER_SIZE = 24
};

struct syncing {
    const struct hm_call *call;
    struct hm_cli *cli;
    char *folder;
    int64_t wait_s;
    struct hm_buf reply; /* JSON */
};

static const struct hm_json_limits reply_limits = {.size_max = REPLY_MAX,
                                                   .depth_max = 4,
                                                   .values_max = 256};

/* ---- the daemon ---- */

static enum hm_status ask(struct syncing *s, int fd, struct hm_err *err)
{
    struct hm_frame frame;
    char request[NUMBER_SIZE * 3];
    struct hm_mono deadline = hm_env_mono(&s->cli->env);
    deadline.ms += s->wait_s * 1000 + GRACE_MS;
    (void)snprintf(request, sizeof(request), "{\"do\":\"sync\",\"wait_s\":%" PRId64 "}",
                   s->wait_s);
    hm_frame_init(&frame, REPLY_MAX);
    enum hm_status status = hm_frame_set(&frame, hm_text(request), err);
    if (status == HM_OK) {
        status = hm_frame_send_by(&frame, fd, &s->cli->env, deadline, err);
    }
    hm_frame_clear(&frame);
    if (status == HM_OK) {
        status = hm_frame_receive_by(&frame, fd, &s->cli->env, deadline, err);
    }
    if (status == HM_OK) {
        hm_buf_put_bytes(&s->reply, hm_buf_bytes(&frame.body));
        status = hm_buf_status(&s->reply, err);
    }
    hm_frame_fini(&frame);
    return status;
}

static enum hm_status judge_reply(struct syncing *s, struct hm_err *err)
{
    struct hm_json *json = NULL;
    enum hm_status status =
        hm_json_parse(&json, hm_buf_bytes(&s->reply), &reply_limits, err);
    if (status == HM_OK && hm_json_is(hm_json_get(json, "status"), HM_JSON_TEXT)) {
        status = hm_take_failure(s->cli, json, err);
    }
    hm_json_free(json);
    return status;
}

/* *asked: a daemon listens; else nothing has happened. */
static enum hm_status ask_daemon(struct syncing *s, bool *asked, struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_err none = HM_ERR_NONE;
    int fd = -1;
    hm_arena_init(&arena, REPLY_MAX);
    const char *path = hm_replica_path(&arena, s->folder, HM_REPLICA_SOCKET);
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        status = hm_local_connect(&fd, path, CONNECT_MS, &none);
        *asked = status == HM_OK;
        if (status != HM_OK && status != HM_NO_SERVER) {
            status =
                hm_fail(err, status, none.key, none.arg[0], none.arg[1], none.arg[2]);
        } else {
            status = HM_OK;
        }
    }
    if (status == HM_OK && *asked) {
        status = ask(s, fd, err);
        close(fd);
        if (status == HM_OK) {
            status = judge_reply(s, err);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- the program ---- */

/* It has told on standard error what went wrong; its exit code becomes ours. */
static enum hm_status run_once(struct syncing *s, struct hm_err *err)
{
    char *path = NULL;
    char name[] = "hamlet"; /* whose words these are to whoever reads them */
    char once[] = "--once";
    char json[] = "--json";
    char store[] = "--store";
    char lang[] = "--lang";
    char code[3] = "vi";
    char *argv[] = {name, once, json, store, s->folder, lang, code, NULL};
    if (s->call->lang == HM_LANG_EN) {
        memcpy(code, "en", sizeof(code));
    }
    enum hm_status status = hm_process_beside(&path, "hamletd", err);
    if (status == HM_OK) {
        status = hm_process_run(path, argv, false, &s->reply, &s->cli->exit_code, err);
    }
    free(path);
    return status;
}

/* ---- what is said ---- */

static const char *number_of(const struct hm_json *json,
                             const char *name,
                             char text[NUMBER_SIZE])
{
    (void)snprintf(text, NUMBER_SIZE, "%" PRId64,
                   hm_json_int_or(hm_json_get(json, name), 0));
    return text;
}

static void say_text(const struct syncing *s)
{
    struct hm_view view;
    struct hm_json *json = NULL;
    char up[NUMBER_SIZE];
    char down[NUMBER_SIZE];
    char refused[NUMBER_SIZE];
    char open[NUMBER_SIZE];
    hm_desk_view(&view, s->call);
    if (hm_json_parse(&json, hm_buf_bytes(&s->reply), &reply_limits, NULL) != HM_OK) {
        hm_output_put(s->call->out, hm_buf_bytes(&s->reply));
        return;
    }
    hm_view_say(&view, "sync.done", number_of(json, "changes_up", up),
                number_of(json, "changes_down", down), NULL);
    if (hm_json_int_or(hm_json_get(json, "epochs"), 0) > 0) {
        hm_view_say(&view, "sync.renewed", NULL, NULL, NULL);
    }
    if (hm_json_int_or(hm_json_get(json, "quarantined"), 0) > 0) {
        hm_view_say(&view, "sync.refused", number_of(json, "quarantined", refused), NULL,
                    NULL);
    }
    if (hm_json_int_or(hm_json_get(json, "conflicts_open"), 0) > 0) {
        hm_view_say(&view, "sync.conflicts", number_of(json, "conflicts_open", open),
                    NULL, NULL);
    }
    hm_json_free(json);
}

static void say(const struct syncing *s)
{
    if (s->reply.size == 0 || s->cli->exit_code != 0 || s->call->args->json) {
        hm_output_put(s->call->out, hm_buf_bytes(&s->reply));
        if (s->reply.size > 0 && s->reply.data[s->reply.size - 1] != '\n') {
            hm_output_put_text(s->call->out, "\n");
        }
        return;
    }
    say_text(s);
}

enum hm_status hm_run_sync(struct hm_call *call, struct hm_err *err)
{
    const char *wait = hm_args_value(call->args, "wait");
    struct syncing s = {.call = call, .cli = call->ctx, .wait_s = WAIT_S};
    struct hm_desk desk;
    bool asked = false;
    enum hm_status status = HM_OK;
    hm_buf_init(&s.reply, REPLY_MAX);
    if (wait != NULL) {
        status = hm_option_number(&s.wait_s, wait, "--wait", 0, WAIT_MOST_S, err);
    }
    if (status == HM_OK) {
        status = hm_desk_open(&desk, call, err); /* is there anything to synchronise */
    }
    if (status == HM_OK) {
        hm_desk_close(&desk);
        status = hm_store_path(&s.folder, hm_args_value(call->args, "store"), err);
    }
    if (status == HM_OK) {
        status = ask_daemon(&s, &asked, err);
    }
    if (status == HM_OK && !asked) {
        status = run_once(&s, err);
    }
    if (status == HM_OK) {
        say(&s);
    }
    free(s.folder);
    hm_buf_fini(&s.reply);
    return status;
}
