/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "acting.h"
#include "data.h"
#include "erasing.h"
#include "hamlet/base/assert.h"
#include "hamlet/host/file.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/host/local.h"
#include "hamlet/host/lock.h"

enum {
    PATH_BYTES_MAX = 4096, /* as the kernel's */
    LOCK_WAIT_MS = 5000,   /* for another command: the contract's */
    LOCK_LOOK_MS = 200,    /* … between two looks whether `serve` answers by now */
    CONNECT_MS = 2000,
    ANSWER_MS = 30 * 60 * 1000, /* a backup of a large store onto a slow disk */
    CAPTURE_PIECE = 64 * 1024,
    LINE_MAX = 64 * 1024,
    MEMFD_CLOEXEC = 1 /* MFD_CLOEXEC, which this C library hides */
};

/* ---- where it runs ---- */

static enum hm_status run_on(struct hm_control_ctx *ctx,
                             const struct hm_call *call,
                             struct hm_err *err)
{
    const struct hm_handler *handler = hm_handler_find(call->args->command->name);
    struct hm_call inner = *call;
    struct hm_acting acting;
    HM_ASSERT(handler != NULL);
    inner.ctx = ctx;
    enum hm_status status = hm_acting_begin(&acting, &inner, handler, err);
    if (status == HM_OK && ctx->asker != NULL) {
        status = ctx->asker->check(ctx->store, ctx->asker->ctx, err);
    }
    if (status == HM_OK) {
        status = handler->run(&inner, err);
    }
    if (ctx->store != NULL) {
        hm_store_rollback(ctx->store);
    }
    hm_acting_end(&acting, status, err);
    if (status == HM_OK && !ctx->beside) {
        hm_erasing_after(ctx);
    }
    return status;
}

/* A command on its way, on the side of the person who gave it. */
struct errand {
    struct hm_call *call;
    struct hm_main *main;
    const struct hm_handler *handler;
    const char *dir;
    const char *folder; /* where it was given, absolute */
    const char *out;    /* of --out; null: none */
    struct hm_arena arena;
    struct hm_buf input;
    struct hm_buf file; /* that goes to `out` */
    struct hm_lock lock;
    bool begun; /* as a task, whose outcome is to be fetched */
};

static enum hm_status run_here(struct errand *errand, struct hm_err *err)
{
    struct hm_control_ctx ctx = {.store = NULL};
    enum hm_status status = hm_control_open(&ctx, errand->dir, &errand->main->env, err);
    if (status != HM_OK) {
        return status;
    }
    ctx.folder = errand->folder;
    ctx.input = hm_buf_bytes(&errand->input);
    status = run_on(&ctx, errand->call, err);
    if (status == HM_OK) {
        errand->file = ctx.file; /* ours from here */
        hm_buf_init(&ctx.file, 0);
    }
    hm_control_close(&ctx);
    return status;
}

static enum hm_status read_reply(struct errand *errand,
                                 struct hm_bytes message,
                                 struct hm_err *err)
{
    struct hm_control_reply reply;
    _Static_assert((int)HM_MAIN_KEY_SIZE >= (int)HM_CONTROL_KEY_SIZE,
                   "the key outlives the reply");
    enum hm_status status = hm_control_reply_get(&reply, errand->main->key, message, err);
    if (status != HM_OK) {
        return status;
    }
    hm_output_put(errand->call->out, reply.out);
    if (reply.status != HM_OK) {
        if (err != NULL && err->status == HM_OK) {
            *err = reply.err;
        }
        return reply.status;
    }
    hm_buf_put_bytes(&errand->file, reply.file);
    return hm_buf_status(&errand->file, err);
}

/* *nobody: there is no `serve`, and nothing was done. */
static enum hm_status ask_there(struct errand *errand,
                                const struct hm_control_request *request,
                                bool *nobody,
                                struct hm_err *err)
{
    struct hm_buf message;
    struct hm_buf reply;
    struct hm_err failed = HM_ERR_NONE;
    const char *path = hm_data_path(&errand->arena, errand->dir, HM_DATA_CONTROL);
    hm_buf_init(&message, HM_CONTROL_REQUEST_MAX);
    hm_buf_init(&reply, HM_CONTROL_REPLY_MAX);
    enum hm_status status = hm_arena_status(&errand->arena, err);
    if (status != HM_OK) {
        goto out;
    }
    hm_control_request_put(&message, request);
    status = hm_buf_status(&message, err);
    if (status != HM_OK) {
        goto out;
    }
    status = hm_local_exchange(&errand->main->env, path, hm_buf_bytes(&message), &reply,
                               ANSWER_MS, &failed);
    *nobody = status == HM_NO_SERVER && strcmp(failed.key, "local-none") == 0;
    if (status == HM_OK) {
        status = read_reply(errand, hm_buf_bytes(&reply), err);
    } else if (!*nobody && err != NULL && err->status == HM_OK) {
        *err = failed;
    }
out:
    hm_buf_fini(&reply);
    hm_buf_fini(&message);
    return status;
}

/* Beside the output, which may go into a file: what a person looks at meanwhile. */
static void say_progress(const struct hm_call *call,
                         const char *key,
                         const char *const *args)
{
    struct hm_buf line;
    hm_buf_init(&line, LINE_MAX);
    hm_words_put(&line, hm_words_ui(call->words, key), args, HM_ERR_ARGS);
    hm_buf_put_byte(&line, '\n');
    if (line.failed == HM_OK) {
        (void)!write(STDERR_FILENO, line.data, line.size);
    }
    hm_buf_fini(&line);
}

static bool goes_on(enum hm_status status, const struct hm_err *why)
{
    return status == HM_LOCKED && why->key != NULL &&
           strcmp(why->key, HM_CONTROL_GOES_ON) == 0;
}

/* It was to begin there, and no more: the file is named when the outcome is fetched. */
static enum hm_status say_begun(struct errand *errand, const struct hm_err *why)
{
    hm_output_put_text(errand->call->out, why->arg[0]);
    hm_output_put_text(errand->call->out, "\n");
    errand->begun = true;
    return HM_OK;
}

/* It may go on as a task there, which is then asked for until it is done. */
static enum hm_status run_there(struct errand *errand, bool *nobody, struct hm_err *err)
{
    struct hm_main *main = errand->main;
    struct hm_control_request request = {.lang = errand->call->lang,
                                         .folder = errand->folder,
                                         .argc = main->argc,
                                         .argv = main->argv,
                                         .input = hm_buf_bytes(&errand->input)};
    struct hm_err why = HM_ERR_NONE;
    char task[HM_ERR_ARG_MAX + 1];
    char *dir = hm_arena_copy_text(&errand->arena, hm_text(errand->dir));
    char *argv[] = {main->argv[0], "tasks", task, "--data", dir, NULL};
    bool gone = false;
    enum hm_status status = ask_there(errand, &request, nobody, &why);
    const char *key = "tasks.goes-on";
    if (!*nobody && goes_on(status, &why) &&
        hm_args_has(errand->call->args, "background")) {
        return say_begun(errand, &why);
    }
    while (!*nobody && dir != NULL && goes_on(status, &why)) {
        const char *const args[] = {why.arg[0], why.arg[1], why.arg[2]};
        say_progress(errand->call, key, args);
        key = "tasks.progress";
        memcpy(task, why.arg[0], sizeof(task));
        hm_err_clear(&why);
        request.argc = sizeof(argv) / sizeof(argv[0]) - 1;
        request.argv = argv;
        request.input = HM_NO_BYTES;
        status = ask_there(errand, &request, &gone, &why);
    }
    if (gone) {
        return hm_fail(err, HM_NO_SERVER, "local-none", errand->dir, NULL, NULL);
    }
    if (status != HM_OK && err != NULL && err->status == HM_OK) {
        *err = why;
    }
    return status;
}

/*
 * Whoever holds the lock is `serve`, which answers, or another command, which is soon
 * done. `serve` takes the lock before it listens, so both are tried by turns.
 */
static enum hm_status run_somewhere(struct errand *errand, struct hm_err *err)
{
    const struct hm_env *env = &errand->main->env;
    const char *path = hm_data_path(&errand->arena, errand->dir, HM_DATA_LOCK);
    int64_t end_ms = hm_env_mono(env).ms + LOCK_WAIT_MS;
    enum hm_status status = hm_arena_status(&errand->arena, err);
    if (status != HM_OK) {
        return status;
    }
    for (;;) {
        struct hm_err held = HM_ERR_NONE;
        bool nobody = false;
        status = hm_lock_open(&errand->lock, env, path, 0, &held);
        if (status == HM_OK) {
            return run_here(errand, err);
        }
        if (status == HM_LOCKED) {
            status = run_there(errand, &nobody, err);
            if (!nobody) {
                return status;
            }
            status = hm_lock_open(&errand->lock, env, path, LOCK_LOOK_MS, &held);
        }
        if (status == HM_OK) {
            return run_here(errand, err);
        }
        if (status != HM_LOCKED || hm_env_mono(env).ms >= end_ms) {
            if (err != NULL && err->status == HM_OK) {
                *err = held;
            }
            return status;
        }
    }
}

/* ---- whose rights ---- */

/*
 * Root, called by an administrator, works as the owner of the folder: a file of the store
 * that belonged to root would keep `serve` from opening it.
 */
static enum hm_status become_owner(const char *dir, struct hm_err *err)
{
    struct stat seen;
    if (geteuid() != 0) {
        return HM_OK;
    }
    if (stat(dir, &seen) != 0 || setegid(seen.st_gid) != 0 || seteuid(seen.st_uid) != 0) {
        return hm_fail_errno(err, errno, dir);
    }
    return HM_OK;
}

static enum hm_status become_self(struct hm_err *err)
{
    if (seteuid(getuid()) != 0 || setegid(getgid()) != 0) {
        return hm_fail_errno(err, errno, "seteuid");
    }
    return HM_OK;
}

/* ---- its files ---- */

/* Relative names of files start from here, whoever opens them. */
static enum hm_status find_folder(struct errand *errand, struct hm_err *err)
{
    char *folder = hm_arena_get(&errand->arena, PATH_BYTES_MAX);
    enum hm_status status = hm_arena_status(&errand->arena, err);
    if (status == HM_OK) {
        errand->folder = getcwd(folder, PATH_BYTES_MAX) == NULL ? "/" : folder;
    }
    return status;
}

static enum hm_status check_data(struct errand *errand, struct hm_err *err)
{
    const char *store = hm_data_path(&errand->arena, errand->dir, HM_DATA_STORE);
    enum hm_status status = hm_arena_status(&errand->arena, err);
    if (status == HM_OK && access(store, F_OK) != 0) {
        status = hm_fail(err, HM_UNCONFIGURED, "data-missing", errand->dir, NULL, NULL);
    }
    return status;
}

/*
 * The name is taken before anything is done, so that a folder without room or rights
 * stops the command while it has changed nothing.
 */
static enum hm_status reserve_out(struct errand *errand, struct hm_err *err)
{
    const char *out = hm_args_value(errand->call->args, "out");
    enum hm_status status =
        hm_file_create(&errand->main->env, out, HM_NO_BYTES, 0600, err);
    if (status == HM_OK) {
        errand->out = out;
    }
    return status;
}

static enum hm_status prepare(struct errand *errand, struct hm_err *err)
{
    enum hm_status status = check_data(errand, err);
    if (status == HM_OK) {
        status = find_folder(errand, err);
    }
    if (status == HM_OK && errand->handler->reads) {
        const char *spare = hm_args_value(errand->call->args, "spare");
        status = hm_file_read(
            &errand->input, spare != NULL ? spare : errand->call->args->operands[0], err);
    }
    if (status == HM_OK && errand->handler->writes &&
        hm_args_has(errand->call->args, "out")) {
        status = reserve_out(errand, err);
    }
    return status;
}

static enum hm_status finish(struct errand *errand,
                             enum hm_status status,
                             struct hm_err *err)
{
    if (errand->out == NULL) {
        return status;
    }
    if (status == HM_OK && !errand->begun) {
        status = hm_file_write(&errand->main->env, errand->out,
                               hm_buf_bytes(&errand->file), 0600, err);
    }
    if (status != HM_OK || errand->begun) {
        (void)unlink(errand->out);
    }
    return status;
}

static void errand_init(struct errand *errand, struct hm_call *call)
{
    *errand = (struct errand){.call = call,
                              .main = call->ctx,
                              .handler = hm_handler_find(call->args->command->name),
                              .dir = hm_args_value(call->args, "data"),
                              .lock = HM_LOCK_NONE};
    HM_ASSERT(errand->handler != NULL);
    hm_arena_init(&errand->arena, (size_t)16 * PATH_BYTES_MAX);
    hm_buf_init(&errand->input, HM_FILE_BYTES_MAX);
    hm_buf_init(&errand->file, HM_FILE_BYTES_MAX);
}

/* Either may be a key. */
static void wipe(struct hm_buf *buf)
{
    if (buf->size > 0) {
        explicit_bzero(buf->data, buf->size);
    }
    hm_buf_fini(buf);
}

static void errand_fini(struct errand *errand)
{
    wipe(&errand->file);
    wipe(&errand->input);
    hm_arena_fini(&errand->arena);
}

static enum hm_status run_as_owner(struct errand *errand, struct hm_err *err)
{
    enum hm_status status = become_owner(errand->dir, err);
    if (status == HM_OK) {
        status = run_somewhere(errand, err);
    }
    hm_lock_close(&errand->lock);
    enum hm_status back = become_self(err);
    return status == HM_OK ? back : status;
}

enum hm_status hm_control_forward(struct hm_call *call, struct hm_err *err)
{
    struct errand errand;
    errand_init(&errand, call);
    enum hm_status status = prepare(&errand, err);
    if (status == HM_OK) {
        status = run_as_owner(&errand, err);
    }
    status = finish(&errand, status, err);
    errand_fini(&errand);
    return status;
}

enum hm_status hm_control_ask(struct hm_call *call,
                              struct hm_bytes input,
                              struct hm_buf *output,
                              struct hm_err *err)
{
    struct errand errand;
    errand_init(&errand, call);
    hm_buf_put_bytes(&errand.input, input);
    enum hm_status status = hm_buf_status(&errand.input, err);
    if (status == HM_OK) {
        status = check_data(&errand, err);
    }
    if (status == HM_OK) {
        status = find_folder(&errand, err);
    }
    if (status == HM_OK) {
        status = run_as_owner(&errand, err);
    }
    if (status == HM_OK) {
        hm_buf_put_bytes(output, hm_buf_bytes(&errand.file));
        status = hm_buf_status(output, err);
    }
    errand_fini(&errand);
    return status;
}

enum hm_status hm_control_key(const struct hm_call *call,
                              struct hm_key *key,
                              struct hm_secret *secret,
                              struct hm_err *err)
{
    uint8_t seed[HM_SEED_SIZE];
    const char *dir = hm_args_value(call->args, "data");
    enum hm_status status = become_owner(dir, err);
    if (status == HM_OK) {
        status = hm_keyfile_load(seed, dir, HM_DATA_KEY, err);
    }
    enum hm_status back = become_self(err);
    if (status == HM_OK && back == HM_OK) {
        hm_sign_pair(key, secret, seed);
        explicit_bzero(seed, sizeof(seed));
        return HM_OK;
    }
    if (status == HM_NOT_FOUND) {
        status = HM_UNCONFIGURED;
    }
    return status == HM_OK ? back : status;
}

/* ---- inside `serve` ---- */

/* A file without a name: commands write to a descriptor wherever they run. */
static enum hm_status capture_open(int *fd, struct hm_err *err)
{
    *fd = (int)syscall(SYS_memfd_create, "hamlet", MEMFD_CLOEXEC);
    return *fd < 0 ? hm_fail_errno(err, errno, "memfd") : HM_OK;
}

static enum hm_status capture_read(struct hm_buf *to, int fd, struct hm_err *err)
{
    off_t at = 0;
    for (;;) {
        uint8_t *room = hm_buf_reserve(to, CAPTURE_PIECE);
        if (room == NULL) {
            return hm_buf_status(to, err);
        }
        ssize_t got = pread(fd, room, CAPTURE_PIECE, at);
        if (got == 0) {
            return HM_OK;
        }
        if (got < 0 && errno != EINTR) {
            return hm_fail_errno(err, errno, "memfd");
        }
        if (got > 0) {
            hm_buf_commit(to, (size_t)got);
            at += got;
        }
    }
}

/* Run the line and keep what it prints, also where it fails. */
static enum hm_status run_captured(struct hm_control_ctx *ctx,
                                   const struct hm_args *args,
                                   enum hm_lang lang,
                                   struct hm_buf *printed,
                                   struct hm_err *err)
{
    struct hm_output out;
    int fd = -1;
    enum hm_status status = capture_open(&fd, err);
    if (status == HM_OK) {
        struct hm_call call = {args, hm_words_of(lang), lang, &out, NULL};
        hm_output_init(&out, fd);
        status = run_on(ctx, &call, err);
        enum hm_status flushed = hm_output_flush(&out, err);
        hm_output_fini(&out);
        status = status == HM_OK ? flushed : status;
        enum hm_status kept = capture_read(printed, fd, err);
        status = status == HM_OK ? kept : status;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

/* The line was judged where it was given; judged again, it is a stranger's. */
static enum hm_status execute(struct hm_control_ctx *ctx,
                              struct hm_bytes message,
                              struct hm_arena *arena,
                              struct hm_buf *printed,
                              struct hm_err *err)
{
    struct hm_control_request request;
    struct hm_args args = {.help = false};
    enum hm_status status = hm_control_request_get(&request, message, arena, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_args_init(&args, &hm_server_program, request.argc, request.argv, err);
    if (status == HM_OK && (args.help || hm_handler_find(args.command->name) == NULL)) {
        status = hm_fail(err, HM_PROTOCOL, "control-message", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        ctx->folder = request.folder;
        ctx->input = request.input;
        status = run_captured(ctx, &args, request.lang, printed, err);
    }
    hm_args_fini(&args);
    return status;
}

void hm_control_execute(struct hm_control_ctx *ctx,
                        const struct hm_asker *asker,
                        struct hm_bytes message,
                        struct hm_buf *answer)
{
    struct hm_arena arena;
    struct hm_buf printed;
    struct hm_control_reply reply = {.err = HM_ERR_NONE};
    hm_arena_init(&arena, (size_t)4 * 1024 * 1024); /* a command line, not its input */
    hm_buf_init(&printed, HM_CONTROL_REPLY_MAX);
    hm_buf_clear(&ctx->file);
    ctx->asker = asker;
    ctx->account = asker == NULL ? HM_NO_BYTES : asker->account;
    reply.status = execute(ctx, message, &arena, &printed, &reply.err);
    reply.out = hm_buf_bytes(&printed);
    reply.file = reply.status == HM_OK ? hm_buf_bytes(&ctx->file) : HM_NO_BYTES;
    hm_control_reply_put(answer, &reply);
    struct hm_err full = HM_ERR_NONE;
    enum hm_status status = hm_buf_status(answer, &full);
    if (status != HM_OK) {
        /* Room for a failure there always is: it is shorter than what did not fit. */
        reply = (struct hm_control_reply){.status = status, .err = full};
        hm_buf_clear(answer);
        hm_control_reply_put(answer, &reply);
    }
    hm_buf_clear(&ctx->file);
    ctx->folder = "";
    ctx->input = HM_NO_BYTES;
    ctx->account = HM_NO_BYTES;
    ctx->asker = NULL;
    hm_buf_fini(&printed);
    hm_arena_fini(&arena);
}
