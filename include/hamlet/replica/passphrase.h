/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passphrase.h - who of the members of a laptop sits at it: what only he can remember.
 *
 * Owner:      daemon/replica/passphrase.c; layer 4
 * Threads:    those of the store; one at a time, each check holds 64 MiB for a moment
 *             (base/passphrase.h)
 * Durability: what gave HM_OK is on disk. Killed at any moment, either the old passphrase
 *             opens or the new one, never neither and never both
 * Errors:     those of the store and of files besides; no error, log or argument ever
 *             has a passphrase in it
 * Files:      keys/member-USER, 0600: the member's key, 32 random bytes, sealed with the
 *             passphrase. It stays when the passphrase changes. Nothing else is sealed to
 *             it, so a passphrase that is forgotten loses nothing: it is reset
 *
 * A member without such a file has no passphrase. It keeps members who share a laptop
 * from acting for one another; who may write the files of the store can take it away, so
 * against thieves a disk has to be encrypted as a whole.
 *
 * WRONG TRIES are counted in the store before they are judged, so neither a kill nor a
 * start makes anybody forget them. The first HM_PASSPHRASE_TRIES in a row cost nothing;
 * after each further one the next has to wait, twice as long each time, up to
 * HM_PASSPHRASE_WAIT_MAX_MS: who has a bad day is let in again within minutes, who
 * guesses comes to 300 tries a day. The wait is measured by the machine's own running
 * time, which no clock setting moves; where it began anew, the wait counts from there.
 */
#ifndef HAMLET_REPLICA_PASSPHRASE_H
#define HAMLET_REPLICA_PASSPHRASE_H

#include "hamlet/base/env.h"
#include "hamlet/store/store.h"

enum {
    HM_PASSPHRASE_TRIES = 4,
    HM_PASSPHRASE_WAIT_MS = 5 * 1000,
    HM_PASSPHRASE_WAIT_MAX_MS = 5 * 60 * 1000
};

/* Of whom, and where. All borrowed. */
struct hm_passphrase_of {
    struct hm_store *store; /* not in a transaction */
    const char *dir;
    const struct hm_env *env;
    struct hm_id user;
    /*
     * When a try last could not be counted because the disk took nothing; null: such a
     * try is refused. One is let through in HM_PASSPHRASE_WAIT_MAX_MS, so that what is
     * here can be read and taken away.
     */
    struct hm_mono *uncounted;
};

bool hm_passphrase_is_set(const char *dir, const struct hm_id *user);

/*
 * Is it his? Also where he has none. `*wait_ms`: until one may try again; 0: at once.
 * HM_DENIED   passphrase-wrong · passphrase-needed: none was given, which is no try ·
 *             passphrase-wait (seconds): nothing was judged
 * HM_CORRUPT  the file is damaged: only a reset helps
 */
HM_CHECKED enum hm_status hm_passphrase_check(const struct hm_passphrase_of *of,
                                              struct hm_bytes given,
                                              int64_t *wait_ms,
                                              struct hm_err *err);

/*
 * Make `fresh` his passphrase, or with no bytes take it away. `old` as in
 * hm_passphrase_check, as are its errors. Both may be typed in any normal form.
 * HM_BAD_INPUT  passphrase-short, or it has characters that nobody can type again
 */
HM_CHECKED enum hm_status hm_passphrase_change(const struct hm_passphrase_of *of,
                                               struct hm_bytes old,
                                               struct hm_bytes fresh,
                                               int64_t *wait_ms,
                                               struct hm_err *err);

/* He has none from here on, and his wrong tries are forgotten. Who may ask is yours. */
HM_CHECKED enum hm_status hm_passphrase_reset(const struct hm_passphrase_of *of,
                                              struct hm_err *err);

#endif
