/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential.h - the certificate and the key that connections are answered with.
 *
 * Owner: daemon/httpd/credential.c; private to this folder
 */
#ifndef HAMLET_HTTPD_CREDENTIAL_H
#define HAMLET_HTTPD_CREDENTIAL_H

#include <gnutls/abstract.h>

#include "inside.h"

/* Once given out it stands as long as the server does: a handshake may be using it. */
struct hm_httpd_credential {
    struct hm_httpd_credential *before;
    gnutls_pcert_st certificate;
    gnutls_privkey_t key;
};

/* Of GnuTLS, for each handshake. */
int hm_httpd_credential_give(gnutls_session_t session,
                             const gnutls_datum_t *names,
                             int name_count,
                             const gnutls_pk_algorithm_t *algorithms,
                             int algorithm_count,
                             gnutls_pcert_st **certificates,
                             unsigned int *certificate_count,
                             gnutls_privkey_t *key);
void hm_httpd_credentials_free(struct hm_httpd *httpd);

#endif
