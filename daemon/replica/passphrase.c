/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/replica/passphrase.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/passphrase.h"
#include "hamlet/host/file.h"
#include "hamlet/text/normal.h"
#include "tries.h"

enum {
    VERSION = 1,
    KEY_SIZE = 32,
    SEALED_SIZE = KEY_SIZE + HM_SEAL_WITH_EXTRA,
    FILE_MAX = 1024,
    NUMBER_SIZE = 24,
    DOMAIN_SIZE = 64
};

struct wrapped {
    struct hm_passphrase_cost cost;
    uint8_t sealed[SEALED_SIZE];
};

static bool path_of(char path[PATH_MAX], const char *dir, const struct hm_id *user)
{
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(user));
    int size = snprintf(path, PATH_MAX, "%s/keys/member-%s", dir, hex);
    return size > 0 && size < PATH_MAX;
}

static enum hm_status find_path(char path[PATH_MAX],
                                const struct hm_passphrase_of *of,
                                struct hm_err *err)
{
    return path_of(path, of->dir, &of->user)
               ? HM_OK
               : hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
}

/* What cannot be looked at is there: better asked in vain than let in. */
bool hm_passphrase_is_set(const char *dir, const struct hm_id *user)
{
    char path[PATH_MAX];
    return !path_of(path, dir, user) || access(path, F_OK) == 0 || errno != ENOENT;
}

/* ---- the file ---- */

/* A key that stands under another member's name does not open there. */
static void domain_of(char domain[DOMAIN_SIZE], const struct hm_id *user)
{
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(user));
    (void)snprintf(domain, DOMAIN_SIZE, "hamlet-member-%s", hex);
}

static enum hm_status read_wrapped(struct wrapped *wrapped,
                                   struct hm_bytes text,
                                   struct hm_err *err)
{
    static const struct hm_json_limits limits = {FILE_MAX, 1, 16};
    struct hm_json *json = NULL;
    enum hm_status status = hm_json_parse(&json, text, &limits, NULL);
    int64_t version = hm_json_int_or(hm_json_get(json, "version"), 0);
    if (status == HM_NO_MEMORY) {
        status = hm_fail_memory(err);
    } else if (status == HM_OK && version > VERSION) {
        status = hm_fail(err, HM_UNCONFIGURED, "passphrase-newer", NULL, NULL, NULL);
    } else if (status != HM_OK || version != VERSION ||
               !hm_json_b64_get(wrapped->cost.salt, sizeof(wrapped->cost.salt),
                                hm_json_get(json, "salt")) ||
               !hm_json_b64_get(wrapped->sealed, sizeof(wrapped->sealed),
                                hm_json_get(json, "key"))) {
        status = hm_fail(err, HM_CORRUPT, "passphrase-broken", NULL, NULL, NULL);
    } else {
        wrapped->cost.passes = hm_json_int_or(hm_json_get(json, "passes"), 0);
        wrapped->cost.memory_kib = hm_json_int_or(hm_json_get(json, "memory_kib"), 0);
    }
    hm_json_free(json);
    return status;
}

/* `*found`: false where there is none. */
static enum hm_status load(struct wrapped *wrapped,
                           bool *found,
                           const struct hm_passphrase_of *of,
                           struct hm_err *err)
{
    char path[PATH_MAX];
    struct hm_buf text;
    struct hm_err why = HM_ERR_NONE;
    int fd = -1;
    *found = false;
    enum hm_status status = find_path(path, of, err);
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&text, FILE_MAX);
    status = hm_file_open_private(&fd, path, &why);
    if (status == HM_OK) {
        (void)close(fd);
        status = hm_file_read(&text, path, &why);
    }
    if (status == HM_OK) {
        *found = true;
        status = read_wrapped(wrapped, hm_buf_bytes(&text), err);
    } else if (status == HM_NOT_FOUND) {
        status = HM_OK;
    } else {
        status = hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
    }
    hm_buf_fini(&text);
    return status;
}

static enum hm_status save(const struct wrapped *wrapped,
                           const struct hm_passphrase_of *of,
                           struct hm_err *err)
{
    char path[PATH_MAX];
    struct hm_json_write out;
    struct hm_buf text;
    hm_buf_init(&text, FILE_MAX);
    hm_json_write_init(&out, &text);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "version", VERSION);
    hm_json_put_int(&out, "passes", wrapped->cost.passes);
    hm_json_put_int(&out, "memory_kib", wrapped->cost.memory_kib);
    hm_json_key(&out, "salt");
    hm_json_b64(&out, HM_BYTES(wrapped->cost.salt));
    hm_json_key(&out, "key");
    hm_json_b64(&out, HM_BYTES(wrapped->sealed));
    hm_json_close(&out, '}');
    hm_buf_put_byte(&text, '\n');
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        status = find_path(path, of, err);
    }
    if (status == HM_OK) {
        status =
            hm_file_write(of->env, path, hm_buf_bytes(&text), S_IRUSR | S_IWUSR, err);
    }
    hm_buf_fini(&text);
    return status;
}

/* ---- passphrase and key ---- */

static enum hm_status unwrap(uint8_t key[KEY_SIZE],
                             const struct wrapped *wrapped,
                             const struct hm_passphrase_of *of,
                             struct hm_bytes passphrase,
                             struct hm_err *err)
{
    char domain[DOMAIN_SIZE];
    uint8_t room[SEALED_SIZE + 1];
    struct hm_seal_secret secret;
    struct hm_buf opened;
    enum hm_status status = hm_passphrase_key(&secret, passphrase, &wrapped->cost, err);
    if (status != HM_OK) {
        return status;
    }
    domain_of(domain, &of->user);
    hm_buf_init_fixed(&opened, room, sizeof(room));
    status = hm_seal_open_with(&opened, domain, HM_BYTES(wrapped->sealed), &secret, NULL);
    if (status == HM_OK) {
        memcpy(key, room, KEY_SIZE);
    } else {
        status = hm_fail(err, HM_DENIED, "passphrase-wrong", NULL, NULL, NULL);
    }
    explicit_bzero(room, sizeof(room));
    hm_seal_wipe(&secret);
    return status;
}

static enum hm_status wrap(struct wrapped *wrapped,
                           const uint8_t key[KEY_SIZE],
                           const struct hm_passphrase_of *of,
                           struct hm_bytes passphrase,
                           struct hm_err *err)
{
    char domain[DOMAIN_SIZE];
    uint8_t room[SEALED_SIZE + 1];
    struct hm_seal_secret secret;
    struct hm_buf sealed;
    enum hm_status status = hm_passphrase_cost(&wrapped->cost, of->env, err);
    if (status == HM_OK) {
        status = hm_passphrase_key(&secret, passphrase, &wrapped->cost, err);
    }
    if (status != HM_OK) {
        return status;
    }
    domain_of(domain, &of->user);
    hm_buf_init_fixed(&sealed, room, sizeof(room));
    status = hm_seal_with(&sealed, domain, (struct hm_bytes){key, KEY_SIZE}, &secret,
                          of->env, err);
    if (status == HM_OK) {
        memcpy(wrapped->sealed, room, SEALED_SIZE);
    }
    hm_seal_wipe(&secret);
    return status;
}

/* ---- tries ---- */

/* As if it were wrong, before anybody knows. `*wait_ms`: if it is wrong. */
static enum hm_status count_one(const struct hm_passphrase_of *of,
                                int64_t *wait_ms,
                                struct hm_err *err)
{
    enum hm_status status = hm_store_begin(of->store, err);
    if (status == HM_OK) {
        status = hm_tries_count(of->store, &of->user, hm_env_mono(of->env), wait_ms, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(of->store, err);
    }
    hm_store_rollback(of->store);
    return status;
}

static enum hm_status count_or_wait(const struct hm_passphrase_of *of,
                                    int64_t *wait_ms,
                                    struct hm_err *err)
{
    struct hm_err why = HM_ERR_NONE;
    enum hm_status status = count_one(of, wait_ms, &why);
    if (status == HM_IO && of->uncounted != NULL) {
        int64_t now_ms = hm_env_mono(of->env).ms;
        int64_t since_ms = now_ms - of->uncounted->ms;
        *wait_ms = HM_PASSPHRASE_WAIT_MAX_MS;
        if (of->uncounted->ms == 0 || since_ms >= HM_PASSPHRASE_WAIT_MAX_MS) {
            of->uncounted->ms = now_ms;
            return HM_OK;
        }
        *wait_ms -= since_ms;
        return hm_tries_wait(*wait_ms, err);
    }
    return status == HM_OK
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

static enum hm_status forget_tries(const struct hm_passphrase_of *of, struct hm_err *err)
{
    static const struct hm_tries none = {.wrong = 0};
    enum hm_status status = hm_store_begin(of->store, err);
    if (status == HM_OK) {
        status = hm_store_tries_put(of->store, &of->user, &none, err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(of->store, err);
    }
    hm_store_rollback(of->store);
    return status;
}

/* ---- what others call ---- */

/* `*found`: he has one, and this is it; then `key` is his. */
static enum hm_status check(const struct hm_passphrase_of *of,
                            struct hm_bytes given,
                            uint8_t key[KEY_SIZE],
                            bool *found,
                            int64_t *wait_ms,
                            struct hm_err *err)
{
    struct wrapped wrapped;
    struct hm_buf normal;
    *wait_ms = 0;
    enum hm_status status = load(&wrapped, found, of, err);
    if (status == HM_OK && *found) {
        status = given.size == 0
                     ? hm_fail(err, HM_DENIED, "passphrase-needed", NULL, NULL, NULL)
                     : count_or_wait(of, wait_ms, err);
    }
    if (status != HM_OK || !*found) {
        return status;
    }
    hm_buf_init(&normal, HM_PASSPHRASE_BYTES_MAX);
    if (hm_text_normal(&normal, given, false, NULL) == HM_OK) {
        status = unwrap(key, &wrapped, of, hm_buf_bytes(&normal), err);
    } else { /* nobody could have set it */
        status = hm_fail(err, HM_DENIED, "passphrase-wrong", NULL, NULL, NULL);
    }
    if (normal.data != NULL) {
        explicit_bzero(normal.data, normal.size);
    }
    hm_buf_fini(&normal);
    if (status == HM_OK) {
        *wait_ms = 0;
        (void)!forget_tries(of, NULL); /* a full disk forgets them another time */
    }
    return status;
}

enum hm_status hm_passphrase_check(const struct hm_passphrase_of *of,
                                   struct hm_bytes given,
                                   int64_t *wait_ms,
                                   struct hm_err *err)
{
    uint8_t key[KEY_SIZE];
    bool found = false;
    enum hm_status status = check(of, given, key, &found, wait_ms, err);
    explicit_bzero(key, sizeof(key));
    return status;
}

static enum hm_status set(const struct hm_passphrase_of *of,
                          const uint8_t key[KEY_SIZE],
                          struct hm_bytes fresh,
                          struct hm_err *err)
{
    struct wrapped wrapped;
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
        status = wrap(&wrapped, key, of, hm_buf_bytes(&normal), err);
    }
    if (status == HM_OK) {
        status = save(&wrapped, of, err);
    }
    if (normal.data != NULL) {
        explicit_bzero(normal.data, normal.size);
    }
    hm_buf_fini(&normal);
    return status;
}

static enum hm_status take_away(const struct hm_passphrase_of *of, struct hm_err *err)
{
    char path[PATH_MAX];
    struct hm_err why = HM_ERR_NONE;
    enum hm_status status = find_path(path, of, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_file_remove(of->env, path, &why);
    return status == HM_OK || status == HM_NOT_FOUND
               ? HM_OK
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

enum hm_status hm_passphrase_change(const struct hm_passphrase_of *of,
                                    struct hm_bytes old,
                                    struct hm_bytes fresh,
                                    int64_t *wait_ms,
                                    struct hm_err *err)
{
    uint8_t key[KEY_SIZE];
    bool found = false;
    enum hm_status status = check(of, old, key, &found, wait_ms, err);
    if (status == HM_OK && fresh.size == 0) {
        status = take_away(of, err);
    } else if (status == HM_OK) {
        status = found ? HM_OK : hm_env_random(of->env, key, sizeof(key), err);
        if (status == HM_OK) {
            status = set(of, key, fresh, err);
        }
    }
    explicit_bzero(key, sizeof(key));
    return status;
}

enum hm_status hm_passphrase_reset(const struct hm_passphrase_of *of, struct hm_err *err)
{
    enum hm_status status = take_away(of, err);
    return status != HM_OK ? status : forget_tries(of, err);
}
