/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of a bucket is that of a set, so it is kept as 256 leaves: an entry makes
 * one leaf stale, and only stale leaves are read again. That keeps a day's work on a
 * bucket of ten years as cheap as on a new one.
 */
#include "bucket_digest.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/offers.h"
#include "names.h"

enum { LEAVES = 256, LEAF_SIZE = HM_ID_SIZE, MASK_SIZE = LEAVES / 8 };

struct tree {
    int64_t row;
    uint64_t n;
    bool mailbox;
    int64_t home;
    uint8_t stale[MASK_SIZE];
    uint8_t leaves[LEAVES][LEAF_SIZE];
};

static bool is_stale(const struct tree *tree, size_t leaf)
{
    return (tree->stale[leaf / 8] >> (leaf % 8) & 1) != 0;
}

static enum hm_status load_tree(struct hm_store *store,
                                struct hm_bytes name,
                                struct tree *tree,
                                struct hm_err *err)
{
    static const char select[] =
        "SELECT id, CASE WHEN old = 0 THEN n ELSE 0 END, leaves, stale FROM bucket"
        " WHERE name = :name";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    memset(tree, 0, sizeof(*tree));
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, name);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK || !row) {
        return status;
    }
    tree->row = hm_column_int(stmt, 0);
    tree->n = (uint64_t)hm_column_int(stmt, 1);
    tree->mailbox = name.size > 0 && name.data[0] == '@';
    struct hm_bytes leaves = hm_column_bytes(stmt, 2);
    struct hm_bytes stale = hm_column_bytes(stmt, 3);
    if (leaves.size == sizeof(tree->leaves)) {
        memcpy(tree->leaves, leaves.data, sizeof(tree->leaves));
        if (stale.size == MASK_SIZE) {
            memcpy(tree->stale, stale.data, MASK_SIZE);
        }
    } else {
        memset(tree->stale, 0xFF, MASK_SIZE);
    }
    hm_sql_done(stmt);
    return hm_unit_number(store, name, false, &tree->home, err);
}

static enum hm_status save_mask(struct hm_store *store,
                                const struct tree *tree,
                                struct hm_err *err)
{
    static const char update[] = "UPDATE bucket SET stale = :stale WHERE id = :id";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_blob(stmt, 1, HM_BYTES(tree->stale));
    hm_bind_int(stmt, 2, tree->row);
    return hm_sql_run(store, stmt, err);
}

enum hm_status hm_bucket_mark(struct hm_store *store,
                              int64_t bucket,
                              const struct hm_batch *entries,
                              struct hm_err *err)
{
    static const char select[] = "SELECT stale FROM bucket WHERE id = :id";
    static const char bytes[] =
        "SELECT substr(c.change, 1, 1) FROM batch(:rows) x CROSS JOIN change c"
        " ON c.id BETWEEN x.n3 AND x.n3 + x.n2 - 1";
    struct tree tree = {.row = bucket};
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, bucket);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        struct hm_bytes stale = hm_column_bytes(stmt, 0);
        if (stale.size == MASK_SIZE) {
            memcpy(tree.stale, stale.data, MASK_SIZE);
        }
        hm_sql_done(stmt);
        status = hm_sql(store, bytes, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_batch(stmt, 1, entries);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        uint8_t leaf = hm_column_bytes(stmt, 0).data[0];
        tree.stale[leaf / 8] |= (uint8_t)(1U << leaf % 8);
    }
    return status != HM_OK ? status : save_mask(store, &tree, err);
}

/*
 * One element of the set: 16 bytes of id, the kind, the packed reason. *last is where the
 * one before begins: of two that are equal, neighbours by their order, one goes in.
 */
static void put_element(struct hm_buf *buf, size_t *last, sqlite3_stmt *stmt)
{
    size_t at = buf->size;
    hm_buf_put_bytes(buf, hm_column_bytes(stmt, 0));
    hm_buf_put_bytes(buf, hm_column_bytes(stmt, 1));
    hm_pack_bytes(buf, hm_column_bytes(stmt, 2));
    if (at > *last && buf->size - at == at - *last &&
        memcmp(buf->data + *last, buf->data + at, at - *last) == 0) {
        buf->size = at;
        return;
    }
    *last = at;
}

static void end_leaf(struct tree *tree, size_t leaf, struct hm_buf *buf)
{
    memset(tree->leaves[leaf], 0, LEAF_SIZE);
    if (buf->size > 0) {
        hm_hash_once(tree->leaves[leaf], LEAF_SIZE, hm_buf_bytes(buf));
    }
    hm_buf_clear(buf);
}

/*
 * Elements in order of (id, kind). Nearly all changes are plainly accepted and have no
 * entry row of their own to look for: null as a bound ends their join before it begins.
 * One of the others may stand in its author's mailbox and not here. `+`: the few entries
 * around the change are looked at, not all of the bucket.
 */
static const char unit_elements[] =
    "SELECT c.change, CASE WHEN c.verdict = 2 THEN 'a' ELSE e.kind END,"
    " CASE WHEN c.verdict = 2 THEN '' ELSE coalesce(e.reason, '') END"
    " FROM change c LEFT JOIN entry e ON +e.bucket = :bucket AND e.change <= c.id"
    " AND e.change > CASE WHEN c.verdict <> 2 THEN c.id - " HM_ENTRY_ROW " END"
    " AND c.id < e.change + e.count"
    " WHERE c.home = :home AND c.change >= :low AND c.change <= :high AND c.verdict <> 0"
    " AND (c.verdict = 2 OR e.kind IS NOT NULL) ORDER BY c.change, 2, 3";
static const char mailbox_elements[] =
    "SELECT c.change, e.kind, coalesce(e.reason, '') FROM entry e CROSS JOIN change c"
    " ON c.id = e.change WHERE e.bucket = :bucket AND :home IS NOT NULL"
    " AND c.change >= :low AND c.change <= :high ORDER BY c.change, 2, 3";

/* The leaves `from`…`to`, those that are stale, in one walk through the index. */
static enum hm_status renew(struct hm_store *store,
                            struct tree *tree,
                            size_t from,
                            size_t to,
                            struct hm_buf *buf,
                            struct hm_err *err)
{
    uint8_t low[HM_ID_SIZE] = {(uint8_t)from};
    uint8_t high[HM_ID_SIZE];
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t leaf = from;
    size_t last = 0;
    memset(high, 0xFF, sizeof(high));
    high[0] = (uint8_t)to;
    enum hm_status status =
        hm_sql(store, tree->mailbox ? mailbox_elements : unit_elements, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, tree->row);
        hm_bind_int(stmt, 2, tree->home);
        hm_bind_blob(stmt, 3, HM_BYTES(low));
        hm_bind_blob(stmt, 4, HM_BYTES(high));
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        struct hm_bytes id = hm_column_bytes(stmt, 0);
        for (; leaf < id.data[0]; leaf++) {
            end_leaf(tree, leaf, buf);
            last = 0;
        }
        put_element(buf, &last, stmt);
    }
    for (; leaf <= to && status == HM_OK; leaf++) {
        end_leaf(tree, leaf, buf);
    }
    return status != HM_OK ? status : hm_buf_status(buf, err);
}

static enum hm_status save_tree(struct hm_store *store,
                                const struct tree *tree,
                                const struct hm_digest *digest,
                                struct hm_err *err)
{
    static const char update[] =
        "UPDATE bucket SET leaves = :leaves, stale = :stale, digest = :digest"
        " WHERE id = :id";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, update, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_blob(stmt, 1, (struct hm_bytes){&tree->leaves[0][0], sizeof(tree->leaves)});
    hm_bind_blob(stmt, 2, HM_BYTES(tree->stale));
    hm_bind_blob(stmt, 3, hm_digest_bytes(digest));
    hm_bind_int(stmt, 4, tree->row);
    return hm_sql_run(store, stmt, err);
}

static enum hm_status renew_stale(struct hm_store *store,
                                  struct tree *tree,
                                  bool *any,
                                  struct hm_err *err)
{
    struct hm_buf buf;
    enum hm_status status = HM_OK;
    *any = false;
    hm_buf_init(&buf, HM_REQUEST_ARENA_MAX);
    for (size_t from = 0; from < LEAVES && status == HM_OK;) {
        size_t to = from;
        if (!is_stale(tree, from)) {
            from++;
            continue;
        }
        while (to + 1 < LEAVES && is_stale(tree, to + 1)) {
            to++;
        }
        status = renew(store, tree, from, to, &buf, err);
        *any = true;
        from = to + 1;
    }
    memset(tree->stale, 0, MASK_SIZE);
    hm_buf_fini(&buf);
    return status;
}

static void root_of(struct hm_digest *digest, const struct tree *tree)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-bucket-1"));
    hm_hash_put(&hash, (struct hm_bytes){&tree->leaves[0][0], sizeof(tree->leaves)});
    hm_hash_end(&hash, digest->at, HM_DIGEST_SIZE);
}

enum hm_status hm_store_bucket_get(struct hm_store *store,
                                   struct hm_bytes name,
                                   struct hm_bucket *bucket,
                                   struct hm_err *err)
{
    struct tree *tree = malloc(sizeof(*tree));
    bool any = false;
    if (tree == NULL) {
        return hm_fail_memory(err);
    }
    enum hm_status status = load_tree(store, name, tree, err);
    if (status == HM_OK && tree->row != 0) {
        status = renew_stale(store, tree, &any, err);
    }
    if (status == HM_OK) {
        bucket->name = name;
        bucket->n = tree->n;
        root_of(&bucket->digest, tree);
        /* A reader computes it for itself; the next writer keeps it. */
        if (any && store->writing) {
            status = save_tree(store, tree, &bucket->digest, err);
        }
    }
    free(tree);
    return status;
}

enum hm_status hm_store_bucket_leaves(struct hm_store *store,
                                      struct hm_bytes name,
                                      struct hm_bytes *leaves,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    struct tree *tree = hm_arena_get(arena, sizeof(*tree));
    bool any = false;
    if (tree == NULL) {
        return hm_arena_status(arena, err);
    }
    enum hm_status status = load_tree(store, name, tree, err);
    if (status == HM_OK && tree->row != 0) {
        status = renew_stale(store, tree, &any, err);
    }
    *leaves = (struct hm_bytes){&tree->leaves[0][0], sizeof(tree->leaves)};
    return status;
}

void hm_scope_digest(struct hm_digest *digest,
                     const struct hm_bucket *buckets,
                     size_t count)
{
    struct hm_hash hash;
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put_packed(&hash, hm_text("hamlet-scope-1"));
    hm_hash_put_uint(&hash, count);
    for (size_t i = 0; i < count; i++) {
        hm_hash_put_packed(&hash, buckets[i].name);
        hm_hash_put(&hash, hm_digest_bytes(&buckets[i].digest));
    }
    hm_hash_end(&hash, digest->at, HM_DIGEST_SIZE);
}

static void read_name(sqlite3_stmt *stmt, void *item, struct hm_arena *arena)
{
    struct hm_bucket *bucket = item;
    bucket->name = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
}

enum hm_status hm_store_buckets(struct hm_store *store,
                                struct hm_bucket **buckets,
                                size_t *count,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    static const char select[] = "SELECT name FROM bucket ORDER BY name";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_list(store, stmt, sizeof(**buckets), read_name, &list, count,
                             arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *buckets = list;
    for (size_t i = 0; status == HM_OK && i < *count; i++) {
        status = hm_store_bucket_get(store, (*buckets)[i].name, &(*buckets)[i], err);
    }
    return status;
}
