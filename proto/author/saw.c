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
