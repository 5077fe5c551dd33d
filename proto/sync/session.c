/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/limits.h"
#include "offer.h"
#include "session_inside.h"

enum {
    APPLY_CHANGES = 2000, /* taken into the store at once; memory is bounded by it */
    FAST_MS = 2000,       /* a round shorter than this may send twice as much */
    REPAIRS_MAX = 64,
    EPOCHS_MAX = 2, /* in one series: more would not be about this disk */
    HTTP_OK = 200
};

/*
 * After a cut two pages are sent, after another one page: the server has kept what
 * arrived whole before it, and its answer says so. On the slowest link an answer takes as
 * long as AGAIN_BYTES: what is no more is sent again as it was, once.
 */
#define AGAIN_BYTES  ((uint64_t)16 * 1024)
#define CUT_BUDGET   (2 * (uint64_t)HM_PAGE_SENT_BYTES)
#define LEAST_BUDGET ((uint64_t)HM_PAGE_SENT_BYTES / 2)

static const double first_page_ratio = 0.40;

static enum hm_status load_self(struct hm_session *session, struct hm_err *err)
{
    struct hm_bytes key = HM_NO_BYTES;
    int64_t budget = 0;
    struct hm_store *store = session->store;
    enum hm_status status =
        hm_store_meta_get_id(store, HM_META_DEVICE, &session->device, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_id(store, HM_META_DISTRICT, &session->server, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_SERVER_KEY, &session->arena, &key, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_BUDGET,
                                       (int64_t)HM_REQUEST_BYTES_FIRST, &budget, err);
    }
    if (status == HM_OK && (key.size != HM_KEY_SIZE || hm_id_is_none(&session->device))) {
        return hm_fail(err, HM_UNCONFIGURED, "store-missing", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        memcpy(session->server_key.at, key.data, HM_KEY_SIZE);
        session->budget = (uint64_t)budget;
    }
    hm_arena_clear(&session->arena);
    return status;
}

enum hm_status hm_session_open(struct hm_session **session,
                               struct hm_store *store,
                               const struct hm_secret *secret,
                               const char *version,
                               struct hm_err *err)
{
    struct hm_session *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->store = store;
    made->secret = secret;
    made->version = version;
    made->page_ratio = first_page_ratio;
    hm_arena_init(&made->arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&made->head, HM_REQUEST_BYTES_MAX);
    enum hm_status status = load_self(made, err);
    if (status == HM_OK) {
        *session = made;
        made = NULL;
    }
    hm_session_close(made);
    return status;
}

static void forget_round(struct hm_session *session)
{
    if (session->inbox_open) {
        hm_inbox_close(&session->inbox);
        session->inbox_open = false;
    }
    hm_buf_fini(&session->head);
    hm_buf_init(&session->head, HM_REQUEST_BYTES_MAX);
    hm_arena_clear(&session->arena);
    session->round = HM_ROUND_IDLE;
}

static void forget_ahead(struct hm_session *session)
{
    hm_upload_free(session->ahead);
    session->ahead = NULL;
}

void hm_session_close(struct hm_session *session)
{
    if (session != NULL) {
        forget_round(session);
        forget_ahead(session);
        hm_offering_free(session->offering);
        hm_buf_fini(&session->head);
        hm_arena_fini(&session->arena);
        free(session);
    }
}

void hm_session_begin(struct hm_session *session)
{
    session->stats = (struct hm_session_stats){.rounds = 0};
    session->repaired = 0;
}

const struct hm_session_stats *hm_session_stats(const struct hm_session *session)
{
    return &session->stats;
}

enum hm_status hm_session_round(struct hm_session *session, struct hm_err *err)
{
    forget_round(session);
    session->reply_taken = false;
    session->receipt = 0;
    session->forked = false;
    session->applied = 0;
    session->aged = false;
    session->http_status = 0;
    session->failed = HM_ERR_NONE;
    session->reply = (struct hm_reply){.more = false};
    enum hm_status status =
        hm_inbox_open(&session->inbox, session->store, &session->server, err);
    session->inbox_open = true;
    if (status == HM_OK) {
        session->inbox.takes_entries = true;
        session->inbox.known = session->server;
        hm_keys_one(&session->inbox.known_keys, &session->server_key);
    }
    return status;
}

void hm_session_round_end(struct hm_session *session)
{
    forget_round(session);
}

enum hm_status hm_session_request(struct hm_session *session,
                                  struct hm_buf *body,
                                  struct hm_err *err)
{
    enum hm_status status = hm_session_round(session, err);
    if (status == HM_OK) {
        status = hm_upload_build(session, body, err);
        session->sent_bytes = body->size;
    }
    session->round = HM_ROUND_SENT;
    return status;
}

/* Pages stay sealed as they are: what was signed once is never signed otherwise. */
static enum hm_status take_back(struct hm_session *session, struct hm_err *err)
{
    struct hm_origin origin;
    enum hm_status status = hm_store_begin(session->store, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_store_origin_get(session->store, &session->origin.device,
                                 session->origin.epoch, false, &origin, err);
    if (status == HM_OK && origin.sent > session->sent_before) {
        origin.sent = session->sent_before;
        status = hm_store_origin_put(session->store, &origin, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(session->store, err);
    }
    hm_store_rollback(session->store);
    return status;
}

void hm_session_unsent(struct hm_session *session)
{
    struct hm_err none = HM_ERR_NONE;
    session->sent_pages = 0;
    if (session->origin.sent > session->sent_before) {
        /* It decides only what a person is told; the next answer puts it right. */
        (void)!take_back(session, &none);
    }
}

void hm_session_ahead(struct hm_session *session)
{
    if (session->round == HM_ROUND_SENT && session->more_up && session->ahead == NULL) {
        hm_upload_ahead(session);
    }
}

void hm_session_answer(struct hm_session *session, int http_status)
{
    session->http_status = http_status;
    session->round = http_status == HTTP_OK ? HM_ROUND_HEAD : HM_ROUND_PROBLEM;
}

static bool fail_round(struct hm_session *session, enum hm_status status)
{
    HM_ASSERT(status != HM_OK);
    session->round = HM_ROUND_FAILED;
    session->failed.status = status;
    return false;
}

/* A page that any network may put in front of ours: HTML where a reply should begin. */
static bool is_portal(const struct hm_buf *head)
{
    for (size_t i = 0; i < head->size; i++) {
        if (strchr(" \t\r\n", head->data[i]) == NULL) {
            return head->data[i] == '<';
        }
    }
    return false;
}

static bool read_head(struct hm_session *session)
{
    struct hm_reply *reply = &session->reply;
    enum hm_status status = HM_OK;
    if (is_portal(&session->head)) {
        status = hm_fail(&session->failed, HM_NO_SERVER, "portal", NULL, NULL, NULL);
        return fail_round(session, status);
    }
    status = hm_reply_read(reply, hm_buf_bytes(&session->head), &session->device,
                           session->origin.epoch, &session->arena, &session->failed);
    if (status == HM_OK && !hm_id_equal(&reply->receipt.server, &session->server)) {
        status = hm_fail(&session->failed, HM_PROTOCOL, "server-other", NULL, NULL, NULL);
    }
    if (status == HM_OK && reply->has_receipt) {
        status = hm_receipt_check(&reply->signature, &reply->receipt,
                                  &session->server_key, &session->failed);
    }
    if (status == HM_OK && !reply->has_receipt &&
        (reply->receipt.seq > 0 || reply->receipt.bucket_count > 0)) {
        status = hm_fail(&session->failed, HM_PROTOCOL, "receipt", NULL, NULL, NULL);
    }
    if (status != HM_OK) {
        return fail_round(session, status);
    }
    session->round = HM_ROUND_STREAM;
    return true;
}

/* Take pages and entries; put them into the store when there are many, or must be. */
static bool read_stream(struct hm_session *session, struct hm_bytes bytes)
{
    enum hm_status status = hm_inbox_put(&session->inbox, bytes, &session->failed);
    while (status == HM_OK && (hm_inbox_waits(&session->inbox) ||
                               session->inbox.change_count >= APPLY_CHANGES)) {
        bool waits = hm_inbox_waits(&session->inbox);
        status = hm_apply(session, &session->failed);
        if (status == HM_OK && waits) {
            status = hm_inbox_resume(&session->inbox, &session->failed);
        }
    }
    return status == HM_OK ? true : fail_round(session, status);
}

bool hm_session_put(struct hm_session *session, struct hm_bytes bytes)
{
    if (session->round == HM_ROUND_HEAD) {
        const uint8_t *end =
            bytes.size == 0 ? NULL : memchr(bytes.data, '\n', bytes.size);
        size_t size = end == NULL ? bytes.size : (size_t)(end - bytes.data);
        hm_buf_put(&session->head, bytes.data, size);
        enum hm_status status = hm_buf_status(&session->head, &session->failed);
        if (status != HM_OK) {
            return fail_round(session, status == HM_TOO_BIG ? HM_PROTOCOL : status);
        }
        if (end == NULL) {
            return true;
        }
        if (!read_head(session)) {
            return false;
        }
        bytes.data += size + 1;
        bytes.size -= size + 1;
    }
    if (session->round == HM_ROUND_STREAM) {
        return bytes.size == 0 || read_stream(session, bytes);
    }
    if (session->round == HM_ROUND_PROBLEM) {
        hm_buf_put(&session->head, bytes.data, bytes.size);
        return session->head.failed == HM_OK;
    }
    return false;
}

/* Less after a cut, more while it is fast; kept, because tomorrow's link is today's. */
static void adapt(struct hm_session *session, bool cut, bool halve, int64_t took_ms)
{
    uint64_t before = session->budget;
    session->cuts += cut;
    if (cut && session->cuts > 1) {
        session->budget = LEAST_BUDGET;
    } else if (cut) {
        bool small = session->sent_bytes <= AGAIN_BYTES || before < CUT_BUDGET;
        session->budget = small ? before : CUT_BUDGET;
    } else if (halve) {
        session->budget = before / 2;
    } else if (took_ms < FAST_MS && (session->more_up || session->offers)) {
        session->budget = before * 2;
    }
    if (session->budget < LEAST_BUDGET) {
        session->budget = LEAST_BUDGET;
    }
    if (session->budget > HM_REQUEST_BYTES_MAX * 3 / 4) {
        session->budget = HM_REQUEST_BYTES_MAX * 3 / 4;
    }
    if (session->budget == before) {
        return;
    }
    if (hm_store_begin(session->store, NULL) == HM_OK) {
        enum hm_status status = hm_store_meta_put_int(session->store, HM_META_BUDGET,
                                                      (int64_t)session->budget, NULL);
        if (status == HM_OK) {
            status = hm_store_commit(session->store, NULL);
        }
        if (status != HM_OK) {
            hm_store_rollback(session->store); /* a wish, not a fact: try it next time */
        }
    }
}

static enum hm_session_next failed(struct hm_session *session,
                                   enum hm_session_next next,
                                   bool progress)
{
    session->stats.tries_idle = progress ? 0 : session->stats.tries_idle + 1;
    return next;
}

/* A copied or restored disk goes on in a new epoch; nothing of it is lost by that. */
static enum hm_session_next end_stale(struct hm_session *session, struct hm_err *err)
{
    bool renewed = false;
    (void)hm_fail(err, HM_DENIED, "problem-stale", NULL, NULL, NULL);
    if (session->stats.epochs >= EPOCHS_MAX) {
        return failed(session, HM_SESSION_STOP, false);
    }
    enum hm_status status = hm_session_renew(session, &renewed, err);
    if (status != HM_OK) {
        return failed(session, HM_SESSION_STOP, false);
    }
    if (!renewed) {
        return failed(session, HM_SESSION_RETRY, false);
    }
    forget_ahead(session);
    return HM_SESSION_AGAIN;
}

static enum hm_session_next end_problem(struct hm_session *session, struct hm_err *err)
{
    enum hm_problem problem = hm_problem_read(hm_buf_bytes(&session->head));
    if (problem == HM_PROBLEM_NONE) {
        (void)hm_fail(err, HM_NO_SERVER, "portal", NULL, NULL, NULL);
        return failed(session, HM_SESSION_RETRY, false);
    }
    if (problem == HM_PROBLEM_TOO_LARGE) {
        adapt(session, false, true, 0);
        (void)hm_fail(err, HM_NO_SERVER, "problem-too_large", NULL, NULL, NULL);
        return failed(session, HM_SESSION_RETRY, false);
    }
    if (problem == HM_PROBLEM_STALE) {
        return end_stale(session, err);
    }
    if (problem == HM_PROBLEM_SIGNATURE && session->has_keys && !session->keys_told) {
        hm_session_unsent(session); /* its pages were not read */
        session->tell_keys = true; /* it comes from a backup that is older than the key */
        return HM_SESSION_AGAIN;
    }
    static const char *const keys[HM_PROBLEM_COUNT] = {
#define HM_PROBLEM_WORD(name, text, http, again, status)                                 \
    [HM_PROBLEM_##name] = "problem-" #text,
        HM_PROBLEM_MAP(HM_PROBLEM_WORD)
#undef HM_PROBLEM_WORD
    };
    if (problem == HM_PROBLEM_UNKNOWN_DEVICE && !session->tell_keys) {
        hm_session_unsent(session); /* its pages were not read */
        session->tell_keys = true;  /* it may have lost its registry */
        return HM_SESSION_AGAIN;
    }
    (void)hm_fail(err, hm_problem_status(problem), keys[problem], NULL, NULL, NULL);
    return failed(session, hm_problem_again(problem) ? HM_SESSION_RETRY : HM_SESSION_STOP,
                  false);
}

static enum hm_status note_success(struct hm_session *session, struct hm_err *err)
{
    struct hm_store *store = session->store;
    enum hm_status status = hm_store_begin(store, err);
    if (status == HM_OK) {
        status = hm_store_meta_put_int(store, HM_META_LAST_SYNC,
                                       hm_env_wall(hm_store_env(store)).ms, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_LAST_ERROR, HM_NO_BYTES, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put_int(store, HM_META_ERRORS, 0, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(store, err);
    }
    hm_store_rollback(store);
    return status;
}

/*
 * Whether this store has changes that the server did not have when the round began; and
 * whether it was sent some of them and confirms none, though it had no more to say.
 */
static enum hm_status more_to_send(struct hm_session *session,
                                   bool *more,
                                   bool *in_vain,
                                   struct hm_err *err)
{
    struct hm_origin origin;
    int64_t epoch = 0;
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_EPOCH, 0, &epoch, err);
    if (status == HM_OK) {
        status = hm_store_origin_get(session->store, &session->device, (uint32_t)epoch,
                                     false, &origin, err);
    }
    *more = status == HM_OK && origin.acked < origin.seq;
    *in_vain = *more && session->sent_pages > 0 && session->applied == 0 &&
               origin.epoch == session->origin.epoch &&
               origin.acked == session->origin.acked;
    return status;
}

static enum hm_session_next end_whole(struct hm_session *session,
                                      int64_t took_ms,
                                      struct hm_err *err)
{
    bool differs = false;
    bool more = false;
    bool in_vain = false;
    enum hm_status status = hm_apply(session, err);
    if (status == HM_OK && session->inbox.in_page) {
        status = hm_fail(err, HM_PROTOCOL, "page", "end", NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_apply_compare(session, &differs, err);
    }
    if (status == HM_OK && differs && session->repaired > REPAIRS_MAX) {
        status = hm_fail(err, HM_CORRUPT, "bucket-differs", NULL, NULL, NULL);
    }
    if (status == HM_OK && session->offers) {
        status = hm_offer_answered(session, err);
    } else if (status == HM_OK && !session->aged && !session->reply.more) {
        status = hm_apply_renewed(session, err);
    }
    if (status == HM_OK) {
        status = more_to_send(session, &more, &in_vain, err);
    }
    if (status != HM_OK) {
        return failed(session, HM_SESSION_STOP, false);
    }
    bool goes_on = differs || session->offers || session->aged || session->reply.more;
    adapt(session, false, false, took_ms);
    session->cuts = 0;
    session->stats.rounds++;
    if (in_vain && !goes_on) {
        (void)hm_fail(err, HM_NO_SERVER, "unconfirmed", NULL, NULL, NULL);
        return failed(session, HM_SESSION_RETRY, false);
    }
    session->stats.tries_idle = 0;
    if (goes_on || more) {
        return HM_SESSION_AGAIN;
    }
    status = hm_session_part(session, err);
    if (status == HM_OK) {
        status = note_success(session, err);
    }
    if (status != HM_OK) {
        return failed(session, HM_SESSION_STOP, false);
    }
    return HM_SESSION_DONE;
}

/* What arrived before the cut is good and is kept. */
static enum hm_session_next end_broken(struct hm_session *session,
                                       const struct hm_err *broken,
                                       struct hm_err *err)
{
    bool had_reply = session->round == HM_ROUND_STREAM;
    enum hm_status status = had_reply ? hm_apply(session, err) : HM_OK;
    if (status != HM_OK) {
        return failed(session, HM_SESSION_STOP, false);
    }
    if (session->sent_pages > 0 && !had_reply) {
        adapt(session, true, false, 0);
    }
    if (broken != NULL && broken->status != HM_OK) {
        (void)hm_fail(err, broken->status, broken->key, broken->arg[0], broken->arg[1],
                      broken->arg[2]);
        return failed(session,
                      broken->status == HM_NO_SERVER ? HM_SESSION_RETRY : HM_SESSION_STOP,
                      had_reply);
    }
    (void)hm_fail(err, HM_NO_SERVER, "cut", NULL, NULL, NULL);
    return failed(session, HM_SESSION_RETRY, had_reply);
}

static enum hm_session_next end_failed(struct hm_session *session, struct hm_err *err)
{
    *err = session->failed;
    return failed(session,
                  hm_status_retry(err->status) == HM_RETRY_NEVER ? HM_SESSION_STOP
                                                                 : HM_SESSION_RETRY,
                  false);
}

enum hm_session_next hm_session_end(struct hm_session *session,
                                    bool whole,
                                    const struct hm_err *broken,
                                    int64_t took_ms,
                                    struct hm_err *err)
{
    enum hm_session_next next = HM_SESSION_STOP;
    switch (session->round) {
    case HM_ROUND_FAILED:
        next = end_failed(session, err);
        break;
    case HM_ROUND_PROBLEM:
        next = whole ? end_problem(session, err) : end_broken(session, broken, err);
        break;
    case HM_ROUND_STREAM:
        next =
            whole ? end_whole(session, took_ms, err) : end_broken(session, broken, err);
        break;
    case HM_ROUND_HEAD:
        if (whole) { /* it ended before its first line did */
            (void)hm_fail(err, HM_NO_SERVER, "portal", NULL, NULL, NULL);
            next = failed(session, HM_SESSION_RETRY, false);
            break;
        }
        next = end_broken(session, broken, err);
        break;
    default:
        next = end_broken(session, broken, err);
        break;
    }
    if (session->forked) {
        next = end_stale(session, err);
    }
    forget_round(session);
    if (next != HM_SESSION_AGAIN) {
        forget_ahead(session);
    }
    return next;
}
