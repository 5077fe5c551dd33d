/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/message.h"
#include "hamlet/base/pack.h"
#include "run.h"

static struct hm_arena arena;
static struct hm_buf buf;
static struct hm_err err;
static char key[HM_CONTROL_KEY_SIZE];

static void setup(void)
{
    hm_arena_init(&arena, (size_t)1024 * 1024);
    hm_buf_init(&buf, (size_t)1024 * 1024);
    err = HM_ERR_NONE;
}

static void teardown(void)
{
    hm_buf_fini(&buf);
    hm_arena_fini(&arena);
}

static void put_request(void)
{
    static char *argv[] = {"hamlet-server", "revoke", "Máy Út", "", NULL};
    const struct hm_control_request request = {.lang = HM_LANG_EN,
                                               .folder = "/home/út",
                                               .argc = 4,
                                               .argv = argv,
                                               .input = hm_text("a\nb")};
    hm_control_request_put(&buf, &request);
    ck_assert_int_eq(hm_buf_status(&buf, &err), HM_OK);
}

START_TEST(a_request_reads_back)
{
    struct hm_control_request read;
    put_request();

    ck_assert_int_eq(hm_control_request_get(&read, hm_buf_bytes(&buf), &arena, &err),
                     HM_OK);

    ck_assert_int_eq(read.lang, HM_LANG_EN);
    ck_assert_str_eq(read.folder, "/home/út");
    ck_assert_int_eq(read.argc, 4);
    ck_assert_str_eq(read.argv[2], "Máy Út");
    ck_assert_str_eq(read.argv[3], "");
    ck_assert_ptr_null(read.argv[4]);
    ck_assert(hm_bytes_are(read.input, "a\nb"));
}
END_TEST

START_TEST(a_request_cut_anywhere_or_with_more_behind_it_is_none)
{
    struct hm_control_request read;
    put_request();
    size_t whole = buf.size;

    for (size_t size = 0; size < whole; size++) {
        ck_assert_int_eq(hm_control_request_get(&read, (struct hm_bytes){buf.data, size},
                                                &arena, &err),
                         HM_PROTOCOL);
    }
    hm_buf_put(&buf, "", 1);
    ck_assert_int_eq(hm_control_request_get(&read, hm_buf_bytes(&buf), &arena, &err),
                     HM_PROTOCOL);
    ck_assert_uint_gt(whole, 40);
}
END_TEST

START_TEST(a_request_of_another_version_is_none)
{
    struct hm_control_request read;
    put_request();
    buf.data[strlen("hamlet-control-1")] = '2'; /* a byte of length stands before it */

    ck_assert_int_eq(hm_control_request_get(&read, hm_buf_bytes(&buf), &arena, &err),
                     HM_PROTOCOL);
    ck_assert_str_eq(err.key, "control-message");
}
END_TEST

/* As the program never writes it: an argument with a NUL, too many of them, none. */
static void put_strange(uint64_t lang, struct hm_bytes folder, uint64_t count)
{
    hm_pack_text(&buf, "hamlet-control-1");
    hm_pack_uint(&buf, lang);
    hm_pack_bytes(&buf, folder);
    hm_pack_uint(&buf, count);
    for (uint64_t i = 0; i < count; i++) {
        hm_pack_text(&buf, "a");
    }
    hm_pack_text(&buf, "");
}

START_TEST(a_line_that_nobody_could_have_typed_is_none)
{
    static const struct {
        uint64_t lang;
        struct hm_bytes folder;
        uint64_t count;
        enum hm_status status;
    } rows[] = {
        {HM_LANG_VI, {(const uint8_t *)"/a", 2}, 1, HM_OK},
        {HM_LANG_VI, {(const uint8_t *)"/a", 2}, HM_CONTROL_ARGS_MAX, HM_OK},
        {HM_LANG_VI, {(const uint8_t *)"/a", 2}, HM_CONTROL_ARGS_MAX + 1, HM_PROTOCOL},
        {HM_LANG_VI, {(const uint8_t *)"/a", 2}, 0, HM_PROTOCOL},
        {HM_LANG_VI, {(const uint8_t *)"/\0a", 3}, 1, HM_PROTOCOL},
        {99, {(const uint8_t *)"/a", 2}, 1, HM_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hm_control_request read;
        hm_buf_clear(&buf);
        put_strange(rows[i].lang, rows[i].folder, rows[i].count);
        ck_assert_msg(hm_control_request_get(&read, hm_buf_bytes(&buf), &arena, &err) ==
                          rows[i].status,
                      "row %zu", i);
    }
}
END_TEST

static void put_failure(void)
{
    struct hm_control_reply reply = {
        .err = HM_ERR_NONE, .out = hm_text("[]\n"), .file = hm_text("{}")};
    reply.status = hm_fail(&reply.err, HM_DENIED, "unit-scope", "29182", "b", "c");
    hm_control_reply_put(&buf, &reply);
    ck_assert_int_eq(hm_buf_status(&buf, &err), HM_OK);
}

START_TEST(a_failure_travels_with_key_and_arguments)
{
    struct hm_control_reply read;
    put_failure();

    ck_assert_int_eq(hm_control_reply_get(&read, key, hm_buf_bytes(&buf), &err), HM_OK);

    ck_assert_int_eq(read.status, HM_DENIED);
    ck_assert_str_eq(read.err.key, "unit-scope");
    ck_assert_ptr_eq(read.err.key, key);
    ck_assert_str_eq(read.err.arg[0], "29182");
    ck_assert_str_eq(read.err.arg[2], "c");
    ck_assert(hm_bytes_are(read.out, "[]\n"));
    ck_assert(hm_bytes_are(read.file, "{}"));
}
END_TEST

START_TEST(every_status_reads_back_by_its_name)
{
    static const enum hm_status all[] = {
#define TEST_STATUS(status, retry, http, exit, text) HM_##status,
        HM_STATUS_MAP(TEST_STATUS)
#undef TEST_STATUS
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct hm_control_reply reply = {.status = all[i], .err = HM_ERR_NONE};
        struct hm_control_reply read;
        hm_buf_clear(&buf);
        hm_control_reply_put(&buf, &reply);
        ck_assert_int_eq(hm_control_reply_get(&read, key, hm_buf_bytes(&buf), &err),
                         HM_OK);
        ck_assert_int_eq(read.status, all[i]);
    }
}
END_TEST

START_TEST(a_reply_cut_anywhere_or_of_no_known_status_is_none)
{
    struct hm_control_reply read;
    put_failure();

    for (size_t size = 0; size < buf.size; size++) {
        ck_assert_int_eq(
            hm_control_reply_get(&read, key, (struct hm_bytes){buf.data, size}, &err),
            HM_PROTOCOL);
    }
    buf.data[strlen("hamlet-control-1") + 2] ^= 1; /* in the name of the status */
    ck_assert_int_eq(hm_control_reply_get(&read, key, hm_buf_bytes(&buf), &err),
                     HM_PROTOCOL);
}
END_TEST

START_TEST(a_longer_key_than_there_is_room_for_is_cut)
{
    char longer[3 * HM_CONTROL_KEY_SIZE];
    struct hm_control_reply read;
    memset(longer, 'k', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    struct hm_control_reply reply = {.status = HM_IO, .err = {.key = longer}};
    hm_control_reply_put(&buf, &reply);

    ck_assert_int_eq(hm_control_reply_get(&read, key, hm_buf_bytes(&buf), &err), HM_OK);

    ck_assert_uint_eq(strlen(key), HM_CONTROL_KEY_SIZE - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server/message");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_request_reads_back);
    tcase_add_test(tests, a_request_cut_anywhere_or_with_more_behind_it_is_none);
    tcase_add_test(tests, a_request_of_another_version_is_none);
    tcase_add_test(tests, a_line_that_nobody_could_have_typed_is_none);
    tcase_add_test(tests, a_failure_travels_with_key_and_arguments);
    tcase_add_test(tests, every_status_reads_back_by_its_name);
    tcase_add_test(tests, a_reply_cut_anywhere_or_of_no_known_status_is_none);
    tcase_add_test(tests, a_longer_key_than_there_is_room_for_is_cut);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
