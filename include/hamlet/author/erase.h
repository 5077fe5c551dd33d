/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erase.h - values of a record that every replica is to forget (PROTOCOL.md 4.2).
 *
 * Owner:      proto/author/erase.c, erase_reasons.c; layer 3
 * Threads:    an author belongs to the thread of its store
 * Durability: author.h. What fails has written nothing: the transaction may go on
 * Errors:     author.h
 */
#ifndef HAMLET_AUTHOR_ERASE_H
#define HAMLET_AUTHOR_ERASE_H

#include "hamlet/author/author.h"

/*
 * Erase registers of a record: null over all they ever held, which all replicas forget,
 * with the reasons given for it. Names are those of registers: a field, or a whole group;
 * `~why` means all reasons, and so do all registers together that hold something. A
 * deleted or void (store/void.h) record is not shown by it. *more: somebody wrote more
 * than one erasure names; another one of the same goes on. A server may erase what lies
 * in a unit that the registry does not know, for whom its own unit is in reach.
 * HM_BAD_INPUT  a name is none, a key field's, or that of one field of a group
 * HM_NOT_FOUND  no such record, or nothing of a register is here
 * HM_DENIED     role or scope; the registry is never erased
 */
HM_CHECKED enum hm_status hm_author_erase(struct hm_author *author,
                                          const struct hm_id *record,
                                          const struct hm_bytes *names,
                                          size_t count,
                                          struct hm_bytes reason,
                                          struct hm_id *change,
                                          bool *more,
                                          struct hm_err *err);

/*
 * Whether a reason is here that was given with a change of the record, or with one of
 * these withdrawals of its home (store/withdraw.h) that names such a change. Those of
 * erasures are left out: there is always one.
 */
bool hm_erase_reasons_held(const struct hm_loaded *loaded,
                           const struct hm_held *withdrawals,
                           size_t count);

#endif
