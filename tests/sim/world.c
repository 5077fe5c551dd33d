/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/model/value.h"
#include "hamlet/store/records.h"
#include "hamlet/store/registry.h"

const struct world_faults world_no_faults = {SIZE_MAX, SIZE_MAX, false};

enum { TRIES_MAX = 50, BODY_MAX = 8 * 1024 * 1024 };

static void must(enum hm_status status, const struct hm_err *err, const char *what)
{
    if (status != HM_OK) {
        fprintf(stderr, "world: %s: %s %s %s %s\n", what, hm_status_name(status),
                err->key == NULL ? "" : err->key, err->arg[0], err->arg[1]);
        abort();
    }
}

static void put_id(struct hm_store *store, const char *name, const struct hm_id *id)
{
    struct hm_err err = HM_ERR_NONE;
    must(hm_store_meta_put(store, name, hm_id_bytes(id), &err), &err, name);
}

static void put_text(struct hm_store *store, const char *name, const char *text)
{
    struct hm_err err = HM_ERR_NONE;
    must(hm_store_meta_put(store, name, hm_text(text), &err), &err, name);
}

static void put_int(struct hm_store *store, const char *name, int64_t value)
{
    struct hm_err err = HM_ERR_NONE;
    must(hm_store_meta_put_int(store, name, value, &err), &err, name);
}

static void make_key(struct hm_testenv *env, struct hm_key *key, struct hm_secret *secret)
{
    uint8_t seed[32];
    struct hm_err err = HM_ERR_NONE;
    must(hm_env_random(&env->env, seed, sizeof(seed), &err), &err, "random");
    hm_sign_pair(key, secret, seed);
}

static void open_server(struct world *world, bool create)
{
    struct hm_err err = HM_ERR_NONE;
    must(hm_store_open(&world->store, "store.db", HM_STORE_SERVER, create, world->kinds,
                       &world->env.env, hm_disk_vfs(world->disk), &err),
         &err, "server store");
    must(hm_store_open(&world->reader, "store.db", HM_STORE_READER, false, world->kinds,
                       &world->env.env, hm_disk_vfs(world->disk), &err),
         &err, "server reader");
}

static void init_server(struct world *world)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_id server = hm_sign_device(&world->key);
    int64_t incarnation = (int64_t)hm_testenv_below(&world->env, 1ULL << 40) + 1;
    must(hm_store_begin(world->store, &err), &err, "begin");
    put_id(world->store, HM_META_DISTRICT, &server);
    put_id(world->store, HM_META_DEVICE, &server);
    put_id(world->store, HM_META_USER, &server);
    put_text(world->store, HM_META_ROLE, "server");
    put_text(world->store, HM_META_UNIT, "100");
    put_int(world->store, HM_META_EPOCH,
            (int64_t)hm_testenv_below(&world->env, 1U << 30) + 1);
    put_int(world->store, HM_META_INCARNATION, incarnation);
    must(hm_store_commit(world->store, &err), &err, "commit");
    world->self = (struct hm_serving_self){.server = server,
                                           .incarnation = (uint64_t)incarnation,
                                           .key = &world->key,
                                           .secret = &world->secret,
                                           .env = &world->env.env};
}

static struct hm_author *server_author(struct world *world)
{
    struct hm_author *author = NULL;
    struct hm_err err = HM_ERR_NONE;
    must(hm_author_open(&author, world->store, &err), &err, "author");
    hm_author_as_server(author);
    hm_author_sign_with(author, &world->secret);
    must(hm_author_begin(author, &err), &err, "author begin");
    return author;
}

static void end_author(struct hm_author *author)
{
    struct hm_err err = HM_ERR_NONE;
    must(hm_author_commit(author, &err), &err, "author commit");
    hm_author_close(author);
}

static void add_unit(struct world *world,
                     struct hm_author *author,
                     const char *code,
                     const char *parent)
{
    const struct hm_kind *kind = hm_kinds_tree(world->kinds);
    struct hm_err err = HM_ERR_NONE;
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {hm_text(kind->tree->code->name), hm_text(code), NULL},
        {hm_text(kind->tree->name->name), hm_text(code), NULL},
        {hm_text(kind->tree->level->name), hm_text("x"), NULL},
        {hm_text(kind->tree->type->name), hm_text("x"), NULL},
        {hm_text(kind->tree->parent->name), hm_text(parent), NULL},
    };
    must(hm_author_add(author, hm_text(kind->name), fields, 5, &added, &err), &err, code);
}

void world_init(struct world *world,
                uint64_t seed,
                const struct hm_embedded *kinds,
                int communes,
                int hamlets)
{
    struct hm_err err = HM_ERR_NONE;
    char code[WORLD_UNIT_MAX];
    char below[WORLD_UNIT_MAX];
    memset(world, 0, sizeof(*world));
    must(hm_sign_start(&err), &err, "sodium");
    hm_testenv_init(&world->env, seed);
    must(hm_kinds_open(&world->kinds, kinds, &err), &err, "kinds");
    make_key(&world->env, &world->key, &world->secret);
    world->disk = hm_disk_new("server", seed);
    open_server(world, true);
    init_server(world);
    struct hm_author *author = server_author(world);
    add_unit(world, author, "100", "");
    for (int c = 1; c <= communes; c++) {
        (void)snprintf(code, sizeof(code), "%d", 100 + c);
        add_unit(world, author, code, "100");
        for (int h = 1; h <= hamlets; h++) {
            (void)snprintf(below, sizeof(below), "%d-%d", 100 + c, h);
            add_unit(world, author, below, code);
        }
    }
    end_author(author);
}

void world_fini(struct world *world)
{
    for (size_t i = 0; i < world->laptop_count; i++) {
        hm_store_close(world->laptops[i].store);
        hm_disk_free(world->laptops[i].disk);
    }
    hm_store_close(world->reader);
    hm_store_close(world->store);
    hm_disk_free(world->disk);
    hm_kinds_close(world->kinds);
}

static void invite(struct world *world,
                   const struct world_laptop *laptop,
                   const char *role,
                   struct hm_invited *invited)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_added added;
    uint8_t memory[64];
    struct hm_buf value;
    struct hm_author *author = server_author(world);
    hm_buf_init_fixed(&value, memory, sizeof(memory));
    hm_value_put_text(&value, hm_text(laptop->name));
    const struct hm_registry_value values[] = {{HM_REGISTRY_NAME, hm_buf_bytes(&value)}};
    must(hm_author_registry(author, HM_KIND_USER, NULL, NULL, values, 1, &added, &err),
         &err, "user");
    *invited = (struct hm_invited){.user = added.record,
                                   .name = hm_text(laptop->name),
                                   .role = hm_text(role),
                                   .home = hm_text(laptop->unit),
                                   .expires = {INT64_MAX}};
    must(hm_env_random(&world->env.env, invited->id.at, HM_ID_SIZE, &err), &err, "id");
    must(hm_env_random(&world->env.env, invited->secret, HM_ID_SIZE, &err), &err,
         "secret");
    must(hm_store_invitation_put(world->store, invited, &err), &err, "invitation");
    end_author(author);
    /* Redeemed at once: how the invitation travels is no matter of the engine. */
    must(hm_author_redeem(world->store, &world->secret, &invited->id, &laptop->key, &err),
         &err, "redeem");
}

static void open_laptop(struct world *world, struct world_laptop *laptop, bool create)
{
    struct hm_err err = HM_ERR_NONE;
    must(hm_store_open(&laptop->store, "store.db", HM_STORE_LAPTOP, create, world->kinds,
                       &laptop->env.env, hm_disk_vfs(laptop->disk), &err),
         &err, laptop->name);
}

struct world_laptop *world_laptop_add(struct world *world,
                                      const char *unit,
                                      const char *role)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_invited invited;
    struct world_laptop *laptop = &world->laptops[world->laptop_count++];
    uint64_t seed = hm_testenv_next(&world->env);
    (void)snprintf(laptop->name, sizeof(laptop->name), "laptop-%zu", world->laptop_count);
    (void)snprintf(laptop->unit, sizeof(laptop->unit), "%s", unit);
    hm_testenv_init(&laptop->env, seed);
    make_key(&laptop->env, &laptop->key, &laptop->secret);
    invite(world, laptop, role, &invited);
    laptop->disk = hm_disk_new(laptop->name, seed);
    open_laptop(world, laptop, true);
    struct hm_id device = hm_sign_device(&laptop->key);
    must(hm_store_begin(laptop->store, &err), &err, "begin");
    put_id(laptop->store, HM_META_DISTRICT, &world->self.server);
    put_id(laptop->store, HM_META_DEVICE, &device);
    put_id(laptop->store, HM_META_USER, &invited.user);
    put_text(laptop->store, HM_META_ROLE, role);
    put_text(laptop->store, HM_META_UNIT, unit);
    put_int(laptop->store, HM_META_EPOCH,
            (int64_t)hm_testenv_below(&laptop->env, 1U << 30) + 1);
    must(hm_store_meta_put(laptop->store, HM_META_SERVER_KEY, HM_BYTES(world->key.at),
                           &err),
         &err, "key");
    must(hm_store_commit(laptop->store, &err), &err, "commit");
    return laptop;
}

/* The server sees `size` bytes of the request; `reply` is empty where it gives none. */
static bool serve(struct world *world,
                  struct hm_bytes request,
                  size_t size,
                  struct hm_buf *reply,
                  int *http)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_serving *serving = NULL;
    bool whole = size >= request.size;
    must(hm_serving_open(&serving, &world->self, request.size, &err), &err,
         "serving");
    for (size_t at = 0; at < size && at < request.size;) {
        size_t left = (size < request.size ? size : request.size) - at;
        size_t piece = 1 + hm_testenv_below(&world->env, 2000);
        piece = piece < left ? piece : left;
        if (!hm_serving_put(serving, world->reader,
                            (struct hm_bytes){request.data + at, piece})) {
            break;
        }
        at += piece;
    }
    if (whole) {
        hm_serving_end(serving);
    }
    if (hm_serving_commits(serving)) {
        enum hm_status status = hm_servings_commit(&serving, 1, world->store, &err);
        if (status != HM_OK) {
            hm_serving_close(serving);
            return false;
        }
    }
    *http = 200;
    enum hm_problem problem = hm_serving_problem(serving);
    if (problem != HM_PROBLEM_NONE) {
        *http = hm_problem_http(problem);
        hm_problem_write(reply, problem, hm_text("problem"), HM_NO_BYTES);
    } else if (whole) {
        must(hm_serving_answer(serving, world->reader, reply, &err), &err, "answer");
    }
    hm_serving_close(serving);
    return whole;
}

enum hm_session_next world_exchange(struct world *world,
                                    struct world_laptop *laptop,
                                    struct hm_session *session,
                                    const struct world_faults *faults,
                                    struct hm_err *err)
{
    struct hm_buf request;
    struct hm_buf reply;
    struct hm_buf again;
    int http = 0;
    hm_buf_init(&request, BODY_MAX);
    hm_buf_init(&reply, BODY_MAX);
    hm_buf_init(&again, BODY_MAX);
    (void)laptop;
    enum hm_session_next next = HM_SESSION_STOP;
    if (hm_session_request(session, &request, err) != HM_OK) {
        goto out;
    }
    world->bytes_up += request.size;
    bool answered = serve(world, hm_buf_bytes(&request), faults->cut_up, &reply, &http);
    if (faults->twice) {
        int ignored = 0;
        (void)serve(world, hm_buf_bytes(&request), SIZE_MAX, &again, &ignored);
    }
    world->bytes_down += reply.size;
    size_t size = faults->cut_down < reply.size ? faults->cut_down : reply.size;
    if (answered && size > 0) {
        hm_session_answer(session, http);
        for (size_t at = 0; at < size;) {
            size_t piece = 1 + hm_testenv_below(&world->env, 3000);
            piece = piece < size - at ? piece : size - at;
            if (!hm_session_put(session, (struct hm_bytes){reply.data + at, piece})) {
                break;
            }
            at += piece;
        }
    }
    next = hm_session_end(session, answered && size == reply.size, NULL, 100, err);
out:
    hm_buf_fini(&again);
    hm_buf_fini(&reply);
    hm_buf_fini(&request);
    return next;
}

bool world_sync(struct world *world, struct world_laptop *laptop, struct hm_err *err)
{
    struct hm_session *session = NULL;
    enum hm_session_next next = HM_SESSION_AGAIN;
    if (hm_session_open(&session, laptop->store, &laptop->secret, "test", err) != HM_OK) {
        return false;
    }
    hm_session_begin(session);
    for (int i = 0; i < TRIES_MAX && next != HM_SESSION_DONE && next != HM_SESSION_STOP;
         i++) {
        hm_err_clear(err);
        next = world_exchange(world, laptop, session, &world_no_faults, err);
    }
    hm_session_close(session);
    return next == HM_SESSION_DONE;
}

void world_laptop_crash(struct world *world,
                        struct world_laptop *laptop,
                        enum hm_crash how)
{
    hm_disk_cut_now(laptop->disk);
    hm_store_close(laptop->store);
    laptop->store = NULL;
    if (!hm_disk_restart(laptop->disk, how)) {
        abort();
    }
    open_laptop(world, laptop, false);
}

void world_server_crash(struct world *world, enum hm_crash how)
{
    hm_disk_cut_now(world->disk);
    hm_store_close(world->reader);
    hm_store_close(world->store);
    if (!hm_disk_restart(world->disk, how)) {
        abort();
    }
    open_server(world, false);
}

bool world_agrees(struct world *world, struct world_laptop *laptop, const char *unit)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_digest here;
    struct hm_digest there;
    must(hm_store_digest(laptop->store, hm_text(unit), &here, &err), &err, "digest");
    must(hm_store_digest(world->reader, hm_text(unit), &there, &err), &err, "digest");
    return hm_digest_equal(&here, &there);
}
