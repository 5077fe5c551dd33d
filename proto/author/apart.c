/* SPDX-License-Identifier: Apache-2.0 */
/* Two records that look alike and are two: a decision, so that who decides may write it.
 */
#include "hamlet/model/value.h"
#include "inside.h"

/* Ids of a record's list, each once; those that are shown come first. */
struct ids {
    struct hm_bytes *at;
    size_t count;
    size_t shown;
};

/* Where it stands; `count`: nowhere. */
static size_t find(const struct ids *ids, struct hm_bytes id)
{
    size_t i = 0;
    while (i < ids->count && !hm_bytes_equal(ids->at[i], id)) {
        i++;
    }
    return i;
}

static void add(struct ids *ids, struct hm_bytes id)
{
    if (find(ids, id) == ids->count) {
        ids->at[ids->count++] = id;
    }
}

static size_t count_items(struct hm_bytes list)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    size_t count = 0;
    hm_value_each_init(&each, list);
    while (hm_value_each_next(&each, &name, &item)) {
        count++;
    }
    return count;
}

static void add_items(struct ids *ids, struct hm_bytes list)
{
    struct hm_value_each each;
    struct hm_bytes name;
    struct hm_bytes item;
    hm_value_each_init(&each, list);
    while (hm_value_each_next(&each, &name, &item)) {
        add(ids, hm_value_text_or(item, HM_NO_BYTES));
    }
}

/*
 * What all values of the frontier say. A decision replaces them all: what two people
 * added without knowing of each other stays.
 */
static enum hm_status read_ids(const struct hm_loaded *loaded,
                               const struct hm_field *field,
                               struct ids *ids,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct hm_register *reg =
        hm_merged_register(&loaded->merged, hm_text(field->reg->name));
    size_t most = 1; /* and the one that is to be added */
    for (size_t h = 0; reg != NULL && h < reg->head_count; h++) {
        most += count_items(hm_register_field(reg->heads[h].write->value, field));
    }
    *ids = (struct ids){.at = hm_arena_get_array(arena, most, sizeof(*ids->at))};
    if (ids->at == NULL || reg == NULL) {
        return hm_arena_status(arena, err);
    }
    add_items(ids, hm_loaded_field(loaded, field));
    ids->shown = ids->count;
    for (size_t h = 0; h < reg->head_count; h++) {
        add_items(ids, hm_register_field(reg->heads[h].write->value, field));
    }
    return HM_OK;
}

static enum hm_status check_pair(const struct hm_loaded *one,
                                 const struct hm_loaded *other,
                                 struct hm_err *err)
{
    const struct hm_kind *kind = one->kind;
    const struct hm_loaded *gone =
        !one->merged.there || one->merged.deleted ? one : other;
    if (!gone->merged.there || gone->merged.deleted) {
        char text[HM_HEX16_SIZE];
        hm_hex_put(text, hm_id_bytes(&gone->id));
        return hm_fail(err, HM_NOT_FOUND, "record-deleted", text, NULL, NULL);
    }
    if (kind != other->kind || hm_id_equal(&one->id, &other->id)) {
        return hm_fail(err, HM_BAD_INPUT, "merge-kind", NULL, NULL, NULL);
    }
    if (kind->duplicates == NULL || kind->duplicates->other == NULL ||
        kind->duplicates->other->reg == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "kind-no-duplicates", kind->name, NULL, NULL);
    }
    return HM_OK;
}

static enum hm_status make_list(struct hm_author *author,
                                const struct hm_loaded *one,
                                const struct hm_id *other,
                                struct hm_bytes *list,
                                struct hm_err *err)
{
    struct ids ids = {.count = 0};
    struct hm_buf value;
    char text[HM_HEX16_SIZE];
    enum hm_status status =
        read_ids(one, one->kind->duplicates->other, &ids, &author->arena, err);
    hm_hex_put(text, hm_id_bytes(other));
    if (status == HM_OK && find(&ids, hm_text(text)) < ids.shown) {
        status = hm_fail(err, HM_EXISTS, "apart-already", text, NULL, NULL);
    }
    if (status != HM_OK) {
        return status;
    }
    add(&ids, hm_text(text));
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_value_put_list(&value, ids.count);
    for (size_t i = 0; i < ids.count; i++) {
        hm_value_put_text(&value, ids.at[i]);
    }
    status = hm_buf_status(&value, err);
    *list = hm_arena_copy(&author->arena, hm_buf_bytes(&value));
    hm_buf_fini(&value);
    return status != HM_OK ? status : hm_arena_status(&author->arena, err);
}

enum hm_status hm_author_apart(struct hm_author *author,
                               const struct hm_id *record,
                               const struct hm_id *other,
                               struct hm_bytes reason,
                               struct hm_id *id,
                               struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_loaded second;
    struct hm_bytes list = HM_NO_BYTES;
    enum hm_status status = hm_author_target(author, record, &loaded, err);
    if (status == HM_OK) {
        status = hm_store_record_load(author->store, other, &second, &author->arena, err);
    }
    if (status == HM_OK) {
        status = check_pair(&loaded, &second, err);
    }
    if (status == HM_OK) {
        status = make_list(author, &loaded, other, &list, err);
    }
    return status != HM_OK
               ? status
               : hm_author_settle(author, &loaded,
                                  hm_text(loaded.kind->duplicates->other->reg->name),
                                  list, reason, id, err);
}
