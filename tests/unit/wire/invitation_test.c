/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/invitation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static struct hm_key key;
static struct hm_secret secret;
static struct hm_invitation inv;
static struct hm_bytes urls[HM_INVITATION_URLS_MAX + 1];
static struct hm_buf text;
static struct hm_arena arena;
static struct hm_err err;

static void setup(void)
{
    uint8_t seed[32] = {1};
    err = HM_ERR_NONE;
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    hm_sign_pair(&key, &secret, seed);
    urls[0] = hm_text("https://huyen.example:8443");
    urls[1] = hm_text("https://203.0.113.5");
    inv = (struct hm_invitation){.id = {{2}},
                                 .secret = {3},
                                 .server = hm_sign_device(&key),
                                 .key = key,
                                 .pin = {4},
                                 .urls = urls,
                                 .url_count = 2,
                                 .unit = hm_text("010101"),
                                 .user = {{5}},
                                 .role = hm_text("recorder"),
                                 .name = hm_text("Nguyễn Thị Hường"),
                                 .expires = {1795874490161}};
    hm_buf_init(&text, 4 * (size_t)HM_INVITATION_TEXT_MAX);
    hm_arena_init(&arena, 1 << 20);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    hm_buf_fini(&text);
}

static void write_it(void)
{
    ck_assert_int_eq(hm_invitation_write(&text, &inv, &secret, &err), HM_OK);
}

static enum hm_status read_bytes(struct hm_bytes bytes, struct hm_invitation *read)
{
    hm_err_clear(&err);
    return hm_invitation_read(read, bytes, &arena, &err);
}

static void expect_same(const struct hm_invitation *read)
{
    ck_assert(hm_id_equal(&read->id, &inv.id));
    ck_assert_mem_eq(read->secret, inv.secret, sizeof(inv.secret));
    ck_assert(hm_id_equal(&read->server, &inv.server));
    ck_assert_mem_eq(read->key.at, inv.key.at, HM_KEY_SIZE);
    ck_assert_mem_eq(read->pin, inv.pin, sizeof(inv.pin));
    ck_assert_uint_eq(read->url_count, inv.url_count);
    for (size_t i = 0; i < inv.url_count; i++) {
        ck_assert(hm_bytes_equal(read->urls[i], inv.urls[i]));
    }
    ck_assert(hm_bytes_equal(read->unit, inv.unit));
    ck_assert(hm_id_equal(&read->user, &inv.user));
    ck_assert(hm_bytes_equal(read->role, inv.role));
    ck_assert(hm_bytes_equal(read->name, inv.name));
    ck_assert_int_eq(read->expires.ms, inv.expires.ms);
}

START_TEST(what_was_written_is_read)
{
    struct hm_invitation read;
    write_it();

    enum hm_status status = read_bytes(hm_buf_bytes(&text), &read);

    ck_assert_int_eq(status, HM_OK);
    expect_same(&read);
}
END_TEST

START_TEST(line_ends_and_blanks_around_it_do_not_matter)
{
    struct hm_invitation read;
    hm_buf_put_text(&text, " \r\n\t");
    write_it();
    hm_buf_put_text(&text, "\r\n \n");

    ck_assert_int_eq(read_bytes(hm_buf_bytes(&text), &read), HM_OK);
    expect_same(&read);
}
END_TEST

START_TEST(a_link_is_the_same_invitation)
{
    struct hm_buf link;
    struct hm_buf json;
    struct hm_invitation read;
    hm_buf_init(&link, 2 * (size_t)HM_INVITATION_TEXT_MAX);
    hm_buf_init(&json, HM_INVITATION_TEXT_MAX);
    write_it();

    hm_invitation_link(&link, hm_buf_bytes(&text));
    hm_buf_put_text(&link, "\n");
    enum hm_status status = hm_invitation_unlink(&json, hm_buf_bytes(&link), &err);

    ck_assert(hm_invitation_is_link(hm_buf_bytes(&link)));
    ck_assert(!hm_invitation_is_link(hm_buf_bytes(&text)));
    ck_assert_int_eq(status, HM_OK);
    ck_assert(hm_bytes_equal(hm_buf_bytes(&json), hm_buf_bytes(&text)));
    ck_assert_int_eq(read_bytes(hm_buf_bytes(&json), &read), HM_OK);
    expect_same(&read);
    hm_buf_fini(&json);
    hm_buf_fini(&link);
}
END_TEST

static const char *const no_links[] = {
    "hamlet:", "hamlet:A", "hamlet:a b", "hamlet:====", "http:AA", "", "hamlet"};

START_TEST(what_is_no_link_is_refused)
{
    struct hm_buf json;
    hm_buf_init(&json, HM_INVITATION_TEXT_MAX);

    enum hm_status status = hm_invitation_unlink(&json, hm_text(no_links[_i]), &err);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "invitation-broken");
    ck_assert_uint_eq(json.size, 0);
    hm_buf_fini(&json);
}
END_TEST

START_TEST(a_link_that_is_too_long_is_refused)
{
    size_t size = 2 * (size_t)HM_INVITATION_TEXT_MAX;
    char *link = malloc(size + 1);
    struct hm_buf json;
    hm_buf_init(&json, 4 * (size_t)HM_INVITATION_TEXT_MAX);
    memset(link, 'A', size);
    memcpy(link, "hamlet:", 7);
    link[size] = '\0';

    ck_assert_int_eq(hm_invitation_unlink(&json, hm_text(link), &err), HM_BAD_INPUT);
    hm_buf_fini(&json);
    free(link);
}
END_TEST

/* Wherever one bit is turned: it never passes, and never crashes. */
START_TEST(no_byte_of_it_can_be_changed)
{
    struct hm_invitation read;
    size_t refused = 0;
    write_it();

    for (size_t i = 0; i < text.size; i++) {
        text.data[i] ^= 1;
        hm_arena_clear(&arena);
        enum hm_status status = read_bytes(hm_buf_bytes(&text), &read);
        ck_assert_msg(status == HM_BAD_INPUT, "byte %zu was changed unseen", i);
        text.data[i] ^= 1;
        refused++;
    }

    ck_assert_uint_eq(refused, text.size);
    ck_assert_uint_gt(refused, 400);
}
END_TEST

START_TEST(it_can_be_cut_nowhere)
{
    struct hm_invitation read;
    write_it();

    for (size_t size = 0; size < text.size; size++) {
        hm_arena_clear(&arena);
        struct hm_bytes cut = {text.data, size};
        ck_assert_int_eq(read_bytes(cut, &read), HM_BAD_INPUT);
    }
}
END_TEST

START_TEST(a_stranger_cannot_sign_in_the_servers_name)
{
    uint8_t seed[32] = {9};
    struct hm_key other;
    struct hm_secret others;
    struct hm_invitation read;
    hm_sign_pair(&other, &others, seed);

    ck_assert_int_eq(hm_invitation_write(&text, &inv, &others, &err), HM_OK);
    ck_assert_int_eq(read_bytes(hm_buf_bytes(&text), &read), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "invitation-foreign");

    /* His own key under the server's id. */
    hm_buf_clear(&text);
    inv.key = other;
    ck_assert_int_eq(hm_invitation_write(&text, &inv, &others, &err), HM_OK);
    ck_assert_int_eq(read_bytes(hm_buf_bytes(&text), &read), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "invitation-foreign");
}
END_TEST

START_TEST(a_newer_version_is_refused_by_name)
{
    struct hm_invitation read;
    write_it();
    char *version = strstr((char *)text.data, "\"v\":1");
    ck_assert_ptr_nonnull(version);
    version[4] = '2';

    ck_assert_int_eq(read_bytes(hm_buf_bytes(&text), &read), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "invitation-newer");
}
END_TEST

START_TEST(a_part_over_its_limit_is_not_written)
{
    static char long_name[HM_INVITATION_TEXT_MAX];
    memset(long_name, 'x', sizeof(long_name) - 1);

    inv.name = hm_text(long_name);
    ck_assert_int_eq(hm_invitation_write(&text, &inv, &secret, &err), HM_BAD_INPUT);
    inv.name = hm_text("");
    ck_assert_int_eq(hm_invitation_write(&text, &inv, &secret, &err), HM_BAD_INPUT);
    inv.name = hm_text("An");
    inv.url_count = 0;
    ck_assert_int_eq(hm_invitation_write(&text, &inv, &secret, &err), HM_BAD_INPUT);
    for (size_t i = 0; i <= HM_INVITATION_URLS_MAX; i++) {
        urls[i] = hm_text("https://a");
    }
    inv.url_count = HM_INVITATION_URLS_MAX + 1;
    ck_assert_int_eq(hm_invitation_write(&text, &inv, &secret, &err), HM_BAD_INPUT);
    inv.url_count = HM_INVITATION_URLS_MAX;
    ck_assert_int_eq(hm_invitation_write(&text, &inv, &secret, &err), HM_OK);
}
END_TEST

static const char *const none[] = {
    "", "{}", "[]", "null", "{\"v\":1}", "{\"v\":1", "hello", "{\"v\":1,\"sign\":\"\"}"};

START_TEST(what_is_no_invitation_is_refused)
{
    struct hm_invitation read;

    ck_assert_int_eq(read_bytes(hm_text(none[_i]), &read), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "invitation-broken");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wire.invitation");
    TCase *tcase = tcase_create("invitation");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_was_written_is_read);
    tcase_add_test(tcase, line_ends_and_blanks_around_it_do_not_matter);
    tcase_add_test(tcase, a_link_is_the_same_invitation);
    tcase_add_loop_test(tcase, what_is_no_link_is_refused, 0,
                        sizeof(no_links) / sizeof(no_links[0]));
    tcase_add_test(tcase, a_link_that_is_too_long_is_refused);
    tcase_add_test(tcase, no_byte_of_it_can_be_changed);
    tcase_add_test(tcase, it_can_be_cut_nowhere);
    tcase_add_test(tcase, a_stranger_cannot_sign_in_the_servers_name);
    tcase_add_test(tcase, a_newer_version_is_refused_by_name);
    tcase_add_test(tcase, a_part_over_its_limit_is_not_written);
    tcase_add_loop_test(tcase, what_is_no_invitation_is_refused, 0,
                        sizeof(none) / sizeof(none[0]));
    suite_add_tcase(suite, tcase);
    return hm_run(suite);
}
