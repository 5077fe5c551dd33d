/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

static struct hm_args args;
static struct hm_err err;
static struct table_line line;

static enum hm_status table_run(struct hm_call *call, struct hm_err *why)
{
    (void)call;
    (void)why;
    return HM_OK;
}

static void start(void)
{
    err = HM_ERR_NONE;
    args = (struct hm_args){.help = false};
    line.text = NULL;
}

static void finish(void)
{
    hm_args_fini(&args);
    table_line_fini(&line);
}

static enum hm_status read_line(const struct hm_program *program, const char *text)
{
    hm_args_fini(&args);
    table_line_fini(&line);
    hm_err_clear(&err);
    table_line_init(&line, text);
    return hm_args_init(&args, program, line.argc, line.argv, &err);
}

/* ---- what fits ---- */

static const char *const same_lines[] = {
    "hamlet list household --store D --where a=1 --where b=2 --json --limit 5",
    "hamlet list --store D --json household --limit=5 --where a=1 --where=b=2",
    "hamlet --store D --json list --where a=1 --limit 5 --where b=2 household",
    "hamlet --store=D list --json --where a=1 --where b=2 --limit 5 -- household",
};

START_TEST(options_stand_anywhere_and_take_their_value_either_way)
{
    ck_assert_int_eq(read_line(&table_program, same_lines[_i]), HM_OK);

    ck_assert_str_eq(args.command->name, "list");
    ck_assert_uint_eq(args.operand_count, 1);
    ck_assert_str_eq(args.operands[0], "household");
    ck_assert(args.json && !args.help);
    ck_assert_str_eq(hm_args_value(&args, "store"), "D");
    ck_assert_str_eq(hm_args_value(&args, "limit"), "5");
    ck_assert_str_eq(hm_args_value_at(&args, "where", 0), "a=1");
    ck_assert_str_eq(hm_args_value_at(&args, "where", 1), "b=2");
    ck_assert_ptr_null(hm_args_value_at(&args, "where", 2));
    ck_assert(hm_args_has(&args, "where") && !hm_args_has(&args, "deleted"));
}
END_TEST

START_TEST(operands_and_options_of_the_contract_mix)
{
    ck_assert_int_eq(
        read_line(&table_program, "hamlet add household head_name=An --store D --json"),
        HM_OK);

    ck_assert_uint_eq(args.operand_count, 2);
    ck_assert_str_eq(args.operands[0], "household");
    ck_assert_str_eq(args.operands[1], "head_name=An");
    ck_assert_str_eq(hm_args_value(&args, "store"), "D");
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    ck_assert_int_eq(read_line(&table_program, "hamlet add -- --json --store --"), HM_OK);

    ck_assert(!args.json);
    ck_assert_uint_eq(args.operand_count, 3);
    ck_assert_str_eq(args.operands[0], "--json");
    ck_assert_str_eq(args.operands[2], "--");
}
END_TEST

START_TEST(a_value_may_look_like_an_option_and_a_dash_is_an_operand)
{
    ck_assert_int_eq(read_line(&table_program, "hamlet list - --where --json"), HM_OK);

    ck_assert(!args.json);
    ck_assert_str_eq(hm_args_value(&args, "where"), "--json");
    ck_assert_str_eq(args.operands[0], "-");
}
END_TEST

START_TEST(a_value_may_be_empty_and_hold_more_equals_signs)
{
    ck_assert_int_eq(
        read_line(&table_program, "hamlet list k --where= --where x==y --where=a=b"),
        HM_OK);

    ck_assert_str_eq(hm_args_value_at(&args, "where", 0), "");
    ck_assert_str_eq(hm_args_value_at(&args, "where", 1), "x==y");
    ck_assert_str_eq(hm_args_value_at(&args, "where", 2), "a=b");
}
END_TEST

START_TEST(a_command_may_be_two_words)
{
    ck_assert_int_eq(read_line(&table_program, "hamlet units import f.csv"), HM_OK);
    ck_assert_str_eq(args.command->name, "units import");
    ck_assert_uint_eq(args.operand_count, 1);

    ck_assert_int_eq(read_line(&table_program, "hamlet units --json list"), HM_OK);
    ck_assert_str_eq(args.command->name, "units list");
    ck_assert_uint_eq(args.operand_count, 0);
}
END_TEST

START_TEST(a_program_may_have_no_commands)
{
    ck_assert_int_eq(read_line(&table_daemon, "hamletd --once --json --store D"), HM_OK);

    ck_assert(hm_args_has(&args, "once") && args.json);
    ck_assert_int_eq(read_line(&table_daemon, "hamletd"), HM_OK);
    ck_assert_int_eq(read_line(&table_daemon, "hamletd run"), HM_USAGE);
    ck_assert_str_eq(err.key, "operand-extra");
    ck_assert_str_eq(err.arg[1], "hamletd");
}
END_TEST

START_TEST(an_operand_in_brackets_may_be_missing)
{
    ck_assert_int_eq(read_line(&table_program, "hamlet rebuild"), HM_OK);
    ck_assert_int_eq(read_line(&table_program, "hamlet rebuild id"), HM_OK);
    ck_assert_int_eq(read_line(&table_program, "hamlet rebuild id id"), HM_USAGE);
}
END_TEST

static const char *const help_lines[] = {
    "hamlet --help",       "hamlet -h",
    "hamlet list --help",  "hamlet list -h --deleted",
    "hamlet --help list",  "hamlet invite --help",
    "hamlet units --help", "hamlet list --help --help",
};

START_TEST(help_asks_for_nothing_else)
{
    ck_assert_int_eq(read_line(&table_program, help_lines[_i]), HM_OK);

    ck_assert(args.help);
    ck_assert_int_eq(args.command != NULL, strstr(help_lines[_i], "list") != NULL ||
                                               strstr(help_lines[_i], "invite") != NULL);
}
END_TEST

/* ---- what does not ---- */

static const struct {
    const char *line;
    enum hm_status status;
    const char *key;
    const char *arg[3];
} wrong[] = {
    {"hamlet", HM_USAGE, "command-missing", {"hamlet", "", ""}},
    {"hamlet --json", HM_USAGE, "command-missing", {"hamlet", "", ""}},
    {"hamlet lst", HM_USAGE, "command-unknown", {"lst", "list", "hamlet"}},
    {"hamlet conf", HM_USAGE, "command-unknown", {"conf", "conflicts", "hamlet"}},
    {"hamlet exprot x", HM_USAGE, "command-unknown", {"exprot", "export", "hamlet"}},
    {"hamlet xyzzy", HM_USAGE, "command-unknown-far", {"xyzzy", "hamlet", ""}},
    {"hamlet ''", HM_USAGE, "command-unknown-far", {"", "hamlet", ""}},
    {"hamlet units", HM_USAGE, "command-unknown", {"units", "units import", "hamlet"}},
    {"hamlet units imprt f",
     HM_USAGE,
     "command-unknown",
     {"units imprt", "units import", "hamlet"}},
    {"hamlet list", HM_USAGE, "operand-missing", {"KIND", "hamlet list", "KIND"}},
    {"hamlet add household",
     HM_USAGE,
     "operand-missing",
     {"field=value…", "hamlet add", "KIND field=value…"}},
    {"hamlet list a b", HM_USAGE, "operand-extra", {"b", "hamlet list", ""}},
    {"hamlet conflicts a", HM_USAGE, "operand-extra", {"a", "hamlet conflicts", ""}},
    {"hamlet list k --whre a",
     HM_USAGE,
     "option-unknown",
     {"--whre", "--where", "hamlet list"}},
    {"hamlet list k --stroe=D",
     HM_USAGE,
     "option-unknown",
     {"--stroe=D", "--store", "hamlet list"}},
    {"hamlet list k -json",
     HM_USAGE,
     "option-unknown",
     {"-json", "--json", "hamlet list"}},
    {"hamlet list k -x", HM_USAGE, "option-unknown-far", {"-x", "hamlet list", ""}},
    {"hamlet list k --xyzzy",
     HM_USAGE,
     "option-unknown-far",
     {"--xyzzy", "hamlet list", ""}},
    {"hamlet list k --=v", HM_USAGE, "option-unknown-far", {"--=v", "hamlet list", ""}},
    {"hamlet --where a=1 list k",
     HM_USAGE,
     "option-unknown-far",
     {"--where", "hamlet", ""}},
    {"hamlet conflicts --where a",
     HM_USAGE,
     "option-unknown-far",
     {"--where", "hamlet conflicts", ""}},
    {"hamlet list k --limit", HM_USAGE, "option-value-missing", {"--limit", "N", ""}},
    {"hamlet list k --deleted=1", HM_USAGE, "option-value-extra", {"--deleted", "1", ""}},
    {"hamlet list k --json=", HM_USAGE, "option-value-extra", {"--json", "", ""}},
    {"hamlet list k --limit 1 --limit 2", HM_USAGE, "option-twice", {"--limit", "", ""}},
    {"hamlet list k --store D --store=D", HM_USAGE, "option-twice", {"--store", "", ""}},
    {"hamlet list k --deleted --deleted",
     HM_USAGE,
     "option-twice",
     {"--deleted", "", ""}},
    {"hamlet invite --unit 1", HM_USAGE, "option-missing", {"--out", "FILE", ""}},
    {"hamlet invite --out f", HM_USAGE, "option-missing", {"--unit", "CODE", ""}},
    {"hamlet export k --format xml",
     HM_BAD_INPUT,
     "option-choice",
     {"--format", "xml", "csv|json"}},
    {"hamlet export k --format cs",
     HM_BAD_INPUT,
     "option-choice",
     {"--format", "cs", "csv|json"}},
    {"hamlet export k --format=",
     HM_BAD_INPUT,
     "option-choice",
     {"--format", "", "csv|json"}},
    {"hamlet list k --lang fr", HM_BAD_INPUT, "option-choice", {"--lang", "fr", "vi|en"}},
};

START_TEST(what_does_not_fit_is_refused_by_name_and_with_what_would)
{
    enum hm_status status = read_line(&table_program, wrong[_i].line);

    ck_assert_int_eq(status, wrong[_i].status);
    ck_assert_str_eq(err.key, wrong[_i].key);
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(err.arg[i], wrong[_i].arg[i]);
    }
    ck_assert_ptr_null(args.operands); /* there is nothing to release */
}
END_TEST

START_TEST(a_choice_is_one_of_those_named)
{
    ck_assert_int_eq(read_line(&table_program, "hamlet export k --format csv"), HM_OK);
    ck_assert_int_eq(read_line(&table_program, "hamlet export k --format json"), HM_OK);
    ck_assert_int_eq(read_line(&table_program, "hamlet list k --lang en"), HM_OK);
}
END_TEST

START_TEST(very_long_words_are_refused_like_others)
{
    char text[4000] = "hamlet list k --";
    memset(text + strlen(text), 'x', sizeof(text) - strlen(text) - 1);

    ck_assert_int_eq(read_line(&table_program, text), HM_USAGE);
    ck_assert_str_eq(err.key, "option-unknown-far");
    memset(text + strlen("hamlet "), 'x', strlen("list k "));
    ck_assert_int_eq(read_line(&table_program, text), HM_USAGE);
    ck_assert_str_eq(err.key, "command-unknown-far");
}
END_TEST

START_TEST(no_arguments_at_all_are_a_missing_command)
{
    char *argv[] = {NULL};

    enum hm_status status = hm_args_init(&args, &table_program, 0, argv, &err);

    ck_assert_int_eq(status, HM_USAGE);
    ck_assert_str_eq(err.key, "command-missing");
}
END_TEST

static const struct {
    const char *line;
    const char *lang;
} langs[] = {
    {"hamlet list k", NULL},
    {"hamlet lst --lang en", "en"},
    {"hamlet --lang=vi --no-such", "vi"},
    {"hamlet list --lang", NULL},
    {"hamlet list -- --lang en", NULL},
    {"hamlet --lang vi list --lang en", "en"},
};

START_TEST(the_language_is_found_in_a_line_that_is_wrong)
{
    table_line_init(&line, langs[_i].line);

    const char *lang = hm_args_lang(line.argc, line.argv);

    ck_assert_int_eq(lang == NULL, langs[_i].lang == NULL);
    ck_assert(lang == NULL || strcmp(lang, langs[_i].lang) == 0);
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
    Suite *suite = suite_create("command.options");
    TCase *fits = group(suite, "fits");
    TCase *refused = group(suite, "refused");
    tcase_add_loop_test(fits, options_stand_anywhere_and_take_their_value_either_way, 0,
                        sizeof(same_lines) / sizeof(same_lines[0]));
    tcase_add_test(fits, operands_and_options_of_the_contract_mix);
    tcase_add_test(fits, two_dashes_end_the_options);
    tcase_add_test(fits, a_value_may_look_like_an_option_and_a_dash_is_an_operand);
    tcase_add_test(fits, a_value_may_be_empty_and_hold_more_equals_signs);
    tcase_add_test(fits, a_command_may_be_two_words);
    tcase_add_test(fits, a_program_may_have_no_commands);
    tcase_add_test(fits, an_operand_in_brackets_may_be_missing);
    tcase_add_loop_test(fits, help_asks_for_nothing_else, 0,
                        sizeof(help_lines) / sizeof(help_lines[0]));
    tcase_add_test(fits, a_choice_is_one_of_those_named);
    tcase_add_loop_test(fits, the_language_is_found_in_a_line_that_is_wrong, 0,
                        sizeof(langs) / sizeof(langs[0]));
    tcase_add_loop_test(refused, what_does_not_fit_is_refused_by_name_and_with_what_would,
                        0, sizeof(wrong) / sizeof(wrong[0]));
    tcase_add_test(refused, very_long_words_are_refused_like_others);
    tcase_add_test(refused, no_arguments_at_all_are_a_missing_command);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
