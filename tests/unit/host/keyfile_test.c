/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/host/keyfile.h"

#include "world.h"

enum { STOPPED = 77, STEPS_LEAST = 5, PROCESSES = 6 };

static const uint8_t nothing[HM_SEED_SIZE];

static enum hm_status load(uint8_t *seed, const char *name)
{
    return hm_keyfile_load(seed, world_folder, name, &err);
}

static enum hm_status load_or_make(uint8_t *seed, const char *name)
{
    return hm_keyfile_load_or_make(seed, &world_env, world_folder, name, &err);
}

START_TEST(a_seed_that_was_made_is_the_one_that_is_loaded)
{
    uint8_t made[HM_SEED_SIZE] = {0};
    uint8_t again[HM_SEED_SIZE] = {0};
    uint8_t loaded[HM_SEED_SIZE] = {0};

    ck_assert_int_eq(load_or_make(made, "device"), HM_OK);
    ck_assert_int_eq(load_or_make(again, "device"), HM_OK);
    ck_assert_int_eq(load(loaded, "device"), HM_OK);

    ck_assert_mem_ne(made, nothing, HM_SEED_SIZE);
    ck_assert_mem_eq(made, again, HM_SEED_SIZE);
    ck_assert_mem_eq(made, loaded, HM_SEED_SIZE);
}
END_TEST

START_TEST(a_seed_and_its_folder_are_their_owners_alone)
{
    uint8_t seed[HM_SEED_SIZE];
    umask(0);

    ck_assert_int_eq(load_or_make(seed, "device"), HM_OK);

    ck_assert_int_eq(world_mode("keys"), 0700);
    ck_assert_int_eq(world_mode("keys/device"), 0600);
    ck_assert_int_eq(world_count("keys"), 1);
}
END_TEST

START_TEST(two_names_are_two_seeds)
{
    uint8_t one[HM_SEED_SIZE];
    uint8_t two[HM_SEED_SIZE];

    ck_assert_int_eq(load_or_make(one, "one"), HM_OK);
    ck_assert_int_eq(load_or_make(two, "two"), HM_OK);

    ck_assert_mem_ne(one, two, HM_SEED_SIZE);
}
END_TEST

START_TEST(loading_a_seed_that_is_missing_makes_none)
{
    uint8_t seed[HM_SEED_SIZE] = {1};

    enum hm_status status = load(seed, "device");

    ck_assert_int_eq(status, HM_NOT_FOUND);
    ck_assert_int_eq(world_count(""), 0);
}
END_TEST

static const char *const bad_seeds[] = {"", "short", "0123456789abcdef0123456789abcde",
                                        "0123456789abcdef0123456789abcdef0"};

START_TEST(a_seed_of_another_length_is_damaged_and_never_replaced)
{
    uint8_t seed[HM_SEED_SIZE] = {1};
    ck_assert_int_eq(mkdir(in("keys"), 0700), 0);
    world_put("keys/device", bad_seeds[_i], 0600);

    enum hm_status status = load_or_make(seed, "device");

    ck_assert_int_eq(status, HM_CORRUPT);
    ck_assert_str_eq(err.key, "key-broken");
    ck_assert_str_eq(err.arg[0], in("keys/device"));
    ck_assert_mem_eq(seed, nothing, HM_SEED_SIZE);
    ck_assert(world_has("keys/device", bad_seeds[_i]));
}
END_TEST

START_TEST(a_seed_or_folder_that_others_can_use_is_refused)
{
    uint8_t seed[HM_SEED_SIZE] = {1};
    ck_assert_int_eq(load_or_make(seed, "device"), HM_OK);

    ck_assert_int_eq(chmod(in("keys/device"), 0640), 0);
    enum hm_status file = load_or_make(seed, "device");
    ck_assert_str_eq(err.arg[0], in("keys/device"));
    hm_err_clear(&err);
    ck_assert_int_eq(chmod(in("keys/device"), 0600), 0);
    ck_assert_int_eq(chmod(in("keys"), 0750), 0);
    enum hm_status folder = load_or_make(seed, "device");
    enum hm_status other = load_or_make(seed, "other");

    ck_assert_int_eq(file, HM_UNCONFIGURED);
    ck_assert_int_eq(folder, HM_UNCONFIGURED);
    ck_assert_int_eq(other, HM_UNCONFIGURED);
    ck_assert_str_eq(err.arg[0], in("keys"));
    ck_assert_mem_eq(seed, nothing, HM_SEED_SIZE);
    ck_assert_int_eq(world_count("keys"), 1);
}
END_TEST

START_TEST(links_in_place_of_a_seed_or_its_folder_are_refused)
{
    uint8_t seed[HM_SEED_SIZE];
    ck_assert_int_eq(mkdir(in("elsewhere"), 0700), 0);
    world_put("elsewhere/device", "0123456789abcdef0123456789abcdef", 0600);

    ck_assert_int_eq(symlink(in("elsewhere"), in("keys")), 0);
    enum hm_status folder = load_or_make(seed, "device");
    ck_assert_int_eq(unlink(in("keys")), 0);
    ck_assert_int_eq(mkdir(in("keys"), 0700), 0);
    ck_assert_int_eq(symlink(in("elsewhere/device"), in("keys/device")), 0);
    enum hm_status file = load_or_make(seed, "device");

    ck_assert_int_eq(folder, HM_BAD_INPUT);
    ck_assert_int_eq(file, HM_BAD_INPUT);
}
END_TEST

static bool no_random(void *ctx, uint8_t *to, size_t size)
{
    (void)ctx;
    memset(to, 0, size);
    return false;
}

START_TEST(without_randomness_there_is_no_seed)
{
    uint8_t seed[HM_SEED_SIZE] = {1};
    world_env.random = no_random;

    enum hm_status status = load_or_make(seed, "device");

    ck_assert_int_eq(status, HM_IO);
    ck_assert_int_eq(world_count("keys"), 0);
}
END_TEST

START_TEST(a_folder_whose_path_is_too_long_is_refused)
{
    uint8_t seed[HM_SEED_SIZE] = {1};
    char *folder = malloc(8192);
    memset(folder, 'a', 8191);
    folder[8191] = '\0';

    enum hm_status status = hm_keyfile_load(seed, folder, "device", &err);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "file-name-long");
    free(folder);
}
END_TEST

struct drawer {
    int gate;
    int result; /* where the seed is written to */
};

static int draw_and_tell(void *ctx)
{
    const struct drawer *drawer = ctx;
    uint8_t seed[HM_SEED_SIZE];
    char wait = 0;
    (void)!read(drawer->gate, &wait, 1);
    enum hm_status status = load_or_make(seed, "device");
    (void)!write(drawer->result, seed, sizeof(seed));
    return (int)status;
}

START_TEST(processes_that_start_at_once_get_the_same_seed)
{
    int gate[2];
    int result[2];
    pid_t children[PROCESSES];
    uint8_t first[HM_SEED_SIZE] = {0};
    uint8_t next[HM_SEED_SIZE] = {0};
    ck_assert_int_eq(pipe(gate), 0);
    ck_assert_int_eq(pipe(result), 0);
    for (int i = 0; i < PROCESSES; i++) {
        struct drawer drawer = {gate[0], result[1]};
        children[i] = world_fork(draw_and_tell, &drawer);
    }

    ck_assert_int_eq(write(gate[1], "123456", PROCESSES), PROCESSES);
    for (int i = 0; i < PROCESSES; i++) {
        ck_assert_int_eq(world_wait(children[i]), HM_OK);
    }

    ck_assert_int_eq(read(result[0], first, HM_SEED_SIZE), HM_SEED_SIZE);
    for (int i = 1; i < PROCESSES; i++) {
        ck_assert_int_eq(read(result[0], next, HM_SEED_SIZE), HM_SEED_SIZE);
        ck_assert_mem_eq(first, next, HM_SEED_SIZE);
    }
}
END_TEST

static int steps_left;

static void stop_at_step(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    if (steps_left-- == 0) {
        _exit(STOPPED);
    }
}

static int make_until_stopped(void *ctx)
{
    uint8_t seed[HM_SEED_SIZE];
    steps_left = *(int *)ctx;
    world_env.step = stop_at_step;
    return (int)load_or_make(seed, "device");
}

START_TEST(a_stop_before_any_step_leaves_no_seed_or_a_whole_one)
{
    int stops = 0;
    int ended = STOPPED;
    while (ended == STOPPED) {
        uint8_t seed[HM_SEED_SIZE];
        uint8_t later[HM_SEED_SIZE];
        (void)unlink(in("keys/device"));

        ended = world_wait(world_fork(make_until_stopped, &stops));

        enum hm_status found = hm_keyfile_load(seed, world_folder, "device", NULL);
        ck_assert(found == HM_OK || (found == HM_NOT_FOUND && ended == STOPPED));
        ck_assert_int_eq(load_or_make(later, "device"), HM_OK);
        ck_assert(found != HM_OK || memcmp(seed, later, HM_SEED_SIZE) == 0);
        stops += ended == STOPPED;
    }
    ck_assert_int_eq(ended, HM_OK);
    ck_assert_int_ge(stops, STEPS_LEAST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host.keyfile");
    TCase *seeds = world_group(suite, "seeds");
    TCase *refused = world_group(suite, "refused");
    TCase *faults = world_group(suite, "faults");
    tcase_add_test(seeds, a_seed_that_was_made_is_the_one_that_is_loaded);
    tcase_add_test(seeds, a_seed_and_its_folder_are_their_owners_alone);
    tcase_add_test(seeds, two_names_are_two_seeds);
    tcase_add_test(seeds, loading_a_seed_that_is_missing_makes_none);
    tcase_add_test(seeds, processes_that_start_at_once_get_the_same_seed);
    tcase_add_loop_test(refused, a_seed_of_another_length_is_damaged_and_never_replaced,
                        0, sizeof(bad_seeds) / sizeof(bad_seeds[0]));
    tcase_add_test(refused, a_seed_or_folder_that_others_can_use_is_refused);
    tcase_add_test(refused, links_in_place_of_a_seed_or_its_folder_are_refused);
    tcase_add_test(refused, a_folder_whose_path_is_too_long_is_refused);
    tcase_add_test(faults, without_randomness_there_is_no_seed);
    tcase_add_test(faults, a_stop_before_any_step_leaves_no_seed_or_a_whole_one);
    return world_run(suite);
}
