/* SPDX-License-Identifier: Apache-2.0 */
/* Whose names the end of a retention period takes, and whose it leaves. */
#include <fcntl.h>
#include <unistd.h>

#include "../../../daemon/server/commands.h"
#include "builders.h"
#include "daemon/server/context.h"
#include "hamlet/base/json_scan.h"
#include "hamlet/command/program.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site laptop;
static struct hm_control_ctx ctx;
static struct hm_id household;

static void setup(void)
{
    hm_site_open_server(&server, 1);
    hm_site_open_laptop(&laptop, &server, HM_LAN);
    household = a_household(&laptop, "Bà Còn Ở");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);
    ctx = (struct hm_control_ctx){.env = &server.env.env,
                                  .kinds = server.kinds,
                                  .store = server.store,
                                  .key = server.key,
                                  .secret = server.secret,
                                  .device = server.device,
                                  .unit = hm_text("886")};
}

static void teardown(void)
{
    hm_site_close(&laptop);
    hm_site_close(&server);
}

static void run_retention(void)
{
    static const struct hm_option options[] = {{"now", "YEAR", true, false},
                                               {"reason", "TEXT", true, false},
                                               {"as", "NAME", false, false},
                                               {0}};
    static const struct hm_command commands[] = {{"", NULL, options, hm_retention_run},
                                                 {0}};
    static const struct hm_program program = {"retention", NULL, commands};
    char *line[] = {"retention", "--now", "2026", "--reason", "hết hạn",
                    "--json",    "--as",  "Anh",  NULL};
    struct hm_output out;
    struct hm_args args;
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(hm_args_init(&args, &program, 8, line, &server.err), HM_OK);
    hm_output_init(&out, fd);
    struct hm_call call = {&args, hm_words_of(HM_LANG_EN), HM_LANG_EN, &out, &ctx};
    ck_assert_int_eq(hm_retention_run(&call, &server.err), HM_OK);
    hm_output_fini(&out);
    hm_args_fini(&args);
    close(fd);
}

START_TEST(who_left_long_ago_is_nameless)
{
    (void)an_edit(&laptop, &household, "valid_to", "2001");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);

    run_retention();

    ck_assert_str_eq(hm_site_shown(&server, &household, "head_name"), "-");
}
END_TEST

START_TEST(who_is_still_here_keeps_the_name)
{
    run_retention();

    ck_assert_str_eq(hm_site_shown(&server, &household, "head_name"), "Bà Còn Ở");
}
END_TEST

/* Another hamlet claims the id; _i: … and that what it claims lives. */
START_TEST(what_another_home_says_of_a_year_is_not_heard)
{
    struct hm_maker tu;
    hm_maker_init(&tu, &server.arena, HM_TU);
    tu.district = server.device;
    tu.home = "30341-02";
    struct hm_change *claim = hm_make(&tu, HM_ACT_EDIT, &household);
    hm_make_write(claim, &tu, "valid_to", hm_make_value(&tu, "\"2001\""), 0);
    if (_i == 1) {
        hm_make_live(claim, &tu, true, 0);
    }
    hm_make_seal(claim, &tu);
    const struct hm_change *const claims[] = {claim};
    hm_site_put(&server, claims, 1, HM_VERDICT_ACCEPTED);

    run_retention();

    ck_assert_str_eq(hm_site_shown(&server, &household, "head_name"), "Bà Còn Ở");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server.retention");
    TCase *all = tcase_create("retention");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, who_left_long_ago_is_nameless);
    tcase_add_test(all, who_is_still_here_keeps_the_name);
    tcase_add_loop_test(all, what_another_home_says_of_a_year_is_not_heard, 0, 2);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
