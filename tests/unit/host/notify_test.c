/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "hamlet/base/json_scan.h"
#include "world.h"

static int manager = -1;
static char said[4096];

static void manager_start(struct sockaddr_un address, socklen_t size)
{
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(manager, (struct sockaddr *)&address, size), 0);
}

/* Listen at a name in the folder and say so in the environment. */
static void start(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    world_start();
    ck_assert_int_lt(strlen(in("n")), sizeof(address.sun_path));
    strncpy(address.sun_path, in("n"), sizeof(address.sun_path) - 1);
    manager_start(address, sizeof(address));
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", in("n"), 1), 0);
}

static void finish(void)
{
    close(manager);
    ck_assert_int_eq(unsetenv("NOTIFY_SOCKET"), 0);
    world_finish();
}

/* The next datagram, or null. */
static const char *next_said(void)
{
    ssize_t size = recv(manager, said, sizeof(said) - 1, 0);
    said[size < 0 ? 0 : size] = '\0';
    return size < 0 ? NULL : said;
}

START_TEST(the_manager_is_told_in_its_own_words)
{
    hm_notify_ready();
    ck_assert_str_eq(next_said(), "READY=1");
    hm_notify_status("Đã gửi 12, chờ 3");
    ck_assert_str_eq(next_said(), "STATUS=Đã gửi 12, chờ 3");
    hm_notify_stopping();
    ck_assert_str_eq(next_said(), "STOPPING=1");

    ck_assert_ptr_null(next_said());
}
END_TEST

START_TEST(a_status_cannot_say_a_second_thing)
{
    hm_notify_status("a\nREADY=1\r\tb\x7F\x80"
                     "c");

    ck_assert_str_eq(next_said(), "STATUS=a READY=1  b  c");
}
END_TEST

START_TEST(a_long_status_is_cut_between_characters)
{
    char text[2002] = "x";
    for (size_t i = 0; i < 1000; i++) { /* the cut falls into a letter, or beside one */
        (void)snprintf(text + (size_t)_i + 2 * i, 3, "đ");
    }

    hm_notify_status(text);

    ck_assert_ptr_nonnull(next_said());
    ck_assert(hm_utf8_valid(hm_text(said)));
    ck_assert_uint_le(strlen(said), 511);
    ck_assert_uint_ge(strlen(said), 508);
}
END_TEST

START_TEST(an_abstract_name_is_reached)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[64];
    int length = snprintf(name, sizeof(name), "@hamlet-test-%ld", (long)getpid());
    memcpy(address.sun_path + 1, name + 1, (size_t)length - 1);
    close(manager);
    manager_start(address,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length));
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);

    hm_notify_ready();

    ck_assert_str_eq(next_said(), "READY=1");
}
END_TEST

START_TEST(where_nobody_listens_nothing_happens)
{
    char long_name[300];
    memset(long_name, '/', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    const char *const names[] = {in("nobody"), "", "@", "/", "relative", long_name};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_int_eq(setenv("NOTIFY_SOCKET", names[i], 1), 0);
        hm_notify_ready();
    }
    ck_assert_int_eq(unsetenv("NOTIFY_SOCKET"), 0);
    hm_notify_status("unseen");

    ck_assert_ptr_null(next_said());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.notify");
    TCase *all = tcase_create("notify");
    tcase_add_checked_fixture(all, start, finish);
    suite_add_tcase(suite, all);
    tcase_add_test(all, the_manager_is_told_in_its_own_words);
    tcase_add_test(all, a_status_cannot_say_a_second_thing);
    tcase_add_loop_test(all, a_long_status_is_cut_between_characters, 0, 2);
    tcase_add_test(all, an_abstract_name_is_reached);
    tcase_add_test(all, where_nobody_listens_nothing_happens);
    return world_run(suite);
}
