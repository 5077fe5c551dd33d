/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which reasons go with what is erased: they may quote it, and so may those of who took
 * it back.
 */
#include "erasing.h"
#include "hamlet/store/withdraw.h"

static bool speaks_of(const struct hm_erasing *e, const struct hm_change *change)
{
    for (size_t i = 0; i < e->count && !e->reasons; i++) {
        if (hm_change_write(change, hm_text(e->at[i]->name)) != NULL) {
            return true;
        }
    }
    return e->reasons;
}

/* Whether this withdrawal names the change, or the bulk that it is of. */
static bool takes_back(const struct hm_change *withdrawal, const struct hm_change *one)
{
    for (size_t i = 0; i < withdrawal->name_count; i++) {
        const struct hm_id *name = &withdrawal->names[i];
        if (hm_id_equal(name, &one->id) ||
            (!hm_id_is_none(&one->bulk) && hm_id_equal(name, &one->bulk))) {
            return true;
        }
    }
    return false;
}

static bool takes_back_named(const struct hm_erasing *e,
                             const struct hm_change *withdrawal)
{
    for (size_t i = 0; i < e->loaded->count; i++) {
        const struct hm_change *one = &e->loaded->held[i].change;
        if (takes_back(withdrawal, one) && speaks_of(e, one)) {
            return true;
        }
    }
    return false;
}

static const struct hm_write *reason_held(const struct hm_change *change)
{
    const struct hm_write *reason = hm_change_write(change, hm_text(HM_REGISTER_WHY));
    return reason == NULL || reason->value.size == 0 ? NULL : reason;
}

bool hm_erase_reasons_held(const struct hm_loaded *loaded,
                           const struct hm_held *withdrawals,
                           size_t count)
{
    for (size_t i = 0; i < loaded->count; i++) {
        const struct hm_change *one = &loaded->held[i].change;
        if (one->act != HM_ACT_ERASE && reason_held(one) != NULL) {
            return true;
        }
        for (size_t k = 0; k < count; k++) {
            if (reason_held(&withdrawals[k].change) != NULL &&
                takes_back(&withdrawals[k].change, one)) {
                return true;
            }
        }
    }
    return false;
}

/* The reason that came with `one` is one of those that `why` replaces. */
static void add_reason(struct hm_write *why,
                       const struct hm_change *one,
                       hm_prefix *prefixes,
                       size_t *count)
{
    const struct hm_write *reason = reason_held(one);
    if (reason == NULL) {
        return;
    }
    prefixes[(*count)++] = hm_prefix_of(&one->id);
    if (reason->depth >= why->depth && reason->depth < UINT32_MAX) {
        why->depth = reason->depth + 1;
    }
}

enum hm_status hm_erasing_reasons(struct hm_erasing *e,
                                  struct hm_write *why,
                                  struct hm_err *err)
{
    const struct hm_loaded *loaded = e->loaded;
    struct hm_arena *arena = &e->author->arena;
    struct hm_held *held = NULL;
    size_t held_count = 0;
    size_t count = 0;
    enum hm_status status = hm_store_withdrawals(e->author->store, loaded->home, &held,
                                                 &held_count, arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_prefix *prefixes =
        hm_arena_get_array(arena, loaded->count + held_count, sizeof(*prefixes));
    if (prefixes == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < loaded->count; i++) {
        if (speaks_of(e, &loaded->held[i].change)) {
            add_reason(why, &loaded->held[i].change, prefixes, &count);
        }
    }
    for (size_t i = 0; i < held_count; i++) {
        if (takes_back_named(e, &held[i].change)) {
            add_reason(why, &held[i].change, prefixes, &count);
        }
    }
    hm_erasing_name(e, why, prefixes, hm_prefixes_sort(prefixes, count));
    return HM_OK;
}
