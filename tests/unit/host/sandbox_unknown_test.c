/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On a machine whose system calls nobody wrote down here, a stranger's file is not read:
 * the same source, told that it stands on such a one.
 */
#define HM_SANDBOX_ARCH 0
/* The source itself, as it would be built there. */
/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "../../../daemon/host/sandbox.c"
#include "world.h"

static void read_all(void *ctx)
{
    bool *ran = ctx;
    *ran = true; /* seen only if there was no child */
    (void)!hm_sandbox_write((const uint8_t *)"read", 4);
}

START_TEST(nothing_is_read_where_nothing_holds_the_reader_and_that_is_said)
{
    struct hm_sandbox box = {.child = 1, .pipe = 1};
    bool ran = false;
    int before = dup(STDIN_FILENO);
    close(before);

    enum hm_status status = hm_sandbox_start(&box, STDIN_FILENO, read_all, &ran, &err);

    ck_assert_int_eq(status, HM_UNCONFIGURED);
    ck_assert_str_eq(err.key, "sandbox-machine");
    ck_assert(!ran && box.child == -1 && box.pipe == -1);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* there is no child */
    int after = dup(STDIN_FILENO);
    ck_assert_int_eq(after, before);
    close(after);
    hm_sandbox_stop(&box);
}
END_TEST

START_TEST(a_child_that_nothing_would_hold_ends_before_it_reads)
{
    int ends[2];
    uint8_t first = 0;
    bool ran = false;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        be_child(STDIN_FILENO, ends[1], read_all, &ran);
    }
    close(ends[1]);

    ssize_t got = read(ends[0], &first, 1);

    int how = 0;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_int_eq(got, 0);
    ck_assert(WIFEXITED(how) && WEXITSTATUS(how) == HELD_BY);
    close(ends[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.sandbox_unknown");
    TCase *cases = tcase_create("unknown");
    tcase_add_checked_fixture(cases, world_start, world_finish);
    tcase_add_test(cases,
                   nothing_is_read_where_nothing_holds_the_reader_and_that_is_said);
    tcase_add_test(cases, a_child_that_nothing_would_hold_ends_before_it_reads);
    suite_add_tcase(suite, cases);
    return world_run(suite);
}
