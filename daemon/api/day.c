/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "hamlet/api/units.h"
#include "hamlet/base/assert.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"

enum { DAY_MS = 86400 * 1000 };

static void put_midnight(char text[HM_TIME_TEXT_SIZE], const char *day)
{
    (void)snprintf(text, HM_TIME_TEXT_SIZE, "%.10sT00:00:00.000Z", day);
}

static void today(char day[HM_API_DAY_SIZE], const struct hm_env *env)
{
    char time[HM_VIEW_TIME_SIZE];
    hm_view_time(time, hm_env_wall(env));
    (void)snprintf(day, HM_API_DAY_SIZE, "%.4s-%.2s-%.2s", time + 6, time + 3, time);
}

enum hm_status hm_api_day(char day[HM_API_DAY_SIZE],
                          const char *given,
                          const struct hm_env *env,
                          struct hm_err *err)
{
    static const struct hm_field date = {.name = "", .type = HM_FIELD_TYPE_DATE};
    uint8_t memory[HM_API_DAY_SIZE * 2];
    char midnight[HM_TIME_TEXT_SIZE];
    struct hm_wall wall;
    struct hm_buf value;
    if (given == NULL) {
        today(day, env);
        return HM_OK;
    }
    hm_buf_init_fixed(&value, memory, sizeof(memory));
    enum hm_status status = hm_field_read(&date, hm_text(given), &value, NULL);
    struct hm_bytes text = hm_value_text_or(hm_buf_bytes(&value), HM_NO_BYTES);
    if (status != HM_OK || value.failed != HM_OK || text.size != HM_API_DAY_SIZE - 1) {
        return hm_fail(err, HM_BAD_INPUT, "day-form", given, NULL, NULL);
    }
    memcpy(day, text.data, text.size);
    day[text.size] = '\0';
    put_midnight(midnight, day);
    return hm_wall_get(&wall, hm_text(midnight))
               ? HM_OK
               : hm_fail(err, HM_BAD_INPUT, "day-form", given, NULL, NULL);
}

void hm_api_day_add(char later[HM_API_DAY_SIZE], const char *day, int days)
{
    char midnight[HM_TIME_TEXT_SIZE];
    struct hm_wall wall = {0};
    put_midnight(midnight, day);
    HM_ASSERT(hm_wall_get(&wall, hm_text(midnight)));
    wall.ms += (int64_t)days * DAY_MS;
    hm_wall_put(midnight, wall);
    memcpy(later, midnight, HM_API_DAY_SIZE - 1);
    later[HM_API_DAY_SIZE - 1] = '\0';
}
