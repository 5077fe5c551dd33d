/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that is released all at once: one request, one page, one command.
 *
 * Owner:   proto/base/arena.c; layer 0
 * Threads: an arena belongs to one thread at a time
 * Errors:  null when the cap is reached or memory ran out; hm_arena_status says which
 *
 * Everything is zeroed and aligned for any type. With HM_ARENA_PLAIN (sanitizer builds)
 * each piece is its own malloc, so that an overrun is seen.
 */
#ifndef HAMLET_BASE_ARENA_H
#define HAMLET_BASE_ARENA_H

#include "hamlet/base/bytes.h"
#include "hamlet/base/err.h"

struct hm_arena_chunk;

struct hm_arena {
    struct hm_arena_chunk *chunks;
    size_t used;
    size_t max;
    enum hm_status failed;
};

void hm_arena_init(struct hm_arena *arena, size_t max);
void hm_arena_fini(struct hm_arena *arena);
void hm_arena_clear(struct hm_arena *arena); /* releases all, forgets a failure */

void *hm_arena_get(struct hm_arena *arena, size_t size);
void *hm_arena_get_array(struct hm_arena *arena, size_t count, size_t size);

/*
 * The list with room for one item more than `count`: where it was, or moved to twice as
 * many, which a list of null and no capacity may be; null as hm_arena_get.
 */
void *hm_arena_grow(struct hm_arena *arena,
                    void *list,
                    size_t count,
                    size_t *capacity,
                    size_t size);

/* A copy that lives as long as the arena; `data` is null if there was no room. */
struct hm_bytes hm_arena_copy(struct hm_arena *arena, struct hm_bytes bytes);
char *hm_arena_copy_text(struct hm_arena *arena, struct hm_bytes text); /* with a NUL */

/* What `from` holds belongs to `arena` from now on, beyond its cap if need be. */
void hm_arena_join(struct hm_arena *arena, struct hm_arena *from);

HM_CHECKED enum hm_status hm_arena_status(const struct hm_arena *arena,
                                          struct hm_err *err);

#endif
