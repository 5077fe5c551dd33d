/* SPDX-License-Identifier: Apache-2.0 */
#include "world_registry.h"

#include <stdlib.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/rights.h"

struct writing {
    struct world *world;
    struct hm_author *author;
    struct hm_id device;
    struct hm_arena arena;
};

static enum hm_status begin(struct writing *w,
                            struct world *world,
                            const struct world_laptop *laptop,
                            struct hm_err *err)
{
    *w = (struct writing){.world = world};
    if (laptop != NULL) {
        w->device = hm_sign_device(&laptop->key);
    }
    hm_arena_init(&w->arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_author_open(&w->author, world->store, err);
    if (status == HM_OK) {
        hm_author_as_server(w->author);
        hm_author_sign_with(w->author, &world->secret);
        status = hm_author_begin(w->author, err);
    }
    return status;
}

static enum hm_status end(struct writing *w, enum hm_status status, struct hm_err *err)
{
    if (status == HM_OK) {
        status = hm_author_commit(w->author, err);
    } else if (w->author != NULL) {
        hm_author_rollback(w->author);
    }
    hm_author_close(w->author);
    hm_arena_fini(&w->arena);
    return status;
}

static struct hm_bytes text_value(struct writing *w, const char *text)
{
    struct hm_buf value;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&value, hm_text(text));
    struct hm_bytes kept = hm_arena_copy(&w->arena, hm_buf_bytes(&value));
    hm_buf_fini(&value);
    return kept;
}

static enum hm_status put(struct writing *w,
                          const char *kind,
                          const struct hm_id *record,
                          const char *name,
                          struct hm_bytes value,
                          struct hm_err *err)
{
    struct hm_added added;
    const struct hm_registry_value one = {name, value};
    return hm_author_registry(w->author, kind, record, NULL, &one, 1, &added, err);
}

static enum hm_status put_device(struct writing *w,
                                 const char *name,
                                 struct hm_bytes value,
                                 struct hm_err *err)
{
    char hex[HM_HEX16_SIZE];
    struct hm_id record;
    hm_hex_put(hex, hm_id_bytes(&w->device));
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE), text_value(w, hex)};
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
    return put(w, HM_KIND_DEVICE, &record, name, value, err);
}

static enum hm_status name_heads(struct writing *w, struct hm_err *err)
{
    struct hm_revoked_head *heads = NULL;
    struct hm_buf value;
    size_t count = 0;
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    enum hm_status status =
        hm_store_heads(w->world->store, &w->device, &heads, &count, &w->arena, err);
    if (status == HM_OK) {
        hm_revoked_heads_put(&value, heads, count);
        status = put_device(w, HM_REGISTRY_HEADS, hm_buf_bytes(&value), err);
    }
    hm_buf_fini(&value);
    return status;
}

static enum hm_status end_permits(struct writing *w, struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_permits(w->world->store, &w->device, &permits, &count, &w->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!permits[i].ended || permits[i].when_seen) {
            status = put(w, HM_KIND_PERMIT, &permits[i].record, HM_REGISTRY_ENDED,
                         text_value(w, HM_ENDED_REVOKED), err);
        }
    }
    return status;
}

enum hm_status world_revoke(struct world *world,
                            const struct world_laptop *laptop,
                            struct hm_err *err)
{
    struct writing w;
    enum hm_status status = begin(&w, world, laptop, err);
    if (status == HM_OK) {
        status = name_heads(&w, err);
    }
    if (status == HM_OK) {
        status = put_device(&w, HM_REGISTRY_REVOKED, text_value(&w, "lost"), err);
    }
    if (status == HM_OK) {
        status = end_permits(&w, err);
    }
    return end(&w, status, err);
}

static enum hm_status give_role(struct writing *w,
                                const struct hm_permit *like,
                                const char *role,
                                struct hm_err *err)
{
    char user[HM_HEX16_SIZE];
    char device[HM_HEX16_SIZE];
    struct hm_added added;
    hm_hex_put(user, hm_id_bytes(&like->user));
    hm_hex_put(device, hm_id_bytes(&like->device));
    const struct hm_registry_value values[] = {
        {HM_REGISTRY_USER, text_value(w, user)},
        {HM_REGISTRY_DEVICE, text_value(w, device)},
        {HM_REGISTRY_ROLE, text_value(w, role)},
        {HM_REGISTRY_HOME, text_value(w, hm_arena_copy_text(&w->arena, like->home))},
    };
    return hm_author_registry(w->author, HM_KIND_PERMIT, NULL, NULL, values, 4, &added,
                              err);
}

enum hm_status world_permit(struct world *world,
                            const struct world_laptop *laptop,
                            const char *unit,
                            struct hm_err *err)
{
    struct writing w;
    struct hm_permit *permits = NULL;
    size_t count = 0;
    enum hm_status status = begin(&w, world, laptop, err);
    if (status == HM_OK) {
        status =
            hm_store_permits(world->store, &w.device, &permits, &count, &w.arena, err);
    }
    if (status == HM_OK && count > 0) {
        struct hm_permit beside = permits[0];
        beside.home = hm_text(unit);
        status = give_role(&w, &beside, laptop->role, err);
    }
    return end(&w, status, err);
}

/* Each permit that stands is given anew, as it is but for what is said, and ends. */
static enum hm_status replace_permits(struct writing *w,
                                      const char *role,
                                      const char *unit,
                                      bool once,
                                      struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    size_t count = 0;
    enum hm_status status =
        hm_store_permits(w->world->store, &w->device, &permits, &count, &w->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        struct hm_permit next = permits[i];
        if (next.ended) {
            continue;
        }
        next.home = unit == NULL ? next.home : hm_text(unit);
        status = give_role(w, &next,
                           role == NULL ? hm_arena_copy_text(&w->arena, next.role) : role,
                           err);
        if (status == HM_OK) {
            status = put(w, HM_KIND_PERMIT, &permits[i].record, HM_REGISTRY_ENDED,
                         text_value(w, once ? HM_ENDED_ONCE : HM_ENDED_SEEN), err);
        }
    }
    return status;
}

enum hm_status world_change_role(struct world *world,
                                 const struct world_laptop *laptop,
                                 const char *role,
                                 bool once,
                                 struct hm_err *err)
{
    struct writing w;
    enum hm_status status = begin(&w, world, laptop, err);
    if (status == HM_OK) {
        status = replace_permits(&w, role, NULL, once, err);
    }
    return end(&w, status, err);
}

enum hm_status world_move(struct world *world,
                          const struct world_laptop *laptop,
                          const char *unit,
                          bool once,
                          struct hm_err *err)
{
    struct writing w;
    enum hm_status status = begin(&w, world, laptop, err);
    if (status == HM_OK) {
        status = replace_permits(&w, NULL, unit, once, err);
    }
    if (status == HM_OK) {
        status = put_device(&w, HM_REGISTRY_HOME, text_value(&w, unit), err);
    }
    return end(&w, status, err);
}

static enum hm_status edit_unit(struct world *world,
                                const char *unit,
                                const struct hm_field_input *fields,
                                size_t count,
                                struct hm_err *err)
{
    struct writing w;
    struct hm_id record;
    struct hm_id change;
    const struct hm_kind *kind = hm_kinds_tree(world->kinds);
    enum hm_status status = begin(&w, world, NULL, err);
    if (status == HM_OK) {
        const struct hm_key_field key = {hm_text(kind->tree->code->name),
                                         text_value(&w, unit)};
        hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(kind->name), &key, 1);
        status = hm_author_edit(w.author, &record, fields, count, true, &change, err);
    }
    return end(&w, status, err);
}

enum hm_status world_unit_merge(struct world *world,
                                const char *unit,
                                const char *into,
                                struct hm_err *err)
{
    const struct hm_kind_tree *tree = hm_kinds_tree(world->kinds)->tree;
    const struct hm_field_input fields[] = {
        {hm_text(tree->into->name), hm_text(into), NULL},
        {hm_text(tree->to->name), hm_text("2026-06-30"), NULL}};
    return edit_unit(world, unit, fields, 2, err);
}

enum hm_status world_unit_shift(struct world *world,
                                const char *unit,
                                const char *above,
                                struct hm_err *err)
{
    const struct hm_kind_tree *tree = hm_kinds_tree(world->kinds)->tree;
    const struct hm_field_input fields[] = {
        {hm_text(tree->parent->name), hm_text(above), NULL}};
    return edit_unit(world, unit, fields, 1, err);
}

bool world_is_revoked(const struct world *world, const struct world_laptop *laptop)
{
    struct hm_device device;
    struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    const struct hm_id id = hm_sign_device(&laptop->key);
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    if (hm_store_device_get(world->store, &id, &device, &arena, &err) != HM_OK) {
        abort();
    }
    hm_arena_fini(&arena);
    return device.revoked;
}
