/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operands.h - how many operands a text like "KIND [FILE] field=value…" asks for.
 *
 * Owner: daemon/command/operands.c; private to command
 */
#ifndef HAMLET_COMMAND_OPERANDS_H
#define HAMLET_COMMAND_OPERANDS_H

#include <stddef.h>

size_t hm_operands_least(const char *shown);
size_t hm_operands_most(const char *shown);

/* The operand at `index`, cut at `size` - 1 bytes; empty if there is none. */
void hm_operands_name(char *name, size_t size, const char *shown, size_t index);

#endif
