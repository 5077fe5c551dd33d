/* SPDX-License-Identifier: Apache-2.0 */
#include "operands.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char repeats[] = "\xE2\x80\xA6"; /* … */

/* The next word from `*at`, or null; `*at` moves behind it. */
static const char *next_word(const char **at, size_t *size)
{
    const char *word = *at + strspn(*at, " ");
    *size = strcspn(word, " ");
    *at = word + *size;
    return *size == 0 ? NULL : word;
}

static bool is_repeated(const char *word, size_t size)
{
    const char *at = strstr(word, repeats);
    return at != NULL && at < word + size;
}

size_t hm_operands_least(const char *shown)
{
    size_t least = 0;
    size_t size = 0;
    for (const char *word = next_word(&shown, &size); word != NULL;
         word = next_word(&shown, &size)) {
        least += word[0] != '[';
    }
    return least;
}

size_t hm_operands_most(const char *shown)
{
    size_t most = 0;
    size_t size = 0;
    for (const char *word = next_word(&shown, &size); word != NULL;
         word = next_word(&shown, &size)) {
        if (is_repeated(word, size)) {
            return SIZE_MAX;
        }
        most++;
    }
    return most;
}

void hm_operands_name(char *name, size_t size, const char *shown, size_t index)
{
    size_t length = 0;
    const char *word = next_word(&shown, &length);
    while (word != NULL && index-- > 0) {
        word = next_word(&shown, &length);
    }
    (void)snprintf(name, size, "%.*s", (int)length, word == NULL ? "" : word);
}
