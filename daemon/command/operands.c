/* SPDX-License-Identifier: Apache-2.0 */
#include "operands.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { WORD_KEY_SIZE = 64 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
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

static void put_word(struct hm_buf *out,
                     const struct hm_words *words,
                     const char *word,
                     size_t size)
{
    char key[WORD_KEY_SIZE];
    (void)snprintf(key, sizeof(key), "help.word.%.*s", (int)size, word);
    const char *told = hm_words_ui(words, key);
    if (strcmp(told, key) == 0) {
        hm_buf_put(out, word, size); /* what is to be typed: csv, open */
    } else {
        hm_buf_put_text(out, told);
    }
}

void hm_operands_put(struct hm_buf *out, const struct hm_words *words, const char *shown)
{
    while (*shown != '\0') {
        size_t size = strspn(shown, letters);
        if (size > 0) {
            put_word(out, words, shown, size);
            shown += size;
        }
        size = strcspn(shown, letters);
        hm_buf_put(out, shown, size);
        shown += size;
    }
}

static void explain_argument(const struct hm_words *words, char *argument)
{
    uint8_t memory[HM_ERR_ARG_MAX + 1];
    struct hm_buf told;
    hm_buf_init_fixed(&told, memory, sizeof(memory));
    hm_operands_put(&told, words, argument);
    if (told.failed == HM_OK && told.size > 0) {
        memcpy(argument, told.data, told.size + 1);
    }
    hm_buf_fini(&told);
}

void hm_operands_explain(const struct hm_words *words, struct hm_err *err)
{
    if (err->status != HM_OK && strcmp(err->key, "operand-missing") == 0) {
        explain_argument(words, err->arg[0]);
        explain_argument(words, err->arg[2]);
    } else if (err->status != HM_OK && (strcmp(err->key, "option-missing") == 0 ||
                                        strcmp(err->key, "option-value-missing") == 0)) {
        explain_argument(words, err->arg[1]);
    }
}
