/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offer.h - a laptop gives back to its server what that lost (PROTOCOL.md 7.5).
 *
 * Private to proto/sync. Bucket by bucket, the registry first: leaves under the server's
 * own signature, then the entries of leaves that differ there, then the pages of changes
 * that it lacks. What was answered is only known while the session is open; begun anew,
 * it finds what is there already by the leaves.
 */
#ifndef HAMLET_SYNC_OFFER_H
#define HAMLET_SYNC_OFFER_H

#include "session_inside.h"

struct hm_offering;

/*
 * Inside a transaction: fill `stream` with what is to be offered next, if anything is;
 * session->offers says so. *none: no bucket is old any more. Until then nothing else is
 * sent: a page would be judged by a registry that is not there, and name entries by
 * numbers that mean something else.
 */
HM_CHECKED enum hm_status hm_offer_build(struct hm_session *session,
                                         struct hm_buf *stream,
                                         bool *none,
                                         struct hm_err *err);

/*
 * The same for a file, which nobody answers: everything goes, with its pages, until
 * session->offers is false. With session->file_all of every bucket, old or not; else of
 * those that are old, offered before or not, since the file may have been lost.
 */
HM_CHECKED enum hm_status hm_offer_build_file(struct hm_session *session,
                                              struct hm_buf *stream,
                                              struct hm_err *err);

/* The reply to what hm_offer_build filled came whole. */
HM_CHECKED enum hm_status hm_offer_answered(struct hm_session *session,
                                            struct hm_err *err);

void hm_offering_free(struct hm_offering *offering); /* does nothing on null */

#endif
