/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmicrohttpd reads a certificate once, when it starts. A server whose certificate
 * changes while it serves gives GnuTLS the newest at each handshake; connections that
 * stand go on with what they began with.
 */
#include <stdlib.h>
#include <string.h>

#include "credential.h"

static void credential_free(struct hm_httpd_credential *credential)
{
    gnutls_pcert_deinit(&credential->certificate);
    if (credential->key != NULL) {
        gnutls_privkey_deinit(credential->key);
    }
    free(credential);
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

enum { KEY_ID_SIZE = 64 };

/* Whether the key is that of the certificate: a handshake would find out too late. */
static int fits(const struct hm_httpd_credential *credential)
{
    uint8_t ids[2][KEY_ID_SIZE] = {{0}, {0}};
    size_t sizes[2] = {KEY_ID_SIZE, KEY_ID_SIZE};
    gnutls_pubkey_t public = NULL;
    int code = gnutls_pubkey_init(&public);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_pubkey_import_privkey(public, credential->key, 0, 0);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_pubkey_get_key_id(public, 0, ids[0], &sizes[0]);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_pubkey_get_key_id(credential->certificate.pubkey, 0, ids[1],
                                        &sizes[1]);
    }
    if (public != NULL) {
        gnutls_pubkey_deinit(public);
    }
    return code != GNUTLS_E_SUCCESS ||
                   (sizes[0] == sizes[1] && memcmp(ids[0], ids[1], sizes[0]) == 0)
               ? code
               : GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
}

static int credential_fill(struct hm_httpd_credential *credential,
                           struct hm_bytes certificate,
                           struct hm_bytes key)
{
    gnutls_datum_t certificate_text = datum_of(certificate);
    gnutls_datum_t key_text = datum_of(key);
    int code = gnutls_pcert_import_x509_raw(&credential->certificate, &certificate_text,
                                            GNUTLS_X509_FMT_PEM, 0);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_privkey_init(&credential->key);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_privkey_import_x509_raw(credential->key, &key_text,
                                              GNUTLS_X509_FMT_PEM, NULL, 0);
    }
    if (code == GNUTLS_E_SUCCESS) {
        code = fits(credential);
    }
    return code;
}

enum hm_status hm_httpd_certify(struct hm_httpd *httpd,
                                struct hm_bytes certificate,
                                struct hm_bytes key,
                                struct hm_err *err)
{
    struct hm_httpd_credential *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    int code = credential_fill(made, certificate, key);
    if (code != GNUTLS_E_SUCCESS) {
        credential_free(made);
        return code == GNUTLS_E_MEMORY_ERROR
                   ? hm_fail_memory(err)
                   : hm_fail(err, HM_CORRUPT, "certificate-read", gnutls_strerror(code),
                             NULL, NULL);
    }
    made->before = httpd->credential;
    httpd->credential = made;
    return HM_OK;
}

void hm_httpd_credentials_free(struct hm_httpd *httpd)
{
    struct hm_httpd_credential *at = httpd->credential;
    while (at != NULL) {
        struct hm_httpd_credential *before = at->before;
        credential_free(at);
        at = before;
    }
}

int hm_httpd_credential_give(gnutls_session_t session,
                             const gnutls_datum_t *names,
                             int name_count,
                             const gnutls_pk_algorithm_t *algorithms,
                             int algorithm_count,
                             gnutls_pcert_st **certificates,
                             unsigned int *certificate_count,
                             gnutls_privkey_t *key)
{
    const struct hm_httpd_peer *peer = gnutls_transport_get_ptr(session);
    struct hm_httpd_credential *credential = peer->worker->httpd->credential;
    (void)names;
    (void)name_count;
    (void)algorithms;
    (void)algorithm_count;
    *certificates = &credential->certificate;
    *certificate_count = 1;
    *key = credential->key;
    return 0;
}
