/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - what the parts of proto/author share. */
#ifndef HAMLET_AUTHOR_INSIDE_H
#define HAMLET_AUTHOR_INSIDE_H

#include "hamlet/author/author.h"
#include "hamlet/author/saw.h"
#include "hamlet/author/server.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/kinds.h"
#include "hamlet/record/register.h"
#include "hamlet/record/rule.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"

enum { HM_AUTHOR_PENDING_MAX = 512, HM_AUTHOR_WARNINGS_MAX = 64 };
/* Acts that are left out leave memory behind; beyond this it is given back. */
#define HM_AUTHOR_ARENA_FULL ((size_t)64 * 1024 * 1024)

struct hm_author {
    struct hm_store *store;
    const struct hm_kinds *kinds;
    struct hm_id district;
    struct hm_id device;
    struct hm_id user;
    struct hm_bytes role;
    struct hm_bytes unit;           /* of the device */
    const struct hm_secret *secret; /* a server's; else null */
    struct hm_arena self;           /* what lives as long as the author */

    /* inside a transaction */
    struct hm_arena arena; /* what lives until the pending changes are put */
    struct hm_buf scratch;
    struct hm_origin origin;
    struct hm_id bulk;
    uint8_t seed[HM_SALT_SIZE];
    uint64_t run_seq; /* of the change with index 0 */
    struct hm_put pending[HM_AUTHOR_PENDING_MAX];
    size_t pending_count;
    struct hm_bytes known_home; /* the unit that was found to be within reach last … */
    struct hm_bytes open_home;  /* … that takes new records */
    const hm_prefix *saw;       /* of the record at hand; null: all that is here */
    size_t saw_count;
    struct hm_finding warnings[HM_AUTHOR_WARNINGS_MAX];
    size_t warning_count;
    struct hm_arena found;  /* what they offer */
    struct hm_bytes acting; /* … in another role than the own; no bytes: the own */
};

/* On a server: sign and accept the pending changes, which have their rows by now. */
HM_CHECKED enum hm_status hm_author_accept(struct hm_author *author,
                                           uint64_t first_seq,
                                           struct hm_err *err);

/* A change of this author, empty but for who, where and when. From the author's arena. */
HM_CHECKED enum hm_status hm_author_draft(struct hm_author *author,
                                          struct hm_change **change,
                                          enum hm_act act,
                                          struct hm_bytes kind,
                                          int64_t version,
                                          struct hm_bytes home,
                                          struct hm_err *err);

/* Sort the writes, seal the change and chain it. */
HM_CHECKED enum hm_status hm_author_take(struct hm_author *author,
                                         struct hm_change *change,
                                         struct hm_err *err);

/* Whether this author's scope holds the unit. HM_BAD_INPUT unknown, HM_DENIED outside. */
HM_CHECKED enum hm_status hm_author_scope(struct hm_author *author,
                                          struct hm_bytes home,
                                          struct hm_err *err);
/*
 * The same of a unit of which something is here already. What came to a server for one
 * that the registry does not know is nobody else's: its own unit counts as above it.
 */
HM_CHECKED enum hm_status hm_author_scope_known(struct hm_author *author,
                                                struct hm_bytes home,
                                                struct hm_err *err);

/*
 * Add a write of `reg` over all heads that the loaded record has of it (`loaded` null:
 * none). `value` is copied. The change must have room.
 */
HM_CHECKED enum hm_status hm_author_write(struct hm_author *author,
                                          struct hm_change *change,
                                          const struct hm_loaded *loaded,
                                          struct hm_bytes reg,
                                          struct hm_bytes value,
                                          struct hm_err *err);
/* Room for so many writes. */
HM_CHECKED enum hm_status hm_author_room(struct hm_author *author,
                                         struct hm_change *change,
                                         size_t writes,
                                         struct hm_err *err);
HM_CHECKED enum hm_status hm_author_live(struct hm_author *author,
                                         struct hm_change *change,
                                         const struct hm_loaded *loaded,
                                         bool alive,
                                         struct hm_err *err);
/* `reason` normalised, as the annotation ~why; nothing where it is empty. */
HM_CHECKED enum hm_status hm_author_why(struct hm_author *author,
                                        struct hm_change *change,
                                        struct hm_bytes reason,
                                        struct hm_err *err);
/* The heads of every other register, for a delete. */
HM_CHECKED enum hm_status hm_author_seen(struct hm_author *author,
                                         struct hm_change *change,
                                         const struct hm_loaded *loaded,
                                         struct hm_err *err);

/*
 * Load a record of which anything is known, with what is pending of it: nothing of it may
 * stand. HM_NOT_FOUND, HM_BAD_INPUT of an unknown kind, HM_DENIED out of scope
 */
HM_CHECKED enum hm_status hm_author_known(struct hm_author *author,
                                          const struct hm_id *record,
                                          struct hm_loaded *loaded,
                                          struct hm_err *err);

/* The same of one that is to be changed. HM_NOT_FOUND also where nothing of it stands */
HM_CHECKED enum hm_status hm_author_target(struct hm_author *author,
                                           const struct hm_id *record,
                                           struct hm_loaded *loaded,
                                           struct hm_err *err);

/*
 * Turn the loaded record back into what the person saw of it (hm_author_saw), so that
 * what is written replaces that. What it is now is to be judged before.
 */
HM_CHECKED enum hm_status hm_author_look_back(struct hm_author *author,
                                              struct hm_loaded *loaded,
                                              struct hm_err *err);

/*
 * Judge the own change as the server will, and say in words what is wrong. `loaded`: the
 * record that it is about, or null where that is new.
 */
HM_CHECKED enum hm_status hm_author_judge(struct hm_author *author,
                                          const struct hm_kind *kind,
                                          const struct hm_change *change,
                                          const struct hm_loaded *loaded,
                                          struct hm_err *err);

/* The values that were given, read and ready; `at[i]` belongs to kind->fields[i]. */
struct hm_values {
    const struct hm_kind *kind;
    struct hm_bytes *at; /* no bytes: not given */
    struct hm_bytes unit;
};
HM_CHECKED enum hm_status hm_values_read(struct hm_author *author,
                                         const struct hm_kind *kind,
                                         const struct hm_field_input *given,
                                         size_t count,
                                         struct hm_values *values,
                                         struct hm_err *err);
struct hm_kind_values hm_values_getter(struct hm_values *values);

/*
 * Hold what was given, with what stands in `loaded` (null: a new record), to the rules of
 * its kind; note what it only warns of. HM_BAD_INPUT: field-rule (field, KIND.RULE)
 */
HM_CHECKED enum hm_status hm_author_check(struct hm_author *author,
                                          const struct hm_values *values,
                                          const struct hm_loaded *loaded,
                                          struct hm_err *err);

/* Write `value` over every head that is known of the register; *id is the change's. */
HM_CHECKED enum hm_status hm_author_settle(struct hm_author *author,
                                           const struct hm_loaded *loaded,
                                           struct hm_bytes reg,
                                           struct hm_bytes value,
                                           struct hm_bytes reason,
                                           struct hm_id *id,
                                           struct hm_err *err);

/* An argument for an error: text with a NUL, cut to fit. */
void hm_author_argument(char text[HM_ERR_ARG_MAX], struct hm_bytes bytes);

/* hm_author_act with an author that lives for it alone, as the server: its key signs. */
HM_CHECKED enum hm_status hm_author_serve(struct hm_store *store,
                                          const struct hm_secret *secret,
                                          enum hm_status (*act)(struct hm_author *author,
                                                                void *ctx,
                                                                struct hm_err *err),
                                          void *ctx,
                                          struct hm_err *err);

#endif
