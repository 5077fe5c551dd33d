/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/fleet.h"

#include <string.h>

#include "fleet.h"
#include "hamlet/store/registry.h"

/* `ending`: as soon as the device has heard of it. */
const char *hm_permit_state(const struct hm_permit *permit)
{
    if (!permit->ended) {
        return "active";
    }
    return permit->when_seen && !permit->seen ? "ending" : "ended";
}

void hm_permit_put(struct hm_json_write *out,
                   const struct hm_permit *permit,
                   struct hm_bytes unit_name)
{
    hm_json_open(out, '{');
    hm_json_put_hex(out, "permit", hm_id_bytes(&permit->record));
    hm_json_put_hex(out, "device", hm_id_bytes(&permit->device));
    hm_json_key(out, "name");
    if (permit->name.size == 0) {
        hm_json_null(out);
    } else {
        hm_json_text(out, permit->name);
    }
    hm_json_put_text(out, "role", permit->role);
    hm_json_put_text(out, "unit", permit->home);
    hm_json_put_text(out, "unit_name", unit_name);
    hm_json_put_text(out, "state", hm_text(hm_permit_state(permit)));
    hm_json_close(out, '}');
}

void hm_permit_say(const struct hm_view *view,
                   const struct hm_permit *permit,
                   struct hm_arena *arena)
{
    char id[HM_HEX16_SIZE];
    const char *state = hm_permit_state(permit);
    const char *key = strcmp(state, "active") == 0   ? "permits.active"
                      : strcmp(state, "ending") == 0 ? "permits.ending"
                                                     : "permits.ended";
    hm_hex_put(id, hm_id_bytes(&permit->record));
    hm_view_say(view, key, id,
                hm_fleet_who(view, permit->name, permit->role, permit->home, arena),
                NULL);
}

static enum hm_status show(const struct hm_view *view,
                           struct hm_bytes scope,
                           const struct hm_permit *permits,
                           size_t count,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    struct hm_unit_names names = {.view = view, .arena = arena, .scope = scope};
    struct hm_rows rows;
    enum hm_status status = HM_OK;
    hm_rows_init(&rows, view);
    hm_json_open(&rows.out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        bool within = true;
        status = hm_unit_names_within(&names, permits[i].home, &within, err);
        if (status != HM_OK || !within) {
            continue;
        }
        if (view->json) {
            struct hm_bytes name = permits[i].home;
            status = hm_unit_names_find(&names, permits[i].home, &name, err);
            hm_permit_put(&rows.out, &permits[i], name);
            status = status == HM_OK ? hm_rows_flush(&rows, err) : status;
        } else {
            hm_permit_say(view, &permits[i], arena);
        }
    }
    hm_json_close(&rows.out, ']');
    if (status == HM_OK && view->json) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}

enum hm_status hm_api_permits(const struct hm_view *view,
                              struct hm_bytes scope,
                              const struct hm_id *device,
                              struct hm_err *err)
{
    struct hm_permit *permits = NULL;
    struct hm_arena arena;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_permits(view->store, device, &permits, &count, &arena, err);
    if (status == HM_OK) {
        status = show(view, scope, permits, count, &arena, err);
    }
    if (status == HM_OK) {
        status = hm_arena_status(&arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}
