/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/local.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#include "hamlet/host/frame.h"
#include "world.h"

enum { WAIT_MS = 20000, SHORT_MS = 30, CAP = 1000, GROUP = 4242, OTHER_GROUP = 4343 };

/* What a peer that is another process says at the end. */
enum { WAS_ANSWERED = 0, WAS_CUT = 10, COULD_NOT_TRY = 20 };

static int listener = -1;
static struct hm_buf reply;

static void start(void)
{
    world_start();
    hm_buf_init(&reply, CAP);
    listener = -1;
}

static void finish(void)
{
    hm_buf_fini(&reply);
    if (listener >= 0) {
        close(listener);
    }
    world_finish();
}

static void wait_for_peer(int *fd, gid_t group, enum hm_status *status)
{
    *fd = -1;
    do {
        *status = hm_local_accept(fd, listener, group, &err);
    } while (*status == HM_OK && *fd < 0);
}

static struct hm_mono soon(void)
{
    return (struct hm_mono){hm_env_mono(&world_env).ms + WAIT_MS};
}

/* Accept one peer and send back what it sent. */
static enum hm_status serve_one(gid_t group)
{
    int fd = -1;
    enum hm_status status = HM_OK;
    struct hm_frame frame;
    wait_for_peer(&fd, group, &status);
    if (status != HM_OK) {
        return status;
    }
    hm_frame_init(&frame, CAP);
    status = hm_frame_receive_by(&frame, fd, &world_env, soon(), &err);
    frame.done = 0; /* what was received is what is sent */
    if (status == HM_OK) {
        status = hm_frame_send_by(&frame, fd, &world_env, soon(), &err);
    }
    hm_frame_fini(&frame);
    close(fd);
    return status;
}

struct peer {
    const char *path;
    uid_t user;
    gid_t group;
    gid_t more[2];
    size_t more_count;
};

static int ask(void *ctx)
{
    const struct peer *peer = ctx;
    if (peer->user != 0 &&
        !world_become(peer->user, peer->group, peer->more, peer->more_count)) {
        return COULD_NOT_TRY;
    }
    enum hm_status status = hm_local_exchange(&world_env, peer->path, hm_text("hello"),
                                              &reply, WAIT_MS, &err);
    if (status == HM_OK) {
        return hm_bytes_are(hm_buf_bytes(&reply), "hello") ? WAS_ANSWERED : 1;
    }
    return status == HM_NO_SERVER && strcmp(err.key, "local-cut") == 0 ? WAS_CUT
                                                                       : (int)status;
}

static bool listens(const char *name, gid_t group)
{
    return hm_local_listen(&listener, in(name), group, &err) == HM_OK;
}

START_TEST(a_message_and_its_reply_go_through)
{
    struct peer peer = {.path = in("s")};
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));
    pid_t child = world_fork(ask, &peer);

    enum hm_status status = serve_one(HM_LOCAL_NO_GROUP);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(world_wait(child), WAS_ANSWERED);
}
END_TEST

START_TEST(the_socket_is_its_owners_alone_and_its_name_goes_with_it)
{
    umask(0);
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));

    mode_t mode = world_mode("s");
    hm_local_close(listener, in("s"));
    listener = -1;

    ck_assert_int_eq(mode, 0600);
    ck_assert_int_eq(world_count(""), 0);
}
END_TEST

START_TEST(every_fd_is_closed_on_exec_and_does_not_block)
{
    int client = -1;
    int server = -1;
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));
    ck_assert_int_eq(hm_local_connect(&client, in("s"), WAIT_MS, &err), HM_OK);
    ck_assert_int_eq(hm_local_accept(&server, listener, HM_LOCAL_NO_GROUP, &err), HM_OK);
    int fds[] = {listener, client, server};

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
        ck_assert_int_ne(fcntl(fds[i], F_GETFL) & O_NONBLOCK, 0);
    }
    close(client);
    close(server);
}
END_TEST

START_TEST(where_nobody_waits_accept_gives_nobody)
{
    int fd = 5;
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));

    enum hm_status status = hm_local_accept(&fd, listener, HM_LOCAL_NO_GROUP, &err);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(fd, -1);
}
END_TEST

/* ---- names ---- */

START_TEST(a_socket_left_from_a_crash_is_replaced)
{
    struct peer peer = {.path = in("s")};
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));
    close(listener); /* the name stays, as after kill -9 */

    ck_assert(listens("s", HM_LOCAL_NO_GROUP));
    pid_t child = world_fork(ask, &peer);

    ck_assert_int_eq(serve_one(HM_LOCAL_NO_GROUP), HM_OK);
    ck_assert_int_eq(world_wait(child), WAS_ANSWERED);
}
END_TEST

START_TEST(a_socket_that_somebody_listens_at_is_left_to_them)
{
    struct peer peer = {.path = in("s")};
    int second = -1;
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));

    enum hm_status status = hm_local_listen(&second, in("s"), HM_LOCAL_NO_GROUP, &err);

    ck_assert_int_eq(status, HM_LOCKED);
    ck_assert_str_eq(err.arg[0], in("s"));
    ck_assert_int_eq(second, -1);
    pid_t child = world_fork(ask, &peer);
    close(accept(listener, NULL, NULL)); /* the look itself */
    ck_assert_int_eq(serve_one(HM_LOCAL_NO_GROUP), HM_OK);
    ck_assert_int_eq(world_wait(child), WAS_ANSWERED);
}
END_TEST

START_TEST(what_is_no_socket_is_left_as_it_is)
{
    world_put("file", "text", 0600);
    ck_assert_int_eq(symlink(in("nothing"), in("link")), 0);

    enum hm_status file = hm_local_listen(&listener, in("file"), HM_LOCAL_NO_GROUP, &err);
    enum hm_status link = hm_local_listen(&listener, in("link"), HM_LOCAL_NO_GROUP, &err);

    ck_assert_int_eq(file, HM_BAD_INPUT);
    ck_assert_int_eq(link, HM_BAD_INPUT);
    ck_assert(world_has("file", "text"));
    ck_assert_int_eq(world_count(""), 2);
}
END_TEST

START_TEST(where_nobody_listens_there_is_no_server)
{
    int fd = -1;
    char deep[300];
    memset(deep, 'a', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = '\0';
    memcpy(deep + 200, "/", 1);
    ck_assert(listens("stale", HM_LOCAL_NO_GROUP));
    close(listener);
    listener = -1;
    const char *paths[] = {in("nothing"), in("no/thing"), in("stale"), in(deep)};

    for (int i = 0; i < 4; i++) {
        hm_err_clear(&err);
        enum hm_status status = hm_local_connect(&fd, paths[i], WAIT_MS, &err);

        ck_assert_int_eq(status, HM_NO_SERVER);
        ck_assert_str_eq(err.key, "local-none");
        ck_assert_int_eq(fd, -1);
    }
}
END_TEST

/* A folder whose path alone is longer than a socket address. */
static const char *long_folder(void)
{
    static char name[150];
    memset(name, 'f', sizeof(name) - 1);
    ck_assert_int_eq(mkdir(in(name), 0711), 0);
    return name;
}

START_TEST(a_path_longer_than_an_address_works_all_the_same)
{
    char name[200];
    (void)snprintf(name, sizeof(name), "%s/hamletd.sock", long_folder());
    struct peer peer = {.path = in(name)};
    ck_assert(listens(name, HM_LOCAL_NO_GROUP));
    ck_assert_int_eq(world_mode(name), 0600);
    close(listener);

    ck_assert(listens(name, HM_LOCAL_NO_GROUP)); /* once more, over the stale one */
    pid_t child = world_fork(ask, &peer);

    ck_assert_int_eq(serve_one(HM_LOCAL_NO_GROUP), HM_OK);
    ck_assert_int_eq(world_wait(child), WAS_ANSWERED);
    hm_local_close(listener, peer.path);
    listener = -1;
    ck_assert_int_eq(access(peer.path, F_OK), -1);
}
END_TEST

static int listen_undumpable(void *ctx)
{
    if (!world_become(NOBODY, NOBODY, NULL, 0) ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return COULD_NOT_TRY;
    }
    return (int)hm_local_listen(&listener, ctx, HM_LOCAL_NO_GROUP, &err);
}

START_TEST(a_long_path_works_for_a_hardened_process_without_rights)
{
    char name[200];
    const char *folder = long_folder();
    char path[WORLD_PATH_SIZE];
    (void)snprintf(name, sizeof(name), "%s/s", folder);
    (void)snprintf(path, sizeof(path), "%s", in(name));
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(in(folder), NOBODY, NOBODY), 0);
    }

    int status = world_wait(world_fork(listen_undumpable, path));

    ck_assert_int_eq(status, HM_OK);
}
END_TEST

START_TEST(a_name_that_no_address_holds_is_refused)
{
    char name[150];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';

    enum hm_status status = hm_local_listen(&listener, in(name), HM_LOCAL_NO_GROUP, &err);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "file-name-long");
    ck_assert_int_eq(listener, -1);
}
END_TEST

/* ---- peers ---- */

START_TEST(a_full_queue_is_waited_for_and_then_given_up)
{
    int fds[64];
    size_t count = 0;
    enum hm_status status = HM_OK;
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));

    while (status == HM_OK && count < 64) {
        status = hm_local_connect(&fds[count], in("s"), SHORT_MS, &err);
        count += status == HM_OK;
    }

    ck_assert_int_eq(status, HM_NO_SERVER);
    ck_assert_str_eq(err.key, "local-slow");
    ck_assert_uint_gt(count, 0);
    while (count > 0) {
        close(fds[--count]);
    }
}
END_TEST

START_TEST(a_listener_that_never_answers_is_given_up)
{
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));
    hm_buf_put_text(&reply, "old");

    enum hm_status status =
        hm_local_exchange(&world_env, in("s"), hm_text("hello"), &reply, SHORT_MS, &err);

    ck_assert_int_eq(status, HM_NO_SERVER);
    ck_assert_str_eq(err.key, "local-slow");
    ck_assert(hm_bytes_are(hm_buf_bytes(&reply), "old"));
}
END_TEST

static int answer_too_much(void *ctx)
{
    static uint8_t large[CAP + 1];
    int fd = -1;
    enum hm_status status = HM_OK;
    struct hm_frame frame;
    (void)ctx;
    wait_for_peer(&fd, HM_LOCAL_NO_GROUP, &status);
    hm_frame_init(&frame, sizeof(large));
    status = hm_frame_set(&frame, HM_BYTES(large), &err);
    if (status == HM_OK) {
        status = hm_frame_send_by(&frame, fd, &world_env, soon(), &err);
    }
    return (int)status;
}

START_TEST(a_reply_over_the_cap_is_refused)
{
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));
    pid_t child = world_fork(answer_too_much, NULL);

    enum hm_status status =
        hm_local_exchange(&world_env, in("s"), hm_text("hello"), &reply, WAIT_MS, &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_uint_eq(reply.size, 0);
    int sent = world_wait(child); /* all of it, or we were gone before */
    ck_assert(sent == HM_OK || sent == HM_NO_SERVER);
}
END_TEST

START_TEST(a_stranger_who_got_as_far_as_the_socket_is_refused)
{
    struct peer peer = {.path = in("s"), .user = NOBODY, .group = NOBODY};
    if (geteuid() != 0) {
        return; /* only root can be somebody else */
    }
    ck_assert(listens("s", HM_LOCAL_NO_GROUP));
    ck_assert_int_eq(chmod(in("s"), 0666), 0);
    pid_t child = world_fork(ask, &peer);

    enum hm_status status = serve_one(HM_LOCAL_NO_GROUP);

    ck_assert_int_eq(status, HM_DENIED);
    ck_assert_str_eq(err.key, "local-foreign");
    ck_assert_str_eq(err.arg[0], "65534");
    ck_assert_int_eq(world_wait(child), WAS_CUT);
}
END_TEST

START_TEST(a_stranger_is_stopped_by_the_mode_of_the_socket_already)
{
    struct peer peer = {.path = in("s"), .user = NOBODY, .group = NOBODY};
    if (geteuid() != 0) {
        return;
    }
    ck_assert(listens("s", GROUP));

    int status = world_wait(world_fork(ask, &peer));

    ck_assert_int_eq(status, HM_DENIED);
}
END_TEST

static const struct peer members[] = {
    {.user = NOBODY, .group = GROUP},
    {.user = NOBODY, .group = NOBODY, .more = {OTHER_GROUP, GROUP}, .more_count = 2},
};

START_TEST(a_member_of_the_group_is_served)
{
    struct peer peer = members[_i];
    if (geteuid() != 0) {
        return;
    }
    ck_assert(listens("s", GROUP));
    ck_assert_int_eq(world_mode("s"), 0660);
    peer.path = in("s");
    pid_t child = world_fork(ask, &peer);

    enum hm_status status = serve_one(GROUP);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(world_wait(child), WAS_ANSWERED);
}
END_TEST

START_TEST(a_member_of_another_group_only_is_refused)
{
    struct peer peer = {.path = in("s"), .user = NOBODY, .group = OTHER_GROUP};
    if (geteuid() != 0) {
        return;
    }
    ck_assert(listens("s", GROUP));
    ck_assert_int_eq(chmod(in("s"), 0666), 0);
    pid_t child = world_fork(ask, &peer);

    enum hm_status status = serve_one(GROUP);

    ck_assert_int_eq(status, HM_DENIED);
    ck_assert_int_eq(world_wait(child), WAS_CUT);
}
END_TEST

static TCase *group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, start, finish);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("host.local");
    TCase *sockets = group(suite, "sockets");
    TCase *names = group(suite, "names");
    TCase *peers = group(suite, "peers");
    tcase_add_test(sockets, a_message_and_its_reply_go_through);
    tcase_add_test(sockets, the_socket_is_its_owners_alone_and_its_name_goes_with_it);
    tcase_add_test(sockets, every_fd_is_closed_on_exec_and_does_not_block);
    tcase_add_test(sockets, where_nobody_waits_accept_gives_nobody);
    tcase_add_test(names, a_socket_left_from_a_crash_is_replaced);
    tcase_add_test(names, a_socket_that_somebody_listens_at_is_left_to_them);
    tcase_add_test(names, what_is_no_socket_is_left_as_it_is);
    tcase_add_test(names, where_nobody_listens_there_is_no_server);
    tcase_add_test(names, a_path_longer_than_an_address_works_all_the_same);
    tcase_add_test(names, a_long_path_works_for_a_hardened_process_without_rights);
    tcase_add_test(names, a_name_that_no_address_holds_is_refused);
    tcase_add_test(peers, a_full_queue_is_waited_for_and_then_given_up);
    tcase_add_test(peers, a_listener_that_never_answers_is_given_up);
    tcase_add_test(peers, a_reply_over_the_cap_is_refused);
    tcase_add_test(peers, a_stranger_who_got_as_far_as_the_socket_is_refused);
    tcase_add_test(peers, a_stranger_is_stopped_by_the_mode_of_the_socket_already);
    tcase_add_loop_test(peers, a_member_of_the_group_is_served, 0, 2);
    tcase_add_test(peers, a_member_of_another_group_only_is_refused);
    return world_run(suite);
}
