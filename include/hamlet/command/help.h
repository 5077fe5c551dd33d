/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help.h - what --help shows, made from the table and the words.
 *
 * Owner: daemon/command/help.c; layer 4
 * Errors: those of the buffer
 */
#ifndef HAMLET_COMMAND_HELP_H
#define HAMLET_COMMAND_HELP_H

#include "hamlet/command/options.h"
#include "hamlet/text/words.h"

/* Append the help of `command`, or of the whole program if that is null. */
void hm_help_put(struct hm_buf *out,
                 const struct hm_words *words,
                 const struct hm_program *program,
                 const struct hm_command *command);

#endif
