/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/members.h"

#include "hamlet/record/role.h"
#include "hamlet/store/rights.h"

static int rank_of(struct hm_bytes role)
{
    enum hm_role known = HM_ROLE_COUNT;
    return hm_role_find(&known, role) ? hm_role_rank(known) : -1;
}

/* A forgotten passphrase is the head's matter, or of whoever stands above. */
bool hm_api_may_reset(struct hm_bytes role)
{
    return rank_of(role) >= hm_role_rank(HM_ROLE_HAMLET_HEAD);
}

static void add_member(struct hm_member *members,
                       size_t *count,
                       const struct hm_permit *permit)
{
    size_t i = 0;
    while (i < *count && !hm_id_equal(&members[i].user, &permit->user)) {
        i++;
    }
    if (i == *count) {
        members[(*count)++] =
            (struct hm_member){permit->user, permit->name, permit->role};
    } else if (rank_of(permit->role) > rank_of(members[i].role)) {
        members[i].role = permit->role;
    }
}

static enum hm_status invited(const struct hm_view *view,
                              struct hm_member *member,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    enum hm_status status =
        hm_store_meta_get_id(view->store, HM_META_USER, &member->user, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(view->store, HM_META_ROLE, arena, &member->role, err);
    }
    return status != HM_OK ? status
                           : hm_view_user(view, &member->user, &member->name, arena, err);
}

enum hm_status hm_api_members(const struct hm_view *view,
                              struct hm_member **members,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_id device;
    struct hm_permit *permits = NULL;
    struct hm_member *list = NULL;
    size_t given = 0;
    size_t found = 0;
    enum hm_status status =
        hm_store_meta_get_id(view->store, HM_META_DEVICE, &device, err);
    if (status == HM_OK) {
        status = hm_store_permits(view->store, &device, &permits, &given, arena, err);
    }
    if (status == HM_OK) {
        list = hm_arena_get_array(arena, given + 1, sizeof(*list));
        status = hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < given && status == HM_OK; i++) {
        if (!permits[i].ended) {
            add_member(list, &found, &permits[i]);
        }
    }
    if (status == HM_OK && given == 0) {
        status = invited(view, &list[found++], arena, err);
    }
    if (status == HM_OK) {
        *members = list;
        *count = found;
    }
    return status;
}
