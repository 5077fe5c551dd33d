/* SPDX-License-Identifier: Apache-2.0 */
/* The writer's part of an exchange: leases, judgement, and what goes to disk. */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/epoch.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "hamlet/sync/judge.h"
#include "landing.h"
#include "lease.h"
#include "put_pages.h"
#include "serving.h"

/*
 * Whether the key that signed the page was good for it. Whoever copied a key that was
 * replaced can still sign; what comes beyond the end of that key is not its device's.
 */
static enum hm_status key_covers(struct hm_landing *landing,
                                 const struct hm_inbox_page *arrived,
                                 bool *covers,
                                 struct hm_err *err)
{
    const struct hm_page *page = &arrived->page;
    const struct hm_keys *keys = &landing->keys;
    enum hm_status status = HM_OK;
    if (!hm_id_equal(&landing->keys_of, &page->device)) {
        status = hm_store_keys(landing->store, &page->device, &landing->keys, err);
        landing->keys_of = page->device;
    }
    *covers = keys->count == 0;
    for (size_t i = 0; i < keys->count && !*covers; i++) {
        *covers = memcmp(keys->at[i].at, arrived->key.at, HM_KEY_SIZE) == 0 &&
                  hm_keys_cover(keys, i, page);
    }
    return status;
}

/* What this very body brought before and was refused; pages of devices may alternate. */
static size_t refused_before(const struct hm_landing *landing, size_t i)
{
    const struct hm_id *device = &landing->puts[i].change->device;
    size_t count = 0;
    for (size_t at = 0; at < i; at++) {
        count += landing->reasons[at] != HM_REASON_NONE &&
                 landing->reasons[at] != HM_REASON_STORM &&
                 hm_id_equal(&landing->puts[at].change->device, device);
    }
    return count;
}

/*
 * A refusal stands in the bucket of its unit, which all its laptops fetch. What a broken
 * or hostile device can do to them ends at a number: from then on nothing of it stands
 * until a person at the district has looked.
 */
static enum hm_status stop_storm(struct hm_landing *landing, struct hm_err *err)
{
    const struct hm_bytes storm = hm_text(hm_reason_name(HM_REASON_STORM));
    const struct hm_change *last = NULL;
    enum hm_status status = HM_OK;
    size_t left = 0;
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        const struct hm_change *change = landing->puts[i].change;
        if (last == NULL || !hm_id_equal(&last->device, &change->device)) {
            status = hm_store_refusals_left(landing->store, &change->device, storm,
                                            landing->count, &left, err);
            size_t before = refused_before(landing, i);
            left -= before < left ? before : left;
            last = change;
        }
        if (left == 0) {
            landing->reasons[i] = HM_REASON_STORM;
        } else if (landing->reasons[i] != HM_REASON_NONE) {
            left--;
        }
    }
    return status;
}

static enum hm_status judge_all(struct hm_landing *landing, struct hm_err *err)
{
    const struct hm_inbox *inbox = &landing->serving->inbox;
    struct hm_judge judge;
    struct hm_arena arena;
    enum hm_status status = HM_OK;
    size_t at = 0;
    hm_judge_init(&judge, landing->store, &landing->serving->self.server);
    judge.beside = inbox;
    judge.reasons = landing->reasons;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    for (size_t p = 0; p < inbox->page_count && status == HM_OK; p++) {
        const struct hm_page *page = &inbox->pages[p].page;
        bool covers = true;
        status = key_covers(landing, &inbox->pages[p], &covers, err);
        for (size_t i = 0; i < page->count && status == HM_OK; i++, at++) {
            judge.written = hm_inbox_written(&inbox->pages[p], i);
            judge.judged = at;
            status = hm_judge_change(&judge, &page->changes[i], &landing->reasons[at],
                                     &arena, err);
            if (!covers) {
                landing->reasons[at] = HM_REASON_REVOKED;
            }
            landing->puts[at].change = &page->changes[i];
        }
        hm_arena_clear(&arena);
    }
    hm_arena_fini(&arena);
    if (status == HM_OK) {
        status = stop_storm(landing, err);
    }
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        landing->puts[i].verdict = landing->reasons[i] == HM_REASON_NONE
                                       ? HM_VERDICT_ACCEPTED
                                       : HM_VERDICT_QUARANTINED;
        /* The server's own changes were accepted when they were written. */
        landing->puts[i].bounded = !hm_id_equal(&landing->puts[i].change->device,
                                                &landing->serving->self.server);
    }
    return status;
}

static enum hm_status put_changes(struct hm_landing *landing, struct hm_err *err)
{
    enum hm_status status = hm_store_changes_put(
        landing->store, landing->puts, landing->count,
        hm_env_wall(landing->serving->self.env), &landing->arena, err);
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        if (landing->puts[i].full) {
            landing->reasons[i] = HM_REASON_FULL;
        }
    }
    return status;
}

/* Entries of fresh changes, in order, runs of accepted neighbours as one. */
static size_t make_entries(const struct hm_landing *landing,
                           size_t from,
                           size_t to,
                           struct hm_entry *entries)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++) {
        const struct hm_put *put = &landing->puts[i];
        bool accepted = landing->reasons[i] == HM_REASON_NONE;
        struct hm_entry *last = count == 0 ? NULL : &entries[count - 1];
        if (!put->fresh || hm_landing_offered(landing, i)) {
            continue;
        }
        if (accepted && last != NULL && last->kind == HM_ENTRY_ACCEPTED &&
            last->change + (int64_t)last->count == put->row) {
            last->count++;
            continue;
        }
        entries[count++] = (struct hm_entry){
            .count = 1,
            .change = put->row,
            .kind = accepted ? HM_ENTRY_ACCEPTED : HM_ENTRY_QUARANTINED,
            .reason =
                accepted ? HM_NO_BYTES : hm_text(hm_reason_name(landing->reasons[i]))};
    }
    return count;
}

/* A refusal also goes to its author's mailbox. */
static enum hm_status put_refusals(struct hm_landing *landing, struct hm_err *err)
{
    struct hm_arena *arena = &landing->arena;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        char mailbox[HM_MAILBOX_SIZE];
        if (!landing->puts[i].fresh || landing->reasons[i] == HM_REASON_NONE ||
            hm_landing_offered(landing, i)) {
            continue;
        }
        struct hm_entry entry = {.count = 1,
                                 .change = landing->puts[i].row,
                                 .kind = HM_ENTRY_QUARANTINED,
                                 .reason = hm_text(hm_reason_name(landing->reasons[i]))};
        hm_mailbox_name(mailbox, &landing->puts[i].change->device);
        status = hm_store_entries_append(landing->store, hm_text(mailbox), &entry, 1,
                                         arena, err);
    }
    return status;
}

static enum hm_status put_entries(struct hm_landing *landing, struct hm_err *err)
{
    struct hm_arena *arena = &landing->arena;
    struct hm_entry *entries =
        hm_arena_get_array(arena, landing->count, sizeof(*entries));
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t from = 0; from < landing->count && status == HM_OK;) {
        struct hm_bytes home = landing->puts[from].change->home;
        size_t to = from + 1;
        while (to < landing->count &&
               hm_bytes_equal(landing->puts[to].change->home, home)) {
            to++;
        }
        size_t count = make_entries(landing, from, to, entries);
        if (count > 0) {
            status =
                hm_store_entries_append(landing->store, home, entries, count, arena, err);
        }
        from = to;
    }
    return status != HM_OK ? status : put_refusals(landing, err);
}

static enum hm_status land_all(struct hm_landing *landing, struct hm_err *err)
{
    landing->puts =
        hm_arena_get_array(&landing->arena, landing->count, sizeof(*landing->puts));
    landing->reasons =
        hm_arena_get_array(&landing->arena, landing->count, sizeof(*landing->reasons));
    enum hm_status status = hm_arena_status(&landing->arena, err);
    if (status == HM_OK) {
        status = judge_all(landing, err);
    }
    if (status == HM_OK) {
        status = hm_landing_find_offered(landing, err);
    }
    if (status == HM_OK) {
        status = put_changes(landing, err);
    }
    if (status == HM_OK) {
        status = hm_inbox_put_pages(&landing->serving->inbox, landing->store,
                                    landing->puts, &landing->arena, err);
    }
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        landing->serving->fresh += landing->puts[i].fresh;
        landing->serving->refused +=
            landing->puts[i].fresh && landing->reasons[i] != HM_REASON_NONE;
    }
    if (status == HM_OK) {
        status = put_entries(landing, err);
    }
    if (status == HM_OK) {
        status = hm_landing_regain(landing, err);
    }
    return status != HM_OK ? status : hm_landing_meet(landing, err);
}

static enum hm_status land(struct hm_serving *serving,
                           struct hm_store *store,
                           struct hm_err *err)
{
    struct hm_landing landing = {
        .serving = serving, .store = store, .count = serving->inbox.change_count};
    if (landing.count == 0) {
        return HM_OK;
    }
    hm_arena_init(&landing.arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = land_all(&landing, err);
    hm_arena_fini(&landing.arena);
    return status;
}

/* How far the requester's chain is here without a gap. */
static enum hm_status acknowledge(struct hm_serving *serving,
                                  struct hm_store *store,
                                  struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_origin origin;
    bool own = serving->inbox.page_count > 0 && !serving->offering;
    enum hm_status status = hm_store_origin_get(store, &request->device, request->epoch,
                                                own || request->has_parent, &origin, err);
    if (status == HM_OK && request->has_parent && origin.seq == 0 && !origin.has_parent) {
        status = hm_store_origin_bind(store, &origin, &request->parent.cut_head, err);
    }
    /* Others may have brought pages of it: what a copy wrote, this disk must hear of. */
    if (status == HM_OK && origin.row != 0) {
        status = hm_store_origin_advance(store, &origin, err);
    }
    serving->seq = origin.row == 0 ? 0 : origin.seq;
    serving->head = origin.head;
    return status;
}

/* What went wrong there since it last came through, in its own words. */
static enum hm_status take_errors(struct hm_serving *serving,
                                  struct hm_visit *visit,
                                  struct hm_err *err)
{
    _Static_assert((int)HM_VISIT_ERRORS_MAX == (int)HM_REQUEST_ERRORS_MAX, "of one kind");
    const struct hm_request *request = &serving->request;
    struct hm_visit_error errors[HM_VISIT_ERRORS_MAX];
    struct hm_buf packed;
    visit->errors = HM_NO_BYTES;
    for (size_t i = 0; i < request->error_count; i++) {
        errors[i] =
            (struct hm_visit_error){request->errors[i].name, request->errors[i].count};
    }
    if (request->error_count == 0) {
        return HM_OK;
    }
    hm_buf_init(&packed, HM_HEADER_MAX);
    hm_visit_errors_put(&packed, errors, request->error_count);
    enum hm_status status = hm_buf_status(&packed, err);
    if (status == HM_OK) {
        visit->errors = hm_arena_copy(&serving->arena, hm_buf_bytes(&packed));
        status = hm_arena_status(&serving->arena, err);
    }
    hm_buf_fini(&packed);
    return status;
}

/* What is left on the laptop, now that this request's pages are here. */
static enum hm_status put_visit(struct hm_serving *serving,
                                struct hm_store *store,
                                struct hm_visit *visit,
                                struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    visit->waiting = request->waiting;
    if (request->seq > 0) {
        visit->waiting =
            request->seq > serving->seq ? (int64_t)(request->seq - serving->seq) : 0;
    }
    if (visit->waiting <= 0 || visit->late.ms == 0) {
        visit->late = visit->waiting > 0 ? visit->contact : (struct hm_wall){0};
    }
    enum hm_status status = take_errors(serving, visit, err);
    if (status == HM_OK) {
        status = hm_serving_state(serving, visit, err);
    }
    return status != HM_OK ? status : hm_store_visit_put(store, visit, err);
}

/* Digests are asked for by every reply: made here, they are kept for all readers. */
static enum hm_status renew_digests(struct hm_serving *serving,
                                    struct hm_store *store,
                                    struct hm_err *err)
{
    struct hm_bucket bucket;
    struct hm_bytes last = HM_NO_BYTES;
    enum hm_status status = HM_OK;
    for (size_t p = 0; p < serving->inbox.page_count && status == HM_OK; p++) {
        struct hm_bytes home = serving->inbox.pages[p].page.home;
        if (!hm_bytes_equal(home, last)) {
            status = hm_store_bucket_get(store, home, &bucket, err);
            last = home;
        }
    }
    return status;
}

/*
 * What it offered made its device known here: this request opens its pair. The next one
 * would do; but a late copy of an earlier one may come before that.
 */
static enum hm_status meet(struct hm_serving *serving,
                           struct hm_store *store,
                           struct hm_visit *visit,
                           bool *visits,
                           struct hm_err *err)
{
    struct hm_device device;
    enum hm_status status = hm_store_device_get(store, &serving->request.device, &device,
                                                &serving->arena, err);
    /* Its newest key may be news as well: the next request brings that (7.1, `z`). */
    *visits = status == HM_OK && device.known && !device.revoked &&
              hm_keys_follow(serving->request.keys, device.keys);
    if (*visits) {
        status = hm_lease_take(serving, store, visit, err);
    }
    *visits = *visits && serving->problem == HM_PROBLEM_NONE;
    return status;
}

/*
 * The server is another than the one that this request was read by: nothing of it is
 * taken, and the reply says so.
 */
static void age(struct hm_serving *serving, uint64_t incarnation)
{
    serving->self.incarnation = incarnation;
    serving->pages_count = false;
    serving->offering = true;
    hm_inbox_clear(&serving->inbox);
    serving->inbox.offer_count = 0;
}

/*
 * A folder that is put back by hand does not know that it was. A laptop shows it: then it
 * comes back as one that was restored does, in the transaction of the request.
 */
static enum hm_status find_incarnation(struct hm_serving *serving,
                                       struct hm_store *store,
                                       bool leased,
                                       struct hm_err *err)
{
    uint64_t incarnation = 0;
    int64_t known = 0;
    bool more = false;
    serving->came_back = false;
    enum hm_status status = hm_store_meta_get_int(
        store, HM_META_INCARNATION, (int64_t)serving->self.incarnation, &known, err);
    if (status == HM_OK && (uint64_t)known != serving->self.incarnation) {
        age(serving, (uint64_t)known);
    }
    if (status == HM_OK && leased) {
        status = hm_lease_tells_more(serving, store, &more, err);
    }
    if (status == HM_OK && more) {
        status = hm_store_come_back(store, serving->self.env, &incarnation, err);
        age(serving, incarnation);
        serving->came_back = true;
    }
    return status;
}

/* Revocation acts in the transaction of the request: the reader may have been late. */
static enum hm_status admit(struct hm_serving *serving,
                            struct hm_store *store,
                            struct hm_device *device,
                            bool *admitted,
                            struct hm_err *err)
{
    enum hm_status status = hm_store_device_get(store, &serving->request.device, device,
                                                &serving->arena, err);
    enum hm_problem denial =
        status == HM_OK ? hm_serving_denial(serving, device) : HM_PROBLEM_NONE;
    *admitted = status == HM_OK && denial == HM_PROBLEM_NONE;
    if (denial != HM_PROBLEM_NONE) {
        status = hm_refill_admits(serving, store, admitted, err);
    }
    if (status == HM_OK && !*admitted) {
        hm_serving_refuse(serving, denial);
        hm_inbox_clear(&serving->inbox);
    }
    return status;
}

static enum hm_status commit_one(struct hm_serving *serving,
                                 struct hm_store *store,
                                 struct hm_err *err)
{
    struct hm_device device;
    struct hm_visit visit = {.epoch = 0};
    bool forked = false;
    bool visits = serving->ended && serving->problem == HM_PROBLEM_NONE;
    bool admitted = false;
    enum hm_status status = admit(serving, store, &device, &admitted, err);
    if (status != HM_OK || !admitted) {
        return status;
    }
    bool stranger = visits && !device.known;
    if (!serving->by_file) {
        status = find_incarnation(serving, store, visits && !stranger, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (stranger) {
        /* Nothing is kept of somebody who only says so. */
        visits = false;
        hm_lease_count(serving);
    } else if (visits && !serving->by_file) {
        status = hm_lease_take(serving, store, &visit, err);
        if (status == HM_OK && serving->problem == HM_PROBLEM_STALE) {
            hm_inbox_clear(&serving->inbox);
            return HM_OK;
        }
    } else {
        status = hm_lease_sight(serving, store, err);
    }
    if (status == HM_OK) {
        status = hm_inbox_find_branches(&serving->inbox, store, &forked, err);
    }
    if (status == HM_OK && serving->ended) {
        status = hm_refill_take(serving, store, err);
    }
    if (status == HM_OK) {
        status = land(serving, store, err);
    }
    if (status == HM_OK && forked) {
        hm_serving_refuse(serving, HM_PROBLEM_STALE);
        visits = visits && serving->by_file; /* the lease stays with the other disk */
    } else if (status == HM_OK && stranger && !serving->by_file) {
        status = meet(serving, store, &visit, &visits, err);
    }
    if (status == HM_OK) {
        status = renew_digests(serving, store, err);
    }
    if (status == HM_OK) {
        status = acknowledge(serving, store, err);
    }
    if (status != HM_OK || !visits) {
        return status;
    }
    status = serving->by_file ? hm_serving_state_file(serving, store, err)
                              : put_visit(serving, store, &visit, err);
    return status != HM_OK ? status : hm_head_brought(serving, store, err);
}

enum hm_status hm_servings_commit(struct hm_serving *const *servings,
                                  size_t count,
                                  struct hm_store *writer,
                                  struct hm_err *err)
{
    enum hm_status status = hm_store_begin(writer, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = commit_one(servings[i], writer, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(writer, err);
    }
    hm_store_rollback(writer);
    return status;
}
