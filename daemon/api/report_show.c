/* SPDX-License-Identifier: Apache-2.0 */
/* A report as JSON, and as text for a terminal. */
#include <string.h>

#include "grid.h"
#include "report.h"

/* ---- JSON ---- */

static void put_optional(struct hm_json_write *out,
                         const char *name,
                         struct hm_bytes text)
{
    if (text.size > 0) {
        hm_json_put_text(out, name, text);
    }
}

static void put_number(struct hm_json_write *out,
                       const char *name,
                       const struct hm_report_made_figure *figure,
                       const struct hm_reported *number)
{
    if (number->there && hm_report_tells(figure, number->value)) {
        hm_json_put_int(out, name, number->value);
    }
}

static void put_unit(struct hm_json_write *out, const struct hm_report_part *part)
{
    hm_json_put_text(out, "unit", part->unit);
    hm_json_put_text(out, "unit_name", part->name);
}

static void put_exactness(struct hm_json_write *out, unsigned exactness)
{
    static const char *const names[] = {"more", "nearly", "about"};
    if (exactness == 0) {
        return;
    }
    hm_json_key(out, "exactness");
    hm_json_open(out, '[');
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((exactness >> i & 1) != 0) {
            hm_json_text(out, hm_text(names[i]));
        }
    }
    hm_json_close(out, ']');
}

static void put_years(struct hm_json_write *out,
                      const struct hm_report_made_figure *figure)
{
    hm_json_key(out, "years");
    hm_json_open(out, '[');
    for (size_t i = 0; i < figure->year_count; i++) {
        const struct hm_report_year *year = &figure->years[i];
        hm_json_open(out, '{');
        hm_json_put_int(out, "year", year->year);
        put_number(out, "value", figure, &year->count);
        put_number(out, "among", figure, &year->among);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_names(struct hm_json_write *out,
                      const struct hm_report_made_figure *figure)
{
    if (figure->figure->names == NULL) {
        return;
    }
    hm_json_key(out, "names");
    hm_json_open(out, '[');
    for (size_t i = 0; i < figure->name_count; i++) {
        hm_json_text(out, figure->names[i]);
    }
    hm_json_close(out, ']');
}

static void put_shares(struct hm_json_write *out,
                       const struct hm_report_made_figure *figure)
{
    if (figure->share_years > 0 && !figure->few) {
        hm_json_put_int(out, "least", figure->share_least);
        hm_json_put_int(out, "most", figure->share_most);
    }
    if (figure->distinct >= 0 && figure->lack == HM_REPORT_SAID) {
        hm_json_put_int(out, "units", figure->distinct);
    }
    if (figure->aim.there) {
        hm_json_put_int(out, "aim", figure->aim.value);
    }
}

static void put_parts(struct hm_json_write *out,
                      const struct hm_report_made_figure *figure)
{
    if (figure->part_count == 0 && !figure->parts_few) {
        return;
    }
    if (figure->parts_few) {
        hm_json_put_bool(out, "parts_few", true);
    }
    hm_json_key(out, "parts");
    hm_json_open(out, '[');
    for (size_t i = 0; i < figure->part_count; i++) {
        const struct hm_report_part *part = &figure->parts[i];
        if (part->hold != HM_REPORT_TOLD) {
            continue;
        }
        hm_json_open(out, '{');
        put_unit(out, part);
        if (part->count.there || part->among.there) {
            hm_json_put_int(out, "value", part->count.value);
        }
        if (part->among.there) {
            hm_json_put_int(out, "among", part->among.value);
        }
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_figure(struct hm_json_write *out,
                       const struct hm_report_shown *shown,
                       const struct hm_report_made_figure *figure,
                       const struct hm_report_said *said)
{
    static const char *const lacks[HM_REPORT_LACKS] = {NULL, "no data", "no whole"};
    static const char *const overs[HM_REPORT_OVERS] = {"day", "period", "each", "mean"};
    static const char *const ases[HM_REPORT_ASES] = {"number", "share", "pair"};
    enum hm_lang lang = shown->view->lang;
    hm_json_open(out, '{');
    hm_json_put_text(out, "name", hm_text(figure->figure->name));
    hm_json_put_text(out, "label", hm_text(hm_label_text(&figure->figure->label, lang)));
    hm_json_put_text(out, "over", hm_text(overs[figure->figure->over]));
    hm_json_put_text(out, "as", hm_text(ases[figure->figure->as]));
    hm_json_put_text(out, "text", said->text);
    put_optional(out, "share", said->share);
    put_optional(out, "note", said->note);
    put_optional(out, "lack", hm_text(lacks[figure->lack]));
    put_number(out, "value", figure, &figure->count);
    put_number(out, "among", figure, &figure->among);
    put_number(out, "beside", figure, &figure->beside);
    if (figure->count.has_before && hm_report_tells(figure, figure->count.before)) {
        hm_json_put_int(out, "before", figure->count.before);
    }
    put_exactness(out, figure->count.exactness);
    put_shares(out, figure);
    put_names(out, figure);
    put_optional(out, "measure", hm_text(hm_label_text(&figure->figure->measure, lang)));
    put_optional(out, "source", hm_text(hm_label_text(&figure->figure->source, lang)));
    put_years(out, figure);
    put_parts(out, figure);
    hm_json_close(out, '}');
}

static void put_silent(struct hm_json_write *out, const struct hm_report_made *made)
{
    hm_json_put_int(out, "silent", (int64_t)made->leaves_silent);
    hm_json_key(out, "silent_units");
    hm_json_open(out, '[');
    for (size_t i = 0; i < made->leaves_silent && i < HM_REPORT_NAMES_MAX; i++) {
        hm_json_open(out, '{');
        put_unit(out, &made->silent[i]);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

/* The same lines that stand on paper. */
static enum hm_status put_said(struct hm_json_write *out,
                               const struct hm_report_shown *shown,
                               struct hm_err *err)
{
    struct hm_report_head head;
    enum hm_status status = hm_report_head(shown, &head, err);
    if (status == HM_OK) {
        hm_json_key(out, "said");
        hm_json_open(out, '{');
        hm_json_put_text(out, "unit", head.unit);
        hm_json_put_text(out, "period", head.period);
        hm_json_put_text(out, "data", head.data);
        put_optional(out, "open", head.open);
        hm_json_close(out, '}');
    }
    return status;
}

static void put_head(struct hm_json_write *out, const struct hm_report_shown *shown)
{
    const struct hm_report_made *made = shown->made;
    const struct hm_report_asked *asked = shown->asked;
    hm_json_put_text(out, "report", hm_text(made->report->name));
    hm_json_put_text(out, "label",
                     hm_text(hm_label_text(&made->report->label, shown->view->lang)));
    hm_json_put_text(out, "unit", asked->unit);
    hm_json_put_text(out, "unit_name", made->unit_name);
    hm_json_put_int(out, "from", asked->from);
    hm_json_put_int(out, "to", asked->to);
    hm_json_put_text(out, "day", hm_text(asked->day));
    hm_json_put_text(out, "as", hm_text(asked->today == NULL ? "organised" : "today"));
    if (made->newest.ms != 0) {
        hm_json_put_wall(out, "data_to", made->newest);
    }
    hm_json_put_int(out, "lowest", (int64_t)made->leaves);
    put_silent(out, made);
    hm_json_put_int(out, "open", made->open);
}

/* `n`: which figure of the report is its first. */
static enum hm_status put_section(struct hm_json_write *out,
                                  const struct hm_report_shown *shown,
                                  const struct hm_report_section *section,
                                  size_t n,
                                  struct hm_err *err)
{
    enum hm_status status = HM_OK;
    hm_json_open(out, '{');
    hm_json_put_text(out, "label",
                     hm_text(hm_label_text(&section->label, shown->view->lang)));
    if (section->whole) {
        hm_json_put_bool(out, "whole", true);
    }
    hm_json_key(out, "figures");
    hm_json_open(out, '[');
    for (size_t i = 0; status == HM_OK && i < section->figure_count; i++) {
        struct hm_report_said said;
        status = hm_report_say(shown, &shown->made->figures[n + i], &said, err);
        if (status == HM_OK) {
            put_figure(out, shown, &shown->made->figures[n + i], &said);
        }
    }
    hm_json_close(out, ']');
    hm_json_close(out, '}');
    return status;
}

enum hm_status hm_report_show_json(const struct hm_report_shown *shown,
                                   struct hm_err *err)
{
    const struct hm_report *report = shown->made->report;
    struct hm_rows rows;
    size_t n = 0;
    hm_rows_init(&rows, shown->view);
    hm_json_open(&rows.out, '{');
    put_head(&rows.out, shown);
    enum hm_status status = put_said(&rows.out, shown, err);
    hm_json_key(&rows.out, "sections");
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; status == HM_OK && i < report->section_count; i++) {
        status = put_section(&rows.out, shown, &report->sections[i], n, err);
        n += report->sections[i].figure_count;
    }
    hm_json_close(&rows.out, ']');
    hm_json_close(&rows.out, '}');
    status = status == HM_OK ? hm_rows_end(&rows, err) : status;
    hm_rows_fini(&rows);
    return status;
}

/* ---- text ---- */

static void say_line(const struct hm_report_shown *shown, struct hm_bytes line)
{
    hm_view_say(shown->view, "report.line", hm_view_shown(line, shown->arena), NULL,
                NULL);
}

static enum hm_status put_row(struct hm_grid *grid,
                              const struct hm_report_shown *shown,
                              const struct hm_report_made_figure *figure,
                              struct hm_err *err)
{
    struct hm_report_said said;
    enum hm_lang lang = shown->view->lang;
    enum hm_status status = hm_report_say(shown, figure, &said, err);
    if (status == HM_OK) {
        hm_grid_put(grid, hm_text(hm_label_text(&figure->figure->label, lang)));
        hm_grid_put(grid, said.text);
        hm_grid_put(grid, said.share);
        hm_grid_put(grid, hm_text(hm_label_text(&figure->figure->measure, lang)));
        hm_grid_put(grid, said.note);
    }
    return status;
}

static enum hm_status say_section(const struct hm_report_shown *shown,
                                  const struct hm_report_section *section,
                                  const struct hm_report_made_figure *figures,
                                  struct hm_err *err)
{
    static const char *const heading[] = {NULL, "column.figure", "column.share",
                                          "column.measure", "column.note"};
    enum { COLUMNS = sizeof(heading) / sizeof(heading[0]) };
    struct hm_grid grid;
    enum hm_status status = HM_OK;
    hm_grid_init(&grid, shown->view, COLUMNS);
    grid.most = HM_GRID_NO_CUT;
    hm_grid_put(&grid, hm_text(hm_label_text(&section->label, shown->view->lang)));
    for (size_t i = 1; i < COLUMNS; i++) {
        hm_grid_put(&grid, hm_text(hm_words_ui(shown->view->words, heading[i])));
    }
    for (size_t i = 0; status == HM_OK && i < section->figure_count; i++) {
        status = put_row(&grid, shown, &figures[i], err);
    }
    if (status == HM_OK) {
        status = hm_grid_end(&grid, "list.none", err);
    }
    hm_grid_fini(&grid);
    return status;
}

enum hm_status hm_report_show_text(const struct hm_report_shown *shown,
                                   struct hm_err *err)
{
    const struct hm_report *report = shown->made->report;
    struct hm_report_head head;
    size_t n = 0;
    enum hm_status status = hm_report_head(shown, &head, err);
    if (status != HM_OK) {
        return status;
    }
    say_line(shown, head.title);
    say_line(shown, head.unit);
    say_line(shown, head.period);
    for (size_t i = 0; status == HM_OK && i < report->section_count; i++) {
        say_line(shown, HM_NO_BYTES);
        status = say_section(shown, &report->sections[i], shown->made->figures + n, err);
        n += report->sections[i].figure_count;
    }
    if (status == HM_OK) {
        say_line(shown, HM_NO_BYTES);
        say_line(shown, head.data);
    }
    if (status == HM_OK && head.open.size > 0) {
        say_line(shown, head.open);
    }
    return status;
}
