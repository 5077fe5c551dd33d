/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backup_file.h - a whole server in one file that only the recovery key opens.
 *
 * Owner:   daemon/server/backup_file.c (head), backup_body.c (the store)
 * Threads: no shared state
 * Errors:  what is wrong with a file that is read is HM_BAD_INPUT "backup-broken", a
 *          newer version HM_UNCONFIGURED "backup-newer"
 *
 * Format:
 *
 *     "hamlet-backup-1\n"
 *     size of the head, 4 bytes, the highest first
 *     head, packed (base/pack.h):
 *         raw16 server   uint incarnation   int time   text version of the program
 *         raw32 public half of the recovery key
 *         bytes sealed keys: hm_seal_to that key, domain "hamlet-backup-keys-1", of
 *             raw32 seed of the server   raw32 key of the body   bytes TLS key
 *         list of files: text name, bytes content   (tls.crt, config.json, kinds/…)
 *         uint size of the store   raw32 H32 of the store
 *     the server's signature of the head, domain "hamlet-backup-1"
 *     body: the store in pieces of up to 64 KiB, each as its size as sealed, 4 bytes, and
 *         hm_seal_with the key of the body, domain "hamlet-backup-store-1"
 *
 * The signature ties the store to the keys: whoever has the file but not the recovery key
 * can neither read nor change it so that laptops would trust what is restored from it.
 */
#ifndef DAEMON_SERVER_BACKUP_FILE_H
#define DAEMON_SERVER_BACKUP_FILE_H

#include "hamlet/base/arena.h"
#include "hamlet/base/env.h"
#include "hamlet/base/seal.h"
#include "hamlet/base/sign.h"

enum {
    HM_BACKUP_FILES_MAX = 200,
    HM_BACKUP_PIECE = 64 * 1024,
    HM_BACKUP_HEAD_MAX = 16 * 1024 * 1024,
    HM_BACKUP_SEED_SIZE = 32
};

struct hm_backup_part {
    const char *name; /* below the data folder */
    struct hm_bytes content;
};

struct hm_backup {
    struct hm_id server;
    uint64_t incarnation;
    struct hm_wall time;
    struct hm_bytes version;
    struct hm_seal_key recovery;
    const struct hm_backup_part *parts;
    size_t part_count;
    uint64_t size; /* of the store */
    struct hm_digest digest;
};

/* What only the recovery key opens; wipe with hm_backup_keys_wipe. */
struct hm_backup_keys {
    uint8_t seed[HM_BACKUP_SEED_SIZE];
    struct hm_seal_secret body;
    struct hm_buf tls;
};

void hm_backup_keys_init(struct hm_backup_keys *keys);
void hm_backup_keys_wipe(struct hm_backup_keys *keys);

/* Append everything before the body, signed. */
HM_CHECKED enum hm_status hm_backup_head_put(struct hm_buf *buf,
                                             const struct hm_backup *backup,
                                             const struct hm_backup_keys *keys,
                                             const struct hm_secret *secret,
                                             const struct hm_env *env,
                                             struct hm_err *err);

/*
 * Read everything before the body from the beginning of `fd`, which then stands at the
 * body, and open the keys with the recovery key's `seed`. All comes from `arena` but the
 * keys, which are initialised.
 * HM_BAD_INPUT  also: recovery-other, it was sealed to another recovery key
 */
HM_CHECKED enum hm_status hm_backup_head_read(struct hm_backup *backup,
                                              struct hm_backup_keys *keys,
                                              int fd,
                                              const char *path,
                                              const uint8_t seed[32],
                                              struct hm_arena *arena,
                                              struct hm_err *err);

/* Size and digest of the store in the file `fd`, read from its beginning. */
HM_CHECKED enum hm_status hm_backup_measure(struct hm_backup *backup,
                                            int fd,
                                            const char *path,
                                            struct hm_err *err);

/* The store in `from`, from its beginning, sealed and appended to `to`. */
HM_CHECKED enum hm_status hm_backup_body_write(int to,
                                               const char *path,
                                               int from,
                                               const struct hm_seal_secret *secret,
                                               const struct hm_env *env,
                                               struct hm_err *err);

/*
 * The body at which `from` stands, opened and appended to `to`. What has been written is
 * to be thrown away after a failure.
 */
HM_CHECKED enum hm_status hm_backup_body_read(int to,
                                              const char *path,
                                              int from,
                                              const struct hm_backup *backup,
                                              const struct hm_seal_secret *secret,
                                              struct hm_err *err);

/* Shared: all of it, or HM_IO with errno's reason. `path` is for the error. */
HM_CHECKED enum hm_status hm_backup_put(int fd,
                                        struct hm_bytes bytes,
                                        const char *path,
                                        struct hm_err *err);
/* Up to `size` bytes, less only at the end of the file. */
HM_CHECKED enum hm_status hm_backup_get(int fd,
                                        uint8_t *to,
                                        size_t size,
                                        size_t *got,
                                        const char *path,
                                        struct hm_err *err);
void hm_backup_put_size(struct hm_buf *buf, size_t size);
size_t hm_backup_get_size(const uint8_t at[4]);

#endif
