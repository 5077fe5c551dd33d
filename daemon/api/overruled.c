/* SPDX-License-Identifier: Apache-2.0 */
/* Whose word did not stand learns what stands instead, who decided it, and why. */
#include "conflict.h"
#include "hamlet/api/inbox.h"
#include "hamlet/model/value.h"

static struct hm_bytes written(const struct hm_change *change, struct hm_bytes reg)
{
    const struct hm_write *write = hm_change_write(change, reg);
    return write == NULL ? HM_NO_BYTES : write->value;
}

/* What this user had written, where that is not what was decided; null: nothing. */
static const struct hm_side *find_side(const struct hm_case_view *seen,
                                       struct hm_bytes decided,
                                       const struct hm_id *user)
{
    for (size_t i = 0; i < seen->side_count; i++) {
        const struct hm_side *side = &seen->sides[i];
        if (hm_id_equal(&side->held->change.user, user) && side->value.size > 0 &&
            !hm_bytes_equal(side->value, decided)) {
            return side;
        }
    }
    return NULL;
}

static enum hm_status put_one(struct hm_rows *rows,
                              const struct hm_case_view *seen,
                              const struct hm_side *mine,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    const struct hm_change *change = &seen->settled->change;
    struct hm_json_write *out = &rows->out;
    struct hm_bytes user = HM_NO_BYTES;
    enum hm_status status = hm_view_user(rows->view, &change->user, &user, arena, err);
    hm_json_open(out, '{');
    hm_json_put_hex(out, "conflict", hm_id_bytes(&seen->conflict->id));
    hm_json_put_hex(out, "record", hm_id_bytes(&seen->conflict->record));
    hm_json_put_hex(out, "change", hm_id_bytes(&change->id));
    hm_json_put_text(out, "kind", seen->loaded.kind_name);
    hm_json_put_text(out, "register", seen->conflict->reg);
    hm_json_put_text(out, "type", seen->conflict->type);
    hm_api_put_value(out, "mine", mine->value);
    hm_api_put_value(out, "value", written(change, seen->conflict->reg));
    hm_json_put_text(out, "user", user);
    hm_json_put_text(out, "role", change->role);
    hm_api_put_value(out, "reason", written(change, hm_text(HM_REGISTER_WHY)));
    hm_json_put_wall(out, "time", change->time);
    hm_json_close(out, '}');
    return status != HM_OK ? status : hm_rows_flush(rows, err);
}

static enum hm_status look_at(struct hm_rows *rows,
                              const struct hm_conflict *conflict,
                              const struct hm_id *user,
                              struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_case_view seen;
    const struct hm_side *mine = NULL;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_case_view_load(&seen, rows->view->store, conflict, &arena, err);
    if (status == HM_OK && seen.settled != NULL &&
        !hm_id_equal(&seen.settled->change.user, user)) {
        mine = find_side(&seen, written(&seen.settled->change, conflict->reg), user);
    }
    if (status == HM_OK && mine != NULL) {
        status = put_one(rows, &seen, mine, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_api_overruled(const struct hm_view *view,
                                const struct hm_id *user,
                                struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_rows rows;
    struct hm_conflict *conflicts = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_rows_init(&rows, view);
    hm_json_open(&rows.out, '[');
    enum hm_status status = hm_store_conflicts(view->store, HM_NO_BYTES, false,
                                               &conflicts, &count, &arena, err);
    for (size_t i = count; i > 0 && status == HM_OK; i--) {
        status = look_at(&rows, &conflicts[i - 1], user, err);
    }
    hm_json_close(&rows.out, ']');
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    hm_arena_fini(&arena);
    return status;
}
