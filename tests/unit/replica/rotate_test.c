/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device's key changes in its folder. Killed before any step, of files and of the
 * store, the laptop opens again, with a key that the district takes, and the next try
 * ends with exactly one.
 */
#include <dirent.h>
#include <sys/wait.h>

#include "hamlet/base/limits.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/model/value.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"
#include "promise.h"
#include "world.h"

enum { SEED = 7, STOPPED = 77, EPOCH = 5, STEPS_MAX = 200 };

static struct hm_id device;
static struct hm_key first;
static int left; /* steps until the end; below 0: it never comes */

static void count_down(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    if (left-- == 0) {
        _exit(STOPPED); /* a power cut, but for what the disk had not written */
    }
}

/* What `enrol` leaves behind: a store that names a device, and that device's key. */
static void setup(void)
{
    uint8_t seed[HM_SEED_SIZE];
    struct hm_secret secret;
    struct hm_kinds *kinds = NULL;
    struct hm_store *store = NULL;
    world_open();
    world.env.step = count_down;
    left = -1;
    memset(seed, SEED, sizeof(seed));
    hm_sign_pair(&first, &secret, seed);
    device = hm_sign_device(&first);
    world_folder("keys");
    world_file("keys/device", seed, sizeof(seed));
    ck_assert_int_eq(chmod(world_path("keys"), 0700), 0);
    ck_assert_int_eq(chmod(world_path("keys/device"), 0600), 0);
    ck_assert_int_eq(hm_replica_kinds(&kinds, folder.path, &err), HM_OK);
    ck_assert_int_eq(hm_store_open(&store, world_path("store.db"), HM_STORE_LAPTOP, true,
                                   kinds, &world.env, NULL, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_begin(store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(store, HM_META_DEVICE, hm_id_bytes(&device), &err),
                     HM_OK);
    ck_assert_int_eq(
        hm_store_meta_put(store, HM_META_DISTRICT, hm_id_bytes(&device), &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put_int(store, HM_META_EPOCH, EPOCH, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(store, &err), HM_OK);
    hm_store_close(store);
    hm_kinds_close(kinds);
}

static void teardown(void)
{
    world_close();
}

static struct hm_bytes text_value(struct hm_arena *arena, struct hm_bytes text)
{
    struct hm_buf buf;
    hm_buf_init(&buf, HM_KEYS_TEXT_MAX + 16);
    hm_value_put_text(&buf, text);
    struct hm_bytes copy = hm_arena_copy(arena, hm_buf_bytes(&buf));
    hm_buf_fini(&buf);
    return copy;
}

/* The registry comes, and names the keys that the store does: the district knows. */
static void learn(struct hm_store *store)
{
    struct hm_arena arena;
    struct hm_bytes keys = HM_NO_BYTES;
    char hex[HM_HEX16_SIZE];
    static int64_t now;
    hm_arena_init(&arena, (size_t)1024 * 1024);
    ck_assert_int_eq(hm_store_meta_get(store, HM_META_KEYS, &arena, &keys, &err), HM_OK);
    hm_hex_put(hex, hm_id_bytes(&device));
    struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE),
                               text_value(&arena, hm_text(hex))};
    struct hm_write writes[] = {{.reg = hm_text(HM_REGISTRY_KEY),
                                 .value = text_value(&arena, keys),
                                 .depth = (uint32_t)++now},
                                {.reg = hm_text("~live"), .depth = 1}};
    struct hm_buf live;
    hm_buf_init(&live, 16);
    hm_value_put_bool(&live, true);
    writes[1].value = hm_buf_bytes(&live);
    struct hm_change change = {.district = device,
                               .device = device,
                               .user = device,
                               .role = hm_text("server"),
                               .home = hm_text(HM_HOME_REGISTRY),
                               .kind = hm_text(HM_KIND_DEVICE),
                               .kind_version = 1,
                               .act = HM_ACT_CREATE,
                               .key_fields = &key,
                               .key_field_count = 1,
                               .has_key = true,
                               .key = {(uint8_t)now},
                               .time = {now},
                               .writes = writes,
                               .write_count = 2};
    hm_record_id(&change.record, change.home, change.kind, &key, 1);
    struct hm_buf scratch;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    ck_assert_int_eq(hm_change_seal(&change, &scratch, &err), HM_OK);
    struct hm_put put = {.change = &change, .verdict = HM_VERDICT_ACCEPTED};
    ck_assert_int_eq(hm_store_begin(store, &err), HM_OK);
    ck_assert_msg(hm_store_changes_put(store, &put, 1, (struct hm_wall){now}, &arena,
                                       &err) == HM_OK,
                  "%s", err.key);
    ck_assert_int_eq(hm_store_commit(store, &err), HM_OK);
    hm_buf_fini(&scratch);
    hm_buf_fini(&live);
    hm_arena_fini(&arena);
}

/* The newest key of this store, as it says itself. */
static struct hm_keys named(struct hm_store *store)
{
    struct hm_keys keys;
    ck_assert_int_eq(hm_store_keys(store, &device, &keys, &err), HM_OK);
    if (keys.count == 0) {
        hm_keys_one(&keys, &first);
    }
    return keys;
}

static enum hm_status open_replica(struct hm_replica *replica)
{
    return hm_replica_open(replica, folder.path, &world.env, true, &err);
}

/* Change the key; `told`: the district hears of it, and everything is put in its place.
 */
static void change_key(bool told)
{
    struct hm_replica replica = {.store = NULL};
    bool waits = false;
    ck_assert_msg(open_replica(&replica) == HM_OK, "%s", err.key);
    ck_assert_msg(hm_replica_rotate(&replica, folder.path, &world.env, &waits, &err) ==
                      HM_OK,
                  "%s", err.key);
    hm_replica_close(&replica);
    if (told) {
        ck_assert_msg(open_replica(&replica) == HM_OK, "%s", err.key);
        learn(replica.store);
        hm_replica_settle_key(&replica, folder.path, &world.env);
        hm_replica_close(&replica);
    }
}

static size_t count_keys(void)
{
    size_t count = 0;
    DIR *dir = opendir(world_path("keys"));
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *at = readdir(dir); at != NULL; at = readdir(dir)) {
        count += at->d_name[0] != '.';
    }
    closedir(dir);
    return count;
}

/* It opens, and with the key that the store calls its newest. */
static size_t check_usable(void)
{
    struct hm_replica replica = {.store = NULL};
    ck_assert_msg(open_replica(&replica) == HM_OK, "%s", err.key);
    struct hm_keys keys = named(replica.store);
    ck_assert_mem_eq(replica.key.at, hm_keys_newest(&keys)->at, HM_KEY_SIZE);
    hm_replica_close(&replica);
    return keys.count;
}

START_TEST(the_new_key_speaks_at_once_and_stands_alone_once_it_is_known)
{
    struct hm_replica replica = {.store = NULL};
    uint8_t seed[HM_SEED_SIZE];
    struct hm_key key;
    struct hm_secret secret;
    change_key(false);
    ck_assert_uint_eq(count_keys(), 2);
    ck_assert_int_eq(open_replica(&replica), HM_OK);
    struct hm_key next = replica.key;
    ck_assert_mem_ne(next.at, first.at, HM_KEY_SIZE);

    learn(replica.store);
    hm_replica_close(&replica);
    ck_assert_int_eq(open_replica(&replica), HM_OK);

    ck_assert_mem_eq(replica.key.at, next.at, HM_KEY_SIZE);
    ck_assert_uint_eq(count_keys(), 1);
    ck_assert_int_eq(hm_keyfile_load(seed, folder.path, HM_REPLICA_KEY, &err), HM_OK);
    hm_sign_pair(&key, &secret, seed);
    ck_assert_mem_eq(key.at, next.at, HM_KEY_SIZE);
    hm_replica_close(&replica);
}
END_TEST

START_TEST(a_key_that_waits_is_not_replaced)
{
    struct hm_replica replica = {.store = NULL};
    bool waits = false;
    change_key(false);
    ck_assert_int_eq(open_replica(&replica), HM_OK);
    struct hm_key next = replica.key;

    ck_assert_int_eq(hm_replica_rotate(&replica, folder.path, &world.env, &waits, &err),
                     HM_OK);

    ck_assert(waits);
    hm_replica_close(&replica);
    ck_assert_int_eq(open_replica(&replica), HM_OK);
    ck_assert_mem_eq(replica.key.at, next.at, HM_KEY_SIZE);
    hm_replica_close(&replica);
}
END_TEST

START_TEST(a_device_changes_its_key_so_often_and_then_is_told)
{
    struct hm_replica replica = {.store = NULL};
    bool waits = false;
    for (size_t i = 1; i < HM_KEYS_MAX; i++) {
        change_key(true);
    }
    ck_assert_uint_eq(check_usable(), HM_KEYS_MAX);
    ck_assert_int_eq(open_replica(&replica), HM_OK);

    enum hm_status status =
        hm_replica_rotate(&replica, folder.path, &world.env, &waits, &err);

    ck_assert_int_eq(status, HM_DENIED);
    ck_assert_str_eq(err.key, "keys-many");
    ck_assert_uint_eq(count_keys(), 1);
    hm_replica_close(&replica);
}
END_TEST

START_TEST(killed_before_any_step_it_opens_and_ends_with_one_key)
{
    int kills = 0;
    size_t before = 1;
    for (int step = 0; step < STEPS_MAX; step++) {
        (void)hm_testenv_next(&world); /* no two tries draw the same */
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            left = step;
            change_key(true);
            _exit(0);
        }
        int code = 0;
        ck_assert_int_eq(waitpid(child, &code, 0), child);
        ck_assert(WIFEXITED(code));
        kills += WEXITSTATUS(code) == STOPPED;

        size_t count = check_usable();

        ck_assert_uint_ge(count, before);
        ck_assert_uint_le(count, before + 1);
        if (count > before) { /* the district hears of it, whenever that is */
            struct hm_replica replica = {.store = NULL};
            ck_assert_int_eq(open_replica(&replica), HM_OK);
            learn(replica.store);
            hm_replica_close(&replica);
            (void)check_usable();
            ck_assert_msg(count_keys() == 1, "after step %d", step);
        }
        if (WEXITSTATUS(code) != STOPPED) {
            ck_assert_int_eq(WEXITSTATUS(code), 0);
            break;
        }
        if (count + 2 > HM_KEYS_MAX) { /* as many as there can be: begin anew */
            teardown();
            setup();
            count = 1;
        }
        before = count;
    }

    hm_promise("P1 kills while a device changes its key: %d places", kills);
    ck_assert_int_ge(kills, 12);
}
END_TEST

START_TEST(what_a_killed_change_left_behind_is_wiped_and_never_used)
{
    uint8_t seed[HM_SEED_SIZE];
    struct hm_key planted;
    struct hm_secret secret;
    struct hm_replica replica = {.store = NULL};
    memset(seed, SEED + 1, sizeof(seed));
    hm_sign_pair(&planted, &secret, seed);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(open_replica(&replica), HM_OK);
        world_file("keys/device.next", seed, sizeof(seed));
        ck_assert_int_eq(chmod(world_path("keys/device.next"), 0600), 0);
        if (i == 1) { /* the change is tried again at once */
            bool waits = false;
            ck_assert_int_eq(
                hm_replica_rotate(&replica, folder.path, &world.env, &waits, &err),
                HM_OK);
            ck_assert(!waits);
        }
        hm_replica_close(&replica);

        size_t keys = check_usable();

        ck_assert_uint_eq(keys, (size_t)i + 1);
        ck_assert_uint_eq(count_keys(), (size_t)i + 1);
    }
    ck_assert_int_eq(open_replica(&replica), HM_OK);
    ck_assert_mem_ne(replica.key.at, planted.at, HM_KEY_SIZE);
    hm_replica_close(&replica);
}
END_TEST

START_TEST(two_at_once_make_one_new_key)
{
    enum { PROCESSES = 4 };
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        (void)hm_testenv_next(&world);
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0) {
            struct hm_replica replica = {.store = NULL};
            bool waits = false;
            enum hm_status status = open_replica(&replica);
            if (status == HM_OK) {
                status =
                    hm_replica_rotate(&replica, folder.path, &world.env, &waits, &err);
            }
            hm_replica_close(&replica);
            _exit(status == HM_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int code = 0;
        ck_assert_int_eq(waitpid(children[i], &code, 0), children[i]);
        ck_assert_int_eq(code, 0);
    }

    ck_assert_uint_eq(check_usable(), 2);
    ck_assert_uint_eq(count_keys(), 2);
}
END_TEST

START_TEST(a_key_that_the_store_does_not_know_is_refused_also_beside_a_list)
{
    struct hm_replica replica = {.store = NULL};
    change_key(true);
    ck_assert_uint_eq(count_keys(), 1);
    uint8_t seed[HM_SEED_SIZE];
    memset(seed, SEED, sizeof(seed));
    world_file("keys/device", seed, sizeof(seed)); /* the old one, put back */

    ck_assert_int_eq(open_replica(&replica), HM_UNCONFIGURED);

    ck_assert_str_eq(err.key, "key-foreign");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replica.rotate");
    TCase *group = tcase_create("rotate");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_test(group, the_new_key_speaks_at_once_and_stands_alone_once_it_is_known);
    tcase_add_test(group, a_key_that_waits_is_not_replaced);
    tcase_add_test(group, a_device_changes_its_key_so_often_and_then_is_told);
    tcase_add_test(group, killed_before_any_step_it_opens_and_ends_with_one_key);
    tcase_add_test(group, what_a_killed_change_left_behind_is_wiped_and_never_used);
    tcase_add_test(group, two_at_once_make_one_new_key);
    tcase_add_test(group,
                   a_key_that_the_store_does_not_know_is_refused_also_beside_a_list);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
