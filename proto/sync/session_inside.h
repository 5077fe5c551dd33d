/* SPDX-License-Identifier: Apache-2.0 */
/* session_inside.h - what the parts of a laptop's session share. */
#ifndef HAMLET_SYNC_SESSION_INSIDE_H
#define HAMLET_SYNC_SESSION_INSIDE_H

#include "hamlet/store/buckets.h"
#include "hamlet/store/pages.h"
#include "hamlet/sync/inbox.h"
#include "hamlet/sync/session.h"
#include "hamlet/wire/problem.h"
#include "hamlet/wire/request.h"

enum hm_round {
    HM_ROUND_IDLE,
    HM_ROUND_SENT,    /* no status yet */
    HM_ROUND_HEAD,    /* the first line of a reply is on its way */
    HM_ROUND_STREAM,  /* … and pages and entries */
    HM_ROUND_PROBLEM, /* a problem's body is on its way */
    HM_ROUND_FAILED   /* what came breaks the rules; the rest is not read */
};

struct hm_upload;
struct hm_offering;

struct hm_session {
    struct hm_store *store;
    const struct hm_secret *secret;
    const char *version;
    struct hm_id server;
    struct hm_key server_key;
    struct hm_id device;
    struct hm_session_stats stats;
    uint64_t budget;     /* bytes of body */
    uint64_t cuts;       /* in a row */
    uint64_t sent_bytes; /* of the request under way */
    double page_ratio;   /* bytes sent for a byte of values, as the last pages had it */

    /* the round under way */
    enum hm_round round;
    struct hm_arena arena;
    struct hm_id request_id;
    struct hm_id lease;      /* that the request presents */
    struct hm_origin origin; /* as it was when the request was made */
    uint64_t sent_pages;
    uint64_t sent_before; /* own changes that an earlier request had sent */
    int http_status;
    struct hm_buf head; /* first line of a reply, or a problem's body */
    struct hm_reply reply;
    bool forked;      /* the reply acknowledges what another disk wrote in this chain */
    bool reply_taken; /* lease and acknowledgement are in the store */
    int64_t receipt; /* … as what its receipt is kept; 0: it is not, nothing was news */
    bool body_open;  /* of a file: what is taken of it waits for its end */
    struct hm_session_stats body_before; /* … and then counts */
    struct hm_inbox inbox;
    bool inbox_open;
    struct hm_err failed;
    uint64_t applied;  /* entries of this round that are in the store */
    uint64_t repaired; /* buckets begun anew in this series */
    bool more_up;
    bool has_keys;  /* this device changed its key once … */
    bool keys_told; /* … the request names all keys of this device … */
    bool tell_keys; /* … and must from here on: the server does not know the newest */
    bool key_news;  /* the registry here does not name the newest yet */
    bool offers;    /* the request under way offers what the server lost */
    bool waits;     /* … or waits for its buckets: own pages are not in it */
    bool aged;      /* its reply came from another incarnation */
    struct hm_offering *offering; /* null: nothing is under way */

    /* of a round whose reply came in a file */
    bool by_file;
    bool file_first; /* no file has to come before it */
    /* of a file for the server */
    bool file_all;   /* everything is offered, whatever the server may have */
    bool file_out;   /* what is offered now is */
    bool file_pages; /* all that is offered is in it, and own pages follow */
    uint64_t
        file_incarnation; /* that the file was made for; 0: for one that knows none */

    /* beyond the round under way */
    uint64_t next_seq; /* the first own change that it does not send … */
    struct hm_digest next_head;
    struct hm_upload *ahead; /* … and what was packed from there on, or null */
};

/* A new round, of which nothing is known yet; and its end, whatever came (session.c). */
HM_CHECKED enum hm_status hm_session_round(struct hm_session *session,
                                           struct hm_err *err);
void hm_session_round_end(struct hm_session *session);

/* Fill `body` (upload.c). */
HM_CHECKED enum hm_status hm_upload_build(struct hm_session *session,
                                          struct hm_buf *body,
                                          struct hm_err *err);

/*
 * The same for a file, inside the caller's transaction: from the acknowledged end on, or
 * where the body before it ended.
 */
HM_CHECKED enum hm_status hm_upload_build_file(struct hm_session *session,
                                               const struct hm_id *bundle,
                                               bool first,
                                               struct hm_buf *body,
                                               struct hm_err *err);

/* What the first line of a reply says that came in a file (file.c). */
HM_CHECKED enum hm_status hm_apply_file_header(struct hm_session *session,
                                               struct hm_err *err);
/* Parts of what it says, for hm_apply_file_header (apply.c). */
HM_CHECKED enum hm_status hm_apply_ack(struct hm_session *session, struct hm_err *err);
HM_CHECKED enum hm_status hm_apply_scope(struct hm_session *session, struct hm_err *err);
/* `leased`: the lease in the store came with this reply. */
HM_CHECKED enum hm_status hm_apply_incarnation(struct hm_session *session,
                                               bool leased,
                                               struct hm_err *err);
HM_CHECKED enum hm_status hm_apply_receipt(struct hm_session *session,
                                           struct hm_err *err);

/* Pack what the next request will probably send. Only for speed, so it cannot fail. */
void hm_upload_ahead(struct hm_session *session);
void hm_upload_free(struct hm_upload *upload); /* does nothing on null */

/* The open request id: a row of the store, kept until a reply is taken (describe.c). */
HM_CHECKED enum hm_status hm_upload_open(struct hm_session *session, struct hm_err *err);

/* Whether the registry here names the newest own key (describe.c). */
HM_CHECKED enum hm_status hm_upload_find_key(struct hm_session *session,
                                             struct hm_err *err);

/* What the request says beside its pages (describe.c), inside a transaction. */
HM_CHECKED enum hm_status hm_upload_describe(struct hm_session *session,
                                             struct hm_request *request,
                                             struct hm_err *err);

/*
 * The server says that this lease is not the last (renew.c). Where the store still holds
 * it, nobody but a copy of this disk, or this disk before it was restored, took another:
 * a new epoch is begun. *renewed false: another process took the reply meanwhile.
 */
HM_CHECKED enum hm_status hm_session_renew(struct hm_session *session,
                                           bool *renewed,
                                           struct hm_err *err);

/* Put what arrived into the store, with lease and acknowledgement if that is still to
 * be done (apply.c). */
HM_CHECKED enum hm_status hm_apply(struct hm_session *session, struct hm_err *err);

/*
 * The registry says more than before: where the permit that the person here works under
 * ended and another one stands, role and unit are those of that one (follow.c).
 */
HM_CHECKED enum hm_status hm_session_follow(struct hm_session *session,
                                            struct hm_err *err);

/*
 * Both sides agree: forget the units that lie outside of the scope now. What was written
 * here is with the server by then (follow.c).
 */
HM_CHECKED enum hm_status hm_session_part(struct hm_session *session, struct hm_err *err);

/* After a whole reply that may bring entries: what was old is not any more. */
HM_CHECKED enum hm_status hm_apply_renewed(struct hm_session *session,
                                           struct hm_err *err);

/* After a whole reply: do the buckets say what the server says? */
HM_CHECKED enum hm_status hm_apply_compare(struct hm_session *session,
                                           bool *differs,
                                           struct hm_err *err);

#endif
