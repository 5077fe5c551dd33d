/* SPDX-License-Identifier: Apache-2.0 */
/* What is erased leaves the store and stays out of it. */
#include "hamlet/store/erase.h"

#include <stdio.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "builders.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"
#include "run.h"
#include "site.h"

#define SECRET "Nguyễn Thị Bí Mật"
#define FOLDED "nguyen thi bi mat"
#define LONGER "một dòng ghi chú rất dài về bà Bí Mật "

static struct hm_site server;
static struct hm_site laptop;
static struct hm_maker maker; /* writes as Lan's device */

static void setup(void)
{
    hm_site_open_pair(&server, &laptop);
    hm_maker_init(&maker, &laptop.arena, 1);
    maker.district = server.device;
    maker.device = laptop.device;
}

static void teardown(void)
{
    hm_site_check(&laptop);
    hm_site_check(&server);
    hm_site_close(&laptop);
    hm_site_close(&server);
}

static struct hm_change *create(const char *name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(change, &maker, "head_name", name, 0);
    hm_make_text(change, &maker, "address_text", "Tổ 1", 0);
    hm_make_seal(change, &maker);
    return change;
}

static struct hm_change *edit(const struct hm_change *created,
                              const struct hm_change *over,
                              const char *name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(change, &maker, "head_name", name, 1, over);
    hm_make_seal(change, &maker);
    return change;
}

static struct hm_change *erasure(const struct hm_change *created,
                                 const struct hm_change *over)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_ERASE, &created->record);
    hm_make_write(change, &maker, "head_name", hm_text("n"), 1, over);
    hm_make_seal(change, &maker);
    return change;
}

static void put(struct hm_site *site, const struct hm_change *change, unsigned verdict)
{
    (void)hm_site_put(site, &change, 1, verdict);
}

/* Whether the server has values by this that it lacked. */
static bool gains(const struct hm_change *change)
{
    struct hm_put again = {.change = change, .verdict = HM_VERDICT_QUARANTINED};
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_changes_put(server.store, &again, 1,
                                          hm_env_wall(&server.env.env), &server.arena,
                                          &server.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);
    return again.gained;
}

static const char *name_of(struct hm_site *site, const struct hm_change *created)
{
    return hm_site_shown(site, &created->record, "head_name");
}

static struct hm_held held(struct hm_site *site, const struct hm_change *change)
{
    struct hm_held found;
    ck_assert_int_eq(
        hm_store_change_find(site->store, &change->id, &found, &site->arena, &site->err),
        HM_OK);
    return found;
}

/* Its value is gone, its salt and key with it, and the id is still what it was. */
static void ck_erased(struct hm_site *site, const struct hm_change *change)
{
    static const uint8_t none[HM_SALT_SIZE];
    struct hm_held found = held(site, change);
    struct hm_buf scratch;
    const struct hm_write *write = hm_change_write(&found.change, hm_text("head_name"));
    ck_assert(found.withheld);
    ck_assert(!found.change.has_key);
    ck_assert_uint_eq(write->value.size, 0);
    ck_assert_mem_eq(write->salt, none, HM_SALT_SIZE);
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    ck_assert_int_eq(hm_change_seal(&found.change, &scratch, &site->err), HM_OK);
    ck_assert(hm_id_equal(&found.change.id, &change->id));
    hm_buf_fini(&scratch);
}

static bool in_file(struct hm_site *site, const char *path, const char *text)
{
    size_t size = 0;
    size_t length = strlen(text);
    const uint8_t *file = hm_disk_file(site->disk, path, &size);
    for (size_t i = 0; file != NULL && i + length <= size; i++) {
        if (file[i] == (uint8_t)text[0] && memcmp(file + i, text, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool on_disk(struct hm_site *site, const char *text)
{
    return in_file(site, "store.db", text) || in_file(site, "store.db-journal", text) ||
           in_file(site, "store.db-wal", text);
}

static bool scrub_if_due(struct hm_site *site)
{
    bool scrubbed = false;
    ck_assert_int_eq(hm_store_scrub(site->store, &scrubbed, &site->err), HM_OK);
    return scrubbed;
}

static void scrub(struct hm_site *site)
{
    ck_assert(scrub_if_due(site));
}

START_TEST(an_accepted_erasure_takes_all_that_it_reaches)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *edited = edit(created, created, SECRET " hai");
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, edited, HM_VERDICT_ACCEPTED);

    put(&server, erasure(created, edited), HM_VERDICT_ACCEPTED);

    ck_erased(&server, created);
    ck_erased(&server, edited);
    ck_assert_str_eq(name_of(&server, created), "-");
    ck_assert_str_eq(hm_site_shown(&server, &created->record, "address_text"), "Tổ 1");
}
END_TEST

START_TEST(nothing_goes_before_the_erasure_is_accepted)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *erased = erasure(created, created);
    put(&laptop, created, HM_VERDICT_NONE);
    put(&laptop, erased, HM_VERDICT_NONE);
    ck_assert_uint_gt(held(&laptop, created).change.writes[1].value.size, 0);
    ck_assert_str_eq(name_of(&laptop, created), "-"); /* shown is what it says */

    hm_site_entry(&laptop, &erased->id, HM_ENTRY_ACCEPTED, NULL);

    ck_erased(&laptop, created);
}
END_TEST

START_TEST(an_erasure_that_is_refused_takes_nothing_until_it_is_released)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *erased = erasure(created, created);
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, erased, HM_VERDICT_QUARANTINED);
    ck_assert_str_eq(name_of(&server, created), SECRET);

    hm_site_entry(&server, &erased->id, HM_ENTRY_RELEASED, NULL);

    ck_erased(&server, created);
    ck_assert_str_eq(name_of(&server, created), "-");
}
END_TEST

START_TEST(what_was_refused_or_withdrawn_is_erased_too)
{
    struct hm_change *created = create("Út");
    struct hm_change *refused = edit(created, created, SECRET);
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, refused, HM_VERDICT_QUARANTINED);

    put(&server, erasure(created, refused), HM_VERDICT_ACCEPTED);

    ck_erased(&server, refused);
    ck_erased(&server, created);
}
END_TEST

START_TEST(what_comes_again_leaves_its_value_at_the_door)
{
    struct hm_change *created = create(SECRET);
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, erasure(created, created), HM_VERDICT_ACCEPTED);

    put(&server, created, HM_VERDICT_ACCEPTED);

    ck_erased(&server, created);
    scrub(&server);
    ck_assert(!on_disk(&server, SECRET));
    ck_assert_uint_gt(created->writes[1].value.size, 0); /* the caller's is untouched */
}
END_TEST

START_TEST(what_comes_after_the_erasure_that_names_it_is_never_written)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *edited = edit(created, created, SECRET " hai");
    put(&server, erasure(created, edited), HM_VERDICT_ACCEPTED);

    put(&server, edited, HM_VERDICT_ACCEPTED);
    put(&server, created, HM_VERDICT_ACCEPTED);

    ck_erased(&server, edited);
    ck_erased(&server, created);
    ck_assert(!on_disk(&server, SECRET));
    ck_assert_str_eq(hm_site_shown(&server, &created->record, "address_text"), "Tổ 1");
}
END_TEST

/* All orders of arrival of a chain of three and the erasure, the erasure accepted. */
START_TEST(the_order_of_arrival_does_not_matter)
{
    static const int orders[][4] = {{0, 1, 2, 3}, {3, 0, 1, 2}, {3, 2, 1, 0},
                                    {2, 3, 0, 1}, {1, 3, 2, 0}, {0, 3, 1, 2},
                                    {3, 1, 0, 2}, {2, 1, 3, 0}};
    struct hm_change *created = create(SECRET);
    struct hm_change *second = edit(created, created, SECRET " hai");
    struct hm_change *third = edit(created, second, SECRET " ba");
    struct hm_change *all[] = {created, second, third, erasure(created, third)};

    for (int i = 0; i < 4; i++) {
        put(&server, all[orders[_i][i]], HM_VERDICT_ACCEPTED);
    }

    for (int i = 0; i < 3; i++) {
        ck_erased(&server, all[i]);
    }
    ck_assert_str_eq(name_of(&server, created), "-");
    scrub_if_due(&server);
    ck_assert(!on_disk(&server, SECRET));
}
END_TEST

START_TEST(one_set_may_hold_all_of_it)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *edited = edit(created, created, SECRET " hai");
    const struct hm_change *all[] = {erasure(created, edited), edited, created, created};

    (void)hm_site_put(&server, all, 4, HM_VERDICT_ACCEPTED);

    ck_erased(&server, created);
    ck_erased(&server, edited);
}
END_TEST

START_TEST(a_concurrent_write_conflicts_with_the_erasure_and_keeps_its_value)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *other = edit(created, created, "Bà Bảy");
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, erasure(created, created), HM_VERDICT_ACCEPTED);

    put(&server, other, HM_VERDICT_ACCEPTED);

    ck_erased(&server, created);
    ck_assert_uint_eq(hm_site_open_conflicts(&server), 1);
    ck_assert_str_eq(name_of(&server, created), "-"); /* shown is the erasure */
    ck_assert_uint_gt(held(&server, other).change.writes[0].value.size, 0);
}
END_TEST

START_TEST(other_values_of_the_change_stay_and_travel_with_salts)
{
    struct hm_change *created = create(SECRET);
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, erasure(created, created), HM_VERDICT_ACCEPTED);

    struct hm_held found = held(&server, created);
    put(&laptop, &found.change, HM_VERDICT_NONE); /* as its page brings it */

    struct hm_held there = held(&laptop, created);
    ck_assert(there.withheld);
    ck_assert_str_eq(hm_site_shown(&laptop, &created->record, "address_text"), "Tổ 1");
    ck_assert(hm_id_equal(&there.change.id, &created->id));
}
END_TEST

START_TEST(a_released_change_gains_what_is_not_erased)
{
    struct hm_change *created = create("Út");
    struct hm_change *refused = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(refused, &maker, "head_name", SECRET, 1, created);
    hm_make_text(refused, &maker, "cluster", "Tổ 7", 0);
    hm_make_seal(refused, &maker);
    struct hm_change *erased = erasure(created, refused);
    put(&laptop, created, HM_VERDICT_NONE);
    put(&laptop, hm_make_skeleton(&maker, refused), HM_VERDICT_NONE);
    hm_site_entry(&laptop, &refused->id, HM_ENTRY_QUARANTINED, "role");
    put(&laptop, erased, HM_VERDICT_NONE);
    hm_site_entry(&laptop, &erased->id, HM_ENTRY_ACCEPTED, NULL);

    put(&laptop, refused, HM_VERDICT_NONE);
    hm_site_entry(&laptop, &refused->id, HM_ENTRY_RELEASED, NULL);

    ck_erased(&laptop, refused);
    ck_assert_str_eq(hm_site_shown(&laptop, &created->record, "cluster"), "Tổ 7");
}
END_TEST

START_TEST(values_that_come_beside_an_erased_one_are_gained_once)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *erased = erasure(created, created);
    struct hm_change *none = hm_make_skeleton(&maker, created);
    put(&server, none, HM_VERDICT_QUARANTINED);
    put(&server, erased, HM_VERDICT_ACCEPTED);

    ck_assert(gains(none) == false);
    ck_assert(gains(created));

    ck_assert(gains(created) == false); /* however often it comes */
    ck_erased(&server, created);
    const struct hm_held there = held(&server, created);
    ck_assert_uint_gt(hm_change_write(&there.change, hm_text("address_text"))->value.size,
                      0);
}
END_TEST

START_TEST(reasons_go_with_an_erasure_that_replaces_them)
{
    struct hm_change *created = create("Út");
    struct hm_change *edited = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(edited, &maker, "head_name", "Bảy", 1, created);
    hm_make_text(edited, &maker, HM_REGISTER_WHY, "bà " SECRET " đổi tên", 0);
    hm_make_seal(edited, &maker);
    struct hm_change *erased = hm_make(&maker, HM_ACT_ERASE, &created->record);
    hm_make_write(erased, &maker, "head_name", hm_text("n"), 1, edited);
    hm_make_text(erased, &maker, HM_REGISTER_WHY, "theo yêu cầu", 1, edited);
    hm_make_seal(erased, &maker);
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, edited, HM_VERDICT_ACCEPTED);

    put(&server, erased, HM_VERDICT_ACCEPTED);

    struct hm_held found = held(&server, edited);
    ck_assert_uint_eq(
        hm_change_write(&found.change, hm_text(HM_REGISTER_WHY))->value.size, 0);
    scrub(&server);
    ck_assert(!on_disk(&server, SECRET));
    ck_assert(on_disk(&server, "theo yêu cầu"));
}
END_TEST

START_TEST(an_erasure_of_a_deleted_record_leaves_its_deletion)
{
    struct hm_change *created = create(SECRET);
    struct hm_change *deleted = hm_make(&maker, HM_ACT_DELETE, &created->record);
    hm_make_live(deleted, &maker, false, 1, created);
    hm_make_seen(deleted, &maker, 1, created);
    hm_make_seal(deleted, &maker);
    struct hm_change *erased = hm_make(&maker, HM_ACT_ERASE, &created->record);
    hm_make_write(erased, &maker, "head_name", hm_text("n"), 1, created);
    hm_make_live(erased, &maker, false, 1, deleted);
    hm_make_seen(erased, &maker, 1, created);
    hm_make_seal(erased, &maker);
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, deleted, HM_VERDICT_ACCEPTED);

    put(&server, erased, HM_VERDICT_ACCEPTED);

    struct hm_loaded loaded = hm_site_load(&server, &created->record);
    ck_assert(loaded.merged.deleted);
    ck_assert(!loaded.merged.live_conflict);
    ck_erased(&server, created);
    struct hm_held found = held(&server, deleted);
    ck_assert(!found.withheld); /* ~live is nobody's secret */
}
END_TEST

START_TEST(nothing_is_left_in_any_file_of_a_store_that_has_lived)
{
    struct hm_site *site = _i == 0 ? &laptop : &server;
    unsigned verdict = _i == 0 ? HM_VERDICT_NONE : HM_VERDICT_ACCEPTED;
    struct hm_change *created = NULL;
    struct hm_change *last = NULL;
    enum { RECORDS = 300, CHOSEN = 140 };
    for (int i = 0; i < RECORDS; i++) { /* rows that grow and shrink: pages are split */
        char name[256];
        (void)snprintf(name, sizeof(name), "%s %d", i % 3 == 0 ? LONGER : "Bà", i);
        struct hm_change *one = create(i == CHOSEN ? SECRET : name);
        put(site, one, verdict);
        (void)snprintf(name, sizeof(name), "%s %s", i == CHOSEN ? SECRET : "Ông",
                       i % 2 == 0 ? LONGER LONGER : "");
        struct hm_change *two = edit(one, one, name);
        put(site, two, verdict);
        created = i == CHOSEN ? one : created;
        last = i == CHOSEN ? two : last;
    }
    ck_assert(on_disk(site, SECRET) && on_disk(site, FOLDED));

    struct hm_change *erased = erasure(created, last);
    put(site, erased, verdict);
    hm_site_entry(site, &erased->id, HM_ENTRY_ACCEPTED, NULL);
    scrub(site);

    ck_assert(!on_disk(site, SECRET));
    ck_assert(!on_disk(site, FOLDED));
    ck_erased(site, created);
    ck_erased(site, last);
}
END_TEST

START_TEST(what_another_program_reads_stays_until_it_has_ended)
{
    struct hm_change *created = create(SECRET);
    struct hm_store *reader = NULL;
    bool scrubbed = true;
    bool due = false;
    put(&server, created, HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(hm_store_open(&reader, "store.db", HM_STORE_READER, false,
                                   server.kinds, &server.env.env,
                                   hm_disk_vfs(server.disk), &server.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_begin_read(reader, &server.err), HM_OK);
    ck_assert_int_eq(hm_store_scrub_due(reader, &due, &server.err), HM_OK);
    ck_assert(!due);
    put(&server, erasure(created, created), HM_VERDICT_ACCEPTED);

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(hm_store_scrub(server.store, &scrubbed, &server.err), HM_LOCKED);
        ck_assert(!scrubbed);
    }

    ck_assert(on_disk(&server, SECRET));
    ck_assert_int_eq(hm_store_scrub_due(server.store, &due, &server.err), HM_OK);
    ck_assert(due);
    hm_store_close(reader);
    scrub(&server);
    ck_assert(!on_disk(&server, SECRET));
}
END_TEST

START_TEST(the_seeds_of_the_author_go_with_a_value_of_its_own)
{
    struct hm_stored_run *runs = NULL;
    struct hm_origin origin;
    size_t count = 0;
    struct hm_id record = a_household(&laptop, SECRET);
    struct hm_loaded loaded = hm_site_load(&laptop, &record);
    struct hm_change *erased = erasure(&loaded.held[0].change, &loaded.held[0].change);
    put(&laptop, erased, HM_VERDICT_NONE);

    hm_site_entry(&laptop, &erased->id, HM_ENTRY_ACCEPTED, NULL);

    ck_assert_int_eq(hm_store_origin_get(laptop.store, &laptop.device, laptop.epoch,
                                         false, &origin, &laptop.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_runs(laptop.store, origin.row, 1, 512, &runs, &count,
                                   &laptop.arena, &laptop.err),
                     HM_OK);
    ck_assert_uint_eq(count, 0);
    struct hm_id later = a_household(&laptop, "Tám"); /* a new run, and all is well */
    ck_assert_str_eq(hm_site_shown(&laptop, &later, "head_name"), "Tám");
}
END_TEST

START_TEST(a_value_or_an_order_that_somebody_touched_is_found_and_mended)
{
    static const char *const harms[] = {
        ("UPDATE change SET body = (SELECT o.body FROM change o WHERE o.id > change.id"
         " AND o.act = 0 ORDER BY o.id LIMIT 1) WHERE withheld = 1"),
        "DELETE FROM erasure"};
    struct hm_change *created = create(SECRET);
    size_t records = 0;
    size_t different = 0;
    put(&server, created, HM_VERDICT_ACCEPTED);
    put(&server, create("Bảy"), HM_VERDICT_ACCEPTED);
    put(&server, erasure(created, created), HM_VERDICT_ACCEPTED);
    ck_assert_int_eq(hm_store_begin(server.store, &server.err), HM_OK);
    ck_assert_int_eq(hm_sql_once(server.store, harms[_i], NULL, NULL, &server.err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(server.store, &server.err), HM_OK);

    ck_assert_int_eq(
        hm_store_check_derived(server.store, &records, &different, &server.err), HM_OK);
    ck_assert_uint_gt(different, 0);
    ck_assert_int_eq(hm_store_rebuild(server.store, &different, &server.err), HM_OK);

    struct hm_held found = held(&server, created);
    ck_assert_uint_eq(hm_change_write(&found.change, hm_text("head_name"))->value.size,
                      0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("erase");
    TCase *group = tcase_create("erase");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_test(group, an_accepted_erasure_takes_all_that_it_reaches);
    tcase_add_test(group, nothing_goes_before_the_erasure_is_accepted);
    tcase_add_test(group, an_erasure_that_is_refused_takes_nothing_until_it_is_released);
    tcase_add_test(group, what_was_refused_or_withdrawn_is_erased_too);
    tcase_add_test(group, what_comes_again_leaves_its_value_at_the_door);
    tcase_add_test(group, what_comes_after_the_erasure_that_names_it_is_never_written);
    tcase_add_loop_test(group, the_order_of_arrival_does_not_matter, 0, 8);
    tcase_add_test(group, one_set_may_hold_all_of_it);
    tcase_add_test(group,
                   a_concurrent_write_conflicts_with_the_erasure_and_keeps_its_value);
    tcase_add_test(group, other_values_of_the_change_stay_and_travel_with_salts);
    tcase_add_test(group, a_released_change_gains_what_is_not_erased);
    tcase_add_test(group, values_that_come_beside_an_erased_one_are_gained_once);
    tcase_add_test(group, reasons_go_with_an_erasure_that_replaces_them);
    tcase_add_test(group, an_erasure_of_a_deleted_record_leaves_its_deletion);
    tcase_add_loop_test(group, nothing_is_left_in_any_file_of_a_store_that_has_lived, 0,
                        2);
    tcase_add_test(group, what_another_program_reads_stays_until_it_has_ended);
    tcase_add_test(group, the_seeds_of_the_author_go_with_a_value_of_its_own);
    tcase_add_loop_test(
        group, a_value_or_an_order_that_somebody_touched_is_found_and_mended, 0, 2);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
