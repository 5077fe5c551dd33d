/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks.h - named situations that a run of seeds must come to.
 *
 * Owner: the simulator
 *
 * A generator that never makes a situation proves nothing about it, and nobody notices.
 * So each that matters has a name and is counted where it happens, once a history; a run
 * of the release seeds fails that came to one of them in none. Whoever adds a mark sees
 * to it that it is met in ten histories of a thousand at least.
 */
#ifndef HAMLET_TESTS_MARKS_H
#define HAMLET_TESTS_MARKS_H

#include <stdint.h>

#include "liar.h"

struct sim;

/* Each lie is one as well, met where it was answered (liar.h).
 *
 *    name           word            what is met */
#define SIM_MARK_MAP(X)                                                                  \
    X(CALM, calm, "a history without any fault")                                         \
    X(EDIT_SETTLES, edit_settles, "an edit of a field that is in conflict")              \
    X(EDIT_REVIVES, edit_revives, "an edit of a deleted record")                         \
    X(EDIT_NULL, edit_null, "an edit that empties a field")                              \
    X(EDIT_OVER_REFUSED, edit_over_refused, "a write over one that is refused")          \
    X(EDIT_OVER_UNJUDGED, edit_over_unjudged, "a write over one that nobody judged yet") \
    X(CARD_TWICE, card_twice, "one card made by two, each offline")                      \
    X(CARD_ANEW, card_anew, "a deleted card made anew")                                  \
    X(DELETE_DISPUTED, delete_disputed, "the deletion of a record in conflict")          \
    X(DELETE_TWICE, delete_twice, "a record deleted by two, each offline")               \
    X(DECIDE_LIFE, decide_life, "a decision that a record lives")                        \
    X(DECIDE_DEATH, decide_death, "a decision that a record is gone")                    \
    X(DECIDE_BULK, decide_bulk, "a decision that can be withdrawn")                      \
    X(DECIDE_THREE, decide_three, "a decision between three heads or more")              \
    X(DECIDE_TWICE, decide_twice, "two decisions about one conflict, each offline")      \
    X(UNDO, undo, "one change taken back")                                               \
    X(UNDO_OTHERS, undo_others, "… that somebody else made")                             \
    X(UNDO_DELETE, undo_delete, "a deletion taken back")                                 \
    X(UNDO_CREATE, undo_create, "a new record taken back")                               \
    X(WITHDRAW_IMPORT, withdraw_import, "an import withdrawn")                           \
    X(WITHDRAW_DECISION, withdraw_decision, "a decision withdrawn")                      \
    X(WITHDRAW_WRITTEN_OVER, withdraw_written_over,                                      \
      "… and somebody had written over it")                                              \
    X(WITHDRAW_TWICE, withdraw_twice, "one thing withdrawn by two")                      \
    X(REFUSED_CREATE, refused_create, "a new record that the server refuses")            \
    X(REFUSED_MARK, refused_mark, "a field that is not his to write")                    \
    X(REFUSED_DELETE, refused_delete, "a deletion that the server refuses")              \
    X(REFUSED_DECISION, refused_decision, "a decision that the server refuses")          \
    X(REFUSED_WITHDRAWAL, refused_withdrawal, "a withdrawal that the server refuses")    \
    X(RELEASED_UNDER, released_under, "a refused write let stand that was written over") \
    X(RELEASED_DELETE, released_delete, "a refused deletion let stand")                  \
    X(HEADS_THREE, heads_three, "a field with three heads")                              \
    X(HEADS_FOUR, heads_four, "a field with four heads or more")                         \
    X(HEADS_EQUAL, heads_equal, "two heads of one value: no conflict")                   \
    X(HEADS_DECIDED, heads_decided, "a decision and an edit beside it")                  \
    X(HEADS_DECISIONS, heads_decisions, "two decisions that differ")                     \
    X(LIFE_CONFLICT, life_conflict, "deleted by one, kept by another")                   \
    X(LIFE_AND_FIELD, life_and_field, "… and a field in conflict as well")               \
    X(BLIND, blind, "a value that a refusal hides")                                      \
    X(CUT_HEADER, cut_header, "a request cut in its first line")                         \
    X(CUT_PAGES, cut_pages, "a request cut among its pages, some of which are kept")     \
    X(CUT_REPLY_HEADER, cut_reply_header, "a reply cut in its first line")               \
    X(CUT_REPLY, cut_reply, "a reply cut in its stream")                                 \
    X(LOST_REPLY, lost_reply, "a reply of which nothing came, and the commit stood")     \
    X(TWICE, twice, "a request that comes twice, with pages")                            \
    X(LATE, late, "a request that comes when its laptop has long asked again")           \
    X(STALE, stale, "a request that is answered: stale")                                 \
    X(ROUNDS, rounds, "an exchange of three rounds or more")                             \
    X(GROUP, group, "two requests in one commit, both with pages")                       \
    X(GROUP_CUT, group_cut, "… one of them cut")                                         \
    X(FILE_UP, file_up, "a file by stick that brings the server something")              \
    X(FILE_DOWN, file_down, "… that brings a laptop something")                          \
    X(FILE_THIRD, file_third, "… that somebody else carries")                            \
    X(FILE_AGAIN, file_again, "… that comes again")                                      \
    X(FILE_TORN, file_torn, "… that is torn, and what was whole is kept")                \
    X(FILE_REVOKED, file_revoked, "… of a revoked device, which is refused")             \
    X(FILE_LOSS, file_loss, "… that comes when the server is another")                   \
    X(POWER_SAVING, power_saving, "the power goes while somebody saves")                 \
    X(POWER_SAVED, power_saved, "… and it lasted all the same")                          \
    X(POWER_SERVING, power_serving, "the server's power goes while it commits")          \
    X(POWER_TAKING, power_taking, "a laptop's power goes while it takes a reply")        \
    X(POWER_OPENING, power_opening, "the power goes while a store is opened again")      \
    X(FULL_SAVING, full_saving, "the disk is full while somebody saves")                 \
    X(FULL_SERVING, full_serving, "the server's disk is full while it commits")          \
    X(FULL_TAKING, full_taking, "a laptop's disk is full while it takes a reply")        \
    X(SICK_SAVING, sick_saving, "a write or sync fails while somebody saves")            \
    X(SICK_SERVING, sick_serving, "… while the server commits")                          \
    X(SICK_TAKING, sick_taking, "… while a laptop takes a reply")                        \
    X(CLOCK_BACK, clock_back, "a clock goes back by a year or more")                     \
    X(CLOCK_FORTH, clock_forth, "a clock goes forth by a year or more")                  \
    X(CLOCKS_APART, clocks_apart, "an exchange of two whose clocks are years apart")     \
    X(RESTORE_BEHIND, restore_behind, "a disk that comes back without what was sent")    \
    X(RESTORE_LOST, restore_lost, "… without what was never sent")                       \
    X(EPOCH, epoch, "a laptop that begins a new epoch")                                  \
    X(ERASE, erase, "values that are to be forgotten")                                   \
    X(ERASE_DELETED, erase_deleted, "… of a record that is deleted")                     \
    X(ERASE_VOID, erase_void, "… of a record of which nothing stands")                   \
    X(ERASE_BESIDE, erase_beside, "a field that one erases and another writes")          \
    X(ERASE_LISTED, erase_listed, "a laptop that hears it from the registry first")      \
    X(ERASE_RESTORED, erase_restored, "a disk that comes back with what was erased")     \
    X(REFUSED_ERASURE, refused_erasure, "an erasure that the server refuses")            \
    X(ROLE_SEEN, role_seen, "a role that ends when it is seen")                          \
    X(ROLE_ONCE, role_once, "a role that ends at once")                                  \
    X(ROLE_LATE, role_late, "what was written before the end was known, and stands")     \
    X(ROLE_TOO_LATE, role_too_late, "what comes after an end at once")                   \
    X(ROLE_OVER, role_over,                                                              \
      "a change in a role whose end was seen, whatever its page says")                   \
    X(ROLE_COPIED, role_copied, "a device of two disks that is given another role")      \
    X(ROLE_REFILLED, role_refilled, "another role, given by a server that came back")    \
    X(MOVED_SEEN, moved_seen, "a laptop moves to another unit when it sees that")        \
    X(MOVED_ONCE, moved_once, "… at once")                                               \
    X(MOVED_UNSENT, moved_unsent, "… with work that it did not send")                    \
    X(MOVED_BACK, moved_back, "… to a unit that it had before")                          \
    X(MOVED_COPIED, moved_copied, "… and another disk is at work")                       \
    X(MOVED_REFILLED, moved_refilled, "… by a server that came back")                    \
    X(MOVED_LATE, moved_late, "what it wrote where it was, not knowing, and stands")     \
    X(MOVED_TOO_LATE, moved_too_late, "… and does not, for it had moved at once")        \
    X(PARTED, parted, "a laptop forgets what is not its business any more")              \
    X(PARTED_REFUSED, parted_refused, "… but that something of its own was refused")     \
    X(PARTED_GAINED, parted_gained, "… and is given it again")                           \
    X(JOINED, joined, "a unit becomes part of another")                                  \
    X(JOINED_LATE, joined_late, "… and a record is made there by who did not know")      \
    X(SHIFTED, shifted, "a unit goes to another commune")                                \
    X(SHIFTED_LATE, shifted_late, "… and the one before writes there, not knowing")      \
    X(MOVED_LIE, moved_lie, "a lie after something has moved")                           \
    X(KEY_CHANGED, key_changed, "a device changes its key")                              \
    X(KEY_AGAIN, key_again, "… once more")                                               \
    X(KEY_UNSENT, key_unsent, "… with work that it signed by the one before")            \
    X(KEY_FORGOTTEN, key_forgotten, "a server that is lost and has forgotten a new key") \
    X(REVOKED, revoked, "a device is revoked")                                           \
    X(REVOKED_UNSENT, revoked_unsent, "… and has work that it did not send")             \
    X(REVOKED_AMID, revoked_amid, "… while its request is served")                       \
    X(REVOKED_ASKS, revoked_asks, "a revoked device asks, and is given nothing")         \
    X(REVOKED_BROUGHT, revoked_brought, "another brings what it wrote too late")         \
    X(LOSS_BEHIND, loss_behind, "a server that comes back behind what laptops hold")     \
    X(LOSS_ALONE, loss_alone, "… and what it alone had is gone")                         \
    X(LOSS_EMPTY, loss_empty, "a server that comes back with its key alone")             \
    X(LOSS_COPIED, loss_copied, "a server that is lost while two disks of a device are") \
    X(LOSS_ERASED, loss_erased, "… and has forgotten what was to be erased")             \
    X(LOSS_REVOKED, loss_revoked, "… and has forgotten that a device was revoked")       \
    X(REVOKED_REGAINED, revoked_regained, "… of which laptops tell it")                  \
    X(REVOKED_AGAIN, revoked_again, "… and which revokes it once more")                  \
    X(REVOKED_OFFERS, revoked_offers, "a revoked device brings what the server lost")    \
    X(LOSS_MOVED, loss_moved, "… after units or laptops have moved")                     \
    X(LOSS_AGAIN, loss_again, "a server that is lost again while it is refilled")        \
    X(REFILL_ONE, refill_one, "one laptop brings back what the server had")              \
    X(REFILL_MANY, refill_many, "several laptops bring it back")                         \
    X(REFILL_NEIGHBOUR, refill_neighbour, "… what somebody else wrote")                  \
    X(REFILL_CUT, refill_cut, "an offer to the server that is cut")                      \
    X(REFILL_CLOSED, refill_closed, "a refill that is closed")                           \
    X(REGAINED_REFUSED, regained_refused, "a refused change that comes back refused")    \
    X(REGAINED_RELEASED, regained_released, "… one that was let stand, and stands")      \
    X(LATE_LOSS, late_loss, "a request that comes when the server is another")           \
    X(HEALED, healed, "all is well for a while, and goes on")

enum sim_mark {
#define SIM_MARK_ENUM(name, word, what) SIM_MARK_##name,
    SIM_MARK_MAP(SIM_MARK_ENUM)
#undef SIM_MARK_ENUM
#define SIM_MARK_OF_LIE(name, word, what) SIM_MARK_LIE_##name,
        SIM_LIE_MAP(SIM_MARK_OF_LIE)
#undef SIM_MARK_OF_LIE
            SIM_MARK_COUNT
};

const char *sim_mark_name(enum sim_mark mark);
const char *sim_mark_what(enum sim_mark mark);

/* This history came there. */
void sim_mark(struct sim *sim, enum sim_mark mark);

/* What is to be marked of an act that was just told, or let stand. */
void sim_mark_act(struct sim *sim, int act);
void sim_mark_release(struct sim *sim, int act);

/* What is to be marked of a register, and of the conflicts of a record, as bits. */
struct oracle_register;
void sim_mark_register(struct sim *sim, int reg, const struct oracle_register *found);
void sim_mark_conflicts(struct sim *sim, uint64_t registers);

#endif
