/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - a folder of the test's own, the real environment, and other processes.
 */
#ifndef TESTS_UNIT_HOST_WORLD_H
#define TESTS_UNIT_HOST_WORLD_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hamlet/base/buf.h"
#include "hamlet/host/env.h"

enum { WORLD_PATH_SIZE = 1024, WORLD_PATHS = 8, NOBODY = 65534 };

static char world_folder[WORLD_PATH_SIZE / 2];
static struct hm_env world_env;
static struct hm_err err;

static inline void world_start(void)
{
    const char *above = getenv("TMPDIR");
    (void)snprintf(world_folder, sizeof(world_folder), "%s/hamlet-XXXXXX",
                   above == NULL ? "/tmp" : above);
    ck_assert_ptr_nonnull(mkdtemp(world_folder));
    ck_assert_int_eq(chmod(world_folder, 0711), 0); /* other users pass, see nothing */
    hm_host_env_init(&world_env);
    err = HM_ERR_NONE;
}

/* How many names there are below `path`; with `clear` they and it are removed. */
static inline int world_walk(char *path, bool clear)
{
    char *paths[] = {path, NULL};
    int count = 0;
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *at = fts_read(walk); at != NULL; at = fts_read(walk)) {
        bool second = at->fts_info == FTS_DP;
        count += !second && at->fts_level > 0 && at->fts_info != FTS_NS;
        if (clear && at->fts_info != FTS_D) {
            (void)remove(at->fts_accpath);
        }
    }
    (void)fts_close(walk);
    return count;
}

static inline void world_finish(void)
{
    (void)world_walk(world_folder, true);
}

/* The path of `name` in the folder; good for a few calls. */
static inline const char *in(const char *name)
{
    static char paths[WORLD_PATHS][WORLD_PATH_SIZE];
    static size_t next;
    char *path = paths[next++ % WORLD_PATHS];
    (void)snprintf(path, WORLD_PATH_SIZE, "%s/%s", world_folder, name);
    return path;
}

static inline void world_put(const char *name, const char *text, mode_t mode)
{
    int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

/* Whether the file holds exactly `text`. */
static inline bool world_has(const char *name, const char *text)
{
    char held[WORLD_PATH_SIZE] = "";
    int fd = open(in(name), O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, held, sizeof(held));
    if (fd >= 0) {
        close(fd);
    }
    return size == (ssize_t)strlen(text) && memcmp(held, text, (size_t)size) == 0;
}

static inline mode_t world_mode(const char *name)
{
    struct stat seen = {0};
    return lstat(in(name), &seen) == 0 ? seen.st_mode & 07777 : 0;
}

/* How many names there are below `name`, an empty one for the whole folder. */
static inline int world_count(const char *name)
{
    char path[WORLD_PATH_SIZE];
    (void)snprintf(path, sizeof(path), "%s/%s", world_folder, name);
    return world_walk(path, false);
}

/* Run `work` in another process; its result is that one's exit code. */
static inline pid_t world_fork(int (*work)(void *ctx), void *ctx)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        _exit(work(ctx));
    }
    return child;
}

static inline int world_wait(pid_t child)
{
    int ended = 0;
    ck_assert_int_eq(waitpid(child, &ended, 0), child);
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

/* In a child: become a user without rights. True for a user who has none anyway. */
static inline bool world_become(uid_t user, gid_t group, const gid_t *more, size_t count)
{
    if (geteuid() != 0) {
        return true;
    }
    return setgroups(count, more) == 0 && setgid(group) == 0 && setuid(user) == 0;
}

static inline TCase *world_group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, world_start, world_finish);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

static inline int world_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

#endif
