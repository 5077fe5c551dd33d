/* SPDX-License-Identifier: Apache-2.0 */
#include "rights.h"

#include "hamlet/record/role.h"
#include "hamlet/store/registry.h"
#include "show.h"

/* ---- what was asked for ---- */

static bool is_meant(const struct hm_fleet_row *row,
                     const struct hm_id *id,
                     struct hm_bytes name)
{
    return id != NULL ? hm_id_equal(&row->device, id) : hm_bytes_equal(row->name, name);
}

/* A laptop that was replaced often has the name of the one before. */
enum hm_status hm_rights_device(struct hm_control_ctx *ctx,
                                const char *given,
                                const struct hm_fleet_row **row,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    const struct hm_fleet_row *found = NULL;
    struct hm_fleet_row *rows = NULL;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_id id;
    size_t count = 0;
    size_t standing = 0;
    bool by_id = hm_id_get_hex(&id, hm_text(given));
    enum hm_status status = hm_store_fleet(ctx->store, &rows, &count, arena, err);
    if (status == HM_OK) {
        status = hm_show_given(&name, given, "DEVICE", false, arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!is_meant(&rows[i], by_id ? &id : NULL, name)) {
            continue;
        }
        if (found == NULL || found->revoked) {
            found = &rows[i];
        }
        standing += rows[i].revoked ? 0 : 1;
    }
    if (status == HM_OK && found == NULL) {
        return hm_fail(err, HM_NOT_FOUND, "device-missing", given, NULL, NULL);
    }
    if (status == HM_OK && standing > 1) {
        return hm_fail(err, HM_NOT_FOUND, "device-several", given, NULL, NULL);
    }
    if (status == HM_OK && hm_id_equal(&found->device, &ctx->device)) {
        return hm_fail(err, HM_DENIED, "device-server", given, NULL, NULL);
    }
    *row = found;
    return status;
}

enum hm_status hm_rights_unit(struct hm_control_ctx *ctx,
                              const char *given,
                              struct hm_bytes *unit,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_bytes successor = HM_NO_BYTES;
    bool known = false;
    bool within = false;
    enum hm_status status = hm_show_given(unit, given, "--unit", false, arena, err);
    if (status == HM_OK) {
        status = hm_store_unit_known(ctx->store, *unit, &known, err);
    }
    if (status == HM_OK && !known) {
        return hm_fail(err, HM_BAD_INPUT, "unit-unknown", given, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_unit_within(ctx->store, *unit, ctx->unit, &within, err);
    }
    if (status == HM_OK && !within) {
        return hm_fail(err, HM_DENIED, "unit-scope", given, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_store_unit_successor(ctx->store, *unit, &successor, arena, err);
    }
    if (status == HM_OK && successor.size > 0) {
        const char *open = hm_arena_copy_text(arena, successor);
        return hm_fail(err, HM_DENIED, "unit-merged", given, open == NULL ? "" : open,
                       NULL);
    }
    return status;
}

enum hm_status hm_rights_role(const char *given,
                              struct hm_bytes *role,
                              struct hm_err *err)
{
    enum hm_role found = HM_ROLE_VIEWER;
    if (!hm_role_find(&found, hm_text(given)) || found == HM_ROLE_SERVER) {
        return hm_fail(err, HM_BAD_INPUT, "role-unknown", given, NULL, NULL);
    }
    *role = hm_text(hm_role_name(found));
    return HM_OK;
}

/* ---- writing ---- */

enum hm_status hm_rights_begin(struct hm_control_ctx *ctx,
                               struct hm_author **author,
                               struct hm_err *err)
{
    enum hm_status status = hm_control_author(ctx, author, err);
    if (status != HM_OK) {
        return status;
    }
    hm_author_as_server(*author);
    status = hm_author_begin(*author, err);
    if (status != HM_OK) {
        hm_author_close(*author);
        *author = NULL;
    }
    return status;
}

enum hm_status hm_rights_end(struct hm_author *author,
                             enum hm_status status,
                             struct hm_err *err)
{
    if (author == NULL) {
        return status;
    }
    if (status == HM_OK) {
        status = hm_author_commit(author, err);
    } else {
        hm_author_rollback(author);
    }
    hm_author_close(author);
    return status;
}

enum hm_status hm_rights_put(struct hm_author *author,
                             struct hm_permit *permit,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    enum { VALUES = 4 };
    char user[HM_HEX16_SIZE];
    char device[HM_HEX16_SIZE];
    struct hm_added added;
    hm_hex_put(user, hm_id_bytes(&permit->user));
    hm_hex_put(device, hm_id_bytes(&permit->device));
    const struct hm_registry_value values[VALUES] = {
        {HM_REGISTRY_USER, hm_show_value(arena, hm_text(user))},
        {HM_REGISTRY_DEVICE, hm_show_value(arena, hm_text(device))},
        {HM_REGISTRY_ROLE, hm_show_value(arena, permit->role)},
        {HM_REGISTRY_HOME, hm_show_value(arena, permit->home)},
    };
    enum hm_status status = hm_arena_status(arena, err);
    if (status == HM_OK) {
        status = hm_author_registry(author, HM_KIND_PERMIT, NULL, NULL, values, VALUES,
                                    &added, err);
    }
    if (status == HM_OK) {
        permit->record = added.record;
    }
    return status;
}

enum hm_status hm_rights_take(struct hm_author *author,
                              const struct hm_permit *permit,
                              const char *how,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct hm_added added;
    const struct hm_registry_value ended = {HM_REGISTRY_ENDED,
                                            hm_show_value(arena, hm_text(how))};
    enum hm_status status = hm_arena_status(arena, err);
    return status != HM_OK ? status
                           : hm_author_registry(author, HM_KIND_PERMIT, &permit->record,
                                                NULL, &ended, 1, &added, err);
}

enum hm_status hm_rights_put_device(struct hm_author *author,
                                    const struct hm_id *device,
                                    const char *name,
                                    struct hm_bytes value,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    struct hm_id record;
    struct hm_added added;
    hm_hex_put(text, hm_id_bytes(device));
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE),
                                     hm_show_value(arena, hm_text(text))};
    const struct hm_registry_value put = {name, value};
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
    return hm_author_registry(author, HM_KIND_DEVICE, &record, NULL, &put, 1, &added,
                              err);
}
