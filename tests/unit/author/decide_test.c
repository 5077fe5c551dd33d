/* SPDX-License-Identifier: Apache-2.0 */
/* Resolutions and withdrawals. */
#include "acting.h"
#include "claim.h"
#include "hamlet/author/author.h"
#include "hamlet/base/json.h"
#include "hamlet/model/value.h"

static struct hm_id household;
static struct hm_id lans; /* the two heads of its field `cluster` */
static struct hm_id mais;

static void share(void)
{
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    hm_site_carry(&mai, &lan, HM_VERDICT_ACCEPTED);
}

/* "Tổ 1" by Lan against "Tổ 2" by Mai. */
static void setup(void)
{
    acting_start();
    household = a_household(&lan, "Út");
    share();
    lans = an_edit(&lan, &household, "cluster", "Tổ 1");
    mais = an_edit(&mai, &household, "cluster", "Tổ 2");
    share();
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 1);
}

static struct hm_conflict conflict_of(struct hm_site *site, bool open)
{
    struct hm_conflict *conflicts = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_conflicts(site->store, HM_NO_BYTES, open, &conflicts,
                                        &count, &site->arena, &site->err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    return conflicts[0];
}

static enum hm_status resolve(struct hm_site *site,
                              const struct hm_id *conflict,
                              const struct hm_id *take,
                              const char *json)
{
    static const struct hm_json_limits limits = {4096, 8, 4096};
    struct hm_json *value = NULL;
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    if (json != NULL) {
        ck_assert_int_eq(hm_json_parse(&value, hm_text(json), &limits, NULL), HM_OK);
    }
    act_begin(site);
    enum hm_status status = hm_author_resolve(site->author, conflict, take, value,
                                              hm_text("hỏi lại"), &changed, &site->err);
    hm_json_free(value);
    return tried(site, status, count, &before);
}

static enum hm_status withdraw(struct hm_site *site, const struct hm_id *bulk)
{
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    act_begin(site);
    enum hm_status status =
        hm_author_withdraw(site->author, bulk, hm_text("nhầm"), &changed, &site->err);
    return tried(site, status, count, &before);
}

START_TEST(a_resolution_takes_one_of_the_heads_and_replaces_all)
{
    struct hm_conflict conflict = conflict_of(&mai, true);

    ck_assert_int_eq(resolve(&mai, &conflict.id, &lans, NULL), HM_OK);

    struct hm_change change = change_of(&mai, &changed);
    ck_assert_int_eq(change.act, HM_ACT_RESOLVE);
    ck_assert(over(write_of(&change, "cluster"), &lans));
    ck_assert(over(write_of(&change, "cluster"), &mais));
    ck_assert_uint_eq(write_of(&change, "cluster")->replaces_count, 2);
    ck_assert_ptr_nonnull(write_of(&change, HM_REGISTER_WHY));
    ck_assert_str_eq(hm_site_shown(&mai, &household, "cluster"), "Tổ 1");
    struct hm_conflict settled = conflict_of(&mai, false);
    ck_assert(hm_id_equal(&settled.id, &conflict.id));
    ck_assert_int_ne(settled.resolution, 0);
}
END_TEST

START_TEST(a_resolution_may_say_something_else)
{
    struct hm_conflict conflict = conflict_of(&mai, true);

    ck_assert_int_eq(resolve(&mai, &conflict.id, NULL, "\"  Tổ 3 \""), HM_OK);

    ck_assert_str_eq(hm_site_shown(&mai, &household, "cluster"), "Tổ 3");
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 0);
}
END_TEST

START_TEST(a_resolution_is_judged_before_anything_is_written)
{
    struct hm_conflict conflict = conflict_of(&mai, true);
    struct hm_id none = hm_make_id(0x33);

    ck_assert_int_eq(resolve(&mai, &none, &lans, NULL), HM_NOT_FOUND);
    refused(&mai, "conflict-missing", "33333333333333333333333333333333");
    ck_assert_int_eq(resolve(&mai, &conflict.id, &none, NULL), HM_NOT_FOUND);
    refused(&mai, "head-missing", "33333333333333333333333333333333");
    ck_assert_int_eq(resolve(&mai, &conflict.id, NULL, "7"), HM_BAD_INPUT);
    ck_assert_int_eq(resolve(&mai, &conflict.id, NULL, "{\"a\":\"b\"}"), HM_BAD_INPUT);
    ck_assert_int_eq(resolve(&lan, &conflict.id, &lans, NULL), HM_DENIED);
    refused(&lan, "role-denied", "resolve");
}
END_TEST

/* The household itself never said anything of that register. */
START_TEST(an_id_that_another_home_claims_is_decided_there)
{
    static const char *const values[] = {"\"07\"", "\"08\""};
    struct hm_id claims[2];
    struct hm_conflict *conflicts = NULL;
    struct hm_loaded loaded;
    size_t count = 0;
    hm_site_claim(&mai, &server.device, "household", &household, "household_code", values,
                  claims);
    ck_assert_int_eq(hm_store_conflicts(mai.store, hm_text(HM_CLAIM_HOME), true,
                                        &conflicts, &count, &mai.arena, &mai.err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);

    ck_assert_int_eq(resolve(&mai, &conflicts[0].id, &lans, NULL), HM_NOT_FOUND);
    refused(&mai, "head-missing", NULL);
    ck_assert_int_eq(resolve(&mai, &conflicts[0].id, &claims[0], NULL), HM_OK);

    ck_assert(hm_bytes_are(change_of(&mai, &changed).home, HM_CLAIM_HOME));
    ck_assert_int_eq(
        hm_store_record_load(mai.store, &household, &loaded, &mai.arena, &mai.err),
        HM_OK);
    ck_assert_ptr_null(hm_merged_register(&loaded.merged, hm_text("household_code")));
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 1);
}
END_TEST

START_TEST(what_is_settled_is_not_settled_again)
{
    struct hm_conflict conflict = conflict_of(&mai, true);
    ck_assert_int_eq(resolve(&mai, &conflict.id, &lans, NULL), HM_OK);

    ck_assert_int_eq(resolve(&mai, &conflict.id, &mais, NULL), HM_NOT_FOUND);

    refused(&mai, "conflict-settled", NULL);
}
END_TEST

START_TEST(a_concurrent_edit_reopens_what_was_settled)
{
    struct hm_conflict conflict = conflict_of(&mai, true);
    ck_assert_int_eq(resolve(&mai, &conflict.id, &lans, NULL), HM_OK);
    (void)an_edit(&lan, &household, "cluster", "Tổ 4");

    share();

    struct hm_conflict again = conflict_of(&mai, true);
    ck_assert(hm_id_equal(&again.id, &conflict.id));
    ck_assert_str_eq(hm_site_shown(&mai, &household, "cluster"), "Tổ 1");
}
END_TEST

START_TEST(two_resolutions_collapse_or_are_a_conflict)
{
    struct hm_conflict conflict = conflict_of(&mai, true);
    struct hm_site anh;
    hm_site_open_laptop(&anh, &server, HM_MAI);
    anh.epoch++;
    hm_site_carry(&mai, &anh, HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(resolve(&mai, &conflict.id, &lans, NULL), HM_OK);
    ck_assert_int_eq(hm_store_begin(anh.store, &anh.err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(anh.store, HM_META_EPOCH, anh.epoch, &anh.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(anh.store, &anh.err), HM_OK);
    ck_assert_int_eq(resolve(&anh, &conflict.id, _i == 0 ? &lans : &mais, NULL), HM_OK);

    hm_site_carry(&anh, &mai, HM_VERDICT_ACCEPTED);

    ck_assert_uint_eq(hm_site_open_conflicts(&mai), _i == 0 ? 0 : 1);
    hm_site_close(&anh);
}
END_TEST

START_TEST(a_conflict_on_being_alive_is_settled_either_way)
{
    const struct hm_id record = a_household(&lan, "Sáu");
    share();
    struct hm_id deletion = a_delete(&lan, &record);
    struct hm_id edited = an_edit(&mai, &record, "cluster", "Tổ 9");
    share();
    struct hm_id id;
    hm_conflict_id(&id, &record, hm_text(HM_REGISTER_LIVE));

    ck_assert_int_eq(resolve(&mai, &id, _i == 0 ? &edited : &deletion, NULL), HM_OK);

    ck_assert_int_eq(hm_site_load(&mai, &record).merged.deleted, _i == 1);
    share();
    ck_assert_int_eq(hm_site_load(&lan, &record).merged.deleted, _i == 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 1); /* the one on `cluster` */
}
END_TEST

static struct hm_id a_bulk(struct hm_site *site)
{
    struct hm_id bulk;
    struct given fields = GIVEN("head_name", "Bảy", "address_text", "Tổ 3");
    struct given words = GIVEN("cluster", "Tổ 7");
    act_begin(site);
    ck_assert_int_eq(hm_author_bulk(site->author, &bulk, &site->err), HM_OK);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(hm_author_add(site->author, hm_text("household"), fields.fields,
                                       2, &added, &site->err),
                         HM_OK);
    }
    ck_assert_int_eq(hm_author_edit(site->author, &household, words.fields, 1, false,
                                    &changed, &site->err),
                     HM_OK);
    act_commit(site);
    return bulk;
}

START_TEST(a_bulk_is_undone_as_a_whole)
{
    struct hm_listed listed;
    struct hm_id bulk = a_bulk(&lan);
    struct hm_id record = added.record;
    ck_assert_str_eq(hm_site_shown(&lan, &household, "cluster"), "Tổ 7");

    ck_assert_int_eq(withdraw(&lan, &bulk), HM_OK);

    ck_assert_int_eq(hm_store_record_show(lan.store, &record, &listed, &lan.arena, NULL),
                     HM_NOT_FOUND);
    /* What the bulk replaced stands again: the two of the conflict. */
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
    struct hm_change change = change_of(&lan, &changed);
    ck_assert_int_eq(change.act, HM_ACT_WITHDRAW);
    ck_assert_uint_eq(change.name_count, 1);
    ck_assert(hm_id_equal(&change.names[0], &bulk));
}
END_TEST

START_TEST(only_acts_after_it_was_asked_for_carry_the_bulk)
{
    struct hm_id bulk = a_bulk(&lan);
    struct hm_id later = a_household(&lan, "Tám");

    struct hm_change of_bulk = change_of(&lan, &added.change);
    struct hm_change change = change_of(&lan, &later);

    ck_assert(hm_id_equal(&of_bulk.bulk, &bulk));
    ck_assert(hm_id_is_none(&change.bulk));
}
END_TEST

START_TEST(a_bulk_of_another_device_is_for_the_commune_to_undo)
{
    struct hm_id none = hm_make_id(0x55);
    struct hm_id bulk = a_bulk(&lan);
    struct hm_site hung;
    hm_site_open_laptop(&hung, &server, HM_HUNG);
    hm_site_carry(&lan, &hung, HM_VERDICT_ACCEPTED);
    share();

    ck_assert_int_eq(withdraw(&hung, &bulk), HM_DENIED);
    ck_assert_int_eq(withdraw(&mai, &bulk), HM_OK);
    ck_assert_int_eq(withdraw(&mai, &none), HM_NOT_FOUND);

    refused(&mai, "batch-missing", "55555555555555555555555555555555");
    hm_site_close(&hung);
}
END_TEST

START_TEST(a_bulk_that_touched_two_homes_is_withdrawn_in_both)
{
    struct hm_id bulk;
    struct hm_id records[2];
    static const char *const homes[] = {"30341-01", "30341-02"};
    act_begin(&mai);
    ck_assert_int_eq(hm_author_bulk(mai.author, &bulk, &mai.err), HM_OK);
    for (int i = 0; i < 2; i++) {
        struct given fields =
            GIVEN("head_name", "Bảy", "address_text", "T", "unit", homes[i]);
        ck_assert_int_eq(hm_author_add(mai.author, hm_text("household"), fields.fields, 3,
                                       &added, &mai.err),
                         HM_OK);
        records[i] = added.record;
    }
    act_commit(&mai);
    int64_t count = changes_of(&mai);

    ck_assert_int_eq(withdraw(&mai, &bulk), HM_OK);

    ck_assert_int_eq(changes_of(&mai), count + 2);
    for (int i = 0; i < 2; i++) {
        ck_assert(!hm_site_load(&mai, &records[i]).merged.there);
    }
}
END_TEST

START_TEST(a_resolution_that_is_withdrawn_gives_the_conflict_back)
{
    struct hm_conflict conflict = conflict_of(&mai, true);
    ck_assert_int_eq(resolve(&mai, &conflict.id, &lans, NULL), HM_OK);
    struct hm_id resolution = changed;
    ck_assert_uint_eq(hm_site_open_conflicts(&mai), 0);

    ck_assert_int_eq(withdraw(&mai, &resolution), HM_OK);

    struct hm_conflict again = conflict_of(&mai, true);
    ck_assert(hm_id_equal(&again.id, &conflict.id));
    struct hm_change change = change_of(&mai, &changed);
    ck_assert_int_eq(change.act, HM_ACT_WITHDRAW);
    ck_assert(hm_id_equal(&change.names[0], &resolution));
    ck_assert_ptr_nonnull(write_of(&change, HM_REGISTER_WHY));
}
END_TEST

START_TEST(a_withdrawal_is_judged_before_anything_is_written)
{
    struct hm_conflict conflict = conflict_of(&mai, true);
    ck_assert_int_eq(resolve(&mai, &conflict.id, &lans, NULL), HM_OK);
    struct hm_id resolution = changed;
    share();
    hm_site_carry(&mai, &server, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(withdraw(&lan, &resolution), HM_DENIED);
    refused(&lan, "withdraw-denied", NULL);
    ck_assert_int_eq(withdraw(&mai, &resolution), HM_OK);
    struct hm_id withdrawal = changed;
    ck_assert_int_eq(withdraw(&mai, &resolution), HM_NOT_FOUND);
    refused(&mai, "change-withdrawn", NULL);
    ck_assert_int_eq(withdraw(&mai, &withdrawal), HM_BAD_INPUT);
    refused(&mai, "withdraw-withdrawal", NULL);
}
END_TEST

START_TEST(a_bulk_is_withdrawn_once)
{
    struct hm_id bulk = a_bulk(&lan);
    ck_assert_int_eq(withdraw(&lan, &bulk), HM_OK);

    ck_assert_int_eq(withdraw(&lan, &bulk), HM_NOT_FOUND);

    refused(&lan, "batch-withdrawn", NULL);
}
END_TEST

START_TEST(what_the_registry_says_is_not_withdrawn)
{
    struct hm_loaded device;
    struct hm_id record;
    char hex[HM_HEX16_SIZE];
    struct hm_buf value;
    hm_hex_put(hex, hm_id_bytes(&lan.device));
    hm_buf_init(&value, 64);
    hm_value_put_text(&value, hm_text(hex));
    const struct hm_key_field key = {hm_text("device"), hm_buf_bytes(&value)};
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text("~device"), &key, 1);
    ck_assert_int_eq(
        hm_store_record_load(server.store, &record, &device, &server.arena, &server.err),
        HM_OK);

    ck_assert_int_eq(withdraw(&server, &device.held[0].change.id), HM_DENIED);

    refused(&server, "withdraw-registry", NULL);
    hm_buf_fini(&value);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decide");
    TCase *group = tcase_create("decide");
    tcase_add_checked_fixture(group, setup, acting_finish);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, a_resolution_takes_one_of_the_heads_and_replaces_all);
    tcase_add_test(group, a_resolution_may_say_something_else);
    tcase_add_test(group, a_resolution_is_judged_before_anything_is_written);
    tcase_add_test(group, an_id_that_another_home_claims_is_decided_there);
    tcase_add_test(group, what_is_settled_is_not_settled_again);
    tcase_add_test(group, a_concurrent_edit_reopens_what_was_settled);
    tcase_add_loop_test(group, two_resolutions_collapse_or_are_a_conflict, 0, 2);
    tcase_add_loop_test(group, a_conflict_on_being_alive_is_settled_either_way, 0, 2);
    tcase_add_test(group, a_bulk_is_undone_as_a_whole);
    tcase_add_test(group, only_acts_after_it_was_asked_for_carry_the_bulk);
    tcase_add_test(group, a_bulk_of_another_device_is_for_the_commune_to_undo);
    tcase_add_test(group, a_bulk_that_touched_two_homes_is_withdrawn_in_both);
    tcase_add_test(group, a_resolution_that_is_withdrawn_gives_the_conflict_back);
    tcase_add_test(group, a_withdrawal_is_judged_before_anything_is_written);
    tcase_add_test(group, a_bulk_is_withdrawn_once);
    tcase_add_test(group, what_the_registry_says_is_not_withdrawn);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
