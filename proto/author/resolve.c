/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions of conflicts. */
#include <string.h>

#include "hamlet/model/value.h"
#include "inside.h"

static enum hm_status no_head(const struct hm_id *take, struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    hm_hex_put(id, hm_id_bytes(take));
    return hm_fail(err, HM_NOT_FOUND, "head-missing", id, NULL, NULL);
}

/* The value that a head says; of the conflict on ~live whether it keeps it alive. */
static enum hm_status take_value(const struct hm_loaded *loaded,
                                 const struct hm_head *heads,
                                 size_t count,
                                 const struct hm_id *take,
                                 struct hm_bytes *value,
                                 struct hm_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (hm_id_equal(&loaded->known[heads[i].known].change->id, take)) {
            *value = heads[i].write == NULL ? hm_text("t") : heads[i].write->value;
            return value->size > 0
                       ? HM_OK
                       : hm_fail(err, HM_BAD_INPUT, "value-withheld", NULL, NULL, NULL);
        }
    }
    return no_head(take, err);
}

static enum hm_status read_value(struct hm_author *author,
                                 const struct hm_loaded *loaded,
                                 struct hm_bytes reg,
                                 const struct hm_json *json,
                                 struct hm_bytes *value,
                                 struct hm_err *err)
{
    const struct hm_kind_register *known = hm_kind_register(loaded->kind, reg);
    enum hm_status status = HM_OK;
    hm_buf_clear(&author->scratch);
    if (hm_bytes_are(reg, HM_REGISTER_LIVE)) {
        if (!hm_json_is(json, HM_JSON_BOOL)) {
            return hm_fail(err, HM_BAD_INPUT, "value-form", NULL, NULL, NULL);
        }
        hm_value_put_bool(&author->scratch, hm_json_bool_or(json, true));
    } else if (known != NULL) {
        status = hm_register_read_json(known, json, &author->scratch, err);
    } else {
        status = hm_value_from_json(&author->scratch, json, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&author->scratch, err);
    }
    if (status == HM_OK) {
        *value = hm_arena_copy(&author->arena, hm_buf_bytes(&author->scratch));
        status = hm_arena_status(&author->arena, err);
    }
    return status;
}

static enum hm_status is_settled(const struct hm_id *conflict, struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    hm_hex_put(id, hm_id_bytes(conflict));
    return hm_fail(err, HM_NOT_FOUND, "conflict-settled", id, NULL, NULL);
}

/* An open conflict, with the record that it is about, if the author may decide there. */
static enum hm_status load(struct hm_author *author,
                           const struct hm_id *id,
                           struct hm_conflict *conflict,
                           struct hm_loaded *loaded,
                           struct hm_err *err)
{
    enum hm_status status = hm_author_flush(author, err);
    if (status == HM_OK) {
        status = hm_store_conflict_find(author->store, id, conflict, &author->arena, err);
    }
    if (status == HM_OK && !conflict->open) {
        return is_settled(id, err);
    }
    if (status == HM_OK) {
        status =
            hm_store_conflict_load(author->store, conflict, loaded, &author->arena, err);
    }
    if (status == HM_OK && loaded->kind == NULL) {
        char name[HM_ERR_ARG_MAX];
        hm_author_argument(name, loaded->kind_name);
        return hm_fail(err, HM_BAD_INPUT, "kind-unknown", name, NULL, NULL);
    }
    return status != HM_OK ? status : hm_author_scope(author, loaded->home, err);
}

enum hm_status hm_author_settle(struct hm_author *author,
                                const struct hm_loaded *loaded,
                                struct hm_bytes reg,
                                struct hm_bytes value,
                                struct hm_bytes reason,
                                struct hm_id *id,
                                struct hm_err *err)
{
    struct hm_change *change = NULL;
    bool deletes = hm_bytes_are(reg, HM_REGISTER_LIVE) && hm_bytes_are(value, "f");
    enum hm_status status =
        hm_author_draft(author, &change, HM_ACT_RESOLVE, loaded->kind_name,
                        loaded->kind->version, loaded->home, err);
    if (status == HM_OK) {
        change->record = loaded->id;
        status = hm_author_room(author, change, 2, err);
    }
    if (status == HM_OK) {
        status = hm_author_write(author, change, loaded, reg, value, err);
    }
    if (status == HM_OK) {
        status = hm_author_why(author, change, reason, err);
    }
    if (status == HM_OK && deletes) {
        status = hm_author_seen(author, change, loaded, err);
    }
    if (status == HM_OK) {
        status = hm_author_judge(author, loaded->kind, change, loaded, err);
    }
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
        *id = change->id;
    }
    return status;
}

enum hm_status hm_author_resolve(struct hm_author *author,
                                 const struct hm_id *conflict_id,
                                 const struct hm_id *take,
                                 const struct hm_json *json,
                                 struct hm_bytes reason,
                                 struct hm_id *id,
                                 struct hm_err *err)
{
    struct hm_conflict conflict;
    struct hm_loaded loaded;
    struct hm_bytes value = HM_NO_BYTES;
    enum hm_status status = load(author, conflict_id, &conflict, &loaded, err);
    if (status != HM_OK) {
        return status;
    }
    if (take == NULL) {
        status = read_value(author, &loaded, conflict.reg, json, &value, err);
    } else if (hm_bytes_are(conflict.reg, HM_REGISTER_LIVE)) {
        status = take_value(&loaded, loaded.merged.live_heads, loaded.merged.live_count,
                            take, &value, err);
    } else {
        const struct hm_register *reg = hm_merged_register(&loaded.merged, conflict.reg);
        status = reg == NULL ? is_settled(conflict_id, err)
                             : take_value(&loaded, reg->heads, reg->head_count, take,
                                          &value, err);
    }
    return status != HM_OK
               ? status
               : hm_author_settle(author, &loaded, conflict.reg, value, reason, id, err);
}
