/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server_world.h - a server's store on disk, and a registry written into it by hand.
 */
#ifndef TESTS_UNIT_STORE_SERVER_WORLD_H
#define TESTS_UNIT_STORE_SERVER_WORLD_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/base/limits.h"
#include "hamlet/base/sign.h"
#include "hamlet/model/value.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "run.h"
#include "testenv.h"

enum { WORLD_PATH_SIZE = 256, WORLD_REGISTERS_MAX = 8, WORLD_VALUE_SIZE = 256 };

static char world_folder[WORLD_PATH_SIZE / 2];
static struct hm_testenv world_env;
static struct hm_kinds *world_kinds;
static struct hm_store *store;
static struct hm_arena arena;
static struct hm_err err;
static uint8_t world_count;

static inline const char *world_path(const char *name)
{
    static char paths[4][WORLD_PATH_SIZE];
    static size_t next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, WORLD_PATH_SIZE, "%s/%s", world_folder, name);
    return path;
}

static inline void world_open(const char *name)
{
    err = HM_ERR_NONE;
    ck_assert_int_eq(hm_store_open(&store, world_path(name), HM_STORE_SERVER, true,
                                   world_kinds, &world_env.env, NULL, &err),
                     HM_OK);
}

static inline void world_start(void)
{
    const char *above = getenv("TMPDIR");
    (void)snprintf(world_folder, sizeof(world_folder), "%s/hamlet-XXXXXX",
                   above == NULL ? "/tmp" : above);
    ck_assert_ptr_nonnull(mkdtemp(world_folder));
    hm_testenv_init(&world_env, 1);
    err = HM_ERR_NONE;
    world_count = 0;
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    ck_assert_int_eq(hm_kinds_open(&world_kinds, hm_embedded_kinds, &err), HM_OK);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    world_open("store.db");
}

static inline void world_finish(void)
{
    static const char *const names[] = {"store.db", "store.db-wal", "store.db-shm",
                                        "copy.db",  "copy.db-wal",  "copy.db-shm"};
    hm_store_close(store);
    store = NULL;
    hm_arena_fini(&arena);
    hm_kinds_close(world_kinds);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)unlink(world_path(names[i]));
    }
    ck_assert_int_eq(rmdir(world_folder), 0);
}

static inline void begin(void)
{
    ck_assert_int_eq(hm_store_begin(store, &err), HM_OK);
}

static inline void commit(void)
{
    ck_assert_int_eq(hm_store_commit(store, &err), HM_OK);
}

/* An id, a key or a secret that is `byte` throughout. */
static inline struct hm_id id_of(uint8_t byte)
{
    struct hm_id id;
    memset(id.at, byte, sizeof(id.at));
    return id;
}

static inline const char *hex_of(const struct hm_id *id)
{
    static char texts[4][HM_HEX16_SIZE];
    static size_t next;
    char *text = texts[next++ % 4];
    hm_hex_put(text, hm_id_bytes(id));
    return text;
}

/* Name and text of a register; the last has a null name. */
struct world_register {
    const char *name;
    const char *text;
};

static int by_name(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct hm_write *)a)->reg,
                            ((const struct hm_write *)b)->reg);
}

/*
 * Put a record of the registry with these registers; `key` names its key field, or is
 * null. Inside a transaction.
 */
static inline struct hm_id world_record(const char *kind,
                                        const struct world_register *key,
                                        const struct world_register *registers)
{
    struct hm_buf text;
    struct hm_buf scratch;
    struct hm_key_field field;
    struct hm_write writes[WORLD_REGISTERS_MAX];
    struct hm_change change = {.district = id_of(0xDD),
                               .device = id_of(0xDD),
                               .user = id_of(0xDD),
                               .role = hm_text("server"),
                               .home = hm_text(HM_HOME_REGISTRY),
                               .kind = hm_text(kind),
                               .kind_version = 1,
                               .act = HM_ACT_CREATE,
                               .has_key = true,
                               .key = {++world_count},
                               .writes = writes,
                               .record_is_own = key == NULL};
    struct hm_put put = {.change = &change, .verdict = HM_VERDICT_ACCEPTED};
    uint8_t memory[WORLD_VALUE_SIZE];
    hm_buf_init_fixed(&text, memory, sizeof(memory));
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    for (; registers->name != NULL; registers++) {
        hm_buf_clear(&text);
        hm_value_put_text(&text, hm_text(registers->text));
        writes[change.write_count++] =
            (struct hm_write){.reg = hm_text(registers->name),
                              .value = hm_arena_copy(&arena, hm_buf_bytes(&text)),
                              .depth = 1};
    }
    writes[change.write_count++] = (struct hm_write){
        .reg = hm_text(HM_REGISTER_LIVE), .value = hm_text("t"), .depth = 1};
    qsort(writes, change.write_count, sizeof(writes[0]), by_name);
    if (key != NULL) {
        hm_buf_clear(&text);
        hm_value_put_text(&text, hm_text(key->text));
        field = (struct hm_key_field){hm_text(key->name),
                                      hm_arena_copy(&arena, hm_buf_bytes(&text))};
        change.key_fields = &field;
        change.key_field_count = 1;
        hm_record_id(&change.record, change.home, change.kind, &field, 1);
    }
    ck_assert_int_eq(hm_change_seal(&change, &scratch, &err), HM_OK);
    ck_assert_int_eq(
        hm_store_changes_put(store, &put, 1, (struct hm_wall){0}, &arena, &err), HM_OK);
    hm_buf_fini(&scratch);
    return change.record;
}

/* A device with a key, its name and unit. `revoked` may be null. */
static inline void world_device(const struct hm_id *device,
                                const char *name,
                                const char *home,
                                const char *revoked)
{
    const struct world_register key = {HM_REGISTRY_DEVICE, hex_of(device)};
    const struct world_register registers[] = {
        {HM_REGISTRY_HOME, home},
        {HM_REGISTRY_KEY, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {HM_REGISTRY_NAME, name},
        {revoked == NULL ? NULL : HM_REGISTRY_REVOKED, revoked},
        {NULL, NULL}};
    (void)world_record(HM_KIND_DEVICE, &key, registers);
}

/* `ended` may be null. Gives the permit's record. */
static inline struct hm_id world_permit(const struct hm_id *device,
                                        const struct hm_id *user,
                                        const char *role,
                                        const char *home,
                                        const char *ended)
{
    const struct world_register registers[] = {
        {HM_REGISTRY_DEVICE, hex_of(device)},
        {HM_REGISTRY_HOME, home},
        {HM_REGISTRY_ROLE, role},
        {HM_REGISTRY_USER, hex_of(user)},
        {ended == NULL ? NULL : HM_REGISTRY_ENDED, ended},
        {NULL, NULL}};
    return world_record(HM_KIND_PERMIT, NULL, registers);
}

static inline int world_run(Suite *suite, TCase *const groups[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tcase_add_checked_fixture(groups[i], world_start, world_finish);
        tcase_set_timeout(groups[i], 60);
        suite_add_tcase(suite, groups[i]);
    }
    return hm_run(suite);
}

#endif
