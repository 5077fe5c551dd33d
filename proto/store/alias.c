/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/alias.h"

#include <string.h>

#include "derive.h"
#include "hamlet/base/assert.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/registry.h"
#include "sql.h"

enum { CHAIN_FIRST = 8 };

static bool saw(const struct hm_change *change, const struct hm_id *head)
{
    hm_prefix prefix = hm_prefix_of(head);
    for (size_t i = 0; i < change->seen_count; i++) {
        if (change->seen[i] == prefix) {
            return true;
        }
    }
    return false;
}

/* Whether the merge knew every value that stands now. */
static bool saw_all(const struct hm_loaded *loaded, const struct hm_change *merge)
{
    for (size_t i = 0; i < loaded->merged.register_count; i++) {
        const struct hm_register *reg = &loaded->merged.registers[i];
        if (reg->name.size > 0 && reg->name.data[0] == '~') {
            continue;
        }
        for (size_t h = 0; h < reg->head_count; h++) {
            if (!saw(merge, &loaded->known[reg->heads[h].known].change->id)) {
                return false;
            }
        }
    }
    return true;
}

struct hm_id hm_loaded_alias(const struct hm_loaded *loaded, struct hm_id *to)
{
    const struct hm_register *reg =
        hm_merged_register(&loaded->merged, hm_text(HM_REGISTER_ALIAS));
    if (reg == NULL || reg->head_count == 0) {
        return (struct hm_id){{0}};
    }
    const struct hm_head *head = &reg->heads[reg->shown];
    const struct hm_change *change = loaded->known[head->known].change;
    struct hm_bytes value = hm_loaded_shown(loaded, hm_text(HM_REGISTER_ALIAS));
    bool holds = value.size > 0 &&
                 hm_id_get_hex(to, hm_value_text_or(value, HM_NO_BYTES)) &&
                 (change->act != HM_ACT_MERGE || saw_all(loaded, change));
    return holds ? change->id : (struct hm_id){{0}};
}

struct link {
    struct hm_id record;
    struct hm_id change; /* none: it has no alias */
    struct hm_id to;
};

/* The record as a link of a chain; `here` false: nothing is known of it. */
static enum hm_status read_link(struct hm_store *store,
                                const struct hm_id *record,
                                struct link *link,
                                bool *here,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_err missing = HM_ERR_NONE;
    enum hm_status status = hm_store_record_load(store, record, &loaded, arena, &missing);
    *link = (struct link){.record = *record};
    *here = status == HM_OK && loaded.merged.there;
    if (status == HM_OK) {
        link->change = hm_loaded_alias(&loaded, &link->to);
    } else if (status != HM_NOT_FOUND) {
        return hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                       missing.arg[2]);
    }
    return HM_OK;
}

/* Of a ring: the record whose alias is the youngest, which is not followed. */
static struct hm_id ring_root(const struct link *chain, size_t from, size_t count)
{
    size_t last = from;
    for (size_t i = from; i < count; i++) {
        if (memcmp(&chain[i].change, &chain[last].change, sizeof(chain[i].change)) > 0) {
            last = i;
        }
    }
    return chain[last].record;
}

static bool find_in(const struct link *chain,
                    size_t count,
                    const struct hm_id *record,
                    size_t *at)
{
    for (*at = 0; *at < count; ++*at) {
        if (hm_id_equal(&chain[*at].record, record)) {
            return true;
        }
    }
    return false;
}

/* The links from a record on, each once. */
struct chain {
    struct link *at;
    size_t count;
    size_t room;
};

static enum hm_status grow(struct chain *chain,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    size_t room = chain->room == 0 ? CHAIN_FIRST : 2 * chain->room;
    if (chain->count < chain->room) {
        return HM_OK;
    }
    if (chain->count == HM_ALIAS_CHAIN_MAX) {
        char text[HM_HEX16_SIZE];
        hm_hex_put(text, hm_id_bytes(&chain->at[0].record));
        return hm_fail(err, HM_TOO_BIG, "merge-chain", text, NULL, NULL);
    }
    struct link *made = hm_arena_get_array(arena, room, sizeof(*made));
    if (made == NULL) {
        return hm_arena_status(arena, err);
    }
    if (chain->count > 0) {
        memcpy(made, chain->at, chain->count * sizeof(*made));
    }
    chain->at = made;
    chain->room = room;
    return HM_OK;
}

/* One link more: a record is read and let go again, so that only the chain is held. */
static enum hm_status add_link(struct hm_store *store,
                               const struct hm_id *record,
                               struct chain *chain,
                               bool *here,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_arena scratch;
    enum hm_status status = grow(chain, arena, err);
    if (status != HM_OK) {
        return status;
    }
    HM_ASSERT(chain->at != NULL);
    hm_arena_init(&scratch, HM_REQUEST_ARENA_MAX);
    status = read_link(store, record, &chain->at[chain->count], here, &scratch, err);
    hm_arena_fini(&scratch);
    chain->count += status == HM_OK && *here ? 1 : 0;
    return status;
}

enum hm_status hm_store_record_root(struct hm_store *store,
                                    const struct hm_id *record,
                                    struct hm_id *root,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct chain chain = {.at = NULL};
    struct hm_id next = *record;
    size_t at = 0;
    while (!find_in(chain.at, chain.count, &next, &at)) {
        bool here = false;
        enum hm_status status = add_link(store, &next, &chain, &here, arena, err);
        if (status != HM_OK) {
            return status;
        }
        if (!here && chain.count == 0) {
            char text[HM_HEX16_SIZE];
            hm_hex_put(text, hm_id_bytes(record));
            return hm_fail(err, HM_NOT_FOUND, "record-missing", text, NULL, NULL);
        }
        const struct link *last = &chain.at[chain.count - 1];
        if (!here || hm_id_is_none(&last->change)) {
            *root = last->record; /* what it leads to is not here, or it leads nowhere */
            return HM_OK;
        }
        next = last->to;
    }
    *root = ring_root(chain.at, at, chain.count);
    return HM_OK;
}

/* The records with an alias in the home and of the kind of `root`. */
static enum hm_status select_aliases(struct hm_store *store,
                                     const struct hm_id *root,
                                     sqlite3_stmt **stmt,
                                     struct hm_err *err)
{
    static const char select[] =
        "SELECT a.record FROM unit h CROSS JOIN record r ON r.home = h.id"
        " AND r.record = :root CROSS JOIN record a ON a.home = r.home"
        " AND a.kind = r.kind WHERE a.flags & 32 = 32 ORDER BY a.record";
    enum hm_status status = hm_sql(store, select, stmt, err);
    if (status == HM_OK) {
        hm_bind_id(*stmt, 1, root);
    }
    return status;
}

enum hm_status hm_store_record_merged(struct hm_store *store,
                                      const struct hm_id *root,
                                      struct hm_id **merged,
                                      size_t *count,
                                      struct hm_arena *arena,
                                      struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    struct hm_id *list = NULL;
    size_t room = 0;
    bool row = true;
    enum hm_status status = select_aliases(store, root, &stmt, err);
    *count = 0;
    while (status == HM_OK) {
        struct hm_id record;
        struct hm_id stands;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        (void)hm_column_id(stmt, 0, &record);
        status = hm_store_record_root(store, &record, &stands, arena, err);
        if (status != HM_OK || !hm_id_equal(&stands, root) ||
            hm_id_equal(&record, root)) {
            continue;
        }
        if (*count == room) {
            size_t more = room == 0 ? 8 : 2 * room;
            struct hm_id *grown = hm_arena_get_array(arena, more, sizeof(*grown));
            status = hm_arena_status(arena, err);
            if (status != HM_OK) {
                break;
            }
            if (room > 0) {
                memcpy(grown, list, room * sizeof(*grown));
            }
            list = grown;
            room = more;
        }
        list[(*count)++] = record;
    }
    hm_sql_done(stmt);
    *merged = list;
    return status;
}

/* One record with an alias: whether that holds, and who made it. */
static enum hm_status read_merge(struct hm_store *store,
                                 const struct hm_id *record,
                                 struct hm_merge *merge,
                                 bool *holds,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_arena scratch;
    hm_arena_init(&scratch, HM_REQUEST_ARENA_MAX);
    enum hm_status status = hm_store_record_load(store, record, &loaded, &scratch, err);
    *holds = false;
    if (status == HM_OK) {
        merge->record = *record;
        merge->change = hm_loaded_alias(&loaded, &merge->into);
        *holds = !hm_id_is_none(&merge->change);
    }
    for (size_t i = 0; *holds && i < loaded.count; i++) {
        const struct hm_change *change = &loaded.held[i].change;
        if (hm_id_equal(&change->id, &merge->change)) {
            merge->kind = hm_arena_copy(arena, change->kind);
            merge->home = hm_arena_copy(arena, change->home);
            merge->role = hm_arena_copy(arena, change->role);
            merge->time = change->time;
        }
    }
    hm_arena_fini(&scratch);
    return status == HM_OK ? hm_arena_status(arena, err) : status;
}

enum hm_status hm_store_merges(struct hm_store *store,
                               const struct hm_merges_query *query,
                               struct hm_merge **merges,
                               size_t *count,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const char select[] = "SELECT a.record, h.code FROM unit h CROSS JOIN record a"
                                 " ON a.home = h.id WHERE a.flags & 32 = 32"
                                 " AND (:after IS NULL OR a.record > :after)"
                                 " ORDER BY a.record";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    struct hm_merge *list = hm_arena_get_array(arena, query->limit, sizeof(*list));
    enum hm_status status = hm_arena_status(arena, err);
    *count = 0;
    if (status == HM_OK) {
        status = hm_sql(store, select, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_blob(stmt, 1,
                     query->after == NULL ? HM_NO_BYTES : hm_id_bytes(query->after));
    }
    while (status == HM_OK && *count < query->limit) {
        struct hm_id record;
        bool holds = false;
        bool within = true;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        (void)hm_column_id(stmt, 0, &record);
        if (query->unit.size > 0) {
            status = hm_store_unit_within(store, hm_column_bytes(stmt, 1), query->unit,
                                          &within, err);
        }
        if (status == HM_OK && within) {
            status = read_merge(store, &record, &list[*count], &holds, arena, err);
        }
        *count += status == HM_OK && holds ? 1 : 0;
    }
    hm_sql_done(stmt);
    *merges = list;
    return status;
}
