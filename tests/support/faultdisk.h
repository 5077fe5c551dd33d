/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faultdisk.h - the disk itself: inodes, names and what is in doubt. Private to
 * tests/support; faultvfs.h is the manual.
 */
#ifndef TESTS_SUPPORT_FAULTDISK_H
#define TESTS_SUPPORT_FAULTDISK_H

#include "faultvfs.h"

enum { HM_DISK_PATH_MAX = 256, HM_DISK_SECTOR = 512, HM_DISK_SHM_LOCKS = 8 };

struct hm_image {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

/* A write (data not null) or a truncation to `at` that no sync has made durable. */
struct hm_doubt {
    struct hm_doubt *next;
    uint8_t *data;
    size_t at;
    size_t size;
};

struct hm_inode {
    struct hm_inode *next;
    size_t names; /* in the two folders: what can be read, what is durable */
    size_t open;
    struct hm_image now;
    struct hm_image durable;
    struct hm_doubt *first; /* in order */
    struct hm_doubt **last;

    /* SQLite's locks on it, and its WAL's shared memory */
    size_t shared;
    bool reserved;
    bool pending;
    bool exclusive;
    uint8_t **regions;
    size_t region_count;
    size_t region_size;
    size_t shm_open;
    int shm_locks[HM_DISK_SHM_LOCKS]; /* -1: exclusive, else how many share it */
};

struct hm_name {
    struct hm_name *next;
    char path[HM_DISK_PATH_MAX];
    struct hm_inode *now;     /* null: there is none */
    struct hm_inode *durable; /* null: there was none when the folder was synced */
};

struct hm_disk_plan {
    uint64_t at; /* the count at which it happens; 0: never */
    enum hm_disk_error error;
    bool on;
};

struct hm_disk {
    struct hm_inode *inodes;
    struct hm_name *names;
    uint64_t random;
    bool off;
    size_t open;
    uint64_t count[HM_DISK_OP_COUNT];
    uint64_t bytes;
    uint64_t cut_at; /* of all operations; 0: never */
    struct hm_disk_plan plan[HM_DISK_OP_COUNT];
    struct hm_vfs *vfs; /* of faultvfs.c */
};

/* What becomes of an operation that is about to be done. */
enum hm_disk_fate { HM_DISK_GOES, HM_DISK_FAILS_FULL, HM_DISK_FAILS_BROKEN, HM_DISK_CUT };
enum hm_disk_fate hm_disk_fate(struct hm_disk *disk, enum hm_disk_op op);
uint64_t hm_disk_random(struct hm_disk *disk);

/* Frees all files and names; the disk itself is its maker's. */
void hm_disk_clear(struct hm_disk *disk);

/* The inode of a path; `make`: a new one where there is none. Null: none, or memory. */
struct hm_inode *hm_disk_find(struct hm_disk *disk, const char *path, bool make);
/* Take the name away; the inode stays as long as it is open. */
void hm_disk_unlink(struct hm_disk *disk, const char *path);
void hm_disk_sync_folder(struct hm_disk *disk);
/* Nothing opens it any more: an inode without names goes. */
void hm_disk_release(struct hm_disk *disk, struct hm_inode *inode);

/* False: out of memory, nothing was done. */
bool hm_inode_write(struct hm_inode *inode, const void *data, size_t size, size_t at);
bool hm_inode_truncate(struct hm_inode *inode, size_t size);
/* An operation that the power cut short: in doubt, though it was never seen. */
void hm_inode_doubt(struct hm_inode *inode, const void *data, size_t size, size_t at);
bool hm_inode_sync(struct hm_inode *inode);
/* A sync that failed: what was in doubt is durable now, or lost at the next cut. */
void hm_inode_sync_failed(struct hm_disk *disk, struct hm_inode *inode);

#endif
