/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power goes at every single operation of an erasure and of what follows it: all that
 * it reaches is gone, or nothing yet, and once it is done again nothing is left anywhere.
 */
#include <stdio.h>
#include <string.h>

#include "../../../proto/store/sql.h"
#include "builders.h"
#include "hamlet/store/check.h"
#include "hamlet/store/erase.h"
#include "promise.h"
#include "run.h"
#include "site.h"

#define SECRET "Nguyễn Thị Bí Mật"
#define FOLDED "nguyen thi bi mat"

static struct hm_site server;
static struct hm_site laptop;
static struct hm_maker maker;
static struct hm_disk *whole; /* before the erasure */
static const struct hm_change *values[2];
static const struct hm_change *erasure;
static unsigned names;

static struct {
    unsigned rounds;
    unsigned half;
    unsigned found;
} sum;

static const struct {
    struct hm_site *site;
    enum hm_crash crash;
    uint64_t stride; /* what is kept at random is tried everywhere */
} cuts[] = {{&laptop, HM_CRASH_DROP, 5}, {&laptop, HM_CRASH_KEEP, 5},
            {&laptop, HM_CRASH_MIX, 1},  {&server, HM_CRASH_DROP, 5},
            {&server, HM_CRASH_KEEP, 5}, {&server, HM_CRASH_MIX, 1}};
enum { CUTS = sizeof(cuts) / sizeof(cuts[0]) };

static void write_values(struct hm_site *site)
{
    struct hm_change *created = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(created, &maker, "head_name", SECRET, 0);
    hm_make_text(created, &maker, "address_text", "Tổ 1", 0);
    hm_make_seal(created, &maker);
    struct hm_change *edited = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(edited, &maker, "head_name", SECRET " Hai", 1, created);
    hm_make_seal(edited, &maker);
    struct hm_change *erased = hm_make(&maker, HM_ACT_ERASE, &created->record);
    hm_make_write(erased, &maker, "head_name", hm_text("n"), 1, edited);
    hm_make_seal(erased, &maker);
    values[0] = created;
    values[1] = edited;
    erasure = erased;
    (void)hm_site_put(site, values, 2, HM_VERDICT_NONE);
}

static void setup(void)
{
    hm_site_open_pair(&server, &laptop);
    hm_maker_init(&maker, &laptop.arena, 1);
    maker.district = server.device;
    maker.device = laptop.device;
    sum.rounds = sum.half = sum.found = 0;
}

static void teardown(void)
{
    hm_site_close(&laptop);
    hm_site_close(&server);
}

static struct hm_disk *copy_whole(void)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "copy-%u", names++);
    struct hm_disk *copy = hm_disk_copy(whole, name, names);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

/* As a reply does it: the change, and its entry in the same transaction. */
static enum hm_status erase(struct hm_site *site)
{
    struct hm_put put = {.change = erasure};
    struct hm_arena arena;
    bool scrubbed = false;
    hm_arena_init(&arena, (size_t)16 * 1024 * 1024);
    enum hm_status status = hm_store_begin(site->store, &site->err);
    if (status == HM_OK) {
        status = hm_store_changes_put(site->store, &put, 1, hm_env_wall(&site->env.env),
                                      &arena, &site->err);
    }
    struct hm_entry entry = {.count = 1, .change = put.row, .kind = HM_ENTRY_ACCEPTED};
    if (status == HM_OK) {
        status = hm_store_entries_append(site->store, erasure->home, &entry, 1, &arena,
                                         &site->err);
    }
    if (status == HM_OK) {
        status = hm_store_commit(site->store, &site->err);
    }
    hm_store_rollback(site->store);
    if (status == HM_OK) {
        status = hm_store_scrub(site->store, &scrubbed, &site->err);
    }
    hm_arena_fini(&arena);
    return status;
}

static unsigned values_of(struct hm_site *site)
{
    unsigned count = 0;
    for (int i = 0; i < 2; i++) {
        struct hm_held held;
        ck_assert_int_eq(hm_store_change_find(site->store, &values[i]->id, &held,
                                              &site->arena, &site->err),
                         HM_OK);
        count += hm_change_write(&held.change, hm_text("head_name"))->value.size > 0;
    }
    return count;
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

static unsigned found_in(struct hm_site *site)
{
    static const char *const files[] = {"store.db", "store.db-journal", "store.db-wal"};
    unsigned found = 0;
    for (int i = 0; i < 3; i++) {
        found += in_file(site, files[i], SECRET) || in_file(site, files[i], FOLDED);
    }
    return found;
}

/* After the restart: whole or nothing; then what an opening does, and it is gone. */
static void judge(struct hm_site *site)
{
    bool scrubbed = false;
    size_t records = 0;
    size_t different = 0;
    unsigned left = values_of(site);
    sum.half += left == 1;
    ck_assert_int_eq(hm_store_check_file(site->store, &site->err), HM_OK);
    ck_assert_int_eq(
        hm_store_check_derived(site->store, &records, &different, &site->err), HM_OK);
    ck_assert_uint_eq(different, 0);
    if (left > 0) {
        ck_assert_int_eq(erase(site), HM_OK);
    } else {
        ck_assert_int_eq(hm_store_scrub(site->store, &scrubbed, &site->err), HM_OK);
    }
    ck_assert_uint_eq(values_of(site), 0);
    sum.found += found_in(site);
}

START_TEST(a_power_cut_in_an_erasure_leaves_nothing_behind_that_stays)
{
    struct hm_site *site = cuts[_i].site;
    names = (unsigned)_i * 1000;
    write_values(site);
    ck_assert_uint_gt(found_in(site), 0);
    hm_site_reopen(site);
    whole = hm_disk_copy(site->disk, "whole", 1);
    ck_assert_ptr_nonnull(whole);

    for (uint64_t n = 1;; n += cuts[_i].stride) {
        hm_site_replace_disk(site, copy_whole());
        hm_disk_cut(site->disk, n);
        enum hm_status status = erase(site);
        bool cut = hm_disk_is_off(site->disk);
        ck_assert(status == HM_OK || (cut && status == HM_IO));
        hm_disk_cut_now(site->disk);
        hm_site_restart(site, cuts[_i].crash);
        judge(site);
        if (!cut) {
            break;
        }
        sum.rounds++;
    }

    hm_disk_free(whole);
    hm_promise("P29 power cuts in an erasure%s: %u places, half done %u, hits %u",
               site == &server ? " at a server" : "", sum.rounds, sum.half, sum.found);
    ck_assert_uint_gt(sum.rounds, 20);
    ck_assert_uint_eq(sum.half, 0);
    ck_assert_uint_eq(sum.found, 0);
}
END_TEST

/* Without what follows it an erasure would leave its values in a server's log. */
START_TEST(the_search_sees_what_is_not_gone_over)
{
    bool scrubbed = false;
    write_values(&server);
    (void)hm_site_put(&server, &erasure, 1, HM_VERDICT_ACCEPTED);

    ck_assert_uint_eq(values_of(&server), 0);
    ck_assert_uint_gt(found_in(&server), 0);
    ck_assert_int_eq(hm_store_scrub(server.store, &scrubbed, &server.err), HM_OK);

    ck_assert(scrubbed);
    ck_assert_uint_eq(found_in(&server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("erase_crash");
    TCase *group = tcase_create("erase_crash");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 240);
    tcase_add_loop_test(group, a_power_cut_in_an_erasure_leaves_nothing_behind_that_stays,
                        0, CUTS);
    tcase_add_test(group, the_search_sees_what_is_not_gone_over);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
