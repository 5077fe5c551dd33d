/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person saw of a record who writes to it. A page is open for hours and a draft
 * rests for days, and meanwhile others write; a write replaces what its author saw.
 */
#include "inside.h"

void hm_author_saw(struct hm_author *author, const hm_prefix *seen, size_t count)
{
    author->saw = seen;
    author->saw_count = count;
}

static bool read_mark(hm_prefix *prefix, struct hm_bytes mark, size_t number)
{
    uint8_t at[HM_PREFIX_SIZE];
    size_t size = 2 * sizeof(at);
    bool good =
        hm_hex_get(at, sizeof(at), (struct hm_bytes){mark.data + number * size, size});
    *prefix = good ? hm_prefix_from(at) : 0;
    return good;
}

bool hm_author_is_mark(struct hm_bytes text)
{
    size_t count = text.size / ((size_t)2 * HM_PREFIX_SIZE);
    bool good = text.size % ((size_t)2 * HM_PREFIX_SIZE) == 0;
    for (size_t i = 0; i < count && good; i++) {
        hm_prefix prefix;
        good = read_mark(&prefix, text, i);
    }
    return good;
}

/* The prefixes of a mark, ascending; and `own`, unless it is null. */
static enum hm_status read_marks(hm_prefix **seen,
                                 size_t *count,
                                 struct hm_bytes mark,
                                 const struct hm_id *own,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    size_t room = mark.size / ((size_t)2 * HM_PREFIX_SIZE);
    size_t n = 0;
    hm_prefix *found = hm_arena_get_array(arena, room + 1, sizeof(*found));
    if (found == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < room; i++) {
        n += read_mark(&found[n], mark, i);
    }
    if (own != NULL) {
        found[n++] = hm_prefix_of(own);
    }
    *seen = found;
    *count = hm_prefixes_sort(found, n);
    return HM_OK;
}

enum hm_status hm_author_saw_mark(struct hm_author *author,
                                  struct hm_bytes mark,
                                  const struct hm_id *own,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    hm_prefix *seen = NULL;
    size_t count = 0;
    enum hm_status status = read_marks(&seen, &count, mark, own, arena, err);
    if (status == HM_OK) {
        hm_author_saw(author, seen, count);
    }
    return status;
}

/*
 * The heads of that time are enough: merged as if nothing else was effective they are
 * the same heads again. A path from one of them to another of the same register would
 * have led through changes that were effective then, and it had been none; what is a
 * head of one register and overwritten in another is reached there by the one that is.
 */
static enum hm_status merge_seen(struct hm_loaded *loaded,
                                 const hm_prefix *seen,
                                 size_t count,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_known *known = hm_arena_get_array(arena, loaded->count, sizeof(*known));
    if (known == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < loaded->count; i++) {
        known[i] = loaded->known[i];
        known[i].effective =
            hm_prefixes_have(seen, count, hm_prefix_of(&known[i].change->id));
    }
    loaded->known = known;
    return hm_merge(&loaded->merged, known, loaded->count, arena, err);
}

enum hm_status hm_author_look_back(struct hm_author *author,
                                   struct hm_loaded *loaded,
                                   struct hm_err *err)
{
    return author->saw == NULL
               ? HM_OK
               : merge_seen(loaded, author->saw, author->saw_count, &author->arena, err);
}

static bool is_head(const struct hm_register *reg, size_t known)
{
    bool found = false;
    for (size_t i = 0; reg != NULL && i < reg->head_count && !found; i++) {
        found = reg->heads[i].known == known;
    }
    return found;
}

/*
 * A head of then whose value is gone and that is none any more. One that still is was
 * shown without its value: the change that erased it was lost, and only its order known.
 */
static bool has_erased(const struct hm_merged *then, const struct hm_merged *now)
{
    bool found = false;
    for (size_t i = 0; i < then->register_count; i++) {
        const struct hm_register *reg = &then->registers[i];
        const struct hm_register *since = hm_merged_register(now, reg->name);
        for (size_t h = 0; h < reg->head_count && !found; h++) {
            found = reg->heads[h].write->value.size == 0 &&
                    !is_head(since, reg->heads[h].known);
        }
    }
    return found;
}

enum hm_status hm_author_saw_erased(struct hm_store *store,
                                    const struct hm_id *record,
                                    struct hm_bytes mark,
                                    bool *erased,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_loaded now;
    hm_prefix *seen = NULL;
    size_t count = 0;
    enum hm_status status = read_marks(&seen, &count, mark, NULL, arena, err);
    if (status == HM_OK) {
        status = hm_store_record_load(store, record, &now, arena, err);
    }
    if (status == HM_OK) {
        struct hm_loaded then = now;
        status = merge_seen(&then, seen, count, arena, err);
        *erased = status == HM_OK && has_erased(&then.merged, &now.merged);
    }
    return status;
}
