/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/sync/judge.h"

#include "hamlet/record/judge.h"
#include "hamlet/record/kinds.h"
#include "hamlet/record/separate.h"
#include "hamlet/store/records.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/withdraw.h"

void hm_judge_init(struct hm_judge *judge,
                   struct hm_store *store,
                   const struct hm_id *district)
{
    *judge = (struct hm_judge){.store = store, .district = *district};
}

struct hm_written hm_inbox_written(const struct hm_inbox_page *in, size_t index)
{
    return (struct hm_written){.epoch = in->page.epoch,
                               .seq = in->branch > 0 ? INT64_MAX : in->page.seq + index,
                               .registry_n = in->page.registry_n};
}

static bool same(const struct hm_judge *judge, const struct hm_change *change)
{
    return judge->asked && hm_id_equal(&judge->device, &change->device) &&
           hm_id_equal(&judge->user, &change->user) &&
           hm_bytes_equal(judge->role, change->role) &&
           hm_bytes_equal(judge->home, change->home);
}

/* Who may write where, by the registry as it is now. */
static enum hm_status ask_registry(struct hm_judge *judge,
                                   const struct hm_change *change,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    struct hm_device device;
    if (same(judge, change)) {
        return HM_OK;
    }
    judge->asked = false;
    enum hm_status status =
        hm_store_device_get(judge->store, &change->device, &device, arena, err);
    if (status == HM_OK) {
        status = hm_store_permitted(judge->store, &change->device, &change->user,
                                    change->role, change->home, &judge->permitted, err);
    }
    if (status == HM_OK) {
        judge->revoked =
            hm_device_beyond(&device, judge->written.epoch, judge->written.seq);
        judge->device = change->device;
        judge->user = change->user;
        judge->role = change->role;
        judge->home = change->home;
        judge->asked = !device.revoked; /* which is asked of each change */
    }
    return status;
}

/* The creation of the record among what arrived with the change. */
static const struct hm_change *find_create(const struct hm_inbox *inbox,
                                           const struct hm_id *record)
{
    for (size_t p = 0; inbox != NULL && p < inbox->page_count; p++) {
        const struct hm_page *page = &inbox->pages[p].page;
        for (size_t i = 0; i < page->count; i++) {
            if (page->changes[i].act == HM_ACT_CREATE &&
                hm_id_equal(&page->changes[i].record, record)) {
                return &page->changes[i];
            }
        }
    }
    return NULL;
}

/* Rights that depend on a key value need it; it stands in the record's creation. */
static enum hm_status find_key(struct hm_judge *judge,
                               const struct hm_kind *kind,
                               const struct hm_change *change,
                               const struct hm_key_field **key,
                               size_t *count,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    *key = NULL;
    *count = 0;
    if (change->act == HM_ACT_CREATE) {
        *key = change->key_fields;
        *count = change->key_field_count;
        return HM_OK;
    }
    if (kind->right_count < 2 && kind->separate == NULL) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_record_key(judge->store, &change->record, key, count, arena, err);
    const struct hm_change *create =
        *count > 0 ? NULL : find_create(judge->beside, &change->record);
    if (create != NULL) {
        *key = create->key_fields;
        *count = create->key_field_count;
    }
    return status;
}

/* Whether the change is named, by its id or its bulk; here[i]: by names[i]. */
static bool names_it(const struct hm_change *withdrawal,
                     const struct hm_change *change,
                     bool *here)
{
    bool named = false;
    for (size_t i = 0; i < withdrawal->name_count; i++) {
        if (hm_id_equal(&withdrawal->names[i], &change->id) ||
            hm_id_equal(&withdrawal->names[i], &change->bulk)) {
            here[i] = true;
            named = true;
        }
    }
    return named;
}

/* As hm_store_may_withdraw, of what arrived with the withdrawal and is not stored yet. */
static void judge_withdrawn_beside(const struct hm_judge *judge,
                                   const struct hm_change *withdrawal,
                                   bool *here,
                                   enum hm_reason *reason)
{
    const struct hm_inbox *inbox = judge->beside;
    const struct hm_kinds *kinds = hm_store_kinds(judge->store);
    for (size_t p = 0; inbox != NULL && p < inbox->page_count; p++) {
        const struct hm_page *page = &inbox->pages[p].page;
        for (size_t i = 0; i < page->count && *reason != HM_REASON_ROLE; i++) {
            const struct hm_change *change = &page->changes[i];
            if (change->act == HM_ACT_WITHDRAW || change->act == HM_ACT_ERASE ||
                !hm_bytes_equal(change->home, withdrawal->home) ||
                !names_it(withdrawal, change, here)) {
                continue;
            }
            enum hm_reason said = hm_kind_judge_withdrawn(
                hm_kinds_find(kinds, change->kind), withdrawal, &change->device);
            *reason = said == HM_REASON_NONE ? *reason : said;
        }
    }
}

/* As hm_store_same_person, of what arrived before the change and is not stored yet. */
static bool same_person_beside(const struct hm_judge *judge,
                               const struct hm_kind *kind,
                               const struct hm_change *change,
                               const struct hm_key_field *key,
                               size_t key_count)
{
    struct hm_id others[HM_SEPARATE_MAX];
    const struct hm_inbox *inbox = judge->beside;
    size_t count = hm_separate_act(change->act)
                       ? hm_separate_ids(kind, change->home, key, key_count, others)
                       : 0;
    size_t at = 0;
    for (size_t p = 0; inbox != NULL && count > 0 && p < inbox->page_count; p++) {
        const struct hm_page *page = &inbox->pages[p].page;
        for (size_t i = 0; i < page->count && at < judge->judged; i++, at++) {
            const struct hm_change *other = &page->changes[i];
            bool counts = judge->reasons[at] == HM_REASON_NONE &&
                          hm_separate_act(other->act) &&
                          hm_id_equal(&other->user, &change->user);
            for (size_t k = 0; counts && k < count; k++) {
                if (hm_id_equal(&other->record, &others[k])) {
                    return true;
                }
            }
        }
    }
    return false;
}

static enum hm_status judge_separate(struct hm_judge *judge,
                                     const struct hm_kind *kind,
                                     const struct hm_change *change,
                                     const struct hm_key_field *key,
                                     size_t key_count,
                                     enum hm_reason *reason,
                                     struct hm_err *err)
{
    bool same = same_person_beside(judge, kind, change, key, key_count);
    enum hm_status status = same ? HM_OK
                                 : hm_store_same_person(judge->store, kind, change, key,
                                                        key_count, &same, err);
    if (status == HM_OK && same) {
        *reason = HM_REASON_SAME_PERSON;
    }
    return status;
}

/*
 * Of what is not here, or of a kind that is not known, nobody can say who may withdraw
 * it: such a withdrawal is judged again when it comes (hm_judge_met), or is learned.
 */
static enum hm_status judge_withdrawal(struct hm_judge *judge,
                                       const struct hm_change *withdrawal,
                                       enum hm_reason *reason,
                                       struct hm_arena *arena,
                                       struct hm_err *err)
{
    bool *here = hm_arena_get_array(arena, withdrawal->name_count, sizeof(*here));
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < withdrawal->name_count && status == HM_OK; i++) {
        here[i] = false;
    }
    if (status == HM_OK) {
        status = hm_store_may_withdraw(judge->store, withdrawal, here, reason, err);
    }
    if (status != HM_OK) {
        return status;
    }
    judge_withdrawn_beside(judge, withdrawal, here, reason);
    for (size_t i = 0; i < withdrawal->name_count && *reason == HM_REASON_NONE; i++) {
        *reason = here[i] ? HM_REASON_NONE : HM_REASON_MISSING;
    }
    return HM_OK;
}

static enum hm_status judge_content(struct hm_judge *judge,
                                    const struct hm_change *change,
                                    enum hm_reason *reason,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    const struct hm_key_field *key = NULL;
    size_t key_count = 0;
    if (change->act == HM_ACT_WITHDRAW) {
        return judge_withdrawal(judge, change, reason, arena, err);
    }
    const struct hm_kind *kind =
        hm_kinds_find(hm_store_kinds(judge->store), change->kind);
    if (kind == NULL || kind->version < change->kind_version) {
        *reason = HM_REASON_UNKNOWN_KIND;
        return HM_OK;
    }
    enum hm_status status = find_key(judge, kind, change, &key, &key_count, arena, err);
    if (status == HM_OK) {
        *reason = hm_kind_judge(kind, change, key, key_count, NULL);
    }
    if (status == HM_OK && *reason == HM_REASON_NONE && kind->separate != NULL) {
        status = judge_separate(judge, kind, change, key, key_count, reason, err);
    }
    return status;
}

enum hm_status hm_judge_change(struct hm_judge *judge,
                               const struct hm_change *change,
                               enum hm_reason *reason,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    bool server = hm_id_equal(&change->device, &judge->district);
    if (server) {
        *reason = HM_REASON_NONE; /* judged when it was written */
        return HM_OK;
    }
    enum hm_status status = ask_registry(judge, change, arena, err);
    if (status != HM_OK) {
        return status;
    }
    if (judge->revoked) {
        *reason = HM_REASON_REVOKED;
        return HM_OK;
    }
    bool permitted = judge->permitted;
    if (!permitted) {
        status = hm_store_permitted_late(judge->store, &change->device, &change->user,
                                         change->role, change->home, &judge->written,
                                         &permitted, err);
    }
    if (status != HM_OK || !permitted) {
        *reason = HM_REASON_SCOPE;
        return status;
    }
    if (change->act == HM_ACT_CREATE) {
        bool closed = false;
        status = hm_store_unit_closed(judge->store, change->home, &change->device,
                                      &judge->written, &closed, err);
        if (status != HM_OK || closed) {
            *reason = HM_REASON_CLOSED;
            return status;
        }
    }
    return judge_content(judge, change, reason, arena, err);
}
