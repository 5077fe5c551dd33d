/* SPDX-License-Identifier: Apache-2.0 */
/* What a server writes itself: the registry, signed and accepted at once, and joining. */
#include "acting.h"
#include "hamlet/author/author.h"
#include "hamlet/author/server.h"
#include "hamlet/model/page.h"
#include "hamlet/store/server.h"

static struct hm_id invitation;
static struct hm_key key;
static const struct hm_invited *first; /* in whose place it came */

static struct hm_invited invited_of(void)
{
    struct hm_invited invited = {.id = hm_make_id(0x70),
                                 .user = hm_person_user(&server, HM_TU),
                                 .name = hm_text("Máy của Tư"),
                                 .role = hm_text("recorder"),
                                 .home = hm_text("30341-02"),
                                 .expires = {server.env.wall_ms + 1000}};
    return invited;
}

static void setup(void)
{
    struct hm_secret secret;
    uint8_t seed[32];
    acting_start();
    memset(seed, 0x99, sizeof(seed));
    hm_sign_pair(&key, &secret, seed);
    struct hm_invited invited = invited_of();
    invitation = invited.id;
    first = NULL;
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_invitation_put(server.store, &invited, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
}

static enum hm_status redeem(const struct hm_key *by)
{
    server.err = HM_ERR_NONE;
    return hm_author_redeem(server.store, &server.secret, &invitation, first, by,
                            &server.err);
}

static bool permitted(const struct hm_key *of)
{
    struct hm_id device = hm_sign_device(of);
    struct hm_id user = hm_person_user(&server, HM_TU);
    bool answer = false;
    ck_assert_int_eq(hm_store_permitted(server.store, &device, &user, hm_text("recorder"),
                                        hm_text("30341-02"), &answer, &server.err),
                     HM_OK);
    return answer;
}

START_TEST(who_redeems_an_invitation_joins_with_what_it_promised)
{
    struct hm_id device = hm_sign_device(&key);
    struct hm_device found;

    ck_assert_int_eq(redeem(&key), HM_OK);

    ck_assert_int_eq(
        hm_store_device_get(server.store, &device, &found, &server.arena, &server.err),
        HM_OK);
    ck_assert(found.known);
    ck_assert_int_eq(memcmp(found.key.at, key.at, HM_KEY_SIZE), 0);
    ck_assert(hm_bytes_are(found.name, "Máy của Tư"));
    ck_assert(hm_bytes_are(found.home, "30341-02"));
    ck_assert(permitted(&key));
    hm_site_check(&server);
}
END_TEST

START_TEST(redeeming_again_for_the_same_key_changes_nothing)
{
    ck_assert_int_eq(redeem(&key), HM_OK);
    int64_t count = changes_of(&server);
    hm_testenv_advance(&server.env, 5000); /* expired meanwhile, but it was redeemed */

    ck_assert_int_eq(redeem(&key), HM_OK);

    ck_assert_int_eq(changes_of(&server), count);
}
END_TEST

START_TEST(an_invitation_is_for_one_device)
{
    ck_assert_int_eq(redeem(&key), HM_OK);
    int64_t count = changes_of(&server);

    ck_assert_int_eq(redeem(&lan.key), HM_DENIED);

    ck_assert_str_eq(server.err.key, "invitation-used");
    ck_assert_int_eq(changes_of(&server), count);
    ck_assert(!permitted(&lan.key));
}
END_TEST

START_TEST(an_invitation_expires)
{
    int64_t count = changes_of(&server);
    hm_testenv_advance(&server.env, 1001);

    ck_assert_int_eq(redeem(&key), HM_DENIED);

    ck_assert_str_eq(server.err.key, "invitation-expired");
    ck_assert_int_eq(changes_of(&server), count);
    ck_assert(!permitted(&key));
}
END_TEST

START_TEST(an_invitation_that_nobody_wrote_is_none)
{
    invitation = hm_make_id(0x71);

    ck_assert_int_ne(redeem(&key), HM_OK);

    ck_assert(!permitted(&key));
}
END_TEST

/* An invitation in whose place the other came, of a user that the registry lost. */
static struct hm_invited first_of(void)
{
    return (struct hm_invited){.id = hm_make_id(0x72),
                               .user = hm_make_id(0x73),
                               .name = hm_text("Máy của Tám"),
                               .role = hm_text("recorder"),
                               .home = hm_text("30341-02"),
                               .expires = {server.env.wall_ms + 1000}};
}

static bool permitted_as(const struct hm_key *of, const struct hm_id *user)
{
    struct hm_id device = hm_sign_device(of);
    bool answer = false;
    ck_assert_int_eq(hm_store_permitted(server.store, &device, user, hm_text("recorder"),
                                        hm_text("30341-02"), &answer, &server.err),
                     HM_OK);
    return answer;
}

START_TEST(who_wrote_by_an_invitation_that_is_over_goes_on_as_that_user)
{
    struct hm_invited lost = first_of();
    struct hm_bytes name = HM_NO_BYTES;
    first = &lost;

    ck_assert_int_eq(redeem(&key), HM_OK);

    ck_assert(permitted_as(&key, &lost.user));
    ck_assert(!permitted(&key));
    ck_assert_int_eq(
        hm_store_user_name(server.store, &lost.user, &name, &server.arena, &server.err),
        HM_OK);
    ck_assert(hm_bytes_are(name, "Máy của Tám"));
    hm_site_check(&server);
}
END_TEST

START_TEST(the_first_invitation_is_used_up_with_the_second)
{
    struct hm_invited known = first_of();
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_invitation_put(server.store, &known, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
    first = &known;
    ck_assert_int_eq(redeem(&key), HM_OK);

    first = NULL;
    invitation = known.id;
    ck_assert_int_eq(redeem(&lan.key), HM_DENIED);

    ck_assert_str_eq(server.err.key, "invitation-used");
    ck_assert(!permitted_as(&lan.key, &known.user));
}
END_TEST

START_TEST(nobody_goes_on_as_the_user_of_another_device)
{
    struct hm_invited hers = first_of();
    hers.user = hm_person_user(&server, HM_LAN);
    int64_t count = changes_of(&server);
    first = &hers;

    ck_assert_int_eq(redeem(&key), HM_DENIED);

    ck_assert_int_eq(changes_of(&server), count);
    ck_assert(!permitted_as(&key, &hers.user));
    ck_assert(!permitted(&key));
}
END_TEST

START_TEST(an_invitation_opens_no_other_unit_or_role_than_its_own)
{
    struct hm_invited other = first_of();
    int64_t count = changes_of(&server);
    other.home = _i == 0 ? hm_text("30341-01") : other.home;
    other.role = _i == 1 ? hm_text("hamlet_head") : other.role;
    first = &other;

    ck_assert_int_eq(redeem(&key), HM_DENIED);

    ck_assert_int_eq(changes_of(&server), count);
    ck_assert(!permitted(&key));
}
END_TEST

/* The stored page of the server's change, put together again. */
static struct hm_page page_of(uint64_t seq, struct hm_stored_page *stored)
{
    struct hm_origin origin = origin_of(&server);
    struct hm_held *held = NULL;
    size_t count = 0;
    bool found = false;
    ck_assert_int_eq(hm_store_page_at(server.store, origin.row, seq, stored, &found,
                                      &server.arena, &server.err),
                     HM_OK);
    ck_assert(found);
    ck_assert_int_eq(hm_store_origin_changes(server.store, origin.row, stored->seq,
                                             stored->count, &held, &count, &server.arena,
                                             &server.err),
                     HM_OK);
    ck_assert_uint_eq(count, stored->count);
    struct hm_page page = {.device = server.device,
                           .epoch = server.epoch,
                           .home = stored->home,
                           .seq = stored->seq,
                           .registry_n = stored->registry_n,
                           .head_known = true,
                           .head_before = stored->head_before,
                           .count = count,
                           .signature = stored->signature};
    page.changes = hm_arena_get_array(&server.arena, count, sizeof(*page.changes));
    for (size_t i = 0; i < count; i++) {
        page.changes[i] = held[i].change;
        ck_assert_uint_eq(held[i].verdict, HM_VERDICT_ACCEPTED);
    }
    hm_page_head(&page);
    return page;
}

START_TEST(all_that_a_server_writes_is_signed_and_accepted)
{
    struct hm_origin origin = origin_of(&server);
    struct hm_stored_page stored;
    uint64_t n = 0;

    for (uint64_t seq = 1; seq <= origin.seq; seq += stored.count) {
        struct hm_page page = page_of(seq, &stored);
        ck_assert_uint_eq(stored.seq, seq);
        ck_assert(hm_digest_equal(&page.head_after, &stored.head_after));
        ck_assert(hm_page_check(&page, &server.key));
    }

    ck_assert_int_eq(hm_store_bucket_n(server.store, hm_text("~"), &n, &server.err),
                     HM_OK);
    ck_assert_uint_eq(n, origin.seq);
}
END_TEST

START_TEST(a_server_s_pages_are_cut_where_the_home_changes)
{
    static const char *const homes[] = {"30341-01", "30341-02"};
    struct hm_stored_page stored[2];
    struct hm_id bulk;
    uint64_t before = origin_of(&server).seq;
    act_begin(&mai);
    ck_assert_int_eq(hm_author_bulk(mai.author, &bulk, &mai.err), HM_OK);
    for (int i = 0; i < 2; i++) {
        struct given fields =
            GIVEN("head_name", "Út", "address_text", "T", "unit", homes[i]);
        ck_assert_int_eq(hm_author_add(mai.author, hm_text("household"), fields.fields, 3,
                                       &added, &mai.err),
                         HM_OK);
    }
    act_commit(&mai);
    hm_site_carry(&mai, &server, HM_VERDICT_ACCEPTED);

    act_begin(&server);
    ck_assert_int_eq(
        hm_author_withdraw(server.author, &bulk, HM_NO_BYTES, &changed, &server.err),
        HM_OK);
    act_commit(&server);

    for (uint64_t i = 0; i < 2; i++) {
        struct hm_page page = page_of(before + 1 + i, &stored[i]);
        ck_assert_uint_eq(stored[i].count, 1);
        ck_assert(hm_page_check(&page, &server.key));
    }
    ck_assert(!hm_bytes_equal(stored[0].home, stored[1].home));
    ck_assert(hm_digest_equal(&stored[0].head_after, &stored[1].head_before));
}
END_TEST

START_TEST(a_registry_record_is_edited_over_what_stands)
{
    struct hm_permit *permits = NULL;
    size_t count = 0;
    bool still = true;
    struct hm_id user = hm_person_user(&server, HM_LAN);
    struct hm_maker maker;
    hm_maker_init(&maker, &server.arena, 1);
    ck_assert_int_eq(hm_store_permits(server.store, &lan.device, &permits, &count,
                                      &server.arena, &server.err),
                     HM_OK);
    struct hm_registry_value ended = {HM_REGISTRY_ENDED,
                                      hm_make_plain(&maker, "2026-03-05")};
    hm_author_as_server(server.author);
    act_begin(&server);

    ck_assert_int_eq(hm_author_registry(server.author, HM_KIND_PERMIT, &permits[0].record,
                                        NULL, &ended, 1, &added, &server.err),
                     HM_OK);
    act_commit(&server);

    ck_assert_int_eq(hm_store_permitted(server.store, &lan.device, &user,
                                        hm_text("recorder"), hm_text("30341-01"), &still,
                                        &server.err),
                     HM_OK);
    ck_assert(!still);
    struct hm_change change = change_of(&server, &added.change);
    ck_assert_int_eq(change.act, HM_ACT_EDIT);
    ck_assert(hm_bytes_are(change.home, HM_HOME_REGISTRY));
    ck_assert(hm_bytes_are(change.role, "server"));
    hm_site_check(&server);
}
END_TEST

START_TEST(an_edit_of_a_registry_record_that_is_not_there_is_refused)
{
    struct hm_maker maker;
    struct hm_id none = hm_make_id(0x66);
    int64_t count = changes_of(&server);
    hm_maker_init(&maker, &server.arena, 1);
    struct hm_registry_value name = {HM_REGISTRY_NAME, hm_make_plain(&maker, "x")};
    act_begin(&server);

    ck_assert_int_eq(hm_author_registry(server.author, HM_KIND_USER, &none, NULL, &name,
                                        1, &added, &server.err),
                     HM_NOT_FOUND);

    hm_author_rollback(server.author);
    ck_assert_int_eq(changes_of(&server), count);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server");
    TCase *group = tcase_create("server");
    tcase_add_checked_fixture(group, setup, acting_finish);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, who_redeems_an_invitation_joins_with_what_it_promised);
    tcase_add_test(group, who_wrote_by_an_invitation_that_is_over_goes_on_as_that_user);
    tcase_add_test(group, the_first_invitation_is_used_up_with_the_second);
    tcase_add_test(group, nobody_goes_on_as_the_user_of_another_device);
    tcase_add_loop_test(group, an_invitation_opens_no_other_unit_or_role_than_its_own, 0,
                        2);
    tcase_add_test(group, redeeming_again_for_the_same_key_changes_nothing);
    tcase_add_test(group, an_invitation_is_for_one_device);
    tcase_add_test(group, an_invitation_expires);
    tcase_add_test(group, an_invitation_that_nobody_wrote_is_none);
    tcase_add_test(group, all_that_a_server_writes_is_signed_and_accepted);
    tcase_add_test(group, a_server_s_pages_are_cut_where_the_home_changes);
    tcase_add_test(group, a_registry_record_is_edited_over_what_stands);
    tcase_add_test(group, an_edit_of_a_registry_record_that_is_not_there_is_refused);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
