/* SPDX-License-Identifier: Apache-2.0 */
#include "world_file.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "hamlet/wire/bundle.h"
#include "world_key.h"

enum { DEVICE_BYTES_MAX = 1024 * 1024 };

/* ---- out ---- */

static enum hm_status begin(struct hm_bundle_writer *writer,
                            struct hm_bundle_head *head,
                            const struct hm_key *reader,
                            const struct hm_secret *secret,
                            const struct hm_env *env,
                            struct hm_buf *file,
                            struct hm_err *err)
{
    head->part = 1;
    head->time = hm_env_wall(env);
    return hm_bundle_begin(writer, file, head, reader, secret, env, err);
}

static enum hm_status put_bodies_up(struct world_laptop *laptop,
                                    struct hm_session *session,
                                    const struct hm_id *bundle,
                                    struct hm_bundle_writer *writer,
                                    struct hm_buf *file,
                                    struct hm_err *err)
{
    struct hm_buf body;
    bool more = true;
    bool first = true;
    enum hm_status status = hm_store_begin(laptop->store, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&body, HM_BUNDLE_BODY_MAX);
    for (; more && status == HM_OK; first = false) {
        hm_buf_clear(&body);
        status = hm_session_file_body(session, bundle, first, &body, &more, err);
        if (status == HM_OK) {
            status = hm_bundle_put(writer, file, hm_buf_bytes(&body), err);
        }
    }
    hm_buf_fini(&body);
    if (status == HM_OK) {
        return hm_store_commit(laptop->store, err);
    }
    hm_store_rollback(laptop->store);
    return status;
}

/* A key that the registry may not have heard of comes with those before it. */
static void name_keys(struct hm_bundle_head *head,
                      const struct world_laptop *laptop,
                      struct hm_arena *arena)
{
    struct hm_bytes text = world_key_text(laptop, arena);
    if (memcmp(laptop->key.at, laptop->newest.at, HM_KEY_SIZE) != 0) {
        memcpy(head->keys, text.data, text.size);
        head->keys_size = text.size;
        head->has_key = false;
    }
}

enum hm_status world_file_up(struct world_laptop *laptop,
                             struct hm_buf *file,
                             uint32_t *epoch,
                             struct hm_err *err)
{
    struct hm_bundle_writer writer;
    struct hm_bundle_head head = {.has_key = true, .key = laptop->key};
    struct hm_session *session = NULL;
    struct hm_arena arena;
    struct hm_key server;
    struct hm_bytes key = HM_NO_BYTES;
    int64_t incarnation = 0;
    int64_t now = 0;
    const struct hm_env *env = &laptop->env.env;
    hm_arena_init(&arena, DEVICE_BYTES_MAX);
    enum hm_status status =
        hm_session_open(&session, laptop->store, &laptop->secret, "test", err);
    if (status == HM_OK) {
        status = hm_store_meta_get_id(laptop->store, HM_META_DISTRICT, &head.server, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(laptop->store, HM_META_SERVER_KEY, &arena, &key, err);
    }
    if (status == HM_OK) {
        memcpy(server.at, key.data, HM_KEY_SIZE);
        status = hm_store_meta_get_int(laptop->store, HM_META_INCARNATION, 0,
                                       &incarnation, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &now, err);
    }
    if (status == HM_OK) {
        status = hm_env_random(env, head.id.at, HM_ID_SIZE, err);
    }
    name_keys(&head, laptop, &arena);
    head.to = head.server;
    head.from = hm_sign_device(&laptop->key);
    head.epoch = (uint32_t)now;
    head.incarnation = (uint64_t)incarnation;
    *epoch = head.epoch;
    if (status == HM_OK) {
        status = begin(&writer, &head, &server, &laptop->secret, env, file, err);
    }
    if (status == HM_OK) {
        status = put_bodies_up(laptop, session, &head.id, &writer, file, err);
    }
    if (status == HM_OK) {
        status = hm_bundle_end(&writer, file, false, err);
    }
    hm_session_close(session);
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status put_bodies_down(struct world *world,
                                      struct hm_file_reader *reader,
                                      struct hm_bundle_writer *writer,
                                      struct hm_buf *file,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    struct hm_buf body;
    bool more = true;
    enum hm_status status = HM_OK;
    hm_buf_init(&body, HM_BUNDLE_BODY_MAX);
    while (more && status == HM_OK) {
        struct hm_serving *serving = NULL;
        hm_buf_clear(&body);
        status = hm_serving_open(&serving, &world->self, 0, err);
        if (status == HM_OK) {
            status = hm_serving_for_file(serving, world->store, reader, err);
        }
        if (status == HM_OK) {
            status = hm_serving_answer(serving, world->store, &body, err);
        }
        if (status == HM_OK) {
            more = hm_serving_more(serving);
            status = hm_file_reader_keep(reader, arena, err);
        }
        if (status == HM_OK) {
            status = hm_bundle_put(writer, file, hm_buf_bytes(&body), err);
        }
        hm_serving_close(serving);
    }
    hm_buf_fini(&body);
    return status;
}

enum hm_status world_file_down(struct world *world,
                               const struct world_laptop *laptop,
                               struct hm_buf *file,
                               uint32_t *epoch,
                               struct hm_err *err)
{
    struct hm_bundle_writer writer;
    struct hm_bundle_head head = {.server = world->self.server,
                                  .from = world->self.server};
    struct hm_file_reader reader;
    struct hm_device device;
    struct hm_arena arena;
    const struct hm_env *env = &world->env.env;
    head.to = hm_sign_device(&laptop->key);
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_file_reader_get(&reader, world->store, &head.to, &arena, err);
    if (status == HM_OK) {
        head.epoch = reader.epoch;
        *epoch = head.epoch;
        head.incarnation = reader.incarnation;
        status = hm_env_random(env, head.id.at, HM_ID_SIZE, err);
    }
    if (status == HM_OK) {
        status = hm_store_device_get(world->store, &head.to, &device, &arena, err);
    }
    if (status == HM_OK) {
        status = begin(&writer, &head, &device.key, &world->secret, env, file, err);
    }
    if (status == HM_OK) {
        status = put_bodies_down(world, &reader, &writer, file, &arena, err);
    }
    if (status == HM_OK) {
        status = hm_bundle_end(&writer, file, false, err);
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- in ---- */

/* Who reads, and what he makes of a head and of a body that is all there, or not. */
struct reading {
    struct world *world;
    struct world_laptop *laptop; /* null: the server */
    struct hm_session *session;
    struct world_taken *taken;
    struct hm_bundle_reader reader;
};

/* The key that must have signed, by the registry or, of one it has not, by its own. */
static enum hm_status find_key(struct hm_store *store,
                               const struct hm_bundle_head *head,
                               struct hm_key *key,
                               struct hm_err *err)
{
    struct hm_device device;
    struct hm_arena arena;
    struct hm_bytes text = {head->keys, head->keys_size};
    struct hm_id own = hm_sign_device(&head->key);
    hm_arena_init(&arena, DEVICE_BYTES_MAX);
    enum hm_status status = hm_store_device_get(store, &head->from, &device, &arena, err);
    bool meets = status == HM_OK && text.size > 0 &&
                 hm_keys_meet(key, device.keys, text, &head->from);
    hm_arena_fini(&arena);
    if (status == HM_OK && device.revoked) {
        return hm_fail(err, HM_DENIED, "problem-revoked", NULL, NULL, NULL);
    }
    if (status == HM_OK && text.size > 0) {
        return meets ? HM_OK
                     : hm_fail(err, HM_BAD_INPUT, "bundle-unknown", NULL, NULL, NULL);
    }
    if (status == HM_OK && !device.known &&
        (!head->has_key || !hm_id_equal(&own, &head->from))) {
        return hm_fail(err, HM_BAD_INPUT, "bundle-unknown", NULL, NULL, NULL);
    }
    *key = device.known ? device.key : head->key;
    return status;
}

static enum hm_status take_head(struct reading *r, struct hm_err *err)
{
    struct hm_key key = *r->world->self.key;
    enum hm_status status = HM_OK;
    if (r->laptop == NULL) {
        status = find_key(r->world->store, &r->reader.head, &key, err);
    }
    if (status == HM_OK && !hm_bundle_head_check(&r->reader.line, &key)) {
        status = hm_fail(err, HM_BAD_INPUT, "bundle-damaged", NULL, NULL, NULL);
    }
    if (status != HM_OK) {
        return status;
    }
    return r->laptop == NULL
               ? hm_bundle_unlock(&r->reader, &r->world->key, &r->world->secret, err)
               : hm_bundle_unlock(&r->reader, &r->laptop->newest, &r->laptop->secret,
                                  err);
}

/* The registry hears of a new key before what it signed is judged. */
static enum hm_status rotate(struct reading *r,
                             struct hm_serving *serving,
                             struct hm_err *err)
{
    struct hm_err refused = HM_ERR_NONE;
    struct hm_bytes keys = hm_serving_keys(serving);
    if (keys.size == 0) {
        return HM_OK;
    }
    enum hm_status status = hm_author_rotate(r->world->store, &r->world->secret,
                                             &r->reader.head.from, keys, &refused);
    if (status == HM_DENIED) {
        hm_serving_refuse(serving, HM_PROBLEM_OLD_KEY);
        return HM_OK;
    }
    if (status != HM_OK) {
        *err = refused;
    }
    return status;
}

static enum hm_status serve_body(struct reading *r,
                                 struct hm_bytes body,
                                 size_t declared,
                                 struct hm_err *err)
{
    struct hm_serving *serving = NULL;
    enum hm_status status = hm_serving_open(&serving, &r->world->self, declared, err);
    if (status != HM_OK) {
        return status;
    }
    hm_serving_by_file(serving);
    if (hm_serving_put(serving, r->world->store, body) && body.size == declared) {
        hm_serving_end(serving);
    }
    status = rotate(r, serving, err);
    if (status == HM_OK && hm_serving_commits(serving)) {
        status = hm_servings_commit(&serving, 1, r->world->store, err);
    }
    r->taken->problem = hm_serving_problem(serving);
    hm_serving_close(serving);
    return status;
}

static enum hm_status take_body(struct reading *r,
                                struct hm_bytes body,
                                size_t declared,
                                struct hm_err *err)
{
    const struct hm_bundle_head *head = &r->reader.head;
    bool first = r->taken->bodies++ == 0;
    if (r->laptop == NULL) {
        bool over =
            r->taken->problem != HM_PROBLEM_NONE && r->taken->problem != HM_PROBLEM_STALE;
        return over ? HM_OK : serve_body(r, body, declared, err);
    }
    enum hm_status status =
        hm_session_file_begin(r->session, head->epoch, head->incarnation, first, err);
    if (status == HM_OK) {
        (void)hm_session_put(r->session, body);
        status = hm_session_file_end(r->session, body.size == declared, err);
    }
    return status;
}

static enum hm_status read_file(struct reading *r,
                                struct hm_bytes file,
                                struct hm_err *err)
{
    enum hm_bundle_event event = HM_BUNDLE_HEAD;
    enum hm_status status = HM_OK;
    while (status == HM_OK && event != HM_BUNDLE_MORE) {
        status = hm_bundle_read(&r->reader, &file, &event, err);
        if (status == HM_OK && event == HM_BUNDLE_HEAD) {
            status = take_head(r, err);
        } else if (status == HM_OK && event == HM_BUNDLE_BODY) {
            status =
                take_body(r, hm_buf_bytes(&r->reader.body), r->reader.body.size, err);
        }
    }
    r->taken->torn = !hm_bundle_may_end(&r->reader);
    if (status == HM_OK && r->reader.body.size < r->reader.declared) {
        status = take_body(r, hm_buf_bytes(&r->reader.body), r->reader.declared, err);
    }
    return status;
}

enum hm_status world_file_take_up(struct world *world,
                                  struct hm_bytes file,
                                  struct world_taken *taken,
                                  struct hm_err *err)
{
    struct reading r = {.world = world, .taken = taken};
    *taken = (struct world_taken){.problem = HM_PROBLEM_NONE};
    hm_bundle_reader_init(&r.reader);
    enum hm_status status = read_file(&r, file, err);
    hm_bundle_reader_fini(&r.reader);
    return status;
}

enum hm_status world_file_take_down(struct world *world,
                                    struct world_laptop *laptop,
                                    struct hm_bytes file,
                                    struct world_taken *taken,
                                    struct hm_err *err)
{
    struct reading r = {.world = world, .laptop = laptop, .taken = taken};
    *taken = (struct world_taken){.problem = HM_PROBLEM_NONE};
    hm_bundle_reader_init(&r.reader);
    enum hm_status status =
        hm_session_open(&r.session, laptop->store, &laptop->secret, "test", err);
    if (status == HM_OK) {
        hm_session_begin(r.session);
        status = read_file(&r, file, err);
        taken->epochs = hm_session_stats(r.session)->epochs;
    }
    hm_session_close(r.session);
    hm_bundle_reader_fini(&r.reader);
    return status;
}

enum hm_status world_file_carry(const struct world *world,
                                const struct world_laptop *by,
                                struct hm_bytes file,
                                struct hm_buf *copy,
                                struct hm_err *err)
{
    struct hm_bundle_reader reader;
    enum hm_bundle_event event = HM_BUNDLE_HEAD;
    enum hm_status status = HM_OK;
    hm_bundle_reader_init(&reader);
    while (status == HM_OK && event != HM_BUNDLE_MORE) {
        status = hm_bundle_read(&reader, &file, &event, err);
        if (status == HM_OK && event == HM_BUNDLE_HEAD) {
            struct hm_key key = *world->self.key;
            if (!hm_id_equal(&reader.head.from, &world->self.server)) {
                status = find_key(by->store, &reader.head, &key, err);
            }
            if (status == HM_OK && !hm_bundle_head_check(&reader.line, &key)) {
                status = hm_fail(err, HM_BAD_INPUT, "bundle-damaged", NULL, NULL, NULL);
            }
        }
        if (status == HM_OK && event != HM_BUNDLE_MORE) {
            hm_buf_put_bytes(copy, hm_buf_bytes(&reader.raw));
        }
    }
    hm_bundle_reader_fini(&reader);
    return status == HM_OK ? hm_buf_status(copy, err) : status;
}
