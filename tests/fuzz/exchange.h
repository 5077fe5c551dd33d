/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - the world in which exchange.c listens, and make_corpus.c records. */
#ifndef TESTS_FUZZ_EXCHANGE_H
#define TESTS_FUZZ_EXCHANGE_H

#include <string.h>

#include "fuzz.h"
#include "hamlet/base/embed.h"
#include "world.h"

enum { EXCHANGE_SEED = 5 };

/*
 * Kinds of its own: a page says its kind's version, so that samples made of the kinds
 * that ship would be those of another disk once one of these gains a field.
 */
extern const struct hm_embedded exchange_kinds[];

static inline void exchange_add(struct world_laptop *laptop, const char *name)
{
    struct hm_author *author = NULL;
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {hm_text("head_name"), hm_text(name), NULL},
        {hm_text("address_text"), hm_text("Tổ 3"), NULL}};
    HM_ASSERT(hm_author_open(&author, laptop->store, NULL) == HM_OK);
    HM_ASSERT(hm_author_begin(author, NULL) == HM_OK);
    HM_ASSERT(hm_author_add(author, hm_text("household"), fields, 2, &added, NULL) ==
              HM_OK);
    HM_ASSERT(hm_author_commit(author, NULL) == HM_OK);
    hm_author_close(author);
}

/* The laptop has something to say, and the server something for it. */
static inline struct world_laptop *exchange_open(struct world *world)
{
    world_init(world, EXCHANGE_SEED, exchange_kinds, 1, 1);
    struct world_laptop *lan = world_laptop_add(world, "101-1", "recorder");
    struct world_laptop *tu = world_laptop_add(world, "101-1", "hamlet_head");
    exchange_add(lan, "Trần Thị Bảy");
    HM_ASSERT(world_sync(world, lan, NULL));
    HM_ASSERT(world_sync(world, tu, NULL));
    exchange_add(tu, "Nguyễn Văn Út");
    exchange_add(tu, "Lê Thị Hồng");
    HM_ASSERT(world_sync(world, tu, NULL));
    exchange_add(lan, "Phạm Văn Tám");
    return lan;
}

/* Its length, without the LF. */
static inline size_t exchange_first_line(struct hm_bytes body)
{
    const uint8_t *end = memchr(body.data, '\n', body.size);
    HM_ASSERT(end != NULL);
    return (size_t)(end - body.data);
}

#endif
