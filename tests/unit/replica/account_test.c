/* SPDX-License-Identifier: Apache-2.0 */
/* What opens an account of the district, and what does not any more. */
#include "hamlet/replica/account.h"

#include "world.h"

static const char words[] = "ba con vịt xanh";
static const char apart[] = "ba con vi\xCC\xA3t xanh"; /* the same, in parts */
static struct hm_store *store;
static struct hm_kinds *kinds;
static struct hm_id user;

static void setup(void)
{
    world_open();
    ck_assert_int_eq(hm_replica_kinds(&kinds, folder.path, &err), HM_OK);
    ck_assert_int_eq(hm_store_open(&store, world_path("store.db"), HM_STORE_SERVER, true,
                                   kinds, &world.env, NULL, &err),
                     HM_OK);
    memset(user.at, 0xA1, sizeof(user.at));
    ck_assert_int_eq(hm_store_begin(store, &err), HM_OK);
}

static void teardown(void)
{
    hm_store_rollback(store);
    hm_store_close(store);
    hm_kinds_close(kinds);
    world_close();
}

static struct hm_account_secret invited(char code[HM_ACCOUNT_CODE_SIZE])
{
    struct hm_account_secret secret;
    ck_assert_int_eq(hm_account_invite(store, &user, &world.env, code, &err), HM_OK);
    ck_assert_int_eq(hm_store_account_get(store, &user, &secret, &err), HM_OK);
    return secret;
}

static enum hm_status opens(const struct hm_account_secret *secret, const char *given)
{
    err = HM_ERR_NONE;
    return hm_account_open(secret, hm_text(given), &err);
}

START_TEST(a_code_is_good_however_it_is_typed_and_for_a_week)
{
    char code[HM_ACCOUNT_CODE_SIZE];
    char typed[HM_ACCOUNT_CODE_SIZE];
    struct hm_account_secret secret = invited(code);
    struct hm_wall now = hm_env_wall(&world.env);
    size_t n = 0;
    for (const char *at = code; *at != '\0'; at++) {
        typed[n++] = (char)(*at == '-' ? ' ' : *at >= 'A' ? *at - 'A' + 'a' : *at);
    }
    typed[n] = '\0';

    ck_assert(hm_account_code_is(&secret, hm_text(code), now));
    ck_assert(hm_account_code_is(&secret, hm_text(typed), now));

    ck_assert(!hm_account_code_is(&secret, hm_text(""), now));
    code[0] = code[0] == 'A' ? 'B' : 'A';
    ck_assert(!hm_account_code_is(&secret, hm_text(code), now));
    now.ms += (int64_t)HM_ACCOUNT_CODE_DAYS * 86400 * 1000;
    ck_assert(!hm_account_code_is(&secret, hm_text(typed), now));
}
END_TEST

START_TEST(a_passphrase_opens_in_any_normal_form_and_nothing_else_does)
{
    char code[HM_ACCOUNT_CODE_SIZE];
    struct hm_account_secret secret = invited(code);

    ck_assert_int_eq(hm_account_seal(&secret, hm_text(words), &world.env, &err), HM_OK);

    ck_assert(!secret.has_code);
    ck_assert_int_eq(opens(&secret, words), HM_OK);
    ck_assert_int_eq(opens(&secret, apart), HM_OK);
    ck_assert_int_eq(opens(&secret, "ba con vit xanh"), HM_DENIED);
    ck_assert_str_eq(err.key, "account-wrong");
    ck_assert_int_eq(opens(&secret, ""), HM_DENIED);
}
END_TEST

START_TEST(a_short_one_changes_nothing)
{
    char code[HM_ACCOUNT_CODE_SIZE];
    struct hm_account_secret secret = invited(code);

    ck_assert_int_eq(hm_account_seal(&secret, hm_text("ngắn"), &world.env, &err),
                     HM_BAD_INPUT);

    ck_assert_str_eq(err.key, "passphrase-short");
    ck_assert(secret.has_code && !secret.has_passphrase);
}
END_TEST

START_TEST(a_new_code_ends_what_opened_before)
{
    char code[HM_ACCOUNT_CODE_SIZE];
    struct hm_account_secret secret = invited(code);
    ck_assert_int_eq(hm_account_seal(&secret, hm_text(words), &world.env, &err), HM_OK);
    ck_assert_int_eq(hm_store_account_put(store, &user, &secret, &err), HM_OK);

    secret = invited(code);

    ck_assert(secret.has_code && !secret.has_passphrase);
    ck_assert_int_eq(opens(&secret, words), HM_DENIED);
}
END_TEST

START_TEST(a_name_that_nobody_has_waits_like_one_that_somebody_has)
{
    struct hm_id nobody = hm_account_nobody(hm_text("không ai"));
    int64_t wait_ms = 0;
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(
            hm_account_try(store, &nobody, (struct hm_mono){1000}, &wait_ms, &err),
            HM_OK);
    }

    ck_assert_int_eq(
        hm_account_try(store, &nobody, (struct hm_mono){1000}, &wait_ms, &err),
        HM_DENIED);

    ck_assert_str_eq(err.key, "passphrase-wait");
    ck_assert_int_gt(wait_ms, 0);
    err = HM_ERR_NONE;
    ck_assert_int_eq(hm_account_forgive(store, &nobody, &err), HM_OK);
    ck_assert_int_eq(
        hm_account_try(store, &nobody, (struct hm_mono){1000}, &wait_ms, &err), HM_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replica.account");
    TCase *tests = tcase_create("account");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_code_is_good_however_it_is_typed_and_for_a_week);
    tcase_add_test(tests, a_passphrase_opens_in_any_normal_form_and_nothing_else_does);
    tcase_add_test(tests, a_short_one_changes_nothing);
    tcase_add_test(tests, a_new_code_ends_what_opened_before);
    tcase_add_test(tests, a_name_that_nobody_has_waits_like_one_that_somebody_has);
    suite_add_tcase(suite, tests);
    return hm_run(suite);
}
