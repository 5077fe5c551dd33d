/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a device's keys: what holds is bounded, and holds in every longer text. */
#include "hamlet/model/keys.h"

#include <string.h>

#include "fuzz.h"

enum { FIRST_TEXT = HM_B64_32_SIZE - 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes text = {data, size};
    struct hm_bytes first = {data, size < FIRST_TEXT ? size : FIRST_TEXT};
    struct hm_keys keys;
    struct hm_keys again;
    struct hm_key key;
    if (!hm_b64_get(key.at, HM_KEY_SIZE, first)) {
        memset(&key, 0, sizeof(key));
    }
    struct hm_id device = hm_sign_device(&key);
    bool whole = hm_keys_read(&keys, text, &device);
    HM_ASSERT(keys.count <= HM_KEYS_MAX && (!whole || keys.count > 0));
    HM_ASSERT(!whole || (size <= HM_KEYS_TEXT_MAX && hm_keys_follow(text, text)));
    HM_ASSERT(keys.count == 0 || memcmp(keys.at[0].at, key.at, HM_KEY_SIZE) == 0);
    if (whole && keys.count > 1) {
        text.size--;
        HM_ASSERT(!hm_keys_read(&again, text, &device));
        HM_ASSERT(again.count + 1 == keys.count);
    }
    return 0;
}
