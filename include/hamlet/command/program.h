/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - from main's arguments to its exit code.
 *
 * Owner:   daemon/command/program.c; layer 4
 * Threads: the main thread
 */
#ifndef HAMLET_COMMAND_PROGRAM_H
#define HAMLET_COMMAND_PROGRAM_H

#include "hamlet/command/options.h"
#include "hamlet/command/output.h"
#include "hamlet/text/words.h"

/* What a command is given; all of it borrowed. */
struct hm_call {
    const struct hm_args *args;
    const struct hm_words *words;
    enum hm_lang lang;
    struct hm_output *out; /* flushed after the command, also when it failed */
    void *ctx;             /* the program's own */
};

/*
 * Read the command line, run the command or show help, report a failure. The language is
 * --lang, else that of LC_ALL, LC_MESSAGES or LANG, else Vietnamese.
 */
int hm_program_run(const struct hm_program *program,
                   int argc,
                   char *const argv[],
                   void *ctx);

#endif
