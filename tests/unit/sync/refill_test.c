/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that lost everything but its key, or all since an old backup, gets it back
 * from laptops that return one after the other, each with its own scope.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/check.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "hamlet/sync/judge.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/acts.h"
#include "world_registry.h"

enum { CHANGES_MAX = 4096, BUCKETS_MAX = 64, MANY = 300 };

static struct world_laptop *lan;  /* recorder of 101-1 */
static struct world_laptop *hung; /* recorder of 101-1 */
static struct world_laptop *tu;   /* recorder of 101-2 */
static struct world_laptop *mai;  /* commune_officer of 101 */

/* A server as it was: what it held, how it had judged it, what its buckets said. */
static struct memory {
    struct {
        struct hm_id id;
        unsigned verdict;
    } changes[CHANGES_MAX];
    size_t change_count;
    struct hm_bucket buckets[BUCKETS_MAX];
    size_t bucket_count;
    struct hm_digest digest; /* of all units */
} before;

static void setup(void)
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

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

/* ---- acts ---- */

static bool syncs(struct world_laptop *laptop)
{
    hm_err_clear(&err);
    return world_sync(&world, laptop, &err);
}

static void must_sync(struct world_laptop *laptop)
{
    ck_assert_msg(syncs(laptop), "%s: %s %s", laptop->name, err.key, err.arg[0]);
}

static void sync_all(void)
{
    for (int turn = 0; turn < 2; turn++) {
        must_sync(lan);
        must_sync(hung);
        must_sync(tu);
        must_sync(mai);
    }
}

static struct hm_author *author_of(struct world_laptop *laptop)
{
    struct hm_author *author = NULL;
    ck_assert_int_eq(world_author(&world, laptop, "Anh", &author, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    return author;
}

static void end(struct hm_author *author)
{
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static struct hm_id add_named(struct world_laptop *laptop, const char *name)
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
static struct hm_id edit(struct world_laptop *laptop,
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

static void claim(struct world_laptop *laptop, const char *unit)
{
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(laptop->store, HM_META_UNIT, hm_text(unit), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
}

/* Where its permit does not reach: the server refuses it. */
static struct hm_id add_elsewhere(struct world_laptop *laptop, const char *unit)
{
    claim(laptop, unit);
    struct hm_id record = add_named(laptop, "Phạm Thị Lạc");
    claim(laptop, laptop->unit);
    return record;
}

static struct hm_held find(struct hm_store *store, const struct hm_id *id)
{
    struct hm_held held;
    ck_assert_int_eq(hm_store_change_find(store, id, &held, &arena, &err), HM_OK);
    return held;
}

/* Changes accepted, in conflict, refused, released; of laptops and of the district. */
static void work(void)
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

/* ---- what was there, and is again ---- */

static enum hm_status remember_change(void *ctx,
                                      const struct hm_held *held,
                                      struct hm_err *why)
{
    struct memory *memory = ctx;
    (void)why;
    ck_assert_uint_lt(memory->change_count, CHANGES_MAX);
    memory->changes[memory->change_count].id = held->change.id;
    memory->changes[memory->change_count++].verdict = held->verdict;
    return HM_OK;
}

static void remember(struct memory *memory)
{
    struct hm_bucket *buckets = NULL;
    memset(memory, 0, sizeof(*memory));
    ck_assert_int_eq(hm_store_changes_each(world.reader, remember_change, memory, &err),
                     HM_OK);
    ck_assert_int_eq(
        hm_store_buckets(world.reader, &buckets, &memory->bucket_count, &arena, &err),
        HM_OK);
    ck_assert_uint_le(memory->bucket_count, BUCKETS_MAX);
    memcpy(memory->buckets, buckets, memory->bucket_count * sizeof(*buckets));
    ck_assert_int_eq(hm_store_digest(world.reader, hm_text("100"), &memory->digest, &err),
                     HM_OK);
}

struct compared {
    size_t changes;
    size_t lost;
    size_t verdicts; /* that are another */
    size_t buckets;
    size_t differing;
};

/* A server of this world writes no device of its own, so its registry is the same too. */
static struct compared compare(void)
{
    struct compared sum = {.changes = before.change_count,
                           .buckets = before.bucket_count};
    struct hm_digest digest;
    for (size_t i = 0; i < before.change_count; i++) {
        struct hm_held held;
        bool here = hm_store_change_find(world.reader, &before.changes[i].id, &held,
                                         &arena, NULL) == HM_OK;
        sum.lost += !here;
        sum.verdicts += here && held.verdict != before.changes[i].verdict;
    }
    for (size_t i = 0; i < before.bucket_count; i++) {
        struct hm_bucket bucket;
        ck_assert_int_eq(
            hm_store_bucket_get(world.reader, before.buckets[i].name, &bucket, &err),
            HM_OK);
        sum.differing += !hm_digest_equal(&bucket.digest, &before.buckets[i].digest);
    }
    ck_assert_int_eq(hm_store_digest(world.reader, hm_text("100"), &digest, &err), HM_OK);
    sum.differing += !hm_digest_equal(&digest, &before.digest);
    return sum;
}

static void is_whole(const char *what)
{
    struct compared sum = compare();
    hm_promise(
        "P14 %s: %zu changes, lost %zu, other verdicts %zu, %zu buckets, differing "
        "%zu",
        what, sum.changes, sum.lost, sum.verdicts, sum.buckets, sum.differing);
    ck_assert_uint_eq(sum.lost, 0);
    ck_assert_uint_eq(sum.verdicts, 0);
    ck_assert_uint_eq(sum.differing, 0);
}

static uint64_t missing(const char *unit)
{
    struct hm_regained *rows = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_regained(world.reader, &rows, &count, &arena, &err), HM_OK);
    for (size_t i = 0; i < count; i++) {
        if (hm_bytes_are(rows[i].home, unit)) {
            return rows[i].missing;
        }
    }
    return 0;
}

static void agree_all(void)
{
    ck_assert(world_agrees(&world, lan, "101-1"));
    ck_assert(world_agrees(&world, hung, "101-1"));
    ck_assert(world_agrees(&world, tu, "101-2"));
    ck_assert(world_agrees(&world, mai, "101"));
}

START_TEST(an_empty_server_gets_everything_back_with_its_verdicts)
{
    work();
    remember(&before);

    world_server_empty(&world);
    must_sync(tu);
    must_sync(hung);
    must_sync(lan);
    must_sync(mai);

    is_whole("an empty server");
    ck_assert_uint_eq(missing("101-1"), 0);
    ck_assert_uint_eq(missing("101-2"), 0);
    sync_all();
    agree_all();
    is_whole("an empty server, later");
}
END_TEST

START_TEST(a_server_of_an_old_backup_gets_the_rest_back)
{
    work();
    struct hm_disk *backup = world_server_backup(&world);
    struct hm_id late = add_named(lan, "Bùi Thị Muộn");
    struct hm_id refused = add_elsewhere(tu, "101-1");
    work();
    remember(&before);

    world_server_restore(&world, backup);
    ck_assert_int_ne(hm_store_change_find(world.reader, &late,
                                          &(struct hm_held){.row = 0}, &arena, NULL),
                     HM_OK);
    must_sync(mai);
    must_sync(tu);
    must_sync(lan);
    must_sync(hung);

    ck_assert_uint_eq(find(world.reader, &refused).verdict, HM_VERDICT_QUARANTINED);
    is_whole("a server of an old backup");
    sync_all();
    agree_all();
}
END_TEST

START_TEST(what_only_its_author_held_back_comes_from_his_neighbour)
{
    work();
    remember(&before);

    world_server_empty(&world);
    must_sync(hung);

    /* All of 101-1 is lan's, and he did not come; 101-2 nobody has brought. */
    size_t there = 0;
    for (size_t i = 0; i < before.change_count; i++) {
        struct hm_held held;
        there += hm_store_change_find(world.reader, &before.changes[i].id, &held, &arena,
                                      NULL) == HM_OK;
    }
    ck_assert_uint_lt(there, before.change_count);
    for (size_t i = 0; i < before.bucket_count; i++) {
        struct hm_bucket bucket;
        if (!hm_bytes_are(before.buckets[i].name, "101-1")) {
            continue;
        }
        ck_assert_int_eq(
            hm_store_bucket_get(world.reader, before.buckets[i].name, &bucket, &err),
            HM_OK);
        ck_assert(hm_digest_equal(&bucket.digest, &before.buckets[i].digest));
    }
    ck_assert(world_agrees(&world, hung, "101-1"));
}
END_TEST

START_TEST(values_of_what_was_refused_come_from_who_has_them_after_a_skeleton)
{
    struct hm_id refused = add_elsewhere(lan, "101-2");
    sync_all();
    ck_assert(find(tu->store, &refused).withheld);

    world_server_empty(&world);
    must_sync(tu);
    ck_assert(find(world.reader, &refused).withheld);
    must_sync(lan);

    ck_assert(!find(world.reader, &refused).withheld);
    ck_assert_uint_eq(find(world.reader, &refused).verdict, HM_VERDICT_QUARANTINED);
    sync_all();
    agree_all();
}
END_TEST

/* It sends what it has and hears nothing: it does not know what came of that. */
static void send_unheard(struct world_laptop *laptop)
{
    struct hm_session *session = NULL;
    const struct world_faults deaf = {.cut_up = SIZE_MAX};
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    (void)world_exchange(&world, laptop, session, &deaf, &err);
    hm_session_close(session);
}

/* The server acknowledges it once it has what came before, which its author brings. */
START_TEST(values_of_what_was_never_acknowledged_come_after_a_skeleton_too)
{
    struct hm_id record = add_named(hung, "Nguyễn Văn Út");
    (void)add_named(mai, "Trần Thị Bưởi");
    sync_all();
    struct hm_id refused = edit(mai, &record, "Tổ 9");
    ck_assert_int_eq(world_change_role(&world, mai, "district_officer", true, &err),
                     HM_OK);
    send_unheard(mai);
    must_sync(hung);
    ck_assert(find(hung->store, &refused).withheld);

    world_server_empty(&world);
    must_sync(hung);
    ck_assert(find(world.reader, &refused).withheld);
    must_sync(mai);

    ck_assert(!find(world.reader, &refused).withheld);
    ck_assert_uint_eq(find(world.reader, &refused).verdict, HM_VERDICT_QUARANTINED);
    sync_all();
    agree_all();
}
END_TEST

START_TEST(work_that_was_done_meanwhile_is_judged_after_the_registry_is_back)
{
    work();
    remember(&before);
    struct hm_id record = add_named(lan, "Đỗ Văn Mới");
    struct hm_id other = add_named(tu, "Đỗ Văn Khác");

    world_server_empty(&world);
    must_sync(lan);
    must_sync(tu);

    ck_assert_uint_eq(find(world.reader, &record).verdict, HM_VERDICT_ACCEPTED);
    ck_assert_uint_eq(find(world.reader, &other).verdict, HM_VERDICT_ACCEPTED);
}
END_TEST

static size_t old_buckets(struct world_laptop *laptop)
{
    struct hm_bytes *names = NULL;
    size_t to_offer = 0;
    size_t offered = 0;
    ck_assert_int_eq(hm_store_buckets_old(laptop->store, HM_OLD_TO_OFFER, &names,
                                          &to_offer, &arena, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_buckets_old(laptop->store, HM_OLD_OFFERED, &names, &offered,
                                          &arena, &err),
                     HM_OK);
    return to_offer + offered;
}

/* What its author knew of the registry is told by the numbers that are new then. */
START_TEST(own_pages_wait_until_all_buckets_are_of_the_new_incarnation)
{
    struct hm_session *session = NULL;
    struct hm_held held;
    size_t waited = 0;
    bool here = false;
    work();
    struct hm_id record = add_named(lan, "Đỗ Văn Mới");
    world_server_empty(&world);
    ck_assert_int_eq(hm_session_open(&session, lan->store, &lan->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);

    enum hm_session_next next = HM_SESSION_AGAIN;
    for (int round = 0; next == HM_SESSION_AGAIN && !here; round++) {
        size_t old = old_buckets(lan);
        next = world_exchange(&world, lan, session, &world_no_faults, &err);
        here = hm_store_change_find(world.reader, &record, &held, &arena, NULL) == HM_OK;
        waited += old > 0;
        ck_assert_msg(!here || (round > 0 && old == 0), "round %d with %zu old buckets",
                      round, old);
    }

    hm_session_close(session);
    ck_assert(here);
    ck_assert_uint_ge(waited, 3);
}
END_TEST

/* Cuts at every place of a refill, in turn: what arrived is kept, the rest comes again.
 */
START_TEST(a_refill_that_is_cut_again_and_again_comes_to_the_same)
{
    size_t cuts = 0;
    work();
    remember(&before);
    world_server_empty(&world);

    struct world_laptop *const order[] = {tu, hung, lan, mai};
    for (size_t i = 0; i < 4; i++) {
        struct hm_session *session = NULL;
        ck_assert_int_eq(
            hm_session_open(&session, order[i]->store, &order[i]->secret, "test", &err),
            HM_OK);
        hm_session_begin(session);
        enum hm_session_next next = HM_SESSION_AGAIN;
        for (int round = 0; round < 400 && next != HM_SESSION_DONE; round++) {
            struct world_faults faults = world_no_faults;
            if (round % 3 == 1) {
                faults.cut_up = hm_testenv_below(&world.env, 6000);
                cuts++;
            } else if (round % 3 == 2) {
                faults.cut_down = hm_testenv_below(&world.env, 900);
                cuts++;
            }
            hm_err_clear(&err);
            next = world_exchange(&world, order[i], session, &faults, &err);
            ck_assert_msg(next != HM_SESSION_STOP, "%s %s", err.key, err.arg[0]);
            if (round % 7 == 6) { /* the program ends and is started again */
                hm_session_close(session);
                ck_assert_int_eq(hm_session_open(&session, order[i]->store,
                                                 &order[i]->secret, "test", &err),
                                 HM_OK);
                hm_session_begin(session);
            }
        }
        ck_assert_int_eq(next, HM_SESSION_DONE);
        hm_session_close(session);
    }

    hm_promise("P14 a refill cut short: %zu cuts", cuts);
    is_whole("a refill cut short");
    sync_all();
    agree_all();
}
END_TEST

START_TEST(a_server_that_is_lost_again_during_its_refill_gets_everything_back)
{
    work();
    remember(&before);

    world_server_empty(&world);
    must_sync(hung);
    world_server_empty(&world);
    must_sync(tu);
    must_sync(hung);
    must_sync(lan);
    world_server_empty(&world);
    must_sync(mai);
    must_sync(lan);
    must_sync(hung);
    must_sync(tu);

    is_whole("a server lost three times");
    sync_all();
    agree_all();
}
END_TEST

/* ---- who may ---- */

static uint64_t n_of(struct world_laptop *laptop, const char *unit)
{
    uint64_t n = 0;
    ck_assert_int_eq(hm_store_bucket_n(laptop->store, hm_text(unit), &n, &err), HM_OK);
    return n;
}

static size_t count_changes(struct hm_store *store)
{
    static struct memory memory;
    memory.change_count = 0;
    ck_assert_int_eq(hm_store_changes_each(store, remember_change, &memory, &err), HM_OK);
    return memory.change_count;
}

START_TEST(a_revoked_laptop_brings_what_it_holds_and_gets_nothing)
{
    work();
    revoke_laptop(lan);
    must_sync(tu);
    remember(&before);
    struct hm_id after = add_named(lan, "Kẻ Trộm");
    size_t held = count_changes(lan->store);

    world_server_empty(&world);
    must_sync(tu); /* who knows of the revocation, and nothing of 101-1 */
    ck_assert_uint_gt(compare().lost, 100);
    ck_assert(!syncs(lan));

    ck_assert_str_eq(err.key, "problem-revoked");
    is_whole("a server that a revoked laptop came back to");
    ck_assert_uint_eq(count_changes(lan->store), held);
    ck_assert_uint_eq(n_of(lan, "101-1"), 0);
    ck_assert_int_ne(hm_store_change_find(world.reader, &after,
                                          &(struct hm_held){.row = 0}, &arena, NULL),
                     HM_OK);
}
END_TEST

START_TEST(a_revoked_laptop_that_comes_first_is_heard_no_more_once_the_revocation_is_back)
{
    work();
    revoke_laptop(lan);
    must_sync(hung);
    must_sync(tu);
    must_sync(mai);
    remember(&before);

    world_server_empty(&world);
    must_sync(lan); /* nobody can know yet */
    must_sync(tu);
    must_sync(hung);
    must_sync(mai);

    is_whole("a server that a revoked laptop found first");
    ck_assert(!syncs(lan));
    ck_assert_str_eq(err.key, "problem-revoked");
}
END_TEST

START_TEST(a_device_that_was_never_known_is_refused_whatever_it_shows)
{
    work();
    struct world_laptop *out = world_laptop_add(&world, "101-1", "recorder");
    must_sync(out);
    world_server_empty(&world);
    /* Of another district: its registry and statements are signed by another key. */
    struct hm_key key;
    struct hm_secret secret;
    const uint8_t seed[32] = {9};
    hm_sign_pair(&key, &secret, seed);
    struct hm_secret own = out->secret;
    struct hm_id device = hm_sign_device(&key);
    ck_assert_int_eq(hm_store_begin(out->store, &err), HM_OK);
    ck_assert_int_eq(
        hm_store_meta_put(out->store, HM_META_DEVICE, hm_id_bytes(&device), &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(out->store, &err), HM_OK);
    out->secret = secret;

    bool done = syncs(out);

    ck_assert(!done);
    ck_assert_str_eq(err.key, "problem-unknown_device");
    out->secret = own;
}
END_TEST

static void close_refill(void)
{
    ck_assert_int_eq(hm_store_begin(world.store, &err), HM_OK);
    ck_assert_int_eq(hm_judge_refilled(world.store, &world.self.server, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(world.store, &err), HM_OK);
}

START_TEST(what_a_registry_refused_that_was_not_whole_is_judged_again_at_the_close)
{
    const unsigned let = HM_VERDICT_QUARANTINED | HM_VERDICT_RELEASED;
    work();
    struct hm_disk *backup = world_server_backup(&world);
    ck_assert_int_eq(world_permit(&world, lan, "101-2", &err), HM_OK);
    must_sync(mai); /* who alone heard of it */
    struct hm_id permitted = add_elsewhere(lan, "101-2");
    struct hm_id stray = add_elsewhere(tu, "101-1");
    world_server_restore(&world, backup);
    must_sync(lan);
    must_sync(tu);
    ck_assert_uint_eq(find(world.reader, &permitted).verdict, HM_VERDICT_QUARANTINED);

    must_sync(mai);
    close_refill();

    ck_assert_uint_eq(find(world.reader, &permitted).verdict, let);
    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
    sync_all();
    agree_all();
    ck_assert_uint_eq(find(lan->store, &permitted).verdict, let);
}
END_TEST

/* What the server that was lost had judged itself is not what this one refused early. */
START_TEST(a_refusal_that_came_back_with_its_verdict_is_not_judged_again_at_the_close)
{
    work();
    struct hm_id stray = add_elsewhere(tu, "101-1");
    must_sync(tu);
    must_sync(lan); /* who has heard of the refusal and not of the permit */
    ck_assert_int_eq(world_permit(&world, tu, "101-1", &err), HM_OK);
    must_sync(mai);
    world_server_empty(&world);
    must_sync(lan);
    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);

    must_sync(mai);
    must_sync(tu);
    close_refill();

    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
}
END_TEST

START_TEST(what_was_refused_for_good_at_the_close_is_not_let_stand_by_a_later_permit)
{
    work();
    world_server_empty(&world);
    must_sync(lan);
    must_sync(mai);
    struct hm_id stray = add_elsewhere(tu, "101-1");
    must_sync(tu);
    close_refill();
    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
    ck_assert_int_eq(world_permit(&world, tu, "101-1", &err), HM_OK);

    close_refill(); /* there is none by now */

    ck_assert_uint_eq(find(world.reader, &stray).verdict, HM_VERDICT_QUARANTINED);
}
END_TEST

START_TEST(after_the_refill_is_closed_strangers_are_strangers_again)
{
    work();
    world_server_empty(&world);
    must_sync(hung);
    close_refill();

    must_sync(tu); /* whom the registry that hung brought knows */
    world_server_empty(&world);
    close_refill();

    ck_assert(!syncs(lan));
    ck_assert_str_eq(err.key, "problem-unknown_device");
}
END_TEST

static Suite *suite(void)
{
    Suite *made = suite_create("sync refill");
    TCase *cases = tcase_create("refill");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, an_empty_server_gets_everything_back_with_its_verdicts);
    tcase_add_test(cases, a_server_of_an_old_backup_gets_the_rest_back);
    tcase_add_test(cases, what_only_its_author_held_back_comes_from_his_neighbour);
    tcase_add_test(cases,
                   values_of_what_was_refused_come_from_who_has_them_after_a_skeleton);
    tcase_add_test(cases,
                   values_of_what_was_never_acknowledged_come_after_a_skeleton_too);
    tcase_add_test(cases,
                   work_that_was_done_meanwhile_is_judged_after_the_registry_is_back);
    tcase_add_test(cases, own_pages_wait_until_all_buckets_are_of_the_new_incarnation);
    tcase_add_test(cases, a_refill_that_is_cut_again_and_again_comes_to_the_same);
    tcase_add_test(cases,
                   a_server_that_is_lost_again_during_its_refill_gets_everything_back);
    tcase_add_test(cases, a_revoked_laptop_brings_what_it_holds_and_gets_nothing);
    tcase_add_test(
        cases,
        a_revoked_laptop_that_comes_first_is_heard_no_more_once_the_revocation_is_back);
    tcase_add_test(cases, a_device_that_was_never_known_is_refused_whatever_it_shows);
    tcase_add_test(
        cases, what_a_registry_refused_that_was_not_whole_is_judged_again_at_the_close);
    tcase_add_test(
        cases,
        a_refusal_that_came_back_with_its_verdict_is_not_judged_again_at_the_close);
    tcase_add_test(
        cases, what_was_refused_for_good_at_the_close_is_not_let_stand_by_a_later_permit);
    tcase_add_test(cases, after_the_refill_is_closed_strangers_are_strangers_again);
    suite_add_tcase(made, cases);
    return made;
}

int main(void)
{
    return hm_run(suite());
}
