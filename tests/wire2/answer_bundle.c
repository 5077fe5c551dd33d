/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "answer.h"
#include "hamlet/wire/bundle.h"

enum { RANDOM_SIZE = 32 + HM_SEAL_STREAM_BEGIN + 32, FILE_MOST = 1 << 20 };

/* Randomness that the question brings along, handed out piece by piece. */
struct given {
    uint8_t at[RANDOM_SIZE];
    size_t used;
};

static bool give(void *ctx, uint8_t *to, size_t size)
{
    struct given *given = ctx;
    if (size > RANDOM_SIZE - given->used) {
        return false;
    }
    memcpy(to, given->at + given->used, size);
    given->used += size;
    return true;
}

static void put_id(struct hm_json_write *out, const char *name, const struct hm_id *id)
{
    hm_json_put_hex(out, name, hm_id_bytes(id));
}

static void put_head(struct answering *a, const struct hm_bundle_reader *reader)
{
    const struct hm_bundle_head *head = &reader->head;
    struct hm_key key;
    put_id(a->out, "id", &head->id);
    hm_json_put_int(a->out, "part", (int64_t)head->part);
    put_id(a->out, "server", &head->server);
    put_id(a->out, "from", &head->from);
    put_id(a->out, "to", &head->to);
    hm_json_put_int(a->out, "time", head->time.ms);
    hm_json_put_int(a->out, "epoch", head->epoch);
    hm_json_put_int(a->out, "incarnation", (int64_t)head->incarnation);
    hm_json_put_hex(a->out, "key", head->has_key ? HM_BYTES(head->key.at) : HM_NO_BYTES);
    if (answer_raw(a, "key", key.at, HM_KEY_SIZE)) {
        hm_json_put_bool(a->out, "signed", hm_bundle_head_check(&reader->line, &key));
    }
}

/* What a bundle said besides its head, once it is over or the data is. */
static void put_end(struct answering *a,
                    const struct hm_bundle_reader *reader,
                    bool ended)
{
    bool cut = reader->declared > 0 && reader->body.size < reader->declared;
    hm_json_close(a->out, ']');
    hm_json_put_bool(a->out, "mine", reader->unlocked);
    hm_json_put_hex(a->out, "rest", cut ? hm_buf_bytes(&reader->body) : HM_NO_BYTES);
    hm_json_put_bool(a->out, "ended", ended);
    hm_json_put_bool(a->out, "more", ended && reader->more);
    hm_json_close(a->out, '}');
}

static enum hm_status put_event(struct answering *a,
                                struct hm_bundle_reader *reader,
                                enum hm_bundle_event event,
                                bool *open)
{
    enum hm_status status = HM_OK;
    struct hm_key key;
    struct hm_secret secret;
    switch (event) {
    case HM_BUNDLE_HEAD:
        *open = true;
        hm_json_open(a->out, '{');
        put_head(a, reader);
        hm_json_key(a->out, "bodies");
        hm_json_open(a->out, '[');
        if (answer_pair(a, &key, &secret)) {
            struct hm_id own = hm_sign_device(&key);
            if (hm_id_equal(&own, &reader->head.to)) {
                status = hm_bundle_unlock(reader, &key, &secret, a->err);
            }
        }
        break;
    case HM_BUNDLE_BODY:
        hm_json_hex(a->out, hm_buf_bytes(&reader->body));
        break;
    case HM_BUNDLE_END:
        *open = false;
        put_end(a, reader, true);
        break;
    default:
        break;
    }
    return status;
}

enum hm_status answer_bundle(struct answering *a)
{
    struct hm_bundle_reader reader;
    struct hm_bytes in = answer_hex(a, "data");
    enum hm_status status = HM_OK;
    bool open = false;
    hm_bundle_reader_init(&reader);
    hm_json_key(a->out, "bundles");
    hm_json_open(a->out, '[');
    while (status == HM_OK && in.size > 0) {
        enum hm_bundle_event event = HM_BUNDLE_MORE;
        status = hm_bundle_read(&reader, &in, &event, a->err);
        if (status == HM_OK) {
            status = put_event(a, &reader, event, &open);
        }
    }
    if (open) {
        put_end(a, &reader, false);
    }
    hm_json_close(a->out, ']');
    hm_json_put_bool(a->out, "whole", hm_bundle_may_end(&reader));
    hm_bundle_reader_fini(&reader);
    return status;
}

static int64_t number(struct answering *a, const char *name)
{
    return hm_json_int_or(hm_json_get(a->ask, name), 0);
}

static enum hm_status put_bodies(struct answering *a,
                                 struct hm_bundle_writer *writer,
                                 struct hm_buf *file)
{
    enum hm_status status = HM_OK;
    for (const struct hm_json *at = hm_json_first(hm_json_get(a->ask, "bodies"));
         at != NULL && status == HM_OK; at = hm_json_next(at)) {
        status = hm_bundle_put(writer, file, heard_hex(at, a->arena), a->err);
    }
    return status != HM_OK ? status
                           : hm_bundle_end(writer, file, number(a, "more") == 1, a->err);
}

enum hm_status answer_bundle_write(struct answering *a)
{
    struct given given = {.used = 0};
    struct hm_env env = {.ctx = &given, .random = give};
    struct hm_bundle_writer writer;
    struct hm_key key;
    struct hm_key reader;
    struct hm_secret secret;
    struct hm_buf file;
    struct hm_bundle_head head = {.part = (uint64_t)number(a, "part"),
                                  .time = {number(a, "time")},
                                  .epoch = (uint32_t)number(a, "epoch"),
                                  .incarnation = (uint64_t)number(a, "incarnation")};
    (void)answer_raw(a, "random", given.at, sizeof(given.at));
    (void)answer_raw(a, "id", head.id.at, HM_ID_SIZE);
    (void)answer_raw(a, "server", head.server.at, HM_ID_SIZE);
    (void)answer_raw(a, "from", head.from.at, HM_ID_SIZE);
    (void)answer_raw(a, "to", head.to.at, HM_ID_SIZE);
    (void)answer_raw(a, "reader", reader.at, HM_KEY_SIZE);
    (void)answer_pair(a, &key, &secret);
    head.has_key = answer_raw(a, "key", head.key.at, HM_KEY_SIZE);
    if (!head.has_key && answer_hex(a, "key").size > 0) {
        return answer_refuse(a, "bundle");
    }
    hm_buf_init(&file, FILE_MOST);
    enum hm_status status =
        hm_bundle_begin(&writer, &file, &head, &reader, &secret, &env, a->err);
    if (status == HM_OK) {
        status = put_bodies(a, &writer, &file);
    }
    if (status == HM_OK) {
        hm_json_put_hex(a->out, "data", hm_buf_bytes(&file));
    }
    hm_bundle_writer_wipe(&writer);
    hm_buf_fini(&file);
    return status;
}
