/* SPDX-License-Identifier: Apache-2.0 */
#include "nearest.h"

#include <string.h>

void hm_nearest_init(struct hm_nearest *nearest, struct hm_bytes given)
{
    *nearest = (struct hm_nearest){.given = given};
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t hm_nearest_distance(struct hm_bytes a, struct hm_bytes b)
{
    /* Rows of the table for the letters of `a`: two before, one before, this one. */
    size_t rows[3][HM_NEAREST_WORD_MAX + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b.size; j++) {
        above[j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            size_t changed = above[j - 1] + (a.data[i - 1] != b.data[j - 1]);
            row[j] = least_of(changed, least_of(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                a.data[i - 2] == b.data[j - 1]) {
                row[j] = least_of(row[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.size];
}

/* A word begun rightly was meant, however much of it is missing. */
static size_t distance_to(struct hm_bytes given, struct hm_bytes word)
{
    if (given.size >= 2 && given.size < word.size &&
        memcmp(given.data, word.data, given.size) == 0) {
        return 0;
    }
    return hm_nearest_distance(given, word);
}

void hm_nearest_offer(struct hm_nearest *nearest, const char *word)
{
    struct hm_bytes known = hm_text(word);
    if (nearest->given.size > HM_NEAREST_WORD_MAX || known.size > HM_NEAREST_WORD_MAX) {
        return;
    }
    size_t distance = distance_to(nearest->given, known);
    /* One slip in three letters is a slip; more is another word. */
    if (distance > (nearest->given.size + 2) / 3) {
        return;
    }
    if (nearest->word == NULL || distance < nearest->distance) {
        nearest->word = word;
        nearest->distance = distance;
    }
}
