/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/units.h"

#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "hamlet/base/json.h"
#include "hamlet/model/value.h"
#include "hamlet/store/scan.h"
#include "hamlet/text/fold.h"
#include "hamlet/text/sort.h"

/* What is read of each; the last two only where the kind has them. */
enum { CODE, PARENT, LEVEL, TYPE, NAME, FROM, TO, INTO, SYSTEM, VERSIONS, FIELDS };

static const struct hm_json_limits limits = {.size_max = HM_VALUE_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 12};

/* A unit as it was called for some time: by its record, or by one of its versions. */
struct called {
    struct hm_bytes code;
    struct hm_bytes parent;
    struct hm_bytes type;
    struct hm_bytes name;
    struct hm_bytes from;
    struct hm_bytes to;
    struct hm_bytes system;
};

struct unit {
    struct hm_bytes at[FIELDS]; /* no bytes: not there */
    struct called then;         /* on the day, or where the code was found */
    bool was;                   /* … which is one of its versions, not as it is now */
    struct hm_bytes key;        /* of its name, in a list */
};

struct looking {
    const struct hm_view *view;
    const struct hm_api_units *query;
    const struct hm_kind_tree *tree;
    const char *fields[FIELDS];
    struct hm_bytes system;
    struct hm_bytes search; /* folded */
    char day[HM_API_DAY_SIZE];
    struct unit *units;
    size_t count;
    size_t room;
    struct hm_arena arena;
};

/* ---- in time ---- */

/* A unit that was merged without a day has been closed for ever. */
static bool is_open(const struct unit *unit, const char *day)
{
    struct hm_bytes from = unit->at[FROM];
    struct hm_bytes to = unit->at[TO];
    return (from.size == 0 || hm_bytes_compare(from, hm_text(day)) <= 0) &&
           (to.size == 0 ? unit->at[INTO].size == 0
                         : hm_bytes_compare(to, hm_text(day)) >= 0);
}

static bool is_of_day(const struct called *called, const char *day)
{
    return (called->from.size == 0 ||
            hm_bytes_compare(called->from, hm_text(day)) <= 0) &&
           (called->to.size == 0 || hm_bytes_compare(called->to, hm_text(day)) >= 0);
}

static struct called now_of(const struct unit *unit)
{
    return (struct called){unit->at[CODE],  unit->at[PARENT], unit->at[TYPE],
                           unit->at[NAME],  unit->at[FROM],   unit->at[TO],
                           unit->at[SYSTEM]};
}

static struct hm_bytes member(struct looking *look,
                              const struct hm_json *json,
                              int field,
                              struct hm_bytes otherwise)
{
    struct hm_bytes text =
        hm_json_text_or(hm_json_get(json, look->fields[field]), HM_NO_BYTES);
    return text.size == 0 ? otherwise : hm_arena_copy(&look->arena, text);
}

/* What a version does not say was as it is. */
static struct called version_of(struct looking *look,
                                const struct unit *unit,
                                const struct hm_json *json)
{
    return (struct called){member(look, json, CODE, unit->at[CODE]),
                           member(look, json, PARENT, unit->at[PARENT]),
                           member(look, json, TYPE, unit->at[TYPE]),
                           member(look, json, NAME, unit->at[NAME]),
                           member(look, json, FROM, HM_NO_BYTES),
                           member(look, json, TO, HM_NO_BYTES),
                           member(look, json, SYSTEM, HM_NO_BYTES)};
}

/* ---- which ---- */

static bool is_code(const struct looking *look, const struct called *called)
{
    return look->query->code == NULL ||
           (hm_bytes_are(called->code, look->query->code) &&
            (look->system.size == 0 || called->system.size == 0 ||
             hm_bytes_equal(look->system, called->system)));
}

/* As it was on the day; without a day, as it was when it had the code. */
static enum hm_status find_then(struct looking *look,
                                struct unit *unit,
                                bool *found,
                                struct hm_err *err)
{
    bool dated = look->query->on != NULL;
    struct hm_json *list = NULL;
    unit->then = now_of(unit);
    *found = is_code(look, &unit->then);
    if (unit->at[VERSIONS].size == 0 || (*found && !dated)) {
        return HM_OK;
    }
    enum hm_status status = hm_json_parse(&list, unit->at[VERSIONS], &limits, err);
    for (const struct hm_json *at = status == HM_OK ? hm_json_first(list) : NULL;
         at != NULL; at = hm_json_next(at)) {
        struct called then = version_of(look, unit, at);
        if (dated ? is_of_day(&then, look->day) : is_code(look, &then)) {
            unit->then = then;
            unit->was = true;
            *found = is_code(look, &then);
            break;
        }
    }
    hm_json_free(list);
    return status;
}

static enum hm_status is_found(struct looking *look,
                               const struct unit *unit,
                               bool *found,
                               struct hm_err *err)
{
    struct hm_buf folded;
    *found = true;
    if (look->search.size == 0) {
        return HM_OK;
    }
    hm_buf_init(&folded, HM_VALUE_BYTES_MAX);
    hm_text_fold(&folded, unit->then.name);
    hm_buf_put_text(&folded, " ");
    hm_text_fold(&folded, unit->then.code);
    enum hm_status status = hm_buf_status(&folded, err);
    *found = status == HM_OK && hm_text_matches(hm_buf_bytes(&folded), look->search);
    hm_buf_fini(&folded);
    return status;
}

static enum hm_status keep(struct looking *look, struct unit *unit, struct hm_err *err)
{
    struct hm_buf key;
    if (look->count == look->room) {
        size_t room = look->room == 0 ? 64 : 2 * look->room;
        struct unit *more = hm_arena_get_array(&look->arena, room, sizeof(*more));
        if (more == NULL) {
            return hm_arena_status(&look->arena, err);
        }
        if (look->count > 0) {
            memcpy(more, look->units, look->count * sizeof(*more));
        }
        look->units = more;
        look->room = room;
    }
    hm_buf_init(&key, HM_VALUE_BYTES_MAX);
    hm_text_sort_key(&key, unit->then.name, HM_TEXT_ORDER_PLAIN);
    unit->key = hm_arena_copy(&look->arena, hm_buf_bytes(&key));
    enum hm_status status = hm_buf_status(&key, err);
    hm_buf_fini(&key);
    look->units[look->count++] = *unit;
    return status == HM_OK ? hm_arena_status(&look->arena, err) : status;
}

static enum hm_status take(void *ctx, const struct hm_scan_row *row, struct hm_err *err)
{
    struct looking *look = ctx;
    struct unit unit = {.key = HM_NO_BYTES};
    bool found = false;
    for (int i = 0; i < FIELDS; i++) {
        if (row->at[i].is_text) {
            unit.at[i] = row->at[i].text; /* for the call; copied where it is kept */
        }
    }
    enum hm_status status = find_then(look, &unit, &found, err);
    if (status == HM_OK && found && look->query->code != NULL &&
        look->query->on != NULL) {
        found = is_open(&unit, look->day);
    }
    if (status == HM_OK && found && look->query->under != NULL) {
        found = hm_bytes_are(unit.then.parent, look->query->under);
    }
    if (status == HM_OK && found) {
        status = is_found(look, &unit, &found, err);
    }
    if (status != HM_OK || !found) {
        return status;
    }
    for (int i = 0; i < FIELDS; i++) {
        unit.at[i] = hm_arena_copy(&look->arena, unit.at[i]);
    }
    if (!unit.was) {
        unit.then = now_of(&unit);
    } else {
        unit.then.code = hm_arena_copy(&look->arena, unit.then.code);
        unit.then.parent = hm_arena_copy(&look->arena, unit.then.parent);
        unit.then.type = hm_arena_copy(&look->arena, unit.then.type);
        unit.then.name = hm_arena_copy(&look->arena, unit.then.name);
    }
    return keep(look, &unit, err);
}

static int by_name(const void *a, const void *b)
{
    const struct unit *one = a;
    const struct unit *other = b;
    int order = hm_bytes_compare(one->key, other->key);
    return order != 0 ? order : hm_bytes_compare(one->at[CODE], other->at[CODE]);
}

/* ---- showing ---- */

static void put_text(struct hm_json_write *out, const char *name, struct hm_bytes text)
{
    hm_json_key(out, name);
    if (text.size == 0) {
        hm_json_null(out);
    } else {
        hm_json_text(out, text);
    }
}

static void put_unit(struct hm_json_write *out,
                     const struct looking *look,
                     const struct unit *unit)
{
    const struct called *then = &unit->then;
    hm_json_open(out, '{');
    hm_json_put_text(out, "code", unit->at[CODE]);
    put_text(out, "system", unit->at[SYSTEM]);
    put_text(out, "level", unit->at[LEVEL]);
    put_text(out, "type", unit->at[TYPE]);
    put_text(out, "name", unit->at[NAME]);
    put_text(out, "parent", unit->at[PARENT]);
    put_text(out, "from", unit->at[FROM]);
    put_text(out, "to", unit->at[TO]);
    put_text(out, "into", unit->at[INTO]);
    hm_json_put_bool(out, "open", is_open(unit, look->day));
    hm_json_key(out, "then");
    hm_json_open(out, '{');
    hm_json_put_text(out, "code", then->code);
    put_text(out, "system", then->system);
    put_text(out, "type", then->type);
    put_text(out, "name", then->name);
    put_text(out, "parent", then->parent);
    hm_json_close(out, '}');
    hm_json_key(out, "versions");
    if (unit->at[VERSIONS].size == 0) {
        hm_json_open(out, '[');
        hm_json_close(out, ']');
    } else {
        hm_json_raw(out, unit->at[VERSIONS]);
    }
    hm_json_close(out, '}');
}

static void say_unit(struct hm_grid *table, const struct unit *unit)
{
    hm_grid_put(table, unit->at[CODE]);
    hm_grid_put(table, unit->then.type);
    hm_grid_put(table, unit->then.name);
    hm_grid_put(table, unit->then.parent);
    hm_grid_put(table, unit->at[FROM]);
    hm_grid_put(table, unit->at[TO]);
    hm_grid_put(table, unit->at[INTO]);
}

static enum hm_status show(struct looking *look, struct hm_err *err)
{
    static const char *const keys[] = {"column.unit",       "column.type", "column.name",
                                       "column.above",      "column.from", "column.to",
                                       "column.merged-into"};
    const struct hm_view *view = look->view;
    struct hm_rows rows;
    struct hm_grid table;
    enum hm_status status = HM_OK;
    hm_rows_init(&rows, view);
    hm_grid_init(&table, view, sizeof(keys) / sizeof(keys[0]));
    for (size_t i = 0; i < table.columns; i++) {
        hm_grid_put(&table, hm_text(hm_words_ui(view->words, keys[i])));
    }
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < look->count && status == HM_OK; i++) {
        if (view->json) {
            put_unit(&rows.out, look, &look->units[i]);
            status = hm_rows_flush(&rows, err);
        } else {
            say_unit(&table, &look->units[i]);
        }
    }
    hm_json_close(&rows.out, ']');
    if (status == HM_OK) {
        status =
            view->json ? hm_rows_end(&rows, err) : hm_grid_end(&table, "units.none", err);
    }
    hm_grid_fini(&table);
    hm_rows_fini(&rows);
    return status;
}

/* ---- what is asked ---- */

static enum hm_status read_system(struct looking *look, struct hm_err *err)
{
    const struct hm_field *field = look->tree->system;
    struct hm_buf value;
    if (look->query->system == NULL) {
        return HM_OK;
    }
    if (field == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "units-no-system", NULL, NULL, NULL);
    }
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    enum hm_status status =
        hm_field_read(field, hm_text(look->query->system), &value, err);
    if (status == HM_OK) {
        look->system = hm_arena_copy(&look->arena,
                                     hm_value_text_or(hm_buf_bytes(&value), HM_NO_BYTES));
        status = hm_arena_status(&look->arena, err);
    }
    hm_buf_fini(&value);
    return status;
}

static enum hm_status read_query(struct looking *look, struct hm_err *err)
{
    const struct hm_kind_tree *tree = look->tree;
    struct hm_buf folded;
    look->fields[CODE] = tree->code->name;
    look->fields[PARENT] = tree->parent->name;
    look->fields[LEVEL] = tree->level->name;
    look->fields[TYPE] = tree->type->name;
    look->fields[NAME] = tree->name->name;
    look->fields[FROM] = tree->from->name;
    look->fields[TO] = tree->to->name;
    look->fields[INTO] = tree->into == NULL ? "" : tree->into->name;
    look->fields[SYSTEM] = tree->system == NULL ? "" : tree->system->name;
    look->fields[VERSIONS] = tree->versions == NULL ? "" : tree->versions->name;
    hm_buf_init(&folded, HM_VALUE_BYTES_MAX);
    hm_text_fold(&folded, hm_text(look->query->search));
    look->search = hm_arena_copy(&look->arena, hm_buf_bytes(&folded));
    enum hm_status status = hm_buf_status(&folded, err);
    hm_buf_fini(&folded);
    if (status == HM_OK) {
        status =
            hm_api_day(look->day, look->query->on, hm_store_env(look->view->store), err);
    }
    return status == HM_OK ? read_system(look, err) : status;
}

enum hm_status hm_api_units(const struct hm_view *view,
                            const struct hm_api_units *query,
                            struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_tree(hm_store_kinds(view->store));
    struct looking look = {.view = view, .query = query};
    enum hm_status status = HM_OK;
    hm_arena_init(&look.arena, HM_COMMAND_ARENA_MAX);
    if (kind != NULL) {
        look.tree = kind->tree;
        status = read_query(&look, err);
    }
    if (status == HM_OK && kind != NULL) {
        const struct hm_scan_query scan = {
            .kind = hm_text(kind->name), .fields = look.fields, .field_count = FIELDS};
        status = hm_store_scan(view->store, &scan, take, &look, err);
    }
    if (status == HM_OK && look.count > 1) {
        qsort(look.units, look.count, sizeof(*look.units), by_name);
    }
    if (query->limit > 0 && look.count > (size_t)query->limit) {
        look.count = (size_t)query->limit;
    }
    if (status == HM_OK) {
        status = show(&look, err);
    }
    hm_arena_fini(&look.arena);
    return status;
}
