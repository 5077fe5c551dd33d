/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - what the records of a store say about a unit's year.
 *
 * Private to the module. Which records say what stands in catalogues/facts.json. What a
 * unit has are the records of its own home and of the units that were merged into it.
 */
#ifndef HAMLET_API_FACTS_H
#define HAMLET_API_FACTS_H

#include "hamlet/record/catalogues.h"
#include "hamlet/record/evaluate.h"
#include "inside.h"

enum { HM_FACTS_DAY_SIZE = 16, HM_CASE_DATE_SIZE = 11, HM_CASE_BLOCKS_MAX = 16 };

/* below.c: every unit that has one above it, read once for all who ask. All zero: not
 * yet. */
struct hm_case_tree {
    struct hm_case_place *first;
    bool read;
    struct hm_arena arena;
};
void hm_case_tree_init(struct hm_case_tree *tree);
void hm_case_tree_fini(struct hm_case_tree *tree);

struct hm_case_unit {
    const struct hm_view *view;
    struct hm_case_tree *tree; /* null: read for each question */
    const struct hm_catalogues *catalogues;
    struct hm_arena *arena;
    struct hm_bytes unit;
    const char *unit_kind;
    int year;
    const struct hm_catalogue *catalogue;
    const struct hm_span *window;
    char last_day[HM_FACTS_DAY_SIZE]; /* of the window */
    bool ended;                       /* in that year */
    struct hm_bytes excluded; /* why the catalogue does not cover it; no bytes: it does */
    enum hm_status status;    /* of a look-up that failed inside a callback */
    struct hm_err *err;
};

/*
 * The unit, what kind it is, and by which catalogue its year is judged.
 * HM_BAD_INPUT  no such unit, one of no kind that a catalogue knows, or no catalogue
 */
HM_CHECKED enum hm_status hm_case_unit_find(struct hm_case_unit *made,
                                            const char *unit,
                                            const char *purpose,
                                            struct hm_err *err);

/* For hm_evidence: `ctx` is the unit. A failure is kept in its status. */
bool hm_case_fact(void *ctx, const char *source, struct hm_fact *fact);

/* A text, or a truth as a word, of a record's JSON; no bytes: it has none. */
struct hm_bytes hm_case_text(const struct hm_json *fields, const char *name);

/*
 * Call `each` for the records of a kind that `home` has in the unit's year and that fit
 * the query; `fields` is JSON, or null unless `each` or the query `reads` them. False
 * from `each` ends it.
 */
HM_CHECKED enum hm_status hm_case_records(struct hm_case_unit *unit,
                                          struct hm_bytes home,
                                          const struct hm_query *query,
                                          bool reads,
                                          bool (*each)(void *ctx,
                                                       const struct hm_listed *record,
                                                       const struct hm_json *fields),
                                          void *ctx,
                                          struct hm_err *err);

/*
 * How many units there are under the unit's authority that the catalogue covers, or,
 * where the query names a kind, how many of them have such a record.
 */
HM_CHECKED enum hm_status hm_case_below(struct hm_case_unit *unit,
                                        const struct hm_query *query,
                                        struct hm_fact *fact,
                                        struct hm_err *err);

/*
 * dossier.c: the papers that the catalogue asks the unit for in its year, and which of
 * them records show; nothing where it is not covered. A failure is kept in its status.
 */
void hm_case_dossiers_put(struct hm_json_write *out, struct hm_case_unit *unit);
void hm_case_dossiers_say(struct hm_case_unit *unit);

HM_CHECKED enum hm_status hm_case_parse(struct hm_json **fields,
                                        struct hm_bytes text,
                                        struct hm_err *err);

/* The criteria of the year, with those of overlays, and what became of each. */
struct hm_judged {
    struct hm_case_unit *unit; /* found already */
    const char *stage;
    const struct hm_criteria *blocks[HM_CASE_BLOCKS_MAX];
    const struct hm_catalogue *sources[HM_CASE_BLOCKS_MAX]; /* of each block */
    size_t block_count;
    const struct hm_json *answers; /* instead of what is recorded; null: that */
    struct hm_evaluation made;
};
HM_CHECKED enum hm_status hm_case_judge(struct hm_judged *judged,
                                        const char *stage,
                                        struct hm_err *err);

/* Whether something occurred that must not, by what the unit answered of its year. */
HM_CHECKED enum hm_status hm_case_ruled_out(struct hm_case_unit *unit,
                                            bool *ruled_out,
                                            struct hm_err *err);

/*
 * What people answered at a stage ("" or null: the first of the kind's), or `given` in
 * its place, a list.
 */
HM_CHECKED enum hm_status hm_case_answers(struct hm_case_unit *unit,
                                          const char *stage,
                                          const struct hm_json *given,
                                          const char **chosen,
                                          const struct hm_answer **answers,
                                          size_t *count,
                                          struct hm_err *err);

#endif
