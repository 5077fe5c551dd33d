/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reason.h - why a change was quarantined: the one list of reasons.
 *
 * Owner:   proto/record/reason.c; layer 1, pure
 * Threads: everything here is constant
 *
 * The names are stable: they stand in entries and digests (PROTOCOL.md 5) and in JSON.
 */
#ifndef HAMLET_RECORD_REASON_H
#define HAMLET_RECORD_REASON_H

#include "hamlet/base/bytes.h"

#define HM_REASON_MAP(X)                                                                 \
    X(REVOKED, revoked)             /* the device's right ended before this arrived */   \
    X(SCOPE, scope)                 /* no permit covers user, role and unit */           \
    X(UNKNOWN_KIND, unknown_kind)   /* of a version to come, or of no one */             \
    X(UNKNOWN_FIELD, unknown_field) /* this and the next four: judge.h */                \
    X(INVALID, invalid)                                                                  \
    X(MISSING, missing)                                                                  \
    X(ROLE, role)                                                                        \
    X(BAD_KEY, bad_key)                                                                  \
    X(ERASED, erased) /* for what was erased by order; given by nothing yet */           \
    X(STORM, storm)   /* its device had too many refused already */                      \
    X(FULL, full)     /* its record holds as much as one may */                          \
    X(CLOSED, closed) /* a new record of a unit that was merged into another */          \
    X(SAME_PERSON, same_person) /* who wrote what must be another's: separate.h */

enum hm_reason {
    HM_REASON_NONE, /* it may stand */
#define HM_REASON_ENUM(name, text) HM_REASON_##name,
    HM_REASON_MAP(HM_REASON_ENUM)
#undef HM_REASON_ENUM
        HM_REASON_COUNT
};

const char *hm_reason_name(enum hm_reason reason); /* of NONE: "" */
bool hm_reason_find(enum hm_reason *reason, struct hm_bytes name);

/* The key of its sentence in the words' `ui` part: "reason.NAME"; of NONE: "". */
const char *hm_reason_word(enum hm_reason reason);

#endif
