/* SPDX-License-Identifier: Apache-2.0 */
/* store_world.h - a server's store in a folder of its own, and what a test holds. */
#ifndef TESTS_UNIT_STORE_STORE_WORLD_H
#define TESTS_UNIT_STORE_STORE_WORLD_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/base/limits.h"
#include "hamlet/base/sign.h"
#include "hamlet/store/store.h"
#include "testenv.h"

enum { WORLD_PATH_SIZE = 256 };

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

#endif
