/* SPDX-License-Identifier: Apache-2.0 */
/* One walk through the records of a kind, for all leaves that count them. */
#include <stdlib.h>
#include <string.h>

#include "hamlet/record/kinds.h"
#include "trace.h"

enum { VALUES_MAX = 16, MONTH_AT = 5, LAST_MONTHS = 11 };
enum { TELL_EACH = 1024, PERMILLE = 1000 };

/* Leaves of one kind that are fed by one scan, and the fields that they need. */
struct walk {
    struct hm_reporting *r;
    const char *kind;
    bool of_year;
    int day; /* the field that holds it; HM_REPORT_NONE: a year has no day */
    const char *fields[HM_SCAN_FIELDS_MAX];
    size_t field_count;
    struct hm_leaf **leaves;
    const int **columns; /* of each leaf: which field is which of its columns */
    size_t leaf_count;
    int at;    /* which walk this is … */
    int count; /* … of so many */
    size_t rows;
};

/* ---- the columns of a leaf, in this order ---- */

enum { LIFE_FROM, LIFE_TO, REF, BEFORE, QUALIFIER, DATE, FROM, TO, LIST, NAMES, LISTED };

static size_t column_count(const struct hm_leaf *leaf)
{
    const struct hm_quantity *quantity = leaf->quantity;
    size_t count = LISTED + quantity->where.count + quantity->filled.count;
    for (size_t i = 0; i < quantity->take.count; i++) {
        count += quantity->take.at[i].count;
    }
    return count;
}

static const char *column_name(const struct hm_leaf *leaf, size_t column)
{
    const struct hm_quantity *q = leaf->quantity;
    const char *const own[LISTED] = {
        [LIFE_FROM] = q->life.from,
        [LIFE_TO] = q->life.to,
        [REF] = q->ref,
        [BEFORE] = q->before,
        [QUALIFIER] = q->qualifier,
        [DATE] = q->date,
        [FROM] = q->window.count == 0 ? NULL : q->window.at[0],
        [TO] = q->window.count == 0 ? NULL : q->window.at[1],
        [LIST] = q->list.field,
        [NAMES] = leaf->names == NULL ? NULL : leaf->names->names};
    if (column < LISTED) {
        return own[column];
    }
    column -= LISTED;
    if (column < q->where.count) {
        return q->where.at[column].field;
    }
    column -= q->where.count;
    if (column < q->filled.count) {
        return q->filled.at[column];
    }
    column -= q->filled.count;
    size_t list = 0;
    while (column >= q->take.at[list].count) {
        column -= q->take.at[list++].count;
    }
    return q->take.at[list].at[column];
}

/* The field's place in the scan, added where it is new; HM_REPORT_NONE: no room. */
static int put_field(struct walk *walk, const char *name)
{
    for (size_t i = 0; i < walk->field_count; i++) {
        if (strcmp(walk->fields[i], name) == 0) {
            return (int)i;
        }
    }
    if (walk->field_count == HM_SCAN_FIELDS_MAX) {
        return HM_REPORT_NONE;
    }
    walk->fields[walk->field_count] = name;
    return (int)walk->field_count++;
}

/* Let the walk feed the leaf; false: its fields do not fit beside the others. */
static bool put_leaf(struct walk *walk, struct hm_leaf *leaf)
{
    size_t before = walk->field_count;
    size_t count = column_count(leaf);
    int *columns = hm_arena_get_array(walk->r->arena, count, sizeof(*columns));
    for (size_t i = 0; columns != NULL && i < count; i++) {
        const char *name = column_name(leaf, i);
        columns[i] = name == NULL ? HM_REPORT_NONE : put_field(walk, name);
        if (name != NULL && columns[i] == HM_REPORT_NONE) {
            walk->field_count = before;
            return false;
        }
    }
    walk->columns[walk->leaf_count] = columns;
    walk->leaves[walk->leaf_count++] = leaf;
    return true;
}

/* ---- one record, one leaf ---- */

struct record {
    const struct walk *walk;
    struct hm_leaf *leaf;
    const int *columns;
    const struct hm_scan_row *row;
    int unit;
};

static const struct hm_scan_value *value_at(const struct record *record, size_t column)
{
    static const struct hm_scan_value none;
    int at = record->columns[column];
    return at == HM_REPORT_NONE ? &none : &record->row->at[at];
}

static bool is_wanted(const struct record *record)
{
    const struct hm_quantity *quantity = record->leaf->quantity;
    bool filled = quantity->filled.count == 0;
    for (size_t i = 0; i < quantity->where.count; i++) {
        if (!hm_report_where_fits(&quantity->where.at[i], value_at(record, LISTED + i),
                                  record->row->year)) {
            return false;
        }
    }
    for (size_t i = 0; i < quantity->filled.count; i++) {
        filled = filled || value_at(record, LISTED + quantity->where.count + i)->there;
    }
    return filled;
}

/* What the record adds; `there` is false where it says nothing. */
static enum hm_status number_of(const struct record *record,
                                struct hm_cell *number,
                                struct hm_err *err)
{
    const struct hm_reporting *r = record->walk->r;
    const struct hm_quantity *quantity = record->leaf->quantity;
    const struct hm_scan_value *values[VALUES_MAX];
    size_t first = LISTED + quantity->where.count + quantity->filled.count;
    size_t count = column_count(record->leaf) - first;
    const struct hm_scan_value *list = value_at(record, LIST);
    bool found = quantity->list.field == NULL;
    enum hm_status status = HM_OK;
    *number = (struct hm_cell){.whole = quantity->whole};
    if (!found && list->is_text) {
        status = hm_report_items(r->settings, &quantity->list, list->text, &found, number,
                                 err);
    }
    if (status != HM_OK || !found || quantity->list.take.count > 0) {
        return status;
    }
    for (size_t i = 0; i < count && i < VALUES_MAX; i++) {
        values[i] = value_at(record, first + i);
    }
    number->there = count == 0 && !quantity->has_other;
    number->value = number->there ? 1 : 0;
    if (!number->there) {
        number->there = hm_report_take(&quantity->take, values, &number->value);
    }
    if (!number->there && quantity->has_other) {
        number->there = true;
        number->value = quantity->other;
    }
    number->has_before = value_at(record, BEFORE)->there;
    number->before = value_at(record, BEFORE)->number;
    number->exactness =
        (uint8_t)hm_report_exactness(r->settings, value_at(record, QUALIFIER)->text);
    return HM_OK;
}

static void keep_name(const struct record *record)
{
    struct hm_leaf *leaf = record->leaf;
    const struct hm_reporting *r = record->walk->r;
    const struct hm_scan_value *name = value_at(record, NAMES);
    if (leaf->names == NULL || !name->is_text) {
        return;
    }
    if (leaf->named == NULL) {
        leaf->named =
            hm_arena_get_array(r->arena, HM_REPORT_NAMES_MAX, sizeof(*leaf->named));
    }
    if (leaf->named_count == HM_REPORT_NAMES_MAX || leaf->named == NULL) {
        leaf->named_cut = true;
        return;
    }
    leaf->named[leaf->named_count++] = hm_arena_copy(r->arena, name->text);
}

/* Whether it is counted in a year: it is of that year, or was there on its last day. */
static bool is_of(const struct record *record, int year)
{
    const struct hm_reporting *r = record->walk->r;
    return record->walk->of_year ||
           hm_report_alive(value_at(record, LIFE_FROM), value_at(record, LIFE_TO),
                           r->days[year]);
}

static enum hm_status add_record(const struct record *record,
                                 const struct hm_cell *number,
                                 struct hm_err *err)
{
    struct hm_reporting *r = record->walk->r;
    struct hm_leaf *leaf = record->leaf;
    const struct hm_members *members = leaf->members;
    int member = members == NULL ? HM_REPORT_NONE
                                 : hm_report_member(members, value_at(record, REF));
    enum hm_status status = HM_OK;
    bool counted = false;
    if (members != NULL && member == HM_REPORT_NONE) {
        return HM_OK;
    }
    int unit = members == NULL ? record->unit : members->at[member].unit;
    bool of_year = record->walk->of_year;
    int from = of_year ? (int)(record->row->year - r->asked->from) : 0;
    for (int year = from; status == HM_OK && year < (of_year ? from + 1 : r->years);
         year++) {
        int at = r->map[(size_t)year * r->unit_count + (size_t)unit];
        uint64_t bit = UINT64_C(1) << year;
        if (at == HM_REPORT_NONE || !leaf->fits[at] || !is_of(record, year) ||
            (members != NULL && ((members->at[member].alive & bit) == 0 ||
                                 (leaf->seen[member] & bit) != 0))) {
            continue;
        }
        if (members != NULL) {
            leaf->seen[member] |= bit;
        }
        hm_report_add(leaf, r, year, at, number);
        if (hm_report_is_of(r, leaf, year)) {
            counted = true;
            status = hm_report_trace(r, leaf, &record->row->id, year, at, err);
        }
    }
    if (counted) {
        keep_name(record);
    }
    return status;
}

static bool copy_day(char day[HM_REPORT_DAY_SIZE], const struct hm_scan_value *value)
{
    if (!value->is_text || value->text.size != HM_REPORT_DAY_SIZE - 1) {
        return false;
    }
    memcpy(day, value->text.data, HM_REPORT_DAY_SIZE - 1);
    day[HM_REPORT_DAY_SIZE - 1] = '\0';
    return true;
}

static void keep_last(const struct record *record, const struct hm_cell *number)
{
    const struct hm_reporting *r = record->walk->r;
    struct hm_leaf *leaf = record->leaf;
    char day[HM_REPORT_DAY_SIZE];
    int member = hm_report_member(leaf->members, value_at(record, REF));
    if (member == HM_REPORT_NONE ||
        (leaf->members->at[member].alive >> (r->years - 1) & 1) == 0 ||
        !copy_day(day, value_at(record, DATE)) ||
        strcmp(day, r->days[r->years - 1]) > 0) {
        return;
    }
    struct hm_last *last = &leaf->last[member];
    int order = strcmp(day, last->date);
    /* Two of one day: the greater id, which is the same everywhere. */
    if (order > 0 ||
        (order == 0 && memcmp(&record->row->id, &last->id, sizeof(last->id)) > 0)) {
        last->id = record->row->id;
        memcpy(last->date, day, sizeof(day));
        last->cell = *number;
    }
}

/* A year that is judged begins in the last months of the one before. */
static int first_year(const char *from, int last)
{
    int year = (int)strtol(from, NULL, 10);
    year += strtol(from + MONTH_AT, NULL, 10) >= LAST_MONTHS;
    return year > last ? last : year;
}

static enum hm_status keep_window(const struct record *record,
                                  const struct hm_cell *number,
                                  struct hm_err *err)
{
    const struct hm_reporting *r = record->walk->r;
    struct hm_leaf *leaf = record->leaf;
    struct hm_window window = {.id = record->row->id,
                               .unit = record->unit,
                               .year = (int)record->row->year - r->asked->from,
                               .cell = *number};
    if (!copy_day(window.from, value_at(record, FROM)) ||
        !copy_day(window.to, value_at(record, TO)) || window.year < 0 ||
        window.year >= r->years || strcmp(window.to, r->days[r->years - 1]) > 0 ||
        first_year(window.from, (int)record->row->year) < r->asked->from) {
        return HM_OK;
    }
    leaf->windows = hm_arena_grow(r->arena, leaf->windows, leaf->window_count,
                                  &leaf->window_capacity, sizeof(window));
    if (leaf->windows != NULL) {
        leaf->windows[leaf->window_count++] = window;
    }
    return hm_arena_status(r->arena, err);
}

static enum hm_status take_record(const struct record *record, struct hm_err *err)
{
    const struct hm_quantity *quantity = record->leaf->quantity;
    struct hm_cell number;
    if (!is_wanted(record)) {
        return HM_OK;
    }
    enum hm_status status = number_of(record, &number, err);
    if (status != HM_OK || !number.there) {
        return status;
    }
    if (quantity->type == HM_QUANTITY_LATEST) {
        keep_last(record, &number);
        return HM_OK;
    }
    return quantity->window.count > 0 ? keep_window(record, &number, err)
                                      : add_record(record, &number, err);
}

/* Rows come by year and home, so that one of them says how far the walk has come. */
static void tell(struct walk *walk, const struct hm_scan_row *row)
{
    const struct hm_reporting *r = walk->r;
    if (walk->rows++ % TELL_EACH != 0) {
        return;
    }
    int64_t homes = r->home_max + 1;
    int64_t years = walk->of_year ? r->years : 1;
    int64_t year = walk->of_year ? row->year - r->asked->from : 0;
    int64_t before = (year < 0 ? 0 : year) * homes + row->home;
    int done = (int)(before * PERMILLE / (years * homes));
    hm_store_watch_put(r->store, (walk->at * PERMILLE + done) / walk->count);
}

static enum hm_status take_row(void *ctx,
                               const struct hm_scan_row *row,
                               struct hm_err *err)
{
    struct walk *walk = ctx;
    int unit = hm_report_unit_of(walk->r, row->home);
    enum hm_status status = HM_OK;
    tell(walk, row);
    if (walk->day != HM_REPORT_NONE && row->at[walk->day].is_text &&
        hm_bytes_compare(row->at[walk->day].text,
                         hm_text(walk->r->days[walk->r->years - 1])) > 0) {
        return HM_OK;
    }
    for (size_t i = 0; status == HM_OK && unit != HM_REPORT_NONE && i < walk->leaf_count;
         i++) {
        const struct record record = {walk, walk->leaves[i], walk->columns[i], row, unit};
        status = take_record(&record, err);
    }
    return status;
}

/* ---- walks ---- */

/* The last of something may be of any year before. */
static void set_years(const struct walk *walk, struct hm_scan_query *query)
{
    if (!walk->of_year) {
        return;
    }
    query->year_from = walk->r->asked->from;
    query->year_to = walk->r->asked->to;
    for (size_t i = 0; i < walk->leaf_count; i++) {
        if (walk->leaves[i]->quantity->type == HM_QUANTITY_LATEST) {
            query->year_from = 0;
        }
    }
}

/* The kind of the first leaf that nobody has fed; null: all are. */
static const char *next_kind(const struct hm_reporting *r, const bool *fed)
{
    for (size_t i = 0; i < r->leaf_count; i++) {
        if (!fed[i] && r->leaves[i].quantity->kind != NULL) {
            return r->leaves[i].quantity->kind;
        }
    }
    return NULL;
}

/* How many kinds the leaves count. */
static int count_kinds(const struct hm_reporting *r)
{
    int count = 0;
    for (size_t i = 0; i < r->leaf_count; i++) {
        const char *kind = r->leaves[i].quantity->kind;
        bool known = kind == NULL;
        for (size_t k = 0; k < i && !known; k++) {
            const char *other = r->leaves[k].quantity->kind;
            known = other != NULL && strcmp(other, kind) == 0;
        }
        count += !known;
    }
    return count;
}

/* Begin with the day, of kinds that have one: the last year may end before its end. */
static void begin_walk(struct walk *walk, const struct hm_kind *kind)
{
    walk->field_count = 0;
    walk->leaf_count = 0;
    walk->of_year = kind != NULL && kind->year != NULL;
    walk->day = walk->of_year && kind->year->type != HM_FIELD_TYPE_INTEGER
                    ? put_field(walk, kind->year->name)
                    : HM_REPORT_NONE;
}

/* All leaves of that kind that fit into one scan. */
static enum hm_status walk_next(struct walk *walk, bool *fed, struct hm_err *err)
{
    struct hm_reporting *r = walk->r;
    walk->kind = next_kind(r, fed);
    if (walk->kind == NULL) {
        return HM_OK;
    }
    const struct hm_kind *kind =
        hm_kinds_find(hm_store_kinds(r->store), hm_text(walk->kind));
    begin_walk(walk, kind);
    for (size_t i = 0; i < r->leaf_count; i++) {
        struct hm_leaf *leaf = &r->leaves[i];
        if (!fed[i] && leaf->quantity->kind != NULL &&
            strcmp(leaf->quantity->kind, walk->kind) == 0) {
            fed[i] = put_leaf(walk, leaf);
            leaf->of_year = walk->of_year;
        }
    }
    enum hm_status status = hm_arena_status(r->arena, err);
    if (status == HM_OK && walk->leaf_count == 0) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    struct hm_scan_query query = {.kind = hm_text(walk->kind),
                                  .fields = walk->fields,
                                  .field_count = walk->field_count};
    set_years(walk, &query);
    return status != HM_OK || kind == NULL
               ? status
               : hm_store_scan(r->store, &query, take_row, walk, err);
}

enum hm_status hm_report_scan(struct hm_reporting *r, struct hm_err *err)
{
    struct walk walk = {.r = r, .count = count_kinds(r)};
    walk.count = walk.count > 0 ? walk.count : 1;
    bool *fed = hm_arena_get_array(r->arena, r->leaf_count, sizeof(*fed));
    walk.leaves = hm_arena_get_array(r->arena, r->leaf_count, sizeof(struct hm_leaf *));
    walk.columns = hm_arena_get_array(r->arena, r->leaf_count, sizeof(const int *));
    enum hm_status status = hm_arena_status(r->arena, err);
    do {
        status = status == HM_OK ? walk_next(&walk, fed, err) : status;
        walk.at += walk.at + 1 < walk.count; /* a kind of many fields is walked twice */
    } while (status == HM_OK && walk.kind != NULL);
    return status;
}
