/* SPDX-License-Identifier: Apache-2.0 */
#include "../../../proto/store/fields.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/json_write.h"
#include "run.h"

enum { NAMES = 4, CODES = 0x300 };

static const struct hm_bytes names[NAMES] = {{(const uint8_t *)"one", 3},
                                             {(const uint8_t *)"two", 3},
                                             {(const uint8_t *)"t", 1},
                                             {(const uint8_t *)"two", 3}};
static struct hm_scan_value values[NAMES];
static struct hm_arena arena;
static struct hm_err err;

static void setup(void)
{
    hm_arena_init(&arena, (size_t)64 * 1024);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
}

/* Of a heap copy that ends where the text ends: a read beyond it is seen. */
static enum hm_status read_text(const char *text, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, size);
    enum hm_status status =
        hm_row_fields(values, names, NAMES, (struct hm_bytes){copy, size}, &arena, &err);
    for (size_t i = 0; status == HM_OK && i < NAMES; i++) {
        values[i].text = hm_arena_copy(&arena, values[i].text);
    }
    free(copy);
    return status;
}

static void ck_text(size_t at, const char *wanted)
{
    ck_assert(values[at].there && values[at].is_text);
    ck_assert_uint_eq(values[at].text.size, strlen(wanted));
    ck_assert_mem_eq(values[at].text.data, wanted, strlen(wanted));
}

START_TEST(members_are_found_by_their_names_whatever_stands_between)
{
    static const char json[] =
        "{\"a\":[{\"one\":1},\"]}\\\"\"],\"two\":-42,\"b\":{\"t\":[]},"
        "\"one\":\"\\u00c1\",\"on\":9,\"t\":true}";

    ck_assert_int_eq(read_text(json, sizeof(json) - 1), HM_OK);

    ck_text(0, "Á");
    ck_assert(values[1].there && !values[1].is_text && values[1].number == -42);
    ck_assert(values[2].there && !values[2].is_text && values[2].number == 1);
    ck_assert_msg(values[3].number == -42, "a name that is asked for twice");
}
END_TEST

START_TEST(what_is_missing_or_null_is_not_there)
{
    static const char json[] = "{\"one\":null,\"t\":false}";

    ck_assert_int_eq(read_text(json, sizeof(json) - 1), HM_OK);

    ck_assert(!values[0].there && !values[1].there);
    ck_assert(values[2].there && values[2].number == 0);
    ck_assert_int_eq(read_text("{}", 2), HM_OK);
    ck_assert(!values[2].there);
}
END_TEST

START_TEST(a_list_is_given_as_its_text)
{
    static const char json[] = "{\"one\":[1,{\"x\":\"]\"}],\"two\":{\"y\":[2]}}";

    ck_assert_int_eq(read_text(json, sizeof(json) - 1), HM_OK);

    ck_text(0, "[1,{\"x\":\"]\"}]");
    ck_text(1, "{\"y\":[2]}");
}
END_TEST

START_TEST(every_character_comes_back_as_it_was_written)
{
    for (uint32_t code = 1; code < CODES; code++) {
        uint8_t memory[64];
        char text[4] = {(char)code, 'x', 0, 0};
        struct hm_json_write out;
        struct hm_buf buf;
        if (code >= 0x80) {
            text[0] = (char)(0xC0 | code >> 6);
            text[1] = (char)(0x80 | (code & 0x3F));
            text[2] = 'x';
        }
        hm_buf_init_fixed(&buf, memory, sizeof(memory));
        hm_json_write_init(&out, &buf);
        hm_json_open(&out, '{');
        hm_json_put_text(&out, "one", hm_text(text));
        hm_json_close(&out, '}');
        struct hm_bytes written = hm_buf_bytes(&buf);

        HM_ASSERT(read_text((const char *)written.data, written.size) == HM_OK);

        HM_ASSERT(hm_bytes_equal(values[0].text, hm_text(text)));
    }
}
END_TEST

START_TEST(a_row_that_was_cut_anywhere_is_damaged_and_nothing_behind_it_is_read)
{
    static const char json[] =
        "{\"a\":[{\"one\":1},\"x\\\"\"],\"two\":-42,\"one\":\"\\u00c1\",\"t\":null}";
    size_t refused = 0;

    for (size_t size = 0; size < sizeof(json) - 1; size++) {
        refused += read_text(json, size) == HM_CORRUPT;
    }

    ck_assert_uint_eq(refused, sizeof(json) - 1);
    ck_assert_int_eq(read_text("[1]", 3), HM_CORRUPT);
    ck_assert_int_eq(read_text("{\"one\"}", 7), HM_CORRUPT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fields");
    TCase *all = tcase_create("rows");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, members_are_found_by_their_names_whatever_stands_between);
    tcase_add_test(all, what_is_missing_or_null_is_not_there);
    tcase_add_test(all, a_list_is_given_as_its_text);
    tcase_add_test(all, every_character_comes_back_as_it_was_written);
    tcase_add_test(all,
                   a_row_that_was_cut_anywhere_is_damaged_and_nothing_behind_it_is_read);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
