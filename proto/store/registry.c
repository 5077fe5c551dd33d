/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/registry.h"

#include <string.h>

#include "derive.h"
#include "erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/role.h"
#include "names.h"

static struct hm_bytes text_of(const struct hm_loaded *loaded, const char *reg)
{
    if (loaded->merged.deleted) {
        return HM_NO_BYTES;
    }
    return hm_value_text_or(hm_loaded_shown(loaded, hm_text(reg)), HM_NO_BYTES);
}

/*
 * Whether the record is the one of its natural key: anybody may sign a creation that
 * carries other key fields beside the right ones, which is another record.
 */
static bool has_key(const struct hm_loaded *loaded,
                    const char *const *names,
                    size_t count)
{
    bool has = loaded->key_count == count;
    for (size_t i = 0; i < count && has; i++) {
        has = hm_bytes_are(loaded->key[i].name, names[i]);
    }
    return has;
}

/*
 * What a record of the registry puts into a table: written, or held against what stands
 * there. `write` and `same` bind the same values; `same` gives a row where all stand.
 */
struct registry_row {
    struct hm_store *store;
    struct hm_registry_check *check; /* null: it is written */
};

static enum hm_status prepare(const struct registry_row *row,
                              const char *write,
                              const char *same,
                              sqlite3_stmt **stmt,
                              struct hm_err *err)
{
    return hm_sql(row->store, row->check == NULL ? write : same, stmt, err);
}

static enum hm_status finish(const struct registry_row *row,
                             sqlite3_stmt *stmt,
                             struct hm_err *err)
{
    bool same = false;
    if (row->check == NULL) {
        return hm_sql_run(row->store, stmt, err);
    }
    enum hm_status status = hm_sql_step(row->store, stmt, &same, err);
    if (status == HM_OK) {
        hm_sql_done(stmt);
        row->check->different += !same;
    }
    return status;
}

/* The unit keeps its row where its record is withdrawn: homes are never forgotten. */
static enum hm_status derive_unit(const struct registry_row *row,
                                  const struct hm_loaded *loaded,
                                  struct hm_err *err)
{
    static const char update[] =
        "UPDATE unit SET parent = :parent, known = :known WHERE id = :id";
    static const char same[] =
        "SELECT 1 FROM unit WHERE parent IS :parent AND known = :known AND id = :id";
    const struct hm_kind_tree *tree = loaded->kind->tree;
    struct hm_bytes code =
        hm_value_text_or(hm_loaded_field(loaded, tree->code), HM_NO_BYTES);
    struct hm_bytes parent =
        hm_value_text_or(hm_loaded_field(loaded, tree->parent), HM_NO_BYTES);
    bool there = loaded->merged.there && !loaded->merged.deleted;
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    if (code.size == 0 || !has_key(loaded, (const char *const[]){tree->code->name}, 1)) {
        return HM_OK;
    }
    enum hm_status status =
        hm_unit_number(row->store, code, row->check == NULL, &number, err);
    if (status == HM_OK) {
        status = prepare(row, update, same, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, there && parent.size > 0 ? parent : HM_NO_BYTES);
        hm_bind_int(stmt, 2, there);
        hm_bind_int(stmt, 3, number);
        status = finish(row, stmt, err);
    }
    if (row->check != NULL) {
        row->check->units += there;
    }
    return status;
}

static enum hm_status derive_device(const struct registry_row *row,
                                    const struct hm_loaded *loaded,
                                    struct hm_err *err)
{
    static const char update[] =
        "UPDATE device SET key = :key, keys = :keys, name = :name, home = :home,"
        " revoked = :revoked WHERE id = :id";
    static const char same[] =
        "SELECT 1 FROM device WHERE key IS :key AND keys IS :keys AND name IS :name"
        " AND home IS :home AND revoked IS :revoked AND id = :id";
    struct hm_id device;
    struct hm_keys keys;
    int64_t number = 0;
    sqlite3_stmt *stmt = NULL;
    struct hm_bytes revoked = text_of(loaded, HM_REGISTRY_REVOKED);
    if (!has_key(loaded, (const char *const[]){HM_REGISTRY_DEVICE}, 1) ||
        !hm_id_get_hex(&device, text_of(loaded, HM_REGISTRY_DEVICE))) {
        return HM_OK;
    }
    struct hm_bytes text = text_of(loaded, HM_REGISTRY_KEY);
    /* What breaks off the row of keys leaves those before it. */
    bool whole = hm_keys_read(&keys, text, &device);
    bool key_known = whole || keys.count > 0;
    enum hm_status status =
        hm_device_number(row->store, &device, row->check == NULL, &number, err);
    if (status == HM_OK) {
        status = prepare(row, update, same, &stmt, err);
    }
    if (status == HM_OK) {
        hm_bind_blob(stmt, 1,
                     key_known ? HM_BYTES(hm_keys_newest(&keys)->at) : HM_NO_BYTES);
        hm_bind_text(stmt, 2,
                     key_known ? (struct hm_bytes){text.data, keys.size} : HM_NO_BYTES);
        hm_bind_text(stmt, 3, text_of(loaded, HM_REGISTRY_NAME));
        hm_bind_text(stmt, 4, text_of(loaded, HM_REGISTRY_HOME));
        hm_bind_text(stmt, 5, revoked);
        hm_bind_int(stmt, 6, number);
        status = finish(row, stmt, err);
    }
    if (row->check != NULL) {
        row->check->devices += key_known;
    }
    return status;
}

static enum hm_status derive_user(const struct registry_row *row,
                                  const struct hm_loaded *loaded,
                                  struct hm_err *err)
{
    static const char put[] = "INSERT INTO user(user, name) VALUES(:user, :name)"
                              " ON CONFLICT(user) DO UPDATE SET name = excluded.name";
    static const char same[] = "SELECT 1 FROM user WHERE user = :user AND name IS :name";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = prepare(row, put, same, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, &loaded->id);
        hm_bind_text(stmt, 2, text_of(loaded, HM_REGISTRY_NAME));
        status = finish(row, stmt, err);
    }
    if (row->check != NULL) {
        row->check->users++;
    }
    return status;
}

static enum hm_status drop_permit(const struct registry_row *row,
                                  int64_t record,
                                  struct hm_err *err)
{
    static const char drop[] = "DELETE FROM permit WHERE record = :record";
    sqlite3_stmt *stmt = NULL;
    if (row->check != NULL) {
        return HM_OK; /* one too many is seen in the sum */
    }
    enum hm_status status = hm_sql(row->store, drop, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, record);
        status = hm_sql_run(row->store, stmt, err);
    }
    return status;
}

static enum hm_status derive_permit(const struct registry_row *row,
                                    const struct hm_loaded *loaded,
                                    struct hm_err *err)
{
    static const char insert[] =
        "INSERT INTO permit(record, user, device, role, home, ended)"
        " VALUES(:record, :user, :device, :role, :home, :ended)";
    static const char same[] =
        "SELECT 1 FROM permit WHERE record = :record AND user = :user"
        " AND device = :device AND role = :role AND home = :home AND ended IS :ended";
    struct hm_id user;
    struct hm_id device;
    struct hm_bytes role = text_of(loaded, HM_REGISTRY_ROLE);
    struct hm_bytes home = text_of(loaded, HM_REGISTRY_HOME);
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = drop_permit(row, loaded->row, err);
    if (status != HM_OK || !hm_id_get_hex(&user, text_of(loaded, HM_REGISTRY_USER)) ||
        !hm_id_get_hex(&device, text_of(loaded, HM_REGISTRY_DEVICE)) || role.size == 0 ||
        home.size == 0) {
        return status;
    }
    status = prepare(row, insert, same, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, loaded->row);
        hm_bind_id(stmt, 2, &user);
        hm_bind_id(stmt, 3, &device);
        hm_bind_text(stmt, 4, role);
        hm_bind_text(stmt, 5, home);
        hm_bind_text(stmt, 6, text_of(loaded, HM_REGISTRY_ENDED));
        status = finish(row, stmt, err);
    }
    if (row->check != NULL) {
        row->check->permits++;
    }
    return status;
}

static enum hm_status derive_row(const struct registry_row *row,
                                 const struct hm_loaded *loaded,
                                 struct hm_err *err)
{
    /* Only the registry itself says who may what: a record of such a kind in a unit's
     * bucket means nothing. */
    if (!hm_bytes_are(loaded->home, HM_HOME_REGISTRY)) {
        return HM_OK;
    }
    if (loaded->kind != NULL && loaded->kind->tree != NULL) {
        return derive_unit(row, loaded, err);
    }
    if (hm_bytes_are(loaded->kind_name, HM_KIND_DEVICE)) {
        return derive_device(row, loaded, err);
    }
    if (hm_bytes_are(loaded->kind_name, HM_KIND_USER)) {
        return derive_user(row, loaded, err);
    }
    if (hm_bytes_are(loaded->kind_name, HM_KIND_PERMIT)) {
        return derive_permit(row, loaded, err);
    }
    if (hm_bytes_are(loaded->kind_name, HM_KIND_ERASURE)) {
        return hm_erasure_derive(row->store, loaded,
                                 row->check == NULL ? NULL : &row->check->different, err);
    }
    return HM_OK;
}

enum hm_status hm_registry_derive(struct hm_store *store,
                                  const struct hm_loaded *loaded,
                                  struct hm_err *err)
{
    return derive_row(&(struct registry_row){store, NULL}, loaded, err);
}

enum hm_status hm_registry_forget(struct hm_store *store, struct hm_err *err)
{
    static const char *const steps[] = {
        "UPDATE unit SET parent = NULL, known = 0",
        "UPDATE device SET key = NULL, keys = NULL, name = NULL, home = NULL,"
        " revoked = NULL",
        "DELETE FROM user", "DELETE FROM permit"};
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == HM_OK; i++) {
        sqlite3_stmt *stmt = NULL;
        status = hm_sql(store, steps[i], &stmt, err);
        if (status == HM_OK) {
            status = hm_sql_run(store, stmt, err);
        }
    }
    return status;
}

enum hm_status hm_registry_compare(struct hm_store *store,
                                   const struct hm_loaded *loaded,
                                   struct hm_registry_check *check,
                                   struct hm_err *err)
{
    return derive_row(&(struct registry_row){store, check}, loaded, err);
}

enum hm_status hm_registry_compare_end(struct hm_store *store,
                                       struct hm_registry_check *check,
                                       struct hm_err *err)
{
    static const char select[] =
        "SELECT (SELECT count(*) FROM unit WHERE known <> 0 OR parent IS NOT NULL),"
        " (SELECT count(*) FROM device WHERE key IS NOT NULL),"
        " (SELECT count(*) FROM user), (SELECT count(*) FROM permit)";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status == HM_OK && row) {
        check->different += hm_column_int(stmt, 0) != check->units;
        check->different += hm_column_int(stmt, 1) != check->devices;
        check->different += hm_column_int(stmt, 2) != check->users;
        check->different += hm_column_int(stmt, 3) != check->permits;
        hm_sql_done(stmt);
    }
    return status;
}

enum hm_status hm_store_device_get(struct hm_store *store,
                                   const struct hm_id *device,
                                   struct hm_device *found,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    static const char select[] = "SELECT key, name, home, revoked, keys FROM device"
                                 " WHERE device = :device";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *found = (struct hm_device){.id = *device};
    if (row) {
        struct hm_bytes key = hm_column_bytes(stmt, 0);
        found->known = key.size == HM_KEY_SIZE;
        if (found->known) {
            memcpy(found->key.at, key.data, HM_KEY_SIZE);
        }
        found->name = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
        found->home = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
        found->revoked = !hm_column_null(stmt, 3);
        found->keys = hm_arena_copy(arena, hm_column_bytes(stmt, 4));
        hm_sql_done(stmt);
    }
    return hm_arena_status(arena, err);
}

/* One statement that gives one boolean. */
static enum hm_status ask(struct hm_store *store,
                          sqlite3_stmt *stmt,
                          bool *answer,
                          struct hm_err *err)
{
    bool row = false;
    enum hm_status status = hm_sql_step(store, stmt, &row, err);
    if (status == HM_OK) {
        *answer = row && hm_column_int(stmt, 0) != 0;
        hm_sql_done(stmt);
    }
    return status;
}

/* `UNION`, not `UNION ALL`: a ring of parents, which a wrong import could make, ends. */
#define ANCESTORS                                                                        \
    "WITH RECURSIVE up(code, parent) AS (SELECT code, parent FROM unit"                  \
    " WHERE code = :home AND known = 1 UNION SELECT u.code, u.parent FROM up"            \
    " JOIN unit u ON u.code = up.parent)"

enum hm_status hm_store_unit_within(struct hm_store *store,
                                    struct hm_bytes home,
                                    struct hm_bytes root,
                                    bool *within,
                                    struct hm_err *err)
{
    static const char select[] =
        ANCESTORS " SELECT EXISTS(SELECT 1 FROM up WHERE code = :root OR parent = :root)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, home);
    hm_bind_text(stmt, 2, root);
    return ask(store, stmt, within, err);
}

enum hm_status hm_store_unit_known(struct hm_store *store,
                                   struct hm_bytes home,
                                   bool *known,
                                   struct hm_err *err)
{
    static const char select[] = "SELECT known FROM unit WHERE code = :home";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, home);
    return ask(store, stmt, known, err);
}

enum hm_status hm_store_permitted(struct hm_store *store,
                                  const struct hm_id *device,
                                  const struct hm_id *user,
                                  struct hm_bytes role,
                                  struct hm_bytes home,
                                  bool *permitted,
                                  struct hm_err *err)
{
    static const char select[] =
        ANCESTORS " SELECT EXISTS(SELECT 1 FROM permit p WHERE p.device = :device"
                  " AND p.user = :user AND p.role = :role AND p.ended IS NULL"
                  " AND (p.home = :home OR p.home IN (SELECT code FROM up)"
                  " OR p.home IN (SELECT parent FROM up)))";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, home);
    hm_bind_id(stmt, 2, device);
    hm_bind_id(stmt, 3, user);
    hm_bind_text(stmt, 4, role);
    return ask(store, stmt, permitted, err);
}

enum hm_status hm_store_rank(struct hm_store *store,
                             const struct hm_id *device,
                             struct hm_bytes home,
                             int *rank,
                             struct hm_err *err)
{
    static const char select[] = ANCESTORS
        " SELECT DISTINCT p.role FROM permit p WHERE p.device = :device"
        " AND p.ended IS NULL AND (p.home = :home OR p.home IN (SELECT code FROM up)"
        " OR p.home IN (SELECT parent FROM up))";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *rank = -1;
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, home);
        hm_bind_id(stmt, 2, device);
    }
    while (status == HM_OK) {
        enum hm_role role = HM_ROLE_VIEWER;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (hm_role_find(&role, hm_column_bytes(stmt, 0)) && hm_role_rank(role) > *rank) {
            *rank = hm_role_rank(role);
        }
    }
    return status;
}

enum hm_status hm_store_scope(struct hm_store *store,
                              const struct hm_id *device,
                              struct hm_bytes **buckets,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const char select[] =
        "WITH RECURSIVE down(code) AS (SELECT home FROM permit WHERE device = :device"
        " AND ended IS NULL UNION SELECT u.code FROM down JOIN unit u"
        " ON u.parent = down.code WHERE u.known = 1)"
        " SELECT code FROM down WHERE code <> '~' ORDER BY code";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    size_t capacity = 64;
    size_t n = 1;
    struct hm_bytes *found = hm_arena_get_array(arena, capacity, sizeof(*found));
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
        status = hm_arena_status(arena, err);
    }
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (n == capacity) {
            struct hm_bytes *more =
                hm_arena_get_array(arena, 2 * capacity, sizeof(*more));
            if (more == NULL) {
                break;
            }
            memcpy(more, found, n * sizeof(*more));
            found = more;
            capacity *= 2;
        }
        found[n++] = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
    }
    hm_sql_done(stmt);
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        found[0] = hm_text(HM_HOME_REGISTRY);
        *buckets = found;
        *count = n;
    }
    return status;
}

enum hm_status hm_store_user_name(struct hm_store *store,
                                  const struct hm_id *user,
                                  struct hm_bytes *name,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] = "SELECT name FROM user WHERE user = :user";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, user);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *name = HM_NO_BYTES;
    if (row) {
        *name = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        hm_sql_done(stmt);
    }
    return hm_arena_status(arena, err);
}

enum hm_status hm_store_user_find(struct hm_store *store,
                                  const struct hm_id *device,
                                  struct hm_bytes name,
                                  struct hm_id *user,
                                  struct hm_bytes *role,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const char select[] =
        "SELECT p.user, p.role FROM permit p JOIN user u ON u.user = p.user"
        " WHERE p.device = :device AND u.name = :name AND p.ended IS NULL";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    int best = -1;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
        hm_bind_text(stmt, 2, name);
    }
    while (status == HM_OK) {
        enum hm_role found = HM_ROLE_VIEWER;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (hm_role_find(&found, hm_column_bytes(stmt, 1)) &&
            hm_role_rank(found) > best) {
            best = hm_role_rank(found);
            (void)hm_column_id(stmt, 0, user);
            *role = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
        }
    }
    if (status == HM_OK && best < 0) {
        char text[HM_ERR_ARG_MAX];
        size_t size = name.size < sizeof(text) - 1 ? name.size : sizeof(text) - 1;
        memcpy(text, name.data, size);
        text[size] = '\0';
        return hm_fail(err, HM_NOT_FOUND, "user-missing", text, NULL, NULL);
    }
    return status != HM_OK ? status : hm_arena_status(arena, err);
}
