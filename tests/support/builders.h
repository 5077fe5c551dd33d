/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builders.h - changes made by hand: what other replicas, honest or not, might write.
 *
 * Owner:  the test; what is made lives as long as the maker
 * Errors: a helper that fails ends the test
 *
 * A maker is one author: change who, where and what between two changes as you like. Each
 * change gets a key of its own and a later time than the one before.
 *
 *     struct hm_change *x = hm_make(&lan, HM_ACT_CREATE, NULL);
 *     hm_make_text(x, &lan, "head_name", "Út", 0);
 *     hm_make_seal(x, &lan);
 *     struct hm_change *y = hm_make(&hung, HM_ACT_EDIT, &x->record);
 *     hm_make_text(y, &hung, "head_name", "Úc", 1, x);
 *     hm_make_seal(y, &hung);
 */
#ifndef TESTS_SUPPORT_BUILDERS_H
#define TESTS_SUPPORT_BUILDERS_H

#include "hamlet/model/change.h"
#include "hamlet/model/page.h"

enum { HM_MAKE_WRITES = 16, HM_MAKE_OVER = 16 };

struct hm_maker {
    struct hm_arena *arena;
    struct hm_id district;
    struct hm_id device;
    struct hm_id user;
    struct hm_id bulk;
    const char *role;
    const char *home;
    const char *kind;
    uint32_t kind_version;
    int64_t time_ms;
    uint64_t made; /* the next key */
};

/* Device and user are told apart by `who`; a recorder in one hamlet, household records.
 */
void hm_maker_init(struct hm_maker *maker, struct hm_arena *arena, uint8_t who);

/* An id that is `byte` throughout. */
struct hm_id hm_make_id(uint8_t byte);

/* `record` null: it takes the change's id. A create writes ~live true when it is sealed.
 */
struct hm_change *hm_make(struct hm_maker *maker,
                          enum hm_act act,
                          const struct hm_id *record);

/* Canonical values out of JSON as it stands, and of plain text. */
struct hm_bytes hm_make_value(struct hm_maker *maker, const char *json);
struct hm_bytes hm_make_plain(struct hm_maker *maker, const char *text);

/*
 * One write; `value` no bytes: withheld. Then `count` changes (`const struct hm_change
 * *`) whose writes of this register it replaces: its depth is one more than theirs.
 */
void hm_make_write(struct hm_change *change,
                   struct hm_maker *maker,
                   const char *reg,
                   struct hm_bytes value,
                   int count,
                   ...);
/* The same with a text. */
void hm_make_text(struct hm_change *change,
                  struct hm_maker *maker,
                  const char *reg,
                  const char *text,
                  int count,
                  ...);
/* A delete's ~live, over `count` changes. */
void hm_make_live(struct hm_change *change,
                  struct hm_maker *maker,
                  bool alive,
                  int count,
                  ...);
/* `seen` gains `count` changes. */
void hm_make_seen(struct hm_change *change, struct hm_maker *maker, int count, ...);
void hm_make_name(struct hm_change *change, struct hm_maker *maker, struct hm_id name);

/* Put in order and seal; it must be valid. */
void hm_make_seal(struct hm_change *change, struct hm_maker *maker);

/* The change as those get it who may not see values. */
struct hm_change *hm_make_skeleton(struct hm_maker *maker,
                                   const struct hm_change *change);

/* A page of the changes, which are of one device and home, signed. */
struct hm_page hm_make_page(struct hm_maker *maker,
                            const struct hm_change *const *changes,
                            size_t count,
                            uint64_t seq,
                            const struct hm_digest *head_before,
                            const struct hm_secret *secret);

#endif
