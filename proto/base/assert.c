/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void hm_assert_failed(const char *expression, const char *file, int line)
{
    fprintf(stderr, "bug: %s (%s:%d)\n", expression, file, line);
    abort();
}
