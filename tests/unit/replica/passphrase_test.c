/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member's passphrase in the folder of a laptop. Killed before any step of a change,
 * the old one opens or the new one, and nobody's work depends on either.
 */
#include "hamlet/replica/passphrase.h"

#include <sys/wait.h>

#include "faultvfs.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/tries.h"
#include "promise.h"
#include "world.h"

enum { STOPPED = 77, STEPS_MAX = 100, MINUTE_MS = 60 * 1000, FILE_MAX = 1024 };

static const char first[] = "con gà mái";
static const char second[] = "cây đa đầu đình";
static struct hm_replica replica;
static struct hm_passphrase_of of;
static int64_t wait_ms;
static int left; /* steps until the end; below 0: it never comes */

static void count_down(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    if (left-- == 0) {
        _exit(STOPPED);
    }
}

static void open_store(bool create)
{
    ck_assert_int_eq(hm_replica_kinds(&replica.kinds, folder.path, &err), HM_OK);
    ck_assert_int_eq(hm_store_open(&replica.store, world_path("store.db"),
                                   HM_STORE_LAPTOP, create, replica.kinds, &world.env,
                                   NULL, &err),
                     HM_OK);
    of.store = replica.store;
}

static void setup(void)
{
    world_open();
    world.env.step = count_down;
    left = -1;
    world_folder("keys");
    memset(&replica, 0, sizeof(replica));
    of = (struct hm_passphrase_of){.dir = folder.path, .env = &world.env};
    memset(of.user.at, 0xA1, sizeof(of.user.at));
    open_store(true);
}

static void teardown(void)
{
    hm_replica_close(&replica);
    world_close();
}

static enum hm_status check(const char *given)
{
    err = HM_ERR_NONE;
    return hm_passphrase_check(&of, hm_text(given), &wait_ms, &err);
}

static enum hm_status change(const char *old, const char *fresh)
{
    err = HM_ERR_NONE;
    return hm_passphrase_change(&of, hm_text(old), hm_text(fresh), &wait_ms, &err);
}

static const char *file_name(void)
{
    static char name[64];
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(&of.user));
    (void)snprintf(name, sizeof(name), "keys/member-%s", hex);
    return world_path(name);
}

START_TEST(who_has_none_needs_none)
{
    ck_assert(!hm_passphrase_is_set(folder.path, &of.user));

    ck_assert_int_eq(check(""), HM_OK);
    ck_assert_int_eq(check("anything at all"), HM_OK);
}
END_TEST

START_TEST(what_was_set_opens_and_nothing_else)
{
    static const char *const wrong[] = {"con gà má", "con gà mái1", "Con gà mái",
                                        "con ga mai", "con gà\nmái"};
    ck_assert_int_eq(change("", first), HM_OK);
    ck_assert(hm_passphrase_is_set(folder.path, &of.user));

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ck_assert_int_eq(check(wrong[i]), HM_DENIED);
        ck_assert_str_eq(err.key, "passphrase-wrong");
        hm_testenv_advance(&world, HM_PASSPHRASE_WAIT_MAX_MS);
    }
    for (int i = 0; i < 2 * HM_PASSPHRASE_TRIES; i++) { /* none given is no try */
        ck_assert_int_eq(check(""), HM_DENIED);
        ck_assert_str_eq(err.key, "passphrase-needed");
    }
    ck_assert_int_eq(check(first), HM_OK);
    ck_assert_int_eq(check("  con g\x61\xcc\x80 m\xc3\xa1i "), HM_OK); /* NFD, spaces */
}
END_TEST

START_TEST(it_is_kept_from_others_and_in_no_clear_bytes)
{
    struct stat about;
    char text[1024] = "";
    ck_assert_int_eq(change("", first), HM_OK);

    FILE *file = fopen(file_name(), "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, sizeof(text) - 1, file), 0);
    ck_assert_int_eq(fclose(file), 0);

    ck_assert_ptr_null(strstr(text, "con"));
    ck_assert_int_eq(stat(file_name(), &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_change_needs_the_old_one_and_ends_it)
{
    ck_assert_int_eq(change("", first), HM_OK);

    ck_assert_int_eq(change(second, second), HM_DENIED);
    ck_assert_int_eq(change(first, "bảy chữ"), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "passphrase-short");
    ck_assert_int_eq(check(first), HM_OK);
    ck_assert_int_eq(change(first, second), HM_OK);

    ck_assert_int_eq(check(first), HM_DENIED);
    ck_assert_int_eq(check(second), HM_OK);
    ck_assert_int_eq(change(second, ""), HM_OK);
    ck_assert(!hm_passphrase_is_set(folder.path, &of.user));
}
END_TEST

START_TEST(another_members_file_does_not_open_under_ones_own_name)
{
    char theirs[HM_TMPDIR_PATH_SIZE];
    ck_assert_int_eq(change("", first), HM_OK);
    (void)snprintf(theirs, sizeof(theirs), "%s", file_name());
    of.user.at[0] ^= 1;

    ck_assert_int_eq(rename(theirs, file_name()), 0);

    ck_assert_int_eq(check(first), HM_DENIED);
}
END_TEST

START_TEST(wrong_tries_wait_longer_each_time_up_to_a_bound)
{
    int64_t longest_ms = 0;
    int64_t spent_ms = 0;
    int judged = 0;
    int held = 0;
    ck_assert_int_eq(change("", first), HM_OK);
    while (judged < 14) {
        ck_assert_int_eq(check("not this one"), HM_DENIED);
        judged += strcmp(err.key, "passphrase-wrong") == 0;
        if (wait_ms > 0) { /* until then even the right one is not judged */
            hm_testenv_advance(&world, wait_ms - 1);
            spent_ms += wait_ms;
            longest_ms = wait_ms > longest_ms ? wait_ms : longest_ms;
            ck_assert_int_eq(check(first), HM_DENIED);
            ck_assert_str_eq(err.key, "passphrase-wait");
            ck_assert_int_eq(wait_ms, 1);
            hm_testenv_advance(&world, 1);
            held++;
        }
    }

    ck_assert_int_eq(held, judged - HM_PASSPHRASE_TRIES);
    ck_assert_int_eq(longest_ms, HM_PASSPHRASE_WAIT_MAX_MS);
    ck_assert_int_ge(spent_ms, (int64_t)(judged - 10) * HM_PASSPHRASE_WAIT_MAX_MS);
    ck_assert_int_eq(check(first), HM_OK);
    ck_assert_int_eq(check("wrong again"), HM_DENIED);
    ck_assert_int_eq(wait_ms, 0); /* all of them are forgotten */
    hm_promise("P31 wrong passphrases: %d tries, let in 0, waits %d", judged, held);
}
END_TEST

START_TEST(a_start_of_program_or_machine_shortens_no_wait)
{
    ck_assert_int_eq(change("", first), HM_OK);
    for (int i = 0; i <= HM_PASSPHRASE_TRIES; i++) {
        ck_assert_int_eq(check("not this one"), HM_DENIED);
    }
    ck_assert_int_eq(wait_ms, HM_PASSPHRASE_WAIT_MS);

    hm_replica_close(&replica);
    open_store(false);
    ck_assert_int_eq(check(first), HM_DENIED);
    ck_assert_int_eq(wait_ms, HM_PASSPHRASE_WAIT_MS);
    world.wall_ms += (int64_t)365 * 24 * 60 * MINUTE_MS; /* clocks decide nothing */
    ck_assert_int_eq(check(first), HM_DENIED);
    world.mono_ms = 1000; /* the machine began anew */
    ck_assert_int_eq(check(first), HM_DENIED);
    ck_assert_int_eq(wait_ms, HM_PASSPHRASE_WAIT_MS - 1000);

    hm_testenv_advance(&world, wait_ms);
    ck_assert_int_eq(check(first), HM_OK);
}
END_TEST

START_TEST(one_member_waits_for_nobody_elses_tries)
{
    ck_assert_int_eq(change("", first), HM_OK);
    for (int i = 0; i <= HM_PASSPHRASE_TRIES; i++) {
        ck_assert_int_eq(check("not this one"), HM_DENIED);
    }

    of.user.at[0] ^= 1;
    ck_assert_int_eq(change("", second), HM_OK);

    ck_assert_int_eq(check(second), HM_OK);
}
END_TEST

START_TEST(a_damaged_file_lets_nobody_in_and_a_reset_mends_it)
{
    static const char *const broken[] = {
        "",
        "{}",
        "[1]",
        "{\"version\":1}",
        "{\"version\":1,\"passes\":9,\"memory_kib\":9,\"salt\":\"AA\",\"key\":\"AA\"}",
        "{\"version\":2}"};
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        FILE *file = fopen(file_name(), "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_int_ge(fputs(broken[i], file), 0);
        ck_assert_int_eq(fclose(file), 0);
        ck_assert_int_eq(chmod(file_name(), 0600), 0);

        enum hm_status status = check(first);
        ck_assert(status == HM_CORRUPT || status == HM_UNCONFIGURED);
        status = change("", second);
        ck_assert(status == HM_CORRUPT || status == HM_UNCONFIGURED);

        ck_assert_int_eq(hm_passphrase_reset(&of, &err), HM_OK);
        ck_assert_int_eq(check(""), HM_OK);
    }
}
END_TEST

START_TEST(a_file_cannot_make_a_check_cost_more)
{
    char text[1024] = "";
    ck_assert_int_eq(change("", first), HM_OK);
    FILE *file = fopen(file_name(), "r+b");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, sizeof(text) - 1, file), 0);
    char *cost = strstr(text, "65536");
    ck_assert_ptr_nonnull(cost);

    memcpy(cost, "99999", 5);
    rewind(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    ck_assert_int_eq(fclose(file), 0);

    ck_assert_int_eq(check(first), HM_CORRUPT);
}
END_TEST

START_TEST(a_file_that_others_may_read_is_refused)
{
    ck_assert_int_eq(change("", first), HM_OK);
    ck_assert_int_eq(chmod(file_name(), 0644), 0);

    ck_assert_int_eq(check(first), HM_UNCONFIGURED);
}
END_TEST

START_TEST(on_a_full_disk_one_try_in_five_minutes_is_judged)
{
    struct hm_mono uncounted = {0};
    struct hm_disk *disk = hm_disk_new("full", 1);
    struct hm_store *own = of.store;
    int judged = 0;
    int held = 0;
    ck_assert_int_eq(change("", first), HM_OK);
    ck_assert_int_eq(hm_store_open(&of.store, "store.db", HM_STORE_LAPTOP, true,
                                   replica.kinds, &world.env, hm_disk_vfs(disk), &err),
                     HM_OK);
    hm_disk_fail(disk, HM_DISK_WRITE, 1, HM_DISK_FULL, true);
    ck_assert_int_eq(check(first), HM_IO); /* a command cannot write either */
    of.uncounted = &uncounted;

    for (int minute = 1; minute <= 20; minute++) {
        hm_testenv_advance(&world, MINUTE_MS);
        enum hm_status status = check(minute % 2 == 0 ? first : "not this one");
        bool waits = status == HM_DENIED && strcmp(err.key, "passphrase-wait") == 0;
        ck_assert(waits || status == (minute % 2 == 0 ? HM_OK : HM_DENIED));
        held += waits;
        judged += !waits;
    }

    ck_assert_int_eq(judged, 4);
    ck_assert_int_eq(held, 16);
    hm_store_close(of.store);
    of.store = own;
    hm_disk_free(disk);
}
END_TEST

static size_t read_own(char text[FILE_MAX])
{
    FILE *file = fopen(file_name(), "rb");
    size_t size = file == NULL ? 0 : fread(text, 1, FILE_MAX, file);
    if (file != NULL) {
        ck_assert_int_eq(fclose(file), 0);
    }
    return size;
}

/* 'f', 's', '-': which of them opens now, or that none is needed; '!': neither opens. */
static char what_opens(char before, const char *kept, size_t size)
{
    char text[FILE_MAX];
    if (!hm_passphrase_is_set(folder.path, &of.user)) {
        return '-';
    }
    if (size > 0 && read_own(text) == size && memcmp(text, kept, size) == 0) {
        return before; /* byte by byte what opened before */
    }
    if (before != 's' && check(first) == HM_OK) {
        return 'f';
    }
    return check(second) == HM_OK ? 's' : '!';
}

/* An act in a process that ends before step `step`; whether it was ended. */
static bool killed_at(int step, const char *old, const char *fresh)
{
    int code = 0;
    (void)hm_testenv_next(&world);
    hm_testenv_advance(&world, HM_PASSPHRASE_WAIT_MAX_MS); /* killed tries are counted */
    hm_replica_close(&replica);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        open_store(false);
        left = step;
        enum hm_status status = change(old, fresh);
        _exit(status == HM_OK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert(WIFEXITED(code));
    ck_assert_int_ne(WEXITSTATUS(code), 1);
    open_store(false);
    return WEXITSTATUS(code) == STOPPED;
}

START_TEST(killed_before_any_step_of_a_change_the_old_one_opens_or_the_new_one)
{
    static const struct {
        const char *old;
        const char *fresh;
        char before;
        char after;
    } acts[] = {{"", first, '-', 'f'}, {first, second, 'f', 's'}, {second, "", 's', '-'}};
    char kept[FILE_MAX];
    int kills = 0;
    int neither = 0;
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        bool ended = true;
        char opens = acts[i].before;
        for (int step = 0; step < STEPS_MAX && ended; step++) {
            if (opens == acts[i].after) { /* done before the kill: begin anew */
                ck_assert_int_eq(hm_passphrase_reset(&of, &err), HM_OK);
                ck_assert(acts[i].before == '-' || change("", acts[i].old) == HM_OK);
            }

            size_t size = read_own(kept);

            ended = killed_at(step, acts[i].old, acts[i].fresh);

            opens = what_opens(acts[i].before, kept, size);
            neither += opens == '!';
            ck_assert_msg(opens == acts[i].before || opens == acts[i].after,
                          "act %zu, step %d: %c", i, step, opens);
            kills += ended;
        }
        ck_assert_int_eq(opens, acts[i].after);
    }
    ck_assert_int_ge(kills, 20);
    hm_promise("P31 kills while a passphrase changes: %d places, neither opens %d", kills,
               neither);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("passphrase");
    TCase *tests = tcase_create("passphrase");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, who_has_none_needs_none);
    tcase_add_test(tests, what_was_set_opens_and_nothing_else);
    tcase_add_test(tests, it_is_kept_from_others_and_in_no_clear_bytes);
    tcase_add_test(tests, a_change_needs_the_old_one_and_ends_it);
    tcase_add_test(tests, another_members_file_does_not_open_under_ones_own_name);
    tcase_add_test(tests, wrong_tries_wait_longer_each_time_up_to_a_bound);
    tcase_add_test(tests, a_start_of_program_or_machine_shortens_no_wait);
    tcase_add_test(tests, one_member_waits_for_nobody_elses_tries);
    tcase_add_test(tests, a_damaged_file_lets_nobody_in_and_a_reset_mends_it);
    tcase_add_test(tests, a_file_cannot_make_a_check_cost_more);
    tcase_add_test(tests, a_file_that_others_may_read_is_refused);
    tcase_add_test(tests, on_a_full_disk_one_try_in_five_minutes_is_judged);
    tcase_add_test(tests,
                   killed_before_any_step_of_a_change_the_old_one_opens_or_the_new_one);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
