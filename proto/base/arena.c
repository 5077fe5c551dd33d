/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_FIRST = 4 * 1024,
    CHUNK_MAX = 256 * 1024,
    ALIGN = alignof(max_align_t),
    LIST_FIRST = 16
};

struct hm_arena_chunk {
    struct hm_arena_chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) uint8_t data[];
};

void hm_arena_init(struct hm_arena *arena, size_t max)
{
    *arena = (struct hm_arena){.max = max};
}

void hm_arena_fini(struct hm_arena *arena)
{
    struct hm_arena_chunk *chunk = arena->chunks;
    while (chunk != NULL) {
        struct hm_arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    *arena = (struct hm_arena){.max = arena->max};
}

void hm_arena_clear(struct hm_arena *arena)
{
    hm_arena_fini(arena);
}

/* Chunks double, so that a large request costs few calls and a small one little. */
static size_t chunk_size(const struct hm_arena *arena, size_t need)
{
#ifdef HM_ARENA_PLAIN
    (void)arena;
    return need;
#else
    size_t size = arena->chunks == NULL ? CHUNK_FIRST : arena->chunks->size * 2;
    size = size > CHUNK_MAX ? CHUNK_MAX : size;
    return need > size ? need : size;
#endif
}

static bool chunk_add(struct hm_arena *arena, size_t need)
{
    size_t size = chunk_size(arena, need);
    struct hm_arena_chunk *chunk = malloc(sizeof(*chunk) + size);
    if (chunk == NULL) {
        arena->failed = HM_NO_MEMORY;
        return false;
    }
    chunk->next = arena->chunks;
    chunk->used = 0;
    chunk->size = size;
    arena->chunks = chunk;
    return true;
}

void *hm_arena_get(struct hm_arena *arena, size_t size)
{
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct hm_arena_chunk *chunk = arena->chunks;
    if (arena->failed != HM_OK) {
        return NULL;
    }
    if (size > arena->max || need > arena->max - arena->used) {
        arena->failed = HM_TOO_BIG;
        return NULL;
    }
    if (chunk == NULL || need > chunk->size - chunk->used) {
        if (!chunk_add(arena, need == 0 ? ALIGN : need)) {
            return NULL;
        }
        chunk = arena->chunks;
    }
    void *piece = chunk->data + chunk->used;
    chunk->used += need;
    arena->used += need;
    return memset(piece, 0, size);
}

void *hm_arena_get_array(struct hm_arena *arena, size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total)) {
        arena->failed = HM_TOO_BIG;
        return NULL;
    }
    return hm_arena_get(arena, total);
}

void *hm_arena_grow(struct hm_arena *arena,
                    void *list,
                    size_t count,
                    size_t *capacity,
                    size_t size)
{
    if (count < *capacity) {
        return list;
    }
    size_t wanted = *capacity == 0 ? LIST_FIRST : *capacity * 2;
    void *more = hm_arena_get_array(arena, wanted, size);
    if (more != NULL && count > 0) {
        memcpy(more, list, count * size);
    }
    *capacity = more == NULL ? *capacity : wanted;
    return more;
}

struct hm_bytes hm_arena_copy(struct hm_arena *arena, struct hm_bytes bytes)
{
    uint8_t *copy = hm_arena_get(arena, bytes.size);
    if (copy == NULL) {
        return HM_NO_BYTES;
    }
    if (bytes.size > 0) {
        memcpy(copy, bytes.data, bytes.size);
    }
    return (struct hm_bytes){copy, bytes.size};
}

char *hm_arena_copy_text(struct hm_arena *arena, struct hm_bytes text)
{
    char *copy = hm_arena_get(arena, text.size + 1);
    if (copy != NULL && text.size > 0) {
        memcpy(copy, text.data, text.size);
    }
    return copy;
}

/* The chunks go behind the first one, which is the one that pieces are taken from. */
void hm_arena_join(struct hm_arena *arena, struct hm_arena *from)
{
    struct hm_arena_chunk *last = from->chunks;
    if (last != NULL) {
        while (last->next != NULL) {
            last = last->next;
        }
        if (arena->chunks == NULL) {
            arena->chunks = from->chunks;
        } else {
            last->next = arena->chunks->next;
            arena->chunks->next = from->chunks;
        }
        arena->used =
            arena->used + from->used > arena->max ? arena->max : arena->used + from->used;
    }
    *from = (struct hm_arena){.max = from->max};
}

enum hm_status hm_arena_status(const struct hm_arena *arena, struct hm_err *err)
{
    if (arena->failed == HM_TOO_BIG) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    return arena->failed == HM_OK ? HM_OK : hm_fail_memory(err);
}
