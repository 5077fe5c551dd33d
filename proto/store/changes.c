/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/changes.h"

#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "erase.h"
#include "hamlet/base/limits.h"
#include "names.h"

/* What is looked up for each change before anything is written. */
struct place {
    int64_t home;
    int64_t kind;
    int64_t author;
    int64_t bulk;
    int64_t record;
    int64_t record_first; /* row of its first change, where it is known */
    size_t weight;        /* of the record's changes that stand, before this set */
    size_t refused;       /* … that were refused */
    bool record_fresh;
    bool first; /* the first change of a fresh record */
};

struct put {
    struct hm_store *store;
    struct hm_put *puts;
    size_t count;
    struct place *places;
    struct hm_batch_row *rows;
    struct hm_wall received;
    struct hm_arena *arena;
    struct hm_touch *touches;
    size_t touch_count;
    bool withdraws; /* some change of the set is a withdrawal */
    bool erases;    /* … an erasure */
};

static bool same_author(const struct hm_change *a, const struct hm_change *b)
{
    return hm_id_equal(&a->device, &b->device) && hm_id_equal(&a->user, &b->user) &&
           hm_bytes_equal(a->role, b->role);
}

/* Neighbours nearly always agree, so the one before is asked first. */
static enum hm_status find_numbers(struct put *p, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < p->count && status == HM_OK; i++) {
        const struct hm_change *change = p->puts[i].change;
        const struct hm_change *before = i == 0 ? NULL : p->puts[i - 1].change;
        struct place *place = &p->places[i];
        *place = i == 0 ? (struct place){.home = 0} : p->places[i - 1];
        if (before == NULL || !hm_bytes_equal(before->home, change->home)) {
            status = hm_unit_number(p->store, change->home, true, &place->home, err);
        }
        if (status == HM_OK &&
            (before == NULL || !hm_bytes_equal(before->kind, change->kind))) {
            status = hm_kind_number(p->store, change->kind, true, &place->kind, err);
        }
        if (status == HM_OK && (before == NULL || !same_author(before, change))) {
            status = hm_author_number(p->store, change, &place->author, err);
        }
        if (status == HM_OK &&
            (before == NULL || !hm_id_equal(&before->bulk, &change->bulk))) {
            place->bulk = 0;
            if (!hm_id_is_none(&change->bulk)) {
                status = hm_bulk_number(p->store, &change->bulk, true, &place->bulk, err);
            }
        }
        p->withdraws = p->withdraws || change->act == HM_ACT_WITHDRAW;
        p->erases = p->erases || change->act == HM_ACT_ERASE;
    }
    return status;
}

static void fill_rows(struct put *p)
{
    for (size_t i = 0; i < p->count; i++) {
        p->rows[i] =
            (struct hm_batch_row){.n = {p->places[i].home, p->places[i].kind},
                                  .b = {hm_id_bytes(&p->puts[i].change->id),
                                        hm_id_bytes(&p->puts[i].change->record)}};
    }
}

static enum hm_status open_batch(struct put *p,
                                 const char *sql,
                                 const struct hm_batch *batch,
                                 sqlite3_stmt **stmt,
                                 struct hm_err *err)
{
    enum hm_status status = hm_sql(p->store, sql, stmt, err);
    if (status == HM_OK) {
        hm_bind_batch(*stmt, 1, batch);
    }
    return status;
}

static bool withholds(const struct hm_change *change)
{
    for (size_t i = 0; i < change->write_count; i++) {
        if (change->writes[i].value.size == 0) {
            return true;
        }
    }
    return false;
}

/* `skeleton[i]`: it is known, without all its values. */
static enum hm_status find_known(struct put *p, bool *skeleton, struct hm_err *err)
{
    static const char select[] =
        "SELECT x.i, c.id, c.record, c.withheld FROM batch(:rows) x"
        " CROSS JOIN change c ON c.home = x.n0 AND c.change = x.b0";
    struct hm_batch batch = {.rows = p->rows, .count = p->count};
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = open_batch(p, select, &batch, &stmt, err);
    while (status == HM_OK) {
        status = hm_sql_step(p->store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        size_t i = (size_t)hm_column_int(stmt, 0);
        p->puts[i].row = hm_column_int(stmt, 1);
        p->places[i].record = hm_column_int(stmt, 2);
        skeleton[i] = hm_column_int(stmt, 3) != 0;
    }
    return status;
}

struct order {
    const struct hm_id *id;
    int64_t home;
    int64_t kind; /* of a record, whose identity it is part of; of a change 0 */
    size_t i;
};

static int by_home_and_id(const void *a, const void *b)
{
    const struct order *x = a;
    const struct order *y = b;
    if (x->home != y->home) {
        return x->home < y->home ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    int order = hm_id_compare(x->id, y->id);
    return order != 0 ? order : (x->i > y->i) - (x->i < y->i);
}

/* The indexes in order of (home, id), ids being those of changes or of records. */
static struct order *ordered(struct put *p, bool records)
{
    struct order *order = hm_arena_get_array(p->arena, p->count, sizeof(*order));
    for (size_t i = 0; order != NULL && i < p->count; i++) {
        const struct hm_change *change = p->puts[i].change;
        order[i] = (struct order){records ? &change->record : &change->id,
                                  p->places[i].home, records ? p->places[i].kind : 0, i};
    }
    if (order != NULL && p->count > 1) {
        qsort(order, p->count, sizeof(*order), by_home_and_id);
    }
    return order;
}

static bool same_place(const struct order *a, const struct order *b)
{
    return a->home == b->home && a->kind == b->kind && hm_id_equal(a->id, b->id);
}

/* Row numbers for what is fresh; one that stands in the set twice gets one. */
static enum hm_status number_changes(struct put *p, bool *skeleton, struct hm_err *err)
{
    struct order *order = ordered(p, false);
    if (order == NULL) {
        return hm_arena_status(p->arena, err);
    }
    for (size_t i = 0; i < p->count; i++) {
        p->puts[i].fresh = p->puts[i].row == 0;
    }
    for (size_t i = 1; i < p->count; i++) {
        if (same_place(&order[i - 1], &order[i])) {
            p->puts[order[i].i].fresh = false;
        }
    }
    for (size_t i = 0; i < p->count; i++) {
        if (p->puts[i].fresh) {
            p->puts[i].row = p->store->next_change++;
        }
    }
    for (size_t i = 1; i < p->count; i++) {
        if (same_place(&order[i - 1], &order[i])) {
            p->puts[order[i].i].row = p->puts[order[i - 1].i].row;
            skeleton[order[i].i] =
                skeleton[order[i].i] || withholds(p->puts[order[i - 1].i].change);
        }
    }
    return HM_OK;
}

static enum hm_status find_records(struct put *p, struct hm_err *err)
{
    static const char select[] =
        "SELECT x.i, r.id, r.first, r.weight, r.refused FROM batch(:rows) x"
        " CROSS JOIN record r ON r.home = x.n0 AND r.record = x.b1 AND r.kind = x.n1";
    struct hm_batch batch = {.rows = p->rows, .count = p->count};
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    for (size_t i = 0; i < p->count; i++) {
        p->places[i].record = 0;
    }
    enum hm_status status = open_batch(p, select, &batch, &stmt, err);
    while (status == HM_OK) {
        status = hm_sql_step(p->store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct place *place = &p->places[hm_column_int(stmt, 0)];
        place->record = hm_column_int(stmt, 1);
        place->record_first = hm_column_int(stmt, 2);
        place->weight = (size_t)hm_column_int(stmt, 3);
        place->refused = (size_t)hm_column_int(stmt, 4);
    }
    return status;
}

static void touch(struct put *p, size_t i)
{
    const struct place *place = &p->places[i];
    p->touches[p->touch_count++] = (struct hm_touch){
        .record = place->record,
        .first = place->record_fresh ? p->puts[i].row : place->record_first,
        .home = place->home,
        .kind = place->kind,
        .id = p->puts[i].change->record,
        .fresh = place->record_fresh,
        .received = p->received};
}

/*
 * Whether the record, whose changes so far weigh `*weight` and the refused ones among
 * them
 * `*refused`, has room for this one too. Both have a bound of their own: whoever may not
 * write to a record must not be able to fill it either.
 */
static void find_room(struct hm_put *put, size_t *weight, size_t *refused)
{
    size_t *held = put->verdict == HM_VERDICT_QUARANTINED ? refused : weight;
    size_t more = put->bounded ? hm_change_weight(put->change) : 0;
    put->full = put->bounded && *held + more > HM_RECORD_WEIGHT_MAX;
    if (put->full) {
        put->verdict = HM_VERDICT_QUARANTINED;
    } else {
        *held += more;
    }
}

/*
 * Number the fresh records and list every record that something happened to, once. A
 * fresh record with one change can be derived without being read back.
 */
static enum hm_status number_records(struct put *p,
                                     const bool *gained,
                                     struct hm_err *err)
{
    struct order *order = ordered(p, true);
    p->touches = hm_arena_get_array(p->arena, p->count, sizeof(*p->touches));
    if (order == NULL || p->touches == NULL) {
        return hm_arena_status(p->arena, err);
    }
    for (size_t from = 0; from < p->count;) {
        size_t to = from + 1;
        size_t happened = 0;
        size_t first = p->count;
        size_t weight = p->places[order[from].i].weight;
        size_t refused = p->places[order[from].i].refused;
        while (to < p->count && same_place(&order[from], &order[to])) {
            to++;
        }
        for (size_t k = from; k < to; k++) {
            size_t i = order[k].i;
            if (p->puts[i].fresh) {
                find_room(&p->puts[i], &weight, &refused);
            }
            happened += (p->puts[i].fresh && !p->puts[i].full) || gained[i];
            if (p->puts[i].fresh && (first == p->count || i < first)) {
                first = i;
            }
        }
        bool fresh = first < p->count && p->places[first].record == 0;
        for (size_t k = from; k < to && fresh; k++) {
            p->places[order[k].i].record = p->store->next_record;
            p->places[order[k].i].record_fresh = true;
        }
        if (fresh) {
            p->store->next_record++;
            p->places[first].first = true;
        }
        if (happened > 0) {
            touch(p, fresh ? first : order[from].i);
            if (fresh && happened == 1) {
                p->touches[p->touch_count - 1].alone = &p->puts[first];
            }
        }
        from = to;
    }
    return HM_OK;
}

static int64_t later_of(const struct hm_put *put, const struct place *place)
{
    return put->full ? HM_LATER_LEFT_OUT : place->first ? HM_LATER_FIRST : HM_LATER;
}

static enum hm_status insert_changes(struct put *p, struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO change(id, home, change, record, author, act, time, received, bulk,"
        " verdict, later, withheld, body) SELECT n0, n1, b0, n2, n3, n4 % 16, n5,"
        " :received, nullif(n6, 0), n7, n4 / 16 % 4, n4 / 64, b1 FROM batch(:rows)";
    struct hm_batch batch = {.rows = p->rows};
    struct hm_buf bodies;
    size_t *ends = hm_arena_get_array(p->arena, p->count, sizeof(*ends));
    sqlite3_stmt *stmt = NULL;
    hm_buf_init(&bodies, HM_REQUEST_ARENA_MAX);
    for (size_t i = 0; ends != NULL && i < p->count; i++) {
        const struct hm_change *change = p->puts[i].change;
        const struct place *place = &p->places[i];
        if (!p->puts[i].fresh) {
            continue;
        }
        hm_change_body_put(&bodies, change);
        ends[batch.count] = bodies.size;
        p->rows[batch.count++] = (struct hm_batch_row){
            .n = {p->puts[i].row, place->home, place->record, place->author,
                  (int64_t)change->act + 16 * later_of(&p->puts[i], place) +
                      (withholds(change) ? 64 : 0),
                  change->time.ms, place->bulk, p->puts[i].verdict},
            .b = {hm_id_bytes(&change->id)}};
    }
    enum hm_status status =
        ends == NULL ? hm_arena_status(p->arena, err) : hm_buf_status(&bodies, err);
    for (size_t i = 0; i < batch.count && status == HM_OK; i++) {
        size_t start = i == 0 ? 0 : ends[i - 1];
        p->rows[i].b[1] = (struct hm_bytes){bodies.data + start, ends[i] - start};
    }
    if (status == HM_OK && batch.count > 0) {
        status = hm_sql(p->store, insert, &stmt, err);
        if (status == HM_OK) {
            hm_bind_int(stmt, 1, p->received.ms);
            hm_bind_batch(stmt, 2, &batch);
            status = hm_sql_run(p->store, stmt, err);
        }
    }
    hm_buf_fini(&bodies);
    return status;
}

/* A withdrawal may reach any change of its home, another change only be reached itself.
 */
static enum hm_status apply_withdrawals(struct put *p, struct hm_err *err)
{
    struct hm_batch fresh = {.rows = p->rows};
    enum hm_status status = HM_OK;
    int64_t done = 0;
    for (size_t i = 0; p->withdraws && i < p->count && status == HM_OK; i++) {
        if (p->places[i].home != done) {
            done = p->places[i].home;
            status = hm_withdrawals_refresh(p->store, done, p->arena, err);
        }
    }
    if (p->withdraws || !p->store->has_withdrawals) {
        return status;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (p->puts[i].fresh) {
            p->rows[fresh.count++] = (struct hm_batch_row){.n = {p->puts[i].row}};
        }
    }
    return hm_withdrawals_meet(p->store, &fresh, p->arena, err);
}

/* Erasures that a server accepts as it puts them; of others the entry comes later. */
static enum hm_status accept_erasures(struct put *p, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; p->erases && i < p->count && status == HM_OK; i++) {
        const struct hm_put *put = &p->puts[i];
        if (put->change->act == HM_ACT_ERASE && put->fresh &&
            put->verdict > HM_VERDICT_QUARANTINED) {
            status = hm_erasure_accept(p->store, p->places[i].home, put->change, p->arena,
                                       err);
        }
    }
    return status;
}

/* What is erased does not come in, nor what it replaced. */
static enum hm_status stop_erased(struct put *p, struct hm_err *err)
{
    struct hm_batch batch = {.rows = p->rows, .count = p->count};
    return !p->store->has_erasures
               ? HM_OK
               : hm_erasure_door(p->store, p->puts, &batch, p->arena, err);
}

/* What was known without its values, or stands in the set without them before. */
static void find_gained(const struct put *p, const bool *skeleton, bool *gained)
{
    for (size_t i = 0; i < p->count; i++) {
        gained[i] =
            !p->puts[i].fresh && skeleton[i] && hm_change_holds(p->puts[i].change);
        p->puts[i].gained =
            false; /* complete_known: whether it really was without them */
    }
}

static enum hm_status complete_known(struct put *p,
                                     const bool *gained,
                                     struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < p->count && status == HM_OK; i++) {
        if (gained[i]) {
            status = hm_change_gain(p->store, p->puts[i].row, p->puts[i].change,
                                    &p->puts[i].gained, p->arena, err);
        }
    }
    return status;
}

static enum hm_status put_all(struct put *p, struct hm_err *err)
{
    bool *skeleton = hm_arena_get_array(p->arena, p->count, sizeof(*skeleton));
    bool *gained = hm_arena_get_array(p->arena, p->count, sizeof(*gained));
    p->places = hm_arena_get_array(p->arena, p->count, sizeof(*p->places));
    p->rows = hm_arena_get_array(p->arena, p->count, sizeof(*p->rows));
    enum hm_status status = hm_arena_status(p->arena, err);
    if (status == HM_OK) {
        status = find_numbers(p, err);
    }
    if (status == HM_OK) {
        fill_rows(p);
        status = stop_erased(p, err);
    }
    if (status == HM_OK) {
        status = find_known(p, skeleton, err);
    }
    if (status == HM_OK) {
        status = number_changes(p, skeleton, err);
    }
    if (status == HM_OK) {
        find_gained(p, skeleton, gained);
        status = find_records(p, err);
    }
    if (status == HM_OK) {
        status = number_records(p, gained, err);
    }
    if (status == HM_OK) {
        status = insert_changes(p, err);
    }
    if (status == HM_OK) {
        status = complete_known(p, gained, err);
    }
    if (status == HM_OK) {
        status = accept_erasures(p, err);
    }
    if (status == HM_OK) {
        status = hm_refresh(p->store, p->touches, p->touch_count, err);
    }
    if (status == HM_OK) {
        status = apply_withdrawals(p, err);
    }
    return status != HM_OK ? status : hm_erasures_settle(p->store, err);
}

enum hm_status hm_store_changes_put(struct hm_store *store,
                                    struct hm_put *puts,
                                    size_t count,
                                    struct hm_wall received,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct put p = {.store = store,
                    .puts = puts,
                    .count = count,
                    .received = received,
                    .arena = arena};
    if (count == 0) {
        return HM_OK;
    }
    struct hm_put *given = hm_arena_get_array(arena, count, sizeof(*given));
    if (given == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < count; i++) {
        given[i] = puts[i];
        puts[i].row = 0;
        puts[i].full = false;
    }
    enum hm_status status = put_all(&p, err);
    for (size_t i = 0; i < count; i++) {
        puts[i].change =
            given[i].change; /* the caller's again, whatever was left at the door */
    }
    return status;
}
