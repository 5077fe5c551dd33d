/* SPDX-License-Identifier: Apache-2.0 */
/* The people of this laptop: those to whom the registry gives a right on it. */
#include "members.h"

#include "hamlet/record/role.h"
#include "hamlet/store/rights.h"

static int rank_of(struct hm_bytes role)
{
    enum hm_role known = HM_ROLE_COUNT;
    return hm_role_find(&known, role) ? hm_role_rank(known) : -1;
}

static void add_member(struct hm_web_member *members,
                       size_t *count,
                       const struct hm_permit *permit)
{
    size_t i = 0;
    while (i < *count && !hm_id_equal(&members[i].user, &permit->user)) {
        i++;
    }
    if (i == *count) {
        members[(*count)++] =
            (struct hm_web_member){permit->user, permit->name, permit->role};
    } else if (rank_of(permit->role) > rank_of(members[i].role)) {
        members[i].role = permit->role;
    }
}

/* Before the registry came for the first time there is whoever was invited. */
static enum hm_status invited(struct hm_web_call *call,
                              struct hm_web_member *member,
                              struct hm_err *err)
{
    struct hm_store *store = call->replica.store;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_USER, &member->user, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_ROLE, &call->arena, &member->role, err);
    }
    return status != HM_OK ? status
                           : hm_view_user(&call->view, &member->user, &member->name,
                                          &call->arena, err);
}

enum hm_status hm_web_members(struct hm_web_call *call,
                              struct hm_web_member **members,
                              size_t *count,
                              struct hm_err *err)
{
    struct hm_id device;
    struct hm_permit *permits = NULL;
    struct hm_web_member *list = NULL;
    size_t given = 0;
    size_t found = 0;
    enum hm_status status =
        hm_store_meta_get_id(call->replica.store, HM_META_DEVICE, &device, err);
    if (status == HM_OK) {
        status = hm_store_permits(call->replica.store, &device, &permits, &given,
                                  &call->arena, err);
    }
    if (status == HM_OK) {
        list = hm_arena_get_array(&call->arena, given + 1, sizeof(*list));
        status = hm_arena_status(&call->arena, err);
    }
    for (size_t i = 0; i < given && status == HM_OK; i++) {
        if (!permits[i].ended) {
            add_member(list, &found, &permits[i]);
        }
    }
    if (status == HM_OK && given == 0) {
        status = invited(call, &list[found++], err);
    }
    *members = list;
    *count = found;
    return status;
}

enum hm_status hm_web_member_self(struct hm_web_call *call,
                                  struct hm_web_member *self,
                                  struct hm_err *err)
{
    struct hm_web_member *members = NULL;
    size_t count = 0;
    enum hm_status status = hm_web_members(call, &members, &count, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (hm_id_equal(&members[i].user, &call->user)) {
            *self = members[i];
            return HM_OK;
        }
    }
    return status != HM_OK ? status
                           : hm_fail(err, HM_DENIED, "web-locked", NULL, NULL, NULL);
}
