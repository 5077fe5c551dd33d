/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "run.h"

static struct hm_buf buf;

static void setup(void)
{
    hm_buf_init(&buf, 1000);
}

static void teardown(void)
{
    hm_buf_fini(&buf);
}

static void ck_text(const char *text)
{
    ck_assert_uint_eq(buf.size, strlen(text));
    ck_assert_str_eq((const char *)buf.data, text); /* so it ends with a NUL */
}

START_TEST(what_is_appended_stands_in_order_and_ends_with_a_nul)
{
    hm_buf_put_text(&buf, "ab");
    hm_buf_put_byte(&buf, 'c');
    hm_buf_put_int(&buf, -12);
    hm_buf_put_int(&buf, INT64_MIN);
    hm_buf_put_hex(&buf, HM_BYTES(((uint8_t[]){0, 255})));
    hm_buf_put_b64(&buf, HM_BYTES(((uint8_t[]){255})));
    hm_buf_put_bytes(&buf, HM_NO_BYTES);

    ck_text("abc-12-922337203685477580800ff_w");
    ck_assert_int_eq(hm_buf_status(&buf, NULL), HM_OK);
}
END_TEST

START_TEST(it_grows_to_its_cap_and_not_beyond)
{
    for (int i = 0; i < 1000; i++) {
        hm_buf_put_byte(&buf, 'x');
    }
    ck_assert_int_eq(hm_buf_status(&buf, NULL), HM_OK);

    hm_buf_put_byte(&buf, 'y');

    struct hm_err err = HM_ERR_NONE;
    ck_assert_uint_eq(buf.size, 1000);
    ck_assert_int_eq(hm_buf_status(&buf, &err), HM_TOO_BIG);
    ck_assert_str_eq(err.key, "too-big");
}
END_TEST

START_TEST(a_failed_append_leaves_the_buffer_and_fails_all_that_follow)
{
    uint8_t big[1001] = {0};
    hm_buf_put_text(&buf, "kept");

    hm_buf_put(&buf, big, sizeof(big));
    hm_buf_put_text(&buf, "lost");

    ck_text("kept");
    ck_assert_int_eq(hm_buf_status(&buf, NULL), HM_TOO_BIG);
}
END_TEST

START_TEST(clearing_forgets_content_and_failure_but_keeps_the_memory)
{
    uint8_t big[1001] = {0};
    hm_buf_put_text(&buf, "old");
    const uint8_t *memory = buf.data;
    hm_buf_put(&buf, big, sizeof(big));

    hm_buf_clear(&buf);
    hm_buf_put_text(&buf, "new");

    ck_text("new");
    ck_assert_ptr_eq(buf.data, memory);
}
END_TEST

START_TEST(a_fixed_buffer_never_leaves_its_memory)
{
    uint8_t memory[4];
    struct hm_buf fixed;
    hm_buf_init_fixed(&fixed, memory, sizeof(memory));

    hm_buf_put_text(&fixed, "abc");
    hm_buf_put_byte(&fixed, 'd');

    ck_assert_ptr_eq(fixed.data, memory);
    ck_assert_str_eq((const char *)memory, "abc");
    ck_assert_int_eq(hm_buf_status(&fixed, NULL), HM_TOO_BIG);
    hm_buf_fini(&fixed);
}
END_TEST

START_TEST(room_that_was_reserved_counts_only_when_it_is_committed)
{
    uint8_t *room = hm_buf_reserve(&buf, 10);
    ck_assert_ptr_nonnull(room);
    memcpy(room, "0123456789", 10);
    ck_assert_uint_eq(buf.size, 0);

    hm_buf_commit(&buf, 4);

    ck_text("0123");
    ck_assert_ptr_null(hm_buf_reserve(&buf, 997));
}
END_TEST

START_TEST(committing_more_than_was_reserved_is_our_bug)
{
    (void)hm_buf_reserve(&buf, 1);
    hm_buf_commit(&buf, 1000);
}
END_TEST

START_TEST(taken_text_is_the_callers_and_the_buffer_is_empty)
{
    hm_buf_put_text(&buf, "mine");

    char *text = hm_buf_take_text(&buf);
    char *nothing = hm_buf_take_text(&buf);

    ck_assert_str_eq(text, "mine");
    ck_assert_str_eq(nothing, "");
    ck_assert_uint_eq(buf.size, 0);
    free(text);
    free(nothing);
}
END_TEST

START_TEST(an_append_that_gets_no_memory_is_told_from_one_that_is_too_big)
{
    hm_fault_arm(1);
    hm_buf_put_text(&buf, "x");
    bool fired = hm_fault_disarm();

    struct hm_err err = HM_ERR_NONE;
    ck_assert(fired);
    ck_assert_int_eq(hm_buf_status(&buf, &err), HM_NO_MEMORY);
    ck_assert_str_eq(err.key, "no-memory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("buf");
    TCase *append = tcase_create("append");
    tcase_add_checked_fixture(append, setup, teardown);
    tcase_add_test(append, what_is_appended_stands_in_order_and_ends_with_a_nul);
    tcase_add_test(append, room_that_was_reserved_counts_only_when_it_is_committed);
    tcase_add_test_raise_signal(append, committing_more_than_was_reserved_is_our_bug, 6);
    tcase_add_test(append, taken_text_is_the_callers_and_the_buffer_is_empty);
    suite_add_tcase(suite, append);

    TCase *limits = tcase_create("limits");
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_test(limits, it_grows_to_its_cap_and_not_beyond);
    tcase_add_test(limits, a_failed_append_leaves_the_buffer_and_fails_all_that_follow);
    tcase_add_test(limits, clearing_forgets_content_and_failure_but_keeps_the_memory);
    tcase_add_test(limits, a_fixed_buffer_never_leaves_its_memory);
    tcase_add_test(limits,
                   an_append_that_gets_no_memory_is_told_from_one_that_is_too_big);
    suite_add_tcase(suite, limits);
    return hm_run(suite);
}
