/* SPDX-License-Identifier: Apache-2.0 */
#include "server_world.h"

static struct hm_invited made(uint8_t byte, int64_t expires_ms)
{
    struct hm_invited invited = {.id = id_of(byte),
                                 .user = id_of(0x55),
                                 .name = hm_text("Lò Văn Ính"),
                                 .role = hm_text("recorder"),
                                 .home = hm_text("00001"),
                                 .expires = {expires_ms}};
    memset(invited.secret, byte + 1, sizeof(invited.secret));
    return invited;
}

static void put(const struct hm_invited *invited)
{
    begin();
    ck_assert_int_eq(hm_store_invitation_put(store, invited, &err), HM_OK);
    commit();
}

START_TEST(an_invitation_is_given_back_as_it_was_put)
{
    struct hm_invited in = made(1, 1234567890123);
    struct hm_invited out;
    put(&in);

    ck_assert_int_eq(hm_store_invitation_get(store, &in.id, &out, &arena, &err), HM_OK);

    ck_assert(hm_id_equal(&out.id, &in.id));
    ck_assert_mem_eq(out.secret, in.secret, sizeof(in.secret));
    ck_assert(hm_id_equal(&out.user, &in.user));
    ck_assert(hm_bytes_equal(out.name, in.name));
    ck_assert(hm_bytes_equal(out.role, in.role));
    ck_assert(hm_bytes_equal(out.home, in.home));
    ck_assert_int_eq(out.expires.ms, in.expires.ms);
    ck_assert(hm_id_is_none(&out.device));
}
END_TEST

START_TEST(an_unknown_invitation_is_named)
{
    struct hm_id id = id_of(9);
    struct hm_invited out;

    enum hm_status status = hm_store_invitation_get(store, &id, &out, &arena, &err);

    ck_assert_int_eq(status, HM_NOT_FOUND);
    ck_assert_str_eq(err.key, "invitation-missing");
    ck_assert_str_eq(err.arg[0], "09090909090909090909090909090909");
}
END_TEST

START_TEST(the_first_device_that_redeems_it_stays)
{
    struct hm_invited in = made(1, 5);
    struct hm_invited other = made(2, 5);
    struct hm_invited out;
    struct hm_id first = id_of(0xA1);
    struct hm_id second = id_of(0xA2);
    put(&in);
    put(&other);

    begin();
    ck_assert_int_eq(hm_store_invitation_redeem(store, &in.id, &first, &err), HM_OK);
    ck_assert_int_eq(hm_store_invitation_redeem(store, &in.id, &second, &err), HM_OK);
    commit();

    ck_assert_int_eq(hm_store_invitation_get(store, &in.id, &out, &arena, &err), HM_OK);
    ck_assert(hm_id_equal(&out.device, &first));
    ck_assert_int_eq(hm_store_invitation_get(store, &other.id, &out, &arena, &err),
                     HM_OK);
    ck_assert(hm_id_is_none(&out.device));
}
END_TEST

START_TEST(an_invitation_rolled_back_is_none)
{
    struct hm_invited in = made(1, 5);
    struct hm_invited out;
    begin();
    ck_assert_int_eq(hm_store_invitation_put(store, &in, &err), HM_OK);

    hm_store_rollback(store);

    ck_assert_int_eq(hm_store_invitation_get(store, &in.id, &out, &arena, &err),
                     HM_NOT_FOUND);
}
END_TEST

START_TEST(the_list_is_of_those_that_wait_what_expires_first_at_its_head)
{
    static const int64_t times[] = {300, 100, 200, 50};
    const struct hm_id device = id_of(9);
    struct hm_invited *list = NULL;
    size_t count = 7;
    for (uint8_t i = 0; i < 4; i++) {
        struct hm_invited in = made((uint8_t)(i + 1), times[i]);
        put(&in);
        if (i == 3) {
            begin();
            ck_assert_int_eq(hm_store_invitation_redeem(store, &in.id, &device, &err),
                             HM_OK);
            ck_assert_int_eq(hm_store_commit(store, &err), HM_OK);
        }
    }

    ck_assert_int_eq(hm_store_invitations(store, &list, &count, &arena, &err), HM_OK);

    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(list[0].expires.ms, 100);
    ck_assert_int_eq(list[1].expires.ms, 200);
    ck_assert_int_eq(list[2].expires.ms, 300);
    ck_assert(hm_bytes_are(list[2].role, "recorder"));
}
END_TEST

START_TEST(without_invitations_the_list_is_empty)
{
    struct hm_invited *list = NULL;
    size_t count = 7;

    ck_assert_int_eq(hm_store_invitations(store, &list, &count, &arena, &err), HM_OK);

    ck_assert_uint_eq(count, 0);
}
END_TEST

int main(void)
{
    TCase *group = tcase_create("invitation");
    tcase_add_test(group, an_invitation_is_given_back_as_it_was_put);
    tcase_add_test(group, an_unknown_invitation_is_named);
    tcase_add_test(group, the_first_device_that_redeems_it_stays);
    tcase_add_test(group, an_invitation_rolled_back_is_none);
    tcase_add_test(group, the_list_is_of_those_that_wait_what_expires_first_at_its_head);
    tcase_add_test(group, without_invitations_the_list_is_empty);
    return world_run(suite_create("store.invitation"), &group, 1);
}
