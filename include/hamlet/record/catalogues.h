/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogues.h - all the standards that a program knows, and which of them a year has.
 *
 * Owner:   proto/record/catalogues.c; layer 1, pure
 * Threads: may be read by several threads while nobody adds
 * Errors:  a failed call leaves the catalogues as they were
 */
#ifndef HAMLET_RECORD_CATALOGUES_H
#define HAMLET_RECORD_CATALOGUES_H

#include "hamlet/base/embed.h"
#include "hamlet/record/case.h"
#include "hamlet/record/catalogue.h"

/* A catalogue's file: the largest of ours has 15 kB. */
#define HM_CATALOGUE_FILE_MAX ((size_t)64 * 1024)

struct hm_catalogues;

/* As hm_kinds_open, of hm_embedded_catalogues; two files of them are facts.json and
 * case.json. */
HM_CHECKED enum hm_status hm_catalogues_open(struct hm_catalogues **catalogues,
                                             const struct hm_embedded *table,
                                             struct hm_err *err);
void hm_catalogues_close(struct hm_catalogues *catalogues); /* does nothing on null */

/*
 * Add one more file, called `name` in errors. An overlay comes after what it extends.
 * HM_BAD_INPUT  it breaks a rule of catalogue.h, its name is there already, or an overlay
 *               names a criterion that is
 */
HM_CHECKED enum hm_status hm_catalogues_add(struct hm_catalogues *catalogues,
                                            struct hm_bytes json,
                                            const char *name,
                                            struct hm_err *err);

size_t hm_catalogues_count(const struct hm_catalogues *catalogues);
const struct hm_catalogue *hm_catalogues_at(const struct hm_catalogues *catalogues,
                                            size_t index);
/* Null: no such catalogue. */
const struct hm_catalogue *hm_catalogues_find(const struct hm_catalogues *catalogues,
                                              struct hm_bytes name);
const struct hm_facts *hm_catalogues_facts(const struct hm_catalogues *catalogues);
const struct hm_case_table *hm_catalogues_case(const struct hm_catalogues *catalogues);

/*
 * The catalogue by which a unit of this kind is judged in `year`: the one in force when
 * the window of that year ends, whatever day it is today. Null: there is none.
 */
const struct hm_catalogue *hm_catalogue_of(const struct hm_catalogues *catalogues,
                                           const char *purpose,
                                           int year,
                                           const char *unit_kind);

/* The criteria of a kind of unit; null: the catalogue does not judge such units. */
const struct hm_criteria *hm_catalogue_criteria(const struct hm_catalogue *catalogue,
                                                const char *unit_kind);

/* The window of a kind of unit, else that of any; null: it has none. */
const struct hm_span *hm_catalogue_window(const struct hm_catalogue *catalogue,
                                          const char *unit_kind);

/* Whether an overlay is in force when this window of the catalogue it extends ends. */
bool hm_catalogue_holds(const struct hm_catalogue *overlay,
                        const struct hm_span *window,
                        int year);

/* Whether a unit of this kind is not covered for this reason; none: it is. */
bool hm_catalogue_excludes(const struct hm_catalogue *catalogue,
                           const char *unit_kind,
                           struct hm_bytes reason);

/* The level that stands for a kind of unit on a day ("2026-03-05"); null: none. */
const struct hm_level *hm_catalogue_level(const struct hm_catalogue *catalogue,
                                          const char *unit_kind,
                                          const char *day);

#endif
