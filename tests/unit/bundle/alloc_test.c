/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files written and read while one allocation fails, in us or in the child that reads:
 * that is told as what it is, no file is left behind or blamed, and the next try works.
 */
#include "hamlet/bundle/in.h"
#include "hamlet/bundle/out.h"
#include "sweep.h"
#include "tests/support/fault.h"
#include "tests/unit/host/world.h"

enum { BODY = 9000, BODIES = 4, SMALL = 24000, ALLOCATIONS_MAX = 2000 };

static struct hm_key keys[2];
static struct hm_secret secrets[2];
static char path[WORLD_PATH_SIZE];
static char second[WORLD_PATH_SIZE + 8];
static uint8_t body[BODY];

static void start(void)
{
    hm_fault_start();
    world_start();
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        hm_sign_pair(&keys[i], &secrets[i], seed);
    }
    (void)snprintf(path, sizeof(path), "%s/stick.hmb", world_folder);
    (void)snprintf(second, sizeof(second), "%s.2", path);
    memset(body, 'b', sizeof(body));
}

static enum hm_status write_files(void *ctx, struct hm_err *why)
{
    struct hm_bundle_out *out = NULL;
    const struct hm_bundle_head head = {.server = hm_sign_device(&keys[1]),
                                        .from = hm_sign_device(&keys[0]),
                                        .to = hm_sign_device(&keys[1])};
    (void)ctx;
    enum hm_status status = hm_bundle_out_open(&out, &world_env, path, SMALL, why);
    if (status == HM_OK) {
        status = hm_bundle_out_begin(out, &head, &keys[1], &secrets[0], why);
    }
    for (int i = 0; i < BODIES && status == HM_OK; i++) {
        status = hm_bundle_out_put(out, HM_BYTES(body), why);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_end(out, why);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_sync(out, why);
    }
    if (status == HM_OK) {
        status = hm_bundle_out_publish(out, why);
    }
    hm_bundle_out_close(out);
    return status;
}

static void remove_files(void *ctx)
{
    (void)ctx;
    (void)unlink(path);
    (void)unlink(second);
}

static void no_file(void *ctx)
{
    (void)ctx;
    ck_assert_int_eq(world_walk(world_folder, false), 0);
}

START_TEST(a_file_that_there_was_no_memory_for_is_not_there)
{
    const struct hm_sweep sweep = {.name = "bundle out",
                                   .act = write_files,
                                   .before = remove_files,
                                   .unchanged = no_file};

    uint64_t failed = hm_sweep_memory(&sweep);

    ck_assert_uint_ge(failed, 20);
    remove_files(NULL);
    ck_assert_int_eq(write_files(NULL, &err), HM_OK);
    ck_assert_int_eq(world_walk(world_folder, false), 2);
}
END_TEST

static enum hm_status take_head(void *ctx,
                                const struct hm_bundle_head *head,
                                const struct hm_bundle_line *line,
                                bool ours,
                                struct hm_err *e)
{
    (void)ctx;
    (void)head;
    (void)e;
    return ours && hm_bundle_head_check(line, &keys[0]) ? HM_OK : HM_CORRUPT;
}

static enum hm_status take_locked(void *ctx, struct hm_err *e)
{
    (void)ctx;
    return hm_fail(e, HM_BAD_INPUT, "bundle-locked", path, NULL, NULL);
}

static enum hm_status take_body(void *ctx,
                                struct hm_bytes bytes,
                                size_t declared,
                                struct hm_err *e)
{
    size_t *bodies = ctx;
    (void)e;
    *bodies += bytes.size == declared;
    return declared == BODY ? HM_OK : HM_CORRUPT;
}

static enum hm_status take_raw(void *ctx, struct hm_bytes bytes, struct hm_err *e)
{
    (void)ctx;
    (void)bytes;
    (void)e;
    return HM_CORRUPT;
}

static enum hm_status take_end(void *ctx, bool more, struct hm_err *e)
{
    (void)ctx;
    (void)e;
    return more ? HM_OK : HM_CORRUPT; /* the first part of two */
}

static enum hm_status read_file(size_t *bodies, struct hm_err *why)
{
    const struct hm_id self = hm_sign_device(&keys[1]);
    const struct hm_bundle_taker taker = {bodies,    take_head, take_locked,
                                          take_body, take_raw,  take_end};
    *bodies = 0;
    return hm_bundle_in(path, &self, &keys[1], &secrets[1], &taker, why);
}

/* The child begins with our count, so each allocation of both fails once. */
START_TEST(a_file_that_there_is_no_memory_for_is_not_blamed)
{
    size_t whole = 0;
    size_t failed = 0;
    size_t by_child = 0;
    bool fired = true;
    enum hm_status status = HM_NO_MEMORY;
    ck_assert_int_eq(write_files(NULL, &err), HM_OK);
    ck_assert_int_eq(read_file(&whole, &err), HM_OK);
    ck_assert_uint_ge(whole, 2);

    for (uint64_t n = 1; (fired || status != HM_OK) && n < ALLOCATIONS_MAX; n++) {
        struct hm_err why = HM_ERR_NONE;
        size_t bodies = 0;
        hm_fault_arm(n);
        status = read_file(&bodies, &why);
        fired = hm_fault_disarm();
        ck_assert_msg(status == HM_OK || status == HM_NO_MEMORY, "%s at %u", why.key,
                      (unsigned)n);
        ck_assert(status != HM_OK || bodies == whole);
        failed += status == HM_NO_MEMORY;
        by_child += status == HM_NO_MEMORY && !fired;
        ck_assert_int_eq(read_file(&bodies, &err), HM_OK);
        ck_assert_uint_eq(bodies, whole);
    }

    ck_assert(!fired);
    ck_assert_int_eq(status, HM_OK);
    ck_assert_uint_ge(failed, 10);
    ck_assert_uint_ge(by_child, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bundle.alloc");
    TCase *cases = tcase_create("alloc");
    tcase_add_checked_fixture(cases, start, world_finish);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_file_that_there_was_no_memory_for_is_not_there);
    tcase_add_test(cases, a_file_that_there_is_no_memory_for_is_not_blamed);
    suite_add_tcase(suite, cases);
    return world_run(suite);
}
