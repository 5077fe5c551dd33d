/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>

#include "hamlet/text/sort.h"

/* Ids from an implementation of PROTOCOL.md 3.3 in another language. */
static const struct {
    const char *home;
    const char *kind;
    const char *keys[2];
    const char *values[2];
    const char *id;
} ids[] = {
    {"29182-001",
     "commitment",
     {"household", "year"},
     {"\"0123456789abcdef0123456789abcdef\"", "2026"},
     "8872c030c71c6aa9a548192020fcef6a"},
    {"~",
     "unit",
     {"code", NULL},
     {"\"29182\"", NULL},
     "80f7f7c545c0966df30f6ca88fbef64b"},
    {"29182-001",
     "evaluation",
     {"year", "stage"},
     {"2026", "\"tu_danh_gia\""},
     "b09e8a21f1cbceedf3be861d0768793f"},
};

START_TEST(a_natural_key_gives_the_id_of_the_protocol)
{
    struct hm_key_field key[2];
    struct hm_id id;
    size_t count = 0;
    for (; count < 2 && ids[_i].keys[count] != NULL; count++) {
        key[count] = (struct hm_key_field){hm_text(ids[_i].keys[count]),
                                           raw(ids[_i].values[count])};
        const struct hm_kind *kind = kind_of(ids[_i].kind);
        ck_assert_str_eq(kind->key.at[count]->name, ids[_i].keys[count]);
    }
    char hex[HM_HEX16_SIZE];

    hm_record_id(&id, hm_text(ids[_i].home), hm_text(ids[_i].kind), key, count);

    hm_hex_put(hex, hm_id_bytes(&id));
    ck_assert_str_eq(hex, ids[_i].id);
}
END_TEST

START_TEST(home_kind_and_every_key_value_change_the_id)
{
    struct hm_key_field key = {hm_text("code"), raw("\"1\"")};
    struct hm_id id[4];

    hm_record_id(&id[0], hm_text("a"), hm_text("b"), &key, 1);
    hm_record_id(&id[1], hm_text("ab"), hm_text(""), &key, 1);
    hm_record_id(&id[2], hm_text("a"), hm_text("c"), &key, 1);
    key.value = raw("\"2\"");
    hm_record_id(&id[3], hm_text("a"), hm_text("b"), &key, 1);

    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < i; j++) {
            ck_assert(!hm_id_equal(&id[i], &id[j]));
        }
    }
}
END_TEST

/*
 * Who may do what (domain: the roles of the forms), a letter an act: Create, Edit,
 * Delete, Resolve, Merge, Withdraw, eraSe. The roles in the order of their table.
 */
enum { ROLES = HM_ROLE_COUNT };
static const struct {
    const char *kind;
    const char *field; /* that the rights depend on, and its value */
    const char *value;
    const char *acts[ROLES];
    /* viewer auditor recorder hamlet_head unit_officer commune_officer commune_chair
       district_officer district_chair district_admin server */
} rights[] = {
    {"unit", NULL, NULL, {"", "", "", "", "", "", "", "", "", "CEDRMW", "CED"}},
    {"household",
     NULL,
     NULL,
     {"", "", "CEDW", "CEDW", "", "CEDRMW", "", "RMW", "", "RMWS", ""}},
    {"commitment",
     NULL,
     NULL,
     {"", "", "CEDW", "CEDW", "", "CEDRMW", "", "RMW", "", "RMWS", ""}},
    {"registration",
     NULL,
     NULL,
     {"", "", "CEDW", "CEDW", "CEDW", "ERMW", "", "RMW", "", "RMWS", ""}},
    {"evaluation",
     "stage",
     "\"tu_danh_gia\"",
     {"", "", "CEDW", "CEDW", "CEDW", "RMW", "", "RMW", "", "RMWS", ""}},
    {"evaluation",
     "stage",
     "\"tham_dinh\"",
     {"", "", "", "", "", "CEDRMW", "", "CEDRMW", "", "RMWS", ""}},
    {"evaluation",
     NULL,
     NULL, /* not known: what is right in either case */
     {"", "", "", "", "", "RMW", "", "RMW", "", "RMWS", ""}},
    {"activity",
     NULL,
     NULL,
     {"", "", "CEDW", "CEDW", "CEDW", "CEDRMW", "", "CEDRMW", "", "RMWS", ""}},
    {"boat",
     "phase",
     "\"draft\"",
     {"", "", "CEW", "", "", "CEDRM", "", "", "", "RS", ""}},
    {"boat", "phase", "\"final\"", {"", "", "", "", "", "CEDRM", "", "", "", "R", ""}},
};

START_TEST(a_role_may_do_what_the_matrix_says_and_nothing_else)
{
    static const char letters[] = {
        [HM_ACT_CREATE] = 'C',   [HM_ACT_EDIT] = 'E',   [HM_ACT_DELETE] = 'D',
        [HM_ACT_RESOLVE] = 'R',  [HM_ACT_POLICY] = '-', [HM_ACT_MERGE] = 'M',
        [HM_ACT_WITHDRAW] = 'W', [HM_ACT_ERASE] = 'S'};
    const struct hm_kind *kind = kind_of(rights[_i].kind);
    bool known = rights[_i].field != NULL;
    struct hm_key_field key = {hm_text(rights[_i].field),
                               known ? raw(rights[_i].value) : HM_NO_BYTES};

    for (int role = 0; role < HM_ROLE_COUNT; role++) {
        for (int act = 0; act < HM_ACT_COUNT; act++) {
            bool may = hm_kind_may(kind, (enum hm_role)role, (enum hm_act)act,
                                   HM_NO_BYTES, &key, known ? 1 : 0);
            bool should = strchr(rights[_i].acts[role], letters[act]) != NULL;
            should = should || (act == HM_ACT_POLICY && role == HM_ROLE_SERVER);
            ck_assert_msg(may == should, "%s %s %s", kind->name,
                          hm_role_name((enum hm_role)role),
                          hm_act_name((enum hm_act)act));
        }
    }
}
END_TEST

START_TEST(a_field_with_writers_is_created_and_edited_by_them_alone)
{
    const struct hm_kind *kind = kind_of("registration");
    struct hm_bytes receipt = hm_text("receive_no");
    struct hm_bytes plan = hm_text("plan_no");

    ck_assert(!hm_kind_may(kind, HM_ROLE_RECORDER, HM_ACT_CREATE, receipt, NULL, 0));
    ck_assert(!hm_kind_may(kind, HM_ROLE_RECORDER, HM_ACT_EDIT, receipt, NULL, 0));
    ck_assert(hm_kind_may(kind, HM_ROLE_RECORDER, HM_ACT_EDIT, plan, NULL, 0));
    ck_assert(hm_kind_may(kind, HM_ROLE_COMMUNE_OFFICER, HM_ACT_EDIT, receipt, NULL, 0));
    ck_assert(
        hm_kind_may(kind, HM_ROLE_DISTRICT_ADMIN, HM_ACT_RESOLVE, receipt, NULL, 0));
    ck_assert(hm_kind_may(kind, HM_ROLE_RECORDER, HM_ACT_EDIT, hm_text(HM_REGISTER_WHY),
                          NULL, 0));
    ck_assert(
        !hm_kind_may(kind, HM_ROLE_RECORDER, HM_ACT_EDIT, hm_text("nothing"), NULL, 0));
}
END_TEST

/* Shown values by the name of the field. */
struct shown {
    const char *name;
    const char *json;
};

static struct hm_bytes get(void *ctx, const struct hm_field *field)
{
    for (const struct shown *at = ctx; at->name != NULL; at++) {
        if (strcmp(at->name, field->name) == 0) {
            return raw(at->json);
        }
    }
    return HM_NO_BYTES;
}

static struct hm_bytes key_of(const char *kind, struct shown *shown)
{
    struct hm_buf out;
    const struct hm_kind_values values = {get, shown};
    hm_buf_init(&out, 4096);
    hm_kind_sort_key(&out, kind_of(kind), &values);
    ck_assert_int_eq(hm_buf_status(&out, NULL), HM_OK);
    struct hm_bytes key = hm_arena_copy(&arena, hm_buf_bytes(&out));
    hm_buf_fini(&out);
    return key;
}

START_TEST(people_stand_by_their_given_names)
{
    static struct shown people[][3] = {
        {{"head_name", "\"Trần Văn An\""}},
        {{"head_name", "\"Lê Thị Ánh\""}},
        {{"head_name", "\"Nguyễn Văn Út\""}, {"household_code", "\"Tổ 2\""}},
        {{"head_name", "\"Nguyễn Văn Út\""}, {"household_code", "\"Tổ 10\""}},
        {{"head_name", "\"Nguyễn Văn Út\""}},
        {{"head_name", "\"Phạm Thị Út\""}, {"household_code", "\"Tổ 1\""}},
        {{"household_code", "\"Tổ 1\""}},
    };

    for (size_t i = 1; i < sizeof(people) / sizeof(people[0]); i++) {
        struct hm_bytes before = key_of("household", people[i - 1]);
        struct hm_bytes after = key_of("household", people[i]);
        ck_assert_msg(hm_bytes_compare(before, after) < 0, "%zu", i);
    }
}
END_TEST

START_TEST(numbers_dates_and_choices_stand_in_their_own_order)
{
    static struct shown boats[][4] = {
        {{"name", "\"An\""}, {"length", "-5"}},
        {{"name", "\"An\""}, {"length", "0"}},
        {{"name", "\"An\""}, {"length", "2"}},
        {{"name", "\"An\""}, {"length", "10"}},
        {{"name", "\"An\""}, {"length", "300"}, {"phase", "\"draft\""}},
        {{"name", "\"An\""}, {"length", "300"}, {"phase", "\"final\""}},
        {{"name", "\"An\""}, {"phase", "\"draft\""}},
        {{"name", "\"An\""}, {"phase", "\"final\""}},
        {{"name", "\"An\""}},
        {{"name", "\"Bé\""}, {"length", "-5"}},
    };
    static struct shown activities[][3] = {
        {{"date", "\"2025-12-31\""}, {"type", "\"tong_ket\""}},
        {{"date", "\"2026-01-01\""}, {"type", "\"hoi_nghi_trien_khai\""}},
        {{"date", "\"2026-01-01\""}, {"type", "\"tong_ket\""}},
        {{"type", "\"tong_ket\""}},
    };

    for (size_t i = 1; i < sizeof(boats) / sizeof(boats[0]); i++) {
        ck_assert_msg(
            hm_bytes_compare(key_of("boat", boats[i - 1]), key_of("boat", boats[i])) < 0,
            "%zu", i);
    }
    for (size_t i = 1; i < sizeof(activities) / sizeof(activities[0]); i++) {
        ck_assert_int_lt(hm_bytes_compare(key_of("activity", activities[i - 1]),
                                          key_of("activity", activities[i])),
                         0);
    }
}
END_TEST

/* Two records of different names stand as the names alone do, whatever is behind them. */
START_TEST(a_later_field_never_runs_into_an_earlier_one)
{
    static const char *const names[] = {"A", "An", "Ân", "a", "á", "an Bé", "Á", "a a"};
    enum { COUNT = sizeof(names) / sizeof(names[0]) };
    struct hm_buf key[COUNT];
    char json[COUNT][16];
    for (int i = 0; i < COUNT; i++) {
        hm_buf_init(&key[i], 100);
        hm_text_sort_key(&key[i], hm_text(names[i]), HM_TEXT_ORDER_PLAIN);
        (void)snprintf(json[i], sizeof(json[i]), "\"%s\"", names[i]);
    }

    for (int i = 0; i < COUNT * COUNT; i++) {
        int a = i / COUNT;
        int b = i % COUNT;
        struct shown left[] = {{"name", json[a]}, {"code", "\"9\""}, {NULL, NULL}};
        struct shown right[] = {{"name", json[b]}, {"code", "\"1\""}, {NULL, NULL}};
        int alone = hm_bytes_compare(hm_buf_bytes(&key[a]), hm_buf_bytes(&key[b]));
        int both = hm_bytes_compare(key_of("unit", left), key_of("unit", right));
        ck_assert_msg(a == b ? both > 0 : (alone < 0) == (both < 0), "%s, %s", names[a],
                      names[b]);
    }

    for (int i = 0; i < COUNT; i++) {
        hm_buf_fini(&key[i]);
    }
}
END_TEST

static void check_fold(const char *kind, struct shown *shown, const char *folded)
{
    struct hm_buf out;
    const struct hm_kind_values values = {get, shown};
    hm_buf_init(&out, 4096);
    hm_kind_fold(&out, kind_of(kind), &values);
    ck_assert_int_eq(hm_buf_status(&out, NULL), HM_OK);
    ck_assert_str_eq(out.size == 0 ? "" : (const char *)out.data, folded);
    hm_buf_fini(&out);
}

START_TEST(a_search_looks_through_folded_fields_a_line_each)
{
    static struct shown household[] = {{"head_name", "\"Nguyễn Thị Đường\""},
                                       {"address_text", "\"12/3 Ấp Thạnh Phước\""},
                                       {"household_code", "\"H-07\""},
                                       {NULL, NULL}};
    static struct shown boat[] = {{"name", "\"Sao\""},
                                  {"phase", "\"final\""},
                                  {"ports", "[\"Bến Tre\"]"},
                                  {NULL, NULL}};
    static struct shown none[] = {{"head_name", "null"}, {NULL, NULL}};

    check_fold("household", household, "nguyen thi duong\n12 3 ap thanh phuoc\nh 07");
    check_fold("boat", boat, "sao\nchinh thuc\nfinal\nben tre\nben tre");
    check_fold("household", none, "");
}
END_TEST

START_TEST(a_full_buffer_is_told_once_at_the_end)
{
    static struct shown household[] = {{"head_name", "\"Nguyễn Thị Đường\""},
                                       {"household_code", "\"H-07\""},
                                       {NULL, NULL}};
    const struct hm_kind_values values = {get, household};

    for (size_t max = 0; max < 16; max++) {
        struct hm_buf out;
        hm_buf_init(&out, max);
        hm_kind_sort_key(&out, kind_of("household"), &values);
        ck_assert_int_eq(hm_buf_status(&out, NULL), HM_TOO_BIG);
        hm_buf_clear(&out);
        hm_kind_fold(&out, kind_of("household"), &values);
        ck_assert_int_eq(hm_buf_status(&out, NULL), HM_TOO_BIG);
        hm_buf_fini(&out);
    }
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *made = tcase_create(name);
    tcase_add_checked_fixture(made, world_start, world_finish);
    suite_add_tcase(suite, made);
    return made;
}

int main(void)
{
    Suite *suite = suite_create("record.kind");
    TCase *id = add_case(suite, "id");
    tcase_add_loop_test(id, a_natural_key_gives_the_id_of_the_protocol, 0, COUNT(ids));
    tcase_add_test(id, home_kind_and_every_key_value_change_the_id);

    TCase *may = add_case(suite, "rights");
    tcase_add_loop_test(may, a_role_may_do_what_the_matrix_says_and_nothing_else, 0,
                        COUNT(rights));
    tcase_add_test(may, a_field_with_writers_is_created_and_edited_by_them_alone);

    TCase *list = add_case(suite, "lists");
    tcase_add_test(list, people_stand_by_their_given_names);
    tcase_add_test(list, numbers_dates_and_choices_stand_in_their_own_order);
    tcase_add_test(list, a_later_field_never_runs_into_an_earlier_one);
    tcase_add_test(list, a_search_looks_through_folded_fields_a_line_each);
    tcase_add_test(list, a_full_buffer_is_told_once_at_the_end);
    return world_run(suite);
}
