/* SPDX-License-Identifier: Apache-2.0 */
#include "tmpdir.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>

bool hm_tmpdir_init(struct hm_tmpdir *tmpdir)
{
    const char *above = getenv("TMPDIR");
    (void)snprintf(tmpdir->path, sizeof(tmpdir->path), "%s/hamlet-XXXXXX",
                   above == NULL ? "/tmp" : above);
    return mkdtemp(tmpdir->path) != NULL;
}

void hm_tmpdir_fini(struct hm_tmpdir *tmpdir)
{
    char *paths[] = {tmpdir->path, NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL) {
        return;
    }
    for (FTSENT *at = fts_read(walk); at != NULL; at = fts_read(walk)) {
        if (at->fts_info != FTS_D) { /* a folder comes a second time, when it is empty */
            (void)remove(at->fts_accpath);
        }
    }
    (void)fts_close(walk);
}

const char *hm_tmpdir_in(const struct hm_tmpdir *tmpdir,
                         const char *name,
                         char path[HM_TMPDIR_PATH_SIZE])
{
    (void)snprintf(path, HM_TMPDIR_PATH_SIZE, "%.400s/%.100s", tmpdir->path, name);
    return path;
}
