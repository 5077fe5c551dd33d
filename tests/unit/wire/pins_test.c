/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/pins.h"

#include <string.h>

#include "run.h"

static struct hm_pins pins;

static void setup(void)
{
    pins = (struct hm_pins){.turn = 7, .count = 2};
    memset(pins.at[0], 0x11, HM_PINS_PIN_SIZE);
    memset(pins.at[1], 0x22, HM_PINS_PIN_SIZE);
}

static struct hm_bytes text_of(const struct hm_pins *of)
{
    static uint8_t memory[HM_PINS_TEXT_MAX];
    struct hm_buf text;
    hm_buf_init_fixed(&text, memory, sizeof(memory));
    hm_pins_put(&text, of);
    ck_assert_int_eq(hm_buf_status(&text, NULL), HM_OK);
    return hm_buf_bytes(&text);
}

START_TEST(what_was_written_is_read)
{
    struct hm_pins read;
    pins.turn = _i == 0 ? 1 : 999999999999999;
    pins.count = (size_t)_i + 1;

    ck_assert(hm_pins_read(&read, text_of(&pins)));

    ck_assert_uint_eq(read.turn, pins.turn);
    ck_assert_uint_eq(read.count, pins.count);
    ck_assert_mem_eq(read.at[0], pins.at[0], HM_PINS_PIN_SIZE);
    if (_i == 1) {
        ck_assert_mem_eq(read.at[1], pins.at[1], HM_PINS_PIN_SIZE);
    }
}
END_TEST

START_TEST(a_text_that_is_cut_is_none)
{
    struct hm_pins read;
    struct hm_bytes whole = text_of(&pins);
    size_t one = whole.size - HM_B64_32_SIZE;
    for (size_t size = 0; size < whole.size; size++) {
        bool good = hm_pins_read(&read, (struct hm_bytes){whole.data, size});

        ck_assert(good == (size == one));
        ck_assert_uint_eq(read.count, good ? 1 : 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wire.pins");
    TCase *group = tcase_create("pins");
    tcase_add_checked_fixture(group, setup, NULL);
    tcase_add_loop_test(group, what_was_written_is_read, 0, 2);
    tcase_add_test(group, a_text_that_is_cut_is_none);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
