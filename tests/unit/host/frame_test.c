/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/frame.h"

#include <sys/socket.h>

#include "world.h"

enum {
    CAP = 256 * 1024,
    CAPACITY_MOST = 64 * 1024,
    ANSWER_MS = 20000,
    DRIP_MS = 10,
    DRIP_DEADLINE_MS = 200
};

static int ends[2]; /* we send at 0 and receive at 1 */
static struct hm_frame out;
static struct hm_frame into;
static uint8_t message[CAP + 1];

static void start(void)
{
    world_start();
    ck_assert_int_eq(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    hm_frame_init(&out, sizeof(message));
    hm_frame_init(&into, CAP);
    for (size_t i = 0; i < sizeof(message); i++) {
        message[i] = (uint8_t)(i * 7 + i / 251);
    }
}

static void finish(void)
{
    hm_frame_fini(&into);
    hm_frame_fini(&out);
    close(ends[0]);
    close(ends[1]);
    world_finish();
}

static struct hm_bytes first(size_t size)
{
    return (struct hm_bytes){message, size};
}

/* Send and receive by turns until both are done or one fails. */
static enum hm_status pass(void)
{
    bool sent = false;
    bool received = false;
    enum hm_status status = HM_OK;
    while (status == HM_OK && !(sent && received)) {
        status = hm_frame_send(&out, ends[0], &sent, &err);
        if (status == HM_OK) {
            status = hm_frame_receive(&into, ends[1], &received, &err);
        }
    }
    return status;
}

static const size_t sizes[] = {0, 1, 3, 4, 5, 16383, 16384, 16385, 100000, CAP};

START_TEST(a_message_arrives_as_it_was_sent)
{
    struct hm_bytes sent = first(sizes[_i]);
    ck_assert_int_eq(hm_frame_set(&out, sent, &err), HM_OK);

    enum hm_status status = pass();

    ck_assert_int_eq(status, HM_OK);
    ck_assert(hm_bytes_equal(hm_buf_bytes(&into.body), sent));
}
END_TEST

START_TEST(messages_behind_one_another_are_kept_apart)
{
    bool whole = false;
    ck_assert_int_eq(hm_frame_set(&out, hm_text("one"), &err), HM_OK);
    ck_assert_int_eq(hm_frame_send(&out, ends[0], &whole, &err), HM_OK);
    ck_assert_int_eq(hm_frame_set(&out, hm_text("three"), &err), HM_OK);
    ck_assert_int_eq(hm_frame_send(&out, ends[0], &whole, &err), HM_OK);

    ck_assert_int_eq(hm_frame_receive(&into, ends[1], &whole, &err), HM_OK);
    ck_assert(whole && hm_bytes_are(hm_buf_bytes(&into.body), "one"));
    hm_frame_clear(&into);
    ck_assert_int_eq(hm_frame_receive(&into, ends[1], &whole, &err), HM_OK);
    ck_assert(whole && hm_bytes_are(hm_buf_bytes(&into.body), "three"));
}
END_TEST

START_TEST(a_message_that_comes_a_byte_at_a_time_is_whole_with_the_last)
{
    static const uint8_t raw[] = {0, 0, 0, 3, 'a', 'b', 'c'};
    for (size_t i = 0; i < sizeof(raw); i++) {
        bool whole = true;
        ck_assert_int_eq(write(ends[0], raw + i, 1), 1);

        enum hm_status status = hm_frame_receive(&into, ends[1], &whole, &err);

        ck_assert_int_eq(status, HM_OK);
        ck_assert_int_eq(whole, i + 1 == sizeof(raw));
    }
    ck_assert(hm_bytes_are(hm_buf_bytes(&into.body), "abc"));
}
END_TEST

START_TEST(a_message_over_the_cap_is_refused_before_any_of_it_is_read)
{
    ck_assert_int_eq(hm_frame_set(&out, first(CAP + 1), &err), HM_OK);

    enum hm_status status = pass();

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_uint_eq(into.body.capacity, 0);
}
END_TEST

START_TEST(the_largest_length_there_is_is_refused_too)
{
    static const uint8_t raw[] = {0xFF, 0xFF, 0xFF, 0xFF};
    bool whole = false;
    ck_assert_int_eq(write(ends[0], raw, sizeof(raw)), sizeof(raw));

    enum hm_status status = hm_frame_receive(&into, ends[1], &whole, &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert(!whole);
}
END_TEST

START_TEST(memory_grows_with_what_came_and_not_with_what_was_announced)
{
    static const uint8_t raw[] = {0, 3, 0, 0, 'x'}; /* 196608 bytes, it says */
    bool whole = false;
    ck_assert_int_eq(write(ends[0], raw, sizeof(raw)), sizeof(raw));

    ck_assert_int_eq(hm_frame_receive(&into, ends[1], &whole, &err), HM_OK);

    ck_assert(!whole);
    ck_assert_uint_eq(into.body.size, 1);
    ck_assert_uint_le(into.body.capacity, CAPACITY_MOST);
}
END_TEST

START_TEST(what_is_longer_than_our_own_cap_is_not_sent)
{
    struct hm_frame small;
    hm_frame_init(&small, 3);

    enum hm_status status = hm_frame_set(&small, hm_text("four"), &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    hm_frame_fini(&small);
}
END_TEST

START_TEST(a_connection_broken_at_any_byte_is_cut)
{
    static const uint8_t raw[] = {0, 0, 0, 3, 'a', 'b', 'c'};
    bool whole = true;
    ck_assert_int_eq(write(ends[0], raw, _i), _i);
    ck_assert_int_eq(shutdown(ends[0], SHUT_WR), 0);

    enum hm_status status = hm_frame_receive(&into, ends[1], &whole, &err);

    ck_assert_int_eq(status, HM_NO_SERVER);
    ck_assert_str_eq(err.key, "local-cut");
}
END_TEST

START_TEST(sending_to_one_who_left_is_no_signal_but_a_status)
{
    bool whole = false;
    ck_assert_int_eq(hm_frame_set(&out, hm_text("text"), &err), HM_OK);
    close(ends[1]);

    enum hm_status status = hm_frame_send(&out, ends[0], &whole, &err);

    ck_assert_int_eq(status, HM_NO_SERVER);
    ck_assert_str_eq(err.key, "local-cut");
    ends[1] = -1;
}
END_TEST

static struct hm_mono deadline_after(int64_t wait_ms)
{
    return (struct hm_mono){hm_env_mono(&world_env).ms + wait_ms};
}

START_TEST(one_who_says_nothing_is_waited_for_until_the_deadline)
{
    struct hm_mono deadline = deadline_after(30);

    enum hm_status status =
        hm_frame_receive_by(&into, ends[1], &world_env, deadline, &err);

    ck_assert_int_eq(status, HM_NO_SERVER);
    ck_assert_str_eq(err.key, "local-slow");
    ck_assert_int_ge(hm_env_mono(&world_env).ms, deadline.ms);
}
END_TEST

START_TEST(one_who_reads_nothing_is_waited_for_until_the_deadline)
{
    static uint8_t large[4 << 20];
    struct hm_frame big;
    hm_frame_init(&big, sizeof(large));
    ck_assert_int_eq(hm_frame_set(&big, HM_BYTES(large), &err), HM_OK);

    enum hm_status status =
        hm_frame_send_by(&big, ends[0], &world_env, deadline_after(30), &err);

    ck_assert_int_eq(status, HM_NO_SERVER);
    ck_assert_str_eq(err.key, "local-slow");
    hm_frame_fini(&big);
}
END_TEST

static int64_t drip_ms;

/* Each look at the clock lets DRIP_MS pass, and one more byte arrive. */
static struct hm_mono mono_that_drips(void *ctx)
{
    (void)ctx;
    (void)!write(ends[0], "\0", 1);
    drip_ms += DRIP_MS;
    return (struct hm_mono){drip_ms};
}

START_TEST(a_drip_of_bytes_does_not_move_the_deadline)
{
    static const uint8_t head[] = {0, 0, 0xFF, 0xFF};
    ck_assert_int_eq(write(ends[0], head, sizeof(head)), sizeof(head));
    world_env.mono = mono_that_drips;

    enum hm_status status = hm_frame_receive_by(&into, ends[1], &world_env,
                                                (struct hm_mono){DRIP_DEADLINE_MS}, &err);

    ck_assert_int_eq(status, HM_NO_SERVER);
    ck_assert_str_eq(err.key, "local-slow");
    ck_assert_int_eq(drip_ms, DRIP_DEADLINE_MS);
    ck_assert_uint_eq(into.body.size, DRIP_DEADLINE_MS / DRIP_MS - 1);
}
END_TEST

static int answer_slowly(void *ctx)
{
    (void)ctx;
    struct hm_mono deadline = deadline_after(ANSWER_MS);
    if (hm_frame_receive_by(&into, ends[1], &world_env, deadline, &err) != HM_OK ||
        hm_frame_set(&out, hm_buf_bytes(&into.body), &err) != HM_OK) {
        return 1;
    }
    return (int)hm_frame_send_by(&out, ends[1], &world_env, deadline, &err);
}

START_TEST(two_processes_exchange_a_message_larger_than_the_sockets_hold)
{
    struct hm_mono deadline = deadline_after(ANSWER_MS);
    pid_t child = world_fork(answer_slowly, NULL);
    ck_assert_int_eq(hm_frame_set(&out, first(CAP), &err), HM_OK);

    enum hm_status sent = hm_frame_send_by(&out, ends[0], &world_env, deadline, &err);
    enum hm_status received =
        hm_frame_receive_by(&into, ends[0], &world_env, deadline, &err);

    ck_assert_int_eq(sent, HM_OK);
    ck_assert_int_eq(received, HM_OK);
    ck_assert(hm_bytes_equal(hm_buf_bytes(&into.body), first(CAP)));
    ck_assert_int_eq(world_wait(child), HM_OK);
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
    Suite *suite = suite_create("host.frame");
    TCase *messages = group(suite, "messages");
    TCase *limits = group(suite, "limits");
    TCase *peers = group(suite, "peers");
    tcase_add_loop_test(messages, a_message_arrives_as_it_was_sent, 0,
                        sizeof(sizes) / sizeof(sizes[0]));
    tcase_add_test(messages, messages_behind_one_another_are_kept_apart);
    tcase_add_test(messages,
                   a_message_that_comes_a_byte_at_a_time_is_whole_with_the_last);
    tcase_add_test(messages,
                   two_processes_exchange_a_message_larger_than_the_sockets_hold);
    tcase_add_test(limits, a_message_over_the_cap_is_refused_before_any_of_it_is_read);
    tcase_add_test(limits, the_largest_length_there_is_is_refused_too);
    tcase_add_test(limits, memory_grows_with_what_came_and_not_with_what_was_announced);
    tcase_add_test(limits, what_is_longer_than_our_own_cap_is_not_sent);
    tcase_add_loop_test(peers, a_connection_broken_at_any_byte_is_cut, 0, 7);
    tcase_add_test(peers, sending_to_one_who_left_is_no_signal_but_a_status);
    tcase_add_test(peers, one_who_says_nothing_is_waited_for_until_the_deadline);
    tcase_add_test(peers, one_who_reads_nothing_is_waited_for_until_the_deadline);
    tcase_add_test(peers, a_drip_of_bytes_does_not_move_the_deadline);
    return world_run(suite);
}
