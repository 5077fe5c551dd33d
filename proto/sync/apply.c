/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a reply: pages and entries into the store, with the cursor in the same
 * transaction, the lease and the acknowledgement as soon as the first line is there.
 */
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/learned.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/receipts.h"
#include "hamlet/store/registry.h"
#include "hamlet/sync/judge.h"
#include "offer.h"
#include "offer_set.h"
#include "placed.h"
#include "put_pages.h"
#include "session_inside.h"

/* The rows that an item of accepted sequence numbers means. */
static enum hm_status entries_of_run(struct hm_session *session,
                                     const struct hm_entry_line *line,
                                     const struct hm_entry_item *item,
                                     struct hm_entry **entries,
                                     size_t *count,
                                     struct hm_err *err)
{
    struct hm_arena *arena = &session->inbox.arena;
    struct hm_origin origin;
    struct hm_stretch *stretches = NULL;
    size_t found = 0;
    uint64_t covered = 0;
    enum hm_status status = hm_store_origin_get(
        session->store, line->own ? &session->device : &line->device,
        line->own ? session->origin.epoch : line->epoch, false, &origin, err);
    if (status == HM_OK) {
        status = line->own
                     ? hm_store_stretches(session->store, origin.row, item->seq,
                                          item->count, &stretches, &found, arena, err)
                     : hm_placed_stretches(&session->inbox, &origin, item->seq,
                                           item->count, &stretches, &found, err);
    }
    struct hm_entry *list = hm_arena_get_array(arena, found, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < found && status == HM_OK; i++) {
        list[i] = (struct hm_entry){.count = stretches[i].count,
                                    .change = stretches[i].change,
                                    .kind = HM_ENTRY_ACCEPTED};
        covered += stretches[i].count;
    }
    if (status == HM_OK && covered != item->count) {
        return hm_fail(err, HM_PROTOCOL, "entries", NULL, NULL, NULL);
    }
    *entries = list;
    *count = found;
    return status;
}

static enum hm_status entry_of_id(struct hm_session *session,
                                  const struct hm_entry_item *item,
                                  struct hm_entry **entries,
                                  size_t *count,
                                  struct hm_err *err)
{
    struct hm_arena *arena = &session->inbox.arena;
    struct hm_err missing = HM_ERR_NONE;
    struct hm_held held;
    struct hm_entry *one = hm_arena_get(arena, sizeof(*one));
    enum hm_status status =
        hm_store_change_find(session->store, &item->id, &held, arena, &missing);
    if (status == HM_NOT_FOUND || one == NULL) {
        return one == NULL ? hm_arena_status(arena, err)
                           : hm_fail(err, HM_PROTOCOL, "entries", NULL, NULL, NULL);
    }
    if (status != HM_OK) {
        return hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1], NULL);
    }
    *one = (struct hm_entry){.count = 1,
                             .change = held.row,
                             .kind = (enum hm_entry_kind)item->kind,
                             .reason = item->kind == 'q' ? item->reason : HM_NO_BYTES};
    *entries = one;
    *count = 1;
    return HM_OK;
}

/* Leave out what the store has already: a reply may be repeated. */
static size_t skip_known(struct hm_entry *entries, size_t count, uint64_t known)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (known >= entries[i].count) {
            known -= entries[i].count;
            continue;
        }
        entries[kept] = entries[i];
        entries[kept].change += (int64_t)known;
        entries[kept].count -= known;
        known = 0;
        kept++;
    }
    return kept;
}

/* Entries of neighbouring items of one kind, which go to the store as one set. */
struct gathered {
    struct hm_entry *at;
    size_t count;
    size_t capacity;
};

static enum hm_status gather(struct gathered *gathered,
                             const struct hm_entry *entries,
                             size_t count,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    size_t wanted = gathered->count + count;
    if (wanted > gathered->capacity) {
        size_t capacity = wanted * 2;
        struct hm_entry *at = hm_arena_get_array(arena, capacity, sizeof(*at));
        if (at == NULL) {
            return hm_arena_status(arena, err);
        }
        if (gathered->count > 0) {
            memcpy(at, gathered->at, gathered->count * sizeof(*at));
        }
        gathered->at = at;
        gathered->capacity = capacity;
    }
    if (count > 0 && entries != NULL) {
        memcpy(gathered->at + gathered->count, entries, count * sizeof(*entries));
    }
    gathered->count = wanted;
    return HM_OK;
}

/*
 * Items from `*i` on, as far as they are of one kind: each set that is put derives the
 * records that it touches anew, and a storm of refusals may be of one record.
 */
static enum hm_status put_items(struct hm_session *session,
                                const struct hm_entry_line *line,
                                struct hm_bytes bucket,
                                size_t *i,
                                uint64_t *known,
                                struct hm_err *err)
{
    struct hm_arena *arena = &session->inbox.arena;
    struct gathered gathered = {.count = 0};
    const char kind = line->items[*i].kind;
    enum hm_status status = HM_OK;
    for (; *i < line->count && line->items[*i].kind == kind && status == HM_OK; ++*i) {
        const struct hm_entry_item *item = &line->items[*i];
        struct hm_entry *entries = NULL;
        size_t count = 0;
        status = item->by_id ? entry_of_id(session, item, &entries, &count, err)
                             : entries_of_run(session, line, item, &entries, &count, err);
        if (status == HM_OK) {
            count = skip_known(entries, count, *known);
            status = gather(&gathered, entries, count, arena, err);
        }
        *known = *known > item->count ? *known - item->count : 0;
        session->applied += item->count;
    }
    if (status != HM_OK) {
        return status;
    }
    for (size_t k = 0; k < gathered.count; k++) {
        session->stats.entries += gathered.at[k].count;
    }
    /* The unit's bucket names it as well; the mailbox is where all of ours are. */
    session->stats.quarantined +=
        bucket.data[0] == '@' && kind == 'q' ? gathered.count : 0;
    return hm_store_entries_append(session->store, bucket, gathered.at, gathered.count,
                                   arena, err);
}

/* One line of entries. The cursor must fit, or the line is not for this store. */
static enum hm_status put_line(struct hm_session *session,
                               const struct hm_entry_line *line,
                               struct hm_err *err)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_bytes bucket = line->bucket;
    uint64_t n = 0;
    if (hm_bytes_are(bucket, "@")) {
        hm_mailbox_name(mailbox, &session->device);
        bucket = hm_text(mailbox);
    }
    enum hm_status status = HM_OK;
    if (line->n == 1) {
        status = hm_store_bucket_renew(session->store, bucket, err);
    }
    if (status == HM_OK) {
        status = hm_store_bucket_n(session->store, bucket, &n, err);
    }
    if (status == HM_OK && line->n > n + 1) {
        return session->by_file
                   ? hm_fail(err, HM_BAD_INPUT, "bundle-gap", NULL, NULL, NULL)
                   : hm_fail(err, HM_PROTOCOL, "entries", NULL, NULL, NULL);
    }
    uint64_t known = n + 1 > line->n ? n + 1 - line->n : 0;
    for (size_t i = 0; i < line->count && status == HM_OK;) {
        status = put_items(session, line, bucket, &i, &known, err);
    }
    return status;
}

/* When the registry says more than before, what was written until now was written without
 * it. */
static enum hm_status learn(struct hm_session *session,
                            uint64_t registry_n,
                            struct hm_err *err)
{
    struct hm_origin origin;
    uint64_t now_n = 0;
    int64_t epoch = 0; /* the present one: a file may be from before it was heard of */
    enum hm_status status =
        hm_store_bucket_n(session->store, hm_text(HM_HOME_REGISTRY), &now_n, err);
    if (status != HM_OK || now_n == registry_n) {
        return status;
    }
    status = hm_store_meta_get_int(session->store, HM_META_EPOCH, 0, &epoch, err);
    if (status == HM_OK) {
        status = hm_store_origin_get(session->store, &session->device, (uint32_t)epoch,
                                     false, &origin, err);
    }
    if (status == HM_OK && origin.row != 0) {
        status = hm_store_learned_put(session->store, &origin, registry_n, err);
    }
    return status;
}

static bool is_named(const struct hm_session *session, struct hm_bytes bucket)
{
    bool named = false;
    bool mailbox = bucket.size > 0 && bucket.data[0] == '@';
    for (size_t i = 0; i < session->inbox.line_count && !named; i++) {
        struct hm_bytes line = session->inbox.lines[i].bucket;
        named = hm_bytes_equal(line, bucket) || (mailbox && hm_bytes_are(line, "@"));
    }
    return named;
}

/* The receipt of this reply speaks of the bucket; a file come again brings none to keep.
 */
static enum hm_status sign(struct hm_session *session,
                           struct hm_bytes bucket,
                           struct hm_err *err)
{
    return session->receipt == 0
               ? HM_OK
               : hm_store_bucket_signed(session->store, bucket, session->receipt,
                                        &session->arena, err);
}

/*
 * The server's word on a bucket that these lines brought up to date is kept with them:
 * what comes after them may be cut, and where nothing is new it is not said again.
 */
static enum hm_status keep_word(struct hm_session *session, struct hm_err *err)
{
    const struct hm_receipt *receipt = &session->reply.receipt;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < receipt->bucket_count && status == HM_OK; i++) {
        const struct hm_bucket_state *said = &receipt->buckets[i];
        struct hm_bucket bucket;
        if (!is_named(session, said->name)) {
            continue;
        }
        status = hm_store_bucket_get(session->store, said->name, &bucket, err);
        if (status == HM_OK && bucket.n == said->n &&
            hm_digest_equal(&bucket.digest, &said->digest)) {
            status = sign(session, said->name, err);
        }
    }
    return status;
}

static enum hm_status put_lines(struct hm_session *session, struct hm_err *err)
{
    uint64_t registry_n = 0;
    enum hm_status status =
        hm_store_bucket_n(session->store, hm_text(HM_HOME_REGISTRY), &registry_n, err);
    for (size_t i = 0; i < session->inbox.line_count && status == HM_OK; i++) {
        status = put_line(session, &session->inbox.lines[i], err);
    }
    if (status == HM_OK) {
        status = keep_word(session, err);
    }
    return status != HM_OK ? status : learn(session, registry_n, err);
}

static enum hm_status put_arrived(struct hm_session *session, struct hm_err *err)
{
    struct hm_put *puts = NULL;
    bool forked = false; /* of the server's own chain, which verify would tell */
    enum hm_status status = HM_OK;
    if (session->inbox.page_count > 0) {
        status = hm_inbox_find_branches(&session->inbox, session->store, &forked, err);
        if (status == HM_OK) {
            status = hm_inbox_put_changes(&session->inbox, session->store, &puts, err);
        }
        if (status == HM_OK) {
            status = hm_inbox_put_pages(&session->inbox, session->store, puts,
                                        &session->inbox.arena, err);
        }
        if (status == HM_OK) {
            status = hm_placed_note(&session->inbox, err);
        }
        for (size_t i = 0; i < session->inbox.change_count && status == HM_OK; i++) {
            session->stats.changes_down += puts[i].fresh;
        }
    }
    if (status == HM_OK) {
        status = put_lines(session, err);
    }
    /* Whoever works here may have been given another place: by pages already, since a
     * cut may come before the entries. */
    return status != HM_OK ? status : hm_session_follow(session, err);
}

/*
 * The prefix that the server has: it must be a prefix of this very chain, sealed here;
 * who brought it there, and whether this store knows that it was sent, is another matter.
 * A server that was lost may have a skeleton of what is not offered to it, brought by
 * somebody else: that is acknowledged once it was sent again.
 */
enum hm_status hm_apply_ack(struct hm_session *session, struct hm_err *err)
{
    const struct hm_receipt *receipt = &session->reply.receipt;
    struct hm_origin origin;
    struct hm_stored_page page;
    bool found = false;
    enum hm_status status = hm_store_origin_get(session->store, &session->device,
                                                receipt->epoch, false, &origin, err);
    if (status != HM_OK || receipt->seq <= origin.acked || origin.row == 0) {
        return status;
    }
    status = hm_store_page_at(session->store, origin.row, receipt->seq, &page, &found,
                              &session->arena, err);
    if (status == HM_OK && (!found || page.seq + page.count - 1 != receipt->seq ||
                            !hm_digest_equal(&page.head_after, &receipt->head))) {
        session->forked = true;
        return hm_fail(err, HM_PROTOCOL, "ack", NULL, NULL, NULL);
    }
    if (session->waits && receipt->seq > hm_offer_own_end(session)) {
        return status;
    }
    if (status == HM_OK) {
        session->stats.changes_up += receipt->seq - origin.acked;
        origin.acked = receipt->seq;
        origin.sent = origin.sent > receipt->seq ? origin.sent : receipt->seq;
        status = hm_store_origin_put(session->store, &origin, err);
    }
    if (status == HM_OK) {
        status = hm_store_runs_forget(session->store, origin.row, origin.acked, err);
    }
    return status;
}

/* The buckets of the scope are those that the server says; new ones begin at 0. */
enum hm_status hm_apply_scope(struct hm_session *session, struct hm_err *err)
{
    const struct hm_reply *reply = &session->reply;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < reply->scope_count && status == HM_OK; i++) {
        char mailbox[HM_MAILBOX_SIZE];
        struct hm_bytes name = reply->scope[i];
        uint64_t n = 0;
        if (hm_bytes_are(name, "@")) {
            hm_mailbox_name(mailbox, &session->device);
            name = hm_text(mailbox);
        }
        status = hm_store_bucket_n(session->store, name, &n, err);
        if (status == HM_OK && n == 0) {
            status = hm_store_bucket_reset(session->store, name, err);
        }
    }
    return status;
}

/*
 * A server that comes from a backup may have less of this chain than it acknowledged:
 * what it lacks is not acknowledged, and goes up again. Pages that stood in the request
 * it did not read: they are as if they had not been sent.
 */
static enum hm_status take_back_ack(struct hm_session *session, struct hm_err *err)
{
    struct hm_origin origin;
    uint64_t acked = session->reply.receipt.seq;
    bool unread = !session->by_file && session->sent_pages > 0;
    enum hm_status status =
        hm_store_origin_get(session->store, &session->device,
                            session->reply.receipt.epoch, false, &origin, err);
    if (status != HM_OK || origin.row == 0) {
        return status;
    }
    origin.acked = origin.acked > acked ? acked : origin.acked;
    if (unread && origin.sent > session->sent_before) {
        origin.sent = session->sent_before;
    }
    return hm_store_origin_put(session->store, &origin, err);
}

/*
 * What the server said before it was lost is offered to it before its buckets are begun
 * anew. Pages packed ahead name entries by numbers that mean nothing any more. The lease
 * of before counts no more: shown to this server it would seem given to another disk.
 */
enum hm_status hm_apply_incarnation(struct hm_session *session,
                                    bool leased,
                                    struct hm_err *err)
{
    int64_t known = 0;
    uint64_t incarnation = session->reply.receipt.incarnation;
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_INCARNATION, 0, &known, err);
    if (status != HM_OK || (uint64_t)known == incarnation) {
        return status;
    }
    if (known != 0) {
        status = hm_store_buckets_age(session->store, err);
        if (status == HM_OK) {
            status = take_back_ack(session, err);
        }
        if (status == HM_OK && !leased) {
            status = hm_store_meta_put(session->store, HM_META_LEASE, HM_NO_BYTES, err);
        }
        session->aged = true;
        hm_offering_free(session->offering);
        session->offering = NULL;
        hm_upload_free(session->ahead);
        session->ahead = NULL;
    }
    return status != HM_OK ? status
                           : hm_store_meta_put_int(session->store, HM_META_INCARNATION,
                                                   (int64_t)incarnation, err);
}

enum hm_status hm_apply_receipt(struct hm_session *session, struct hm_err *err)
{
    struct hm_buf message;
    if (!session->reply.has_receipt) {
        return HM_OK;
    }
    hm_buf_init(&message, HM_REQUEST_BYTES_MAX);
    hm_receipt_put(&message, &session->reply.receipt);
    enum hm_status status = hm_buf_status(&message, err);
    if (status == HM_OK) {
        status = hm_store_receipt_put(
            session->store, session->reply.receipt.time, hm_buf_bytes(&message),
            HM_BYTES(session->reply.signature.at), &session->receipt, err);
    }
    hm_buf_fini(&message);
    return status;
}

/* What the first line says, once: the lease above all, or the next try would be stale. */
static enum hm_status take_header(struct hm_session *session, struct hm_err *err)
{
    struct hm_store *store = session->store;
    const struct hm_reply *reply = &session->reply;
    struct hm_id open;
    struct hm_wall now = hm_env_wall(hm_store_env(store));
    enum hm_status status = hm_store_meta_get_id(store, HM_META_REQUEST, &open, err);
    if (status != HM_OK) {
        return status;
    }
    bool leased = hm_id_equal(&open, &session->request_id);
    if (leased) {
        status = hm_store_meta_put(store, HM_META_LEASE, hm_id_bytes(&reply->lease), err);
        if (status == HM_OK) {
            status = hm_store_meta_put(store, HM_META_REQUEST, HM_NO_BYTES, err);
        }
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_INVITATION, HM_NO_BYTES, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_FIRST, HM_NO_BYTES, err);
    }
    if (status == HM_OK) {
        status = hm_apply_incarnation(session, leased, err);
    }
    if (status == HM_OK && reply->has_scope) {
        status = hm_apply_scope(session, err);
    }
    if (status == HM_OK && reply->receipt.seq > 0) {
        status = hm_apply_ack(session, err);
    }
    if (status == HM_OK) {
        status = hm_apply_receipt(session, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_put_int(store, HM_META_OFFSET,
                                       now.ms - reply->receipt.time.ms, err);
    }
    session->reply_taken = status == HM_OK;
    return status;
}

enum hm_status hm_apply(struct hm_session *session, struct hm_err *err)
{
    bool taken = session->reply_taken;
    if (taken && session->inbox.page_count == 0 && session->inbox.line_count == 0) {
        return HM_OK;
    }
    enum hm_status status =
        session->body_open ? HM_OK : hm_store_begin(session->store, err);
    if (status != HM_OK) {
        return status;
    }
    if (!taken) {
        status = session->by_file ? hm_apply_file_header(session, err)
                                  : take_header(session, err);
    }
    if (status == HM_OK) {
        status = put_arrived(session, err);
    }
    session->body_open = status == HM_OK && session->by_file; /* file.c ends it */
    if (status != HM_OK) {
        hm_store_rollback(session->store);
    } else if (!session->by_file) {
        status = hm_store_commit(session->store, err);
    }
    if (status != HM_OK) {
        session->reply_taken = taken;
    }
    hm_inbox_clear(&session->inbox);
    return status;
}

enum hm_status hm_apply_renewed(struct hm_session *session, struct hm_err *err)
{
    struct hm_bytes *names = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_buckets_old(session->store, HM_OLD_OFFERED, &names,
                                                 &count, &session->arena, err);
    if (status != HM_OK || count == 0) {
        return status;
    }
    status = hm_store_begin(session->store, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = hm_store_bucket_renew(session->store, names[i], err);
    }
    if (status == HM_OK) {
        return hm_store_commit(session->store, err);
    }
    hm_store_rollback(session->store);
    return status;
}

/*
 * A bucket that counts as far as the server's and still differs holds another set: it is
 * begun anew, so that all its entries come again. That loses nothing, since changes stay.
 */
enum hm_status hm_apply_compare(struct hm_session *session,
                                bool *differs,
                                struct hm_err *err)
{
    const struct hm_receipt *receipt = &session->reply.receipt;
    *differs = false;
    enum hm_status status = hm_store_begin(session->store, err);
    for (size_t i = 0; i < receipt->bucket_count && status == HM_OK; i++) {
        const struct hm_bucket_state *said = &receipt->buckets[i];
        struct hm_bucket bucket;
        status = hm_store_bucket_get(session->store, said->name, &bucket, err);
        if (status != HM_OK || bucket.n < said->n ||
            (session->by_file && bucket.n > said->n)) {
            continue;
        }
        if (hm_digest_equal(&bucket.digest, &said->digest)) {
            status = sign(session, said->name, err);
            continue;
        }
        *differs = true;
        session->repaired++;
        status = hm_store_bucket_reset(session->store, said->name, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(session->store, err);
    }
    hm_store_rollback(session->store);
    return status;
}
