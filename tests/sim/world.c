/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/model/value.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/records.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"

enum { WORLD_VALUE = 128, ARENA_MAX = 64 * 1024 * 1024 };

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

/*
 * A disk with an empty store on it. Making the tables takes longer than anything a short
 * history does, so it is done once a process and copied from there.
 */
static struct hm_disk *make_disk(enum hm_store_mode mode,
                                 const struct hm_kinds *kinds,
                                 const char *name,
                                 uint64_t seed)
{
    static struct hm_disk *blanks[HM_STORE_READER];
    struct hm_err err = HM_ERR_NONE;
    if (blanks[mode] == NULL) {
        struct hm_testenv env;
        struct hm_store *store = NULL;
        hm_testenv_init(&env, 0);
        blanks[mode] = hm_disk_new(mode == HM_STORE_SERVER ? "blank-server" : "blank", 0);
        must(hm_store_open(&store, "store.db", mode, true, kinds, &env.env,
                           hm_disk_vfs(blanks[mode]), &err),
             &err, "blank store");
        hm_store_close(store);
    }
    return hm_disk_copy(blanks[mode], name, seed);
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
    struct hm_kinds *owned = NULL;
    must(hm_kinds_open(&owned, kinds, &err), &err, "kinds");
    world_open(world, seed, owned, communes, hamlets);
    world->owned = owned;
}

void world_open(struct world *world,
                uint64_t seed,
                const struct hm_kinds *kinds,
                int communes,
                int hamlets)
{
    struct hm_err err = HM_ERR_NONE;
    char code[WORLD_UNIT_MAX];
    char below[WORLD_UNIT_MAX];
    memset(world, 0, sizeof(*world));
    must(hm_sign_start(&err), &err, "sodium");
    hm_testenv_init(&world->env, seed);
    world->kinds = kinds;
    make_key(&world->env, &world->key, &world->secret);
    world->disk = make_disk(HM_STORE_SERVER, kinds, "server", seed);
    world_server_open(world);
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
        hm_session_close(world->laptops[i].session);
        hm_store_close(world->laptops[i].store);
        hm_disk_free(world->laptops[i].disk);
    }
    hm_store_close(world->reader);
    hm_store_close(world->store);
    hm_disk_free(world->disk);
    hm_kinds_close(world->owned);
}

static struct hm_bytes text_value(uint8_t memory[WORLD_VALUE], const char *text)
{
    struct hm_buf value;
    hm_buf_init_fixed(&value, memory, WORLD_VALUE);
    hm_value_put_text(&value, hm_text(text));
    return hm_buf_bytes(&value);
}

static struct hm_id add_user(struct hm_author *author, const char *name)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_added added;
    uint8_t memory[WORLD_VALUE];
    const struct hm_registry_value values[] = {
        {HM_REGISTRY_NAME, text_value(memory, name)}};
    must(hm_author_registry(author, HM_KIND_USER, NULL, NULL, values, 1, &added, &err),
         &err, name);
    return added.record;
}

static void invite(struct world *world,
                   const struct world_laptop *laptop,
                   struct hm_invited *invited)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_author *author = server_author(world);
    *invited = (struct hm_invited){.user = add_user(author, laptop->name),
                                   .name = hm_text(laptop->name),
                                   .role = hm_text(laptop->role),
                                   .home = hm_text(laptop->unit),
                                   .expires = {INT64_MAX}};
    must(hm_env_random(&world->env.env, invited->id.at, HM_ID_SIZE, &err), &err, "id");
    must(hm_env_random(&world->env.env, invited->secret, HM_ID_SIZE, &err), &err,
         "secret");
    must(hm_store_invitation_put(world->store, invited, &err), &err, "invitation");
    end_author(author);
    /* Redeemed at once: how the invitation travels is no matter of the engine. */
    must(hm_author_redeem(world->store, &world->secret, &invited->id, NULL, &laptop->key,
                          &err),
         &err, "redeem");
}

void world_account_add(struct world *world,
                       const char *name,
                       const char *role,
                       const char *unit)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_added added;
    char user[HM_HEX16_SIZE];
    char device[HM_HEX16_SIZE];
    uint8_t memory[4][WORLD_VALUE];
    struct hm_author *author = server_author(world);
    struct hm_id id = add_user(author, name);
    hm_hex_put(user, hm_id_bytes(&id));
    hm_hex_put(device, hm_id_bytes(&world->self.server));
    const struct hm_registry_value values[] = {
        {HM_REGISTRY_USER, text_value(memory[0], user)},
        {HM_REGISTRY_DEVICE, text_value(memory[1], device)},
        {HM_REGISTRY_ROLE, text_value(memory[2], role)},
        {HM_REGISTRY_HOME, text_value(memory[3], unit)},
    };
    must(hm_author_registry(author, HM_KIND_PERMIT, NULL, NULL, values, 4, &added, &err),
         &err, "permit");
    end_author(author);
}

static void init_laptop(struct world *world,
                        struct world_laptop *laptop,
                        const struct hm_id *user)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_id device = hm_sign_device(&laptop->key);
    must(hm_store_begin(laptop->store, &err), &err, "begin");
    put_id(laptop->store, HM_META_DISTRICT, &world->self.server);
    put_id(laptop->store, HM_META_DEVICE, &device);
    put_id(laptop->store, HM_META_USER, user);
    put_text(laptop->store, HM_META_ROLE, laptop->role);
    put_text(laptop->store, HM_META_UNIT, laptop->unit);
    put_int(laptop->store, HM_META_EPOCH,
            (int64_t)hm_testenv_below(&laptop->env, 1U << 30) + 1);
    must(hm_store_meta_put(laptop->store, HM_META_SERVER_KEY, HM_BYTES(world->key.at),
                           &err),
         &err, "key");
    must(hm_store_commit(laptop->store, &err), &err, "commit");
}

struct world_laptop *world_laptop_add_with(struct world *world,
                                           const char *unit,
                                           const char *role,
                                           const struct hm_kinds *kinds)
{
    struct hm_invited invited;
    struct world_laptop *laptop = &world->laptops[world->laptop_count++];
    uint64_t seed = hm_testenv_next(&world->env);
    (void)snprintf(laptop->name, sizeof(laptop->name), "laptop-%zu", world->laptop_count);
    (void)snprintf(laptop->unit, sizeof(laptop->unit), "%s", unit);
    (void)snprintf(laptop->role, sizeof(laptop->role), "%s", role);
    laptop->kinds = kinds;
    hm_testenv_init(&laptop->env, seed);
    make_key(&laptop->env, &laptop->key, &laptop->secret);
    laptop->newest = laptop->key;
    invite(world, laptop, &invited);
    laptop->disk = make_disk(HM_STORE_LAPTOP, kinds, laptop->name, seed);
    world_laptop_open(laptop);
    init_laptop(world, laptop, &invited.user);
    return laptop;
}

struct world_laptop *world_laptop_add(struct world *world,
                                      const char *unit,
                                      const char *role)
{
    return world_laptop_add_with(world, unit, role, world->kinds);
}

enum hm_status world_author(struct world *world,
                            struct world_laptop *laptop,
                            const char *name,
                            struct hm_author **author,
                            struct hm_err *err)
{
    enum hm_status status =
        hm_author_open(author, laptop == NULL ? world->store : laptop->store, err);
    if (status == HM_OK && laptop == NULL) {
        hm_author_sign_with(*author, &world->secret);
        status = hm_author_as(*author, hm_text(name), err);
        if (status != HM_OK) {
            hm_author_close(*author);
            *author = NULL;
        }
    }
    return status;
}

static enum hm_status append_release(struct world *world,
                                     const struct hm_id *change,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_held held;
    enum hm_status status = hm_store_change_find(world->store, change, &held, arena, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_entry home = {.count = 1, .change = held.row, .kind = HM_ENTRY_RELEASED};
    struct hm_entry author = home;
    status =
        hm_store_entries_append(world->store, held.change.home, &home, 1, arena, err);
    hm_mailbox_name(mailbox, &held.change.device);
    if (status == HM_OK) {
        status = hm_store_entries_append(world->store, hm_text(mailbox), &author, 1,
                                         arena, err);
    }
    return status;
}

enum hm_status world_release(struct world *world,
                             const struct hm_id *change,
                             struct hm_err *err)
{
    struct hm_arena arena;
    hm_arena_init(&arena, ARENA_MAX);
    enum hm_status status = hm_store_begin(world->store, err);
    if (status == HM_OK) {
        status = append_release(world, change, &arena, err);
        if (status == HM_OK) {
            status = hm_store_commit(world->store, err);
        } else {
            hm_store_rollback(world->store);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

static void close_server(struct world *world)
{
    hm_store_close(world->reader);
    world->reader = NULL;
    hm_store_close(world->store);
    world->store = NULL;
}

struct hm_disk *world_server_backup(struct world *world)
{
    struct hm_disk *copy =
        hm_disk_copy(world->disk, "backup", hm_testenv_next(&world->env));
    return copy;
}

static void begin_refill(struct world *world)
{
    struct hm_err err = HM_ERR_NONE;
    must(hm_store_begin(world->store, &err), &err, "begin");
    must(
        hm_store_come_back(world->store, &world->env.env, &world->self.incarnation, &err),
        &err, "refill");
    must(hm_store_commit(world->store, &err), &err, "commit");
}

static void replace_server(struct world *world, struct hm_disk *disk)
{
    close_server(world);
    hm_disk_free(world->disk);
    world->disk = disk;
    world_server_open(world);
}

void world_server_restore(struct world *world, struct hm_disk *backup)
{
    replace_server(world, backup);
    begin_refill(world);
}

void world_server_put_back(struct world *world, struct hm_disk *folder)
{
    replace_server(world, folder);
}

void world_server_empty(struct world *world)
{
    replace_server(world, make_disk(HM_STORE_SERVER, world->kinds, "server",
                                    hm_testenv_next(&world->env)));
    init_server(world);
    begin_refill(world);
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
