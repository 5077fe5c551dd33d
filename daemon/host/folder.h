/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.h - the folder that a path leads to, held open.
 *
 * Owner: daemon/host/folder.c; private to host
 *
 * What is done with a name in an open folder stays in that folder, whatever is renamed on
 * the way to it in the meantime.
 */
#ifndef HAMLET_HOST_FOLDER_H
#define HAMLET_HOST_FOLDER_H

#include "hamlet/base/err.h"

/*
 * Open the folder of `path`; `*fd` is the caller's. `*name`: the last part of `path`,
 * borrowed from it. HM_BAD_INPUT: `path` ends with a slash or is empty.
 */
HM_CHECKED enum hm_status hm_folder_open(int *fd,
                                         const char **name,
                                         const char *path,
                                         struct hm_err *err);

/* Put on disk which names stand in the folder. `path` is for the error. */
HM_CHECKED enum hm_status hm_folder_sync(int fd, const char *path, struct hm_err *err);

#endif
