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

enum hm_status hm_author_saw_mark(struct hm_author *author,
                                  struct hm_bytes mark,
                                  const struct hm_id *own,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    size_t room = mark.size / ((size_t)2 * HM_PREFIX_SIZE);
    size_t count = 0;
    hm_prefix *seen = hm_arena_get_array(arena, room + 1, sizeof(*seen));
    if (seen == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < room; i++) {
        count += read_mark(&seen[count], mark, i);
    }
    if (own != NULL) {
        seen[count++] = hm_prefix_of(own);
    }
    hm_author_saw(author, seen, hm_prefixes_sort(seen, count));
    return HM_OK;
}

/*
 * The heads of that time are enough: merged as if nothing else was effective they are
 * the same heads again. A path from one of them to another of the same register would
 * have led through changes that were effective then, and it had been none; what is a
 * head of one register and overwritten in another is reached there by the one that is.
 */
enum hm_status hm_author_look_back(struct hm_author *author,
                                   struct hm_loaded *loaded,
                                   struct hm_err *err)
{
    if (author->saw == NULL) {
        return HM_OK;
    }
    struct hm_known *known =
        hm_arena_get_array(&author->arena, loaded->count, sizeof(*known));
    if (known == NULL) {
        return hm_arena_status(&author->arena, err);
    }
    for (size_t i = 0; i < loaded->count; i++) {
        known[i] = loaded->known[i];
        known[i].effective = hm_prefixes_have(author->saw, author->saw_count,
                                              hm_prefix_of(&known[i].change->id));
    }
    loaded->known = known;
    return hm_merge(&loaded->merged, known, loaded->count, &author->arena, err);
}
