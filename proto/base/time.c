/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/time.h"

#include <string.h>

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
static const int64_t wall_ms_least = -62167219200000LL; /* 0000-01-01 */
static const int64_t wall_ms_most = 253402300799999LL;  /* 9999-12-31T23:59:59.999 */

static bool leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/*
 * The civil calendar counted in eras of 400 years that begin on 1 March, so that the leap
 * day is the last of its year and needs no case of its own.
 */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

/* Where each number stands in "dddd-dd-ddTdd:dd:dd.dddZ", and how wide it is. */
enum { PARTS = 7 };
static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
static const int part_at[PARTS] = {0, 5, 8, 11, 14, 17, 20};
static const int part_width[PARTS] = {4, 2, 2, 2, 2, 2, 3};

static void put_digits(char *text, int width, int64_t number)
{
    for (int i = width - 1; i >= 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

void hm_wall_put(char *text, struct hm_wall wall)
{
    int64_t ms = wall.ms < wall_ms_least ? wall_ms_least : wall.ms;
    ms = ms > wall_ms_most ? wall_ms_most : ms;
    int64_t days = ms / day_ms - (ms % day_ms < 0);
    int64_t rest = ms - days * day_ms;
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    civil_from_days(days, &year, &month, &day);
    const int64_t part[] = {
        year,       month, day, rest / 3600000, rest / 60000 % 60, rest / 1000 % 60,
        rest % 1000};
    memcpy(text, shape, sizeof(shape));
    for (int i = 0; i < PARTS; i++) {
        put_digits(text + part_at[i], part_width[i], part[i]);
    }
}

bool hm_date_days(int64_t *days, int64_t year, int64_t month, int64_t day)
{
    static const int8_t length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    if (day > length[month - 1] + (month == 2 && leap(year) ? 1 : 0)) {
        return false;
    }
    *days = days_from_civil(year, month, day);
    return true;
}

static bool digits(const uint8_t *at, int count, int64_t *number)
{
    *number = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return false;
        }
        *number = *number * 10 + (at[i] - '0');
    }
    return true;
}

bool hm_wall_get(struct hm_wall *wall, struct hm_bytes text)
{
    int64_t part[PARTS];
    int64_t days = 0;
    if (text.size != sizeof(shape) - 1) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (shape[i] != 'd' && text.data[i] != (uint8_t)shape[i]) {
            return false;
        }
    }
    for (int i = 0; i < PARTS; i++) {
        if (!digits(text.data + part_at[i], part_width[i], &part[i])) {
            return false;
        }
    }
    if (!hm_date_days(&days, part[0], part[1], part[2]) || part[3] > 23 || part[4] > 59 ||
        part[5] > 59) {
        return false;
    }
    wall->ms =
        days * day_ms + part[3] * 3600000 + part[4] * 60000 + part[5] * 1000 + part[6];
    return true;
}

bool hm_duration_get(int64_t *duration_ms, struct hm_bytes text)
{
    int64_t number = 0;
    int64_t unit_ms = 0;
    if (text.size < 2 || text.size > 7 ||
        !digits(text.data, (int)text.size - 1, &number)) {
        return false;
    }
    switch (text.data[text.size - 1]) {
    case 's':
        unit_ms = 1000;
        break;
    case 'm':
        unit_ms = 60LL * 1000;
        break;
    case 'h':
        unit_ms = 60LL * 60 * 1000;
        break;
    case 'd':
        unit_ms = day_ms;
        break;
    default:
        return false;
    }
    *duration_ms = number * unit_ms;
    return true;
}
