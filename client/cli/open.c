/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the page of this laptop in a browser.
 *
 * The way in is a secret that must reach the browser and nobody else. Arguments of a
 * process can be read by every user of the machine, and its environment ends up in logs
 * and crash reports: so the browser is given the name of a file that only its user can
 * read, and the file leads on to the address with the secret in its fragment, which
 * browsers send to no server and put into no Referer. The secret is good once and for two
 * minutes; what stays in the file after that opens nothing, and the next one replaces it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/command/store_path.h"
#include "hamlet/host/file.h"
#include "hamlet/host/local.h"

enum {
    ASK_MS = 30 * 1000, /* hamletd may stand in a commit on a disk that takes its time */
    REPLY_MAX = 16 * 1024,
    PATH_BYTES_MAX = 64 * 1024
};

static const char opener[] = "xdg-open";
static const char file_name[] = "hamlet-open.html";

struct opening {
    const struct hm_call *call;
    struct hm_cli *cli;
    char *folder;
    struct hm_arena arena;
    struct hm_buf url;
};

static enum hm_status read_reply(struct opening *o,
                                 const struct hm_buf *reply,
                                 struct hm_err *err)
{
    static const struct hm_json_limits limits = {REPLY_MAX, 3, 32};
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, hm_buf_bytes(reply), &limits, err);
    if (status == HM_OK && hm_json_get(json, "status") != NULL) {
        status = hm_take_failure(o->cli, json, err);
    }
    if (status == HM_OK) {
        hm_buf_put_text(&o->url, "http://");
        hm_buf_put_bytes(&o->url,
                         hm_json_text_or(hm_json_get(json, "address"), HM_NO_BYTES));
        hm_buf_put_text(&o->url, "/#");
        hm_buf_put_bytes(&o->url,
                         hm_json_text_or(hm_json_get(json, "secret"), HM_NO_BYTES));
        status = hm_buf_status(&o->url, err);
    }
    hm_json_free(json);
    return status;
}

static enum hm_status ask_daemon(struct opening *o, struct hm_err *err)
{
    struct hm_err why = HM_ERR_NONE;
    struct hm_buf reply;
    const char *path = hm_replica_path(&o->arena, o->folder, HM_REPLICA_SOCKET);
    enum hm_status status = hm_arena_status(&o->arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&reply, REPLY_MAX);
    status = hm_local_exchange(&o->cli->env, path, hm_text("{\"do\":\"open\"}"), &reply,
                               ASK_MS, &why);
    if (status == HM_NO_SERVER && strcmp(why.key, "local-none") == 0) {
        status = hm_fail(err, HM_NO_SERVER, "web-no-daemon", NULL, NULL, NULL);
    } else if (status != HM_OK) {
        status = hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
    } else {
        status = read_reply(o, &reply, err);
    }
    hm_buf_fini(&reply);
    return status;
}

/* A folder that belongs to the user alone: that of his session, else the store's. */
static const char *file_path(struct opening *o)
{
    const char *session = getenv("XDG_RUNTIME_DIR");
    bool known = session != NULL && session[0] == '/';
    return hm_replica_path(&o->arena, known ? session : o->folder, file_name);
}

static enum hm_status write_file(struct opening *o, const char **path, struct hm_err *err)
{
    struct hm_buf html;
    hm_buf_init(&html, REPLY_MAX);
    hm_buf_put_text(&html, "<!doctype html>\n<meta charset=\"utf-8\">\n"
                           "<meta name=\"referrer\" content=\"no-referrer\">\n"
                           "<meta http-equiv=\"refresh\" content=\"0;url=");
    hm_buf_put_bytes(&html, hm_buf_bytes(&o->url)); /* base64url: nothing to escape */
    hm_buf_put_text(&html, "\">\n<title>Hamlet</title>\n");
    *path = file_path(o);
    enum hm_status status = hm_buf_status(&html, err);
    if (status == HM_OK) {
        status = hm_arena_status(&o->arena, err);
    }
    if (status == HM_OK) {
        status = hm_file_write(&o->cli->env, *path, hm_buf_bytes(&html),
                               S_IRUSR | S_IWUSR, err);
    }
    hm_buf_fini(&html);
    return status;
}

/* Becomes the program that knows the user's browser, with the file as its argument. */
static enum hm_status show(struct opening *o, struct hm_err *err)
{
    const char *path = NULL;
    enum hm_status status = write_file(o, &path, err);
    if (status == HM_OK) {
        (void)execlp(opener, opener, path, (char *)NULL);
        status = hm_fail(err, HM_IO, "web-opener", path, strerror(errno), NULL);
    }
    return status;
}

static enum hm_status say(struct opening *o, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_buf text;
    hm_buf_init(&text, REPLY_MAX);
    if (o->call->args->json) {
        hm_json_write_init(&out, &text);
        hm_json_open(&out, '{');
        hm_json_put_text(&out, "url", hm_buf_bytes(&o->url));
        hm_json_close(&out, '}');
    } else {
        hm_buf_put_bytes(&text, hm_buf_bytes(&o->url));
    }
    hm_buf_put_byte(&text, '\n');
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        hm_output_put(o->call->out, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}

enum hm_status hm_run_open(struct hm_call *call, struct hm_err *err)
{
    struct opening o = {.call = call, .cli = call->ctx};
    struct hm_desk desk;
    hm_arena_init(&o.arena, PATH_BYTES_MAX);
    hm_buf_init(&o.url, REPLY_MAX);
    enum hm_status status =
        hm_desk_open(&desk, call, err); /* is there anything to show */
    if (status == HM_OK) {
        hm_desk_close(&desk);
        status = hm_store_path(&o.folder, hm_args_value(call->args, "store"), err);
    }
    if (status == HM_OK) {
        status = ask_daemon(&o, err);
    }
    if (status == HM_OK) {
        bool print = call->args->json || hm_args_has(call->args, "print");
        status = print ? say(&o, err) : show(&o, err);
    }
    free(o.folder);
    hm_buf_fini(&o.url);
    hm_arena_fini(&o.arena);
    return status;
}
