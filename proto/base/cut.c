/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/cut.h"

#include <string.h>

void hm_cut(char *to, size_t size, struct hm_bytes text)
{
    size_t length = text.size < size ? text.size : size - 1;
    while (length < text.size && length > 0 && (text.data[length] & 0xC0) == 0x80) {
        length--;
    }
    if (length > 0) {
        memcpy(to, text.data, length);
    }
    to[length] = '\0';
}
