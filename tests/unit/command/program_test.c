/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/program.h"

#include <fcntl.h>
#include <signal.h>

#include "capture.h"
#include "hamlet/command/help.h"
#include "hamlet/text/normal.h"
#include "table.h"

enum { HELP_COLUMNS = 80 };

static struct capture out;
static struct capture complaint;
static int code;

/* What the command does: print `text`, then end as `status` says. */
struct act {
    const char *text;
    enum hm_status status;
    const struct hm_command *ran;
};

static enum hm_status table_run(struct hm_call *call, struct hm_err *why)
{
    struct act *act = call->ctx;
    act->ran = call->args->command;
    hm_output_put_text(call->out, act->text);
    return act->status == HM_OK
               ? HM_OK
               : hm_fail(why, act->status, "locked", "/d/lock", NULL, NULL);
}

static void start(void)
{
    ck_assert_int_eq(unsetenv("LC_ALL"), 0);
    ck_assert_int_eq(unsetenv("LC_MESSAGES"), 0);
    ck_assert_int_eq(unsetenv("LANG"), 0);
    ck_assert_ptr_ne(signal(SIGPIPE, SIG_IGN), SIG_ERR);
}

static void run(const struct hm_program *program, const char *text, struct act *act)
{
    struct table_line line;
    table_line_init(&line, text);
    capture_start(&out, STDOUT_FILENO);
    capture_start(&complaint, STDERR_FILENO);
    code = hm_program_run(program, line.argc, line.argv, act);
    (void)capture_stop(&complaint);
    (void)capture_stop(&out);
    table_line_fini(&line);
}

START_TEST(a_command_runs_and_what_it_prints_is_written)
{
    struct act act = {.text = "0123456789abcdef\n"};

    run(&table_program, "hamlet list household", &act);

    ck_assert_int_eq(code, 0);
    ck_assert_ptr_eq(act.ran, &table_commands[1]);
    ck_assert_str_eq(out.text, "0123456789abcdef\n");
    ck_assert_str_eq(complaint.text, "");
}
END_TEST

START_TEST(a_command_that_fails_gives_its_exit_code_and_keeps_what_it_printed)
{
    struct act act = {.text = "data\n", .status = HM_LOCKED};

    run(&table_program, "hamlet list household --lang en", &act);

    ck_assert_int_eq(code, 75);
    ck_assert_str_eq(out.text, "data\n");
    ck_assert_str_eq(complaint.text, "hamlet: another program is using /d/lock\n"
                                     "HINT: wait until it has finished and try again\n");
}
END_TEST

START_TEST(a_wrong_line_runs_nothing_and_names_what_was_meant)
{
    struct act act = {.text = "never\n"};

    run(&table_program, "hamlet lst --lang en", &act);

    ck_assert_int_eq(code, 64);
    ck_assert_ptr_null(act.ran);
    ck_assert_str_eq(out.text, "");
    ck_assert_str_eq(complaint.text, "hamlet: no such command: lst\n"
                                     "HINT: did you mean: hamlet list\n");
}
END_TEST

static const struct {
    const char *line;
    const char *said;
} placeholders[] = {
    {"hamlet add", "hamlet: lệnh hamlet add thiếu LOẠI\n"
                   "HINT: hãy ghi: hamlet add LOẠI trường=giá_trị…\n"},
    {"hamlet add --lang en", "hamlet: hamlet add: KIND is missing\n"
                             "HINT: write: hamlet add KIND field=value…\n"},
    {"hamlet list x --limit", "hamlet: thiếu giá trị sau --limit\n"
                              "HINT: hãy ghi: --limit SỐ\n"},
    {"hamlet list x --store a --limit 1 --where", "hamlet: thiếu giá trị sau --where\n"
                                                  "HINT: hãy ghi: --where "
                                                  "trường=giá_trị\n"},
    {"hamlet export x --format", "hamlet: thiếu giá trị sau --format\n"
                                 "HINT: hãy ghi: --format csv|json\n"},
};

START_TEST(what_is_to_be_replaced_is_named_in_the_language_of_the_reader)
{
    struct act act = {.text = ""};

    run(&table_program, placeholders[_i].line, &act);

    ck_assert_int_eq(code, 64);
    ck_assert_str_eq(complaint.text, placeholders[_i].said);
}
END_TEST

START_TEST(output_that_cannot_be_written_is_a_failure)
{
    struct act act = {.text = "data\n"};
    int kept = dup(STDOUT_FILENO);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct table_line line;
    table_line_init(&line, "hamlet list household");
    capture_start(&complaint, STDERR_FILENO);
    ck_assert_int_eq(dup2(full, STDOUT_FILENO), STDOUT_FILENO);

    code = hm_program_run(&table_program, line.argc, line.argv, &act);

    ck_assert_int_eq(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    (void)capture_stop(&complaint);
    ck_assert_int_eq(code, 74);
    close(full);
    close(kept);
    table_line_fini(&line);
}
END_TEST

static const struct {
    const char *name;
    const char *locale;
    const char *line;
    bool english;
} tongues[] = {
    {"LANG", "vi_VN.UTF-8", "hamlet lst", false},
    {"LANG", "en_US.UTF-8", "hamlet lst", true},
    {"LC_MESSAGES", "en_GB", "hamlet lst", true},
    {"LC_ALL", "en", "hamlet lst --lang vi", false},
    {"LC_ALL", "C", "hamlet lst", false},
    {"LC_ALL", "vi_VN", "hamlet lst --lang=en", true},
    {"LC_ALL", "", "hamlet lst", false},
};

START_TEST(the_language_is_the_option_else_the_locale_else_vietnamese)
{
    struct act act = {.text = ""};
    ck_assert_int_eq(setenv(tongues[_i].name, tongues[_i].locale, 1), 0);

    run(&table_program, tongues[_i].line, &act);

    ck_assert_int_eq(strstr(complaint.text, "no such command") != NULL,
                     tongues[_i].english);
    ck_assert_int_eq(strstr(complaint.text, "không có lệnh") != NULL,
                     !tongues[_i].english);
}
END_TEST

START_TEST(the_locale_of_all_goes_before_that_of_messages)
{
    struct act act = {.text = ""};
    ck_assert_int_eq(setenv("LC_ALL", "en_US.UTF-8", 1), 0);
    ck_assert_int_eq(setenv("LC_MESSAGES", "vi_VN.UTF-8", 1), 0);
    ck_assert_int_eq(setenv("LANG", "vi_VN.UTF-8", 1), 0);

    run(&table_program, "hamlet lst", &act);

    ck_assert_ptr_nonnull(strstr(complaint.text, "no such command"));
}
END_TEST

/* ---- help ---- */

START_TEST(help_of_a_program_lists_its_commands_and_common_options)
{
    struct act act = {.text = "never"};

    run(&table_program, "hamlet --help --lang en", &act);

    ck_assert_int_eq(code, 0);
    ck_assert_ptr_null(act.ran);
    ck_assert_str_eq(complaint.text, "");
    ck_assert_ptr_nonnull(strstr(out.text, "\nUsage:\n  hamlet COMMAND [OPTION…]\n"));
    ck_assert_ptr_nonnull(strstr(out.text, "\nCommands:\n  add KIND field=value…  "));
    ck_assert_ptr_nonnull(strstr(out.text, "\n  units import FILE.csv  "));
    ck_assert_ptr_nonnull(strstr(out.text, "\nOptions:\n  --store DIR  "));
    ck_assert_ptr_nonnull(strstr(out.text, "\n  --json  "));
    ck_assert_ptr_null(strstr(out.text, "--where"));
}
END_TEST

START_TEST(help_of_a_command_lists_its_own_options_first)
{
    struct act act = {.text = "never"};

    run(&table_program, "hamlet list --help --lang en", &act);

    ck_assert_ptr_nonnull(strstr(out.text, "\nUsage:\n  hamlet list KIND [OPTION…]\n"));
    const char *own = strstr(out.text, "\nOptions:\n  --where field=value  ");
    ck_assert_ptr_nonnull(own);
    ck_assert_ptr_nonnull(strstr(own, "\n  --store DIR  "));
    ck_assert_ptr_nonnull(strstr(own, "\n  --lang vi|en  "));
    ck_assert_ptr_null(strstr(out.text, "Commands:"));
}
END_TEST

START_TEST(help_shows_what_cannot_be_left_out)
{
    struct act act = {.text = "never"};

    run(&table_program, "hamlet invite --help --lang en", &act);

    ck_assert_ptr_nonnull(
        strstr(out.text, "\n  hamlet invite --unit CODE --out FILE [OPTION…]\n"));
}
END_TEST

START_TEST(help_of_a_program_without_commands_is_that_of_its_one)
{
    struct act act = {.text = "never"};

    run(&table_daemon, "hamletd --help --lang en", &act);

    ck_assert_int_eq(code, 0);
    ck_assert_ptr_nonnull(strstr(out.text, "\nUsage:\n  hamletd [OPTION…]\n"));
    ck_assert_ptr_nonnull(strstr(out.text, "\n  --listen ADDR:PORT  "));
    ck_assert_ptr_null(strstr(out.text, "Commands:"));
}
END_TEST

static const char *const helps[] = {
    "hamlet --help --lang vi",        "hamlet --help --lang en",
    "hamlet list --help --lang vi",   "hamlet list --help --lang en",
    "hamlet invite --help --lang vi", "hamlet units import --help",
};

START_TEST(no_line_of_help_is_wider_than_a_terminal_or_ends_in_a_space)
{
    struct act act = {.text = "never"};
    size_t lines = 0;

    run(&table_program, helps[_i], &act);

    for (const char *text = out.text; *text != '\0'; text += *text == '\n') {
        size_t size = strcspn(text, "\n");
        struct hm_bytes shown = {(const uint8_t *)text, size};
        ck_assert_uint_le(hm_text_columns(shown), HELP_COLUMNS);
        ck_assert(size == 0 || text[size - 1] != ' ');
        text += size;
        lines++;
    }
    ck_assert_uint_gt(lines, 5);
}
END_TEST

START_TEST(common_options_have_words_in_both_languages)
{
    static const char *const keys[] = {
        "help.command",     "help.commands",    "help.option",      "help.options",
        "help.usage",       "help.option.help", "help.option.json", "help.option.lang",
        "help.option.data", "help.option.store"};
    const struct hm_words *words = hm_words_of(_i == 0 ? HM_LANG_VI : HM_LANG_EN);

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        ck_assert_str_ne(hm_words_ui(words, keys[i]), keys[i]);
    }
}
END_TEST

static TCase *group(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, start, NULL);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("command.program");
    TCase *runs = group(suite, "runs");
    TCase *language = group(suite, "language");
    TCase *help = group(suite, "help");
    tcase_add_test(runs, a_command_runs_and_what_it_prints_is_written);
    tcase_add_test(runs,
                   a_command_that_fails_gives_its_exit_code_and_keeps_what_it_printed);
    tcase_add_test(runs, a_wrong_line_runs_nothing_and_names_what_was_meant);
    tcase_add_loop_test(runs,
                        what_is_to_be_replaced_is_named_in_the_language_of_the_reader, 0,
                        sizeof(placeholders) / sizeof(placeholders[0]));
    tcase_add_test(runs, output_that_cannot_be_written_is_a_failure);
    tcase_add_loop_test(language,
                        the_language_is_the_option_else_the_locale_else_vietnamese, 0,
                        sizeof(tongues) / sizeof(tongues[0]));
    tcase_add_test(language, the_locale_of_all_goes_before_that_of_messages);
    tcase_add_test(help, help_of_a_program_lists_its_commands_and_common_options);
    tcase_add_test(help, help_of_a_command_lists_its_own_options_first);
    tcase_add_test(help, help_shows_what_cannot_be_left_out);
    tcase_add_test(help, help_of_a_program_without_commands_is_that_of_its_one);
    tcase_add_loop_test(help, no_line_of_help_is_wider_than_a_terminal_or_ends_in_a_space,
                        0, sizeof(helps) / sizeof(helps[0]));
    tcase_add_loop_test(help, common_options_have_words_in_both_languages, 0, 2);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
