/* SPDX-License-Identifier: Apache-2.0 */
#include "recovery.h"

#include <string.h>

#include "hamlet/base/hash.h"

enum { CHECK_SIZE = 3, RAW_SIZE = HM_RECOVERY_SIZE + CHECK_SIZE, DIGITS = 56, GROUP = 4 };

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void checksum(uint8_t check[CHECK_SIZE], const uint8_t key[HM_RECOVERY_SIZE])
{
    struct hm_digest digest;
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-recovery-1"));
    hm_hash_put(&hash, (struct hm_bytes){key, HM_RECOVERY_SIZE});
    hm_hash_end(&hash, digest.at, HM_DIGEST_SIZE);
    memcpy(check, digest.at, CHECK_SIZE);
}

/* Digit `i` holds bits 5i to 5i+4, the highest first. */
static unsigned digit_at(const uint8_t raw[RAW_SIZE], size_t i)
{
    unsigned digit = 0;
    for (size_t bit = 5 * i; bit < 5 * i + 5; bit++) {
        digit = digit << 1 | ((unsigned)raw[bit / 8] >> (7 - bit % 8) & 1U);
    }
    return digit;
}

void hm_recovery_put(char text[HM_RECOVERY_TEXT_SIZE],
                     const uint8_t key[HM_RECOVERY_SIZE])
{
    uint8_t raw[RAW_SIZE];
    size_t size = 0;
    memcpy(raw, key, HM_RECOVERY_SIZE);
    checksum(raw + HM_RECOVERY_SIZE, key);
    for (size_t i = 0; i < DIGITS; i++) {
        if (i > 0 && i % GROUP == 0) {
            text[size++] = '-';
        }
        text[size++] = alphabet[digit_at(raw, i)];
    }
    text[size] = '\0';
    explicit_bzero(raw, sizeof(raw));
}

/* The value of a digit as people write it; negative: it is none. */
static int value_of(uint8_t character)
{
    char upper =
        (char)(character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character);
    switch (upper) {
    case '\0':
        return -1; /* ends the alphabet, and strchr would find it */
    case 'O':
        return 0;
    case 'I':
    case 'L':
        return 1;
    default:
        break;
    }
    const char *at = strchr(alphabet, upper);
    return at == NULL ? -1 : (int)(at - alphabet);
}

static bool read_digits(uint8_t raw[RAW_SIZE], struct hm_bytes text)
{
    size_t count = 0;
    memset(raw, 0, RAW_SIZE);
    for (size_t i = 0; i < text.size; i++) {
        uint8_t character = text.data[i];
        if (character == '-' || character == ' ' || character == '\n' ||
            character == '\r' || character == '\t') {
            continue;
        }
        int value = value_of(character);
        if (value < 0 || count == DIGITS) {
            return false;
        }
        for (size_t bit = 0; bit < 5; bit++) {
            unsigned set = (unsigned)value >> (4 - bit) & 1U;
            size_t at = 5 * count + bit;
            raw[at / 8] = (uint8_t)(raw[at / 8] | set << (7 - at % 8));
        }
        count++;
    }
    return count == DIGITS;
}

enum hm_status hm_recovery_get(uint8_t key[HM_RECOVERY_SIZE],
                               struct hm_bytes text,
                               struct hm_err *err)
{
    uint8_t raw[RAW_SIZE];
    uint8_t check[CHECK_SIZE];
    bool good = read_digits(raw, text);
    checksum(check, raw);
    good = good && memcmp(check, raw + HM_RECOVERY_SIZE, CHECK_SIZE) == 0;
    memcpy(key, raw, HM_RECOVERY_SIZE);
    explicit_bzero(raw, sizeof(raw));
    if (!good) {
        explicit_bzero(key, HM_RECOVERY_SIZE);
        return hm_fail(err, HM_BAD_INPUT, "recovery-form", NULL, NULL, NULL);
    }
    return HM_OK;
}
