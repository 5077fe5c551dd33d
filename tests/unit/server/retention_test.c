/* SPDX-License-Identifier: Apache-2.0 */
/* Whose names the end of a retention period takes, and whose it leaves. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../../daemon/server/commands.h"
#include "builders.h"
#include "daemon/server/context.h"
#include "hamlet/base/json_scan.h"
#include "hamlet/base/limits.h"
#include "hamlet/command/program.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site laptop;
static struct hm_control_ctx ctx;
static struct hm_id household;

static void setup(void)
{
    hm_site_open_server(&server, 1);
    hm_site_open_laptop(&laptop, &server, HM_LAN);
    household = a_household(&laptop, "Bà Còn Ở");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);
    ctx = (struct hm_control_ctx){.env = &server.env.env,
                                  .kinds = server.kinds,
                                  .store = server.store,
                                  .key = server.key,
                                  .secret = server.secret,
                                  .device = server.device,
                                  .unit = hm_text("886")};
}

static void teardown(void)
{
    hm_site_close(&laptop);
    hm_site_close(&server);
}

/* What it says: a document, or words. */
static const char *run_as(bool json)
{
    static const struct hm_option options[] = {{"now", "YEAR", true, false},
                                               {"reason", "TEXT", true, false},
                                               {"as", "NAME", false, false},
                                               {0}};
    static const struct hm_command commands[] = {{"", NULL, options, hm_retention_run},
                                                 {0}};
    static const struct hm_program program = {"retention", NULL, commands};
    static char said[4096];
    char *line[] = {"retention", "--now", "2026",   "--reason", "hết hạn",
                    "--as",      "Anh",   "--json", NULL};
    struct hm_output out;
    struct hm_args args;
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(hm_args_init(&args, &program, json ? 8 : 7, line, &server.err),
                     HM_OK);
    hm_output_init(&out, fileno(file));
    struct hm_call call = {&args, hm_words_of(HM_LANG_EN), HM_LANG_EN, &out, &ctx};
    ck_assert_int_eq(hm_retention_run(&call, &server.err), HM_OK);
    ck_assert_int_eq(hm_output_flush(&out, &server.err), HM_OK);
    ssize_t size = pread(fileno(file), said, sizeof(said) - 1, 0);
    ck_assert_int_ge(size, 0);
    said[size] = '\0';
    hm_output_fini(&out);
    hm_args_fini(&args);
    (void)fclose(file);
    return said;
}

static const char *run_retention(void)
{
    return run_as(true);
}

START_TEST(who_left_long_ago_is_nameless)
{
    (void)an_edit(&laptop, &household, "valid_to", "2001");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);

    (void)run_retention();

    ck_assert_str_eq(hm_site_shown(&server, &household, "head_name"), "-");
}
END_TEST

START_TEST(who_is_still_here_keeps_the_name)
{
    (void)run_retention();

    ck_assert_str_eq(hm_site_shown(&server, &household, "head_name"), "Bà Còn Ở");
}
END_TEST

/* Another hamlet claims the id; _i: … and that what it claims lives. */
START_TEST(what_another_home_says_of_a_year_is_not_heard)
{
    struct hm_maker tu;
    hm_maker_init(&tu, &server.arena, HM_TU);
    tu.district = server.device;
    tu.home = "30341-02";
    struct hm_change *claim = hm_make(&tu, HM_ACT_EDIT, &household);
    hm_make_write(claim, &tu, "valid_to", hm_make_value(&tu, "\"2001\""), 0);
    if (_i == 1) {
        hm_make_live(claim, &tu, true, 0);
    }
    hm_make_seal(claim, &tu);
    const struct hm_change *const claims[] = {claim};
    hm_site_put(&server, claims, 1, HM_VERDICT_ACCEPTED);

    (void)run_retention();

    ck_assert_str_eq(hm_site_shown(&server, &household, "head_name"), "Bà Còn Ở");
}
END_TEST

/* ---- records that are not as others ---- */

/* A household of this unit that was refused as a whole, and is over. */
static struct hm_id a_refused(struct hm_maker *tu, const char *home)
{
    hm_maker_init(tu, &server.arena, HM_TU);
    tu->district = server.device;
    tu->home = home;
    struct hm_change *creation = hm_make(tu, HM_ACT_CREATE, NULL);
    hm_make_text(creation, tu, "head_name", "Bà Từ Chối", 0);
    hm_make_write(creation, tu, "valid_to", hm_make_value(tu, "\"2001\""), 0);
    hm_make_seal(creation, tu);
    const struct hm_change *const changes[] = {creation};
    hm_site_put(&server, changes, 1, HM_VERDICT_QUARANTINED);
    return creation->id;
}

static bool holds(const struct hm_id *record, const char *reg)
{
    struct hm_loaded loaded = hm_site_load(&server, record);
    return hm_loaded_holds(&loaded, hm_text(reg));
}

START_TEST(what_lies_in_a_unit_that_nobody_knows_is_forgotten_and_stops_nothing)
{
    struct hm_maker tu;
    struct hm_id odd = a_refused(&tu, "99999");
    (void)an_edit(&laptop, &household, "valid_to", "2001");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);

    ck_assert_ptr_nonnull(strstr(run_retention(), "\"erased\":2,\"left\":0"));

    ck_assert(!holds(&odd, "head_name"));
    ck_assert(!holds(&household, "head_name"));
}
END_TEST

static void a_unit_beside_the_district(const char *code)
{
    struct hm_added added;
    struct hm_field_input fields[] = {
        {.name = hm_text("code"), .text = hm_text(code)},
        {.name = hm_text("name"), .text = hm_text("Huyện Khác")}};
    hm_author_as_server(server.author);
    ck_assert_int_eq(hm_author_begin(server.author, &server.err), HM_OK);
    ck_assert_int_eq(
        hm_author_add(server.author, hm_text("unit"), fields, 2, &added, &server.err),
        HM_OK);
    ck_assert_int_eq(hm_author_commit(server.author, &server.err), HM_OK);
}

START_TEST(what_cannot_be_erased_stops_nothing_and_is_named)
{
    struct hm_maker tu;
    char hex[HM_HEX16_SIZE];
    a_unit_beside_the_district("999");
    struct hm_id odd = a_refused(&tu, "999");
    hm_hex_put(hex, hm_id_bytes(&odd));
    (void)an_edit(&laptop, &household, "valid_to", "2001");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);

    const char *said = run_retention();

    ck_assert_ptr_nonnull(strstr(said, "\"erased\":1,\"left\":1"));
    ck_assert_ptr_nonnull(strstr(said, hex));
    ck_assert_ptr_nonnull(strstr(said, "\"reason\":\"unit-scope\""));
    ck_assert(holds(&odd, "head_name"));
    ck_assert(!holds(&household, "head_name"));
    said = run_as(false);
    ck_assert_ptr_nonnull(strstr(said, hex));
    ck_assert_ptr_nonnull(strstr(said, "999 is outside"));
    hm_site_check(&server);
}
END_TEST

/* More edits than a change may name, none of which replaces another. */
START_TEST(a_storm_of_edits_goes_whole_and_stops_nothing)
{
    enum { EDITS = HM_REPLACES_MAX + 1 };
    static const struct hm_change *edits[EDITS];
    struct hm_maker tu;
    struct hm_id storm = a_refused(&tu, "30341-02");
    for (size_t i = 0; i < EDITS; i++) {
        char name[32];
        struct hm_change *edit = hm_make(&tu, HM_ACT_EDIT, &storm);
        (void)snprintf(name, sizeof(name), "Bà Từ Chối %zu", i);
        hm_make_text(edit, &tu, "head_name", name, 0);
        hm_make_seal(edit, &tu);
        edits[i] = edit;
    }
    hm_site_put(&server, edits, EDITS, HM_VERDICT_QUARANTINED);
    (void)an_edit(&laptop, &household, "valid_to", "2001");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);

    ck_assert_ptr_nonnull(strstr(run_retention(), "\"erased\":2,\"left\":0"));

    ck_assert(!holds(&storm, "head_name"));
    ck_assert(!holds(&household, "head_name"));
    ck_assert_ptr_nonnull(strstr(run_retention(), "\"erased\":0,\"left\":0"));
}
END_TEST

/* ---- reasons ---- */

static void act_begin(struct hm_site *site)
{
    ck_assert_int_eq(hm_author_begin(site->author, &site->err), HM_OK);
}

static void act_end(struct hm_site *site, enum hm_status status)
{
    ck_assert_int_eq(status, HM_OK);
    ck_assert_int_eq(hm_author_commit(site->author, &site->err), HM_OK);
}

static struct hm_id deleted_since(const char *why)
{
    struct hm_id made;
    act_begin(&laptop);
    act_end(&laptop, hm_author_delete(laptop.author, &household, hm_text(why), &made,
                                      &laptop.err));
    return made;
}

static struct hm_id taken_back_since(const struct hm_id *change, const char *why)
{
    struct hm_id made;
    act_begin(&laptop);
    act_end(&laptop,
            hm_author_withdraw(laptop.author, change, hm_text(why), &made, &laptop.err));
    return made;
}

static size_t reason_of(const struct hm_id *id)
{
    struct hm_held held;
    ck_assert_int_eq(
        hm_store_change_find(server.store, id, &held, &server.arena, &server.err), HM_OK);
    return hm_change_write(&held.change, hm_text(HM_REGISTER_WHY))->value.size;
}

static int64_t changes(void)
{
    struct hm_counts counts;
    ck_assert_int_eq(hm_store_counts(server.store, false, &counts, &server.err), HM_OK);
    return counts.changes;
}

/* Of a deletion, of a deletion that was taken back, and of taking it back; _i: which. */
START_TEST(reasons_go_with_the_names_and_once)
{
    struct hm_id reasons[2] = {0};
    (void)an_edit(&laptop, &household, "valid_to", "2001");
    reasons[0] = deleted_since("bà Còn Ở đã mất");
    reasons[1] = reasons[0];
    if (_i == 1) {
        reasons[1] = taken_back_since(&reasons[0], "bà Còn Ở còn sống");
    }
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);

    (void)run_retention();
    int64_t count = changes();
    ck_assert_ptr_nonnull(strstr(run_retention(), "\"erased\":0,\"left\":0"));

    ck_assert_uint_eq(reason_of(&reasons[0]), 0);
    ck_assert_uint_eq(reason_of(&reasons[1]), 0);
    ck_assert_int_eq(changes(), count);
}
END_TEST

/* They came when the names were gone. */
START_TEST(reasons_of_a_record_that_is_nameless_go_too)
{
    (void)an_edit(&laptop, &household, "valid_to", "2001");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);
    (void)run_retention();
    struct hm_id deletion = deleted_since("bà Còn Ở đã mất");
    struct hm_id back = taken_back_since(&deletion, "bà Còn Ở còn sống");
    hm_site_carry(&laptop, &server, HM_VERDICT_ACCEPTED);

    ck_assert_ptr_nonnull(strstr(run_retention(), "\"erased\":1,\"left\":0"));
    ck_assert_ptr_nonnull(strstr(run_retention(), "\"erased\":0,\"left\":0"));

    ck_assert_uint_eq(reason_of(&deletion), 0);
    ck_assert_uint_eq(reason_of(&back), 0);
    hm_site_check(&server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server.retention");
    TCase *all = tcase_create("retention");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, who_left_long_ago_is_nameless);
    tcase_add_test(all, who_is_still_here_keeps_the_name);
    tcase_add_loop_test(all, what_another_home_says_of_a_year_is_not_heard, 0, 2);
    tcase_add_test(all,
                   what_lies_in_a_unit_that_nobody_knows_is_forgotten_and_stops_nothing);
    tcase_add_test(all, what_cannot_be_erased_stops_nothing_and_is_named);
    tcase_add_test(all, a_storm_of_edits_goes_whole_and_stops_nothing);
    tcase_add_loop_test(all, reasons_go_with_the_names_and_once, 0, 2);
    tcase_add_test(all, reasons_of_a_record_that_is_nameless_go_too);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
