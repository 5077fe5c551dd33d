/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, writing to and closing the store that a command works on. */
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "hamlet/command/store_path.h"
#include "hamlet/host/frame.h"
#include "hamlet/host/local.h"

enum { POKE_MS = 200, PATH_MAX_BYTES = 8 * 1024 };

static void put(void *ctx, struct hm_bytes bytes)
{
    hm_output_put(ctx, bytes);
}

void hm_desk_view(struct hm_view *view, const struct hm_call *call)
{
    *view = (struct hm_view){.words = call->words,
                             .lang = call->lang,
                             .json = call->args->json,
                             .put = put,
                             .ctx = call->out};
}

enum hm_status hm_desk_open(struct hm_desk *desk,
                            const struct hm_call *call,
                            struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    *desk = (struct hm_desk){.folder = NULL};
    hm_desk_view(&desk->view, call);
    enum hm_status status =
        hm_store_path(&desk->folder, hm_args_value(call->args, "store"), err);
    if (status == HM_OK) {
        status = hm_replica_open(&desk->replica, desk->folder, &cli->env, false, err);
    }
    if (status == HM_OK) {
        desk->view.store = desk->replica.store;
    } else {
        hm_desk_close(desk);
    }
    return status;
}

void hm_desk_close(struct hm_desk *desk)
{
    hm_replica_close(&desk->replica);
    free(desk->folder);
    desk->folder = NULL;
}

void hm_poke(const struct hm_env *env, const char *folder)
{
    struct hm_arena arena;
    struct hm_frame frame;
    int fd = -1;
    hm_arena_init(&arena, PATH_MAX_BYTES);
    hm_frame_init(&frame, PATH_MAX_BYTES);
    struct hm_mono deadline = hm_env_mono(env);
    deadline.ms += POKE_MS;
    const char *path = hm_replica_path(&arena, folder, HM_REPLICA_SOCKET);
    if (path != NULL && hm_local_connect(&fd, path, POKE_MS, NULL) == HM_OK) {
        /* What is written is safe already: the daemon finds it at its next look. */
        if (hm_frame_set(&frame, hm_text("{\"do\":\"poke\"}"), NULL) == HM_OK) {
            (void)!hm_frame_send_by(&frame, fd, env, deadline, NULL);
        }
        close(fd);
    }
    hm_frame_fini(&frame);
    hm_arena_fini(&arena);
}

static enum hm_status write_once(const struct hm_call *call,
                                 const struct hm_desk *desk,
                                 enum hm_status (*act)(struct hm_author *author,
                                                       void *ctx,
                                                       struct hm_err *err),
                                 void *ctx,
                                 struct hm_err *err)
{
    struct hm_author *author = NULL;
    enum hm_status status = hm_author_open(&author, desk->replica.store, err);
    if (status == HM_OK) {
        status = hm_author_act(author, act, ctx, err);
    }
    if (status == HM_OK) {
        hm_desk_warn(call, desk, author);
    }
    hm_author_close(author);
    return status;
}

enum hm_status hm_desk_act(const struct hm_call *call,
                           enum hm_status (*act)(struct hm_author *author,
                                                 void *ctx,
                                                 struct hm_err *err),
                           void *ctx,
                           struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_desk desk;
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_desk_unlock(call, &desk, err);
    if (status == HM_OK) {
        status = write_once(call, &desk, act, ctx, err);
    }
    if (status == HM_OK) {
        hm_poke(&cli->env, desk.folder);
    } else {
        hm_view_explain(&desk.view, NULL, err);
    }
    hm_desk_close(&desk);
    return status;
}

enum hm_status hm_say_id(const struct hm_call *call,
                         const struct hm_id *printed,
                         const struct hm_id *record,
                         const struct hm_id *change,
                         struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_buf buf;
    struct hm_json_write out;
    hm_buf_init(&buf, (size_t)HM_ERR_ARG_MAX * 2 + HM_CLI_WARNED_MAX);
    if (call->args->json) {
        hm_json_write_init(&out, &buf);
        hm_json_open(&out, '{');
        hm_json_put_hex(&out, "id", hm_id_bytes(record));
        hm_json_put_hex(&out, "change", hm_id_bytes(change));
        if (cli->warned.size > 0) {
            hm_json_key(&out, "warnings");
            hm_json_raw(&out, hm_buf_bytes(&cli->warned));
        }
        hm_json_close(&out, '}');
    } else {
        hm_buf_put_hex(&buf, hm_id_bytes(printed));
    }
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        hm_output_put(call->out, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

enum hm_status hm_read_id(struct hm_id *id,
                          const char *text,
                          const char *key,
                          struct hm_err *err)
{
    return hm_id_get_hex(id, hm_text(text))
               ? HM_OK
               : hm_fail(err, HM_NOT_FOUND, key, text, NULL, NULL);
}
