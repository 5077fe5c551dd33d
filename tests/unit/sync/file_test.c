/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that travel in files: late, twice, in any order, and to the wrong ones. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/receipts.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/receipt.h"
#include "hamlet/wire/stream.h"
#include "promise.h"
#include "world.h"

enum { BODIES_MAX = 64, HISTORIES = 12, STEPS = 14, MANY = 1300 };

static const struct hm_id bundle = {{9}};
static struct world world;
static struct world_laptop *a; /* recorder of 101-1 */
static struct world_laptop *b; /* its hamlet_head */
static struct hm_err err;

/* The records of a laptop, the newest last. */
enum { MADE_MAX = 4096 };
static struct {
    const struct world_laptop *by;
    struct hm_id record;
} made[MADE_MAX];
static size_t made_count;

static void setup(void)
{
    made_count = 0;
    world_init(&world, hm_testenv_seed(7), hm_embedded_kinds, 1, 2);
    a = world_laptop_add(&world, "101-1", "recorder");
    b = world_laptop_add(&world, "101-1", "hamlet_head");
    hm_err_clear(&err);
}

static void teardown(void)
{
    world_fini(&world);
}

/* Text that hardly packs. */
static void make_noise(char *text, size_t size, uint32_t *state)
{
    for (size_t k = 0; k + 1 < size; k++) {
        *state = *state * UINT32_C(1103515245) + 12345;
        text[k] = (char)('a' + (*state >> 16) % 26);
    }
    text[size - 1] = '\0';
}

/* Edit the last `count` records that this laptop made: pages that refer to pages. */
static void edit(struct hm_author *author,
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
static void add(struct world_laptop *laptop, int count)
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

/* ---- files, as the bodies that stand in them ---- */

struct file {
    struct hm_buf bodies[BODIES_MAX];
    size_t count;
    uint32_t epoch; /* of its head */
    uint64_t incarnation;
};

static struct hm_buf *next_body(struct file *file)
{
    ck_assert_uint_lt(file->count, BODIES_MAX);
    struct hm_buf *body = &file->bodies[file->count++];
    hm_buf_init(body, HM_REPLY_BYTES_MAX);
    return body;
}

static void drop(struct file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        hm_buf_fini(&file->bodies[i]);
    }
    file->count = 0;
}

static void write_up(struct file *file, struct world_laptop *laptop)
{
    struct hm_session *session = NULL;
    bool more = true;
    *file = (struct file){.count = 0};
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    while (more) {
        bool first = file->count == 0;
        ck_assert_int_eq(
            hm_session_file_body(session, &bundle, first, next_body(file), &more, &err),
            HM_OK);
    }
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
    hm_session_close(session);
}

/* The problem that it ended with. `size`: bytes of the body that are there. */
static enum hm_problem take_up(const struct hm_buf *body, size_t size)
{
    struct hm_serving *serving = NULL;
    ck_assert_int_eq(hm_serving_open(&serving, &world.self, body->size, &err), HM_OK);
    hm_serving_by_file(serving);
    if (hm_serving_put(serving, world.store, (struct hm_bytes){body->data, size}) &&
        size == body->size) {
        hm_serving_end(serving);
    }
    if (hm_serving_commits(serving)) {
        ck_assert_int_eq(hm_servings_commit(&serving, 1, world.store, &err), HM_OK);
    }
    enum hm_problem problem = hm_serving_problem(serving);
    hm_serving_close(serving);
    return problem;
}

static void write_down(struct file *file, const struct world_laptop *laptop)
{
    struct hm_arena arena;
    struct hm_file_reader reader;
    struct hm_id device = hm_sign_device(&laptop->key);
    bool more = true;
    *file = (struct file){.count = 0};
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    ck_assert_int_eq(hm_file_reader_get(&reader, world.store, &device, &arena, &err),
                     HM_OK);
    file->epoch = reader.epoch;
    file->incarnation = reader.incarnation;
    while (more) {
        struct hm_serving *serving = NULL;
        ck_assert_int_eq(hm_serving_open(&serving, &world.self, 0, &err), HM_OK);
        ck_assert_int_eq(hm_serving_for_file(serving, world.store, &reader, &err), HM_OK);
        ck_assert_int_eq(hm_serving_answer(serving, world.store, next_body(file), &err),
                         HM_OK);
        more = hm_serving_more(serving);
        ck_assert_int_eq(hm_file_reader_keep(&reader, &arena, &err), HM_OK);
        hm_serving_close(serving);
    }
    hm_arena_fini(&arena);
}

/* *news: entries and acknowledged changes that were not here. */
static enum hm_status take_down(struct world_laptop *laptop,
                                const struct file *file,
                                size_t i,
                                bool first,
                                uint64_t *news)
{
    struct hm_session *session = NULL;
    hm_err_clear(&err);
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(
        hm_session_file_begin(session, file->epoch, file->incarnation, first, &err),
        HM_OK);
    (void)hm_session_put(session, hm_buf_bytes(&file->bodies[i]));
    enum hm_status status = hm_session_file_end(session, true, &err);
    *news += hm_session_stats(session)->entries + hm_session_stats(session)->changes_up;
    hm_session_close(session);
    return status;
}

static void take_all_up(struct file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        ck_assert_int_eq(take_up(&file->bodies[i], file->bodies[i].size),
                         HM_PROBLEM_NONE);
    }
}

static uint64_t take_all_down(struct world_laptop *laptop, const struct file *file)
{
    uint64_t news = 0;
    for (size_t i = 0; i < file->count; i++) {
        ck_assert_msg(take_down(laptop, file, i, i == 0, &news) == HM_OK, "%s", err.key);
    }
    return news;
}

static void by_files(struct world_laptop *laptop)
{
    struct file up;
    struct file down;
    write_up(&up, laptop);
    take_all_up(&up);
    write_down(&down, laptop);
    (void)take_all_down(laptop, &down);
    drop(&down);
    drop(&up);
}

/* ---- what is held to ---- */

START_TEST(what_files_carry_is_what_the_network_carries)
{
    struct world network;
    struct hm_digest there;
    struct hm_digest here;
    world_init(&network, hm_testenv_seed(7), hm_embedded_kinds, 1, 2);
    struct world_laptop *c = world_laptop_add(&network, "101-1", "recorder");
    struct world_laptop *d = world_laptop_add(&network, "101-1", "hamlet_head");
    add(a, 40);
    add(b, 30);
    add(c, 40);
    add(d, 30);
    ck_assert(world_sync(&network, c, &err) && world_sync(&network, d, &err) &&
              world_sync(&network, c, &err));

    by_files(a);
    by_files(b);
    by_files(a);

    ck_assert(world_agrees(&world, a, "101-1") && world_agrees(&world, b, "101-1"));
    ck_assert_int_eq(hm_store_digest(network.store, hm_text("101-1"), &there, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_digest(world.store, hm_text("101-1"), &here, &err), HM_OK);
    ck_assert(hm_digest_equal(&here, &there));
    world_fini(&network);
}
END_TEST

/* How many pages stand in a body, none of which needs anything but itself. */
static size_t pages_alone(const struct hm_buf *body)
{
    struct hm_inflate *inflate = NULL;
    struct hm_buf text;
    size_t pages = 0;
    const uint8_t *from = memchr(body->data, '\n', body->size);
    struct hm_bytes stream = {from + 1, body->size - (size_t)(from + 1 - body->data)};
    hm_buf_init(&text, HM_INFLATE_BYTES_MAX);
    ck_assert_int_eq(hm_inflate_open(&inflate, &err), HM_OK);
    ck_assert_int_eq(hm_inflate_put(inflate, &text, stream, &err), HM_OK);
    for (uint8_t *at = text.data, *page = at, *end = NULL;
         (end = memchr(at, '\n', text.size - (size_t)(at - text.data))) != NULL;
         at = end + 1) {
        struct hm_bytes line = {at, (size_t)(end - at)};
        if (hm_line_kind(line) == HM_LINE_PAGE) {
            page = at;
        } else if (hm_line_kind(line) == HM_LINE_TAIL) {
            struct hm_page_draft *draft = NULL;
            size_t needs = 0;
            struct hm_bytes lines = {page, (size_t)(end - page) + 1};
            ck_assert_int_eq(hm_page_draft_open(&draft, lines, &err), HM_OK);
            (void)hm_page_draft_needs(draft, &needs);
            ck_assert_uint_eq(needs, 0);
            hm_page_draft_free(draft);
            pages++;
        }
    }
    hm_inflate_close(inflate);
    hm_buf_fini(&text);
    return pages;
}

START_TEST(no_page_of_a_file_points_out_of_itself)
{
    struct file up;
    struct file down;
    add(b, 60);
    by_files(b);
    by_files(a);
    add(b, 60);
    write_up(&up, b);
    take_all_up(&up);
    write_down(&down, a);

    ck_assert_uint_gt(pages_alone(&up.bodies[0]), 3);
    ck_assert_uint_gt(pages_alone(&down.bodies[0]), 3);
    drop(&down);
    drop(&up);
}
END_TEST

START_TEST(bodies_of_a_laptop_may_come_in_any_order_twice_and_cut)
{
    struct file up;
    add(a, MANY);
    write_up(&up, a);
    ck_assert_uint_gt(up.count, 1);

    for (size_t i = up.count; i > 0; i--) {
        struct hm_buf *body = &up.bodies[i - 1];
        ck_assert_int_eq(take_up(body, body->size * 2 / 3), HM_PROBLEM_NONE);
        ck_assert_int_eq(take_up(body, body->size), HM_PROBLEM_NONE);
        ck_assert_int_eq(take_up(body, body->size), HM_PROBLEM_NONE);
    }

    ck_assert(world_agrees(&world, a, "101-1"));
    drop(&up);
}
END_TEST

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

START_TEST(a_body_of_a_file_is_no_request_and_a_request_no_body_of_a_file)
{
    struct file up;
    struct world_visit visit;
    struct hm_session *session = NULL;
    struct hm_buf request;
    add(a, 3);
    write_up(&up, a);
    hm_buf_init(&request, HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(hm_session_open(&session, a->store, &a->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);

    world_visit_init(&visit, hm_buf_bytes(&up.bodies[0]));
    world_serve(&world, &visit, 1);

    ck_assert_int_eq(visit.http, 401);
    ck_assert_int_eq(take_up(&request, request.size), HM_PROBLEM_SIGNATURE);
    ck_assert(!world_agrees(&world, a, "101-1"));
    world_visit_fini(&visit);
    hm_session_close(session);
    hm_buf_fini(&request);
    drop(&up);
}
END_TEST

/* Laptops that write, meet the network or send files, which wait, come twice or never. */
static uint64_t play(void)
{
    struct world_laptop *laptops[] = {a, b};
    struct file waiting[STEPS];
    size_t count = 0;
    uint64_t carried = 0;
    for (int step = 0; step < STEPS; step++) {
        struct world_laptop *laptop = laptops[hm_testenv_below(&world.env, 2)];
        switch (hm_testenv_below(&world.env, 5)) {
        case 0:
        case 1:
            add(laptop, 1 + (int)hm_testenv_below(&world.env, 30));
            break;
        case 2:
            write_up(&waiting[count++], laptop);
            break;
        case 3:
            by_files(laptop);
            carried++;
            break;
        default:
            ck_assert(world_sync(&world, laptop, &err));
            break;
        }
        if (count > 0 && hm_testenv_below(&world.env, 3) == 0) {
            take_all_up(&waiting[hm_testenv_below(&world.env, count)]);
            carried++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        drop(&waiting[i]);
    }
    return carried;
}

START_TEST(files_and_network_in_any_mixture_lose_and_double_nothing)
{
    uint64_t files = 0;
    for (uint64_t i = 0; i < HISTORIES; i++) {
        files += play();
        for (int round = 0; round < 2; round++) {
            ck_assert_msg(world_sync(&world, a, &err), "%s", err.key);
            ck_assert_msg(world_sync(&world, b, &err), "%s", err.key);
        }
        ck_assert(world_agrees(&world, a, "101-1"));
        ck_assert(world_agrees(&world, b, "101-1"));
    }

    ck_assert_uint_gt(files, HISTORIES);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync file");
    TCase *cases = tcase_create("files");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, what_files_carry_is_what_the_network_carries);
    tcase_add_test(cases, no_page_of_a_file_points_out_of_itself);
    tcase_add_test(cases, bodies_of_a_laptop_may_come_in_any_order_twice_and_cut);
    tcase_add_test(
        cases,
        an_answer_taken_again_is_no_news_and_one_that_skips_tells_of_an_older_disk);
    tcase_add_test(
        cases, a_file_of_another_incarnation_is_taken_only_if_it_was_made_for_this_one);
    tcase_add_test(cases, what_went_into_a_file_that_is_lost_is_offered_over_the_network);
    tcase_add_test(cases, no_file_is_made_for_a_laptop_whose_offer_was_cut);
    tcase_add_test(
        cases, a_disk_that_has_less_than_it_said_once_begins_a_new_epoch_and_gets_all);
    tcase_add_test(cases, an_answer_taken_again_leaves_each_bucket_the_word_on_it);
    tcase_add_test(cases, a_file_that_is_refused_leaves_nothing_of_itself);
    tcase_add_test(cases,
                   the_next_answer_is_for_who_wrote_last_though_he_contradicts_another);
    tcase_add_test(cases, a_body_of_a_file_is_no_request_and_a_request_no_body_of_a_file);
    tcase_add_test(cases, files_and_network_in_any_mixture_lose_and_double_nothing);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
