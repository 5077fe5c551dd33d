/* SPDX-License-Identifier: Apache-2.0 */
/* Who may not erase signs erasures: nothing is forgotten anywhere, and nobody stops. */
#include <check.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/check.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/records.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

enum { BODY_MAX = 1024 * 1024 };

static const char name[] = "Nguyễn Văn Út";

static struct world_laptop *evil; /* recorder of 101-1 */
static struct world_laptop *mate; /* recorder of 101-1 */
static struct hm_maker maker;

static void setup(void)
{
    world_init(&world, 7, hm_embedded_kinds, 1, 2);
    evil = world_laptop_add(&world, "101-1", "recorder");
    mate = world_laptop_add(&world, "101-1", "recorder");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    hm_maker_init(&maker, &arena, 9);
    maker.district = world.self.server;
    maker.device = hm_sign_device(&evil->key);
    maker.home = "101-1";
    ck_assert_int_eq(hm_store_meta_get_id(evil->store, HM_META_USER, &maker.user, &err),
                     HM_OK);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static struct hm_added add_named(void)
{
    struct hm_author *author = NULL;
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text(name)},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 3")}};
    ck_assert_int_eq(world_author(&world, mate, NULL, &author, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_add(author, hm_text("household"), fields, 2, &added, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    return added;
}

/* One change in a chain of its own; what the server says. */
static int attack(struct hm_change *change)
{
    static uint8_t requests;
    struct hm_buf stream;
    struct hm_buf body;
    struct world_visit visit;
    requests++;
    struct hm_page page = {.device = maker.device,
                           .epoch = 700U + requests,
                           .home = change->home,
                           .seq = 1,
                           .changes = change,
                           .count = 1,
                           .head_known = true};
    struct hm_request request = {.device = maker.device,
                                 .epoch = 90000U + requests,
                                 .id = hm_make_id(requests),
                                 .reply_max = 1,
                                 .version = hm_text("evil")};
    hm_chain_begin(&page.head_before, &maker.device, page.epoch, NULL);
    hm_page_head(&page);
    hm_page_sign(&page, &evil->secret);
    hm_buf_init(&stream, BODY_MAX);
    hm_buf_init(&body, BODY_MAX);
    put_page(&stream, &page);
    ck_assert_int_eq(hm_request_write(&body, &request, stream.size, &world.self.server,
                                      &evil->secret, &err),
                     HM_OK);
    hm_buf_put_bytes(&body, hm_buf_bytes(&stream));
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    int http = visit.http;
    world_visit_fini(&visit);
    hm_buf_fini(&body);
    hm_buf_fini(&stream);
    return http;
}

/* An erasure of the name that `create` gave. */
static struct hm_change *erasure(const struct hm_added *added, const char *role)
{
    struct hm_held held;
    maker.role = role;
    ck_assert_int_eq(
        hm_store_change_find(world.reader, &added->change, &held, &arena, &err), HM_OK);
    struct hm_change *change = hm_make(&maker, HM_ACT_ERASE, &added->record);
    hm_make_write(change, &maker, "head_name", hm_make_value(&maker, "null"), 1,
                  &held.change);
    hm_make_seal(change, &maker);
    return change;
}

static bool holds(struct hm_store *store, const struct hm_added *added)
{
    struct hm_held held;
    bool found = false;
    ck_assert_int_eq(hm_store_change_find(store, &added->change, &held, &arena, &err),
                     HM_OK);
    for (size_t i = 0; i < held.change.write_count; i++) {
        const struct hm_write *write = &held.change.writes[i];
        found = found || (hm_bytes_are(write->reg, "head_name") && write->value.size > 0);
    }
    return found;
}

static void check_nothing_is_gone(const struct hm_added *added)
{
    size_t records = 0;
    size_t different = 0;
    struct hm_store *stores[] = {world.store, world.reader, mate->store, evil->store};
    sync_with(mate);
    sync_with(evil);
    sync_with(mate);
    for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++) {
        ck_assert_msg(holds(stores[i], added), "store %zu", i);
        ck_assert_int_eq(hm_store_check_derived(stores[i], &records, &different, &err),
                         HM_OK);
        ck_assert_uint_eq(different, 0);
    }
    ck_assert(world_agrees(&world, mate, "101-1"));
}

START_TEST(an_erasure_by_one_who_may_not_erase_forgets_nothing)
{
    static const char *const roles[] = {"recorder", "district_admin", "server"};
    struct hm_added added = add_named();
    sync_with(mate);

    ck_assert_int_eq(attack(erasure(&added, roles[_i])), 200);

    struct hm_refused *refused = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_quarantine(world.reader, &refused, &count, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    check_nothing_is_gone(&added);
}
END_TEST

START_TEST(an_erasure_that_comes_before_what_it_erases_forgets_nothing)
{
    struct hm_added added = add_named();
    struct hm_held held;
    ck_assert_int_eq(
        hm_store_change_find(mate->store, &added.change, &held, &arena, &err), HM_OK);
    maker.role = "recorder";
    struct hm_change *change = hm_make(&maker, HM_ACT_ERASE, &added.record);
    hm_make_write(change, &maker, "head_name", hm_make_value(&maker, "null"), 1,
                  &held.change);
    hm_make_seal(change, &maker);

    ck_assert_int_eq(attack(change), 200);

    check_nothing_is_gone(&added);
}
END_TEST

START_TEST(an_erasure_in_the_name_of_another_unit_forgets_nothing_here)
{
    struct hm_added added = add_named();
    sync_with(mate);
    maker.home = "101-2";

    ck_assert_int_eq(attack(erasure(&added, "recorder")), 200);

    maker.home = "101-1";
    check_nothing_is_gone(&added);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync.hostile_erase");
    TCase *group = tcase_create("erase");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_loop_test(group, an_erasure_by_one_who_may_not_erase_forgets_nothing, 0, 3);
    tcase_add_test(group, an_erasure_that_comes_before_what_it_erases_forgets_nothing);
    tcase_add_test(group, an_erasure_in_the_name_of_another_unit_forgets_nothing_here);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
