/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/key.h"

#include "code.h"
#include "letter.h"

/* More tones than this on one run of letters are no syllable; the rest is not told. */
enum { TONES_MAX = 8 };

struct keying {
    struct hm_buf *out;
    size_t start;
    enum hm_letter_kind in; /* the kind of the word that is open; OTHER: none is */
    char tone[TONES_MAX];
    size_t tones;
};

static void close_word(struct keying *k)
{
    if (k->in == HM_LETTER_ALPHABETIC) {
        if (k->tones == 0) {
            k->tone[k->tones++] = '0';
        }
        hm_buf_put(k->out, k->tone, k->tones);
    }
    k->tones = 0;
    k->in = HM_LETTER_OTHER;
}

static void put_code(struct keying *k, uint32_t code)
{
    uint8_t text[HM_CODE_SIZE];
    hm_buf_put(k->out, text, hm_code_put(text, code));
}

/* A tone is remembered for the end of the word; other marks stay with their letter. */
static void put_marks(struct keying *k, const struct hm_letter *letter)
{
    for (size_t i = 0; i < letter->marks; i++) {
        unsigned tone = hm_letter_tone(letter->mark[i]);
        if (tone == 0) {
            put_code(k, letter->mark[i]);
        } else if (k->tones < TONES_MAX) {
            k->tone[k->tones++] = (char)('0' + tone);
        }
    }
}

void hm_text_tone_key(struct hm_buf *out, struct hm_bytes text)
{
    struct keying k = {.out = out, .start = out->size, .in = HM_LETTER_OTHER};
    struct hm_letter letter;
    while (hm_letter_next(&text, &letter)) {
        enum hm_letter_kind kind = hm_letter_kind(letter.base);
        if (letter.base == 0 || kind == HM_LETTER_APOSTROPHE) {
            continue;
        }
        if (kind != k.in) {
            close_word(&k);
            if (kind != HM_LETTER_OTHER && out->size > k.start) {
                hm_buf_put_byte(out, ' ');
            }
            k.in = kind;
        }
        if (kind != HM_LETTER_OTHER) {
            put_code(&k, letter.base);
            put_marks(&k, &letter);
        }
    }
    close_word(&k);
}
