/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/prefix.h"

#include <string.h>

#include "run.h"
#include "testenv.h"

START_TEST(a_prefix_is_the_first_eight_bytes_in_their_order)
{
    struct hm_id low = {{0, 0, 0, 0, 0, 0, 0, 1, 0xFF}};
    struct hm_id high = {{0x80}};
    uint8_t at[HM_PREFIX_SIZE];

    ck_assert_uint_eq(hm_prefix_of(&low), 1);
    ck_assert_uint_lt(hm_prefix_of(&low), hm_prefix_of(&high));
    hm_prefix_put(at, hm_prefix_of(&high));
    ck_assert_mem_eq(at, high.at, HM_PREFIX_SIZE);
    ck_assert_uint_eq(hm_prefix_from(at), hm_prefix_of(&high));
}
END_TEST

START_TEST(sorting_leaves_each_once_and_ascending)
{
    hm_prefix prefixes[] = {7, 3, UINT64_MAX, 3, 0, 7};

    size_t count = hm_prefixes_sort(prefixes, 6);

    ck_assert_uint_eq(count, 4);
    ck_assert_uint_eq(prefixes[0], 0);
    ck_assert_uint_eq(prefixes[1], 3);
    ck_assert_uint_eq(prefixes[2], 7);
    ck_assert_uint_eq(prefixes[3], UINT64_MAX);
    ck_assert_uint_eq(hm_prefixes_sort(NULL, 0), 0);
}
END_TEST

START_TEST(a_list_has_what_is_in_it_and_nothing_else)
{
    static const hm_prefix prefixes[] = {2, 4, 6};

    for (hm_prefix p = 0; p < 8; p++) {
        ck_assert_int_eq(hm_prefixes_have(prefixes, 3, p), p == 2 || p == 4 || p == 6);
    }
    ck_assert(!hm_prefixes_have(NULL, 0, 2));
}
END_TEST

START_TEST(a_packed_list_comes_back)
{
    static const hm_prefix prefixes[] = {1, UINT64_C(0x0102030405060708), UINT64_MAX};
    uint8_t memory[64];
    struct hm_buf buf;
    struct hm_unpack in;
    struct hm_arena arena;
    size_t count = 0;
    hm_arena_init(&arena, 1024);
    hm_buf_init_fixed(&buf, memory, sizeof(memory));
    hm_prefixes_put(&buf, prefixes, 3);
    hm_prefixes_put(&buf, NULL, 0);
    ck_assert_uint_eq(buf.size, 1 + 3 * 8 + 1);
    ck_assert_uint_eq(memory[9], 1); /* big-endian: bytes in the order of the id */

    hm_unpack_init(&in, hm_buf_bytes(&buf));
    const hm_prefix *back = hm_prefixes_get(&in, &arena, &count);

    ck_assert_uint_eq(count, 3);
    ck_assert_mem_eq(back, prefixes, sizeof(prefixes));
    ck_assert_ptr_null(hm_prefixes_get(&in, &arena, &count));
    ck_assert_uint_eq(count, 0);
    ck_assert(hm_unpack_done(&in));
    hm_arena_fini(&arena);
}
END_TEST

START_TEST(a_list_longer_than_its_bytes_is_refused_before_memory_is_taken)
{
    uint8_t bytes[] = {0xFF, 0xFF, 0xFF, 0x7F, 1};
    struct hm_unpack in;
    struct hm_arena arena;
    size_t count = 9;
    hm_arena_init(&arena, 64);
    hm_unpack_init(&in, HM_BYTES(bytes));

    ck_assert_ptr_null(hm_prefixes_get(&in, &arena, &count));

    ck_assert_uint_eq(count, 0);
    ck_assert(in.failed);
    ck_assert_int_eq(hm_arena_status(&arena, NULL), HM_OK);
    hm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("prefix");
    TCase *all = tcase_create("all");
    tcase_add_test(all, a_prefix_is_the_first_eight_bytes_in_their_order);
    tcase_add_test(all, sorting_leaves_each_once_and_ascending);
    tcase_add_test(all, a_list_has_what_is_in_it_and_nothing_else);
    tcase_add_test(all, a_packed_list_comes_back);
    tcase_add_test(all, a_list_longer_than_its_bytes_is_refused_before_memory_is_taken);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
