/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "paper.h"
#include "run.h"

/* A drawing: long, and hardly a word in it. */
#define DRAWING                                                                          \
    "2Aq0Zx9Lk3Mv7Nb1Vc5Xz8As4Df6Gh2Jk0Qw9Er3Ty7Ui1Op5Aa8Ss4Dd6Ff2Gg0Hh9Jj3Kk7Ll1"

static struct hm_change *a_create(const char *name)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_make_text(change, &lan, "head_name", name, 0);
    hm_make_text(change, &lan, "address_text", "Tổ 3", 0);
    hm_make_seal(change, &lan);
    return change;
}

static struct hm_change *an_edit_of(const struct hm_change *over, const char *text)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_EDIT, &over->record);
    hm_make_text(change, &lan, "head_name", text, 1, over);
    hm_make_seal(change, &lan);
    return change;
}

static bool in_lines(const char *piece)
{
    return strstr((const char *)paper.lines.data, piece) != NULL;
}

START_TEST(a_page_has_the_text_of_the_protocol)
{
    struct hm_change *created = a_create("Út");
    put_on(created);
    put_on(an_edit_of(created, "Úc"));
    let_know(created, 0, 7);

    ck_round(7);

    static const char text[] =
        "{\"page\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",1,\"30341-01\",7,0],"
        "\"head\":\"gPcMbLwciqwYbNZz2OYa7-gT59B_qti0IQb7Lu3-hqo\","
        "\"at\":1772672523000,"
        "\"kinds\":[[\"household\",1,[],[\"address_text\",\"head_name\"]]],"
        "\"by\":[\"ZWVlZWVlZWVlZWVlZWVlZQ\",\"recorder\"],"
        "\"keys\":\"AQAAAAAAAAABAQEBAQEBAQIAAAAAAAAAAQEBAQEBAQE\"}\n"
        "[0,0,\"Tổ 3\",\"Út\"]\n"
        "[1,1,-1,1,\"Úc\"]\n"
        "{\"sign\":\"";
    ck_assert_uint_gt(paper.lines.size, sizeof(text));
    ck_assert_int_eq(memcmp(paper.lines.data, text, sizeof(text) - 1), 0);
    ck_assert_str_eq((const char *)paper.text.noise.data, "{\"tail\":[]}\n");
}
END_TEST

START_TEST(an_entry_of_the_bucket_is_named_by_its_number)
{
    struct hm_change *before = a_create("Út");
    struct hm_change *deleted = hm_make(&lan, HM_ACT_DELETE, &before->record);
    hm_make_live(deleted, &lan, false, 1, before);
    hm_make_seen(deleted, &lan, 1, before);
    hm_make_seal(deleted, &lan);
    put_on(deleted);
    let_know(before, 812, 0);

    ck_round(1);

    ck_assert(in_lines("[2,[0,{\"seen\":[812]}],812]\n"));
}
END_TEST

START_TEST(what_the_reader_does_not_hold_travels_as_prefix_and_id)
{
    struct hm_change *before = a_create("Út");
    put_on(an_edit_of(before, "Úc"));

    ck_round(1);

    size_t count = 9;
    (void)hm_page_draft_needs(paper.draft, &count);
    ck_assert_uint_eq(count, 0);
    ck_assert(in_lines("\"r\":[[2,\""));
}
END_TEST

START_TEST(a_number_may_mean_only_what_the_reader_can_look_up)
{
    struct hm_change *before = a_create("Út");
    size_t count = 0;
    put_on(an_edit_of(before, "Úc"));
    put_on(an_edit_of(before, "Úm"));
    let_know(before, 5, 3);
    ck_assert_int_eq(paper_write(9), HM_OK);
    ck_assert_int_eq(hm_page_draft_open(&paper.draft, hm_buf_bytes(&paper.lines), &err),
                     HM_OK);

    const struct hm_needed *needs = hm_page_draft_needs(paper.draft, &count);

    ck_assert_uint_eq(count, 1); /* once, though two rows use it */
    ck_assert_uint_eq(needs[0].n, 5);
    ck_assert_int_eq(
        hm_page_draft_expand(paper.draft, &lan.district, &paper.read, &arena, &err),
        HM_PROTOCOL);
    ck_assert_str_eq(err.arg[0], "reference");
}
END_TEST

START_TEST(an_earlier_change_of_the_origin_is_counted_back)
{
    struct hm_change *before = a_create("Út");
    put_on(an_edit_of(before, "Úc"));
    let_know(before, 0, 3);

    ck_round(9);

    size_t count = 0;
    const struct hm_needed *needs = hm_page_draft_needs(paper.draft, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(needs[0].seq, 3);
    ck_assert(in_lines("[1,0,-6,"));
}
END_TEST

START_TEST(a_head_that_the_reader_has_is_left_out)
{
    put_on(a_create("Út"));
    paper.writing.with_head = false;

    ck_round(1);

    ck_assert(!in_lines("\"head\""));
    ck_assert(!paper.read.head_known);
    paper.read.head_before = paper.page.head_before;
    hm_page_head(&paper.read);
    ck_assert(hm_page_check(&paper.read, &key));
}
END_TEST

START_TEST(a_run_names_the_keys_of_many)
{
    struct hm_run run = {.seq = 5, .count = 20};
    memset(run.seed, 9, sizeof(run.seed));
    for (uint32_t i = 0; i < 4; i++) {
        struct hm_change *change = hm_make(&lan, HM_ACT_CREATE, NULL);
        hm_change_key(change->key, run.seed, 3 + i);
        hm_make_seal(change, &lan);
        put_on(change);
    }
    paper.writing.runs = &run;
    paper.writing.run_count = 1;

    ck_round(8);

    ck_assert(in_lines("\"run\":[\"CQkJCQkJCQkJCQkJCQkJCQ\",3]"));
    ck_assert(!in_lines("\"keys\""));
}
END_TEST

START_TEST(a_row_that_withholds_still_counts_in_its_run)
{
    struct hm_run run = {.seq = 1, .count = 3};
    memset(run.seed, 9, sizeof(run.seed));
    for (uint32_t i = 0; i < 3; i++) {
        struct hm_change *change = hm_make(&lan, HM_ACT_CREATE, NULL);
        hm_change_key(change->key, run.seed, i);
        hm_make_text(change, &lan, "head_name", "Út", 0);
        hm_make_seal(change, &lan);
        put_on(i == 1 ? hm_make_skeleton(&lan, change) : change);
    }
    paper.writing.runs = &run;
    paper.writing.run_count = 1;

    ck_round(1);

    ck_assert(in_lines("{\"~\":\""));
}
END_TEST

START_TEST(one_value_of_a_change_may_be_withheld)
{
    struct hm_change *change = a_create("Út");
    struct hm_change *part = hm_make_skeleton(&lan, change);
    for (size_t i = 1; i < change->write_count; i++) {
        part->writes[i].value = change->writes[i].value;
        hm_change_salt(part->writes[i].salt, change, i);
    }
    put_on(part);

    ck_round(1);

    ck_assert(in_lines("\"salts\":\""));
}
END_TEST

START_TEST(a_group_travels_as_its_members_in_order)
{
    struct hm_change *one = hm_make(&lan, HM_ACT_CREATE, NULL);
    struct hm_change *two = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_make_write(one, &lan, "signing", hm_make_value(&lan, "{\"b\":\"x\",\"a\":1}"), 0);
    hm_make_write(two, &lan, "signing", hm_make_value(&lan, "{\"c\":[1,2]}"), 0);
    hm_make_seal(one, &lan);
    hm_make_seal(two, &lan);
    put_on(one);
    put_on(two);

    ck_round(1);

    ck_assert(in_lines("[[\"signing\",\"a\",\"b\",\"c\"]]"));
    ck_assert(in_lines("[1,\"x\",null]"));
    ck_assert(in_lines("[null,null,[1,2]]"));
}
END_TEST

START_TEST(a_group_that_is_not_always_an_object_travels_as_it_is)
{
    struct hm_change *one = hm_make(&lan, HM_ACT_CREATE, NULL);
    struct hm_change *two = hm_make(&lan, HM_ACT_EDIT, &one->record);
    hm_make_write(one, &lan, "g", hm_make_value(&lan, "{\"a\":1,\"b\":2}"), 0);
    hm_make_seal(one, &lan);
    two->record = one->record;
    hm_make_write(two, &lan, "g", hm_make_value(&lan, "[1,2]"), 1, one);
    hm_make_seal(two, &lan);
    put_on(one);
    put_on(two);

    ck_round(1);

    ck_assert(in_lines("{\"a\":1,\"b\":2}"));
}
END_TEST

START_TEST(a_cleared_group_is_null)
{
    struct hm_change *one = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_make_write(one, &lan, "g", hm_make_value(&lan, "{\"a\":1,\"b\":2}"), 0);
    hm_make_seal(one, &lan);
    struct hm_change *two = hm_make(&lan, HM_ACT_EDIT, &one->record);
    hm_make_write(two, &lan, "g", hm_make_value(&lan, "null"), 1, one);
    hm_make_seal(two, &lan);
    put_on(one);
    put_on(two);

    ck_round(1);
}
END_TEST

START_TEST(long_texts_that_do_not_repeat_stand_in_the_tail)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_make_text(change, &lan, "signature", DRAWING, 0);
    hm_make_write(change, &lan, "signing",
                  hm_make_value(&lan, "{\"a\":\"" DRAWING "x\",\"b\":1}"), 0);
    hm_make_text(change, &lan, "note",
                 "một câu dài có nhiều từ ngữ và khoảng trắng nên không phải là nét vẽ",
                 0);
    hm_make_seal(change, &lan);
    put_on(change);

    ck_round(1);

    ck_assert_ptr_nonnull(strstr((const char *)paper.text.noise.data, DRAWING));
    ck_assert_ptr_null(strstr((const char *)paper.text.rows.data, DRAWING));
    ck_assert(in_lines("[null]"));
}
END_TEST

START_TEST(every_act_comes_back)
{
    struct hm_change *created = a_create("Út");
    put_on(created);
    let_know(created, 0, 1);
    for (int act = HM_ACT_EDIT; act < HM_ACT_COUNT; act++) {
        struct hm_change *change = hm_make(&lan, (enum hm_act)act, &created->record);
        if (act == HM_ACT_DELETE) {
            hm_make_live(change, &lan, false, 1, created);
        } else if (act == HM_ACT_MERGE) {
            hm_make_text(change, &lan, HM_REGISTER_ALIAS, "ab", 0);
        } else if (act == HM_ACT_WITHDRAW) {
            hm_make_name(change, &lan, hm_make_id(7));
            hm_make_name(change, &lan, hm_make_id(6));
        } else {
            hm_make_write(change, &lan, "head_name", hm_text("n"), 1, created);
        }
        hm_make_text(change, &lan, HM_REGISTER_WHY, "vì sao", 0);
        hm_make_seal(change, &lan);
        put_on(change);
    }

    ck_round(1);
}
END_TEST

START_TEST(a_create_may_write_over_a_deleted_record)
{
    struct hm_id record = hm_make_id(0x77);
    const struct hm_key_field keys[] = {{hm_text("code"), hm_make_plain(&lan, "x")},
                                        {hm_text("year"), hm_make_value(&lan, "2026")}};
    struct hm_change *before = a_create("Út");
    struct hm_change *change = hm_make(&lan, HM_ACT_CREATE, &record);
    change->key_fields = keys;
    change->key_field_count = 2;
    hm_make_text(change, &lan, "head_name", "mới", 1, before);
    hm_make_live(change, &lan, true, 1, before);
    hm_make_seal(change, &lan);
    change->record = hm_make_id(0); /* the reader computes no natural ids */
    hm_make_seal(change, &lan);
    put_on(change);

    ck_assert_int_eq(paper_write(1), HM_OK);
    ck_assert_int_eq(paper_read_text(hm_buf_bytes(&paper.lines)), HM_OK);
    ck_assert_uint_eq(paper.read.changes[0].key_field_count, 2);
}
END_TEST

START_TEST(bulk_author_and_role_are_context)
{
    struct hm_change *one = a_create("A");
    lan.bulk = hm_make_id(0xB1);
    struct hm_change *two = a_create("B");
    lan.user = hm_make_id(0x55);
    lan.role = "hamlet_head";
    struct hm_change *three = a_create("C");
    lan.bulk = hm_make_id(0);
    lan.time_ms -= 100000;
    struct hm_change *four = a_create("D");
    put_on(one);
    put_on(two);
    put_on(three);
    put_on(four);

    ck_round(1);

    ck_assert(in_lines("{\"bulk\":\"sbGxsbGxsbGxsbGxsbGxsQ\"}"));
    ck_assert(in_lines("\"bulk\":0"));
    ck_assert(in_lines("hamlet_head"));
}
END_TEST

START_TEST(a_page_that_is_too_large_is_said)
{
    static char big[30000];
    memset(big, 'a', sizeof(big) - 1);
    for (int i = 0; i < 12; i++) {
        struct hm_change *change = hm_make(&lan, HM_ACT_CREATE, NULL);
        for (size_t at = 0; at + 2 < sizeof(big); at += 10) {
            big[at] = ' ';
        }
        hm_make_text(change, &lan, "note", big, 0);
        hm_make_seal(change, &lan);
        put_on(change);
    }
    ck_assert_int_eq(paper_write(1), HM_TOO_BIG);
    ck_assert_str_eq(err.key, "too-big");
}
END_TEST

/* Lines of a page of one create and one edit, with one thing wrong in each. */
#define OPENING                                                                          \
    "{\"page\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",1,\"30341-01\",1,0],"                         \
    "\"head\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",\"at\":5,"                 \
    "\"kinds\":[[\"household\",1,[],[\"a\",[\"g\",\"x\",\"y\"]]]],"                      \
    "\"by\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",\"recorder\"],"                                  \
    "\"keys\":\"AQEBAQEBAQEBAQEBAQEBAQICAgICAgICAgICAgICAgI\"}\n"
#define SIGN                                                                             \
    "{\"sign\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ" \
    "EBAQEBAQEBAQEBAQ\"}\n"
#define TAIL "{\"tail\":[]}\n"
#define GOOD OPENING "[0,0,1]\n[1,1,-1,0,2]\n" SIGN TAIL

static const char *const refused[] = {
    "",
    "\n",
    OPENING,
    OPENING SIGN TAIL,                               /* no rows */
    OPENING "[0,0,1]\n" SIGN,                        /* no tail */
    OPENING "[0,0,1]\n" TAIL,                        /* no signature */
    OPENING "[0,0,1]\n" SIGN "{\"tail\":[]}",        /* the last line has no end */
    OPENING "[0,0,1]\n[0,0,1]\n[0,0,1]\n" SIGN TAIL, /* two keys for three rows */
    OPENING "[16,0,1]\n" SIGN TAIL,                  /* no such kind */
    OPENING "[8,0,1]\n" SIGN TAIL,                   /* no such act */
    OPENING "[-1,0,1]\n" SIGN TAIL,
    OPENING "[\"0\",0,1]\n" SIGN TAIL,
    OPENING "[0]\n" SIGN TAIL, /* no time */
    OPENING "[]\n" SIGN TAIL,
    OPENING "[0,0,1,{\"x\":1},3]\n" SIGN TAIL, /* more values than registers */
    OPENING "[1,0]\n" SIGN TAIL,               /* no record */
    OPENING "[1,0,-1,0,2]\n" SIGN TAIL,        /* before the first */
    OPENING "[1,0,9,0,2]\n" SIGN TAIL,         /* an entry nobody holds */
    OPENING "[1,0,\"AQEB\",0,2]\n" SIGN TAIL,  /* no id */
    OPENING "[1,0,\"AQEBAQEBAQEBAQEBAQEBAQ\",2,2]\n" SIGN TAIL, /* no such register */
    OPENING "[1,0,\"AQEBAQEBAQEBAQEBAQEBAQ\",-4,2]\n" SIGN TAIL,
    OPENING "[1,0,\"AQEBAQEBAQEBAQEBAQEBAQ\",0]\n" SIGN TAIL,       /* no value */
    OPENING "[1,0,\"AQEBAQEBAQEBAQEBAQEBAQ\",0,1,0,2]\n" SIGN TAIL, /* written twice */
    OPENING "[1,0,\"AQEBAQEBAQEBAQEBAQEBAQ\",0,[[]],1,2.5]\n" SIGN TAIL,
    OPENING "[0,0,[null]]\n" SIGN TAIL,               /* the tail is empty */
    OPENING "[0,0,1]\n" SIGN "{\"tail\":[\"x\"]}\n",  /* the tail is not used up */
    OPENING "[0,0,[null]]\n" SIGN "{\"tail\":[7]}\n", /* no text */
    OPENING "[0,0,1,[1]]\n" SIGN TAIL,                /* a group one member short */
    OPENING "[0,0,1,[null,null]]\n" SIGN TAIL,        /* a group of nothing */
    OPENING "[0,0,{\"~\":\"AQEB\"}]\n" SIGN TAIL,     /* no commitment */
    OPENING "[0,0,{\"b\":1,\"a\":2}]\n" SIGN TAIL,    /* names not in order */
    OPENING "[0,0,[1,null]]\n" SIGN TAIL,             /* null in a list */
    OPENING "[0,[0,{\"r\":[[0]]}],1]\n" SIGN TAIL,    /* depth 0 */
    OPENING "[0,[0,{\"r\":[[4294967296]]}],1]\n" SIGN TAIL,
    OPENING "[0,[0,{\"r\":[[2,\"AQ\"]]}],1]\n" SIGN TAIL, /* no prefix */
    OPENING "[0,[0,{\"seen\":[0]}],1]\n" SIGN TAIL,
    OPENING "[0,[0,{\"names\":[\"AQ\"]}],1]\n" SIGN TAIL,
    OPENING "[0,[0,{\"salts\":\"AQEBAQEBAQEBAQEBAQEBAQ\"}],1,[1,2]]\n" SIGN TAIL,
    OPENING "7\n[0,0,1]\n" SIGN TAIL,
    OPENING "{\"run\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",256]}\n[0,0,1]\n" SIGN TAIL,
    OPENING "{\"run\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",255]}\n[0,0,1]\n[0,0,1]\n" SIGN TAIL,
    OPENING "{\"by\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",\"\"]}\n[0,0,1]\n" SIGN TAIL,
    OPENING "{\"bulk\":\"AQ\"}\n[0,0,1]\n" SIGN TAIL,
    OPENING "{\"keys\":\"AQEB\"}\n[0,0,1]\n" SIGN TAIL,
    OPENING "{\"kinds\":[[\"x\",1,[]]]}\n[0,0,1]\n" SIGN TAIL,
    OPENING "[0,0,1]\n{\"sign\":\"AQ\"}\n" TAIL,
    "{\"page\":[\"AQ\",1,\"30341-01\",1,0]}\n[0,0,1]\n" SIGN TAIL,
    "{\"page\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",0,\"30341-01\",1,0]}\n[0,0]\n" SIGN TAIL,
    "{\"page\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",1,\"\",1,0]}\n[0,0]\n" SIGN TAIL,
    "{\"page\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",1,\"30341-01\",0,0]}\n[0,0]\n" SIGN TAIL,
    "{\"page\":[\"AQEBAQEBAQEBAQEBAQEBAQ\",1,\"30341-01\",1,-1]}\n[0,0]\n" SIGN TAIL};

START_TEST(what_breaks_the_format_is_refused_whole)
{
    ck_assert_int_eq(paper_read_text(hm_text(refused[_i])), HM_PROTOCOL);
}
END_TEST

START_TEST(the_page_that_those_are_made_from_is_good)
{
    enum hm_status status = paper_read_text(hm_text(GOOD));
    ck_assert_msg(status == HM_OK, "%s %s", err.key, err.arg[0]);
    ck_assert_uint_eq(paper.read.count, 2);
    ck_assert(hm_id_equal(&paper.read.changes[1].record, &paper.read.changes[0].id));
}
END_TEST

START_TEST(a_page_over_its_limits_is_refused_before_it_is_read)
{
    static char text[HM_PAGE_TEXT_MAX + 2];
    memset(text, ' ', sizeof(text) - 1);

    ck_assert_int_eq(paper_read_text(hm_text(text)), HM_TOO_BIG);
}
END_TEST

START_TEST(a_page_may_have_512_rows_and_no_more)
{
    struct hm_buf lines;
    hm_buf_init(&lines, HM_PAGE_TEXT_MAX);
    hm_buf_put_text(&lines, OPENING "{\"keys\":\"");
    for (int i = 0; i < 513 * 16 / 3; i++) {
        hm_buf_put_text(&lines, "AAAA");
    }
    hm_buf_put_text(&lines, "\"}\n");
    for (int i = 0; i < 512; i++) {
        hm_buf_put_text(&lines, "[0,0]\n");
    }
    size_t rows = lines.size;
    hm_buf_put_text(&lines, SIGN TAIL);
    ck_assert_int_eq(paper_read_text(hm_buf_bytes(&lines)), HM_OK);

    lines.size = rows;
    hm_buf_put_text(&lines, "[0,0]\n" SIGN TAIL);
    ck_assert_int_eq(paper_read_text(hm_buf_bytes(&lines)), HM_PROTOCOL);
    hm_buf_fini(&lines);
}
END_TEST

static void add_forms(TCase *forms)
{
    tcase_add_test(forms, a_page_has_the_text_of_the_protocol);
    tcase_add_test(forms, an_entry_of_the_bucket_is_named_by_its_number);
    tcase_add_test(forms, what_the_reader_does_not_hold_travels_as_prefix_and_id);
    tcase_add_test(forms, a_number_may_mean_only_what_the_reader_can_look_up);
    tcase_add_test(forms, an_earlier_change_of_the_origin_is_counted_back);
    tcase_add_test(forms, a_head_that_the_reader_has_is_left_out);
    tcase_add_test(forms, a_run_names_the_keys_of_many);
    tcase_add_test(forms, a_row_that_withholds_still_counts_in_its_run);
    tcase_add_test(forms, one_value_of_a_change_may_be_withheld);
    tcase_add_test(forms, a_group_travels_as_its_members_in_order);
    tcase_add_test(forms, a_group_that_is_not_always_an_object_travels_as_it_is);
    tcase_add_test(forms, a_cleared_group_is_null);
    tcase_add_test(forms, long_texts_that_do_not_repeat_stand_in_the_tail);
    tcase_add_test(forms, every_act_comes_back);
    tcase_add_test(forms, a_create_may_write_over_a_deleted_record);
    tcase_add_test(forms, bulk_author_and_role_are_context);
}

int main(void)
{
    Suite *suite = suite_create("page");
    TCase *forms = tcase_create("forms");
    tcase_add_checked_fixture(forms, paper_start, paper_finish);
    add_forms(forms);
    suite_add_tcase(suite, forms);

    TCase *refusals = tcase_create("refusals");
    tcase_add_checked_fixture(refusals, paper_start, paper_finish);
    tcase_add_loop_test(refusals, what_breaks_the_format_is_refused_whole, 0,
                        (int)(sizeof(refused) / sizeof(refused[0])));
    tcase_add_test(refusals, the_page_that_those_are_made_from_is_good);
    tcase_add_test(refusals, a_page_that_is_too_large_is_said);
    tcase_add_test(refusals, a_page_over_its_limits_is_refused_before_it_is_read);
    tcase_add_test(refusals, a_page_may_have_512_rows_and_no_more);
    suite_add_tcase(suite, refusals);
    return hm_run(suite);
}
