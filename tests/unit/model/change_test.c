/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/change.h"

#include <string.h>

#include "builders.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "run.h"

static struct hm_arena arena;
static struct hm_maker maker;
static struct hm_buf buf;

static void setup(void)
{
    hm_arena_init(&arena, (size_t)64 * 1024 * 1024);
    hm_maker_init(&maker, &arena, 1);
    hm_buf_init(&buf, HM_CHANGE_BYTES_MAX);
}

static void teardown(void)
{
    hm_buf_fini(&buf);
    hm_arena_fini(&arena);
}

static void ck_hex(const void *bytes, size_t size, const char *hex)
{
    char text[HM_HEX32_SIZE];
    hm_hex_put(text, (struct hm_bytes){bytes, size});
    ck_assert_str_eq(text, hex);
}

/* The key of index 3 of the run whose seed is 16 bytes of 9. */
static void use_known_key(struct hm_change *change)
{
    uint8_t seed[HM_SALT_SIZE];
    memset(seed, 9, sizeof(seed));
    hm_change_key(change->key, seed, 3);
}

static struct hm_change *a_create(void)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
    change->time.ms = 1772672523000;
    use_known_key(change);
    hm_make_text(change, &maker, "head_name", "Út", 0);
    hm_make_text(change, &maker, "address_text", "Tổ 3", 0);
    hm_make_seal(change, &maker);
    return change;
}

/* The expected bytes of this file were made by a program of ten lines in Python, from
 * PROTOCOL.md sections 2 and 3 alone. */
START_TEST(keys_and_salts_are_those_of_the_protocol)
{
    uint8_t seed[HM_SALT_SIZE];
    uint8_t key[HM_SALT_SIZE];
    uint8_t salt[HM_SALT_SIZE];
    struct hm_change *change = a_create();
    memset(seed, 9, sizeof(seed));

    hm_change_key(key, seed, 0);
    ck_hex(key, 16, "113c3cdb3ca3951f3e1c53a2a5f0cbc8");
    hm_change_key(key, seed, 255);
    ck_hex(key, 16, "c6dbac8baddb0f3bf189f6e58ade3574");
    hm_change_salt(salt, change, 0);
    ck_hex(salt, 16, "bf34377262702db23804d145f26a3d4c");
    hm_change_salt(salt, change, 3);
    ck_hex(salt, 16, "fec27f9a4ee32ad514ee49ac5819d1cc");
    hm_change_salt(salt, change, 4);
    ck_hex(salt, 16, "5b415582240b5cf5c488b656f5eef016");
}
END_TEST

START_TEST(a_create_takes_its_own_id_as_record)
{
    struct hm_change *change = a_create();

    ck_hex(change->id.at, 16, "b4000f31ae2a332423374b9520897a44");
    ck_assert(hm_id_equal(&change->id, &change->record));
}
END_TEST

START_TEST(an_edit_with_everything_has_the_id_of_the_protocol)
{
    struct hm_id record = hm_make_id(0xAB);
    static const hm_prefix replaces[] = {UINT64_C(0x0505050505050505),
                                         UINT64_C(0x0606060606060606)};
    static const hm_prefix seen[] = {UINT64_C(0x0101010101010101)};
    struct hm_change *change = hm_make(&maker, HM_ACT_EDIT, &record);
    use_known_key(change);
    change->time.ms = -5;
    change->kind_version = 300;
    change->bulk = hm_make_id(0xB0);
    hm_make_write(change, &maker, "head_name", hm_text("n"), 0);
    change->writes[0].replaces = replaces;
    change->writes[0].replaces_count = 2;
    change->writes[0].depth = 7;
    hm_make_text(change, &maker, HM_REGISTER_WHY, "vì", 0);
    change->seen = seen;
    change->seen_count = 1;

    hm_make_seal(change, &maker);

    ck_hex(change->id.at, 16, "b11508f3f23e5949ab20d410eef2272a");
}
END_TEST

START_TEST(a_natural_key_and_a_withdrawal_have_the_ids_of_the_protocol)
{
    struct hm_id record;
    ck_assert(hm_hex_get(record.at, 16, hm_text("714da26b1607fe2512126ef63765e1e6")));
    const struct hm_key_field keys[] = {
        {hm_text("household"), hm_make_plain(&maker, "ab")},
        {hm_text("year"), hm_make_value(&maker, "2026")}};
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, &record);
    use_known_key(change);
    change->kind = hm_text("commitment");
    change->time.ms = 0;
    change->key_fields = keys;
    change->key_field_count = 2;
    hm_make_seal(change, &maker);
    struct hm_change *withdrawal = hm_make(&maker, HM_ACT_WITHDRAW, NULL);
    withdrawal->time.ms = 1;
    hm_make_name(withdrawal, &maker, hm_make_id(2));
    hm_make_name(withdrawal, &maker, hm_make_id(1));
    hm_make_seal(withdrawal, &maker);

    ck_hex(change->id.at, 16, "9c2459b89ec6a802eb61673deaaf7f3e");
    ck_hex(withdrawal->id.at, 16, "e996000bf7d5bb6f603a5450cc58d33b");
    ck_assert_int_eq(hm_value_int_or(hm_change_key_field(change, hm_text("year")), 0),
                     2026);
    ck_assert_uint_eq(hm_change_key_field(change, hm_text("x")).size, 0);
}
END_TEST

START_TEST(a_skeleton_keeps_the_id)
{
    struct hm_change *change = a_create();
    struct hm_change *skeleton = hm_make_skeleton(&maker, change);
    skeleton->id = hm_make_id(0);

    ck_assert_int_eq(hm_change_seal(skeleton, &buf, NULL), HM_OK);

    ck_assert(hm_id_equal(&skeleton->id, &change->id));
}
END_TEST

START_TEST(one_value_with_its_own_salt_keeps_the_id)
{
    struct hm_change *change = a_create();
    struct hm_change *part = hm_make_skeleton(&maker, change);
    part->writes[1].value = change->writes[1].value;
    hm_change_salt(part->writes[1].salt, change, 1);
    memset(part->writes[1].commitment, 0, HM_ID_SIZE);

    ck_assert_int_eq(hm_change_seal(part, &buf, NULL), HM_OK);

    ck_assert(hm_id_equal(&part->id, &change->id));
}
END_TEST

/* Each of these is in the tuple: changing it changes the id. */
static void alter(struct hm_change *change, int what)
{
    static const hm_prefix other[] = {42};
    switch (what) {
    case 0:
        change->district.at[0] ^= 1;
        break;
    case 1:
        change->device.at[0] ^= 1;
        break;
    case 2:
        change->user.at[0] ^= 1;
        break;
    case 3:
        change->role = hm_text("auditor");
        break;
    case 4:
        change->act = HM_ACT_EDIT;
        break;
    case 5:
        change->bulk.at[3] ^= 1;
        break;
    case 6:
        change->home = hm_text("30341-02");
        break;
    case 7:
        change->kind = hm_text("boat");
        break;
    case 8:
        change->kind_version++;
        break;
    case 9:
        change->record.at[0] ^= 1;
        change->record_is_own = false;
        break;
    case 10:
        change->time.ms++;
        break;
    case 11:
        change->writes[0].depth++;
        break;
    case 12:
        change->writes[0].replaces = other;
        change->writes[0].replaces_count = 1;
        break;
    case 13:
        change->writes[0].reg = hm_text("address_texts");
        break;
    case 14:
        change->writes[0].value = hm_text("n");
        break;
    case 15:
        change->key[0] ^= 1;
        break;
    case 16:
        change->seen = other;
        change->seen_count = 1;
        break;
    case 17:
        change->write_count--;
        break;
    default:
        hm_make_name(change, &maker, hm_make_id(4));
        break;
    }
}

START_TEST(everything_in_the_tuple_changes_the_id)
{
    struct hm_change *change = a_create();
    struct hm_id id = change->id;
    struct hm_change *copy = hm_arena_get(&arena, sizeof(*copy));
    *copy = *change;

    alter(copy, _i);

    ck_assert_int_eq(hm_change_seal(copy, &buf, NULL), HM_OK);
    ck_assert(!hm_id_equal(&copy->id, &id));
}
END_TEST

START_TEST(two_equal_forms_are_two_changes)
{
    struct hm_change *one = a_create();
    struct hm_change *two = a_create();
    ck_assert(hm_id_equal(&one->id, &two->id)); /* a copied disk's copy is the same */

    two->key[5] ^= 1;

    ck_assert_int_eq(hm_change_seal(two, &buf, NULL), HM_OK);
    ck_assert(!hm_id_equal(&one->id, &two->id));
}
END_TEST

START_TEST(a_body_gives_the_change_back)
{
    struct hm_change *change = a_create();
    struct hm_change back = *change;
    struct hm_change *edit = hm_make(&maker, HM_ACT_DELETE, &change->record);
    hm_make_live(edit, &maker, false, 1, change);
    hm_make_seen(edit, &maker, 1, change);
    hm_make_seal(edit, &maker);
    struct hm_change back_edit = *edit;
    hm_change_body_put(&buf, change);
    struct hm_bytes body = hm_arena_copy(&arena, hm_buf_bytes(&buf));

    memset(&back.key, 0, sizeof(back.key));
    ck_assert_int_eq(hm_change_body_get(&back, body, &arena, NULL), HM_OK);
    hm_buf_clear(&buf);
    hm_change_body_put(&buf, edit);
    body = hm_arena_copy(&arena, hm_buf_bytes(&buf));
    back_edit.seen_count = 0;
    ck_assert_int_eq(hm_change_body_get(&back_edit, body, &arena, NULL), HM_OK);

    back.id = hm_make_id(0);
    ck_assert_int_eq(hm_change_seal(&back, &buf, NULL), HM_OK);
    ck_assert(hm_id_equal(&back.id, &change->id));
    ck_assert_int_eq(hm_change_seal(&back_edit, &buf, NULL), HM_OK);
    ck_assert(hm_id_equal(&back_edit.id, &edit->id));
}
END_TEST

START_TEST(the_body_of_a_half_erased_change_gives_it_back)
{
    struct hm_change *change = a_create();
    struct hm_change *part = hm_make_skeleton(&maker, change);
    part->writes[0].value = change->writes[0].value;
    hm_change_salt(part->writes[0].salt, change, 0);
    struct hm_change back = *part;
    hm_change_body_put(&buf, part);
    struct hm_bytes body = hm_arena_copy(&arena, hm_buf_bytes(&buf));

    ck_assert_int_eq(hm_change_body_get(&back, body, &arena, NULL), HM_OK);

    ck_assert(hm_bytes_equal(back.writes[0].value, change->writes[0].value));
    ck_assert_uint_eq(back.writes[1].value.size, 0);
    back.id = hm_make_id(0);
    ck_assert_int_eq(hm_change_seal(&back, &buf, NULL), HM_OK);
    ck_assert(hm_id_equal(&back.id, &change->id));
}
END_TEST

START_TEST(a_body_cut_anywhere_is_corrupt)
{
    struct hm_change *change = a_create();
    hm_change_body_put(&buf, change);
    struct hm_bytes body = hm_arena_copy(&arena, hm_buf_bytes(&buf));

    for (size_t size = 0; size < body.size; size++) {
        struct hm_change back = {.act = HM_ACT_CREATE};
        struct hm_err err = HM_ERR_NONE;
        ck_assert_int_eq(
            hm_change_body_get(&back, (struct hm_bytes){body.data, size}, &arena, &err),
            HM_CORRUPT);
        ck_assert_str_eq(err.key, "change-body");
    }
}
END_TEST

START_TEST(the_order_and_limits_of_the_tuple_are_judged)
{
    static const hm_prefix down[] = {2, 1};
    static const hm_prefix twice[] = {1, 1};
    struct hm_change *change = a_create();
    struct hm_write *write = &change->writes[0];
    struct hm_write kept = *write;
    struct hm_change whole = *change;
    ck_assert(hm_change_valid(change));

    write->replaces = down;
    write->replaces_count = 2;
    ck_assert(!hm_change_valid(change));
    write->replaces = twice;
    ck_assert(!hm_change_valid(change));
    *write = kept;
    write->depth = 0;
    ck_assert(!hm_change_valid(change));
    *write = kept;
    write->value = hm_text("x");
    ck_assert(!hm_change_valid(change));
    *write = kept;
    write->reg = change->writes[1].reg;
    ck_assert(!hm_change_valid(change));
    write->reg = HM_NO_BYTES;
    ck_assert(!hm_change_valid(change));
    *write = kept;
    change->home = HM_NO_BYTES;
    ck_assert(!hm_change_valid(change));
    *change = whole;
    change->act = HM_ACT_EDIT; /* with record_is_own */
    ck_assert(!hm_change_valid(change));
    *change = whole;
    change->write_count = HM_CHANGE_WRITES_MAX + 1;
    ck_assert(!hm_change_valid(change));
    *change = whole;
    ck_assert(hm_change_valid(change));
}
END_TEST

START_TEST(names_and_seen_stand_in_order)
{
    struct hm_id names[] = {hm_make_id(2), hm_make_id(1)};
    static const hm_prefix down[] = {2, 1};
    struct hm_change *change = a_create();

    change->names = names;
    change->name_count = 2;
    ck_assert(!hm_change_valid(change));
    names[1] = hm_make_id(3);
    ck_assert(hm_change_valid(change));
    change->seen = down;
    change->seen_count = 2;
    ck_assert(!hm_change_valid(change));
    change->seen_count = 1;
    change->name_count = HM_NAMES_MAX + 1;
    change->names = hm_arena_get_array(&arena, HM_NAMES_MAX + 1, sizeof(struct hm_id));
    ck_assert(!hm_change_valid(change));
}
END_TEST

START_TEST(a_chain_binds_device_epoch_parent_and_order)
{
    struct hm_id device = hm_make_id(1);
    struct hm_id id = hm_make_id(7);
    struct hm_digest head;
    struct hm_digest child;

    hm_chain_begin(&head, &device, 70000, NULL);
    ck_hex(head.at, 32,
           "f501133cac94bda2c7edc334a4eed7e22d15eb401183e56f321343cbc06f76ca");
    hm_chain_begin(&child, &device, 1, &head);
    ck_hex(child.at, 32,
           "c32f2ebac72e83f8835259a0b06bc105c7aed965290a5cc4122cbb65c5078f04");
    hm_chain_next(&head, &id);
    ck_hex(head.at, 32,
           "5c1ac32e2f3408f9080ea1ae3e24e029ce866069bdbfdf3920149237e6847913");
}
END_TEST

START_TEST(acts_have_names_and_some_decide)
{
    enum hm_act act = HM_ACT_CREATE;
    ck_assert(hm_act_find(&act, hm_text("resolve")));
    ck_assert_int_eq(act, HM_ACT_RESOLVE);
    ck_assert_str_eq(hm_act_name(HM_ACT_ERASE), "erase");
    ck_assert(!hm_act_find(&act, hm_text("Resolve")));
    ck_assert(hm_act_decides(HM_ACT_RESOLVE) && hm_act_decides(HM_ACT_POLICY) &&
              hm_act_decides(HM_ACT_ERASE));
    ck_assert(!hm_act_decides(HM_ACT_CREATE) && !hm_act_decides(HM_ACT_EDIT) &&
              !hm_act_decides(HM_ACT_DELETE) && !hm_act_decides(HM_ACT_MERGE) &&
              !hm_act_decides(HM_ACT_WITHDRAW));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("change");
    TCase *ids = tcase_create("ids");
    tcase_add_checked_fixture(ids, setup, teardown);
    tcase_add_test(ids, keys_and_salts_are_those_of_the_protocol);
    tcase_add_test(ids, a_create_takes_its_own_id_as_record);
    tcase_add_test(ids, an_edit_with_everything_has_the_id_of_the_protocol);
    tcase_add_test(ids, a_natural_key_and_a_withdrawal_have_the_ids_of_the_protocol);
    tcase_add_test(ids, a_skeleton_keeps_the_id);
    tcase_add_test(ids, one_value_with_its_own_salt_keeps_the_id);
    tcase_add_loop_test(ids, everything_in_the_tuple_changes_the_id, 0, 19);
    tcase_add_test(ids, two_equal_forms_are_two_changes);
    tcase_add_test(ids, a_chain_binds_device_epoch_parent_and_order);
    suite_add_tcase(suite, ids);

    TCase *forms = tcase_create("forms");
    tcase_add_checked_fixture(forms, setup, teardown);
    tcase_add_test(forms, a_body_gives_the_change_back);
    tcase_add_test(forms, the_body_of_a_half_erased_change_gives_it_back);
    tcase_add_test(forms, a_body_cut_anywhere_is_corrupt);
    tcase_add_test(forms, the_order_and_limits_of_the_tuple_are_judged);
    tcase_add_test(forms, names_and_seen_stand_in_order);
    tcase_add_test(forms, acts_have_names_and_some_decide);
    suite_add_tcase(suite, forms);
    return hm_run(suite);
}
