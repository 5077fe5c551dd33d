/* SPDX-License-Identifier: Apache-2.0 */
/*
 * liar.h - what a device with a good key and a bad program may try.
 *
 * Owner: the simulator
 *
 * Each lie is a request or two, signed as they must be. None may end the server, change
 * what others have, or come to anything that the protocol does not allow: what such a
 * device writes in its own name, within its rights, is as good as anybody's.
 */
#ifndef HAMLET_TESTS_LIAR_H
#define HAMLET_TESTS_LIAR_H

/*    name           word           what is tried */
#define SIM_LIE_MAP(X)                                                                   \
    X(FORK, fork, "two pages of one number, one after the other")                        \
    X(FORK_AT_ONCE, fork_at_once, "… in one request")                                    \
    X(OVERLAP, overlap, "a page that overlaps with one before, with other changes")      \
    X(GAP, gap, "a page that joins nothing")                                             \
    X(WRONG_HEAD, wrong_head, "a page that follows another head than it should")         \
    X(BAD_SIGN, bad_sign, "a page whose signature is of another page")                   \
    X(OTHERS_NAME, others_name, "a page in the name of another device")                  \
    X(OTHERS_UNIT, others_unit, "a new record in a unit that is out of scope")           \
    X(OTHERS_RECORD, others_record, "another unit's record, as if it were of this one")  \
    X(OTHERS_ROLE, others_role, "a change in a role that nobody gave him")               \
    X(OTHERS_USER, others_user, "a change in the name of another person")                \
    X(UNSEEING, unseeing, "an edit that claims to have seen nothing")                    \
    X(KNOWING, knowing, "an edit over what only the server knows")                       \
    X(DELETING, deleting, "a deletion that claims to have seen nothing")                 \
    X(INVALID, invalid, "a value that the field does not take")                          \
    X(REGISTRY, registry, "a record of the registry")                                    \
    X(MAILBOX, mailbox, "a page for the mailbox of another")                             \
    X(ENTRIES, entries, "entries, which the server alone may write")                     \
    X(LEASE, lease, "a lease that nobody gave him")                                      \
    X(COUNTS, counts, "counts that are out of this world")                               \
    X(RELAY, relay, "pages of others, as they once were sent")                           \
    X(GARBLED, garbled, "… with some bytes changed")                                     \
    X(EARLY, early, "a withdrawal of what has not come yet")

enum sim_lie {
#define SIM_LIE_ENUM(name, word, what) SIM_LIE_##name,
    SIM_LIE_MAP(SIM_LIE_ENUM)
#undef SIM_LIE_ENUM
        SIM_LIE_COUNT
};

#endif
