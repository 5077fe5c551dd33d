/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#include <string.h>

#include "hamlet/base/pack.h"

static const char version[] = "hamlet-control-1";

static enum hm_status broken(struct hm_err *err)
{
    return hm_fail(err, HM_PROTOCOL, "control-message", NULL, NULL, NULL);
}

static bool begins_right(struct hm_unpack *in, struct hm_bytes message)
{
    hm_unpack_init(in, message);
    return hm_bytes_are(hm_unpack_bytes(in), version);
}

/* ---- requests ---- */

void hm_control_request_put(struct hm_buf *buf, const struct hm_control_request *request)
{
    hm_pack_text(buf, version);
    hm_pack_uint(buf, request->lang);
    hm_pack_text(buf, request->folder);
    hm_pack_uint(buf, (uint64_t)request->argc);
    for (int i = 0; i < request->argc; i++) {
        hm_pack_text(buf, request->argv[i]);
    }
    hm_pack_bytes(buf, request->input);
}

/* Null where there is no room, or a NUL in it would hide the rest. */
static char *get_text(struct hm_unpack *in, struct hm_arena *arena)
{
    struct hm_bytes text = hm_unpack_bytes(in);
    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL) {
        in->failed = true;
        return NULL;
    }
    return hm_arena_copy_text(arena, text);
}

enum hm_status hm_control_request_get(struct hm_control_request *request,
                                      struct hm_bytes message,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    struct hm_unpack in;
    struct hm_control_request read = {.lang = HM_LANG_VI};
    if (!begins_right(&in, message)) {
        return broken(err);
    }
    uint64_t lang = hm_unpack_uint(&in);
    read.lang = lang == HM_LANG_EN ? HM_LANG_EN : HM_LANG_VI;
    read.folder = get_text(&in, arena);
    size_t count = hm_unpack_count(&in, 1);
    if (in.failed || lang > HM_LANG_EN || count == 0 || count > HM_CONTROL_ARGS_MAX) {
        return broken(err);
    }
    read.argc = (int)count;
    read.argv = hm_arena_get_array(arena, count + 1, sizeof(*read.argv));
    for (size_t i = 0; i < count && read.argv != NULL; i++) {
        read.argv[i] = get_text(&in, arena);
    }
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    read.input = hm_unpack_bytes(&in);
    if (!hm_unpack_done(&in)) {
        return broken(err);
    }
    *request = read;
    return HM_OK;
}

/* ---- replies ---- */

void hm_control_reply_put(struct hm_buf *buf, const struct hm_control_reply *reply)
{
    const char *key = reply->err.key == NULL ? "" : reply->err.key;
    hm_pack_text(buf, version);
    /* By name: the numbers are only an order in a table. */
    hm_pack_text(buf, hm_status_name(reply->status));
    hm_pack_text(buf, key);
    for (size_t i = 0; i < HM_ERR_ARGS; i++) {
        hm_pack_text(buf, reply->err.arg[i]);
    }
    hm_pack_bytes(buf, reply->out);
    hm_pack_bytes(buf, reply->file);
}

static bool find_status(enum hm_status *status, struct hm_bytes name)
{
    static const enum hm_status all[] = {
#define CONTROL_STATUS(status, retry, http, exit, text) HM_##status,
        HM_STATUS_MAP(CONTROL_STATUS)
#undef CONTROL_STATUS
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (hm_bytes_are(name, hm_status_name(all[i]))) {
            *status = all[i];
            return true;
        }
    }
    return false;
}

/* As far as there is room; our own keys and arguments always fit. */
static void get_chars(struct hm_unpack *in, char *to, size_t size)
{
    struct hm_bytes text = hm_unpack_bytes(in);
    size_t length = text.size < size ? text.size : size - 1;
    if (length > 0) {
        memcpy(to, text.data, length);
    }
    to[length] = '\0';
}

enum hm_status hm_control_reply_get(struct hm_control_reply *reply,
                                    char key[HM_CONTROL_KEY_SIZE],
                                    struct hm_bytes message,
                                    struct hm_err *err)
{
    struct hm_unpack in;
    struct hm_control_reply read = {.err = HM_ERR_NONE};
    if (!begins_right(&in, message) || !find_status(&read.status, hm_unpack_bytes(&in))) {
        return broken(err);
    }
    read.err.status = read.status;
    read.err.key = key;
    get_chars(&in, key, HM_CONTROL_KEY_SIZE);
    for (size_t i = 0; i < HM_ERR_ARGS; i++) {
        get_chars(&in, read.err.arg[i], sizeof(read.err.arg[i]));
    }
    read.out = hm_unpack_bytes(&in);
    read.file = hm_unpack_bytes(&in);
    if (!hm_unpack_done(&in)) {
        return broken(err);
    }
    *reply = read;
    return HM_OK;
}
