/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which parts of a device's file were taken, in their order: kept of the file that goes
 * on in another, until its last part was taken. What is kept is lost with what was taken,
 * if the server is.
 */
#include <stdio.h>

#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"
#include "hamlet/sync/serving.h"

enum { NAME_SIZE = HM_HEX16_SIZE + 8, KEPT_MAX = 64 };

static void name_of(char name[NAME_SIZE], const struct hm_file_part *part)
{
    char device[HM_HEX16_SIZE];
    hm_hex_put(device, hm_id_bytes(&part->device));
    (void)snprintf(name, NAME_SIZE, "parts %s", device);
}

/* The first part of this file that was not taken yet. */
static enum hm_status find_next(const struct hm_file_part *part,
                                struct hm_store *store,
                                uint64_t *next,
                                struct hm_err *err)
{
    char name[NAME_SIZE];
    struct hm_arena arena;
    struct hm_bytes kept = HM_NO_BYTES;
    struct hm_unpack in;
    *next = 1;
    name_of(name, part);
    hm_arena_init(&arena, HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_store_meta_get(store, name, &arena, &kept, err);
    if (status == HM_OK) {
        hm_unpack_init(&in, kept);
        struct hm_bytes bundle = hm_unpack_bytes(&in);
        uint64_t number = hm_unpack_uint(&in);
        bool same = !in.failed && hm_bytes_equal(bundle, hm_id_bytes(&part->bundle));
        *next = same ? number : 1;
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_file_part_find(struct hm_file_part *part,
                                 struct hm_store *store,
                                 struct hm_err *err)
{
    uint64_t next = 1;
    enum hm_status status = HM_OK;
    if (part->number > 1) {
        status = find_next(part, store, &next, err);
    }
    part->missing = next < part->number ? next : 0;
    part->waits = false;
    return status;
}

enum hm_status hm_file_part_taken(const struct hm_file_part *part,
                                  struct hm_store *store,
                                  bool more,
                                  struct hm_err *err)
{
    char name[NAME_SIZE];
    struct hm_buf kept;
    uint64_t next = 1;
    if (part->missing > 0 || (part->number == 1 && !more)) {
        return HM_OK;
    }
    enum hm_status status = find_next(part, store, &next, err);
    if (status != HM_OK || (more && next > part->number)) {
        return status;
    }
    name_of(name, part);
    hm_buf_init(&kept, KEPT_MAX);
    if (more) {
        hm_pack_bytes(&kept, hm_id_bytes(&part->bundle));
        hm_pack_uint(&kept, part->number + 1);
    }
    status = hm_buf_status(&kept, err);
    if (status == HM_OK) {
        status = hm_store_meta_put(store, name, hm_buf_bytes(&kept), err);
    }
    hm_buf_fini(&kept);
    return status;
}
