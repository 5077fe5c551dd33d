/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.h - one field of a kind: what its value may be, how people write and read it.
 *
 * Owner:   proto/record/field_*.c; layer 1, pure
 * Threads: a field is constant once its kind is loaded
 * Errors:  name the field and what was expected; a failed call leaves `out` as it was.
 *          They never hold what was typed: errors are shown on screens and kept in lists
 *
 * Values are canonical bytes (hamlet/model/value.h). The types, with what each value
 * looks like, stand in kind.h.
 */
#ifndef HAMLET_RECORD_FIELD_H
#define HAMLET_RECORD_FIELD_H

#include "hamlet/base/buf.h"
#include "hamlet/base/json.h"
#include "hamlet/text/words.h"

#define HM_FIELD_TYPE_MAP(X)                                                             \
    X(TEXT, text)                                                                        \
    X(INTEGER, integer)                                                                  \
    X(BOOLEAN, boolean)                                                                  \
    X(DATE, date)                                                                        \
    X(PARTIAL_DATE, partial_date)                                                        \
    X(ENUM, enum)                                                                        \
    X(SET, set)                                                                          \
    X(LIST, list)                                                                        \
    X(OBJECT, object)                                                                    \
    X(REF, ref)                                                                          \
    X(STROKES, strokes)

/* Values that a set can choose from. */
enum { HM_FIELD_SET_MAX = 64 };

enum hm_field_type {
#define HM_FIELD_TYPE_ENUM(name, text) HM_FIELD_TYPE_##name,
    HM_FIELD_TYPE_MAP(HM_FIELD_TYPE_ENUM)
#undef HM_FIELD_TYPE_ENUM
        HM_FIELD_TYPE_COUNT
};

struct hm_label {
    const char *vi;
    const char *en;
};

struct hm_choice {
    const char *value;
    struct hm_label label;
    const char *const *also;
    size_t also_count;
};

struct hm_choices {
    const struct hm_choice *at;
    size_t count;
};

/* What the fields of all kinds have in common: shared.json. */
struct hm_field_shared {
    struct hm_choices boolean;
    const char *const *date_words;
    size_t date_word_count;
    struct hm_label strokes;
    struct hm_choices
        reasons;         /* why a conflict is decided so; of kinds without own ones */
    const uint8_t *runs; /* how many digits together are private */
    size_t run_count;
    struct hm_label private_say;
    const char *const *private_names; /* of fields that no kind has, words of labels */
    size_t private_name_count;
    const char *const *private_words;
    size_t private_word_count;
    const char *const *ordinal_words; /* of tables: what numbers the rows */
    size_t ordinal_word_count;
    const char *const *total_words; /* what a row of sums begins with */
    size_t total_word_count;
};

struct hm_field;
struct hm_kind_register;

struct hm_field_list {
    const struct hm_field *const *at;
    size_t count;
};

struct hm_field {
    const char *name; /* of an item: that of its list */
    enum hm_field_type type;
    bool required;
    bool key;
    bool lines;
    bool plain;
    uint16_t writers; /* bit 1 << enum hm_role; 0: all who may write the record */
    int64_t min;
    int64_t max;
    struct hm_label label; /* of an item: null */
    struct hm_label help;  /* null: there is none */
    struct hm_label warn;
    const char *const *also; /* headings of columns */
    size_t also_count;
    size_t width; /* digits of a code; 0: it is none */
    struct hm_choices choices;
    const char *ref;                    /* the kind of the record that a ref names */
    const struct hm_field *item;        /* of a list */
    struct hm_field_list members;       /* of an object */
    const struct hm_kind_register *reg; /* null: a key field, an item or a member */
    const struct hm_field_shared *shared;
};

const char *hm_field_type_name(enum hm_field_type type);
const char *hm_label_text(const struct hm_label *label, enum hm_lang lang);

/* Null: there is none of that name. */
const struct hm_field *hm_field_list_find(const struct hm_field_list *fields,
                                          struct hm_bytes name);

/* Null: the value is none of them. */
const struct hm_choice *hm_choices_find(const struct hm_choices *choices,
                                        struct hm_bytes value);

/*
 * Append the canonical value of what a person typed or a table holds. Nothing but spaces
 * is null, the cleared value. Text is normalised. Read is what hm_field_write writes,
 * and:
 *
 *   integer   1157, 007 and 1.157, the point only between groups of three; never 1,5
 *   date      5/3/2026, 05.03.2026, 05-03-2026, 2026-03-05, and with the shared words
 *             between: always the day first, the year always with four digits. A time of
 *             day after it (", 10:25") is dropped
 *   partial   also 3/2026, 2026-03, 2026
 *   enum      a value, a label or an alias, in either language, without regard to case
 *             and marks, if that names one value only; boolean: so too
 *   set       such words between `,` or `;`; or JSON
 *   list      JSON
 *   strokes   the text, or points in JSON
 *
 * HM_BAD_INPUT  field-TYPE (field, of enums the values) · field-range (field, min, max) ·
 *               field-long (field, length, max); in JSON also field-required and
 *               field-unknown (member, field) and what hm_json_parse refuses
 */
HM_CHECKED enum hm_status hm_field_read(const struct hm_field *field,
                                        struct hm_bytes text,
                                        struct hm_buf *out,
                                        struct hm_err *err);

/*
 * As hm_field_read, from JSON. A JSON text is read as if it had been typed, so that a
 * date or an enum may be given as people write it. Sets are put in order, empty members
 * and items left out, an empty list is null.
 */
HM_CHECKED enum hm_status hm_field_read_json(const struct hm_field *field,
                                             const struct hm_json *json,
                                             struct hm_buf *out,
                                             struct hm_err *err);

/*
 * Whether a canonical value (hm_value_valid) that another replica wrote is one of this
 * field, not null, exactly as this module would have written it. Takes no memory.
 */
bool hm_field_valid(const struct hm_field *field, struct hm_bytes value);

/*
 * Append a value as people read it: 05/03/2026, 1.157 (in English 1,157), labels, and of
 * a drawing only that there is one. `value` is valid; null or no bytes append nothing.
 */
void hm_field_show(struct hm_buf *out,
                   const struct hm_field *field,
                   struct hm_bytes value,
                   enum hm_lang lang);

/* As hm_field_show, for files and programs; hm_field_read gives the same value back. */
void hm_field_write(struct hm_buf *out,
                    const struct hm_field *field,
                    struct hm_bytes value);

#endif
