/* SPDX-License-Identifier: Apache-2.0 */
#include "acting.h"
#include "hamlet/author/saw.h"
#include "hamlet/model/value.h"

static struct hm_id household;

static void setup(void)
{
    acting_start();
    household = a_household(&lan, "Út");
}

static void share(void)
{
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);
}

START_TEST(an_edit_replaces_what_stands_and_is_one_deeper)
{
    struct hm_id first = an_edit(&lan, &household, "cluster", "Tổ 1");

    ck_assert_int_eq(edit(&lan, &household, false, GIVEN("cluster", "Tổ 2")), HM_OK);

    struct hm_change change = change_of(&lan, &changed);
    const struct hm_write *write = write_of(&change, "cluster");
    ck_assert_uint_eq(change.write_count, 1);
    ck_assert_uint_eq(write->replaces_count, 1);
    ck_assert(over(write, &first));
    ck_assert_uint_eq(write->depth, 2);
    ck_assert_int_eq(change.act, HM_ACT_EDIT);
    ck_assert(hm_id_equal(&change.record, &household));
}
END_TEST

START_TEST(an_edit_of_several_fields_is_one_change)
{
    ck_assert_int_eq(
        edit(&lan, &household, false, GIVEN("cluster", "Tổ 2", "head_name", "Sáu")),
        HM_OK);

    struct hm_change change = change_of(&lan, &changed);
    ck_assert_uint_eq(change.write_count, 2);
    ck_assert(over(write_of(&change, "head_name"), &household));
    ck_assert_uint_eq(write_of(&change, "cluster")->replaces_count, 0);
}
END_TEST

START_TEST(one_field_of_a_group_writes_the_whole_group)
{
    struct hm_id commitment = a_commitment(&lan, &household);

    ck_assert_int_eq(edit(&lan, &commitment, false, GIVEN("signed_date", "05/03/2026")),
                     HM_OK);

    struct hm_change change = change_of(&lan, &changed);
    const struct hm_write *write = write_of(&change, "signing");
    ck_assert_uint_eq(change.write_count, 1);
    ck_assert_ptr_nonnull(write);
    ck_assert(hm_bytes_are(
        hm_value_text_or(hm_value_member(write->value, hm_text("signer_name")),
                         HM_NO_BYTES),
        "Út"));
    ck_assert_str_eq(hm_site_shown(&lan, &commitment, "signer_name"), "Út");
    ck_assert_str_ne(hm_site_shown(&lan, &commitment, "signed_date"), "-");
}
END_TEST

START_TEST(concurrent_edits_of_two_fields_of_a_group_are_one_conflict)
{
    struct hm_id commitment = a_commitment(&lan, &household);
    share();
    ck_assert_int_eq(edit(&lan, &commitment, false, GIVEN("signed_date", "05/03/2026")),
                     HM_OK);
    ck_assert_int_eq(edit(&mai, &commitment, false, GIVEN("signer_relation", "chu_ho")),
                     HM_OK);

    share();

    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 1);
}
END_TEST

START_TEST(only_what_is_new_is_written_where_that_is_asked)
{
    ck_assert_int_eq(
        edit(&lan, &household, true,
             GIVEN("head_name", "Út", "address_text", "Tổ 3", "cluster", "")),
        HM_OK);
    ck_assert(hm_id_is_none(&changed));

    ck_assert_int_eq(
        edit(&lan, &household, true, GIVEN("head_name", "Út", "cluster", "Tổ 2")), HM_OK);

    struct hm_change change = change_of(&lan, &changed);
    ck_assert_uint_eq(change.write_count, 1);
    ck_assert_ptr_nonnull(write_of(&change, "cluster"));
}
END_TEST

START_TEST(an_edit_is_judged_before_anything_is_written)
{
    static const struct {
        const char *words[5];
        enum hm_status status;
        const char *key;
    } bad[] = {
        {{"colour", "red"}, HM_BAD_INPUT, "field-unknown"},
        {{"head_name", " "}, HM_BAD_INPUT, "field-required"},
        {{"unit", "30341-02"}, HM_BAD_INPUT, "key-fixed"},
        {{NULL}, HM_USAGE, "nothing-given"},
        {{"split_from", "00112233445566778899aabbccddeeff"}, HM_BAD_INPUT, "ref-wrong"},
    };

    ck_assert_int_eq(edit(&lan, &household, false, given(bad[_i].words)), bad[_i].status);

    refused(&lan, bad[_i].key, NULL);
}
END_TEST

START_TEST(key_fields_are_never_edited)
{
    ck_assert_int_eq(
        add(&lan, "registration", GIVEN("year", "2026", "reg_type", "mo_hinh")), HM_OK);
    struct hm_id record = added.record;

    ck_assert_int_eq(edit(&lan, &record, false, GIVEN("year", "2027")), HM_BAD_INPUT);
    refused(&lan, "key-fixed", "year");
    ck_assert_int_eq(edit(&lan, &record, true, GIVEN("year", "2027", "plan_no", "1")),
                     HM_BAD_INPUT);
    ck_assert_int_eq(edit(&lan, &record, true, GIVEN("year", "2026", "plan_no", "1")),
                     HM_OK);
}
END_TEST

START_TEST(a_field_of_another_role_is_denied)
{
    ck_assert_int_eq(
        add(&lan, "registration", GIVEN("year", "2026", "reg_type", "mo_hinh")), HM_OK);
    struct hm_id record = added.record;
    share();

    ck_assert_int_eq(edit(&lan, &record, false, GIVEN("receive_no", "9")), HM_DENIED);
    ck_assert_int_eq(edit(&mai, &record, false, GIVEN("receive_no", "9")), HM_OK);
}
END_TEST

START_TEST(a_record_out_of_reach_is_neither_edited_nor_deleted)
{
    ck_assert_int_eq(
        add(&mai, "household",
            GIVEN("head_name", "Út", "address_text", "T", "unit", "30341-02")),
        HM_OK);
    struct hm_id record = added.record;
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(edit(&lan, &record, false, GIVEN("cluster", "1")), HM_DENIED);
    refused(&lan, "unit-scope", "30341-02");
    ck_assert_int_eq(remove_it(&lan, &record, NULL), HM_DENIED);
}
END_TEST

START_TEST(a_record_that_is_not_here_is_named)
{
    struct hm_id none = hm_make_id(0x42);

    ck_assert_int_eq(edit(&lan, &none, false, GIVEN("cluster", "1")), HM_NOT_FOUND);
    refused(&lan, "record-missing", "42424242424242424242424242424242");
    ck_assert_int_eq(remove_it(&lan, &none, NULL), HM_NOT_FOUND);
}
END_TEST

START_TEST(an_edit_of_a_register_in_conflict_replaces_every_head)
{
    share();
    struct hm_id one = an_edit(&lan, &household, "cluster", "Tổ 1");
    struct hm_id other = an_edit(&mai, &household, "cluster", "Tổ 2");
    share();
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);

    ck_assert_int_eq(edit(&lan, &household, false, GIVEN("cluster", "Tổ 3")), HM_OK);

    struct hm_change change = change_of(&lan, &changed);
    ck_assert(over(write_of(&change, "cluster"), &one));
    ck_assert(over(write_of(&change, "cluster"), &other));
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 0);
}
END_TEST

START_TEST(a_delete_names_every_head_that_its_author_saw)
{
    struct hm_id edited = an_edit(&lan, &household, "cluster", "Tổ 1");

    ck_assert_int_eq(remove_it(&lan, &household, " đã  chuyển đi "), HM_OK);

    struct hm_change change = change_of(&lan, &changed);
    ck_assert_int_eq(change.act, HM_ACT_DELETE);
    ck_assert(hm_bytes_are(write_of(&change, HM_REGISTER_LIVE)->value, "f"));
    ck_assert(over(write_of(&change, HM_REGISTER_LIVE), &household));
    ck_assert_uint_eq(change.seen_count, 2);
    ck_assert(hm_prefixes_have(change.seen, 2, hm_prefix_of(&household)));
    ck_assert(hm_prefixes_have(change.seen, 2, hm_prefix_of(&edited)));
    ck_assert_ptr_nonnull(write_of(&change, HM_REGISTER_WHY));
    ck_assert(hm_site_load(&lan, &household).merged.deleted);
}
END_TEST

START_TEST(a_delete_does_not_reach_what_its_author_did_not_see)
{
    share();
    (void)an_edit(&mai, &household, "cluster", "Tổ 2");
    ck_assert_int_eq(remove_it(&lan, &household, NULL), HM_OK);
    struct hm_change change = change_of(&lan, &changed);
    ck_assert_ptr_null(write_of(&change, HM_REGISTER_WHY));

    share();

    ck_assert(!hm_site_load(&lan, &household).merged.deleted);
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 1);
}
END_TEST

START_TEST(what_is_deleted_is_not_deleted_again)
{
    ck_assert_int_eq(remove_it(&lan, &household, NULL), HM_OK);

    ck_assert_int_eq(remove_it(&lan, &household, NULL), HM_NOT_FOUND);

    refused(&lan, "record-deleted", NULL);
}
END_TEST

START_TEST(an_edit_of_what_is_deleted_brings_it_back)
{
    ck_assert_int_eq(remove_it(&lan, &household, NULL), HM_OK);
    struct hm_id deletion = changed;

    ck_assert_int_eq(edit(&lan, &household, false, GIVEN("cluster", "Tổ 1")), HM_OK);

    struct hm_change change = change_of(&lan, &changed);
    ck_assert(hm_bytes_are(write_of(&change, HM_REGISTER_LIVE)->value, "t"));
    ck_assert(over(write_of(&change, HM_REGISTER_LIVE), &deletion));
    ck_assert(!hm_site_load(&lan, &household).merged.deleted);
}
END_TEST

START_TEST(a_kind_that_the_program_does_not_know_cannot_be_edited)
{
    struct hm_maker maker;
    hm_maker_init(&maker, &lan.arena, 1);
    maker.district = server.device;
    maker.device = lan.device;
    maker.kind = "boat";
    struct hm_change *boat = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(boat, &maker, "name", "Ghe", 0);
    hm_make_seal(boat, &maker);
    const struct hm_change *all[] = {boat};
    (void)hm_site_put(&lan, all, 1, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(edit(&lan, &boat->record, false, GIVEN("name", "x")), HM_BAD_INPUT);
    refused(&lan, "kind-unknown", "boat");
    ck_assert_int_eq(remove_it(&lan, &boat->record, NULL), HM_BAD_INPUT);
}
END_TEST

/* What is to be seen of a record now, as a page keeps it. */
struct sight {
    hm_prefix *heads;
    size_t count;
};

static struct sight sight_of(const struct hm_id *record)
{
    struct sight sight;
    struct hm_loaded loaded = hm_site_load(&lan, record);
    ck_assert_int_eq(
        hm_loaded_heads(&loaded, &sight.heads, &sight.count, &lan.arena, &lan.err),
        HM_OK);
    return sight;
}

static void edit_as_seen(struct sight sight,
                         const struct hm_id *record,
                         struct given fields)
{
    act_begin(&lan);
    hm_author_saw(lan.author, sight.heads, sight.count);
    ck_assert_int_eq(hm_author_edit(lan.author, record, fields.fields, fields.count,
                                    false, &changed, &lan.err),
                     HM_OK);
    act_commit(&lan);
}

static size_t heads_of(const struct hm_id *record, const char *reg)
{
    struct hm_loaded loaded = hm_site_load(&lan, record);
    const struct hm_register *found = hm_merged_register(&loaded.merged, hm_text(reg));
    return found == NULL ? 0 : found->head_count;
}

START_TEST(what_came_since_the_person_looked_is_not_written_over)
{
    struct hm_id first = an_edit(&lan, &household, "cluster", "Tổ 1");
    struct sight sight = sight_of(&household);
    share();
    struct hm_id since = an_edit(&mai, &household, "cluster", "Tổ 2");
    share();

    edit_as_seen(sight, &household, GIVEN("cluster", "Tổ 3"));

    struct hm_change change = change_of(&lan, &changed);
    ck_assert_uint_eq(write_of(&change, "cluster")->replaces_count, 1);
    ck_assert(over(write_of(&change, "cluster"), &first));
    ck_assert(!over(write_of(&change, "cluster"), &since));
    ck_assert_uint_eq(heads_of(&household, "cluster"), 2);
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
}
END_TEST

START_TEST(who_saw_it_all_or_says_nothing_of_it_writes_over_all)
{
    (void)an_edit(&lan, &household, "cluster", "Tổ 1");
    edit_as_seen(sight_of(&household), &household, GIVEN("cluster", "Tổ 2"));
    ck_assert_uint_eq(heads_of(&household, "cluster"), 1);

    (void)sight_of(&household);
    ck_assert_int_eq(edit(&lan, &household, false, GIVEN("cluster", "Tổ 3")), HM_OK);

    ck_assert_uint_eq(heads_of(&household, "cluster"), 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 0);
}
END_TEST

START_TEST(the_same_value_and_another_field_are_no_conflict)
{
    struct sight sight = sight_of(&household);
    (void)an_edit(&lan, &household, "cluster", "Tổ 2");

    edit_as_seen(sight, &household, GIVEN("cluster", "Tổ 2"));
    ck_assert_uint_eq(heads_of(&household, "cluster"), 2);
    edit_as_seen(sight, &household, GIVEN("head_name", "Sáu"));

    ck_assert_uint_eq(heads_of(&household, "head_name"), 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 0);
}
END_TEST

START_TEST(of_a_group_that_is_kept_which_was_seen)
{
    struct hm_id commitment = a_commitment(&lan, &household);
    struct sight sight = sight_of(&commitment);
    (void)an_edit(&lan, &commitment, "signer_name", "Sáu");

    edit_as_seen(sight, &commitment, GIVEN("signed_date", "05/03/2026"));

    struct hm_change change = change_of(&lan, &changed);
    struct hm_bytes name =
        hm_value_member(write_of(&change, "signing")->value, hm_text("signer_name"));
    ck_assert(hm_bytes_are(hm_value_text_or(name, HM_NO_BYTES), "Út"));
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
}
END_TEST

/* What heads one register and is written over in another is replaced where it heads. */
START_TEST(a_write_replaces_what_was_seen_in_its_own_register_alone)
{
    ck_assert_int_eq(
        edit(&lan, &household, false, GIVEN("cluster", "Tổ 1", "head_name", "Sáu")),
        HM_OK);
    struct hm_id both = changed;
    (void)an_edit(&lan, &household, "cluster", "Tổ 2");
    struct hm_id last = an_edit(&lan, &household, "cluster", "Tổ 3");
    struct sight sight = sight_of(&household);
    (void)an_edit(&lan, &household, "cluster", "Tổ 4");

    edit_as_seen(sight, &household, GIVEN("cluster", "Tổ 5", "head_name", "Bảy"));

    struct hm_change change = change_of(&lan, &changed);
    ck_assert_uint_eq(write_of(&change, "cluster")->replaces_count, 1);
    ck_assert(over(write_of(&change, "cluster"), &last));
    ck_assert_uint_eq(write_of(&change, "cluster")->depth, 4);
    ck_assert(over(write_of(&change, "head_name"), &both));
    ck_assert_uint_eq(heads_of(&household, "head_name"), 1);
}
END_TEST

/* What was seen and is withdrawn since is replaced all the same: it stands for nothing.
 */
START_TEST(what_was_seen_may_be_withdrawn_since)
{
    struct hm_id withdrawn = an_edit(&lan, &household, "cluster", "Tổ 1");
    struct sight sight = sight_of(&household);
    struct hm_id change;
    act_begin(&lan);
    ck_assert_int_eq(
        hm_author_withdraw(lan.author, &withdrawn, hm_text("nhầm"), &change, &lan.err),
        HM_OK);
    act_commit(&lan);

    edit_as_seen(sight, &household, GIVEN("cluster", "Tổ 2"));

    struct hm_change edited = change_of(&lan, &changed);
    ck_assert(over(write_of(&edited, "cluster"), &withdrawn));
    ck_assert_uint_eq(heads_of(&household, "cluster"), 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 0);
}
END_TEST

START_TEST(who_saw_nothing_replaces_nothing)
{
    struct sight nothing = sight_of(&household);
    nothing.count = 0;

    edit_as_seen(nothing, &household, GIVEN("head_name", "Sáu"));

    struct hm_change change = change_of(&lan, &changed);
    ck_assert_uint_eq(write_of(&change, "head_name")->replaces_count, 0);
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
}
END_TEST

START_TEST(a_delete_beside_an_edit_that_was_not_seen_is_a_conflict)
{
    struct sight sight = sight_of(&household);
    struct hm_id since = an_edit(&lan, &household, "cluster", "Tổ 2");
    act_begin(&lan);
    hm_author_saw(lan.author, sight.heads, sight.count);

    ck_assert_int_eq(
        hm_author_delete(lan.author, &household, HM_NO_BYTES, &changed, &lan.err), HM_OK);

    act_commit(&lan);
    struct hm_change change = change_of(&lan, &changed);
    ck_assert(!hm_prefixes_have(change.seen, change.seen_count, hm_prefix_of(&since)));
    struct hm_loaded loaded = hm_site_load(&lan, &household);
    ck_assert(loaded.merged.live_conflict);
    ck_assert(!loaded.merged.deleted);
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
}
END_TEST

START_TEST(an_edit_beside_a_delete_that_was_not_seen_is_a_conflict)
{
    struct sight sight = sight_of(&household);
    ck_assert_int_eq(remove_it(&lan, &household, NULL), HM_OK);

    edit_as_seen(sight, &household, GIVEN("cluster", "Tổ 2"));

    ck_assert(hm_site_load(&lan, &household).merged.live_conflict);
}
END_TEST

START_TEST(acts_of_one_transaction_see_each_other)
{
    struct given one = GIVEN("cluster", "Tổ 1");
    struct given other = GIVEN("cluster", "Tổ 2");
    struct hm_id first;
    act_begin(&lan);
    ck_assert_int_eq(
        hm_author_edit(lan.author, &household, one.fields, 1, false, &first, &lan.err),
        HM_OK);
    ck_assert_int_eq(hm_author_edit(lan.author, &household, other.fields, 1, false,
                                    &changed, &lan.err),
                     HM_OK);

    act_commit(&lan);

    struct hm_change change = change_of(&lan, &changed);
    ck_assert(over(write_of(&change, "cluster"), &first));
}
END_TEST

START_TEST(a_rolled_back_transaction_leaves_nothing)
{
    int64_t count = changes_of(&lan);
    struct hm_origin before = origin_of(&lan);
    struct given fields = GIVEN("cluster", "Tổ 1");
    act_begin(&lan);
    ck_assert_int_eq(hm_author_edit(lan.author, &household, fields.fields, 1, false,
                                    &changed, &lan.err),
                     HM_OK);

    hm_author_rollback(lan.author);

    struct hm_origin after = origin_of(&lan);
    ck_assert_int_eq(changes_of(&lan), count);
    ck_assert_uint_eq(after.seq, before.seq);
    ck_assert_int_eq(edit(&lan, &household, false, GIVEN("cluster", "Tổ 1")), HM_OK);
    ck_assert_uint_eq(origin_of(&lan).seq, before.seq + 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edit");
    TCase *group = tcase_create("edit");
    tcase_add_checked_fixture(group, setup, acting_finish);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, an_edit_replaces_what_stands_and_is_one_deeper);
    tcase_add_test(group, an_edit_of_several_fields_is_one_change);
    tcase_add_test(group, one_field_of_a_group_writes_the_whole_group);
    tcase_add_test(group, concurrent_edits_of_two_fields_of_a_group_are_one_conflict);
    tcase_add_test(group, only_what_is_new_is_written_where_that_is_asked);
    tcase_add_loop_test(group, an_edit_is_judged_before_anything_is_written, 0, 5);
    tcase_add_test(group, key_fields_are_never_edited);
    tcase_add_test(group, a_field_of_another_role_is_denied);
    tcase_add_test(group, a_record_out_of_reach_is_neither_edited_nor_deleted);
    tcase_add_test(group, a_record_that_is_not_here_is_named);
    tcase_add_test(group, an_edit_of_a_register_in_conflict_replaces_every_head);
    tcase_add_test(group, a_delete_names_every_head_that_its_author_saw);
    tcase_add_test(group, a_delete_does_not_reach_what_its_author_did_not_see);
    tcase_add_test(group, what_is_deleted_is_not_deleted_again);
    tcase_add_test(group, an_edit_of_what_is_deleted_brings_it_back);
    tcase_add_test(group, a_kind_that_the_program_does_not_know_cannot_be_edited);
    tcase_add_test(group, what_came_since_the_person_looked_is_not_written_over);
    tcase_add_test(group, who_saw_it_all_or_says_nothing_of_it_writes_over_all);
    tcase_add_test(group, the_same_value_and_another_field_are_no_conflict);
    tcase_add_test(group, of_a_group_that_is_kept_which_was_seen);
    tcase_add_test(group, a_write_replaces_what_was_seen_in_its_own_register_alone);
    tcase_add_test(group, what_was_seen_may_be_withdrawn_since);
    tcase_add_test(group, who_saw_nothing_replaces_nothing);
    tcase_add_test(group, a_delete_beside_an_edit_that_was_not_seen_is_a_conflict);
    tcase_add_test(group, an_edit_beside_a_delete_that_was_not_seen_is_a_conflict);
    tcase_add_test(group, acts_of_one_transaction_see_each_other);
    tcase_add_test(group, a_rolled_back_transaction_leaves_nothing);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
