/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - a folder of the test's own, and files in it. */
#ifndef TESTS_UNIT_REPLICA_WORLD_H
#define TESTS_UNIT_REPLICA_WORLD_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/replica/replica.h"
#include "run.h"
#include "testenv.h"
#include "tmpdir.h"

static struct hm_tmpdir folder;
static struct hm_testenv world;
static struct hm_err err;

static inline void world_open(void)
{
    err = HM_ERR_NONE;
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    hm_testenv_init(&world, 1);
    ck_assert(hm_tmpdir_init(&folder));
}

static inline void world_close(void)
{
    hm_tmpdir_fini(&folder);
}

static inline const char *world_path(const char *name)
{
    static char path[HM_TMPDIR_PATH_SIZE];
    return hm_tmpdir_in(&folder, name, path);
}

static inline void world_folder(const char *name)
{
    ck_assert_int_eq(mkdir(world_path(name), 0700), 0);
}

static inline void world_file(const char *name, const void *content, size_t size)
{
    FILE *file = fopen(world_path(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(content, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static inline void world_text(const char *name, const char *text)
{
    world_file(name, text, strlen(text));
}

#endif
