/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/keys.h"

#include <string.h>

#include "run.h"

enum { EPOCH = 77, PAIRS = HM_KEYS_MAX + 1 };

static struct hm_key keys[PAIRS];
static struct hm_secret secrets[PAIRS];
static struct hm_id device;
static struct hm_buf text;

static void setup(void)
{
    struct hm_err err = HM_ERR_NONE;
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    for (int i = 0; i < PAIRS; i++) {
        uint8_t seed[32];
        memset(seed, i + 1, sizeof(seed));
        hm_sign_pair(&keys[i], &secrets[i], seed);
    }
    device = hm_sign_device(&keys[0]);
    hm_buf_init(&text, (size_t)2 * HM_KEYS_TEXT_MAX);
}

static void teardown(void)
{
    hm_buf_fini(&text);
}

/* The text after `count` keys; key i ends at seq 10·(i+1). */
static struct hm_bytes text_of(size_t count)
{
    static char first[HM_B64_32_SIZE];
    struct hm_buf next;
    hm_b64_put(first, HM_BYTES(keys[0].at));
    hm_buf_clear(&text);
    hm_buf_put_text(&text, first);
    for (size_t i = 1; i < count; i++) {
        hm_buf_init(&next, (size_t)2 * HM_KEYS_TEXT_MAX);
        hm_keys_add(&next, hm_buf_bytes(&text), &device, &keys[i], EPOCH, i * 10,
                    &secrets[i - 1]);
        hm_buf_clear(&text);
        hm_buf_put_bytes(&text, hm_buf_bytes(&next));
        hm_buf_fini(&next);
    }
    ck_assert_int_eq(hm_buf_status(&text, NULL), HM_OK);
    return hm_buf_bytes(&text);
}

static struct hm_page page_by(size_t signer, uint32_t epoch, uint64_t seq, size_t count)
{
    struct hm_page page = {.device = device,
                           .epoch = epoch,
                           .home = hm_text("101-1"),
                           .seq = seq,
                           .count = count,
                           .head_known = true};
    hm_page_sign(&page, &secrets[signer]);
    return page;
}

START_TEST(one_key_is_its_own_text)
{
    struct hm_keys read;

    ck_assert(hm_keys_read(&read, text_of(1), &device));

    ck_assert_uint_eq(read.count, 1);
    ck_assert_mem_eq(hm_keys_newest(&read)->at, keys[0].at, HM_KEY_SIZE);
}
END_TEST

START_TEST(each_key_is_certified_by_the_one_before)
{
    struct hm_keys read;

    ck_assert(hm_keys_read(&read, text_of(4), &device));

    ck_assert_uint_eq(read.count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_mem_eq(read.at[i].at, keys[i].at, HM_KEY_SIZE);
        ck_assert_uint_eq(read.epoch[i], i < 3 ? EPOCH : 0);
        ck_assert_uint_eq(read.seq[i], i < 3 ? (i + 1) * 10 : 0);
    }
}
END_TEST

START_TEST(there_are_as_many_keys_as_have_room_and_no_more)
{
    struct hm_keys read;

    struct hm_bytes full = text_of(HM_KEYS_MAX);
    ck_assert_uint_le(full.size, HM_KEYS_TEXT_MAX);
    ck_assert(hm_keys_read(&read, full, &device));
    ck_assert(!hm_keys_read(&read, text_of(HM_KEYS_MAX + 1), &device));

    ck_assert_uint_eq(read.count, HM_KEYS_MAX);
}
END_TEST

START_TEST(the_first_key_is_that_of_the_device)
{
    struct hm_keys read;
    struct hm_id other = hm_sign_device(&keys[1]);

    ck_assert(!hm_keys_read(&read, text_of(3), &other));

    ck_assert_uint_eq(read.count, 0);
}
END_TEST

START_TEST(no_character_of_the_text_can_be_another)
{
    struct hm_keys read;
    uint8_t copy[HM_KEYS_TEXT_MAX];
    struct hm_bytes whole = text_of(3);
    memcpy(copy, whole.data, whole.size);
    for (size_t i = 0; i < whole.size; i++) {
        uint8_t kept = copy[i];
        for (int bit = 0; bit < 8; bit++) {
            copy[i] = kept ^ (uint8_t)(1U << bit);

            bool good = hm_keys_read(&read, (struct hm_bytes){copy, whole.size}, &device);

            ck_assert_msg(!good, "byte %zu bit %d", i, bit);
            ck_assert_uint_lt(read.count, 3);
        }
        copy[i] = kept;
    }
}
END_TEST

START_TEST(a_text_that_is_cut_gives_the_keys_that_are_whole)
{
    struct hm_keys read;
    struct hm_bytes whole = text_of(3);
    for (size_t size = 0; size < whole.size; size++) {
        size_t wholes = size < 43 ? 0 : size < 43 + (whole.size - 43) / 2 ? 1 : 2;
        struct hm_bytes cut = {whole.data, size};

        bool good = hm_keys_read(&read, cut, &device);

        ck_assert_uint_eq(read.count, wholes);
        ck_assert(good == (size == 43 || size == 43 + (whole.size - 43) / 2));
    }
}
END_TEST

static const char *const broken[] = {"", " ", "A", "~", "AAAA AAAA"};

START_TEST(what_is_no_key_gives_none)
{
    struct hm_keys read;

    ck_assert(!hm_keys_read(&read, hm_text(broken[_i]), &device));

    ck_assert_uint_eq(read.count, 0);
}
END_TEST

START_TEST(a_copied_key_cannot_certify_another_in_the_middle)
{
    struct hm_keys read;
    struct hm_buf forged;
    hm_buf_init(&forged, HM_KEYS_TEXT_MAX);
    hm_keys_add(&forged, text_of(2), &device, &keys[5], EPOCH, 10, &secrets[0]);

    bool good = hm_keys_read(&read, hm_buf_bytes(&forged), &device);

    ck_assert(!good);
    ck_assert_uint_eq(read.count, 2);
    hm_buf_fini(&forged);
}
END_TEST

START_TEST(later_keys_follow_earlier_ones_and_no_others)
{
    char two[HM_KEYS_TEXT_MAX];
    struct hm_bytes text_two = text_of(2);
    memcpy(two, text_two.data, text_two.size);
    struct hm_bytes earlier = {(const uint8_t *)two, text_two.size};
    struct hm_bytes later = text_of(3);

    ck_assert(hm_keys_follow(later, earlier));
    ck_assert(hm_keys_follow(earlier, earlier));
    ck_assert(!hm_keys_follow(earlier, later));
    ck_assert(!hm_keys_follow(later, HM_NO_BYTES));
    earlier.size--;
    ck_assert(!hm_keys_follow(later, earlier));
}
END_TEST

START_TEST(who_shows_his_keys_signs_with_the_newest_that_is_his)
{
    char two[HM_KEYS_TEXT_MAX];
    struct hm_key newest;
    struct hm_bytes text_two = text_of(2);
    memcpy(two, text_two.data, text_two.size);
    struct hm_bytes earlier = {(const uint8_t *)two, text_two.size};
    struct hm_bytes later = text_of(3);
    struct hm_id other = hm_sign_device(&keys[1]);

    ck_assert(hm_keys_meet(&newest, earlier, later, &device));
    ck_assert_mem_eq(newest.at, keys[2].at, HM_KEY_SIZE);
    ck_assert(hm_keys_meet(&newest, later, earlier, &device));
    ck_assert_mem_eq(newest.at, keys[2].at, HM_KEY_SIZE);
    ck_assert(hm_keys_meet(&newest, HM_NO_BYTES, earlier, &device));
    ck_assert_mem_eq(newest.at, keys[1].at, HM_KEY_SIZE);
    ck_assert(!hm_keys_meet(&newest, HM_NO_BYTES, earlier, &other));

    /* Somebody who has a copy of the second key goes on from it as well. */
    struct hm_buf rival;
    hm_buf_init(&rival, (size_t)2 * HM_KEYS_TEXT_MAX);
    hm_keys_add(&rival, earlier, &device, &keys[4], EPOCH, 20, &secrets[1]);
    ck_assert(!hm_keys_meet(&newest, later, hm_buf_bytes(&rival), &device));
    hm_buf_fini(&rival);
}
END_TEST

START_TEST(a_page_is_signed_by_any_of_them)
{
    struct hm_keys read;
    size_t which = 99;
    ck_assert(hm_keys_read(&read, text_of(3), &device));
    for (size_t i = 0; i < 3; i++) {
        struct hm_page page = page_by(i, EPOCH, 1, 5);

        ck_assert(hm_keys_check(&read, &page, &which));

        ck_assert_uint_eq(which, i);
    }
    struct hm_page foreign = page_by(3, EPOCH, 1, 5);
    ck_assert(!hm_keys_check(&read, &foreign, &which));
}
END_TEST

START_TEST(an_earlier_key_is_good_up_to_its_end)
{
    struct hm_keys read;
    ck_assert(hm_keys_read(&read, text_of(3), &device));
    const struct {
        size_t which;
        uint32_t epoch;
        uint64_t seq;
        size_t count;
        bool covers;
    } rows[] = {{0, EPOCH, 1, 10, true},     {0, EPOCH, 10, 1, true},
                {0, EPOCH, 1, 11, false},    {0, EPOCH, 11, 1, false},
                {0, EPOCH + 1, 1, 1, false}, {1, EPOCH, 11, 10, true},
                {1, EPOCH, 11, 11, false},   {2, EPOCH, 9999, 512, true},
                {2, EPOCH + 1, 1, 1, true}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hm_page page =
            page_by(rows[i].which, rows[i].epoch, rows[i].seq, rows[i].count);

        ck_assert_msg(hm_keys_cover(&read, rows[i].which, &page) == rows[i].covers,
                      "row %zu", i);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model.keys");
    TCase *group = tcase_create("keys");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_test(group, one_key_is_its_own_text);
    tcase_add_test(group, each_key_is_certified_by_the_one_before);
    tcase_add_test(group, there_are_as_many_keys_as_have_room_and_no_more);
    tcase_add_test(group, the_first_key_is_that_of_the_device);
    tcase_add_test(group, no_character_of_the_text_can_be_another);
    tcase_add_test(group, a_text_that_is_cut_gives_the_keys_that_are_whole);
    tcase_add_loop_test(group, what_is_no_key_gives_none, 0,
                        (int)(sizeof(broken) / sizeof(broken[0])));
    tcase_add_test(group, a_copied_key_cannot_certify_another_in_the_middle);
    tcase_add_test(group, later_keys_follow_earlier_ones_and_no_others);
    tcase_add_test(group, who_shows_his_keys_signs_with_the_newest_that_is_his);
    tcase_add_test(group, a_page_is_signed_by_any_of_them);
    tcase_add_test(group, an_earlier_key_is_good_up_to_its_end);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
