/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt: what is accepted is written as the same bytes. */
#include "hamlet/wire/receipt.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes message = {data, size};
    struct hm_receipt receipt;
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    struct hm_buf again;
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    hm_buf_init(&again, size + 1);
    enum hm_status status = hm_receipt_get(&receipt, message, &arena, &err);
    if (status == HM_OK) {
        hm_receipt_put(&again, &receipt);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), message));
    } else {
        HM_ASSERT(status == HM_CORRUPT && err.key != NULL);
    }
    hm_buf_fini(&again);
    hm_arena_fini(&arena);
    return 0;
}
