/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problem.h - why a request was refused: RFC 9457 problems from one table.
 *
 * Owner:  proto/wire/problem.c; layer 2
 * Format: PROTOCOL.md section 8. The sentence for people is the words' ui key
 *         "problem.NAME".
 */
#ifndef HAMLET_WIRE_PROBLEM_H
#define HAMLET_WIRE_PROBLEM_H

#include "hamlet/base/buf.h"

/*
 * The status is what it comes to on the laptop that asked; OK: the session decides, which
 * sends less after `too_large` and does not try again after `stale`.
 *
 *      name            http  again  status
 */
#define HM_PROBLEM_MAP(X)                                                                \
    X(VERSION, version, 400, false, PROTOCOL)                                            \
    X(HEADER, header, 400, false, PROTOCOL)                                              \
    X(PAGE, page, 400, false, PROTOCOL)                                                  \
    X(SIGNATURE, signature, 401, false, DENIED)                                          \
    X(UNKNOWN_DEVICE, unknown_device, 401, false, DENIED)                                \
    X(OLD_KEY, old_key, 401, false, DENIED)                                              \
    X(ENROLMENT, enrolment, 403, false, DENIED)                                          \
    X(REVOKED, revoked, 403, false, DENIED)                                              \
    X(STALE, stale, 409, true, OK)                                                       \
    X(PATH, path, 404, false, PROTOCOL)                                                  \
    X(METHOD, method, 405, false, PROTOCOL)                                              \
    X(TIMEOUT, timeout, 408, true, NO_SERVER)                                            \
    X(LENGTH, length, 411, false, PROTOCOL)                                              \
    X(TOO_LARGE, too_large, 413, true, OK)                                               \
    X(TYPE, type, 415, false, PROTOCOL)                                                  \
    X(DICTIONARY, dictionary, 415, false, PROTOCOL)                                      \
    X(HOST, host, 421, false, PROTOCOL)                                                  \
    X(HEADERS_LARGE, headers_large, 431, false, PROTOCOL)                                \
    X(INTERNAL, internal, 500, true, NO_SERVER)                                          \
    X(BUSY, busy, 503, true, NO_SERVER)                                                  \
    X(HTTP_VERSION, http_version, 505, false, PROTOCOL)                                  \
    X(DISK, disk, 507, true, NO_SERVER)

enum hm_problem {
    HM_PROBLEM_NONE,
#define HM_PROBLEM_ENUM(name, text, http, again, status) HM_PROBLEM_##name,
    HM_PROBLEM_MAP(HM_PROBLEM_ENUM)
#undef HM_PROBLEM_ENUM
        HM_PROBLEM_COUNT
};

const char *hm_problem_name(enum hm_problem problem);
int hm_problem_http(enum hm_problem problem);
bool hm_problem_again(enum hm_problem problem);
enum hm_status hm_problem_status(enum hm_problem problem);

/* The key of its sentence: "problem.NAME". `key` has room for 48 characters. */
enum { HM_PROBLEM_KEY_SIZE = 48 };
void hm_problem_key(char key[HM_PROBLEM_KEY_SIZE], enum hm_problem problem);

/* Append the JSON body; `title` and `detail` are for people. */
void hm_problem_write(struct hm_buf *buf,
                      enum hm_problem problem,
                      struct hm_bytes title,
                      struct hm_bytes detail);

/* NONE: the body is none of ours (a captive portal, another server). */
enum hm_problem hm_problem_read(struct hm_bytes body);

#endif
