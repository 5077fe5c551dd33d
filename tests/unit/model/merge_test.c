/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/merge.h"

#include "merged.h"
#include "run.h"

enum { RECORDER = 1, OFFICER = 3 };

static struct hm_change *created;

/* A household that both have seen: name "Út", note "n". */
static void setup(void)
{
    history_start();
    created = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_make_text(created, &lan, "head_name", "Út", 0);
    hm_make_text(created, &lan, "note", "n", 0);
    hm_make_seal(created, &lan);
    know(created, RECORDER, true);
}

static struct hm_change *edit_of(struct hm_maker *who,
                                 const char *reg,
                                 const char *text,
                                 const struct hm_change *over)
{
    struct hm_change *change = hm_make(who, HM_ACT_EDIT, &created->record);
    hm_make_text(change, who, reg, text, 1, over);
    hm_make_seal(change, who);
    know(change, RECORDER, true);
    return change;
}

static struct hm_change *delete_of(struct hm_maker *who,
                                   const struct hm_change *live,
                                   const struct hm_change *seen)
{
    struct hm_change *change = hm_make(who, HM_ACT_DELETE, &created->record);
    hm_make_live(change, who, false, 1, live);
    hm_make_seen(change, who, 1, seen);
    hm_make_seal(change, who);
    know(change, RECORDER, true);
    return change;
}

/* A decision over two. */
static struct hm_change *decision_of(struct hm_maker *who,
                                     const char *reg,
                                     const char *text,
                                     const struct hm_change *a,
                                     const struct hm_change *b)
{
    struct hm_change *change = hm_make(who, HM_ACT_RESOLVE, &created->record);
    hm_make_text(change, who, reg, text, 2, a, b);
    hm_make_seal(change, who);
    know(change, OFFICER, true);
    return change;
}

START_TEST(edits_of_different_registers_are_no_conflict)
{
    (void)edit_of(&lan, "head_name", "Úc", created);
    (void)edit_of(&hung, "note", "m", created);

    merge();

    ck_assert(!in_conflict("head_name") && !in_conflict("note"));
    ck_assert_str_eq(shown("head_name"), "Úc");
    ck_assert_str_eq(shown("note"), "m");
}
END_TEST

START_TEST(edits_that_say_the_same_are_no_conflict)
{
    (void)edit_of(&lan, "head_name", "Úc", created);
    (void)edit_of(&hung, "head_name", "Úc", created);

    merge();

    ck_assert_uint_eq(reg_of("head_name")->head_count, 2);
    ck_assert(!in_conflict("head_name"));
}
END_TEST

START_TEST(edits_that_say_different_things_are_a_conflict)
{
    const struct hm_change *one = edit_of(&lan, "head_name", "Úc", created);
    const struct hm_change *two = edit_of(&hung, "head_name", "Út Em", created);

    merge();

    ck_assert(in_conflict("head_name"));
    ck_assert(known_of(history.known, &one->id)->disputed);
    ck_assert(known_of(history.known, &two->id)->disputed);
    ck_assert(!known_of(history.known, &created->id)->disputed);
}
END_TEST

START_TEST(there_and_back_again_against_an_edit_is_a_conflict)
{
    const struct hm_change *there = edit_of(&lan, "head_name", "B", created);
    (void)edit_of(&lan, "head_name", "Út", there);
    (void)edit_of(&hung, "head_name", "C", created);

    merge();

    ck_assert(in_conflict("head_name"));
}
END_TEST

START_TEST(an_edit_that_saw_the_other_replaces_it)
{
    const struct hm_change *one = edit_of(&lan, "head_name", "B", created);
    (void)edit_of(&hung, "head_name", "C", one);

    merge();

    ck_assert(!in_conflict("head_name"));
    ck_assert_str_eq(shown("head_name"), "C");
    ck_assert(!history.merged.incomplete);
}
END_TEST

START_TEST(a_delete_against_an_unseen_edit_is_a_conflict)
{
    const struct hm_change *deleted = delete_of(&lan, created, created);
    const struct hm_change *edited = edit_of(&hung, "note", "m", created);

    merge();

    ck_assert(history.merged.live_conflict);
    ck_assert(!history.merged.deleted);
    ck_assert_uint_eq(history.merged.live_count, 2);
    ck_assert_ptr_null(history.merged.live_heads[history.merged.live_shown].write);
    ck_assert(known_of(history.known, &deleted->id)->disputed);
    ck_assert(known_of(history.known, &edited->id)->disputed);
    ck_assert_str_eq(shown("note"), "m");
}
END_TEST

START_TEST(a_delete_that_saw_all_deletes)
{
    const struct hm_change *edited = edit_of(&hung, "note", "m", created);
    struct hm_change *deleted = hm_make(&lan, HM_ACT_DELETE, &created->record);
    hm_make_live(deleted, &lan, false, 1, created);
    hm_make_seen(deleted, &lan, 2, created, edited);
    hm_make_seal(deleted, &lan);
    know(deleted, RECORDER, true);

    merge();

    ck_assert(history.merged.deleted);
    ck_assert(!history.merged.live_conflict);
}
END_TEST

START_TEST(what_a_delete_saw_reaches_back_through_what_that_replaced)
{
    const struct hm_change *first = edit_of(&hung, "note", "m", created);
    const struct hm_change *second = edit_of(&hung, "note", "o", first);
    struct hm_change *deleted = hm_make(&lan, HM_ACT_DELETE, &created->record);
    hm_make_live(deleted, &lan, false, 1, created);
    hm_make_seen(deleted, &lan, 2, created, second);
    hm_make_seal(deleted, &lan);
    know(deleted, RECORDER, true);
    /* The second edit is withdrawn: what it replaced stands, and had been seen too. */
    history.known[2].effective = false;

    merge();

    ck_assert_str_eq(shown("note"), "m");
    ck_assert(history.merged.deleted);
}
END_TEST

START_TEST(an_edit_of_what_was_seen_deleted_brings_it_back)
{
    const struct hm_change *deleted = delete_of(&lan, created, created);
    struct hm_change *back = hm_make(&hung, HM_ACT_EDIT, &created->record);
    hm_make_text(back, &hung, "note", "m", 1, created);
    hm_make_live(back, &hung, true, 1, deleted);
    hm_make_seal(back, &hung);
    know(back, RECORDER, true);

    merge();

    ck_assert(!history.merged.deleted);
    ck_assert(!history.merged.live_conflict);
}
END_TEST

START_TEST(two_deletes_agree)
{
    (void)delete_of(&lan, created, created);
    (void)delete_of(&hung, created, created);

    merge();

    ck_assert(history.merged.deleted);
    ck_assert_uint_eq(reg_of("~live")->head_count, 2);
}
END_TEST

START_TEST(two_deletes_against_one_edit_are_one_conflict)
{
    (void)delete_of(&lan, created, created);
    (void)delete_of(&hung, created, created);
    (void)edit_of(&mai, "note", "m", created);

    merge();

    ck_assert(history.merged.live_conflict);
    ck_assert_uint_eq(history.merged.live_count, 3);
}
END_TEST

/* Two who create the same natural key offline get one record. */
static struct hm_change *keyed_create(struct hm_maker *who, const char *name)
{
    struct hm_change *change = hm_make(who, HM_ACT_CREATE, &created->record);
    hm_make_text(change, who, "head_name", name, 0);
    hm_make_seal(change, who);
    know(change, RECORDER, true);
    return change;
}

START_TEST(one_record_created_twice_is_in_conflict_where_the_two_differ)
{
    history.count = 0;
    struct hm_change *one = keyed_create(&lan, "Út");
    struct hm_change *two = keyed_create(&hung, "Úc");
    hm_make_text(two, &hung, "note", "only here", 0);
    hm_make_seal(two, &hung);

    merge();

    ck_assert(in_conflict("head_name"));
    ck_assert(!in_conflict("note") && !in_conflict("~live"));
    ck_assert_uint_eq(reg_of("~live")->head_count, 2);
    ck_assert(!hm_id_equal(&one->id, &two->id));
}
END_TEST

START_TEST(a_decision_ends_what_it_saw_and_a_concurrent_edit_reopens_it)
{
    const struct hm_change *one = edit_of(&lan, "head_name", "B", created);
    const struct hm_change *two = edit_of(&hung, "head_name", "C", created);
    (void)decision_of(&mai, "head_name", "B", one, two);

    merge();
    ck_assert(!in_conflict("head_name"));
    ck_assert_str_eq(shown("head_name"), "B");

    (void)edit_of(&hung, "head_name", "D", two);
    merge();
    ck_assert(in_conflict("head_name"));
    ck_assert_str_eq(shown("head_name"), "B"); /* the decision is shown meanwhile */
}
END_TEST

START_TEST(two_decisions_collapse_or_are_a_conflict_of_their_own)
{
    const struct hm_change *one = edit_of(&lan, "head_name", "B", created);
    const struct hm_change *two = edit_of(&hung, "head_name", "C", created);
    (void)decision_of(&mai, "head_name", "B", one, two);
    (void)decision_of(&hung, "head_name", "B", one, two);

    merge();
    ck_assert(!in_conflict("head_name"));

    (void)decision_of(&lan, "head_name", "C", one, two);
    merge();
    ck_assert(in_conflict("head_name"));
}
END_TEST

START_TEST(a_change_that_does_not_count_is_seen_through)
{
    const struct hm_change *refused = edit_of(&lan, "head_name", "bad", created);
    (void)edit_of(&lan, "head_name", "good", refused);
    history.known[1].effective = false;

    merge();

    ck_assert(!in_conflict("head_name"));
    ck_assert_uint_eq(reg_of("head_name")->head_count, 1);
    ck_assert_str_eq(shown("head_name"), "good");
    ck_assert(!history.merged.incomplete);
}
END_TEST

START_TEST(what_a_change_that_does_not_count_replaced_stands)
{
    (void)edit_of(&lan, "head_name", "bad", created);
    history.known[1].effective = false;

    merge();

    ck_assert_str_eq(shown("head_name"), "Út");
}
END_TEST

START_TEST(a_withdrawn_decision_gives_the_conflict_back_unless_overwritten)
{
    const struct hm_change *one = edit_of(&lan, "head_name", "B", created);
    const struct hm_change *two = edit_of(&hung, "head_name", "C", created);
    const struct hm_change *decision = decision_of(&mai, "head_name", "B", one, two);
    history.known[3].effective = false;

    merge();
    ck_assert(in_conflict("head_name"));
    ck_assert_uint_eq(reg_of("head_name")->head_count, 2);

    (void)edit_of(&lan, "head_name", "E", decision);
    merge();
    ck_assert(!in_conflict("head_name"));
    ck_assert_str_eq(shown("head_name"), "E");
}
END_TEST

START_TEST(an_unknown_predecessor_blocks_nothing_and_is_marked)
{
    struct hm_change *unknown = hm_make(&hung, HM_ACT_EDIT, &created->record);
    hm_make_text(unknown, &hung, "head_name", "B", 1, created);
    hm_make_seal(unknown, &hung);
    const struct hm_change *late = edit_of(&hung, "head_name", "C", unknown);

    merge();
    ck_assert(history.merged.incomplete);
    ck_assert(known_of(history.known, &late->id)->incomplete);
    ck_assert(in_conflict("head_name")); /* with the creation, until it comes */

    know(unknown, RECORDER, true);
    merge();
    ck_assert(!history.merged.incomplete);
    ck_assert(!in_conflict("head_name"));
    ck_assert_str_eq(shown("head_name"), "C");
}
END_TEST

START_TEST(a_record_may_be_known_by_an_edit_alone)
{
    history.count = 0;
    (void)edit_of(&hung, "note", "m", created);

    merge();

    ck_assert(history.merged.there && history.merged.incomplete);
    ck_assert_ptr_null(reg_of("~live"));
    ck_assert(!history.merged.deleted);
}
END_TEST

START_TEST(a_record_without_heads_is_not_there)
{
    history.known[0].effective = false;
    merge();
    ck_assert(!history.merged.there);
    ck_assert_uint_eq(history.merged.register_count, 0);

    history.count = 0;
    merge();
    ck_assert(!history.merged.there);
}
END_TEST

START_TEST(a_reason_is_no_register)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_EDIT, &created->record);
    hm_make_text(change, &lan, HM_REGISTER_WHY, "vì", 0);
    hm_make_seal(change, &lan);
    know(change, RECORDER, true);

    merge();

    ck_assert_ptr_null(reg_of(HM_REGISTER_WHY));
    ck_assert_uint_eq(history.merged.register_count, 3);
}
END_TEST

START_TEST(a_withheld_value_is_unlike_every_other_but_itself)
{
    struct hm_change *one = edit_of(&lan, "head_name", "B", created);
    struct hm_change *two = edit_of(&hung, "head_name", "B", created);
    history.known[1].change = hm_make_skeleton(&lan, one);

    merge();
    ck_assert(in_conflict("head_name"));

    history.known[2].change = hm_make_skeleton(&hung, two);
    merge();
    ck_assert(in_conflict("head_name"));
    history.count = 2;
    merge();
    ck_assert(!in_conflict("head_name"));
}
END_TEST

START_TEST(what_is_withheld_deletes_nothing)
{
    history.known[0].change = hm_make_skeleton(&lan, created);
    merge();
    ck_assert(!history.merged.deleted && !history.merged.live_conflict);

    history.known[0].change = created;
    struct hm_change *deleted = delete_of(&lan, created, created);
    merge();
    ck_assert(history.merged.deleted);
    history.known[1].change = hm_make_skeleton(&lan, deleted);
    merge();
    ck_assert(!history.merged.deleted && !history.merged.live_conflict);
}
END_TEST

/* What decides between heads, strongest first (PROTOCOL.md 4, Shown). */
START_TEST(shown_is_a_decision_then_rank_then_depth_then_id)
{
    struct hm_change *low = edit_of(&lan, "head_name", "low", created);
    struct hm_change *deep = edit_of(&hung, "head_name", "deep", created);
    deep->writes[0].depth = 9;
    hm_make_seal(deep, &hung);
    merge();
    ck_assert_str_eq(shown("head_name"), "deep");

    struct hm_change *high = edit_of(&mai, "head_name", "high", created);
    history.known[3].rank = OFFICER;
    merge();
    ck_assert_str_eq(shown("head_name"), "high");

    struct hm_change *decided = hm_make(&lan, HM_ACT_POLICY, &created->record);
    hm_make_text(decided, &lan, "head_name", "decided", 1, created);
    hm_make_seal(decided, &lan);
    know(decided, 0, true);
    merge();
    ck_assert_str_eq(shown("head_name"), "decided");

    struct hm_change *equal = edit_of(&lan, "head_name", "other", created);
    const char *greater = hm_id_compare(&equal->id, &low->id) > 0 ? "other" : "low";
    history.known[1] = history.known[5];
    history.count = 2;
    know(low, RECORDER, true);
    merge();
    ck_assert_str_eq(shown("head_name"), greater);
    (void)high;
}
END_TEST

START_TEST(a_prefix_means_every_write_that_begins_with_it)
{
    struct hm_change *one = edit_of(&lan, "head_name", "B", created);
    struct hm_change *two = edit_of(&hung, "head_name", "C", created);
    memcpy(two->id.at, one->id.at, HM_PREFIX_SIZE); /* as if ground for it */
    (void)edit_of(&mai, "head_name", "D", one);

    merge();

    ck_assert_uint_eq(reg_of("head_name")->head_count, 1);
    ck_assert_str_eq(shown("head_name"), "D");
}
END_TEST

START_TEST(a_prefix_means_nothing_in_another_register)
{
    struct hm_change *change = hm_make(&hung, HM_ACT_EDIT, &created->record);
    struct hm_change *other = edit_of(&lan, "cluster", "B", created);
    hm_make_text(change, &hung, "note", "m", 1, other);
    hm_make_seal(change, &hung);
    know(change, RECORDER, true);

    merge();

    ck_assert(in_conflict("note"));
    ck_assert(known_of(history.known, &change->id)->incomplete);
    ck_assert_str_eq(shown("cluster"), "B");
}
END_TEST

START_TEST(a_delete_is_not_stopped_by_what_it_wrote_itself)
{
    struct hm_change *deleted = hm_make(&lan, HM_ACT_RESOLVE, &created->record);
    hm_make_live(deleted, &lan, false, 1, created);
    hm_make_text(deleted, &lan, "note", "odd", 1, created);
    hm_make_seen(deleted, &lan, 1, created);
    hm_make_seal(deleted, &lan);
    know(deleted, OFFICER, true);

    merge();

    ck_assert(history.merged.deleted);
    ck_assert(!history.merged.live_conflict);
    ck_assert_str_eq(shown("note"), "odd");
}
END_TEST

START_TEST(the_base_of_a_conflict_is_what_all_its_heads_replaced)
{
    (void)edit_of(&lan, "head_name", "B", created);
    (void)edit_of(&hung, "head_name", "C", created);
    (void)edit_of(&hung, "note", "m", created);
    merge();

    struct hm_bytes base =
        hm_merged_base(reg_of("head_name"), history.known, history.count);
    ck_assert(hm_bytes_are(hm_value_text_or(base, HM_NO_BYTES), "Út"));

    const struct hm_change *second = edit_of(&mai, "head_name", "E", created);
    (void)edit_of(&mai, "head_name", "F", second);
    merge();
    ck_assert_uint_eq(
        hm_merged_base(reg_of("head_name"), history.known, history.count).size, 0);
}
END_TEST

START_TEST(a_conflict_is_named_by_record_and_register)
{
    struct hm_id conflict;
    struct hm_id record = hm_make_id(3);
    char hex[HM_HEX16_SIZE];

    hm_conflict_id(&conflict, &record, hm_text("head_name"));

    hm_hex_put(hex, hm_id_bytes(&conflict));
    ck_assert_str_eq(hex, "21ccbe066f09880fa3dc89f60f0d4238");
}
END_TEST

static void add_traps(TCase *traps)
{
    tcase_add_test(traps, edits_of_different_registers_are_no_conflict);
    tcase_add_test(traps, edits_that_say_the_same_are_no_conflict);
    tcase_add_test(traps, edits_that_say_different_things_are_a_conflict);
    tcase_add_test(traps, there_and_back_again_against_an_edit_is_a_conflict);
    tcase_add_test(traps, an_edit_that_saw_the_other_replaces_it);
    tcase_add_test(traps, one_record_created_twice_is_in_conflict_where_the_two_differ);
    tcase_add_test(traps, a_decision_ends_what_it_saw_and_a_concurrent_edit_reopens_it);
    tcase_add_test(traps, two_decisions_collapse_or_are_a_conflict_of_their_own);
    tcase_add_test(traps, a_change_that_does_not_count_is_seen_through);
    tcase_add_test(traps, what_a_change_that_does_not_count_replaced_stands);
    tcase_add_test(traps,
                   a_withdrawn_decision_gives_the_conflict_back_unless_overwritten);
    tcase_add_test(traps, an_unknown_predecessor_blocks_nothing_and_is_marked);
}

static void add_deletes(TCase *deletes)
{
    tcase_add_test(deletes, a_delete_against_an_unseen_edit_is_a_conflict);
    tcase_add_test(deletes, a_delete_that_saw_all_deletes);
    tcase_add_test(deletes, what_a_delete_saw_reaches_back_through_what_that_replaced);
    tcase_add_test(deletes, an_edit_of_what_was_seen_deleted_brings_it_back);
    tcase_add_test(deletes, two_deletes_agree);
    tcase_add_test(deletes, two_deletes_against_one_edit_are_one_conflict);
    tcase_add_test(deletes, what_is_withheld_deletes_nothing);
    tcase_add_test(deletes, a_delete_is_not_stopped_by_what_it_wrote_itself);
}

int main(void)
{
    Suite *suite = suite_create("merge");
    TCase *traps = tcase_create("traps");
    tcase_add_checked_fixture(traps, setup, history_finish);
    add_traps(traps);
    suite_add_tcase(suite, traps);

    TCase *deletes = tcase_create("deletes");
    tcase_add_checked_fixture(deletes, setup, history_finish);
    add_deletes(deletes);
    suite_add_tcase(suite, deletes);

    TCase *rules = tcase_create("rules");
    tcase_add_checked_fixture(rules, setup, history_finish);
    tcase_add_test(rules, a_record_may_be_known_by_an_edit_alone);
    tcase_add_test(rules, a_record_without_heads_is_not_there);
    tcase_add_test(rules, a_reason_is_no_register);
    tcase_add_test(rules, a_withheld_value_is_unlike_every_other_but_itself);
    tcase_add_test(rules, shown_is_a_decision_then_rank_then_depth_then_id);
    tcase_add_test(rules, a_prefix_means_every_write_that_begins_with_it);
    tcase_add_test(rules, a_prefix_means_nothing_in_another_register);
    tcase_add_test(rules, the_base_of_a_conflict_is_what_all_its_heads_replaced);
    tcase_add_test(rules, a_conflict_is_named_by_record_and_register);
    suite_add_tcase(suite, rules);
    return hm_run(suite);
}
