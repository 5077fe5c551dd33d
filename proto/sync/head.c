/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this the disk that was here last (PROTOCOL.md 7.4)? A laptop says what the newest
 * change of its chain is, sent or not. No healthy one knows less than the server.
 */
#include "hamlet/base/limits.h"
#include "hamlet/store/epoch.h"
#include "hamlet/store/visits.h"
#include "serving.h"

enum hm_status hm_head_fits(const struct hm_serving *serving,
                            struct hm_store *store,
                            bool *fits,
                            struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_origin origin;
    struct hm_origin all;
    uint64_t end = 1;
    enum hm_status status =
        hm_store_origin_get(store, &request->device, request->epoch, false, &origin, err);
    if (status == HM_OK && origin.row != 0) {
        all = origin;
        all.seq = INT64_MAX; /* behind a gap too: others brought what they have of it */
        status = hm_store_pages_end(store, &all, &end, err);
    }
    *fits = status == HM_OK && end - 1 <= request->seq &&
            (origin.row == 0 || origin.seq < request->seq ||
             (origin.seq == request->seq &&
              (origin.seq == 0 || hm_digest_equal(&origin.head, &request->head))));
    return status;
}

/*
 * The chain here goes on where that disk's ends: it was restored. It went another way:
 * two disks have written. Where neither can be told yet, what the disk brings will, or
 * the old epoch's next visit.
 */
static enum hm_status find_type(const struct hm_serving *serving,
                                struct hm_store *store,
                                enum hm_notice_type *type,
                                struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    const struct hm_parent *parent = &request->parent;
    struct hm_origin origin;
    struct hm_digest head;
    bool found = false;
    *type = HM_NOTICE_RESTORED;
    enum hm_status status =
        hm_store_origin_get(store, &request->device, parent->epoch, false, &origin, err);
    if (status != HM_OK || origin.row == 0 || origin.seq < parent->newest ||
        origin.seq <= parent->cut) {
        return status;
    }
    status = hm_store_head_at(store, &origin, parent->newest, &head, &found, err);
    if (status == HM_OK && found && !hm_digest_equal(&head, &parent->newest_head)) {
        *type = HM_NOTICE_COPIED;
    }
    return status;
}

static struct hm_notice carried_on(const struct hm_serving *serving)
{
    const struct hm_request *request = &serving->request;
    const struct hm_parent *parent = &request->parent;
    return (struct hm_notice){.device = request->device,
                              .epoch = request->epoch,
                              .parent = parent->epoch,
                              .time = hm_env_wall(serving->self.env),
                              .moved = (int64_t)(parent->newest - parent->cut)};
}

/*
 * The new chain begins with what stood beyond the cut of the old one. A head says all
 * that stands before it: the two agree as far as both are here, or two disks have
 * written.
 */
enum hm_status hm_head_brought(const struct hm_serving *serving,
                               struct hm_store *store,
                               struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    const struct hm_parent *parent = &request->parent;
    struct hm_digest brought = parent->cut_head;
    struct hm_digest here;
    struct hm_origin old = {.seq = 0};
    struct hm_origin fresh = {.seq = 0};
    bool whole = false;
    bool found = false;
    if (!request->has_parent) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_origin_get(store, &request->device, parent->epoch, false, &old, err);
    if (status == HM_OK) {
        status = hm_store_origin_get(store, &request->device, request->epoch, false,
                                     &fresh, err);
    }
    uint64_t end = old.seq < parent->newest ? old.seq : parent->newest;
    if (status != HM_OK || fresh.seq == 0 || old.row == 0 || end <= parent->cut) {
        return status;
    }
    uint64_t count = end - parent->cut < fresh.seq ? end - parent->cut : fresh.seq;
    status = hm_store_chain_run(store, fresh.row, 1, count + 1, &brought, &whole, err);
    if (status == HM_OK && whole) {
        status = hm_store_head_at(store, &old, parent->cut + count, &here, &found, err);
    }
    if (status == HM_OK && found && !hm_digest_equal(&here, &brought)) {
        struct hm_notice notice = carried_on(serving);
        notice.type = HM_NOTICE_COPIED;
        status = hm_store_notice_put(store, &notice, err);
    }
    return status;
}

enum hm_status hm_head_note(const struct hm_serving *serving,
                            struct hm_store *store,
                            bool first_visit,
                            struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_notice notice = carried_on(serving);
    enum hm_status status = HM_OK;
    if (first_visit && request->has_parent) {
        status = find_type(serving, store, &notice.type, err);
        if (status == HM_OK) {
            status = hm_store_notice_put(store, &notice, err);
        }
    }
    return status != HM_OK ? status
                           : hm_store_notice_both(store, &request->device, request->epoch,
                                                  notice.time, err);
}

enum hm_status hm_head_beside(const struct hm_serving *serving,
                              struct hm_store *store,
                              struct hm_err *err)
{
    struct hm_visit last;
    struct hm_arena arena;
    bool any = false;
    struct hm_notice notice = {.device = serving->request.device,
                               .epoch = serving->request.epoch,
                               .type = HM_NOTICE_COPIED,
                               .time = hm_env_wall(serving->self.env)};
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_store_visit_last(store, &notice.device, &last, &any, &arena, err);
    hm_arena_fini(&arena);
    notice.parent = last.epoch;
    return status != HM_OK || !any ? status : hm_store_notice_put(store, &notice, err);
}

enum hm_status hm_head_other(const struct hm_serving *serving,
                             struct hm_store *store,
                             const struct hm_visit *visit,
                             bool first,
                             struct hm_bytes uncounted,
                             struct hm_err *err)
{
    struct hm_notice notice = {.device = visit->device,
                               .epoch = visit->epoch,
                               .type = first ? HM_NOTICE_RESTORED : HM_NOTICE_COPIED,
                               .time = hm_env_wall(serving->self.env)};
    bool found = false;
    enum hm_status status =
        hm_store_visit_other(store, visit, first, uncounted, &notice.parent, &found, err);
    return status != HM_OK || !found ? status : hm_store_notice_put(store, &notice, err);
}
