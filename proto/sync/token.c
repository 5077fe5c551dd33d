/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include <string.h>

enum { COUNT_SIZE = 4, DRAWN_SIZE = 4, SAID_SIZE = COUNT_SIZE + DRAWN_SIZE };

static const char domain[] = "hamlet-lease-1";

/* What the server alone can make of the first bytes. */
static void prove(const struct hm_serving *serving, struct hm_id *token)
{
    uint8_t proof[HM_ID_SIZE];
    struct hm_hash hash;
    hm_hash_init(&hash, sizeof(proof));
    hm_hash_put_packed(&hash, hm_text(domain));
    hm_hash_put_packed(&hash, HM_BYTES(serving->self.secret->at));
    hm_hash_put_uint(&hash, serving->self.incarnation);
    hm_hash_put(&hash, hm_id_bytes(&serving->request.device));
    hm_hash_put_uint(&hash, serving->request.epoch);
    hm_hash_put(&hash, (struct hm_bytes){token->at, SAID_SIZE});
    hm_hash_end(&hash, proof, sizeof(proof));
    memcpy(token->at + SAID_SIZE, proof, HM_ID_SIZE - SAID_SIZE);
}

uint64_t hm_token_count(const struct hm_serving *serving, const struct hm_id *token)
{
    struct hm_id proven = *token;
    uint64_t count = 0;
    prove(serving, &proven);
    if (!hm_secret_equal(proven.at, token->at, HM_ID_SIZE)) {
        return 0;
    }
    for (size_t i = 0; i < COUNT_SIZE; i++) {
        count = count << 8 | token->at[i];
    }
    return count;
}

enum hm_status hm_token_draw(const struct hm_serving *serving,
                             const struct hm_id *last,
                             struct hm_id *token,
                             struct hm_err *err)
{
    uint64_t count = hm_token_count(serving, last) + 1;
    for (size_t i = COUNT_SIZE; i > 0; i--, count >>= 8) {
        token->at[i - 1] = (uint8_t)count;
    }
    enum hm_status status =
        hm_env_random(serving->self.env, token->at + COUNT_SIZE, DRAWN_SIZE, err);
    prove(serving, token);
    return status;
}
