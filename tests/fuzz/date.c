/* SPDX-License-Identifier: Apache-2.0 */
/* A date as it is typed: what is read is a kept date, and what is shown is read again. */
#include "proto/record/date.h"

#include "fuzz.h"
#include "hamlet/record/kinds.h"
#include "hamlet/text/normal.h"

enum { TYPED_MAX = 4096 };

static const struct hm_field *find_field(enum hm_field_type type)
{
    static struct hm_kinds *kinds; /* opened once, and kept */
    if (kinds == NULL) {
        HM_ASSERT(hm_kinds_open(&kinds, hm_embedded_kinds, NULL) == HM_OK);
    }
    for (size_t k = 0; k < hm_kinds_count(kinds); k++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, k);
        for (size_t f = 0; f < kind->field_count; f++) {
            if (kind->fields[f].type == type) {
                return &kind->fields[f];
            }
        }
    }
    return NULL;
}

static void read_as(const struct hm_field *field, struct hm_bytes typed, bool partial)
{
    char kept[HM_DATE_SIZE] = "";
    char again[HM_DATE_SIZE] = "";
    struct hm_buf shown;
    HM_ASSERT(field != NULL);
    if (hm_date_read(kept, typed, field) != HM_OK) {
        HM_ASSERT(!hm_date_valid(typed, partial));
        return;
    }
    HM_ASSERT(hm_date_valid(hm_text(kept), partial));
    HM_ASSERT(hm_date_read(again, hm_text(kept), field) == HM_OK);
    HM_ASSERT(hm_bytes_are(hm_text(again), kept));
    hm_buf_init(&shown, TYPED_MAX);
    hm_date_show(&shown, hm_text(kept));
    HM_ASSERT(hm_date_read(again, hm_buf_bytes(&shown), field) == HM_OK);
    HM_ASSERT(hm_bytes_are(hm_text(again), kept));
    hm_buf_fini(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_buf typed;
    hm_buf_init(&typed, TYPED_MAX);
    if (hm_text_normal(&typed, (struct hm_bytes){data, size}, false, NULL) == HM_OK) {
        struct hm_bytes text = hm_buf_bytes(&typed);
        read_as(find_field(HM_FIELD_TYPE_DATE), text, false);
        read_as(find_field(HM_FIELD_TYPE_PARTIAL_DATE), text, true);
    }
    hm_buf_fini(&typed);
    return 0;
}
