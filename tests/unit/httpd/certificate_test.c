/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/httpd/certificate.h"

struct pair {
    struct hm_buf certificate;
    struct hm_buf key;
};

static void pair_make(struct pair *pair, const char *name)
{
    hm_buf_init(&pair->certificate, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_init(&pair->key, HM_CERTIFICATE_BYTES_MAX);
    ck_assert_int_eq(hm_certificate_make(&pair->certificate, &pair->key, name, NULL),
                     HM_OK);
}

static void pair_fini(struct pair *pair)
{
    hm_buf_fini(&pair->certificate);
    hm_buf_fini(&pair->key);
}

/* `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256`, and its pin by
 * `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256`. */
static const char foreign[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBeTCCAR+gAwIBAgIUX3lro1+aE5exyiTSUBOEGCheFgowCgYIKoZIzj0EAwIw\n"
    "ETEPMA0GA1UEAwwGaGFtbGV0MCAXDTI2MTEyMTEyMDU1M1oYDzIxMjYxMDI4MTIw\n"
    "NTUzWjARMQ8wDQYDVQQDDAZoYW1sZXQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AATzVuGRx6VcAuNTHViS+GmlsJlueLfC41DTdKJjAelPANWT55ygoG0+JAzzd3ys\n"
    "cFctVcVbPbw6LsqyHfHL7YYNo1MwUTAdBgNVHQ4EFgQU4vI2zqwmr88o4sTNU8up\n"
    "4fi9RBYwHwYDVR0jBBgwFoAU4vI2zqwmr88o4sTNU8up4fi9RBYwDwYDVR0TAQH/\n"
    "BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBg85o+3YJa7I/lmO5+EF19kzdWMr6x\n"
    "CBsGUMRxohq9JQIhAKBPZMeKjlLnAZ2RrCnOsw8+YWWqVrlCOIcykNZs0UZ4\n"
    "-----END CERTIFICATE-----\n";
static const char foreign_pin[] =
    "ec27f78b0e9d351a11388f0da3970b859276a716f45dac00ecb006e4fc62beb6";

START_TEST(the_pin_is_the_sha256_of_the_public_key_info)
{
    uint8_t pin[HM_PIN_SIZE];
    char hex[HM_HEX32_SIZE];

    enum hm_status status = hm_certificate_pin(pin, hm_text(foreign), NULL);

    ck_assert_int_eq(status, HM_OK);
    hm_hex_put(hex, (struct hm_bytes){pin, HM_PIN_SIZE});
    ck_assert_str_eq(hex, foreign_pin);
}
END_TEST

START_TEST(a_new_pair_is_pem_and_small)
{
    struct pair pair;

    pair_make(&pair, "hamlet.example");

    ck_assert_ptr_nonnull(
        strstr((char *)pair.certificate.data, "-----BEGIN CERTIFICATE"));
    ck_assert_ptr_nonnull(strstr((char *)pair.key.data, "PRIVATE KEY-----"));
    ck_assert_uint_lt(pair.certificate.size,
                      600); /* base64 of what each handshake costs */
    pair_fini(&pair);
}
END_TEST

START_TEST(two_pairs_have_two_pins)
{
    struct pair one;
    struct pair two;
    uint8_t pin_one[HM_PIN_SIZE];
    uint8_t pin_two[HM_PIN_SIZE];
    pair_make(&one, NULL);
    pair_make(&two, NULL);

    ck_assert_int_eq(hm_certificate_pin(pin_one, hm_buf_bytes(&one.certificate), NULL),
                     HM_OK);
    ck_assert_int_eq(hm_certificate_pin(pin_two, hm_buf_bytes(&two.certificate), NULL),
                     HM_OK);

    ck_assert_mem_ne(pin_one, pin_two, HM_PIN_SIZE);
    pair_fini(&one);
    pair_fini(&two);
}
END_TEST

START_TEST(what_is_no_certificate_is_corrupt)
{
    static const char *const texts[] = {
        "", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    struct hm_err err = HM_ERR_NONE;
    uint8_t pin[HM_PIN_SIZE] = {1};

    enum hm_status status = hm_certificate_pin(pin, hm_text(texts[_i]), &err);

    ck_assert_int_eq(status, HM_CORRUPT);
    ck_assert_str_eq(err.key, "certificate-read");
}
END_TEST

START_TEST(without_room_nothing_is_appended)
{
    struct pair pair;
    hm_buf_init(&pair.certificate, HM_CERTIFICATE_BYTES_MAX);
    hm_buf_init(&pair.key, 16);

    enum hm_status status = hm_certificate_make(&pair.certificate, &pair.key, NULL, NULL);

    ck_assert_int_eq(status, HM_TOO_BIG);
    ck_assert_uint_eq(pair.certificate.size, 0);
    ck_assert_uint_eq(pair.key.size, 0);
    pair_fini(&pair);
}
END_TEST

START_TEST(a_certificate_that_is_made_for_a_key_has_its_pin)
{
    struct pair pair;
    struct hm_buf again;
    uint8_t pins[2][HM_PIN_SIZE];
    pair_make(&pair, NULL);
    hm_buf_init(&again, HM_CERTIFICATE_BYTES_MAX);

    ck_assert_int_eq(hm_certificate_of(&again, hm_buf_bytes(&pair.key), NULL, NULL),
                     HM_OK);

    ck_assert_int_eq(hm_certificate_pin(pins[0], hm_buf_bytes(&pair.certificate), NULL),
                     HM_OK);
    ck_assert_int_eq(hm_certificate_pin(pins[1], hm_buf_bytes(&again), NULL), HM_OK);
    ck_assert_mem_eq(pins[0], pins[1], HM_PIN_SIZE);
    hm_buf_clear(&again);
    ck_assert_int_eq(
        hm_certificate_of(&again, hm_buf_bytes(&pair.certificate), NULL, NULL),
        HM_CORRUPT);
    ck_assert_uint_eq(again.size, 0);
    hm_buf_fini(&again);
    pair_fini(&pair);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("httpd/certificate");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;
    tcase_add_test(all, the_pin_is_the_sha256_of_the_public_key_info);
    tcase_add_test(all, a_new_pair_is_pem_and_small);
    tcase_add_test(all, two_pairs_have_two_pins);
    tcase_add_loop_test(all, what_is_no_certificate_is_corrupt, 0, 3);
    tcase_add_test(all, without_room_nothing_is_appended);
    tcase_add_test(all, a_certificate_that_is_made_for_a_key_has_its_pin);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
