/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_inside.h - what the parts that read catalogues share. */
#ifndef HAMLET_RECORD_CATALOGUE_INSIDE_H
#define HAMLET_RECORD_CATALOGUE_INSIDE_H

#include "hamlet/record/case.h"
#include "load.h"

struct hm_catalogue_load {
    struct hm_load load;
    struct hm_catalogue *made;
    const struct hm_catalogue *base; /* what an overlay extends; else null */
};

/* Names and ids: lower-case letters, digits and `.+-_`. */
bool hm_catalogue_is_id(const char *text);

/* A text that is an id, kept; `who`: what it stands in. */
HM_CHECKED enum hm_status hm_catalogue_id(const struct hm_load *load,
                                          const char **id,
                                          const struct hm_json *json,
                                          const char *who);
HM_CHECKED enum hm_status hm_catalogue_texts(const struct hm_load *load,
                                             struct hm_texts *texts,
                                             const struct hm_json *json,
                                             const char *who);
/* "V", "P" or "U"; null: `other`. */
HM_CHECKED enum hm_status hm_catalogue_verify(const struct hm_load *load,
                                              char *verify,
                                              const struct hm_json *json,
                                              char other,
                                              const char *who);

/* "MM-DD" of `text`. */
bool hm_catalogue_day(char day[6], const char *text);

/* The variables, then the criteria of all kinds of units, which refer to them. */
HM_CHECKED enum hm_status hm_catalogue_load_units(const struct hm_catalogue_load *load,
                                                  const struct hm_json *units);

HM_CHECKED enum hm_status hm_catalogue_load_dossiers(const struct hm_catalogue_load *load,
                                                     const struct hm_json *json);

/* A criterion of that id anywhere in a catalogue; null: none. */
const struct hm_criterion *hm_catalogue_criterion(const struct hm_catalogue *catalogue,
                                                  struct hm_bytes id);

/* Everything but whether the name is there already. */
HM_CHECKED enum hm_status hm_catalogue_read(struct hm_catalogue_load *load,
                                            const struct hm_json *json);

HM_CHECKED enum hm_status hm_queries_read(const struct hm_load *load,
                                          const struct hm_query **queries,
                                          size_t *count,
                                          const struct hm_json *json,
                                          const char *who);
HM_CHECKED enum hm_status hm_case_read(const struct hm_load *load,
                                       struct hm_case_table *table,
                                       const struct hm_json *json);
HM_CHECKED enum hm_status hm_facts_read(const struct hm_load *load,
                                        struct hm_facts *facts,
                                        const struct hm_json *json);

#endif
