/* SPDX-License-Identifier: Apache-2.0 */
/* What a server lost and judged before is not judged again (PROTOCOL.md 7.5). */
#include "landing.h"

#include "hamlet/store/buckets.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/withdraw.h"
#include "hamlet/sync/judge.h"

/* Whether the server judged this one already, in an incarnation that it lost. */
bool hm_landing_offered(const struct hm_landing *landing, size_t i)
{
    return landing->offered != NULL && landing->offered[i].verdict != HM_VERDICT_NONE;
}

static bool withholds(const struct hm_change *change)
{
    for (size_t i = 0; i < change->write_count; i++) {
        if (change->writes[i].value.size == 0) {
            return true;
        }
    }
    return false;
}

/*
 * What laptops brought of the server's own word stands, whatever the registry says today.
 * A skeleton of which it has no word cannot be judged.
 */
enum hm_status hm_landing_find_offered(struct hm_landing *landing, struct hm_err *err)
{
    bool any = false;
    enum hm_status status = hm_store_offers_any(landing->store, &any, err);
    for (size_t i = 0; i < landing->count && landing->serving->offering; i++) {
        if (landing->reasons[i] == HM_REASON_NONE && withholds(landing->puts[i].change)) {
            landing->puts[i].verdict = HM_VERDICT_QUARANTINED;
            landing->reasons[i] = HM_REASON_MISSING;
        }
    }
    if (status != HM_OK || !any) {
        return status;
    }
    landing->offered =
        hm_arena_get_array(&landing->arena, landing->count, sizeof(*landing->offered));
    status = hm_arena_status(&landing->arena, err);
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        const struct hm_change *change = landing->puts[i].change;
        landing->offered[i] = (struct hm_offered){
            .id = change->id, .home = change->home, .device = change->device};
    }
    if (status == HM_OK) {
        status = hm_store_offers_find(landing->store, landing->offered, landing->count,
                                      &landing->arena, err);
    }
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        if (hm_landing_offered(landing, i)) {
            landing->puts[i].verdict = landing->offered[i].verdict;
            landing->puts[i].bounded = false;
        }
    }
    return status;
}

/* What was offered of the changes `from`…`to`, which are of one home and one device. */
static enum hm_status take_offered(struct hm_landing *landing,
                                   size_t from,
                                   size_t to,
                                   struct hm_id *ids,
                                   struct hm_err *err)
{
    const struct hm_change *change = landing->puts[from].change;
    char mailbox[HM_MAILBOX_SIZE];
    size_t count = 0;
    for (size_t i = from; i < to; i++) {
        if (hm_landing_offered(landing, i)) {
            ids[count++] = landing->offered[i].id;
        }
    }
    if (count == 0) {
        return HM_OK;
    }
    hm_mailbox_name(mailbox, &change->device);
    enum hm_status status = hm_store_offers_take(landing->store, change->home, ids, count,
                                                 &landing->arena, err);
    return status != HM_OK ? status
                           : hm_store_offers_take(landing->store, hm_text(mailbox), ids,
                                                  count, &landing->arena, err);
}

static enum hm_status count_regained(struct hm_landing *landing,
                                     size_t from,
                                     size_t to,
                                     struct hm_err *err)
{
    uint64_t verified = 0;
    uint64_t judged = 0;
    for (size_t i = from; i < to; i++) {
        verified += landing->puts[i].fresh && hm_landing_offered(landing, i);
        judged += landing->puts[i].fresh && !hm_landing_offered(landing, i);
    }
    return verified + judged == 0
               ? HM_OK
               : hm_store_regained_add(landing->store, landing->puts[from].change->home,
                                       verified, judged, err);
}

/* What only the registry refuses: it may lack who was permitted, or where. */
static enum hm_status note_refused(struct hm_landing *landing, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        bool registry = landing->reasons[i] == HM_REASON_SCOPE ||
                        landing->reasons[i] == HM_REASON_CLOSED;
        if (registry && landing->puts[i].fresh && !hm_landing_offered(landing, i)) {
            status =
                hm_store_refused_early_add(landing->store, landing->puts[i].row, err);
        }
    }
    return status;
}

static enum hm_status say_again(struct hm_landing *landing, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        if (landing->puts[i].gained) {
            status = hm_store_entries_again(landing->store, landing->puts[i].change->home,
                                            landing->puts[i].row, &landing->arena, err);
        }
    }
    return status;
}

enum hm_status hm_landing_regain(struct hm_landing *landing, struct hm_err *err)
{
    struct hm_id *ids = hm_arena_get_array(&landing->arena, landing->count, sizeof(*ids));
    bool open = false;
    enum hm_status status = hm_arena_status(&landing->arena, err);
    if (status == HM_OK) {
        status = hm_store_refilling(landing->store, &open, err);
    }
    if (status == HM_OK && open) {
        status = note_refused(landing, err);
    }
    for (size_t from = 0; from < landing->count && status == HM_OK;) {
        const struct hm_change *change = landing->puts[from].change;
        size_t to = from + 1;
        while (to < landing->count &&
               hm_id_equal(&landing->puts[to].change->device, &change->device) &&
               hm_bytes_equal(landing->puts[to].change->home, change->home)) {
            to++;
        }
        if (open) {
            status = count_regained(landing, from, to, err);
        }
        if (status == HM_OK) {
            status = take_offered(landing, from, to, ids, err);
        }
        from = to;
    }
    return status != HM_OK ? status : say_again(landing, err);
}

/* Of what was offered only that it was refused is known; the store knows why. */
static bool may_wait(const struct hm_landing *landing, size_t i)
{
    const struct hm_put *put = &landing->puts[i];
    return put->change->act == HM_ACT_WITHDRAW && put->fresh &&
           put->verdict == HM_VERDICT_QUARANTINED && !withholds(put->change) &&
           (landing->reasons[i] == HM_REASON_MISSING ||
            landing->reasons[i] == HM_REASON_UNKNOWN_KIND ||
            hm_landing_offered(landing, i));
}

enum hm_status hm_landing_meet(struct hm_landing *landing, struct hm_err *err)
{
    int64_t *came = hm_arena_get_array(&landing->arena, landing->count, sizeof(*came));
    size_t count = 0;
    enum hm_status status = hm_arena_status(&landing->arena, err);
    for (size_t i = 0; i < landing->count && status == HM_OK; i++) {
        const struct hm_put *put = &landing->puts[i];
        if (may_wait(landing, i)) {
            status = hm_store_awaited_add(landing->store, put->row, put->change,
                                          &landing->arena, err);
        }
        if (put->fresh) {
            came[count++] = put->row;
        }
    }
    return status != HM_OK || count == 0
               ? status
               : hm_judge_met(landing->store, &landing->serving->self.server, came, count,
                              &landing->arena, err);
}
