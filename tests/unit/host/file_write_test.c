/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "hamlet/host/file.h"
#include "world.h"

enum { STOPPED = 77, STEPS_LEAST = 5, WRITERS = 8, SMALL_DISK = 64 * 1024 };

static enum hm_status put(const char *name, const char *text, mode_t mode)
{
    return hm_file_write(&world_env, in(name), hm_text(text), mode, &err);
}

START_TEST(what_was_written_has_its_mode_whatever_the_umask)
{
    umask(077);

    enum hm_status narrow = put("narrow", "one", 0600);
    enum hm_status wide = put("wide", "two", 0644);

    ck_assert_int_eq(narrow, HM_OK);
    ck_assert_int_eq(wide, HM_OK);
    ck_assert_int_eq(world_mode("narrow"), 0600);
    ck_assert_int_eq(world_mode("wide"), 0644);
    ck_assert(world_has("narrow", "one"));
    ck_assert(world_has("wide", "two"));
}
END_TEST

START_TEST(a_write_replaces_what_stood_there_and_leaves_nothing_beside_it)
{
    world_put("file", "a longer text than the new one", 0640);

    enum hm_status status = put("file", "new", 0600);

    ck_assert_int_eq(status, HM_OK);
    ck_assert(world_has("file", "new"));
    ck_assert_int_eq(world_mode("file"), 0600);
    ck_assert_int_eq(world_count(""), 1);
}
END_TEST

START_TEST(a_write_replaces_a_link_and_not_what_it_leads_to)
{
    world_put("target", "old", 0600);
    ck_assert_int_eq(symlink(in("target"), in("link")), 0);

    enum hm_status status = put("link", "new", 0600);

    ck_assert_int_eq(status, HM_OK);
    ck_assert(world_has("target", "old"));
    ck_assert(world_has("link", "new"));
}
END_TEST

START_TEST(a_relative_name_is_written_where_we_are)
{
    ck_assert_int_eq(chdir(world_folder), 0);

    enum hm_status status =
        hm_file_write(&world_env, "here", hm_text("text"), 0600, &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert(world_has("here", "text"));
}
END_TEST

START_TEST(create_leaves_whatever_has_the_name_already)
{
    world_put("file", "old", 0600);
    ck_assert_int_eq(mkdir(in("folder"), 0700), 0);
    ck_assert_int_eq(symlink(in("nothing"), in("link")), 0);
    ck_assert_int_eq(mkfifo(in("pipe"), 0600), 0);
    static const char *const names[] = {"file", "folder", "link", "pipe"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        hm_err_clear(&err);
        enum hm_status status =
            hm_file_create(&world_env, in(names[i]), hm_text("new"), 0600, &err);

        ck_assert_int_eq(status, HM_EXISTS);
        ck_assert_str_eq(err.key, "file-exists");
        ck_assert_str_eq(err.arg[0], in(names[i]));
    }
    ck_assert(world_has("file", "old"));
    ck_assert_int_eq(world_count(""), 4);
}
END_TEST

START_TEST(create_makes_what_was_not_there)
{
    enum hm_status status =
        hm_file_create(&world_env, in("file"), hm_text("new"), 0600, &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert(world_has("file", "new"));
    ck_assert_int_eq(world_count(""), 1);
}
END_TEST

struct writer {
    int gate; /* closed at the other end: begin */
    int number;
};

static int create_numbered(void *ctx)
{
    const struct writer *writer = ctx;
    char text[] = {(char)('0' + writer->number), '\0'};
    char wait = 0;
    (void)!read(writer->gate, &wait, 1);
    return (int)hm_file_create(&world_env, in("file"), hm_text(text), 0600, NULL);
}

START_TEST(of_many_that_create_one_file_at_once_exactly_one_does)
{
    int gate[2];
    pid_t children[WRITERS];
    int winner = -1;
    int winners = 0;
    ck_assert_int_eq(pipe(gate), 0);
    for (int i = 0; i < WRITERS; i++) {
        struct writer writer = {gate[0], i};
        children[i] = world_fork(create_numbered, &writer);
    }

    ck_assert_int_eq(write(gate[1], "12345678", WRITERS), WRITERS);
    for (int i = 0; i < WRITERS; i++) {
        int status = world_wait(children[i]);
        ck_assert(status == HM_OK || status == HM_EXISTS);
        winners += status == HM_OK;
        winner = status == HM_OK ? i : winner;
    }

    char text[] = {(char)('0' + winner), '\0'};
    ck_assert_int_eq(winners, 1);
    ck_assert(world_has("file", text));
    ck_assert_int_eq(world_count(""), 1);
}
END_TEST

/* ---- faults ---- */

START_TEST(a_missing_folder_or_a_name_that_is_none_writes_nothing)
{
    enum hm_status missing = put("no/file", "new", 0600);
    hm_err_clear(&err);
    enum hm_status slash = put("file/", "new", 0600);

    ck_assert_int_eq(missing, HM_NOT_FOUND);
    ck_assert_int_eq(slash, HM_BAD_INPUT);
    ck_assert_int_eq(world_count(""), 0);
}
END_TEST

START_TEST(a_folder_is_not_replaced_by_a_file)
{
    ck_assert_int_eq(mkdir(in("folder"), 0700), 0);

    enum hm_status status = put("folder", "new", 0600);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_int_eq(world_count(""), 1);
}
END_TEST

static bool no_random(void *ctx, uint8_t *to, size_t size)
{
    (void)ctx;
    memset(to, 0, size);
    return false;
}

START_TEST(without_randomness_nothing_is_written)
{
    world_env.random = no_random;

    enum hm_status status = put("file", "new", 0600);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_str_eq(err.key, "no-randomness");
    ck_assert_int_eq(world_count(""), 0);
}
END_TEST

START_TEST(a_write_cut_by_a_limit_leaves_the_old_file)
{
    static const char longer[3 * 4096] = {1};
    struct rlimit limit = {4096, RLIM_INFINITY};
    world_put("file", "old", 0600);
    ck_assert_ptr_ne(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);

    enum hm_status status =
        hm_file_write(&world_env, in("file"), HM_BYTES(longer), 0600, &err);
    limit.rlim_cur = RLIM_INFINITY;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_int_eq(err.code, EFBIG);
    ck_assert(world_has("file", "old"));
    ck_assert_int_eq(world_count(""), 1);
}
END_TEST

/* A disk of SMALL_DISK bytes in this process's view alone; false where that is denied. */
static bool mount_small_disk(const char *path)
{
    char size[32];
    (void)snprintf(size, sizeof(size), "size=%d", SMALL_DISK);
    return syscall(SYS_unshare, CLONE_NEWNS) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", path, "tmpfs", 0, size) == 0;
}

START_TEST(a_full_disk_leaves_the_old_file_and_says_so)
{
    static const char longer[2 * SMALL_DISK] = {1};
    ck_assert_int_eq(mkdir(in("disk"), 0700), 0);
    if (!mount_small_disk(in("disk"))) {
        fprintf(stderr, "no disk of one's own without root: not tested here\n");
        return;
    }
    world_put("disk/file", "old", 0600);

    enum hm_status status =
        hm_file_write(&world_env, in("disk/file"), HM_BYTES(longer), 0600, &err);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_str_eq(err.key, "disk-full");
    ck_assert_str_eq(err.arg[0], in("disk/file"));
    ck_assert(world_has("disk/file", "old"));
    ck_assert_int_eq(world_count("disk"), 1);
    ck_assert_int_eq(umount(in("disk")), 0);
}
END_TEST

static int steps_left;

static void stop_at_step(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    if (steps_left-- == 0) {
        _exit(STOPPED);
    }
}

static int write_until_stopped(void *ctx)
{
    steps_left = *(int *)ctx;
    world_env.step = stop_at_step;
    return (int)put("file", "the new text", 0600);
}

START_TEST(a_stop_before_any_step_leaves_the_old_file_or_the_new_one)
{
    int stops = 0;
    int ended = STOPPED;
    while (ended == STOPPED) {
        world_put("file", "old", 0600);

        ended = world_wait(world_fork(write_until_stopped, &stops));

        bool old = world_has("file", "old");
        bool new = world_has("file", "the new text");
        ck_assert(old || new);
        ck_assert(new || ended == STOPPED);
        stops += ended == STOPPED;
    }
    ck_assert_int_eq(ended, HM_OK);
    ck_assert_int_ge(stops, STEPS_LEAST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.file_write");
    TCase *writing = world_group(suite, "writing");
    TCase *faults = world_group(suite, "faults");
    tcase_add_test(writing, what_was_written_has_its_mode_whatever_the_umask);
    tcase_add_test(writing,
                   a_write_replaces_what_stood_there_and_leaves_nothing_beside_it);
    tcase_add_test(writing, a_write_replaces_a_link_and_not_what_it_leads_to);
    tcase_add_test(writing, a_relative_name_is_written_where_we_are);
    tcase_add_test(writing, create_leaves_whatever_has_the_name_already);
    tcase_add_test(writing, create_makes_what_was_not_there);
    tcase_add_test(writing, of_many_that_create_one_file_at_once_exactly_one_does);
    tcase_add_test(faults, a_missing_folder_or_a_name_that_is_none_writes_nothing);
    tcase_add_test(faults, a_folder_is_not_replaced_by_a_file);
    tcase_add_test(faults, without_randomness_nothing_is_written);
    tcase_add_test(faults, a_write_cut_by_a_limit_leaves_the_old_file);
    tcase_add_test(faults, a_full_disk_leaves_the_old_file_and_says_so);
    tcase_add_test(faults, a_stop_before_any_step_leaves_the_old_file_or_the_new_one);
    return world_run(suite);
}
