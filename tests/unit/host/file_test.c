/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/file.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "world.h"

enum { LONG_FILE = 100 * 1000, LONG_CAP = 1 << 20 };

static struct hm_buf got;

static enum hm_status read_capped(const char *path, size_t max)
{
    hm_buf_fini(&got);
    hm_buf_init(&got, max);
    hm_err_clear(&err);
    return hm_file_read(&got, path, &err);
}

/* ---- reading ---- */

START_TEST(a_file_is_read_whole)
{
    char *long_text = malloc(LONG_FILE + 1);
    for (size_t i = 0; i < LONG_FILE; i++) {
        long_text[i] = (char)('a' + i % 23);
    }
    long_text[LONG_FILE] = '\0';
    world_put("long", long_text, 0600);

    enum hm_status status = read_capped(in("long"), LONG_CAP);

    ck_assert_int_eq(status, HM_OK);
    ck_assert(hm_bytes_are(hm_buf_bytes(&got), long_text));
    free(long_text);
}
END_TEST

START_TEST(an_empty_file_is_read_as_nothing)
{
    world_put("empty", "", 0600);

    enum hm_status status = read_capped(in("empty"), LONG_CAP);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_uint_eq(got.size, 0);
    ck_assert_str_eq((const char *)got.data, "");
}
END_TEST

START_TEST(a_file_of_exactly_the_cap_is_read_and_one_byte_more_is_not)
{
    world_put("ten", "0123456789", 0600);

    enum hm_status fits = read_capped(in("ten"), 10);
    size_t size = got.size;
    enum hm_status over = read_capped(in("ten"), 9);

    ck_assert_int_eq(fits, HM_OK);
    ck_assert_uint_eq(size, 10);
    ck_assert_int_eq(over, HM_TOO_BIG);
    ck_assert_str_eq(err.key, "file-too-big");
    ck_assert_str_eq(err.arg[0], in("ten"));
    ck_assert_str_eq(err.arg[1], "9");
    ck_assert_uint_eq(got.size, 0);
    ck_assert_uint_eq(got.capacity, 0); /* judged before it was allocated for */
}
END_TEST

START_TEST(a_file_that_does_not_say_its_size_is_held_to_the_cap_too)
{
    enum hm_status over = read_capped("/proc/self/status", 16);
    enum hm_status fits = read_capped("/proc/self/status", LONG_CAP);

    ck_assert_int_eq(over, HM_TOO_BIG);
    ck_assert_int_eq(fits, HM_OK);
    ck_assert_uint_gt(got.size, 16);
}
END_TEST

START_TEST(a_pipe_is_refused_without_waiting_for_its_writer)
{
    ck_assert_int_eq(mkfifo(in("pipe"), 0600), 0);

    enum hm_status status = read_capped(in("pipe"), LONG_CAP);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "file-kind");
}
END_TEST

START_TEST(a_link_is_refused_wherever_it_leads)
{
    world_put("file", "text", 0600);
    ck_assert_int_eq(symlink(in("file"), in("link")), 0);
    ck_assert_int_eq(symlink(in("nothing"), in("astray")), 0);

    enum hm_status status = read_capped(in("link"), LONG_CAP);
    enum hm_status astray = read_capped(in("astray"), LONG_CAP);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_int_eq(astray, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "file-link");
}
END_TEST

START_TEST(devices_folders_and_sockets_are_refused)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "s"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(chdir(world_folder), 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);

    enum hm_status device = read_capped("/dev/zero", LONG_CAP);
    enum hm_status folder = read_capped(world_folder, LONG_CAP);
    enum hm_status local = read_capped(in("s"), LONG_CAP);

    ck_assert_int_eq(device, HM_BAD_INPUT);
    ck_assert_int_eq(folder, HM_BAD_INPUT);
    ck_assert_int_eq(local, HM_BAD_INPUT);
    close(fd);
}
END_TEST

START_TEST(what_is_missing_is_not_found_and_named)
{
    enum hm_status file = read_capped(in("nothing"), LONG_CAP);
    ck_assert_str_eq(err.arg[0], in("nothing"));
    enum hm_status folder = read_capped(in("no/thing"), LONG_CAP);

    ck_assert_int_eq(file, HM_NOT_FOUND);
    ck_assert_int_eq(folder, HM_NOT_FOUND);
    ck_assert_str_eq(err.key, "file-missing");
    ck_assert_int_eq(err.code, ENOENT);
}
END_TEST

START_TEST(what_is_removed_is_gone_and_nothing_beside_it)
{
    world_put("old", "x", 0600);
    world_put("other", "y", 0600);

    ck_assert_int_eq(hm_file_remove(&world_env, in("old"), &err), HM_OK);
    ck_assert_int_eq(hm_file_remove(&world_env, in("old"), &err), HM_NOT_FOUND);

    ck_assert_int_eq(access(in("old"), F_OK), -1);
    ck_assert_int_eq(read_capped(in("other"), LONG_CAP), HM_OK);
}
END_TEST

static int read_as_nobody(void *ctx)
{
    (void)ctx;
    return world_become(NOBODY, NOBODY, NULL, 0) ? (int)read_capped(in("mine"), LONG_CAP)
                                                 : 99;
}

START_TEST(a_file_of_another_user_is_denied)
{
    world_put("mine", "text", geteuid() == 0 ? 0600 : 0);

    int status = world_wait(world_fork(read_as_nobody, NULL));

    ck_assert_int_eq(status, HM_DENIED);
}
END_TEST

static const mode_t narrow[] = {0600, 0400, 0700};
static const mode_t wide[] = {0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666, 0777};

START_TEST(a_secret_that_only_its_owner_can_use_is_opened)
{
    int fd = -1;
    world_put("key", "secret", narrow[_i]);

    enum hm_status status = hm_file_open_private(&fd, in("key"), &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    close(fd);
}
END_TEST

START_TEST(a_secret_that_others_have_any_right_on_is_refused)
{
    int fd = -1;
    world_put("key", "secret", wide[_i]);

    enum hm_status status = hm_file_open_private(&fd, in("key"), &err);

    ck_assert_int_eq(status, HM_UNCONFIGURED);
    ck_assert_str_eq(err.key, "file-wide");
    ck_assert_int_eq(fd, -1);
}
END_TEST

/* ---- folders ---- */

START_TEST(folders_are_made_with_those_above_for_their_owner_alone)
{
    umask(0);

    enum hm_status status = hm_file_make_folders(in("a/b//c/"), &err);
    enum hm_status again = hm_file_make_folders(in("a/b/c"), &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(again, HM_OK);
    ck_assert_int_eq(world_mode("a"), 0700);
    ck_assert_int_eq(world_mode("a/b"), 0700);
    ck_assert_int_eq(world_mode("a/b/c"), 0700);
}
END_TEST

START_TEST(a_folder_that_is_there_keeps_its_mode)
{
    ck_assert_int_eq(mkdir(in("shared"), 0700), 0);
    ck_assert_int_eq(chmod(in("shared"), 02770), 0);

    enum hm_status status = hm_file_make_folders(in("shared/own"), &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(world_mode("shared"), 02770);
}
END_TEST

START_TEST(a_file_in_the_way_of_a_folder_is_refused_and_left)
{
    world_put("file", "text", 0600);

    enum hm_status last = hm_file_make_folders(in("file"), &err);
    enum hm_status between = hm_file_make_folders(in("file/below"), &err);

    ck_assert_int_eq(last, HM_BAD_INPUT);
    ck_assert_int_eq(between, HM_BAD_INPUT);
    ck_assert(world_has("file", "text"));
}
END_TEST

START_TEST(a_relative_folder_is_made_where_we_are)
{
    ck_assert_int_eq(chdir(world_folder), 0);

    enum hm_status status = hm_file_make_folders("x/y", &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(world_mode("x/y"), 0700);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.file");
    TCase *reading = world_group(suite, "reading");
    TCase *secrets = world_group(suite, "secrets");
    TCase *folders = world_group(suite, "folders");
    tcase_add_test(reading, a_file_is_read_whole);
    tcase_add_test(reading, an_empty_file_is_read_as_nothing);
    tcase_add_test(reading, a_file_of_exactly_the_cap_is_read_and_one_byte_more_is_not);
    tcase_add_test(reading, a_file_that_does_not_say_its_size_is_held_to_the_cap_too);
    tcase_add_test(reading, a_pipe_is_refused_without_waiting_for_its_writer);
    tcase_add_test(reading, a_link_is_refused_wherever_it_leads);
    tcase_add_test(reading, devices_folders_and_sockets_are_refused);
    tcase_add_test(reading, what_is_missing_is_not_found_and_named);
    tcase_add_test(reading, what_is_removed_is_gone_and_nothing_beside_it);
    tcase_add_test(reading, a_file_of_another_user_is_denied);
    tcase_add_loop_test(secrets, a_secret_that_only_its_owner_can_use_is_opened, 0,
                        sizeof(narrow) / sizeof(narrow[0]));
    tcase_add_loop_test(secrets, a_secret_that_others_have_any_right_on_is_refused, 0,
                        sizeof(wide) / sizeof(wide[0]));
    tcase_add_test(folders, folders_are_made_with_those_above_for_their_owner_alone);
    tcase_add_test(folders, a_folder_that_is_there_keeps_its_mode);
    tcase_add_test(folders, a_file_in_the_way_of_a_folder_is_refused_and_left);
    tcase_add_test(folders, a_relative_folder_is_made_where_we_are);
    return world_run(suite);
}
