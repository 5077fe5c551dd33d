/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's own records, whose registers are given as they are. */
#include "inside.h"

enum hm_status hm_author_registry(struct hm_author *author,
                                  const char *kind,
                                  const struct hm_id *record,
                                  const struct hm_key_field *key,
                                  const struct hm_registry_value *registers,
                                  size_t count,
                                  struct hm_added *added,
                                  struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_change *change = NULL;
    enum hm_status status = hm_author_flush(author, err);
    if (status == HM_OK) {
        status =
            hm_author_draft(author, &change, record == NULL ? HM_ACT_CREATE : HM_ACT_EDIT,
                            hm_text(kind), 1, hm_text(HM_HOME_REGISTRY), err);
    }
    if (status == HM_OK && record != NULL) {
        change->record = *record;
        status =
            hm_store_record_load(author->store, record, &loaded, &author->arena, err);
    }
    if (status == HM_OK && record == NULL && key != NULL) {
        struct hm_key_field *copy = hm_arena_get(&author->arena, sizeof(*copy));
        status = hm_arena_status(&author->arena, err);
        if (status == HM_OK) {
            copy->name = hm_arena_copy(&author->arena, key->name);
            copy->value = hm_arena_copy(&author->arena, key->value);
            change->key_fields = copy;
            change->key_field_count = 1;
            hm_record_id(&change->record, change->home, change->kind, copy, 1);
        }
    }
    if (status != HM_OK) {
        return status;
    }
    change->record_is_own = record == NULL && key == NULL;
    status = hm_author_room(author, change, count + 1, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = hm_author_write(author, change, record == NULL ? NULL : &loaded,
                                 hm_text(registers[i].name), registers[i].value, err);
    }
    if (status == HM_OK && record == NULL) {
        status = hm_author_live(author, change, NULL, true, err);
    }
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
        added->record = change->record;
        added->change = change->id;
    }
    return status;
}
