/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "world.h"

enum { OUTPUT_MAX = 4096, FDS_MAX = 256 };

static struct hm_buf output;
static int code;

static void start(void)
{
    world_start();
    hm_buf_init(&output, OUTPUT_MAX);
    code = -1;
}

static void finish(void)
{
    hm_buf_fini(&output);
    world_finish();
}

static enum hm_status shell(char *script)
{
    char *argv[] = {"sh", "-c", script, NULL};
    return hm_process_run("/bin/sh", argv, false, &output, &code, &err);
}

static const char *said(void)
{
    return output.size == 0 ? "" : (const char *)output.data;
}

/* ---- hardening ---- */

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static bool dumps_are_off(void)
{
#ifdef __SANITIZE_ADDRESS__
    return true; /* left on, for the leak check */
#else
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
}

/* The number of the first thing that is not as it should be. */
static int harden_and_look(void *ctx)
{
    struct rlimit core = {1, 1};
    struct sigaction pipe_action = {.sa_handler = SIG_DFL};
    (void)ctx;
    umask(022);
    close(STDIN_FILENO);
    close(STDERR_FILENO);
    if (hm_process_harden(&err) != HM_OK) {
        return 1;
    }
    if (umask(0) != 077) {
        return 2;
    }
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0) {
        return 3;
    }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || !dumps_are_off()) {
        return 4;
    }
    if (sigaction(SIGPIPE, NULL, &pipe_action) != 0 ||
        pipe_action.sa_handler != SIG_IGN) {
        return 5;
    }
    if (!is_open(STDIN_FILENO) || !is_open(STDOUT_FILENO) || !is_open(STDERR_FILENO)) {
        return 6;
    }
    /* Nothing more was left open, and doing it again is harmless. */
    int next = dup(STDOUT_FILENO);
    close(next);
    return hm_process_harden(&err) == HM_OK && !is_open(next) ? 0 : 7;
}

START_TEST(a_hardened_process_keeps_to_itself)
{
    int wrong = world_wait(world_fork(harden_and_look, NULL));

    ck_assert_int_eq(wrong, 0);
}
END_TEST

/* ---- another program ---- */

START_TEST(output_and_exit_code_of_a_program_are_given)
{
    enum hm_status status = shell("printf 'một\\nhai'; echo not this >/dev/null; exit 3");

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(code, 3);
    ck_assert_str_eq(said(), "một\nhai");
}
END_TEST

START_TEST(output_is_appended_to_what_is_there)
{
    hm_buf_put_text(&output, "before ");

    ck_assert_int_eq(shell("printf after"), HM_OK);

    ck_assert_str_eq(said(), "before after");
}
END_TEST

START_TEST(a_program_ended_by_a_signal_says_which)
{
    enum hm_status status = shell("kill -9 $$");

    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(code, 128 + SIGKILL);
}
END_TEST

START_TEST(a_program_that_is_missing_or_none_is_named)
{
    char *argv[] = {"x", NULL};
    world_put("data", "not a program", 0600);
    world_put("text", "not a program either", 0700);

    enum hm_status missing =
        hm_process_run(in("nothing"), argv, false, &output, &code, &err);
    ck_assert_str_eq(err.key, "program-missing");
    ck_assert_str_eq(err.arg[0], in("nothing"));
    enum hm_status data = hm_process_run(in("data"), argv, false, &output, &code, NULL);
    enum hm_status text = hm_process_run(in("text"), argv, false, &output, &code, NULL);

    ck_assert_int_eq(missing, HM_UNCONFIGURED);
    ck_assert_int_eq(data, HM_UNCONFIGURED);
    ck_assert_int_eq(text, HM_UNCONFIGURED);
    ck_assert_int_eq(code, -1);
}
END_TEST

START_TEST(a_program_that_never_stops_writing_is_ended)
{
    enum hm_status status = shell("while :; do echo and so on; done");

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_int_eq(code, -1);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* and was waited for */
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(a_program_has_nothing_to_read)
{
    ck_assert_int_eq(shell("cat; echo end"), HM_OK);

    ck_assert_str_eq(said(), "end\n");
}
END_TEST

START_TEST(a_program_gets_signals_as_it_expects_them)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    ck_assert_ptr_ne(signal(SIGPIPE, SIG_IGN), SIG_ERR);

    ck_assert_int_eq(shell("sed -n 's/^Sig[BI].*\t//p' /proc/self/status"), HM_OK);

    char *rest = NULL;
    unsigned long long held = strtoull(said(), &rest, 16);
    unsigned long long ignored = strtoull(rest, &rest, 16);
    ck_assert_str_eq(rest, "\n");
    ck_assert_uint_eq(held, 0);
    ck_assert_uint_eq(ignored >> (SIGPIPE - 1) & 1, 0);
}
END_TEST

START_TEST(a_program_gets_no_fd_of_ours_but_its_three)
{
    for (int fd = STDERR_FILENO + 1; fd < FDS_MAX; fd++) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC); /* those of the test's own tools */
    }

    ck_assert_int_eq(shell("ls /proc/$$/fd; :"), HM_OK);

    ck_assert_str_eq(said(), "0\n1\n2\n");
}
END_TEST

START_TEST(a_program_beside_ours_stands_in_our_folder)
{
    char own[WORLD_PATH_SIZE];
    char *beside = NULL;
    char *same = NULL;
    ssize_t size = readlink("/proc/self/exe", own, sizeof(own) - 1);
    own[size] = '\0';

    ck_assert_int_eq(hm_process_beside(&beside, "hamletd", &err), HM_OK);
    ck_assert_int_eq(hm_process_beside(&same, strrchr(own, '/') + 1, &err), HM_OK);

    ck_assert_str_eq(same, own);
    ck_assert_str_eq(strrchr(beside, '/'), "/hamletd");
    free(same);
    free(beside);
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
    Suite *suite = suite_create("host.process");
    TCase *hardening = group(suite, "hardening");
    TCase *programs = group(suite, "programs");
    tcase_add_test(hardening, a_hardened_process_keeps_to_itself);
    tcase_add_test(programs, output_and_exit_code_of_a_program_are_given);
    tcase_add_test(programs, output_is_appended_to_what_is_there);
    tcase_add_test(programs, a_program_ended_by_a_signal_says_which);
    tcase_add_test(programs, a_program_that_is_missing_or_none_is_named);
    tcase_add_test(programs, a_program_that_never_stops_writing_is_ended);
    tcase_add_test(programs, a_program_has_nothing_to_read);
    tcase_add_test(programs, a_program_gets_signals_as_it_expects_them);
    tcase_add_test(programs, a_program_gets_no_fd_of_ours_but_its_three);
    tcase_add_test(programs, a_program_beside_ours_stands_in_our_folder);
    return world_run(suite);
}
