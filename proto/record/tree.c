/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/tree.h"

#include <string.h>

bool hm_tree_is_number(struct hm_bytes code)
{
    for (size_t i = 0; i < code.size; i++) {
        if (code.data[i] < '0' || code.data[i] > '9') {
            return false;
        }
    }
    return code.size > 0 && code.size <= HM_TREE_CODE_MAX;
}

bool hm_tree_code_was(const struct hm_kind_tree *tree,
                      struct hm_bytes code,
                      size_t *width,
                      uint8_t was[HM_TREE_CODE_MAX])
{
    size_t next = HM_TREE_CODE_MAX + 1;
    for (size_t i = 0; i < tree->width_count; i++) {
        size_t digits = tree->widths[i].digits;
        next = digits > *width && digits > code.size && digits < next ? digits : next;
    }
    if (next > HM_TREE_CODE_MAX) {
        return false;
    }
    memset(was, '0', next - code.size);
    memcpy(was + next - code.size, code.data, code.size);
    *width = next;
    return true;
}
