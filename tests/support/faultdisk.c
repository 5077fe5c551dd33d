/* SPDX-License-Identifier: Apache-2.0 */
#include "faultdisk.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"

/* A store of a history fits: what grows is copied. */
enum { FIRST = 256 * 1024 };

uint64_t hm_disk_random(struct hm_disk *disk)
{
    disk->random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = disk->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

enum hm_disk_fate hm_disk_fate(struct hm_disk *disk, enum hm_disk_op op)
{
    const struct hm_disk_plan *plan = &disk->plan[op];
    if (disk->off) {
        return HM_DISK_FAILS_BROKEN;
    }
    disk->count[op]++;
    if (disk->cut_at != 0 && hm_disk_count_all(disk) >= disk->cut_at) {
        disk->off = true;
        return HM_DISK_CUT;
    }
    bool fails = plan->at != 0 &&
                 (plan->on ? disk->count[op] >= plan->at : disk->count[op] == plan->at);
    if (!fails) {
        return HM_DISK_GOES;
    }
    bool full = plan->error == HM_DISK_FULL && op != HM_DISK_SYNC;
    return full ? HM_DISK_FAILS_FULL : HM_DISK_FAILS_BROKEN;
}

/* To `size`, with zeros up to `zeros`; what is beyond is the caller's to write. */
static bool image_grow(struct hm_image *image, size_t size, size_t zeros)
{
    if (size > image->capacity) {
        size_t capacity = image->capacity == 0 ? FIRST : image->capacity;
        while (capacity < size) {
            capacity *= 2;
        }
        uint8_t *data = realloc(image->data, capacity);
        if (data == NULL) {
            return false;
        }
        image->data = data;
        image->capacity = capacity;
    }
    if (zeros > image->size) {
        memset(image->data + image->size, 0, zeros - image->size);
    }
    image->size = size > image->size ? size : image->size;
    return true;
}

static bool image_put(struct hm_image *image, const void *data, size_t size, size_t at)
{
    if (!image_grow(image, at + size, at)) {
        return false;
    }
    if (size > 0) {
        memcpy(image->data + at, data, size);
    }
    return true;
}

static bool image_cut(struct hm_image *image, size_t size)
{
    if (size > image->size) {
        return image_grow(image, size, size);
    }
    image->size = size;
    return true;
}

static bool image_copy(struct hm_image *to, const struct hm_image *from)
{
    to->size = 0;
    return image_put(to, from->data, from->size, 0);
}

static bool add_doubt(struct hm_inode *inode, const void *data, size_t size, size_t at)
{
    struct hm_doubt *doubt = malloc(sizeof(*doubt));
    uint8_t *copy = data == NULL ? NULL : malloc(size + 1);
    if (doubt == NULL || (data != NULL && copy == NULL)) {
        free(copy);
        free(doubt);
        return false;
    }
    if (data != NULL) {
        memcpy(copy, data, size);
    }
    *doubt = (struct hm_doubt){.data = copy, .at = at, .size = size};
    *inode->last = doubt;
    inode->last = &doubt->next;
    return true;
}

static void clear_doubts(struct hm_inode *inode)
{
    struct hm_doubt *doubt = inode->first;
    while (doubt != NULL) {
        struct hm_doubt *next = doubt->next;
        free(doubt->data);
        free(doubt);
        doubt = next;
    }
    inode->first = NULL;
    inode->last = &inode->first;
}

bool hm_inode_write(struct hm_inode *inode, const void *data, size_t size, size_t at)
{
    size_t before = inode->now.size;
    if (!image_grow(&inode->now, at + size, at) || !add_doubt(inode, data, size, at)) {
        inode->now.size = before;
        return false;
    }
    return image_put(&inode->now, data, size, at);
}

bool hm_inode_truncate(struct hm_inode *inode, size_t size)
{
    size_t before = inode->now.size;
    if (!image_cut(&inode->now, size) || !add_doubt(inode, NULL, 0, size)) {
        inode->now.size = before;
        return false;
    }
    return true;
}

void hm_inode_doubt(struct hm_inode *inode, const void *data, size_t size, size_t at)
{
    (void)add_doubt(inode, data, size, at);
}

bool hm_inode_sync(struct hm_inode *inode)
{
    for (const struct hm_doubt *doubt = inode->first; doubt != NULL;
         doubt = doubt->next) {
        bool done = doubt->data == NULL
                        ? image_cut(&inode->durable, doubt->at)
                        : image_put(&inode->durable, doubt->data, doubt->size, doubt->at);
        if (!done) {
            return false; /* the list stays: done again from its start it ends the same */
        }
    }
    clear_doubts(inode);
    return true;
}

/* One piece of doubt: kept, dropped, or torn at a sector. */
static void settle(struct hm_disk *disk,
                   struct hm_inode *inode,
                   const struct hm_doubt *doubt)
{
    uint64_t draw = hm_disk_random(disk) % 4;
    size_t from = 0;
    size_t to = doubt->size;
    if (draw == 0) {
        return;
    }
    if (doubt->data == NULL) {
        bool done = image_cut(&inode->durable, doubt->at);
        HM_ASSERT(done);
        return;
    }
    if (draw == 1 && doubt->size > HM_DISK_SECTOR) {
        size_t sectors = (doubt->size + HM_DISK_SECTOR - 1) / HM_DISK_SECTOR;
        size_t tear = (1 + hm_disk_random(disk) % (sectors - 1)) * HM_DISK_SECTOR;
        /* Disks write a request in any order: either end may be missing. */
        if (hm_disk_random(disk) % 2 == 0) {
            to = tear;
        } else {
            from = tear;
        }
    }
    bool done =
        image_put(&inode->durable, doubt->data + from, to - from, doubt->at + from);
    HM_ASSERT(done);
}

static void settle_all(struct hm_disk *disk, struct hm_inode *inode)
{
    for (const struct hm_doubt *doubt = inode->first; doubt != NULL;
         doubt = doubt->next) {
        settle(disk, inode, doubt);
    }
    clear_doubts(inode);
}

void hm_inode_sync_failed(struct hm_disk *disk, struct hm_inode *inode)
{
    settle_all(disk, inode);
}

static struct hm_inode *make_inode(struct hm_disk *disk)
{
    struct hm_inode *inode = calloc(1, sizeof(*inode));
    if (inode != NULL) {
        inode->last = &inode->first;
        inode->next = disk->inodes;
        disk->inodes = inode;
    }
    return inode;
}

static struct hm_name *find_name(const struct hm_disk *disk, const char *path)
{
    for (struct hm_name *name = disk->names; name != NULL; name = name->next) {
        if (strcmp(name->path, path) == 0) {
            return name;
        }
    }
    return NULL;
}

struct hm_inode *hm_disk_find(struct hm_disk *disk, const char *path, bool make)
{
    struct hm_name *name = find_name(disk, path);
    if (name != NULL && (name->now != NULL || !make)) {
        return name->now;
    }
    if (!make || strlen(path) >= HM_DISK_PATH_MAX) {
        return NULL;
    }
    if (name == NULL) {
        name = calloc(1, sizeof(*name));
        if (name == NULL) {
            return NULL;
        }
        memcpy(name->path, path, strlen(path) + 1);
        name->next = disk->names;
        disk->names = name;
    }
    name->now = make_inode(disk);
    if (name->now != NULL) {
        name->now->names++;
    }
    return name->now;
}

static void free_regions(struct hm_inode *inode)
{
    for (size_t i = 0; i < inode->region_count; i++) {
        free(inode->regions[i]);
    }
    free(inode->regions);
    inode->regions = NULL;
    inode->region_count = 0;
}

static void free_inode(struct hm_inode *inode)
{
    clear_doubts(inode);
    free_regions(inode);
    free(inode->now.data);
    free(inode->durable.data);
    free(inode);
}

void hm_disk_release(struct hm_disk *disk, struct hm_inode *inode)
{
    if (inode->shm_open == 0) {
        free_regions(inode);
    }
    if (inode->names > 0 || inode->open > 0) {
        return;
    }
    for (struct hm_inode **at = &disk->inodes; *at != NULL; at = &(*at)->next) {
        if (*at == inode) {
            *at = inode->next;
            free_inode(inode);
            return;
        }
    }
}

/* Points one of a name's two inodes elsewhere. */
static void repoint(struct hm_disk *disk, struct hm_inode **at, struct hm_inode *to)
{
    struct hm_inode *from = *at;
    *at = to;
    if (to != NULL) {
        to->names++;
    }
    if (from != NULL) {
        from->names--;
        hm_disk_release(disk, from);
    }
}

void hm_disk_unlink(struct hm_disk *disk, const char *path)
{
    struct hm_name *name = find_name(disk, path);
    if (name != NULL) {
        repoint(disk, &name->now, NULL);
    }
}

void hm_disk_sync_folder(struct hm_disk *disk)
{
    for (struct hm_name *name = disk->names; name != NULL; name = name->next) {
        if (name->durable != name->now) {
            repoint(disk, &name->durable, name->now);
        }
    }
}

/* A file that was deleted and made again may be found old, new or not at all. */
static void settle_name(struct hm_disk *disk, struct hm_name *name, enum hm_crash crash)
{
    struct hm_inode *left = crash == HM_CRASH_KEEP ? name->now : name->durable;
    if (crash == HM_CRASH_MIX) {
        bool both = name->now != NULL && name->durable != NULL;
        uint64_t draw = hm_disk_random(disk) % (both ? 3 : 2);
        left = draw == 0 ? name->now : draw == 1 ? name->durable : NULL;
    }
    repoint(disk, &name->now, left);
    repoint(disk, &name->durable, left);
}

bool hm_disk_restart(struct hm_disk *disk, enum hm_crash crash)
{
    if (disk->open > 0) {
        return false;
    }
    for (struct hm_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (crash == HM_CRASH_MIX) {
            settle_all(disk, inode);
        } else if (crash == HM_CRASH_KEEP) {
            bool done = hm_inode_sync(inode);
            HM_ASSERT(done);
        }
        clear_doubts(inode);
        bool copied = image_copy(&inode->now, &inode->durable);
        HM_ASSERT(copied);
    }
    for (struct hm_name *name = disk->names; name != NULL; name = name->next) {
        if (name->now != name->durable) {
            settle_name(disk, name, crash);
        }
    }
    memset(disk->plan, 0, sizeof(disk->plan));
    disk->cut_at = 0;
    disk->off = false;
    return true;
}

uint64_t hm_disk_count(const struct hm_disk *disk, enum hm_disk_op op)
{
    return disk->count[op];
}

uint64_t hm_disk_count_all(const struct hm_disk *disk)
{
    uint64_t count = 0;
    for (int i = 0; i < HM_DISK_OP_COUNT; i++) {
        count += disk->count[i];
    }
    return count;
}

uint64_t hm_disk_bytes_written(const struct hm_disk *disk)
{
    return disk->bytes;
}

void hm_disk_fail(struct hm_disk *disk,
                  enum hm_disk_op op,
                  uint64_t nth,
                  enum hm_disk_error error,
                  bool on)
{
    disk->plan[op] = (struct hm_disk_plan){
        .at = nth == 0 ? 0 : disk->count[op] + nth, .error = error, .on = on};
}

void hm_disk_cut(struct hm_disk *disk, uint64_t nth)
{
    disk->cut_at = nth == 0 ? 0 : hm_disk_count_all(disk) + nth;
}

void hm_disk_cut_now(struct hm_disk *disk)
{
    disk->off = true;
}

bool hm_disk_is_off(const struct hm_disk *disk)
{
    return disk->off;
}

const uint8_t *hm_disk_file(const struct hm_disk *disk, const char *path, size_t *size)
{
    static const uint8_t empty[1];
    const struct hm_name *name = find_name(disk, path);
    if (name == NULL || name->now == NULL) {
        return NULL;
    }
    *size = name->now->now.size;
    return *size == 0 ? empty : name->now->now.data;
}

bool hm_disk_put_file(struct hm_disk *disk,
                      const char *path,
                      const uint8_t *data,
                      size_t size)
{
    struct hm_inode *inode = hm_disk_find(disk, path, true);
    struct hm_name *name = find_name(disk, path);
    if (inode == NULL || !hm_inode_truncate(inode, 0) ||
        !hm_inode_write(inode, data, size, 0) || !hm_inode_sync(inode)) {
        return false;
    }
    if (name->durable != name->now) {
        repoint(disk, &name->durable, name->now);
    }
    return true;
}

/* Frees everything but the disk itself: faultvfs.c made that. */
void hm_disk_clear(struct hm_disk *disk)
{
    while (disk->names != NULL) {
        struct hm_name *name = disk->names;
        disk->names = name->next;
        free(name);
    }
    while (disk->inodes != NULL) {
        struct hm_inode *inode = disk->inodes;
        disk->inodes = inode->next;
        free_inode(inode);
    }
}
