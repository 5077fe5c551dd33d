/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dossier.h - the papers that a standard asks for.
 *
 * Owner:   proto/record/catalogue_dossier.c; layer 1, pure
 * Threads: constant once the catalogue is loaded, and as long as it is there
 *
 * A catalogue (catalogue.h) lists them under `dossiers`; whoever hands in less is told,
 * and nothing is stopped by it:
 *
 *   [{"dossier"*: its name, "label"*, "papers"*: [PAPER…]}…]
 *
 * PAPER: paper* (its name) and label*, and
 *
 *   source      the fact (facts.h) that shows it
 *   how         LABEL: what is to be entered for that
 *   kinds       of the units that hand it in; without it all do
 *   not_if      a fact that makes it needless
 *   optional    true: it is never missing; every other has a source and says how
 */
#ifndef HAMLET_RECORD_DOSSIER_H
#define HAMLET_RECORD_DOSSIER_H

#include "hamlet/record/catalogue.h"

struct hm_paper {
    const char *name;
    struct hm_label label;
    struct hm_label how;   /* no texts: none is given */
    struct hm_texts kinds; /* none: of all units */
    const char *source;    /* null: no record shows it */
    const char *not_if;    /* null: nothing makes it needless */
    bool optional;
};

struct hm_dossier {
    const char *name;
    struct hm_label label;
    const struct hm_paper *papers;
    size_t paper_count;
};

#endif
