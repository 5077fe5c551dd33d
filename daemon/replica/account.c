/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/replica/account.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/base/seal.h"
#include "hamlet/text/normal.h"
#include "tries.h"

enum {
    CODE_DRAWN = 16, /* characters of 5 bits */
    CODE_GROUP = 4,
    NOBODY_PLACES = 64,
    NUMBER_SIZE = 24
};

static const int64_t day_ms = (int64_t)86400 * 1000;

/* ---- who ---- */

static enum hm_status none(struct hm_err *err)
{
    return hm_fail(err, HM_NOT_FOUND, "account-none", NULL, NULL, NULL);
}

enum hm_status hm_account_find(struct hm_store *store,
                               struct hm_bytes name,
                               struct hm_account *account,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_account *all = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_accounts(store, &all, &count, arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (hm_bytes_equal(all[i].name, name)) {
            *account = all[i];
            return HM_OK;
        }
    }
    return status != HM_OK ? status : none(err);
}

enum hm_status hm_account_get(struct hm_store *store,
                              const struct hm_id *user,
                              struct hm_account *account,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_account *all = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_accounts(store, &all, &count, arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (hm_id_equal(&all[i].user, user)) {
            *account = all[i];
            return HM_OK;
        }
    }
    return status != HM_OK ? status : none(err);
}

/* ---- codes ---- */

/* No letter or digit that is taken for another on paper or on the telephone. */
static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static struct hm_digest digest_of(struct hm_bytes code)
{
    struct hm_digest digest;
    struct hm_hash state;
    hm_hash_init(&state, sizeof(digest.at));
    hm_hash_put_packed(&state, hm_text("hamlet-account-code"));
    hm_hash_put_packed(&state, code);
    hm_hash_end(&state, digest.at, sizeof(digest.at));
    return digest;
}

static void write_code(char code[HM_ACCOUNT_CODE_SIZE], const char drawn[CODE_DRAWN])
{
    size_t at = 0;
    for (size_t i = 0; i < CODE_DRAWN; i++) {
        if (i > 0 && i % CODE_GROUP == 0) {
            code[at++] = '-';
        }
        code[at++] = drawn[i];
    }
    code[at] = '\0';
}

enum hm_status hm_account_invite(struct hm_store *store,
                                 const struct hm_id *user,
                                 const struct hm_env *env,
                                 char code[HM_ACCOUNT_CODE_SIZE],
                                 struct hm_err *err)
{
    uint8_t random[CODE_DRAWN];
    char drawn[CODE_DRAWN];
    struct hm_account_secret secret = {.has_code = true};
    enum hm_status status = hm_env_random(env, random, sizeof(random), err);
    if (status != HM_OK) {
        return status;
    }
    for (size_t i = 0; i < CODE_DRAWN; i++) {
        drawn[i] = alphabet[random[i] % (sizeof(alphabet) - 1)]; /* 32 divides 256 */
    }
    secret.code = digest_of(HM_BYTES(drawn));
    secret.due = (struct hm_wall){hm_env_wall(env).ms + HM_ACCOUNT_CODE_DAYS * day_ms};
    status = hm_store_account_put(store, user, &secret, err);
    if (status == HM_OK) {
        status = hm_account_forgive(store, user, err);
    }
    if (status == HM_OK) {
        write_code(code, drawn);
    }
    explicit_bzero(drawn, sizeof(drawn));
    explicit_bzero(random, sizeof(random));
    return status;
}

static char code_letter(uint8_t c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

bool hm_account_code_is(const struct hm_account_secret *secret,
                        struct hm_bytes given,
                        struct hm_wall now)
{
    char drawn[CODE_DRAWN];
    size_t n = 0;
    for (size_t i = 0; i < given.size; i++) {
        if (given.data[i] == '-' || given.data[i] == ' ') {
            continue;
        }
        if (n == CODE_DRAWN) {
            return false;
        }
        drawn[n++] = code_letter(given.data[i]);
    }
    struct hm_digest digest = digest_of((struct hm_bytes){(const uint8_t *)drawn, n});
    explicit_bzero(drawn, sizeof(drawn));
    return secret->has_code && now.ms < secret->due.ms &&
           hm_digest_equal(&digest, &secret->code);
}

/* ---- tries ---- */

struct hm_id hm_account_nobody(struct hm_bytes name)
{
    struct hm_digest digest;
    struct hm_id place = {{0}};
    hm_hash_once(digest.at, sizeof(digest.at), name);
    place.at[sizeof(place.at) - 1] = (uint8_t)(digest.at[0] % NOBODY_PLACES + 1);
    return place;
}

enum hm_status hm_account_try(struct hm_store *store,
                              const struct hm_id *user,
                              struct hm_mono now,
                              int64_t *wait_ms,
                              struct hm_err *err)
{
    return hm_tries_count(store, user, now, wait_ms, err);
}

enum hm_status hm_account_forgive(struct hm_store *store,
                                  const struct hm_id *user,
                                  struct hm_err *err)
{
    static const struct hm_tries none_wrong = {.wrong = 0};
    return hm_store_tries_put(store, user, &none_wrong, err);
}

/* ---- passphrases ---- */

static enum hm_status verifier_of(struct hm_digest *verifier,
                                  struct hm_bytes passphrase,
                                  const struct hm_passphrase_cost *cost,
                                  struct hm_err *err)
{
    struct hm_seal_secret key;
    struct hm_hash state;
    enum hm_status status = hm_passphrase_key(&key, passphrase, cost, err);
    if (status == HM_OK) {
        hm_hash_init(&state, sizeof(verifier->at));
        hm_hash_put_packed(&state, hm_text("hamlet-account"));
        hm_hash_put(&state, HM_BYTES(key.at));
        hm_hash_end(&state, verifier->at, sizeof(verifier->at));
        hm_seal_wipe(&key);
    }
    return status;
}

static void wipe(struct hm_buf *buf)
{
    if (buf->data != NULL) {
        explicit_bzero(buf->data, buf->size);
    }
    hm_buf_fini(buf);
}

enum hm_status hm_account_open(const struct hm_account_secret *secret,
                               struct hm_bytes given,
                               struct hm_err *err)
{
    struct hm_passphrase_cost cost = {.passes = HM_PASSPHRASE_PASSES,
                                      .memory_kib = HM_PASSPHRASE_MEMORY_KIB};
    struct hm_digest verifier = {{0}};
    struct hm_buf normal;
    hm_buf_init(&normal, HM_PASSPHRASE_BYTES_MAX);
    bool typed = hm_text_normal(&normal, given, false, NULL) == HM_OK;
    enum hm_status status =
        verifier_of(&verifier, typed ? hm_buf_bytes(&normal) : HM_NO_BYTES,
                    secret->has_passphrase ? &secret->cost : &cost, err);
    if (status == HM_OK && (!typed || !secret->has_passphrase ||
                            !hm_digest_equal(&verifier, &secret->verifier))) {
        status = hm_fail(err, HM_DENIED, "account-wrong", NULL, NULL, NULL);
    }
    wipe(&normal);
    return status;
}

enum hm_status hm_account_seal(struct hm_account_secret *secret,
                               struct hm_bytes fresh,
                               const struct hm_env *env,
                               struct hm_err *err)
{
    struct hm_account_secret made = {.has_passphrase = true};
    struct hm_buf normal;
    char least[NUMBER_SIZE];
    hm_buf_init(&normal, HM_PASSPHRASE_BYTES_MAX);
    enum hm_status status = hm_text_normal(&normal, fresh, false, err);
    if (status == HM_OK &&
        hm_text_characters(hm_buf_bytes(&normal)) < HM_PASSPHRASE_CHARACTERS_MIN) {
        (void)snprintf(least, sizeof(least), "%d", HM_PASSPHRASE_CHARACTERS_MIN);
        status = hm_fail(err, HM_BAD_INPUT, "passphrase-short", least, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_passphrase_cost(&made.cost, env, err);
    }
    if (status == HM_OK) {
        status = verifier_of(&made.verifier, hm_buf_bytes(&normal), &made.cost, err);
    }
    if (status == HM_OK) {
        *secret = made;
    }
    wipe(&normal);
    return status;
}
