/* SPDX-License-Identifier: Apache-2.0 */
/* A file of units: every row has its values or its reason. */
#include "daemon/server/units.h"

#include "fuzz.h"
#include "hamlet/model/value.h"

static const struct hm_kinds *all_kinds(void)
{
    static struct hm_kinds *kinds; /* opened once, and kept */
    if (kinds == NULL) {
        HM_ASSERT(hm_kinds_open(&kinds, hm_embedded_kinds, NULL) == HM_OK);
    }
    return kinds;
}

static void check_row(const struct hm_units *units, const struct hm_units_row *row)
{
    for (size_t i = 0; i < units->column_count; i++) {
        HM_ASSERT(hm_value_valid(row->values[i]));
        HM_ASSERT(hm_value_tag(row->values[i]) == HM_VALUE_NULL ||
                  hm_field_valid(units->columns[i], row->values[i]));
    }
    HM_ASSERT(row->code.size > 0 && row->code.data[0] != '~' && row->code.data[0] != '@');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_units units = {.count = 0};
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    size_t refused = 0;
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    const struct hm_import import = {.file = {data, size}};
    enum hm_status status = hm_units_read(&units, all_kinds(), hm_words_of(HM_LANG_EN),
                                          &import, &arena, &err);
    if (status == HM_OK) {
        for (size_t i = 0; i < units.count; i++) {
            if (units.rows[i].refused == NULL) {
                check_row(&units, &units.rows[i]);
            } else {
                HM_ASSERT(units.rows[i].refused->key != NULL);
                refused++;
            }
        }
        HM_ASSERT(refused == units.refused_count);
    } else {
        HM_ASSERT(status == HM_BAD_INPUT || status == HM_TOO_BIG);
        HM_ASSERT(err.key != NULL);
    }
    hm_arena_fini(&arena);
    return 0;
}
