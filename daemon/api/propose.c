/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule is proposed where the last decisions of a register were all what it would have
 * decided, and some of that sort are open still. It settles nothing by itself.
 */
#include "dispute.h"
#include "hamlet/record/policy.h"
#include "hamlet/store/disputes.h"

enum { ALIKE = 3 }; /* so many in a row are a habit */

static struct hm_bytes decided(const struct hm_case_view *seen)
{
    const struct hm_write *write =
        hm_change_write(&seen->settled->change, seen->conflict->reg);
    return write == NULL ? HM_NO_BYTES : write->value;
}

/* Whether the policy makes of the sides what the person made of them. */
static enum hm_status agrees(const struct hm_case_view *seen,
                             enum hm_kind_policy policy,
                             bool *agree,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    const struct hm_kind_register *reg =
        hm_kind_register(seen->loaded.kind, seen->conflict->reg);
    struct hm_policy_side *sides =
        hm_arena_get_array(arena, seen->side_count + 1, sizeof(*sides));
    struct hm_buf value;
    if (sides == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < seen->side_count; i++) {
        sides[i].value = seen->sides[i].value;
        if (!hm_role_find(&sides[i].role, seen->sides[i].held->change.role)) {
            sides[i].role = HM_ROLE_VIEWER;
        }
    }
    hm_buf_init(&value, HM_VALUE_BYTES_MAX * 4);
    *agree = reg != NULL && hm_policy_fits(policy, reg) &&
             hm_policy_decide(&value, policy, reg, sides, seen->side_count) &&
             hm_bytes_equal(hm_buf_bytes(&value), decided(seen));
    enum hm_status status = hm_buf_status(&value, err);
    hm_buf_fini(&value);
    return status;
}

/* The first rule that decides all of them so; HM_KIND_POLICY_MANUAL: there is none. */
static enum hm_status find_rule(const struct hm_case_view *seen,
                                size_t count,
                                enum hm_kind_policy *policy,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const enum hm_kind_policy rules[] = {HM_KIND_POLICY_PREFER_AUTHORITY,
                                                HM_KIND_POLICY_MAX, HM_KIND_POLICY_MIN,
                                                HM_KIND_POLICY_UNION};
    enum hm_status status = HM_OK;
    *policy = HM_KIND_POLICY_MANUAL;
    for (size_t r = 0; r < sizeof(rules) / sizeof(rules[0]) && status == HM_OK; r++) {
        bool all = true;
        for (size_t i = 0; i < count && all && status == HM_OK; i++) {
            status = agrees(&seen[i], rules[r], &all, arena, err);
        }
        if (status == HM_OK && all) {
            *policy = rules[r];
            return HM_OK;
        }
    }
    return status;
}

static enum hm_status count_open(const struct hm_view *view,
                                 struct hm_bytes unit,
                                 struct hm_bytes kind,
                                 struct hm_bytes reg,
                                 int64_t *open,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_dispute *rows = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_disputes(view->store, unit, &rows, &count, arena, err);
    *open = 0;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        *open += hm_bytes_equal(rows[i].kind, kind) && hm_bytes_equal(rows[i].reg, reg);
    }
    return status;
}

static enum hm_status look_back(const struct hm_view *view,
                                struct hm_bytes kind,
                                struct hm_bytes reg,
                                enum hm_kind_policy *policy,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_case_view seen[ALIKE];
    struct hm_conflict *last = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_settled_last(view->store, kind, reg, ALIKE, &last, &count, arena, err);
    *policy = HM_KIND_POLICY_MANUAL;
    bool enough = status == HM_OK && count == ALIKE;
    for (size_t i = 0; i < count && enough && status == HM_OK; i++) {
        status = hm_case_view_load(&seen[i], view->store, &last[i], arena, err);
        enough = status == HM_OK && seen[i].settled != NULL &&
                 seen[i].loaded.kind != NULL &&
                 seen[i].settled->change.act == HM_ACT_RESOLVE;
    }
    return status == HM_OK && enough ? find_rule(seen, count, policy, arena, err)
                                     : status;
}

enum hm_status hm_dispute_propose(struct hm_json_write *out,
                                  const struct hm_view *view,
                                  struct hm_bytes unit,
                                  struct hm_bytes kind,
                                  struct hm_bytes reg,
                                  bool *proposed,
                                  struct hm_err *err)
{
    static const char *const names[] = {
#define HM_POLICY_NAME(name, text) text,
        HM_KIND_POLICY_MAP(HM_POLICY_NAME)
#undef HM_POLICY_NAME
    };
    enum hm_kind_policy policy = HM_KIND_POLICY_MANUAL;
    struct hm_arena arena;
    int64_t open = 0;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = look_back(view, kind, reg, &policy, &arena, err);
    if (status == HM_OK && policy != HM_KIND_POLICY_MANUAL) {
        status = count_open(view, unit, kind, reg, &open, &arena, err);
    }
    *proposed = status == HM_OK && open > 0;
    if (*proposed) {
        hm_json_key(out, "propose");
        hm_json_open(out, '{');
        hm_json_put_text(out, "policy", hm_text(names[policy]));
        hm_json_put_text(out, "kind", kind);
        hm_json_put_text(out, "register", reg);
        hm_json_put_int(out, "alike", ALIKE);
        hm_json_put_int(out, "open", open);
        hm_json_close(out, '}');
    }
    hm_arena_fini(&arena);
    return status;
}
