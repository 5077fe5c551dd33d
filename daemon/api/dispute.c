/* SPDX-License-Identifier: Apache-2.0 */
/* One case: what differs, what was there before, who wrote it, and where it will go. */
#include "dispute.h"

#include <stdlib.h>

#include "hamlet/model/value.h"
#include "hamlet/store/disputes.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/rights.h"

struct showing {
    const struct hm_view *view;
    struct hm_loaded loaded;
    struct hm_conflict *conflicts;
    size_t conflict_count;
    struct hm_arena arena;
    struct hm_rows rows;
};

/* ---- who and what ---- */

/* A value that names a record says its id; a person is told its name. */
static enum hm_status put_name_of(struct showing *s,
                                  struct hm_bytes reg,
                                  struct hm_bytes value,
                                  struct hm_err *err)
{
    const struct hm_kind_register *known =
        s->loaded.kind == NULL ? NULL : hm_kind_register(s->loaded.kind, reg);
    struct hm_buf shown;
    if (known == NULL || known->group || value.size == 0 ||
        known->fields.at[0]->type != HM_FIELD_TYPE_REF) {
        return HM_OK;
    }
    hm_buf_init(&shown, HM_VALUE_BYTES_MAX * 4);
    enum hm_status status = hm_api_show_ref(&shown, s->view, value, &s->arena, err);
    if (status == HM_OK) {
        status = hm_buf_status(&shown, err);
    }
    if (status == HM_OK) {
        hm_json_put_text(&s->rows.out, "named", hm_buf_bytes(&shown));
    }
    hm_buf_fini(&shown);
    return status;
}

/* Person, role, laptop and its place, act and time of a change. */
static enum hm_status put_hand(struct showing *s,
                               const struct hm_change *change,
                               struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    struct hm_device device = {.known = false};
    struct hm_bytes user = HM_NO_BYTES;
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status = hm_view_user(s->view, &change->user, &user, &s->arena, err);
    if (status == HM_OK) {
        status =
            hm_store_device_get(s->view->store, &change->device, &device, &s->arena, err);
    }
    if (status == HM_OK && device.home.size > 0) {
        status = hm_view_unit_name(s->view, device.home, &name, &s->arena, err);
    }
    hm_json_put_hex(out, "change", hm_id_bytes(&change->id));
    hm_json_put_text(out, "user", user);
    hm_json_put_text(out, "role", change->role);
    hm_json_put_text(out, "act", hm_text(hm_act_name(change->act)));
    hm_json_put_hex(out, "device", hm_id_bytes(&change->device));
    hm_json_put_text(out, "device_name", device.name);
    hm_json_put_text(out, "unit_name", name);
    hm_json_put_wall(out, "time", change->time);
    return status;
}

static enum hm_status put_side(struct showing *s,
                               struct hm_bytes reg,
                               const struct hm_side *side,
                               struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    hm_json_open(out, '{');
    enum hm_status status = put_hand(s, &side->held->change, err);
    hm_api_put_value(out, "value", side->value);
    if (status == HM_OK) {
        status = put_name_of(s, reg, side->value, err);
    }
    if (side->value.size == 0) {
        hm_json_put_bool(out, "withheld", true);
    }
    hm_json_close(out, '}');
    return status;
}

/* ---- the registers ---- */

static enum hm_status put_open(struct showing *s,
                               const struct hm_conflict *conflict,
                               struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    struct hm_case_view seen;
    enum hm_status status = hm_case_view_see(&seen, &s->loaded, conflict, &s->arena, err);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "conflict", hm_id_bytes(&conflict->id));
    hm_json_put_text(out, "register", conflict->reg);
    hm_json_put_text(out, "type", conflict->type);
    hm_json_put_wall(out, "opened", conflict->opened);
    hm_api_put_value(out, "base", status == HM_OK ? seen.base : HM_NO_BYTES);
    hm_json_key(out, "values");
    hm_json_open(out, '[');
    for (size_t i = 0; status == HM_OK && i < seen.side_count; i++) {
        status = put_side(s, conflict->reg, &seen.sides[i], err);
    }
    hm_json_close(out, ']');
    hm_json_key(out, "provisional");
    if (status == HM_OK && seen.shown != NULL) {
        hm_json_hex(out, hm_id_bytes(&seen.shown->change.id));
    } else {
        hm_json_null(out);
    }
    hm_json_close(out, '}');
    return status;
}

/* What nobody disputes; what was written after the record was made says by whom. */
static enum hm_status put_settled(struct showing *s,
                                  const struct hm_register *reg,
                                  struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    const struct hm_head *head = &reg->heads[reg->shown];
    const struct hm_change *change = &s->loaded.held[head->known].change;
    enum hm_status status = HM_OK;
    hm_json_open(out, '{');
    hm_json_put_text(out, "register", reg->name);
    hm_api_put_value(out, "value", head->write->value);
    if (change->act != HM_ACT_CREATE) {
        hm_json_key(out, "by");
        hm_json_open(out, '{');
        status = put_hand(s, change, err);
        hm_json_close(out, '}');
    }
    hm_json_close(out, '}');
    return status;
}

static enum hm_status put_registers(struct showing *s, struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    const struct hm_merged *merged = &s->loaded.merged;
    enum hm_status status = HM_OK;
    hm_json_key(out, "open");
    hm_json_open(out, '[');
    for (size_t i = 0; i < s->conflict_count && status == HM_OK; i++) {
        status = put_open(s, &s->conflicts[i], err);
    }
    hm_json_close(out, ']');
    hm_json_key(out, "same");
    hm_json_open(out, '[');
    for (size_t i = 0; i < merged->register_count && status == HM_OK; i++) {
        const struct hm_register *reg = &merged->registers[i];
        if (!reg->conflict && reg->name.data[0] != '~') {
            status = put_settled(s, reg, err);
        }
    }
    hm_json_close(out, ']');
    return status;
}

/* ---- where the result will go ---- */

static int by_home(const void *a, const void *b)
{
    const struct hm_permit *x = a;
    const struct hm_permit *y = b;
    int order = hm_bytes_compare(x->home, y->home);
    return order != 0
               ? order
               : hm_bytes_compare(hm_id_bytes(&x->device), hm_id_bytes(&y->device));
}

/* The permits of one home that stand, `count` of them: so many laptops. */
static enum hm_status put_flow(struct showing *s,
                               const struct hm_permit *permits,
                               size_t count,
                               const struct hm_id *self,
                               struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    struct hm_bytes name = HM_NO_BYTES;
    bool within = false;
    int64_t devices = 0;
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && hm_id_equal(&permits[i].device, &permits[i - 1].device);
        devices += again || hm_id_equal(&permits[i].device, self) ? 0 : 1;
    }
    enum hm_status status = hm_store_unit_within(s->view->store, s->loaded.home,
                                                 permits[0].home, &within, err);
    if (status != HM_OK || !within || devices == 0) {
        return status;
    }
    status = hm_view_unit_name(s->view, permits[0].home, &name, &s->arena, err);
    hm_json_open(out, '{');
    hm_json_put_text(out, "unit", permits[0].home);
    hm_json_put_text(out, "unit_name", name);
    hm_json_put_int(out, "devices", devices);
    hm_json_close(out, '}');
    return status;
}

static enum hm_status put_flows(struct showing *s, struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    struct hm_permit *permits = NULL;
    struct hm_id self;
    size_t count = 0;
    size_t kept = 0;
    enum hm_status status =
        hm_store_meta_get_id(s->view->store, HM_META_DEVICE, &self, err);
    if (status == HM_OK) {
        status = hm_store_permits(s->view->store, NULL, &permits, &count, &s->arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!permits[i].ended) {
            permits[kept++] = permits[i];
        }
    }
    if (kept > 0) {
        qsort(permits, kept, sizeof(*permits), by_home);
    }
    hm_json_key(out, "flows");
    hm_json_open(out, '[');
    for (size_t i = 0, n = 0; i < kept && status == HM_OK; i = n) {
        while (n < kept && hm_bytes_equal(permits[n].home, permits[i].home)) {
            n++;
        }
        status = put_flow(s, permits + i, n - i, &self, err);
    }
    hm_json_close(out, ']');
    return status;
}

/* ---- all of it ---- */

enum hm_status hm_dispute_put_record(struct hm_json_write *out,
                                     const struct hm_view *view,
                                     const struct hm_id *record,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    struct hm_listed listed;
    enum hm_status status =
        hm_store_record_show(view->store, record, &listed, arena, err);
    if (status == HM_OK) {
        hm_json_key(out, "record");
        status = hm_api_put_record(
            out, view, hm_kinds_find(hm_store_kinds(view->store), listed.kind), &listed,
            err);
    }
    return status;
}

static enum hm_status put_case(struct showing *s, struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status =
        hm_view_unit_name(s->view, s->loaded.home, &name, &s->arena, err);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "case", hm_id_bytes(&s->loaded.id));
    hm_json_put_text(out, "kind", s->loaded.kind_name);
    hm_json_put_text(out, "unit", s->loaded.home);
    hm_json_put_text(out, "unit_name", name);
    if (status == HM_OK) {
        status = hm_dispute_put_record(out, s->view, &s->loaded.id, &s->arena, err);
    }
    if (status == HM_OK) {
        status = put_registers(s, err);
    }
    if (status == HM_OK) {
        status = put_flows(s, err);
    }
    hm_json_close(out, '}');
    return status != HM_OK ? status : hm_rows_end(&s->rows, err);
}

static enum hm_status put_pair(struct showing *s,
                               const struct hm_loaded *other,
                               struct hm_err *err)
{
    struct hm_json_write *out = &s->rows.out;
    const struct hm_id *const both[] = {&s->loaded.id, &other->id};
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status =
        hm_view_unit_name(s->view, s->loaded.home, &name, &s->arena, err);
    hm_json_open(out, '{');
    hm_json_put_text(out, "kind", s->loaded.kind_name);
    hm_json_put_text(out, "unit", s->loaded.home);
    hm_json_put_text(out, "unit_name", name);
    hm_json_key(out, "records");
    hm_json_open(out, '[');
    for (size_t i = 0; i < 2 && status == HM_OK; i++) {
        hm_json_open(out, '{');
        status = hm_dispute_put_record(out, s->view, both[i], &s->arena, err);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    if (status == HM_OK) {
        status = put_flows(s, err);
    }
    hm_json_close(out, '}');
    return status != HM_OK ? status : hm_rows_end(&s->rows, err);
}

static enum hm_status load(struct showing *s,
                           struct hm_loaded *loaded,
                           const char *record,
                           struct hm_err *err)
{
    struct hm_id id;
    enum hm_status status = hm_api_record_id(&id, record, err);
    return status != HM_OK
               ? status
               : hm_store_record_load(s->view->store, &id, loaded, &s->arena, err);
}

enum hm_status hm_api_pair(const struct hm_view *view,
                           const char *one,
                           const char *other,
                           struct hm_err *err)
{
    struct showing s = {.view = view};
    struct hm_loaded second;
    hm_arena_init(&s.arena, HM_REQUEST_ARENA_MAX);
    hm_rows_init(&s.rows, view);
    enum hm_status status = load(&s, &s.loaded, one, err);
    if (status == HM_OK) {
        status = load(&s, &second, other, err);
    }
    if (status == HM_OK && !hm_bytes_equal(s.loaded.kind_name, second.kind_name)) {
        status = hm_fail(err, HM_BAD_INPUT, "merge-kind", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = put_pair(&s, &second, err);
    }
    hm_rows_fini(&s.rows);
    hm_arena_fini(&s.arena);
    return status;
}

static enum hm_status find(struct showing *s, const char *record, struct hm_err *err)
{
    enum hm_status status = load(s, &s->loaded, record, err);
    if (status == HM_OK) {
        status = hm_store_record_conflicts(s->view->store, &s->loaded, &s->conflicts,
                                           &s->conflict_count, &s->arena, err);
    }
    if (status == HM_OK && s->conflict_count == 0) {
        status = hm_fail(err, HM_NOT_FOUND, "case-none", record, NULL, NULL);
    }
    return status;
}

enum hm_status hm_api_dispute(const struct hm_view *view,
                              const char *record,
                              struct hm_err *err)
{
    struct showing s = {.view = view};
    hm_arena_init(&s.arena, HM_REQUEST_ARENA_MAX);
    hm_rows_init(&s.rows, view);
    enum hm_status status = find(&s, record, err);
    if (status == HM_OK) {
        status = put_case(&s, err);
    }
    hm_rows_fini(&s.rows);
    hm_arena_fini(&s.arena);
    return status;
}
