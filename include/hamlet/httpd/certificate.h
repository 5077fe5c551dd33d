/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.h - a server's TLS key, its self-signed certificate, and its pin.
 *
 * Owner:   daemon/httpd/certificate.c; layer 4
 * Threads: no shared state
 * Time:    no date is read or judged: laptop clocks are wrong, so trust rests on the key
 *          alone (ARCHITECTURE.md, decisions). The dates written are as wide as they go
 *
 * The key is ECDSA on P-256: browsers refuse Ed25519 in TLS, and a P-256 certificate is
 * the smallest one that every client takes (it crosses the slow link at each full
 * handshake).
 */
#ifndef HAMLET_HTTPD_CERTIFICATE_H
#define HAMLET_HTTPD_CERTIFICATE_H

#include "hamlet/base/buf.h"

enum { HM_PIN_SIZE = 32 };

/* A key or a certificate as PEM is below 1 KiB; a foreign one with a chain is larger. */
#define HM_CERTIFICATE_BYTES_MAX ((size_t)16 * 1024)

/*
 * Append a new certificate and its private key, both PEM, to two buffers that are the
 * caller's. `name` stands in it for a person who looks (host name or address); null:
 * "hamlet". The caller keeps the key from other eyes and wipes the buffer.
 * HM_IO  the system has no randomness or the TLS library failed; nothing was appended
 */
HM_CHECKED enum hm_status hm_certificate_make(struct hm_buf *certificate,
                                              struct hm_buf *key,
                                              const char *name,
                                              struct hm_err *err);

/*
 * As hm_certificate_make, for a private key that is there already, as PEM.
 * HM_CORRUPT  this is no private key
 */
HM_CHECKED enum hm_status hm_certificate_of(struct hm_buf *certificate,
                                            struct hm_bytes key,
                                            const char *name,
                                            struct hm_err *err);

/*
 * The SHA-256 of the SubjectPublicKeyInfo of a PEM certificate (the first, if there are
 * several): what curl compares as sha256//BASE64, and what an invitation carries.
 * HM_CORRUPT  this is no certificate
 */
HM_CHECKED enum hm_status hm_certificate_pin(uint8_t pin[HM_PIN_SIZE],
                                             struct hm_bytes certificate,
                                             struct hm_err *err);

#endif
