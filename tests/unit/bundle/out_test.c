/* SPDX-License-Identifier: Apache-2.0 */
/* A stick that is full or pulled out, names that are taken, files that end in time. */
#include "hamlet/bundle/out.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "hamlet/bundle/in.h"
#include "tests/unit/host/world.h"

enum { BODY = 100000, BODIES = 8, SMALL = 350000, FEW = 250000, LARGEST_BODIES = 1000 };

static struct hm_key keys[2];
static struct hm_secret secrets[2];
static struct hm_bundle_out *out;
static char path[WORLD_PATH_SIZE];
static struct hm_buf body; /* its first byte tells the bodies apart */
static size_t bodies;

/* Bytes that hardly pack. */
static void fill(size_t size)
{
    uint32_t noise = 1;
    hm_buf_clear(&body);
    for (size_t i = 0; i < size; i++) {
        noise = noise * UINT32_C(1103515245) + 12345;
        hm_buf_put_byte(&body, (uint8_t)(noise >> 16));
    }
    ck_assert_uint_eq(body.size, size);
}

static void start(void)
{
    world_start();
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        hm_sign_pair(&keys[i], &secrets[i], seed);
    }
    (void)snprintf(path, sizeof(path), "%s/stick.hmb", world_folder);
    hm_buf_init(&body, HM_BUNDLE_BODY_MAX);
    fill(BODY);
    bodies = BODIES;
    out = NULL;
}

static void finish(void)
{
    hm_bundle_out_close(out);
    hm_buf_fini(&body);
    world_finish();
}

/* Everything but the names; the first failure. */
static enum hm_status write_files(uint64_t most)
{
    struct hm_bundle_head head = {.server = hm_sign_device(&keys[1]),
                                  .from = hm_sign_device(&keys[0]),
                                  .to = hm_sign_device(&keys[1])};
    enum hm_status status = hm_bundle_out_open(&out, &world_env, path, most, &err);
    if (status == HM_OK) {
        status = hm_bundle_out_begin(out, &head, &keys[1], &secrets[0], &err);
    }
    for (size_t i = 0; i < bodies && status == HM_OK; i++) {
        body.data[0] = (uint8_t)i;
        status = hm_bundle_out_put(out, hm_buf_bytes(&body), &err);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_end(out, &err);
    }
    return status != HM_OK ? status : hm_bundle_out_sync(out, &err);
}

static int names(void)
{
    return world_walk(world_folder, false);
}

/* ---- what a file gives its reader ---- */

struct taken {
    size_t heads;
    size_t locked;
    size_t bodies;
    uint8_t last; /* which body was */
    size_t parts;
    bool more;
};

static enum hm_status take_head(void *ctx,
                                const struct hm_bundle_head *head,
                                const struct hm_bundle_line *line,
                                bool ours,
                                struct hm_err *e)
{
    struct taken *taken = ctx;
    (void)e;
    taken->heads++;
    taken->parts = (size_t)head->part;
    ck_assert(ours && hm_bundle_head_check(line, &keys[0]));
    return HM_OK;
}

static enum hm_status take_locked(void *ctx, struct hm_err *e)
{
    struct taken *taken = ctx;
    (void)e;
    taken->locked++;
    return HM_OK;
}

static enum hm_status take_body(void *ctx,
                                struct hm_bytes bytes,
                                size_t declared,
                                struct hm_err *e)
{
    struct taken *taken = ctx;
    (void)e;
    ck_assert(declared == body.size && bytes.size == body.size);
    ck_assert_mem_eq(bytes.data + 1, body.data + 1, body.size - 1);
    ck_assert(taken->bodies == 0 || bytes.data[0] == (uint8_t)(taken->last + 1));
    taken->last = bytes.data[0];
    taken->bodies++;
    return HM_OK;
}

static enum hm_status take_raw(void *ctx, struct hm_bytes bytes, struct hm_err *e)
{
    (void)ctx;
    (void)bytes;
    (void)e;
    return HM_OK;
}

static enum hm_status take_end(void *ctx, bool more, struct hm_err *e)
{
    struct taken *taken = ctx;
    (void)e;
    taken->more = more;
    return HM_OK;
}

static struct taken read_with(size_t number, size_t which)
{
    char name[WORLD_PATH_SIZE + 8];
    struct taken taken = {.heads = 0};
    struct hm_id self = hm_sign_device(&keys[1]);
    const struct hm_bundle_taker taker = {&taken,    take_head, take_locked,
                                          take_body, take_raw,  take_end};
    (void)snprintf(name, sizeof(name), number == 1 ? "%s" : "%s.%zu", path, number);
    ck_assert_int_eq(
        hm_bundle_in(name, &self, &keys[which], &secrets[which], &taker, &err), HM_OK);
    return taken;
}

static struct taken read_file(size_t number)
{
    return read_with(number, 1);
}

START_TEST(what_does_not_fit_goes_on_in_files_that_are_whole_by_themselves)
{
    size_t found = 0;
    ck_assert_int_eq(write_files(SMALL), HM_OK);
    ck_assert_int_eq(hm_bundle_out_publish(out, &err), HM_OK);
    size_t files = hm_bundle_out_stats(out)->files;
    ck_assert_uint_eq(files, 3);

    for (size_t i = 1; i <= files; i++) {
        struct taken taken = read_file(i);
        ck_assert_uint_eq(taken.heads, 1);
        ck_assert_uint_eq(taken.parts, i);
        ck_assert(taken.more == (i < files));
        found += taken.bodies;
    }

    ck_assert_uint_eq(found, bodies);
    ck_assert_int_eq(names(), 3);
}
END_TEST

/* ---- exactly as large as a file may be ---- */

static uint64_t size_of(size_t number)
{
    char name[WORLD_PATH_SIZE + 8];
    struct stat seen;
    (void)snprintf(name, sizeof(name), number == 1 ? "%s" : "%s.%zu", path, number);
    ck_assert_int_eq(stat(name, &seen), 0);
    return (uint64_t)seen.st_size;
}

static void drop_files(void)
{
    char name[WORLD_PATH_SIZE + 8];
    size_t files = hm_bundle_out_stats(out)->files;
    for (size_t i = 1; i <= files; i++) {
        (void)snprintf(name, sizeof(name), i == 1 ? "%s" : "%s.%zu", path, i);
        ck_assert_int_eq(unlink(name), 0);
    }
    hm_bundle_out_close(out);
    out = NULL;
}

/* How many files it came to; each is read whole, the last first, and none is too large.
 */
static size_t written(uint64_t most, enum hm_status (*write)(uint64_t most))
{
    size_t found = 0;
    ck_assert_msg(write(most) == HM_OK, "%s", err.key);
    ck_assert_int_eq(hm_bundle_out_publish(out, &err), HM_OK);
    size_t files = hm_bundle_out_stats(out)->files;
    for (size_t i = files; i > 0; i--) {
        struct taken taken = read_file(i);
        ck_assert_uint_le(size_of(i), most);
        ck_assert(taken.more == (i < files));
        ck_assert_uint_eq(taken.last, (uint8_t)(bodies - found - 1));
        found += taken.bodies;
    }
    ck_assert_uint_eq(found, bodies);
    return files;
}

START_TEST(a_file_is_full_at_its_last_byte_and_not_before)
{
    ck_assert_uint_eq(written(HM_BUNDLE_FILE_MAX, write_files), 1);
    uint64_t whole = size_of(1);
    drop_files();
    const struct {
        uint64_t most;
        size_t files;
    } rows[] = {{whole + 1, 1}, {whole, 1}, {whole - 1, 2}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_uint_eq(written(rows[i].most, write_files), rows[i].files);
        drop_files();
    }
}
END_TEST

/* 2.1 GB in all. */
START_TEST(what_fills_more_than_the_largest_file_goes_on_in_a_second)
{
    fill(HM_BUNDLE_BODY_MAX);
    bodies = LARGEST_BODIES;

    ck_assert_uint_eq(written(HM_BUNDLE_FILE_MAX, write_files), 2);

    ck_assert_uint_gt(size_of(1), HM_BUNDLE_FILE_MAX - 2 * HM_BUNDLE_BODY_MAX);
    drop_files();
}
END_TEST

/* Each body in a bundle of its own, as for many readers. */
static enum hm_status write_many(uint64_t most)
{
    struct hm_bundle_head head = {.server = hm_sign_device(&keys[1]),
                                  .from = hm_sign_device(&keys[0]),
                                  .to = hm_sign_device(&keys[1])};
    enum hm_status status = hm_bundle_out_open(&out, &world_env, path, most, &err);
    for (size_t i = 0; i < bodies && status == HM_OK; i++) {
        body.data[0] = (uint8_t)i;
        status = hm_bundle_out_begin(out, &head, &keys[1], &secrets[0], &err);
        if (status == HM_OK) {
            status = hm_bundle_out_put(out, hm_buf_bytes(&body), &err);
        }
        if (status == HM_OK) {
            status = hm_bundle_out_end(out, &err);
        }
    }
    return status != HM_OK ? status : hm_bundle_out_sync(out, &err);
}

/* What the reader of all files of `most` bytes finds; none is larger. */
static size_t bodies_of_many(uint64_t most)
{
    size_t found = 0;
    ck_assert_msg(write_many(most) == HM_OK, "%s", err.key);
    ck_assert_int_eq(hm_bundle_out_publish(out, &err), HM_OK);
    for (size_t i = 1; i <= hm_bundle_out_stats(out)->files; i++) {
        ck_assert_msg(size_of(i) <= most, "file %zu of %llu bytes has %llu", i,
                      (unsigned long long)most, (unsigned long long)size_of(i));
        found += read_file(i).bodies;
    }
    drop_files();
    return found;
}

START_TEST(bundles_of_many_readers_never_make_a_file_that_is_too_large_to_be_read)
{
    ck_assert_int_eq(write_many(HM_BUNDLE_FILE_MAX), HM_OK);
    ck_assert_int_eq(hm_bundle_out_publish(out, &err), HM_OK);
    uint64_t one = size_of(1) / bodies;
    drop_files();

    /* The end of a file at every place of a head, its key and what closes it. */
    for (uint64_t more = 0; more < 1000; more += 23) {
        ck_assert_uint_eq(bodies_of_many(3 * one + more), bodies);
    }
}
END_TEST

START_TEST(a_bundle_that_is_sealed_to_another_key_is_whole_and_cannot_be_read)
{
    ck_assert_int_eq(write_files(HM_BUNDLE_FILE_MAX), HM_OK);
    ck_assert_int_eq(hm_bundle_out_publish(out, &err), HM_OK);

    struct taken taken = read_with(1, 0);

    ck_assert(taken.heads == 1 && taken.locked == 1 && taken.bodies == 0);
}
END_TEST

START_TEST(a_stick_that_takes_no_more_is_left_without_any_of_it)
{
    const struct rlimit few = {FEW, RLIM_INFINITY};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, NULL), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &few), 0);

    ck_assert_int_eq(write_files(HM_BUNDLE_FILE_MAX), HM_IO);
    hm_bundle_out_close(out);
    out = NULL;

    ck_assert_int_eq(names(), 0);
}
END_TEST

START_TEST(closed_before_it_has_its_names_nothing_is_left)
{
    ck_assert_int_eq(write_files(SMALL), HM_OK);
    ck_assert_int_eq(names(), 3);

    hm_bundle_out_close(out);
    out = NULL;

    ck_assert_int_eq(names(), 0);
}
END_TEST

START_TEST(a_name_that_is_taken_is_told_before_anything_is_written)
{
    char second[WORLD_PATH_SIZE + 8];
    (void)snprintf(second, sizeof(second), "%s.2", path);
    fclose(fopen(second, "w"));

    ck_assert_int_eq(write_files(SMALL), HM_EXISTS);
    hm_bundle_out_close(out);
    out = NULL;
    ck_assert_int_eq(names(), 1);

    err = HM_ERR_NONE;
    ck_assert_int_eq(write_files(HM_BUNDLE_FILE_MAX), HM_OK);
    fclose(fopen(path, "w")); /* and while it was written */
    ck_assert_int_eq(hm_bundle_out_publish(out, &err), HM_EXISTS);
}
END_TEST

START_TEST(a_first_name_that_is_taken_takes_the_other_names_back)
{
    ck_assert_int_eq(write_files(SMALL), HM_OK);
    fclose(fopen(path, "w"));

    ck_assert_int_eq(hm_bundle_out_publish(out, &err), HM_EXISTS);
    hm_bundle_out_close(out);
    out = NULL;

    ck_assert_int_eq(names(), 1);
    ck_assert_uint_eq(size_of(1), 0); /* which was there before */
    ck_assert_int_eq(unlink(path), 0);
    err = HM_ERR_NONE;
    ck_assert_uint_eq(written(SMALL, write_files), 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bundle.out");
    TCase *cases = tcase_create("out");
    tcase_add_checked_fixture(cases, start, finish);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases,
                   what_does_not_fit_goes_on_in_files_that_are_whole_by_themselves);
    tcase_add_test(cases, a_file_is_full_at_its_last_byte_and_not_before);
    tcase_add_test(
        cases, bundles_of_many_readers_never_make_a_file_that_is_too_large_to_be_read);
    tcase_add_test(cases,
                   a_bundle_that_is_sealed_to_another_key_is_whole_and_cannot_be_read);
    tcase_add_test(cases, a_stick_that_takes_no_more_is_left_without_any_of_it);
    tcase_add_test(cases, closed_before_it_has_its_names_nothing_is_left);
    tcase_add_test(cases, a_name_that_is_taken_is_told_before_anything_is_written);
    tcase_add_test(cases, a_first_name_that_is_taken_takes_the_other_names_back);
    suite_add_tcase(suite, cases);
    if (getenv("HM_LARGEST") != NULL) {
        TCase *largest = tcase_create("largest");
        tcase_add_checked_fixture(largest, start, finish);
        tcase_set_timeout(largest, 240);
        tcase_add_test(largest,
                       what_fills_more_than_the_largest_file_goes_on_in_a_second);
        suite_add_tcase(suite, largest);
    }
    return world_run(suite);
}
