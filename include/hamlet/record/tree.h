/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - where in the tree of units each fact about a unit stands.
 *
 * Owner:   proto/record/load_kind.c, tree.c; layer 1, pure
 * Threads: constant once the kind is loaded
 *
 * The kind that is the tree says in its file (kind.h): {NAME: FIELD} of `struct
 * hm_kind_tree`, of which those from `into` on may miss; `code` is the key. Beside them
 *
 *   widths    {SYSTEM: {LEVEL: digits}}: how long codes of such a system are at a level,
 *             so that the zeros which a spreadsheet cut off can be put back
 */
#ifndef HAMLET_RECORD_TREE_H
#define HAMLET_RECORD_TREE_H

#include "hamlet/record/field.h"

struct hm_kind_width {
    const char *system;
    const char *level;
    size_t digits;
};

struct hm_kind_tree {
    const struct hm_field *code;
    const struct hm_field *parent;
    const struct hm_field *level;
    const struct hm_field *type;
    const struct hm_field *name;
    const struct hm_field *from;
    const struct hm_field *to;
    const struct hm_field *into;      /* what it became part of; from here on: or null */
    const struct hm_field *system;    /* whose code it is */
    const struct hm_field *versions;  /* what it was: objects with such members */
    const struct hm_field *authority; /* the code of whose it is, if not the parent's */
    const struct hm_field *excluded;  /* why no standard covers it */
    const struct hm_kind_width *widths;
    size_t width_count;
};

enum { HM_TREE_CODE_MAX = 40 };

/* Whether a code is of digits alone, which a spreadsheet takes for a number. */
bool hm_tree_is_number(struct hm_bytes code);

/*
 * What such a code may have been before the zeros at its front were cut off, by the
 * lengths that the tree knows: the next one that is longer than `*width`, which is then
 * its length. False: there is none.
 */
bool hm_tree_code_was(const struct hm_kind_tree *tree,
                      struct hm_bytes code,
                      size_t *width,
                      uint8_t was[HM_TREE_CODE_MAX]);

#endif
