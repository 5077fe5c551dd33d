/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/json_write.h"

#include <string.h>

#include "hamlet/base/json.h"
#include "run.h"

static uint8_t memory[1024];
static struct hm_buf buf;
static struct hm_json_write out;

static void setup(void)
{
    hm_buf_init_fixed(&buf, memory, sizeof(memory));
    hm_json_write_init(&out, &buf);
}

static void ck_json(const char *text)
{
    ck_assert_int_eq(hm_buf_status(&buf, NULL), HM_OK);
    ck_assert_str_eq((const char *)buf.data, text);
}

START_TEST(commas_stand_between_and_nowhere_else)
{
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "a", 1);
    hm_json_key(&out, "b");
    hm_json_open(&out, '[');
    hm_json_close(&out, ']');
    hm_json_key(&out, "c");
    hm_json_open(&out, '[');
    hm_json_null(&out);
    hm_json_bool(&out, true);
    hm_json_open(&out, '{');
    hm_json_close(&out, '}');
    hm_json_int(&out, -5);
    hm_json_close(&out, ']');
    hm_json_put_bool(&out, "d", false);
    hm_json_close(&out, '}');

    ck_json("{\"a\":1,\"b\":[],\"c\":[null,true,{},-5],\"d\":false}");
}
END_TEST

START_TEST(bytes_and_times_have_their_texts)
{
    static const uint8_t bytes[] = {0xFF, 0xFE};
    hm_json_open(&out, '{');
    hm_json_put_hex(&out, "h", HM_BYTES(bytes));
    hm_json_key(&out, "b");
    hm_json_b64(&out, HM_BYTES(bytes));
    hm_json_put_wall(&out, "w", (struct hm_wall){0});
    hm_json_key(&out, "r");
    hm_json_raw(&out, hm_text("[1]"));
    hm_json_put_text(&out, "t", hm_text("x"));
    hm_json_close(&out, '}');

    ck_json("{\"h\":\"fffe\",\"b\":\"__4\",\"w\":\"1970-01-01T00:00:00.000Z\","
            "\"r\":[1],\"t\":\"x\"}");
}
END_TEST

START_TEST(what_would_move_a_terminal_is_escaped)
{
    hm_json_text(&out, hm_text("\"\\\b\f\n\r\t\x01\x1b\x7f\xc2\x85\xc2\xa0Út/"));

    ck_json("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001b\\u007f\\u0085\xc2\xa0Út/\"");
}
END_TEST

START_TEST(every_character_comes_back_through_the_parser)
{
    static const struct hm_json_limits limits = {1024, 2, 8};
    struct hm_json *json = NULL;
    for (uint32_t code = 1; code < 0x300; code++) {
        char text[3] = {(char)code, 0, 0};
        if (code >= 0x80) {
            text[0] = (char)(0xC0 | code >> 6);
            text[1] = (char)(0x80 | (code & 0x3F));
        }
        setup();
        hm_json_text(&out, hm_text(text));
        ck_assert_int_eq(hm_json_parse(&json, hm_buf_bytes(&buf), &limits, NULL), HM_OK);
        ck_assert_str_eq(hm_json_chars(json), text);
        hm_json_free(json);
    }
}
END_TEST

START_TEST(keys_are_escaped_as_text_is)
{
    hm_json_open(&out, '{');
    hm_json_key_bytes(&out, hm_text("a\"b"));
    hm_json_int(&out, 1);
    hm_json_close(&out, '}');

    ck_json("{\"a\\\"b\":1}");
}
END_TEST

START_TEST(a_full_buffer_is_told_once_at_the_end)
{
    uint8_t little[8];
    hm_buf_init_fixed(&buf, little, sizeof(little));
    hm_json_write_init(&out, &buf);

    hm_json_open(&out, '[');
    hm_json_text(&out, hm_text("too long for it"));
    hm_json_close(&out, ']');

    ck_assert_int_eq(hm_buf_status(&buf, NULL), HM_TOO_BIG);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_write");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, commas_stand_between_and_nowhere_else);
    tcase_add_test(all, bytes_and_times_have_their_texts);
    tcase_add_test(all, what_would_move_a_terminal_is_escaped);
    tcase_add_test(all, every_character_comes_back_through_the_parser);
    tcase_add_test(all, keys_are_escaped_as_text_is);
    tcase_add_test(all, a_full_buffer_is_told_once_at_the_end);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
