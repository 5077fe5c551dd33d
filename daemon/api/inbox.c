/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list. All that is open is read as rows without values, a few microseconds each;
 * only the records of the page that is shown are loaded.
 */
#include "hamlet/api/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "conflict.h"
#include "hamlet/store/disputes.h"
#include "hamlet/store/registry.h"

/* A record's rows stand after each other from `first` on. */
struct kase {
    const struct hm_dispute *first;
    size_t count;
    struct hm_wall opened; /* of the first of them */
    enum hm_inbox_type type;
    struct hm_bytes place; /* the unit under which it is counted */
    bool fits;
};

struct listing {
    const struct hm_view *view;
    const struct hm_inbox_query *query;
    struct hm_bytes root; /* the unit at whose level nothing is told apart */
    struct hm_bytes unit;
    struct hm_dispute *rows;
    size_t row_count;
    struct kase *cases;
    size_t count;
    size_t fitting;
    struct hm_arena arena;
    struct hm_rows out;
};

const char *hm_inbox_type_name(enum hm_inbox_type type)
{
    static const char *const names[] = {
#define HM_INBOX_TYPE_NAME(name, text) text,
        HM_INBOX_TYPE_MAP(HM_INBOX_TYPE_NAME)
#undef HM_INBOX_TYPE_NAME
    };
    return names[type];
}

/* ---- what there is ---- */

static bool is_drawn(const struct hm_view *view, const struct hm_dispute *row)
{
    const struct hm_kind *kind = hm_kinds_find(hm_store_kinds(view->store), row->kind);
    const struct hm_kind_register *reg =
        kind == NULL ? NULL : hm_kind_register(kind, row->reg);
    for (size_t i = 0; reg != NULL && i < reg->fields.count; i++) {
        if (reg->fields.at[i]->type == HM_FIELD_TYPE_STROKES) {
            return true;
        }
    }
    return false;
}

static enum hm_inbox_type type_of(const struct hm_view *view,
                                  const struct hm_dispute *row)
{
    if (hm_bytes_are(row->reg, HM_REGISTER_LIVE)) {
        return HM_INBOX_TYPE_DELETE;
    }
    if (is_drawn(view, row)) {
        return HM_INBOX_TYPE_SIGNATURES;
    }
    return row->created ? HM_INBOX_TYPE_CREATED : HM_INBOX_TYPE_EDITS;
}

static void take_row(struct listing *l, const struct hm_dispute *row)
{
    struct kase *kase = l->count == 0 ? NULL : &l->cases[l->count - 1];
    enum hm_inbox_type type = type_of(l->view, row);
    if (kase != NULL && hm_id_equal(&kase->first->record, &row->record) &&
        hm_bytes_equal(kase->first->home, row->home)) {
        kase->count++;
        kase->type = type < kase->type ? type : kase->type;
        kase->opened = row->opened.ms < kase->opened.ms ? row->opened : kase->opened;
        return;
    }
    bool above = row->above.size > 0 && !hm_bytes_equal(row->above, l->root);
    l->cases[l->count++] = (struct kase){.first = row,
                                         .count = 1,
                                         .opened = row->opened,
                                         .type = type,
                                         .place = above ? row->above : row->home};
}

static int by_age(const void *a, const void *b)
{
    const struct kase *x = a;
    const struct kase *y = b;
    if (x->opened.ms != y->opened.ms) {
        return x->opened.ms < y->opened.ms ? -1 : 1;
    }
    return memcmp(&x->first->record, &y->first->record, sizeof(x->first->record));
}

static void sort(struct listing *l, int (*order)(const void *a, const void *b))
{
    if (l->count > 0) {
        qsort(l->cases, l->count, sizeof(*l->cases), order);
    }
}

static enum hm_status load(struct listing *l, struct hm_err *err)
{
    enum hm_status status = hm_store_disputes(l->view->store, l->query->scope, &l->rows,
                                              &l->row_count, &l->arena, err);
    if (status != HM_OK || l->row_count == 0) {
        return status;
    }
    l->cases = hm_arena_get_array(&l->arena, l->row_count, sizeof(*l->cases));
    if (l->cases == NULL) {
        return hm_arena_status(&l->arena, err);
    }
    for (size_t i = 0; i < l->row_count; i++) {
        take_row(l, &l->rows[i]);
    }
    sort(l, by_age);
    return HM_OK;
}

/* ---- what is asked for ---- */

static enum hm_status check_type(const char *type, struct hm_err *err)
{
    for (int i = 0; type != NULL && i < HM_INBOX_TYPE_COUNT; i++) {
        if (strcmp(type, hm_inbox_type_name((enum hm_inbox_type)i)) == 0) {
            return HM_OK;
        }
    }
    return type == NULL ? HM_OK
                        : hm_fail(err, HM_BAD_INPUT, "web-member", "type", NULL, NULL);
}

static enum hm_status check_query(struct listing *l, struct hm_err *err)
{
    const struct hm_inbox_query *query = l->query;
    const struct hm_kind *kind = NULL;
    bool within = true;
    enum hm_status status = check_type(query->type, err);
    if (status == HM_OK && query->kind != NULL) {
        status = hm_api_kind(l->view, hm_text(query->kind), &kind, err);
    }
    if (status == HM_OK) {
        status = hm_view_unit(l->view, NULL, &l->root, &l->arena, err);
    }
    if (status == HM_OK && query->scope.size > 0) {
        l->root = query->scope;
    }
    if (status == HM_OK && query->unit != NULL) {
        status = hm_view_unit(l->view, query->unit, &l->unit, &l->arena, err);
    }
    if (status == HM_OK && l->unit.size > 0 && query->scope.size > 0) {
        status =
            hm_store_unit_within(l->view->store, l->unit, query->scope, &within, err);
    }
    if (status == HM_OK && !within) {
        status = hm_fail(err, HM_DENIED, "unit-scope", query->unit, NULL, NULL);
    }
    return status;
}

static bool is_asked(const struct listing *l, const struct kase *kase)
{
    const struct hm_inbox_query *query = l->query;
    return (query->kind == NULL || hm_bytes_are(kase->first->kind, query->kind)) &&
           (query->type == NULL ||
            strcmp(query->type, hm_inbox_type_name(kase->type)) == 0) &&
           (query->until.ms == 0 || kase->opened.ms <= query->until.ms);
}

/* Cases of one home often stand together: what was found last is kept. */
static enum hm_status choose(struct listing *l, struct hm_err *err)
{
    struct hm_bytes home = HM_NO_BYTES;
    enum hm_status status = HM_OK;
    bool within = l->unit.size == 0;
    for (size_t i = 0; i < l->count && status == HM_OK; i++) {
        struct kase *kase = &l->cases[i];
        bool same = home.size > 0 && hm_bytes_equal(home, kase->first->home);
        if (!is_asked(l, kase)) {
            continue;
        }
        if (l->unit.size > 0 && !same) {
            home = kase->first->home;
            status = hm_store_unit_within(l->view->store, home, l->unit, &within, err);
        }
        kase->fits = within;
        l->fitting += within ? 1 : 0;
    }
    return status;
}

/* ---- showing ---- */

/* Who differed, by role and place: names stand in the case alone. */
static enum hm_status put_hand(struct listing *l,
                               const struct hm_held *held,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_json_write *out = &l->out.out;
    struct hm_device device = {.known = false};
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status =
        hm_store_device_get(l->view->store, &held->change.device, &device, arena, err);
    if (status == HM_OK && device.home.size > 0) {
        status = hm_view_unit_name(l->view, device.home, &name, arena, err);
    }
    hm_json_open(out, '{');
    hm_json_put_text(out, "role", held->change.role);
    hm_json_put_text(out, "unit", device.home);
    hm_json_put_text(out, "unit_name", name);
    hm_json_put_wall(out, "time", held->change.time);
    hm_json_close(out, '}');
    return status;
}

static enum hm_status put_hands(struct listing *l,
                                const struct hm_loaded *loaded,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    enum hm_status status = HM_OK;
    hm_json_key(&l->out.out, "hands");
    hm_json_open(&l->out.out, '[');
    for (size_t i = 0; i < loaded->count && status == HM_OK; i++) {
        if (loaded->known[i].disputed) {
            status = put_hand(l, &loaded->held[i], arena, err);
        }
    }
    hm_json_close(&l->out.out, ']');
    return status;
}

static void put_registers(struct hm_json_write *out, const struct kase *kase)
{
    hm_json_key(out, "registers");
    hm_json_open(out, '[');
    for (size_t i = 0; i < kase->count; i++) {
        hm_json_text(out, kase->first[i].reg);
    }
    hm_json_close(out, ']');
}

static enum hm_status put_unit(struct listing *l,
                               struct hm_bytes unit,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status = hm_view_unit_name(l->view, unit, &name, arena, err);
    hm_json_put_text(&l->out.out, "unit", unit);
    hm_json_put_text(&l->out.out, "unit_name", name);
    return status;
}

static enum hm_status put_case(struct listing *l,
                               const struct kase *kase,
                               struct hm_err *err)
{
    struct hm_json_write *out = &l->out.out;
    struct hm_loaded loaded;
    struct hm_arena arena;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "case", hm_id_bytes(&kase->first->record));
    hm_json_put_text(out, "kind", kase->first->kind);
    hm_json_put_text(out, "type", hm_text(hm_inbox_type_name(kase->type)));
    hm_json_put_wall(out, "opened", kase->opened);
    put_registers(out, kase);
    enum hm_status status = put_unit(l, kase->first->home, &arena, err);
    if (status == HM_OK) {
        status = hm_store_record_load_in(l->view->store, kase->first->home,
                                         &kase->first->record, &loaded, &arena, err);
    }
    if (status == HM_OK) {
        status = put_hands(l, &loaded, &arena, err);
    }
    hm_json_close(out, '}');
    hm_arena_fini(&arena);
    return status != HM_OK ? status : hm_rows_flush(&l->out, err);
}

static enum hm_status put_cases(struct listing *l, struct hm_err *err)
{
    struct hm_json_write *out = &l->out.out;
    const int64_t skip = l->query->skip;
    const int64_t end = skip + l->query->limit;
    enum hm_status status = HM_OK;
    int64_t at = 0;
    hm_json_key(out, "cases");
    hm_json_open(out, '[');
    for (size_t i = 0; i < l->count && at < end && status == HM_OK; i++) {
        if (l->cases[i].fits && at++ >= skip) {
            status = put_case(l, &l->cases[i], err);
        }
    }
    hm_json_close(out, ']');
    hm_json_key(out, "next");
    if ((int64_t)l->fitting > end) {
        hm_json_int(out, end);
    } else {
        hm_json_null(out);
    }
    hm_json_put_int(out, "fit", (int64_t)l->fitting);
    hm_json_put_int(out, "open", (int64_t)l->count);
    return status;
}

/* ---- how many of what ---- */

static int by_place(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct kase *)a)->place,
                            ((const struct kase *)b)->place);
}

static int by_kind(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct kase *)a)->first->kind,
                            ((const struct kase *)b)->first->kind);
}

static enum hm_status put_units(struct listing *l, struct hm_err *err)
{
    struct hm_json_write *out = &l->out.out;
    enum hm_status status = HM_OK;
    hm_json_key(out, "units");
    hm_json_open(out, '[');
    sort(l, by_place);
    for (size_t i = 0, n = 0; i < l->count && status == HM_OK; i = n) {
        while (n < l->count && hm_bytes_equal(l->cases[n].place, l->cases[i].place)) {
            n++;
        }
        hm_json_open(out, '{');
        status = put_unit(l, l->cases[i].place, &l->arena, err);
        hm_json_put_int(out, "cases", (int64_t)(n - i));
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    return status;
}

static void put_kinds(struct listing *l)
{
    struct hm_json_write *out = &l->out.out;
    hm_json_key(out, "kinds");
    hm_json_open(out, '[');
    sort(l, by_kind);
    for (size_t i = 0, n = 0; i < l->count; i = n) {
        const struct hm_bytes kind = l->cases[i].first->kind;
        while (n < l->count && hm_bytes_equal(l->cases[n].first->kind, kind)) {
            n++;
        }
        hm_json_open(out, '{');
        hm_json_put_text(out, "kind", kind);
        hm_json_put_int(out, "cases", (int64_t)(n - i));
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_types(struct listing *l)
{
    struct hm_json_write *out = &l->out.out;
    int64_t counts[HM_INBOX_TYPE_COUNT] = {0};
    for (size_t i = 0; i < l->count; i++) {
        counts[l->cases[i].type]++;
    }
    hm_json_key(out, "types");
    hm_json_open(out, '{');
    for (int i = 0; i < HM_INBOX_TYPE_COUNT; i++) {
        hm_json_put_int(out, hm_inbox_type_name((enum hm_inbox_type)i), counts[i]);
    }
    hm_json_close(out, '}');
}

static enum hm_status show(struct listing *l, struct hm_err *err)
{
    hm_json_open(&l->out.out, '{');
    enum hm_status status = put_cases(l, err);
    if (status == HM_OK) {
        status = put_units(l, err);
    }
    put_kinds(l);
    put_types(l);
    hm_json_close(&l->out.out, '}');
    return status != HM_OK ? status : hm_rows_end(&l->out, err);
}

enum hm_status hm_api_inbox(const struct hm_view *view,
                            const struct hm_inbox_query *query,
                            struct hm_err *err)
{
    struct listing l = {.view = view, .query = query};
    hm_arena_init(&l.arena, HM_COMMAND_ARENA_MAX);
    hm_rows_init(&l.out, view);
    enum hm_status status = check_query(&l, err);
    if (status == HM_OK) {
        status = load(&l, err);
    }
    if (status == HM_OK) {
        status = choose(&l, err);
    }
    if (status == HM_OK) {
        status = show(&l, err);
    }
    hm_rows_fini(&l.out);
    hm_arena_fini(&l.arena);
    return status;
}
