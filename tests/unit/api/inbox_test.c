/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/inbox.h"

#include "builders.h"
#include "claim.h"
#include "fault.h"
#include "hamlet/author/author.h"
#include "sweep.h"
#include "world.h"

static struct hm_site other;
static struct hm_id record;
static struct hm_inbox_query query;
static struct hm_json *answers;

static void meet(void)
{
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&other, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&server, &laptop, HM_VERDICT_ACCEPTED);
    hm_site_carry(&server, &other, HM_VERDICT_ACCEPTED);
}

/* Two laptops of one hamlet wrote different groups and counts; the server knows it. */
static void setup(void)
{
    hm_fault_start();
    world_open();
    hm_site_open_laptop(&other, &server, HM_HUNG);
    record = a_household(&laptop, "Lê An");
    (void)an_edit(&laptop, &record, "cluster", "Tổ 0");
    meet();
    (void)an_edit(&laptop, &record, "cluster", "Tổ 1");
    (void)an_edit(&other, &record, "cluster", "Tổ 2");
    (void)an_edit(&laptop, &record, "members_count", "4");
    (void)an_edit(&other, &record, "members_count", "5");
    (void)an_edit(&other, &record, "household_code", "17");
    meet();
    view.store = server.store;
    query = (struct hm_inbox_query){.limit = 50};
    answers = NULL;
}

static void teardown(void)
{
    hm_json_free(answers);
    hm_site_close(&other);
    world_close();
}

static const struct hm_json *listed(void)
{
    world_clear();
    ck_assert_msg(hm_api_inbox(&view, &query, &err) == HM_OK, "%s", err.key);
    return world_json();
}

static size_t cases(void)
{
    return hm_json_count(hm_json_get(listed(), "cases"));
}

static const char *hex_of(const struct hm_id *id)
{
    static char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(id));
    return hex;
}

static const struct hm_json *opened(const struct hm_id *id)
{
    world_clear();
    ck_assert_msg(hm_api_dispute(&view, hex_of(id), &err) == HM_OK, "%s", err.key);
    return world_json();
}

static const struct hm_json *part_of(const struct hm_json *shown_case, const char *reg)
{
    const struct hm_json *open = hm_json_get(shown_case, "open");
    for (size_t i = 0; i < hm_json_count(open); i++) {
        if (strcmp(world_member(hm_json_at(open, i), "register"), reg) == 0) {
            return hm_json_at(open, i);
        }
    }
    ck_abort_msg("%s is not open", reg);
    return NULL;
}

/* ---- the list ---- */

START_TEST(a_record_is_one_case_whatever_differs_of_it)
{
    const struct hm_json *all = listed();

    const struct hm_json *one = hm_json_at(hm_json_get(all, "cases"), 0);
    ck_assert_uint_eq(hm_json_count(hm_json_get(all, "cases")), 1);
    ck_assert_str_eq(world_member(one, "case"), hex_of(&record));
    ck_assert_str_eq(world_member(one, "type"), "edits");
    ck_assert_uint_eq(hm_json_count(hm_json_get(one, "registers")), 2);
    ck_assert_int_eq(world_number(all, "fit"), 1);
    ck_assert_int_eq(world_number(all, "open"), 1);
    ck_assert(hm_json_is(hm_json_get(all, "next"), HM_JSON_NULL));
    ck_assert_int_eq(world_number(hm_json_get(all, "types"), "edits"), 1);
    ck_assert_str_eq(world_member(hm_json_at(hm_json_get(all, "units"), 0), "unit"),
                     "30341");
}
END_TEST

START_TEST(the_list_names_roles_and_places_and_nobody)
{
    (void)listed();

    const char *text = world_text();
    static const char *const hidden[] = {"Lê An", "Tổ 1", "Lan", "Hùng"};
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        ck_assert_msg(strstr(text, hidden[i]) == NULL, "%s stands in %s", hidden[i],
                      text);
    }
    ck_assert_ptr_nonnull(strstr(text, "\"role\":\"recorder\""));
    ck_assert_ptr_nonnull(strstr(text, "30341-01"));
}
END_TEST

START_TEST(it_is_narrowed_down_by_place_kind_sort_and_age)
{
    query.unit = "30341";
    ck_assert_uint_eq(cases(), 1);
    query.unit = "30344";
    ck_assert_uint_eq(cases(), 0);
    query.unit = NULL;
    query.kind = "commitment";
    ck_assert_uint_eq(cases(), 0);
    query.kind = "household";
    query.type = "delete";
    ck_assert_uint_eq(cases(), 0);
    query.type = "edits";
    ck_assert_uint_eq(cases(), 1);
    query.until = (struct hm_wall){1};
    ck_assert_uint_eq(cases(), 0);
    ck_assert_int_eq(world_number(shown, "open"), 1);
}
END_TEST

static void is_refused(enum hm_status status, const char *key)
{
    world_clear();
    ck_assert_int_eq(hm_api_inbox(&view, &query, &err), status);
    ck_assert_str_eq(err.key, key);
    ck_assert_uint_eq(out.size, 0);
}

START_TEST(what_nobody_knows_is_refused)
{
    query.unit = "99999";
    is_refused(HM_BAD_INPUT, "unit-unknown");
    query.unit = NULL;
    query.kind = "nonesuch";
    is_refused(HM_BAD_INPUT, "kind-unknown");
    query.kind = NULL;
    query.type = "nonesuch";
    is_refused(HM_BAD_INPUT, "web-member");
}
END_TEST

START_TEST(nobody_looks_beyond_his_own_units)
{
    query.scope = hm_text("30344");
    ck_assert_uint_eq(cases(), 0);
    ck_assert_int_eq(world_number(shown, "open"), 0);
    query.unit = "30341";
    is_refused(HM_DENIED, "unit-scope");
    query.scope = hm_text("30341");
    ck_assert_uint_eq(cases(), 1);
}
END_TEST

/* One more case, the younger. */
static struct hm_id another(const char *name)
{
    struct hm_id made = a_household(&laptop, name);
    meet();
    (void)an_edit(&laptop, &made, "cluster", "Tổ 3");
    (void)an_edit(&other, &made, "cluster", "Tổ 4");
    meet();
    return made;
}

START_TEST(a_page_of_it_says_where_the_next_begins)
{
    char first[HM_HEX16_SIZE];
    char younger[HM_HEX16_SIZE];
    struct hm_id made = another("Lê Bảy");
    (void)snprintf(younger, sizeof(younger), "%s", hex_of(&made));
    query.limit = 1;

    const struct hm_json *page = listed();
    const struct hm_json *one = hm_json_at(hm_json_get(page, "cases"), 0);
    (void)snprintf(first, sizeof(first), "%s", world_member(one, "case"));
    ck_assert_int_eq(world_number(page, "next"), 1);
    query.skip = 1;
    page = listed();

    one = hm_json_at(hm_json_get(page, "cases"), 0);
    ck_assert_uint_eq(hm_json_count(hm_json_get(page, "cases")), 1);
    ck_assert_str_ne(world_member(one, "case"), first);
    ck_assert(strcmp(first, younger) == 0 ||
              strcmp(world_member(one, "case"), younger) == 0);
    ck_assert(hm_json_is(hm_json_get(page, "next"), HM_JSON_NULL));
    ck_assert_int_eq(world_number(page, "fit"), 2);
}
END_TEST

static void sign(struct hm_site *site,
                 const struct hm_id *house,
                 const char *field,
                 const char *text)
{
    struct hm_added added;
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(house));
    const struct hm_field_input fields[] = {
        {.name = hm_text("household"), .text = hm_text(hex)},
        {.name = hm_text("year"), .text = hm_text("2026")},
        {.name = hm_text(field), .text = hm_text(text)}};
    ck_assert_int_eq(hm_author_begin(site->author, &err), HM_OK);
    ck_assert_msg(hm_author_add(site->author, hm_text("commitment"), fields, 3, &added,
                                &err) == HM_OK,
                  "%s", err.key);
    ck_assert_int_eq(hm_author_commit(site->author, &err), HM_OK);
}

START_TEST(each_sort_of_case_is_told_apart)
{
    struct hm_id houses[3];
    for (int i = 0; i < 3; i++) {
        houses[i] = a_household(&laptop, "Lê Tám");
    }
    meet();
    sign(&laptop, &houses[0], "signer_name", "Tám");
    sign(&other, &houses[0], "signer_name", "Tâm");
    sign(&laptop, &houses[1], "note", "trên giấy");
    sign(&other, &houses[1], "note", "trên máy");
    (void)a_delete(&laptop, &houses[2]);
    (void)an_edit(&other, &houses[2], "cluster", "Tổ 9");
    meet();

    const struct hm_json *types = hm_json_get(listed(), "types");

    ck_assert_int_eq(world_number(types, "signatures"), 1);
    ck_assert_int_eq(world_number(types, "created"), 1);
    ck_assert_int_eq(world_number(types, "delete"), 1);
    ck_assert_int_eq(world_number(types, "edits"), 1);
}
END_TEST

/* ---- a case ---- */

START_TEST(a_case_opens_what_differs_and_folds_the_rest)
{
    const struct hm_json *one = opened(&record);

    ck_assert_uint_eq(hm_json_count(hm_json_get(one, "open")), 2);
    const struct hm_json *cluster = part_of(one, "cluster");
    const struct hm_json *values = hm_json_get(cluster, "values");
    ck_assert_str_eq(world_member(cluster, "base"), "Tổ 0");
    ck_assert_uint_eq(hm_json_count(values), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct hm_json *side = hm_json_at(values, i);
        bool lans = strcmp(world_member(side, "user"), "Lan") == 0;
        ck_assert_str_eq(world_member(side, "value"), lans ? "Tổ 1" : "Tổ 2");
        ck_assert_str_eq(world_member(side, "role"), "recorder");
    }
    ck_assert_str_eq(
        world_member(hm_json_get(hm_json_get(one, "record"), "fields"), "head_name"),
        "Lê An");
    const struct hm_json *same = hm_json_get(one, "same");
    bool merged = false;
    for (size_t i = 0; i < hm_json_count(same); i++) {
        const struct hm_json *reg = hm_json_at(same, i);
        if (strcmp(world_member(reg, "register"), "household_code") == 0) {
            merged = strcmp(world_member(hm_json_get(reg, "by"), "user"), "Hùng") == 0;
        }
    }
    ck_assert(merged);
}
END_TEST

START_TEST(a_case_says_where_its_result_will_go)
{
    const struct hm_json *flows = hm_json_get(opened(&record), "flows");

    ck_assert_uint_eq(hm_json_count(flows), 2);
    ck_assert_str_eq(world_member(hm_json_at(flows, 0), "unit"), "30341");
    ck_assert_int_eq(world_number(hm_json_at(flows, 0), "devices"), 1);
    ck_assert_str_eq(world_member(hm_json_at(flows, 1), "unit"), "30341-01");
    ck_assert_int_eq(world_number(hm_json_at(flows, 1), "devices"), 2);
}
END_TEST

START_TEST(a_record_of_which_nothing_differs_is_no_case)
{
    struct hm_id calm = a_household(&laptop, "Lê Chín");
    meet();
    world_clear();

    ck_assert_int_eq(hm_api_dispute(&view, hex_of(&calm), &err), HM_NOT_FOUND);
    ck_assert_str_eq(err.key, "case-none");
    ck_assert_int_eq(hm_api_dispute(&view, "xyz", &err), HM_NOT_FOUND);
    ck_assert_uint_eq(out.size, 0);
}
END_TEST

/* ---- a decision ---- */

static void put_answer(struct hm_buf *text, const struct hm_json *part, const char *rest)
{
    const struct hm_json *values = hm_json_get(part, "values");
    hm_buf_put_text(text, text->size == 0 ? "[{\"conflict\":\"" : ",{\"conflict\":\"");
    hm_buf_put_text(text, world_member(part, "conflict"));
    hm_buf_put_text(text, "\",\"heads\":[");
    for (size_t i = 0; i < hm_json_count(values); i++) {
        hm_buf_put_text(text, i == 0 ? "\"" : ",\"");
        hm_buf_put_text(text, world_member(hm_json_at(values, i), "change"));
        hm_buf_put_text(text, "\"");
    }
    hm_buf_put_text(text, "],");
    hm_buf_put_text(text, rest);
    hm_buf_put_text(text, "}");
}

/* A value for each register, as the case is shown now. */
static void answer(const char *cluster, const char *count)
{
    static const struct hm_json_limits limits = {1 << 20, 8, 1 << 10};
    struct hm_buf text;
    const struct hm_json *one = opened(&record);
    hm_buf_init(&text, 1 << 20);
    if (cluster != NULL) {
        put_answer(&text, part_of(one, "cluster"), cluster);
    }
    if (count != NULL) {
        put_answer(&text, part_of(one, "members_count"), count);
    }
    hm_buf_put_text(&text, "]");
    hm_json_free(answers);
    answers = NULL;
    ck_assert_int_eq(hm_json_parse(&answers, hm_buf_bytes(&text), &limits, &err), HM_OK);
    hm_buf_fini(&text);
}

static struct hm_bytes decides_in; /* the unit of whoever decides; no bytes: all */

static enum hm_status decide(bool preview)
{
    const struct hm_decision decision = {.record = record,
                                         .answers = answers,
                                         .reason = hm_text("Theo giấy gốc"),
                                         .unit = decides_in,
                                         .preview = preview};
    world_clear();
    return hm_api_decide(&view, server.author, &decision, &err);
}

START_TEST(a_decision_settles_all_of_a_case_and_is_undone_as_one)
{
    struct hm_id change;
    answer("\"value\":\"Tổ 5\"", "\"value\":5");
    ck_assert_msg(decide(false) == HM_OK, "%s %s", err.key, err.arg[0]);

    const struct hm_json *done = world_json();
    ck_assert_int_eq(world_number(done, "left"), 0);
    const struct hm_json *fields = hm_json_get(hm_json_get(done, "record"), "fields");
    ck_assert_str_eq(world_member(fields, "cluster"), "Tổ 5");
    ck_assert_int_eq(world_number(fields, "members_count"), 5);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 0);

    struct hm_id undone;
    ck_assert(hm_id_get_hex(&undone, hm_text(world_member(done, "change"))));
    ck_assert_int_eq(hm_author_begin(server.author, &err), HM_OK);
    ck_assert_int_eq(
        hm_author_withdraw(server.author, &undone, hm_text("nhầm"), &change, &err),
        HM_OK);
    ck_assert_int_eq(hm_author_commit(server.author, &err), HM_OK);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 2);
}
END_TEST

START_TEST(a_part_of_a_case_can_be_decided_alone)
{
    answer(NULL, "\"value\":4");
    ck_assert_int_eq(decide(false), HM_OK);

    ck_assert_int_eq(world_number(world_json(), "left"), 1);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
}
END_TEST

START_TEST(a_preview_shows_the_record_and_writes_nothing)
{
    answer("\"value\":\"Tổ 5\"", NULL);
    ck_assert_int_eq(decide(true), HM_OK);

    const struct hm_json *done = world_json();
    const struct hm_json *fields = hm_json_get(hm_json_get(done, "record"), "fields");
    ck_assert_str_eq(world_member(fields, "cluster"), "Tổ 5");
    ck_assert(hm_json_is(hm_json_get(done, "change"), HM_JSON_NULL));
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 2);
}
END_TEST

START_TEST(what_moved_on_meanwhile_is_not_decided)
{
    answer("\"value\":\"Tổ 5\"", "\"value\":5");
    (void)an_edit(&other, &record, "members_count", "6");
    hm_site_carry(&other, &server, HM_VERDICT_ACCEPTED);

    ck_assert_int_eq(decide(false), HM_EXISTS);
    ck_assert_str_eq(err.key, "case-moved");
    ck_assert_str_eq(err.arg[0], "members_count");
    ck_assert_uint_eq(out.size, 0);
    ck_assert_str_ne(hm_site_shown(&server, &record, "cluster"), "Tổ 5");
}
END_TEST

/* A device elsewhere claims the case's id, of a register that the case never had. */
START_TEST(what_another_home_claims_is_not_decided_unseen)
{
    static const struct hm_json_limits limits = {1 << 12, 8, 1 << 10};
    static const char *const values[] = {"\"x\"", "\"y\""};
    struct hm_id claims[2];
    struct hm_conflict *conflicts = NULL;
    char text[256];
    size_t count = 0;
    hm_site_claim(&server, &server.device, "household", &record, "note", values, claims);
    ck_assert_int_eq(hm_store_conflicts(server.store, hm_text(HM_CLAIM_HOME), true,
                                        &conflicts, &count, &server.arena, &err),
                     HM_OK);
    ck_assert_uint_eq(count, 1);
    (void)snprintf(text, sizeof(text),
                   "[{\"conflict\":\"%s\",\"heads\":[],\"take\":\"%032d\"}]",
                   hex_of(&conflicts[0].id), 0);
    ck_assert_int_eq(hm_json_parse(&answers, hm_text(text), &limits, &err), HM_OK);

    ck_assert_int_eq(decide(false), HM_EXISTS);

    ck_assert_str_eq(err.key, "case-moved");
    ck_assert_str_eq(err.arg[0], "note");
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 3);
}
END_TEST

START_TEST(a_decision_that_is_sent_again_changes_nothing)
{
    answer("\"value\":\"Tổ 5\"", NULL);
    ck_assert_int_eq(decide(false), HM_OK);

    ck_assert_int_eq(decide(false), HM_EXISTS);
    ck_assert_str_eq(err.key, "case-moved");
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
}
END_TEST

START_TEST(a_value_that_does_not_fit_decides_nothing)
{
    answer("\"value\":\"Tổ 5\"", "\"value\":\"nhiều\"");
    ck_assert_int_eq(decide(false), HM_BAD_INPUT);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 2);

    answer("\"take\":\"00\"", NULL);
    ck_assert_int_eq(decide(false), HM_USAGE);
    answer("\"take\":1,\"value\":2", NULL);
    ck_assert_int_eq(decide(false), HM_USAGE);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 2);
}
END_TEST

/* ---- rules ---- */

/* A household of which the two wrote different counts, and what the case then is. */
static struct hm_id counted(const char *name, const char *mine, const char *others)
{
    struct hm_id made = a_household(&laptop, name);
    meet();
    (void)an_edit(&laptop, &made, "members_count", mine);
    (void)an_edit(&other, &made, "members_count", others);
    meet();
    return made;
}

START_TEST(the_same_decision_again_and_again_proposes_a_rule)
{
    struct hm_id houses[3];
    for (int i = 0; i < 3; i++) {
        houses[i] = counted("Lê Mười", "3", "7");
    }
    for (int i = 0; i < 3; i++) {
        record = houses[i];
        answer(NULL, "\"value\":7");
        ck_assert_int_eq(decide(false), HM_OK);
        const struct hm_json *rule = hm_json_get(world_json(), "propose");
        ck_assert(i == 2 || rule == NULL);
    }

    const struct hm_json *rule = hm_json_get(shown, "propose");
    ck_assert_ptr_nonnull(rule);
    ck_assert_str_eq(world_member(rule, "policy"), "max");
    ck_assert_str_eq(world_member(rule, "register"), "members_count");
    ck_assert_int_eq(world_number(rule, "open"), 1);
}
END_TEST

START_TEST(no_rule_is_proposed_for_what_is_open_elsewhere)
{
    decides_in = hm_text("30341-02");
    for (int i = 0; i < 3; i++) {
        record = counted("Lê Mười", "3", "7");
        answer(NULL, "\"value\":7");
        ck_assert_int_eq(decide(false), HM_OK);
        ck_assert_ptr_null(hm_json_get(world_json(), "propose"));
    }
    decides_in = HM_NO_BYTES;
}
END_TEST

START_TEST(decisions_that_no_rule_explains_propose_none)
{
    static const char *const taken[] = {"\"value\":7", "\"value\":3", "\"value\":7"};
    for (int i = 0; i < 3; i++) {
        record = counted("Lê Mười", "3", "7");
        answer(NULL, taken[i]);
        ck_assert_int_eq(decide(false), HM_OK);
    }
    ck_assert_ptr_null(hm_json_get(world_json(), "propose"));
}
END_TEST

/* ---- whoever was overruled ---- */

START_TEST(who_was_overruled_reads_what_stands_who_decided_and_why)
{
    struct hm_id lan = hm_person_user(&server, HM_LAN);
    struct hm_id hung = hm_person_user(&server, HM_HUNG);
    answer("\"value\":\"Tổ 1\"", NULL);
    ck_assert_int_eq(decide(false), HM_OK);
    meet();
    view.store = other.store;
    world_clear();

    ck_assert_int_eq(hm_api_overruled(&view, &hung, &err), HM_OK);
    const struct hm_json *one = hm_json_at(world_json(), 0);
    ck_assert_uint_eq(hm_json_count(shown), 1);
    ck_assert_str_eq(world_member(one, "register"), "cluster");
    ck_assert_str_eq(world_member(one, "mine"), "Tổ 2");
    ck_assert_str_eq(world_member(one, "value"), "Tổ 1");
    ck_assert_str_eq(world_member(one, "user"), "Anh");
    ck_assert_str_eq(world_member(one, "reason"), "Theo giấy gốc");

    world_clear();
    ck_assert_int_eq(hm_api_overruled(&view, &lan, &err), HM_OK);
    ck_assert_uint_eq(hm_json_count(world_json()), 0);
}
END_TEST

/* ---- two that look alike ---- */

START_TEST(a_pair_is_shown_side_by_side)
{
    char first[HM_HEX16_SIZE];
    struct hm_id twin = a_household(&laptop, "Lê An");
    meet();
    (void)snprintf(first, sizeof(first), "%s", hex_of(&record));
    world_clear();

    ck_assert_int_eq(hm_api_pair(&view, first, hex_of(&twin), &err), HM_OK);

    const struct hm_json *records = hm_json_get(world_json(), "records");
    ck_assert_uint_eq(hm_json_count(records), 2);
    ck_assert_uint_eq(hm_json_count(hm_json_get(shown, "flows")), 2);
    world_clear();
    ck_assert_int_eq(hm_api_pair(&view, first, "xyz", &err), HM_NOT_FOUND);
    ck_assert_uint_eq(out.size, 0);
}
END_TEST

/* ---- memory ---- */

static enum hm_status list_again(void *ctx, struct hm_err *why)
{
    (void)ctx;
    hm_buf_clear(&out);
    return hm_api_inbox(&view, &query, why);
}

static enum hm_status open_again(void *ctx, struct hm_err *why)
{
    hm_buf_clear(&out);
    return hm_api_dispute(&view, ctx, why);
}

static enum hm_status decide_again(void *ctx, struct hm_err *why)
{
    const struct hm_decision *decision = ctx;
    hm_buf_clear(&out);
    return hm_api_decide(&view, server.author, decision, why);
}

START_TEST(memory_that_runs_out_is_an_outcome)
{
    char id[HM_HEX16_SIZE];
    (void)snprintf(id, sizeof(id), "%s", hex_of(&record));
    answer("\"value\":\"Tổ 5\"", "\"value\":5");
    struct hm_decision decision = {.record = record, .answers = answers, .preview = true};
    const struct hm_sweep sweeps[] = {
        {.name = "the inbox", .act = list_again},
        {.name = "a case", .act = open_again, .ctx = id},
        {.name = "a decision", .act = decide_again, .ctx = &decision}};
    for (size_t i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++) {
        ck_assert_uint_gt(hm_sweep_memory_some(&sweeps[i], 3), 10);
    }
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.inbox");
    TCase *all = tcase_create("inbox");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_record_is_one_case_whatever_differs_of_it);
    tcase_add_test(all, the_list_names_roles_and_places_and_nobody);
    tcase_add_test(all, it_is_narrowed_down_by_place_kind_sort_and_age);
    tcase_add_test(all, what_nobody_knows_is_refused);
    tcase_add_test(all, nobody_looks_beyond_his_own_units);
    tcase_add_test(all, a_page_of_it_says_where_the_next_begins);
    tcase_add_test(all, each_sort_of_case_is_told_apart);
    tcase_add_test(all, a_case_opens_what_differs_and_folds_the_rest);
    tcase_add_test(all, a_case_says_where_its_result_will_go);
    tcase_add_test(all, a_record_of_which_nothing_differs_is_no_case);
    tcase_add_test(all, a_decision_settles_all_of_a_case_and_is_undone_as_one);
    tcase_add_test(all, a_part_of_a_case_can_be_decided_alone);
    tcase_add_test(all, a_preview_shows_the_record_and_writes_nothing);
    tcase_add_test(all, what_moved_on_meanwhile_is_not_decided);
    tcase_add_test(all, what_another_home_claims_is_not_decided_unseen);
    tcase_add_test(all, a_decision_that_is_sent_again_changes_nothing);
    tcase_add_test(all, a_value_that_does_not_fit_decides_nothing);
    tcase_add_test(all, the_same_decision_again_and_again_proposes_a_rule);
    tcase_add_test(all, no_rule_is_proposed_for_what_is_open_elsewhere);
    tcase_add_test(all, decisions_that_no_rule_explains_propose_none);
    tcase_add_test(all, who_was_overruled_reads_what_stands_who_decided_and_why);
    tcase_add_test(all, a_pair_is_shown_side_by_side);
    tcase_add_test(all, memory_that_runs_out_is_an_outcome);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
