/* SPDX-License-Identifier: Apache-2.0 */
#include "syllable.h"

#include <string.h>

#include "letter.h"

enum { LETTERS_MAX = 8, SPELT_SIZE = LETTERS_MAX + 1 };

/*
 * In these two the letters that ASCII lacks are digits: ă 1, â 2, ê 3, ô 4, ơ 5, ư 6,
 * đ 7. A space before and behind each.
 */
static const char onsets[] =
    " b c ch d 7 g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x ";

static const char rimes[] =
    " a ac ach ai am an ang anh ao ap at au ay 1c 1m 1n 1ng 1p 1t 2c 2m 2n 2ng 2p 2t 2u "
    "2y"
    " e ec em en eng eo ep et 3 3ch 3m 3n 3ng 3nh 3p 3t 3u"
    " i ia ich im in inh ip it iu i3c i3m i3n i3ng i3p i3t i3u"
    " o oa oac oach oai oam oan oang oanh oao oap oat oay o1c o1m o1n o1ng o1t oc oe oen"
    " oeo oet oi om on ong ooc oong op ot 4 4c 4i 4m 4n 4ng 4p 4t 5 5i 5m 5n 5p 5t"
    " u ua u2n u2ng u2t u2y uc u3 u3ch u3n u3nh ui um un ung u5 up ut uy uya uych uyn"
    " uynh uyp uyt uyu uy3n uy3t u4c u4i u4m u4n u4ng u4t"
    " 6 6a 6c 6i 6m 6n 6ng 6t 6u 65c 65i 65m 65n 65ng 65p 65t 65u"
    " y ych yn ynh yp yt yu y3m y3n y3ng y3t y3u ";

struct spelling {
    char text[SPELT_SIZE];
    size_t size;
    size_t capitals;
    bool first; /* the first letter is a capital */
    unsigned tone;
};

static unsigned letter_of(uint32_t base)
{
    static const uint16_t others[] = {HM_LETTER_A_BREVE,      HM_LETTER_A_CIRCUMFLEX,
                                      HM_LETTER_E_CIRCUMFLEX, HM_LETTER_O_CIRCUMFLEX,
                                      HM_LETTER_O_HORN,       HM_LETTER_U_HORN,
                                      HM_LETTER_D_STROKE};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (others[i] == base) {
            return '1' + (unsigned)i;
        }
    }
    return base >= 'a' && base <= 'z' ? base : 0;
}

/* False: a letter, a mark or a length that no syllable has. */
static bool spell(struct spelling *s, struct hm_bytes word)
{
    struct hm_letter letter;
    *s = (struct spelling){.size = 0};
    while (hm_letter_next(&word, &letter)) {
        unsigned c = letter_of(letter.base);
        unsigned tone = letter.marks == 1 ? hm_letter_tone(letter.mark[0]) : 0;
        if (c == 0 || s->size == LETTERS_MAX || letter.marks > 1 ||
            (letter.marks == 1 && (tone == 0 || s->tone != 0))) {
            return false;
        }
        s->tone = tone != 0 ? tone : s->tone;
        s->capitals += letter.upper;
        s->first = s->size == 0 ? letter.upper : s->first;
        s->text[s->size++] = (char)c;
    }
    return s->capitals == 0 || (s->first && s->capitals == 1) || s->capitals == s->size;
}

static bool among(const char *list, const char *text, size_t size)
{
    char sought[SPELT_SIZE + 2] = " ";
    memcpy(sought + 1, text, size);
    sought[size + 1] = ' ';
    return size > 0 && strstr(list, sought) != NULL;
}

/* c g ng stand before other vowels than k gh ngh do. */
static bool spelt_so(const char *onset, size_t size, char vowel)
{
    bool front = strchr("ei3y", vowel) != NULL;
    if (size == 0) {
        return true;
    }
    switch (onset[size - 1]) {
    case 'c':
        return !front;
    case 'k':
        return true; /* names from before the rule: Kan, Kon */
    case 'g':
        return !front || (size == 1 && vowel == 'i');
    case 'h':
        return size < 2 || onset[size - 2] != 'g' || front;
    default:
        return true;
    }
}

bool hm_syllable(struct hm_bytes word)
{
    struct spelling s;
    if (!spell(&s, word) || s.size == 0) {
        return false;
    }
    char last = s.text[s.size - 1];
    bool stopped = last == 'c' || last == 'p' || last == 't' ||
                   (last == 'h' && s.size > 1 && s.text[s.size - 2] == 'c');
    if (s.size > 1 && stopped && s.tone < 4) {
        return false;
    }
    for (size_t i = 0; i < s.size && i <= 3; i++) {
        if ((i == 0 || among(onsets, s.text, i)) && spelt_so(s.text, i, s.text[i]) &&
            among(rimes, s.text + i, s.size - i)) {
            return true;
        }
    }
    return s.size == 1 && s.text[0] == '7';
}
