/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h - the laptop's side: rounds of request and reply until both sides agree.
 *
 * Owner:   proto/sync/session.c, upload.c, describe.c, apply.c; layer 3
 * Threads: a session belongs to the thread of its store
 * Rules:   PROTOCOL.md section 7
 *
 * Events in, actions out; no socket, clock or sleep:
 *
 *     begin ── request ──> (send the body)
 *                 answer <── status of the reply
 *                 put … put <── its body, in any pieces
 *                 end <── it is over, whole or broken off ──> what to do next
 *
 * Nothing is lost by stopping anywhere: what was acknowledged is noted in the transaction
 * that follows, what arrived whole is kept, the request id stands in the store before the
 * request is sent.
 */
#ifndef HAMLET_SYNC_SESSION_H
#define HAMLET_SYNC_SESSION_H

#include "hamlet/base/sign.h"
#include "hamlet/store/store.h"

struct hm_session;

enum hm_session_next {
    HM_SESSION_AGAIN, /* send another request now */
    HM_SESSION_DONE,  /* both sides agree */
    HM_SESSION_RETRY, /* it broke off; try again at once or after a while */
    HM_SESSION_STOP   /* trying again cannot help; see the error */
};

struct hm_session_stats {
    uint64_t rounds; /* requests whose reply was taken */
    uint64_t changes_up;
    uint64_t changes_down;
    uint64_t quarantined; /* own changes that were refused in this session */
    uint64_t tries_idle;  /* failures in a row without progress */
    uint64_t epochs;      /* begun anew, since the disk was copied or restored */
    uint64_t moved;       /* changes that were put into a new epoch */
    uint64_t entries;     /* of files: entries that were not here */
};

/*
 * `store` and `secret` are borrowed until close. `version` is told to the server.
 * HM_UNCONFIGURED  the store has no device
 */
HM_CHECKED enum hm_status hm_session_open(struct hm_session **session,
                                          struct hm_store *store,
                                          const struct hm_secret *secret,
                                          const char *version,
                                          struct hm_err *err);
void hm_session_close(struct hm_session *session);

/* A new series of rounds: counters begin again. */
void hm_session_begin(struct hm_session *session);

/* Fill `body` with the next request; durable facts about it are committed first. */
HM_CHECKED enum hm_status hm_session_request(struct hm_session *session,
                                             struct hm_buf *body,
                                             struct hm_err *err);

/*
 * The request never left: how it ends says nothing about the link, and what it held
 * counts as not sent. Before hm_session_end.
 */
void hm_session_unsent(struct hm_session *session);

/*
 * The body is on its way and the reply not here yet: use the time to make the next
 * request's pages. May be left out, and changes nothing in the store.
 */
void hm_session_ahead(struct hm_session *session);

/* The status line of the reply. */
void hm_session_answer(struct hm_session *session, int http_status);
/* Bytes of its body. False: it is no use to read on. */
bool hm_session_put(struct hm_session *session, struct hm_bytes bytes);

/*
 * The round is over. `whole`: the reply came to its end; else `broken` says why not
 * (null: it was cut). `took_ms`: how long the round was, which decides how much the next
 * sends. With RETRY and STOP `err` says why.
 */
enum hm_session_next hm_session_end(struct hm_session *session,
                                    bool whole,
                                    const struct hm_err *broken,
                                    int64_t took_ms,
                                    struct hm_err *err);

/*
 * Files instead of a network (hamlet/wire/bundle.h). A body for the server, inside a
 * transaction that the caller has begun and commits once the file is safe; `first`: the
 * first of this file. *more: call again.
 */
HM_CHECKED enum hm_status hm_session_file_body(struct hm_session *session,
                                               const struct hm_id *bundle,
                                               bool first,
                                               struct hm_buf *body,
                                               bool *more,
                                               struct hm_err *err);
/*
 * Before the first of them: offer all that is here. Else what is known to be lost is, in
 * every file until the server has answered one (PROTOCOL.md section 12).
 */
void hm_session_file_all(struct hm_session *session);

/*
 * A body from the server: begin, hm_session_put in any pieces, end. `epoch` and
 * `incarnation` are those that the file was made for, `first` says that it is the first
 * body of a first part. What was here already changes nothing, not a byte, nor does a
 * body that is refused, but for what is said below: all of it is one transaction;
 * hm_session_stats counts what was not.
 * HM_BAD_INPUT  bundle-ahead: the server has changes of this chain that are not here, so
 *               a new epoch was begun, which a file for the server will say;
 *               bundle-behind: a first body begins behind what is here, so that this
 * disk is not the one that said where: a new epoch, too; bundle-gap: another file comes
 * before it; bundle-other-state: it was made for this laptop as it was
 * before the server was restored, or as it is not any more; bundle-send-first: the server
 * lost what it had, which is noted, and a file for it holds what is here from now on;
 * bundle-damaged: it breaks a rule
 */
HM_CHECKED enum hm_status hm_session_file_begin(struct hm_session *session,
                                                uint32_t epoch,
                                                uint64_t incarnation,
                                                bool first,
                                                struct hm_err *err);
HM_CHECKED enum hm_status hm_session_file_end(struct hm_session *session,
                                              bool whole,
                                              struct hm_err *err);

const struct hm_session_stats *hm_session_stats(const struct hm_session *session);

#endif
