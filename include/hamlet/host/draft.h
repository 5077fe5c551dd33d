/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft.h - a file that is written under another name until it is whole.
 *
 * Owner:      daemon/host/draft.c; layer 4
 * Threads:    a draft belongs to one thread
 * Durability: after hm_draft_sync its content is on disk, after hm_draft_name its name
 * too Errors:     as file.h
 *
 *     open ── put … put ── sync ── name ── close
 *
 * Closed before it has its name nothing of it is left. A power cut leaves at most a file
 * `.….new` that nobody reads, until the next draft is opened in that folder: then it
 * goes. The steps are told to `env`.
 */
#ifndef HAMLET_HOST_DRAFT_H
#define HAMLET_HOST_DRAFT_H

#include <sys/types.h>

#include "hamlet/base/buf.h"
#include "hamlet/base/env.h"

enum { HM_DRAFT_NAME_SIZE = 22 };

struct hm_draft {
    const struct hm_env *env;
    const char *path; /* what it will be; borrowed */
    const char *last; /* of the path; in `folder` */
    int folder;
    int fd;
    char name[HM_DRAFT_NAME_SIZE]; /* empty: nothing of it is left to remove */
};

/* What is left in the folder of drafts that nobody writes any more is removed.
 * hm_draft_close follows a failure, too. */
HM_CHECKED enum hm_status hm_draft_open(struct hm_draft *draft,
                                        const struct hm_env *env,
                                        const char *path,
                                        struct hm_err *err);
HM_CHECKED enum hm_status hm_draft_put(struct hm_draft *draft,
                                       struct hm_bytes bytes,
                                       struct hm_err *err);
/* Append all that was written so far to `to`. HM_TOO_BIG: over its cap */
HM_CHECKED enum hm_status hm_draft_read(const struct hm_draft *draft,
                                        struct hm_buf *to,
                                        struct hm_err *err);
HM_CHECKED enum hm_status hm_draft_sync(struct hm_draft *draft,
                                        mode_t mode,
                                        struct hm_err *err);
/* HM_EXISTS  without `replace`: something of that name is there, and was left as it is */
HM_CHECKED enum hm_status hm_draft_name(struct hm_draft *draft,
                                        bool replace,
                                        struct hm_err *err);
/* Take the file away again whose name was given without `replace`, as far as the disk
 * lets it. Does nothing while the draft has no name, or where another file has it now. */
void hm_draft_unname(struct hm_draft *draft);
void hm_draft_close(struct hm_draft *draft);

#endif
