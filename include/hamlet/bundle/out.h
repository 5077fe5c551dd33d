/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out.h - bundles written to files that no size frightens and no pulled stick leaves
 * half.
 *
 * Owner:      daemon/bundle/out.c; layer 4
 * Threads:    an output belongs to one thread
 * Durability: hm_bundle_out_sync: all of it is on disk; hm_bundle_out_publish: and has
 *             its names. Closed before that, nothing of it is left
 * Errors:     those of host/draft.h. HM_EXISTS: a file of that name is there
 *
 *     open ── begin ── put … put ── end ── begin … end ── sync ── publish ── close
 *                                    └ carry
 *
 * What does not fit FILE goes on in FILE.2, FILE.3…; each is whole by itself.
 */
#ifndef HAMLET_BUNDLE_OUT_H
#define HAMLET_BUNDLE_OUT_H

#include "hamlet/host/draft.h"
#include "hamlet/wire/bundle.h"

struct hm_bundle_out;

struct hm_bundle_out_stats {
    size_t files;
    size_t bundles; /* written; those carried not counted */
    size_t carried;
    uint64_t bytes;
};

/* `path` and `env` are borrowed until close. No file becomes larger than `most` bytes. */
HM_CHECKED enum hm_status hm_bundle_out_open(struct hm_bundle_out **out,
                                             const struct hm_env *env,
                                             const char *path,
                                             uint64_t most,
                                             struct hm_err *err);
void hm_bundle_out_close(struct hm_bundle_out *out); /* does nothing on null */

/*
 * Begin a bundle: its part number, keys of the file and, without an id, its id are made
 * here. `reader` is copied, `secret` borrowed until the end.
 */
HM_CHECKED enum hm_status hm_bundle_out_begin(struct hm_bundle_out *out,
                                              const struct hm_bundle_head *head,
                                              const struct hm_key *reader,
                                              const struct hm_secret *secret,
                                              struct hm_err *err);
HM_CHECKED enum hm_status hm_bundle_out_put(struct hm_bundle_out *out,
                                            struct hm_bytes body,
                                            struct hm_err *err);
HM_CHECKED enum hm_status hm_bundle_out_end(struct hm_bundle_out *out,
                                            struct hm_err *err);

/* Between bundles: one of somebody else's, which stands in `fd` from its beginning. */
HM_CHECKED enum hm_status hm_bundle_out_carry(struct hm_bundle_out *out,
                                              int fd,
                                              struct hm_err *err);

HM_CHECKED enum hm_status hm_bundle_out_sync(struct hm_bundle_out *out,
                                             struct hm_err *err);
/* All files get their names, or, as far as the disk lets it, none. */
HM_CHECKED enum hm_status hm_bundle_out_publish(struct hm_bundle_out *out,
                                                struct hm_err *err);

const struct hm_bundle_out_stats *hm_bundle_out_stats(const struct hm_bundle_out *out);

#endif
