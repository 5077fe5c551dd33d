/* SPDX-License-Identifier: Apache-2.0 */
/* The reply of an exchange: what the requester does not have yet, and a receipt. */
#include <stdlib.h>
#include <string.h>

#include "answer_scope.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"
#include "page_out.h"
#include "serving.h"
#include "thin.h"

enum {
    LINE_ITEMS_MAX = 256,
    ENTRY_ROWS = 128,
    PAGES_A_LINE = 8, /* a reply that is cut keeps what whole lines of entries cover */
    SMALL_REPLY_ENTRIES = 2000
};

struct answer {
    struct hm_serving *serving;
    struct hm_store *store;
    struct hm_arena *arena; /* of the whole reply */
    struct hm_arena piece;  /* of one page */
    struct hm_deflate *deflate;
    struct hm_page_text text;
    struct hm_buf stream;
    size_t budget;
    bool full;
    struct hm_part *parts;
    size_t part_count;

    /* the line of entries under way */
    const struct hm_part *part;
    struct hm_entry_item items[LINE_ITEMS_MAX];
    struct hm_entry_line line;
    uint64_t next_n;
    size_t pages_since_line;

    /* the page written last */
    int64_t origin;
    uint64_t page_end;
    struct hm_stored_page page;
    bool has_page;
};

static enum hm_status flush_line(struct answer *a, struct hm_err *err)
{
    struct hm_buf text;
    if (a->line.count == 0) {
        return HM_OK;
    }
    hm_buf_init(&text, HM_PAGE_TEXT_MAX);
    a->line.items = a->items;
    hm_entry_line_write(&text, &a->line);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        status = hm_deflate_put(a->deflate, &a->stream, hm_buf_bytes(&text),
                                HM_TEXTURE_ROWS, err);
    }
    if (status == HM_OK) {
        status = hm_deflate_flush(a->deflate, &a->stream, err);
    }
    hm_buf_fini(&text);
    a->line.count = 0;
    a->pages_since_line = 0;
    a->full = a->full || a->stream.size >= a->budget;
    return status;
}

/*
 * What the requester wrote in this epoch it has, as far as it is acknowledged: what lies
 * behind a gap others brought, and a copy may have written it. Of another epoch it may
 * have nothing: its disk was lost or given up then.
 */
static bool is_own(const struct answer *a, const struct hm_envelope *envelope)
{
    const struct hm_request *request = &a->serving->request;
    return hm_id_equal(&envelope->device, &request->device) &&
           envelope->epoch == request->epoch && !envelope->forked &&
           envelope->seq + envelope->count <= a->serving->seq + 1;
}

/* A file may find another epoch here than when it was made: it says whose the run is. */
static bool goes_unsaid(const struct answer *a, const struct hm_envelope *envelope)
{
    return envelope == NULL || (!a->serving->by_file && is_own(a, envelope));
}

/* The line under way fits this origin, or is sent and another begun. */
static enum hm_status need_line(struct answer *a,
                                const struct hm_envelope *envelope,
                                struct hm_err *err)
{
    bool own = goes_unsaid(a, envelope);
    bool fits = envelope == NULL || a->line.count == 0 ||
                (own ? a->line.own
                     : !a->line.own && a->line.epoch == envelope->epoch &&
                           hm_id_equal(&a->line.device, &envelope->device));
    if (a->line.count > 0 && (!fits || a->line.count == LINE_ITEMS_MAX)) {
        enum hm_status status = flush_line(a, err);
        if (status != HM_OK) {
            return status;
        }
    }
    if (a->line.count == 0) {
        a->line =
            (struct hm_entry_line){.bucket = a->part->name, .n = a->next_n, .own = own};
        if (!own) {
            a->line.device = envelope->device;
            a->line.epoch = envelope->epoch;
        }
    }
    return HM_OK;
}

static enum hm_status add_run(struct answer *a,
                              const struct hm_envelope *envelope,
                              uint64_t count,
                              struct hm_err *err)
{
    enum hm_status status = need_line(a, envelope, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_entry_item *last = a->line.count == 0 ? NULL : &a->items[a->line.count - 1];
    if (last != NULL && !last->by_id && last->seq + last->count == envelope->seq) {
        last->count += count;
    } else {
        a->items[a->line.count++] =
            (struct hm_entry_item){.kind = 'a', .seq = envelope->seq, .count = count};
    }
    a->next_n += count;
    return HM_OK;
}

static enum hm_status add_one(struct answer *a,
                              const struct hm_entry *entry,
                              const struct hm_id *id,
                              struct hm_err *err)
{
    enum hm_status status = need_line(a, NULL, err);
    if (status == HM_OK) {
        a->items[a->line.count++] = (struct hm_entry_item){.kind = (char)entry->kind,
                                                           .by_id = true,
                                                           .id = *id,
                                                           .reason = entry->reason,
                                                           .count = 1};
        a->next_n++;
    }
    return status;
}

/*
 * A page in a file explains itself: nobody knows what its reader has by then. Numbers are
 * of the bucket of the page's home, which in a mailbox is another than the one under way.
 */
static struct hm_reader_knows knows_of(const struct answer *a,
                                       const struct hm_envelope *envelope,
                                       struct hm_bytes home)
{
    struct hm_reader_knows knows = {.shared = envelope->shared};
    for (size_t i = 0; i < a->part_count && !a->serving->by_file; i++) {
        const struct hm_part *part = &a->parts[i];
        if (hm_bytes_equal(part->full, home)) {
            knows.n = part->asked;
            knows.n_sent = part == a->part ? a->next_n - 1 : part->sent;
        }
    }
    return knows;
}

static enum hm_status write_page(struct answer *a,
                                 const struct hm_stored_page *stored,
                                 const struct hm_envelope *envelope,
                                 struct hm_err *err)
{
    struct hm_held *held = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_origin_changes(a->store, stored->origin, stored->seq, stored->count,
                                &held, &count, &a->piece, err);
    if (status == HM_OK && count != stored->count) {
        return hm_fail(err, HM_CORRUPT, "change-body", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status =
            hm_thin_out(a->store, &a->serving->request.device, &envelope->device,
                        stored->home, hm_bytes_are(a->part->name, "@"), held, count, err);
    }
    /* A page may say that it follows another head than that of the one before it. */
    bool joins = a->has_page && a->origin == stored->origin &&
                 a->page_end == stored->seq &&
                 hm_digest_equal(&a->page.head_after, &stored->head_before);
    struct hm_page_out out = {.store = a->store,
                              .origin = stored->origin,
                              .knows = knows_of(a, envelope, stored->home),
                              .with_head = !joins};
    if (status == HM_OK) {
        status = hm_page_out_of(&out.page, &envelope->device, envelope->epoch, stored,
                                held, count, &a->piece, err);
    }
    if (status == HM_OK) {
        status = hm_page_out_write(&a->text, &out, &a->piece, err);
    }
    if (status == HM_OK) {
        status = hm_page_out_put(a->deflate, &a->stream, &a->text, err);
    }
    return status;
}

/* The page that holds `seq`, unless it was the one before. */
static enum hm_status need_page(struct answer *a,
                                const struct hm_envelope *envelope,
                                uint64_t seq,
                                struct hm_stored_page *stored,
                                struct hm_err *err)
{
    bool found = false;
    if (a->has_page && a->origin == envelope->origin && seq >= a->page.seq &&
        seq < a->page_end) {
        *stored = a->page;
        return HM_OK;
    }
    enum hm_status status =
        hm_store_page_at(a->store, envelope->origin, seq, stored, &found, &a->piece, err);
    if (status == HM_OK && !found) {
        return hm_fail(err, HM_CORRUPT, "page-missing", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = write_page(a, stored, envelope, err);
    }
    a->page = *stored;
    a->page.home = HM_NO_BYTES; /* of the piece; never looked at again */
    a->has_page = true;
    a->origin = envelope->origin;
    a->page_end = stored->seq + stored->count;
    a->pages_since_line++;
    /* At every page: the largest there are would not fit the reply eight at a time. */
    a->full = a->full || a->stream.size >= a->budget;
    hm_arena_clear(&a->piece);
    return status;
}

/* A run of accepted neighbours of one origin: its pages, unless it is the asker's. */
static enum hm_status send_run(struct answer *a,
                               const struct hm_envelope *envelope,
                               uint64_t count,
                               struct hm_err *err)
{
    bool own = is_own(a, envelope);
    struct hm_envelope at = *envelope;
    enum hm_status status = HM_OK;
    while (count > 0 && status == HM_OK && !a->full) {
        struct hm_stored_page stored;
        uint64_t now = count;
        if (!own) {
            status = need_page(a, &at, at.seq, &stored, err);
            if (status != HM_OK) {
                break;
            }
            uint64_t left = stored.seq + stored.count - at.seq;
            now = left < count ? left : count;
        }
        status = add_run(a, &at, now, err);
        at.seq += now;
        count -= now;
        if (status == HM_OK && a->pages_since_line >= PAGES_A_LINE) {
            status = flush_line(a, err);
        }
    }
    return status;
}

static enum hm_status send_one(struct answer *a,
                               const struct hm_entry *entry,
                               int64_t row,
                               const struct hm_envelope *envelope,
                               struct hm_err *err)
{
    struct hm_held held;
    struct hm_stored_page stored;
    enum hm_status status = hm_store_changes_get(a->store, row, 1, &held, &a->piece, err);
    struct hm_id id = held.change.id;
    bool own = is_own(a, envelope);
    hm_arena_clear(&a->piece);
    if (status == HM_OK && !own && entry->kind != HM_ENTRY_RELEASED) {
        status = need_page(a, envelope, envelope->seq, &stored, err);
    } else if (status == HM_OK && !own) {
        /* Released: its values may be read now, so its page comes again. */
        a->has_page = false;
        status = need_page(a, envelope, envelope->seq, &stored, err);
    }
    if (status == HM_OK) {
        status = add_one(a, entry, &id, err);
    }
    if (status == HM_OK && a->pages_since_line >= PAGES_A_LINE) {
        status = flush_line(a, err);
    }
    return status;
}

/*
 * Whether the number tells its reader which change it is. A reader may know a chain of a
 * copied device otherwise than we do: from another disk of it, or from a server that was
 * lost. His own present one was compared when he came; of a file he compares what it
 * acknowledges, and a copy of his may have written the rest.
 */
static bool tells(const struct answer *a, const struct hm_envelope *envelope)
{
    bool may_differ =
        envelope->shared || (a->serving->by_file &&
                             hm_id_equal(&envelope->device, &a->serving->request.device));
    return !envelope->forked && (!may_differ || is_own(a, envelope));
}

static enum hm_status send_entry(struct answer *a,
                                 const struct hm_entry *entry,
                                 struct hm_err *err)
{
    uint64_t done = 0;
    enum hm_status status = HM_OK;
    while (done < entry->count && status == HM_OK && !a->full) {
        struct hm_envelope envelope;
        int64_t row = entry->change + (int64_t)done;
        status = hm_store_envelope_of(a->store, row, &envelope, err);
        if (status == HM_OK && envelope.origin == 0) {
            return hm_fail(err, HM_CORRUPT, "page-missing", NULL, NULL, NULL);
        }
        if (status == HM_OK && entry->kind == HM_ENTRY_ACCEPTED && tells(a, &envelope)) {
            uint64_t left = entry->count - done;
            uint64_t now = envelope.count < left ? envelope.count : left;
            status = send_run(a, &envelope, now, err);
            done += now;
        } else if (status == HM_OK) {
            status = send_one(a, entry, row, &envelope, err);
            done++;
        }
    }
    return status;
}

static enum hm_status send_part(struct answer *a,
                                struct hm_part *part,
                                struct hm_err *err)
{
    enum hm_status status = HM_OK;
    a->part = part;
    a->next_n = part->asked + 1;
    while (a->next_n <= part->n && status == HM_OK && !a->full) {
        struct hm_entry *entries = NULL;
        size_t count = 0;
        status = hm_store_entries_after(a->store, part->full, a->next_n - 1, ENTRY_ROWS,
                                        &entries, &count, a->arena, err);
        if (status == HM_OK && count == 0) {
            return hm_fail(err, HM_CORRUPT, "page-missing", NULL, NULL, NULL);
        }
        for (size_t i = 0; i < count && status == HM_OK && !a->full; i++) {
            status = send_entry(a, &entries[i], err);
        }
    }
    if (status == HM_OK) {
        status = flush_line(a, err);
    }
    part->whole = a->next_n > part->n;
    part->sent = a->next_n - 1;
    return status;
}

/* Registry first: who may sign must be known before what they signed. */
static enum hm_status send_parts(struct answer *a, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    uint64_t total = 0;
    for (size_t i = 0; i < a->part_count; i++) {
        total +=
            a->parts[i].n > a->parts[i].asked ? a->parts[i].n - a->parts[i].asked : 0;
    }
    if (total == 0) {
        return HM_OK;
    }
    status = hm_deflate_open(&a->deflate,
                             total < SMALL_REPLY_ENTRIES ? HM_DEFLATE_LEVEL_SMALL
                                                         : HM_DEFLATE_LEVEL_FAST,
                             err);
    for (size_t i = a->part_count; i > 0 && status == HM_OK && !a->full; i--) {
        struct hm_part *part = &a->parts[i - 1];
        if (hm_bytes_are(part->name, HM_HOME_REGISTRY) && part->n > part->asked) {
            status = send_part(a, part, err);
        }
    }
    for (size_t i = 0; i < a->part_count && status == HM_OK && !a->full; i++) {
        struct hm_part *part = &a->parts[i];
        if (!hm_bytes_are(part->name, HM_HOME_REGISTRY) && part->n > part->asked) {
            status = send_part(a, part, err);
        }
    }
    return status != HM_OK ? status : hm_deflate_end(a->deflate, &a->stream, err);
}

/*
 * Which buckets the receipt speaks of: those that this reply brings up to date, or all of
 * them where nothing is new and yet the digests differ, so that the requester sees where.
 */
static enum hm_status state_buckets(struct answer *a,
                                    struct hm_reply *reply,
                                    struct hm_err *err)
{
    struct hm_bucket *buckets =
        hm_arena_get_array(a->arena, a->part_count, sizeof(*buckets));
    struct hm_bucket_state *states =
        hm_arena_get_array(a->arena, a->part_count, sizeof(*states));
    struct hm_digest scope;
    size_t count = 0;
    bool nothing_new = true;
    enum hm_status status = hm_arena_status(a->arena, err);
    for (size_t i = 0; i < a->part_count && status == HM_OK; i++) {
        status = hm_store_bucket_get(a->store, a->parts[i].full, &buckets[i], err);
        /* More than there is holds something else: the digests tell the requester. */
        nothing_new = nothing_new && a->parts[i].n <= a->parts[i].asked;
    }
    if (status != HM_OK) {
        return status;
    }
    hm_scope_digest(&scope, buckets, a->part_count);
    bool differs =
        nothing_new && memcmp(scope.at, a->serving->request.scope, HM_ID_SIZE) != 0;
    for (size_t i = 0; i < a->part_count; i++) {
        if (differs || (a->parts[i].n > a->parts[i].asked && a->parts[i].whole)) {
            states[count++] = (struct hm_bucket_state){a->parts[i].full, buckets[i].n,
                                                       buckets[i].digest};
        }
        reply->more =
            reply->more || (a->parts[i].n > a->parts[i].asked && !a->parts[i].whole);
    }
    reply->receipt.buckets = states;
    reply->receipt.bucket_count = count;
    return HM_OK;
}

static enum hm_status write_answer(struct answer *a,
                                   struct hm_buf *body,
                                   struct hm_err *err)
{
    struct hm_serving *serving = a->serving;
    struct hm_reply reply = {.receipt = {.server = serving->self.server,
                                         .incarnation = serving->self.incarnation,
                                         .time = hm_env_wall(serving->self.env),
                                         .device = serving->request.device,
                                         .epoch = serving->request.epoch},
                             .lease = serving->lease};
    if (!serving->offering && (serving->by_file || !hm_parts_same(a->parts, a->part_count,
                                                                  &serving->request))) {
        reply.has_scope = true;
        reply.scope = hm_arena_get_array(a->arena, a->part_count, sizeof(*reply.scope));
        for (size_t i = 0; reply.scope != NULL && i < a->part_count; i++) {
            reply.scope[reply.scope_count++] = a->parts[i].name;
        }
    }
    enum hm_status status =
        serving->offering ? hm_refill_answer(serving, a->store, &reply, a->arena, err)
                          : state_buckets(a, &reply, err);
    if (status == HM_OK) {
        status = hm_arena_status(a->arena, err);
    }
    /* Whatever a receipt is for, it says all that is held of this device: people show the
     * last one. */
    if (serving->seq > 0 &&
        (hm_serving_pages(serving) > 0 || serving->request.waiting > 0 ||
         serving->offering || reply.receipt.bucket_count > 0)) {
        reply.receipt.seq = serving->seq;
        reply.receipt.head = serving->head;
    }
    if (status == HM_OK && (reply.receipt.seq > 0 || reply.receipt.bucket_count > 0)) {
        reply.has_receipt = true;
        status =
            hm_receipt_sign(&reply.signature, &reply.receipt, serving->self.secret, err);
    }
    if (status == HM_OK) {
        hm_reply_write(body, &reply);
        hm_buf_put_bytes(body, hm_buf_bytes(&a->stream));
        status = hm_buf_status(body, err);
    }
    return status;
}

/* What is read from here on is of one state, and in that the device may have been ended.
 */
static enum hm_status check_device(struct answer *a, struct hm_err *err)
{
    struct hm_device device;
    bool admitted = false;
    enum hm_status status = hm_store_device_get(a->store, &a->serving->request.device,
                                                &device, a->arena, err);
    enum hm_problem denial =
        status == HM_OK ? hm_serving_denial(a->serving, &device) : HM_PROBLEM_NONE;
    if (denial != HM_PROBLEM_NONE) {
        status = hm_refill_admits(a->serving, a->store, &admitted, err);
    }
    if (status == HM_OK && denial != HM_PROBLEM_NONE && !admitted) {
        hm_serving_refuse(a->serving, denial);
        return hm_fail(err, HM_DENIED, "problem-revoked", NULL, NULL, NULL);
    }
    return status;
}

/*
 * Whoever wrote in this chain after the requester's own commit was another disk: numbers
 * in the reply would mean changes that the requester has not.
 */
static enum hm_status check_chain(struct answer *a, struct hm_err *err)
{
    const struct hm_serving *serving = a->serving;
    struct hm_origin origin;
    if (serving->by_file || serving->reader_of_file != NULL || serving->offering) {
        return HM_OK;
    }
    enum hm_status status = hm_store_origin_get(
        a->store, &serving->request.device, serving->request.epoch, false, &origin, err);
    if (status == HM_OK && origin.seq > serving->seq) {
        hm_serving_refuse(a->serving, HM_PROBLEM_STALE);
        return hm_fail(err, HM_DENIED, "problem-stale", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_serving_answer(struct hm_serving *serving,
                                 struct hm_store *reader,
                                 struct hm_buf *body,
                                 struct hm_err *err)
{
    struct answer *a = calloc(1, sizeof(*a));
    if (a == NULL) {
        return hm_fail_memory(err);
    }
    uint64_t most = serving->request.reply_max;
    a->serving = serving;
    a->store = reader;
    a->arena = &serving->arena;
    a->budget =
        most > 0 && most < HM_REQUEST_BYTES_MAX ? (size_t)most : HM_REQUEST_BYTES_MAX;
    hm_arena_init(&a->piece, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&a->stream, HM_REPLY_BYTES_MAX);
    hm_page_text_init(&a->text);
    enum hm_status status = hm_store_begin_read(reader, err);
    if (status == HM_OK) {
        status = check_device(a, err);
    }
    if (status == HM_OK) {
        status = check_chain(a, err);
    }
    if (status == HM_OK && !serving->offering) {
        status = hm_parts_find(&a->parts, &a->part_count, serving, reader, err);
    }
    if (status == HM_OK) {
        status = send_parts(a, err);
    }
    if (status == HM_OK) {
        status = write_answer(a, body, err);
    }
    if (status == HM_OK && serving->reader_of_file != NULL) {
        status = hm_parts_move_reader(a->parts, a->part_count, serving, err);
    }
    hm_store_rollback(reader);
    hm_page_text_fini(&a->text);
    hm_buf_fini(&a->stream);
    hm_deflate_close(a->deflate);
    hm_arena_fini(&a->piece);
    free(a);
    return status;
}
