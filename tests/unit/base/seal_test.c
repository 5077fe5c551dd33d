/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/seal.h"

#include <check.h>
#include <string.h>

#include "hamlet/base/sign.h"

enum { CAP = 4096, LONG = 3000 };

static const char domain[] = "test-1";

static uint8_t next_random;
static bool has_random;
static struct hm_env env;
static struct hm_err err;
static struct hm_seal_key key;
static struct hm_seal_secret secret;
static struct hm_seal_key other_key;
static struct hm_seal_secret other_secret;
static struct hm_buf sealed;
static struct hm_buf opened;
static uint8_t message[LONG];

static bool draw(void *ctx, uint8_t *to, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size; i++) {
        to[i] = next_random++;
    }
    return has_random;
}

static void start(void)
{
    static const uint8_t seeds[2][32] = {{1, 2, 3}, {4, 5, 6}};
    env = (struct hm_env){.random = draw};
    err = HM_ERR_NONE;
    next_random = 0;
    has_random = true;
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    hm_seal_pair(&key, &secret, seeds[0]);
    hm_seal_pair(&other_key, &other_secret, seeds[1]);
    hm_buf_init(&sealed, CAP);
    hm_buf_init(&opened, CAP);
    for (size_t i = 0; i < LONG; i++) {
        message[i] = (uint8_t)(i * 11);
    }
}

static void finish(void)
{
    hm_buf_fini(&opened);
    hm_buf_fini(&sealed);
}

static struct hm_bytes first(size_t size)
{
    return (struct hm_bytes){message, size};
}

/* Either kind of sealing, so that what holds for both is said once. */
struct way {
    size_t extra;
    enum hm_status (*seal)(struct hm_bytes from);
    enum hm_status (*open)(const char *purpose, struct hm_bytes from, bool own);
};

static enum hm_status seal_to(struct hm_bytes from)
{
    return hm_seal_to(&sealed, domain, from, &key, &env, &err);
}

static enum hm_status open_to(const char *purpose, struct hm_bytes from, bool own)
{
    return hm_seal_open(&opened, purpose, from, own ? &key : &other_key,
                        own ? &secret : &other_secret, &err);
}

static enum hm_status seal_with(struct hm_bytes from)
{
    return hm_seal_with(&sealed, domain, from, &secret, &env, &err);
}

static enum hm_status open_with(const char *purpose, struct hm_bytes from, bool own)
{
    return hm_seal_open_with(&opened, purpose, from, own ? &secret : &other_secret, &err);
}

static const struct way ways[] = {{HM_SEAL_TO_EXTRA, seal_to, open_to},
                                  {HM_SEAL_WITH_EXTRA, seal_with, open_with}};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

START_TEST(what_was_sealed_opens_as_it_was)
{
    static const size_t sizes[] = {0, 1, 31, 32, 33, LONG};
    const struct way *way = &ways[_i];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        hm_buf_clear(&sealed);
        hm_buf_clear(&opened);

        ck_assert_int_eq(way->seal(first(sizes[i])), HM_OK);
        ck_assert_int_eq(way->open(domain, hm_buf_bytes(&sealed), true), HM_OK);

        ck_assert_uint_eq(sealed.size, sizes[i] + way->extra);
        ck_assert(hm_bytes_equal(hm_buf_bytes(&opened), first(sizes[i])));
    }
}
END_TEST

START_TEST(both_directions_append_behind_what_is_there)
{
    const struct way *way = &ways[_i];
    hm_buf_put_text(&sealed, "ab");
    hm_buf_put_text(&opened, "cd");

    ck_assert_int_eq(way->seal(hm_text("text")), HM_OK);
    struct hm_bytes behind = {sealed.data + 2, sealed.size - 2};
    ck_assert_int_eq(way->open(domain, behind, true), HM_OK);

    ck_assert_mem_eq(sealed.data, "ab", 2);
    ck_assert(hm_bytes_are(hm_buf_bytes(&opened), "cdtext"));
}
END_TEST

START_TEST(another_key_opens_nothing)
{
    const struct way *way = &ways[_i];
    ck_assert_int_eq(way->seal(hm_text("text")), HM_OK);

    enum hm_status status = way->open(domain, hm_buf_bytes(&sealed), false);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "seal-broken");
    ck_assert_uint_eq(opened.size, 0);
}
END_TEST

START_TEST(what_was_sealed_for_one_purpose_does_not_open_for_another)
{
    const struct way *way = &ways[_i];
    ck_assert_int_eq(way->seal(hm_text("text")), HM_OK);

    enum hm_status status = way->open("test-2", hm_buf_bytes(&sealed), true);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_uint_eq(opened.size, 0);
}
END_TEST

START_TEST(a_flipped_bit_anywhere_is_seen)
{
    const struct way *way = &ways[_i];
    int seen = 0;
    ck_assert_int_eq(way->seal(hm_text("text")), HM_OK);

    for (size_t bit = 0; bit < 8 * sealed.size; bit++) {
        sealed.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        seen += way->open(domain, hm_buf_bytes(&sealed), true) == HM_BAD_INPUT;
        sealed.data[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }

    /* X25519 does not look at the highest bit of a public key: its mirror image is the
     * same point, but no longer the same nonce. */
    ck_assert_int_eq(seen, (int)(8 * sealed.size));
    ck_assert_uint_eq(opened.size, 0);
}
END_TEST

START_TEST(a_piece_of_any_length_is_refused)
{
    const struct way *way = &ways[_i];
    ck_assert_int_eq(way->seal(hm_text("text")), HM_OK);

    for (size_t size = 0; size < sealed.size; size++) {
        struct hm_bytes piece = {sealed.data, size};
        ck_assert_int_eq(way->open(domain, piece, true), HM_BAD_INPUT);
    }
}
END_TEST

START_TEST(the_same_message_is_never_sealed_alike)
{
    const struct way *way = &ways[_i];
    ck_assert_int_eq(way->seal(hm_text("text")), HM_OK);
    size_t size = sealed.size;

    ck_assert_int_eq(way->seal(hm_text("text")), HM_OK);

    ck_assert_mem_ne(sealed.data, sealed.data + size, size);
}
END_TEST

START_TEST(without_randomness_nothing_is_sealed)
{
    const struct way *way = &ways[_i];
    has_random = false;

    enum hm_status status = way->seal(hm_text("text"));

    ck_assert_int_eq(status, HM_IO);
    ck_assert_uint_eq(sealed.size, 0);
}
END_TEST

START_TEST(a_full_buffer_says_so)
{
    const struct way *way = &ways[_i];
    hm_buf_fini(&sealed);
    hm_buf_init(&sealed, way->extra + 3);

    enum hm_status status = way->seal(hm_text("text"));

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_uint_eq(sealed.size, 0);
}
END_TEST

START_TEST(a_public_key_that_nobody_holds_is_refused)
{
    const struct hm_seal_key zero = {{0}};

    enum hm_status status =
        hm_seal_to(&sealed, domain, hm_text("text"), &zero, &env, &err);

    ck_assert_int_eq(status, HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "seal-key");
    ck_assert_uint_eq(sealed.size, 0);
}
END_TEST

START_TEST(a_pair_follows_from_its_seed_alone)
{
    static const uint8_t seed[32] = {1, 2, 3};
    struct hm_seal_key again;
    struct hm_seal_secret again_secret;

    hm_seal_pair(&again, &again_secret, seed);

    ck_assert_mem_eq(again.at, key.at, HM_SEAL_KEY_SIZE);
    ck_assert_mem_eq(again_secret.at, secret.at, HM_SEAL_KEY_SIZE);
    ck_assert_mem_ne(key.at, other_key.at, HM_SEAL_KEY_SIZE);
}
END_TEST

START_TEST(a_wiped_secret_is_gone)
{
    static const uint8_t zero[HM_SEAL_KEY_SIZE];

    hm_seal_wipe(&secret);

    ck_assert_mem_eq(secret.at, zero, sizeof(zero));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base.seal");
    TCase *both = tcase_create("both ways");
    tcase_add_checked_fixture(both, start, finish);
    tcase_add_loop_test(both, what_was_sealed_opens_as_it_was, 0, WAYS);
    tcase_add_loop_test(both, both_directions_append_behind_what_is_there, 0, WAYS);
    tcase_add_loop_test(both, another_key_opens_nothing, 0, WAYS);
    tcase_add_loop_test(both, what_was_sealed_for_one_purpose_does_not_open_for_another,
                        0, WAYS);
    tcase_add_loop_test(both, a_flipped_bit_anywhere_is_seen, 0, WAYS);
    tcase_add_loop_test(both, a_piece_of_any_length_is_refused, 0, WAYS);
    tcase_add_loop_test(both, the_same_message_is_never_sealed_alike, 0, WAYS);
    tcase_add_loop_test(both, without_randomness_nothing_is_sealed, 0, WAYS);
    tcase_add_loop_test(both, a_full_buffer_says_so, 0, WAYS);
    suite_add_tcase(suite, both);
    TCase *keys = tcase_create("keys");
    tcase_add_checked_fixture(keys, start, finish);
    tcase_add_test(keys, a_public_key_that_nobody_holds_is_refused);
    tcase_add_test(keys, a_pair_follows_from_its_seed_alone);
    tcase_add_test(keys, a_wiped_secret_is_gone);
    suite_add_tcase(suite, keys);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
