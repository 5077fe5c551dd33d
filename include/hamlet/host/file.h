/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.h - whole files: read with a cap, written so that a power cut leaves old or new.
 *
 * Owner:      daemon/host/file.c; layer 4
 * Threads:    no shared state
 * Durability: HM_OK after a write means that content and name are on disk
 * Errors:     outputs are written only on success. Besides those named below:
 *             HM_NOT_FOUND no such file or folder; HM_DENIED no permission;
 *             HM_IO the disk is full or failed
 *
 * Only plain files are opened: a link, a pipe or a device under a name that we were given
 * is refused, because opening it can hang, or reach what the name does not say. That
 * holds for the last part of a path; the folders before it may be links.
 */
#ifndef HAMLET_HOST_FILE_H
#define HAMLET_HOST_FILE_H

#include <sys/types.h>

#include "hamlet/base/buf.h"
#include "hamlet/base/env.h"

/*
 * Open a plain file for reading. `*fd` is the caller's.
 * HM_BAD_INPUT  it is a link or no plain file
 */
HM_CHECKED enum hm_status hm_file_open(int *fd, const char *path, struct hm_err *err);

/* As hm_file_open, for secrets. HM_UNCONFIGURED: the group or others have rights on it.
 */
HM_CHECKED enum hm_status hm_file_open_private(int *fd,
                                               const char *path,
                                               struct hm_err *err);

/*
 * Append the whole file to `to`, which is empty and whose cap is the limit; after a
 * failure it is empty again.
 * HM_TOO_BIG    larger than the cap; nothing was allocated for it if its size said so
 * HM_BAD_INPUT  it is a link or no plain file
 */
HM_CHECKED enum hm_status hm_file_read(struct hm_buf *to,
                                       const char *path,
                                       struct hm_err *err);

/*
 * Make `path` a file of exactly these bytes and this mode, whatever stood there: a
 * temporary file in the same folder, fsync, rename, fsync of the folder. The steps are
 * told to `env`. After a failure the old file stands, but for one case: HM_IO from the
 * last step leaves the new one, not yet safe from a power cut. A power cut leaves at most
 * a file `.….new` that nobody reads.
 */
HM_CHECKED enum hm_status hm_file_write(const struct hm_env *env,
                                        const char *path,
                                        struct hm_bytes bytes,
                                        mode_t mode,
                                        struct hm_err *err);

/* As hm_file_write. HM_EXISTS: something of that name is there, and was left as it is. */
HM_CHECKED enum hm_status hm_file_create(const struct hm_env *env,
                                         const char *path,
                                         struct hm_bytes bytes,
                                         mode_t mode,
                                         struct hm_err *err);

/*
 * Overwrite a secret that is no longer needed, then remove it. A disk that writes
 * elsewhere, or a file system that keeps old versions, may still hold it.
 * HM_NOT_FOUND  there is none
 */
HM_CHECKED enum hm_status hm_file_wipe(const struct hm_env *env,
                                       const char *path,
                                       struct hm_err *err);

/* Remove a file. A power cut leaves it whole or gone. HM_NOT_FOUND  there is none */
HM_CHECKED enum hm_status hm_file_remove(const struct hm_env *env,
                                         const char *path,
                                         struct hm_err *err);

/*
 * Make the folder `path` and those above it that are missing, each 0700 and on disk.
 * Folders that are there keep their mode.
 * HM_BAD_INPUT  something else of that name is there
 */
HM_CHECKED enum hm_status hm_file_make_folders(const char *path, struct hm_err *err);

#endif
