/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/replica/imports.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/host/env.h"
#include "run.h"
#include "tmpdir.h"

static struct hm_env env;
static struct hm_err err;
static struct hm_tmpdir tmpdir;
static const char *dir;

static void setup(void)
{
    err = HM_ERR_NONE;
    hm_host_env_init(&env);
    ck_assert(hm_tmpdir_init(&tmpdir));
    dir = tmpdir.path;
}

static void teardown(void)
{
    hm_tmpdir_fini(&tmpdir);
}

static struct hm_digest digest_of(const char *text)
{
    struct hm_digest digest;
    hm_hash_once(digest.at, sizeof(digest.at), hm_text(text));
    return digest;
}

static bool keep(const char *text)
{
    bool fresh = false;
    struct hm_digest digest = digest_of(text);
    ck_assert_int_eq(hm_imports_keep(dir, &env, &digest, hm_text(text), &fresh, &err),
                     HM_OK);
    return fresh;
}

static size_t kept(void)
{
    char path[HM_TMPDIR_PATH_SIZE + 16];
    size_t count = 0;
    (void)snprintf(path, sizeof(path), "%s/imports", dir);
    DIR *folder = opendir(path);
    for (struct dirent *at = folder == NULL ? NULL : readdir(folder); at != NULL;
         at = readdir(folder)) {
        count += at->d_name[0] != '.';
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return count;
}

static bool is_kept(const char *text, mode_t *mode)
{
    char path[HM_TMPDIR_PATH_SIZE + 128];
    char name[HM_HEX32_SIZE];
    struct stat seen;
    struct hm_digest digest = digest_of(text);
    hm_hex_put(name, hm_digest_bytes(&digest));
    (void)snprintf(path, sizeof(path), "%s/imports/%s", dir, name);
    bool there = stat(path, &seen) == 0;
    *mode = there ? seen.st_mode & 0777 : 0;
    return there;
}

START_TEST(a_file_is_kept_once_and_for_nobody_else)
{
    mode_t mode = 0;

    ck_assert(keep("one"));
    ck_assert(!keep("one"));
    ck_assert(keep("two"));

    ck_assert_uint_eq(kept(), 2);
    ck_assert(is_kept("one", &mode));
    ck_assert_int_eq(mode, 0600);
}
END_TEST

START_TEST(the_oldest_go_when_there_are_too_many)
{
    char text[32];
    mode_t mode = 0;
    for (int i = 0; i < HM_IMPORTS_MAX + 5; i++) {
        (void)snprintf(text, sizeof(text), "file %d", i);
        (void)keep(text);
    }

    ck_assert_uint_eq(kept(), HM_IMPORTS_MAX);
    ck_assert(is_kept(text, &mode));
}
END_TEST

START_TEST(one_or_all_can_be_let_go)
{
    mode_t mode = 0;
    struct hm_digest digest = digest_of("one");
    (void)keep("one");
    (void)keep("two");
    (void)keep("three");

    hm_imports_drop(dir, &digest);
    hm_imports_drop(dir, &digest);
    ck_assert(!is_kept("one", &mode));
    ck_assert_uint_eq(kept(), 2);

    ck_assert(hm_imports_clear(dir));
    ck_assert_uint_eq(kept(), 0);
    ck_assert(hm_imports_clear(dir));
}
END_TEST

START_TEST(with_the_last_the_folder_goes)
{
    char path[HM_TMPDIR_PATH_SIZE];
    struct hm_digest digest = digest_of("one");
    (void)keep("one");

    hm_imports_drop(dir, &digest);

    ck_assert_int_ne(access(hm_tmpdir_in(&tmpdir, "imports", path), F_OK), 0);
}
END_TEST

START_TEST(where_nothing_was_kept_all_is_clear)
{
    ck_assert(hm_imports_clear(dir));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replica.imports");
    TCase *kept_files = tcase_create("kept");
    tcase_add_checked_fixture(kept_files, setup, teardown);
    tcase_add_test(kept_files, a_file_is_kept_once_and_for_nobody_else);
    tcase_add_test(kept_files, the_oldest_go_when_there_are_too_many);
    tcase_add_test(kept_files, one_or_all_can_be_let_go);
    tcase_add_test(kept_files, with_the_last_the_folder_goes);
    tcase_add_test(kept_files, where_nothing_was_kept_all_is_clear);
    suite_add_tcase(suite, kept_files);
    return hm_run(suite);
}
