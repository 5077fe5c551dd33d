/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role.h - the roles that people act in, and the server's own.
 *
 * Owner:   proto/record/role.c; layer 1, pure
 * Threads: everything here is constant
 *
 * The rank decides which of two heads is shown while a conflict is open (PROTOCOL.md 4,
 * "Shown"). It is a constant of the protocol: no registry changes it, so that a promotion
 * never changes what an old change is worth. What a role may do stands in the kind files.
 */
#ifndef HAMLET_RECORD_ROLE_H
#define HAMLET_RECORD_ROLE_H

#include "hamlet/base/bytes.h"

/*      name       in changes and commands  rank */
#define HM_ROLE_MAP(X)                                                                   \
    X(VIEWER, viewer, 0)                                                                 \
    X(AUDITOR, auditor, 0)                                                               \
    X(RECORDER, recorder, 1)                                                             \
    X(HAMLET_HEAD, hamlet_head, 2)                                                       \
    X(UNIT_OFFICER, unit_officer, 2)                                                     \
    X(COMMUNE_OFFICER, commune_officer, 3)                                               \
    X(COMMUNE_CHAIR, commune_chair, 4)                                                   \
    X(DISTRICT_OFFICER, district_officer, 5)                                             \
    X(DISTRICT_CHAIR, district_chair, 6)                                                 \
    X(DISTRICT_ADMIN, district_admin, 7)                                                 \
    X(SERVER, server, 8)

enum hm_role {
#define HM_ROLE_ENUM(name, text, rank) HM_ROLE_##name,
    HM_ROLE_MAP(HM_ROLE_ENUM)
#undef HM_ROLE_ENUM
        HM_ROLE_COUNT
};

/* False: there is no such role. HM_ROLE_SERVER is found too, though nobody holds it. */
bool hm_role_find(enum hm_role *role, struct hm_bytes name);
const char *hm_role_name(enum hm_role role);
int hm_role_rank(enum hm_role role);

/* The key of its name for people in the words' `ui` part: "role.NAME". */
const char *hm_role_word(enum hm_role role);

#endif
