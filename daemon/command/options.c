/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "operands.h"

enum { LABEL_SIZE = 120, PLACES = 19 };

const struct hm_option hm_options_common[] = {
    {.name = "help", .repeated = true},
    {.name = "json", .repeated = true},
    {.name = "lang", .value = "vi|en"},
    {.name = NULL},
};

static const struct hm_option no_options[] = {{.name = NULL}};

/* What is being read; `args` is given out only when all of it fits. */
struct reader {
    struct hm_args args;
    char *const *argv;
    size_t argc;
    size_t at;        /* the next of argv */
    const char *half; /* first word of a command of two, the second is not here yet */
    bool ended;       /* `--` was read */
};

/* "PROGRAM COMMAND", for hints that can be typed as they stand. */
static void label_put(char *label, const struct hm_args *args)
{
    const char *command = args->command == NULL ? "" : args->command->name;
    (void)snprintf(label, LABEL_SIZE, "%s%s%s", args->program->name,
                   *command == '\0' ? "" : " ", command);
}

/* ---- options ---- */

static const struct hm_option *or_none(const struct hm_option *options)
{
    return options == NULL ? no_options : options;
}

static size_t option_tables(const struct hm_option *tables[3], const struct hm_args *args)
{
    tables[0] = or_none(args->command == NULL ? NULL : args->command->options);
    tables[1] = or_none(args->program->options);
    tables[2] = hm_options_common;
    return 3;
}

/* `given` begins with its dashes. */
static enum hm_status fail_option(const struct hm_args *args,
                                  const char *given,
                                  struct hm_err *err)
{
    const struct hm_option *tables[3];
    struct hm_nearest nearest;
    char known[LABEL_SIZE];
    char label[LABEL_SIZE];
    const char *name = given + strspn(given, "-");
    hm_nearest_init(&nearest,
                    (struct hm_bytes){(const uint8_t *)name, strcspn(name, "=")});
    for (size_t i = 0; i < option_tables(tables, args); i++) {
        for (const struct hm_option *at = tables[i]; at->name != NULL; at++) {
            hm_nearest_offer(&nearest, at->name);
        }
    }
    label_put(label, args);
    if (nearest.word == NULL) {
        return hm_fail(err, HM_USAGE, "option-unknown-far", given, label, NULL);
    }
    (void)snprintf(known, sizeof(known), "--%s", nearest.word);
    return hm_fail(err, HM_USAGE, "option-unknown", given, known, label);
}

static const struct hm_option *find_option(const struct hm_args *args,
                                           struct hm_bytes name)
{
    const struct hm_option *tables[3];
    for (size_t i = 0; i < option_tables(tables, args); i++) {
        for (const struct hm_option *at = tables[i]; at->name != NULL; at++) {
            if (hm_bytes_are(name, at->name)) {
                return at;
            }
        }
    }
    return NULL;
}

static enum hm_status fail_named(const struct hm_option *option,
                                 const char *key,
                                 const char *second,
                                 struct hm_err *err)
{
    char name[LABEL_SIZE];
    (void)snprintf(name, sizeof(name), "--%s", option->name);
    return hm_fail(err, HM_USAGE, key, name, second, NULL);
}

/* Whether `value` is one of the choices "a|b|c"; a name of a value allows all. */
static bool may_be(const char *choices, const char *value)
{
    size_t size = strlen(value);
    if (strchr(choices, '|') == NULL) {
        return true;
    }
    for (const char *at = choices; *at != '\0'; at += *at == '|') {
        size_t length = strcspn(at, "|");
        if (length == size && memcmp(at, value, size) == 0) {
            return true;
        }
        at += length;
    }
    return false;
}

static enum hm_status take_value(const struct hm_option *option,
                                 const char *value,
                                 struct hm_err *err)
{
    char name[LABEL_SIZE];
    if (may_be(option->value, value)) {
        return HM_OK;
    }
    (void)snprintf(name, sizeof(name), "--%s", option->name);
    return hm_fail(err, HM_BAD_INPUT, "option-choice", name, value, option->value);
}

static void keep_option(struct hm_args *args,
                        const struct hm_option *option,
                        const char *value)
{
    args->given[args->given_count++] = (struct hm_given){option, value};
    args->help = args->help || option == &hm_options_common[0];
    args->json = args->json || option == &hm_options_common[1];
}

static enum hm_status read_option(struct reader *in,
                                  const char *given,
                                  struct hm_err *err)
{
    const char *text = given + 2;
    const char *equals = strchr(text, '=');
    size_t size = equals == NULL ? strlen(text) : (size_t)(equals - text);
    struct hm_bytes name = {(const uint8_t *)text, size};
    const struct hm_option *option = find_option(&in->args, name);
    const char *value = equals == NULL ? NULL : equals + 1;
    enum hm_status status = HM_OK;
    if (option == NULL) {
        return fail_option(&in->args, given, err);
    }
    if (!option->repeated && hm_args_has(&in->args, option->name)) {
        return fail_named(option, "option-twice", NULL, err);
    }
    if (option->value == NULL) {
        if (value != NULL) {
            return fail_named(option, "option-value-extra", value, err);
        }
    } else {
        if (value == NULL && in->at == in->argc) {
            return fail_named(option, "option-value-missing", option->value, err);
        }
        value = value == NULL ? in->argv[in->at++] : value;
        status = take_value(option, value, err);
    }
    if (status == HM_OK) {
        keep_option(&in->args, option, value);
    }
    return status;
}

/* ---- commands ---- */

static enum hm_status fail_command(const struct hm_program *program,
                                   const char *name,
                                   struct hm_err *err)
{
    struct hm_nearest nearest;
    hm_nearest_init(&nearest, hm_text(name));
    for (const struct hm_command *at = program->commands; at->name != NULL; at++) {
        hm_nearest_offer(&nearest, at->name);
    }
    if (nearest.word == NULL) {
        return hm_fail(err, HM_USAGE, "command-unknown-far", name, program->name, NULL);
    }
    return hm_fail(err, HM_USAGE, "command-unknown", name, nearest.word, program->name);
}

static bool begins_command(const struct hm_program *program, const char *word)
{
    size_t size = strlen(word);
    for (const struct hm_command *at = program->commands; at->name != NULL; at++) {
        if (strncmp(at->name, word, size) == 0 && at->name[size] == ' ') {
            return true;
        }
    }
    return false;
}

static const struct hm_command *find_command(const struct hm_program *program,
                                             const char *name)
{
    for (const struct hm_command *at = program->commands; at->name != NULL; at++) {
        if (strcmp(at->name, name) == 0) {
            return at;
        }
    }
    return NULL;
}

static enum hm_status read_command(struct reader *in,
                                   const char *word,
                                   struct hm_err *err)
{
    const struct hm_program *program = in->args.program;
    char name[LABEL_SIZE];
    (void)snprintf(name, sizeof(name), "%s%s%s", in->half == NULL ? "" : in->half,
                   in->half == NULL ? "" : " ", word);
    in->args.command = find_command(program, name);
    if (in->args.command != NULL) {
        in->half = NULL;
        return HM_OK;
    }
    if (in->half == NULL && begins_command(program, word)) {
        in->half = word;
        return HM_OK;
    }
    return fail_command(program, name, err);
}

/* ---- the line ---- */

static enum hm_status read_word(struct reader *in, struct hm_err *err)
{
    const char *word = in->argv[in->at++];
    if (!in->ended && word[0] == '-' && word[1] != '\0') {
        if (strcmp(word, "--") == 0) {
            in->ended = true;
            return HM_OK;
        }
        if (word[1] == '-') {
            return read_option(in, word, err);
        }
        return strcmp(word, "-h") == 0 ? read_option(in, "--help", err)
                                       : fail_option(&in->args, word, err);
    }
    if (in->args.command == NULL) {
        return read_command(in, word, err);
    }
    in->args.operands[in->args.operand_count++] = word;
    return HM_OK;
}

static enum hm_status check_operands(const struct hm_args *args, struct hm_err *err)
{
    const char *shown = args->command->operands == NULL ? "" : args->command->operands;
    char label[LABEL_SIZE];
    char name[LABEL_SIZE];
    label_put(label, args);
    if (args->operand_count < hm_operands_least(shown)) {
        hm_operands_name(name, sizeof(name), shown, args->operand_count);
        return hm_fail(err, HM_USAGE, "operand-missing", name, label, shown);
    }
    if (args->operand_count > hm_operands_most(shown)) {
        return hm_fail(err, HM_USAGE, "operand-extra",
                       args->operands[hm_operands_most(shown)], label, NULL);
    }
    return HM_OK;
}

static enum hm_status check_required(const struct hm_args *args, struct hm_err *err)
{
    const struct hm_option *tables[3];
    for (size_t i = 0; i < option_tables(tables, args); i++) {
        for (const struct hm_option *at = tables[i]; at->name != NULL; at++) {
            if (at->required && !hm_args_has(args, at->name)) {
                return fail_named(at, "option-missing", at->value, err);
            }
        }
    }
    return HM_OK;
}

static enum hm_status check_whole(const struct reader *in, struct hm_err *err)
{
    const struct hm_args *args = &in->args;
    if (args->help) {
        return HM_OK;
    }
    if (in->half != NULL) {
        return fail_command(args->program, in->half, err);
    }
    if (args->command == NULL) {
        return hm_fail(err, HM_USAGE, "command-missing", args->program->name, NULL, NULL);
    }
    enum hm_status status = check_operands(args, err);
    return status == HM_OK ? check_required(args, err) : status;
}

enum hm_status hm_args_init(struct hm_args *args,
                            const struct hm_program *program,
                            int argc,
                            char *const argv[],
                            struct hm_err *err)
{
    size_t count = argc < 1 ? 1 : (size_t)argc;
    struct reader in = {.argv = argv, .argc = count, .at = 1};
    enum hm_status status = HM_OK;
    in.args.program = program;
    in.args.command = find_command(program, "");
    in.args.operands = calloc(count, sizeof(*in.args.operands));
    in.args.given = calloc(count, sizeof(*in.args.given));
    if (in.args.operands == NULL || in.args.given == NULL) {
        status = hm_fail_memory(err);
        goto out;
    }
    while (in.at < in.argc && status == HM_OK) {
        status = read_word(&in, err);
    }
    if (status == HM_OK) {
        status = check_whole(&in, err);
    }
out:
    if (status != HM_OK) {
        hm_args_fini(&in.args);
        return status;
    }
    *args = in.args;
    return HM_OK;
}

void hm_args_fini(struct hm_args *args)
{
    free(args->given);
    free(args->operands);
    *args = (struct hm_args){.help = false};
}

enum hm_status hm_option_number(int64_t *number,
                                const char *text,
                                const char *option,
                                int64_t min,
                                int64_t max,
                                struct hm_err *err)
{
    char low[PLACES + 2];
    char high[PLACES + 2];
    size_t size = strlen(text);
    if (size > 0 && size < PLACES && strspn(text, "0123456789") == size) {
        int64_t read = strtoll(text, NULL, 10);
        if (read >= min && read <= max) {
            *number = read;
            return HM_OK;
        }
    }
    (void)snprintf(low, sizeof(low), "%lld", (long long)min);
    (void)snprintf(high, sizeof(high), "%lld", (long long)max);
    return hm_fail(err, HM_BAD_INPUT, "option-number", option, low, high);
}

const char *hm_args_value_at(const struct hm_args *args, const char *name, size_t index)
{
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0 && index-- == 0) {
            return args->given[i].value;
        }
    }
    return NULL;
}

const char *hm_args_value(const struct hm_args *args, const char *name)
{
    return hm_args_value_at(args, name, 0);
}

bool hm_args_has(const struct hm_args *args, const char *name)
{
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *hm_args_lang(int argc, char *const argv[])
{
    static const char with_value[] = "--lang=";
    const char *lang = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], with_value, sizeof(with_value) - 1) == 0) {
            lang = argv[i] + sizeof(with_value) - 1;
        } else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
            lang = argv[++i];
        }
    }
    return lang;
}
