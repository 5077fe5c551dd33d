/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_text.h - random numbers and random texts for the tests of the text module.
 *
 * The seed is HM_SEED or the clock, and is printed.
 */
#ifndef HM_TESTS_RANDOM_TEXT_H
#define HM_TESTS_RANDOM_TEXT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/text/code.h"

struct random_text {
    uint64_t state;
};

static inline void random_seed(struct random_text *r)
{
    const char *given = getenv("HM_SEED");
    uint64_t seed = given == NULL ? (uint64_t)time(NULL) : strtoull(given, NULL, 10);
    printf("seed %llu\n", (unsigned long long)seed);
    r->state = seed * 2 + 1;
}

static inline uint32_t random_below(struct random_text *r, uint32_t end)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return (uint32_t)((r->state * UINT64_C(0x2545F4914F6CDD1D)) >> 32) % end;
}

/* One of the codes that rules speak of, or any. */
static inline uint32_t random_code(struct random_text *r)
{
    static const uint32_t special[] = {
        '\t',   '\n',   '\r',   ' ',    ' ',    ' ',    '\'',   '.',    0x00A0, 0x00AD,
        0x00D0, 0x00F0, 0x0189, 0x0256, 0x0110, 0x0111, 0x200B, 0x2010, 0x2019, 0x202E,
        0x2060, 0x3000, 0xFEFF, 0x212B, 0x2126, 0x0958, 0xFB1D, 0x1161, 0x11A8, 0x1100,
        0xAC00, 0xAC01, 0x09C7, 0x09BE, 0x0DD9, 0x0DCF, 0x0344, 0x0340, 0x1E9B, 0x3099,
        0x304B, 0x0F73, 0x1F82, 0x01D5, 0x1E69, 0xFDFA, 0x00DF, 0x0149, 0xFB01, 0x1D15E};
    switch (random_below(r, 12)) {
    case 0:
        return special[random_below(r, sizeof(special) / sizeof(special[0]))];
    case 1:
        return 0x0300 + random_below(r, 0x70);
    case 2:
        return 0x1EA0 + random_below(r, 0x5A);
    case 3:
        return 0x00A0 + random_below(r, 0x1B0);
    case 4:
        return random_below(r, 400) == 0 ? random_below(r, 0x20) : ' ';
    case 5:
        return random_below(r, 20) == 0 ? random_below(r, 0x3000) : 'z';
    case 6:
        return random_below(r, 200) == 0 ? random_below(r, 0x110000) : '7';
    default:
        return 'A' + random_below(r, 26) + 32 * random_below(r, 2);
    }
}

/* At most `codes` characters; rarely a byte that is no character. */
static inline struct hm_bytes random_text(struct random_text *r,
                                          uint8_t *text,
                                          size_t codes)
{
    size_t size = 0;
    for (size_t n = random_below(r, (uint32_t)codes); n > 0; n--) {
        uint32_t code = random_code(r);
        if (random_below(r, 1000) == 0) {
            text[size++] = (uint8_t)(0x80 + random_below(r, 0x80));
        } else if (code < 0xD800 || code > 0xDFFF) {
            size += hm_code_put(text + size, code);
        }
    }
    return (struct hm_bytes){text, size};
}

#endif
