/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices an entry, that of an erasure above all, has not reached. */
#include "hamlet/base/pack.h"
#include "server_world.h"

enum { OURS = 77 };

static struct hm_waiting *waiting;
static size_t count;

static void incarnate(void)
{
    begin();
    ck_assert_int_eq(hm_store_meta_put_int(store, HM_META_INCARNATION, OURS, &err),
                     HM_OK);
    commit();
}

static struct hm_id device(uint8_t byte, const char *name, const char *ended)
{
    struct hm_id id = device_of(byte);
    struct hm_id user = id_of(0x51);
    begin();
    world_device(&id, name, "00001", ended);
    (void)world_permit(&id, &user, "recorder", "00001", ended);
    commit();
    return id;
}

static struct hm_visit visit_of(const struct hm_id *id, uint32_t epoch)
{
    return (struct hm_visit){.device = *id,
                             .epoch = epoch,
                             .contact = {epoch},
                             .version = hm_text("0.1.0"),
                             .incarnation = OURS};
}

/* It says that it has come to `n` in the bucket of 00001. */
static void say(struct hm_visit visit, uint64_t n)
{
    struct hm_buf buf;
    hm_buf_init(&buf, 256);
    hm_pack_uint(&buf, 2);
    hm_pack_text(&buf, "00001");
    hm_pack_uint(&buf, n);
    hm_pack_text(&buf, "~");
    hm_pack_uint(&buf, 999);
    visit.stated = hm_buf_bytes(&buf);
    begin();
    ck_assert_int_eq(hm_store_visit_put(store, &visit, &err), HM_OK);
    commit();
    hm_buf_fini(&buf);
}

static void state(const struct hm_id *id,
                  uint32_t epoch,
                  uint64_t incarnation,
                  uint64_t n)
{
    struct hm_visit visit = visit_of(id, epoch);
    visit.incarnation = incarnation;
    say(visit, n);
}

/* … and holds a lease of ours. */
static void call(const struct hm_id *id, uint32_t epoch, uint64_t n)
{
    struct hm_visit visit = visit_of(id, epoch);
    visit.current = id_of(0x60);
    visit.pending = id_of((uint8_t)(0x60 + epoch));
    say(visit, n);
}

static void note(const struct hm_id *id,
                 uint32_t epoch,
                 uint32_t parent,
                 enum hm_notice_type type)
{
    const struct hm_notice notice = {
        .device = *id, .epoch = epoch, .parent = parent, .type = type};
    begin();
    ck_assert_int_eq(hm_store_notice_put(store, &notice, &err), HM_OK);
    commit();
}

static void ask(const char *unit, uint64_t n)
{
    struct hm_id server = device_of(0xDD);
    ck_assert_int_eq(hm_store_not_reached(store, hm_text(unit), n, &server, &waiting,
                                          &count, &arena, &err),
                     HM_OK);
}

START_TEST(who_has_not_said_that_it_holds_the_entry_waits)
{
    incarnate();
    struct hm_id behind = device(1, "b", NULL);
    struct hm_id silent = device(2, "c", NULL);
    struct hm_id there = device(3, "a", NULL);
    struct hm_id server = device(0xDD, "server", NULL);
    state(&behind, 1, OURS, 6);
    state(&there, 1, OURS, 7);
    (void)server;

    ask("00001", 7);

    ck_assert_uint_eq(count, 2);
    ck_assert(hm_id_equal(&waiting[0].device, &behind));
    ck_assert(hm_bytes_are(waiting[0].name, "b"));
    ck_assert(hm_id_equal(&waiting[1].device, &silent));
}
END_TEST

START_TEST(what_was_said_to_another_incarnation_says_nothing)
{
    incarnate();
    struct hm_id one = device(1, "a", NULL);
    state(&one, 1, OURS - 1, 9);

    ask("00001", 7);

    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(the_epoch_that_was_heard_of_last_counts)
{
    incarnate();
    struct hm_id one = device(1, "a", NULL);
    state(&one, 1, OURS, 9);
    state(&one, 2, OURS, 5); /* a disk of before */

    ask("00001", 7);

    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(each_of_two_copies_waits_for_itself)
{
    incarnate();
    struct hm_id one = device(1, "a", NULL);
    call(&one, 2, 5);
    note(&one, 2, 1, HM_NOTICE_COPIED);
    call(&one, 1, 7);

    ask("00001", 7);

    ck_assert_uint_eq(count, 1);
    ck_assert(waiting[0].other);
    call(&one, 2, 7);
    ask("00001", 7);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(copies_wait_that_this_incarnation_did_not_hear)
{
    incarnate();
    struct hm_id one = device(1, "a", NULL);
    state(&one, 2, OURS - 1, 9);
    note(&one, 2, 1, HM_NOTICE_COPIED);
    call(&one, 3, 7);

    ask("00001", 7);

    ck_assert_uint_eq(count, 2); /* of one of them it knows by the notice alone */
    ck_assert(waiting[0].other && waiting[1].other);
}
END_TEST

START_TEST(a_disk_from_which_another_was_restored_does_not_wait)
{
    incarnate();
    struct hm_id one = device(1, "a", NULL);
    call(&one, 1, 5);
    call(&one, 2, 7);
    note(&one, 2, 1, HM_NOTICE_RESTORED);

    ask("00001", 7);

    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(an_epoch_that_ended_where_a_unit_was_left_does_not_wait)
{
    incarnate();
    struct hm_id one = device(1, "a", NULL);
    struct hm_visit ended = visit_of(&one, 1);
    ended.current = id_of(0x77); /* that nobody was given */
    say(ended, 5);
    note(&one, 1, 9, HM_NOTICE_COPIED);
    call(&one, 9, 7);
    call(&one, 2, 7);

    ask("00001", 7);

    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_device_whose_permit_ended_may_hold_it_still)
{
    incarnate();
    struct hm_id gone = device(1, "a", "stolen");

    ask("00001", 7);

    ck_assert_uint_eq(count, 1);
    ck_assert(hm_id_equal(&waiting[0].device, &gone));
    ck_assert(waiting[0].revoked);
}
END_TEST

START_TEST(who_never_had_the_unit_in_reach_does_not_wait)
{
    incarnate();
    (void)device(1, "a", NULL);

    ask("00002", 7);

    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(an_order_without_an_entry_here_has_reached_nobody)
{
    incarnate();
    struct hm_id one = device(1, "a", NULL);
    state(&one, 1, OURS, 9);

    ask("00001", 0);

    ck_assert_uint_eq(count, 1);
}
END_TEST

int main(void)
{
    TCase *groups[] = {tcase_create("not_reached")};
    tcase_add_test(groups[0], who_has_not_said_that_it_holds_the_entry_waits);
    tcase_add_test(groups[0], what_was_said_to_another_incarnation_says_nothing);
    tcase_add_test(groups[0], the_epoch_that_was_heard_of_last_counts);
    tcase_add_test(groups[0], each_of_two_copies_waits_for_itself);
    tcase_add_test(groups[0], copies_wait_that_this_incarnation_did_not_hear);
    tcase_add_test(groups[0], a_disk_from_which_another_was_restored_does_not_wait);
    tcase_add_test(groups[0], an_epoch_that_ended_where_a_unit_was_left_does_not_wait);
    tcase_add_test(groups[0], a_device_whose_permit_ended_may_hold_it_still);
    tcase_add_test(groups[0], who_never_had_the_unit_in_reach_does_not_wait);
    tcase_add_test(groups[0], an_order_without_an_entry_here_has_reached_nobody);
    return world_run(suite_create("store.not_reached"), groups, 1);
}
