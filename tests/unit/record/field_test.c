/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdlib.h>

#define ID "0123456789abcdef0123456789abcdef"

/* What a person types, and the value as JSON; "-": it is refused, under this key. */
static const struct {
    const char *kind;
    const char *field;
    const char *typed;
    const char *value;
    const char *key;
} typed[] = {
    /* numbers: the point only between groups of three */
    {"registration", "households_resident", "1157", "1157", NULL},
    {"registration", "households_resident", "1.157", "1157", NULL},
    {"registration", "households_resident", "2.063", "2063", NULL},
    {"registration", "households_resident", "101.662", "101662", NULL},
    {"registration", "households_resident", "07", "7", NULL},
    {"registration", "households_resident", "00", "0", NULL},
    {"registration", "households_resident", " 99 ", "99", NULL},
    {"registration", "households_resident", "0", "0", NULL},
    {"registration", "households_resident", "1,5", "-", "field-integer"},
    {"registration", "households_resident", "1.5", "-", "field-integer"},
    {"registration", "households_resident", "1.57", "-", "field-integer"},
    {"registration", "households_resident", "1.1570", "-", "field-integer"},
    {"registration", "households_resident", "1157.000", "-", "field-integer"},
    {"registration", "households_resident", "1.157.00", "-", "field-integer"},
    {"registration", "households_resident", ".157", "-", "field-integer"},
    {"registration", "households_resident", "1..157", "-", "field-integer"},
    {"registration", "households_resident", "1.157.", "-", "field-integer"},
    {"registration", "households_resident", "0.157", "-", "field-integer"},
    {"registration", "households_resident", "1,157", "-", "field-integer"},
    {"registration", "households_resident", "1 157", "-", "field-integer"},
    {"registration", "households_resident", "95%", "-", "field-integer"},
    {"registration", "households_resident", "12 hộ", "-", "field-integer"},
    {"registration", "households_resident", "-", "-", "field-integer"},
    {"registration", "households_resident", ".", "-", "field-integer"},
    {"registration", "households_resident", "+5", "-", "field-integer"},
    {"registration", "households_resident", "1e3", "-", "field-integer"},
    {"registration", "households_resident", "-1", "-", "field-range"},
    {"registration", "households_resident", "1.000.000", "-", "field-range"},
    {"registration", "households_resident", "99999999999999999999", "-", "field-integer"},
    {"commitment", "year", "2026", "2026", NULL},
    {"commitment", "year", "2011", "-", "field-range"},
    {"commitment", "year", "2101", "-", "field-range"},
    {"boat", "length", "-5", "-5", NULL},
    {"boat", "length", "-6", "-", "field-range"},
    /* dates: the day first, always */
    {"activity", "date", "05/03/2026", "\"2026-03-05\"", NULL},
    {"activity", "date", "5/3/2026", "\"2026-03-05\"", NULL},
    {"activity", "date", "11.8.2017", "\"2017-08-11\"", NULL},
    {"activity", "date", "22/8/2012", "\"2012-08-22\"", NULL},
    {"activity", "date", "09/07/2019", "\"2019-07-09\"", NULL},
    {"activity", "date", "11 Tháng 8 2017", "\"2017-08-11\"", NULL},
    {"activity", "date", "29/05/2017, 10:25", "\"2017-05-29\"", NULL},
    {"activity", "date", "29/05/2017 9:05:59", "\"2017-05-29\"", NULL},
    {"activity", "date", "ngày 11 tháng 8 năm 2017", "\"2017-08-11\"", NULL},
    {"activity", "date", "Ngay 11 thang 8 nam 2017", "\"2017-08-11\"", NULL},
    {"activity", "date", "05-03-2026", "\"2026-03-05\"", NULL},
    {"activity", "date", "2026-03-05", "\"2026-03-05\"", NULL},
    {"activity", "date", "2026-3-5", "\"2026-03-05\"", NULL},
    {"activity", "date", " 5 / 3 / 2026 ", "\"2026-03-05\"", NULL},
    {"activity", "date", "29/2/2024", "\"2024-02-29\"", NULL},
    {"activity", "date", "29/2/2026", "-", "field-date"},
    {"activity", "date", "3/25/2026", "-", "field-date"},
    {"activity", "date", "5/3/26", "-", "field-date"},
    {"activity", "date", "05/03/202", "-", "field-date"},
    {"activity", "date", "05/03/20266", "-", "field-date"},
    {"activity", "date", "2026/03/05", "-", "field-date"},
    {"activity", "date", "2026.03.05", "-", "field-date"},
    {"activity", "date", "2026-13-01", "-", "field-date"},
    {"activity", "date", "0/3/2026", "-", "field-date"},
    {"activity", "date", "5/0/2026", "-", "field-date"},
    {"activity", "date", "005/3/2026", "-", "field-date"},
    {"activity", "date", "5/3-2026", "-", "field-date"},
    {"activity", "date", "5//3/2026", "-", "field-date"},
    {"activity", "date", "/5/3/2026", "-", "field-date"},
    {"activity", "date", "5/3/2026/", "-", "field-date"},
    {"activity", "date", "5 3 2026", "-", "field-date"},
    {"activity", "date", "5/3", "-", "field-date"},
    {"activity", "date", "05032026", "-", "field-date"},
    {"activity", "date", "3/2026", "-", "field-date"},
    {"activity", "date", "2026", "-", "field-date"},
    {"activity", "date", "42799", "-", "field-date"},
    {"activity", "date", "hôm qua", "-", "field-date"},
    {"activity", "date", "5 March 2026", "-", "field-date"},
    {"activity", "date", "5/3/2026, 24:00", "-", "field-date"},
    {"activity", "date", "5/3/2026, 10", "-", "field-date"},
    {"activity", "date", "5/3/2026, 10:5", "-", "field-date"},
    {"activity", "date", "5/3/2026,", "-", "field-date"},
    {"activity", "date", "5/3/2026 sáng", "-", "field-date"},
    {"activity", "date", "31/12/1799", "-", "field-date"},
    {"activity", "date", "1/1/2200", "-", "field-date"},
    {"activity", "date",
     "ngày ngày ngày ngày ngày ngày ngày ngày ngày ngày ngày ngày 5/3/2026", "-",
     "field-date"},
    /* dates that are partly known */
    {"commitment", "signed_date", "2026", "\"2026\"", NULL},
    {"commitment", "signed_date", "năm 2026", "\"2026\"", NULL},
    {"commitment", "signed_date", "2026-03", "\"2026-03\"", NULL},
    {"commitment", "signed_date", "3/2026", "\"2026-03\"", NULL},
    {"commitment", "signed_date", "03.2026", "\"2026-03\"", NULL},
    {"commitment", "signed_date", "tháng 3 năm 2026", "\"2026-03\"", NULL},
    {"commitment", "signed_date", "tháng 3/2026", "\"2026-03\"", NULL},
    {"commitment", "signed_date", "5/3/2026", "\"2026-03-05\"", NULL},
    {"commitment", "signed_date", "13/2026", "-", "field-partial-date"},
    {"commitment", "signed_date", "26", "-", "field-partial-date"},
    {"commitment", "signed_date", "3 2026", "-", "field-partial-date"},
    {"commitment", "signed_date", "2026-3-", "-", "field-partial-date"},
    {"commitment", "signed_date", "tháng 3", "-", "field-partial-date"},
    {"commitment", "signed_date", "tháng", "-", "field-partial-date"},
    {"commitment", "signed_date", "3/2026, 10:25", "-", "field-partial-date"},
    /* one of several */
    {"commitment", "signed", "da_ky", "\"da_ky\"", NULL},
    {"commitment", "signed", "Đã ký", "\"da_ky\"", NULL},
    {"commitment", "signed", "da ky", "\"da_ky\"", NULL},
    {"commitment", "signed", "SIGNED", "\"da_ky\"", NULL},
    {"commitment", "signed", "chưa", "\"chua_ky\"", NULL},
    {"commitment", "signed", "", "null", NULL},
    {"commitment", "signed", "từ chối", "-", "field-enum"},
    {"commitment", "signed", "???", "-", "field-enum"},
    {"commitment", "signer_relation", "vợ/chồng", "\"vo_chong\"", NULL},
    {"registration", "reg_type", "standard", "\"tieu_chuan\"", NULL},
    {"registration", "reg_type", "Mô hình", "\"mo_hinh\"", NULL},
    {"evaluation", "stage", "self", "\"tu_danh_gia\"", NULL},
    {"evaluation", "stage", "appraisal", "\"tham_dinh\"", NULL},
    {"evaluation", "result", "met", "\"dat\"", NULL},
    {"evaluation", "result", "not_met", "\"chua_dat\"", NULL},
    {"boat", "phase", "xong", "\"final\"", NULL},
    {"boat", "phase", "trùng", "-", "field-enum"}, /* two could be meant */
    /* yes and no */
    {"commitment", "consent_notice", "có", "true", NULL},
    {"commitment", "consent_notice", "CÓ", "true", NULL},
    {"commitment", "consent_notice", "co", "true", NULL},
    {"commitment", "consent_notice", "không", "false", NULL},
    {"commitment", "consent_notice", "true", "true", NULL},
    {"commitment", "consent_notice", "false", "false", NULL},
    {"commitment", "consent_notice", "1", "true", NULL},
    {"commitment", "consent_notice", "0", "false", NULL},
    {"commitment", "consent_notice", "yes", "true", NULL},
    {"commitment", "consent_notice", "no", "false", NULL},
    {"commitment", "consent_notice", "2", "-", "field-boolean"},
    {"commitment", "consent_notice", "maybe", "-", "field-boolean"},
    {"boat", "sound", "còn tốt", "true", NULL},
    {"boat", "sound", "hỏng", "false", NULL},
    {"boat", "sound", "true", "true", NULL},
    {"boat", "sound", "có", "-", "field-boolean"},
    /* references */
    {"commitment", "household", ID, "\"" ID "\"", NULL},
    {"commitment", "household", "0123456789ABCDEF0123456789abcdef", "-", "field-ref"},
    {"commitment", "household", "0123", "-", "field-ref"},
    {"commitment", "household", ID "00", "-", "field-ref"},
    /* text */
    {"household", "head_name", "  Nguyễn   Thị Hường ", "\"Nguyễn Thị Hường\"", NULL},
    {"household", "head_name", "Nguye\u0302\u0303n", "\"Nguyễn\"", NULL},
    {"household", "head_name", "\u00D0ặng", "\"Đặng\"", NULL},
    {"household", "head_name", " \t ", "null", NULL},
    {"household", "head_name", "a\nb", "-", "field-text"},
    {"household", "head_name", "a\x01", "-", "field-text"},
    {"household", "head_name", "a\xFF", "-", "field-text"},
    {"commitment", "note", " dòng một \r\n dòng hai ", "\"dòng một\\ndòng hai\"", NULL},
    {"boat", "name", "mười chữ à", "\"mười chữ à\"", NULL},
    {"boat", "name", "mười một à!", "-", "field-long"},
    {"unit", "code", "29182", "\"29182\"", NULL},
    {"unit", "code", "~", "-", "field-text"},
    {"unit", "name", "~", "\"~\"", NULL},
    /* sets */
    {"boat", "gear", "net", "[\"net\"]", NULL},
    {"boat", "gear", "net; đèn, LINE; net", "[\"lamp\",\"line\",\"net\"]", NULL},
    {"boat", "gear", "[\"net\",\"lamp\"]", "[\"lamp\",\"net\"]", NULL},
    {"boat", "gear", "[]", "null", NULL},
    {"boat", "gear", "net;", "[\"net\"]", NULL},
    {"boat", "gear", ";", "-", "field-set"},
    {"boat", "gear", "hook", "-", "field-set"},
    {"boat", "gear", "[5]", "-", "field-set"},
    /* lists are JSON */
    {"boat", "ports", "[\" Bến  Tre \",\"\",null]", "[\"Bến Tre\"]", NULL},
    {"boat", "ports", " [ ] ", "null", NULL},
    {"boat", "ports", "", "null", NULL},
    {"boat", "ports", "Bến Tre", "-", "field-list"},
    {"boat", "ports", "[\"a\",\"b\",\"c\",\"d\"]", "-", "field-long"},
    {"boat", "ports", "[\"chín chữ à\"]", "-", "field-long"},
    {"boat", "ports", "[5]", "-", "field-text"},
    {"boat", "ports", "[\"a\"", "-", "json"},
    {"boat", "ports", "[1.5]", "-", "json"},
    {"boat", "crew", "[{\"task\":\"lái\",\"count\":\"1.200\"}]",
     "[{\"count\":1200,\"task\":\"lái\"}]", NULL},
    {"boat", "crew", "[{\"task\":\"lái\",\"count\":null},{}]", "-", "field-required"},
    {"boat", "crew", "[{\"count\":5}]", "-", "field-required"},
    {"boat", "crew", "[{\"task\":\"a\",\"tax\":5}]", "-", "field-unknown"},
    {"boat", "crew", "[{\"task\":\"a\",\"count\":-1}]", "-", "field-range"},
    {"boat", "crew", "[5]", "-", "field-object"},
    {"boat", "crew", "[[]]", "-", "field-object"},
    {"activity", "audience",
     "[{\"class\":\"Lượt hộ\",\"qty\":25000,\"qualifier\":\"trên\"}]",
     "[{\"class\":\"luot_ho\",\"qty\":25000,\"qualifier\":\"gt\"}]", NULL},
    {"evaluation", "answers",
     "[{\"criterion_id\":\"4.1.c\",\"verdict\":\"dat\",\"num\":120,\"den\":120,"
     "\"mitigating\":false}]",
     "[{\"criterion_id\":\"4.1.c\",\"den\":120,\"mitigating\":false,\"num\":120,"
     "\"verdict\":\"dat\"}]",
     NULL},
    /* drawings */
    {"boat", "mark", "2@@", "\"2@@\"", NULL},
    {"boat", "mark", "[[[1,2],[2,4]]]", "\"2AB@@\"", NULL},
    {"boat", "mark", "[]", "null", NULL},
    {"boat", "mark", "chữ ký", "-", "field-strokes"},
    {"boat", "mark", "[[5]]", "-", "field-strokes"},
    {"boat", "mark", "2@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", "-", "field-long"},
};

START_TEST(what_a_person_types_is_read_by_the_type_of_the_field)
{
    const struct hm_field *field = field_of(typed[_i].kind, typed[_i].field);

    struct hm_bytes value = read_field(field, typed[_i].typed);

    ck_assert_msg(strcmp(json_of(value), typed[_i].value) == 0, "'%s' gives %s",
                  typed[_i].typed, json_of(value));
    if (typed[_i].key != NULL) {
        ck_assert_int_eq(err.status, HM_BAD_INPUT);
        ck_assert_str_eq(err.key, typed[_i].key);
    }
}
END_TEST

START_TEST(what_was_read_is_valid_and_is_read_back_as_it_was_written)
{
    const struct hm_field *field = field_of(typed[_i].kind, typed[_i].field);
    struct hm_bytes value = read_field(field, typed[_i].typed);
    struct hm_buf out;
    if (value.size == 0) {
        return;
    }
    hm_buf_init(&out, HM_VALUE_BYTES_MAX);

    hm_field_write(&out, field, value);
    const char *text = out.size == 0 ? "" : (const char *)out.data;

    bool cleared = hm_value_tag(value) == HM_VALUE_NULL;
    ck_assert(cleared ? out.size == 0 : hm_field_valid(field, value));
    ck_assert_msg(hm_bytes_equal(read_field(field, text), value), "%s", text);
    hm_buf_fini(&out);
}
END_TEST

START_TEST(an_error_names_the_field_and_never_what_was_typed)
{
    const struct hm_field *field = field_of(typed[_i].kind, typed[_i].field);
    struct hm_bytes value = read_field(field, typed[_i].typed);
    if (value.size > 0 || strcmp(err.key, "json") == 0) {
        return;
    }

    bool named = strcmp(err.arg[0], field->name) == 0;
    for (size_t i = 0; field->item != NULL && i < field->item->members.count; i++) {
        named = named || strcmp(err.arg[0], field->item->members.at[i]->name) == 0;
    }

    ck_assert_msg(named || strcmp(err.key, "field-unknown") == 0, "%s", err.arg[0]);
    for (int i = 1; i < HM_ERR_ARGS; i++) {
        ck_assert(strlen(typed[_i].typed) < 4 ||
                  strstr(err.arg[i], typed[_i].typed) == NULL);
    }
}
END_TEST

START_TEST(an_error_says_what_was_expected)
{
    (void)read_field(field_of("commitment", "year"), "2011");
    ck_assert_str_eq(err.arg[0], "year");
    ck_assert_str_eq(err.arg[1], "2012");
    ck_assert_str_eq(err.arg[2], "2100");

    (void)read_field(field_of("boat", "name"), "dài quá mười chữ");
    ck_assert_str_eq(err.arg[1], "16");
    ck_assert_str_eq(err.arg[2], "10");

    (void)read_field(field_of("evaluation", "result"), "tốt");
    ck_assert_str_eq(err.arg[1], "dat, chua_dat");

    (void)read_field(field_of("household", "head_name"), "Nguyễn\xFF");
    ck_assert_str_eq(err.arg[1], "9");
}
END_TEST

START_TEST(text_far_over_the_limit_is_refused_for_its_length)
{
    char *text = calloc(1, 100001);
    memset(text, 'a', 100000);

    struct hm_bytes value = read_field(field_of("household", "head_name"), text);

    ck_assert_uint_eq(value.size, 0);
    ck_assert_str_eq(err.key, "field-long");
    ck_assert_str_eq(err.arg[1], "100000");
    free(text);
}
END_TEST

START_TEST(a_cap_on_the_result_is_too_big_and_leaves_it_empty)
{
    struct hm_buf small;
    hm_buf_init(&small, 3);

    enum hm_status status =
        hm_field_read(field_of("household", "head_name"), hm_text("Hường"), &small, &err);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_uint_eq(small.size, 0);
    hm_buf_fini(&small);
}
END_TEST

static const struct {
    const char *field;
    const char *json;
    const char *value;
    const char *key;
} given[] = {
    {"length", "5", "5", NULL},
    {"length", "\"1.157\"", "1157", NULL},
    {"length", "200001", "-", "field-range"},
    {"length", "true", "-", "field-integer"},
    {"length", "[5]", "-", "field-integer"},
    {"sound", "true", "true", NULL},
    {"sound", "1", "-", "field-boolean"},
    {"name", "\" a  b \"", "\"a b\"", NULL},
    {"name", "\"\"", "null", NULL},
    {"name", "null", "null", NULL},
    {"name", "5", "-", "field-text"},
    {"name", "{}", "-", "field-text"},
    {"seen", "\"5/3/2026\"", "\"2026-03-05\"", NULL},
    {"seen", "20260305", "-", "field-date"},
    {"built", "2026", "-", "field-partial-date"},
    {"phase", "\"Nháp\"", "\"draft\"", NULL},
    {"gear", "[\"Đèn\",\"net\",\"net\"]", "[\"lamp\",\"net\"]", NULL},
    {"gear", "\"net\"", "[\"net\"]", NULL},
    {"gear", "{\"net\":true}", "-", "field-set"},
    {"ports", "[]", "null", NULL},
    {"ports", "[null,\"\"]", "null", NULL},
    {"ports", "{}", "-", "field-list"},
    {"crew", "[{\"task\":\"lái\"}]", "[{\"task\":\"lái\"}]", NULL},
    {"crew", "{\"task\":\"lái\"}", "-", "field-list"},
    {"mark", "[[[0,0]]]", "\"2@@\"", NULL},
    {"mark", "\"2@@\"", "\"2@@\"", NULL},
    {"mark", "{}", "-", "field-strokes"},
    {"mark",
     "[[[0,0],[1,1],[2,4],[8,8],[9,9],[1,1],[0,5],[20,20],[90,90],[4,4],[500,"
     "500],[7,7],[900,900]]]",
     "-", "field-long"},
};

START_TEST(json_is_read_by_the_type_of_the_field)
{
    struct hm_bytes value = from_json(field_of("boat", given[_i].field), given[_i].json);

    ck_assert_str_eq(json_of(value), given[_i].value);
    if (given[_i].key != NULL) {
        ck_assert_str_eq(err.key, given[_i].key);
    }
}
END_TEST

/* Canonical values that others may send: what this module would never write. */
static const struct {
    const char *field;
    const char *json;
    bool valid;
} sent[] = {
    {"name", "\"a b\"", true},
    {"name", "\"\"", false},
    {"name", "\" a\"", false},
    {"name", "\"a  b\"", false},
    {"name", "\"e\u0301\"", false},
    {"name", "\"a\\nb\"", false},
    {"name", "\"12345678901\"", false},
    {"name", "5", false},
    {"log", "\"a\\nb\"", true},
    {"log", "\"a\\r\\nb\"", false},
    {"number", "\"x~\"", true},
    {"number", "\"~x\"", false},
    {"length", "5", true},
    {"length", "-5", true},
    {"length", "-6", false},
    {"length", "200001", false},
    {"length", "\"5\"", false},
    {"length", "true", false},
    {"sound", "true", true},
    {"sound", "false", true},
    {"sound", "1", false},
    {"seen", "\"2026-03-05\"", true},
    {"seen", "\"2026-02-29\"", false},
    {"seen", "\"2026-03\"", false},
    {"seen", "\"2026-3-5\"", false},
    {"seen", "\"05/03/2026\"", false},
    {"seen", "\"2026-03-05 \"", false},
    {"seen", "\"2026x03x05\"", false},
    {"seen", "\"20260-3-05\"", false},
    {"seen", "\"1799-12-31\"", false},
    {"seen", "\"\"", false},
    {"built", "\"2026\"", true},
    {"built", "\"2026-03\"", true},
    {"built", "\"2026-03-05\"", true},
    {"built", "\"2026-13\"", false},
    {"built", "\"2026-\"", false},
    {"built", "\"202\"", false},
    {"phase", "\"final\"", true},
    {"phase", "\"Final\"", false},
    {"phase", "\"xong\"", false},
    {"gear", "[\"lamp\",\"net\"]", true},
    {"gear", "[\"net\",\"lamp\"]", false},
    {"gear", "[\"net\",\"net\"]", false},
    {"gear", "[]", false},
    {"gear", "[5]", false},
    {"gear", "[\"hook\"]", false},
    {"gear", "\"net\"", false},
    {"ports", "[\"a\"]", true},
    {"ports", "[\"b\",\"a\",\"a\"]", true},
    {"ports", "[\"a\",\"b\",\"c\",\"d\"]", false},
    {"ports", "[]", false},
    {"ports", "[\"\"]", false},
    {"ports", "{\"a\":\"b\"}", false},
    {"crew", "[{\"task\":\"a\"}]", true},
    {"crew", "[{\"task\":\"a\",\"zeal\":5}]", true}, /* a newer version's member */
    {"crew", "[{\"task\":\"a\",\"count\":10000}]", false},
    {"crew", "[{\"count\":5}]", false},
    {"crew", "[\"a\"]", false},
    {"crew", "[{\"task\":\"a\"},{\"task\":\"a\"},{\"task\":\"a\"}]", false},
    {"owner", "\"" ID "\"", true},
    {"owner", "\"0123456789ABCDEF0123456789abcdef\"", false},
    {"owner", "\"\"", false},
    {"mark", "\"2@@\"", true},
    {"mark", "\"2@\"", false},
    {"mark", "\"\"", false},
    {"mark", "[[[0,0]]]", false},
    {"mark", "\"2@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\"", false},
};

START_TEST(a_value_of_another_replica_is_valid_only_as_we_would_write_it)
{
    const struct hm_field *field = field_of("boat", sent[_i].field);

    ck_assert_msg(hm_field_valid(field, raw(sent[_i].json)) == sent[_i].valid, "%s %s",
                  sent[_i].field, sent[_i].json);
}
END_TEST

START_TEST(null_is_no_value_of_any_field)
{
    const struct hm_kind *boat = kind_of("boat");

    for (size_t i = 0; i < boat->field_count; i++) {
        ck_assert(!hm_field_valid(&boat->fields[i], raw("null")));
        ck_assert(!hm_field_valid(&boat->fields[i], HM_NO_BYTES));
    }
}
END_TEST

static const struct {
    const char *kind;
    const char *field;
    const char *json;
    const char *vi;
    const char *en;
} shown[] = {
    {"registration", "households_resident", "101662", "101.662", "101,662"},
    {"registration", "households_resident", "1157", "1.157", "1,157"},
    {"registration", "households_resident", "99", "99", "99"},
    {"boat", "length", "-5", "-5", "-5"},
    {"commitment", "year", "2026", "2026", "2026"},
    {"activity", "date", "\"2026-03-05\"", "05/03/2026", "05/03/2026"},
    {"commitment", "signed_date", "\"2026-03\"", "03/2026", "03/2026"},
    {"commitment", "signed_date", "\"2026\"", "2026", "2026"},
    {"evaluation", "result", "\"chua_dat\"", "Chưa đạt", "Not met"},
    {"commitment", "consent_notice", "true", "Có", "Yes"},
    {"boat", "sound", "false", "Hỏng", "Leaking"},
    {"boat", "gear", "[\"lamp\",\"net\"]", "Đèn; Lưới", "Lamp; Net"},
    {"boat", "ports", "[\"a\",\"b\"]", "a; b", "a; b"},
    {"boat", "crew", "[{\"count\":1200,\"task\":\"lái\"}]", "Việc: lái, Số người: 1.200",
     "Task: lái, People: 1,200"},
    {"boat", "mark", "\"2@@\"", "đã ký", "signed"},
    {"boat", "owner", "\"" ID "\"", ID, ID},
    {"household", "head_name", "\"An\"", "An", "An"},
    {"household", "head_name", "null", "", ""},
};

START_TEST(people_see_a_value_in_their_language)
{
    const struct hm_field *field = field_of(shown[_i].kind, shown[_i].field);
    struct hm_bytes value = raw(shown[_i].json);
    struct hm_buf vi;
    struct hm_buf en;
    hm_buf_init(&vi, 1000);
    hm_buf_init(&en, 1000);

    hm_field_show(&vi, field, value, HM_LANG_VI);
    hm_field_show(&en, field, value, HM_LANG_EN);

    ck_assert(hm_bytes_are(hm_buf_bytes(&vi), shown[_i].vi));
    ck_assert(hm_bytes_are(hm_buf_bytes(&en), shown[_i].en));
    hm_buf_fini(&vi);
    hm_buf_fini(&en);
}
END_TEST

/* Without the shared file there are no words for yes and no, but all else works. */
START_TEST(a_kind_without_the_shared_words_still_reads_the_plain_forms)
{
    static const char json[] =
        "{\"kind\":\"thing\",\"version\":1,\"label\":{\"vi\":\"a\",\"en\":\"b\"},"
        "\"fields\":[{\"name\":\"on\",\"type\":\"date\",\"label\":{\"vi\":\"a\",\"en\":"
        "\"b\"}},{\"name\":\"yes\",\"type\":\"boolean\",\"label\":{\"vi\":\"a\",\"en\":"
        "\"b\"}},{\"name\":\"mark\",\"type\":\"strokes\",\"max\":9,\"label\":{\"vi\":"
        "\"a\",\"en\":\"b\"}}],\"roles\":{}}";
    struct hm_kinds *alone = NULL;
    struct hm_buf out;
    hm_buf_init(&out, 100);
    ck_assert_int_eq(hm_kinds_open(&alone, NULL, NULL), HM_OK);
    ck_assert_int_eq(hm_kinds_add(alone, hm_text(json), "x", NULL), HM_OK);
    const struct hm_kind *thing = hm_kinds_at(alone, 0);

    ck_assert_str_eq(json_of(read_field(&thing->fields[0], "5/3/2026")),
                     "\"2026-03-05\"");
    ck_assert_uint_eq(read_field(&thing->fields[0], "5 tháng 3 2026").size, 0);
    ck_assert_uint_eq(read_field(&thing->fields[1], "có").size, 0);
    ck_assert_str_eq(json_of(from_json(&thing->fields[1], "true")), "true");
    hm_field_show(&out, &thing->fields[1], raw("true"), HM_LANG_VI);
    hm_field_show(&out, &thing->fields[2], raw("\"2@@\""), HM_LANG_VI);
    ck_assert(hm_bytes_are(hm_buf_bytes(&out), "true"));

    hm_buf_fini(&out);
    hm_kinds_close(alone);
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
    Suite *suite = suite_create("record.field");
    TCase *read = add_case(suite, "read");
    tcase_add_loop_test(read, what_a_person_types_is_read_by_the_type_of_the_field, 0,
                        COUNT(typed));
    tcase_add_loop_test(read, what_was_read_is_valid_and_is_read_back_as_it_was_written,
                        0, COUNT(typed));
    tcase_add_loop_test(read, json_is_read_by_the_type_of_the_field, 0, COUNT(given));
    tcase_add_test(read, a_kind_without_the_shared_words_still_reads_the_plain_forms);

    TCase *errors = add_case(suite, "errors");
    tcase_add_loop_test(errors, an_error_names_the_field_and_never_what_was_typed, 0,
                        COUNT(typed));
    tcase_add_test(errors, an_error_says_what_was_expected);
    tcase_add_test(errors, text_far_over_the_limit_is_refused_for_its_length);
    tcase_add_test(errors, a_cap_on_the_result_is_too_big_and_leaves_it_empty);

    TCase *valid = add_case(suite, "valid");
    tcase_add_loop_test(valid,
                        a_value_of_another_replica_is_valid_only_as_we_would_write_it, 0,
                        COUNT(sent));
    tcase_add_test(valid, null_is_no_value_of_any_field);

    TCase *show = add_case(suite, "show");
    tcase_add_loop_test(show, people_see_a_value_in_their_language, 0, COUNT(shown));
    return world_run(suite);
}
