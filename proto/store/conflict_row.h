/* SPDX-License-Identifier: Apache-2.0 */
/* conflict_row.h - how a row of conflicts is read, private to proto/store. */
#ifndef HAMLET_STORE_CONFLICT_ROW_H
#define HAMLET_STORE_CONFLICT_ROW_H

#include "hamlet/store/conflicts.h"
#include "sql.h"

#define HM_CONFLICT_COLUMNS                                                              \
    "SELECT c.conflict, r.record, c.register, c.type, c.open, c.opened, c.resolution,"   \
    " r.id FROM conflict c CROSS JOIN record r ON r.id = c.record"

/* For hm_sql_list over these columns. */
void hm_conflict_read(sqlite3_stmt *stmt, void *item, struct hm_arena *arena);

#endif
