/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "answer.h"
#include "hamlet/base/seal.h"

enum { SEALED_MAX = 1 << 20, RANDOM_MOST = 32 };

/* Randomness that the question brings along. */
struct given {
    struct answering *a;
    bool used;
};

static bool give(void *ctx, uint8_t *to, size_t size)
{
    struct given *given = ctx;
    bool first = !given->used;
    given->used = true;
    return first && size <= RANDOM_MOST && answer_raw(given->a, "random", to, size);
}

static const char *domain_of(struct answering *a)
{
    const char *domain = hm_json_chars(hm_json_get(a->ask, "domain"));
    return domain == NULL ? "" : domain;
}

static enum hm_status tell(struct answering *a,
                           const char *name,
                           enum hm_status status,
                           struct hm_buf *buf)
{
    if (status == HM_OK) {
        hm_json_put_hex(a->out, name, hm_buf_bytes(buf));
    }
    hm_buf_fini(buf);
    return status;
}

enum hm_status answer_seal_to(struct answering *a)
{
    struct hm_seal_key key;
    struct hm_buf sealed;
    struct given given = {a, false};
    struct hm_env env = {.ctx = &given, .random = give};
    (void)answer_raw(a, "key", key.at, HM_SEAL_KEY_SIZE);
    hm_buf_init(&sealed, SEALED_MAX);
    enum hm_status status =
        hm_seal_to(&sealed, domain_of(a), answer_hex(a, "message"), &key, &env, a->err);
    return tell(a, "sealed", status, &sealed);
}

enum hm_status answer_seal_open(struct answering *a)
{
    uint8_t seed[32];
    struct hm_seal_key key;
    struct hm_seal_secret secret;
    struct hm_buf message;
    (void)answer_raw(a, "seed", seed, sizeof(seed));
    hm_seal_pair(&key, &secret, seed);
    hm_buf_init(&message, SEALED_MAX);
    enum hm_status status = hm_seal_open(&message, domain_of(a), answer_hex(a, "sealed"),
                                         &key, &secret, a->err);
    return tell(a, "message", status, &message);
}

enum hm_status answer_seal_with(struct answering *a)
{
    struct hm_seal_secret secret;
    struct hm_buf sealed;
    struct given given = {a, false};
    struct hm_env env = {.ctx = &given, .random = give};
    (void)answer_raw(a, "secret", secret.at, HM_SEAL_KEY_SIZE);
    hm_buf_init(&sealed, SEALED_MAX);
    enum hm_status status = hm_seal_with(&sealed, domain_of(a), answer_hex(a, "message"),
                                         &secret, &env, a->err);
    return tell(a, "sealed", status, &sealed);
}

enum hm_status answer_seal_open_with(struct answering *a)
{
    struct hm_seal_secret secret;
    struct hm_buf message;
    (void)answer_raw(a, "secret", secret.at, HM_SEAL_KEY_SIZE);
    hm_buf_init(&message, SEALED_MAX);
    enum hm_status status = hm_seal_open_with(&message, domain_of(a),
                                              answer_hex(a, "sealed"), &secret, a->err);
    return tell(a, "message", status, &message);
}
