/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores, judge, buckets and both sides of the exchange together: what a server makes of
 * the refusals of one device, of requests that it commits together, of a body that breaks
 * off.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/conflicts.h"
#include "run.h"
#include "world.h"

#define UNIT "101-1"

static struct world world;
static struct hm_kinds *more; /* what the laptops' program knows */
static struct hm_arena arena;
static struct hm_err err;

/* A kind that the server does not have: whatever is written of it is refused. */
static const char remark[] =
    "{\"kind\":\"remark\",\"version\":1,\"label\":{\"vi\":\"x\",\"en\":\"x\"},"
    "\"fields\":[{\"name\":\"words\",\"type\":\"text\",\"max\":40,"
    "\"label\":{\"vi\":\"x\",\"en\":\"x\"}}],\"order\":[\"words\"],"
    "\"search\":[\"words\"],\"roles\":{\"recorder\":[\"create\",\"edit\"]}}";

static void setup(void)
{
    err = HM_ERR_NONE;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    ck_assert_int_eq(hm_kinds_open(&more, hm_embedded_kinds, &err), HM_OK);
    ck_assert_int_eq(hm_kinds_add(more, hm_text(remark), "remark.json", &err), HM_OK);
    world_init(&world, hm_testenv_seed(7), hm_embedded_kinds, 2, 2);
}

static void teardown(void)
{
    world_fini(&world);
    hm_kinds_close(more);
    hm_arena_fini(&arena);
}

static struct hm_id add(struct world_laptop *laptop,
                        const char *kind,
                        const char *field,
                        const char *text)
{
    struct hm_author *author = NULL;
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {hm_text(field), hm_text(text), NULL},
        {hm_text("address_text"), hm_text("Tổ 1"), NULL},
    };
    size_t count = strcmp(kind, "household") == 0 ? 2 : 1;
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_add(author, hm_text(kind), fields, count, &added, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    return added.change;
}

static void sync_all(struct world_laptop *a, struct world_laptop *b)
{
    ck_assert_msg(world_sync(&world, a, &err), "%s %s", err.key, err.arg[0]);
    ck_assert_msg(world_sync(&world, b, &err), "%s %s", err.key, err.arg[0]);
}

static bool holds(struct hm_store *store, const struct hm_id *change)
{
    struct hm_held held;
    struct hm_err missing = HM_ERR_NONE;
    return hm_store_change_find(store, change, &held, &arena, &missing) == HM_OK;
}

/* Why it was refused, or null. */
static const char *reason_at(struct hm_store *store, const struct hm_id *change)
{
    struct hm_refused *refused = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_quarantine(store, &refused, &count, &arena, &err), HM_OK);
    for (size_t i = 0; i < count; i++) {
        if (hm_id_equal(&refused[i].held.change.id, change)) {
            return hm_arena_copy_text(&arena, refused[i].reason);
        }
    }
    return NULL;
}

static void append(struct hm_store *store,
                   const struct hm_id *change,
                   const char *mailbox,
                   size_t times)
{
    struct hm_held held;
    struct hm_entry *entries = hm_arena_get_array(&arena, times, sizeof(*entries));
    ck_assert_int_eq(hm_store_change_find(store, change, &held, &arena, &err), HM_OK);
    for (size_t i = 0; i < times; i++) {
        entries[i] = (struct hm_entry){.count = 1,
                                       .change = held.row,
                                       .kind = HM_ENTRY_QUARANTINED,
                                       .reason = hm_text("unknown_kind")};
    }
    ck_assert_int_eq(hm_store_begin(store, &err), HM_OK);
    ck_assert_int_eq(
        hm_store_entries_append(store, hm_text(mailbox), entries, times, &arena, &err),
        HM_OK);
    ck_assert_int_eq(hm_store_commit(store, &err), HM_OK);
}

/*
 * As if `change` had been refused so often, and the laptop knew: what counts is what the
 * mailbox holds.
 */
static void refuse_often(const struct world_laptop *laptop,
                         const struct hm_id *change,
                         size_t times)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_id device = hm_sign_device(&laptop->key);
    hm_mailbox_name(mailbox, &device);
    append(world.store, change, mailbox, times);
    append(laptop->store, change, mailbox, times);
}

START_TEST(up_to_the_limit_a_refusal_stands_in_the_bucket_of_its_unit)
{
    struct world_laptop *a = world_laptop_add_with(&world, UNIT, "recorder", more);
    struct world_laptop *b = world_laptop_add(&world, UNIT, "recorder");
    struct hm_id first = add(a, "remark", "words", "one");
    sync_all(a, b);
    refuse_often(a, &first, HM_REFUSED_DEVICE_MAX - 2);

    struct hm_id last = add(a, "remark", "words", "two");
    sync_all(a, b);

    ck_assert_str_eq(reason_at(world.reader, &last), "unknown_kind");
    ck_assert(holds(b->store, &last));
    ck_assert(world_agrees(&world, a, UNIT));
    ck_assert(world_agrees(&world, b, UNIT));
}
END_TEST

START_TEST(beyond_the_limit_nothing_of_a_device_stands)
{
    struct world_laptop *a = world_laptop_add_with(&world, UNIT, "recorder", more);
    struct world_laptop *b = world_laptop_add(&world, UNIT, "recorder");
    struct hm_id first = add(a, "remark", "words", "one");
    sync_all(a, b);
    refuse_often(a, &first, HM_REFUSED_DEVICE_MAX - 2);

    struct hm_id last = add(a, "remark", "words", "two");
    struct hm_id over = add(a, "remark", "words", "three");
    struct hm_id good = add(a, "household", "head_name", "Út");
    sync_all(a, b);

    ck_assert_str_eq(reason_at(world.reader, &last), "unknown_kind");
    ck_assert_str_eq(reason_at(world.reader, &over), "storm");
    ck_assert_str_eq(reason_at(world.reader, &good), "storm");
    ck_assert_str_eq(reason_at(a->store, &good), "storm");
    ck_assert_str_eq(reason_at(b->store, &good), "storm");
    ck_assert(world_agrees(&world, a, UNIT));
    ck_assert(world_agrees(&world, b, UNIT));
}
END_TEST

START_TEST(what_was_refused_beyond_the_limit_can_be_released)
{
    struct world_laptop *a = world_laptop_add_with(&world, UNIT, "recorder", more);
    struct world_laptop *b = world_laptop_add_with(&world, UNIT, "recorder", more);
    struct hm_id first = add(a, "remark", "words", "one");
    sync_all(a, b);
    refuse_often(a, &first, HM_REFUSED_DEVICE_MAX - 1);
    struct hm_id good = add(a, "household", "head_name", "Út");
    sync_all(a, b);
    ck_assert_str_eq(reason_at(b->store, &good), "storm");

    ck_assert_int_eq(world_release(&world, &good, &err), HM_OK);
    sync_all(a, b);

    ck_assert_ptr_null(reason_at(a->store, &good));
    ck_assert_ptr_null(reason_at(b->store, &good));
    ck_assert(world_agrees(&world, a, UNIT));
    ck_assert(world_agrees(&world, b, UNIT));
}
END_TEST

START_TEST(what_was_released_counts_no_more)
{
    struct world_laptop *a = world_laptop_add_with(&world, UNIT, "recorder", more);
    struct world_laptop *b = world_laptop_add(&world, UNIT, "recorder");
    struct hm_id first = add(a, "remark", "words", "one");
    sync_all(a, b);
    refuse_often(a, &first, HM_REFUSED_DEVICE_MAX);
    ck_assert_int_eq(world_release(&world, &first, &err), HM_OK);

    struct hm_id next = add(a, "remark", "words", "two");
    sync_all(a, b);

    ck_assert_str_eq(reason_at(world.reader, &next), "unknown_kind");
    ck_assert(world_agrees(&world, b, UNIT));
}
END_TEST

START_TEST(the_limit_is_each_devices_own)
{
    struct world_laptop *a = world_laptop_add_with(&world, UNIT, "recorder", more);
    struct world_laptop *b = world_laptop_add_with(&world, UNIT, "recorder", more);
    struct hm_id first = add(a, "remark", "words", "one");
    sync_all(a, b);
    refuse_often(a, &first, HM_REFUSED_DEVICE_MAX);

    struct hm_id others = add(b, "remark", "words", "two");
    sync_all(b, a);

    ck_assert_str_eq(reason_at(world.reader, &others), "unknown_kind");
    ck_assert(holds(a->store, &others));
}
END_TEST

/* ---- committed together ---- */

static void ask(struct world_laptop *laptop, struct hm_buf *body)
{
    hm_buf_init(body, HM_HEADER_MAX + HM_REQUEST_BYTES_MAX);
    ck_assert_int_eq(world_session(laptop, &err), HM_OK);
    hm_session_begin(laptop->session);
    ck_assert_int_eq(hm_session_request(laptop->session, body, &err), HM_OK);
}

START_TEST(of_requests_committed_together_a_stale_one_spoils_no_other)
{
    struct world_laptop *a = world_laptop_add(&world, UNIT, "recorder");
    struct world_laptop *b = world_laptop_add(&world, UNIT, "recorder");
    struct world_laptop *c = world_laptop_add(&world, UNIT, "recorder");
    struct world_visit visits[3];
    struct hm_buf bodies[3];
    sync_all(a, b);
    sync_all(c, b);
    struct hm_id lost = add(b, "household", "head_name", "B");
    ask(b, &bodies[1]); /* a copy of this arrives when another has long been answered */
    ck_assert(world_sync(&world, b, &err));
    ck_assert(world_sync(&world, b, &err));
    ck_assert(holds(world.reader, &lost));
    struct hm_id first = add(a, "household", "head_name", "A");
    struct hm_id last = add(c, "household", "head_name", "C");
    ask(a, &bodies[0]);
    ask(c, &bodies[2]);
    for (size_t i = 0; i < 3; i++) {
        world_visit_init(&visits[i], hm_buf_bytes(&bodies[i]));
    }

    world_serve(&world, visits, 3);

    ck_assert_int_eq(visits[0].http, 200);
    ck_assert_int_eq(visits[1].http, 409);
    ck_assert_int_eq(visits[2].http, 200);
    ck_assert(holds(world.reader, &first));
    ck_assert(holds(world.reader, &last));
    for (size_t i = 0; i < 3; i++) {
        world_visit_fini(&visits[i]);
        hm_buf_fini(&bodies[i]);
    }
}
END_TEST

START_TEST(of_requests_committed_together_a_cut_one_leaves_its_whole_pages)
{
    enum { CHANGES = 300 };
    struct world_laptop *a = world_laptop_add(&world, UNIT, "recorder");
    struct world_laptop *b = world_laptop_add(&world, UNIT, "recorder");
    struct world_visit visits[2];
    struct hm_buf bodies[2];
    struct hm_id cut[CHANGES];
    size_t kept = 0;
    sync_all(a, b);
    for (size_t i = 0; i < CHANGES; i++) {
        char name[48]; /* that no compressor shortens much */
        (void)snprintf(name, sizeof(name), "%016llx%016llx",
                       (unsigned long long)hm_testenv_next(&world.env),
                       (unsigned long long)hm_testenv_next(&world.env));
        cut[i] = add(a, "household", "head_name", name);
    }
    struct hm_id whole = add(b, "household", "head_name", "B");
    ask(a, &bodies[0]);
    ask(b, &bodies[1]);
    for (size_t i = 0; i < 2; i++) {
        world_visit_init(&visits[i], hm_buf_bytes(&bodies[i]));
    }
    visits[0].seen = bodies[0].size / 2;

    world_serve(&world, visits, 2);

    while (kept < CHANGES && holds(world.reader, &cut[kept])) {
        kept++;
    }
    ck_assert_uint_gt(kept, 0);
    ck_assert_uint_lt(kept, CHANGES);
    for (size_t i = kept; i < CHANGES; i++) {
        ck_assert(!holds(world.reader, &cut[i]));
    }
    ck_assert(!visits[0].given);
    ck_assert_int_eq(visits[1].http, 200);
    ck_assert(holds(world.reader, &whole));
    for (size_t i = 0; i < 2; i++) {
        world_visit_fini(&visits[i]);
        hm_buf_fini(&bodies[i]);
    }
    sync_all(a, b);
    ck_assert(world_agrees(&world, a, UNIT));
    ck_assert(world_agrees(&world, b, UNIT));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync/world");
    TCase *groups = tcase_create("group");
    TCase *tests = tcase_create("limit");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, up_to_the_limit_a_refusal_stands_in_the_bucket_of_its_unit);
    tcase_add_test(tests, beyond_the_limit_nothing_of_a_device_stands);
    tcase_add_test(tests, what_was_refused_beyond_the_limit_can_be_released);
    tcase_add_test(tests, what_was_released_counts_no_more);
    tcase_add_test(tests, the_limit_is_each_devices_own);
    suite_add_tcase(suite, tests);
    tcase_set_timeout(groups, 120);
    tcase_add_checked_fixture(groups, setup, teardown);
    tcase_add_test(groups, of_requests_committed_together_a_stale_one_spoils_no_other);
    tcase_add_test(groups,
                   of_requests_committed_together_a_cut_one_leaves_its_whole_pages);
    suite_add_tcase(suite, groups);
    return hm_run(suite);
}
