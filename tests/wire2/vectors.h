/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors.h - the C answers every question of a file of proto/vectors as it stands there.
 *
 * The folder is proto/vectors of the source tree, or the one that HM_VECTORS names: the
 * self check of the vectors brings broken ones (plants.py).
 */
#ifndef TESTS_WIRE2_VECTORS_H
#define TESTS_WIRE2_VECTORS_H

#include <check.h>

#include "told.h"

/*
 * Ask every question of `folder`/`name`, `folder` being proto/vectors: first `own`, which
 * may be null and gives false where the question is none of its own, then answer_put.
 * Gives how many answers differ, each told on stderr by the name of its vector. A file
 * that is missing, cannot be read, has no vectors or another number of them than it says
 * counts as one.
 */
size_t vectors_wrong(const char *folder,
                     const char *name,
                     bool (*own)(struct hm_buf *answer, const struct hm_json *ask));

/*
 * The suite of a program that answers the vectors of `files`: `test` gets their indexes
 * one after the other. With an argument: of that file alone, which must be one of them.
 * Gives the program's exit code.
 */
int vectors_run(const char *suite,
                const TTest *test,
                const char *const *files,
                size_t count,
                int argc,
                char **argv);

#endif
