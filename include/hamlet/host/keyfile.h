/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyfile.h - the seeds of our keys: FOLDER/keys/NAME, 32 bytes, nobody else's to read.
 *
 * Owner:      daemon/host/keyfile.c; layer 4
 * Durability: a seed that was given is on disk
 * Errors:     as file.h; `seed` is wiped after a failure
 *
 * Keys never stand in SQLite: its journal, its free pages and a copied database would
 * carry them along. A folder `keys` or a key that others have rights on is refused, not
 * narrowed: it may have been read already, and a person must know.
 */
#ifndef HAMLET_HOST_KEYFILE_H
#define HAMLET_HOST_KEYFILE_H

#include "hamlet/base/env.h"

enum { HM_SEED_SIZE = 32 };

/*
 * Read the seed. For a store that has been set up: a new key in place of a lost one would
 * make it another replica.
 * HM_NOT_FOUND     there is none
 * HM_UNCONFIGURED  others have rights on it or on its folder
 * HM_CORRUPT       it is not 32 bytes long
 */
HM_CHECKED enum hm_status hm_keyfile_load(uint8_t seed[HM_SEED_SIZE],
                                          const char *folder,
                                          const char *name,
                                          struct hm_err *err);

/*
 * As hm_keyfile_load, but a missing seed is drawn and kept first. Two processes that do
 * this at once get the same seed.
 */
HM_CHECKED enum hm_status hm_keyfile_load_or_make(uint8_t seed[HM_SEED_SIZE],
                                                  const struct hm_env *env,
                                                  const char *folder,
                                                  const char *name,
                                                  struct hm_err *err);

/*
 * The seed `next` takes the place of `name`, whose own is wiped; until that is done it
 * stands as `old`. Killed at any step, `name` is one of the two and the rest can be done
 * again. What `name` holds is never wiped.
 * HM_NOT_FOUND  there is no `next`
 */
HM_CHECKED enum hm_status hm_keyfile_replace(const struct hm_env *env,
                                             const char *folder,
                                             const char *name,
                                             const char *next,
                                             const char *old,
                                             struct hm_err *err);

/* Wipe the seed `old`, if there is one, and it is not that of `name` as well. */
HM_CHECKED enum hm_status hm_keyfile_forget(const struct hm_env *env,
                                            const char *folder,
                                            const char *name,
                                            const char *old,
                                            struct hm_err *err);

#endif
