/* SPDX-License-Identifier: Apache-2.0 */
/* erasing.h - an erasure while it is written: what it names, and how much it may. */
#ifndef HAMLET_AUTHOR_ERASING_H
#define HAMLET_AUTHOR_ERASING_H

#include "hamlet/author/erase.h"
#include "inside.h"

/*
 * Writes that one erasure names, all registers and reasons together: as many as one value
 * of the registry's list holds (PROTOCOL.md 5.1), and so it can say all of them.
 */
enum { HM_ERASE_NAMES_MAX = 2048 };

struct hm_erasing {
    struct hm_author *author;
    const struct hm_loaded *loaded;
    const struct hm_kind_register **at; /* that are named */
    size_t count;
    bool reasons; /* ~why is named: all of them */
    size_t room;  /* so many writes may be named yet */
    bool more;    /* than there is room for */
};

/* Let `write` name these, in order, as far as there is room. */
void hm_erasing_name(struct hm_erasing *e,
                     struct hm_write *write,
                     hm_prefix *prefixes,
                     size_t count);

/* Let `why` name the changes whose reasons go with what is named. */
HM_CHECKED enum hm_status hm_erasing_reasons(struct hm_erasing *e,
                                             struct hm_write *why,
                                             struct hm_err *err);

#endif
