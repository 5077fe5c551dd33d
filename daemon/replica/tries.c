/* SPDX-License-Identifier: Apache-2.0 */
#include "tries.h"

#include <inttypes.h>
#include <stdio.h>

#include "hamlet/replica/passphrase.h"

enum { DOUBLINGS_MAX = 16, SECOND_MS = 1000, NUMBER_SIZE = 24 };

static int64_t wait_after(const struct hm_tries *tries, int64_t now_ms)
{
    int64_t more = tries->wrong - HM_PASSPHRASE_TRIES;
    int64_t wait_ms = HM_PASSPHRASE_WAIT_MAX_MS;
    if (more <= 0) {
        return 0;
    }
    if (more < DOUBLINGS_MAX) {
        wait_ms = (int64_t)HM_PASSPHRASE_WAIT_MS << (more - 1);
    }
    if (wait_ms > HM_PASSPHRASE_WAIT_MAX_MS) {
        wait_ms = HM_PASSPHRASE_WAIT_MAX_MS;
    }
    int64_t since_ms = tries->last.ms > now_ms ? now_ms : now_ms - tries->last.ms;
    return since_ms < wait_ms ? wait_ms - since_ms : 0;
}

enum hm_status hm_tries_wait(int64_t wait_ms, struct hm_err *err)
{
    char seconds[NUMBER_SIZE];
    (void)snprintf(seconds, sizeof(seconds), "%" PRId64,
                   (wait_ms + SECOND_MS - 1) / SECOND_MS);
    return hm_fail(err, HM_DENIED, "passphrase-wait", seconds, NULL, NULL);
}

enum hm_status hm_tries_count(struct hm_store *store,
                              const struct hm_id *user,
                              struct hm_mono now,
                              int64_t *wait_ms,
                              struct hm_err *err)
{
    struct hm_tries tries;
    enum hm_status status = hm_store_tries_get(store, user, &tries, err);
    if (status == HM_OK) {
        *wait_ms = wait_after(&tries, now.ms);
        status = *wait_ms > 0 ? hm_tries_wait(*wait_ms, err) : HM_OK;
    }
    if (status == HM_OK) {
        tries = (struct hm_tries){tries.wrong + 1, now};
        *wait_ms = wait_after(&tries, now.ms);
        status = hm_store_tries_put(store, user, &tries, err);
    }
    return status;
}
