/* SPDX-License-Identifier: Apache-2.0 */
#include "backup_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/base/pack.h"
#include "hamlet/httpd/certificate.h"

static const char magic[] = "hamlet-backup-1\n";
static const char magic_any[] = "hamlet-backup-";
static const char domain_head[] = "hamlet-backup-1";
static const char domain_keys[] = "hamlet-backup-keys-1";

enum {
    MAGIC_SIZE = sizeof(magic) - 1,
    SIZE_SIZE = 4,
    KEYS_MAX = 2 * HM_SEAL_KEY_SIZE + (int)HM_CERTIFICATE_BYTES_MAX + 16
};

static enum hm_status broken(const char *path, struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, "backup-broken", path, NULL, NULL);
}

/* ---- bytes ---- */

enum hm_status hm_backup_put(int fd,
                             struct hm_bytes bytes,
                             const char *path,
                             struct hm_err *err)
{
    while (bytes.size > 0) {
        ssize_t put = write(fd, bytes.data, bytes.size);
        if (put < 0 && errno != EINTR) {
            return hm_fail_errno(err, errno, path);
        }
        if (put > 0) {
            bytes.data += put;
            bytes.size -= (size_t)put;
        }
    }
    return HM_OK;
}

enum hm_status hm_backup_get(int fd,
                             uint8_t *to,
                             size_t size,
                             size_t *got,
                             const char *path,
                             struct hm_err *err)
{
    *got = 0;
    while (*got < size) {
        ssize_t piece = read(fd, to + *got, size - *got);
        if (piece == 0) {
            break;
        }
        if (piece < 0 && errno != EINTR) {
            return hm_fail_errno(err, errno, path);
        }
        if (piece > 0) {
            *got += (size_t)piece;
        }
    }
    return HM_OK;
}

void hm_backup_put_size(struct hm_buf *buf, size_t size)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        hm_buf_put_byte(buf, (uint8_t)(size >> shift));
    }
}

size_t hm_backup_get_size(const uint8_t at[4])
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

/* ---- keys ---- */

void hm_backup_keys_init(struct hm_backup_keys *keys)
{
    *keys = (struct hm_backup_keys){.seed = {0}};
    hm_buf_init(&keys->tls, HM_CERTIFICATE_BYTES_MAX);
}

void hm_backup_keys_wipe(struct hm_backup_keys *keys)
{
    if (keys->tls.size > 0) {
        explicit_bzero(keys->tls.data, keys->tls.size);
    }
    hm_buf_fini(&keys->tls);
    hm_seal_wipe(&keys->body);
    explicit_bzero(keys->seed, sizeof(keys->seed));
}

static enum hm_status put_keys(struct hm_buf *buf,
                               const struct hm_backup *backup,
                               const struct hm_backup_keys *keys,
                               const struct hm_env *env,
                               struct hm_err *err)
{
    uint8_t memory[KEYS_MAX + 1];
    struct hm_buf plain;
    struct hm_buf sealed;
    hm_buf_init_fixed(&plain, memory, sizeof(memory));
    hm_buf_init(&sealed, KEYS_MAX + HM_SEAL_TO_EXTRA);
    hm_buf_put(&plain, keys->seed, sizeof(keys->seed));
    hm_buf_put(&plain, keys->body.at, sizeof(keys->body.at));
    hm_pack_bytes(&plain, hm_buf_bytes(&keys->tls));
    enum hm_status status = hm_buf_status(&plain, err);
    if (status == HM_OK) {
        status = hm_seal_to(&sealed, domain_keys, hm_buf_bytes(&plain), &backup->recovery,
                            env, err);
    }
    if (status == HM_OK) {
        hm_pack_bytes(buf, hm_buf_bytes(&sealed));
        status = hm_buf_status(buf, err);
    }
    explicit_bzero(memory, sizeof(memory));
    hm_buf_fini(&sealed);
    return status;
}

static enum hm_status get_keys(struct hm_backup_keys *keys,
                               const struct hm_backup *backup,
                               struct hm_bytes sealed,
                               const char *path,
                               const uint8_t seed[32],
                               struct hm_err *err)
{
    uint8_t memory[KEYS_MAX + HM_DIGEST_SIZE + 1]; /* opening needs room for its check */
    struct hm_buf plain;
    struct hm_unpack in;
    struct hm_seal_key key;
    struct hm_seal_secret secret;
    hm_buf_init_fixed(&plain, memory, sizeof(memory));
    hm_seal_pair(&key, &secret, seed);
    enum hm_status status = HM_OK;
    if (memcmp(key.at, backup->recovery.at, HM_SEAL_KEY_SIZE) != 0) {
        status = hm_fail(err, HM_BAD_INPUT, "recovery-other", path, NULL, NULL);
    } else if (hm_seal_open(&plain, domain_keys, sealed, &key, &secret, NULL) != HM_OK) {
        status = broken(path, err);
    }
    if (status == HM_OK) {
        hm_unpack_init(&in, hm_buf_bytes(&plain));
        struct hm_bytes first = hm_unpack_raw(&in, sizeof(keys->seed));
        struct hm_bytes second = hm_unpack_raw(&in, sizeof(keys->body.at));
        hm_buf_put_bytes(&keys->tls, hm_unpack_bytes(&in));
        if (hm_unpack_done(&in)) {
            memcpy(keys->seed, first.data, first.size);
            memcpy(keys->body.at, second.data, second.size);
            status = hm_buf_status(&keys->tls, err);
        } else {
            status = broken(path, err);
        }
    }
    hm_seal_wipe(&secret);
    explicit_bzero(memory, sizeof(memory));
    return status;
}

/* ---- the head ---- */

enum hm_status hm_backup_head_put(struct hm_buf *buf,
                                  const struct hm_backup *backup,
                                  const struct hm_backup_keys *keys,
                                  const struct hm_secret *secret,
                                  const struct hm_env *env,
                                  struct hm_err *err)
{
    struct hm_signature signature;
    struct hm_buf head;
    hm_buf_init(&head, HM_BACKUP_HEAD_MAX);
    hm_buf_put_bytes(&head, hm_id_bytes(&backup->server));
    hm_pack_uint(&head, backup->incarnation);
    hm_pack_int(&head, backup->time.ms);
    hm_pack_bytes(&head, backup->version);
    hm_buf_put(&head, backup->recovery.at, HM_SEAL_KEY_SIZE);
    enum hm_status status = put_keys(&head, backup, keys, env, err);
    hm_pack_uint(&head, backup->part_count);
    for (size_t i = 0; i < backup->part_count; i++) {
        hm_pack_text(&head, backup->parts[i].name);
        hm_pack_bytes(&head, backup->parts[i].content);
    }
    hm_pack_uint(&head, backup->size);
    hm_buf_put_bytes(&head, hm_digest_bytes(&backup->digest));
    if (status == HM_OK) {
        status = hm_buf_status(&head, err);
    }
    if (status == HM_OK) {
        hm_sign_make(&signature, domain_head, hm_buf_bytes(&head), secret);
        hm_buf_put_text(buf, magic);
        hm_backup_put_size(buf, head.size);
        hm_buf_put_bytes(buf, hm_buf_bytes(&head));
        hm_buf_put_bytes(buf, HM_BYTES(signature.at));
        status = hm_buf_status(buf, err);
    }
    hm_buf_fini(&head);
    return status;
}

static bool get_raw(struct hm_unpack *in, uint8_t *to, size_t size)
{
    struct hm_bytes raw = hm_unpack_raw(in, size);
    if (raw.size != size) {
        return false;
    }
    memcpy(to, raw.data, size);
    return true;
}

static enum hm_status get_parts(struct hm_backup *backup,
                                struct hm_unpack *in,
                                const char *path,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    size_t count = hm_unpack_count(in, 2);
    if (in->failed || count > HM_BACKUP_FILES_MAX) {
        return broken(path, err);
    }
    struct hm_backup_part *parts = hm_arena_get_array(arena, count, sizeof(*parts));
    for (size_t i = 0; i < count && parts != NULL; i++) {
        parts[i].name = hm_arena_copy_text(arena, hm_unpack_bytes(in));
        parts[i].content = hm_unpack_bytes(in);
    }
    backup->parts = parts;
    backup->part_count = count;
    return hm_arena_status(arena, err);
}

/* `head` outlives the backup, which borrows from it. */
static enum hm_status get_head(struct hm_backup *backup,
                               struct hm_bytes *sealed,
                               struct hm_bytes head,
                               const char *path,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_unpack in;
    hm_unpack_init(&in, head);
    if (!get_raw(&in, backup->server.at, HM_ID_SIZE)) {
        return broken(path, err);
    }
    backup->incarnation = hm_unpack_uint(&in);
    backup->time.ms = hm_unpack_int(&in);
    backup->version = hm_unpack_bytes(&in);
    if (!get_raw(&in, backup->recovery.at, HM_SEAL_KEY_SIZE)) {
        return broken(path, err);
    }
    *sealed = hm_unpack_bytes(&in);
    enum hm_status status = get_parts(backup, &in, path, arena, err);
    if (status != HM_OK) {
        return status;
    }
    backup->size = hm_unpack_uint(&in);
    if (!get_raw(&in, backup->digest.at, HM_DIGEST_SIZE) || !hm_unpack_done(&in)) {
        return broken(path, err);
    }
    return HM_OK;
}

static enum hm_status read_begin(int fd,
                                 size_t *size,
                                 const char *path,
                                 struct hm_err *err)
{
    uint8_t begin[MAGIC_SIZE + SIZE_SIZE];
    size_t got = 0;
    enum hm_status status = hm_backup_get(fd, begin, sizeof(begin), &got, path, err);
    if (status != HM_OK) {
        return status;
    }
    if (got < sizeof(begin) || memcmp(begin, magic_any, sizeof(magic_any) - 1) != 0) {
        return broken(path, err);
    }
    if (memcmp(begin, magic, MAGIC_SIZE) != 0) {
        return hm_fail(err, HM_UNCONFIGURED, "backup-newer", path, NULL, NULL);
    }
    *size = hm_backup_get_size(begin + MAGIC_SIZE);
    return *size > HM_BACKUP_HEAD_MAX ? broken(path, err) : HM_OK;
}

/* Whoever sealed the keys also signed the head, with the key that was sealed. */
static bool is_signed(const struct hm_backup *backup,
                      const struct hm_backup_keys *keys,
                      struct hm_bytes head,
                      const struct hm_signature *signature)
{
    struct hm_key key;
    struct hm_secret secret;
    hm_sign_pair(&key, &secret, keys->seed);
    hm_secret_wipe(&secret);
    struct hm_id id = hm_sign_device(&key);
    return hm_id_equal(&id, &backup->server) &&
           hm_sign_check(signature, domain_head, head, &key);
}

enum hm_status hm_backup_head_read(struct hm_backup *backup,
                                   struct hm_backup_keys *keys,
                                   int fd,
                                   const char *path,
                                   const uint8_t seed[32],
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    struct hm_backup read = {.size = 0};
    struct hm_signature signature;
    struct hm_bytes sealed = HM_NO_BYTES;
    size_t size = 0;
    size_t got = 0;
    enum hm_status status = read_begin(fd, &size, path, err);
    if (status != HM_OK) {
        return status;
    }
    uint8_t *data = hm_arena_get(arena, size + HM_SIGNATURE_SIZE);
    if (data == NULL) {
        return hm_arena_status(arena, err);
    }
    status = hm_backup_get(fd, data, size + HM_SIGNATURE_SIZE, &got, path, err);
    if (status != HM_OK) {
        return status;
    }
    if (got < size + HM_SIGNATURE_SIZE) {
        return broken(path, err);
    }
    const struct hm_bytes head = {data, size};
    memcpy(signature.at, data + size, HM_SIGNATURE_SIZE);
    status = get_head(&read, &sealed, head, path, arena, err);
    if (status == HM_OK) {
        status = get_keys(keys, &read, sealed, path, seed, err);
    }
    if (status == HM_OK && !is_signed(&read, keys, head, &signature)) {
        status = broken(path, err);
    }
    if (status == HM_OK) {
        *backup = read;
    }
    return status;
}
