/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/words.h"

#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "hamlet/base/embed.h"
#include "words_file.h"

struct hm_words {
    struct hm_words_file file;
};

enum hm_lang hm_lang_of(const char *option, const char *locale)
{
    if (option != NULL && strcmp(option, "vi") == 0) {
        return HM_LANG_VI;
    }
    if (option != NULL && strcmp(option, "en") == 0) {
        return HM_LANG_EN;
    }
    return locale != NULL && strncmp(locale, "en", 2) == 0 ? HM_LANG_EN : HM_LANG_VI;
}

static struct hm_bytes embedded(enum hm_lang lang)
{
    const char *name = lang == HM_LANG_EN ? "en.json" : "vi.json";
    for (const struct hm_embedded *row = hm_embedded_words; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            return (struct hm_bytes){row->data, row->size};
        }
    }
    return HM_NO_BYTES;
}

enum hm_status hm_words_open(struct hm_words **words,
                             enum hm_lang lang,
                             struct hm_err *err)
{
    enum hm_status status = HM_NO_MEMORY;
    struct hm_words *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        status = hm_fail_memory(err);
        goto out;
    }
    status = hm_words_file_init(&made->file, embedded(lang), err);
    if (status != HM_OK) {
        goto out;
    }
    *words = made;
    made = NULL;
out:
    hm_words_close(made);
    return status;
}

void hm_words_close(struct hm_words *words)
{
    if (words != NULL) {
        hm_words_file_fini(&words->file);
        free(words);
    }
}

const char *hm_words_ui(const struct hm_words *words, const char *key)
{
    const struct hm_words_entry *entry = hm_words_find(&words->file.ui, key);
    return entry == NULL ? key : entry->text;
}

static void put_escaped(struct hm_buf *out, const uint8_t *at, size_t size)
{
    static const char digit[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        char text[] = {'\\', 'x', digit[at[i] >> 4], digit[at[i] & 15]};
        hm_buf_put(out, text, sizeof(text));
    }
}

/* What an argument may show as it is: all that hm_text_normal neither drops nor refuses
 * as a control character. */
static bool is_shown(uint32_t code)
{
    enum hm_code_class class = hm_code_class(code);
    return class != HM_CODE_LINE && class != HM_CODE_DROPPED &&
           class != HM_CODE_CONTROL && code != '\t';
}

static void put_argument(struct hm_buf *out, const char *argument)
{
    struct hm_bytes rest = hm_text(argument);
    while (rest.size > 0) {
        uint32_t code = 0;
        size_t length = hm_code_get(rest, &code);
        if (length > 0 && is_shown(code)) {
            hm_buf_put(out, rest.data, length);
        } else {
            length = length == 0 ? 1 : length;
            put_escaped(out, rest.data, length);
        }
        rest.data += length;
        rest.size -= length;
    }
}

void hm_words_put(struct hm_buf *out,
                  const char *sentence,
                  const char *const args[],
                  size_t count)
{
    const char *open = strchr(sentence, '{');
    while (open != NULL) {
        bool place = open[1] >= '1' && open[1] <= '9' && open[2] == '}';
        size_t index = place ? (size_t)(open[1] - '1') : count;
        if (index < count) {
            hm_buf_put(out, sentence, (size_t)(open - sentence));
            put_argument(out, args[index]);
            sentence = open + 3;
            open = strchr(sentence, '{');
        } else {
            open = strchr(open + 1, '{');
        }
    }
    hm_buf_put_text(out, sentence);
}

void hm_words_error(struct hm_buf *out,
                    const struct hm_words *words,
                    const struct hm_err *err,
                    bool hint)
{
    const struct hm_words_entry *entry =
        err->key == NULL ? NULL : hm_words_find(&words->file.error, err->key);
    const char *args[HM_ERR_ARGS];
    if (entry == NULL) {
        hm_buf_put_text(out, hint ? "" : hm_status_text(err->status));
        return;
    }
    for (size_t i = 0; i < HM_ERR_ARGS; i++) {
        args[i] = err->arg[i];
    }
    hm_words_put(out, hint ? entry->hint : entry->text, args, HM_ERR_ARGS);
}
