/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h - what the fields of one record must have to do with each other.
 *
 * Owner:   proto/record/rule.c, load_rule.c; layer 1, pure
 * Threads: a rule is constant once its kind is loaded
 * Source:  which rules there are stands in the kind files; this is what they can say
 *
 * `rules` in a kind file is a list of objects, one rule each. FIELD is a field of the
 * kind, or with `in` a member of that list's items. A rule is not broken where a field
 * that it compares is empty.
 *
 *   name*     unique in the kind
 *   say*      LABEL: the rule as a sentence
 *   since     the version of the kind that has it first, 1 where left out. What was
 *             written under an older version is never judged by it
 *   warn      true: whoever breaks it is told, and nothing is refused
 *   in        FIELD, a list of objects: the rule is about each of its items
 *   if        {"field":FIELD,"is":[V…]}, of an enum or boolean, or
 * {"differ":[FIELD,FIELD]}: the rule is about those records only. An empty field is none
 * of V and does not differ
 *
 * and exactly one of:
 *
 *   at_most   [A,B]: A is not more than B, both numbers, or not later, both dates; of
 *             partly known dates only what both know is compared
 *   sum       [A…]: with "of":B their sum is not more than B; with "equal":B it is B,
 *             once none of them is empty
 *   differ    [A,B]: they are not the same
 *   needs     [A…]: none is empty
 *   letters   [A…], texts: letters, spaces and ' - . only
 *   marks     [A…], texts: where they have several words, at least one mark is among them
 *   case      [A…], texts: not all in capitals, nor all in small letters
 *   between   {"field":D,"of":Y,"from":"MM-DD","to":"MM-DD"}: the date D is not before or
 *             after these days of the year Y
 *
 * WHO JUDGES. The author's door holds a new record to all rules, an edited one to those
 * that name a field which it writes. A server can only judge what one change says by
 * itself: a creation, which says everything, and a rule that stands within one register
 * of any other act. What two people write at once may so break a rule when both are right
 * alone; nothing is refused for that.
 */
#ifndef HAMLET_RECORD_RULE_H
#define HAMLET_RECORD_RULE_H

#include "hamlet/record/kind.h"

enum hm_rule_type {
    HM_RULE_AT_MOST,
    HM_RULE_SUM,
    HM_RULE_DIFFER,
    HM_RULE_NEEDS,
    HM_RULE_LETTERS,
    HM_RULE_MARKS,
    HM_RULE_CASE,
    HM_RULE_BETWEEN,
    HM_RULE_TYPES
};

enum { HM_RULE_DAY_SIZE = 6 }; /* "MM-DD" with its NUL */

struct hm_rule {
    const char *name;
    struct hm_label say;
    enum hm_rule_type type;
    int64_t since;
    bool warn;
    const struct hm_field *in; /* null: about the record's own fields */
    struct hm_field_list fields;
    const struct hm_field *of; /* of a sum its bound, of a date its year */
    bool equal;
    char from[HM_RULE_DAY_SIZE];
    char to[HM_RULE_DAY_SIZE];
    const struct hm_field *only; /* null: not limited to some of its values */
    const char *const *is;
    size_t is_count;
    struct hm_field_list apart; /* two fields that must differ; none */
};

/* Something that a record breaks, or that somebody should look at. */
struct hm_finding {
    const struct hm_rule *rule;   /* null: digits as of a document or a telephone */
    const struct hm_field *field; /* the first that it is about */
    const struct hm_label *say;
    bool warn;
    struct hm_bytes
        offer; /* what the field may be meant to hold; no bytes: nobody knows */
};

/* Whether the rule holds for what `values` gives; *at is the field at fault. */
bool hm_rule_holds(const struct hm_rule *rule,
                   const struct hm_kind_values *values,
                   const struct hm_field **at);

/* Whether the rule is about this field of the record, or about items of it. */
bool hm_rule_names(const struct hm_rule *rule, const struct hm_field *field);

/* Whether all that the rule is about stands in this register. */
bool hm_rule_within(const struct hm_rule *rule, const struct hm_kind_register *reg);

/* Append what a text of `field` may be meant to be, by the rules of its kind. */
void hm_kind_offer(const struct hm_kind *kind,
                   const struct hm_field *field,
                   struct hm_bytes text,
                   struct hm_buf *out);

/*
 * Tell `each` about every rule that a record breaks, and about every text field with a
 * `warn` that holds as many digits together as the kinds call private (shared.json). What
 * is told lasts until `each` returns.
 */
void hm_kind_check(const struct hm_kind *kind,
                   const struct hm_kind_values *values,
                   void (*each)(void *ctx, const struct hm_finding *),
                   void *ctx);

#endif
