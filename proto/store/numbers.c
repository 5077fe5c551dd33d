/* SPDX-License-Identifier: Apache-2.0 */
#include "numbers.h"

#include <string.h>

enum { CAPACITY_FIRST = 32 };

enum hm_status hm_numbers_add(struct hm_numbers *numbers,
                              int64_t number,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    if (numbers->count == numbers->capacity) {
        size_t capacity = numbers->capacity == 0 ? CAPACITY_FIRST : numbers->capacity * 2;
        int64_t *at = hm_arena_get_array(arena, capacity, sizeof(*at));
        if (at == NULL) {
            return hm_arena_status(arena, err);
        }
        if (numbers->count > 0) {
            memcpy(at, numbers->at, numbers->count * sizeof(*at));
        }
        numbers->at = at;
        numbers->capacity = capacity;
    }
    numbers->at[numbers->count++] = number;
    return HM_OK;
}

enum hm_status hm_numbers_collect(struct hm_numbers *numbers,
                                  struct hm_store *store,
                                  sqlite3_stmt *stmt,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    bool row = true;
    enum hm_status status = HM_OK;
    while (status == HM_OK) {
        status = hm_sql_step(store, stmt, &row, err);
        if (status != HM_OK || !row) {
            break;
        }
        status = hm_numbers_add(numbers, hm_column_int(stmt, 0), arena, err);
    }
    hm_sql_done(stmt);
    return status;
}

enum hm_status hm_numbers_of_batch(struct hm_numbers *numbers,
                                   struct hm_store *store,
                                   const char *sql,
                                   const struct hm_batch *batch,
                                   struct hm_arena *arena,
                                   struct hm_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, sql, &stmt, err);
    if (status != HM_OK) {
        return status;
    }
    hm_bind_batch(stmt, 1, batch);
    return hm_numbers_collect(numbers, store, stmt, arena, err);
}
