/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/reason.h"

#include "hamlet/base/assert.h"

static const struct {
    const char *name;
    const char *word;
} reasons[] = {[HM_REASON_NONE] = {"", ""},
#define HM_REASON_ROW(name, text) [HM_REASON_##name] = {#text, "reason." #text},
               HM_REASON_MAP(HM_REASON_ROW)
#undef HM_REASON_ROW
};

const char *hm_reason_name(enum hm_reason reason)
{
    HM_ASSERT(reason < HM_REASON_COUNT);
    return reasons[reason].name;
}

const char *hm_reason_word(enum hm_reason reason)
{
    HM_ASSERT(reason < HM_REASON_COUNT);
    return reasons[reason].word;
}

bool hm_reason_find(enum hm_reason *reason, struct hm_bytes name)
{
    for (int i = HM_REASON_NONE + 1; i < HM_REASON_COUNT; i++) {
        if (hm_bytes_are(name, reasons[i].name)) {
            *reason = (enum hm_reason)i;
            return true;
        }
    }
    return false;
}
