/* SPDX-License-Identifier: Apache-2.0 */
/* Merges of records, and what takes them back. */
#include "acting.h"
#include "hamlet/author/saw.h"
#include "hamlet/model/value.h"
#include "hamlet/store/alias.h"

static struct hm_id one;
static struct hm_id two;
static struct hm_id child; /* of `one` */

static void share(void)
{
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);
}

static void setup(void)
{
    acting_start();
    one = a_household(&lan, "Út");
    two = a_household(&lan, "Út");
    child = a_commitment(&lan, &one);
    share();
}

static enum hm_status merge(struct hm_site *site,
                            const struct hm_id *record,
                            const struct hm_id *into)
{
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    act_begin(site);
    enum hm_status status = hm_author_merge(site->author, record, into,
                                            hm_text("một nhà"), &changed, &site->err);
    return tried(site, status, count, &before);
}

static enum hm_status unmerge(struct hm_site *site, const struct hm_id *record)
{
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    act_begin(site);
    enum hm_status status =
        hm_author_unmerge(site->author, record, hm_text("hai nhà"), &changed, &site->err);
    return tried(site, status, count, &before);
}

static enum hm_status count_one(void *ctx,
                                const struct hm_listed *listed,
                                struct hm_err *e)
{
    size_t *count = ctx;
    (void)listed;
    (void)e;
    ++*count;
    return HM_OK;
}

/* Those that are alive, as they are counted without a list. */
static size_t counted(struct hm_site *site, const char *kind)
{
    struct hm_tally tally;
    int64_t sum = 0;
    ck_assert_int_eq(hm_store_tally(site->store, hm_text(kind), &tally, &site->err),
                     HM_OK);
    for (size_t i = 0; i < HM_STATE_COUNT; i++) {
        sum += tally.alive[i];
    }
    return (size_t)sum;
}

static size_t listed(struct hm_site *site,
                     const char *kind,
                     const struct hm_id *household)
{
    char text[HM_HEX16_SIZE];
    struct hm_buf value;
    size_t count = 0;
    struct hm_list_query query = {.kind = hm_text(kind)};
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    if (household != NULL) {
        hm_hex_put(text, hm_id_bytes(household));
        hm_value_put_text(&value, hm_text(text));
    }
    struct hm_key_field where = {hm_text("household"), hm_buf_bytes(&value)};
    query.where = &where;
    query.where_count = household != NULL;
    ck_assert_int_eq(hm_store_list(site->store, &query, count_one, &count, &site->err),
                     HM_OK);
    hm_buf_fini(&value);
    ck_assert(household != NULL || counted(site, kind) == count);
    return count;
}

static struct hm_id root_of(struct hm_site *site, const struct hm_id *record)
{
    struct hm_id root;
    ck_assert_int_eq(
        hm_store_record_root(site->store, record, &root, &site->arena, &site->err),
        HM_OK);
    return root;
}

static void expect_root(struct hm_site *site,
                        const struct hm_id *record,
                        const struct hm_id *root)
{
    struct hm_id found = root_of(site, record);
    ck_assert(hm_id_equal(&found, root));
}

static void expect_equal(void)
{
    struct hm_digest a;
    struct hm_digest b;
    share();
    ck_assert_int_eq(hm_store_digest(lan.store, hm_text("30341-01"), &a, &lan.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_digest(mai.store, hm_text("30341-01"), &b, &mai.err),
                     HM_OK);
    ck_assert_mem_eq(&a, &b, sizeof(a));
    struct hm_id left = root_of(&lan, &one);
    expect_root(&mai, &one, &left);
    left = root_of(&lan, &two);
    expect_root(&mai, &two, &left);
}

START_TEST(a_merged_record_is_listed_no_more_and_its_children_stand_under_the_other)
{
    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);
    expect_equal();

    expect_root(&lan, &one, &two);
    ck_assert_uint_eq(listed(&lan, "household", NULL), 1);
    ck_assert_uint_eq(listed(&lan, "commitment", &two), 1);
    ck_assert_uint_eq(listed(&lan, "commitment", &one), 1);
    struct hm_listed shown;
    ck_assert_int_eq(hm_store_record_show(lan.store, &one, &shown, &lan.arena, &lan.err),
                     HM_OK);
    ck_assert(hm_id_equal(&shown.merged_into, &two));
}
END_TEST

/* Wherever in the order the record that went would stand. */
START_TEST(a_list_in_pieces_does_not_count_a_merged_record)
{
    struct hm_id three = a_household(&lan, "Út");
    share();
    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);
    expect_equal();
    expect_root(&lan, &three, &three);

    for (int64_t skip = 0; skip <= 3; skip++) {
        size_t count = 0;
        struct hm_list_query query = {.kind = hm_text("household"), .skip = skip};
        ck_assert_int_eq(hm_store_list(lan.store, &query, count_one, &count, &lan.err),
                         HM_OK);
        ck_assert_uint_eq(count, skip < 2 ? 2 - (size_t)skip : 0);
    }
}
END_TEST

START_TEST(what_was_merged_is_two_again_when_it_is_taken_back)
{
    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);
    share();

    ck_assert_int_eq(unmerge(&mai, &one), HM_OK);
    expect_equal();

    expect_root(&lan, &one, &one);
    ck_assert_uint_eq(listed(&lan, "household", NULL), 2);
    ck_assert_uint_eq(listed(&lan, "commitment", &two), 0);
    ck_assert_int_eq(unmerge(&mai, &one), HM_NOT_FOUND);
}
END_TEST

START_TEST(an_edit_that_the_merge_had_not_seen_brings_the_record_back)
{
    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);
    an_edit(&lan, &one, "cluster", "Tổ 3");
    expect_equal();

    expect_root(&lan, &one, &one);
    ck_assert_uint_eq(listed(&mai, "household", NULL), 2);
    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);
    expect_equal();
    expect_root(&lan, &one, &two);
}
END_TEST

/* By two officers, the other way round, each unseen by the other. */
START_TEST(of_a_ring_one_record_is_always_shown)
{
    struct hm_site anh;
    hm_site_open_laptop(&anh, &server, HM_MAI);
    hm_site_carry(&mai, &anh, HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);
    struct hm_id here = changed;
    ck_assert_int_eq(merge(&anh, &two, &one), HM_OK);
    bool later = memcmp(&changed, &here, sizeof(here)) > 0; /* that one closes the ring */
    hm_site_carry(&anh, &mai, HM_VERDICT_ACCEPTED);
    expect_equal();

    expect_root(&mai, &one, later ? &two : &one);
    expect_root(&mai, &two, later ? &two : &one);
    ck_assert_uint_eq(listed(&lan, "household", NULL), 1);
    hm_site_close(&anh);
}
END_TEST

/* Each merged into the next: the last stands for all, or, of too many, nobody guesses. */
START_TEST(a_chain_of_merges_is_followed_to_its_end_or_refused)
{
    struct hm_id root;
    struct hm_id last = one;
    static struct hm_id next[HM_ALIAS_CHAIN_MAX - 1];
    for (int i = 0; i < HM_ALIAS_CHAIN_MAX - 1; i++) {
        next[i] = a_household(&lan, "Út");
    }
    share();
    for (int i = 0; i < HM_ALIAS_CHAIN_MAX - 1; i++) {
        ck_assert_int_eq(merge(&mai, &last, &next[i]), HM_OK);
        last = next[i];
    }
    expect_root(&mai, &one, &last);

    ck_assert_int_eq(merge(&mai, &last, &two), HM_OK);

    ck_assert_int_eq(hm_store_record_root(mai.store, &one, &root, &mai.arena, &mai.err),
                     HM_TOO_BIG);
    ck_assert_str_eq(mai.err.key, "merge-chain");
    expect_root(&mai, &last, &two);
}
END_TEST

START_TEST(a_chain_leads_to_its_end)
{
    struct hm_id three = a_household(&lan, "Út");
    share();
    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);
    ck_assert_int_eq(merge(&mai, &two, &three), HM_OK);
    expect_equal();

    expect_root(&lan, &one, &three);
    ck_assert_uint_eq(listed(&lan, "household", NULL), 1);
    ck_assert_uint_eq(listed(&lan, "commitment", &three), 1);
}
END_TEST

START_TEST(only_two_of_one_kind_and_unit_are_merged_by_who_may)
{
    struct hm_id none = {{7}};
    ck_assert_int_eq(merge(&lan, &one, &two), HM_DENIED);
    ck_assert_int_eq(merge(&mai, &one, &one), HM_EXISTS);
    ck_assert_int_eq(merge(&mai, &one, &child), HM_BAD_INPUT);
    ck_assert_int_eq(merge(&mai, &one, &none), HM_NOT_FOUND);
    ck_assert_int_eq(unmerge(&mai, &one), HM_NOT_FOUND);
    a_delete(&lan, &two);
    share();
    ck_assert_int_eq(merge(&mai, &one, &two), HM_NOT_FOUND);
}
END_TEST

/* ---- two that are two ---- */

static enum hm_status apart(struct hm_site *site,
                            const struct hm_id *record,
                            const struct hm_id *other)
{
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    act_begin(site);
    enum hm_status status = hm_author_apart(site->author, record, other,
                                            hm_text("hai nhà"), &changed, &site->err);
    return tried(site, status, count, &before);
}

static size_t said_apart(struct hm_site *site, const struct hm_id *record)
{
    struct hm_loaded loaded = hm_site_load(site, record);
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    size_t count = 0;
    hm_value_each_init(&each, hm_loaded_shown(&loaded, hm_text("not_same_as")));
    while (hm_value_each_next(&each, &name, &item)) {
        count++;
    }
    return count;
}

START_TEST(two_that_are_not_the_same_say_so_each_once)
{
    struct hm_id three = a_household(&lan, "Út");
    share();

    ck_assert_int_eq(apart(&mai, &one, &two), HM_OK);
    ck_assert_int_eq(apart(&mai, &one, &three), HM_OK);

    ck_assert_int_eq(apart(&mai, &one, &two), HM_EXISTS);
    ck_assert_str_eq(mai.err.key, "apart-already");
    ck_assert_uint_eq(said_apart(&mai, &one), 2);
}
END_TEST

/* Of the two lists that are in conflict only one is shown. */
START_TEST(what_another_set_apart_meanwhile_stays_when_a_third_is)
{
    struct hm_site anh;
    struct hm_id three = a_household(&lan, "Út");
    struct hm_id four = a_household(&lan, "Út");
    share();
    hm_site_open_laptop(&anh, &server, HM_MAI);
    hm_site_carry(&mai, &anh, HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(apart(&mai, &one, &two), HM_OK);
    ck_assert_int_eq(apart(&anh, &one, &three), HM_OK);
    hm_site_carry(&anh, &mai, HM_VERDICT_ACCEPTED);
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 1);

    ck_assert_int_eq(apart(&mai, &one, &four), HM_OK);

    ck_assert_uint_eq(said_apart(&mai, &one), 3);
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 0);
    hm_site_close(&anh);
}
END_TEST

START_TEST(what_is_none_or_of_another_sort_is_not_set_apart)
{
    struct hm_id none = {{9}};
    ck_assert_int_eq(apart(&mai, &one, &none), HM_NOT_FOUND);
    ck_assert_int_eq(apart(&mai, &one, &child), HM_BAD_INPUT);
    ck_assert_int_eq(apart(&mai, &one, &one), HM_BAD_INPUT);
    ck_assert_int_eq(apart(&lan, &one, &two),
                     HM_DENIED); /* it decides, as a merge does */
    (void)a_delete(&lan, &two);
    share();
    ck_assert_int_eq(apart(&mai, &one, &two), HM_NOT_FOUND);
}
END_TEST

START_TEST(a_merge_by_who_had_not_seen_an_edit_does_not_hold)
{
    hm_prefix *seen = NULL;
    size_t count = 0;
    struct hm_loaded loaded = hm_site_load(&mai, &one);
    ck_assert_int_eq(hm_loaded_heads(&loaded, &seen, &count, &mai.arena, &mai.err),
                     HM_OK);
    (void)an_edit(&mai, &one, "cluster", "Tổ 2");
    act_begin(&mai);
    hm_author_saw(mai.author, seen, count);
    ck_assert_int_eq(
        hm_author_merge(mai.author, &one, &two, HM_NO_BYTES, &changed, &mai.err), HM_OK);
    act_commit(&mai);
    expect_root(&mai, &one, &one);

    ck_assert_int_eq(merge(&mai, &one, &two), HM_OK);

    expect_root(&mai, &one, &two);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("author.merge");
    TCase *merges = tcase_create("merges");
    tcase_set_timeout(merges, 240);
    tcase_add_checked_fixture(merges, setup, acting_finish);
    tcase_add_test(
        merges, a_merged_record_is_listed_no_more_and_its_children_stand_under_the_other);
    tcase_add_test(merges, a_list_in_pieces_does_not_count_a_merged_record);
    tcase_add_test(merges, what_was_merged_is_two_again_when_it_is_taken_back);
    tcase_add_test(merges, an_edit_that_the_merge_had_not_seen_brings_the_record_back);
    tcase_add_test(merges, a_merge_by_who_had_not_seen_an_edit_does_not_hold);
    tcase_add_test(merges, of_a_ring_one_record_is_always_shown);
    tcase_add_test(merges, a_chain_leads_to_its_end);
    tcase_add_test(merges, a_chain_of_merges_is_followed_to_its_end_or_refused);
    tcase_add_test(merges, only_two_of_one_kind_and_unit_are_merged_by_who_may);
    tcase_add_test(merges, two_that_are_not_the_same_say_so_each_once);
    tcase_add_test(merges, what_another_set_apart_meanwhile_stays_when_a_third_is);
    tcase_add_test(merges, what_is_none_or_of_another_sort_is_not_set_apart);
    suite_add_tcase(suite, merges);
    return hm_run(suite);
}
