/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tmpdir.h - a folder of the test's own, gone when the test is over.
 *
 * Owner: the test
 */
#ifndef TESTS_SUPPORT_TMPDIR_H
#define TESTS_SUPPORT_TMPDIR_H

#include <stdbool.h>

enum { HM_TMPDIR_PATH_SIZE = 512 };

struct hm_tmpdir {
    char path[HM_TMPDIR_PATH_SIZE];
};

/* A new empty folder in TMPDIR, or /tmp. False: it could not be made. */
bool hm_tmpdir_init(struct hm_tmpdir *tmpdir);
/* Remove it with all that is in it. */
void hm_tmpdir_fini(struct hm_tmpdir *tmpdir);

/* The path of `name` in it, into `path`; gives `path`. */
const char *hm_tmpdir_in(const struct hm_tmpdir *tmpdir,
                         const char *name,
                         char path[HM_TMPDIR_PATH_SIZE]);

#endif
