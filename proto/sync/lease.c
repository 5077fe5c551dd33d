/* SPDX-License-Identifier: Apache-2.0 */
#include "lease.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/server.h"
#include "token.h"

enum { VERSION_MAX = 64, MARK_SIZE = 8, COUNT_SIZE = HM_ID_SIZE - MARK_SIZE };

/* How a token begins that counts. */
static const char mark[MARK_SIZE + 1] = "stranger";

/* How many replies its device had got when it got this one; 0: it does not count. */
static uint64_t count_of(const struct hm_id *token)
{
    uint64_t count = 0;
    if (memcmp(token->at, mark, MARK_SIZE) != 0) {
        return 0;
    }
    for (size_t i = MARK_SIZE; i < HM_ID_SIZE; i++) {
        count = count << 8 | token->at[i];
    }
    return count;
}

static uint64_t count_shown(const struct hm_serving *serving)
{
    bool ours = serving->request.incarnation == serving->self.incarnation;
    return ours ? count_of(&serving->request.lease) : 0;
}

void hm_lease_count(struct hm_serving *serving)
{
    uint64_t count = count_shown(serving) + 1;
    memcpy(serving->lease.at, mark, MARK_SIZE);
    for (size_t i = 0; i < COUNT_SIZE; i++) {
        serving->lease.at[HM_ID_SIZE - 1 - i] = (uint8_t)(count >> 8 * i);
    }
}

/* No token of its pair was presented yet. */
static bool unshown(const struct hm_visit *visit)
{
    return hm_id_is_none(&visit->current) || count_of(&visit->current) > 0;
}

/* What a request shows of the pair that is here. */
struct shown {
    bool pending;
    bool current;
    bool again;       /* the request that was given `pending`, once more */
    bool first_again; /* … and that opened the pair */
    bool newer;       /* the pair was opened by a late copy of an earlier one */
    bool open;        /* there is none: a server that was restored forgot what it gave */
};

/*
 * A pair is the opener's until a token of it was presented. Of a device that was not
 * known before the opener may be a late copy; the request that counts farthest is none.
 */
static struct shown what_is_shown(const struct hm_serving *serving,
                                  const struct hm_visit *visit)
{
    const struct hm_request *request = &serving->request;
    bool ours = request->incarnation == serving->self.incarnation;
    bool same = hm_id_equal(&request->id, &visit->request);
    bool given = !hm_id_is_none(&visit->pending);
    struct shown shown = {
        .pending = ours && given && hm_id_equal(&request->lease, &visit->pending),
        .current = ours && !hm_id_is_none(&visit->current) &&
                   hm_id_equal(&request->lease, &visit->current),
        .first_again = hm_id_is_none(&visit->current) && same,
        .newer = unshown(visit) && count_shown(serving) > count_of(&visit->current),
        .open = hm_id_is_none(&visit->current) && !given};
    shown.again = shown.current && given && same;
    return shown;
}

/*
 * An epoch that follows one in which its device left a unit begins with the token given
 * there, and there none counts any more: whoever shows it is another disk. So is this
 * one, if another was given a token there since. A server that came back forgot them all.
 */
static enum hm_status follow(struct hm_serving *serving,
                             struct hm_store *store,
                             struct hm_visit *visit,
                             struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_id instead;
    bool found = false;
    bool any = false;
    if (request->has_parent || hm_id_is_none(&request->lease) ||
        request->incarnation != serving->self.incarnation ||
        count_of(&request->lease) > 0) {
        return HM_OK;
    }
    enum hm_status status = hm_env_random(serving->self.env, instead.at, HM_ID_SIZE, err);
    if (status == HM_OK) {
        status = hm_store_visit_over(store, visit, &request->lease, &instead, &found,
                                     &any, err);
    }
    visit->current = request->lease;
    return status != HM_OK || found || !any ? status
                                            : hm_head_beside(serving, store, err);
}

/* How far it says that it has the registry. */
static uint64_t registry_held(const struct hm_request *request)
{
    for (size_t i = 0; i < request->bucket_count; i++) {
        if (hm_bytes_are(request->buckets[i].name, HM_HOME_REGISTRY)) {
            return request->buckets[i].n;
        }
    }
    return 0;
}

/*
 * The lease that it shows stood in the first line of a reply, which may have been cut
 * behind that: what came of the registry with it, the request says.
 */
static enum hm_status see(const struct hm_serving *serving,
                          struct hm_store *store,
                          const struct hm_visit *visit,
                          struct hm_err *err)
{
    struct hm_visit seen = *visit;
    uint64_t held = registry_held(&serving->request);
    seen.carried = held < seen.carried ? held : seen.carried;
    return hm_store_sight_put(store, &seen, serving->request.seq, err);
}

/* It showed the pending token: whoever took the last reply is at work. */
static enum hm_status present(const struct hm_serving *serving,
                              struct hm_store *store,
                              struct hm_visit *visit,
                              struct hm_err *err)
{
    const struct hm_bytes uncounted = {(const uint8_t *)mark, MARK_SIZE};
    enum hm_status status =
        hm_head_other(serving, store, visit, unshown(visit), uncounted, err);
    visit->current = visit->pending;
    return status != HM_OK ? status : see(serving, store, visit, err);
}

/* A pair of which no token is one of ours, as a program of before gave it, says nothing.
 */
enum hm_status hm_lease_tells_more(const struct hm_serving *serving,
                                   struct hm_store *store,
                                   bool *more,
                                   struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_visit visit;
    struct hm_arena arena;
    bool found = false;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_store_visit_get(store, &request->device, request->epoch,
                                               &visit, &found, &arena, err);
    bool open = hm_id_is_none(&visit.current) && hm_id_is_none(&visit.pending);
    uint64_t known = hm_token_count(serving, &visit.pending);
    *more = status == HM_OK && request->incarnation == serving->self.incarnation &&
            (open || known > 0) && hm_token_count(serving, &request->lease) > known;
    hm_arena_fini(&arena);
    return status;
}

/*
 * A stale one changes nothing: whether it means a copied disk is for the store that still
 * holds it to say, since a late duplicate looks the same here. So does the first request
 * of all, which names no incarnation yet, or that of before a restore: it counts only
 * until its reply was taken.
 */
enum hm_status hm_lease_take(struct hm_serving *serving,
                             struct hm_store *store,
                             struct hm_visit *taken,
                             struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_visit visit;
    bool found = false;
    bool fits = false;
    enum hm_status status = hm_store_visit_get(store, &request->device, request->epoch,
                                               &visit, &found, &serving->arena, err);
    if (status == HM_OK) {
        status = hm_head_fits(serving, store, &fits, err);
    }
    if (status != HM_OK) {
        return status;
    }
    struct shown shown = what_is_shown(serving, &visit);
    if (!fits || !(shown.open || shown.pending || shown.current || shown.first_again ||
                   shown.newer)) {
        hm_serving_refuse(serving, HM_PROBLEM_STALE);
        return HM_OK;
    }
    status =
        hm_store_sight_first(store, &request->device, request->epoch, request->seq, err);
    if (status == HM_OK && shown.pending) {
        status = present(serving, store, &visit, err);
    } else if (shown.newer) {
        visit.current = request->lease;
    } else if (status == HM_OK && shown.open) {
        status = follow(serving, store, &visit, err);
    }
    if (status == HM_OK && !shown.again && !shown.first_again) {
        struct hm_id last = visit.pending;
        status = hm_token_draw(serving, &last, &visit.pending, err);
        visit.request = request->id;
        if (status == HM_OK) {
            status =
                hm_store_bucket_n(store, hm_text(HM_HOME_REGISTRY), &visit.carried, err);
        }
    }
    visit.contact = hm_env_wall(serving->self.env);
    visit.offset_ms = request->time.ms - visit.contact.ms;
    visit.version = request->version;
    if (visit.version.size > VERSION_MAX) {
        visit.version.size = VERSION_MAX;
    }
    serving->lease = visit.pending;
    *taken = visit;
    return status != HM_OK ? status : hm_head_note(serving, store, !found, err);
}

enum hm_status hm_lease_sight(struct hm_serving *serving,
                              struct hm_store *store,
                              struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_visit visit;
    bool found = false;
    enum hm_status status = hm_store_visit_get(store, &request->device, request->epoch,
                                               &visit, &found, &serving->arena, err);
    if (status != HM_OK || !found || hm_id_is_none(&visit.pending) ||
        request->incarnation != serving->self.incarnation ||
        !hm_id_equal(&request->lease, &visit.pending)) {
        return status;
    }
    return see(serving, store, &visit, err);
}
