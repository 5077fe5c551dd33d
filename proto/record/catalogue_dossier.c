/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/dossier.h"

#include "catalogue_inside.h"

enum { PAPER, LABEL, HOW, KINDS, SOURCE, NOT_IF, OPTIONAL, ROWS };
static const struct hm_load_row rows[ROWS] = {
    [PAPER] = {"paper", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [HOW] = {"how", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [KINDS] = {"kinds", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [SOURCE] = {"source", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [NOT_IF] = {"not_if", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [OPTIONAL] = {"optional", HM_JSON_BOOL, HM_LOAD_PART, 0, 0, 0},
};

/* The name of a fact; null: none is given. */
static enum hm_status read_fact(const struct hm_load *load,
                                const char **fact,
                                const struct hm_json *json,
                                const char *who)
{
    *fact = NULL;
    return json == NULL ? HM_OK : hm_catalogue_id(load, fact, json, who);
}

static enum hm_status read_paper(const struct hm_load *load,
                                 struct hm_paper *made,
                                 const struct hm_json *json,
                                 const char *who)
{
    struct hm_load_found found;
    enum hm_status status = hm_load_part(load, &found, rows, ROWS, json, who);
    if (status == HM_OK) {
        made->optional = hm_json_bool_or(found.at[OPTIONAL], false);
        status = hm_catalogue_id(load, &made->name, found.at[PAPER], who);
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &made->label, found.at[LABEL], made->name);
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &made->how, found.at[HOW], made->name);
    }
    if (status == HM_OK && found.at[KINDS] != NULL) {
        status = hm_catalogue_texts(load, &made->kinds, found.at[KINDS], made->name);
    }
    if (status == HM_OK) {
        status = read_fact(load, &made->source, found.at[SOURCE], made->name);
    }
    if (status == HM_OK) {
        status = read_fact(load, &made->not_if, found.at[NOT_IF], made->name);
    }
    /* Else it would be missing for ever, and nobody knew what to do. */
    bool shown = made->optional || (made->source != NULL && made->how.vi != NULL);
    return status == HM_OK && !shown
               ? hm_load_fail(load, "kind-missing", made->name, "source, how")
               : status;
}

enum { DOSSIER, DOSSIER_LABEL, PAPERS, DOSSIER_ROWS };
static const struct hm_load_row dossier_rows[DOSSIER_ROWS] = {
    [DOSSIER] = {"dossier", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [DOSSIER_LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [PAPERS] = {"papers", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

static enum hm_status read_papers(const struct hm_load *load,
                                  struct hm_dossier *made,
                                  const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    struct hm_paper *papers = hm_arena_get_array(load->arena, count, sizeof(*papers));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_paper(load, &papers[i], at, made->name);
    }
    made->papers = papers;
    made->paper_count = count;
    return status;
}

static enum hm_status read_dossier(const struct hm_load *load,
                                   struct hm_dossier *made,
                                   const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, dossier_rows, DOSSIER_ROWS, json, "dossiers");
    if (status == HM_OK) {
        status = hm_catalogue_id(load, &made->name, found.at[DOSSIER], "dossiers");
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &made->label, found.at[DOSSIER_LABEL], made->name);
    }
    return status == HM_OK ? read_papers(load, made, found.at[PAPERS]) : status;
}

enum hm_status hm_catalogue_load_dossiers(const struct hm_catalogue_load *load,
                                          const struct hm_json *json)
{
    const struct hm_load *in = &load->load;
    size_t count = hm_json_count(json);
    struct hm_dossier *made = hm_arena_get_array(in->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(in->arena, in->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_dossier(in, &made[i], at);
    }
    load->made->dossiers = made;
    load->made->dossier_count = count;
    return status;
}
