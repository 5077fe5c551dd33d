/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conflict is seen from the record's changes. One that was settled is seen as it stood
 * before the decision: the record is merged once more without the decision and all that
 * rests on it.
 */
#include "conflict.h"

#include "hamlet/base/json.h"

/* Whether a write of `change` replaces what one of the marked changes wrote. */
static bool rests_on(const struct hm_change *change,
                     const struct hm_loaded *loaded,
                     const bool *marked)
{
    for (size_t w = 0; w < change->write_count; w++) {
        const struct hm_write *write = &change->writes[w];
        for (size_t i = 0; i < loaded->count; i++) {
            const struct hm_change *earlier = &loaded->held[i].change;
            if (marked[i] && hm_change_write(earlier, write->reg) != NULL &&
                hm_prefixes_have(write->replaces, write->replaces_count,
                                 hm_prefix_of(&earlier->id))) {
                return true;
            }
        }
    }
    return false;
}

/* The changes of the record as known before `decision`: what came after has no effect. */
static struct hm_known *known_before(const struct hm_loaded *loaded,
                                     size_t decision,
                                     struct hm_arena *arena)
{
    struct hm_known *known = hm_arena_get_array(arena, loaded->count, sizeof(*known));
    bool *after = hm_arena_get_array(arena, loaded->count, sizeof(*after));
    bool more = true;
    if (known == NULL || after == NULL) {
        return NULL;
    }
    after[decision] = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < loaded->count; i++) {
            if (!after[i] && rests_on(&loaded->held[i].change, loaded, after)) {
                after[i] = true;
                more = true;
            }
        }
    }
    for (size_t i = 0; i < loaded->count; i++) {
        known[i] = (struct hm_known){.change = loaded->known[i].change,
                                     .effective = loaded->known[i].effective && !after[i],
                                     .rank = loaded->known[i].rank};
    }
    return known;
}

static void fill_sides(struct hm_case_view *view,
                       const struct hm_head *heads,
                       size_t count,
                       size_t shown,
                       struct hm_arena *arena)
{
    view->sides = hm_arena_get_array(arena, count, sizeof(*view->sides));
    for (size_t i = 0; view->sides != NULL && i < count; i++) {
        const struct hm_held *held = &view->loaded.held[heads[i].known];
        /* In a conflict on ~live an edit has no write of it: it says that it lives. */
        view->sides[i] = (struct hm_side){
            held, heads[i].write == NULL ? hm_text("t") : heads[i].write->value};
        view->side_count = i + 1;
        view->shown = i == shown ? held : view->shown;
    }
}

static void see(struct hm_case_view *view,
                const struct hm_merged *merged,
                const struct hm_known *known,
                struct hm_arena *arena)
{
    struct hm_bytes name = view->conflict->reg;
    const struct hm_register *reg = hm_merged_register(merged, name);
    if (reg != NULL) {
        view->base = hm_merged_base(reg, known, view->loaded.count);
    }
    if (hm_bytes_are(name, HM_REGISTER_LIVE) && merged->live_count > 0) {
        fill_sides(view, merged->live_heads, merged->live_count, merged->live_shown,
                   arena);
    } else if (reg != NULL) {
        fill_sides(view, reg->heads, reg->head_count, reg->shown, arena);
    }
}

static enum hm_status see_before(struct hm_case_view *view,
                                 size_t decision,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_merged merged;
    struct hm_known *known = known_before(&view->loaded, decision, arena);
    if (known == NULL) {
        return hm_arena_status(arena, err);
    }
    enum hm_status status = hm_merge(&merged, known, view->loaded.count, arena, err);
    if (status == HM_OK) {
        see(view, &merged, known, arena);
    }
    return status;
}

enum hm_status hm_case_view_see(struct hm_case_view *view,
                                const struct hm_loaded *loaded,
                                const struct hm_conflict *conflict,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    *view = (struct hm_case_view){.conflict = conflict, .loaded = *loaded};
    see(view, &view->loaded.merged, view->loaded.known, arena);
    return hm_arena_status(arena, err);
}

enum hm_status hm_case_view_load(struct hm_case_view *view,
                                 struct hm_store *store,
                                 const struct hm_conflict *conflict,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    *view = (struct hm_case_view){.conflict = conflict};
    enum hm_status status =
        hm_store_conflict_load(store, conflict, &view->loaded, arena, err);
    if (status != HM_OK) {
        return status;
    }
    for (size_t i = 0; !conflict->open && i < view->loaded.count; i++) {
        if (view->loaded.held[i].row == conflict->resolution) {
            view->settled = &view->loaded.held[i];
            status = see_before(view, i, arena, err);
        }
    }
    if (status == HM_OK && view->settled == NULL) {
        see(view, &view->loaded.merged, view->loaded.known, arena);
    }
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

static enum hm_status fail_moved(const struct hm_conflict *conflict, struct hm_err *err)
{
    char reg[HM_ERR_ARG_MAX];
    hm_api_argument(reg, conflict->reg);
    return hm_fail(err, HM_EXISTS, "case-moved", reg, NULL, NULL);
}

static bool is_among(const struct hm_json *heads, const struct hm_id *change)
{
    for (size_t i = 0; i < hm_json_count(heads); i++) {
        struct hm_id id;
        if (hm_id_get_hex(&id, hm_json_text_or(hm_json_at(heads, i), HM_NO_BYTES)) &&
            hm_id_equal(&id, change)) {
            return true;
        }
    }
    return false;
}

enum hm_status hm_api_conflict_still(struct hm_store *store,
                                     const struct hm_conflict *conflict,
                                     const struct hm_json *heads,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    struct hm_case_view seen;
    if (!conflict->open) {
        return fail_moved(conflict, err);
    }
    enum hm_status status = hm_case_view_load(&seen, store, conflict, arena, err);
    bool same =
        status == HM_OK && seen.side_count > 0 && seen.side_count == hm_json_count(heads);
    for (size_t i = 0; same && i < seen.side_count; i++) {
        same = is_among(heads, &seen.sides[i].held->change.id);
    }
    return status != HM_OK || same ? status : fail_moved(conflict, err);
}
