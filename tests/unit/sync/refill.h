/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refill.h - a commune whose server is to be lost: who works there, what they did.
 *
 * Owner:  the test, by setup and teardown
 * Errors: an act that fails ends the test
 */
#ifndef TESTS_UNIT_SYNC_REFILL_H
#define TESTS_UNIT_SYNC_REFILL_H

#include "hamlet/base/embed.h"
#include "hamlet/store/check.h"
#include "tests/unit/sync/acts.h"

enum { MANY = 300 };

static struct world_laptop *lan;  /* recorder of 101-1 */
static struct world_laptop *hung; /* recorder of 101-1 */
static struct world_laptop *tu;   /* recorder of 101-2 */
static struct world_laptop *mai;  /* commune_officer of 101 */

static inline void setup(void)
{
    world_init(&world, hm_testenv_seed(41), hm_embedded_kinds, 1, 2);
    lan = world_laptop_add(&world, "101-1", "recorder");
    hung = world_laptop_add(&world, "101-1", "recorder");
    tu = world_laptop_add(&world, "101-2", "recorder");
    mai = world_laptop_add(&world, "101", "commune_officer");
    world_account_add(&world, "Anh", "commune_officer", "100");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
}

static inline void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static inline bool syncs(struct world_laptop *laptop)
{
    hm_err_clear(&err);
    return world_sync(&world, laptop, &err);
}

static inline void sync_all(void)
{
    for (int turn = 0; turn < 2; turn++) {
        sync_with(lan);
        sync_with(hung);
        sync_with(tu);
        sync_with(mai);
    }
}

static inline struct hm_author *author_of(struct world_laptop *laptop)
{
    struct hm_author *author = NULL;
    ck_assert_int_eq(world_author(&world, laptop, "Anh", &author, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    return author;
}

static inline void end(struct hm_author *author)
{
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static inline struct hm_id add_named(struct world_laptop *laptop, const char *name)
{
    struct hm_author *author = author_of(laptop);
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text(name)},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 3")}};
    ck_assert_int_eq(hm_author_add(author, hm_text("household"), fields, 2, &added, &err),
                     HM_OK);
    end(author);
    return added.record;
}

/* `laptop` null: somebody at the district. */
static inline struct hm_id edit(struct world_laptop *laptop,
                                const struct hm_id *record,
                                const char *text)
{
    struct hm_author *author = author_of(laptop);
    struct hm_id id;
    const struct hm_field_input given = {.name = hm_text("address_text"),
                                         .text = hm_text(text)};
    ck_assert_int_eq(hm_author_edit(author, record, &given, 1, false, &id, &err), HM_OK);
    end(author);
    return id;
}

static inline void claim(struct world_laptop *laptop, const char *unit)
{
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(laptop->store, HM_META_UNIT, hm_text(unit), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
}

/* Where its permit does not reach: the server refuses it. */
static inline struct hm_id add_elsewhere(struct world_laptop *laptop, const char *unit)
{
    claim(laptop, unit);
    struct hm_id record = add_named(laptop, "Phạm Thị Lạc");
    claim(laptop, laptop->unit);
    return record;
}

static inline struct hm_held find(struct hm_store *store, const struct hm_id *id)
{
    struct hm_held held;
    ck_assert_int_eq(hm_store_change_find(store, id, &held, &arena, &err), HM_OK);
    return held;
}

/* Changes accepted, in conflict, refused, released; of laptops and of the district. */
static inline void work(void)
{
    struct hm_id first = add_named(lan, "Nguyễn Văn Út");
    struct hm_id second = add_named(hung, "Trần Thị Bưởi");
    struct hm_id third = add_named(tu, "Lê Văn Tám");
    sync_all();
    (void)edit(lan, &first, "Tổ 5");
    (void)edit(hung, &first, "Tổ 6");
    (void)edit(mai, &third, "Tổ 7");
    (void)edit(NULL, &second, "Tổ 8");
    struct hm_id stays = add_elsewhere(lan, "101-2");
    struct hm_id let = add_elsewhere(tu, "101-1");
    sync_all();
    ck_assert_uint_eq(find(world.reader, &stays).verdict, HM_VERDICT_QUARANTINED);
    ck_assert_int_eq(world_release(&world, &let, &err), HM_OK);
    sync_all();
    ck_assert_uint_eq(find(world.reader, &let).verdict,
                      HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);
    for (int i = 0; i < MANY / 10; i++) {
        struct hm_id record = add_named(lan, "Võ Thị Sáu");
        for (int k = 0; k < 4; k++) {
            (void)edit(lan, &record, k % 2 == 0 ? "Tổ 1" : "Tổ 2");
        }
    }
    sync_all();
}

static inline void agree_all(void)
{
    ck_assert(world_agrees(&world, lan, "101-1"));
    ck_assert(world_agrees(&world, hung, "101-1"));
    ck_assert(world_agrees(&world, tu, "101-2"));
    ck_assert(world_agrees(&world, mai, "101"));
}

#endif
