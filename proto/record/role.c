/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/role.h"

#include "hamlet/base/assert.h"

static const struct {
    const char *name;
    const char *word;
    int rank;
} roles[] = {
#define HM_ROLE_ROW(name, text, rank) [HM_ROLE_##name] = {#text, "role." #text, rank},
    HM_ROLE_MAP(HM_ROLE_ROW)
#undef HM_ROLE_ROW
};

bool hm_role_find(enum hm_role *role, struct hm_bytes name)
{
    for (int i = 0; i < HM_ROLE_COUNT; i++) {
        if (hm_bytes_are(name, roles[i].name)) {
            *role = (enum hm_role)i;
            return true;
        }
    }
    return false;
}

const char *hm_role_name(enum hm_role role)
{
    HM_ASSERT(role < HM_ROLE_COUNT);
    return roles[role].name;
}

int hm_role_rank(enum hm_role role)
{
    HM_ASSERT(role < HM_ROLE_COUNT);
    return roles[role].rank;
}

const char *hm_role_word(enum hm_role role)
{
    HM_ASSERT(role < HM_ROLE_COUNT);
    return roles[role].word;
}
