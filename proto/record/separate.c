/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/separate.h"

#include <string.h>

#include "hamlet/model/value.h"

enum { KEYS_MAX = 16, VALUE_SIZE = 64 };

/* To decide a conflict, to withdraw or to erase is no writing of one's own. */
bool hm_separate_act(enum hm_act act)
{
    return act == HM_ACT_CREATE || act == HM_ACT_EDIT;
}

static size_t place_of(const struct hm_field *field,
                       const struct hm_key_field *key,
                       size_t key_count)
{
    size_t i = 0;
    while (i < key_count && !hm_bytes_are(key[i].name, field->name)) {
        i++;
    }
    return i;
}

size_t hm_separate_ids(const struct hm_kind *kind,
                       struct hm_bytes home,
                       const struct hm_key_field *key,
                       size_t key_count,
                       struct hm_id ids[HM_SEPARATE_MAX])
{
    const struct hm_field *field = kind->separate;
    struct hm_key_field other[KEYS_MAX];
    uint8_t room[VALUE_SIZE];
    size_t count = 0;
    size_t at = field == NULL ? key_count : place_of(field, key, key_count);
    if (at == key_count || key_count > KEYS_MAX) {
        return 0;
    }
    memcpy(other, key, key_count * sizeof(other[0]));
    for (size_t i = 0; i < field->choices.count && count < HM_SEPARATE_MAX; i++) {
        struct hm_buf value;
        hm_buf_init_fixed(&value, room, sizeof(room));
        hm_value_put_text(&value, hm_text(field->choices.at[i].value));
        other[at].value = hm_buf_bytes(&value);
        if (!hm_bytes_equal(other[at].value, key[at].value)) {
            hm_record_id(&ids[count++], home, hm_text(kind->name), other, key_count);
        }
    }
    return count;
}
