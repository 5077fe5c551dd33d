/* SPDX-License-Identifier: Apache-2.0 */
#include "peers.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "hamlet/base/cut.h"
#include "hamlet/host/frame.h"
#include "hamlet/host/local.h"
#include "records.h"

enum {
    PEERS_MAX = 16,   /* at a time; the others wait in the listener's queue */
    PEER_MS = 5000,   /* a command line that was begun is sent at once */
    REPLY_MS = 10000, /* and read at once */
    LINE_MAX = 1024 * 1024,
    NUMBER_SIZE = 24,
    DIGITS_MAX = 18
};

struct hm_peers {
    struct hm_peers_options options;
    struct hm_control_ctx ctx; /* without a store: what each command begins with */
    pthread_mutex_t mutex;
    pthread_cond_t left;
    int count; /* that are being answered */
};

struct peer {
    struct hm_peers *peers;
    int fd;
};

/* ---- a command that only reads ---- */

struct reading {
    struct hm_control_ctx ctx;
    struct hm_buf message;
};

static void reading_free(void *at)
{
    struct reading *reading = at;
    if (reading != NULL) {
        hm_buf_fini(&reading->ctx.file);
        hm_buf_fini(&reading->message);
        free(reading);
    }
}

static enum hm_status read_now(struct hm_store *reader,
                               void *at,
                               struct hm_buf *out,
                               struct hm_err *err)
{
    struct reading *reading = at;
    reading->ctx.store = reader;
    hm_control_execute(&reading->ctx, NULL, hm_buf_bytes(&reading->message), out);
    return hm_buf_status(out, err);
}

static enum hm_status begin_reading(const struct hm_peers *peers,
                                    struct hm_bytes message,
                                    const char *name,
                                    uint64_t *task,
                                    struct hm_err *err)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    if (reading == NULL) {
        return hm_fail_memory(err);
    }
    reading->ctx = peers->ctx;
    hm_buf_init(&reading->ctx.file, HM_FILE_BYTES_MAX);
    hm_buf_init(&reading->message, HM_CONTROL_REQUEST_MAX);
    hm_buf_put_bytes(&reading->message, message);
    const struct hm_task_work work = {.name = hm_text(name),
                                      .run = read_now,
                                      .free = reading_free,
                                      .ctx = reading,
                                      .out_max = HM_CONTROL_REPLY_MAX};
    return hm_tasks_begin(peers->options.tasks, &work, task, err);
}

static void put_failure(struct hm_buf *reply, const struct hm_err *err)
{
    const struct hm_control_reply failure = {.status = err->status, .err = *err};
    hm_buf_clear(reply);
    hm_control_reply_put(reply, &failure);
}

/* ---- which way ---- */

struct line {
    const struct hm_handler *handler; /* null: it is none, which the writer's side says */
    uint64_t task;                    /* that it asks for; 0: none */
    bool begins;                      /* … or begins, and does not wait for */
    bool out;                         /* a file is named for the outcome */
    char name[HM_ERR_ARG_MAX + 1];
};

static uint64_t task_of(const struct hm_args *args)
{
    const char *given = args->operand_count > 0 ? args->operands[0] : "";
    size_t size = strlen(given);
    bool digits = size > 0 && size <= DIGITS_MAX && strspn(given, "0123456789") == size;
    return digits ? strtoull(given, NULL, 10) : UINT64_MAX;
}

/* What of the line is told to whoever lists the tasks: the command and its operand. */
static void put_name(struct line *line, const char *command, const char *operand)
{
    hm_cut(line->name, sizeof(line->name), hm_text(command));
    size_t size = strlen(line->name);
    if (operand[0] != '\0' && size + 1 < sizeof(line->name)) {
        line->name[size++] = ' ';
        hm_cut(line->name + size, sizeof(line->name) - size, hm_text(operand));
    }
}

static void read_line(struct line *line, struct hm_bytes message)
{
    struct hm_control_request request;
    struct hm_args args = {.help = false};
    struct hm_arena arena;
    *line = (struct line){.handler = NULL};
    hm_arena_init(&arena, LINE_MAX);
    if (hm_control_request_get(&request, message, &arena, NULL) == HM_OK &&
        hm_args_init(&args, &hm_server_program, request.argc, request.argv, NULL) ==
            HM_OK &&
        !args.help) {
        const char *operand = args.operand_count > 0 ? args.operands[0] : "";
        line->handler = hm_handler_find(args.command->name);
        line->task = strcmp(args.command->name, "tasks") == 0 && operand[0] != '\0'
                         ? task_of(&args)
                         : 0;
        line->begins = hm_args_has(&args, "background");
        line->out = hm_args_has(&args, "out");
        put_name(line, args.command->name, operand);
    }
    hm_args_fini(&args);
    hm_arena_fini(&arena);
}

/* A file that nobody named a place for stays until somebody does. */
static enum hm_status check_out(const struct line *line,
                                struct hm_bytes message,
                                struct hm_err *err)
{
    char key[HM_CONTROL_KEY_SIZE];
    struct hm_control_reply reply;
    enum hm_status status = hm_control_reply_get(&reply, key, message, err);
    return status == HM_OK && reply.file.size > 0 && !line->out
               ? hm_fail(err, HM_USAGE, "export-out", NULL, NULL, NULL)
               : status;
}

static enum hm_status tell_goes_on(const struct hm_task_seen *seen, struct hm_err *err)
{
    char number[NUMBER_SIZE];
    char percent[NUMBER_SIZE];
    char rows[NUMBER_SIZE];
    (void)snprintf(number, sizeof(number), "%" PRIu64, seen->task);
    (void)snprintf(percent, sizeof(percent), "%d", seen->permille / 10);
    (void)snprintf(rows, sizeof(rows), "%" PRId64, seen->rows);
    return hm_fail(err, HM_LOCKED, HM_CONTROL_GOES_ON, number, percent, rows);
}

/* The outcome, if it comes soon; else that it goes on. */
static void await(const struct hm_peers *peers,
                  const struct line *line,
                  struct hm_buf *reply)
{
    struct hm_tasks *tasks = peers->options.tasks;
    struct hm_task_seen seen;
    struct hm_err err = HM_ERR_NONE;
    hm_tasks_await(tasks, line->task, line->begins ? 0 : HM_TASK_SOON_MS);
    enum hm_status status =
        hm_tasks_look(tasks, line->task, HM_NO_BYTES, &seen, reply, &err);
    if (status == HM_OK && (seen.state != HM_TASK_DONE || line->begins)) {
        status = tell_goes_on(&seen, &err);
    } else if (status == HM_OK) {
        status = check_out(line, hm_buf_bytes(reply), &err);
    }
    if (status != HM_OK) {
        put_failure(reply, &err);
    } else {
        hm_tasks_forget(tasks, line->task);
    }
}

static bool is_list(const struct line *line)
{
    return line->handler != NULL && line->handler->run == hm_tasks_run;
}

/* Of what stands in memory: by whoever asks, who waits for none of it. */
static void list_tasks(const struct hm_peers *peers,
                       struct hm_bytes message,
                       struct hm_buf *reply)
{
    struct hm_control_ctx ctx = peers->ctx;
    hm_buf_init(&ctx.file, HM_FILE_BYTES_MAX);
    hm_control_execute(&ctx, NULL, message, reply);
    hm_buf_fini(&ctx.file);
}

static void carry_out(const struct hm_peers *peers,
                      struct hm_bytes message,
                      struct hm_buf *reply)
{
    struct line line;
    struct hm_err err = HM_ERR_NONE;
    read_line(&line, message);
    if (line.task == 0 && is_list(&line)) {
        list_tasks(peers, message, reply);
        return;
    }
    if (line.task == 0 && (line.handler == NULL || !line.handler->beside)) {
        hm_writer_control(peers->options.writer, NULL, message, reply);
        return;
    }
    if (line.task == 0 &&
        begin_reading(peers, message, line.name, &line.task, &err) != HM_OK) {
        put_failure(reply, &err);
        return;
    }
    await(peers, &line, reply);
}

/* ---- one of them ---- */

static void answer(const struct peer *peer)
{
    const struct hm_env *env = peer->peers->options.env;
    struct hm_frame request;
    struct hm_frame answer;
    struct hm_buf reply;
    hm_frame_init(&request, HM_CONTROL_REQUEST_MAX);
    hm_frame_init(&answer, HM_CONTROL_REPLY_MAX);
    hm_buf_init(&reply, HM_CONTROL_REPLY_MAX);
    struct hm_mono deadline = {hm_env_mono(env).ms + PEER_MS};
    enum hm_status status = hm_frame_receive_by(&request, peer->fd, env, deadline, NULL);
    if (status == HM_OK) {
        carry_out(peer->peers, hm_buf_bytes(&request.body), &reply);
        status = hm_frame_set(&answer, hm_buf_bytes(&reply), NULL);
        hm_buf_fini(&reply);
    }
    if (status == HM_OK) {
        deadline = (struct hm_mono){hm_env_mono(env).ms + REPLY_MS};
        /* Who went away misses the answer; what was done is done. */
        (void)!hm_frame_send_by(&answer, peer->fd, env, deadline, NULL);
    }
    hm_buf_fini(&reply);
    hm_frame_fini(&answer);
    hm_frame_fini(&request);
    (void)close(peer->fd);
}

static void *serve_peer(void *at)
{
    struct peer *peer = at;
    struct hm_peers *peers = peer->peers;
    answer(peer);
    free(peer);
    pthread_mutex_lock(&peers->mutex);
    peers->count--;
    pthread_cond_broadcast(&peers->left);
    pthread_mutex_unlock(&peers->mutex);
    return NULL;
}

enum hm_status hm_peers_start(struct hm_peers **peers,
                              const struct hm_peers_options *options,
                              struct hm_err *err)
{
    struct hm_peers *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->options = *options;
    made->ctx = *options->ctx;
    made->ctx.store = NULL;
    made->ctx.beside = true;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->left, NULL);
    *peers = made;
    return HM_OK;
}

/* Wait until there are fewer than so many. */
static void await_fewer(struct hm_peers *peers, int count)
{
    pthread_mutex_lock(&peers->mutex);
    while (peers->count >= count) {
        pthread_cond_wait(&peers->left, &peers->mutex);
    }
    pthread_mutex_unlock(&peers->mutex);
}

void hm_peers_accept(struct hm_peers *peers, int listener)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int fd = -1;
    await_fewer(peers, PEERS_MAX);
    if (hm_local_accept(&fd, listener, HM_LOCAL_NO_GROUP, NULL) != HM_OK || fd < 0) {
        return;
    }
    struct peer *peer = calloc(1, sizeof(*peer));
    if (peer == NULL) {
        (void)close(fd); /* he is told that the server broke off, and tries again */
        return;
    }
    *peer = (struct peer){peers, fd};
    pthread_mutex_lock(&peers->mutex);
    peers->count++;
    pthread_mutex_unlock(&peers->mutex);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, serve_peer, peer) != 0) {
        (void)serve_peer(peer); /* here, then: the others wait */
    }
    pthread_attr_destroy(&attributes);
}

void hm_peers_stop(struct hm_peers *peers)
{
    if (peers == NULL) {
        return;
    }
    await_fewer(peers, 1);
    pthread_cond_destroy(&peers->left);
    pthread_mutex_destroy(&peers->mutex);
    free(peers);
}
