/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/env.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "hamlet/base/assert.h"

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now = {0};
    int got = clock_gettime(clock, &now);
    HM_ASSERT(got == 0); /* both clocks are there since Linux 2.6.39 */
    /* tv_nsec is never negative, so this is right before 1970 too. */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct hm_wall real_wall(void *ctx)
{
    (void)ctx;
    return (struct hm_wall){clock_ms(CLOCK_REALTIME)};
}

static struct hm_mono real_mono(void *ctx)
{
    (void)ctx;
    return (struct hm_mono){clock_ms(CLOCK_BOOTTIME)};
}

static bool real_random(void *ctx, uint8_t *to, size_t size)
{
    (void)ctx;
    while (size > 0) {
        /* Without flags it waits, early after power-on, until the pool can be trusted. */
        ssize_t got = getrandom(to, size, 0);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got > 0) {
            to += got;
            size -= (size_t)got;
        }
    }
    return true;
}

void hm_host_env_init(struct hm_env *env)
{
    *env = (struct hm_env){
        .wall = real_wall,
        .mono = real_mono,
        .random = real_random,
    };
}
