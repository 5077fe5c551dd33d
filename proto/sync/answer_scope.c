/* SPDX-License-Identifier: Apache-2.0 */
#include "answer_scope.h"

#include <stdlib.h>

#include "hamlet/store/buckets.h"
#include "hamlet/store/registry.h"

static int by_full_name(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct hm_part *)a)->full,
                            ((const struct hm_part *)b)->full);
}

static uint64_t asked_for(const struct hm_serving *serving, struct hm_bytes name)
{
    if (!serving->pages_count || serving->request.incarnation == 0) {
        return 0;
    }
    for (size_t i = 0; i < serving->request.bucket_count; i++) {
        if (hm_bytes_equal(serving->request.buckets[i].name, name)) {
            return serving->request.buckets[i].n;
        }
    }
    return 0;
}

enum hm_status hm_parts_find(struct hm_part **parts,
                             size_t *part_count,
                             struct hm_serving *serving,
                             struct hm_store *store,
                             struct hm_err *err)
{
    struct hm_arena *arena = &serving->arena;
    struct hm_bytes *scope = NULL;
    size_t count = 0;
    char *mailbox = hm_arena_get(arena, HM_MAILBOX_SIZE);
    enum hm_status status =
        hm_store_scope(store, &serving->request.device, &scope, &count, arena, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_part *list = hm_arena_get_array(arena, count + 1, sizeof(*list));
    if (list == NULL || mailbox == NULL) {
        return hm_arena_status(arena, err);
    }
    hm_mailbox_name(mailbox, &serving->request.device);
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct hm_part){.name = scope[i], .full = scope[i]};
    }
    list[count] = (struct hm_part){.name = hm_text("@"), .full = hm_text(mailbox)};
    count++;
    qsort(list, count, sizeof(*list), by_full_name);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        list[i].asked = asked_for(serving, list[i].name);
        list[i].sent = list[i].asked;
        status = hm_store_bucket_n(store, list[i].full, &list[i].n, err);
    }
    *parts = list;
    *part_count = count;
    return status;
}

bool hm_parts_same(const struct hm_part *parts,
                   size_t count,
                   const struct hm_request *request)
{
    if (request->bucket_count != count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; k < request->bucket_count && !found; k++) {
            found = hm_bytes_equal(request->buckets[k].name, parts[i].name);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

enum hm_status hm_parts_move_reader(const struct hm_part *parts,
                                    size_t count,
                                    struct hm_serving *serving,
                                    struct hm_err *err)
{
    struct hm_file_reader *reader = serving->reader_of_file;
    struct hm_bucket_state *buckets =
        hm_arena_get_array(&serving->arena, count, sizeof(*buckets));
    enum hm_status status = hm_arena_status(&serving->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        buckets[i] = (struct hm_bucket_state){.name = parts[i].name, .n = parts[i].sent};
        serving->more = serving->more || parts[i].sent < parts[i].n;
    }
    if (status == HM_OK) {
        reader->buckets = buckets;
        reader->bucket_count = count;
        reader->incarnation = serving->self.incarnation;
    }
    return status;
}
