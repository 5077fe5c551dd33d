/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/command/nearest.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 7, PAIRS = 2000, LETTERS_MAX = 8 };

static size_t distance(const char *a, const char *b)
{
    return hm_nearest_distance(hm_text(a), hm_text(b));
}

static const struct {
    const char *a;
    const char *b;
    size_t distance;
} known[] = {
    {"", "", 0},           {"", "abc", 3},          {"list", "list", 0},
    {"lst", "list", 1},    {"lists", "list", 1},    {"lost", "list", 1},
    {"lsit", "list", 1},   {"export", "exprot", 1}, {"kitten", "sitting", 3},
    {"status", "sync", 5}, {"ab", "ba", 1},         {"abcd", "badc", 2},
};

START_TEST(distances_are_those_that_are_known)
{
    ck_assert_uint_eq(distance(known[_i].a, known[_i].b), known[_i].distance);
    ck_assert_uint_eq(distance(known[_i].b, known[_i].a), known[_i].distance);
}
END_TEST

/* The rule itself, without the table: from the ends of both words inwards. */
static size_t slowly(const char *a, size_t m, const char *b, size_t n)
{
    if (m == 0 || n == 0) {
        return m + n;
    }
    size_t best = slowly(a, m - 1, b, n - 1) + (a[m - 1] != b[n - 1]);
    size_t dropped = slowly(a, m - 1, b, n) + 1;
    size_t added = slowly(a, m, b, n - 1) + 1;
    best = dropped < best ? dropped : best;
    best = added < best ? added : best;
    if (m > 1 && n > 1 && a[m - 1] == b[n - 2] && a[m - 2] == b[n - 1]) {
        size_t exchanged = slowly(a, m - 2, b, n - 2) + 1;
        best = exchanged < best ? exchanged : best;
    }
    return best;
}

START_TEST(the_table_gives_what_the_rule_says)
{
    uint32_t state = SEED;
    printf("seed %d\n", SEED);
    for (int i = 0; i < PAIRS; i++) {
        char word[2][LETTERS_MAX] = {"", ""};
        for (int j = 0; j < 2; j++) {
            state = state * 1664525 + 1013904223;
            size_t size = (state >> 16) % (LETTERS_MAX - 1);
            for (size_t k = 0; k < size; k++) {
                state = state * 1664525 + 1013904223;
                word[j][k] = (char)('a' + (state >> 16) % 3);
            }
        }
        ck_assert_uint_eq(distance(word[0], word[1]),
                          slowly(word[0], strlen(word[0]), word[1], strlen(word[1])));
    }
}
END_TEST

static const char *nearest_of(const char *given)
{
    static const char *const words[] = {"list",   "show",      "history",
                                        "export", "conflicts", "digest"};
    struct hm_nearest nearest;
    hm_nearest_init(&nearest, hm_text(given));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        hm_nearest_offer(&nearest, words[i]);
    }
    return nearest.word;
}

START_TEST(a_slip_finds_its_word_and_another_word_finds_none)
{
    ck_assert_str_eq(nearest_of("lst"), "list");
    ck_assert_str_eq(nearest_of("exprot"), "export");
    ck_assert_str_eq(nearest_of("hist"), "history"); /* begun rightly beats one slip */
    ck_assert_str_eq(nearest_of("digets"), "digest");
    ck_assert_ptr_null(nearest_of("xyzzy"));
    ck_assert_ptr_null(nearest_of("s"));
    ck_assert_ptr_null(nearest_of(""));
}
END_TEST

START_TEST(a_word_longer_than_any_is_near_to_none)
{
    char long_word[HM_NEAREST_WORD_MAX + 2];
    memset(long_word, 'l', sizeof(long_word) - 1);
    long_word[sizeof(long_word) - 1] = '\0';
    struct hm_nearest nearest;

    ck_assert_ptr_null(nearest_of(long_word));
    hm_nearest_init(&nearest, hm_text("list"));
    hm_nearest_offer(&nearest, long_word);
    ck_assert_ptr_null(nearest.word);
    ck_assert_ptr_null(nearest_of(long_word + 1)); /* as long as the longest */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("command.nearest");
    TCase *all = tcase_create("nearest");
    suite_add_tcase(suite, all);
    tcase_add_loop_test(all, distances_are_those_that_are_known, 0,
                        sizeof(known) / sizeof(known[0]));
    tcase_add_test(all, the_table_gives_what_the_rule_says);
    tcase_add_test(all, a_slip_finds_its_word_and_another_word_finds_none);
    tcase_add_test(all, a_word_longer_than_any_is_near_to_none);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
