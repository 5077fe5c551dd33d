/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/server/config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/host/env.h"
#include "hamlet/host/file.h"
#include "hamlet/wire/invitation.h"
#include "run.h"
#include "tmpdir.h"

static struct hm_tmpdir folder;
static struct hm_env env;
static struct hm_arena arena;
static struct hm_err err;

static void setup(void)
{
    ck_assert(hm_tmpdir_init(&folder));
    hm_host_env_init(&env);
    hm_arena_init(&arena, (size_t)1024 * 1024);
    err = HM_ERR_NONE;
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    hm_tmpdir_fini(&folder);
}

static enum hm_status read_text(struct hm_config *config, struct hm_bytes text)
{
    char path[HM_TMPDIR_PATH_SIZE];
    err = HM_ERR_NONE;
    ck_assert_int_eq(
        hm_file_write(&env, hm_tmpdir_in(&folder, "config.json", path), text, 0600, &err),
        HM_OK);
    return hm_config_read(config, folder.path, &arena, &err);
}

START_TEST(what_was_written_reads_back)
{
    const struct hm_bytes urls[] = {hm_text("https://a.example:8443/hamlet"),
                                    hm_text("https://[::1]:9")};
    const struct hm_config config = {hm_text("[::]:8443"), urls, 2};
    struct hm_config read;
    struct hm_buf buf;
    hm_buf_init(&buf, HM_CONFIG_BYTES_MAX);
    hm_config_put(&buf, &config);

    ck_assert_int_eq(read_text(&read, hm_buf_bytes(&buf)), HM_OK);

    ck_assert_str_eq((const char *)read.listen.data, "[::]:8443");
    ck_assert_uint_eq(read.url_count, 2);
    ck_assert(hm_bytes_equal(read.urls[0], urls[0]));
    ck_assert(hm_bytes_equal(read.urls[1], urls[1]));
    hm_buf_fini(&buf);
}
END_TEST

#define URLS "\"urls\":[\"https://a\"]"

START_TEST(a_file_that_breaks_a_rule_is_named)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "[]",
        "{\"listen\":\"0.0.0.0:1\"}",
        "{" URLS "}",
        "{\"listen\":\"0.0.0.0:1\",\"urls\":[]}",
        "{\"listen\":\"0.0.0.0:1\",\"urls\":\"https://a\"}",
        "{\"listen\":\"0.0.0.0:1\",\"urls\":[1]}",
        "{\"listen\":\"0.0.0.0:1\",\"urls\":[\"http://a\"]}",
        "{\"listen\":\"0.0.0.0:1\"," URLS ",\"more\":1}",
        "{\"listen\":\"0.0.0.0:1\",\"listen\":\"0.0.0.0:1\"," URLS "}",
        "{\"listen\":\"example.org:1\"," URLS "}",
        "{\"listen\":1," URLS "}",
        "{\"listen\":\"0.0.0.0:1\"," URLS "} ",
        "{\"listen\":\"0.0.0.0:1\"," URLS "}x",
        "{\"listen\":\"0.0.0.0:1\",\"urls\":[[[\"https://a\"]]]}",
        "{\"listen\":\"0.0.0.0:1\",\"urls\":[\"https://a\",\"https://a\",\"https://a\","
        "\"https://a\",\"https://a\",\"https://a\",\"https://a\",\"https://a\","
        "\"https://a\"]}",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct hm_config config = {.url_count = 77};
        if (i == 13) {
            /* Blanks around it are none of its business. */
            ck_assert_int_eq(read_text(&config, hm_text(wrong[i])), HM_OK);
            continue;
        }
        ck_assert_msg(read_text(&config, hm_text(wrong[i])) == HM_UNCONFIGURED, "%s",
                      wrong[i]);
        ck_assert_str_eq(err.key, "config-broken");
        ck_assert_ptr_nonnull(strstr(err.arg[0], "config.json"));
        ck_assert_uint_eq(config.url_count, 77);
    }
}
END_TEST

START_TEST(no_file_and_one_without_end_are_no_configuration)
{
    struct hm_config config;
    struct hm_buf large;
    ck_assert_int_eq(hm_config_read(&config, folder.path, &arena, &err), HM_UNCONFIGURED);
    hm_buf_init(&large, (size_t)2 * HM_CONFIG_BYTES_MAX);
    hm_buf_put_text(&large, "{\"listen\":\"0.0.0.0:1\"," URLS "}");
    while (large.size <= HM_CONFIG_BYTES_MAX) {
        hm_buf_put_text(&large, "                ");
    }

    ck_assert_int_eq(read_text(&config, hm_buf_bytes(&large)), HM_UNCONFIGURED);

    hm_buf_fini(&large);
}
END_TEST

START_TEST(an_address_is_numbers_and_a_port)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"0.0.0.0:8443", true},
        {"127.0.0.1:0", true},
        {"[::]:8443", true},
        {"[fe80::1]:1", true},
        {"", false},
        {":1", false},
        {"0.0.0.0", false},
        {"0.0.0.0:", false},
        {"::1:1", false},
        {"localhost:1", false},
        {"0.0.0.0:x", false},
        {"0.0.0.0:70000000000", false},
        {"0.0.0.0:65536", false},
        {"0.0.0.0:65535", true},
        {"0.0.0.0:+1", false},
        {"[0.0.0.0]:1x", false},
        {"256.0.0.1:1", false},
        {"[]:1", false},
        {"0.0.0.0:1/path", false},
        {" 0.0.0.0:1", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        err = HM_ERR_NONE;
        ck_assert_msg((hm_config_check_listen(rows[i].text, &err) == HM_OK) ==
                          rows[i].good,
                      "'%s'", rows[i].text);
        ck_assert(rows[i].good || strcmp(err.key, "address-form") == 0);
    }
}
END_TEST

START_TEST(a_url_is_https_a_host_and_nothing_that_leads_elsewhere)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"https://a", true},       {"https://a.example:8443/x/y", true},
        {"https://[::1]:1", true}, {"https://", false},
        {"https:///a", false},     {"https://:1", false},
        {"http://a", false},       {"HTTPS://a", false},
        {"https://a b", false},    {"https://a#b", false},
        {"https://a?b", false},    {"https://u@a", false},
        {"https://a\n", false},    {"https://ấp.vn", false},
        {"https://a\"", false},    {"ftp://a", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        err = HM_ERR_NONE;
        ck_assert_msg((hm_config_check_url(hm_text(rows[i].text), &err) == HM_OK) ==
                          rows[i].good,
                      "'%s'", rows[i].text);
    }
}
END_TEST

START_TEST(a_url_has_a_longest_length)
{
    char url[HM_INVITATION_URL_MAX + 2];
    memset(url, 'a', sizeof(url));
    memcpy(url, "https://", 8);
    struct hm_bytes longest = {(const uint8_t *)url, HM_INVITATION_URL_MAX};
    struct hm_bytes longer = {(const uint8_t *)url, HM_INVITATION_URL_MAX + 1};

    ck_assert_int_eq(hm_config_check_url(longest, &err), HM_OK);
    ck_assert_int_eq(hm_config_check_url(longer, &err), HM_BAD_INPUT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server/config");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_was_written_reads_back);
    tcase_add_test(tests, a_file_that_breaks_a_rule_is_named);
    tcase_add_test(tests, no_file_and_one_without_end_are_no_configuration);
    tcase_add_test(tests, an_address_is_numbers_and_a_port);
    tcase_add_test(tests, a_url_is_https_a_host_and_nothing_that_leads_elsewhere);
    tcase_add_test(tests, a_url_has_a_longest_length);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
