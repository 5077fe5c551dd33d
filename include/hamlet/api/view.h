/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.h - to whom a store is shown: a program that wants JSON, or a person.
 *
 * Owner:   daemon/api/view.c, explain.c, unit_name.c; layer 4
 * Threads: a view belongs to the thread of its store
 *
 * Everything here works on the store of a laptop and of a server alike, asks nothing of
 * the system, and says what it has to say to a function of the caller's: standard output,
 * a buffer for another process, a page.
 */
#ifndef HAMLET_API_VIEW_H
#define HAMLET_API_VIEW_H

#include "hamlet/base/json_write.h"
#include "hamlet/record/kind.h"
#include "hamlet/store/store.h"
#include "hamlet/text/words.h"

struct hm_view {
    struct hm_store *store;
    const struct hm_words *words;
    enum hm_lang lang;
    bool json;
    /* Takes what is shown; keeps a failure of its own for later. */
    void (*put)(void *ctx, struct hm_bytes bytes);
    void *ctx;
};

/* Say the sentence `key` with its arguments (null: none), and end the line. */
void hm_view_say(const struct hm_view *view,
                 const char *key,
                 const char *arg1,
                 const char *arg2,
                 const char *arg3);

/* Say the sentence `key` of so many things, what `why` says of them and its hint. */
void hm_view_say_why(const struct hm_view *view,
                     const char *key,
                     size_t count,
                     const struct hm_err *why);

/* A time for a person, as it was in Viet Nam: "05/03/2026 08:02". */
enum { HM_VIEW_TIME_SIZE = 24 };
void hm_view_time(char text[HM_VIEW_TIME_SIZE], struct hm_wall wall);

/* Text that others wrote, as a terminal may be given it, with a NUL. From `arena`. */
const char *hm_view_shown(struct hm_bytes text, struct hm_arena *arena);

/*
 * A user's name, from `arena`: of the registry, of the invitation before it was redeemed,
 * else the id in hex.
 */
HM_CHECKED enum hm_status hm_view_user(const struct hm_view *view,
                                       const struct hm_id *user,
                                       struct hm_bytes *name,
                                       struct hm_arena *arena,
                                       struct hm_err *err);

/*
 * The unit that is meant by `given` (null: the replica's own), normalised, from `arena`.
 * HM_BAD_INPUT: there is no such unit
 */
HM_CHECKED enum hm_status hm_view_unit(const struct hm_view *view,
                                       const char *given,
                                       struct hm_bytes *unit,
                                       struct hm_arena *arena,
                                       struct hm_err *err);

/*
 * "Ấp 1 (29182-01)": a unit as people know it, from `arena`. The code alone, which is the
 * caller's, before the registry has come.
 */
HM_CHECKED enum hm_status hm_view_unit_name(const struct hm_view *view,
                                            struct hm_bytes code,
                                            struct hm_bytes *shown,
                                            struct hm_arena *arena,
                                            struct hm_err *err);

/*
 * Let a failure name kinds, fields, choices and acts by their labels. `kind`: what it is
 * about; null: not known, then the field's own name stands beside its label. Does nothing
 * on null and to failures that name none of these.
 */
void hm_view_explain(const struct hm_view *view,
                     const struct hm_kind *kind,
                     struct hm_err *why);

#endif
