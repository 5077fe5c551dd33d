/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "capture.h"

enum {
    MANY = 20000,
    LINE_SIZE = 7,
    HELD_MOST = 64 * 1024 + 1,
    LARGE = 300 * 1000,
    PIPE_BYTES = 4096
};

static struct hm_output out;
static struct hm_err err;
static FILE *file;

static void start(void)
{
    err = HM_ERR_NONE;
    file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_ne(signal(SIGPIPE, SIG_IGN), SIG_ERR);
    hm_output_init(&out, fileno(file));
}

static void finish(void)
{
    hm_output_fini(&out);
    fclose(file);
}

static off_t written(void)
{
    return lseek(fileno(file), 0, SEEK_END);
}

START_TEST(nothing_is_written_before_the_flush_and_all_of_it_then)
{
    char text[32] = "";
    hm_output_put_text(&out, "một ");
    hm_output_put(&out, hm_text("hai\n"));
    off_t before = written();

    enum hm_status status = hm_output_flush(&out, &err);

    ck_assert_int_eq(before, 0);
    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(pread(fileno(file), text, sizeof(text) - 1, 0), 10);
    ck_assert_str_eq(text, "một hai\n");
    ck_assert_int_eq(hm_output_flush(&out, &err), HM_OK); /* and not twice */
    ck_assert_int_eq(written(), 10);
}
END_TEST

START_TEST(output_of_any_size_keeps_its_order_in_bounded_memory)
{
    static char large[LARGE];
    char line[16];
    size_t expected = 0;
    memset(large, 'L', sizeof(large));
    for (int i = 0; i < MANY; i++) {
        expected += (size_t)snprintf(line, sizeof(line), "%06d\n", i);
        hm_output_put_text(&out, line);
        if (i == MANY / 2) {
            hm_output_put(&out, HM_BYTES(large));
            expected += sizeof(large);
        }
    }
    ck_assert_int_eq(hm_output_flush(&out, &err), HM_OK);

    ck_assert_int_eq(written(), expected);
    ck_assert_uint_le(out.held.capacity, HELD_MOST);
    rewind(file);
    for (int i = 0; i < MANY; i++) {
        char held[LINE_SIZE + 1] = "";
        (void)snprintf(line, sizeof(line), "%06d\n", i);
        ck_assert_int_eq(fread(held, 1, LINE_SIZE, file), LINE_SIZE);
        ck_assert_str_eq(held, line);
        if (i == MANY / 2) {
            ck_assert_int_eq(fread(large, 1, LARGE, file), LARGE);
            ck_assert(large[0] == 'L' && large[LARGE - 1] == 'L');
        }
    }
}
END_TEST

START_TEST(what_a_terminal_would_obey_is_shown_and_not_sent)
{
    static const char hostile[] = "Nguyễn\x1B[2J\r\n\t\x7F\xC2\x9B"
                                  "31m\xE2\x80\xAE"
                                  "x\xFF{1}";
    char text[256] = "";
    hm_output_put_shown(&out, hm_text(hostile));
    hm_output_put_shown(&out, HM_NO_BYTES);

    ck_assert_int_eq(hm_output_flush(&out, &err), HM_OK);

    ck_assert_int_gt(pread(fileno(file), text, sizeof(text) - 1, 0), 0);
    ck_assert_str_eq(text, "Nguyễn\\x1B[2J\\x0D\\x0A\\x09\\x7F\\xC2\\x9B31m"
                           "\\xE2\\x80\\xAEx\\xFF{1}");
}
END_TEST

/* ---- faults ---- */

START_TEST(a_full_disk_is_a_failure_and_stays_one)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    hm_output_fini(&out);
    hm_output_init(&out, fd);
    hm_output_put_text(&out, "text");

    enum hm_status status = hm_output_flush(&out, &err);
    hm_output_put_text(&out, "more");
    enum hm_status again = hm_output_flush(&out, NULL);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_str_eq(err.key, "disk-full");
    ck_assert_int_eq(err.code, ENOSPC);
    ck_assert_int_eq(again, HM_IO);
    close(fd);
}
END_TEST

START_TEST(a_write_cut_in_the_middle_is_a_failure)
{
    static char large[3 * 4096];
    struct rlimit limit = {4096, RLIM_INFINITY};
    ck_assert_ptr_ne(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    hm_output_put(&out, HM_BYTES(large));

    enum hm_status status = hm_output_flush(&out, &err);
    limit.rlim_cur = RLIM_INFINITY;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_int_eq(written(), 4096);
}
END_TEST

START_TEST(a_reader_that_went_away_is_a_failure_of_its_own_name)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    hm_output_fini(&out);
    hm_output_init(&out, ends[1]);
    hm_output_put_text(&out, "text");

    enum hm_status status = hm_output_flush(&out, &err);

    ck_assert_int_eq(status, HM_IO);
    ck_assert_str_eq(err.key, "output-closed");
    close(ends[1]);
}
END_TEST

START_TEST(a_failure_is_noticed_though_the_last_flush_had_nothing_to_write)
{
    static char large[LARGE];
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    hm_output_fini(&out);
    hm_output_init(&out, fd);

    hm_output_put(&out, HM_BYTES(large)); /* is written, and fails, at once */

    ck_assert_int_eq(hm_output_flush(&out, &err), HM_IO);
    close(fd);
}
END_TEST

static int count_to_end(int fd)
{
    char piece[PIPE_BYTES];
    size_t all = 0;
    for (ssize_t got = read(fd, piece, sizeof(piece)); got > 0;
         got = read(fd, piece, sizeof(piece))) {
        all += (size_t)got;
    }
    return all == LARGE ? 0 : 1;
}

START_TEST(a_reader_that_is_slow_on_a_pipe_that_does_not_block_gets_all)
{
    static char large[LARGE];
    int ends[2];
    int ended = 0;
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        _exit(count_to_end(ends[0]));
    }
    hm_output_fini(&out);
    hm_output_init(&out, ends[1]);
    hm_output_put(&out, HM_BYTES(large));

    enum hm_status status = hm_output_flush(&out, &err);
    close(ends[1]);

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(waitpid(child, &ended, 0), child);
    ck_assert(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    close(ends[0]);
}
END_TEST

static TCase *group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, start, finish);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("command.output");
    TCase *writing = group(suite, "writing");
    TCase *faults = group(suite, "faults");
    tcase_add_test(writing, nothing_is_written_before_the_flush_and_all_of_it_then);
    tcase_add_test(writing, output_of_any_size_keeps_its_order_in_bounded_memory);
    tcase_add_test(writing, what_a_terminal_would_obey_is_shown_and_not_sent);
    tcase_add_test(faults, a_full_disk_is_a_failure_and_stays_one);
    tcase_add_test(faults, a_write_cut_in_the_middle_is_a_failure);
    tcase_add_test(faults, a_reader_that_went_away_is_a_failure_of_its_own_name);
    tcase_add_test(faults,
                   a_failure_is_noticed_though_the_last_flush_had_nothing_to_write);
    tcase_add_test(faults, a_reader_that_is_slow_on_a_pipe_that_does_not_block_gets_all);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
