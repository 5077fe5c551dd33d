/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - a program's commands and options as a table, and a command line held to it.
 *
 * Owner:   daemon/command/options.c; layer 4, pure
 * Threads: tables are constant; arguments belong to one thread
 *
 * Options may stand anywhere, mixed with operands; those of a command stand after it.
 * `--name value` and `--name=value` are the same, `--` ends the options, `-` is an
 * operand. Every command takes --help (-h), --json and --lang. The last of an option
 * given twice does not win: it is refused, unless the option may be repeated.
 */
#ifndef HAMLET_COMMAND_OPTIONS_H
#define HAMLET_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hamlet/base/err.h"

struct hm_call; /* program.h */

/* Help of it: `help.option.NAME`. A table of options ends with a null name. */
struct hm_option {
    const char *name;  /* without the dashes */
    const char *value; /* its name in help; "csv|json": one of these; null: a flag */
    bool required;
    bool repeated;
};

/*
 * Help of it: `help.PROGRAM.NAME`, a space in the name as `-`. The name is one word or
 * two
 * ("units import"), or empty for the one command of a program that has no others. A table
 * of commands ends with a null name.
 *
 * Operands are written as help shows them: "KIND field=value…". `[X]` may be missing,
 * `X…` may be repeated, both only at the end.
 */
struct hm_command {
    const char *name;
    const char *operands;            /* null: none */
    const struct hm_option *options; /* null: none of its own */
    enum hm_status (*run)(struct hm_call *call, struct hm_err *err);
};

/* Help of it: `help.NAME`. */
struct hm_program {
    const char *name;
    const struct hm_option *options; /* that every command takes; null: none */
    const struct hm_command *commands;
};

/* --help, --json, --lang. */
extern const struct hm_option hm_options_common[];

struct hm_given {
    const struct hm_option *option;
    const char *value; /* null: a flag */
};

/* A command line that fits its table. Texts are those of argv. */
struct hm_args {
    const struct hm_program *program;
    const struct hm_command *command; /* null only with `help`: of the whole program */
    bool help;                        /* was asked for; nothing else was checked then */
    bool json;
    const char **operands;
    size_t operand_count;
    struct hm_given *given; /* in their order */
    size_t given_count;
};

/*
 * Read a command line. Nothing to release after a failure.
 * HM_USAGE      no such command or option (the hint names the nearest one), or an
 * operand, a value or a required option is missing, or too much was given HM_BAD_INPUT an
 * option's value is none of its choices
 */
HM_CHECKED enum hm_status hm_args_init(struct hm_args *args,
                                       const struct hm_program *program,
                                       int argc,
                                       char *const argv[],
                                       struct hm_err *err);
void hm_args_fini(struct hm_args *args);

/* The whole number that an option gives. HM_BAD_INPUT: it is none from `min` to `max`. */
HM_CHECKED enum hm_status hm_option_number(int64_t *number,
                                           const char *text,
                                           const char *option,
                                           int64_t min,
                                           int64_t max,
                                           struct hm_err *err);

bool hm_args_has(const struct hm_args *args, const char *name);
/* The value of an option, or null. `index`: of those given repeatedly, from 0. */
const char *hm_args_value(const struct hm_args *args, const char *name);
const char *hm_args_value_at(const struct hm_args *args, const char *name, size_t index);

/*
 * The value of --lang as far as it can be told from a line that may be wrong otherwise:
 * the complaint about it must be in that language. Null: not given.
 */
const char *hm_args_lang(int argc, char *const argv[]);

#endif
