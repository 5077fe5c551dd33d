/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/author/rule.h"

#include "hamlet/record/policy.h"
#include "hamlet/store/disputes.h"
#include "inside.h"

/* What the heads say, as a policy sees them. */
static enum hm_status sides_of(struct hm_author *author,
                               const struct hm_loaded *loaded,
                               const struct hm_register *reg,
                               struct hm_policy_side **sides,
                               struct hm_err *err)
{
    *sides = hm_arena_get_array(&author->arena, reg->head_count, sizeof(**sides));
    if (*sides == NULL) {
        return hm_arena_status(&author->arena, err);
    }
    for (size_t i = 0; i < reg->head_count; i++) {
        const struct hm_head *head = &reg->heads[i];
        struct hm_policy_side *side = &(*sides)[i];
        side->value = head->write == NULL ? HM_NO_BYTES : head->write->value;
        if (!hm_role_find(&side->role, loaded->known[head->known].change->role)) {
            side->role = HM_ROLE_VIEWER;
        }
    }
    return HM_OK;
}

static enum hm_status decide(struct hm_author *author,
                             const struct hm_loaded *loaded,
                             const struct hm_resolve_rule *rule,
                             struct hm_decided *decided,
                             struct hm_err *err)
{
    struct hm_policy_side *sides = NULL;
    const struct hm_kind_register *known = hm_kind_register(loaded->kind, decided->reg);
    const struct hm_register *reg = hm_merged_register(&loaded->merged, decided->reg);
    if (known == NULL || reg == NULL) {
        return HM_OK; /* whether a record lives or is another one, a person says */
    }
    enum hm_status status = sides_of(author, loaded, reg, &sides, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_clear(&author->scratch);
    decided->decided =
        hm_policy_decide(&author->scratch, rule->declared ? known->policy : rule->policy,
                         known, sides, reg->head_count);
    status = hm_buf_status(&author->scratch, err);
    if (status == HM_OK && decided->decided) {
        decided->value = hm_arena_copy(&author->arena, hm_buf_bytes(&author->scratch));
        status = hm_arena_status(&author->arena, err);
    }
    return status;
}

/* What was decided since the list was read may have ended it. */
static enum hm_status still_open(struct hm_author *author,
                                 const struct hm_loaded *loaded,
                                 struct hm_bytes reg,
                                 bool *open,
                                 struct hm_err *err)
{
    struct hm_conflict *conflicts = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_record_conflicts(author->store, loaded, &conflicts,
                                                      &count, &author->arena, err);
    *open = false;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        *open = *open || hm_bytes_equal(conflicts[i].reg, reg);
    }
    return status;
}

static enum hm_status decide_here(struct hm_author *author,
                                  const struct hm_loaded *loaded,
                                  const struct hm_resolve_rule *rule,
                                  struct hm_bytes reason,
                                  struct hm_decided *decided,
                                  struct hm_err *err)
{
    if (loaded->kind == NULL) {
        return HM_OK; /* nobody here knows what its values mean */
    }
    enum hm_status status = hm_author_scope(author, loaded->home, err);
    if (status == HM_OK) {
        status = decide(author, loaded, rule, decided, err);
    }
    return status != HM_OK || !decided->decided
               ? status
               : hm_author_settle(author, loaded, decided->reg, decided->value, reason,
                                  &decided->change, err);
}

enum hm_status hm_author_resolve_by(struct hm_author *author,
                                    const struct hm_conflict *conflict,
                                    const struct hm_resolve_rule *rule,
                                    struct hm_bytes reason,
                                    struct hm_decided *decided,
                                    struct hm_err *err)
{
    struct hm_loaded loaded;
    bool open = false;
    *decided = (struct hm_decided){.decided = false};
    enum hm_status status = hm_author_flush(author, err);
    if (status == HM_OK) {
        status =
            hm_store_conflict_load(author->store, conflict, &loaded, &author->arena, err);
    }
    if (status == HM_OK) {
        status = still_open(author, &loaded, conflict->reg, &open, err);
    }
    if (status != HM_OK || !open ||
        (rule->kind.size > 0 && !hm_bytes_equal(rule->kind, loaded.kind_name)) ||
        (rule->reg.size > 0 && !hm_bytes_equal(rule->reg, conflict->reg))) {
        return status;
    }
    *decided = (struct hm_decided){.meant = true,
                                   .record = conflict->record,
                                   .kind = loaded.kind_name,
                                   .home = loaded.home,
                                   .reg = conflict->reg};
    status = decide_here(author, &loaded, rule, reason, decided, err);
    if (status == HM_BAD_INPUT || status == HM_DENIED || status == HM_TOO_BIG) {
        /* The value alone fits its register, and not the record's other values; or the
         * rule's author may not decide this one. The others are not to wait for it. */
        decided->decided = false;
        hm_err_clear(err);
        return HM_OK;
    }
    return status;
}
