/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/epoch.h"

#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/base/pack.h"
#include "hamlet/store/learned.h"
#include "own.h"

enum { PARENT_BYTES_MAX = 128 };

enum hm_status hm_store_head_at(struct hm_store *store,
                                const struct hm_origin *origin,
                                uint64_t seq,
                                struct hm_digest *head,
                                bool *found,
                                struct hm_err *err)
{
    struct hm_stored_page page;
    struct hm_arena arena;
    *found = true;
    if (seq == 0) {
        hm_chain_begin(head, &origin->device, origin->epoch,
                       origin->has_parent ? &origin->parent : NULL);
        return HM_OK;
    }
    if (seq == origin->seq) {
        *head = origin->head;
        return HM_OK;
    }
    hm_arena_init(&arena, HM_CHANGE_BYTES_MAX);
    enum hm_status status =
        hm_store_page_at(store, origin->row, seq, &page, found, &arena, err);
    if (status == HM_OK && *found) {
        *head = page.head_before;
        status =
            hm_store_chain_run(store, origin->row, page.seq, seq + 1, head, found, err);
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- what an epoch carries on ---- */

static enum hm_status put_parent(struct hm_store *store,
                                 const struct hm_parent *parent,
                                 struct hm_err *err)
{
    uint8_t memory[PARENT_BYTES_MAX];
    struct hm_buf buf;
    hm_buf_init_fixed(&buf, memory, sizeof(memory));
    hm_pack_uint(&buf, parent->epoch);
    hm_pack_uint(&buf, parent->cut);
    hm_buf_put_bytes(&buf, hm_digest_bytes(&parent->cut_head));
    hm_pack_uint(&buf, parent->newest);
    hm_buf_put_bytes(&buf, hm_digest_bytes(&parent->newest_head));
    enum hm_status status = hm_buf_status(&buf, err);
    return status != HM_OK
               ? status
               : hm_store_meta_put(store, HM_META_PARENT, hm_buf_bytes(&buf), err);
}

static void get_head(struct hm_unpack *in, struct hm_digest *head)
{
    struct hm_bytes raw = hm_unpack_raw(in, HM_DIGEST_SIZE);
    if (raw.size == HM_DIGEST_SIZE) {
        memcpy(head->at, raw.data, HM_DIGEST_SIZE);
    }
}

enum hm_status hm_store_epoch_parent(struct hm_store *store,
                                     struct hm_parent *parent,
                                     bool *found,
                                     struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_unpack in;
    struct hm_bytes packed = HM_NO_BYTES;
    hm_arena_init(&arena, HM_CHANGE_BYTES_MAX);
    enum hm_status status =
        hm_store_meta_get(store, HM_META_PARENT, &arena, &packed, err);
    *found = status == HM_OK && packed.size > 0;
    if (*found) {
        hm_unpack_init(&in, packed);
        uint64_t epoch = hm_unpack_uint(&in);
        parent->epoch = (uint32_t)epoch;
        parent->cut = hm_unpack_uint(&in);
        get_head(&in, &parent->cut_head);
        parent->newest = hm_unpack_uint(&in);
        get_head(&in, &parent->newest_head);
        if (!hm_unpack_done(&in) || epoch > UINT32_MAX) {
            status =
                hm_fail(err, HM_CORRUPT, "store-damaged", HM_META_PARENT, NULL, NULL);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- a new epoch ---- */

/* The run of neighbours in which the acknowledged end lies becomes two. */
static enum hm_status split_run(struct hm_store *store,
                                const struct hm_origin *old,
                                struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO envelope(origin, seq, count, change)"
        " SELECT origin, :cut + 1, seq + count - 1 - :cut, change + :cut + 1 - seq"
        " FROM envelope WHERE origin = :origin AND seq = (SELECT max(s.seq) FROM envelope"
        " s WHERE s.origin = :origin AND s.seq <= :cut) AND seq + count - 1 > :cut";
    static const char update[] =
        "UPDATE envelope SET count = :cut + 1 - seq WHERE origin = :origin AND seq ="
        " (SELECT max(s.seq) FROM envelope s WHERE s.origin = :origin AND s.seq <= :cut)"
        " AND seq + count - 1 > :cut";
    static const char *const both[] = {insert, update};
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < 2 && status == HM_OK; i++) {
        sqlite3_stmt *stmt = NULL;
        status = hm_sql(store, both[i], &stmt, err);
        if (status == HM_OK) {
            hm_bind_int(stmt, 1, (int64_t)old->acked);
            hm_bind_int(stmt, 2, old->row);
            status = hm_sql_run(store, stmt, err);
        }
    }
    return status;
}

static enum hm_status move_envelopes(struct hm_store *store,
                                     const struct hm_origin *old,
                                     const struct hm_origin *fresh,
                                     struct hm_err *err)
{
    static const char update[] = "UPDATE envelope SET origin = :fresh, seq = seq - :cut"
                                 " WHERE origin = :origin AND seq > :cut";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = split_run(store, old, err);
    if (status == HM_OK) {
        status = hm_sql(store, update, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, fresh->row);
        hm_bind_int(stmt, 2, (int64_t)old->acked);
        hm_bind_int(stmt, 3, old->row);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

/* Pages that sealed the old places; seeds, whose indexes count from there. */
static enum hm_status forget_old(struct hm_store *store,
                                 const struct hm_origin *old,
                                 struct hm_err *err)
{
    static const char pages[] = "DELETE FROM page WHERE origin = :origin AND seq > :cut";
    static const char runs[] = "DELETE FROM run WHERE origin = :origin";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, pages, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, old->row);
        hm_bind_int(stmt, 2, (int64_t)old->acked);
        status = hm_sql_run(store, stmt, err);
    }
    if (status == HM_OK) {
        status = hm_sql(store, runs, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, old->row);
        status = hm_sql_run(store, stmt, err);
    }
    return status;
}

static enum hm_status draw_epoch(struct hm_store *store,
                                 uint32_t old,
                                 uint32_t *epoch,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    *epoch = old;
    while (status == HM_OK && (*epoch == old || *epoch == 0)) {
        uint8_t drawn[sizeof(*epoch)] = {0};
        status = hm_env_random(hm_store_env(store), drawn, sizeof(drawn), err);
        memcpy(epoch, drawn, sizeof(drawn));
    }
    return status;
}

/* The unacknowledged end of `old` becomes the beginning of `fresh`. */
static enum hm_status carry_on(struct hm_store *store,
                               struct hm_origin *old,
                               struct hm_origin *fresh,
                               const struct hm_parent *parent,
                               struct hm_err *err)
{
    bool whole = true;
    enum hm_status status = hm_store_origin_bind(store, fresh, &parent->cut_head, err);
    if (status == HM_OK) {
        status = move_envelopes(store, old, fresh, err);
    }
    if (status == HM_OK) {
        status = forget_old(store, old, err);
    }
    if (status == HM_OK) {
        status = hm_store_learned_move(store, old, fresh->row, err);
    }
    fresh->seq = old->seq - old->acked;
    if (status == HM_OK) {
        status = hm_store_chain_run(store, fresh->row, 1, fresh->seq + 1, &fresh->head,
                                    &whole, err);
    }
    if (status == HM_OK && !whole) {
        status = hm_fail(err, HM_CORRUPT, "change-body", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_origin_put(store, fresh, err);
    }
    old->seq = old->acked;
    old->head = parent->cut_head;
    old->sent = old->sent < old->acked ? old->sent : old->acked;
    return status != HM_OK ? status : hm_store_origin_put(store, old, err);
}

static enum hm_status forget_lease(struct hm_store *store,
                                   uint32_t epoch,
                                   struct hm_err *err)
{
    enum hm_status status = hm_store_meta_put_int(store, HM_META_EPOCH, epoch, err);
    if (status == HM_OK) {
        status = hm_store_meta_put(store, HM_META_LEASE, HM_NO_BYTES, err);
    }
    return status != HM_OK ? status
                           : hm_store_meta_put(store, HM_META_REQUEST, HM_NO_BYTES, err);
}

enum hm_status hm_store_epoch_begin(struct hm_store *store,
                                    uint64_t *moved,
                                    struct hm_err *err)
{
    struct hm_origin old;
    struct hm_origin fresh;
    uint32_t epoch = 0;
    bool found = false;
    *moved = 0;
    enum hm_status status = hm_own_origin(store, &old, err);
    struct hm_parent parent = {
        .epoch = old.epoch, .cut = old.acked, .newest = old.seq, .newest_head = old.head};
    if (status == HM_OK) {
        status = hm_store_head_at(store, &old, old.acked, &parent.cut_head, &found, err);
    }
    if (status == HM_OK && !found) {
        status = hm_fail(err, HM_CORRUPT, "page-missing", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = draw_epoch(store, old.epoch, &epoch, err);
    }
    if (status == HM_OK) {
        status = hm_store_origin_get(store, &old.device, epoch, true, &fresh, err);
    }
    if (status == HM_OK) {
        *moved = old.seq - old.acked;
        status = carry_on(store, &old, &fresh, &parent, err);
    }
    if (status == HM_OK) {
        status = put_parent(store, &parent, err);
    }
    return status != HM_OK ? status : forget_lease(store, epoch, err);
}
