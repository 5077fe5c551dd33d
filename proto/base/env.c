/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/env.h"

struct hm_wall hm_env_wall(const struct hm_env *env)
{
    return env->wall(env->ctx);
}

struct hm_mono hm_env_mono(const struct hm_env *env)
{
    return env->mono(env->ctx);
}

enum hm_status hm_env_random(const struct hm_env *env,
                             uint8_t *to,
                             size_t size,
                             struct hm_err *err)
{
    if (!env->random(env->ctx, to, size)) {
        return hm_fail(err, HM_IO, "no-randomness", NULL, NULL, NULL);
    }
    return HM_OK;
}

void hm_env_step(const struct hm_env *env, const char *name)
{
    if (env->step != NULL) {
        env->step(env->ctx, name);
    }
}
