/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include <string.h>

#include "hamlet/api/signed.h"
#include "hamlet/base/assert.h"
#include "message.h"

enum { OUT_MAX = 16 * 1024 * 1024 }; /* a task's outcome, as an answer may be large */

static const char scheme[] = "https://";
static const char usual_port[] = ":443"; /* which browsers leave out */

/* "name[:port]" of "https://name[:port]/…", as a browser says it. */
static const char *host_of(struct hm_bytes url, struct hm_arena *arena)
{
    size_t from = strlen(scheme);
    size_t end = from;
    while (end < url.size && url.data[end] != '/') {
        end++;
    }
    size_t tail = strlen(usual_port);
    if (end - from > tail && memcmp(url.data + end - tail, usual_port, tail) == 0) {
        end -= tail;
    }
    return hm_arena_copy_text(arena, (struct hm_bytes){url.data + from, end - from});
}

static struct hm_store *take(void *ctx)
{
    struct hm_district *page = ctx;
    return hm_readers_take(page->sync->readers);
}

static void give(void *ctx, struct hm_store *reader)
{
    struct hm_district *page = ctx;
    hm_readers_give(page->sync->readers, reader);
}

static enum hm_status write_all(void *ctx,
                                enum hm_status (*run)(struct hm_store *store,
                                                      void *run_ctx,
                                                      struct hm_err *err),
                                void *run_ctx,
                                struct hm_err *err)
{
    struct hm_district *page = ctx;
    return hm_writer_write(page->sync->writer, run, run_ctx, err);
}

static enum hm_status begin(void *ctx,
                            const struct hm_web_task *task,
                            uint64_t *id,
                            struct hm_err *err)
{
    struct hm_district *page = ctx;
    const struct hm_task_work work = {.owner = task->owner,
                                      .name = task->name,
                                      .run = task->run,
                                      .file = task->file,
                                      .free = task->free,
                                      .ctx = task->ctx,
                                      .out_max = OUT_MAX};
    return hm_tasks_begin(page->tasks, &work, id, err);
}

static enum hm_status look(void *ctx,
                           uint64_t id,
                           struct hm_bytes owner,
                           struct hm_web_task_seen *seen,
                           struct hm_buf *out,
                           struct hm_err *err)
{
    struct hm_district *page = ctx;
    struct hm_task_seen task;
    enum hm_status status = hm_tasks_look(page->tasks, id, owner, &task, out, err);
    if (status == HM_OK) {
        *seen = (struct hm_web_task_seen){.done = task.state == HM_TASK_DONE,
                                          .permille = task.permille,
                                          .rows = task.rows,
                                          .fd = task.fd};
    }
    return status;
}

static enum hm_status sign(void *ctx,
                           struct hm_bytes body,
                           struct hm_buf *file,
                           struct hm_err *err)
{
    const struct hm_district *page = ctx;
    const struct hm_serving_self *self = &page->sync->self;
    return hm_api_signed_make(file, body, self->key, self->secret, err);
}

static enum hm_status read_reply(struct hm_bytes message,
                                 struct hm_buf *printed,
                                 char *key,
                                 struct hm_err *err)
{
    struct hm_control_reply reply;
    enum hm_status status = hm_control_reply_get(&reply, key, message, err);
    if (status == HM_OK && reply.status != HM_OK) {
        if (err != NULL && err->status == HM_OK) {
            *err = reply.err;
        }
        return reply.status;
    }
    if (status == HM_OK) {
        hm_buf_put_bytes(printed, reply.out);
        status = hm_buf_status(printed, err);
    }
    return status;
}

static enum hm_status act(void *ctx,
                          const struct hm_web_act *act,
                          struct hm_buf *printed,
                          char *key,
                          size_t key_size,
                          struct hm_err *err)
{
    struct hm_district *page = ctx;
    struct hm_buf message;
    struct hm_buf reply;
    const struct hm_control_request request = {.lang = act->lang,
                                               .folder = "/",
                                               .argc = act->argc,
                                               .argv = act->argv,
                                               .input = act->input};
    const struct hm_asker asker = {act->account, act->check, act->check_ctx};
    HM_ASSERT(key_size >= HM_CONTROL_KEY_SIZE && act->account.size > 0);
    hm_buf_init(&message, HM_CONTROL_REQUEST_MAX);
    hm_buf_init(&reply, HM_CONTROL_REPLY_MAX);
    hm_control_request_put(&message, &request);
    enum hm_status status = hm_buf_status(&message, err);
    if (status == HM_OK) {
        hm_writer_control(page->sync->writer, &asker, hm_buf_bytes(&message), &reply);
        status = read_reply(hm_buf_bytes(&reply), printed, key, err);
    }
    hm_buf_fini(&reply);
    hm_buf_fini(&message);
    return status;
}

enum hm_status hm_district_start(struct hm_district *page,
                                 struct hm_sync *sync,
                                 struct hm_tasks *tasks,
                                 const char *dir,
                                 const struct hm_config *config,
                                 const struct hm_env *env,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    page->sync = sync;
    page->tasks = tasks;
    page->hosts = hm_arena_get_array(arena, config->url_count + 1, sizeof(*page->hosts));
    if (page->hosts == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < config->url_count; i++) {
        page->hosts[i] = host_of(config->urls[i], arena);
    }
    page->hosts[config->url_count] = NULL;
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    const struct hm_web_server_options options = {.env = env,
                                                  .hosts = page->hosts,
                                                  .idle_ms = HM_WEB_SERVER_IDLE_MS,
                                                  .ctx = page,
                                                  .take = take,
                                                  .give = give,
                                                  .write = write_all,
                                                  .act = act,
                                                  .dir = dir,
                                                  .begin = begin,
                                                  .sign = sign,
                                                  .look = look};
    return hm_web_server_start(&page->web, &options, err);
}

void hm_district_stop(struct hm_district *page)
{
    hm_web_stop(page->web);
    page->web = NULL;
}
