/* SPDX-License-Identifier: Apache-2.0 */
/* What a district tells the one above it: counts, and nothing that could hold a name. */
#include <string.h>

#include "report.h"

struct counting {
    const struct hm_view *view;
    const struct hm_reports *reports;
    const struct hm_catalogues *catalogues;
    struct hm_report_asked asked;
    struct hm_json_write out;
};

static void put_number(struct hm_json_write *out,
                       const char *name,
                       const struct hm_report_made_figure *figure,
                       bool there,
                       int64_t number)
{
    if (there && hm_report_tells(figure, number)) {
        hm_json_put_int(out, name, number);
    }
}

static void put_exactness(struct hm_json_write *out, unsigned exactness)
{
    static const char *const names[] = {"more", "nearly", "about"};
    hm_json_key(out, "exactness");
    hm_json_open(out, '[');
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((exactness >> i & 1) != 0) {
            hm_json_text(out, hm_text(names[i]));
        }
    }
    hm_json_close(out, ']');
}

/* One to four of anything that is held back in some unit are never told of a unit below.
 */
static bool is_told(const struct hm_report_made_figure *figure)
{
    for (size_t i = 0; i < figure->part_count; i++) {
        if (figure->figure->few.count > 0 && figure->parts[i].hold == HM_REPORT_TOLD &&
            hm_report_is_few(figure->parts[i].count.value)) {
            return false;
        }
    }
    return figure->part_count > 0;
}

static void put_parts(struct hm_json_write *out,
                      const struct hm_report_made_figure *figure)
{
    if (!is_told(figure)) {
        return;
    }
    hm_json_key(out, "parts");
    hm_json_open(out, '[');
    for (size_t i = 0; i < figure->part_count; i++) {
        const struct hm_report_part *part = &figure->parts[i];
        if (part->hold != HM_REPORT_TOLD) {
            continue;
        }
        hm_json_open(out, '{');
        hm_json_put_text(out, "unit", part->unit);
        hm_json_put_int(out, "value", part->count.value);
        if (part->among.there) {
            hm_json_put_int(out, "among", part->among.value);
        }
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_figure(struct hm_json_write *out,
                       const struct hm_report_made_figure *figure)
{
    bool shares = figure->share_years > 0 && !figure->few;
    hm_json_open(out, '{');
    hm_json_put_text(out, "name", hm_text(figure->figure->name));
    put_number(out, "value", figure, figure->count.there, figure->count.value);
    put_number(out, "among", figure, figure->among.there, figure->among.value);
    put_number(out, "beside", figure, figure->beside.there, figure->beside.value);
    put_number(out, "before", figure, figure->count.has_before, figure->count.before);
    put_number(out, "least", figure, shares, figure->share_least);
    put_number(out, "most", figure, shares, figure->share_most);
    put_number(out, "units", figure, figure->distinct >= 0, figure->distinct);
    put_exactness(out, figure->count.exactness);
    put_parts(out, figure);
    hm_json_close(out, '}');
}

static void put_head(struct hm_json_write *out,
                     const struct hm_report_asked *asked,
                     const struct hm_report_made *made)
{
    hm_json_put_text(out, "document", hm_text("counts"));
    hm_json_put_text(out, "unit", asked->unit);
    hm_json_put_int(out, "from", asked->from);
    hm_json_put_int(out, "to", asked->to);
    hm_json_put_text(out, "day", hm_text(asked->day));
    if (made->newest.ms != 0) {
        hm_json_put_wall(out, "data_to", made->newest);
    }
    hm_json_put_int(out, "lowest", (int64_t)made->leaves);
    hm_json_put_int(out, "silent", (int64_t)made->leaves_silent);
    hm_json_put_int(out, "open", made->open);
    hm_json_key(out, "reports");
    hm_json_open(out, '[');
}

static enum hm_status put_report(struct counting *c, size_t at, struct hm_err *err)
{
    const struct hm_report *report = hm_reports_at(c->reports, at);
    struct hm_report_made *made = NULL;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_report_make(c->view->store, c->reports, c->catalogues,
                                           report, &c->asked, &made, &arena, err);
    if (status == HM_OK && at == 0) {
        put_head(&c->out, &c->asked, made);
    }
    if (status == HM_OK) {
        hm_json_open(&c->out, '{');
        hm_json_put_text(&c->out, "report", hm_text(report->name));
        hm_json_key(&c->out, "figures");
        hm_json_open(&c->out, '[');
        for (size_t i = 0; i < made->figure_count; i++) {
            put_figure(&c->out, &made->figures[i]);
        }
        hm_json_close(&c->out, ']');
        hm_json_close(&c->out, '}');
    }
    hm_arena_fini(&arena);
    return status;
}

/* One state of the store for all of them. */
static enum hm_status put_reports(struct counting *c, struct hm_err *err)
{
    enum hm_status status = hm_store_begin_read(c->view->store, err);
    if (status != HM_OK) {
        return status;
    }
    hm_json_open(&c->out, '{');
    for (size_t i = 0; status == HM_OK && i < hm_reports_count(c->reports); i++) {
        hm_store_watch_part(c->view->store, (int)i, (int)hm_reports_count(c->reports));
        status = put_report(c, i, err);
    }
    hm_json_close(&c->out, ']');
    hm_json_close(&c->out, '}');
    hm_store_rollback(c->view->store);
    return status;
}

enum hm_status hm_api_counts(const struct hm_view *view,
                             const struct hm_reports *reports,
                             const struct hm_catalogues *catalogues,
                             const struct hm_api_report *asked,
                             struct hm_buf *body,
                             struct hm_err *err)
{
    struct counting c = {.view = view,
                         .reports = reports,
                         .catalogues = catalogues,
                         .asked = {.parts = true}};
    struct hm_arena arena;
    char day[HM_REPORT_DAY_SIZE] = "";
    hm_arena_init(&arena, HM_NAME_MAX * 4);
    hm_json_write_init(&c.out, body);
    enum hm_status status = hm_report_period(&c.asked, day, view, asked, err);
    if (status == HM_OK) {
        status = hm_view_unit(view, asked->unit, &c.asked.unit, &arena, err);
    }
    if (status == HM_OK) {
        status = put_reports(&c, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(body, err);
    }
    hm_arena_fini(&arena);
    return status;
}
