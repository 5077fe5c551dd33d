/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices an erasure has not reached: how far each said that it has come. */
#include "../sql.h"
#include "hamlet/base/pack.h"
#include "hamlet/store/server.h"

/* The entry of `bucket` up to which a list of (text bucket, uint n) says that all is
 * here. */
static uint64_t stated_of(struct hm_bytes stated, struct hm_bytes bucket)
{
    struct hm_unpack in;
    uint64_t found = 0;
    hm_unpack_init(&in, stated);
    size_t count = stated.size == 0 ? 0 : hm_unpack_count(&in, 2);
    for (size_t i = 0; i < count && !in.failed; i++) {
        struct hm_bytes name = hm_unpack_bytes(&in);
        uint64_t n = hm_unpack_uint(&in);
        found = hm_bytes_equal(name, bucket) ? n : found;
    }
    return in.failed ? 0 : found;
}

/*
 * Whoever ever had the unit in reach may hold what was erased in it: on each disk
 * that goes on, since its tokens stand (PROTOCOL.md 7.3) or it was noted as one of
 * two. Not on one from which another was restored, nor where it left a unit since.
 */
static const char not_reached[] =
    "WITH RECURSIVE up(code, parent) AS (SELECT code, parent FROM unit"
    " WHERE code = :home UNION SELECT u.code, u.parent FROM up JOIN unit u"
    " ON u.code = up.parent), reach(device, name, revoked, last) AS (SELECT d.device,"
    " d.name, d.revoked, (SELECT max(turn) FROM visit v WHERE v.device = d.device)"
    " FROM device d WHERE d.key IS NOT NULL AND d.device <> :server AND EXISTS(SELECT"
    " 1 FROM permit p WHERE p.device = d.device AND (p.home = :home OR p.home IN"
    " (SELECT code FROM up) OR p.home IN (SELECT parent FROM up))))"
    " SELECT r.device, r.name, r.revoked, v.turn < r.last AS other,"
    " CASE WHEN v.incarnation = :incarnation THEN v.stated END FROM reach r"
    " LEFT JOIN visit v ON v.device = r.device AND (v.turn = r.last"
    "  OR ((v.pending IS NOT NULL OR v.current IS NULL AND EXISTS(SELECT 1 FROM"
    "    notice n WHERE n.device = r.device AND v.epoch IN (n.epoch, n.parent)"
    "    AND n.copied)) AND NOT EXISTS(SELECT 1 FROM notice n"
    "    WHERE n.device = r.device AND n.parent = v.epoch AND NOT n.copied)))"
    " UNION ALL SELECT r.device, r.name, r.revoked, true, NULL FROM reach r"
    " JOIN notice n ON n.device = r.device WHERE n.copied AND NOT EXISTS(SELECT 1"
    "  FROM visit v WHERE v.device = r.device AND v.epoch = n.parent)"
    " ORDER BY 2, 1, other";

enum hm_status hm_store_not_reached(struct hm_store *store,
                                    struct hm_bytes unit,
                                    uint64_t n,
                                    const struct hm_id *server,
                                    struct hm_waiting **waiting,
                                    size_t *count,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_waiting *list = NULL;
    sqlite3_stmt *stmt = NULL;
    size_t capacity = 0;
    size_t found = 0;
    bool row = true;
    int64_t incarnation = 0;
    enum hm_status status =
        hm_store_meta_get_int(store, HM_META_INCARNATION, 0, &incarnation, err);
    if (status == HM_OK) {
        status = hm_sql(store, not_reached, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, unit);
        hm_bind_id(stmt, 2, server);
        hm_bind_int(stmt, 3, incarnation);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (n > 0 && stated_of(hm_column_bytes(stmt, 4), unit) >= n) {
            continue;
        }
        list = hm_arena_grow(arena, list, found, &capacity, sizeof(*list));
        if (list == NULL) {
            break;
        }
        struct hm_waiting *one = &list[found];
        *one = (struct hm_waiting){.revoked = !hm_column_null(stmt, 2),
                                   .other = hm_column_int(stmt, 3) != 0};
        (void)hm_column_id(stmt, 0, &one->device);
        one->name = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
        found++;
    }
    hm_sql_done(stmt);
    *waiting = list;
    *count = found;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}
