/* SPDX-License-Identifier: Apache-2.0 */
#include "server_world.h"

static struct hm_visit made(uint8_t device, uint32_t epoch)
{
    return (struct hm_visit){.device = id_of(device),
                             .epoch = epoch,
                             .current = id_of(0xC1),
                             .pending = id_of(0xC2),
                             .request = id_of(0xC3),
                             .contact = {1000},
                             .waiting = 12,
                             .offset_ms = -86400000,
                             .version = hm_text("0.1.0")};
}

static void put(const struct hm_visit *visit)
{
    begin();
    ck_assert_int_eq(hm_store_visit_put(store, visit, &err), HM_OK);
    commit();
}

static struct hm_visit get(uint8_t device, uint32_t epoch, bool *found)
{
    struct hm_visit visit;
    struct hm_id id = id_of(device);
    ck_assert_int_eq(hm_store_visit_get(store, &id, epoch, &visit, found, &arena, &err),
                     HM_OK);
    return visit;
}

START_TEST(a_visit_is_given_back_as_it_was_put)
{
    struct hm_visit in = made(1, 0xFFFFFFFF);
    bool found = false;
    put(&in);

    struct hm_visit out = get(1, 0xFFFFFFFF, &found);

    ck_assert(found);
    ck_assert_uint_eq(out.epoch, in.epoch);
    ck_assert(hm_id_equal(&out.current, &in.current));
    ck_assert(hm_id_equal(&out.pending, &in.pending));
    ck_assert(hm_id_equal(&out.request, &in.request));
    ck_assert_int_eq(out.contact.ms, 1000);
    ck_assert_int_eq(out.waiting, 12);
    ck_assert_int_eq(out.offset_ms, -86400000);
    ck_assert(hm_bytes_are(out.version, "0.1.0"));
}
END_TEST

START_TEST(another_epoch_is_another_visit)
{
    struct hm_visit in = made(1, 7);
    bool found = true;
    put(&in);

    struct hm_visit out = get(1, 8, &found);

    ck_assert(!found);
    ck_assert(hm_id_is_none(&out.current));
}
END_TEST

START_TEST(a_later_visit_replaces_the_one_before)
{
    struct hm_visit in = made(1, 7);
    bool found = false;
    put(&in);
    in.pending = (struct hm_id){{0}};
    in.contact.ms = 2000;

    put(&in);

    struct hm_visit out = get(1, 7, &found);
    ck_assert(found);
    ck_assert(hm_id_is_none(&out.pending));
    ck_assert_int_eq(out.contact.ms, 2000);
}
END_TEST

START_TEST(forgetting_takes_the_tokens_and_nothing_else)
{
    struct hm_visit one = made(1, 7);
    struct hm_visit two = made(2, 8);
    bool found = false;
    put(&one);
    put(&two);

    begin();
    ck_assert_int_eq(hm_store_visits_forget(store, &err), HM_OK);
    commit();

    for (uint8_t i = 1; i <= 2; i++) {
        struct hm_visit out = get(i, 6U + i, &found);
        ck_assert(found);
        ck_assert(hm_id_is_none(&out.current));
        ck_assert(hm_id_is_none(&out.pending));
        ck_assert(hm_id_is_none(&out.request));
        ck_assert_int_eq(out.contact.ms, 1000);
        ck_assert_int_eq(out.waiting, 12);
    }
}
END_TEST

START_TEST(what_went_wrong_is_given_back_as_it_was_said)
{
    const struct hm_visit_error said[] = {{hm_text("net-down"), 3}, {hm_text("x"), 1}};
    struct hm_visit_error told[HM_VISIT_ERRORS_MAX];
    struct hm_visit in = made(1, 7);
    struct hm_buf packed;
    bool found = false;
    hm_buf_init(&packed, 64);
    hm_visit_errors_put(&packed, said, 2);
    in.errors = hm_buf_bytes(&packed);
    in.late.ms = 900;
    put(&in);

    struct hm_visit out = get(1, 7, &found);

    ck_assert_uint_eq(hm_visit_errors(&out, told), 2);
    ck_assert(hm_bytes_are(told[0].name, "net-down"));
    ck_assert_int_eq(told[0].count, 3);
    ck_assert(hm_bytes_are(told[1].name, "x"));
    ck_assert_int_eq(out.late.ms, 900);
    hm_buf_fini(&packed);
}
END_TEST

START_TEST(a_visit_in_which_nothing_went_wrong_says_so)
{
    struct hm_visit_error told[HM_VISIT_ERRORS_MAX];
    struct hm_visit in = made(1, 7);
    bool found = false;
    put(&in);

    struct hm_visit out = get(1, 7, &found);

    ck_assert_uint_eq(hm_visit_errors(&out, told), 0);
    ck_assert_int_eq(out.late.ms, 0);
}
END_TEST

int main(void)
{
    TCase *group = tcase_create("visit");
    tcase_add_test(group, a_visit_is_given_back_as_it_was_put);
    tcase_add_test(group, another_epoch_is_another_visit);
    tcase_add_test(group, a_later_visit_replaces_the_one_before);
    tcase_add_test(group, forgetting_takes_the_tokens_and_nothing_else);
    tcase_add_test(group, what_went_wrong_is_given_back_as_it_was_said);
    tcase_add_test(group, a_visit_in_which_nothing_went_wrong_says_so);
    return world_run(suite_create("store.visit"), &group, 1);
}
