/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "code.h"
#include "encoding_read.h"
#include "letter.h"
#include "syllable.h"

/* The readings that are weighed; that as it stands is of UTF-8 and UTF-16 alone. */
static const enum hm_encoding readings[] = {HM_ENCODING_UTF8, HM_ENCODING_TCVN3,
                                            HM_ENCODING_VNI, HM_ENCODING_1258};

enum {
    READINGS = sizeof(readings) / sizeof(readings[0]),
    AS_IT_STANDS = 0,
    TCVN3 = 1,
    WORD_UNITS = 24,
    WORD_BYTES = WORD_UNITS * 3 * HM_CODE_SIZE,
    SEEN_SLOTS = 8192, /* words are weighed once: a place name must not outvote all */
    SEEN_MAX = 6144
};

/* What a word says against a reading. */
enum cost {
    NOTHING = 0,    /* letters of ASCII and a sign: true in any reading */
    ODD = 1,        /* no syllable: a typing error, another language */
    BROKEN = 2,     /* a sign between its letters */
    IMPOSSIBLE = 3, /* a letter that the encoding has not */
    SURE_LEAD = 3
};

struct verdict {
    enum cost cost;
    bool good;
    uint32_t hash; /* of what is read */
};

struct weighing {
    struct hm_units units;
    uint32_t word[WORD_UNITS];
    size_t length;
    bool marked; /* beyond ASCII */
    size_t cost[READINGS];
    size_t good[READINGS];
    size_t differing[READINGS][READINGS]; /* words that both read, not as the same */
    size_t better[READINGS][READINGS];    /* of them, good in the second */
    size_t odd_here[READINGS][READINGS];  /* good in the second, odd in the first */
    size_t broken_here[READINGS][READINGS];
    size_t cells;       /* of two words or more, with letters beyond ASCII */
    size_t small_cells; /* of them, without a capital */
    size_t words;       /* of the cell at hand */
    bool cell_marked;
    bool cell_large;
    size_t seen_count;
    uint32_t seen[SEEN_SLOTS]; /* hashes of words, 0: free */
};

static uint32_t hash_of(const void *data, size_t size)
{
    const uint8_t *at = data;
    uint32_t hash = UINT32_C(2166136261); /* FNV-1a */
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ at[i]) * UINT32_C(16777619);
    }
    return hash == 0 ? 1 : hash;
}

/* True: it was there before, or there is no room for more. */
static bool seen_before(struct weighing *w)
{
    uint32_t hash = hash_of(w->word, w->length * sizeof(w->word[0]));
    size_t at = hash % SEEN_SLOTS;
    while (w->seen[at] != 0) {
        if (w->seen[at] == hash) {
            return true;
        }
        at = (at + 1) % SEEN_SLOTS;
    }
    if (w->seen_count == SEEN_MAX) {
        return true;
    }
    w->seen[at] = hash;
    w->seen_count++;
    return false;
}

static bool is_sign(uint32_t code)
{
    return (code > 0xA0 && code < 0xC0) || code == 0xD7 || code == 0xF7 || code == 0x20AB;
}

/* The word in a reading, without signs at its ends; false: no letters, or not all. */
static bool read_word(const struct weighing *w,
                      enum hm_encoding encoding,
                      uint32_t read[WORD_UNITS * 3],
                      size_t *count,
                      enum cost *cost)
{
    size_t end = 0;
    bool legacy = encoding != HM_ENCODING_UTF8;
    *count = 0;
    *cost = NOTHING;
    for (size_t i = 0; i < w->length;) {
        uint32_t made_codes[3];
        size_t made = 0;
        bool known = false;
        i += hm_encoding_letter(encoding, w->word + i, w->length - i, made_codes, &made,
                                &known);
        for (size_t k = 0; k < made; k++) {
            bool sign = !known || is_sign(made_codes[k]);
            bool strange =
                made_codes[k] > 0xFF && legacy && made_codes[k] == w->word[i - 1];
            *cost = made_codes[k] == HM_UNIT_BROKEN || (strange && !sign) ? IMPOSSIBLE
                                                                          : *cost;
            if (sign && *count == 0) {
                continue;
            }
            read[(*count)++] = made_codes[k];
            end = sign ? end : *count;
        }
    }
    *count = end;
    for (size_t k = 0; k < end && *cost == NOTHING; k++) {
        *cost = is_sign(read[k]) ? BROKEN : NOTHING;
    }
    return end > 0 && *cost == NOTHING;
}

static struct verdict judge(const struct weighing *w, enum hm_encoding encoding)
{
    uint32_t read[WORD_UNITS * 3];
    uint8_t text[WORD_BYTES];
    size_t count = 0;
    size_t size = 0;
    bool ascii = true;
    struct verdict verdict = {.cost = NOTHING};
    bool whole = read_word(w, encoding, read, &count, &verdict.cost);
    for (size_t i = 0; i < count; i++) {
        if (read[i] < HM_UNIT_BROKEN) {
            size += hm_code_put(text + size, read[i]);
            ascii = ascii && read[i] < 0x80;
        }
    }
    verdict.hash = hash_of(text, size);
    if (whole) {
        bool syllable = hm_syllable((struct hm_bytes){text, size});
        verdict.cost = syllable ? NOTHING : ODD;
        verdict.good = syllable && !ascii;
    }
    return verdict;
}

static void weigh_word(struct weighing *w)
{
    struct verdict verdicts[READINGS];
    size_t first = w->units.carrier == HM_CARRIER_BYTES;
    if (seen_before(w)) {
        return;
    }
    for (size_t i = first; i < READINGS; i++) {
        verdicts[i] = judge(w, readings[i]);
        w->cost[i] += verdicts[i].cost;
        w->good[i] += verdicts[i].good;
    }
    for (size_t i = first; i < READINGS; i++) {
        for (size_t k = first; k < READINGS; k++) {
            bool differ = verdicts[i].hash != verdicts[k].hash;
            w->differing[i][k] += differ;
            w->better[i][k] += differ && verdicts[k].good;
            w->odd_here[i][k] += verdicts[i].cost > NOTHING && verdicts[k].good;
            w->broken_here[i][k] += verdicts[i].cost > ODD && verdicts[k].good;
        }
    }
}

static void end_word(struct weighing *w)
{
    w->words += w->length > 0;
    w->cell_marked = w->cell_marked || w->marked;
    if (w->marked && w->length + 1 < WORD_UNITS) {
        weigh_word(w);
    }
    w->length = 0;
    w->marked = false;
}

/* Whether everything of a cell is small, as it lies under a font of capitals. */
static void end_cell(struct weighing *w)
{
    if (w->words > 1 && w->cell_marked) {
        w->cells++;
        w->small_cells += !w->cell_large;
    }
    w->words = 0;
    w->cell_marked = false;
    w->cell_large = false;
}

static bool in_word(uint32_t code)
{
    if (code < 0x80) {
        return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
    }
    return code > 0xA0 && (code < 0x2000 || code > 0x206F) && code != 0xFEFF;
}

static void weigh(struct weighing *w)
{
    uint32_t code = 0;
    while (hm_units_next(&w->units, &code)) {
        if (in_word(code)) {
            /* The capitals that TCVN3 has are A1..A7. */
            bool large = (code >= 'A' && code <= 'Z') || (code > 0xA0 && code < 0xA8);
            w->cell_large = w->cell_large || large;
            w->marked = w->marked || code > 0xA0;
            w->word[w->length] = code;
            w->length += w->length + 1 < WORD_UNITS;
            continue;
        }
        end_word(w);
        if (code < 0x80 && strchr("\n\r\t,;\"", (int)code) != NULL) {
            end_cell(w);
        }
    }
    end_word(w);
    end_cell(w);
}

/* Whether nothing speaks for `other` where `best` is read. */
static bool beats(const struct weighing *w, size_t best, size_t other)
{
    if (w->differing[best][other] == 0) {
        return true;
    }
    if (best == AS_IT_STANDS && w->cost[best] == 0 && w->cost[other] > 0 &&
        w->better[best][other] == 0) {
        return true; /* signs alone, or letters that nothing else can read */
    }
    /* Copied text in which every word is a syllable as it stands is rarer still. */
    size_t lead = best == AS_IT_STANDS && w->cost[best] == 0 ? 1 : SURE_LEAD;
    return w->cost[other] >= 2 * w->cost[best] + lead &&
           w->broken_here[best][other] < 2 &&
           20 * w->odd_here[best][other] <= w->good[best];
}

static struct hm_encoding_guess decide(const struct weighing *w)
{
    size_t first = w->units.carrier == HM_CARRIER_BYTES;
    size_t best = first;
    bool utf16 = w->units.carrier > HM_CARRIER_UTF8;
    for (size_t i = first; i < READINGS; i++) {
        best = w->cost[i] < w->cost[best] ? i : best;
    }
    struct hm_encoding_guess guess = {readings[best], true};
    for (size_t i = first; i < READINGS; i++) {
        guess.sure = guess.sure && (i == best || beats(w, best, i));
    }
    if (best == AS_IT_STANDS && utf16) {
        guess.encoding = HM_ENCODING_UTF16;
    }
    if (best == TCVN3 && 4 * w->small_cells > w->cells) {
        guess.sure = false; /* or its capitals are a font's */
        guess.encoding =
            w->small_cells == w->cells ? HM_ENCODING_TCVN3_H : guess.encoding;
    }
    return guess;
}

/* UTF-16 without its mark: of plain letters, marks and digits every second byte is none.
 */
static bool looks_doubled(struct hm_bytes text)
{
    size_t zeros = 0;
    for (size_t i = 0; i < text.size; i++) {
        zeros += text.data[i] == 0;
    }
    return zeros > 0 && 4 * zeros >= text.size;
}

struct hm_encoding_guess hm_encoding_guess(struct hm_bytes text)
{
    struct weighing w = {.length = 0};
    hm_units_init(&w.units, text);
    if (w.units.carrier < HM_CARRIER_UTF16LE && looks_doubled(text)) {
        return (struct hm_encoding_guess){HM_ENCODING_UTF16, false};
    }
    weigh(&w);
    return decide(&w);
}
