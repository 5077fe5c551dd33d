/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files for the district, and from it: `hamlet` makes and reads them, in a process of its
 * own. What a stranger wrote is taken apart in a child that only a program with one
 * thread can start (host/sandbox.h), and this one has many.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/file.h"
#include "hamlet/host/process.h"
#include "run.h"

enum { SAID_MAX = 16 * 1024, WORDS = 9, HTTP_UNPROCESSABLE = 422 };

/* In the replica's folder; what an earlier one left is taken away. */
#define FILE_OUT "page-out.hmb"
#define FILE_IN  "page-in.hmb"

struct running {
    struct hm_web_call *call;
    const char *act;
    const char *path;
    struct hm_buf said;
    int exit_code;
};

/* "hamlet: what happened" and "HINT: what to do", each a line. */
static void take_complaint(struct running *run)
{
    static const char program[] = "hamlet: ";
    static const char hint[] = "HINT: ";
    struct hm_arena *arena = &run->call->arena;
    char *text = hm_arena_copy_text(arena, hm_buf_bytes(&run->said));
    char *line = text == NULL ? NULL : strstr(text, program);
    char *next = line == NULL ? NULL : strstr(line, hint);
    if (line == NULL) {
        return;
    }
    line += strlen(program);
    line[strcspn(line, "\n")] = '\0';
    run->call->told = hm_text(line);
    if (next != NULL) {
        next += strlen(hint);
        next[strcspn(next, "\n")] = '\0';
        run->call->hint = hm_text(next);
    }
}

static enum hm_status run_hamlet(struct running *run, struct hm_err *err)
{
    struct hm_web_call *call = run->call;
    char *program = NULL;
    char name[] = "hamlet";
    char bundle[] = "bundle";
    char json[] = "--json";
    char store[] = "--store";
    char lang[] = "--lang";
    char code[] = "vi";
    char *argv[WORDS + 1] = {
        name,
        bundle,
        hm_arena_copy_text(&call->arena, hm_text(run->act)),
        hm_arena_copy_text(&call->arena, hm_text(run->path)),
        json,
        store,
        hm_arena_copy_text(&call->arena, hm_text(call->web->options.dir)),
        lang,
        code};
    if (call->guest.lang == HM_LANG_EN) {
        memcpy(code, "en", sizeof(code));
    }
    enum hm_status status = hm_arena_status(&call->arena, err);
    if (status == HM_OK) {
        status = hm_process_beside(&program, name, err);
    }
    if (status == HM_OK) {
        status = hm_process_run(program, argv, true, &run->said, &run->exit_code, err);
    }
    free(program);
    if (status == HM_OK && run->exit_code != 0) {
        take_complaint(run);
        call->http = HTTP_UNPROCESSABLE;
        status = hm_fail(err, HM_BAD_INPUT, "web-bundle", NULL, NULL, NULL);
    }
    return status;
}

static void forget(const struct hm_web_call *call, const char *path)
{
    struct hm_err gone = HM_ERR_NONE;
    if (path != NULL) {
        (void)!hm_file_remove(call->web->options.env, path, &gone);
    }
}

/* What `hamlet` said, with the file as base64 in it where one was made. */
static enum hm_status show(struct running *run, const char *made, struct hm_err *err)
{
    struct hm_web_call *call = run->call;
    struct hm_json_write out;
    struct hm_buf file;
    hm_buf_init(&file, HM_WEB_FILE_MAX);
    enum hm_status status = made == NULL ? HM_OK : hm_file_read(&file, made, err);
    if (status == HM_OK) {
        hm_json_write_init(&out, &call->out);
        hm_json_open(&out, '{');
        hm_json_key(&out, "said");
        hm_json_raw(&out, hm_buf_bytes(&run->said));
        if (made != NULL) {
            hm_json_key(&out, "file");
            hm_json_b64(&out, hm_buf_bytes(&file));
        }
        hm_json_close(&out, '}');
    }
    hm_buf_fini(&file);
    return status;
}

/* One line of JSON, without its end. */
static void trim(struct hm_buf *said)
{
    while (said->size > 0 && said->data[said->size - 1] == '\n') {
        said->size--;
    }
}

static enum hm_status make_file(struct hm_web_call *call, struct hm_err *err)
{
    const char *path = hm_replica_path(&call->arena, call->web->options.dir, FILE_OUT);
    struct running run = {.call = call, .act = "export", .path = path};
    hm_buf_init(&run.said, SAID_MAX);
    enum hm_status status = hm_arena_status(&call->arena, err);
    if (status == HM_OK) {
        forget(call, path);
        status = run_hamlet(&run, err);
    }
    if (status == HM_OK) {
        trim(&run.said);
        status = show(&run, path, err);
    }
    forget(call, path);
    hm_buf_fini(&run.said);
    return status;
}

static enum hm_status read_upload(struct hm_web_call *call,
                                  const char *path,
                                  struct hm_err *err)
{
    uint8_t *data = NULL;
    size_t size = 0;
    enum hm_status status = hm_web_body_data(call, "file", &data, &size, err);
    if (status == HM_OK) {
        status = hm_file_write(call->web->options.env, path,
                               (struct hm_bytes){data, size}, S_IRUSR | S_IWUSR, err);
    }
    free(data);
    return status;
}

static enum hm_status take_file(struct hm_web_call *call, struct hm_err *err)
{
    const char *path = hm_replica_path(&call->arena, call->web->options.dir, FILE_IN);
    struct running run = {.call = call, .act = "import", .path = path};
    hm_buf_init(&run.said, SAID_MAX);
    enum hm_status status = hm_arena_status(&call->arena, err);
    if (status == HM_OK) {
        status = read_upload(call, path, err);
    }
    if (status == HM_OK) {
        status = run_hamlet(&run, err);
        /* Of a file that ends too early what came before was taken. */
        hm_web_changed(call->web, HM_WEB_RECORDS | HM_WEB_SYNC);
    }
    if (status == HM_OK) {
        trim(&run.said);
        status = show(&run, NULL, err);
    }
    forget(call, path);
    hm_buf_fini(&run.said);
    return status;
}

enum hm_status hm_web_run_bundle_export(struct hm_web_call *call, struct hm_err *err)
{
    pthread_mutex_lock(&call->web->bundles);
    enum hm_status status = make_file(call, err);
    pthread_mutex_unlock(&call->web->bundles);
    return status;
}

enum hm_status hm_web_run_bundle_import(struct hm_web_call *call, struct hm_err *err)
{
    pthread_mutex_lock(&call->web->bundles);
    enum hm_status status = take_file(call, err);
    pthread_mutex_unlock(&call->web->bundles);
    return status;
}
