/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of units as it was on each last day, or as it is today. */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/kinds.h"
#include "inside.h"

/* What is read of every unit, before what quantities ask for. */
enum { CODE, PARENT, LEVEL, TYPE, NAME, FROM, TO, INTO, MANAGED, VERSIONS, FIELDS_OWN };
_Static_assert(FIELDS_OWN + HM_REPORT_MORE_MAX == HM_SCAN_FIELDS_MAX, "all fit");

struct reading {
    struct hm_reporting *r;
    const struct hm_kind_tree *tree;
};

static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 16};

static int find(const struct hm_reporting *r, struct hm_bytes code)
{
    size_t low = 0;
    size_t high = r->unit_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = hm_bytes_compare(r->units[middle].code, code);
        if (order == 0) {
            return (int)middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return HM_REPORT_NONE;
}

int hm_report_unit_of(const struct hm_reporting *r, int64_t home)
{
    return home < 0 || home > r->home_max ? HM_REPORT_NONE : r->by_home[home];
}

/* ---- reading ---- */

static struct hm_bytes kept(const struct hm_reporting *r,
                            const struct hm_scan_value *value)
{
    return value->is_text ? hm_arena_copy(r->arena, value->text) : HM_NO_BYTES;
}

static struct hm_bytes member(const struct hm_reporting *r,
                              const struct hm_json *item,
                              const struct hm_field *field)
{
    return hm_arena_copy(r->arena,
                         hm_json_text_or(hm_json_get(item, field->name), HM_NO_BYTES));
}

/* Where it stood before, out of the list of what it was called and where it stood. */
static enum hm_status read_places(const struct reading *reading,
                                  struct hm_report_unit *unit,
                                  const struct hm_scan_value *value,
                                  struct hm_err *err)
{
    const struct hm_reporting *r = reading->r;
    struct hm_json *list = NULL;
    size_t n = 0;
    if (!value->is_text) {
        return HM_OK;
    }
    enum hm_status status = hm_json_parse(&list, value->text, &limits, err);
    if (status == HM_OK) {
        struct hm_place *places =
            hm_arena_get_array(r->arena, hm_json_count(list), sizeof(*places));
        for (const struct hm_json *at = hm_json_first(list); places != NULL && at != NULL;
             at = hm_json_next(at)) {
            struct hm_bytes above = hm_json_text_or(
                hm_json_get(at, reading->tree->parent->name), HM_NO_BYTES);
            if (above.size > 0) {
                places[n++] =
                    (struct hm_place){member(r, at, reading->tree->from),
                                      member(r, at, reading->tree->to), find(r, above)};
            }
        }
        unit->places = places;
        unit->place_count = n;
        status = hm_arena_status(r->arena, err);
    }
    hm_json_free(list);
    return status;
}

static enum hm_status take_unit(void *ctx,
                                const struct hm_scan_row *row,
                                struct hm_err *err)
{
    const struct reading *reading = ctx;
    struct hm_reporting *r = reading->r;
    int at = row->at[CODE].is_text ? find(r, row->at[CODE].text) : HM_REPORT_NONE;
    if (at == HM_REPORT_NONE) {
        return HM_OK;
    }
    struct hm_report_unit *unit = &r->units[at];
    struct hm_scan_value *more =
        hm_arena_get_array(r->arena, r->more_count, sizeof(*more));
    unit->name = kept(r, &row->at[NAME]);
    unit->from = kept(r, &row->at[FROM]);
    unit->to = kept(r, &row->at[TO]);
    unit->kind = hm_facts_unit_kind(r->facts, row->at[LEVEL].text, row->at[TYPE].text);
    unit->into = row->at[INTO].is_text ? find(r, row->at[INTO].text) : HM_REPORT_NONE;
    int managed =
        row->at[MANAGED].is_text ? find(r, row->at[MANAGED].text) : HM_REPORT_NONE;
    int parent = row->at[PARENT].is_text ? find(r, row->at[PARENT].text) : HM_REPORT_NONE;
    unit->parent = managed != HM_REPORT_NONE ? managed : parent;
    for (size_t i = 0; more != NULL && i < r->more_count; i++) {
        more[i] = row->at[FIELDS_OWN + i];
        more[i].text = kept(r, &more[i]);
    }
    unit->more = more;
    return read_places(reading, unit, &row->at[VERSIONS], err);
}

static enum hm_status read_fields(struct hm_reporting *r, struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_tree(hm_store_kinds(r->store));
    const char *fields[HM_SCAN_FIELDS_MAX];
    if (kind == NULL) {
        return HM_OK;
    }
    const struct hm_kind_tree *tree = kind->tree;
    struct reading reading = {r, tree};
    fields[CODE] = tree->code->name;
    fields[PARENT] = tree->parent->name;
    fields[LEVEL] = tree->level->name;
    fields[TYPE] = tree->type->name;
    fields[NAME] = tree->name->name;
    fields[FROM] = tree->from->name;
    fields[TO] = tree->to->name;
    fields[INTO] = tree->into == NULL ? "" : tree->into->name;
    fields[MANAGED] = r->settings->managed == NULL ? "" : r->settings->managed;
    fields[VERSIONS] = r->settings->versions == NULL ? "" : r->settings->versions;
    memcpy(fields + FIELDS_OWN, r->more, r->more_count * sizeof(r->more[0]));
    const struct hm_scan_query query = {.kind = hm_text(kind->name),
                                        .fields = fields,
                                        .field_count = FIELDS_OWN + r->more_count};
    return hm_store_scan(r->store, &query, take_unit, &reading, err);
}

static enum hm_status read_units(struct hm_reporting *r, struct hm_err *err)
{
    struct hm_scan_unit *list = NULL;
    enum hm_status status =
        hm_store_scan_units(r->store, r->asked->to, &list, &r->unit_count, r->arena, err);
    if (status != HM_OK) {
        return status;
    }
    for (size_t i = 0; i < r->unit_count; i++) {
        r->home_max = list[i].home > r->home_max ? list[i].home : r->home_max;
    }
    r->units = hm_arena_get_array(r->arena, r->unit_count, sizeof(*r->units));
    int *by_home = hm_arena_get_array(r->arena, (size_t)r->home_max + 1, sizeof(int));
    status = hm_arena_status(r->arena, err);
    if (status != HM_OK) {
        return status;
    }
    memset(by_home, 0xFF, ((size_t)r->home_max + 1) * sizeof(int));
    for (size_t i = 0; i < r->unit_count; i++) {
        r->units[i] = (struct hm_report_unit){.home = list[i].home,
                                              .code = list[i].code,
                                              .sent = list[i].sent,
                                              .parent = HM_REPORT_NONE,
                                              .into = HM_REPORT_NONE};
        by_home[list[i].home] = (int)i;
    }
    r->by_home = by_home;
    return read_fields(r, err);
}

/* ---- in time ---- */

static bool is_before(struct hm_bytes date, const char *day)
{
    return date.size > 0 && hm_bytes_compare(date, hm_text(day)) < 0;
}

static bool is_after(struct hm_bytes date, const char *day)
{
    return date.size > 0 && hm_bytes_compare(date, hm_text(day)) > 0;
}

/* A merger without a day has been one for ever. */
static bool is_closed(const struct hm_report_unit *unit, const char *day)
{
    return is_before(unit->to, day) ||
           (unit->to.size == 0 && unit->into != HM_REPORT_NONE);
}

static bool is_open(const struct hm_report_unit *unit, const char *day)
{
    return !is_after(unit->from, day) && !is_closed(unit, day);
}

/* The unit that stands for this one on a day: itself, or what it became part of. */
static int stands(const struct hm_reporting *r, int unit, const char *day)
{
    for (int i = 0; i < HM_REPORT_CHAIN_MAX && is_closed(&r->units[unit], day) &&
                    r->units[unit].into != HM_REPORT_NONE;
         i++) {
        unit = r->units[unit].into;
    }
    return unit;
}

static int above(const struct hm_reporting *r, int unit, const char *day)
{
    const struct hm_report_unit *at = &r->units[unit];
    int parent = at->parent;
    for (size_t i = 0; i < at->place_count; i++) {
        const struct hm_place *place = &at->places[i];
        if (place->parent != HM_REPORT_NONE && !is_after(place->from, day) &&
            !is_before(place->to, day)) {
            parent = place->parent;
        }
    }
    return parent == HM_REPORT_NONE ? HM_REPORT_NONE : stands(r, parent, day);
}

/* On which day the units are looked at for a year. */
static const char *day_of(const struct hm_reporting *r, int year)
{
    return r->asked->today != NULL ? r->asked->today : r->days[year];
}

int hm_report_parent(const struct hm_reporting *r, int year, int unit)
{
    return above(r, unit, day_of(r, year));
}

static bool is_within(const struct hm_reporting *r, int unit, const char *day)
{
    for (int i = 0; i < HM_REPORT_CHAIN_MAX && unit != HM_REPORT_NONE; i++) {
        if (unit == r->scope) {
            return true;
        }
        unit = above(r, unit, day);
    }
    return false;
}

static enum hm_status map_units(struct hm_reporting *r, struct hm_err *err)
{
    size_t count = (size_t)r->years * r->unit_count;
    r->map = hm_arena_get_array(r->arena, count, sizeof(*r->map));
    r->open = hm_arena_get_array(r->arena, count, sizeof(*r->open));
    enum hm_status status = hm_arena_status(r->arena, err);
    for (int year = 0; status == HM_OK && year < r->years; year++) {
        const char *day = day_of(r, year);
        for (size_t i = 0; i < r->unit_count; i++) {
            size_t at = (size_t)year * r->unit_count + i;
            int unit = stands(r, (int)i, day);
            r->map[at] = is_within(r, unit, day) ? unit : HM_REPORT_NONE;
            r->open[at] = is_open(&r->units[i], r->days[year]);
        }
    }
    return status;
}

/* It must have been there when the last year ended, or there is nothing to report of. */
static enum hm_status check_scope(const struct hm_reporting *r, struct hm_err *err)
{
    char unit[HM_NAME_MAX + 1];
    const char *day = day_of(r, r->years - 1);
    size_t size = r->asked->unit.size < HM_NAME_MAX ? r->asked->unit.size : HM_NAME_MAX;
    memcpy(unit, r->asked->unit.data, size);
    unit[size] = '\0';
    if (r->scope == HM_REPORT_NONE) {
        return hm_fail(err, HM_BAD_INPUT, "unit-unknown", unit, NULL, NULL);
    }
    if (!is_open(&r->units[r->scope], day)) {
        return hm_fail(err, HM_BAD_INPUT, "report-unit-then", unit, day, NULL);
    }
    return HM_OK;
}

enum hm_status hm_report_units(struct hm_reporting *r, struct hm_err *err)
{
    enum hm_status status = read_units(r, err);
    if (status == HM_OK) {
        r->scope = find(r, r->asked->unit);
        status = check_scope(r, err);
    }
    return status == HM_OK ? map_units(r, err) : status;
}

/* ---- which ---- */

static const struct hm_scan_value *more_of(const struct hm_reporting *r,
                                           const struct hm_report_unit *unit,
                                           const char *field)
{
    static const struct hm_scan_value none;
    for (size_t i = 0; i < r->more_count && unit->more != NULL; i++) {
        if (strcmp(r->more[i], field) == 0) {
            return &unit->more[i];
        }
    }
    return &none;
}

static bool unit_fits(const struct hm_reporting *r,
                      const struct hm_report_unit *unit,
                      const struct hm_quantity *quantity)
{
    if (quantity->unit_kinds.count > 0 &&
        (unit->kind == NULL ||
         !hm_texts_have(&quantity->unit_kinds, hm_text(unit->kind)))) {
        return false;
    }
    for (size_t i = 0; i < quantity->unit_where.count; i++) {
        const struct hm_report_where *where = &quantity->unit_where.at[i];
        if (!hm_report_where_fits(where, more_of(r, unit, where->field), 0)) {
            return false;
        }
    }
    return true;
}

enum hm_status hm_report_fits(const struct hm_reporting *r,
                              const struct hm_quantity *quantity,
                              const bool **fits,
                              struct hm_err *err)
{
    bool *made = hm_arena_get_array(r->arena, r->unit_count, sizeof(*made));
    for (size_t i = 0; made != NULL && i < r->unit_count; i++) {
        made[i] = unit_fits(r, &r->units[i], quantity);
    }
    *fits = made;
    return hm_arena_status(r->arena, err);
}

enum hm_status hm_report_silent(const struct hm_reporting *r,
                                struct hm_report_made *made,
                                struct hm_err *err)
{
    const int *map = r->map + (size_t)(r->years - 1) * r->unit_count;
    const bool *open = r->open + (size_t)(r->years - 1) * r->unit_count;
    struct hm_report_part *silent =
        hm_arena_get_array(r->arena, HM_REPORT_NAMES_MAX, sizeof(*silent));
    for (size_t i = 0; silent != NULL && i < r->unit_count; i++) {
        const struct hm_report_unit *unit = &r->units[i];
        if (r->settings->leaf == NULL || !open[i] || map[i] != (int)i ||
            unit->kind == NULL || strcmp(unit->kind, r->settings->leaf) != 0) {
            continue;
        }
        made->leaves++;
        if (!unit->sent && made->leaves_silent++ < HM_REPORT_NAMES_MAX) {
            silent[made->leaves_silent - 1] =
                (struct hm_report_part){.unit = unit->code, .name = unit->name};
        }
    }
    made->silent = silent;
    return hm_arena_status(r->arena, err);
}
