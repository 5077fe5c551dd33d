/* SPDX-License-Identifier: Apache-2.0 */
#include "acting.h"
#include "hamlet/author/author.h"
#include "hamlet/model/value.h"

START_TEST(a_new_record_lives_in_the_own_unit_and_takes_its_change_s_id)
{
    struct hm_listed listed;

    ck_assert_int_eq(
        add(&lan, "household", GIVEN("head_name", "  Út ", "address_text", "Tổ 3")),
        HM_OK);

    ck_assert(hm_id_equal(&added.record, &added.change));
    ck_assert_int_eq(
        hm_store_record_show(lan.store, &added.record, &listed, &lan.arena, &lan.err),
        HM_OK);
    ck_assert(hm_bytes_are(listed.unit, "30341-01"));
    ck_assert_int_eq(listed.state, HM_STATE_LOCAL);
    ck_assert_str_eq(hm_site_shown(&lan, &added.record, "head_name"), "Út");
    struct hm_change change = change_of(&lan, &added.change);
    ck_assert_int_eq(change.act, HM_ACT_CREATE);
    ck_assert(hm_bytes_are(write_of(&change, HM_REGISTER_LIVE)->value, "t"));
    ck_assert(hm_bytes_are(change.role, "recorder"));
    ck_assert(hm_id_equal(&change.device, &lan.device));
}
END_TEST

START_TEST(the_chain_runs_over_what_was_written)
{
    struct hm_digest head;
    hm_chain_begin(&head, &lan.device, lan.epoch, NULL);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(
            add(&lan, "household", GIVEN("head_name", "Út", "address_text", "Tổ 3")),
            HM_OK);
        hm_chain_next(&head, &added.change);
    }

    struct hm_origin origin = origin_of(&lan);

    ck_assert_uint_eq(origin.seq, 3);
    ck_assert_uint_eq(origin.sent, 0);
    ck_assert(hm_digest_equal(&origin.head, &head));
}
END_TEST

START_TEST(the_input_is_judged_before_anything_is_written)
{
    static const struct {
        const char *kind;
        const char *words[7];
        enum hm_status status;
        const char *key;
        const char *arg;
    } bad[] = {
        {"boat", {"head_name", "Út"}, HM_BAD_INPUT, "kind-unknown", "boat"},
        {"household", {"colour", "red"}, HM_BAD_INPUT, "field-unknown", "colour"},
        {"household",
         {"head_name", "Út"},
         HM_BAD_INPUT,
         "field-required",
         "address_text"},
        {"household",
         {"head_name", " ", "address_text", "Tổ 3"},
         HM_BAD_INPUT,
         "field-required",
         "head_name"},
        {"household",
         {"head_name", "Út", "head_name", "Sáu", "address_text", "Tổ 3"},
         HM_BAD_INPUT,
         "field-twice",
         "head_name"},
        {"household",
         {"head_name", "Út", "address_text", "Tổ 3", "unit", "99999"},
         HM_BAD_INPUT,
         "unit-unknown",
         "99999"},
        {"household",
         {"head_name", "Út", "address_text", "Tổ 3", "unit", "30341-02"},
         HM_DENIED,
         "unit-scope",
         "30341-02"},
        {"household",
         {"head_name", "Út", "address_text", "Tổ 3", "unit", "30341"},
         HM_DENIED,
         "unit-scope",
         "30341"},
        {"commitment", {"year", "2026"}, HM_BAD_INPUT, "field-required", "household"},
        {"evaluation",
         {"year", "2026", "stage", "tham_dinh"},
         HM_DENIED,
         "role-denied",
         "create"},
        {"registration",
         {"year", "2026", "reg_type", "mo_hinh", "received_by", "Mai"},
         HM_DENIED,
         "role-denied",
         "create"},
        {"unit", {"code", "1", "name", "x"}, HM_DENIED, "role-denied", "create"},
    };

    ck_assert_int_eq(add(&lan, bad[_i].kind, given(bad[_i].words)), bad[_i].status);

    refused(&lan, bad[_i].key, bad[_i].arg);
}
END_TEST

START_TEST(a_value_that_its_type_does_not_take_names_its_field)
{
    ck_assert_int_eq(
        add(&lan, "registration", GIVEN("year", "soon", "reg_type", "mo_hinh")),
        HM_BAD_INPUT);

    ck_assert_str_eq(lan.err.arg[0], "year");
}
END_TEST

START_TEST(an_officer_writes_in_every_unit_below)
{
    ck_assert_int_eq(
        add(&mai, "household",
            GIVEN("head_name", "Út", "address_text", "T", "unit", "30341-02")),
        HM_OK);
    ck_assert_int_eq(
        add(&mai, "household",
            GIVEN("head_name", "Út", "address_text", "T", "unit", "30344-01")),
        HM_DENIED);
    refused(&mai, "unit-scope", "30344-01");
}
END_TEST

START_TEST(a_record_lives_where_the_one_that_it_belongs_to_lives)
{
    struct hm_id household;
    char hex[HM_HEX16_SIZE];
    ck_assert_int_eq(
        add(&mai, "household",
            GIVEN("head_name", "Út", "address_text", "T", "unit", "30341-02")),
        HM_OK);
    household = added.record;
    hm_hex_put(hex, hm_id_bytes(&household));

    ck_assert_int_eq(add(&mai, "commitment", GIVEN("household", hex, "year", "2026")),
                     HM_OK);

    struct hm_change change = change_of(&mai, &added.change);
    ck_assert(hm_bytes_are(change.home, "30341-02"));
}
END_TEST

START_TEST(what_a_field_refers_to_must_be_here_alive_and_of_its_kind)
{
    char hex[HM_HEX16_SIZE];
    struct hm_id household = a_household(&lan, "Út");
    struct hm_id commitment = a_commitment(&lan, &household);

    ck_assert_int_eq(
        add(&lan, "commitment",
            GIVEN("household", "00112233445566778899aabbccddeeff", "year", "2026")),
        HM_BAD_INPUT);
    hm_hex_put(hex, hm_id_bytes(&commitment));
    ck_assert_int_eq(add(&lan, "commitment", GIVEN("household", hex, "year", "2027")),
                     HM_BAD_INPUT);
    refused(&lan, "ref-wrong", "household");
    (void)a_delete(&lan, &household);
    hm_hex_put(hex, hm_id_bytes(&household));
    ck_assert_int_eq(add(&lan, "commitment", GIVEN("household", hex, "year", "2028")),
                     HM_BAD_INPUT);
    refused(&lan, "ref-wrong", "household");
}
END_TEST

/* The id that the protocol gives the registration of 2026 of this form. */
static struct hm_id registration_id(const char *home)
{
    uint8_t memory[64];
    struct hm_buf year;
    struct hm_id id;
    hm_buf_init_fixed(&year, memory, sizeof(memory));
    hm_value_put_int(&year, 2026);
    struct hm_maker maker;
    hm_maker_init(&maker, &lan.arena, 1);
    const struct hm_key_field key[] = {
        {hm_text("year"), hm_buf_bytes(&year)},
        {hm_text("reg_type"), hm_make_plain(&maker, "mo_hinh")}};
    hm_record_id(&id, hm_text(home), hm_text("registration"), key, 2);
    return id;
}

START_TEST(a_natural_key_is_the_record_s_id_in_its_home)
{
    struct hm_id expected = registration_id("30341-01");

    ck_assert_int_eq(
        add(&lan, "registration", GIVEN("reg_type", "mo_hinh", "year", "2026")), HM_OK);

    ck_assert(hm_id_equal(&added.record, &expected));
    ck_assert(!hm_id_equal(&added.record, &added.change));
    struct hm_change change = change_of(&lan, &added.change);
    ck_assert_uint_eq(change.key_field_count, 2);
    ck_assert(hm_bytes_are(change.key_fields[0].name, "year"));
    ck_assert_ptr_null(write_of(&change, "year"));
}
END_TEST

START_TEST(a_natural_key_that_lives_is_named)
{
    char hex[HM_HEX16_SIZE];
    ck_assert_int_eq(
        add(&lan, "registration", GIVEN("year", "2026", "reg_type", "mo_hinh")), HM_OK);
    hm_hex_put(hex, hm_id_bytes(&added.record));

    ck_assert_int_eq(
        add(&lan, "registration", GIVEN("year", "2026", "reg_type", "mo_hinh")),
        HM_EXISTS);

    refused(&lan, "record-exists", hex);
}
END_TEST

static enum hm_status add_here(struct given fields)
{
    return hm_author_add(lan.author, hm_text("registration"), fields.fields, fields.count,
                         &added, &lan.err);
}

START_TEST(a_natural_key_that_was_just_added_is_there_already)
{
    int64_t count = changes_of(&lan);
    act_begin(&lan);
    ck_assert_int_eq(add_here(GIVEN("year", "2026", "reg_type", "mo_hinh")), HM_OK);

    ck_assert_int_eq(add_here(GIVEN("year", "2026", "reg_type", "mo_hinh")), HM_EXISTS);

    lan.err = HM_ERR_NONE;
    ck_assert_int_eq(add_here(GIVEN("year", "2027", "reg_type", "mo_hinh")), HM_OK);
    act_commit(&lan);
    ck_assert_int_eq(changes_of(&lan), count + 2);
    ck_assert_uint_eq(origin_of(&lan).seq, 2);
}
END_TEST

START_TEST(a_deleted_record_of_the_same_key_comes_alive_with_what_is_given_only)
{
    ck_assert_int_eq(add(&lan, "registration",
                         GIVEN("year", "2026", "reg_type", "mo_hinh", "plan_no", "12",
                               "registrant_name", "Út")),
                     HM_OK);
    struct hm_id record = added.record;
    struct hm_id deletion = a_delete(&lan, &record);

    ck_assert_int_eq(
        add(&lan, "registration",
            GIVEN("year", "2026", "reg_type", "mo_hinh", "registrant_name", "Sáu")),
        HM_OK);

    ck_assert(hm_id_equal(&added.record, &record));
    ck_assert_str_eq(hm_site_shown(&lan, &record, "registrant_name"), "Sáu");
    ck_assert_str_eq(hm_site_shown(&lan, &record, "plan_no"), "-");
    struct hm_change change = change_of(&lan, &added.change);
    ck_assert(over(write_of(&change, HM_REGISTER_LIVE), &deletion));
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 0);
}
END_TEST

static void give(struct hm_site *site, const struct hm_change *change)
{
    (void)hm_site_put(site, &change, 1, HM_VERDICT_ACCEPTED);
}

/* An edit may come first: by a file, to a server that lost what had come before it. */
START_TEST(a_record_whose_creation_is_not_here_is_created_beside_what_is)
{
    struct hm_site hung;
    hm_site_open_laptop(&hung, &server, HM_HUNG);
    ck_assert_int_eq(add(&hung, "registration",
                         GIVEN("year", "2026", "reg_type", "mo_hinh", "plan_no", "11")),
                     HM_OK);
    struct hm_id record = added.record;
    struct hm_change creation = change_of(&hung, &added.change);
    ck_assert_int_eq(
        edit(&hung, &record, false, GIVEN("plan_no", "12", "registrant_name", "Út")),
        HM_OK);
    struct hm_change edition = change_of(&hung, &changed);
    give(&lan, &edition);

    ck_assert_int_eq(
        add(&lan, "registration",
            GIVEN("year", "2026", "reg_type", "mo_hinh", "registrant_name", "Sáu")),
        HM_OK);

    ck_assert(hm_id_equal(&added.record, &record));
    struct hm_change beside = change_of(&lan, &added.change);
    ck_assert_ptr_null(write_of(&beside, "plan_no"));
    ck_assert_uint_eq(write_of(&beside, "registrant_name")->replaces_count, 0);
    give(&lan, &creation);
    ck_assert_str_eq(hm_site_shown(&lan, &record, "plan_no"), "12");
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 1);
    hm_site_close(&hung);
}
END_TEST

START_TEST(what_was_deleted_a_moment_ago_may_be_added_in_the_same_transaction)
{
    ck_assert_int_eq(
        add(&lan, "registration", GIVEN("year", "2026", "reg_type", "mo_hinh")), HM_OK);
    struct hm_id record = added.record;
    act_begin(&lan);
    ck_assert_int_eq(
        hm_author_delete(lan.author, &record, HM_NO_BYTES, &changed, &lan.err), HM_OK);

    ck_assert_int_eq(add_here(GIVEN("year", "2026", "reg_type", "mo_hinh")), HM_OK);

    act_commit(&lan);
    ck_assert(hm_id_equal(&added.record, &record));
    ck_assert(!hm_site_load(&lan, &record).merged.deleted);
}
END_TEST

START_TEST(a_record_may_refer_to_one_that_was_just_added)
{
    char hex[HM_HEX16_SIZE];
    struct given fields = GIVEN("head_name", "Út", "address_text", "Tổ 3");
    act_begin(&lan);
    ck_assert_int_eq(hm_author_add(lan.author, hm_text("household"), fields.fields, 2,
                                   &added, &lan.err),
                     HM_OK);
    hm_hex_put(hex, hm_id_bytes(&added.record));
    fields = GIVEN("household", hex, "year", "2026");

    ck_assert_int_eq(hm_author_add(lan.author, hm_text("commitment"), fields.fields, 2,
                                   &added, &lan.err),
                     HM_OK);

    act_commit(&lan);
}
END_TEST

START_TEST(an_act_that_is_left_out_leaves_the_others)
{
    struct given good = GIVEN("head_name", "Út", "address_text", "Tổ 3");
    struct given bad = GIVEN("head_name", "Út");
    int64_t count = changes_of(&lan);
    act_begin(&lan);
    for (int i = 0; i < 700; i++) {
        struct hm_err err = HM_ERR_NONE;
        struct given *fields = i % 7 == 3 ? &bad : &good;
        enum hm_status status =
            hm_author_add(lan.author, hm_text("household"), fields->fields, fields->count,
                          &added, &err);
        ck_assert_int_eq(status, fields == &bad ? HM_BAD_INPUT : HM_OK);
    }

    act_commit(&lan);

    ck_assert_int_eq(changes_of(&lan), count + 600);
    ck_assert_uint_eq(origin_of(&lan).seq, 600);
}
END_TEST

START_TEST(a_run_holds_256_changes_over_any_number_of_openings)
{
    struct hm_stored_run *runs = NULL;
    size_t count = 0;
    struct hm_origin origin;
    for (int i = 0; i < 300; i++) {
        if (i % 100 == 0) {
            hm_site_reopen(&lan);
        }
        (void)a_household(&lan, "Út");
    }
    origin = origin_of(&lan);

    ck_assert_int_eq(
        hm_store_runs(lan.store, origin.row, 1, 300, &runs, &count, &lan.arena, &lan.err),
        HM_OK);

    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(runs[0].seq, 1);
    ck_assert_uint_eq(runs[0].end, 257);
    ck_assert_uint_eq(runs[1].seq, 257);
    ck_assert_int_ne(memcmp(runs[0].seed, runs[1].seed, HM_SALT_SIZE), 0);
    uint8_t key[HM_SALT_SIZE];
    struct hm_held *held = NULL;
    ck_assert_int_eq(hm_store_origin_changes(lan.store, origin.row, 260, 1, &held, &count,
                                             &lan.arena, &lan.err),
                     HM_OK);
    hm_change_key(key, runs[1].seed, 3);
    ck_assert_int_eq(memcmp(key, held[0].change.key, HM_SALT_SIZE), 0);
}
END_TEST

START_TEST(without_randomness_nothing_is_written)
{
    lan.env.random_fails = true;

    ck_assert_int_ne(
        add(&lan, "household", GIVEN("head_name", "Út", "address_text", "Tổ 3")), HM_OK);

    lan.env.random_fails = false;
    ck_assert_int_eq(
        add(&lan, "household", GIVEN("head_name", "Út", "address_text", "Tổ 3")), HM_OK);
}
END_TEST

START_TEST(a_store_without_a_device_has_no_author)
{
    struct hm_site empty;
    struct hm_author *author = NULL;
    hm_site_open_empty(&empty, HM_STORE_LAPTOP, 9);

    ck_assert_int_eq(hm_author_open(&author, empty.store, &empty.err), HM_UNCONFIGURED);

    ck_assert_ptr_null(author);
    hm_site_close(&empty);
}
END_TEST

START_TEST(an_author_writes_as_a_user_of_the_device_or_not_at_all)
{
    ck_assert_int_eq(hm_author_as(lan.author, hm_text("Ai Đó"), &lan.err), HM_NOT_FOUND);
    refused(&lan, "user-missing", "Ai Đó");
    lan.err = HM_ERR_NONE;
    ck_assert_int_eq(hm_author_as(lan.author, hm_text("Lan"), &lan.err), HM_OK);

    struct hm_id record = a_household(&lan, "Út");

    struct hm_id user = hm_person_user(&server, HM_LAN);
    struct hm_change change = change_of(&lan, &record);
    ck_assert(hm_id_equal(&change.user, &user));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("add");
    TCase *adds = tcase_create("add");
    TCase *keys = tcase_create("keys");
    TCase *transactions = tcase_create("transactions");
    tcase_add_test(adds, a_new_record_lives_in_the_own_unit_and_takes_its_change_s_id);
    tcase_add_test(adds, the_chain_runs_over_what_was_written);
    tcase_add_loop_test(adds, the_input_is_judged_before_anything_is_written, 0, 12);
    tcase_add_test(adds, a_value_that_its_type_does_not_take_names_its_field);
    tcase_add_test(adds, an_officer_writes_in_every_unit_below);
    tcase_add_test(adds, a_record_lives_where_the_one_that_it_belongs_to_lives);
    tcase_add_test(adds, what_a_field_refers_to_must_be_here_alive_and_of_its_kind);
    tcase_add_test(adds, a_store_without_a_device_has_no_author);
    tcase_add_test(adds, an_author_writes_as_a_user_of_the_device_or_not_at_all);
    add_group(suite, adds);
    tcase_add_test(keys, a_natural_key_is_the_record_s_id_in_its_home);
    tcase_add_test(keys, a_natural_key_that_lives_is_named);
    tcase_add_test(keys, a_natural_key_that_was_just_added_is_there_already);
    tcase_add_test(keys,
                   a_deleted_record_of_the_same_key_comes_alive_with_what_is_given_only);
    tcase_add_test(keys, a_record_whose_creation_is_not_here_is_created_beside_what_is);
    tcase_add_test(keys,
                   what_was_deleted_a_moment_ago_may_be_added_in_the_same_transaction);
    add_group(suite, keys);
    tcase_add_test(transactions, a_record_may_refer_to_one_that_was_just_added);
    tcase_add_test(transactions, an_act_that_is_left_out_leaves_the_others);
    tcase_add_test(transactions, a_run_holds_256_changes_over_any_number_of_openings);
    tcase_add_test(transactions, without_randomness_nothing_is_written);
    add_group(suite, transactions);
    return hm_run(suite);
}
