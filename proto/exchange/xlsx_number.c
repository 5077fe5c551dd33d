/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "hamlet/base/time.h"
#include "xlsx.h"

enum {
    SERIAL_END = 200000, /* about the year 2447 */
    SHOWN_DIGITS =
        15, /* as many as Excel shows; what is behind comes of binary fractions */
    POWER_MAX = 30,
    DAY_SECONDS = 86400,
    DAY_MINUTES = 1440,
    TEXT_SIZE = 64
};

/* digits * 10^power */
struct decimal {
    bool negative;
    uint64_t digits;
    int power;
};

/* ---- reading ---- */

static bool exponent(struct hm_bytes text, int *power)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    size_t i = text.size > 0 && (text.data[0] == '-' || text.data[0] == '+');
    int sum = 0;
    if (i == text.size || text.size - i > 4) {
        return false;
    }
    for (; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        sum = sum * 10 + (text.data[i] - '0');
    }
    *power += negative ? -sum : sum;
    return true;
}

/* Digits beyond what 64 bits hold are dropped: they are beyond what is shown. */
static bool digit(struct decimal *number, uint8_t c, bool fraction)
{
    if (c < '0' || c > '9') {
        return false;
    }
    if (number->digits < UINT64_C(100000000000000000)) {
        number->digits = number->digits * 10 + (uint64_t)(c - '0');
        number->power -= fraction;
    } else {
        number->power += !fraction;
    }
    return true;
}

static void round_shown(struct decimal *number)
{
    uint64_t most = 1;
    for (int i = 0; i < SHOWN_DIGITS; i++) {
        most *= 10;
    }
    while (number->digits >= most) {
        uint64_t last = number->digits % 10;
        bool final = number->digits / 10 < most;
        number->digits = number->digits / 10 + (final && last >= 5);
        number->power++;
    }
    while (number->digits != 0 && number->digits % 10 == 0) {
        number->digits /= 10;
        number->power++;
    }
    if (number->digits == 0) {
        *number = (struct decimal){.negative = false};
    }
}

static bool decimal_of(struct hm_bytes text, struct decimal *number)
{
    bool fraction = false;
    size_t count = 0;
    *number = (struct decimal){.negative = text.size > 0 && text.data[0] == '-'};
    for (size_t i = number->negative; i < text.size; i++) {
        uint8_t c = text.data[i];
        if ((c == 'E' || c == 'e') && count > 0) {
            if (!exponent((struct hm_bytes){text.data + i + 1, text.size - i - 1},
                          &number->power)) {
                return false;
            }
            break;
        }
        if (c == '.' && !fraction) {
            fraction = true;
        } else if (digit(number, c, fraction)) {
            count++;
        } else {
            return false;
        }
    }
    round_shown(number);
    return count > 0 && number->power <= POWER_MAX && number->power >= -POWER_MAX;
}

/* ---- showing ---- */

static void put_decimal(struct hm_buf *out, const struct decimal *number, size_t width)
{
    char digits[TEXT_SIZE];
    int length =
        snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number->digits);
    int whole = length + number->power; /* digits before the comma */
    if (number->negative) {
        hm_buf_put_byte(out, '-');
    }
    for (int i = whole < 1 ? 1 : whole; (size_t)i < width; i++) {
        hm_buf_put_byte(out, '0');
    }
    if (whole <= 0) {
        hm_buf_put_byte(out, '0');
    }
    for (int i = 0; i < (whole > length ? whole : length); i++) {
        if (i == (whole < 0 ? 0 : whole)) {
            hm_buf_put_byte(out, ',');
            for (int k = whole; k < 0; k++) {
                hm_buf_put_byte(out, '0');
            }
        }
        hm_buf_put_byte(out, i < length ? (uint8_t)digits[i] : '0');
    }
}

/* The whole part, and what is behind the comma in parts of a day; false: out of reach. */
static bool serial_of(struct decimal number, int64_t *day, int64_t *seconds)
{
    uint64_t scale = 1;
    if (number.negative || number.power > 3) {
        return false;
    }
    for (; number.power > 0; number.power--) {
        number.digits *= 10;
    }
    for (; number.power < 0 && scale < UINT64_C(1000000000000); number.power++) {
        scale *= 10;
    }
    for (; number.power < 0; number.power++) {
        number.digits /= 10;
    }
    *day = (int64_t)(number.digits / scale);
    *seconds = (int64_t)((number.digits % scale * DAY_SECONDS + scale / 2) / scale);
    if (*seconds == DAY_SECONDS) {
        (*day)++;
        *seconds = 0;
    }
    return *day < SERIAL_END;
}

/*
 * Excel's calendar has a 29 February 1900 (day 60), because that of Lotus 1-2-3 had one:
 * days before it are one behind, and it is shown as what it is, a day that never was.
 */
static bool put_date(struct hm_buf *out, int64_t serial, bool since_1904, bool month)
{
    static const int64_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char text[TEXT_SIZE];
    int64_t day = serial + (since_1904 ? 1462 : 0); /* of the calendar from 1900 */
    int64_t year = 1900;
    size_t at = 0;
    if (day < 1) {
        return false;
    }
    for (;; year++) {
        int64_t days = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
        days += year == 1900;
        if (day <= days) {
            break;
        }
        day -= days;
    }
    bool leap = (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) || year == 1900;
    for (; day > lengths[at] + (at == 1 && leap); at++) {
        day -= lengths[at] + (at == 1 && leap);
    }
    if (month && day == 1) {
        (void)snprintf(text, sizeof(text), "%02d/%04d", (int)at + 1, (int)year);
    } else {
        (void)snprintf(text, sizeof(text), "%02d/%02d/%04d", (int)day, (int)at + 1,
                       (int)year);
    }
    hm_buf_put_text(out, text);
    return true;
}

void hm_table_put_day(struct hm_buf *out, struct hm_bytes serial)
{
    int64_t day = 0;
    for (size_t i = 0; i < serial.size && day < SERIAL_END; i++) {
        day = day * 10 + (serial.data[i] - '0');
    }
    if (day < SERIAL_END) {
        (void)put_date(out, day, false, false);
    }
}

static void put_time(struct hm_buf *out, int64_t minutes)
{
    char text[TEXT_SIZE];
    (void)snprintf(text, sizeof(text), "%02d:%02d", (int)(minutes / 60),
                   (int)(minutes % 60));
    hm_buf_put_text(out, text);
}

/* False: it is no day of the calendar. */
static bool put_moment(struct hm_buf *out,
                       struct decimal number,
                       enum hm_number_form form,
                       bool since_1904)
{
    int64_t day = 0;
    int64_t seconds = 0;
    if (!serial_of(number, &day, &seconds)) {
        return false;
    }
    if (form == HM_FORM_TIME) {
        put_time(out, day * DAY_MINUTES + seconds / 60);
        return true;
    }
    bool put = put_date(out, day, since_1904, form == HM_FORM_MONTH);
    if (put && form == HM_FORM_DATE_TIME && seconds >= 60) {
        hm_buf_put_text(out, ", ");
        put_time(out, seconds / 60);
    }
    return put;
}

enum hm_cell_type hm_number_show(struct hm_buf *out,
                                 struct hm_bytes number,
                                 struct hm_style style,
                                 bool since_1904)
{
    struct decimal decimal;
    if (!decimal_of(number, &decimal)) {
        hm_buf_put_bytes(out, number);
        return HM_CELL_TEXT;
    }
    switch (style.form) {
    case HM_FORM_DATE:
    case HM_FORM_DATE_TIME:
    case HM_FORM_MONTH:
    case HM_FORM_TIME:
        if (put_moment(out, decimal, style.form, since_1904)) {
            return HM_CELL_DATE;
        }
        break;
    case HM_FORM_PERCENT:
        decimal.power += decimal.digits == 0 ? 0 : 2;
        put_decimal(out, &decimal, 0);
        hm_buf_put_byte(out, '%');
        return HM_CELL_NUMBER;
    default:
        break;
    }
    put_decimal(out, &decimal, style.form == HM_FORM_ZEROS ? style.width : 0);
    return HM_CELL_NUMBER;
}
