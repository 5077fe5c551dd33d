/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust: the server changed its certificate twice while this machine was away, so that it
 * knows neither key. A newer invitation of the same server says which they are; its
 * signature is that of the server, whose own key never changes. Nothing is redeemed.
 */
#include <string.h>

#include "cli.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"

enum { ARENA_MAX = 64 * 1024 };

/* Of two texts that name the keys, how new the newer one is. */
static enum hm_status known_turn(struct hm_store *store,
                                 const struct hm_id *server,
                                 uint64_t *turn,
                                 struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_bytes texts[2] = {HM_NO_BYTES, HM_NO_BYTES};
    struct hm_pins pins;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_meta_get(store, HM_META_PINS, &arena, &texts[0], err);
    if (status == HM_OK) {
        status = hm_store_pins(store, server, &texts[1], &arena, err);
    }
    *turn = 0;
    for (size_t i = 0; i < 2 && status == HM_OK; i++) {
        if (hm_pins_read(&pins, texts[i]) && pins.turn > *turn) {
            *turn = pins.turn;
        }
    }
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status judge(struct hm_store *store,
                            const struct hm_invitation *invitation,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    struct hm_id server;
    struct hm_bytes key = HM_NO_BYTES;
    uint64_t turn = 0;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_DISTRICT, &server, err);
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_SERVER_KEY, arena, &key, err);
    }
    if (status == HM_OK) {
        status = known_turn(store, &server, &turn, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (key.size != HM_KEY_SIZE ||
        memcmp(key.data, invitation->key.at, HM_KEY_SIZE) != 0) {
        return hm_fail(err, HM_BAD_INPUT, "trust-foreign", NULL, NULL, NULL);
    }
    return invitation->pins.turn < turn
               ? hm_fail(err, HM_BAD_INPUT, "trust-older", NULL, NULL, NULL)
               : HM_OK;
}

static enum hm_status trust(struct hm_store *store,
                            const struct hm_invitation *invitation,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    enum hm_status status = hm_store_begin(store, err);
    if (status != HM_OK) {
        return status;
    }
    status = judge(store, invitation, arena, err);
    if (status == HM_OK) {
        status = hm_put_server(store, invitation, err);
    }
    if (status == HM_OK) {
        return hm_store_commit(store, err);
    }
    hm_store_rollback(store);
    return status;
}

enum hm_status hm_run_trust(struct hm_call *call, struct hm_err *err)
{
    const struct hm_cli *cli = call->ctx;
    struct hm_desk desk = {.folder = NULL};
    struct hm_invitation invitation;
    struct hm_arena arena;
    struct hm_buf json;
    hm_arena_init(&arena, ARENA_MAX);
    hm_buf_init(&json, 2 * (size_t)HM_INVITATION_TEXT_MAX);
    enum hm_status status =
        hm_read_invitation(&invitation, &json, call->args->operands[0], &arena, err);
    if (status == HM_OK) {
        status = hm_desk_open(&desk, call, err);
    }
    if (status == HM_OK) {
        status = trust(desk.replica.store, &invitation, &arena, err);
        if (status == HM_OK) {
            hm_poke(&cli->env, desk.folder);
            hm_view_say(&desk.view, "trust.done", NULL, NULL, NULL);
        }
        hm_desk_close(&desk);
    }
    hm_buf_fini(&json);
    hm_arena_fini(&arena);
    return status;
}
