/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/kinds.h"

#include "world.h"

#define KIND(name)                                                                       \
    "{\"kind\":\"" name "\",\"version\":1,\"label\":{\"vi\":\"Cát\",\"en\":\"Sand\"},"  \
    "\"fields\":[{\"name\":\"place\",\"type\":\"text\",\"max\":80,"                      \
    "\"label\":{\"vi\":\"Nơi\",\"en\":\"Place\"}}],"                                    \
    "\"roles\":{\"recorder\":[\"create\"]}}"

enum { OURS = 25 }; /* kinds that are built in */

static struct hm_kinds *kinds;

static void setup(void)
{
    world_open();
    kinds = NULL;
}

static void teardown(void)
{
    hm_kinds_close(kinds);
    world_close();
}

static enum hm_status load(void)
{
    hm_kinds_close(kinds);
    kinds = NULL;
    return hm_replica_kinds(&kinds, folder.path, &err);
}

START_TEST(without_a_folder_there_are_the_built_in_kinds)
{
    ck_assert_int_eq(load(), HM_OK);
    ck_assert_uint_eq(hm_kinds_count(kinds), OURS);

    world_folder("kinds");
    ck_assert_int_eq(load(), HM_OK);
    ck_assert_uint_eq(hm_kinds_count(kinds), OURS);
}
END_TEST

START_TEST(extra_kinds_stand_beside_the_built_in_ones)
{
    world_folder("kinds");
    world_text("kinds/sand.json", KIND("sand"));
    world_text("kinds/a.json", KIND("zebra"));

    ck_assert_int_eq(load(), HM_OK);

    ck_assert_uint_eq(hm_kinds_count(kinds), OURS + 2);
    ck_assert_ptr_nonnull(hm_kinds_find(kinds, hm_text("sand")));
    ck_assert_str_eq(hm_kinds_at(kinds, OURS + 1)->name, "zebra");
}
END_TEST

START_TEST(only_files_that_are_called_so_are_kinds)
{
    world_folder("kinds");
    world_text("kinds/sand.json~", "{");
    world_text("kinds/.sand.json", "{");
    world_text("kinds/README", "{");
    world_text("kinds/.json", "{");

    ck_assert_int_eq(load(), HM_OK);

    ck_assert_uint_eq(hm_kinds_count(kinds), OURS);
}
END_TEST

static const struct {
    const char *content;
    const char *key;
} broken[] = {
    {"", "kind-json"},
    {"{", "kind-json"},
    {"[]", "kind-value"},
    {"\xFF", "kind-json"},
    {KIND("household"), "kind-twice"},
    {KIND("Sand"), "kind-name"},
};

START_TEST(a_broken_file_is_a_wrong_setting_and_is_named)
{
    world_folder("kinds");
    world_text("kinds/good.json", KIND("good"));
    world_text("kinds/sand.json", broken[_i].content);

    ck_assert_int_eq(load(), HM_UNCONFIGURED);

    ck_assert_ptr_null(kinds);
    ck_assert_msg(strcmp(err.key, broken[_i].key) == 0, "%s", err.key);
    ck_assert_str_eq(err.arg[0], "sand.json");
}
END_TEST

START_TEST(two_files_of_one_kind_are_refused_by_the_later_name)
{
    world_folder("kinds");
    world_text("kinds/b.json", KIND("sand"));
    world_text("kinds/a.json", KIND("sand"));

    ck_assert_int_eq(load(), HM_UNCONFIGURED);

    ck_assert_str_eq(err.arg[0], "b.json");
}
END_TEST

START_TEST(a_file_over_the_limit_is_refused)
{
    static char large[HM_KIND_FILE_MAX + 1];
    memset(large, ' ', sizeof(large));
    world_folder("kinds");
    world_file("kinds/sand.json", large, sizeof(large));

    ck_assert_int_eq(load(), HM_UNCONFIGURED);
}
END_TEST

START_TEST(more_files_than_are_kept_are_refused)
{
    world_folder("kinds");
    for (int i = 0; i <= HM_REPLICA_KINDS_MAX; i++) {
        char name[32];
        char content[512];
        (void)snprintf(name, sizeof(name), "kinds/k%02d.json", i);
        (void)snprintf(content, sizeof(content), "%s", KIND("k00"));
        char *number = strstr(content, "k00");
        number[1] = (char)('0' + i / 10);
        number[2] = (char)('0' + i % 10);
        world_text(name, content);
    }

    ck_assert_int_eq(load(), HM_UNCONFIGURED);
    ck_assert_str_eq(err.key, "kinds-many");

    ck_assert_int_eq(unlink(world_path("kinds/k00.json")), 0);
    ck_assert_int_eq(load(), HM_OK);
    ck_assert_uint_eq(hm_kinds_count(kinds), OURS + HM_REPLICA_KINDS_MAX);
}
END_TEST

START_TEST(what_is_no_folder_is_an_error)
{
    world_text("kinds", KIND("sand"));

    ck_assert_int_ne(load(), HM_OK);
    ck_assert_ptr_null(kinds);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replica.kinds");
    TCase *all = tcase_create("kinds");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, without_a_folder_there_are_the_built_in_kinds);
    tcase_add_test(all, extra_kinds_stand_beside_the_built_in_ones);
    tcase_add_test(all, only_files_that_are_called_so_are_kinds);
    tcase_add_loop_test(all, a_broken_file_is_a_wrong_setting_and_is_named, 0,
                        sizeof(broken) / sizeof(broken[0]));
    tcase_add_test(all, two_files_of_one_kind_are_refused_by_the_later_name);
    tcase_add_test(all, a_file_over_the_limit_is_refused);
    tcase_add_test(all, more_files_than_are_kept_are_refused);
    tcase_add_test(all, what_is_no_folder_is_an_error);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
