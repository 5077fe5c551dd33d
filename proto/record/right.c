/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/right.h"

#include "hamlet/base/assert.h"

static const struct {
    const char *name;
    unsigned roles;
} rights[HM_RIGHT_COUNT] = {
#define HM_RIGHT_ROW(right, text, roles) [HM_RIGHT_##right] = {#text, roles},
    HM_RIGHT_MAP(HM_RIGHT_ROW)
#undef HM_RIGHT_ROW
};

bool hm_role_may(enum hm_role role, enum hm_right right)
{
    HM_ASSERT(role < HM_ROLE_COUNT && right < HM_RIGHT_COUNT);
    return (rights[right].roles & (1U << role)) != 0;
}

const char *hm_right_name(enum hm_right right)
{
    HM_ASSERT(right < HM_RIGHT_COUNT);
    return rights[right].name;
}
