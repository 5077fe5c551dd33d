/* SPDX-License-Identifier: Apache-2.0 */
/* How far the year has come in a unit and in each one below it: who waits for whom. */
#include <string.h>

#include "facts.h"
#include "hamlet/api/evaluate.h"
#include "hamlet/api/units.h"
#include "hamlet/base/json.h"

static const struct hm_json_limits limits = {.size_max = HM_FILE_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 18};

struct gathering {
    const struct hm_view *view;
    const struct hm_catalogues *catalogues;
    struct hm_api_year year;
    struct hm_rows rows;
    struct hm_buf one; /* what is shown of one unit */
};

static void put_one(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

/* Without the line end, to stand inside another document. */
static struct hm_bytes document(const struct gathering *g)
{
    struct hm_bytes all = hm_buf_bytes(&g->one);
    all.size -= all.size > 0 && all.data[all.size - 1] == '\n' ? 1 : 0;
    return all;
}

/* Of whom nothing is asked in that year, nothing is shown. */
static enum hm_status add_unit(struct gathering *g,
                               const char *unit,
                               struct hm_bytes name,
                               struct hm_err *err)
{
    struct hm_view view = *g->view;
    struct hm_err why = HM_ERR_NONE;
    if (view.json) {
        view.put = put_one;
        view.ctx = &g->one;
        hm_buf_clear(&g->one);
    }
    g->year.unit = unit;
    enum hm_status status = hm_api_case(&view, g->catalogues, &g->year, &why);
    if (status == HM_BAD_INPUT && strcmp(why.key, "catalogue-none") == 0) {
        return HM_OK;
    }
    if (status == HM_OK) {
        status = hm_buf_status(&g->one, &why);
    }
    if (status != HM_OK) {
        return hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
    }
    if (!view.json) {
        return HM_OK; /* it was shown */
    }
    hm_json_open(&g->rows.out, '{');
    hm_json_put_text(&g->rows.out, "name_of_unit", name);
    hm_json_key(&g->rows.out, "case");
    hm_json_raw(&g->rows.out, document(g));
    hm_json_close(&g->rows.out, '}');
    return hm_rows_flush(&g->rows, err);
}

static enum hm_status list(struct gathering *g,
                           const struct hm_api_units *query,
                           struct hm_json **units,
                           struct hm_err *err)
{
    struct hm_view view = *g->view;
    view.json = true;
    view.put = put_one;
    view.ctx = &g->one;
    hm_buf_clear(&g->one);
    enum hm_status status = hm_api_units(&view, query, err);
    if (status == HM_OK) {
        status = hm_buf_status(&g->one, err);
    }
    return status == HM_OK ? hm_json_parse(units, document(g), &limits, err) : status;
}

static enum hm_status add_all(struct gathering *g,
                              const struct hm_api_units *query,
                              struct hm_err *err)
{
    struct hm_json *units = NULL;
    enum hm_status status = list(g, query, &units, err);
    for (const struct hm_json *at = status == HM_OK ? hm_json_first(units) : NULL;
         at != NULL && status == HM_OK; at = hm_json_next(at)) {
        const char *code = hm_json_chars(hm_json_get(at, "code"));
        struct hm_bytes name =
            hm_json_text_or(hm_json_get(at, "name"), hm_text(code == NULL ? "" : code));
        if (code != NULL && hm_json_bool_or(hm_json_get(at, "open"), false)) {
            status = add_unit(g, code, name, err);
        }
    }
    hm_json_free(units);
    return status;
}

enum hm_status hm_api_cases(const struct hm_view *view,
                            const struct hm_catalogues *catalogues,
                            const struct hm_api_year *year,
                            struct hm_err *err)
{
    struct gathering g = {.view = view, .catalogues = catalogues, .year = *year};
    const struct hm_api_units own = {.code = year->unit, .on = year->on};
    const struct hm_api_units below = {.under = year->unit, .on = year->on};
    struct hm_case_tree tree;
    hm_case_tree_init(&tree);
    g.year.tree = &tree;
    hm_buf_init(&g.one, HM_FILE_BYTES_MAX);
    hm_rows_init(&g.rows, view);
    hm_json_open(&g.rows.out, '[');
    enum hm_status status = add_all(&g, &own, err);
    if (status == HM_OK) {
        status = add_all(&g, &below, err);
    }
    hm_json_close(&g.rows.out, ']');
    if (status == HM_OK && view->json) {
        status = hm_rows_end(&g.rows, err);
    }
    hm_rows_fini(&g.rows);
    hm_buf_fini(&g.one);
    hm_case_tree_fini(&tree);
    return status;
}
