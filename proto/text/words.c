/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/words.h"

#include <string.h>

#include "code.h"
#include "words_table.h"

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

const struct hm_words *hm_words_of(enum hm_lang lang)
{
    return lang == HM_LANG_EN ? &hm_words_en : &hm_words_vi;
}

static const char *at(const struct hm_words *words, uint32_t offset)
{
    return (const char *)words->text + offset;
}

static const struct hm_words_row *find(const struct hm_words *words,
                                       const struct hm_words_list *list,
                                       const char *key)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(key, at(words, list->row[middle].key));
        if (order == 0) {
            return &list->row[middle];
        }
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return NULL;
}

const char *hm_words_ui(const struct hm_words *words, const char *key)
{
    const struct hm_words_row *row = find(words, &words->ui, key);
    return row == NULL ? key : at(words, row->text);
}

static void put_escaped(struct hm_buf *out, const uint8_t *byte, size_t size)
{
    static const char digit[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        char text[] = {'\\', 'x', digit[byte[i] >> 4], digit[byte[i] & 15]};
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
    const struct hm_words_row *row =
        err->key == NULL ? NULL : find(words, &words->error, err->key);
    const char *args[HM_ERR_ARGS];
    if (row == NULL) {
        hm_buf_put_text(out, hint ? "" : hm_status_text(err->status));
        return;
    }
    for (size_t i = 0; i < HM_ERR_ARGS; i++) {
        args[i] = err->arg[i];
    }
    hm_words_put(out, at(words, hint ? row->hint : row->text), args, HM_ERR_ARGS);
}
