/* SPDX-License-Identifier: Apache-2.0 */
#include "faultvfs.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "faultdisk.h"

struct hm_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *system; /* for time and randomness */
    char name[64];
};

struct file {
    sqlite3_file base;
    struct hm_disk *disk;
    struct hm_inode *inode;
    int lock;         /* SQLITE_LOCK_… */
    bool sync_folder; /* its name is to be durable with its content */
    bool sharing;     /* of shared memory */
    bool temporary;
    unsigned shm_shared; /* bits: the locks that it holds */
    unsigned shm_exclusive;
};

static struct file *opened(sqlite3_file *base)
{
    return (struct file *)base;
}

static struct hm_disk *disk_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int unlock(struct file *file, int lock)
{
    struct hm_inode *inode = file->inode;
    if (file->lock >= SQLITE_LOCK_RESERVED && lock < SQLITE_LOCK_RESERVED) {
        inode->reserved = false;
        inode->pending = false;
        inode->exclusive = false;
    }
    if (file->lock >= SQLITE_LOCK_SHARED && lock < SQLITE_LOCK_SHARED) {
        inode->shared--;
    }
    file->lock = lock < file->lock ? lock : file->lock;
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *base, int lock)
{
    return unlock(opened(base), lock);
}

/* The five states of SQLite's file locks, between the connections of this process. */
static int file_lock(sqlite3_file *base, int lock)
{
    struct file *file = opened(base);
    struct hm_inode *inode = file->inode;
    if (file->lock >= lock) {
        return SQLITE_OK;
    }
    if (lock == SQLITE_LOCK_SHARED) {
        if (inode->pending || inode->exclusive) {
            return SQLITE_BUSY;
        }
        inode->shared++;
    } else if (lock == SQLITE_LOCK_RESERVED) {
        if (inode->reserved) {
            return SQLITE_BUSY;
        }
        inode->reserved = true;
    } else {
        if (file->lock < SQLITE_LOCK_RESERVED && inode->reserved) {
            return SQLITE_BUSY;
        }
        inode->reserved = true; /* a hot journal is played back from SHARED */
        inode->pending = true;
        file->lock = SQLITE_LOCK_PENDING;
        if (inode->shared > 1) {
            return SQLITE_BUSY;
        }
        inode->exclusive = true;
    }
    file->lock = lock;
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *base, int *held)
{
    *held = opened(base)->inode->reserved;
    return SQLITE_OK;
}

static int shm_unmap(sqlite3_file *base, int forget)
{
    struct file *file = opened(base);
    struct hm_inode *inode = file->inode;
    (void)forget;
    if (!file->sharing) {
        return SQLITE_OK;
    }
    for (int i = 0; i < HM_DISK_SHM_LOCKS; i++) {
        inode->shm_locks[i] -= (int)(file->shm_shared >> i & 1U);
        if ((file->shm_exclusive >> i & 1U) != 0) {
            inode->shm_locks[i] = 0;
        }
    }
    file->shm_shared = 0;
    file->shm_exclusive = 0;
    file->sharing = false;
    inode->shm_open--;
    hm_disk_release(file->disk, inode);
    return SQLITE_OK;
}

static int file_close(sqlite3_file *base)
{
    struct file *file = opened(base);
    (void)shm_unmap(base, 0);
    (void)unlock(file, SQLITE_LOCK_NONE);
    file->inode->open--;
    file->disk->open--;
    hm_disk_release(file->disk, file->inode);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *to, int size, sqlite3_int64 offset)
{
    const struct file *file = opened(base);
    const struct hm_image *image = &file->inode->now;
    size_t at = (size_t)offset;
    size_t wanted = (size_t)size;
    if (file->disk->off) {
        return SQLITE_IOERR_READ;
    }
    size_t there = at >= image->size ? 0 : image->size - at;
    size_t got = there < wanted ? there : wanted;
    if (got > 0) {
        memcpy(to, image->data + at, got);
    }
    memset((uint8_t *)to + got, 0, wanted - got);
    return got == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/* The whole sectors that a disk may have taken before it failed. */
static size_t part_of(struct hm_disk *disk, size_t size)
{
    size_t sectors = size / HM_DISK_SECTOR;
    return sectors == 0 ? 0 : hm_disk_random(disk) % sectors * HM_DISK_SECTOR;
}

static int file_write(sqlite3_file *base, const void *data, int size, sqlite3_int64 at)
{
    struct file *file = opened(base);
    size_t count = (size_t)size;
    if (file->temporary) {
        bool done = hm_inode_write(file->inode, data, count, (size_t)at);
        return done ? SQLITE_OK : SQLITE_IOERR_NOMEM;
    }
    enum hm_disk_fate fate = hm_disk_fate(file->disk, HM_DISK_WRITE);
    if (fate == HM_DISK_CUT) {
        hm_inode_doubt(file->inode, data, count, (size_t)at);
        return SQLITE_IOERR_WRITE;
    }
    if (fate != HM_DISK_GOES) {
        if (!file->disk->off) {
            (void)hm_inode_write(file->inode, data, part_of(file->disk, count),
                                 (size_t)at);
        }
        return fate == HM_DISK_FAILS_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    if (!hm_inode_write(file->inode, data, count, (size_t)at)) {
        return SQLITE_IOERR_NOMEM;
    }
    file->disk->bytes += count;
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = opened(base);
    enum hm_disk_fate fate =
        file->temporary ? HM_DISK_GOES : hm_disk_fate(file->disk, HM_DISK_TRUNCATE);
    if (fate == HM_DISK_CUT) {
        hm_inode_doubt(file->inode, NULL, 0, (size_t)size);
    }
    if (fate != HM_DISK_GOES) {
        return SQLITE_IOERR_TRUNCATE;
    }
    return hm_inode_truncate(file->inode, (size_t)size) ? SQLITE_OK : SQLITE_IOERR_NOMEM;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct file *file = opened(base);
    (void)flags;
    if (file->temporary) {
        return SQLITE_OK;
    }
    enum hm_disk_fate fate = hm_disk_fate(file->disk, HM_DISK_SYNC);
    if (fate != HM_DISK_GOES) {
        if (!file->disk->off) {
            hm_inode_sync_failed(file->disk, file->inode);
        }
        return SQLITE_IOERR_FSYNC;
    }
    if (!hm_inode_sync(file->inode)) {
        return SQLITE_IOERR_NOMEM;
    }
    if (file->sync_folder) {
        hm_disk_sync_folder(file->disk);
        file->sync_folder = false;
    }
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    const struct file *file = opened(base);
    *size = (sqlite3_int64)file->inode->now.size;
    return file->disk->off ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int file_control(sqlite3_file *base, int op, void *argument)
{
    (void)base;
    (void)op;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *base)
{
    (void)base;
    return 4096; /* as the system's VFS says, though we tear at 512 */
}

static int characteristics(sqlite3_file *base)
{
    (void)base;
    /* As the system's: a torn write never harms what lies beside it. */
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *base,
                   int region,
                   int size,
                   int extend,
                   void volatile **at)
{
    struct file *file = opened(base);
    struct hm_inode *inode = file->inode;
    size_t index = (size_t)region;
    *at = NULL;
    if (!file->sharing) {
        file->sharing = true;
        inode->shm_open++;
    }
    if (index >= inode->region_count && extend == 0) {
        return SQLITE_OK;
    }
    while (index >= inode->region_count) {
        uint8_t **regions =
            realloc(inode->regions, (inode->region_count + 1) * sizeof(*regions));
        if (regions == NULL) {
            return SQLITE_IOERR_NOMEM;
        }
        inode->regions = regions;
        regions[inode->region_count] = calloc(1, (size_t)size);
        if (regions[inode->region_count] == NULL) {
            return SQLITE_IOERR_NOMEM;
        }
        inode->region_count++;
    }
    *at = inode->regions[index];
    return SQLITE_OK;
}

static int shm_take(struct file *file, unsigned mask, bool exclusive)
{
    int *locks = file->inode->shm_locks;
    for (int i = 0; i < HM_DISK_SHM_LOCKS; i++) {
        bool wanted = (mask >> i & 1U) != 0;
        bool mine = ((file->shm_shared | file->shm_exclusive) >> i & 1U) != 0;
        if (wanted && !mine && (exclusive ? locks[i] != 0 : locks[i] < 0)) {
            return SQLITE_BUSY;
        }
    }
    for (int i = 0; i < HM_DISK_SHM_LOCKS; i++) {
        bool mine = ((file->shm_shared | file->shm_exclusive) >> i & 1U) != 0;
        if ((mask >> i & 1U) != 0 && !mine) {
            locks[i] = exclusive ? -1 : locks[i] + 1;
        }
    }
    if (exclusive) {
        file->shm_exclusive |= mask;
    } else {
        file->shm_shared |= mask;
    }
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *base, int first, int count, int flags)
{
    struct file *file = opened(base);
    unsigned mask = ((1U << count) - 1U) << first;
    bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if ((flags & SQLITE_SHM_LOCK) != 0) {
        return shm_take(file, mask, exclusive);
    }
    for (int i = 0; i < HM_DISK_SHM_LOCKS; i++) {
        if (((file->shm_exclusive & mask) >> i & 1U) != 0) {
            file->inode->shm_locks[i] = 0;
        } else if (((file->shm_shared & mask) >> i & 1U) != 0) {
            file->inode->shm_locks[i]--;
        }
    }
    file->shm_exclusive &= ~mask;
    file->shm_shared &= ~mask;
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *base)
{
    (void)base;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* The inode to open; a new name is an operation of the disk. */
static int find_inode(struct hm_disk *disk,
                      const char *path,
                      int flags,
                      struct hm_inode **inode)
{
    *inode = hm_disk_find(disk, path, false);
    if (disk->off) {
        return SQLITE_CANTOPEN;
    }
    if (*inode != NULL) {
        return SQLITE_OK;
    }
    if ((flags & SQLITE_OPEN_CREATE) == 0) {
        return SQLITE_CANTOPEN;
    }
    enum hm_disk_fate fate = hm_disk_fate(disk, HM_DISK_NAME);
    if (fate != HM_DISK_GOES) {
        return fate == HM_DISK_FAILS_FULL ? SQLITE_FULL : SQLITE_CANTOPEN;
    }
    *inode = hm_disk_find(disk, path, true);
    return *inode == NULL ? SQLITE_IOERR_NOMEM : SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *vfs,
                    const char *path,
                    sqlite3_file *base,
                    int flags,
                    int *out_flags)
{
    static const int kept_with_folder =
        SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    struct file *file = opened(base);
    struct hm_disk *disk = disk_of(vfs);
    struct hm_inode *inode = NULL;
    *file = (struct file){.disk = disk, .temporary = path == NULL};
    int code = find_inode(disk, path == NULL ? "(temporary)" : path,
                          path == NULL ? SQLITE_OPEN_CREATE : flags, &inode);
    if (code != SQLITE_OK) {
        return code;
    }
    file->inode = inode;
    /* Whether it was made here or lay there: so the system's VFS has it. */
    file->sync_folder =
        (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kept_with_folder) != 0;
    file->base.pMethods = &methods;
    inode->open++;
    disk->open++;
    if (path == NULL) {
        hm_disk_unlink(disk, "(temporary)");
    }
    if (out_flags != NULL) {
        *out_flags = flags;
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    struct hm_disk *disk = disk_of(vfs);
    if (disk->off) {
        return SQLITE_IOERR_DELETE;
    }
    if (hm_disk_find(disk, path, false) == NULL) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    enum hm_disk_fate fate = hm_disk_fate(disk, HM_DISK_NAME);
    if (fate == HM_DISK_CUT) {
        hm_disk_unlink(disk, path); /* nobody saw it, it may be so all the same */
    }
    if (fate != HM_DISK_GOES) {
        return SQLITE_IOERR_DELETE;
    }
    hm_disk_unlink(disk, path);
    if (sync_folder != 0) {
        hm_disk_sync_folder(disk);
    }
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result)
{
    struct hm_disk *disk = disk_of(vfs);
    const struct hm_inode *inode = hm_disk_find(disk, path, false);
    bool empty = inode != NULL && inode->now.size == 0;
    /* As the system's: what is there and empty was not made yet. */
    *result = inode != NULL && !(flags == SQLITE_ACCESS_EXISTS && empty);
    return disk->off ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *path, int size, char *to)
{
    size_t length = strlen(path);
    (void)vfs;
    if (length >= (size_t)size || length + sizeof("-journal") > HM_DISK_PATH_MAX) {
        return SQLITE_CANTOPEN;
    }
    memcpy(to, path, length + 1);
    return SQLITE_OK;
}

static sqlite3_vfs *system_of(sqlite3_vfs *vfs)
{
    return ((struct hm_vfs *)vfs)->system;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *to)
{
    return system_of(vfs)->xRandomness(system_of(vfs), size, to);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds; /* nobody else will let go of a lock meanwhile */
}

static int vfs_time(sqlite3_vfs *vfs, double *days)
{
    return system_of(vfs)->xCurrentTime(system_of(vfs), days);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *to)
{
    (void)vfs;
    (void)size;
    (void)to;
    return 0;
}

static const sqlite3_vfs model = {
    .iVersion = 1,
    .szOsFile = (int)sizeof(struct file),
    .mxPathname = HM_DISK_PATH_MAX,
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_pathname,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_time,
    .xGetLastError = vfs_last_error,
};

struct hm_disk *hm_disk_new(const char *name, uint64_t seed)
{
    struct hm_disk *disk = calloc(1, sizeof(*disk));
    struct hm_vfs *vfs = calloc(1, sizeof(*vfs));
    if (disk == NULL || vfs == NULL || strlen(name) >= sizeof(vfs->name)) {
        goto out;
    }
    memcpy(vfs->name, name, strlen(name) + 1);
    vfs->base = model;
    vfs->base.zName = vfs->name;
    vfs->base.pAppData = disk;
    vfs->system = sqlite3_vfs_find(NULL);
    if (vfs->system == NULL || sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK) {
        goto out;
    }
    disk->vfs = vfs;
    disk->random = seed;
    return disk;
out:
    free(vfs);
    free(disk);
    return NULL;
}

void hm_disk_free(struct hm_disk *disk)
{
    if (disk != NULL) {
        (void)sqlite3_vfs_unregister(&disk->vfs->base);
        hm_disk_clear(disk);
        free(disk->vfs);
        free(disk);
    }
}

const char *hm_disk_vfs(const struct hm_disk *disk)
{
    return disk->vfs->name;
}

struct hm_disk *hm_disk_copy(const struct hm_disk *disk, const char *name, uint64_t seed)
{
    struct hm_disk *copy = hm_disk_new(name, seed);
    for (const struct hm_name *at = disk->names; copy != NULL && at != NULL;
         at = at->next) {
        if (at->now != NULL &&
            !hm_disk_put_file(copy, at->path, at->now->now.data, at->now->now.size)) {
            hm_disk_free(copy);
            copy = NULL;
        }
    }
    return copy;
}
