/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the registry: which unit lies where, and who may what in it. */
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/store/registry.h"
#include "names.h"
#include "sql.h"

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

enum hm_status hm_store_unit_within(struct hm_store *store,
                                    struct hm_bytes home,
                                    struct hm_bytes root,
                                    bool *within,
                                    struct hm_err *err)
{
    static const char select[] =
        HM_ABOVE " SELECT EXISTS(SELECT 1 FROM up WHERE code = :root)";
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

enum hm_status hm_store_unit_successor(struct hm_store *store,
                                       struct hm_bytes home,
                                       struct hm_bytes *successor,
                                       struct hm_arena *arena,
                                       struct hm_err *err)
{
    static const char select[] =
        "WITH RECURSIVE next(code) AS (SELECT successor FROM unit WHERE code = :home"
        " UNION SELECT n.successor FROM next JOIN unit n ON n.code = next.code)"
        " SELECT code FROM next JOIN unit u USING(code) WHERE u.successor IS NULL";
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, home);
        status = hm_sql_step(store, stmt, &row, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *successor = HM_NO_BYTES;
    if (row) {
        *successor = hm_arena_copy(arena, hm_column_bytes(stmt, 0));
        hm_sql_done(stmt);
    }
    return hm_arena_status(arena, err);
}

enum hm_status hm_store_unit_closed(struct hm_store *store,
                                    struct hm_bytes home,
                                    const struct hm_id *device,
                                    const struct hm_written *written,
                                    bool *closed,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT NOT " HM_LATE("u.closing") " FROM unit u WHERE u.code = :home"
                                           " AND u.successor IS NOT NULL";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_int(stmt, 1, (int64_t)written->registry_n);
    hm_bind_int(stmt, 2, written->epoch);
    hm_bind_int(stmt, 3, (int64_t)written->seq);
    hm_bind_id(stmt, 4, device);
    hm_bind_text(stmt, 5, home);
    return ask(store, stmt, closed, err);
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
        HM_ABOVE " SELECT EXISTS(SELECT 1 FROM permit p WHERE p.device = :device"
                 " AND p.user = :user AND p.role = :role AND p.ended IS NULL"
                 " AND (p.home = :home OR p.home IN (SELECT code FROM up)))";
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

/*
 * Where the unit was before counts as above it, and a permit that ended when it is seen
 * stands, as far as the author may not have heard: the page names an older registry, and
 * the device has not presented a lease given with the news, or had written the change
 * before it did. One that ended with a revocation covers what that names; whoever asks
 * has seen to it that the change is among it.
 */
enum hm_status hm_store_permitted_late(struct hm_store *store,
                                       const struct hm_id *device,
                                       const struct hm_id *user,
                                       struct hm_bytes role,
                                       struct hm_bytes home,
                                       const struct hm_written *written,
                                       bool *permitted,
                                       struct hm_err *err)
{
    static const char select[] = HM_ABOVE_WITH(
        " UNION SELECT m.parent FROM up JOIN unit a ON a.code = up.code"
        " JOIN moved m ON m.unit = a.id WHERE " HM_LATE(
            "m.change")) " SELECT EXISTS(SELECT 1 FROM permit p WHERE p.device = :device"
                         " AND p.user = :user AND p.role = :role"
                         " AND (p.home = :home OR p.home IN (SELECT code FROM up))"
                         " AND (p.ended IS NULL OR p.ended = '" HM_ENDED_REVOKED
                         "' OR p.ended = '" HM_ENDED_SEEN
                         "' AND " HM_LATE("p.ending") "))";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, home);
    hm_bind_int(stmt, 2, (int64_t)written->registry_n);
    hm_bind_int(stmt, 3, written->epoch);
    hm_bind_int(stmt, 4, (int64_t)written->seq);
    hm_bind_id(stmt, 5, device);
    hm_bind_id(stmt, 6, user);
    hm_bind_text(stmt, 7, role);
    return ask(store, stmt, permitted, err);
}

enum hm_status hm_store_permit_gone(struct hm_store *store,
                                    const struct hm_id *device,
                                    const struct hm_id *user,
                                    struct hm_bytes role,
                                    struct hm_bytes home,
                                    bool *gone,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT count(*) > 0 AND sum(p.ended IS NULL) = 0 FROM permit p"
        " WHERE p.device = :device AND p.user = :user AND p.role = :role"
        " AND p.home = :home";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, device);
    hm_bind_id(stmt, 2, user);
    hm_bind_text(stmt, 3, role);
    hm_bind_text(stmt, 4, home);
    return ask(store, stmt, gone, err);
}

enum hm_status hm_store_rank(struct hm_store *store,
                             const struct hm_id *device,
                             struct hm_bytes home,
                             int *rank,
                             struct hm_err *err)
{
    static const char select[] = HM_ABOVE
        " SELECT DISTINCT p.role FROM permit p WHERE p.device = :device"
        " AND p.ended IS NULL AND (p.home = :home OR p.home IN (SELECT code FROM up))";
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

enum hm_status hm_store_role_over(struct hm_store *store,
                                  const struct hm_id *device,
                                  const struct hm_id *user,
                                  struct hm_bytes home,
                                  struct hm_bytes *role,
                                  struct hm_err *err)
{
    static const char select[] =
        HM_ABOVE " SELECT DISTINCT p.role FROM permit p WHERE p.device = :device"
                 " AND p.user = :user AND p.ended IS NULL AND (p.home = :home"
                 " OR p.home IN (SELECT code FROM up))";
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    int best = -1;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    *role = HM_NO_BYTES;
    if (status == HM_OK) {
        hm_bind_text(stmt, 1, home);
        hm_bind_id(stmt, 2, device);
        hm_bind_id(stmt, 3, user);
    }
    while (status == HM_OK) {
        enum hm_role named = HM_ROLE_VIEWER;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (hm_role_find(&named, hm_column_bytes(stmt, 0)) &&
            hm_role_rank(named) > best) {
            best = hm_role_rank(named);
            *role = hm_text(hm_role_name(named));
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
        HM_SUBTREE("SELECT home FROM permit WHERE device = :device AND ended IS "
                   "NULL") " SELECT code FROM (SELECT '~' AS code UNION"
                           " SELECT code FROM down) ORDER BY code <> '~', code";
    void *list = NULL;
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
        status = hm_sql_list(store, stmt, sizeof(**buckets), hm_sql_read_bytes, &list,
                             count, arena, err);
    }
    if (status == HM_OK) {
        *buckets = list;
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

enum hm_status hm_store_user_elsewhere(struct hm_store *store,
                                       const struct hm_id *user,
                                       const struct hm_id *device,
                                       bool *elsewhere,
                                       struct hm_err *err)
{
    static const char select[] =
        "SELECT EXISTS(SELECT 1 FROM permit WHERE user = :user AND device <> :device)"
        " OR EXISTS(SELECT 1 FROM invitation WHERE user = :user AND device <> :device)";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_id(stmt, 1, user);
    hm_bind_id(stmt, 2, device);
    return ask(store, stmt, elsewhere, err);
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

enum hm_status hm_store_permit_had(struct hm_store *store,
                                   const struct hm_id *device,
                                   struct hm_bytes home,
                                   bool *had,
                                   struct hm_err *err)
{
    static const char select[] = HM_ABOVE_WITH(
        " UNION SELECT m.parent FROM up JOIN unit a ON a.code = up.code"
        " JOIN moved m ON m.unit = a.id") " SELECT EXISTS(SELECT 1 FROM permit p WHERE "
                                          "p.device = :device"
                                          " AND (p.home = :home OR p.home IN (SELECT "
                                          "code FROM up)))";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_text(stmt, 1, home);
    hm_bind_id(stmt, 2, device);
    return ask(store, stmt, had, err);
}

enum hm_status hm_store_permit_best(struct hm_store *store,
                                    const struct hm_id *device,
                                    struct hm_id *user,
                                    struct hm_bytes *role,
                                    struct hm_bytes *home,
                                    bool *found,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    static const char select[] =
        "SELECT p.user, p.role, p.home FROM permit p WHERE p.device = :device"
        " AND p.ended IS NULL ORDER BY p.user <> :user, p.record";
    const struct hm_id before = *user;
    sqlite3_stmt *stmt = NULL;
    bool row = true;
    int best = -1;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, device);
        hm_bind_id(stmt, 2, &before);
    }
    while (status == HM_OK) {
        enum hm_role named = HM_ROLE_VIEWER;
        struct hm_id other;
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        if (!hm_column_id(stmt, 0, &other) ||
            !hm_role_find(&named, hm_column_bytes(stmt, 1)) ||
            (best >= 0 && hm_id_equal(user, &before) && !hm_id_equal(&other, &before)) ||
            hm_role_rank(named) <= best) {
            continue; /* the same person goes before all others */
        }
        best = hm_role_rank(named);
        *user = other;
        *role = hm_arena_copy(arena, hm_column_bytes(stmt, 1));
        *home = hm_arena_copy(arena, hm_column_bytes(stmt, 2));
    }
    *found = best >= 0;
    return status != HM_OK ? status : hm_arena_status(arena, err);
}
