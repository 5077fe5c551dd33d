/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that learned a kind, has its registry again, or got what a withdrawal names
 * judges once more.
 */
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/withdraw.h"
#include "hamlet/sync/judge.h"

/* The author may not be a reader of the unit any more. */
static enum hm_status release(struct hm_store *store,
                              const struct hm_held *held,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_entry entry = {.count = 1, .change = held->row, .kind = HM_ENTRY_RELEASED};
    hm_mailbox_name(mailbox, &held->change.device);
    enum hm_status status =
        hm_store_entries_append(store, held->change.home, &entry, 1, arena, err);
    if (status == HM_OK) {
        status = hm_store_entries_append(store, hm_text(mailbox), &entry, 1, arena, err);
    }
    return status;
}

/* Where the change stood when it came: the page that it was in. */
static enum hm_status find_page(struct hm_judge *judge,
                                const struct hm_held *held,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_envelope envelope;
    struct hm_stored_page page;
    bool found = false;
    enum hm_status status = hm_store_envelope_of(judge->store, held->row, &envelope, err);
    if (status == HM_OK && envelope.origin != 0) {
        status = hm_store_page_at(judge->store, envelope.origin, envelope.seq, &page,
                                  &found, arena, err);
    }
    if (status == HM_OK) {
        judge->written = (struct hm_written){envelope.epoch, envelope.seq,
                                             found ? page.registry_n : UINT64_MAX};
    }
    return status;
}

static enum hm_status judge_once_more(struct hm_judge *judge,
                                      const struct hm_held *held,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    enum hm_reason reason = HM_REASON_NONE;
    enum hm_status status = find_page(judge, held, arena, err);
    if (status == HM_OK) {
        status = hm_judge_change(judge, &held->change, &reason, arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (reason == HM_REASON_NONE) {
        return release(judge->store, held, arena, err);
    }
    /* Whatever it was refused for at first, this is all that stands in its way now. */
    bool waits = held->change.act == HM_ACT_WITHDRAW &&
                 (reason == HM_REASON_MISSING || reason == HM_REASON_UNKNOWN_KIND);
    return waits
               ? hm_store_awaited_add(judge->store, held->row, &held->change, arena, err)
               : HM_OK;
}

/* Whether a refusal may have another outcome now: a kind is known, or the registry is
 * whole. */
static enum hm_status is_due(struct hm_store *store,
                             const struct hm_refused *refused,
                             bool refilled,
                             bool *due,
                             struct hm_err *err)
{
    *due = hm_bytes_are(refused->reason, hm_reason_name(HM_REASON_UNKNOWN_KIND));
    return refilled ? hm_store_refused_early(store, refused->held.row, due, err) : HM_OK;
}

/* In order of arrival, so that a record's creation is released before what rests on it.
 */
static enum hm_status judge_all(struct hm_store *store,
                                const struct hm_id *district,
                                bool refilled,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_judge judge;
    struct hm_refused *refused = NULL;
    size_t count = 0;
    hm_judge_init(&judge, store, district);
    enum hm_status status = hm_store_quarantine(store, &refused, &count, arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        bool due = false;
        status = is_due(store, &refused[i], refilled, &due, err);
        if (status == HM_OK && due) {
            status = judge_once_more(&judge, &refused[i].held, arena, err);
        }
    }
    return status;
}

enum hm_status hm_judge_again(struct hm_store *store,
                              const struct hm_id *district,
                              struct hm_err *err)
{
    struct hm_arena arena;
    enum hm_status status = hm_store_begin(store, err);
    if (status != HM_OK) {
        return status;
    }
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    status = judge_all(store, district, false, &arena, err);
    if (status == HM_OK) {
        status = hm_store_commit(store, err);
    } else {
        hm_store_rollback(store);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_judge_met(struct hm_store *store,
                            const struct hm_id *district,
                            const int64_t *came,
                            size_t count,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    struct hm_judge judge;
    int64_t *due = NULL;
    size_t due_count = 0;
    hm_judge_init(&judge, store, district);
    enum hm_status status =
        hm_store_awaited_meet(store, came, count, &due, &due_count, arena, err);
    for (size_t i = 0; i < due_count && status == HM_OK; i++) {
        struct hm_held held;
        status = hm_store_changes_get(store, due[i], 1, &held, arena, err);
        if (status == HM_OK) {
            status = judge_once_more(&judge, &held, arena, err);
        }
    }
    return status;
}

enum hm_status hm_judge_refilled(struct hm_store *store,
                                 const struct hm_id *district,
                                 struct hm_err *err)
{
    struct hm_arena arena;
    bool open = false;
    enum hm_status status = hm_store_refilling(store, &open, err);
    if (status != HM_OK || !open) {
        return status;
    }
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    status = hm_store_refill_close(store, err);
    if (status == HM_OK) {
        status = judge_all(store, district, true, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}
