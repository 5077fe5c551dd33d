/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a request: which pages, how large, and what must be on disk before it is sent.
 *
 * Pages are cut so that each is about HM_PAGE_SENT_BYTES as sent, since a page is what a
 * cut link loses. How well changes pack is only known afterwards: a page that came out
 * too large is taken back and cut again, from a copy of the compressor's state.
 */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/epoch.h"
#include "hamlet/store/learned.h"
#include "offer.h"
#include "page_out.h"
#include "session_inside.h"

enum {
    CHUNK_CHANGES = 512,  /* read at once */
    PAGE_OVERHEAD = 160,  /* signature, opening, tables, as sent */
    CHANGE_OVERHEAD = 12, /* of a row, beside its values */
    SLOW_BUDGET = 64 * 1024
};

struct hm_upload {
    struct hm_session *session;
    struct hm_origin origin;
    struct hm_deflate *deflate;
    struct hm_page_text text;
    struct hm_buf stream;
    struct hm_arena arena; /* of one chunk of changes */
    struct hm_arena keep;  /* of the whole upload */
    struct hm_held *held;
    size_t held_count;
    size_t at;    /* in held */
    uint64_t seq; /* of held[at] */
    struct hm_digest head;
    uint64_t registry_n; /* of entries here now … */
    uint64_t learned;    /* … and when the changes up to learned_end were written */
    uint64_t learned_end;
    struct hm_stored_page *sealed; /* new pages, to be stored */
    size_t sealed_count;
    size_t sealed_capacity;
    struct hm_run *runs;
    size_t run_count;
    uint64_t first;      /* seq of the first change in the stream */
    uint64_t sealed_end; /* what stands from here on was never in a page */
    uint64_t page_count;
    bool by_file; /* a page in a file explains itself: what comes before may be missing */
};

static enum hm_status load_runs(struct hm_upload *u, size_t count, struct hm_err *err)
{
    struct hm_stored_run *stored = NULL;
    size_t n = 0;
    enum hm_status status = hm_store_runs(u->session->store, u->origin.row, u->seq,
                                          u->seq + count, &stored, &n, &u->arena, err);
    u->runs = hm_arena_get_array(&u->arena, n, sizeof(*u->runs));
    u->run_count = 0;
    if (status == HM_OK) {
        status = hm_arena_status(&u->arena, err);
    }
    for (size_t i = 0; i < n && status == HM_OK; i++) {
        uint64_t most = stored[i].seq + HM_RUN_CHANGES_MAX;
        struct hm_run *run = &u->runs[u->run_count++];
        run->seq = stored[i].seq;
        run->count = (stored[i].end < most ? stored[i].end : most) - stored[i].seq;
        memcpy(run->seed, stored[i].seed, HM_SALT_SIZE);
    }
    return status;
}

/* The next changes of the chain, if what was read before is used up. */
static enum hm_status need_changes(struct hm_upload *u, struct hm_err *err)
{
    if (u->at < u->held_count) {
        return HM_OK;
    }
    hm_arena_clear(&u->arena);
    u->at = 0;
    enum hm_status status =
        hm_store_origin_changes(u->session->store, u->origin.row, u->seq, CHUNK_CHANGES,
                                &u->held, &u->held_count, &u->arena, err);
    return status != HM_OK ? status : load_runs(u, u->held_count, err);
}

static size_t weight(const struct hm_change *change)
{
    size_t size = CHANGE_OVERHEAD;
    for (size_t i = 0; i < change->write_count; i++) {
        size += change->writes[i].value.size + 1;
    }
    return size;
}

/* How many changes of one home should fill a page, by what the last pages came to. */
static size_t guess(const struct hm_upload *u, size_t *page_weight)
{
    size_t count = 0;
    size_t sum = 0;
    while (u->at + count < u->held_count && count < HM_PAGE_CHANGES_MAX) {
        const struct hm_change *change = &u->held[u->at + count].change;
        size_t more = sum + weight(change);
        double sent = PAGE_OVERHEAD + (double)more * u->session->page_ratio;
        if (count > 0 && (sent > (double)HM_PAGE_SENT_BYTES * 0.96 ||
                          u->seq + count > u->learned_end ||
                          !hm_bytes_equal(change->home, u->held[u->at].change.home))) {
            break;
        }
        sum = more;
        count++;
    }
    *page_weight = sum;
    return count;
}

/* Write the page of the next `count` changes into the stream. */
static enum hm_status put_page(struct hm_upload *u,
                               const struct hm_page *page,
                               bool with_head,
                               struct hm_err *err)
{
    struct hm_arena piece;
    struct hm_page_out out = {
        .store = u->session->store,
        .page = *page,
        .origin = u->origin.row,
        .runs = u->runs,
        .run_count = u->run_count,
        .knows = u->by_file
                     ? (struct hm_reader_knows){.n = 0}
                     : (struct hm_reader_knows){.n = UINT64_MAX, .whole_origin = true},
        .with_head = with_head};
    hm_arena_init(&piece, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_page_out_write(&u->text, &out, &piece, err);
    hm_arena_fini(&piece);
    return status != HM_OK ? status
                           : hm_page_out_put(u->deflate, &u->stream, &u->text, err);
}

static struct hm_page page_of(const struct hm_upload *u,
                              struct hm_change *changes,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        changes[i] = u->held[u->at + i].change;
    }
    struct hm_page page = {.device = u->origin.device,
                           .epoch = u->origin.epoch,
                           .home = changes[0].home,
                           .seq = u->seq,
                           .registry_n = u->learned,
                           .head_before = u->head,
                           .changes = changes,
                           .count = count};
    hm_page_head(&page);
    return page;
}

static enum hm_status note_sealed(struct hm_upload *u,
                                  const struct hm_page *page,
                                  struct hm_err *err)
{
    struct hm_arena *arena = &u->keep;
    u->sealed = hm_arena_grow(arena, u->sealed, u->sealed_count, &u->sealed_capacity,
                              sizeof(*u->sealed));
    if (u->sealed == NULL) {
        return hm_arena_status(arena, err);
    }
    struct hm_stored_page *sealed = &u->sealed[u->sealed_count++];
    *sealed = hm_stored_page_of(page, u->origin.row);
    sealed->home = hm_arena_copy(arena, page->home);
    return hm_arena_status(arena, err);
}

static void step(struct hm_upload *u, const struct hm_page *page)
{
    u->at += page->count;
    u->seq += page->count;
    u->head = page->head_after;
    u->page_count++;
}

/* What the author knew of the registry when the next change was written. */
static enum hm_status need_learned(struct hm_upload *u, struct hm_err *err)
{
    if (u->seq <= u->learned_end) {
        return HM_OK;
    }
    u->learned = u->registry_n;
    return hm_store_learned_at(u->session->store, u->origin.row, u->seq, &u->learned_end,
                               &u->learned, err);
}

/* Seal a page that is as large as it may be, trying again with fewer changes if need be.
 */
static enum hm_status seal_page(struct hm_upload *u, bool with_head, struct hm_err *err)
{
    struct hm_deflate *before = NULL;
    size_t page_weight = 0;
    size_t start = u->stream.size;
    size_t count = guess(u, &page_weight);
    struct hm_change *changes = hm_arena_get_array(&u->arena, count, sizeof(*changes));
    enum hm_status status = hm_arena_status(&u->arena, err);
    if (status == HM_OK) {
        status = hm_deflate_copy(&before, u->deflate, err);
    }
    while (status == HM_OK) {
        struct hm_page page = page_of(u, changes, count);
        hm_page_sign(&page, u->session->secret);
        status = put_page(u, &page, with_head, err);
        size_t sent = u->stream.size - start;
        if (status != HM_OK) {
            break;
        }
        if (sent <= HM_PAGE_SENT_BYTES || count == 1) {
            double payload = sent > PAGE_OVERHEAD ? (double)(sent - PAGE_OVERHEAD) : 1.0;
            u->session->page_ratio =
                0.5 * u->session->page_ratio + 0.5 * payload / (double)(page_weight + 1);
            status = note_sealed(u, &page, err);
            step(u, &page);
            break;
        }
        /* Back to before it, and fewer: in proportion, but at least one less. */
        size_t fewer = count * HM_PAGE_SENT_BYTES * 15 / 16 / sent;
        count = fewer == 0 ? 1 : fewer < count ? fewer : count - 1;
        page_weight = page_weight * count / (count + 1);
        hm_deflate_close(u->deflate);
        u->deflate = before;
        before = NULL;
        u->stream.size = start;
        status = hm_deflate_copy(&before, u->deflate, err);
    }
    hm_deflate_close(before);
    return status;
}

/* Send again, as it was sealed, a page that was not acknowledged. */
static enum hm_status resend_page(struct hm_upload *u,
                                  const struct hm_stored_page *stored,
                                  bool with_head,
                                  struct hm_err *err)
{
    struct hm_arena piece;
    size_t count = 0;
    struct hm_held *held = NULL;
    struct hm_page page;
    hm_arena_init(&piece, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_store_origin_changes(u->session->store, u->origin.row, stored->seq,
                                stored->count, &held, &count, &piece, err);
    if (status == HM_OK && count != stored->count) {
        status = hm_fail(err, HM_CORRUPT, "change-body", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_page_out_of(&page, &u->origin.device, u->origin.epoch, stored, held,
                                count, &piece, err);
    }
    if (status == HM_OK) {
        uint64_t next = u->seq;
        u->seq = stored->seq;
        status = load_runs(u, count, err);
        u->seq = next;
        if (status == HM_OK) {
            status = put_page(u, &page, with_head, err);
        }
        u->seq = stored->seq + stored->count;
        u->head = stored->head_after;
        u->page_count++;
    }
    hm_arena_fini(&piece);
    hm_arena_clear(&u->arena);
    u->held_count = 0;
    u->at = 0;
    return status;
}

static enum hm_status fill(struct hm_upload *u, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    bool first = true;
    while (status == HM_OK && u->seq <= u->origin.seq &&
           (first || u->stream.size < u->session->budget)) {
        struct hm_stored_page stored;
        bool found = false;
        /* Also beyond `sent`: a sealed page whose request never left is sealed still. */
        if (u->seq < u->sealed_end) {
            status = hm_store_page_at(u->session->store, u->origin.row, u->seq, &stored,
                                      &found, &u->keep, err);
        }
        if (status == HM_OK && found) {
            status = resend_page(u, &stored, first, err);
        } else if (status == HM_OK) {
            status = need_changes(u, err);
            if (status == HM_OK) {
                status = need_learned(u, err);
            }
            if (status == HM_OK && u->held_count == 0) {
                return hm_fail(err, HM_CORRUPT, "change-body", NULL, NULL, NULL);
            }
            if (status == HM_OK) {
                status = seal_page(u, first, err);
            }
        }
        first = false;
    }
    return status;
}

/*
 * The head at the acknowledged end of the chain: where what is sealed next begins. A page
 * need not end there: this disk may be an older one than that whose pages are at the
 * server, and have sealed others since.
 */
static enum hm_status find_head(struct hm_upload *u, struct hm_err *err)
{
    bool found = false;
    enum hm_status status = hm_store_head_at(u->session->store, &u->origin,
                                             u->origin.acked, &u->head, &found, err);
    return status != HM_OK || found
               ? status
               : hm_fail(err, HM_CORRUPT, "page-missing", NULL, NULL, NULL);
}

/* Pages from `seq` on into the stream, as many as the budget has room for. */
static enum hm_status pack_pages(struct hm_upload *u, struct hm_err *err)
{
    struct hm_session *session = u->session;
    u->first = u->seq;
    if (u->seq > u->origin.seq) {
        return HM_OK;
    }
    enum hm_status status = hm_deflate_open(
        &u->deflate,
        session->budget <= SLOW_BUDGET ? HM_DEFLATE_LEVEL_SMALL : HM_DEFLATE_LEVEL_FAST,
        err);
    if (status == HM_OK) {
        status = hm_store_bucket_n(session->store, hm_text(HM_HOME_REGISTRY),
                                   &u->registry_n, err);
    }
    if (status == HM_OK) {
        status = hm_store_pages_end(session->store, &u->origin, &u->sealed_end, err);
    }
    if (status == HM_OK) {
        status = fill(u, err);
    }
    return status != HM_OK ? status : hm_deflate_end(u->deflate, &u->stream, err);
}

static enum hm_status find_origin(struct hm_upload *u, bool make, struct hm_err *err)
{
    struct hm_session *session = u->session;
    int64_t epoch = 0;
    enum hm_status status =
        hm_store_meta_get_int(session->store, HM_META_EPOCH, 0, &epoch, err);
    return status != HM_OK ? status
                           : hm_store_origin_get(session->store, &session->device,
                                                 (uint32_t)epoch, make, &u->origin, err);
}

void hm_upload_free(struct hm_upload *u)
{
    if (u != NULL) {
        hm_deflate_close(u->deflate);
        hm_page_text_fini(&u->text);
        hm_buf_fini(&u->stream);
        hm_arena_fini(&u->arena);
        hm_arena_fini(&u->keep);
        free(u);
    }
}

static struct hm_upload *new_upload(struct hm_session *session)
{
    struct hm_upload *u = calloc(1, sizeof(*u));
    if (u != NULL) {
        u->session = session;
        hm_arena_init(&u->arena, HM_REQUEST_ARENA_MAX);
        hm_arena_init(&u->keep, HM_REQUEST_ARENA_MAX);
        hm_buf_init(&u->stream, 2 * HM_REQUEST_BYTES_MAX);
        hm_page_text_init(&u->text);
    }
    return u;
}

/*
 * What the next request will send if this one is acknowledged whole. Nothing of it is
 * written before that request is made: until then it may still turn out otherwise.
 */
void hm_upload_ahead(struct hm_session *session)
{
    struct hm_upload *u = new_upload(session);
    if (u == NULL) {
        return;
    }
    enum hm_status status = hm_store_begin_read(session->store, NULL);
    if (status == HM_OK) {
        status = find_origin(u, false, NULL);
        if (status == HM_OK && u->origin.row == session->origin.row) {
            u->seq = session->next_seq;
            u->head = session->next_head;
            status = pack_pages(u, NULL);
        }
        hm_store_rollback(session->store);
    }
    if (status == HM_OK && u->page_count > 0) {
        session->ahead = u;
        u = NULL;
    }
    hm_upload_free(u);
}

/* What was packed ahead, if it carries on where the server is; else pack now. */
static enum hm_status need_pages(struct hm_upload **upload, struct hm_err *err)
{
    struct hm_upload *u = *upload;
    struct hm_upload *ahead = u->session->ahead;
    uint64_t sealed_end = 0;
    enum hm_status status =
        hm_store_pages_end(u->session->store, &u->origin, &sealed_end, err);
    if (status != HM_OK) {
        return status;
    }
    /* A file that was written meanwhile may have cut and signed these pages otherwise. */
    if (ahead != NULL && ahead->first == u->origin.acked + 1 &&
        ahead->origin.row == u->origin.row && ahead->sealed_end == sealed_end) {
        ahead->origin = u->origin; /* as it is now */
        u->session->ahead = NULL;
        hm_upload_free(u);
        *upload = ahead;
        return HM_OK;
    }
    hm_upload_free(ahead);
    u->session->ahead = NULL;
    u->seq = u->origin.acked + 1;
    status = find_head(u, err);
    return status != HM_OK ? status : pack_pages(u, err);
}

/* What a restart, or another process, must know of the pages before they are sent. */
static enum hm_status note_pages(struct hm_upload *u, struct hm_err *err)
{
    struct hm_session *session = u->session;
    enum hm_status status = HM_OK;
    session->sent_pages = u->page_count;
    session->sent_before = u->origin.sent;
    session->more_up = u->seq <= u->origin.seq;
    session->next_seq = u->seq;
    session->next_head = u->head;
    if (u->sealed_count > 0) {
        status =
            hm_store_pages_put(session->store, u->sealed, u->sealed_count, &u->keep, err);
    }
    if (status == HM_OK && u->seq - 1 > u->origin.sent) {
        u->origin.sent = u->seq - 1;
        status = hm_store_origin_put(session->store, &u->origin, err);
    }
    session->origin = u->origin;
    return status;
}

static enum hm_status build(struct hm_upload **upload,
                            struct hm_buf *body,
                            struct hm_err *err)
{
    struct hm_session *session = (*upload)->session;
    struct hm_request request = {.epoch = 0};
    bool whole = true;
    enum hm_status status = find_origin(*upload, true, err);
    if (status == HM_OK) {
        status = hm_upload_open(session, err);
    }
    if (status == HM_OK) {
        status = hm_upload_find_key(session, err);
    }
    if (status == HM_OK) {
        session->origin = (*upload)->origin;
        (*upload)->seq = session->origin.acked + 1;
        status = hm_offer_build(session, &(*upload)->stream, &whole, err);
        session->waits = !whole;
    }
    if (status == HM_OK && !whole) {
        status = find_head(*upload, err);
    }
    if (status == HM_OK && whole) {
        status = need_pages(upload, err);
    }
    if (status == HM_OK) {
        status = note_pages(*upload, err);
        session->more_up = session->more_up && whole;
    }
    if (status == HM_OK) {
        status = hm_upload_describe(session, &request, err);
    }
    if (status == HM_OK) {
        status = hm_request_write(body, &request, (*upload)->stream.size,
                                  &session->server, session->secret, err);
    }
    hm_buf_put_bytes(body, hm_buf_bytes(&(*upload)->stream));
    return status != HM_OK ? status : hm_buf_status(body, err);
}

enum hm_status hm_upload_build(struct hm_session *session,
                               struct hm_buf *body,
                               struct hm_err *err)
{
    struct hm_upload *u = new_upload(session);
    if (u == NULL) {
        return hm_fail_memory(err);
    }
    session->sent_pages = 0;
    enum hm_status status = hm_store_begin(session->store, err);
    if (status == HM_OK) {
        status = build(&u, body, err);
        if (status == HM_OK) {
            status = hm_store_commit(session->store, err);
        } else {
            hm_store_rollback(session->store);
        }
    }
    hm_upload_free(u);
    return status;
}

/* From the acknowledged end on, or from where the body before ended. */
static enum hm_status pack_own(struct hm_upload *u, bool first, struct hm_err *err)
{
    struct hm_session *session = u->session;
    enum hm_status status = HM_OK;
    u->seq = first ? u->origin.acked + 1 : session->next_seq;
    u->head = session->next_head;
    if (first) {
        status = find_head(u, err);
    }
    status = status != HM_OK ? status : pack_pages(u, err);
    return status != HM_OK ? status : note_pages(u, err);
}

static enum hm_status build_file(struct hm_upload *u,
                                 const struct hm_id *bundle,
                                 bool first,
                                 struct hm_buf *body,
                                 struct hm_err *err)
{
    struct hm_session *session = u->session;
    struct hm_request request = {.by_file = true};
    enum hm_status status = find_origin(u, true, err);
    session->origin = u->origin;
    if (status == HM_OK && !session->file_pages) {
        status = hm_offer_build_file(session, &u->stream, err);
        first = !session->offers;
        session->file_pages = !session->offers;
        session->more_up = true;
        session->tell_keys = session->offers;
    }
    if (status == HM_OK && session->file_pages) {
        status = pack_own(u, first, err);
    }
    if (status == HM_OK) {
        status = hm_upload_describe(session, &request, err);
    }
    request.id = *bundle;
    request.lease = (struct hm_id){{0}};
    if (status == HM_OK) {
        status = hm_request_write(body, &request, u->stream.size, &session->server,
                                  session->secret, err);
    }
    hm_buf_put_bytes(body, hm_buf_bytes(&u->stream));
    return status != HM_OK ? status : hm_buf_status(body, err);
}

enum hm_status hm_upload_build_file(struct hm_session *session,
                                    const struct hm_id *bundle,
                                    bool first,
                                    struct hm_buf *body,
                                    struct hm_err *err)
{
    struct hm_upload *u = new_upload(session);
    if (u == NULL) {
        return hm_fail_memory(err);
    }
    u->by_file = true;
    enum hm_status status = build_file(u, bundle, first, body, err);
    hm_upload_free(u);
    return status;
}
