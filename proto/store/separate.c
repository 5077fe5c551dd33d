/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/separate.h"

#include "hamlet/store/records.h"
#include "names.h"

/* A laptop's own changes count before any verdict. */
static enum hm_status wrote(struct hm_store *store,
                            const struct hm_change *change,
                            const struct hm_id *record,
                            bool *found,
                            struct hm_err *err)
{
    static const char select[] =
        "SELECT 1 FROM unit u CROSS JOIN record r ON r.home = u.id"
        " AND r.record = :record CROSS JOIN change c ON (c.id = r.first OR"
        " (c.record = r.id AND c.later = 1)) AND c.act IN (0, 1) AND c.verdict <> 1"
        " AND c.withdrawn = 0 CROSS JOIN author a ON a.id = c.author"
        " AND a.user = :user WHERE u.code = :home LIMIT 1";
    sqlite3_stmt *stmt = NULL;
    enum hm_status status = hm_sql(store, select, &stmt, err);
    if (status == HM_OK) {
        hm_bind_id(stmt, 1, record);
        hm_bind_id(stmt, 2, &change->user);
        hm_bind_text(stmt, 3, change->home);
        status = hm_sql_step(store, stmt, found, err);
    }
    hm_sql_done(stmt);
    return status;
}
_Static_assert(HM_ACT_CREATE == 0 && HM_ACT_EDIT == 1, "the statement says this");

enum hm_status hm_store_same_person(struct hm_store *store,
                                    const struct hm_kind *kind,
                                    const struct hm_change *change,
                                    const struct hm_key_field *key,
                                    size_t key_count,
                                    bool *same,
                                    struct hm_err *err)
{
    struct hm_id others[HM_SEPARATE_MAX];
    enum hm_status status = HM_OK;
    bool found = false;
    size_t count = hm_separate_act(change->act)
                       ? hm_separate_ids(kind, change->home, key, key_count, others)
                       : 0;
    for (size_t i = 0; status == HM_OK && !found && i < count; i++) {
        status = wrote(store, change, &others[i], &found, err);
    }
    if (status == HM_OK) {
        *same = found;
    }
    return status;
}
