/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/drafts.h"

#include <string.h>

#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site lan;

static void setup(void)
{
    hm_site_open_pair(&server, &lan);
}

static void teardown(void)
{
    hm_site_close(&lan);
    hm_site_close(&server);
}

static struct hm_draft draft_of(uint8_t id, uint8_t user, const char *form)
{
    struct hm_draft draft = {.kind = hm_text("k"), .form = hm_text(form)};
    memset(draft.id.at, id, sizeof(draft.id.at));
    memset(draft.user.at, user, sizeof(draft.user.at));
    draft.saved.ms = id;
    return draft;
}

static enum hm_status put(const struct hm_draft *draft)
{
    lan.err = HM_ERR_NONE;
    ck_assert_int_eq(hm_store_begin(lan.store, &lan.err), HM_OK);
    enum hm_status status = hm_store_draft_put(lan.store, draft, &lan.err);
    if (status == HM_OK) {
        ck_assert_int_eq(hm_store_commit(lan.store, &lan.err), HM_OK);
    }
    hm_store_rollback(lan.store);
    return status;
}

static void done(struct hm_draft draft)
{
    memset(draft.record.at, 0xAA, sizeof(draft.record.at));
    memset(draft.change.at, 0xBB, sizeof(draft.change.at));
    ck_assert_int_eq(hm_store_begin(lan.store, &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_draft_done(lan.store, &draft, &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(lan.store, &lan.err), HM_OK);
}

static size_t list(uint8_t user, struct hm_draft **drafts)
{
    struct hm_id id;
    size_t count = 0;
    memset(id.at, user, sizeof(id.at));
    ck_assert_int_eq(
        hm_store_drafts(lan.store, &id, drafts, &count, &lan.arena, &lan.err), HM_OK);
    return count;
}

START_TEST(a_draft_is_kept_replaced_and_listed_to_its_author_alone)
{
    struct hm_draft *drafts = NULL;
    struct hm_draft first = draft_of(1, 1, "{\"a\":1}");
    struct hm_draft second = draft_of(2, 1, "{}");
    struct hm_draft other = draft_of(3, 2, "{}");
    ck_assert_int_eq(put(&first), HM_OK);
    ck_assert_int_eq(put(&second), HM_OK);
    ck_assert_int_eq(put(&other), HM_OK);

    first.form = hm_text("{\"a\":2}");
    first.saved.ms = 9;
    ck_assert_int_eq(put(&first), HM_OK);

    ck_assert_uint_eq(list(1, &drafts), 2);
    ck_assert(hm_id_equal(&drafts[0].id, &first.id)); /* the newest first */
    ck_assert(hm_bytes_are(drafts[0].form, "{\"a\":2}"));
    ck_assert(hm_id_is_none(&drafts[0].record));
}
END_TEST

START_TEST(nobody_replaces_or_drops_the_draft_of_somebody_else)
{
    struct hm_draft *drafts = NULL;
    struct hm_draft mine = draft_of(1, 1, "{\"a\":1}");
    struct hm_draft theirs = draft_of(1, 2, "{}");
    ck_assert_int_eq(put(&mine), HM_OK);

    ck_assert_int_eq(put(&theirs), HM_NOT_FOUND);
    ck_assert_int_eq(hm_store_begin(lan.store, &lan.err), HM_OK);
    ck_assert_int_eq(hm_store_draft_drop(lan.store, &mine.id, &theirs.user, &lan.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(lan.store, &lan.err), HM_OK);

    ck_assert_uint_eq(list(1, &drafts), 1);
    ck_assert(hm_bytes_are(drafts[0].form, "{\"a\":1}"));
}
END_TEST

START_TEST(a_draft_that_was_written_says_what_came_of_it_and_keeps_no_form)
{
    struct hm_draft *drafts = NULL;
    struct hm_draft found;
    bool is_found = false;
    struct hm_draft draft = draft_of(1, 1, "{\"a\":1}");
    ck_assert_int_eq(put(&draft), HM_OK);

    done(draft);

    ck_assert_uint_eq(list(1, &drafts), 0);
    ck_assert_int_eq(hm_store_draft_find(lan.store, &draft.id, &found, &is_found,
                                         &lan.arena, &lan.err),
                     HM_OK);
    ck_assert(is_found);
    ck_assert_uint_eq(found.form.size, 0);
    ck_assert_uint_eq(found.change.at[0], 0xBB);
    ck_assert_int_eq(put(&draft), HM_EXISTS);
    ck_assert_str_eq(lan.err.key, "web-draft-done");
}
END_TEST

START_TEST(there_are_so_many_drafts_and_no_more)
{
    struct hm_draft draft = draft_of(0, 1, "{}");
    for (int i = 0; i < HM_DRAFTS_MAX; i++) {
        draft.id.at[0] = (uint8_t)(i / 100 + 1);
        draft.id.at[1] = (uint8_t)i;
        ck_assert_int_eq(put(&draft), HM_OK);
    }

    ck_assert_int_eq(put(&draft), HM_OK); /* one that is there already */
    draft.id.at[2] = 1;
    ck_assert_int_eq(put(&draft), HM_BAD_INPUT);
    ck_assert_str_eq(lan.err.key, "web-drafts");
}
END_TEST

START_TEST(of_those_that_were_written_the_oldest_are_forgotten)
{
    struct hm_draft draft = draft_of(0, 1, "{}");
    struct hm_draft first;
    bool found = true;
    for (int i = 0; i < HM_DRAFTS_MAX + 2; i++) {
        draft.id.at[0] = (uint8_t)(i / 100 + 1);
        draft.id.at[1] = (uint8_t)i;
        done(draft);
        first = i == 0 ? draft : first;
    }

    ck_assert_int_eq(
        hm_store_draft_find(lan.store, &first.id, &first, &found, &lan.arena, &lan.err),
        HM_OK);
    ck_assert(!found);
    ck_assert_int_eq(
        hm_store_draft_find(lan.store, &draft.id, &draft, &found, &lan.arena, &lan.err),
        HM_OK);
    ck_assert(found);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("drafts");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_draft_is_kept_replaced_and_listed_to_its_author_alone);
    tcase_add_test(all, nobody_replaces_or_drops_the_draft_of_somebody_else);
    tcase_add_test(all, a_draft_that_was_written_says_what_came_of_it_and_keeps_no_form);
    tcase_add_test(all, there_are_so_many_drafts_and_no_more);
    tcase_add_test(all, of_those_that_were_written_the_oldest_are_forgotten);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
