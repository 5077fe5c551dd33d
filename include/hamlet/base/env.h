/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env.h - the world as the core sees it: clock, randomness, fault points.
 *
 * Owner:   the program or the test that fills it in; layer 0
 * Threads: the functions may be called from any thread that was given the struct
 *
 * Nothing in proto/ asks the system for the time or for random bytes: it asks here, so
 * that a simulation decides both. `step` is told the name of every durable step before
 * it is taken; a test may stop the program there. It may be null.
 */
#ifndef HAMLET_BASE_ENV_H
#define HAMLET_BASE_ENV_H

#include <stddef.h>

#include "hamlet/base/err.h"
#include "hamlet/base/time.h"

struct hm_env {
    void *ctx;
    struct hm_wall (*wall)(void *ctx);
    struct hm_mono (*mono)(void *ctx);
    /* False when there is no randomness to be had; nothing may go on without it. */
    bool (*random)(void *ctx, uint8_t *to, size_t size);
    void (*step)(void *ctx, const char *name);
};

struct hm_wall hm_env_wall(const struct hm_env *env);
struct hm_mono hm_env_mono(const struct hm_env *env);
HM_CHECKED enum hm_status hm_env_random(const struct hm_env *env,
                                        uint8_t *to,
                                        size_t size,
                                        struct hm_err *err);
void hm_env_step(const struct hm_env *env, const char *name);

#endif
