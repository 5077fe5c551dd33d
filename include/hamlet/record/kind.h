/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kind.h - what a record of one kind may be, read from the kind's file.
 *
 * Owner:   proto/record/kind.c, kind_list.c; layer 1, pure
 * Threads: a kind is constant once it is loaded
 * Memory:  everything in a kind lives as long as the hm_kinds that it was loaded into
 *
 * THE KIND FILE (proto/kinds/NAME.json, or added at run time) is one JSON object. Every
 * attribute is named here; any other is refused. `*`: must be there. Names are lower-case
 * ASCII letters, digits and `_`, a letter first, at most 40. FIELD is the name of one of
 * `fields`, LABEL is {"vi":text,"en":text}, both not empty.
 *
 *   kind*     the name; it is hashed into record ids and never changes
 *   version*  from 1; rises with every added field, register or member; nothing that is
 *             there is ever regrouped, renamed or retyped
 *   label*    LABEL
 *   registry  true: its records live in the registry, not in a unit's bucket
 *   aggregate true: it holds counts that must never lead to a person: no field refers to
 *             a kind about persons (`person`, or that refers to one) or is a drawing
 *   key       [FIELD…]: the natural key beside home and kind: always required, never
 *             changed, no registers, of a type of one value; no text begins with `~`
 *   home      FIELD of type ref: where no unit is named, a new record has its home
 *   of_year   FIELD: the year of a record, or a date in it, for reports
 *   tree      this kind, one at most, is the tree of units (tree.h)
 *   fields*   [field…], at least one, at most 120, in the order of the form
 *   groups    {NAME:[FIELD…]}: two or more that move together, of one group, no keys
 *   rules     [rule…]: what fields must have to do with each other (record/rule.h)
 *   policies  {REGISTER: policy}: manual; max, min of a number or date; union of a set
 *             or list; prefer-authority
 *   order     [FIELD…]: how lists are sorted; person: true: the first by its given name
 *   search    [FIELD…]: what a search looks through
 *   duplicates {"name": FIELD of type text, "certain", "probable", "apart": [FIELD…],
 *             "not": FIELD}: which look like one (record/duplicate.h). `name` and one of
 *             `certain` and `probable` must be there; `not` is a list of refs to its kind
 *   columns   [FIELD…]: what lists and exports show; without it all, in order
 *   separate  FIELD of the key, an enum: record/separate.h; retain: record/retain.h
 *   reasons   as `values` of an enum: why a conflict may be decided so, to choose from
 *   talk      true: its records are what people of two levels ask and answer each other
 *   roles*    {ROLE:[ACT…]}: who may do what; a role not named, nothing. Acts: create
 *             edit delete resolve merge withdraw erase; `policy` is the server's alone
 *   when      [{"field":FIELD,"value":V,"roles":{…}}…]: for a record whose key field (an
 *             enum) holds V these rights hold instead; the first that fits
 * A field is an object:
 *   name*     not `id` and not `unit`, which stand for the record and its home
 *   type*     see below
 *   label*    LABEL; help, warn: LABEL, a line below the input, and what not to write
 *   also      [text…]: other headings that columns of tables have for it
 *   required  true: a record is not created without it, and it is never cleared
 *   write     [ROLE…]: only these create or edit it. Not for keys or members of groups
 *
 *   type          value (PROTOCOL.md 2.4)    attributes of its own
 *   text          text                       max*: characters, at most 8000; lines: it
 *                                            may hold line ends; width: a code of so many
 *                                            digits, at most 20, that programs which take
 *                                            it for a number strip of its zeros
 *   integer       integer                    min*, max*; plain: shown without points
 *   boolean       true, false                values: its two words instead of the shared
 *   date          text "2026-03-05"          years 1800 to 2199
 *   partial_date  also "2026-03", "2026"
 *   enum          text, one of its values    values*: [{"value":NAME,"label":LABEL,
 *                                            "also":[text…]}…]; also: read, never shown
 *   set           list of values of an       values*: at most 64
 *                 enum, ascending, distinct
 *   list          list of items              max*: items, at most 1000; item*: a field
 *                                            with no words, name, required, write
 *   object        object, only as an item    fields*: its members, at most 40
 *   ref           text, 32 hex: a record id  kind*: of that record
 *   strokes       text: strokes.h            max*: bytes, at most 32000
 *
 * Items and members hold one value, but for an item that is an object. Members that a
 * kind does not know are let through, so that a newer version's pass.
 *
 * `shared.json`, which belongs to no kind, holds {"shared":{"boolean":[two values, "true"
 * and "false"],"date":[words that may stand in a date],"strokes":LABEL,"private":{"runs":
 * [how many digits together a text with `warn` is warned about],"say":LABEL,"names":
 * [words of names that no field may have],"words":[words of labels that none may have]},
 * "ordinal":[headings of columns that number the rows],"sums":[words that a row of sums
 * begins with],"reasons":[of kinds without own ones]}}.
 */
#ifndef HAMLET_RECORD_KIND_H
#define HAMLET_RECORD_KIND_H

#include "hamlet/base/hash.h"
#include "hamlet/model/change.h"
#include "hamlet/record/field.h"
#include "hamlet/record/role.h"
#include "hamlet/record/tree.h"

enum { HM_KIND_FIELDS_MAX = 120 };
#define HM_KIND_POLICY_MAP(X)                                                            \
    X(MANUAL, "manual")                                                                  \
    X(MAX, "max")                                                                        \
    X(MIN, "min")                                                                        \
    X(UNION, "union")                                                                    \
    X(PREFER_AUTHORITY, "prefer-authority")

enum hm_kind_policy {
#define HM_KIND_POLICY_ENUM(name, text) HM_KIND_POLICY_##name,
    HM_KIND_POLICY_MAP(HM_KIND_POLICY_ENUM)
#undef HM_KIND_POLICY_ENUM
};

/* A field alone, or a group: then its value is an object of the members not cleared. */
struct hm_kind_register {
    const char *name;
    bool group;
    enum hm_kind_policy policy;
    struct hm_field_list fields;
};

struct hm_kind_duplicates {
    const struct hm_field *name;
    struct hm_field_list certain;
    struct hm_field_list probable;
    struct hm_field_list apart;
    const struct hm_field *other; /* `not`; may be null */
};

struct hm_kind_rights {
    const struct hm_field *field; /* null: all records that no other fits */
    struct hm_bytes value;        /* of that key field */
    uint16_t acts[HM_ROLE_COUNT]; /* bit 1 << enum hm_act */
};

struct hm_kind {
    const char *name;
    int64_t version;
    struct hm_label label;
    bool registry;
    bool person;
    bool aggregate;
    bool talk;
    const struct hm_kind_tree *tree; /* null: not the tree of units */
    const struct hm_field *home;     /* null: the home is named, or the device's */
    const struct hm_field *separate; /* null: one person may write all of them */
    const struct hm_field *year;     /* null: its records are of no year */
    const struct hm_field *fields;
    size_t field_count;
    const struct hm_kind_register *registers; /* in the order of their first fields */
    size_t register_count;
    struct hm_field_list key;
    struct hm_field_list order;
    struct hm_field_list search;
    const struct hm_kind_duplicates *duplicates; /* null: none are looked for */
    const struct hm_kind_retain *retain;         /* null: for ever */
    struct hm_field_list columns;
    const struct hm_kind_rights *rights; /* the last has no field */
    size_t right_count;
    const struct hm_rule *rules;
    size_t rule_count;
    struct hm_choices reasons; /* none: the shared ones */
};
/* Null: there is none of that name. */
const struct hm_field *hm_kind_field(const struct hm_kind *kind, struct hm_bytes name);
const struct hm_kind_register *hm_kind_register(const struct hm_kind *kind,
                                                struct hm_bytes name);
/*
 * Whether `role` may do `act` to a record with these key values, writing `reg` (no bytes:
 * anything). Of key values that are left out: only what it may whatever they are.
 */
bool hm_kind_may(const struct hm_kind *kind,
                 enum hm_role role,
                 enum hm_act act,
                 struct hm_bytes reg,
                 const struct hm_key_field *key,
                 size_t key_count);
/* Gives the value of a field as it is shown; no bytes or null where there is none. */
struct hm_kind_values {
    struct hm_bytes (*get)(void *ctx, const struct hm_field *field);
    void *ctx;
};
/* Append what memcmp sorts records by; an empty field comes last. */
void hm_kind_sort_key(struct hm_buf *out,
                      const struct hm_kind *kind,
                      const struct hm_kind_values *values);
/* The year of which a record is; 0: of none. */
int64_t hm_kind_year(const struct hm_kind *kind, const struct hm_kind_values *values);
/* Append what a search looks through: folded (hamlet/text/fold.h), one field a line. */
void hm_kind_fold(struct hm_buf *out,
                  const struct hm_kind *kind,
                  const struct hm_kind_values *values);

#endif
