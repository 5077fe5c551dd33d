/* SPDX-License-Identifier: Apache-2.0 */
/*
 * noise.h - records of text that hardly packs, so that a few of them fill pages.
 *
 * Owner:  the test; `made_count` is set to 0 where a test begins
 * Errors: what fails ends the test
 */
#ifndef TESTS_UNIT_SYNC_NOISE_H
#define TESTS_UNIT_SYNC_NOISE_H

#include <check.h>
#include <stdio.h>

#include "world.h"

static struct hm_err err;

/* The records of a laptop, the newest last. */
enum { MADE_MAX = 4096 };
static struct {
    const struct world_laptop *by;
    struct hm_id record;
} made[MADE_MAX];
static size_t made_count;

/* Text that hardly packs. */
static inline void make_noise(char *text, size_t size, uint32_t *state)
{
    for (size_t k = 0; k + 1 < size; k++) {
        *state = *state * UINT32_C(1103515245) + 12345;
        text[k] = (char)('a' + (*state >> 16) % 26);
    }
    text[size - 1] = '\0';
}

/* Edit the last `count` records that this laptop made: pages that refer to pages. */
static inline void edit(struct hm_author *author,
                        const struct world_laptop *laptop,
                        int count,
                        uint32_t *noise)
{
    for (size_t i = made_count; i > 0 && count > 0; i--) {
        struct hm_id change;
        char value[50];
        make_noise(value, sizeof(value), noise);
        const struct hm_field_input field = {hm_text("cluster"), hm_text(value), NULL};
        if (made[i - 1].by != laptop) {
            continue;
        }
        ck_assert_int_eq(
            hm_author_edit(author, &made[i - 1].record, &field, 1, false, &change, &err),
            HM_OK);
        count--;
    }
}

/* Records, and edits of half as many. */
static inline void add(struct world_laptop *laptop, int count)
{
    struct hm_author *author = NULL;
    struct hm_added added;
    uint32_t noise = 1;
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    for (int i = 0; i < count; i++) {
        char name[64];
        char address[190];
        (void)snprintf(name, sizeof(name), "%s %d", laptop->name, i);
        make_noise(address, sizeof(address), &noise);
        const struct hm_field_input fields[] = {
            {hm_text("head_name"), hm_text(name), NULL},
            {hm_text("address_text"), hm_text(address), NULL}};
        ck_assert_int_eq(
            hm_author_add(author, hm_text("household"), fields, 2, &added, &err), HM_OK);
        ck_assert_uint_lt(made_count, MADE_MAX);
        made[made_count].by = laptop;
        made[made_count++].record = added.record;
    }
    edit(author, laptop, count * 2 / 3, &noise);
    edit(author, laptop, count / 2, &noise);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

#endif
