/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/retain.h"

#include "hamlet/model/value.h"

enum { YEAR_DIGITS = 4, TEN = 10 };

/* A number, or the year that a date begins with. */
bool hm_retain_year(int64_t *year, struct hm_bytes value)
{
    struct hm_bytes text = hm_value_text_or(value, HM_NO_BYTES);
    int64_t read = 0;
    if (value.size > 0 && hm_value_tag(value) == HM_VALUE_INTEGER) {
        *year = hm_value_int_or(value, 0);
        return true;
    }
    if (value.size == 0 || text.size < YEAR_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < YEAR_DIGITS; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        read = read * TEN + (text.data[i] - '0');
    }
    *year = read;
    return true;
}

bool hm_retain_over(const struct hm_kind_retain *retain, int64_t year, int64_t now)
{
    return year < now - retain->years;
}
