/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing, as a person asks for it. */
#include <stdarg.h>
#include <stdio.h>

#include "../../../proto/author/erasing.h"
#include "acting.h"
#include "hamlet/author/erase.h"
#include "hamlet/author/saw.h"
#include "hamlet/author/server.h"
#include "hamlet/model/value.h"
#include "hamlet/store/erase.h"
#include "hamlet/store/void.h"

static struct hm_id household;
static bool more; /* what erase says of what is left */

static void setup(void)
{
    acting_start();
    household = a_household(&lan, "Bà Bí Mật");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
}

static enum hm_status erase(struct hm_site *site, const struct hm_id *record, ...)
{
    struct hm_bytes names[8];
    size_t n = 0;
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    va_list args;
    va_start(args, record);
    for (const char *name = va_arg(args, const char *); name != NULL;
         name = va_arg(args, const char *)) {
        names[n++] = hm_text(name);
    }
    va_end(args);
    act_begin(site);
    enum hm_status status =
        hm_author_erase(site->author, record, names, n, hm_text("theo yêu cầu"), &changed,
                        &more, &site->err);
    return tried(site, status, count, &before);
}

static bool holds(struct hm_site *site, const char *reg)
{
    struct hm_loaded loaded = hm_site_load(site, &household);
    for (size_t i = 0; i < loaded.count; i++) {
        const struct hm_write *write = write_of(&loaded.held[i].change, reg);
        if (write != NULL && write->value.size > 1) {
            return true;
        }
    }
    return false;
}

START_TEST(the_district_erases_a_field_at_once)
{
    (void)an_edit(&lan, &household, "head_name", "Bà Bí Mật Hai");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);

    struct hm_change change = change_of(&server, &changed);
    ck_assert_int_eq(change.act, HM_ACT_ERASE);
    ck_assert_int_eq(hm_value_tag(write_of(&change, "head_name")->value), HM_VALUE_NULL);
    ck_assert_uint_eq(write_of(&change, "head_name")->replaces_count, 1);
    ck_assert_uint_eq(write_of(&change, "head_name")->depth, 3);
    ck_assert(!holds(&server, "head_name"));
    ck_assert(holds(&server, "address_text"));
    ck_assert_str_eq(hm_site_shown(&server, &household, "head_name"), "-");
}
END_TEST

START_TEST(what_was_refused_and_what_is_in_conflict_is_erased_with_it)
{
    (void)an_edit(&lan, &household, "cluster", "Tổ Một");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&server, &mai, HM_VERDICT_ACCEPTED);
    (void)an_edit(&mai, &household, "cluster", "Tổ Hai");
    (void)an_edit(&lan, &household, "cluster", "Tổ Ba");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&mai, &server, HM_VERDICT_QUARANTINED);

    ck_assert_int_eq(erase(&server, &household, "cluster", NULL), HM_OK);

    ck_assert(!holds(&server, "cluster"));
    struct hm_change change = change_of(&server, &changed);
    ck_assert_uint_eq(write_of(&change, "cluster")->replaces_count, 2);
}
END_TEST

static struct hm_id decided_with_a_reason(struct hm_site *site)
{
    struct hm_conflict *conflicts = NULL;
    struct hm_id made;
    size_t count = 0;
    ck_assert_int_eq(hm_store_conflicts(site->store, HM_NO_BYTES, true, &conflicts,
                                        &count, &site->arena, &site->err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    struct hm_loaded loaded = hm_site_load(site, &household);
    const struct hm_register *reg =
        hm_merged_register(&loaded.merged, hm_text("cluster"));
    struct hm_id take = loaded.known[reg->heads[0].known].change->id;
    act_begin(site);
    ck_assert_int_eq(hm_author_resolve(site->author, &conflicts[0].id, &take, NULL,
                                       hm_text("bà ở Tổ Hai"), &made, &site->err),
                     HM_OK);
    act_commit(site);
    return made;
}

START_TEST(reasons_that_came_with_the_value_go_with_it)
{
    (void)an_edit(&lan, &household, "cluster", "Tổ Một");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&server, &mai, HM_VERDICT_ACCEPTED);
    (void)an_edit(&mai, &household, "cluster", "Tổ Hai");
    (void)an_edit(&lan, &household, "cluster", "Tổ Ba");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&mai, &server, HM_VERDICT_ACCEPTED);
    struct hm_id resolution = decided_with_a_reason(&server);
    struct hm_change decided = change_of(&server, &resolution);
    ck_assert_ptr_nonnull(write_of(&decided, HM_REGISTER_WHY));

    ck_assert_int_eq(erase(&server, &household, "cluster", NULL), HM_OK);

    decided = change_of(&server, &resolution);
    ck_assert_uint_eq(write_of(&decided, HM_REGISTER_WHY)->value.size, 0);
    ck_assert(!holds(&server, "cluster"));
    struct hm_change change = change_of(&server, &changed);
    ck_assert_uint_gt(write_of(&change, HM_REGISTER_WHY)->value.size, 0);
}
END_TEST

/* Why this change was taken back, as it stands here now. */
static struct hm_id taken_back(struct hm_site *site, const struct hm_id *name)
{
    struct hm_id made;
    act_begin(site);
    ck_assert_int_eq(hm_author_withdraw(site->author, name, hm_text("bà ấy không ở đây"),
                                        &made, &site->err),
                     HM_OK);
    act_commit(site);
    return made;
}

static size_t reason_of(struct hm_site *site, const struct hm_id *id)
{
    struct hm_change change = change_of(site, id);
    return write_of(&change, HM_REGISTER_WHY)->value.size;
}

START_TEST(reasons_for_taking_the_value_back_go_with_it_and_no_others)
{
    struct hm_id other = a_household(&lan, "Ông Khác");
    struct hm_id here = an_edit(&lan, &household, "cluster", "Tổ Bí Mật");
    struct hm_id there = an_edit(&lan, &other, "cluster", "Tổ Bốn");
    struct hm_id beside = an_edit(&lan, &household, "address_text", "Số 3");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    struct hm_id ours = taken_back(&server, &here);
    struct hm_id theirs = taken_back(&server, &there);
    struct hm_id besides = taken_back(&server, &beside);
    hm_site_carry(&server, &mai, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(erase(&server, &household, "cluster", NULL), HM_OK);
    hm_site_carry(&server, &mai, HM_VERDICT_ACCEPTED); /* where it lay already */
    hm_site_carry(&server, &lan,
                  HM_VERDICT_ACCEPTED); /* to whom it comes with its order */

    struct hm_site *const sites[] = {&server, &mai, &lan};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(reason_of(sites[i], &ours), 0);
        ck_assert_uint_gt(reason_of(sites[i], &theirs), 0);
        ck_assert_uint_gt(reason_of(sites[i], &besides), 0);
    }
}
END_TEST

START_TEST(a_deleted_record_is_erased_and_stays_deleted)
{
    (void)a_delete(&lan, &household);
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(
        erase(&server, &household, "head_name", "address_text", "~why", NULL), HM_OK);

    struct hm_loaded loaded = hm_site_load(&server, &household);
    ck_assert(loaded.merged.deleted);
    ck_assert(!loaded.merged.live_conflict);
    ck_assert(!holds(&server, "head_name") && !holds(&server, "address_text"));
}
END_TEST

/* ---- records of which nothing stands ---- */

static struct hm_id void_id;
static size_t void_count;

static enum hm_status note_void(void *ctx,
                                const struct hm_listed *listed,
                                struct hm_err *err)
{
    (void)ctx;
    (void)err;
    void_id = listed->id;
    void_count++;
    return HM_OK;
}

/* So many of the households of which nothing stands are found by this. */
static size_t find_void(struct hm_site *site, const char *search)
{
    const struct hm_void_query query = {.kind = hm_text("household"),
                                        .search = hm_text(search)};
    void_count = 0;
    ck_assert_int_eq(hm_store_list_void(site->store, &query, note_void, NULL, &site->err),
                     HM_OK);
    return void_count;
}

/* Nothing of it is held, found or shown any more, and it stands deleted. */
static void check_forgotten(struct hm_site *site)
{
    ck_assert(!holds(site, "head_name") && !holds(site, "address_text"));
    ck_assert_uint_eq(find_void(site, "tu choi"), 0);
    struct hm_loaded loaded = hm_site_load(site, &household);
    ck_assert(loaded.merged.there && loaded.merged.deleted);
    ck_assert(!loaded.merged.live_conflict && !loaded.merged.incomplete);
}

START_TEST(what_was_wholly_refused_is_erased)
{
    household = a_household(&lan, "Bà Từ Chối");
    hm_site_carry(&lan, &server, HM_VERDICT_QUARANTINED);
    ck_assert(!hm_site_load(&server, &household).merged.there);
    ck_assert_uint_eq(find_void(&server, "tu choi"), 1);
    ck_assert(hm_id_equal(&void_id, &household));

    ck_assert_int_eq(erase(&server, &household, "head_name", "address_text", NULL),
                     HM_OK);
    hm_site_carry(&server, &lan, HM_VERDICT_ACCEPTED);

    check_forgotten(&server);
    ck_assert(!holds(&lan, "head_name") && !holds(&lan, "address_text"));
}
END_TEST

START_TEST(what_was_undone_is_erased)
{
    household = a_household(&lan, "Bà Từ Chối");
    (void)an_edit(&lan, &household, "head_name", "Bà Từ Chối Hai");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    struct hm_loaded before = hm_site_load(&server, &household);
    for (size_t i = 0; i < before.count; i++) {
        (void)taken_back(&server, &before.held[i].change.id);
    }
    ck_assert(!hm_site_load(&server, &household).merged.there);
    ck_assert_uint_eq(find_void(&server, "tu choi hai"), 1);
    ck_assert_uint_eq(find_void(&server, "ong khac"), 0);
    /* A withdrawal is about no record, and so none of that id is there. */
    const struct hm_id none = {{0}};
    ck_assert_int_eq(erase(&server, &none, "head_name", NULL), HM_NOT_FOUND);
    refused(&server, "record-missing", "00000000000000000000000000000000");

    ck_assert_int_eq(erase(&server, &household, "head_name", "address_text", NULL),
                     HM_OK);
    hm_site_carry(&server, &lan, HM_VERDICT_ACCEPTED);

    check_forgotten(&server);
    check_forgotten(&lan);
}
END_TEST

/* By its id the other record would be erased, which stands. */
START_TEST(what_another_home_claims_in_vain_is_not_void)
{
    struct hm_maker tu;
    hm_maker_init(&tu, &server.arena, HM_TU);
    tu.district = server.device;
    tu.home = "30341-02";
    struct hm_change *claim = hm_make(&tu, HM_ACT_EDIT, &household);
    hm_make_text(claim, &tu, "head_name", "Bà Từ Chối", 0);
    hm_make_seal(claim, &tu);
    const struct hm_change *const claims[] = {claim};
    hm_site_put(&server, claims, 1, HM_VERDICT_QUARANTINED);

    ck_assert_uint_eq(find_void(&server, ""), 0);
}
END_TEST

/* It is not for an erasure to say that what comes back is gone: people are asked. */
START_TEST(what_is_released_after_all_is_asked_about)
{
    household = a_household(&lan, "Bà Từ Chối");
    hm_site_carry(&lan, &server, HM_VERDICT_QUARANTINED);
    struct hm_loaded came = hm_site_load(&server, &household);
    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);

    hm_site_entry(&server, &came.held[0].change.id, HM_ENTRY_RELEASED, "");

    struct hm_loaded loaded = hm_site_load(&server, &household);
    ck_assert(loaded.merged.live_conflict && !loaded.merged.deleted);
    ck_assert(!holds(&server, "head_name") && holds(&server, "address_text"));
}
END_TEST

/* A creation of this unit by hand, from whom nothing was asked. */
static struct hm_change *a_creation(struct hm_maker *tu, const char *home)
{
    hm_maker_init(tu, &server.arena, HM_TU);
    tu->district = server.device;
    tu->home = home;
    struct hm_change *creation = hm_make(tu, HM_ACT_CREATE, NULL);
    hm_make_text(creation, tu, "head_name", "Bà Từ Chối", 0);
    hm_make_text(creation, tu, "address_text", "Tổ 3", 0);
    hm_make_seal(creation, tu);
    household = creation->id;
    return creation;
}

static const struct hm_change *listed_last(void)
{
    size_t n = 0;
    ck_assert_int_eq(hm_author_list_erasures(server.store, &server.secret, &server.err),
                     HM_OK);
    struct hm_held *held = hm_site_changes(&server, 1, &n);
    ck_assert(hm_bytes_are(held[n - 1].change.kind, HM_KIND_ERASURE));
    return &held[n - 1].change;
}

START_TEST(what_lies_in_a_unit_that_nobody_knows_is_the_districts_to_erase)
{
    struct hm_maker tu;
    const struct hm_change *creation = a_creation(&tu, "99999");
    hm_site_put(&server, &creation, 1, HM_VERDICT_QUARANTINED);
    hm_site_put(&mai, &creation, 1, HM_VERDICT_QUARANTINED);

    ck_assert_int_eq(erase(&mai, &household, "head_name", NULL), HM_BAD_INPUT);
    refused(&mai, "unit-unknown", "99999");
    ck_assert_int_eq(erase(&server, &household, "head_name", "address_text", NULL),
                     HM_OK);
    const struct hm_change *listed = listed_last();
    hm_site_put(&mai, &listed, 1, HM_VERDICT_ACCEPTED);

    check_forgotten(&server);
    ck_assert(!holds(&mai, "head_name") && !holds(&mai, "address_text"));
}
END_TEST

/* ---- storms ---- */

enum { STORM = HM_REPLACES_MAX + 1, SMALL_STORM = 1100 };
static const struct hm_change *storm[STORM];

/* Edits that do not replace one another, of two registers and with reasons. */
static void a_storm(struct hm_maker *tu, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[40];
        struct hm_change *edit = hm_make(tu, HM_ACT_EDIT, &household);
        (void)snprintf(text, sizeof(text), "Bà Từ Chối %zu", i);
        hm_make_text(edit, tu, "head_name", text, 0);
        hm_make_text(edit, tu, "address_text", text, 0);
        hm_make_text(edit, tu, HM_REGISTER_WHY, text, 0);
        hm_make_seal(edit, tu);
        storm[i] = edit;
    }
}

static size_t named_by(const struct hm_change *change)
{
    size_t count = 0;
    for (size_t i = 0; i < change->write_count; i++) {
        count += change->writes[i].replaces_count;
    }
    return count;
}

static bool reasons_are_held(void)
{
    struct hm_loaded loaded = hm_site_load(&server, &household);
    for (size_t i = 0; i < loaded.count; i++) {
        const struct hm_change *one = &loaded.held[i].change;
        const struct hm_write *why = write_of(one, HM_REGISTER_WHY);
        if (one->act != HM_ACT_ERASE && why != NULL && why->value.size > 0) {
            return true;
        }
    }
    return false;
}

START_TEST(a_storm_is_erased_in_turns_until_nothing_is_left)
{
    struct hm_maker tu;
    const struct hm_change *creation = a_creation(&tu, "30341-02");
    hm_site_put(&server, &creation, 1, HM_VERDICT_QUARANTINED);
    a_storm(&tu, SMALL_STORM);
    hm_site_put(&server, storm, SMALL_STORM, HM_VERDICT_QUARANTINED);
    int turns = 0;

    do {
        const char *first = holds(&server, "head_name") ? "head_name" : "~why";
        const char *next = holds(&server, "address_text") ? "address_text" : NULL;
        ck_assert_int_eq(erase(&server, &household, first, next, NULL), HM_OK);
        struct hm_change change = change_of(&server, &changed);
        ck_assert_uint_le(named_by(&change), HM_ERASE_NAMES_MAX);
        turns++;
    } while (more && turns < 3);

    ck_assert_int_eq(turns, 2);
    ck_assert(!holds(&server, "head_name") && !holds(&server, "address_text"));
    ck_assert(!reasons_are_held());
    ck_assert(hm_site_load(&server, &household).merged.deleted);
    /* The registry says in one value what each of them named. */
    const struct hm_change *listed = listed_last();
    ck_assert_ptr_nonnull(write_of(listed, HM_REGISTRY_OVER));
}
END_TEST

/* Two deletions that together saw what one could not name. */
START_TEST(what_was_deleted_in_a_storm_stays_deleted)
{
    struct hm_maker tu;
    static hm_prefix seen[2][STORM];
    struct hm_change *creation = a_creation(&tu, "30341-02");
    a_storm(&tu, STORM);
    const struct hm_change *puts[] = {creation, NULL, NULL};
    for (size_t i = 0; i < 2; i++) {
        struct hm_change *deletion = hm_make(&tu, HM_ACT_DELETE, &household);
        hm_make_live(deletion, &tu, false, 1, creation);
        seen[i][0] = hm_prefix_of(&creation->id);
        for (size_t k = 1; k < STORM - 1; k++) {
            seen[i][k] = hm_prefix_of(&storm[k - 1 + 2 * i]->id);
        }
        deletion->seen_count = hm_prefixes_sort(seen[i], STORM - 1);
        deletion->seen = seen[i];
        hm_make_seal(deletion, &tu);
        puts[i + 1] = deletion;
    }
    hm_site_put(&server, storm, STORM, HM_VERDICT_ACCEPTED);
    hm_site_put(&server, puts, 3, HM_VERDICT_ACCEPTED);
    ck_assert(hm_site_load(&server, &household).merged.deleted);

    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);

    ck_assert(hm_site_load(&server, &household).merged.deleted);
}
END_TEST

/* ---- reasons of the record ---- */

static struct hm_id deleted_since(const char *why)
{
    struct hm_id made;
    act_begin(&lan);
    ck_assert_int_eq(
        hm_author_delete(lan.author, &household, hm_text(why), &made, &lan.err), HM_OK);
    act_commit(&lan);
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    return made;
}

START_TEST(all_reasons_go_with_the_last_values_and_not_before)
{
    struct hm_id deletion = deleted_since("bà Bí Mật đã mất");

    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);
    ck_assert_uint_gt(reason_of(&server, &deletion), 0);
    ck_assert_int_eq(erase(&server, &household, "address_text", NULL), HM_OK);

    ck_assert_uint_eq(reason_of(&server, &deletion), 0);
}
END_TEST

START_TEST(reasons_alone_are_erased_once)
{
    struct hm_id deletion = deleted_since("bà Bí Mật đã mất");
    struct hm_id back = taken_back(&server, &deletion);

    ck_assert_int_eq(erase(&server, &household, "~why", NULL), HM_OK);

    ck_assert_uint_eq(reason_of(&server, &deletion), 0);
    ck_assert_uint_eq(reason_of(&server, &back), 0);
    ck_assert(holds(&server, "head_name"));
    household = a_household(&lan, "Bà Không Lý Do");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(erase(&server, &household, "~why", NULL), HM_NOT_FOUND);
    refused(&server, "erase-nothing", "~why");
}
END_TEST

START_TEST(an_erasure_is_judged_before_anything_is_written)
{
    struct hm_id none = hm_make_id(0x44);
    struct hm_id commitment = a_commitment(&lan, &household);
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(erase(&lan, &household, "head_name", NULL), HM_DENIED);
    refused(&lan, "role-denied", "erase");
    ck_assert_int_eq(erase(&server, &none, "head_name", NULL), HM_NOT_FOUND);
    ck_assert_int_eq(erase(&server, &household, "colour", NULL), HM_BAD_INPUT);
    refused(&server, "field-unknown", "colour");
    ck_assert_int_eq(erase(&server, &household, "head_name", "head_name", NULL),
                     HM_BAD_INPUT);
    refused(&server, "field-twice", "head_name");
    ck_assert_int_eq(erase(&server, &household, "household_code", NULL), HM_NOT_FOUND);
    refused(&server, "erase-nothing", "household_code");
    ck_assert_int_eq(erase(&server, &commitment, "year", NULL), HM_BAD_INPUT);
    refused(&server, "erase-key", "year");
    ck_assert_int_eq(erase(&server, &commitment, "signer_name", NULL), HM_BAD_INPUT);
    refused(&server, "erase-group", "signer_name");
    ck_assert_int_eq(erase(&server, &commitment, "signing", NULL), HM_OK);
}
END_TEST

START_TEST(what_is_erased_is_not_erased_twice_and_not_taken_back)
{
    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);
    struct hm_id erasure = changed;

    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_NOT_FOUND);
    refused(&server, "erase-nothing", "head_name");
    act_begin(&server);
    ck_assert_int_eq(hm_author_withdraw(server.author, &erasure, hm_text("nhầm"),
                                        &changed, &server.err),
                     HM_BAD_INPUT);
    refused(&server, "withdraw-erasure", NULL);
    hm_author_rollback(server.author);
}
END_TEST

START_TEST(what_was_erased_may_be_entered_anew)
{
    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);
    hm_site_carry(&server, &lan, HM_VERDICT_ACCEPTED);

    (void)an_edit(&lan, &household, "head_name", "Bà Tám");

    ck_assert_str_eq(hm_site_shown(&lan, &household, "head_name"), "Bà Tám");
    ck_assert_uint_eq(hm_site_open_conflicts(&lan), 0);
}
END_TEST

/* The registry alone, without the erasure: as a server that is being refilled has it. */
START_TEST(the_registry_lists_it_and_its_list_erases)
{
    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);
    int64_t count = changes_of(&server);
    ck_assert_int_eq(hm_author_list_erasures(server.store, &server.secret, &server.err),
                     HM_OK);
    ck_assert_int_eq(changes_of(&server), count + 1);
    ck_assert_int_eq(hm_author_list_erasures(server.store, &server.secret, &server.err),
                     HM_OK);
    ck_assert_int_eq(changes_of(&server), count + 1);
    struct hm_held *held = hm_site_changes(&server, 1, &(size_t){0});
    const struct hm_change *listed = &held[changes_of(&server) - 1].change;
    ck_assert(hm_bytes_are(listed->kind, HM_KIND_ERASURE));
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    ck_assert(holds(&mai, "head_name"));

    (void)hm_site_put(&mai, &listed, 1, HM_VERDICT_ACCEPTED);

    ck_assert(!holds(&mai, "head_name"));
    ck_assert(holds(&mai, "address_text"));
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    ck_assert(!holds(&mai, "head_name"));
}
END_TEST

START_TEST(its_list_erases_what_stood_before_a_change_that_nobody_has_any_more)
{
    const struct hm_change *first = NULL;
    size_t n = 0;
    ck_assert_int_eq(edit(&lan, &household, false, GIVEN("head_name", "Bà Hai")), HM_OK);
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);
    ck_assert_int_eq(hm_author_list_erasures(server.store, &server.secret, &server.err),
                     HM_OK);
    struct hm_held *held = hm_site_changes(&server, 1, &n);
    const struct hm_change *listed = &held[changes_of(&server) - 1].change;
    struct hm_held *mine = hm_site_changes(&lan, 1, &n);
    for (size_t i = 0; i < n; i++) {
        first = hm_id_equal(&mine[i].change.id, &household) ? &mine[i].change : first;
    }

    (void)hm_site_put(&mai, &listed, 1, HM_VERDICT_ACCEPTED);
    (void)hm_site_put(&mai, &first, 1, HM_VERDICT_ACCEPTED);

    ck_assert(!holds(&mai, "head_name"));
    ck_assert(holds(&mai, "address_text"));
}
END_TEST

/* ---- what a page showed of it ---- */

/* The mark that a page of Lan gets of the household now. */
static struct hm_bytes mark_now(void)
{
    hm_prefix *heads = NULL;
    size_t count = 0;
    struct hm_loaded loaded = hm_site_load(&lan, &household);
    ck_assert_int_eq(hm_loaded_heads(&loaded, &heads, &count, &lan.arena, &lan.err),
                     HM_OK);
    size_t size = (size_t)2 * HM_PREFIX_SIZE;
    char *text = hm_arena_get(&lan.arena, count * size + 1);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < count; i++) {
        uint8_t at[HM_PREFIX_SIZE];
        hm_prefix_put(at, heads[i]);
        hm_hex_put(text + i * size, HM_BYTES(at));
    }
    return (struct hm_bytes){(const uint8_t *)text, count * size};
}

static bool saw_erased(struct hm_bytes mark)
{
    bool erased = false;
    ck_assert_int_eq(
        hm_author_saw_erased(lan.store, &household, mark, &erased, &lan.arena, &lan.err),
        HM_OK);
    return erased;
}

static void erase_for_lan(const char *reg)
{
    ck_assert_int_eq(erase(&server, &household, reg, NULL), HM_OK);
    hm_site_carry(&server, &lan, HM_VERDICT_ACCEPTED);
}

/* The change that wrote the name stays the head of the address. */
START_TEST(a_page_that_showed_it_is_told_from_one_opened_since)
{
    struct hm_bytes before = mark_now();
    ck_assert(!saw_erased(before));

    erase_for_lan("head_name");

    struct hm_bytes since = mark_now();
    ck_assert(saw_erased(before));
    ck_assert(!saw_erased(since));
    (void)an_edit(&lan, &household, "head_name", "Bà Khác");
    ck_assert(saw_erased(before));
    ck_assert(!saw_erased(since));
    ck_assert(!saw_erased(mark_now()));
}
END_TEST

START_TEST(a_page_that_showed_what_was_written_over_is_told_too)
{
    struct hm_bytes before = mark_now();
    (void)an_edit(&lan, &household, "head_name", "Bà Bí Mật Hai");
    (void)an_edit(&lan, &household, "cluster", "Tổ 1");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    struct hm_bytes after = mark_now();

    erase_for_lan("head_name");

    ck_assert(saw_erased(before));
    ck_assert(saw_erased(after));
}
END_TEST

START_TEST(a_page_that_showed_other_values_showed_nothing_that_is_erased)
{
    struct hm_bytes before = mark_now();
    (void)an_edit(&lan, &household, "cluster", "Tổ của bà Bí Mật");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);

    erase_for_lan("cluster");

    ck_assert(!saw_erased(before));
    ck_assert(!saw_erased(HM_NO_BYTES));
}
END_TEST

/* It shows nothing where the name was, however often it is opened. */
START_TEST(a_page_of_what_a_list_erased_alone_is_as_good_as_any)
{
    size_t n = 0;
    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);
    ck_assert_int_eq(hm_author_list_erasures(server.store, &server.secret, &server.err),
                     HM_OK);
    struct hm_held *held = hm_site_changes(&server, 1, &n);
    const struct hm_change *listed = &held[changes_of(&server) - 1].change;

    (void)hm_site_put(&lan, &listed, 1, HM_VERDICT_ACCEPTED);

    struct hm_change first = change_of(&lan, &household);
    ck_assert_uint_eq(write_of(&first, "head_name")->value.size, 0);
    ck_assert(!saw_erased(mark_now()));
}
END_TEST

START_TEST(of_what_is_not_here_nobody_can_say)
{
    struct hm_id none = hm_make_id(0x42);
    bool erased = false;

    ck_assert_int_eq(
        hm_author_saw_erased(lan.store, &none, mark_now(), &erased, &lan.arena, &lan.err),
        HM_NOT_FOUND);
}
END_TEST

/* Another home claims the id: what its changes reached stands in the list, not ours. */
START_TEST(its_list_tells_of_the_home_that_was_erased)
{
    struct hm_maker tu;
    hm_maker_init(&tu, &server.arena, HM_TU);
    tu.district = server.device;
    tu.home = "30341-02";
    struct hm_change *one = hm_make(&tu, HM_ACT_EDIT, &household);
    hm_make_text(one, &tu, "head_name", "Bà Kia", 0);
    hm_make_seal(one, &tu);
    struct hm_change *two = hm_make(&tu, HM_ACT_EDIT, &household);
    hm_make_text(two, &tu, "head_name", "Bà Kia Hai", 1, one);
    hm_make_seal(two, &tu);
    tu.role = "district_admin";
    struct hm_change *erasure = hm_make(&tu, HM_ACT_ERASE, &household);
    hm_make_write(erasure, &tu, "head_name", hm_text("n"), 1, two);
    hm_make_seal(erasure, &tu);
    const struct hm_change *const changes[] = {one, two, erasure};
    hm_site_put(&server, changes, 3, HM_VERDICT_ACCEPTED);

    const struct hm_change *listed = listed_last();

    hm_site_put(&mai, &listed, 1, HM_VERDICT_ACCEPTED);
    hm_site_put(&mai, changes, 1, HM_VERDICT_ACCEPTED);
    struct hm_change came = change_of(&mai, &one->id);
    ck_assert_uint_eq(write_of(&came, "head_name")->value.size, 0);
}
END_TEST

/* Servers that did not know of each other listed it; the shorter list is the one shown.
 */
START_TEST(each_list_of_it_erases)
{
    struct hm_maker lost;
    ck_assert_int_eq(erase(&server, &household, "head_name", NULL), HM_OK);
    const struct hm_change *listed = listed_last();
    hm_maker_init(&lost, &server.arena, HM_ANH);
    lost.district = server.device;
    lost.device = server.device;
    lost.user = server.device;
    lost.role = "server";
    lost.home = HM_HOME_REGISTRY;
    lost.kind = HM_KIND_ERASURE;
    struct hm_change *shorter = hm_make(&lost, HM_ACT_EDIT, &listed->record);
    hm_make_write(shorter, &lost, HM_REGISTRY_OVER, hm_make_value(&lost, "[]"), 0);
    shorter->writes[0].depth = 7;
    hm_make_seal(shorter, &lost);
    const struct hm_change *const both[] = {listed, shorter};
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);

    hm_site_put(&mai, both, 2, HM_VERDICT_ACCEPTED);

    ck_assert(!holds(&mai, "head_name"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("erase");
    TCase *group = tcase_create("erase");
    tcase_add_checked_fixture(group, setup, acting_finish);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, the_district_erases_a_field_at_once);
    tcase_add_test(group, what_was_refused_and_what_is_in_conflict_is_erased_with_it);
    tcase_add_test(group, reasons_that_came_with_the_value_go_with_it);
    tcase_add_test(group, reasons_for_taking_the_value_back_go_with_it_and_no_others);
    tcase_add_test(group, a_deleted_record_is_erased_and_stays_deleted);
    tcase_add_test(group, what_was_wholly_refused_is_erased);
    tcase_add_test(group, what_was_undone_is_erased);
    tcase_add_test(group, what_another_home_claims_in_vain_is_not_void);
    tcase_add_test(group, what_is_released_after_all_is_asked_about);
    tcase_add_test(group, an_erasure_is_judged_before_anything_is_written);
    tcase_add_test(group, what_is_erased_is_not_erased_twice_and_not_taken_back);
    tcase_add_test(group, what_was_erased_may_be_entered_anew);
    tcase_add_test(group, the_registry_lists_it_and_its_list_erases);
    tcase_add_test(group,
                   its_list_erases_what_stood_before_a_change_that_nobody_has_any_more);
    tcase_add_test(group, a_page_that_showed_it_is_told_from_one_opened_since);
    tcase_add_test(group, a_page_that_showed_what_was_written_over_is_told_too);
    tcase_add_test(group, a_page_that_showed_other_values_showed_nothing_that_is_erased);
    tcase_add_test(group, a_page_of_what_a_list_erased_alone_is_as_good_as_any);
    tcase_add_test(group, of_what_is_not_here_nobody_can_say);
    tcase_add_test(group,
                   what_lies_in_a_unit_that_nobody_knows_is_the_districts_to_erase);
    tcase_add_test(group, a_storm_is_erased_in_turns_until_nothing_is_left);
    tcase_add_test(group, what_was_deleted_in_a_storm_stays_deleted);
    tcase_add_test(group, all_reasons_go_with_the_last_values_and_not_before);
    tcase_add_test(group, reasons_alone_are_erased_once);
    tcase_add_test(group, its_list_tells_of_the_home_that_was_erased);
    tcase_add_test(group, each_list_of_it_erases);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
