/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored change: what is accepted is stored again as the same bytes; what is valid can
 * be sealed and judged. The first byte chooses the act, the second the kind.
 */
#include "hamlet/model/change.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/judge.h"
#include "hamlet/record/kinds.h"

static const struct hm_kinds *kinds(void)
{
    static struct hm_kinds *all;
    if (all == NULL) {
        HM_ASSERT(hm_kinds_open(&all, hm_embedded_kinds, NULL) == HM_OK);
    }
    return all;
}

static void judge(struct hm_change *change, const struct hm_kind *kind)
{
    struct hm_buf scratch;
    struct hm_id before = change->id;
    struct hm_bytes where = HM_NO_BYTES;
    hm_buf_init(&scratch, 2 * HM_CHANGE_BYTES_MAX);
    if (hm_change_seal(change, &scratch, NULL) == HM_OK) {
        HM_ASSERT(hm_change_valid(change));
        enum hm_reason reason = hm_kind_judge(kind, change, NULL, 0, &where);
        HM_ASSERT(reason != HM_REASON_NONE || where.size == 0);
    } else {
        HM_ASSERT(hm_id_equal(&before, &change->id));
    }
    hm_buf_fini(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes body = {data, size};
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    struct hm_buf again;
    uint8_t act = fuzz_choice(&body);
    const struct hm_kind *kind =
        hm_kinds_at(kinds(), fuzz_choice(&body) % hm_kinds_count(kinds()));
    struct hm_change change = {.district = {{1}},
                               .device = {{2}},
                               .user = {{3}},
                               .record = {{4}},
                               .role = hm_text("recorder"),
                               .home = hm_text("30341-01"),
                               .kind = hm_text(kind->name),
                               .act = (enum hm_act)(act % HM_ACT_COUNT)};
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    enum hm_status status = hm_change_body_get(&change, body, &arena, &err);
    if (status == HM_OK) {
        hm_buf_init(&again, size + 1);
        hm_change_body_put(&again, &change);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), body));
        hm_buf_fini(&again);
        if (hm_change_valid(&change)) {
            judge(&change, kind);
        }
    } else {
        HM_ASSERT(status == HM_CORRUPT && err.key != NULL);
    }
    hm_arena_fini(&arena);
    return 0;
}
