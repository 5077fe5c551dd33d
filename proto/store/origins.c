/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hamlet/store/epoch.h"
#include "hamlet/store/pages.h"
#include "names.h"

enum hm_status hm_store_branch_get(struct hm_store *store,
                                   const struct hm_id *device,
                                   uint32_t epoch,
                                   unsigned branch,
                                   bool make,
                                   struct hm_origin *origin,
                                   struct hm_err *err)
{
    static const char select[] =
        "SELECT o.id, o.seq, o.head, o.sent, o.acked, o.parent FROM device d CROSS JOIN"
        " origin o ON o.device = d.id AND o.epoch = :epoch AND o.branch = :branch"
        " WHERE d.device = :device";
    static const char insert[] = "INSERT INTO origin(device, epoch, branch, head)"
                                 " VALUES(:device, :epoch, :branch, :head)";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    int64_t number = 0;
    *origin = (struct hm_origin){.device = *device, .epoch = epoch, .branch = branch};
    hm_chain_begin(&origin->head, device, epoch, NULL);
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, epoch);
        hm_bind_int(stmt, 2, branch);
        hm_bind_id(stmt, 3, device);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (row) {
        origin->row = hm_column_int(stmt, 0);
        origin->seq = (uint64_t)hm_column_int(stmt, 1);
        (void)hm_column_digest(stmt, 2, &origin->head);
        origin->sent = (uint64_t)hm_column_int(stmt, 3);
        origin->acked = (uint64_t)hm_column_int(stmt, 4);
        origin->has_parent = hm_column_digest(stmt, 5, &origin->parent);
        hm_sql_done(stmt);
        return HM_OK;
    }
    if (!make) {
        return HM_OK;
    }
    status = hm_device_number(store, device, true, &number, err);
    if (status == HM_OK) {
        status = hm_sql(store, insert, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, number);
        hm_bind_int(stmt, 2, epoch);
        hm_bind_int(stmt, 3, branch);
        hm_bind_blob(stmt, 4, hm_digest_bytes(&origin->head));
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        origin->row = sqlite3_last_insert_rowid(store->db);
    }
    return status;
}

enum hm_status hm_store_origin_get(struct hm_store *store,
                                   const struct hm_id *device,
                                   uint32_t epoch,
                                   bool make,
                                   struct hm_origin *origin,
                                   struct hm_err *err)
{
    return hm_store_branch_get(store, device, epoch, 0, make, origin, err);
}

enum hm_status hm_store_origin_bind(struct hm_store *store,
                                    struct hm_origin *origin,
                                    const struct hm_digest *parent,
                                    struct hm_err *err)
{
    static const char update[] =
        "UPDATE origin SET parent = :parent, head = :head WHERE id = :id";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    origin->has_parent = true;
    origin->parent = *parent;
    hm_chain_begin(&origin->head, &origin->device, origin->epoch, parent);
    hm_bind_blob(stmt, 1, hm_digest_bytes(parent));
    hm_bind_blob(stmt, 2, hm_digest_bytes(&origin->head));
    hm_bind_int(stmt, 3, origin->row);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_origin_put(struct hm_store *store,
                                   const struct hm_origin *origin,
                                   struct hm_err *err)
{
    static const char update[] = "UPDATE origin SET seq = :seq, head = :head,"
                                 " sent = :sent, acked = :acked WHERE id = :id";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, (int64_t)origin->seq);
    hm_bind_blob(stmt, 2, hm_digest_bytes(&origin->head));
    hm_bind_int(stmt, 3, (int64_t)origin->sent);
    hm_bind_int(stmt, 4, (int64_t)origin->acked);
    hm_bind_int(stmt, 5, origin->row);
    return hm_sql_run(store, stmt, err);
}

/* The run of neighbours that begins last at or before `seq`; its seq 0: there is none. */
static enum hm_status stretch_before(struct hm_store *store,
                                     int64_t origin,
                                     uint64_t seq,
                                     struct hm_stretch *before,
                                     struct hm_err *err)
{
    static const char select[] =
        "SELECT seq, count, change FROM envelope"
        " WHERE origin = :origin AND seq <= :seq ORDER BY seq DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    *before = (struct hm_stretch){.seq = 0};
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        *before = (struct hm_stretch){.seq = (uint64_t)hm_column_int(stmt, 0),
                                      .count = (uint64_t)hm_column_int(stmt, 1),
                                      .change = hm_column_int(stmt, 2)};
        hm_sql_done(stmt);
    }
    return status;
}

/* Where the first run after `seq` begins; `end` if that is not before it. */
static enum hm_status next_stretch(struct hm_store *store,
                                   int64_t origin,
                                   uint64_t seq,
                                   uint64_t end,
                                   uint64_t *next,
                                   struct hm_err *err)
{
    static const char select[] =
        "SELECT seq FROM envelope"
        " WHERE origin = :origin AND seq > :seq AND seq < :end ORDER BY seq LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    *next = end;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        hm_bind_int(stmt, 3, (int64_t)end);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        *next = (uint64_t)hm_column_int(stmt, 0);
        hm_sql_done(stmt);
    }
    return status;
}

/* `fresh` overlaps nothing that is there; `before` is the run before it. */
static enum hm_status put_stretch(struct hm_store *store,
                                  int64_t origin,
                                  const struct hm_stretch *before,
                                  const struct hm_stretch *fresh,
                                  struct hm_err *err)
{
    static const char extend[] = "UPDATE envelope SET count = :count"
                                 " WHERE origin = :origin AND seq = :seq";
    static const char insert[] = "INSERT INTO envelope(count, origin, seq, change)"
                                 " VALUES(:count, :origin, :seq, :change)";
    /* An author's next change, or the next page of a push, lies right behind the last. */
    bool joins = before->seq > 0 && before->seq + before->count == fresh->seq &&
                 before->change + (int64_t)before->count == fresh->change;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, joins ? extend : insert, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, (int64_t)(fresh->count + (joins ? before->count : 0)));
        hm_bind_int(stmt, 2, origin);
        hm_bind_int(stmt, 3, (int64_t)(joins ? before->seq : fresh->seq));
        if (!joins) {
            hm_bind_int(stmt, 4, fresh->change);
        }
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

/*
 * Runs of one origin never overlap: look-ups take the one that begins last at or before
 * what they look for. A page that comes again, alone or with more behind it, fills gaps.
 */
enum hm_status hm_store_envelopes_put(struct hm_store *store,
                                      int64_t origin,
                                      uint64_t seq,
                                      int64_t first,
                                      size_t count,
                                      struct hm_err *err)
{
    enum hm_status status = HM_OK;
    const uint64_t end = seq + count;
    for (uint64_t at = seq; at < end && status == HM_OK;) {
        struct hm_stretch before;
        uint64_t next = end;
        status = stretch_before(store, origin, at, &before, err);
        if (status == HM_OK && before.seq > 0 && before.seq + before.count > at) {
            at = before.seq + before.count;
            continue;
        }
        if (status == HM_OK) {
            status = next_stretch(store, origin, at, end, &next, err);
        }
        const struct hm_stretch fresh = {at, next - at, first + (int64_t)(at - seq)};
        if (status == HM_OK) {
            status = put_stretch(store, origin, &before, &fresh, err);
        }
        at = next;
    }
    return status;
}

enum hm_status hm_store_envelope_of(struct hm_store *store,
                                    int64_t change,
                                    struct hm_envelope *envelope,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT v.origin, d.device, o.epoch, v.seq, v.count, v.change, EXISTS(SELECT 1"
        " FROM origin b WHERE b.device = o.device AND b.epoch = o.epoch AND b.branch > "
        "0),"
        " EXISTS(SELECT 1 FROM origin b WHERE b.device = o.device"
        " AND (b.branch > 0 OR b.parent IS NOT NULL)) FROM envelope v"
        " CROSS JOIN origin o ON o.id = v.origin CROSS JOIN device d ON d.id = o.device"
        " WHERE v.change <= :change AND v.change + v.count > :change"
        " ORDER BY v.change DESC LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    *envelope = (struct hm_envelope){.origin = 0};
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, change);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK || !row) {
        return status;
    }
    uint64_t skip = (uint64_t)(change - hm_column_int(stmt, 5));
    envelope->origin = hm_column_int(stmt, 0);
    (void)hm_column_id(stmt, 1, &envelope->device);
    envelope->epoch = (uint32_t)hm_column_int(stmt, 2);
    envelope->seq = (uint64_t)hm_column_int(stmt, 3) + skip;
    envelope->count = (uint64_t)hm_column_int(stmt, 4) - skip;
    envelope->forked = hm_column_int(stmt, 6) != 0;
    envelope->shared = hm_column_int(stmt, 7) != 0;
    hm_sql_done(stmt);
    return HM_OK;
}

enum hm_status hm_store_stretches(struct hm_store *store,
                                  int64_t origin,
                                  uint64_t seq,
                                  uint64_t count,
                                  struct hm_stretch **stretches,
                                  size_t *found,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT seq, count, change FROM envelope WHERE origin = :origin AND seq >="
        " coalesce((SELECT max(s.seq) FROM envelope s WHERE s.origin = :origin"
        " AND s.seq <= :seq), 0) AND seq < :end ORDER BY seq";
    size_t capacity = 16;
    size_t n = 0;
    struct hm_stretch *list = hm_arena_get_array(arena, capacity, sizeof(*list));
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        hm_bind_int(stmt, 3, (int64_t)(seq + count));
        status = hm_arena_status(arena, err);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        uint64_t from = (uint64_t)hm_column_int(stmt, 0);
        uint64_t end = from + (uint64_t)hm_column_int(stmt, 1);
        int64_t change = hm_column_int(stmt, 2);
        uint64_t low = n == 0 ? seq : list[n - 1].seq + list[n - 1].count;
        if (end <= low) {
            continue; /* a shorter run that a longer one covers */
        }
        if (from > low) {
            break; /* a gap */
        }
        list = hm_arena_grow(arena, list, n, &capacity, sizeof(*list));
        if (list == NULL) {
            break;
        }
        end = end > seq + count ? seq + count : end;
        list[n++] = (struct hm_stretch){low, end - low, change + (int64_t)(low - from)};
    }
    hm_sql_done(stmt);
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    *stretches = list;
    *found = n;
    return status;
}

enum hm_status hm_store_run_put(struct hm_store *store,
                                int64_t origin,
                                uint64_t seq,
                                const uint8_t seed[HM_SALT_SIZE],
                                struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO run(origin, seq, seed) VALUES(:origin, :seq, :seed)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, insert, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, origin);
    hm_bind_int(stmt, 2, (int64_t)seq);
    hm_bind_blob(stmt, 3, (struct hm_bytes){seed, HM_SALT_SIZE});
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_store_runs(struct hm_store *store,
                             int64_t origin,
                             uint64_t seq,
                             uint64_t to,
                             struct hm_stored_run **runs,
                             size_t *count,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    static const char select[] =
        "SELECT seq, seed FROM run WHERE origin = :origin AND seq >= coalesce("
        "(SELECT max(s.seq) FROM run s WHERE s.origin = :origin AND s.seq <= :seq), 0)"
        " AND seq <= :to ORDER BY seq";
    size_t room = (size_t)((to - seq) + 2);
    struct hm_stored_run *list = hm_arena_get_array(arena, room, sizeof(*list));
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t n = 0;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, origin);
        hm_bind_int(stmt, 2, (int64_t)seq);
        hm_bind_int(stmt, 3, (int64_t)to);
        status = hm_arena_status(arena, err);
    }
    while (status == HM_OK && n < room) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_bytes seed = hm_column_bytes(stmt, 1);
        if (seed.size == HM_SALT_SIZE) {
            list[n].seq = (uint64_t)hm_column_int(stmt, 0);
            list[n].end = UINT64_MAX;
            memcpy(list[n].seed, seed.data, HM_SALT_SIZE);
            if (n > 0) {
                list[n - 1].end = list[n].seq;
            }
            n++;
        }
    }
    hm_sql_done(stmt);
    *runs = list;
    *count = n;
    return status;
}

enum hm_status hm_store_runs_forget(struct hm_store *store,
                                    int64_t origin,
                                    uint64_t acked,
                                    struct hm_err *err)
{
    /* A run is full where another one follows it; the newest is still written to. */
    static const char drop[] =
        "DELETE FROM run WHERE origin = :origin AND seq < (SELECT max(n.seq) FROM run n"
        " WHERE n.origin = :origin AND n.seq <= :acked + 1)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, drop, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, origin);
    hm_bind_int(stmt, 2, (int64_t)acked);
    return hm_sql_run(store, stmt, err);
}
