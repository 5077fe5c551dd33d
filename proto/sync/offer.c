/* SPDX-License-Identifier: Apache-2.0 */
#include "offer.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/offers.h"
#include "offer_set.h"
#include "page_out.h"

enum { HAVE_IDS = 2048 }; /* of one line: it fits the line's limit */

/* What was sent, and what is answered. */
enum sent { SENT_NOTHING, SENT_LEAVES, SENT_ENTRIES, SENT_PAGES };

/* A place in what is offered of entries. */
struct place {
    size_t bucket;
    size_t leaf; /* HM_LEAVES: only `have` is left */
    size_t have;
};

struct hm_offering {
    struct hm_arena arena; /* of the group */
    struct hm_offer_bucket *buckets;
    size_t count;
    bool by_file;       /* nobody answers: all is wanted, and needed */
    bool registry_done; /* … and that group is over */
    size_t asked;       /* buckets whose leaves were answered */
    size_t asked_end;   /* … when the request under way is */
    struct place at;
    struct place at_end;
    enum sent sent;

    struct hm_offer_set set; /* of one bucket … */
    size_t loaded;           /* … that stands here, or SIZE_MAX */

    /* rows of the changes that the request under way names, in its order */
    int64_t *named;
    size_t named_count;
    size_t named_capacity;
    /* rows that the server lacks, and how far their pages went */
    int64_t *needed;
    size_t needed_count;
    size_t needed_capacity;
    size_t needed_at;
    size_t needed_end;
};

/* One request being filled. */
struct filling {
    struct hm_session *session;
    struct hm_offering *o;
    struct hm_deflate *deflate;
    struct hm_buf *stream;
    bool any;
};

void hm_offering_free(struct hm_offering *o)
{
    if (o != NULL) {
        hm_arena_fini(&o->arena);
        hm_arena_fini(&o->set.arena);
        free(o->named);
        free(o->needed);
        free(o);
    }
}

static enum hm_status add_row(int64_t **rows,
                              size_t *count,
                              size_t *capacity,
                              int64_t row,
                              struct hm_err *err)
{
    if (*count == *capacity) {
        size_t wanted = *capacity == 0 ? 256 : 2 * *capacity;
        int64_t *more = realloc(*rows, wanted * sizeof(*more));
        if (more == NULL) {
            return hm_fail_memory(err);
        }
        *rows = more;
        *capacity = wanted;
    }
    (*rows)[(*count)++] = row;
    return HM_OK;
}

/* ---- the buckets ---- */

/*
 * The registry alone, then all others: whoever is to read their pages must know who
 * signed them.
 */
static enum hm_status load_group(struct hm_session *session,
                                 struct hm_offering *o,
                                 struct hm_err *err)
{
    struct hm_bytes *names = NULL;
    size_t count = 0;
    hm_arena_clear(&o->arena);
    enum hm_status status =
        hm_offer_names(session, o->by_file, &names, &count, &o->arena, err);
    struct hm_offer_bucket *list = hm_arena_get_array(&o->arena, count, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(&o->arena, err);
    }
    o->buckets = list;
    o->count = 0;
    o->at = (struct place){.bucket = 0};
    o->loaded = SIZE_MAX;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!hm_bytes_are(names[i], HM_HOME_REGISTRY)) {
            list[o->count++] = (struct hm_offer_bucket){.name = names[i]};
        } else if (!o->registry_done) {
            list[0] = (struct hm_offer_bucket){.name = names[i]};
            o->count = 1;
            break;
        }
    }
    for (size_t i = 0; i < o->count && o->by_file; i++) {
        memset(list[i].mask, 0xFF, HM_LEAF_MASK_SIZE);
    }
    o->asked = o->by_file ? o->count : 0;
    return status;
}

static enum hm_status load_set(struct hm_session *session,
                               struct hm_offering *o,
                               size_t index,
                               struct hm_err *err)
{
    if (o->loaded == index) {
        return HM_OK;
    }
    o->loaded = SIZE_MAX;
    enum hm_status status =
        hm_offer_set_load(&o->set, session, &o->buckets[index], &o->arena, err);
    o->loaded = status == HM_OK ? index : SIZE_MAX;
    return status;
}

/* ---- lines ---- */

static bool is_full(const struct filling *f)
{
    return f->stream->size >= f->session->budget;
}

static enum hm_status put_line(struct filling *f,
                               const struct hm_offer_line *line,
                               struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_PAGE_TEXT_MAX);
    hm_offer_line_write(&text, line);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        status = hm_deflate_put(f->deflate, f->stream, hm_buf_bytes(&text),
                                HM_TEXTURE_ROWS, err);
    }
    if (status == HM_OK) {
        status = hm_deflate_flush(f->deflate, f->stream, err);
    }
    f->any = f->any || status == HM_OK;
    hm_buf_fini(&text);
    return status;
}

static enum hm_status put_statement(struct filling *f, size_t index, struct hm_err *err)
{
    const struct hm_offer_bucket *bucket = &f->o->buckets[index];
    const struct hm_offer_line line = {.kind = HM_OFFER_LEAVES,
                                       .bucket = bucket->name,
                                       .leaves = f->o->set.leaves,
                                       .message = bucket->message,
                                       .signature = bucket->signature};
    return put_line(f, &line, err);
}

/* Leaves of bucket after bucket, as far as there is room. */
static enum hm_status fill_leaves(struct filling *f, struct hm_err *err)
{
    struct hm_offering *o = f->o;
    enum hm_status status = HM_OK;
    o->asked_end = o->asked;
    while (o->asked_end < o->count && status == HM_OK && !is_full(f)) {
        status = load_set(f->session, o, o->asked_end, err);
        if (status == HM_OK && o->buckets[o->asked_end].message.size > 0) {
            status = put_statement(f, o->asked_end, err);
        }
        o->asked_end++;
    }
    if (!f->any) {
        o->asked = o->asked_end; /* there was nothing to ask for */
    }
    o->sent = SENT_LEAVES;
    return status;
}

/* A line of entries, and the rows of its changes. */
static enum hm_status put_items(struct filling *f,
                                enum hm_offer_kind kind,
                                uint8_t leaf,
                                const struct hm_element *elements,
                                size_t count,
                                struct hm_err *err)
{
    struct hm_offering *o = f->o;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    struct hm_offer_line line = {
        .kind = kind,
        .bucket = o->buckets[o->at_end.bucket].name,
        .leaf = leaf,
        .items = hm_arena_get_array(&arena, count, sizeof(*line.items)),
        .count = count};
    enum hm_status status = hm_arena_status(&arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        bool again = kind == HM_OFFER_LEAF && i > 0 &&
                     hm_id_equal(&elements[i - 1].id, &elements[i].id);
        line.items[i] = (struct hm_offer_item){.id = elements[i].id,
                                               .kind = (char)elements[i].kind,
                                               .reason = elements[i].reason};
        if (!again) {
            status = add_row(&o->named, &o->named_count, &o->named_capacity,
                             elements[i].change, err);
        }
    }
    if (status == HM_OK) {
        status = put_line(f, &line, err);
    }
    hm_arena_fini(&arena);
    return status;
}

static bool is_wanted(const struct hm_offer_bucket *bucket, size_t leaf)
{
    return (bucket->mask[leaf / 8] >> (leaf % 8) & 1) != 0;
}

/* The leaves of one bucket that the server wants; its statement goes before them. */
static enum hm_status fill_bucket(struct filling *f, struct hm_err *err)
{
    struct hm_offering *o = f->o;
    struct place *at = &o->at_end;
    bool stated = false;
    enum hm_status status = load_set(f->session, o, at->bucket, err);
    while (at->leaf < HM_LEAVES && status == HM_OK && !is_full(f)) {
        size_t from = o->set.starts[at->leaf];
        size_t count = o->set.starts[at->leaf + 1] - from;
        if (count > 0 && is_wanted(&o->buckets[at->bucket], at->leaf)) {
            if (!stated) {
                status = put_statement(f, at->bucket, err);
                stated = true;
            }
            if (status == HM_OK) {
                status = put_items(f, HM_OFFER_LEAF, (uint8_t)at->leaf,
                                   o->set.elements + from, count, err);
            }
        }
        at->leaf++;
    }
    while (at->leaf == HM_LEAVES && at->have < o->set.have_count && status == HM_OK &&
           !is_full(f)) {
        size_t left = o->set.have_count - at->have;
        size_t count = left < HAVE_IDS ? left : HAVE_IDS;
        status = put_items(f, HM_OFFER_HAVE, 0, o->set.haves + at->have, count, err);
        at->have += count;
    }
    return status;
}

static enum hm_status fill_entries(struct filling *f, struct hm_err *err)
{
    struct hm_offering *o = f->o;
    enum hm_status status = HM_OK;
    o->at_end = o->at;
    o->named_count = 0;
    while (o->at_end.bucket < o->count && status == HM_OK && !is_full(f)) {
        status = fill_bucket(f, err);
        if (o->at_end.leaf == HM_LEAVES && o->at_end.have == o->set.have_count) {
            o->at_end = (struct place){.bucket = o->at_end.bucket + 1};
        }
    }
    if (!f->any) {
        o->at = o->at_end;
    }
    o->sent = SENT_ENTRIES;
    return status;
}

/* ---- pages ---- */

static enum hm_status put_page(struct filling *f,
                               const struct hm_envelope *envelope,
                               const struct hm_stored_page *stored,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_page_text text;
    struct hm_held *held = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_origin_changes(f->session->store, stored->origin, stored->seq,
                                stored->count, &held, &count, arena, err);
    if (status != HM_OK || count != stored->count) {
        return status; /* not all of it is here: it cannot be shown */
    }
    /* The reader may know nothing, so it says all of itself. */
    struct hm_page_out out = {
        .store = f->session->store, .origin = stored->origin, .with_head = true};
    status = hm_page_out_of(&out.page, &envelope->device, envelope->epoch, stored, held,
                            count, arena, err);
    hm_page_text_init(&text);
    if (status == HM_OK) {
        status = hm_page_out_write(&text, &out, arena, err);
    }
    if (status == HM_OK) {
        status = hm_page_out_put(f->deflate, f->stream, &text, err);
    }
    f->any = f->any || status == HM_OK;
    hm_page_text_fini(&text);
    return status;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Rows ascend, so the changes of a page are neighbours, or nearly. */
static enum hm_status fill_pages(struct filling *f, struct hm_err *err)
{
    struct hm_offering *o = f->o;
    struct hm_arena piece;
    struct hm_stored_page last = {.origin = 0};
    enum hm_status status = HM_OK;
    hm_arena_init(&piece, HM_REQUEST_ARENA_MAX);
    o->needed_end = o->needed_at;
    for (; o->needed_end < o->needed_count && status == HM_OK && !is_full(f);
         o->needed_end++) {
        struct hm_envelope envelope;
        struct hm_stored_page stored;
        bool found = false;
        int64_t row = o->needed[o->needed_end];
        status = hm_store_envelope_of(f->session->store, row, &envelope, err);
        if (status == HM_OK && envelope.origin == last.origin &&
            envelope.seq >= last.seq && envelope.seq < last.seq + last.count) {
            continue;
        }
        if (status == HM_OK && envelope.origin != 0) {
            status = hm_store_page_at(f->session->store, envelope.origin, envelope.seq,
                                      &stored, &found, &piece, err);
        }
        if (status == HM_OK && found) {
            status = put_page(f, &envelope, &stored, &piece, err);
            last = stored;
        }
        hm_arena_clear(&piece);
    }
    hm_arena_fini(&piece);
    if (!f->any) {
        o->needed_at = o->needed_end;
    }
    o->sent = SENT_PAGES;
    return status;
}

/* ---- what is next ---- */

static enum hm_status mark_offered(struct hm_session *session,
                                   struct hm_offering *o,
                                   struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < o->count && status == HM_OK; i++) {
        if (!session->file_all) {
            status = hm_store_bucket_offered(session->store, o->buckets[i].name,
                                             o->by_file, err);
        }
    }
    bool over = o->by_file && o->registry_done;
    o->registry_done =
        o->by_file && o->count == 1 && hm_bytes_are(o->buckets[0].name, HM_HOME_REGISTRY);
    if (over || (o->by_file && !o->registry_done)) {
        o->count = 0;
        return status;
    }
    return status != HM_OK ? status : load_group(session, o, err);
}

/* Until something is written, or nothing is left to offer. */
static enum hm_status fill(struct filling *f, struct hm_err *err)
{
    struct hm_offering *o = f->o;
    enum hm_status status = HM_OK;
    while (status == HM_OK && !f->any && o->count > 0) {
        if (o->needed_at < o->needed_count) {
            status = fill_pages(f, err);
        } else if (o->asked < o->count) {
            status = fill_leaves(f, err);
        } else if (o->at.bucket < o->count) {
            status = fill_entries(f, err);
        } else {
            status = mark_offered(f->session, o, err);
        }
    }
    return status;
}

static enum hm_status need_offering(struct hm_session *session, struct hm_err *err)
{
    if (session->offering != NULL) {
        return HM_OK;
    }
    struct hm_offering *o = calloc(1, sizeof(*o));
    if (o == NULL) {
        return hm_fail_memory(err);
    }
    o->by_file = session->file_out;
    hm_arena_init(&o->arena, HM_REQUEST_ARENA_MAX);
    hm_arena_init(&o->set.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = load_group(session, o, err);
    if (status != HM_OK) {
        hm_offering_free(o);
        return status;
    }
    session->offering = o;
    return HM_OK;
}

static enum hm_status fill_request(struct hm_session *session,
                                   struct hm_buf *stream,
                                   struct hm_err *err)
{
    struct filling f = {.session = session, .stream = stream};
    session->offers = false;
    enum hm_status status = need_offering(session, err);
    if (status != HM_OK) {
        return status;
    }
    f.o = session->offering;
    f.o->sent = SENT_NOTHING;
    if (f.o->count > 0) {
        status = hm_deflate_open(&f.deflate, HM_DEFLATE_LEVEL_FAST, err);
    }
    if (status == HM_OK) {
        status = fill(&f, err);
    }
    if (status == HM_OK && f.any) {
        status = hm_deflate_end(f.deflate, stream, err);
    }
    hm_deflate_close(f.deflate);
    session->offers = f.any;
    if (status != HM_OK || !f.any) {
        hm_offering_free(session->offering);
        session->offering = NULL;
    }
    return status;
}

enum hm_status hm_offer_build(struct hm_session *session,
                              struct hm_buf *stream,
                              bool *none,
                              struct hm_err *err)
{
    struct hm_bytes *names = NULL;
    size_t count = 0;
    enum hm_status status = fill_request(session, stream, err);
    if (status == HM_OK && !session->offers) {
        status = hm_store_buckets_old(session->store, HM_OLD_OFFERED, &names, &count,
                                      &session->arena, err);
    }
    *none = !session->offers && count == 0;
    return status;
}

static enum hm_status need_all(struct hm_offering *o, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    o->needed_count = 0;
    o->needed_at = 0;
    for (size_t i = 0; i < o->named_count && status == HM_OK; i++) {
        status =
            add_row(&o->needed, &o->needed_count, &o->needed_capacity, o->named[i], err);
    }
    if (o->needed_count > 1) {
        qsort(o->needed, o->needed_count, sizeof(*o->needed), by_number);
    }
    o->at = o->at_end;
    return status;
}

enum hm_status hm_offer_build_file(struct hm_session *session,
                                   struct hm_buf *stream,
                                   struct hm_err *err)
{
    session->file_out = true;
    enum hm_status status = fill_request(session, stream, err);
    session->file_out = false;
    struct hm_offering *o = session->offering;
    if (status == HM_OK && o != NULL && o->sent == SENT_ENTRIES) {
        status = need_all(o, err);
    } else if (status == HM_OK && o != NULL) {
        o->needed_at = o->needed_end;
    }
    return status;
}

static void take_wants(struct hm_offering *o, const struct hm_reply *reply)
{
    for (size_t i = 0; i < reply->want_count; i++) {
        for (size_t k = o->asked; k < o->asked_end; k++) {
            if (hm_bytes_equal(o->buckets[k].name, reply->wants[i].bucket)) {
                memcpy(o->buckets[k].mask, reply->wants[i].mask, HM_LEAF_MASK_SIZE);
            }
        }
    }
    o->asked = o->asked_end;
}

static enum hm_status take_need(struct hm_offering *o,
                                const struct hm_reply *reply,
                                struct hm_err *err)
{
    enum hm_status status = HM_OK;
    o->needed_count = 0;
    o->needed_at = 0;
    for (size_t i = 0; i < o->named_count && status == HM_OK; i++) {
        bool lacks =
            i / 8 < reply->need.size && (reply->need.data[i / 8] >> (i % 8) & 1) != 0;
        if (lacks) {
            status = add_row(&o->needed, &o->needed_count, &o->needed_capacity,
                             o->named[i], err);
        }
    }
    if (o->needed_count > 1) {
        qsort(o->needed, o->needed_count, sizeof(*o->needed), by_number);
    }
    o->at = o->at_end;
    return status;
}

enum hm_status hm_offer_answered(struct hm_session *session, struct hm_err *err)
{
    struct hm_offering *o = session->offering;
    enum hm_status status = HM_OK;
    if (o == NULL) {
        return HM_OK;
    }
    switch (o->sent) {
    case SENT_LEAVES:
        take_wants(o, &session->reply);
        break;
    case SENT_ENTRIES:
        status = take_need(o, &session->reply, err);
        break;
    case SENT_PAGES:
        o->needed_at = o->needed_end;
        break;
    default:
        break;
    }
    o->sent = SENT_NOTHING;
    return status;
}
