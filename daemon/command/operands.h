/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operands.h - what a text like "KIND [FILE] field=value…" asks for, and how it is shown.
 *
 * Owner: daemon/command/operands.c; private to command
 */
#ifndef HAMLET_COMMAND_OPERANDS_H
#define HAMLET_COMMAND_OPERANDS_H

#include "hamlet/text/words.h"

size_t hm_operands_least(const char *shown);
size_t hm_operands_most(const char *shown);

/* The operand at `index`, cut at `size` - 1 bytes; empty if there is none. */
void hm_operands_name(char *name, size_t size, const char *shown, size_t index);

/*
 * Append such a text, or what stands for an option's value, in the language of `words`:
 * a word that is to be replaced (`help.word.KIND`) in theirs, what is typed as it is.
 */
void hm_operands_put(struct hm_buf *out, const struct hm_words *words, const char *shown);

/* The same for those arguments of a failure of the command line that are such texts. */
void hm_operands_explain(const struct hm_words *words, struct hm_err *err);

#endif
