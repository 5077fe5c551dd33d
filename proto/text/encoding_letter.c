/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "encoding_read.h"

enum { HIGH = 0xA0, GRAVE = 0x0300, ACUTE = 0x0301, TILDE = 0x0303, HOOK = 0x0309 };
enum { CIRCUMFLEX = 0x0302, BREVE = 0x0306, DOT_BELOW = 0x0323 };

/* TCVN 5712:1993, VN2, from A0; its fonts lack the capitals with tones. */
static const uint16_t tcvn3[] = {
    0x00A0,    0x0102, 0x00C2, 0x00CA, 0x00D4, 0x01A0, 0x01AF, 0x0110, 0x0103, 0x00E2,
    0x00EA,    0x00F4, 0x01A1, 0x01B0, 0x0111, 0x1EB0, GRAVE,  HOOK,   TILDE,  ACUTE,
    DOT_BELOW, 0x00E0, 0x1EA3, 0x00E3, 0x00E1, 0x1EA1, 0x1EB2, 0x1EB1, 0x1EB3, 0x1EB5,
    0x1EAF,    0x1EB4, 0x1EAE, 0x1EA6, 0x1EA8, 0x1EAA, 0x1EA4, 0x1EC0, 0x1EB7, 0x1EA7,
    0x1EA9,    0x1EAB, 0x1EA5, 0x1EAD, 0x00E8, 0x1EC2, 0x1EBB, 0x1EBD, 0x00E9, 0x1EB9,
    0x1EC1,    0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7, 0x00EC, 0x1EC9, 0x1EC4, 0x1EBE, 0x1ED2,
    0x0129,    0x00ED, 0x1ECB, 0x00F2, 0x1ED4, 0x1ECF, 0x00F5, 0x00F3, 0x1ECD, 0x1ED3,
    0x1ED5,    0x1ED7, 0x1ED1, 0x1ED9, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3, 0x00F9,
    0x1ED6,    0x1EE7, 0x0169, 0x00FA, 0x1EE5, 0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1,
    0x1EF3,    0x1EF7, 0x1EF9, 0x00FD, 0x1EF5, 0x1ED0};

_Static_assert(sizeof(tcvn3) / sizeof(tcvn3[0]) == 0x100 - HIGH, "one a byte");

/* Where code page 1258 differs from 1252. */
static const struct {
    uint8_t byte;
    uint16_t code;
} page_1258[] = {{0xC3, 0x0102}, {0xCC, GRAVE},  {0xD0, 0x0110},    {0xD2, HOOK},
                 {0xD5, 0x01A0}, {0xDD, 0x01AF}, {0xDE, TILDE},     {0xE3, 0x0103},
                 {0xEC, ACUTE},  {0xF0, 0x0111}, {0xF2, DOT_BELOW}, {0xF5, 0x01A1},
                 {0xFD, 0x01B0}, {0xFE, 0x20AB}};

enum { DIFFERING = sizeof(page_1258) / sizeof(page_1258[0]) };

/* The byte whose place a unit stands in, however it was read on its way into Unicode. */
static uint32_t byte_of(uint32_t code)
{
    for (size_t i = 0; i < DIFFERING; i++) {
        if (page_1258[i].code == code) {
            return page_1258[i].byte;
        }
    }
    return code;
}

static uint32_t in_1258(uint32_t code)
{
    for (size_t i = 0; i < DIFFERING; i++) {
        if (page_1258[i].byte == code) {
            return page_1258[i].code;
        }
    }
    return code;
}

/* The sign behind a vowel: which shape it gives the vowel, and which tone. */
static bool vni_sign(uint32_t sign, uint32_t *shape, uint32_t *tone)
{
    static const uint8_t signs[] = {0xF9, 0xF8, 0xFB, 0xF5, 0xEF, 0xE2, 0xE1, 0xE0, 0xE5,
                                    0xE3, 0xE4, 0xEA, 0xE9, 0xE8, 0xFA, 0xFC, 0xEB};
    static const uint16_t tones[] = {ACUTE, GRAVE, HOOK, TILDE, DOT_BELOW};
    uint32_t small = sign >= 0xC0 && sign <= 0xDE ? sign + 0x20 : sign;
    const uint8_t *found =
        small > UINT8_MAX ? NULL : memchr(signs, (int)small, sizeof(signs));
    if (found == NULL) {
        return false;
    }
    size_t i = (size_t)(found - signs);
    *shape = i < 5 ? 0 : i < 11 ? CIRCUMFLEX : BREVE;
    *tone = i < 5 ? tones[i] : i == 5 || i == 11 ? 0 : tones[(i - 6) % 6];
    return true;
}

/* The letters that VNI writes with one unit; 0: none. */
static uint32_t vni_single(uint32_t byte)
{
    static const struct {
        uint8_t byte;
        uint16_t code;
    } singles[] = {{0xEC, 0x00EC}, {0xED, 0x00ED}, {0xE6, 0x1EC9},
                   {0xF3, 0x0129}, {0xF2, 0x1ECB}, {0xEE, 0x1EF5},
                   {0xF1, 0x0111}, {0xF4, 0x01A1}, {0xF6, 0x01B0}};
    uint32_t small = byte >= 0xC0 && byte <= 0xDE ? byte + 0x20 : byte;
    for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
        if (singles[i].byte == small) {
            return small == byte ? singles[i].code : hm_encoding_capital(singles[i].code);
        }
    }
    return 0;
}

/* Whether `vowel` can carry the sign: shapes belong to a, e and o, the breve to a. */
static bool vni_carries(uint32_t vowel, uint32_t shape, uint32_t tone)
{
    switch (vowel) {
    case 'a':
    case 'A':
        return true;
    case 'e':
    case 'E':
    case 'o':
    case 'O':
        return shape != BREVE;
    case 'u':
    case 'U':
    case 0x01A0:
    case 0x01A1:
    case 0x01AF:
    case 0x01B0:
        return shape == 0;
    case 'y':
    case 'Y':
        return shape == 0 && tone != DOT_BELOW;
    default:
        return false;
    }
}

static size_t vni_letter(const uint32_t *codes,
                         size_t count,
                         uint32_t made_codes[3],
                         size_t *made,
                         bool *known)
{
    uint32_t shape = 0;
    uint32_t tone = 0;
    uint32_t byte = byte_of(codes[0]);
    uint32_t single = vni_single(byte);
    made_codes[0] = single != 0 ? single : codes[0];
    *made = 1;
    *known = single != 0 || byte < HIGH || byte > UINT8_MAX;
    if (count < 2 || !vni_sign(byte_of(codes[1]), &shape, &tone) ||
        !vni_carries(made_codes[0], shape, tone)) {
        return 1;
    }
    if (shape != 0) {
        made_codes[(*made)++] = shape;
    }
    if (tone != 0) {
        made_codes[(*made)++] = tone;
    }
    return 2;
}

size_t hm_encoding_letter(enum hm_encoding encoding,
                          const uint32_t *codes,
                          size_t count,
                          uint32_t made_codes[3],
                          size_t *made,
                          bool *known)
{
    uint32_t byte = byte_of(codes[0]);
    bool high = byte >= HIGH && byte <= UINT8_MAX;
    made_codes[0] = codes[0];
    *made = 1;
    *known = codes[0] != HM_UNIT_BROKEN;
    switch (encoding) {
    case HM_ENCODING_VNI:
        return vni_letter(codes, count, made_codes, made, known);
    case HM_ENCODING_TCVN3:
    case HM_ENCODING_TCVN3_H:
        made_codes[0] = high ? tcvn3[byte - HIGH] : codes[0];
        return 1;
    case HM_ENCODING_1258:
        made_codes[0] = high ? in_1258(byte) : codes[0];
        return 1;
    default:
        return 1;
    }
}

uint32_t hm_encoding_capital(uint32_t code)
{
    bool ascii = code >= 'a' && code <= 'z';
    bool western = code >= 0xE0 && code <= 0xFE && code != 0xF7;
    bool paired = code == 0x0103 || code == 0x0111 || code == 0x0129 || code == 0x0169 ||
                  code == 0x01A1 || (code >= 0x1EA0 && code <= 0x1EF9 && code % 2 == 1);
    return ascii || western ? code - 0x20 : paired || code == 0x01B0 ? code - 1 : code;
}
