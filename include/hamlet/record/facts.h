/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - where the numbers that criteria speak of stand in records.
 *
 * Owner:   proto/record/facts.c; layer 1, pure
 * Threads: constant once loaded
 *
 * THE FILE (proto/catalogues/facts.json) is what ties catalogues to kinds, so that
 * neither knows the other and C knows neither:
 *
 *   facts*      {NAME:[QUERY…]}: the first query that finds a record says it
 *   answered*   where people's answers stand: {"kind","of_year","at_stage","list","id",
 *               "says","pass","fail","na","unknown","counted","among","now","before",
 *               "points","mitigated","mark","reason"}: KIND, its key fields of year and
 *               stage, the list, and its members; from `pass` to `unknown` what it `says`
 *   unit_kinds* [{"kind","levels":[…],"types":[…]}…]: what a unit of such a level or type
 *               is to a catalogue; the first that fits
 *
 * A QUERY: do*, kind*, of_year (a field that holds the year), year_of (a date in it),
 * where
 * ([{"field","is":[V…],"or_empty"}…]), filled ([FIELD…]: one of them is not empty),
 * unless (a QUERY: a record does not count where that finds one with the same values of
 * `same`, [FIELD…]), and
 *
 *   count                 how many such records the unit has
 *   sum     field*        of this field, of all of them
 *   take    field*, before   of the first that has it; with what stood in the year before
 *   exists                whether there is one
 *   below   unit_kinds*   how many open units of these kinds, covered by the catalogue,
 *                         are under its authority; with `kind`, how many of them have
 *                         such a record
 */
#ifndef HAMLET_RECORD_FACTS_H
#define HAMLET_RECORD_FACTS_H

#include "hamlet/record/catalogue.h"

enum hm_query_type {
    HM_QUERY_COUNT,
    HM_QUERY_SUM,
    HM_QUERY_TAKE,
    HM_QUERY_EXISTS,
    HM_QUERY_BELOW,
    HM_QUERY_TYPES
};

struct hm_query_where {
    const char *field;
    struct hm_texts is;
    bool or_empty;
};

struct hm_query {
    enum hm_query_type type;
    const char *kind; /* null: units alone are counted */
    const char *year;
    const char *year_of;
    const struct hm_query_where *where;
    size_t where_count;
    struct hm_texts filled;
    const char *field;
    const char *before;
    struct hm_texts unit_kinds;
    const struct hm_query *unless; /* null: nothing takes a record back */
    struct hm_texts same;
};

struct hm_fact_source {
    const char *name;
    const struct hm_query *queries;
    size_t count;
};

/* Members of `answers`, in the order of the list above. */
enum hm_answer_part {
    HM_ANSWER_KIND,
    HM_ANSWER_YEAR,
    HM_ANSWER_STAGE,
    HM_ANSWER_LIST,
    HM_ANSWER_ID,
    HM_ANSWER_VERDICT,
    HM_ANSWER_PASS,
    HM_ANSWER_FAIL,
    HM_ANSWER_NA,
    HM_ANSWER_UNKNOWN,
    HM_ANSWER_PART,
    HM_ANSWER_WHOLE,
    HM_ANSWER_NOW,
    HM_ANSWER_BEFORE,
    HM_ANSWER_SCORE,
    HM_ANSWER_MITIGATED,
    HM_ANSWER_GRADE,
    HM_ANSWER_REASON,
    HM_ANSWER_PARTS
};

struct hm_unit_kind {
    const char *kind;
    struct hm_texts levels;
    struct hm_texts types;
};

struct hm_facts {
    const struct hm_fact_source *sources;
    size_t source_count;
    const char *answers[HM_ANSWER_PARTS];
    const struct hm_unit_kind *unit_kinds;
    size_t unit_kind_count;
};

/* Null: there is none of that name. */
const struct hm_fact_source *hm_facts_find(const struct hm_facts *facts,
                                           const char *name);

/* What a unit of this level and type is to a catalogue; null: nothing. */
const char *hm_facts_unit_kind(const struct hm_facts *facts,
                               struct hm_bytes level,
                               struct hm_bytes type);

/* Whether more must be read of a record than its kind and its year (`year`). */
bool hm_query_reads(const struct hm_query *query);

/* Whether a record's fields, a JSON object, are of that year and fit all of the query. */
bool hm_query_fits(const struct hm_query *query, const struct hm_json *fields, int year);

bool hm_texts_have(const struct hm_texts *texts, struct hm_bytes text);

#endif
