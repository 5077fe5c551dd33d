/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - a program that does nothing, with every kind of command and option.
 */
#ifndef TESTS_UNIT_COMMAND_TABLE_H
#define TESTS_UNIT_COMMAND_TABLE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/command/options.h"

enum { WORDS_MAX = 24 };

static enum hm_status table_run(struct hm_call *call, struct hm_err *why);

static const struct hm_option table_store[] = {{.name = "store", .value = "DIR"},
                                               {.name = NULL}};
static const struct hm_option table_list_options[] = {
    {.name = "where", .value = "field=value", .repeated = true},
    {.name = "deleted"},
    {.name = "limit", .value = "N"},
    {.name = NULL},
};
static const struct hm_option table_export_options[] = {
    {.name = "format", .value = "csv|json"},
    {.name = NULL}};
static const struct hm_option table_invite_options[] = {
    {.name = "unit", .value = "CODE", .required = true},
    {.name = "out", .value = "FILE", .required = true},
    {.name = "valid", .value = "7d"},
    {.name = NULL},
};
static const struct hm_command table_commands[] = {
    {.name = "add", .operands = "KIND field=value…", .run = table_run},
    {.name = "list", .operands = "KIND", .options = table_list_options, .run = table_run},
    {.name = "export",
     .operands = "KIND",
     .options = table_export_options,
     .run = table_run},
    {.name = "conflicts", .run = table_run},
    {.name = "rebuild", .operands = "[ID]", .run = table_run},
    {.name = "invite", .options = table_invite_options, .run = table_run},
    {.name = "units import", .operands = "FILE.csv", .run = table_run},
    {.name = "units list", .run = table_run},
    {.name = NULL},
};
static const struct hm_program table_program = {"hamlet", table_store, table_commands};

static const struct hm_option table_daemon_options[] = {
    {.name = "once"},
    {.name = "listen", .value = "ADDR:PORT"},
    {.name = NULL}};
static const struct hm_command table_daemon_commands[] = {
    {.name = "", .options = table_daemon_options, .run = table_run},
    {.name = NULL}};
static const struct hm_program table_daemon = {"hamletd", table_store,
                                               table_daemon_commands};

/* A line of words without quotes as an argv; an empty word is written ''. */
struct table_line {
    char *text;
    char *argv[WORDS_MAX + 1];
    int argc;
};

static inline void table_line_init(struct table_line *line, const char *text)
{
    line->text = strdup(text);
    line->argc = 0;
    char *word = line->text;
    while (*word != '\0') {
        size_t size = strcspn(word, " ");
        char *next = word + size + (word[size] == ' ');
        word[size] = '\0';
        ck_assert_int_lt(line->argc, WORDS_MAX);
        line->argv[line->argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
        word = next;
    }
    line->argv[line->argc] = NULL;
}

static inline void table_line_fini(struct table_line *line)
{
    free(line->text);
}

#endif
