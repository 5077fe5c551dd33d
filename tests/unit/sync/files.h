/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - a recorder and a head of one hamlet who exchange by files: what stands in
 * them is written, carried and taken, body by body.
 *
 * Owner:  the test, whose fixture is setup and teardown
 * Errors: an act that fails ends the test, but for those that give a status or a problem
 */
#ifndef TESTS_UNIT_SYNC_FILES_H
#define TESTS_UNIT_SYNC_FILES_H

#include <check.h>

#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "noise.h"
#include "world.h"

enum { BODIES_MAX = 64 };

static const struct hm_id bundle = {{9}};
static struct world world;
static struct world_laptop *a; /* recorder of 101-1 */
static struct world_laptop *b; /* its hamlet_head */

static inline void setup(void)
{
    made_count = 0;
    world_init(&world, hm_testenv_seed(7), hm_embedded_kinds, 1, 2);
    a = world_laptop_add(&world, "101-1", "recorder");
    b = world_laptop_add(&world, "101-1", "hamlet_head");
    hm_err_clear(&err);
}

static inline void teardown(void)
{
    world_fini(&world);
}

/* ---- files, as the bodies that stand in them ---- */

struct file {
    struct hm_buf bodies[BODIES_MAX];
    size_t count;
    uint32_t epoch; /* of its head */
    uint64_t incarnation;
};

static inline struct hm_buf *next_body(struct file *file)
{
    ck_assert_uint_lt(file->count, BODIES_MAX);
    struct hm_buf *body = &file->bodies[file->count++];
    hm_buf_init(body, HM_REPLY_BYTES_MAX);
    return body;
}

static inline void drop(struct file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        hm_buf_fini(&file->bodies[i]);
    }
    file->count = 0;
}

static inline void write_up(struct file *file, struct world_laptop *laptop)
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

static inline enum hm_problem take_up_of(const struct hm_buf *body,
                                         size_t size,
                                         struct hm_file_part *part)
{
    struct hm_serving *serving = NULL;
    ck_assert_int_eq(hm_serving_open(&serving, &world.self, body->size, &err), HM_OK);
    if (part == NULL) {
        hm_serving_by_file(serving);
    } else {
        hm_serving_of_part(serving, part);
    }
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

/* The problem that it ended with. `size`: bytes of the body that are there. */
static inline enum hm_problem take_up(const struct hm_buf *body, size_t size)
{
    return take_up_of(body, size, NULL);
}

static inline void write_down(struct file *file, const struct world_laptop *laptop)
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
static inline enum hm_status take_down(struct world_laptop *laptop,
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

static inline void take_all_up(struct file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        ck_assert_int_eq(take_up(&file->bodies[i], file->bodies[i].size),
                         HM_PROBLEM_NONE);
    }
}

static inline uint64_t take_all_down(struct world_laptop *laptop, const struct file *file)
{
    uint64_t news = 0;
    for (size_t i = 0; i < file->count; i++) {
        ck_assert_msg(take_down(laptop, file, i, i == 0, &news) == HM_OK, "%s", err.key);
    }
    return news;
}

static inline void by_files(struct world_laptop *laptop)
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

#endif
