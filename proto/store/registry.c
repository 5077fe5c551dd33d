/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/registry.h"

#include <string.h>

#include "derive.h"
#include "erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/register.h"
#include "hamlet/store/rights.h"
#include "names.h"

static struct hm_bytes value_of(const struct hm_loaded *loaded, const char *reg)
{
    return loaded->merged.deleted ? HM_NO_BYTES : hm_loaded_shown(loaded, hm_text(reg));
}

static struct hm_bytes text_of(const struct hm_loaded *loaded, const char *reg)
{
    return hm_value_text_or(value_of(loaded, reg), HM_NO_BYTES);
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

/* The change whose value of the register is shown; 0: there is none. */
static int64_t change_of_register(const struct hm_loaded *loaded, struct hm_bytes reg)
{
    const struct hm_register *found = hm_merged_register(&loaded->merged, reg);
    return found == NULL ? 0 : loaded->held[found->heads[found->shown].known].row;
}

static struct hm_bytes register_of(const struct hm_field *field)
{
    return hm_text(field->reg == NULL ? field->name : field->reg->name);
}

static int64_t change_of(const struct hm_loaded *loaded, const struct hm_field *field)
{
    return change_of_register(loaded, register_of(field));
}

/* The unit that this one became part of. */
static struct hm_bytes successor_of(const struct hm_loaded *loaded, struct hm_bytes code)
{
    const struct hm_field *field = loaded->kind->tree->into;
    struct hm_bytes into = HM_NO_BYTES;
    if (field != NULL) {
        into = hm_value_text_or(hm_loaded_field(loaded, field), HM_NO_BYTES);
    }
    return into.size == 0 || hm_bytes_equal(into, code) ? HM_NO_BYTES : into;
}

/* The write of this register in a change; null: there is none. */
static const struct hm_write *write_of(const struct hm_change *change,
                                       struct hm_bytes reg)
{
    for (size_t i = 0; i < change->write_count; i++) {
        if (hm_bytes_equal(change->writes[i].reg, reg)) {
            return &change->writes[i];
        }
    }
    return NULL;
}

/* The unit above that the change wrote, if another one replaced it there. */
static struct hm_bytes parent_before(const struct hm_loaded *loaded,
                                     const struct hm_field *field,
                                     size_t i,
                                     size_t by)
{
    const struct hm_bytes reg = register_of(field);
    const struct hm_known *known = loaded->known;
    const struct hm_write *write = write_of(known[i].change, reg);
    const struct hm_write *other = write_of(known[by].change, reg);
    if (write == NULL || other == NULL || !known[i].effective || !known[by].effective ||
        !hm_prefixes_have(other->replaces, other->replaces_count,
                          hm_prefix_of(&known[i].change->id))) {
        return HM_NO_BYTES;
    }
    return hm_value_text_or(hm_register_field(write->value, field), HM_NO_BYTES);
}

/* Whether an earlier change says the same: two that wrote alike may be replaced by one.
 */
static bool is_told(const struct hm_loaded *loaded,
                    const struct hm_field *field,
                    size_t i,
                    size_t by)
{
    bool told = false;
    for (size_t k = 0; k < i && !told; k++) {
        told = hm_bytes_equal(parent_before(loaded, field, k, by),
                              parent_before(loaded, field, i, by));
    }
    return told;
}

static enum hm_status put_moved(const struct registry_row *row,
                                int64_t unit,
                                struct hm_bytes parent,
                                int64_t change,
                                struct hm_err *err)
{
    static const char insert[] = "INSERT OR IGNORE INTO moved(unit, parent, change)"
                                 " VALUES(:unit, :parent, :change)";
    static const char same[] = "SELECT 1 FROM moved WHERE unit = :unit"
                               " AND parent = :parent AND change = :change";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = prepare(row, insert, same, &stmt, err);
    if (status == HM_OK) {
        hm_bind_int(stmt, 1, unit);
        hm_bind_text(stmt, 2, parent);
        hm_bind_int(stmt, 3, change);
        status = finish(row, stmt, err);
    }
    if (row->check != NULL) {
        row->check->moves++;
    }
    return status;
}

/* Where it was before: whoever may write there may not have heard of the move. */
static enum hm_status derive_moved(const struct registry_row *row,
                                   const struct hm_loaded *loaded,
                                   int64_t unit,
                                   struct hm_err *err)
{
    static const char drop[] = "DELETE FROM moved WHERE unit = :unit";
    const struct hm_field *field = loaded->kind->tree->parent;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = HM_OK;
    if (row->check == NULL) {
        status = hm_sql(row->store, drop, &stmt, err);
        if (status == HM_OK) {
            hm_bind_int(stmt, 1, unit);
            status = hm_sql_run(row->store, stmt, err);
        }
    }
    for (size_t i = 0; i < loaded->count && status == HM_OK; i++) {
        for (size_t by = 0; by < loaded->count && status == HM_OK; by++) {
            struct hm_bytes parent = parent_before(loaded, field, i, by);
            if (parent.size > 0 && !is_told(loaded, field, i, by)) {
                status = put_moved(row, unit, parent, loaded->held[by].row, err);
            }
        }
    }
    return status;
}

/* The unit keeps its row where its record is withdrawn: homes are never forgotten. */
static enum hm_status derive_unit(const struct registry_row *row,
                                  const struct hm_loaded *loaded,
                                  struct hm_err *err)
{
    static const char update[] =
        "UPDATE unit SET parent = :parent, known = :known, successor = :successor,"
        " closing = :closing WHERE id = :id";
    static const char same[] =
        "SELECT 1 FROM unit WHERE parent IS :parent AND known = :known"
        " AND successor IS :successor AND closing = :closing AND id = :id";
    const struct hm_kind_tree *tree = loaded->kind->tree;
    struct hm_bytes code =
        hm_value_text_or(hm_loaded_field(loaded, tree->code), HM_NO_BYTES);
    struct hm_bytes parent =
        hm_value_text_or(hm_loaded_field(loaded, tree->parent), HM_NO_BYTES);
    bool there = loaded->merged.there && !loaded->merged.deleted;
    struct hm_bytes into = there ? successor_of(loaded, code) : HM_NO_BYTES;
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
        hm_bind_text(stmt, 3, into);
        hm_bind_int(stmt, 4, into.size > 0 ? change_of(loaded, tree->into) : 0);
        hm_bind_int(stmt, 5, number);
        status = finish(row, stmt, err);
    }
    if (row->check != NULL) {
        row->check->units += there;
    }
    return status != HM_OK ? status : derive_moved(row, loaded, number, err);
}

static enum hm_status put_device(const struct registry_row *row,
                                 const struct hm_loaded *loaded,
                                 struct hm_bytes heads,
                                 struct hm_err *err)
{
    static const char update[] =
        "UPDATE device SET key = :key, keys = :keys, name = :name, home = :home,"
        " revoked = :revoked, heads = :heads WHERE id = :id";
    static const char same[] =
        "SELECT 1 FROM device WHERE key IS :key AND keys IS :keys AND name IS :name"
        " AND home IS :home AND revoked IS :revoked AND heads IS :heads AND id = :id";
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
        hm_bind_blob(stmt, 6, heads);
        hm_bind_int(stmt, 7, number);
        status = finish(row, stmt, err);
    }
    if (row->check != NULL) {
        row->check->devices += key_known;
    }
    return status;
}

static enum hm_status derive_device(const struct registry_row *row,
                                    const struct hm_loaded *loaded,
                                    struct hm_err *err)
{
    struct hm_buf heads;
    hm_buf_init(&heads, HM_REQUEST_ARENA_MAX);
    hm_registry_heads(&heads, loaded);
    enum hm_status status = hm_buf_status(&heads, err);
    if (status == HM_OK) {
        status = put_device(row, loaded, hm_buf_bytes(&heads), err);
    }
    hm_buf_fini(&heads);
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
        "INSERT INTO permit(record, user, device, role, home, ended, ending)"
        " VALUES(:record, :user, :device, :role, :home, :ended, :ending)";
    static const char same[] =
        "SELECT 1 FROM permit WHERE record = :record AND user = :user"
        " AND device = :device AND role = :role AND home = :home AND ended IS :ended"
        " AND ending = :ending";
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
        hm_bind_int(stmt, 7, change_of_register(loaded, hm_text(HM_REGISTRY_ENDED)));
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
        "UPDATE unit SET parent = NULL, known = 0, successor = NULL, closing = 0",
        ("UPDATE device SET key = NULL, keys = NULL, name = NULL, home = NULL,"
         " revoked = NULL, heads = NULL"),
        "DELETE FROM user", "DELETE FROM permit", "DELETE FROM moved"};
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
        " (SELECT count(*) FROM user), (SELECT count(*) FROM permit),"
        " (SELECT count(*) FROM moved)";
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
        check->different += hm_column_int(stmt, 4) != check->moves;
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
    static const char select[] =
        "SELECT key, name, home, revoked, keys, heads FROM device"
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
        found->heads = hm_arena_copy(arena, hm_column_bytes(stmt, 5));
        hm_sql_done(stmt);
    }
    return hm_arena_status(arena, err);
}
