/* SPDX-License-Identifier: Apache-2.0 */
#include "date.h"

#include "hamlet/base/time.h"

#include "alike.h"

/* Nobody in these records was born before, and a typing error shows up as a year. */
enum { YEAR_FIRST = 1800, YEAR_LAST = 2199 };
enum { YEAR_DIGITS = 4, MONTH_SIZE = 7, DAY_SIZE = 10, PARTS = 3, TYPED_MAX = 64 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Digits from `at`; -1 where one is none. */
static int64_t digits(struct hm_bytes text, size_t at, size_t count)
{
    int64_t number = 0;
    for (size_t i = at; i < at + count; i++) {
        if (i >= text.size || !is_digit(text.data[i])) {
            return -1;
        }
        number = number * 10 + (text.data[i] - '0');
    }
    return number;
}

static bool exists(int64_t year, int64_t month, int64_t day)
{
    int64_t days = 0;
    return year >= YEAR_FIRST && year <= YEAR_LAST &&
           hm_date_days(&days, year, month, day);
}

bool hm_date_valid(struct hm_bytes text, bool partial)
{
    bool has_month = text.size > YEAR_DIGITS;
    bool has_day = text.size > MONTH_SIZE;
    if (text.size != DAY_SIZE &&
        (!partial || (text.size != MONTH_SIZE && text.size != YEAR_DIGITS))) {
        return false;
    }
    if ((has_month && text.data[4] != '-') || (has_day && text.data[7] != '-')) {
        return false;
    }
    return exists(digits(text, 0, YEAR_DIGITS), has_month ? digits(text, 5, 2) : 1,
                  has_day ? digits(text, 8, 2) : 1);
}

/* Numbers of what was typed, and what stood between each and the one before. */
struct parts {
    struct hm_bytes left;
    const struct hm_field_shared *shared;
    bool no_memory;
    size_t count;
    int64_t number[PARTS];
    size_t length[PARTS];
    char between[PARTS]; /* the separator, ' ', or 'w' for a word of dates */
};

static void skip(struct parts *parts, size_t size)
{
    parts->left.data += size;
    parts->left.size -= size;
}

static bool is_at(const struct parts *parts, char c)
{
    return parts->left.size > 0 && *parts->left.data == (uint8_t)c;
}

static bool is_word_byte(uint8_t c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A word that the shared file has for dates, whatever its case and marks. */
static bool take_word(struct parts *parts)
{
    struct hm_bytes word = {parts->left.data, 0};
    struct hm_alike alike;
    bool found = false;
    while (word.size < parts->left.size && is_word_byte(word.data[word.size])) {
        word.size++;
    }
    skip(parts, word.size);
    hm_alike_init(&alike, word);
    for (size_t i = 0; !found && i < parts->shared->date_word_count; i++) {
        found = hm_alike_is(&alike, parts->shared->date_words[i]);
    }
    parts->no_memory = parts->no_memory || hm_alike_failed(&alike);
    hm_alike_fini(&alike);
    return found;
}

/* What stands before the next number: words and spaces, or one separator. */
static bool take_between(struct parts *parts)
{
    char found = '\0';
    while (parts->left.size > 0 && !is_digit(*parts->left.data)) {
        char c = (char)*parts->left.data;
        if (is_word_byte((uint8_t)c)) {
            if ((found != '\0' && found != ' ' && found != 'w') || !take_word(parts)) {
                return false;
            }
            found = 'w';
            continue;
        }
        if (c != ' ' && (found != '\0' && found != ' ')) {
            return false;
        }
        if (c != ' ' && (parts->count == 0 || (c != '/' && c != '.' && c != '-'))) {
            return false;
        }
        if (c != ' ' || found == '\0') {
            found = c;
        }
        skip(parts, 1);
    }
    parts->between[parts->count] = found;
    return true;
}

static void take_number(struct parts *parts)
{
    size_t length = 0;
    while (length < parts->left.size && length <= YEAR_DIGITS &&
           is_digit(parts->left.data[length])) {
        length++;
    }
    parts->number[parts->count] = digits(parts->left, 0, length);
    parts->length[parts->count] = length;
    parts->count++;
    skip(parts, length);
}

static bool take_two_digits(struct parts *parts, bool one_will_do, int64_t most)
{
    size_t length = 0;
    while (length < 2 && length < parts->left.size &&
           is_digit(parts->left.data[length])) {
        length++;
    }
    int64_t number = digits(parts->left, 0, length);
    skip(parts, length);
    return (length == 2 || (one_will_do && length == 1)) && number <= most;
}

/* A time of day may follow a whole date, as it does on web pages; it is dropped. */
static bool only_time_left(struct parts *parts)
{
    if (parts->left.size == 0) {
        return true;
    }
    if (parts->count != PARTS) {
        return false;
    }
    if (is_at(parts, ',')) {
        skip(parts, 1);
    }
    if (!is_at(parts, ' ')) {
        return false;
    }
    skip(parts, 1);
    if (!take_two_digits(parts, true, 23)) {
        return false;
    }
    for (int i = 0; i < 2 && is_at(parts, ':'); i++) {
        skip(parts, 1);
        if (!take_two_digits(parts, false, 59)) {
            return false;
        }
        if (parts->left.size == 0) {
            return true;
        }
    }
    return false;
}

static bool between_fits(const struct parts *parts)
{
    char first = parts->between[1];
    char second = parts->between[2];
    if (parts->count == 1) {
        return true;
    }
    if (first == ' ' || first == '\0') {
        return false; /* three bare numbers are no date to be sure of */
    }
    return parts->count == 2 || second == first || (first == 'w' && second == ' ');
}

static void put_digits(char *to, size_t count, int64_t number)
{
    for (size_t i = count; i > 0; i--) {
        to[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Year first only as ISO has it; else the day first, the year with all its digits. */
static bool arrange(const struct parts *parts, char kept[HM_DATE_SIZE])
{
    size_t last = parts->count - 1;
    bool iso = parts->count > 1 && parts->length[0] == YEAR_DIGITS;
    size_t year = iso ? 0 : last;
    size_t month = iso ? 1 : last - 1;
    size_t day = iso ? last : 0;
    for (size_t i = 0; i < parts->count; i++) {
        if (i == year ? parts->length[i] != YEAR_DIGITS : parts->length[i] > 2) {
            return false;
        }
        if (iso && i > 0 && parts->between[i] != '-') {
            return false;
        }
    }
    int64_t y = parts->number[year];
    int64_t m = parts->count > 1 ? parts->number[month] : 1;
    int64_t d = parts->count > 2 ? parts->number[day] : 1;
    if (!exists(y, m, d)) {
        return false;
    }
    put_digits(kept, YEAR_DIGITS, y);
    put_digits(kept + 5, 2, m);
    put_digits(kept + 8, 2, d);
    kept[4] = parts->count > 1 ? '-' : '\0';
    kept[7] = parts->count > 2 ? '-' : '\0';
    kept[DAY_SIZE] = '\0';
    return true;
}

enum hm_status hm_date_read(char kept[HM_DATE_SIZE],
                            struct hm_bytes typed,
                            const struct hm_field *field)
{
    struct parts parts = {.left = typed, .shared = field->shared};
    bool good = typed.size <= TYPED_MAX;
    while (good && parts.count < PARTS && parts.left.size > 0 && !is_at(&parts, ',')) {
        good = take_between(&parts) && parts.left.size > 0;
        if (good) {
            take_number(&parts);
        }
    }
    if (parts.no_memory) {
        return HM_NO_MEMORY;
    }
    bool whole = parts.count == PARTS ||
                 (field->type == HM_FIELD_TYPE_PARTIAL_DATE && parts.count > 0);
    good = good && whole && only_time_left(&parts) && between_fits(&parts) &&
           arrange(&parts, kept);
    return good ? HM_OK : HM_BAD_INPUT;
}

void hm_date_show(struct hm_buf *out, struct hm_bytes kept)
{
    if (kept.size == DAY_SIZE) {
        hm_buf_put(out, kept.data + 8, 2);
        hm_buf_put_byte(out, '/');
    }
    if (kept.size > YEAR_DIGITS) {
        hm_buf_put(out, kept.data + 5, 2);
        hm_buf_put_byte(out, '/');
    }
    hm_buf_put(out, kept.data, YEAR_DIGITS);
}
