/* SPDX-License-Identifier: Apache-2.0 */
/* Records that others refer to: which of them were there on which last day. */
#include <stdlib.h>
#include <string.h>

#include "hamlet/store/alias.h"
#include "inside.h"

enum { FROM, TO, WHERE };

struct reading {
    struct hm_reporting *r;
    struct hm_members *members;
};

/* Of one with an end it does not matter what is said of it now. */
static uint64_t alive_of(const struct reading *reading, const struct hm_scan_row *row)
{
    const struct hm_report_base *base = reading->members->base;
    bool fits = true;
    uint64_t alive = 0;
    for (size_t i = 0; i < base->where.count && !row->at[TO].there; i++) {
        fits = fits && hm_report_where_fits(&base->where.at[i], &row->at[WHERE + i], 0);
    }
    for (int year = 0; year < reading->r->years && fits; year++) {
        if (hm_report_alive(&row->at[FROM], &row->at[TO], reading->r->days[year])) {
            alive |= UINT64_C(1) << year;
        }
    }
    return alive;
}

static enum hm_status take_member(void *ctx,
                                  const struct hm_scan_row *row,
                                  struct hm_err *err)
{
    struct reading *reading = ctx;
    struct hm_members *members = reading->members;
    int unit = hm_report_unit_of(reading->r, row->home);
    if (unit == HM_REPORT_NONE) {
        return HM_OK;
    }
    members->at = hm_arena_grow(reading->r->arena, members->at, members->count,
                                &members->capacity, sizeof(*members->at));
    if (members->at == NULL) {
        return hm_arena_status(reading->r->arena, err);
    }
    struct hm_member *member = &members->at[members->count++];
    *member = (struct hm_member){.id = row->id, .unit = unit, .root = HM_REPORT_NONE};
    member->alive = alive_of(reading, row);
    if (row->alias) {
        member->root = 0; /* to be found once all are here */
    }
    return HM_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct hm_member *x = a;
    const struct hm_member *y = b;
    return memcmp(x->id.at, y->id.at, HM_ID_SIZE);
}

static int find(const struct hm_members *members, const struct hm_id *id)
{
    struct hm_member wanted = {.id = *id};
    const struct hm_member *found =
        members->count == 0
            ? NULL
            : bsearch(&wanted, members->at, members->count, sizeof(wanted), by_id);
    return found == NULL ? HM_REPORT_NONE : (int)(found - members->at);
}

/* What was merged into another is that one. */
static enum hm_status find_roots(const struct hm_reporting *r,
                                 struct hm_members *members,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    if (members->count > 1) {
        qsort(members->at, members->count, sizeof(*members->at), by_id);
    }
    for (size_t i = 0; status == HM_OK && i < members->count; i++) {
        struct hm_member *member = &members->at[i];
        struct hm_id root;
        if (member->root == HM_REPORT_NONE) {
            member->root = (int)i;
            continue;
        }
        status = hm_store_record_root(r->store, &member->id, &root, r->arena, err);
        if (status == HM_OK) {
            member->root = find(members, &root);
        }
        if (status == HM_OK && member->root != (int)i) {
            member->alive = 0;
        }
    }
    return status;
}

static enum hm_status read_base(struct hm_reporting *r,
                                struct hm_members *members,
                                struct hm_err *err)
{
    const struct hm_report_base *base = members->base;
    struct reading reading = {r, members};
    const char *fields[HM_SCAN_FIELDS_MAX] = {
        [FROM] = base->life.from == NULL ? "" : base->life.from,
        [TO] = base->life.to == NULL ? "" : base->life.to};
    struct hm_scan_query query = {.kind = hm_text(base->kind),
                                  .fields = fields,
                                  .field_count = WHERE + base->where.count};
    if (query.field_count > HM_SCAN_FIELDS_MAX) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    for (size_t i = 0; i < base->where.count; i++) {
        fields[WHERE + i] = base->where.at[i].field;
    }
    enum hm_status status = hm_store_scan(r->store, &query, take_member, &reading, err);
    return status == HM_OK ? find_roots(r, members, err) : status;
}

enum hm_status hm_report_bases(struct hm_reporting *r, struct hm_err *err)
{
    size_t count = r->report->base_count;
    r->bases = hm_arena_get_array(r->arena, count, sizeof(*r->bases));
    enum hm_status status = hm_arena_status(r->arena, err);
    for (size_t i = 0; status == HM_OK && i < count; i++) {
        r->bases[i].base = &r->report->bases[i];
        status = read_base(r, &r->bases[i], err);
    }
    return status;
}

int hm_report_member(const struct hm_members *members, const struct hm_scan_value *ref)
{
    struct hm_id id;
    if (!ref->is_text || !hm_id_get_hex(&id, ref->text)) {
        return HM_REPORT_NONE;
    }
    int at = find(members, &id);
    return at == HM_REPORT_NONE ? at : members->at[at].root;
}
