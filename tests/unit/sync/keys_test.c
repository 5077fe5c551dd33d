/* SPDX-License-Identifier: Apache-2.0 */
/* A device changes its key: offline, in between, over lost replies; copies of the old. */
#include <check.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

enum { BODY_MAX = 1024 * 1024, CUTS_MAX = 400, STRIDE = 3 };

static struct world_laptop *a;
static struct world_laptop *mate; /* of the same unit */
static struct hm_id device;

static void setup(void)
{
    world_init(&world, 11, hm_embedded_kinds, 1, 2);
    a = world_laptop_add(&world, "101-1", "recorder");
    mate = world_laptop_add(&world, "101-1", "recorder");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    device = hm_sign_device(&a->key);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static struct hm_origin own_origin(struct hm_store *store)
{
    struct hm_origin origin;
    int64_t epoch = 0;
    ck_assert_int_eq(hm_store_meta_get_int(a->store, HM_META_EPOCH, 0, &epoch, &err),
                     HM_OK);
    ck_assert_int_eq(
        hm_store_origin_get(store, &device, (uint32_t)epoch, false, &origin, &err),
        HM_OK);
    return origin;
}

static struct hm_bytes keys_in(struct hm_store *store)
{
    struct hm_device found;
    ck_assert_int_eq(hm_store_device_get(store, &device, &found, &arena, &err), HM_OK);
    return found.keys;
}

/* As `hamlet rotate-key` does; `store` null: only the text, nothing is changed. */
static struct hm_bytes rotated(struct hm_bytes before,
                               const struct hm_secret *secret,
                               uint8_t seed,
                               struct hm_secret *next)
{
    struct hm_key key;
    struct hm_buf text;
    uint8_t bytes[32];
    struct hm_origin origin = own_origin(a->store);
    memset(bytes, seed, sizeof(bytes));
    hm_sign_pair(&key, next, bytes);
    hm_buf_init(&text, HM_KEYS_TEXT_MAX);
    hm_keys_add(&text, before, &device, &key, origin.epoch, origin.seq, secret);
    struct hm_bytes copy = hm_arena_copy(&arena, hm_buf_bytes(&text));
    hm_buf_fini(&text);
    return copy;
}

static void rotate(uint8_t seed)
{
    struct hm_bytes before = HM_NO_BYTES;
    struct hm_secret next;
    char first[HM_B64_32_SIZE];
    hm_b64_put(first, HM_BYTES(a->key.at));
    ck_assert_int_eq(hm_store_begin(a->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_get(a->store, HM_META_KEYS, &arena, &before, &err),
                     HM_OK);
    before = before.size > 0 ? before : hm_arena_copy(&arena, hm_text(first));
    struct hm_bytes text = rotated(before, &a->secret, seed, &next);
    ck_assert_int_eq(hm_store_meta_put(a->store, HM_META_KEYS, text, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(a->store, &err), HM_OK);
    a->secret = next;
    hm_session_close(a->session);
    a->session = NULL;
}

static enum hm_session_next exchange(const struct world_faults *faults)
{
    struct hm_session *session = NULL;
    hm_err_clear(&err);
    ck_assert_int_eq(hm_session_open(&session, a->store, &a->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    enum hm_session_next next = world_exchange(&world, a, session, faults, &err);
    hm_session_close(session);
    return next;
}

/* Every change of the laptop is accepted, on all sides, and of its one origin. */
static void check_all(uint64_t count)
{
    struct hm_counts counts;
    sync_with(a);
    sync_with(mate);
    ck_assert_uint_eq(own_origin(world.reader).seq, count);
    ck_assert_uint_eq(own_origin(a->store).acked, count);
    ck_assert_int_eq(hm_store_counts(world.reader, false, &counts, &err), HM_OK);
    ck_assert_int_eq(counts.quarantined, 0);
    ck_assert(world_agrees(&world, a, "101-1"));
    ck_assert(world_agrees(&world, mate, "101-1"));
}

/* What the server says to a first line by this key, with these keys named. */
static enum hm_problem say(const struct hm_secret *secret, struct hm_bytes keys)
{
    static uint8_t requests;
    struct hm_buf body;
    struct world_visit visit;
    requests++;
    struct hm_request request = {.device = device,
                                 .epoch = 5000U + requests,
                                 .id = hm_make_id(requests),
                                 .reply_max = 1,
                                 .version = hm_text("test"),
                                 .keys = keys};
    hm_buf_init(&body, BODY_MAX);
    ck_assert_int_eq(
        hm_request_write(&body, &request, 0, &world.self.server, secret, &err), HM_OK);
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    enum hm_problem problem =
        visit.http == 200 ? HM_PROBLEM_NONE : hm_problem_read(hm_buf_bytes(&visit.reply));
    world_visit_fini(&visit);
    hm_buf_fini(&body);
    return problem;
}

START_TEST(a_key_changed_between_two_exchanges_is_known_after_the_next)
{
    add(a, 3);
    sync_with(a);
    rotate(0x51);
    add(a, 2);

    check_all(5);

    struct hm_keys keys;
    ck_assert(hm_keys_read(&keys, keys_in(world.reader), &device));
    ck_assert_uint_eq(keys.count, 2);
    ck_assert(hm_bytes_equal(keys_in(mate->store), keys_in(world.reader)));
}
END_TEST

START_TEST(the_keys_are_named_until_the_registry_here_names_them)
{
    struct hm_bytes named = HM_NO_BYTES;
    sync_with(a);
    rotate(0x51);
    ck_assert_int_eq(hm_store_meta_get(a->store, HM_META_KEYS, &arena, &named, &err),
                     HM_OK);
    ck_assert(!hm_bytes_equal(keys_in(a->store), named));

    sync_with(a);

    ck_assert(hm_bytes_equal(keys_in(a->store), named));
    uint64_t before = world.bytes_up;
    sync_with(a);
    ck_assert_uint_lt(world.bytes_up - before, 600);
}
END_TEST

START_TEST(a_neighbour_hears_of_the_new_key_and_of_what_it_signed_at_once)
{
    add(a, 1);
    sync_with(a);
    sync_with(mate);
    ck_assert_uint_gt(keys_in(mate->store).size, 0);
    rotate(0x51);
    add(a, 2);
    sync_with(a);

    sync_with(mate);

    check_all(3);
}
END_TEST

START_TEST(pages_sealed_with_the_old_key_go_as_they_are)
{
    const struct world_faults lost = {.cut_up = 0, .cut_down = 0};
    add(a, 3);
    ck_assert_int_eq(exchange(&lost), HM_SESSION_RETRY); /* sealed, and never arrived */
    rotate(0x51);
    add(a, 2);

    check_all(5);

    struct hm_stored_page *pages = NULL;
    size_t count = 0;
    struct hm_keys keys;
    struct hm_origin origin = own_origin(mate->store);
    ck_assert_int_eq(
        hm_store_pages_of(mate->store, origin.row, &pages, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert(hm_keys_read(&keys, keys_in(mate->store), &device));
    for (size_t i = 0; i < count; i++) {
        size_t which = 99;
        struct hm_page page = {.device = device,
                               .epoch = origin.epoch,
                               .home = pages[i].home,
                               .seq = pages[i].seq,
                               .registry_n = pages[i].registry_n,
                               .head_before = pages[i].head_before,
                               .head_after = pages[i].head_after,
                               .count = pages[i].count,
                               .signature = pages[i].signature};
        ck_assert(hm_keys_check(&keys, &page, &which));
        ck_assert_uint_eq(which, i);
    }
}
END_TEST

START_TEST(a_lost_reply_to_the_new_key_does_no_harm)
{
    add(a, 1);
    sync_with(a);
    rotate(0x51);
    add(a, 1);
    for (size_t cut = 0; cut < 400; cut += 23) {
        const struct world_faults faults = {.cut_up = SIZE_MAX, .cut_down = cut};
        (void)exchange(&faults);
    }
    const struct world_faults twice = {.cut_up = SIZE_MAX, .cut_down = 0, .twice = true};
    (void)exchange(&twice);

    check_all(2);

    struct hm_keys keys;
    ck_assert(hm_keys_read(&keys, keys_in(world.reader), &device));
    ck_assert_uint_eq(keys.count, 2);
}
END_TEST

START_TEST(several_changes_of_the_key_before_an_exchange_are_one_way)
{
    rotate(0x51);
    add(a, 1);
    rotate(0x52);
    add(a, 1);
    rotate(0x53);

    check_all(2);

    struct hm_keys keys;
    ck_assert(hm_keys_read(&keys, keys_in(world.reader), &device));
    ck_assert_uint_eq(keys.count, 4);
}
END_TEST

START_TEST(the_old_key_is_refused_once_the_new_one_is_known)
{
    struct hm_secret old = a->secret;
    ck_assert_int_eq(say(&old, HM_NO_BYTES), HM_PROBLEM_NONE);
    rotate(0x51);
    ck_assert_int_eq(say(&old, HM_NO_BYTES), HM_PROBLEM_NONE);
    sync_with(a);

    enum hm_problem problem = say(&old, HM_NO_BYTES);

    ck_assert_int_eq(problem, HM_PROBLEM_OLD_KEY);
    ck_assert_int_eq(hm_problem_http(problem), 401);
    ck_assert_int_eq(say(&a->secret, HM_NO_BYTES), HM_PROBLEM_NONE);
}
END_TEST

START_TEST(a_copy_with_the_old_key_gets_no_key_of_its_own)
{
    struct hm_secret old = a->secret;
    struct hm_secret next;
    struct hm_bytes first = hm_arena_copy(&arena, keys_in(world.reader));
    rotate(0x51);
    sync_with(a);
    struct hm_bytes known = hm_arena_copy(&arena, keys_in(world.reader));

    struct hm_bytes forked = rotated(first, &old, 0x66, &next);
    ck_assert_int_eq(say(&next, forked), HM_PROBLEM_SIGNATURE);
    struct hm_bytes behind = rotated(known, &old, 0x67, &next);
    ck_assert_int_eq(say(&next, behind), HM_PROBLEM_SIGNATURE);

    ck_assert(hm_bytes_equal(keys_in(world.reader), known));
    sync_with(a);
}
END_TEST

START_TEST(an_old_list_of_keys_takes_none_back)
{
    struct hm_bytes first = hm_arena_copy(&arena, keys_in(world.reader));
    rotate(0x51);
    sync_with(a);
    struct hm_bytes known = hm_arena_copy(&arena, keys_in(world.reader));

    ck_assert_int_eq(say(&a->secret, first), HM_PROBLEM_NONE);
    ck_assert_int_eq(say(&a->secret, known), HM_PROBLEM_NONE);

    ck_assert(hm_bytes_equal(keys_in(world.reader), known));
}
END_TEST

START_TEST(keys_of_another_device_are_not_this_ones)
{
    char text[HM_B64_32_SIZE];
    struct hm_secret next;
    hm_b64_put(text, HM_BYTES(mate->key.at));
    struct hm_bytes foreign = rotated(hm_text(text), &mate->secret, 0x51, &next);
    struct hm_bytes garbage = hm_text("A B C");

    ck_assert_int_eq(say(&next, foreign), HM_PROBLEM_SIGNATURE);
    ck_assert_int_eq(say(&a->secret, garbage), HM_PROBLEM_SIGNATURE);
    ck_assert_int_eq(say(&a->secret, HM_NO_BYTES), HM_PROBLEM_NONE);
}
END_TEST

static void send_page(const struct hm_page *page)
{
    static uint8_t requests;
    struct hm_buf body;
    struct hm_buf stream;
    struct world_visit visit;
    requests++;
    struct hm_request request = {.device = hm_sign_device(&mate->key),
                                 .epoch = 9000U + requests,
                                 .id = hm_make_id(requests),
                                 .reply_max = 1,
                                 .version = hm_text("evil")};
    hm_buf_init(&body, BODY_MAX);
    hm_buf_init(&stream, BODY_MAX);
    put_page(&stream, page);
    ck_assert_int_eq(hm_request_write(&body, &request, stream.size, &world.self.server,
                                      &mate->secret, &err),
                     HM_OK);
    hm_buf_put_bytes(&body, hm_buf_bytes(&stream));
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    ck_assert_int_eq(visit.http, 200);
    world_visit_fini(&visit);
    hm_buf_fini(&stream);
    hm_buf_fini(&body);
}

/* A change of the device, in a page that this key signs and mate brings. */
static struct hm_id forge(const struct hm_secret *secret,
                          uint32_t epoch,
                          uint64_t seq,
                          const struct hm_digest *head)
{
    static uint64_t made = 100;
    struct hm_maker maker;
    hm_maker_init(&maker, &arena, 9);
    maker.district = world.self.server;
    maker.device = device;
    maker.home = "101-1";
    maker.made = made++;
    ck_assert_int_eq(hm_store_meta_get_id(a->store, HM_META_USER, &maker.user, &err),
                     HM_OK);
    struct hm_change *x = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(x, &maker, "head_name", "Kẻ Gian", 0);
    hm_make_text(x, &maker, "address_text", "Tổ 9", 0);
    hm_make_seal(x, &maker);
    struct hm_page page = {.device = device,
                           .epoch = epoch,
                           .home = hm_text("101-1"),
                           .seq = seq,
                           .changes = x,
                           .count = 1,
                           .head_known = true};
    if (head == NULL) {
        hm_chain_begin(&page.head_before, &device, epoch, NULL);
    } else {
        page.head_before = *head;
    }
    hm_page_head(&page);
    hm_page_sign(&page, secret);
    send_page(&page);
    return x->id;
}

static bool is_revoked(const struct hm_id *change)
{
    struct hm_refused *rows = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_quarantine(world.reader, &rows, &count, &arena, &err),
                     HM_OK);
    for (size_t i = 0; i < count; i++) {
        if (hm_id_equal(&rows[i].held.change.id, change)) {
            return hm_bytes_are(rows[i].reason, "revoked");
        }
    }
    return false;
}

START_TEST(what_a_copied_old_key_signs_beyond_its_end_does_not_stand)
{
    struct hm_secret old = a->secret;
    struct hm_id beyond;
    struct hm_id elsewhere;
    struct hm_id before;
    add(a, 2);
    sync_with(a);
    struct hm_origin origin = own_origin(world.reader);
    before = forge(&old, 4242, 1, NULL); /* nothing speaks against it yet */
    ck_assert(!is_revoked(&before));
    rotate(0x51);
    sync_with(a);

    beyond = forge(&old, origin.epoch, origin.seq + 1, &origin.head);
    elsewhere = forge(&old, 4243, 1, NULL);

    ck_assert(is_revoked(&beyond));
    ck_assert(is_revoked(&elsewhere));
    ck_assert(!is_revoked(&before));
}
END_TEST

START_TEST(a_key_that_is_replaced_meanwhile_signs_nothing_more)
{
    struct hm_session *session = NULL;
    struct hm_buf body;
    struct hm_secret old = a->secret;
    add(a, 1);
    hm_buf_init(&body, 4 * HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_session_open(&session, a->store, &old, "test", &err), HM_OK);
    rotate(0x51);
    add(a, 1);

    ck_assert_int_eq(hm_session_request(session, &body, &err), HM_LOCKED);

    ck_assert_str_eq(err.key, "key-changed");
    hm_session_close(session);
    hm_buf_fini(&body);
    struct hm_origin origin = own_origin(a->store);
    struct hm_stored_page page;
    bool found = true;
    ck_assert_int_eq(
        hm_store_page_at(a->store, origin.row, 1, &page, &found, &arena, &err), HM_OK);
    ck_assert(!found);
    check_all(2);
}
END_TEST

START_TEST(a_server_that_forgot_the_new_key_hears_of_it_again)
{
    struct hm_disk *before = NULL;
    add(a, 1);
    sync_with(a);
    before = hm_disk_copy(world.disk, "before", 1);
    rotate(0x51);
    sync_with(a);
    hm_store_close(world.reader);
    hm_store_close(world.store);
    hm_disk_free(world.disk);
    world.store = NULL;
    world.reader = NULL;
    world.disk = before;
    world_server_open(&world);
    struct hm_keys keys;
    ck_assert(hm_keys_read(&keys, keys_in(world.reader), &device));
    ck_assert_uint_eq(keys.count, 1);

    enum hm_session_next next = exchange(&world_no_faults);

    ck_assert_int_eq(next, HM_SESSION_AGAIN);
    /* What becomes of leases and numbers after a restore is another matter. */
    struct hm_bytes named = HM_NO_BYTES;
    ck_assert_int_eq(hm_store_meta_get(a->store, HM_META_KEYS, &arena, &named, &err),
                     HM_OK);
    ck_assert_int_eq(say(&a->secret, HM_NO_BYTES), HM_PROBLEM_SIGNATURE);
    ck_assert_int_eq(say(&a->secret, named), HM_PROBLEM_NONE);
    ck_assert(hm_bytes_equal(keys_in(world.reader), named));
}
END_TEST

/*
 * The power of one side goes at every operation of the exchange that brings a new key;
 * then all goes on, with that key and no other.
 */
static void sweep(bool server, enum hm_crash crash)
{
    unsigned cuts = 0;
    unsigned lost = 0;
    bool cut = true;
    uint64_t keys = 1;
    uint64_t changes = 0;
    for (uint64_t n = 1; cut && n < CUTS_MAX; n += STRIDE) {
        if (keys + 1 > HM_KEYS_MAX / 2) { /* there is an end to them: begin anew */
            teardown();
            setup();
            keys = 1;
            changes = 0;
        }
        rotate((uint8_t)(0x40 + keys));
        keys++;
        add(a, 1);
        changes++;
        struct hm_disk *disk = server ? world.disk : a->disk;
        hm_disk_cut(disk, n);

        (void)exchange(&world_no_faults);

        cut = hm_disk_is_off(disk);
        cuts += cut;
        if (server) {
            world_server_crash(&world, crash);
        } else {
            world_laptop_crash(&world, a, crash);
        }
        hm_err_clear(&err);
        lost += !world_sync(&world, a, &err);
        struct hm_keys known;
        ck_assert(hm_keys_read(&known, keys_in(world.reader), &device));
        ck_assert_uint_eq(known.count, keys);
        ck_assert_uint_eq(own_origin(world.reader).seq, changes);
    }
    check_all(changes);
    hm_promise("P2 power cuts of a %s while a new key is brought: %u places, lost %u",
               server ? "server" : "laptop", cuts, lost);
    ck_assert(!cut);
    ck_assert_uint_eq(lost, 0);
    ck_assert_uint_ge(cuts, 5);
}

START_TEST(a_power_cut_while_a_new_key_is_brought_leaves_that_key)
{
    sweep(_i >= 2, _i % 2 == 0 ? HM_CRASH_DROP : HM_CRASH_MIX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync.keys");
    TCase *group = tcase_create("keys");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_test(group, a_key_changed_between_two_exchanges_is_known_after_the_next);
    tcase_add_test(group, the_keys_are_named_until_the_registry_here_names_them);
    tcase_add_test(group, a_neighbour_hears_of_the_new_key_and_of_what_it_signed_at_once);
    tcase_add_test(group, pages_sealed_with_the_old_key_go_as_they_are);
    tcase_add_test(group, a_lost_reply_to_the_new_key_does_no_harm);
    tcase_add_test(group, several_changes_of_the_key_before_an_exchange_are_one_way);
    tcase_add_test(group, the_old_key_is_refused_once_the_new_one_is_known);
    tcase_add_test(group, a_copy_with_the_old_key_gets_no_key_of_its_own);
    tcase_add_test(group, an_old_list_of_keys_takes_none_back);
    tcase_add_test(group, keys_of_another_device_are_not_this_ones);
    tcase_add_test(group, what_a_copied_old_key_signs_beyond_its_end_does_not_stand);
    tcase_add_test(group, a_key_that_is_replaced_meanwhile_signs_nothing_more);
    tcase_add_loop_test(group, a_power_cut_while_a_new_key_is_brought_leaves_that_key, 0,
                        4);
    tcase_add_test(group, a_server_that_forgot_the_new_key_hears_of_it_again);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
