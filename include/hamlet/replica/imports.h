/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imports.h - the files that were imported, kept as they came: what a row of a list
 * really said can be looked up when somebody doubts it.
 *
 * Owner:      daemon/replica/imports.c; layer 4
 * Threads:    one command, one thread
 * Durability: HM_OK from hm_imports_keep means that the file is on disk
 * Files:      DIR/imports/DIGEST, 0600, BLAKE2b-256 of the file in hex
 *
 * Nothing depends on them, so the oldest go when there are too many. Nobody can cut a
 * value out of a foreign file: where values are erased, or a unit is taken away, all go.
 */
#ifndef HAMLET_REPLICA_IMPORTS_H
#define HAMLET_REPLICA_IMPORTS_H

#include "hamlet/base/buf.h"
#include "hamlet/base/env.h"
#include "hamlet/base/hash.h"

enum { HM_IMPORTS_MAX = 64 }; /* a sheet for each week of a year */
#define HM_IMPORTS_BYTES_MAX ((uint64_t)256 * 1024 * 1024)

/*
 * Keep these bytes, whose digest this is. `*fresh`: they were not here. What is too much
 * then goes, the oldest first, never this one. HM_IO  the disk is full or failed
 */
HM_CHECKED enum hm_status hm_imports_keep(const char *dir,
                                          const struct hm_env *env,
                                          const struct hm_digest *digest,
                                          struct hm_bytes bytes,
                                          bool *fresh,
                                          struct hm_err *err);

/* Let one go; it need not be there. */
void hm_imports_drop(const char *dir, const struct hm_digest *digest);

/* Let all go. False: one is still there. */
bool hm_imports_clear(const char *dir);

#endif
