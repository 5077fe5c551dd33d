/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/httpd/certificate.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

enum { SERIAL_SIZE = 8, FIRST_SECOND = 946684800 /* 2000-01-01T00:00:00Z */ };

static enum hm_status tls_failed(int code, struct hm_err *err)
{
    if (code == GNUTLS_E_MEMORY_ERROR) {
        return hm_fail_memory(err);
    }
    return hm_fail(err, HM_IO, "certificate-make", gnutls_strerror(code), NULL, NULL);
}

static int key_make(gnutls_x509_privkey_t *key)
{
    int code = gnutls_x509_privkey_init(key);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_privkey_generate(
            *key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    }
    return code;
}

/* A positive number: its first bit is clear. A browser refuses two keys of one serial. */
static int serial_set(gnutls_x509_crt_t certificate)
{
    uint8_t serial[SERIAL_SIZE];
    int code = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));
    serial[0] = (uint8_t)((serial[0] & 0x3F) | 0x40);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_crt_set_serial(certificate, serial, sizeof(serial));
    }
    return code;
}

static int name_set(gnutls_x509_crt_t certificate, const char *name)
{
    return gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                         name, (unsigned int)strlen(name));
}

static int certificate_fill(gnutls_x509_crt_t certificate,
                            gnutls_x509_privkey_t key,
                            const char *name)
{
    int code = gnutls_x509_crt_set_version(certificate, 3);
    if (code == GNUTLS_E_SUCCESS) {
        code = serial_set(certificate);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = name_set(certificate, name == NULL ? "hamlet" : name);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_crt_set_activation_time(certificate, FIRST_SECOND);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_crt_set_expiration_time(
            certificate, (time_t)GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_crt_set_key(certificate, key);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
    }
    return code;
}

/* The library takes a pointer to what it does not change. */
static gnutls_datum_t datum_of(struct hm_bytes bytes)
{
    union {
        const uint8_t *given;
        unsigned char *taken;
    } data = {bytes.data};
    return (gnutls_datum_t){data.taken, (unsigned int)bytes.size};
}

static enum hm_status certify(struct hm_buf *certificate,
                              gnutls_x509_privkey_t private,
                              const char *name,
                              struct hm_err *err)
{
    enum hm_status status = HM_OK;
    gnutls_x509_crt_t public = NULL;
    gnutls_datum_t text = {NULL, 0};
    int code = gnutls_x509_crt_init(&public);
    if (code == GNUTLS_E_SUCCESS) {
        code = certificate_fill(public, private, name);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_crt_export2(public, GNUTLS_X509_FMT_PEM, &text);
    }
    if (code == GNUTLS_E_SUCCESS) {
        hm_buf_put(certificate, text.data, text.size);
        status = hm_buf_status(certificate, err);
    } else {
        status = tls_failed(code, err);
    }
    gnutls_free(text.data);
    if (public != NULL) {
        gnutls_x509_crt_deinit(public);
    }
    return status;
}

enum hm_status hm_certificate_make(struct hm_buf *certificate,
                                   struct hm_buf *key,
                                   const char *name,
                                   struct hm_err *err)
{
    enum hm_status status = HM_OK;
    gnutls_x509_privkey_t private = NULL;
    gnutls_datum_t text = {NULL, 0};
    size_t before = certificate->size;
    int code = key_make(&private);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_privkey_export2(private, GNUTLS_X509_FMT_PEM, &text);
    }
    if (code != GNUTLS_E_SUCCESS) {
        status = tls_failed(code, err);
        goto out;
    }
    status = certify(certificate, private, name, err);
    if (status == HM_OK) {
        hm_buf_put(key, text.data, text.size);
        status = hm_buf_status(key, err);
        /* A pair is made whole or not at all. */
        certificate->size = status == HM_OK ? certificate->size : before;
    }
out:
    if (text.data != NULL) {
        gnutls_memset(text.data, 0, text.size);
    }
    gnutls_free(text.data);
    if (private != NULL) {
        gnutls_x509_privkey_deinit(private);
    }
    return status;
}

enum hm_status hm_certificate_of(struct hm_buf *certificate,
                                 struct hm_bytes key,
                                 const char *name,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    gnutls_x509_privkey_t private = NULL;
    gnutls_datum_t pem = datum_of(key);
    int code = gnutls_x509_privkey_init(&private);
    if (code != GNUTLS_E_SUCCESS) {
        return tls_failed(code, err);
    }
    code = gnutls_x509_privkey_import(private, &pem, GNUTLS_X509_FMT_PEM);
    if (code == GNUTLS_E_MEMORY_ERROR) {
        status = hm_fail_memory(err);
    } else if (code != GNUTLS_E_SUCCESS) {
        status = hm_fail(err, HM_CORRUPT, "certificate-read", gnutls_strerror(code), NULL,
                         NULL);
    } else {
        status = certify(certificate, private, name, err);
    }
    gnutls_x509_privkey_deinit(private);
    return status;
}

static int key_info(gnutls_datum_t *info, gnutls_x509_crt_t certificate)
{
    gnutls_pubkey_t key = NULL;
    int code = gnutls_pubkey_init(&key);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_pubkey_import_x509(key, certificate, 0);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, info);
    }
    if (key != NULL) {
        gnutls_pubkey_deinit(key);
    }
    return code;
}

enum hm_status hm_certificate_pin(uint8_t pin[HM_PIN_SIZE],
                                  struct hm_bytes certificate,
                                  struct hm_err *err)
{
    gnutls_x509_crt_t read = NULL;
    gnutls_datum_t info = {NULL, 0};
    gnutls_datum_t pem = datum_of(certificate);
    int code = gnutls_x509_crt_init(&read);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_crt_import(read, &pem, GNUTLS_X509_FMT_PEM);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = key_info(&info, read);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_hash_fast(GNUTLS_DIG_SHA256, info.data, info.size, pin);
    }
    gnutls_free(info.data);
    if (read != NULL) {
        gnutls_x509_crt_deinit(read);
    }
    if (code == GNUTLS_E_MEMORY_ERROR) {
        return hm_fail_memory(err);
    }
    if (code != GNUTLS_E_SUCCESS) {
        return hm_fail(err, HM_CORRUPT, "certificate-read", gnutls_strerror(code), NULL,
                       NULL);
    }
    return HM_OK;
}
