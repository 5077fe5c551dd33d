/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/pages.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/epoch.h"
#include "names.h"

enum hm_status hm_store_pages_put(struct hm_store *store,
                                  const struct hm_stored_page *pages,
                                  size_t count,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO page(origin, seq, count, home, head_before, head_after,"
        " registry, signature) SELECT n0, n1, n2, n3, b0, b1, n4, b2 FROM batch(:rows)";
    struct hm_batch_row *rows = hm_arena_get_array(arena, count, sizeof(*rows));
    struct hm_batch batch = {.rows = rows, .count = count};
    int64_t home = 0;
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        const struct hm_stored_page *page = &pages[i];
        if (i == 0 || !hm_bytes_equal(pages[i - 1].home, page->home)) {
            status = hm_unit_number(store, page->home, true, &home, err);
        }
        rows[i] = (struct hm_batch_row){
            .n = {page->origin, (int64_t)page->seq, (int64_t)page->count, home,
                  (int64_t)page->registry_n},
            .b = {hm_digest_bytes(&page->head_before), hm_digest_bytes(&page->head_after),
                  HM_BYTES(page->signature.at)}};
    }
    if (status == HM_OK && count > 0) {
        status = hm_sql_run_batch(store, insert, &batch, err);
    }
    return status;
}

struct hm_stored_page hm_stored_page_of(const struct hm_page *page, int64_t origin)
{
    return (struct hm_stored_page){.origin = origin,
                                   .seq = page->seq,
                                   .count = page->count,
                                   .home = page->home,
                                   .head_before = page->head_before,
                                   .head_after = page->head_after,
                                   .registry_n = page->registry_n,
                                   .signature = page->signature};
}

void hm_page_row(sqlite3_stmt *stmt,
                 int64_t origin,
                 struct hm_stored_page *page,
                 struct hm_arena *arena)
{
    *page = (struct hm_stored_page){.origin = origin,
                                    .seq = (uint64_t)hm_column_int(stmt, 0),
                                    .count = (uint64_t)hm_column_int(stmt, 1),
                                    .registry_n = (uint64_t)hm_column_int(stmt, 5)};
    page->home = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    (void)hm_column_digest(stmt, 3, &page->head_before);
    (void)hm_column_digest(stmt, 4, &page->head_after);
    struct hm_bytes signature = hm_column_bytes(stmt, 6);
    if (signature.size == HM_SIGNATURE_SIZE) {
        memcpy(page->signature.at, signature.data, HM_SIGNATURE_SIZE);
    }
}

#define PAGE_COLUMNS                                                                     \
    "SELECT p.seq, p.count, u.code, p.head_before, p.head_after, p.registry,"            \
    " p.signature FROM page p CROSS JOIN unit u ON u.id = p.home"

enum hm_status hm_store_envelopes_agree(struct hm_store *store,
                                        int64_t origin,
                                        uint64_t seq,
                                        const struct hm_change *changes,
                                        size_t count,
                                        bool *agree,
                                        struct hm_err *err)
{
    /* `min`, `max`: of a long run only what lies between is looked at. */
    static const char select[] =
        "SELECT v.seq + c.id - v.change, c.change FROM envelope v CROSS JOIN change c"
        " ON c.id BETWEEN v.change + max(0, :seq - v.seq)"
        " AND v.change + min(v.count, :end - v.seq) - 1 WHERE v.origin = :origin"
        " AND v.seq >= coalesce((SELECT max(s.seq) FROM envelope s"
        " WHERE s.origin = :origin AND s.seq <= :seq), 0) AND v.seq < :end";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *agree = true;
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, (int64_t)seq);
        hm_bind_int(stmt, 2, (int64_t)(seq + count));
        hm_bind_int(stmt, 3, origin);
    }
    while (status == HM_OK) {
        struct hm_id id;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        size_t at = (size_t)((uint64_t)hm_column_int(stmt, 0) - seq);
        *agree = *agree && at < count && hm_column_id(stmt, 1, &id) &&
                 hm_id_equal(&id, &changes[at].id);
    }
    return status;
}

static enum hm_status find_page(struct hm_store *store,
                                sqlite3_stmt *stmt,
                                int64_t origin,
                                struct hm_stored_page *page,
                                bool *found,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    enum hm_status status = hm_sql_step(store, stmt, found, err);
    if (status == HM_OK && *found) {
        hm_page_row(stmt, origin, page, arena);
        hm_sql_done(stmt);
        status = hm_arena_status(arena, err);
    }
    return status;
}

enum hm_status hm_store_page_at(struct hm_store *store,
                                int64_t origin,
                                uint64_t seq,
                                struct hm_stored_page *page,
                                bool *found,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    /* A page has a bounded number of changes, so it begins not far before `seq`. */
    static const char select[] = PAGE_COLUMNS
        " WHERE p.origin = :origin AND p.seq <= :seq AND p.seq > :seq - :most"
        " AND p.seq + p.count > :seq ORDER BY p.count DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *found = false;
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        hm_bind_int(stmt, 3, (int64_t)HM_PAGE_CHANGES_MAX);
        status = find_page(store, stmt, origin, page, found, arena, err);
    }
    return status;
}

enum hm_status hm_store_pages_end(struct hm_store *store,
                                  const struct hm_origin *origin,
                                  uint64_t *end,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT seq + count FROM page WHERE origin = :origin AND seq <= :seq"
        " ORDER BY seq DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    *end = 1;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin->row);
        hm_bind_int(stmt, 2, (int64_t)origin->seq);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        *end = (uint64_t)hm_column_int(stmt, 0);
        hm_sql_done(stmt);
    }
    return status;
}

/* The page that begins at `seq` and goes on furthest: what comes in order is found here
 * without a look at its neighbours. */
static enum hm_status page_from(struct hm_store *store,
                                int64_t origin,
                                uint64_t seq,
                                struct hm_stored_page *page,
                                bool *found,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] = PAGE_COLUMNS " WHERE p.origin = :origin AND p.seq = :seq"
                                              " ORDER BY p.count DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *found = false;
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        status = find_page(store, stmt, origin, page, found, arena, err);
    }
    return status;
}

enum hm_status hm_store_chain_run(struct hm_store *store,
                                  int64_t origin,
                                  uint64_t seq,
                                  uint64_t end,
                                  struct hm_digest *head,
                                  bool *whole,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT c.change FROM envelope v CROSS JOIN change c ON c.id BETWEEN v.change AND"
        " v.change + v.count - 1 WHERE v.origin = :origin AND v.seq + v.count > :seq"
        " AND v.seq < :end AND v.seq + c.id - v.change BETWEEN :seq AND :end - 1"
        " ORDER BY v.seq + c.id - v.change";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    uint64_t at = seq;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        hm_bind_int(stmt, 3, (int64_t)end);
    }
    while (status == HM_OK) {
        struct hm_id id;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        (void)hm_column_id(stmt, 0, &id);
        hm_chain_next(head, &id);
        at++;
    }
    *whole = at == end;
    return status;
}

/* Whether the chain, as far as it goes, leads to where this page overlaps its end. */
static enum hm_status run_chain(struct hm_store *store,
                                const struct hm_origin *origin,
                                const struct hm_stored_page *page,
                                bool *joins,
                                struct hm_err *err)
{
    struct hm_digest head = page->head_before;
    enum hm_status status = hm_store_chain_run(store, origin->row, page->seq,
                                               origin->seq + 1, &head, joins, err);
    *joins = *joins && hm_digest_equal(&head, &origin->head);
    return status;
}

/* The page that the chain goes on with: one that begins at its end, if there is any. */
static enum hm_status next_page(struct hm_store *store,
                                const struct hm_origin *origin,
                                struct hm_stored_page *page,
                                bool *found,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    uint64_t seq = origin->seq + 1;
    enum hm_status status = page_from(store, origin->row, seq, page, found, arena, err);
    if (status == HM_OK &&
        !(*found && hm_digest_equal(&page->head_before, &origin->head))) {
        status = hm_store_page_at(store, origin->row, seq, page, found, arena, err);
    }
    return status;
}

static enum hm_status run_pages(struct hm_store *store,
                                struct hm_origin *origin,
                                struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_stored_page page;
    bool found = true;
    bool joins = true;
    enum hm_status status = HM_OK;
    hm_arena_init(&arena, HM_CHANGE_BYTES_MAX);
    while (status == HM_OK && found && joins) {
        status = next_page(store, origin, &page, &found, &arena, err);
        if (status != HM_OK || !found) {
            break;
        }
        if (page.seq == origin->seq + 1) {
            joins = hm_digest_equal(&page.head_before, &origin->head);
        } else {
            status = run_chain(store, origin, &page, &joins, err);
        }
        if (status == HM_OK && joins) {
            origin->seq = page.seq + page.count - 1;
            origin->head = page.head_after;
        }
        hm_arena_clear(&arena);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_store_origin_advance(struct hm_store *store,
                                       struct hm_origin *origin,
                                       struct hm_err *err)
{
    const uint64_t from = origin->seq;
    enum hm_status status = run_pages(store, origin, err);
    return status != HM_OK || origin->seq == from
               ? status
               : hm_store_origin_put(store, origin, err);
}

enum hm_status hm_store_origin_reach(struct hm_store *store,
                                     struct hm_origin *origin,
                                     struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_stored_page page;
    bool found = false;
    enum hm_status status = HM_OK;
    if (origin->seq == 0 && !origin->has_parent) {
        hm_arena_init(&arena, HM_CHANGE_BYTES_MAX);
        status = page_from(store, origin->row, 1, &page, &found, &arena, err);
        hm_arena_fini(&arena);
    }
    if (found) {
        origin->head = page.head_before;
    }
    return status != HM_OK ? status : run_pages(store, origin, err);
}

enum hm_status hm_store_changes_get(struct hm_store *store,
                                    int64_t first,
                                    size_t count,
                                    struct hm_held *held,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] = HM_CHANGE_COLUMNS HM_CHANGE_FROM
        " WHERE c.id BETWEEN :first AND :last ORDER BY c.id";
    struct hm_id district;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t n = 0;
    enum hm_status status = hm_district_get(store, &district, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, first);
        hm_bind_int(stmt, 2, first + (int64_t)count - 1);
    }
    while (status == HM_OK && n < count) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = hm_change_row(store, stmt, &district, &held[n++], arena, err);
    }
    hm_sql_done(stmt);
    if (status == HM_OK && n < count) {
        status = hm_fail(err, HM_CORRUPT, "change-body", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_store_origin_changes(struct hm_store *store,
                                       int64_t origin,
                                       uint64_t seq,
                                       size_t limit,
                                       struct hm_held **held,
                                       size_t *count,
                                       struct hm_arena *arena,
                                       struct hm_err *err)
{
    struct hm_stretch *stretches = NULL;
    size_t found = 0;
    size_t n = 0;
    enum hm_status status =
        hm_store_stretches(store, origin, seq, limit, &stretches, &found, arena, err);
    for (size_t i = 0; i < found; i++) {
        n += stretches[i].count;
    }
    struct hm_held *list = hm_arena_get_array(arena, n, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    size_t at = 0;
    for (size_t i = 0; i < found && status == HM_OK; i++) {
        status = hm_store_changes_get(store, stretches[i].change, stretches[i].count,
                                      list + at, arena, err);
        at += stretches[i].count;
    }
    *held = list;
    *count = at;
    return status;
}

enum hm_status hm_store_change_find(struct hm_store *store,
                                    const struct hm_id *id,
                                    struct hm_held *held,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] =
        HM_CHANGE_COLUMNS " FROM unit u CROSS JOIN change c ON c.home = u.id"
                          " AND c.change = :change CROSS JOIN author a ON a.id = c.author"
                          " CROSS JOIN device d ON d.id = a.device"
                          " CROSS JOIN record r ON r.id = c.record"
                          " CROSS JOIN kind k ON k.id = r.kind"
                          " LEFT JOIN bulk b ON b.id = c.bulk";
    struct hm_id district;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_district_get(store, &district, err);
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, id);
        status = hm_sql_find(store, stmt, id, "change-missing", err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = hm_change_row(store, stmt, &district, held, arena, err);
    hm_sql_done(stmt);
    return status;
}
