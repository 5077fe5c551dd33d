/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/conflicts.h"

#include "conflict_row.h"
#include "hamlet/store/registry.h"
#include "names.h"
#include "own.h"

void hm_conflict_read(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_conflict *conflict = item;
    *conflict = (struct hm_conflict){.open = hm_column_int(stmt, 4) != 0,
                                     .opened = {hm_column_int(stmt, 5)},
                                     .resolution = hm_column_int(stmt, 6),
                                     .record_row = hm_column_int(stmt, 7)};
    (void)hm_column_id(stmt, 0, &conflict->id);
    (void)hm_column_id(stmt, 1, &conflict->record);
    conflict->reg = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    conflict->type = hm_arena_copy(arena, hm_column_bytes(stmt, 3));
}

static const char select_in_unit[] =
    HM_SUBTREE("SELECT :unit") " " HM_CONFLICT_COLUMNS
                               " CROSS JOIN unit u ON u.id = r.home WHERE c.open = :open"
                               " AND (:unit IS NULL OR u.code IN (SELECT code FROM down))"
                               " ORDER BY c.opened, c.conflict";

enum hm_status hm_store_conflicts(struct hm_store *store,
                                  struct hm_bytes unit,
                                  bool open,
                                  struct hm_conflict **conflicts,
                                  size_t *count,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select_in_unit, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, unit.size == 0 ? HM_NO_BYTES : unit);
        hm_bind_int(stmt, 2, open);
        status = hm_sql_list(store, stmt, sizeof(**conflicts), hm_conflict_read, &list,
                             count, arena, err);
    }
    *conflicts = list;
    return status;
}

enum hm_status hm_store_conflict_find(struct hm_store *store,
                                      const struct hm_id *id,
                                      struct hm_conflict *conflict,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    static const char select[] =
        HM_CONFLICT_COLUMNS " WHERE c.conflict = :conflict"
                            " ORDER BY " HM_RECORD_CREATED " DESC, r.id LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, id);
        status = hm_sql_find(store, stmt, id, "conflict-missing", err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_conflict_read(stmt, conflict, arena);
    hm_sql_done(stmt);
    return hm_arena_status(arena, err);
}

/* ---- what was refused ---- */

enum { CHANGE_AT = 2, UNIT_AT = 13, CORRECTED_AT = HM_CHANGE_COLUMN_COUNT + 1 };

/* How many there are at most: those of all, or as many as are wanted. */
static enum hm_status count_refused(struct hm_store *store,
                                    const struct hm_refused_query *query,
                                    size_t *room,
                                    struct hm_err *err)
{
    /* Twice the verdict: once for the index of what is not plainly accepted. */
    static const char amount[] = "SELECT count(*) FROM change INDEXED BY"
                                 " change_not_accepted WHERE verdict <> 2"
                                 " AND verdict = 1";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, amount, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        *room = (size_t)hm_column_int(stmt, 0);
        *room = query->limit > 0 && query->limit < *room ? query->limit : *room;
        hm_sql_done(stmt);
    }
    return status;
}

/* Is the row that `stmt` stands on asked for? What is not is not read. */
static enum hm_status fits(struct hm_store *store,
                           sqlite3_stmt *stmt,
                           const struct hm_refused_query *query,
                           bool *wanted,
                           struct hm_err *err)
{
    struct hm_id change;
    *wanted = query->change == NULL || (hm_column_id(stmt, CHANGE_AT, &change) &&
                                        hm_id_equal(&change, query->change));
    return !*wanted || query->unit.size == 0
               ? HM_OK
               : hm_store_unit_within(store, hm_column_bytes(stmt, UNIT_AT), query->unit,
                                      wanted, err);
}

static enum hm_status read_refused(struct hm_store *store,
                                   sqlite3_stmt *stmt,
                                   struct hm_refused *refused,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    struct hm_id district;
    enum hm_status status = hm_district_get(store, &district, err);
    if (status == HM_OK) {
        status = hm_change_row(store, stmt, &district, &refused->held, arena, err);
        refused->record = refused->held.change.record;
        refused->reason =
            hm_arena_copy(arena, hm_column_bytes(stmt, HM_CHANGE_COLUMN_COUNT));
        refused->corrected = hm_column_int(stmt, CORRECTED_AT) != 0;
    }
    return status;
}

enum hm_status hm_store_refused(struct hm_store *store,
                                const struct hm_refused_query *query,
                                struct hm_refused **refused,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] = HM_CHANGE_COLUMNS
        ", (SELECT e.reason FROM entry e WHERE e.change = c.id AND e.kind = 'q'"
        " LIMIT 1), EXISTS(SELECT 1 FROM corrected x"
        " WHERE x.change = c.id) AS done" HM_CHANGE_FROM
        " WHERE c.verdict <> 2 AND c.verdict = 1 ORDER BY :due AND done, +c.id";
    struct hm_refused *list = NULL;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t room = 0;
    size_t passed = 0;
    size_t n = 0;
    enum hm_status status = count_refused(store, query, &room, err);
    if (status == HM_OK) {
        list = hm_arena_get_array(arena, room, sizeof(*list));
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, query->due_first ? 1 : 0);
    }
    while (status == HM_OK && list != NULL && n < room) {
        bool wanted = false;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = fits(store, stmt, query, &wanted, err);
        if (status == HM_OK && wanted && passed++ >= query->skip) {
            status = read_refused(store, stmt, &list[n++], arena, err);
        }
    }
    hm_sql_done(stmt);
    *refused = list;
    *count = n;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}

enum hm_status hm_store_quarantine(struct hm_store *store,
                                   struct hm_refused **refused,
                                   size_t *count,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const struct hm_refused_query all = {.limit = 0};
    return hm_store_refused(store, &all, refused, count, arena, err);
}

#define APART                                                                            \
    "(NOT EXISTS(SELECT 1 FROM unit u JOIN bucket b ON b.name = u.code"                  \
    " WHERE u.id = c.home) AND (c.withheld = 1 OR NOT EXISTS(SELECT 1 FROM envelope v"   \
    " WHERE v.origin = :present AND v.change <= c.id AND c.id < v.change + v.count)))"
#define OWN "(:device IS NULL OR c.author IN own)"

enum hm_status hm_store_counts(struct hm_store *store,
                               bool own,
                               struct hm_counts *counts,
                               struct hm_err *err)
{
    /* What is plainly accepted is only counted; the rest stands in tables and an index
     * that hold nothing else. A page that the mailbox brings has neighbours of which
     * nothing more is said to a laptop that has not their home, and nothing waits to be
     * sent: what has no values to be without stands in a chain that is over. */
    static const char select[] =
        "WITH own AS MATERIALIZED (SELECT a.id FROM author a JOIN device d"
        "  ON d.id = a.device WHERE d.device = :device),"
        " open AS MATERIALIZED (SELECT c.id, c.verdict, c.withdrawn, " APART
        " AS apart FROM change c"
        "  INDEXED BY change_not_accepted WHERE c.verdict <> 2 AND " OWN "),"
        " held AS MATERIALIZED (SELECT DISTINCT c.id FROM disputed m CROSS JOIN change c"
        "  ON c.id = m.change AND c.record = m.record WHERE c.verdict > 1 AND " OWN ")"
        " SELECT (SELECT count(*) FROM change c WHERE " OWN "), total(o.verdict = 1),"
        " total(o.verdict = 0 AND NOT o.apart AND o.id > :sent),"
        " total(o.verdict = 0 AND NOT o.apart AND o.id <= :sent),"
        " (SELECT count(*) FROM held), total(o.verdict = 0 AND o.apart)"
        "  + (SELECT count(DISTINCT c.id) FROM incomplete m CROSS JOIN change c"
        "  ON c.id = m.change AND c.record = m.record WHERE c.verdict > 1 AND " OWN
        "  AND c.id NOT IN held), total(o.verdict = 1 AND o.withdrawn) FROM open o";
    struct hm_id device;
    struct hm_origin present;
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    int64_t sent = 0;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DEVICE, &device, err);
    if (status == HM_OK) {
        status = hm_own_origin(store, &present, err);
    }
    if (status == HM_OK) {
        status = hm_own_sent_row(store, &sent, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_blob(stmt, 1, own ? hm_id_bytes(&device) : HM_NO_BYTES);
        hm_bind_int(stmt, 2, present.row);
        hm_bind_int(stmt, 3, sent);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK) {
        *counts = (struct hm_counts){.changes = hm_column_int(stmt, 0),
                                     .quarantined = hm_column_int(stmt, 1),
                                     .local = hm_column_int(stmt, 2),
                                     .sent = hm_column_int(stmt, 3),
                                     .conflict = hm_column_int(stmt, 4),
                                     .received = hm_column_int(stmt, 5),
                                     .dropped = hm_column_int(stmt, 6)};
        counts->accepted = counts->changes - counts->quarantined - counts->local -
                           counts->sent - counts->conflict - counts->received;
        hm_sql_done(stmt);
    }
    return status;
}
