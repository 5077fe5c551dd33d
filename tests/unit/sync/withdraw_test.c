/* SPDX-License-Identifier: Apache-2.0 */
/* Withdrawals that reach the server before what they name. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/base/embed.h"
#include "hamlet/store/check.h"
#include "hamlet/store/withdraw.h"
#include "run.h"
#include "tests/unit/sync/acts.h"
#include "world_registry.h"

enum { BODY_MAX = 1024 * 1024, IMPORTED = 400, CUT = 5 * 1024 };

static struct world_laptop *head;    /* hamlet_head of 101-1 */
static struct world_laptop *mate;    /* recorder of 101-1 */
static struct world_laptop *officer; /* commune_officer of 101 */
static struct hm_maker maker;
static uint32_t epoch; /* of the next page: each begins a chain of its own */

static void setup(void)
{
    world_init(&world, hm_testenv_seed(61), hm_embedded_kinds, 1, 2);
    head = world_laptop_add(&world, "101-1", "hamlet_head");
    mate = world_laptop_add(&world, "101-1", "recorder");
    officer = world_laptop_add(&world, "101", "commune_officer");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    hm_maker_init(&maker, &arena, 9);
    maker.district = world.self.server;
    maker.home = "101-1";
    maker.kind = "";
    maker.kind_version = 0;
    epoch = 77;
    sync_with(head);
    sync_with(mate);
    sync_with(officer);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

/* What no program of ours sends: a withdrawal of what its author cannot have seen. */
static struct hm_id withdraw_early(struct world_laptop *by,
                                   const struct hm_id *names,
                                   size_t count)
{
    struct world_visit visit;
    struct hm_buf stream;
    struct hm_buf body;
    maker.device = hm_sign_device(&by->key);
    maker.role = by->role;
    ck_assert_int_eq(hm_store_meta_get_id(by->store, HM_META_USER, &maker.user, &err),
                     HM_OK);
    struct hm_change *change = hm_make(&maker, HM_ACT_WITHDRAW, NULL);
    for (size_t i = 0; i < count; i++) {
        hm_make_name(change, &maker, names[i]);
    }
    hm_make_seal(change, &maker);
    struct hm_page page = {.device = maker.device,
                           .epoch = ++epoch,
                           .home = change->home,
                           .seq = 1,
                           .changes = change,
                           .count = 1,
                           .head_known = true};
    hm_chain_begin(&page.head_before, &maker.device, epoch, NULL);
    hm_page_head(&page);
    hm_page_sign(&page, &by->secret);
    struct hm_request request = {.device = maker.device,
                                 .epoch = epoch,
                                 .id = hm_make_id((uint8_t)epoch),
                                 .reply_max = 1,
                                 .version = hm_text("early")};
    hm_buf_init(&stream, BODY_MAX);
    hm_buf_init(&body, BODY_MAX);
    put_page(&stream, &page);
    ck_assert_int_eq(hm_request_write(&body, &request, stream.size, &world.self.server,
                                      &by->secret, &err),
                     HM_OK);
    hm_buf_put_bytes(&body, hm_buf_bytes(&stream));
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    ck_assert_int_eq(visit.http, 200);
    world_visit_fini(&visit);
    hm_buf_fini(&body);
    hm_buf_fini(&stream);
    return change->id;
}

static struct hm_held find(struct hm_store *store, const struct hm_id *id)
{
    struct hm_held held;
    ck_assert_int_eq(hm_store_change_find(store, id, &held, &arena, &err), HM_OK);
    return held;
}

/* A new household on this laptop, and nowhere else: the change that made it. */
static struct hm_id add_one(struct world_laptop *laptop)
{
    return add(laptop, 1); /* a record without a key has its change's id */
}

static struct hm_id import(struct world_laptop *laptop, int count)
{
    struct hm_author *author = NULL;
    struct hm_added added;
    struct hm_id bulk;
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_bulk(author, &bulk, &err), HM_OK);
    for (int i = 0; i < count; i++) {
        char name[64]; /* that does not pack, so that it takes several pages */
        (void)snprintf(name, sizeof(name), "%016" PRIx64 "%016" PRIx64,
                       hm_testenv_next(&world.env), hm_testenv_next(&world.env));
        const struct hm_field_input fields[] = {
            {hm_text("head_name"), hm_text(name), NULL},
            {hm_text("address_text"), hm_text("Tổ 3"), NULL}};
        ck_assert_int_eq(
            hm_author_add(author, hm_text("household"), fields, 2, &added, &err), HM_OK);
    }
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    return bulk;
}

/* How many changes of the home are here, and how many of them stand aside. */
struct counted {
    int all;
    int withdrawn;
};

static enum hm_status count_one(void *ctx, const struct hm_held *held, struct hm_err *why)
{
    struct counted *counted = ctx;
    (void)why;
    if (held->change.act == HM_ACT_CREATE &&
        hm_bytes_are(held->change.home, maker.home)) {
        counted->all++;
        counted->withdrawn += held->withdrawn;
    }
    return HM_OK;
}

static struct counted count(struct hm_store *store)
{
    struct counted counted = {0};
    ck_assert_int_eq(hm_store_changes_each(store, count_one, &counted, &err), HM_OK);
    return counted;
}

static void all_agree(void)
{
    for (int turn = 0; turn < 2; turn++) {
        sync_with(mate);
        sync_with(head);
        sync_with(officer);
    }
    ck_assert(world_agrees(&world, mate, "101-1"));
    ck_assert(world_agrees(&world, head, "101-1"));
    ck_assert(world_agrees(&world, officer, "101"));
}

START_TEST(a_withdrawal_of_what_is_not_here_waits_for_it)
{
    struct hm_id change = add_one(mate);
    struct hm_id early = withdraw_early(officer, &change, 1);
    ck_assert_uint_eq(find(world.reader, &early).verdict, HM_VERDICT_QUARANTINED);

    sync_with(mate);

    ck_assert_uint_eq(find(world.reader, &early).verdict,
                      HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);
    ck_assert(find(world.reader, &change).withdrawn);
    all_agree();
    ck_assert(find(mate->store, &change).withdrawn);
}
END_TEST

START_TEST(who_may_not_withdraw_it_may_not_before_it_came_either)
{
    struct hm_id change = add_one(mate);
    struct hm_id early = withdraw_early(head, &change, 1);

    sync_with(mate);

    ck_assert_uint_eq(find(world.reader, &early).verdict, HM_VERDICT_QUARANTINED);
    ck_assert(!find(world.reader, &change).withdrawn);
    all_agree();
    ck_assert(!find(head->store, &change).withdrawn);
}
END_TEST

START_TEST(a_withdrawal_waits_for_all_that_it_names)
{
    struct hm_id names[] = {add_one(mate), add_one(head)};
    struct hm_id early = withdraw_early(officer, names, 2);
    sync_with(mate);
    ck_assert_uint_eq(find(world.reader, &early).verdict, HM_VERDICT_QUARANTINED);
    ck_assert(!find(world.reader, &names[0]).withdrawn);

    sync_with(head);

    ck_assert_uint_eq(find(world.reader, &early).verdict,
                      HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);
    ck_assert(find(world.reader, &names[0]).withdrawn);
    ck_assert(find(world.reader, &names[1]).withdrawn);
    all_agree();
}
END_TEST

/* The first page that comes of it releases the withdrawal, which takes what follows. */
START_TEST(a_withdrawn_import_whose_request_was_cut_is_withdrawn_whole)
{
    const struct world_faults cut = {.cut_up = CUT, .cut_down = SIZE_MAX};
    struct hm_id bulk = import(mate, IMPORTED);
    struct hm_id early = withdraw_early(officer, &bulk, 1);
    ck_assert_uint_eq(find(world.reader, &early).verdict, HM_VERDICT_QUARANTINED);
    ck_assert_int_eq(world_session(mate, &err), HM_OK);

    struct counted part = {0};
    for (int tries = 0; tries < 4 && part.all == 0; tries++) {
        (void)world_exchange(&world, mate, mate->session, &cut, &err);
        part = count(world.reader);
    }
    ck_assert_int_gt(part.all, 0);
    ck_assert_int_lt(part.all, IMPORTED);
    ck_assert_int_eq(part.withdrawn, part.all);
    sync_with(mate);

    struct counted whole = count(world.reader);
    ck_assert_int_eq(whole.all, IMPORTED);
    ck_assert_int_eq(whole.withdrawn, IMPORTED);
    all_agree();
    ck_assert_int_eq(count(mate->store).withdrawn, IMPORTED);
}
END_TEST

/* Laptops bring back to a lost server that it waits, in either order. */
START_TEST(a_lost_server_goes_on_waiting)
{
    struct hm_id change = add_one(mate);
    struct hm_id early = withdraw_early(officer, &change, 1);
    sync_with(officer);
    sync_with(head);
    ck_assert_uint_eq(find(officer->store, &early).verdict, HM_VERDICT_QUARANTINED);
    world_server_empty(&world);

    sync_with(officer);
    ck_assert_uint_eq(find(world.reader, &early).verdict, HM_VERDICT_QUARANTINED);
    sync_with(mate);

    ck_assert_uint_eq(find(world.reader, &early).verdict,
                      HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);
    ck_assert(find(world.reader, &change).withdrawn);
    all_agree();
}
END_TEST

START_TEST(what_came_to_a_lost_server_first_is_withdrawn_when_its_withdrawal_comes)
{
    struct hm_id change = add_one(mate);
    struct hm_id early = withdraw_early(officer, &change, 1);
    sync_with(officer);
    world_server_empty(&world);
    sync_with(head);

    sync_with(mate);
    sync_with(officer);

    ck_assert_uint_ge(find(world.reader, &early).verdict, HM_VERDICT_ACCEPTED);
    ck_assert(find(world.reader, &change).withdrawn);
    all_agree();
}
END_TEST

/* Refused for the registry's sake alone, and what it names comes after the close. */
START_TEST(what_a_registry_refused_that_was_not_whole_waits_after_the_close)
{
    world_fini(&world);
    world_init(&world, hm_testenv_seed(63), hm_embedded_kinds, 2, 1);
    head = world_laptop_add(&world, "101-1", "hamlet_head");
    mate = world_laptop_add(&world, "101-1", "recorder");
    officer = world_laptop_add(&world, "102", "commune_officer");
    maker.district = world.self.server;
    sync_with(mate);
    sync_with(officer);
    struct hm_disk *backup = world_server_backup(&world);
    ck_assert_int_eq(world_permit(&world, officer, "101-1", &err), HM_OK);
    sync_with(head); /* who alone heard of it */
    struct hm_id change = add_one(mate);
    world_server_restore(&world, backup);
    struct hm_id early = withdraw_early(officer, &change, 1);
    sync_with(head);
    close_refill();
    ck_assert_uint_eq(find(world.reader, &early).verdict, HM_VERDICT_QUARANTINED);

    sync_with(mate);

    ck_assert_uint_eq(find(world.reader, &early).verdict,
                      HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED);
    ck_assert(find(world.reader, &change).withdrawn);
}
END_TEST

/* A server that is older than its laptops: it does not know what a household is. */
static const char *const unknown[] = {"commitment", "household", "household_result"};

static bool is_unknown(const char *file)
{
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        size_t length = strlen(unknown[i]);
        if (strncmp(file, unknown[i], length) == 0 && file[length] == '.') {
            return true;
        }
    }
    return false;
}

static void open_older(void)
{
    struct hm_embedded known[64];
    size_t count = 0;
    for (const struct hm_embedded *file = hm_embedded_kinds; file->name != NULL; file++) {
        if (!is_unknown(file->name)) {
            known[count++] = *file;
        }
    }
    known[count] = (struct hm_embedded){NULL};
    world_init(&world, hm_testenv_seed(62), known, 1, 1);
}

static void learn_the_rest(struct hm_kinds *kinds)
{
    for (const struct hm_embedded *file = hm_embedded_kinds; file->name != NULL; file++) {
        if (is_unknown(file->name)) {
            ck_assert_int_eq(hm_kinds_add(kinds,
                                          (struct hm_bytes){file->data, file->size},
                                          file->name, &err),
                             HM_OK);
        }
    }
}

START_TEST(what_is_withdrawn_of_a_kind_to_be_learned_is_withdrawn_when_it_is)
{
    struct hm_kinds *newer = NULL;
    world_fini(&world);
    open_older();
    ck_assert_int_eq(hm_kinds_open(&newer, hm_embedded_kinds, &err), HM_OK);
    mate = world_laptop_add_with(&world, "101-1", "recorder", newer);
    officer = world_laptop_add_with(&world, "101", "commune_officer", newer);
    maker.district = world.self.server;
    struct hm_id names[] = {add_one(mate), add_one(mate)};
    sync_with(mate);
    struct hm_id other = withdraw_early(officer, &names[1], 1);
    struct hm_id both[] = {names[0], add_one(mate)};
    struct hm_id late = withdraw_early(officer, both, 2); /* one of them is not here */
    ck_assert_uint_eq(find(world.reader, &other).verdict, HM_VERDICT_QUARANTINED);

    learn_the_rest(world.owned);
    ck_assert_int_eq(hm_judge_again(world.store, &world.self.server, &err), HM_OK);

    const unsigned released = HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED;
    ck_assert_uint_eq(find(world.reader, &other).verdict, released);
    ck_assert(find(world.reader, &names[1]).withdrawn);
    ck_assert_uint_eq(find(world.reader, &late).verdict, HM_VERDICT_QUARANTINED);
    ck_assert(!find(world.reader, &names[0]).withdrawn);
    sync_with(mate);
    ck_assert_uint_eq(find(world.reader, &late).verdict, released);
    ck_assert(find(world.reader, &names[0]).withdrawn);
    sync_with(officer);
    sync_with(mate);
    ck_assert(world_agrees(&world, mate, "101-1"));
    ck_assert(world_agrees(&world, officer, "101"));
    hm_kinds_close(newer); /* what the world still shows needs no kind */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync withdraw");
    TCase *group = tcase_create("early");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 240);
    tcase_add_test(group, a_withdrawal_of_what_is_not_here_waits_for_it);
    tcase_add_test(group, who_may_not_withdraw_it_may_not_before_it_came_either);
    tcase_add_test(group, a_withdrawal_waits_for_all_that_it_names);
    tcase_add_test(group, a_withdrawn_import_whose_request_was_cut_is_withdrawn_whole);
    tcase_add_test(group, a_lost_server_goes_on_waiting);
    tcase_add_test(
        group, what_came_to_a_lost_server_first_is_withdrawn_when_its_withdrawal_comes);
    tcase_add_test(group,
                   what_a_registry_refused_that_was_not_whole_waits_after_the_close);
    tcase_add_test(group,
                   what_is_withdrawn_of_a_kind_to_be_learned_is_withdrawn_when_it_is);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
