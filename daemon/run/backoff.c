/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/run/backoff.h"

#include <limits.h>

#include "hamlet/base/assert.h"

void hm_backoff_init(struct hm_backoff *backoff, int64_t first_ms)
{
    HM_ASSERT(first_ms >= 1 && first_ms <= HM_BACKOFF_MOST_MS);
    *backoff = (struct hm_backoff){.first_ms = first_ms};
}

void hm_backoff_reset(struct hm_backoff *backoff)
{
    backoff->failures = 0;
}

static int64_t at_most(int64_t number, int64_t most)
{
    return number < most ? number : most;
}

/* first_ms doubled once for each failure before the last; the loop ends at the cap. */
static int64_t ceiling(const struct hm_backoff *backoff)
{
    int64_t most = backoff->first_ms;
    for (unsigned i = 1; i < backoff->failures && most < HM_BACKOFF_MOST_MS; i++) {
        most *= 2;
    }
    return at_most(most, HM_BACKOFF_MOST_MS);
}

/* Evenly from `least` to `most`; 2^64 over 2.2e7 leaves a bias that nobody can measure.
 */
static int64_t draw(const struct hm_env *env, int64_t least, int64_t most)
{
    uint8_t random[8];
    uint64_t number = 0;
    if (hm_env_random(env, random, sizeof(random), NULL) != HM_OK) {
        return most;
    }
    for (size_t i = 0; i < sizeof(random); i++) {
        number = number << 8 | random[i];
    }
    return least + (int64_t)(number % (uint64_t)(most - least + 1));
}

int64_t hm_backoff_next(struct hm_backoff *backoff,
                        const struct hm_env *env,
                        int64_t asked_ms)
{
    if (backoff->failures < UINT_MAX) {
        backoff->failures++;
    }
    if (asked_ms < 0) {
        return draw(env, 1, ceiling(backoff));
    }
    int64_t asked = at_most(asked_ms, HM_BACKOFF_MOST_MS);
    if (asked < HM_RETRY_AFTER_LEAST_MS) {
        asked = HM_RETRY_AFTER_LEAST_MS;
    }
    return draw(env, asked, at_most(asked + asked / 4, HM_BACKOFF_MOST_MS));
}
