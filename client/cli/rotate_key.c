/* SPDX-License-Identifier: Apache-2.0 */
/* rotate-key: this machine speaks with a new key from its next conversation on. */
#include <stdlib.h>

#include "cli.h"
#include "hamlet/command/store_path.h"

static enum hm_status say(const struct hm_call *call,
                          const struct hm_id *device,
                          bool waits,
                          struct hm_err *err)
{
    struct hm_view view;
    struct hm_buf buf;
    struct hm_json_write out;
    if (!call->args->json) {
        hm_desk_view(&view, call);
        hm_view_say(&view, waits ? "rotate.waits" : "rotate.done", NULL, NULL, NULL);
        return HM_OK;
    }
    hm_buf_init(&buf, HM_ERR_ARG_MAX);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_put_hex(&out, "device", hm_id_bytes(device));
    hm_json_put_bool(&out, "made", !waits);
    hm_json_close(&out, '}');
    hm_buf_put_byte(&buf, '\n');
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        hm_output_put(call->out, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

enum hm_status hm_run_rotate_key(struct hm_call *call, struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_replica replica = {.store = NULL};
    struct hm_id device;
    char *folder = NULL;
    bool waits = false;
    enum hm_status status =
        hm_store_path(&folder, hm_args_value(call->args, "store"), err);
    if (status == HM_OK) {
        status = hm_replica_open(&replica, folder, &cli->env, true, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_id(replica.store, HM_META_DEVICE, &device, err);
    }
    if (status == HM_OK) {
        status = hm_replica_rotate(&replica, folder, &cli->env, &waits, err);
    }
    hm_replica_close(&replica);
    if (status == HM_OK) {
        hm_poke(&cli->env, folder);
        status = say(call, &device, waits, err);
    }
    free(folder);
    return status;
}
