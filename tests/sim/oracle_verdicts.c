/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which verdicts a replica has heard: from the home, from its mailbox, from a server that
 * is no more, and what of that is due again.
 */
#include "oracle_verdicts.h"
#include "oracle_inside.h"

void oracle_hears(struct oracle *oracle,
                  int replica,
                  int act,
                  enum oracle_verdict verdict)
{
    oracle->acts[act].at[replica].heard |= (uint8_t)verdict;
}

void oracle_swear(struct oracle *oracle, int replica)
{
    for (int i = 0; i < oracle->count; i++) {
        oracle->acts[i].at[replica].sworn = oracle->acts[i].at[replica].heard;
        oracle->acts[i].at[replica].due = 0;
    }
}

unsigned oracle_due(const struct oracle *oracle, int replica, int act)
{
    return oracle->acts[act].at[replica].due;
}

void oracle_lapse(struct oracle *oracle, int replica)
{
    for (int i = 0; i < oracle->count; i++) {
        oracle->acts[i].at[replica].due = 0;
    }
}

unsigned oracle_sworn(const struct oracle *oracle, int replica, int act)
{
    return oracle->acts[act].at[replica].sworn;
}

void oracle_anew(struct oracle *oracle, int replica, int home)
{
    for (int i = 0; i < oracle->count; i++) {
        struct knowledge *at = &oracle->acts[i].at[replica];
        if (oracle->acts[i].told.home == home) {
            at->due |= at->sworn;
            at->sworn = 0;
            at->heard = at->heard == ORACLE_ACCEPTED ? 0 : at->heard;
            at->kept = at->heard;
        }
    }
}

void oracle_affirm(struct oracle *oracle, int replica, int act, enum oracle_verdict said)
{
    oracle->acts[act].at[replica].kept &= (uint8_t) ~(unsigned)said;
}

void oracle_mailed(struct oracle *oracle, int replica, int act, enum oracle_verdict said)
{
    oracle->acts[act].at[replica].mailed |= (uint8_t)said;
}

void oracle_mailbox_anew(struct oracle *oracle, int replica)
{
    for (int i = 0; i < oracle->count; i++) {
        oracle->acts[i].at[replica].mailed = 0;
    }
}

void oracle_settle(struct oracle *oracle, int replica, int home)
{
    for (int i = 0; i < oracle->count; i++) {
        struct knowledge *at = &oracle->acts[i].at[replica];
        if (oracle->acts[i].told.home == home) {
            at->heard &= (uint8_t) ~(at->kept & ~(at->mailed | (unsigned)ORACLE_REFUSED));
            at->kept = 0;
        }
    }
}

void oracle_settle_left(struct oracle *oracle, int replica)
{
    for (int i = 0; i < oracle->count; i++) {
        struct knowledge *at = &oracle->acts[i].at[replica];
        if (at->left) {
            at->heard &= (uint8_t)(at->mailed | (unsigned)ORACLE_REFUSED);
        }
    }
}

void oracle_unhear(struct oracle *oracle, int replica)
{
    for (int i = 0; i < oracle->count; i++) {
        struct knowledge *at = &oracle->acts[i].at[replica];
        at->heard = at->left ? at->heard : 0;
        at->kept = 0;
        at->mailed = 0;
    }
}

unsigned oracle_heard(const struct oracle *oracle, int replica, int act)
{
    return oracle->acts[act].at[replica].heard;
}
