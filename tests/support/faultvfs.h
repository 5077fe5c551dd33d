/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faultvfs.h - a disk in memory that fails and forgets as disks do, as a VFS of SQLite.
 *
 * Owner:   the test; one disk for each simulated machine
 * Threads: one
 * Errors:  what SQLite's own VFS would give; out of memory is SQLITE_IOERR_NOMEM
 *
 * WHAT IS ON THE DISK. A file is an inode; a name points to it. What is written can be
 * read at once, and is *durable* only when the file was synced after it. A name that was
 * made, or taken away, is durable when the folder was synced after it: SQLite does that
 * when it syncs a new journal or WAL for the first time, and when it deletes with
 * `synchronous=EXTRA`. A file that is deleted and made again is a new inode.
 *
 * WHEN THE POWER GOES, everything that is not durable is in doubt: each write, truncation
 * and name is by itself kept, dropped or, if it is a write, torn between two sectors of
 * 512 bytes. Which, the seed of the disk decides. hm_disk_restart makes what is left the
 * disk's content; everything is durable then.
 *
 * AFTER A SYNC THAT FAILED what it should have written is kept or lost (the kernel marks
 * it clean either way): it is read back as written as long as the power stays on, and no
 * later sync brings it to the disk.
 *
 * Locks and shared memory work between all connections to a disk in this process, so WAL
 * works as on a real disk, with readers beside the writer; with `locking_mode=EXCLUSIVE`
 * it does without shared memory. Locks are those of rollback journals else. The clock and
 * randomness of a VFS, which SQLite hardly uses, are the system's.
 *
 *     struct hm_disk *disk = hm_disk_new("laptop-3", seed);
 *     hm_store_open(&store, "store.db", HM_STORE_LAPTOP, true, kinds, env,
 *                   hm_disk_vfs(disk), &err);
 *     hm_disk_cut(disk, 17);          the power goes at the 17th operation from now
 *     … every call fails with HM_IO from there on …
 *     hm_store_close(store);
 *     hm_disk_restart(disk, HM_CRASH_MIX);
 *     hm_store_open(… again …);
 *     hm_store_close(store);
 *     hm_disk_free(disk);
 */
#ifndef TESTS_SUPPORT_FAULTVFS_H
#define TESTS_SUPPORT_FAULTVFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hm_disk;

/*
 * An empty disk, registered with SQLite under `name`, which no other disk has. Null: out
 * of memory. Everything that is open on a disk must be closed before it is freed.
 */
struct hm_disk *hm_disk_new(const char *name, uint64_t seed);
void hm_disk_free(struct hm_disk *disk); /* does nothing on null */

/* The name to open with. */
const char *hm_disk_vfs(const struct hm_disk *disk);

/*
 * A second disk with the same files as they can be read now, all durable: what a backup
 * or a clone takes. Nothing is open on it. Null: out of memory.
 */
struct hm_disk *hm_disk_copy(const struct hm_disk *disk, const char *name, uint64_t seed);

/* What may fail; hm_disk_cut counts all of these as one row of operations. */
enum hm_disk_op {
    HM_DISK_WRITE,
    HM_DISK_TRUNCATE,
    HM_DISK_SYNC, /* of a file; a folder's sync belongs to the one that causes it */
    HM_DISK_NAME, /* a file is made or deleted */
    HM_DISK_OP_COUNT
};

/* How many were begun since the disk was made, failed ones too. */
uint64_t hm_disk_count(const struct hm_disk *disk, enum hm_disk_op op);
uint64_t hm_disk_count_all(const struct hm_disk *disk);
uint64_t hm_disk_bytes_written(const struct hm_disk *disk);

/* What the failing operation says; of a write some sectors may have been written. */
enum hm_disk_error { HM_DISK_FULL, HM_DISK_BROKEN };

/*
 * The `nth` operation of this kind from now on fails, counted from 1; with `on`, all
 * after it as well. 0: none any more. A sync cannot say that the disk is full, so it
 * fails as broken.
 */
void hm_disk_fail(struct hm_disk *disk,
                  enum hm_disk_op op,
                  uint64_t nth,
                  enum hm_disk_error error,
                  bool on);

/* The power goes at the `nth` operation of any kind from now on, before it is done. */
void hm_disk_cut(struct hm_disk *disk, uint64_t nth);
/* It goes now. All calls fail until the restart; open files can be closed. */
void hm_disk_cut_now(struct hm_disk *disk);
bool hm_disk_is_off(const struct hm_disk *disk);

/* What becomes of that which is in doubt. */
enum hm_crash {
    HM_CRASH_DROP, /* all of it is lost: the most that can be lost */
    HM_CRASH_KEEP, /* nothing is lost: a process that is killed */
    HM_CRASH_MIX   /* the seed decides, piece by piece */
};

/*
 * Power on again, whether it was off or not. False: files are still open, nothing was
 * done. Failures that were asked for are forgotten.
 */
bool hm_disk_restart(struct hm_disk *disk, enum hm_crash crash);

/*
 * A file as it can be read now; null if there is none. Borrowed until the next operation.
 */
const uint8_t *hm_disk_file(const struct hm_disk *disk, const char *path, size_t *size);
/* Make a file, or put other bytes into it, durable at once. False: out of memory. */
bool hm_disk_put_file(struct hm_disk *disk,
                      const char *path,
                      const uint8_t *data,
                      size_t size);

#endif
