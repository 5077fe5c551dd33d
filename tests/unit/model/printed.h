/* SPDX-License-Identifier: Apache-2.0 */
/* printed.h - the heads of a merge as text, so that two merges can be compared. */
#ifndef TESTS_UNIT_MODEL_PRINTED_H
#define TESTS_UNIT_MODEL_PRINTED_H

#include <check.h>
#include <string.h>

#include "hamlet/model/merge.h"

static inline void name_of(char hex[17], const struct hm_id *id)
{
    hm_hex_put(hex, (struct hm_bytes){id->at, 8});
}

struct print {
    char *at;
    size_t left;
};

static inline void put(struct print *print, const char *text)
{
    size_t size = strlen(text);
    ck_assert_uint_lt(size, print->left);
    memcpy(print->at, text, size + 1);
    print->at += size;
    print->left -= size;
}

static inline void put_id(struct print *print, const struct hm_id *id)
{
    char hex[17];
    name_of(hex, id);
    put(print, hex);
    put(print, " ");
}

static inline void put_heads(struct print *print,
                             const struct hm_head *heads,
                             size_t count,
                             size_t shown,
                             const struct hm_known *known)
{
    for (size_t i = 0; i < count; i++) {
        put(print, heads[i].write == NULL ? "+" : "");
        put_id(print, &known[heads[i].known].change->id);
    }
    put(print, "shown ");
    put_id(print, &known[heads[shown].known].change->id);
    put(print, "\n");
}

#endif
