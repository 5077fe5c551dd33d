/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/pack.h"

#include <string.h>

#include "run.h"
#include "testenv.h"

static uint8_t memory[256];
static struct hm_buf buf;
static struct hm_unpack in;

static void setup(void)
{
    hm_buf_init_fixed(&buf, memory, sizeof(memory));
}

static void read_back(void)
{
    hm_unpack_init(&in, hm_buf_bytes(&buf));
}

static void read_raw(const char *bytes, size_t size)
{
    hm_unpack_init(&in, (struct hm_bytes){(const uint8_t *)bytes, size});
}

/* From PROTOCOL.md 2.1: LEB128, shortest form. */
static const struct {
    uint64_t number;
    const char *bytes;
    size_t size;
} uints[] = {{0, "\x00", 1},
             {127, "\x7f", 1},
             {128, "\x80\x01", 2},
             {300, "\xac\x02", 2},
             {16384, "\x80\x80\x01", 3},
             {UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10}};

START_TEST(a_number_has_its_shortest_form)
{
    hm_pack_uint(&buf, uints[_i].number);
    ck_assert_uint_eq(buf.size, uints[_i].size);
    ck_assert_mem_eq(buf.data, uints[_i].bytes, uints[_i].size);

    read_back();
    ck_assert_uint_eq(hm_unpack_uint(&in), uints[_i].number);
    ck_assert(hm_unpack_done(&in));
}
END_TEST

START_TEST(a_signed_number_is_folded)
{
    static const int64_t numbers[] = {0, -1, 1, -2, 2, INT64_MAX, INT64_MIN};
    static const uint8_t first[] = {0, 1, 2, 3, 4};

    for (size_t i = 0; i < 7; i++) {
        hm_buf_clear(&buf);
        hm_pack_int(&buf, numbers[i]);
        ck_assert(i >= 5 || (buf.size == 1 && buf.data[0] == first[i]));
        read_back();
        ck_assert_int_eq(hm_unpack_int(&in), numbers[i]);
        ck_assert(hm_unpack_done(&in));
    }
}
END_TEST

START_TEST(any_numbers_come_back)
{
    struct hm_testenv dice;
    hm_testenv_init(&dice, hm_testenv_seed(1));
    for (int i = 0; i < 2000; i++) {
        uint64_t number = hm_testenv_next(&dice) >> hm_testenv_below(&dice, 64);
        hm_buf_clear(&buf);
        hm_pack_uint(&buf, number);
        hm_pack_int(&buf, (int64_t)number);
        read_back();
        ck_assert_uint_eq(hm_unpack_uint(&in), number);
        ck_assert_int_eq(hm_unpack_int(&in), (int64_t)number);
        ck_assert(hm_unpack_done(&in));
    }
}
END_TEST

START_TEST(a_second_form_of_a_number_is_refused)
{
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {{"\x80\x00", 2},                                      /* 0 in two bytes */
               {"\xff\x80\x00", 3},                                  /* a zero on top */
               {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10},     /* over 64 bits */
               {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11}, /* too long */
               {"\x80", 1},                                          /* cut */
               {"", 0}};
    read_raw(bad[_i].bytes, bad[_i].size);

    ck_assert_uint_eq(hm_unpack_uint(&in), 0);

    ck_assert(in.failed);
    ck_assert(!hm_unpack_done(&in));
}
END_TEST

START_TEST(bytes_come_back_without_being_copied)
{
    hm_pack_bytes(&buf, HM_BYTES(((uint8_t[]){1, 2, 3})));
    hm_pack_text(&buf, "");
    hm_pack_text(&buf, "Út");
    read_back();

    struct hm_bytes raw = hm_unpack_bytes(&in);
    struct hm_bytes empty = hm_unpack_bytes(&in);
    struct hm_bytes text = hm_unpack_bytes(&in);

    ck_assert_uint_eq(raw.size, 3);
    ck_assert_ptr_eq(raw.data, memory + 1);
    ck_assert_uint_eq(empty.size, 0);
    ck_assert(hm_bytes_are(text, "Út"));
    ck_assert(hm_unpack_done(&in));
}
END_TEST

START_TEST(reading_past_the_end_gives_zeroes_from_then_on)
{
    read_raw("\x05"
             "abc",
             4);

    ck_assert_uint_eq(hm_unpack_bytes(&in).size, 0);

    ck_assert_uint_eq(hm_unpack_byte(&in), 0);
    ck_assert_uint_eq(hm_unpack_uint(&in), 0);
    ck_assert_uint_eq(hm_unpack_raw(&in, 1).size, 0);
    ck_assert(!hm_unpack_done(&in));
}
END_TEST

START_TEST(a_length_beyond_all_memory_is_refused)
{
    read_raw("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x", 11);

    ck_assert_uint_eq(hm_unpack_bytes(&in).size, 0);

    ck_assert(in.failed);
}
END_TEST

START_TEST(a_count_of_more_items_than_can_follow_is_refused)
{
    read_raw("\x03"
             "123456",
             7);
    ck_assert_uint_eq(hm_unpack_count(&in, 2), 3);
    ck_assert(!in.failed);

    read_raw("\x04"
             "123456",
             7);
    ck_assert_uint_eq(hm_unpack_count(&in, 2), 0);
    ck_assert(in.failed);
}
END_TEST

START_TEST(what_is_left_over_is_no_end)
{
    read_raw("\x01\x02", 2);

    ck_assert_uint_eq(hm_unpack_uint(&in), 1);
    ck_assert(!hm_unpack_done(&in));
    ck_assert_uint_eq(hm_unpack_uint(&in), 2);
    ck_assert(hm_unpack_done(&in));
}
END_TEST

START_TEST(no_bytes_at_all_can_be_read)
{
    hm_unpack_init(&in, HM_NO_BYTES);

    ck_assert(hm_unpack_done(&in));
    ck_assert_uint_eq(hm_unpack_raw(&in, 0).size, 0);
    ck_assert(hm_unpack_done(&in));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pack");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_loop_test(all, a_number_has_its_shortest_form, 0, 6);
    tcase_add_test(all, a_signed_number_is_folded);
    tcase_add_test(all, any_numbers_come_back);
    tcase_add_loop_test(all, a_second_form_of_a_number_is_refused, 0, 6);
    tcase_add_test(all, bytes_come_back_without_being_copied);
    tcase_add_test(all, reading_past_the_end_gives_zeroes_from_then_on);
    tcase_add_test(all, a_length_beyond_all_memory_is_refused);
    tcase_add_test(all, a_count_of_more_items_than_can_follow_is_refused);
    tcase_add_test(all, what_is_left_over_is_no_end);
    tcase_add_test(all, no_bytes_at_all_can_be_read);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
