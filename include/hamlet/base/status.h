/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status.h - the one table of outcomes: name, retry class, HTTP status, exit code.
 *
 * Owner:   proto/base/status.c; layer 0
 * Threads: everything here is constant
 *
 * Every function that can fail returns `enum hm_status`; callers must look at it. The
 * exit codes are those of sysexits.h and are part of the command contract.
 */
#ifndef HAMLET_BASE_STATUS_H
#define HAMLET_BASE_STATUS_H

/*      name          retry   http  exit   what it means                            */
#define HM_STATUS_MAP(X)                                                                 \
    X(OK, NEVER, 200, 0, "done")                                                         \
    X(USAGE, NEVER, 400, 64, "no such command or option, or an operand is missing")      \
    X(BAD_INPUT, NEVER, 422, 65, "the input is not what was expected")                   \
    X(NOT_FOUND, NEVER, 404, 66, "nothing of that id is here")                           \
    X(NO_SERVER, LATER, 503, 69, "the server cannot be reached")                         \
    X(TOO_BIG, NEVER, 413, 65, "larger than the limit")                                  \
    X(CORRUPT, NEVER, 500, 70, "stored data fails its check")                            \
    X(NO_MEMORY, LATER, 503, 71, "out of memory")                                        \
    X(EXISTS, NEVER, 409, 73, "it exists already")                                       \
    X(IO, LATER, 507, 74, "the disk is full or failed")                                  \
    X(LOCKED, NOW, 503, 75, "another process holds the lock")                            \
    X(PROTOCOL, NEVER, 400, 76, "the other side is not our server or breaks the rules")  \
    X(DENIED, NEVER, 403, 77, "not permitted")                                           \
    X(UNCONFIGURED, NEVER, 400, 78, "not set up, or set up by a newer version")

enum hm_status {
#define HM_STATUS_ENUM(name, retry, http, exit, text) HM_##name,
    HM_STATUS_MAP(HM_STATUS_ENUM)
#undef HM_STATUS_ENUM
};

/* Whether trying the same thing again can help. */
enum hm_retry { HM_RETRY_NEVER, HM_RETRY_NOW, HM_RETRY_LATER };

#define HM_CHECKED __attribute__((warn_unused_result))

const char *hm_status_name(enum hm_status status);
const char *hm_status_text(enum hm_status status);
enum hm_retry hm_status_retry(enum hm_status status);
int hm_status_http(enum hm_status status);
int hm_status_exit(enum hm_status status);

#endif
