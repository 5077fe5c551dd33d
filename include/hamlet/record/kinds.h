/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds.h - all the kinds that a program knows.
 *
 * Owner:   proto/record/kinds.c; layer 1, pure
 * Threads: may be read by several threads while nobody adds
 * Errors:  a failed call leaves the kinds as they were
 */
#ifndef HAMLET_RECORD_KINDS_H
#define HAMLET_RECORD_KINDS_H

#include "hamlet/base/embed.h"
#include "hamlet/record/kind.h"

/* A kind's file: the largest of ours has 5 kB. */
#define HM_KIND_FILE_MAX ((size_t)64 * 1024)

struct hm_kinds;

/*
 * Load every file of `table` (hm_embedded_kinds); null: none. The caller's
 * (hm_kinds_close). HM_BAD_INPUT: a file breaks a rule of kind.h, which is a bug where
 * the files are our own; the error names file, field and rule.
 */
HM_CHECKED enum hm_status hm_kinds_open(struct hm_kinds **kinds,
                                        const struct hm_embedded *table,
                                        struct hm_err *err);
void hm_kinds_close(struct hm_kinds *kinds); /* does nothing on null */

/*
 * Add one more file, called `name` in errors. `json` stays the caller's. Kinds that were
 * handed out before stay where they are.
 * HM_BAD_INPUT  it breaks a rule, or its kind is there already
 * HM_TOO_BIG    it is over HM_KIND_FILE_MAX
 */
HM_CHECKED enum hm_status hm_kinds_add(struct hm_kinds *kinds,
                                       struct hm_bytes json,
                                       const char *name,
                                       struct hm_err *err);

/* Null: no such kind. */
const struct hm_kind *hm_kinds_find(const struct hm_kinds *kinds, struct hm_bytes name);

/* In ascending order of name, whatever order they were added in. */
size_t hm_kinds_count(const struct hm_kinds *kinds);
const struct hm_kind *hm_kinds_at(const struct hm_kinds *kinds, size_t index);

/*
 * Of the files as they were added, in that order: another digest, and what was derived
 * from records with the kinds as they were may have to be derived anew.
 */
struct hm_digest hm_kinds_digest(const struct hm_kinds *kinds);

/* Whether it is a kind about persons, or leads to one through what it refers to. */
bool hm_kinds_about_person(const struct hm_kinds *kinds, const struct hm_kind *kind);

/* The kind that is the tree of units; null if none of these is. */
const struct hm_kind *hm_kinds_tree(const struct hm_kinds *kinds);

#endif
