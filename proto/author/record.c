/* SPDX-License-Identifier: Apache-2.0 */
/* Adding, editing and deleting records. */
#include <string.h>

#include "hamlet/model/value.h"
#include "inside.h"

static enum hm_status find_kind(struct hm_author *author,
                                struct hm_bytes name,
                                const struct hm_kind **kind,
                                struct hm_err *err)
{
    *kind = hm_kinds_find(author->kinds, name);
    if (*kind == NULL) {
        char text[HM_ERR_ARG_MAX];
        hm_author_argument(text, name);
        return hm_fail(err, HM_BAD_INPUT, "kind-unknown", text, NULL, NULL);
    }
    return HM_OK;
}

/* What is pending is not in the store yet; only creations pend beside each other. */
static const struct hm_change *find_pending(const struct hm_author *author,
                                            const struct hm_id *record)
{
    for (size_t i = 0; i < author->pending_count; i++) {
        if (hm_id_equal(&author->pending[i].change->record, record)) {
            return author->pending[i].change;
        }
    }
    return NULL;
}

/* What a field refers to, whether it waits beside this act or is in the store. */
static enum hm_status find_ref(struct hm_author *author,
                               const struct hm_field *field,
                               const struct hm_id *id,
                               struct hm_bytes *unit,
                               struct hm_err *err)
{
    struct hm_listed found = {.deleted = true};
    struct hm_err why = HM_ERR_NONE;
    enum hm_status status = HM_OK;
    const struct hm_change *pending = find_pending(author, id);
    if (pending != NULL) {
        found = (struct hm_listed){.kind = pending->kind, .unit = pending->home};
    } else {
        status = hm_store_record_show(author->store, id, &found, &author->arena, &why);
    }
    if (status != HM_OK && status != HM_NOT_FOUND) {
        return hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
    }
    if (status == HM_NOT_FOUND || found.deleted ||
        !hm_bytes_are(found.kind, field->ref)) {
        return hm_fail(err, HM_BAD_INPUT, "ref-wrong", field->name, field->ref, NULL);
    }
    *unit = found.unit;
    return HM_OK;
}

/*
 * A record that a field refers to must be here, alive and of the right kind. *home: where
 * the one lives that this record belongs to; no bytes: there is none.
 */
static enum hm_status check_refs(struct hm_author *author,
                                 const struct hm_values *values,
                                 struct hm_bytes *home,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    *home = HM_NO_BYTES;
    for (size_t i = 0; status == HM_OK && i < values->kind->field_count; i++) {
        const struct hm_field *field = &values->kind->fields[i];
        struct hm_bytes unit = HM_NO_BYTES;
        struct hm_id id;
        if (field->type != HM_FIELD_TYPE_REF ||
            !hm_id_get_hex(&id, hm_value_text_or(values->at[i], HM_NO_BYTES))) {
            continue;
        }
        status = find_ref(author, field, &id, &unit, err);
        if (status == HM_OK && field == values->kind->home) {
            *home = unit;
        }
    }
    return status;
}

/* A unit that was merged into another takes changes, and no new records. */
static enum hm_status scope_of_new(struct hm_author *author,
                                   struct hm_bytes home,
                                   struct hm_err *err)
{
    char closed[HM_ERR_ARG_MAX];
    char open[HM_ERR_ARG_MAX];
    struct hm_bytes successor = HM_NO_BYTES;
    if (author->open_home.size > 0 && hm_bytes_equal(home, author->open_home)) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_unit_successor(author->store, home, &successor, &author->arena, err);
    if (status == HM_OK && successor.size > 0) {
        hm_author_argument(closed, home);
        hm_author_argument(open, successor);
        return hm_fail(err, HM_DENIED, "unit-merged", closed, open, NULL);
    }
    if (status == HM_OK) {
        status = hm_author_scope(author, home, err);
    }
    if (status == HM_OK) {
        author->open_home = author->known_home;
    }
    return status;
}

/* What belongs to a record of a merged unit is born where that unit is now. */
static enum hm_status follow_merger(struct hm_author *author,
                                    struct hm_bytes unit,
                                    struct hm_bytes *home,
                                    struct hm_err *err)
{
    struct hm_bytes successor = HM_NO_BYTES;
    enum hm_status status = HM_OK;
    if (!hm_bytes_equal(unit, author->open_home)) {
        status =
            hm_store_unit_successor(author->store, unit, &successor, &author->arena, err);
    }
    *home = successor.size > 0 ? successor : unit;
    return status != HM_OK ? status : scope_of_new(author, *home, err);
}

/* Where a new record lives: as named, where the record it belongs to lives, or here. */
static enum hm_status find_home(struct hm_author *author,
                                const struct hm_values *values,
                                struct hm_bytes belongs,
                                struct hm_bytes *home,
                                struct hm_err *err)
{
    *home = values->unit.size > 0 ? values->unit : author->unit;
    if (values->kind->registry) {
        *home = hm_text(HM_HOME_REGISTRY);
        return HM_OK;
    }
    return values->unit.size == 0 && belongs.size > 0
               ? follow_merger(author, belongs, home, err)
               : scope_of_new(author, *home, err);
}

static enum hm_status read_key(struct hm_author *author,
                               const struct hm_values *values,
                               struct hm_change *change,
                               struct hm_err *err)
{
    const struct hm_kind *kind = values->kind;
    struct hm_key_field *key =
        hm_arena_get_array(&author->arena, kind->key.count, sizeof(*key));
    if (key == NULL) {
        return hm_arena_status(&author->arena, err);
    }
    for (size_t i = 0; i < kind->key.count; i++) {
        const struct hm_field *field = kind->key.at[i];
        struct hm_bytes value = values->at[field - kind->fields];
        if (value.size == 0 || hm_value_tag(value) == HM_VALUE_NULL) {
            return hm_fail(err, HM_BAD_INPUT, "field-required", field->name, NULL, NULL);
        }
        key[i] = (struct hm_key_field){hm_text(field->name), value};
    }
    change->key_fields = key;
    change->key_field_count = kind->key.count;
    if (kind->key.count > 0) {
        hm_record_id(&change->record, change->home, change->kind, key, kind->key.count);
    } else {
        change->record_is_own = true;
    }
    return HM_OK;
}

/*
 * The record of this natural key as it stands: null where nothing is known of it, or
 * where what is known lives and its creation is not known yet. Nobody who was asked for
 * the key saw that record, so he writes beside what stands in it, as whoever made it did.
 * HM_EXISTS where it is alive.
 */
static enum hm_status find_twin(struct hm_author *author,
                                const struct hm_change *change,
                                struct hm_loaded *twin,
                                const struct hm_loaded **found,
                                struct hm_err *err)
{
    struct hm_err missing = HM_ERR_NONE;
    *found = NULL;
    if (change->record_is_own) {
        return HM_OK;
    }
    if (find_pending(author, &change->record) != NULL) {
        char id[HM_HEX16_SIZE];
        hm_hex_put(id, hm_id_bytes(&change->record));
        return hm_fail(err, HM_EXISTS, "record-exists", id, NULL, NULL);
    }
    enum hm_status status = hm_store_record_load_in(
        author->store, change->home, &change->record, twin, &author->arena, &missing);
    if (status == HM_NOT_FOUND) {
        return HM_OK;
    }
    if (status != HM_OK) {
        return hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                       missing.arg[2]);
    }
    bool lives = twin->merged.there && !twin->merged.deleted;
    if (lives && twin->key != NULL) {
        char id[HM_HEX16_SIZE];
        hm_hex_put(id, hm_id_bytes(&change->record));
        return hm_fail(err, HM_EXISTS, "record-exists", id, NULL, NULL);
    }
    *found = lives ? NULL : twin;
    return HM_OK;
}

static bool gives(const struct hm_values *values, const struct hm_kind_register *reg)
{
    for (size_t i = 0; i < reg->fields.count; i++) {
        if (values->at[reg->fields.at[i] - values->kind->fields].size > 0) {
            return true;
        }
    }
    return false;
}

/*
 * One write a register for which something was given. Over a deleted record all others
 * that stand are cleared, else what was deleted would come back with it.
 */
static enum hm_status write_registers(struct hm_author *author,
                                      struct hm_change *change,
                                      struct hm_values *values,
                                      const struct hm_loaded *twin,
                                      struct hm_err *err)
{
    const struct hm_kind *kind = values->kind;
    struct hm_kind_values getter = hm_values_getter(values);
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < kind->register_count && status == HM_OK; i++) {
        const struct hm_kind_register *reg = &kind->registers[i];
        bool stands =
            twin != NULL && hm_merged_register(&twin->merged, hm_text(reg->name)) != NULL;
        hm_buf_clear(&author->scratch);
        if (!gives(values, reg) && !stands) {
            continue;
        }
        if (gives(values, reg)) {
            hm_register_put(&author->scratch, reg, HM_NO_BYTES, &getter);
        } else {
            hm_value_put_null(&author->scratch);
        }
        status = hm_buf_status(&author->scratch, err);
        bool null = author->scratch.size > 0 && author->scratch.data[0] == HM_VALUE_NULL;
        if (status == HM_OK && (stands || !null)) {
            struct hm_bytes value =
                hm_arena_copy(&author->arena, hm_buf_bytes(&author->scratch));
            status =
                hm_author_write(author, change, twin, hm_text(reg->name), value, err);
        }
    }
    return status != HM_OK ? status : hm_author_live(author, change, twin, true, err);
}

static enum hm_status add_change(struct hm_author *author,
                                 struct hm_values *values,
                                 struct hm_bytes home,
                                 struct hm_added *added,
                                 struct hm_err *err)
{
    const struct hm_kind *kind = values->kind;
    const struct hm_loaded *found = NULL;
    struct hm_loaded twin;
    struct hm_change *change = NULL;
    enum hm_status status = hm_author_draft(
        author, &change, HM_ACT_CREATE, hm_text(kind->name), kind->version, home, err);
    if (status == HM_OK) {
        status = read_key(author, values, change, err);
    }
    if (status == HM_OK) {
        status = find_twin(author, change, &twin, &found, err);
    }
    if (status == HM_OK) {
        status = hm_author_room(author, change, kind->register_count + 2, err);
    }
    if (status == HM_OK) {
        status = write_registers(author, change, values, found, err);
    }
    if (status == HM_OK) {
        status = hm_author_judge(author, kind, change, found, err);
    }
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
    }
    if (status == HM_OK) {
        added->record = change->record;
        added->change = change->id;
    }
    return status;
}

enum hm_status hm_author_add(struct hm_author *author,
                             struct hm_bytes kind_name,
                             const struct hm_field_input *fields,
                             size_t count,
                             struct hm_added *added,
                             struct hm_err *err)
{
    const struct hm_kind *kind = NULL;
    struct hm_values values;
    struct hm_bytes belongs = HM_NO_BYTES;
    struct hm_bytes home = HM_NO_BYTES;
    enum hm_status status = HM_OK;
    /* Nothing but creations waits beside a creation: see find_pending. */
    bool other =
        author->pending_count > 0 && author->pending[0].change->act != HM_ACT_CREATE;
    if (other || author->pending_count == HM_AUTHOR_PENDING_MAX ||
        author->arena.used > HM_AUTHOR_ARENA_FULL) {
        status = hm_author_flush(author, err);
    }
    if (status == HM_OK) {
        status = find_kind(author, kind_name, &kind, err);
    }
    if (status == HM_OK) {
        status = hm_values_read(author, kind, fields, count, &values, err);
    }
    if (status == HM_OK) {
        status = check_refs(author, &values, &belongs, err);
    }
    if (status == HM_OK) {
        status = hm_author_check(author, &values, NULL, err);
    }
    if (status == HM_OK) {
        status = find_home(author, &values, belongs, &home, err);
    }
    return status != HM_OK ? status : add_change(author, &values, home, added, err);
}

/* `stands`: something of it must. What is about no record, as a withdrawal, is none. */
static enum hm_status find(struct hm_author *author,
                           const struct hm_id *record,
                           bool stands,
                           struct hm_loaded *loaded,
                           struct hm_err *err)
{
    char id[HM_HEX16_SIZE];
    enum hm_status status = hm_author_flush(author, err);
    if (status == HM_OK) {
        status = hm_store_record_load(author->store, record, loaded, &author->arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_hex_put(id, hm_id_bytes(record));
    if (stands ? !loaded->merged.there : loaded->kind_name.size == 0) {
        return hm_fail(err, HM_NOT_FOUND, "record-missing", id, NULL, NULL);
    }
    if (loaded->kind == NULL) {
        char name[HM_ERR_ARG_MAX];
        hm_author_argument(name, loaded->kind_name);
        return hm_fail(err, HM_BAD_INPUT, "kind-unknown", name, NULL, NULL);
    }
    if (loaded->kind->registry) {
        return HM_OK;
    }
    return stands ? hm_author_scope(author, loaded->home, err)
                  : hm_author_scope_known(author, loaded->home, err);
}

enum hm_status hm_author_known(struct hm_author *author,
                               const struct hm_id *record,
                               struct hm_loaded *loaded,
                               struct hm_err *err)
{
    return find(author, record, false, loaded, err);
}

enum hm_status hm_author_target(struct hm_author *author,
                                const struct hm_id *record,
                                struct hm_loaded *loaded,
                                struct hm_err *err)
{
    return find(author, record, true, loaded, err);
}

static enum hm_status check_keys(const struct hm_loaded *loaded,
                                 const struct hm_values *values,
                                 bool only_new,
                                 struct hm_err *err)
{
    const struct hm_kind *kind = loaded->kind;
    for (size_t i = 0; i < kind->key.count; i++) {
        const struct hm_field *field = kind->key.at[i];
        struct hm_bytes value = values->at[field - kind->fields];
        bool same = only_new && hm_bytes_equal(value, hm_loaded_field(loaded, field));
        if (value.size > 0 && !same) {
            return hm_fail(err, HM_BAD_INPUT, "key-fixed", field->name, NULL, NULL);
        }
    }
    if (values->unit.size > 0 && !hm_bytes_equal(values->unit, loaded->home)) {
        return hm_fail(err, HM_BAD_INPUT, "key-fixed", "unit", NULL, NULL);
    }
    return HM_OK;
}

/* The judge would only say that the value is invalid. What is empty already is left so.
 */
static enum hm_status check_required(const struct hm_loaded *loaded,
                                     const struct hm_values *values,
                                     bool only_new,
                                     struct hm_err *err)
{
    for (size_t i = 0; i < values->kind->field_count; i++) {
        const struct hm_field *field = &values->kind->fields[i];
        bool stands = only_new && hm_loaded_field(loaded, field).size == 0;
        if (field->required && !stands && hm_value_tag(values->at[i]) == HM_VALUE_NULL) {
            return hm_fail(err, HM_BAD_INPUT, "field-required", field->name, NULL, NULL);
        }
    }
    return HM_OK;
}

static enum hm_status write_edited(struct hm_author *author,
                                   struct hm_change *change,
                                   struct hm_values *values,
                                   const struct hm_loaded *loaded,
                                   bool only_new,
                                   struct hm_err *err)
{
    const struct hm_kind *kind = loaded->kind;
    struct hm_kind_values getter = hm_values_getter(values);
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < kind->register_count && status == HM_OK; i++) {
        const struct hm_kind_register *reg = &kind->registers[i];
        struct hm_bytes shown = hm_loaded_shown(loaded, hm_text(reg->name));
        if (!gives(values, reg)) {
            continue;
        }
        hm_buf_clear(&author->scratch);
        hm_register_put(&author->scratch, reg, shown, &getter);
        status = hm_buf_status(&author->scratch, err);
        struct hm_bytes value =
            hm_arena_copy(&author->arena, hm_buf_bytes(&author->scratch));
        bool stands = hm_bytes_equal(value, shown) ||
                      (shown.size == 0 && hm_value_tag(value) == HM_VALUE_NULL);
        if (status == HM_OK && !(only_new && stands)) {
            status =
                hm_author_write(author, change, loaded, hm_text(reg->name), value, err);
        }
    }
    if (status == HM_OK && change->write_count > 0 && loaded->merged.deleted) {
        status = hm_author_live(author, change, loaded, true, err);
    }
    return status;
}

enum hm_status hm_author_edit(struct hm_author *author,
                              const struct hm_id *record,
                              const struct hm_field_input *fields,
                              size_t count,
                              bool only_new,
                              struct hm_id *id,
                              struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_values values;
    struct hm_bytes belongs = HM_NO_BYTES;
    struct hm_change *change = NULL;
    enum hm_status status = hm_author_target(author, record, &loaded, err);
    if (status == HM_OK) {
        status = hm_author_look_back(author, &loaded, err);
    }
    if (status == HM_OK) {
        status = hm_values_read(author, loaded.kind, fields, count, &values, err);
    }
    if (status == HM_OK) {
        status = check_keys(&loaded, &values, only_new, err);
    }
    if (status == HM_OK) {
        status = check_required(&loaded, &values, only_new, err);
    }
    if (status == HM_OK) {
        status = check_refs(author, &values, &belongs, err);
    }
    if (status == HM_OK) {
        status = hm_author_check(author, &values, &loaded, err);
    }
    if (status == HM_OK) {
        status = hm_author_draft(author, &change, HM_ACT_EDIT, loaded.kind_name,
                                 loaded.kind->version, loaded.home, err);
    }
    if (status == HM_OK) {
        change->record = loaded.id;
        status = hm_author_room(author, change, loaded.kind->register_count + 2, err);
    }
    if (status == HM_OK) {
        status = write_edited(author, change, &values, &loaded, only_new, err);
    }
    if (status != HM_OK) {
        return status;
    }
    *id = (struct hm_id){{0}};
    if (change->write_count == 0) {
        return only_new ? HM_OK
                        : hm_fail(err, HM_USAGE, "nothing-given", NULL, NULL, NULL);
    }
    status = hm_author_judge(author, loaded.kind, change, &loaded, err);
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
        *id = change->id;
    }
    return status;
}

enum hm_status hm_author_delete(struct hm_author *author,
                                const struct hm_id *record,
                                struct hm_bytes reason,
                                struct hm_id *id,
                                struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_change *change = NULL;
    enum hm_status status = hm_author_target(author, record, &loaded, err);
    if (status == HM_OK && loaded.merged.deleted) {
        char text[HM_HEX16_SIZE];
        hm_hex_put(text, hm_id_bytes(record));
        return hm_fail(err, HM_NOT_FOUND, "record-deleted", text, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_author_look_back(author, &loaded, err);
    }
    if (status == HM_OK) {
        status = hm_author_draft(author, &change, HM_ACT_DELETE, loaded.kind_name,
                                 loaded.kind->version, loaded.home, err);
    }
    if (status == HM_OK) {
        change->record = loaded.id;
        status = hm_author_room(author, change, 2, err);
    }
    if (status == HM_OK) {
        status = hm_author_live(author, change, &loaded, false, err);
    }
    if (status == HM_OK) {
        status = hm_author_why(author, change, reason, err);
    }
    if (status == HM_OK) {
        status = hm_author_seen(author, change, &loaded, err);
    }
    if (status == HM_OK) {
        status = hm_author_judge(author, loaded.kind, change, &loaded, err);
    }
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
        *id = change->id;
    }
    return status;
}
