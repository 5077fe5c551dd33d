/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "fault.h"
#include "run.h"

static struct hm_arena arena;

static void setup(void)
{
    hm_arena_init(&arena, 4096);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
}

START_TEST(a_piece_is_zeroed_and_aligned_for_any_type)
{
    for (size_t size = 0; size < 40; size++) {
        uint8_t *piece = hm_arena_get(&arena, size);
        ck_assert_ptr_nonnull(piece);
        ck_assert_uint_eq((uintptr_t)piece % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            ck_assert_uint_eq(piece[i], 0);
        }
        memset(piece, 0xFF, size); /* the next piece must not see it */
    }
}
END_TEST

START_TEST(pieces_do_not_overlap)
{
    uint8_t *pieces[20];
    for (size_t i = 0; i < 20; i++) {
        pieces[i] = hm_arena_get(&arena, 24);
        memset(pieces[i], (int)i, 24);
    }

    for (size_t i = 0; i < 20; i++) {
        for (size_t k = 0; k < 24; k++) {
            ck_assert_uint_eq(pieces[i][k], i);
        }
    }
}
END_TEST

START_TEST(the_cap_ends_it_until_it_is_cleared)
{
    struct hm_err err = HM_ERR_NONE;
    ck_assert_ptr_nonnull(hm_arena_get(&arena, 4000));

    ck_assert_ptr_null(hm_arena_get(&arena, 200));

    ck_assert_ptr_null(hm_arena_get(&arena, 1)); /* a failure stays */
    ck_assert_int_eq(hm_arena_status(&arena, &err), HM_TOO_BIG);
    hm_arena_clear(&arena);
    ck_assert_int_eq(hm_arena_status(&arena, NULL), HM_OK);
    ck_assert_ptr_nonnull(hm_arena_get(&arena, 4096));
}
END_TEST

START_TEST(a_size_that_no_number_holds_is_too_big)
{
    ck_assert_ptr_null(hm_arena_get_array(&arena, SIZE_MAX / 2, 3));
    ck_assert_int_eq(hm_arena_status(&arena, NULL), HM_TOO_BIG);
    hm_arena_clear(&arena);
    ck_assert_ptr_null(hm_arena_get(&arena, SIZE_MAX));
    ck_assert_int_eq(hm_arena_status(&arena, NULL), HM_TOO_BIG);
}
END_TEST

START_TEST(copies_live_by_themselves)
{
    char text[] = "Út";
    struct hm_bytes copy = hm_arena_copy(&arena, hm_text(text));
    const char *chars = hm_arena_copy_text(&arena, hm_text(text));
    struct hm_bytes nothing = hm_arena_copy(&arena, HM_NO_BYTES);

    memset(text, 'x', sizeof(text) - 1);

    ck_assert(hm_bytes_are(copy, "Út"));
    ck_assert_str_eq(chars, "Út");
    ck_assert_uint_eq(nothing.size, 0);
}
END_TEST

START_TEST(what_is_joined_lives_as_long_as_the_new_owner)
{
    struct hm_arena other;
    hm_arena_init(&other, 8192);
    char *mine = hm_arena_copy_text(&arena, hm_text("mine"));
    char *theirs = hm_arena_copy_text(&other, hm_text("theirs"));
    ck_assert_ptr_nonnull(hm_arena_get(&other, 8000)); /* beyond the other's cap */

    hm_arena_join(&arena, &other);
    hm_arena_fini(&other);

    ck_assert_str_eq(mine, "mine");
    ck_assert_str_eq(theirs, "theirs");
    ck_assert_uint_le(arena.used, arena.max);
}
END_TEST

START_TEST(joining_into_and_from_an_empty_one_is_no_harm)
{
    struct hm_arena other;
    hm_arena_init(&other, 100);

    hm_arena_join(&arena, &other);
    ck_assert_str_eq(hm_arena_copy_text(&other, hm_text("late")), "late");
    hm_arena_join(&arena, &other);

    ck_assert_ptr_nonnull(hm_arena_get(&arena, 8));
    hm_arena_fini(&other);
}
END_TEST

START_TEST(no_memory_is_told_from_the_cap)
{
    struct hm_err err = HM_ERR_NONE;

    hm_fault_arm(1);
    const void *piece = hm_arena_get(&arena, 8);
    bool fired = hm_fault_disarm();

    ck_assert(fired);
    ck_assert_ptr_null(piece);
    ck_assert_int_eq(hm_arena_status(&arena, &err), HM_NO_MEMORY);
    ck_assert_str_eq(err.key, "no-memory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arena");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_piece_is_zeroed_and_aligned_for_any_type);
    tcase_add_test(all, pieces_do_not_overlap);
    tcase_add_test(all, the_cap_ends_it_until_it_is_cleared);
    tcase_add_test(all, a_size_that_no_number_holds_is_too_big);
    tcase_add_test(all, copies_live_by_themselves);
    tcase_add_test(all, what_is_joined_lives_as_long_as_the_new_owner);
    tcase_add_test(all, joining_into_and_from_an_empty_one_is_no_harm);
    tcase_add_test(all, no_memory_is_told_from_the_cap);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
