/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recovery.h - the recovery key as people copy it: on paper, once, years before its use.
 *
 * Owner:  daemon/server/recovery.c
 * Format: 32 bytes and the first 3 of H32(packed "hamlet-recovery-1", key) in Base32 of
 *         Crockford's alphabet, which has no I, L, O and U: 56 characters in groups of
 *         four with a hyphen between
 */
#ifndef DAEMON_SERVER_RECOVERY_H
#define DAEMON_SERVER_RECOVERY_H

#include "hamlet/base/buf.h"

enum { HM_RECOVERY_SIZE = 32, HM_RECOVERY_TEXT_SIZE = 56 + 13 + 1 /* with the NUL */ };

void hm_recovery_put(char text[HM_RECOVERY_TEXT_SIZE],
                     const uint8_t key[HM_RECOVERY_SIZE]);

/*
 * Read it back: hyphens, spaces, line ends and case do not matter; O is read as 0, I and
 * L as 1. `key` is wiped after a failure.
 * HM_BAD_INPUT  recovery-form: not so long, another character, or the checksum says that
 *               something was mistyped
 */
HM_CHECKED enum hm_status hm_recovery_get(uint8_t key[HM_RECOVERY_SIZE],
                                          struct hm_bytes text,
                                          struct hm_err *err);

#endif
