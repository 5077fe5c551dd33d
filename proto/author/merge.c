/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two records that are one: the one that goes names the one that stays. Nothing of either
 * is written over, so that the merge can be taken back.
 */
#include "hamlet/model/value.h"
#include "hamlet/store/alias.h"

#include "inside.h"

static enum hm_status fail_record(enum hm_status status,
                                  const char *key,
                                  const struct hm_id *record,
                                  struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    hm_hex_put(text, hm_id_bytes(record));
    return hm_fail(err, status, key, text, NULL, NULL);
}

/* Both are here, alive, of one kind and unit, and not one already. */
static enum hm_status check_pair(struct hm_author *author,
                                 const struct hm_loaded *gone,
                                 const struct hm_loaded *stays,
                                 struct hm_err *err)
{
    struct hm_id roots[2];
    if (!stays->merged.there) {
        return fail_record(HM_NOT_FOUND, "record-missing", &stays->id, err);
    }
    if (gone->merged.deleted || stays->merged.deleted) {
        return fail_record(HM_NOT_FOUND, "record-deleted",
                           gone->merged.deleted ? &gone->id : &stays->id, err);
    }
    if (gone->kind != stays->kind) {
        return hm_fail(err, HM_BAD_INPUT, "merge-kind", NULL, NULL, NULL);
    }
    if (!hm_bytes_equal(gone->home, stays->home)) {
        return hm_fail(err, HM_BAD_INPUT, "merge-home", NULL, NULL, NULL);
    }
    enum hm_status status =
        hm_store_record_root(author->store, &gone->id, &roots[0], &author->arena, err);
    if (status == HM_OK) {
        status = hm_store_record_root(author->store, &stays->id, &roots[1],
                                      &author->arena, err);
    }
    if (status == HM_OK && hm_id_equal(&roots[0], &roots[1])) {
        return hm_fail(err, HM_EXISTS, "merge-same", NULL, NULL, NULL);
    }
    return status;
}

static enum hm_status write_alias(struct hm_author *author,
                                  struct hm_change *change,
                                  const struct hm_loaded *gone,
                                  const struct hm_id *stays,
                                  struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    struct hm_buf value;
    hm_hex_put(text, hm_id_bytes(stays));
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&value, hm_text(text));
    enum hm_status status = hm_buf_status(&value, err);
    if (status == HM_OK) {
        status = hm_author_write(author, change, gone, hm_text(HM_REGISTER_ALIAS),
                                 hm_buf_bytes(&value), err);
    }
    hm_buf_fini(&value);
    return status;
}

enum hm_status hm_author_merge(struct hm_author *author,
                               const struct hm_id *record,
                               const struct hm_id *into,
                               struct hm_bytes reason,
                               struct hm_id *id,
                               struct hm_err *err)
{
    struct hm_loaded gone;
    struct hm_loaded stays;
    struct hm_change *change = NULL;
    enum hm_status status = hm_author_target(author, record, &gone, err);
    if (status == HM_OK) {
        /* Not as a target: that would let go of what the first one stands in. */
        status = hm_store_record_load(author->store, into, &stays, &author->arena, err);
    }
    if (status == HM_OK) {
        status = check_pair(author, &gone, &stays, err);
    }
    if (status == HM_OK) {
        status = hm_author_look_back(author, &gone, err);
    }
    if (status == HM_OK) {
        status = hm_author_draft(author, &change, HM_ACT_MERGE, gone.kind_name,
                                 gone.kind->version, gone.home, err);
    }
    if (status == HM_OK) {
        change->record = gone.id;
        status = hm_author_room(author, change, 2, err);
    }
    if (status == HM_OK) {
        status = write_alias(author, change, &gone, into, err);
    }
    if (status == HM_OK) {
        status = hm_author_why(author, change, reason, err);
    }
    if (status == HM_OK) {
        status = hm_author_seen(author, change, &gone, err);
    }
    if (status == HM_OK) {
        status = hm_author_judge(author, gone.kind, change, &gone, err);
    }
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
        *id = change->id;
    }
    return status;
}

enum hm_status hm_author_unmerge(struct hm_author *author,
                                 const struct hm_id *record,
                                 struct hm_bytes reason,
                                 struct hm_id *id,
                                 struct hm_err *err)
{
    struct hm_loaded loaded;
    struct hm_id to;
    enum hm_status status = hm_author_target(author, record, &loaded, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_id merge = hm_loaded_alias(&loaded, &to);
    if (hm_id_is_none(&merge)) {
        return fail_record(HM_NOT_FOUND, "merge-none", record, err);
    }
    return hm_author_withdraw(author, &merge, reason, id, err);
}
