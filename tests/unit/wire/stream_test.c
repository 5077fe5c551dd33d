/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/stream.h"

#include <string.h>
#include <zlib.h>

#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "run.h"
#include "testenv.h"

static struct hm_deflate *deflater;
static struct hm_inflate *inflater;
static struct hm_buf packed;
static struct hm_buf text; /* what was put in */
static struct hm_buf back; /* what came out */
static struct hm_err err;
static struct hm_testenv dice;

static void setup(void)
{
    err = HM_ERR_NONE;
    hm_testenv_init(&dice, hm_testenv_seed(8));
    hm_buf_init(&packed, HM_INFLATE_BYTES_MAX);
    hm_buf_init(&text, HM_INFLATE_BYTES_MAX);
    hm_buf_init(&back, 2 * HM_INFLATE_BYTES_MAX);
    ck_assert_int_eq(hm_deflate_open(&deflater, HM_DEFLATE_LEVEL_SMALL, &err), HM_OK);
    ck_assert_int_eq(hm_inflate_open(&inflater, &err), HM_OK);
}

static void teardown(void)
{
    hm_deflate_close(deflater);
    hm_inflate_close(inflater);
    hm_buf_fini(&packed);
    hm_buf_fini(&text);
    hm_buf_fini(&back);
}

static void put(const char *what, enum hm_texture texture)
{
    hm_buf_put_text(&text, what);
    ck_assert_int_eq(hm_deflate_put(deflater, &packed, hm_text(what), texture, &err),
                     HM_OK);
}

/* Text of a drawing: characters that hardly repeat. */
static void put_noise(size_t size, enum hm_texture texture)
{
    static const char digit[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,;:!?()";
    char piece[257];
    while (size > 0) {
        size_t n = size < sizeof(piece) - 1 ? size : sizeof(piece) - 1;
        for (size_t i = 0; i < n; i++) {
            piece[i] = digit[hm_testenv_below(&dice, sizeof(digit) - 1)];
        }
        piece[n] = '\0';
        put(piece, texture);
        size -= n;
    }
}

static enum hm_status inflate_some(const uint8_t *data, size_t size)
{
    return hm_inflate_put(inflater, &back, (struct hm_bytes){data, size}, &err);
}

static void ck_same_text(void)
{
    ck_assert_uint_eq(back.size, text.size);
    ck_assert_mem_eq(back.data, text.data, text.size);
}

START_TEST(text_comes_back_through_both_textures_in_any_pieces)
{
    for (int round = 0; round < 12; round++) {
        put("{\"page\":[\"x\",1,\"30341-01\",1,0]}\n[0,0,\"Nguyễn Văn Út\"]\n",
            HM_TEXTURE_ROWS);
        put_noise(hm_testenv_below(&dice, 6000), HM_TEXTURE_NOISE);
        ck_assert_int_eq(hm_deflate_flush(deflater, &packed, &err), HM_OK);
    }
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);

    for (size_t at = 0; at < packed.size;) {
        size_t n = 1 + hm_testenv_below(&dice, 700);
        n = n > packed.size - at ? packed.size - at : n;
        ck_assert_int_eq(inflate_some(packed.data + at, n), HM_OK);
        at += n;
    }

    ck_same_text();
    ck_assert(hm_inflate_ended(inflater));
}
END_TEST

START_TEST(what_was_flushed_can_be_read_before_more_comes)
{
    for (int page = 0; page < 20; page++) {
        size_t from = packed.size;
        put("[1,0,1,0,\"Út\"]\n", HM_TEXTURE_ROWS);
        put("{\"tail\":[]}\n", HM_TEXTURE_NOISE);
        ck_assert_int_eq(hm_deflate_flush(deflater, &packed, &err), HM_OK);
        ck_assert_int_eq(inflate_some(packed.data + from, packed.size - from), HM_OK);
        ck_same_text();
    }
    ck_assert(!hm_inflate_ended(inflater));
}
END_TEST

START_TEST(a_stream_names_our_dictionary_in_its_head)
{
    uLong id = adler32(0, NULL, 0);
    id =
        adler32(id, hm_embedded_dictionary[0].data, (uInt)hm_embedded_dictionary[0].size);
    put("x", HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);

    ck_assert_uint_eq(packed.data[0] & 0x0F, 8); /* deflate */
    ck_assert_uint_ne(packed.data[1] & 0x20, 0); /* FDICT */
    ck_assert_uint_eq((packed.data[0] * 256U + packed.data[1]) % 31, 0);
    ck_assert_uint_eq((uLong)packed.data[2] << 24 | (uLong)packed.data[3] << 16 |
                          (uLong)packed.data[4] << 8 | packed.data[5],
                      id);
}
END_TEST

START_TEST(a_cut_stream_gives_what_came_before_the_cut)
{
    put("the first\n", HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_flush(deflater, &packed, &err), HM_OK);
    size_t whole = packed.size;
    size_t first = text.size;
    put("the second, which is cut\n", HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);

    ck_assert_int_eq(inflate_some(packed.data, whole + 3), HM_OK);

    ck_assert(!hm_inflate_ended(inflater));
    ck_assert_uint_ge(back.size, first);
    ck_assert_mem_eq(back.data, text.data, back.size);
}
END_TEST

START_TEST(a_copy_of_the_stream_goes_on_by_itself)
{
    struct hm_deflate *tried = NULL;
    struct hm_buf thrown;
    hm_buf_init(&thrown, 65536);
    put("common to both\n", HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_flush(deflater, &packed, &err), HM_OK);

    ck_assert_int_eq(hm_deflate_copy(&tried, deflater, &err), HM_OK);
    ck_assert_int_eq(
        hm_deflate_put(tried, &thrown, hm_text("taken back\n"), HM_TEXTURE_NOISE, &err),
        HM_OK);
    hm_deflate_close(tried);
    put("kept\n", HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);

    ck_assert_int_eq(inflate_some(packed.data, packed.size), HM_OK);
    ck_same_text();
    hm_buf_fini(&thrown);
}
END_TEST

START_TEST(the_texture_may_change_after_any_amount)
{
    static const size_t sizes[] = {0, 1, 16383, 32767, 32768, 40000, 131072};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        put_noise(sizes[i], i % 2 == 0 ? HM_TEXTURE_ROWS : HM_TEXTURE_NOISE);
    }
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);

    ck_assert_int_eq(inflate_some(packed.data, packed.size), HM_OK);
    ck_same_text();
}
END_TEST

START_TEST(what_is_no_stream_is_refused)
{
    static const uint8_t rubbish[] = "GET / HTTP/1.1\r\n";
    ck_assert_int_eq(inflate_some(rubbish, sizeof(rubbish)), HM_PROTOCOL);
    ck_assert_str_eq(err.key, "stream");
}
END_TEST

/* A zlib stream of `count` zeroes made without us, with a dictionary or none. */
static void foreign_stream(const char *dictionary, size_t count)
{
    static uint8_t zeroes[65536];
    z_stream z;
    memset(&z, 0, sizeof(z));
    ck_assert_int_eq(deflateInit(&z, 9), Z_OK);
    if (dictionary != NULL) {
        ck_assert_int_eq(
            deflateSetDictionary(&z, (const Bytef *)dictionary, (uInt)strlen(dictionary)),
            Z_OK);
    }
    hm_buf_clear(&packed);
    for (bool last = false; !last;) {
        size_t n = count < sizeof(zeroes) ? count : sizeof(zeroes);
        count -= n;
        last = count == 0;
        z.next_in = zeroes;
        z.avail_in = (uInt)n;
        do {
            uint8_t *room = hm_buf_reserve(&packed, 65536);
            z.next_out = room;
            z.avail_out = 65536;
            (void)deflate(&z, last ? Z_FINISH : Z_NO_FLUSH);
            hm_buf_commit(&packed, 65536 - z.avail_out);
        } while (z.avail_out == 0);
    }
    (void)deflateEnd(&z);
}

START_TEST(another_dictionary_is_refused_by_name)
{
    foreign_stream("not ours", 100);

    ck_assert_int_eq(inflate_some(packed.data, packed.size), HM_PROTOCOL);
    ck_assert_str_eq(err.key, "dictionary");
}
END_TEST

START_TEST(a_bomb_is_stopped_by_what_it_gives_for_what_it_sent)
{
    foreign_stream(NULL, (size_t)8 * 1024 * 1024);
    ck_assert_uint_lt(packed.size, 16384);

    ck_assert_int_eq(inflate_some(packed.data, packed.size), HM_TOO_BIG);

    ck_assert_uint_le(back.size,
                      packed.size * HM_INFLATE_RATIO_MAX + HM_PAGE_TEXT_MAX + 65536);
}
END_TEST

START_TEST(a_page_of_much_repetition_is_no_bomb)
{
    foreign_stream(NULL, HM_PAGE_TEXT_MAX);
    ck_assert_int_eq(inflate_some(packed.data, packed.size), HM_OK);
    ck_assert_uint_eq(back.size, HM_PAGE_TEXT_MAX);
}
END_TEST

START_TEST(nothing_may_follow_the_end)
{
    put("x", HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);
    hm_buf_put_byte(&packed, 0);

    ck_assert_int_eq(inflate_some(packed.data, packed.size), HM_PROTOCOL);
    ck_assert_str_eq(err.key, "stream");
}
END_TEST

START_TEST(a_damaged_stream_is_refused_or_unended)
{
    int refused = 0;
    put_noise(3000, HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);
    for (size_t at = 6; at < packed.size; at += 37) {
        hm_inflate_close(inflater);
        ck_assert_int_eq(hm_inflate_open(&inflater, NULL), HM_OK);
        hm_buf_clear(&back);
        packed.data[at] ^= 0x10;
        enum hm_status status = inflate_some(packed.data, packed.size);
        refused += status == HM_PROTOCOL;
        ck_assert(status != HM_OK || !hm_inflate_ended(inflater));
        packed.data[at] ^= 0x10;
        err = HM_ERR_NONE;
    }
    ck_assert_int_gt(refused, 10);
}
END_TEST

START_TEST(the_cap_of_the_output_is_kept)
{
    struct hm_buf little;
    hm_buf_init(&little, 20000);
    put_noise(100000, HM_TEXTURE_ROWS);
    ck_assert_int_eq(hm_deflate_end(deflater, &packed, &err), HM_OK);

    ck_assert_int_eq(hm_inflate_put(inflater, &little, hm_buf_bytes(&packed), &err),
                     HM_TOO_BIG);

    ck_assert_uint_le(little.size, 20000);
    hm_buf_fini(&little);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream");
    TCase *flow = tcase_create("flow");
    tcase_add_checked_fixture(flow, setup, teardown);
    tcase_add_test(flow, text_comes_back_through_both_textures_in_any_pieces);
    tcase_add_test(flow, what_was_flushed_can_be_read_before_more_comes);
    tcase_add_test(flow, a_stream_names_our_dictionary_in_its_head);
    tcase_add_test(flow, a_cut_stream_gives_what_came_before_the_cut);
    tcase_add_test(flow, a_copy_of_the_stream_goes_on_by_itself);
    tcase_add_test(flow, the_texture_may_change_after_any_amount);
    suite_add_tcase(suite, flow);

    TCase *refusals = tcase_create("refusals");
    tcase_add_checked_fixture(refusals, setup, teardown);
    tcase_add_test(refusals, what_is_no_stream_is_refused);
    tcase_add_test(refusals, another_dictionary_is_refused_by_name);
    tcase_add_test(refusals, a_bomb_is_stopped_by_what_it_gives_for_what_it_sent);
    tcase_add_test(refusals, a_page_of_much_repetition_is_no_bomb);
    tcase_add_test(refusals, nothing_may_follow_the_end);
    tcase_add_test(refusals, a_damaged_stream_is_refused_or_unended);
    tcase_add_test(refusals, the_cap_of_the_output_is_kept);
    suite_add_tcase(suite, refusals);
    return hm_run(suite);
}
