/* SPDX-License-Identifier: Apache-2.0 */
/* The papers that the law asks for, and which of them the records show already. */
#include <stdio.h>

#include "facts.h"
#include "hamlet/record/catalogues.h"
#include "hamlet/record/dossier.h"
#include "inside.h"

enum { NUMBER_SIZE = 24 };

enum paper_state { PAPER_HERE, PAPER_MISSING, PAPER_NOT_NEEDED, PAPER_OPTIONAL };
static const char *const state_names[] = {"here", "missing", "not_needed", "optional"};

static bool is_true(struct hm_case_unit *unit, const char *source)
{
    struct hm_fact fact;
    return source != NULL && hm_case_fact(unit, source, &fact) && fact.now.value > 0;
}

static enum paper_state look_for(struct hm_case_unit *unit, const struct hm_paper *paper)
{
    if (is_true(unit, paper->source)) {
        return PAPER_HERE;
    }
    if (paper->optional) {
        return PAPER_OPTIONAL;
    }
    bool asked =
        paper->kinds.count == 0 || hm_texts_have(&paper->kinds, hm_text(unit->unit_kind));
    return asked && !is_true(unit, paper->not_if) ? PAPER_MISSING : PAPER_NOT_NEEDED;
}

static void put_paper(struct hm_json_write *out,
                      struct hm_case_unit *unit,
                      const struct hm_paper *paper)
{
    enum hm_lang lang = unit->view->lang;
    hm_json_open(out, '{');
    hm_json_put_text(out, "paper", hm_text(paper->name));
    hm_json_put_text(out, "label", hm_text(hm_label_text(&paper->label, lang)));
    hm_json_put_text(out, "found", hm_text(state_names[look_for(unit, paper)]));
    if (paper->how.vi != NULL) {
        hm_json_put_text(out, "how", hm_text(hm_label_text(&paper->how, lang)));
    }
    hm_json_close(out, '}');
}

void hm_case_dossiers_put(struct hm_json_write *out, struct hm_case_unit *unit)
{
    const struct hm_catalogue *catalogue = unit->catalogue;
    size_t count = unit->excluded.size > 0 ? 0 : catalogue->dossier_count;
    hm_json_key(out, "dossiers");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct hm_dossier *dossier = &catalogue->dossiers[i];
        hm_json_open(out, '{');
        hm_json_put_text(out, "dossier", hm_text(dossier->name));
        hm_json_put_text(out, "label",
                         hm_text(hm_label_text(&dossier->label, unit->view->lang)));
        hm_json_key(out, "papers");
        hm_json_open(out, '[');
        for (size_t k = 0; k < dossier->paper_count; k++) {
            put_paper(out, unit, &dossier->papers[k]);
        }
        hm_json_close(out, ']');
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

/* "Registration: 1 of 2 papers", and a line for each that is missing. */
static void say_dossier(struct hm_case_unit *unit, const struct hm_dossier *dossier)
{
    const struct hm_view *view = unit->view;
    char here[NUMBER_SIZE];
    char asked[NUMBER_SIZE];
    size_t count[PAPER_OPTIONAL + 1] = {0};
    for (size_t i = 0; i < dossier->paper_count; i++) {
        count[look_for(unit, &dossier->papers[i])]++;
    }
    (void)snprintf(here, sizeof(here), "%zu", count[PAPER_HERE]);
    (void)snprintf(asked, sizeof(asked), "%zu", count[PAPER_HERE] + count[PAPER_MISSING]);
    hm_view_say(view, "case.dossier", hm_label_text(&dossier->label, view->lang), here,
                asked);
    for (size_t i = 0; i < dossier->paper_count; i++) {
        const struct hm_paper *paper = &dossier->papers[i];
        if (look_for(unit, paper) == PAPER_MISSING) {
            hm_view_say(view, "case.paper", hm_label_text(&paper->label, view->lang),
                        hm_label_text(&paper->how, view->lang), NULL);
        }
    }
}

void hm_case_dossiers_say(struct hm_case_unit *unit)
{
    size_t count = unit->excluded.size > 0 ? 0 : unit->catalogue->dossier_count;
    for (size_t i = 0; i < count; i++) {
        say_dossier(unit, &unit->catalogue->dossiers[i]);
    }
}
