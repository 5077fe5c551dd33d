/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which answer by file is for a laptop as it is now: one that it took before, one for a
 * disk that had more, one of a server that is another by now.
 */

#include "files.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/receipts.h"
#include "hamlet/store/server.h"
#include "hamlet/wire/receipt.h"
#include "run.h"
#include "world_registry.h"

START_TEST(an_answer_taken_again_is_no_news_and_one_that_skips_tells_of_an_older_disk)
{
    struct file first;
    struct file second;
    uint64_t news = 0;
    add(b, 20);
    by_files(b);
    by_files(a);
    add(b, 20);
    by_files(b);
    write_down(&first, a);

    ck_assert_uint_gt(take_all_down(a, &first), 0);
    ck_assert_uint_eq(take_all_down(a, &first), 0);

    /* One for what the laptop would be after a file that it never got. */
    by_files(a);
    add(b, 20);
    by_files(b);
    struct hm_disk *image = world_laptop_image(a);
    by_files(a);
    struct file said;
    write_up(&said, a);
    take_all_up(&said);
    add(b, 20);
    by_files(b);
    write_down(&second, a);
    world_laptop_restore(a, image);
    ck_assert_int_eq(take_down(a, &second, 0, false, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-gap");
    ck_assert_uint_eq(news, 0);

    /* No file comes before a first one: then it was another disk that got it. */
    ck_assert_int_eq(take_down(a, &second, 0, true, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-behind");
    ck_assert_int_eq(take_down(a, &second, 0, true, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-other-state");
    ck_assert_uint_eq(news, 0);
    by_files(a);
    ck_assert(world_agrees(&world, a, "101-1"));
    drop(&said);
    drop(&second);
    drop(&first);
    hm_disk_free(image);
}
END_TEST

START_TEST(a_file_of_another_incarnation_is_taken_only_if_it_was_made_for_this_one)
{
    struct file before;
    struct file after;
    uint64_t news = 0;
    add(b, 5);
    by_files(b);
    by_files(a);
    by_files(a); /* says which incarnation it knows now */
    add(b, 5);
    by_files(b);
    write_down(&before, a);
    world.self.incarnation++; /* as after a restore */
    ck_assert_int_eq(hm_store_begin(world.store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(world.store, HM_META_INCARNATION,
                                           (int64_t)world.self.incarnation, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(world.store, &err), HM_OK);
    write_down(&after, a);

    /* It has something to offer first, and says so in its next file. */
    ck_assert_int_eq(take_down(a, &after, 0, true, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-send-first");
    ck_assert_int_eq(take_down(a, &after, 0, true, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-send-first");
    by_files(a);
    ck_assert_int_eq(take_down(a, &before, 0, true, &news), HM_BAD_INPUT);

    ck_assert_str_eq(err.key, "bundle-other-state");
    ck_assert_uint_eq(news, 0);
    ck_assert(world_agrees(&world, a, "101-1"));
    drop(&after);
    drop(&before);
}
END_TEST

/* It says who it is, and hears that the server is another. */
static void hear_of_loss(struct world_laptop *laptop)
{
    struct hm_session *session = NULL;
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(world_exchange(&world, laptop, session, &world_no_faults, &err),
                         HM_SESSION_AGAIN);
    }
    hm_session_close(session);
}

START_TEST(what_went_into_a_file_that_is_lost_is_offered_over_the_network)
{
    struct file lost;
    struct hm_digest before;
    struct hm_digest after;
    add(a, 20);
    ck_assert(world_sync(&world, a, &err) && world_sync(&world, b, &err));
    ck_assert_int_eq(hm_store_digest(world.store, hm_text("101-1"), &before, &err),
                     HM_OK);
    world_server_empty(&world);
    hear_of_loss(b);
    write_up(&lost, b);
    drop(&lost);

    ck_assert(world_sync(&world, b, &err));

    ck_assert_int_eq(hm_store_digest(world.store, hm_text("101-1"), &after, &err), HM_OK);
    ck_assert(hm_digest_equal(&before, &after));
    ck_assert(world_agrees(&world, b, "101-1"));
}
END_TEST

/* Else it would begin the buckets anew of which it has not offered all. */
START_TEST(no_file_is_made_for_a_laptop_whose_offer_was_cut)
{
    struct file up;
    struct file down;
    uint64_t news = 0;
    add(a, 20);
    ck_assert(world_sync(&world, a, &err) && world_sync(&world, b, &err));
    world_server_empty(&world);
    hear_of_loss(b);
    write_up(&up, b);
    ck_assert_uint_gt(up.count, 2);

    for (size_t i = 0; i + 1 < up.count; i++) {
        ck_assert_int_eq(take_up(&up.bodies[i], up.bodies[i].size), HM_PROBLEM_NONE);
    }
    write_down(&down, b);

    ck_assert_int_eq(take_down(b, &down, 0, true, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-send-first");
    ck_assert_uint_eq(news, 0);
    drop(&down);
    take_all_up(&up);
    write_down(&down, b);
    ck_assert_uint_gt(take_all_down(b, &down), 0);
    ck_assert(world_agrees(&world, b, "101-1"));
    drop(&down);
    drop(&up);
}
END_TEST

static enum hm_status take_answer(struct world_laptop *laptop)
{
    struct file down;
    uint64_t news = 0;
    enum hm_status status = HM_OK;
    write_down(&down, laptop);
    for (size_t i = 0; i < down.count && status == HM_OK; i++) {
        status = take_down(laptop, &down, i, i == 0, &news);
    }
    drop(&down);
    return status;
}

static void waits(struct world_laptop *laptop)
{
    ck_assert_int_eq(take_answer(laptop), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-send-first");
}

static void answered(struct world_laptop *laptop)
{
    ck_assert_msg(take_answer(laptop) == HM_OK, "%s", err.key);
}

/*
 * A server of an old backup: b alone still has what a wrote since, and knows that it has
 * to offer it.
 */
static void lose_work(struct hm_digest *before)
{
    struct hm_disk *backup = NULL;
    for (int i = 0; i < 3; i++) {
        backup = i == 2 ? world_server_backup(&world) : NULL;
        add(a, 20);
        ck_assert(world_sync(&world, a, &err) && world_sync(&world, b, &err));
    }
    ck_assert_int_eq(hm_store_digest(world.store, hm_text("101-1"), before, &err), HM_OK);
    world_server_restore(&world, backup);
    waits(b); /* it hears of it from a file */
}

static void is_whole_again(const struct hm_digest *before)
{
    struct hm_digest after;
    ck_assert_int_eq(hm_store_digest(world.store, hm_text("101-1"), &after, &err), HM_OK);
    ck_assert(hm_digest_equal(before, &after));
    ck_assert(world_agrees(&world, b, "101-1"));
}

/* The network brought the beginning of it: the file holds all. */
START_TEST(a_file_that_offers_all_is_answered_though_an_offer_was_cut_before)
{
    struct file up;
    struct hm_digest before;
    lose_work(&before);
    hear_of_loss(b);
    waits(b);
    write_up(&up, b);

    take_all_up(&up);
    answered(b);

    is_whole_again(&before);
    drop(&up);
}
END_TEST

/* ---- a file in several parts ---- */

/* The last of them holds the last body, the first all that the others do not hold. */
struct parts {
    struct file file;
    struct hm_id device;
    struct hm_id bundle;
    size_t count;
};

static void write_parts(struct parts *parts,
                        struct world_laptop *laptop,
                        uint8_t bundle_id,
                        size_t count)
{
    *parts = (struct parts){
        .device = hm_sign_device(&laptop->key), .bundle = {{bundle_id}}, .count = count};
    write_up(&parts->file, laptop);
    ck_assert_uint_ge(parts->file.count, count);
}

/* The part that it waits for; 0: what it says counts. `torn`: its end is not there. */
static uint64_t take_part(const struct parts *parts, size_t number, bool torn)
{
    struct hm_file_part part = {
        .device = parts->device, .bundle = parts->bundle, .number = number};
    const struct file *file = &parts->file;
    size_t first = number == 1 ? 0 : file->count - parts->count + number - 1;
    size_t end = file->count - parts->count + number - (torn ? 1 : 0);
    ck_assert_int_eq(hm_file_part_find(&part, world.store, &err), HM_OK);
    for (size_t i = first; i < end; i++) {
        ck_assert_int_eq(take_up_of(&file->bodies[i], file->bodies[i].size, &part),
                         HM_PROBLEM_NONE);
    }
    if (!torn) {
        ck_assert_int_eq(hm_store_begin(world.store, &err), HM_OK);
        ck_assert_int_eq(
            hm_file_part_taken(&part, world.store, number < parts->count, &err), HM_OK);
        ck_assert_int_eq(hm_store_commit(world.store, &err), HM_OK);
    }
    return part.waits ? part.missing : 0;
}

START_TEST(a_last_part_without_the_first_is_answered_once_it_comes_after_it)
{
    struct parts parts;
    struct hm_digest before;
    lose_work(&before);
    if (_i == 1) {
        hear_of_loss(b); /* it began to offer over the network, and was cut */
    }
    write_parts(&parts, b, 1, 2);

    ck_assert_uint_eq(take_part(&parts, 2, false), 1);
    waits(b);
    ck_assert_uint_eq(take_part(&parts, 1, false), 0);
    waits(b);
    ck_assert_uint_eq(take_part(&parts, 2, false), 0);
    answered(b);

    is_whole_again(&before);
    ck_assert_uint_eq(take_part(&parts, 2, false), 0); /* again: nobody needs the first */
    drop(&parts.file);
}
END_TEST

START_TEST(a_part_that_is_torn_or_of_another_file_is_no_part_that_was_taken)
{
    struct parts lost;
    struct parts parts;
    struct hm_digest before;
    lose_work(&before);
    write_parts(&lost, b, 1, 2);
    write_parts(&parts, b, 2, 3);

    ck_assert_uint_eq(take_part(&lost, 1, false), 0);
    ck_assert_uint_eq(take_part(&parts, 3, false), 1);
    waits(b);
    ck_assert_uint_eq(take_part(&parts, 1, true), 0);
    ck_assert_uint_eq(take_part(&parts, 2, false), 1);
    ck_assert_uint_eq(take_part(&parts, 3, false), 1);
    waits(b);
    ck_assert_uint_eq(take_part(&parts, 1, false), 0);
    ck_assert_uint_eq(take_part(&parts, 3, false), 2);
    waits(b);
    ck_assert_uint_eq(take_part(&parts, 2, false), 0);
    ck_assert_uint_eq(take_part(&parts, 1, false), 0); /* again: the second stays taken */
    ck_assert_uint_eq(take_part(&parts, 3, false), 0);
    answered(b);

    is_whole_again(&before);
    drop(&parts.file);
    drop(&lost.file);
}
END_TEST

/* Whoever lost nothing may bring them as he likes. */
START_TEST(parts_of_a_file_that_offers_nothing_may_come_in_any_order)
{
    struct parts parts;
    by_files(a);
    by_files(a);
    add(a, 3000);
    write_parts(&parts, a, 1, 2);

    ck_assert_uint_eq(take_part(&parts, 2, false), 0);
    ck_assert_uint_eq(take_part(&parts, 1, false), 0);

    answered(a);
    ck_assert(world_agrees(&world, a, "101-1"));
    drop(&parts.file);
}
END_TEST

static void begin_anew(struct world_laptop *laptop, const char *bucket)
{
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_bucket_reset(laptop->store, hm_text(bucket), &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
}

/* The server goes by the most that was said: else an old file would make it say all. */
START_TEST(a_disk_that_has_less_than_it_said_once_begins_a_new_epoch_and_gets_all)
{
    struct file up;
    struct file down;
    uint64_t news = 0;
    add(b, 5);
    by_files(b);
    by_files(b);
    begin_anew(b, "101-1");
    write_up(&up, b);
    take_all_up(&up);
    write_down(&down, b);

    ck_assert_int_eq(take_down(b, &down, 0, true, &news), HM_BAD_INPUT);

    ck_assert_str_eq(err.key, "bundle-behind");
    by_files(b);
    ck_assert(world_agrees(&world, b, "101-1"));
    drop(&down);
    drop(&up);
}
END_TEST

static struct hm_bytes last_receipt(const struct world_laptop *laptop,
                                    struct hm_arena *arena)
{
    struct hm_bytes message = HM_NO_BYTES;
    struct hm_bytes signature = HM_NO_BYTES;
    ck_assert_int_eq(
        hm_store_receipt_last(laptop->store, &message, &signature, arena, &err), HM_OK);
    return message;
}

/* Whether what is kept as the server's word on the bucket speaks of it. */
static bool is_spoken_of(const struct world_laptop *laptop, const char *bucket)
{
    struct hm_arena arena;
    struct hm_receipt receipt;
    struct hm_bytes message = HM_NO_BYTES;
    struct hm_bytes signature = HM_NO_BYTES;
    bool found = false;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    ck_assert_int_eq(hm_store_bucket_statement(laptop->store, hm_text(bucket), &message,
                                               &signature, &arena, &err),
                     HM_OK);
    ck_assert_int_eq(hm_receipt_get(&receipt, message, &arena, &err), HM_OK);
    for (size_t i = 0; i < receipt.bucket_count && !found; i++) {
        found = hm_bytes_are(receipt.buckets[i].name, bucket);
    }
    hm_arena_fini(&arena);
    return found;
}

/* A sync speaks of the buckets that moved; a file that comes again, of none of them. */
START_TEST(an_answer_taken_again_leaves_each_bucket_the_word_on_it)
{
    struct file down;
    add(b, 5);
    by_files(b);
    by_files(b);
    write_down(&down, b);
    (void)take_all_down(b, &down);
    add(b, 1);
    ck_assert(world_sync(&world, b, &err));
    ck_assert(is_spoken_of(b, HM_HOME_REGISTRY));

    ck_assert_uint_eq(take_all_down(b, &down), 0);

    ck_assert(is_spoken_of(b, HM_HOME_REGISTRY));
    ck_assert(is_spoken_of(b, "101-1"));
    drop(&down);
}
END_TEST

/* What it lacks shows at the end alone: its first line was good. */
START_TEST(a_file_that_is_refused_leaves_nothing_of_itself)
{
    struct file up;
    struct file down;
    struct hm_arena arena;
    uint64_t news = 0;
    add(b, 5);
    by_files(b);
    by_files(b);
    begin_anew(b, "101-1");
    write_up(&up, b);
    take_all_up(&up);
    hm_testenv_advance(&world.env, 1000);
    write_down(&down, b);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    struct hm_bytes before = last_receipt(b, &arena);

    ck_assert_int_eq(take_down(b, &down, 0, true, &news), HM_BAD_INPUT);

    ck_assert_str_eq(err.key, "bundle-behind");
    ck_assert(hm_bytes_equal(last_receipt(b, &arena), before));
    ck_assert_uint_eq(news, 0);
    hm_arena_fini(&arena);
    drop(&down);
    drop(&up);
}
END_TEST

/* A copy of an epoch that the server heard of before, and of a later one since. */
START_TEST(the_next_answer_is_for_who_wrote_last_though_he_contradicts_another)
{
    struct file up;
    struct file down;
    uint64_t news = 0;
    add(a, 3);
    by_files(a);
    struct hm_disk *image = world_laptop_image(a);
    add(a, 3);
    by_files(a);
    world_laptop_restore(a, image);
    hm_testenv_advance(&a->env, 1);
    add(a, 2);
    write_up(&up, a);
    ck_assert_int_eq(take_up(&up.bodies[0], up.bodies[0].size), HM_PROBLEM_STALE);
    drop(&up);
    write_down(&down, a);
    ck_assert_int_eq(take_down(a, &down, 0, true, &news), HM_BAD_INPUT);
    drop(&down);
    by_files(a);

    world_laptop_restore(a, image);
    hm_testenv_advance(&a->env, 1);
    add(a, 1);
    write_up(&up, a);
    ck_assert_int_eq(take_up(&up.bodies[0], up.bodies[0].size), HM_PROBLEM_STALE);
    write_down(&down, a);

    ck_assert_int_eq(take_down(a, &down, 0, true, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-ahead");
    by_files(a);
    ck_assert(world_agrees(&world, a, "101-1"));
    drop(&down);
    drop(&up);
    hm_disk_free(image);
}
END_TEST

static size_t count_notices(void)
{
    struct hm_arena arena;
    struct hm_notice *notices = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    ck_assert_int_eq(hm_store_notices(world.reader, &notices, &count, &arena, &err),
                     HM_OK);
    hm_arena_fini(&arena);
    return count;
}

/* Who hears of the server that came back from a file shows no token of before. */
START_TEST(the_token_of_a_server_that_is_no_more_tells_of_no_copied_disk)
{
    struct file down;
    struct hm_id lease;
    uint64_t news = 0;
    add(b, 3);
    ck_assert(world_sync(&world, b, &err));
    ck_assert(world_sync(&world, b, &err)); /* says which incarnation it knows now */
    struct hm_disk *backup = world_server_backup(&world);
    world_server_restore(&world, backup);
    write_down(&down, b);
    ck_assert_int_eq(take_down(b, &down, 0, true, &news), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "bundle-send-first");
    ck_assert_int_eq(hm_store_meta_get_id(b->store, HM_META_LEASE, &lease, &err), HM_OK);
    ck_assert(hm_id_is_none(&lease));

    ck_assert(world_sync(&world, b, &err));

    ck_assert_uint_eq(count_notices(), 0);
    ck_assert(world_agrees(&world, b, "101-1"));
    drop(&down);
}
END_TEST

/*
 * A file of before the server was lost makes it leave a unit while a request is under
 * way: the reply is to an epoch that it left, and the token of before is none of the
 * server's that gave it.
 */
START_TEST(who_left_a_unit_before_the_reply_came_shows_no_token_of_before)
{
    struct hm_session *session = NULL;
    struct world_visit visit;
    struct hm_buf body;
    struct file down;
    struct hm_id lease;
    int64_t before = 0;
    int64_t after = 0;
    add(a, 3); /* b wrote nothing: no chain of its own tells it more */
    ck_assert(world_sync(&world, a, &err));
    ck_assert(world_sync(&world, b, &err));
    ck_assert_int_eq(world_move(&world, b, "101-2", true, &err), HM_OK);
    write_down(&down, b);
    struct hm_disk *backup = world_server_backup(&world);
    world_server_restore(&world, backup);
    ck_assert_int_eq(hm_store_meta_get_int(b->store, HM_META_EPOCH, 0, &before, &err),
                     HM_OK);
    hm_buf_init(&body, HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_session_open(&session, b->store, &b->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &body, &err), HM_OK);
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    ck_assert_uint_gt(take_all_down(b, &down), 0);
    ck_assert_int_eq(hm_store_meta_get_int(b->store, HM_META_EPOCH, 0, &after, &err),
                     HM_OK);
    ck_assert_int_ne(before, after);

    ck_assert_int_eq(world_take(&world, session, &visit, SIZE_MAX, &err),
                     HM_SESSION_AGAIN);

    ck_assert_int_eq(hm_store_meta_get_id(b->store, HM_META_LEASE, &lease, &err), HM_OK);
    ck_assert(hm_id_is_none(&lease));
    hm_session_close(session);
    ck_assert(world_sync(&world, b, &err));
    ck_assert(world_sync(&world, b, &err));
    ck_assert_uint_eq(count_notices(), 0);
    ck_assert(world_agrees(&world, b, "101-2"));
    world_visit_fini(&visit);
    hm_buf_fini(&body);
    drop(&down);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync file_state");
    TCase *cases = tcase_create("answers");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(
        cases,
        an_answer_taken_again_is_no_news_and_one_that_skips_tells_of_an_older_disk);
    tcase_add_test(
        cases, a_file_of_another_incarnation_is_taken_only_if_it_was_made_for_this_one);
    tcase_add_test(cases, what_went_into_a_file_that_is_lost_is_offered_over_the_network);
    tcase_add_test(cases, no_file_is_made_for_a_laptop_whose_offer_was_cut);
    tcase_add_test(cases,
                   a_file_that_offers_all_is_answered_though_an_offer_was_cut_before);
    tcase_add_loop_test(
        cases, a_last_part_without_the_first_is_answered_once_it_comes_after_it, 0, 2);
    tcase_add_test(cases,
                   a_part_that_is_torn_or_of_another_file_is_no_part_that_was_taken);
    tcase_add_test(cases, parts_of_a_file_that_offers_nothing_may_come_in_any_order);
    tcase_add_test(
        cases, a_disk_that_has_less_than_it_said_once_begins_a_new_epoch_and_gets_all);
    tcase_add_test(cases, an_answer_taken_again_leaves_each_bucket_the_word_on_it);
    tcase_add_test(cases, a_file_that_is_refused_leaves_nothing_of_itself);
    tcase_add_test(cases,
                   the_next_answer_is_for_who_wrote_last_though_he_contradicts_another);
    tcase_add_test(cases, the_token_of_a_server_that_is_no_more_tells_of_no_copied_disk);
    tcase_add_test(cases, who_left_a_unit_before_the_reply_came_shows_no_token_of_before);
    suite_add_tcase(suite, cases);
    return hm_run(suite);
}
