/* SPDX-License-Identifier: Apache-2.0 */
/* A laptop's side of files: bodies out, bodies in. */
#include "hamlet/base/limits.h"
#include "hamlet/store/epoch.h"
#include "hamlet/store/offers.h"
#include "session_inside.h"

void hm_session_file_all(struct hm_session *session)
{
    session->file_all = true;
}

enum hm_status hm_session_file_body(struct hm_session *session,
                                    const struct hm_id *bundle,
                                    bool first,
                                    struct hm_buf *body,
                                    bool *more,
                                    struct hm_err *err)
{
    session->budget = HM_FILE_BODY_BYTES;
    enum hm_status status = hm_upload_build_file(session, bundle, first, body, err);
    if (status == HM_OK) {
        *more = session->more_up;
    }
    hm_arena_clear(&session->arena);
    return status;
}

enum hm_status hm_session_file_begin(struct hm_session *session,
                                     uint32_t epoch,
                                     uint64_t incarnation,
                                     bool first,
                                     struct hm_err *err)
{
    enum hm_status status = hm_session_round(session, err);
    session->by_file = true;
    session->file_first = first;
    session->file_incarnation = incarnation;
    session->body_before = session->stats;
    session->origin = (struct hm_origin){.device = session->device, .epoch = epoch};
    session->round = HM_ROUND_HEAD;
    return status;
}

/*
 * The server has signed what it holds of this chain. Where that is more than is here, or
 * something else, another disk wrote it: this one was restored, or copied.
 */
static enum hm_status check_chain(struct hm_session *session,
                                  const struct hm_origin *origin,
                                  struct hm_err *err)
{
    const struct hm_receipt *receipt = &session->reply.receipt;
    struct hm_digest head;
    int64_t epoch = 0;
    bool found = false;
    if (receipt->seq == 0) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_EPOCH, 0, &epoch, err);
    if (status == HM_OK && receipt->seq <= origin->seq) {
        status =
            hm_store_head_at(session->store, origin, receipt->seq, &head, &found, err);
    }
    if (status != HM_OK || (found && hm_digest_equal(&head, &receipt->head))) {
        return status;
    }
    return hm_fail(err, HM_BAD_INPUT,
                   (uint64_t)epoch == receipt->epoch ? "bundle-ahead"
                                                     : "bundle-other-state",
                   NULL, NULL, NULL);
}

/* Whether the reply names more than is here: an entry, a change of ours. */
static enum hm_status is_news(struct hm_session *session, bool *news, struct hm_err *err)
{
    const struct hm_reply *reply = &session->reply;
    struct hm_origin origin;
    enum hm_status status = hm_store_origin_get(
        session->store, &session->device, reply->receipt.epoch, false, &origin, err);
    if (status == HM_OK) {
        status = check_chain(session, &origin, err);
    }
    *news = status == HM_OK && reply->receipt.seq > origin.acked;
    for (size_t i = 0; i < reply->receipt.bucket_count && status == HM_OK && !*news;
         i++) {
        uint64_t n = 0;
        status =
            hm_store_bucket_n(session->store, reply->receipt.buckets[i].name, &n, err);
        *news = reply->receipt.buckets[i].n > n;
    }
    return status;
}

/* It begins where the disk was that it was made for, and that was in another epoch. */
static enum hm_status check_epoch(struct hm_session *session, struct hm_err *err)
{
    int64_t epoch = 0;
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_EPOCH, 0, &epoch, err);
    return status != HM_OK || session->origin.epoch == 0 ||
                   session->origin.epoch == (uint64_t)epoch
               ? status
               : hm_fail(err, HM_BAD_INPUT, "bundle-other-state", NULL, NULL, NULL);
}

/*
 * A server that was restored counts anew, and which of two incarnations is the later one
 * no number says: a file is taken that was made for a laptop as it is now.
 */
static enum hm_status check_incarnation(struct hm_session *session,
                                        bool *other,
                                        struct hm_err *err)
{
    int64_t known = 0;
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_INCARNATION, 0, &known, err);
    *other = (uint64_t)known != session->reply.receipt.incarnation;
    if (status == HM_OK && known != 0 && *other &&
        session->file_incarnation != (uint64_t)known) {
        return hm_fail(err, HM_BAD_INPUT, "bundle-other-state", NULL, NULL, NULL);
    }
    return status;
}

/*
 * What a server lost is offered to it before its new entries are taken: they begin the
 * buckets anew. A file that answers one of ours says so by the incarnation that it was
 * made for, and ours held what was to be offered.
 */
static enum hm_status check_offered(struct hm_session *session, struct hm_err *err)
{
    struct hm_bytes *names = NULL;
    size_t waiting = 0;
    size_t offered = 0;
    size_t filed = 0;
    enum hm_status status = hm_store_buckets_old(session->store, HM_OLD_TO_OFFER, &names,
                                                 &waiting, &session->arena, err);
    if (status == HM_OK) {
        status = hm_store_buckets_old(session->store, HM_OLD_OFFERED, &names, &offered,
                                      &session->arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_buckets_old(session->store, HM_OLD_IN_FILE, &names, &filed,
                                      &session->arena, err);
    }
    bool answers =
        session->file_incarnation == session->reply.receipt.incarnation && waiting == 0;
    return status != HM_OK || answers || waiting + offered + filed == 0
               ? status
               : hm_fail(err, HM_BAD_INPUT, "bundle-send-first", NULL, NULL, NULL);
}

enum hm_status hm_apply_file_header(struct hm_session *session, struct hm_err *err)
{
    struct hm_store *store = session->store;
    const struct hm_reply *reply = &session->reply;
    struct hm_bytes invitation = HM_NO_BYTES;
    bool other = false;
    bool news = false;
    enum hm_status status = check_epoch(session, err);
    if (status == HM_OK) {
        status = check_incarnation(session, &other, err);
    }
    if (status == HM_OK && other) {
        status = hm_apply_incarnation(session, false, err);
    }
    if (status == HM_OK) {
        status = check_offered(session, err);
    }
    if (status == HM_OK) {
        status = is_news(session, &news, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_INVITATION, &session->arena,
                                   &invitation, err);
    }
    if (status == HM_OK && invitation.size > 0) {
        status = hm_store_meta_put(store, HM_META_INVITATION, HM_NO_BYTES, err);
        if (status == HM_OK) {
            status = hm_store_meta_put(store, HM_META_FIRST, HM_NO_BYTES, err);
        }
    }
    if (status == HM_OK && (news || other) && reply->has_scope) {
        status = hm_apply_scope(session, err);
    }
    if (status == HM_OK && reply->receipt.seq > 0) {
        status = hm_apply_ack(session, err);
    }
    if (status == HM_OK && (news || other)) {
        status = hm_apply_receipt(session, err);
    }
    session->reply_taken = status == HM_OK;
    return status;
}

/* Who may sign, and by which key, stands in the registry that came before. */
static bool is_gap(const struct hm_err *failed)
{
    return hm_bytes_are(hm_text(failed->key), "bundle-gap") ||
           (hm_bytes_are(hm_text(failed->key), "page") &&
            (hm_bytes_are(hm_text(failed->arg[0]), "device") ||
             hm_bytes_are(hm_text(failed->arg[0]), "signature")));
}

/* A rule that is broken is the file's fault, and no reason to doubt a server. */
static enum hm_status fail_file(const struct hm_err *failed, struct hm_err *err)
{
    if (failed->status != HM_PROTOCOL && failed->status != HM_TOO_BIG) {
        if (err != NULL && err->status == HM_OK) {
            *err = *failed;
        }
        return failed->status;
    }
    return hm_fail(err, HM_BAD_INPUT, is_gap(failed) ? "bundle-gap" : "bundle-damaged",
                   NULL, NULL, NULL);
}

/*
 * A file begins where this device said last that it was. What begins behind what is here
 * was made for a disk that had more: this one is a copy of it, or older.
 */
static enum hm_status find_behind(struct hm_session *session,
                                  struct hm_err *failed,
                                  bool *behind,
                                  struct hm_err *err)
{
    int64_t epoch = 0;
    *behind = false;
    if (!session->file_first || !is_gap(failed)) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_EPOCH, 0, &epoch, err);
    *behind = status == HM_OK && (uint64_t)epoch == session->origin.epoch;
    *failed = HM_ERR_NONE;
    (void)!hm_fail(failed, HM_BAD_INPUT, *behind ? "bundle-behind" : "bundle-other-state",
                   NULL, NULL, NULL);
    return status;
}

/*
 * What was taken must come as far as its first line says. A device that says less than
 * before is not given all of it again: the server goes by the most that it said.
 */
static enum hm_status check_reached(struct hm_session *session, struct hm_err *err)
{
    const struct hm_receipt *receipt = &session->reply.receipt;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < receipt->bucket_count && status == HM_OK; i++) {
        uint64_t n = 0;
        status = hm_store_bucket_n(session->store, receipt->buckets[i].name, &n, err);
        if (status == HM_OK && n < receipt->buckets[i].n) {
            return hm_fail(err, HM_BAD_INPUT, "bundle-gap", NULL, NULL, NULL);
        }
    }
    return status;
}

/* That the server is another one by now is known from here on; nothing else is. */
static enum hm_status note_incarnation(struct hm_session *session, struct hm_err *err)
{
    enum hm_status status = hm_store_begin(session->store, err);
    if (status == HM_OK) {
        status = hm_apply_incarnation(session, false, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(session->store, err);
    }
    hm_store_rollback(session->store);
    return status;
}

/* As after a stale request: nothing is lost by it (PROTOCOL.md 7.6). */
static enum hm_status renew(struct hm_session *session, struct hm_err *err)
{
    uint64_t moved = 0;
    enum hm_status status = hm_store_begin(session->store, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_store_epoch_begin(session->store, &moved, err);
    if (status != HM_OK) {
        hm_store_rollback(session->store);
        return status;
    }
    status = hm_store_commit(session->store, err);
    session->stats.epochs += status == HM_OK;
    session->stats.moved += status == HM_OK ? moved : 0;
    return status;
}

/* All of a body that is refused is: what was taken of it before that as well. */
static enum hm_status end_body(struct hm_session *session,
                               enum hm_status status,
                               struct hm_err *err)
{
    bool open = session->body_open;
    session->body_open = false;
    if (status == HM_OK && open) {
        return hm_store_commit(session->store, err);
    }
    if (open) {
        hm_store_rollback(session->store);
    }
    if (status != HM_OK) {
        session->stats = session->body_before;
    }
    return status;
}

enum hm_status hm_session_file_end(struct hm_session *session,
                                   bool whole,
                                   struct hm_err *err)
{
    struct hm_err failed = HM_ERR_NONE;
    bool differs = false;
    bool behind = false;
    enum hm_status status = HM_OK;
    if (session->round == HM_ROUND_FAILED) {
        failed = session->failed;
        status = failed.status;
    }
    if (session->round == HM_ROUND_STREAM) {
        status = hm_apply(session, &failed);
        if (status == HM_OK && whole && session->inbox.in_page) {
            status = hm_fail(&failed, HM_PROTOCOL, "page", "end", NULL, NULL);
        }
        if (status == HM_OK && whole) {
            status = check_reached(session, &failed);
        }
    }
    status = end_body(session, status, &failed);
    if (session->round == HM_ROUND_STREAM) {
        if (status == HM_OK && whole) {
            status = hm_apply_compare(session, &differs, &failed);
        }
        if (status == HM_OK && whole && !differs && !session->reply.more) {
            status = hm_session_part(session, &failed);
        }
    }
    if (status != HM_OK) {
        enum hm_status found = find_behind(session, &failed, &behind, err);
        if (found == HM_OK && hm_bytes_are(hm_text(failed.key), "bundle-send-first")) {
            found = note_incarnation(session, err);
        }
        if (found != HM_OK) {
            return found;
        }
        status = failed.status;
    }
    hm_session_round_end(session);
    session->by_file = false;
    if (behind ||
        (status != HM_OK && hm_bytes_are(hm_text(failed.key), "bundle-ahead"))) {
        enum hm_status renewed = renew(session, err);
        if (renewed != HM_OK) {
            return renewed;
        }
    }
    return status == HM_OK ? HM_OK : fail_file(&failed, err);
}
