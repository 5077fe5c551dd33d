/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/draft.h"

#include "world.h"

static struct hm_draft open_draft(const char *name)
{
    struct hm_draft draft;
    ck_assert_int_eq(hm_draft_open(&draft, &world_env, in(name), &err), HM_OK);
    ck_assert_int_eq(hm_draft_put(&draft, hm_text("half"), &err), HM_OK);
    return draft;
}

START_TEST(what_a_killed_writer_left_goes_with_the_next_draft_of_its_folder)
{
    pid_t writer = fork();
    if (writer == 0) {
        (void)open_draft("file");
        (void)kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
    ck_assert_int_eq(world_count(""), 1);

    struct hm_draft next = open_draft("next");
    ck_assert_int_eq(hm_draft_sync(&next, 0600, &err), HM_OK);
    ck_assert_int_eq(hm_draft_name(&next, false, &err), HM_OK);
    hm_draft_close(&next);

    ck_assert_int_eq(world_count(""), 1);
    ck_assert(world_has("next", "half"));
}
END_TEST

START_TEST(what_is_being_written_stays)
{
    struct hm_draft first = open_draft("first");

    struct hm_draft second = open_draft("second");
    hm_draft_close(&second);

    ck_assert_int_eq(hm_draft_sync(&first, 0600, &err), HM_OK);
    ck_assert_int_eq(hm_draft_name(&first, false, &err), HM_OK);
    hm_draft_close(&first);
    ck_assert(world_has("first", "half"));
}
END_TEST

START_TEST(what_is_no_draft_of_ours_stays)
{
    static const char *const names[] = {".0123456789abcdef.old", "0123456789abcdef.new",
                                        ".0123456789abcde.new", ".0123456789ABCDEF.new"};
    size_t count = sizeof(names) / sizeof(names[0]);
    for (size_t i = 0; i < count; i++) {
        world_put(names[i], "whole", 0600);
    }
    ck_assert_int_eq(symlink("elsewhere", in(".0123456789abcdef.new")), 0);
    ck_assert_int_eq(mkdir(in(".fedcba9876543210.new"), 0700), 0);

    struct hm_draft draft = open_draft("file");
    hm_draft_close(&draft);

    ck_assert_int_eq(world_count(""), (int)count + 2);
}
END_TEST

START_TEST(a_name_is_taken_back_only_from_the_file_that_got_it)
{
    struct hm_draft first = open_draft("file");
    hm_draft_unname(&first); /* which has none yet */
    ck_assert_int_eq(hm_draft_name(&first, false, &err), HM_OK);

    struct hm_draft second = open_draft("file");
    ck_assert_int_eq(hm_draft_name(&second, false, &err), HM_EXISTS);
    hm_draft_unname(&second);
    ck_assert(world_has("file", "half"));
    hm_draft_close(&second);

    ck_assert_int_eq(unlink(in("file")), 0);
    world_put("file", "whole", 0600);
    hm_draft_unname(&first);
    ck_assert(world_has("file", "whole"));

    hm_draft_close(&first);
    hm_draft_unname(&first);
    ck_assert_int_eq(world_count(""), 1);
}
END_TEST

START_TEST(a_name_that_is_taken_back_leaves_nothing)
{
    struct hm_draft draft = open_draft("file");
    ck_assert_int_eq(hm_draft_name(&draft, false, &err), HM_OK);

    hm_draft_unname(&draft);
    hm_draft_close(&draft);

    ck_assert_int_eq(world_count(""), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.draft");
    TCase *drafts = world_group(suite, "drafts");
    tcase_add_test(drafts,
                   what_a_killed_writer_left_goes_with_the_next_draft_of_its_folder);
    tcase_add_test(drafts, what_is_being_written_stays);
    tcase_add_test(drafts, what_is_no_draft_of_ours_stays);
    tcase_add_test(drafts, a_name_is_taken_back_only_from_the_file_that_got_it);
    tcase_add_test(drafts, a_name_that_is_taken_back_leaves_nothing);
    return world_run(suite);
}
