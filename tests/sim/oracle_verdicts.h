/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_verdicts.h - what every replica has heard the server say of an act.
 *
 * Owner: the simulator; it knows nothing of Hamlet, as oracle.h has it
 */
#ifndef HAMLET_TESTS_ORACLE_VERDICTS_H
#define HAMLET_TESTS_ORACLE_VERDICTS_H

#include "oracle.h"

enum oracle_verdict { ORACLE_ACCEPTED = 1, ORACLE_REFUSED = 2, ORACLE_RELEASED = 4 };

void oracle_hears(struct oracle *oracle,
                  int replica,
                  int act,
                  enum oracle_verdict verdict);
/*
 * What a replica heard up to here stands in a statement that the server signed: a server
 * that lost it can be shown it. Once it was shown what was heard of a home, it is heard
 * anew: what was sworn is due, until the next oath or until that server is lost as well,
 * and what was only accepted counts as unjudged.
 */
void oracle_swear(struct oracle *oracle, int replica);
unsigned oracle_sworn(const struct oracle *oracle, int replica, int act);
void oracle_anew(struct oracle *oracle, int replica, int home);
unsigned oracle_due(const struct oracle *oracle, int replica, int act);
/* The home itself said it. Once all of it was heard anew, what else stood is over, but
 * for what the mailbox has told since that began anew. */
void oracle_affirm(struct oracle *oracle, int replica, int act, enum oracle_verdict said);
void oracle_mailed(struct oracle *oracle, int replica, int act, enum oracle_verdict said);
void oracle_mailbox_anew(struct oracle *oracle, int replica);
void oracle_settle(struct oracle *oracle, int replica, int home);
/* … and of homes that it left the mailbox alone says anything. */
void oracle_settle_left(struct oracle *oracle, int replica);
void oracle_lapse(struct oracle *oracle, int replica);
/* All that it heard is told once more from the first word, but for what it cannot offer:
 * that stays as it is, should the server have lost it. */
void oracle_unhear(struct oracle *oracle, int replica);
unsigned oracle_heard(const struct oracle *oracle, int replica, int act);

#endif
