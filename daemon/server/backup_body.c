/* SPDX-License-Identifier: Apache-2.0 */
/* The store inside a backup: piece by piece, since it may be larger than memory. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "backup_file.h"

static const char domain_body[] = "hamlet-backup-store-1";

enum { SIZE_SIZE = 4, SEALED_MAX = HM_BACKUP_PIECE + HM_SEAL_WITH_EXTRA };

static enum hm_status rewind_file(int fd, const char *path, struct hm_err *err)
{
    return lseek(fd, 0, SEEK_SET) == 0 ? HM_OK : hm_fail_errno(err, errno, path);
}

enum hm_status hm_backup_measure(struct hm_backup *backup,
                                 int fd,
                                 const char *path,
                                 struct hm_err *err)
{
    struct hm_hash hash;
    uint64_t size = 0;
    size_t got = HM_BACKUP_PIECE;
    uint8_t *piece = malloc(HM_BACKUP_PIECE);
    enum hm_status status = piece == NULL ? hm_fail_memory(err) : HM_OK;
    if (status == HM_OK) {
        status = rewind_file(fd, path, err);
    }
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    while (status == HM_OK && got == HM_BACKUP_PIECE) {
        status = hm_backup_get(fd, piece, HM_BACKUP_PIECE, &got, path, err);
        if (status == HM_OK) {
            hm_hash_put(&hash, (struct hm_bytes){piece, got});
            size += got;
        }
    }
    if (status == HM_OK) {
        hm_hash_end(&hash, backup->digest.at, HM_DIGEST_SIZE);
        backup->size = size;
    }
    free(piece);
    return status;
}

static enum hm_status seal_piece(int to,
                                 const char *path,
                                 struct hm_bytes piece,
                                 struct hm_buf *sealed,
                                 const struct hm_seal_secret *secret,
                                 const struct hm_env *env,
                                 struct hm_err *err)
{
    hm_buf_clear(sealed);
    hm_backup_put_size(sealed, piece.size + HM_SEAL_WITH_EXTRA);
    enum hm_status status = hm_seal_with(sealed, domain_body, piece, secret, env, err);
    return status != HM_OK ? status : hm_backup_put(to, hm_buf_bytes(sealed), path, err);
}

enum hm_status hm_backup_body_write(int to,
                                    const char *path,
                                    int from,
                                    const struct hm_seal_secret *secret,
                                    const struct hm_env *env,
                                    struct hm_err *err)
{
    struct hm_buf sealed;
    size_t got = HM_BACKUP_PIECE;
    uint8_t *piece = malloc(HM_BACKUP_PIECE);
    enum hm_status status = piece == NULL ? hm_fail_memory(err) : HM_OK;
    hm_buf_init(&sealed, SIZE_SIZE + SEALED_MAX);
    if (status == HM_OK) {
        status = rewind_file(from, path, err);
    }
    while (status == HM_OK && got == HM_BACKUP_PIECE) {
        status = hm_backup_get(from, piece, HM_BACKUP_PIECE, &got, path, err);
        if (status == HM_OK && got > 0) {
            status = seal_piece(to, path, (struct hm_bytes){piece, got}, &sealed, secret,
                                env, err);
        }
    }
    hm_buf_fini(&sealed);
    free(piece);
    return status;
}

/* The next piece, opened, in `plain`; empty at the end of the file. */
static enum hm_status open_piece(int from,
                                 const char *path,
                                 struct hm_buf *plain,
                                 uint8_t sealed[SEALED_MAX],
                                 const struct hm_seal_secret *secret,
                                 struct hm_err *err)
{
    uint8_t head[SIZE_SIZE];
    size_t got = 0;
    hm_buf_clear(plain);
    enum hm_status status = hm_backup_get(from, head, sizeof(head), &got, path, err);
    if (status != HM_OK || got == 0) {
        return status;
    }
    size_t size = hm_backup_get_size(head);
    if (got < sizeof(head) || size > SEALED_MAX || size <= HM_SEAL_WITH_EXTRA) {
        return hm_fail(err, HM_BAD_INPUT, "backup-broken", path, NULL, NULL);
    }
    status = hm_backup_get(from, sealed, size, &got, path, err);
    if (status != HM_OK) {
        return status;
    }
    if (got < size ||
        hm_seal_open_with(plain, domain_body, (struct hm_bytes){sealed, size}, secret,
                          NULL) != HM_OK) {
        return hm_fail(err, HM_BAD_INPUT, "backup-broken", path, NULL, NULL);
    }
    return HM_OK;
}

enum hm_status hm_backup_body_read(int to,
                                   const char *path,
                                   int from,
                                   const struct hm_backup *backup,
                                   const struct hm_seal_secret *secret,
                                   struct hm_err *err)
{
    struct hm_hash hash;
    struct hm_digest digest;
    struct hm_buf plain;
    uint64_t size = 0;
    uint8_t *sealed = malloc(SEALED_MAX);
    enum hm_status status = sealed == NULL ? hm_fail_memory(err) : HM_OK;
    hm_buf_init(&plain, HM_BACKUP_PIECE);
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    while (status == HM_OK) {
        status = open_piece(from, path, &plain, sealed, secret, err);
        if (status != HM_OK || plain.size == 0) {
            break;
        }
        hm_hash_put(&hash, hm_buf_bytes(&plain));
        size += plain.size;
        status = hm_backup_put(to, hm_buf_bytes(&plain), path, err);
    }
    hm_hash_end(&hash, digest.at, HM_DIGEST_SIZE);
    /* Each piece proved itself; this proves that all are there, in their order. */
    if (status == HM_OK &&
        (size != backup->size || !hm_digest_equal(&digest, &backup->digest))) {
        status = hm_fail(err, HM_BAD_INPUT, "backup-broken", path, NULL, NULL);
    }
    hm_buf_fini(&plain);
    free(sealed);
    return status;
}
