/* SPDX-License-Identifier: Apache-2.0 */
#include "testenv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* splitmix64: every seed gives a good sequence, and the state is one number. */
uint64_t hm_testenv_next(struct hm_testenv *testenv)
{
    testenv->state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = testenv->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t hm_testenv_below(struct hm_testenv *testenv, uint64_t below)
{
    return below == 0 ? 0 : hm_testenv_next(testenv) % below;
}

static struct hm_wall wall(void *ctx)
{
    const struct hm_testenv *testenv = ctx;
    return (struct hm_wall){testenv->wall_ms};
}

static struct hm_mono mono(void *ctx)
{
    const struct hm_testenv *testenv = ctx;
    return (struct hm_mono){testenv->mono_ms};
}

static bool random_bytes(void *ctx, uint8_t *to, size_t size)
{
    struct hm_testenv *testenv = ctx;
    if (testenv->random_fails) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(hm_testenv_next(testenv) >> 32);
    }
    return true;
}

static void step(void *ctx, const char *name)
{
    struct hm_testenv *testenv = ctx;
    testenv->steps++;
    if (testenv->stop != NULL && testenv->steps == testenv->stop_at) {
        testenv->stop(testenv->stop_ctx, name);
    }
}

void hm_testenv_init(struct hm_testenv *testenv, uint64_t seed)
{
    *testenv = (struct hm_testenv){.state = seed, .wall_ms = HM_TESTENV_WALL_MS};
    testenv->env = (struct hm_env){
        .ctx = testenv, .wall = wall, .mono = mono, .random = random_bytes, .step = step};
}

void hm_testenv_advance(struct hm_testenv *testenv, int64_t ms)
{
    testenv->wall_ms += ms;
    testenv->mono_ms += ms;
}

uint64_t hm_testenv_seed(uint64_t usual)
{
    const char *given = getenv("HM_SEED");
    uint64_t seed = given == NULL ? usual : strtoull(given, NULL, 0);
    printf("seed %" PRIu64 "\n", seed);
    (void)fflush(stdout); /* a test that dies must have said it */
    return seed;
}
