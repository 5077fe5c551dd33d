/* SPDX-License-Identifier: Apache-2.0 */
/*
 * duplicate.h - whether two records of a kind look like one.
 *
 * Owner:   proto/record/duplicate.c; layer 1, pure
 * Threads: anything here may be called from any thread
 * Errors:  none; what it needs is in the buffers and keys that it is given
 *
 * A kind says in its file which fields take part (`duplicates`, kind.h). The ladder:
 *
 *   certain   the name is spelt the same, and a field of `certain` is equal
 *   probable  the name has the same tone key (text/key.h), and a field of `certain` or
 *             `probable` is equal by tone key
 *   possible  the name is the same when folded (text/fold.h), and so is such a field:
 *             for a list, never for anything that is done
 *
 * Where a field of `apart` is filled in both and differs, they are one step further from
 * each other: that is how people tell namesakes apart. Names that only fold alike are
 * different names, of people who live side by side.
 */
#ifndef HAMLET_RECORD_DUPLICATE_H
#define HAMLET_RECORD_DUPLICATE_H

#include "hamlet/record/kind.h"

enum hm_duplicate_level {
    HM_DUPLICATE_NONE,
    HM_DUPLICATE_POSSIBLE,
    HM_DUPLICATE_PROBABLE,
    HM_DUPLICATE_CERTAIN
};

/* How two texts are the same. */
enum hm_duplicate_match {
    HM_DUPLICATE_NOT,
    HM_DUPLICATE_FOLD,
    HM_DUPLICATE_TONE,
    HM_DUPLICATE_EXACT
};

struct hm_duplicate {
    enum hm_duplicate_level level;
    enum hm_duplicate_match name;
    const struct hm_field *same;  /* the field that bears it out; null: none */
    const struct hm_field *apart; /* the field that speaks against it; null: none */
};

/* "certain", "probable", "possible"; "exact", "tone", "fold": both are contract. */
const char *hm_duplicate_level_name(enum hm_duplicate_level level);
const char *hm_duplicate_match_name(enum hm_duplicate_match match);

/*
 * A field of a record as it is compared. A text has its two keys, made once: a namesake
 * is compared with all others. Everything is the caller's.
 */
struct hm_duplicate_value {
    struct hm_bytes value; /* canonical; no bytes, or null: not filled in */
    struct hm_bytes tone;
    struct hm_bytes fold;
};

/* Append the key of a text by which it is HM_DUPLICATE_TONE or _FOLD; no other has one.
 */
void hm_duplicate_value_key(struct hm_buf *out,
                            const struct hm_field *field,
                            struct hm_bytes value,
                            enum hm_duplicate_match match);

/* A record's fields; never null. */
struct hm_duplicate_values {
    const struct hm_duplicate_value *(*get)(void *ctx, const struct hm_field *field);
    void *ctx;
};

/* Judge two records of `kind`, which has `duplicates`. No matter which is which. */
struct hm_duplicate hm_duplicate_judge(const struct hm_kind *kind,
                                       const struct hm_duplicate_values *a,
                                       const struct hm_duplicate_values *b);

/*
 * Append the key that all duplicates of a record share: those of another key need no
 * look. Nothing where the record has no name.
 */
void hm_duplicate_key(struct hm_buf *out,
                      const struct hm_kind *kind,
                      struct hm_bytes name);

#endif
