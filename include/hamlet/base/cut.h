/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cut.h - text that must fit where there is little room, such as an argument of an error.
 *
 * Owner: proto/base/cut.c; layer 0
 */
#ifndef HAMLET_BASE_CUT_H
#define HAMLET_BASE_CUT_H

#include "hamlet/base/bytes.h"

/*
 * Put as much of `text`, UTF-8, into the `size` bytes at `to` as fits there with a NUL:
 * never half a character, which would make whatever it is put into invalid.
 */
void hm_cut(char *to, size_t size, struct hm_bytes text);

#endif
