/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a report; record/report.h says what it may hold. */
#include <string.h>

#include "report_inside.h"

enum { BASE_KIND, BASE_WHERE, BASE_LIFE, BASE_ROWS };
static const struct hm_load_row base_rows[BASE_ROWS] = {
    [BASE_KIND] = {"kind", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [BASE_WHERE] = {"where", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [BASE_LIFE] = {"life", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_bases(const struct hm_report_load *load,
                                 const struct hm_json *json)
{
    const struct hm_load *in = &load->load;
    size_t count = hm_json_count(json);
    struct hm_report_base *made = hm_arena_get_array(in->arena, count, sizeof(*made));
    enum hm_status status = hm_arena_status(in->arena, in->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        struct hm_load_found found;
        made[i].name = hm_load_keep(in, hm_json_name(at));
        status = hm_load_part(in, &found, base_rows, BASE_ROWS, at, "bases");
        if (status == HM_OK) {
            made[i].kind = hm_report_kept(in, found.at[BASE_KIND]);
            status =
                hm_report_read_where(in, &made[i].where, found.at[BASE_WHERE], "bases");
        }
        if (status == HM_OK) {
            status = hm_report_read_life(in, &made[i].life, found.at[BASE_LIFE], "bases");
        }
    }
    load->made->bases = made;
    load->made->base_count = count;
    return status;
}

enum {
    NAME,
    LABEL,
    COUNT,
    AMONG,
    BESIDE,
    OVER,
    AS,
    MEASURE,
    AIM,
    FEW,
    NAMES,
    SOURCE,
    FIGURE_ROWS
};
static const struct hm_load_row figure_rows[FIGURE_ROWS] = {
    [NAME] = {"name", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [COUNT] = {"count", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [AMONG] = {"among", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [BESIDE] = {"beside", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [OVER] = {"over", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [AS] = {"as", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [MEASURE] = {"measure", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [AIM] = {"aim", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [FEW] = {"few", HM_JSON_LIST, HM_LOAD_PART, 0, 0, 0},
    [NAMES] = {"names", HM_JSON_TEXT, HM_LOAD_PART, 0, 0, 0},
    [SOURCE] = {"source", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
};

/* Which of `names` a text is; `other` where there is none. False: it is none of them. */
static bool find_word(int *word,
                      int other,
                      const char *const *names,
                      int count,
                      const struct hm_json *json)
{
    *word = other;
    for (int i = 0; json != NULL && i < count; i++) {
        if (hm_bytes_are(hm_json_text_or(json, HM_NO_BYTES), names[i])) {
            *word = i;
            return true;
        }
    }
    return json == NULL;
}

static enum hm_status read_way(const struct hm_load *load,
                               struct hm_report_figure *made,
                               const struct hm_load_found *found)
{
    static const char *const overs[HM_REPORT_OVERS] = {"day", "period", "each", "mean"};
    static const char *const ases[HM_REPORT_ASES] = {"number", "share", "pair"};
    int over = 0;
    int as = 0;
    if (!find_word(&over, HM_REPORT_PERIOD, overs, HM_REPORT_OVERS, found->at[OVER])) {
        return hm_load_fail(load, "kind-value", made->name, "over");
    }
    bool share = over == HM_REPORT_EACH || over == HM_REPORT_MEAN;
    if (!find_word(&as, share ? HM_REPORT_SHARE : HM_REPORT_NUMBER, ases, HM_REPORT_ASES,
                   found->at[AS])) {
        return hm_load_fail(load, "kind-value", made->name, "as");
    }
    bool of = found->at[AMONG] != NULL;
    bool pair = as == HM_REPORT_PAIR;
    if ((share && as != HM_REPORT_SHARE) || (as == HM_REPORT_SHARE && !of) ||
        (found->at[BESIDE] != NULL && (of || pair)) || (pair && of)) {
        return hm_load_fail(load, "kind-value", made->name, "as, among, beside");
    }
    made->over = (enum hm_report_over)over;
    made->as = (enum hm_report_as)as;
    return HM_OK;
}

static enum hm_status read_quantities(const struct hm_report_load *load,
                                      struct hm_report_figure *made,
                                      const struct hm_load_found *found)
{
    enum hm_status status =
        hm_report_read_quantity(load, &made->count, found->at[COUNT], made->name);
    if (status == HM_OK) {
        status =
            hm_report_read_quantity(load, &made->among, found->at[AMONG], made->name);
    }
    if (status == HM_OK) {
        status =
            hm_report_read_quantity(load, &made->beside, found->at[BESIDE], made->name);
    }
    return status == HM_OK
               ? hm_report_read_quantity(load, &made->aim, found->at[AIM], made->name)
               : status;
}

static enum hm_status read_labels(const struct hm_load *load,
                                  struct hm_report_figure *made,
                                  const struct hm_load_found *found)
{
    enum hm_status status =
        hm_load_label(load, &made->label, found->at[LABEL], made->name);
    if (status == HM_OK) {
        status = hm_load_label(load, &made->measure, found->at[MEASURE], made->name);
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &made->source, found->at[SOURCE], made->name);
    }
    made->names = hm_report_kept(load, found->at[NAMES]);
    return status == HM_OK ? hm_load_texts(load, &made->few.at, &made->few.count,
                                           found->at[FEW], made->name)
                           : status;
}

static enum hm_status read_figure(const struct hm_report_load *load,
                                  struct hm_report_figure *made,
                                  const struct hm_json *json)
{
    struct hm_load_found found;
    const struct hm_load *in = &load->load;
    enum hm_status status =
        hm_load_part(in, &found, figure_rows, FIGURE_ROWS, json, "figures");
    if (status != HM_OK) {
        return status;
    }
    made->name = hm_report_kept(in, found.at[NAME]);
    if (!hm_load_is_name(made->name)) {
        return hm_load_fail(in, "kind-name", "figures", made->name);
    }
    status = read_labels(in, made, &found);
    if (status == HM_OK) {
        status = read_way(in, made, &found);
    }
    return status == HM_OK ? read_quantities(load, made, &found) : status;
}

static bool is_there(const struct hm_report *report,
                     const struct hm_report_figure *figures,
                     size_t count,
                     const char *name)
{
    bool there = false;
    for (size_t i = 0; i < report->section_count; i++) {
        for (size_t k = 0; k < report->sections[i].figure_count; k++) {
            there = there || strcmp(report->sections[i].figures[k].name, name) == 0;
        }
    }
    for (size_t i = 0; i < count; i++) {
        there = there || strcmp(figures[i].name, name) == 0;
    }
    return there;
}

static const struct hm_load_row section_rows[] = {
    {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"figures", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    {"whole", HM_JSON_BOOL, HM_LOAD_PART, 0, 0, 0},
};

static enum hm_status read_section(const struct hm_report_load *load,
                                   struct hm_report_section *made,
                                   const struct hm_json *json)
{
    struct hm_load_found found;
    const struct hm_load *in = &load->load;
    enum hm_status status = hm_load_part(in, &found, section_rows, 3, json, "sections");
    if (status == HM_OK) {
        made->whole = hm_json_bool_or(found.at[2], false);
        status = hm_load_label(in, &made->label, found.at[0], "sections");
    }
    if (status != HM_OK) {
        return status;
    }
    size_t count = hm_json_count(found.at[1]);
    struct hm_report_figure *figures =
        hm_arena_get_array(in->arena, count, sizeof(*figures));
    status = hm_arena_status(in->arena, in->err);
    const struct hm_json *at = hm_json_first(found.at[1]);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_figure(load, &figures[i], at);
        if (status == HM_OK && is_there(load->made, figures, i, figures[i].name)) {
            status = hm_load_fail(in, "kind-twice", "figures", figures[i].name);
        }
    }
    made->figures = figures;
    made->figure_count = count;
    return status;
}

enum { REPORT, ORDER, REPORT_LABEL, BASES, SECTIONS, REPORT_ROWS };
static const struct hm_load_row report_rows[REPORT_ROWS] = {
    [REPORT] = {"report", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [ORDER] = {"order", HM_JSON_INTEGER, HM_LOAD_PART, 0, 0, 0},
    [REPORT_LABEL] = {"label", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [BASES] = {"bases", HM_JSON_OBJECT, HM_LOAD_PART, 0, 0, 0},
    [SECTIONS] = {"sections", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

enum hm_status hm_report_read(struct hm_report_load *load, const struct hm_json *json)
{
    const struct hm_load *in = &load->load;
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(in, &found, report_rows, REPORT_ROWS, json, "report");
    if (status != HM_OK) {
        return status;
    }
    load->made->name = hm_report_kept(in, found.at[REPORT]);
    load->made->order = hm_json_int_or(found.at[ORDER], INT32_MAX);
    if (!hm_load_is_name(load->made->name)) {
        return hm_load_fail(in, "kind-name", "report", load->made->name);
    }
    status = hm_load_label(in, &load->made->label, found.at[REPORT_LABEL], "report");
    if (status == HM_OK) {
        status = read_bases(load, found.at[BASES]);
    }
    size_t count = hm_json_count(found.at[SECTIONS]);
    struct hm_report_section *sections =
        hm_arena_get_array(in->arena, count, sizeof(*sections));
    load->made->sections = sections;
    if (status == HM_OK) {
        status = hm_arena_status(in->arena, in->err);
    }
    const struct hm_json *at = hm_json_first(found.at[SECTIONS]);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        status = read_section(load, &sections[i], at);
        load->made->section_count = i + 1;
    }
    return status;
}

enum { MANAGED, VERSIONS, LEAF, MORE, NEARLY, ABOUT, SETTINGS_ROWS };
static const struct hm_load_row settings_rows[SETTINGS_ROWS] = {
    [MANAGED] = {"managed", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [VERSIONS] = {"versions", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [LEAF] = {"leaf", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [MORE] = {"more", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [NEARLY] = {"nearly", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [ABOUT] = {"about", HM_JSON_TEXT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

enum hm_status hm_report_read_settings(const struct hm_load *load,
                                       struct hm_report_settings *settings,
                                       const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status =
        hm_load_part(load, &found, settings_rows, SETTINGS_ROWS, json, "settings");
    if (status == HM_OK) {
        *settings = (struct hm_report_settings){hm_report_kept(load, found.at[MANAGED]),
                                                hm_report_kept(load, found.at[VERSIONS]),
                                                hm_report_kept(load, found.at[LEAF]),
                                                hm_report_kept(load, found.at[MORE]),
                                                hm_report_kept(load, found.at[NEARLY]),
                                                hm_report_kept(load, found.at[ABOUT])};
    }
    return status;
}
