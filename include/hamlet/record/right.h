/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.h - what a role may do at the district, beside writing records.
 *
 * Owner:   proto/record/right.c; layer 1, pure
 * Threads: everything here is constant
 *
 * One table, and whatever is not in it is denied: a request that no right was written
 * beside reaches nobody. It says which desk of the district's page a role may sit down
 * at; the roles are those of record/role.h.
 * What may be written to a record says its kind; where, the unit of the permit.
 */
#ifndef HAMLET_RECORD_RIGHT_H
#define HAMLET_RECORD_RIGHT_H

#include "hamlet/record/role.h"

#define HM_RIGHT_OF(role) (1U << HM_ROLE_##role)

#define HM_RIGHT_COMMUNE  (HM_RIGHT_OF(COMMUNE_OFFICER) | HM_RIGHT_OF(COMMUNE_CHAIR))
#define HM_RIGHT_DISTRICT (HM_RIGHT_OF(DISTRICT_OFFICER) | HM_RIGHT_OF(DISTRICT_CHAIR))
#define HM_RIGHT_OFFICERS (HM_RIGHT_OF(COMMUNE_OFFICER) | HM_RIGHT_OF(DISTRICT_OFFICER))
#define HM_RIGHT_ADMIN    HM_RIGHT_OF(DISTRICT_ADMIN)

/*      right      name        roles                                        to … */
#define HM_RIGHT_MAP(X)                                                                  \
    X(SELF, self,                                                                        \
      HM_RIGHT_COMMUNE | HM_RIGHT_DISTRICT | HM_RIGHT_ADMIN | HM_RIGHT_OF(VIEWER) |      \
          HM_RIGHT_OF(AUDITOR)) /* be signed in at all */                                \
    X(OVERVIEW, overview,                                                                \
      HM_RIGHT_COMMUNE | HM_RIGHT_DISTRICT | HM_RIGHT_ADMIN |                            \
          HM_RIGHT_OF(VIEWER)) /* see how it stands, in numbers */                       \
    X(REPORTS, reports,                                                                  \
      HM_RIGHT_COMMUNE | HM_RIGHT_DISTRICT | HM_RIGHT_ADMIN |                            \
          HM_RIGHT_OF(VIEWER)) /* see what is published: numbers */                      \
    X(RECORDS, records, HM_RIGHT_COMMUNE | HM_RIGHT_DISTRICT) /* … of what */          \
    X(CASES, cases, HM_RIGHT_COMMUNE | HM_RIGHT_DISTRICT) /* see what comes in a year */ \
    X(JUDGE, judge, HM_RIGHT_OFFICERS) /* receive, return, appraise, record decisions */ \
    X(CONFLICTS, conflicts, HM_RIGHT_OFFICERS | HM_RIGHT_ADMIN) /* open and decide */    \
    X(QUARANTINE, quarantine, HM_RIGHT_OF(DISTRICT_OFFICER) | HM_RIGHT_ADMIN)            \
    X(FLEET, fleet, HM_RIGHT_OFFICERS | HM_RIGHT_ADMIN)   /* see the laptops */          \
    X(PEOPLE, people, HM_RIGHT_OFFICERS | HM_RIGHT_ADMIN) /* invite, grant, revoke */    \
    X(ACCOUNTS, accounts, HM_RIGHT_ADMIN)                 /* let people in here */       \
    X(UNITS, units, HM_RIGHT_ADMIN)                       /* import and merge units */   \
    X(AUDIT, audit,                                                                      \
      HM_RIGHT_OF(AUDITOR) | HM_RIGHT_DISTRICT) /* read who did what; nobody writes */

enum hm_right {
    HM_RIGHT_NONE,     /* nobody, whoever he is */
    HM_RIGHT_STRANGER, /* who is not signed in: the sign-in itself */
#define HM_RIGHT_ENUM(right, name, roles) HM_RIGHT_##right,
    HM_RIGHT_MAP(HM_RIGHT_ENUM)
#undef HM_RIGHT_ENUM
        HM_RIGHT_COUNT
};

bool hm_role_may(enum hm_role role, enum hm_right right);

/* As it is told to the page; null for the first two. */
const char *hm_right_name(enum hm_right right);

#endif
