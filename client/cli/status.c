/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "hamlet/api/check.h"
#include "hamlet/api/laptop_state.h"
#include "hamlet/base/limits.h"

enum { NUMBER_SIZE = 24, OFFSET_SHOWN_MS = 5 * 60 * 1000, MINUTE_MS = 60 * 1000 };

static void put_facts(struct hm_json_write *out, const struct hm_laptop_state *state)
{
    hm_json_key(out, "last_sync");
    if (state->synced_ms == 0) {
        hm_json_null(out);
    } else {
        hm_json_wall(out, (struct hm_wall){state->synced_ms});
    }
    hm_json_key(out, "last_error");
    if (state->failed.status == HM_OK) {
        hm_json_null(out);
    } else {
        hm_json_text(out, hm_text(state->failed.key));
    }
    hm_json_key(out, "clock_offset_ms");
    if (state->offset_ms == INT64_MIN) {
        hm_json_null(out);
    } else {
        hm_json_int(out, state->offset_ms);
    }
    hm_json_key(out, "receipt");
    hm_last_receipt_json(out, &state->receipt, false);
}

static enum hm_status say_json(const struct hm_desk *desk,
                               const struct hm_laptop_state *state,
                               struct hm_err *err)
{
    const struct hm_counts *counts = &state->counts;
    struct hm_buf buf;
    struct hm_json_write out;
    hm_buf_init(&buf, HM_FILE_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_put_hex(&out, "device", hm_id_bytes(&state->device));
    hm_json_put_text(&out, "unit", state->unit);
    hm_json_put_int(&out, "epoch", state->epoch);
    hm_json_put_int(&out, "changes", counts->changes);
    hm_json_put_int(&out, "pending", counts->local);
    hm_json_put_int(&out, "sent", counts->sent);
    hm_json_put_int(&out, "received", counts->received);
    hm_json_put_int(&out, "accepted", counts->accepted);
    hm_json_put_int(&out, "conflict", counts->conflict);
    hm_json_put_int(&out, "quarantined", counts->quarantined);
    put_facts(&out, state);
    hm_json_key(&out, "buckets");
    enum hm_status status = hm_api_buckets_json(&out, desk->view.store, err);
    hm_json_close(&out, '}');
    hm_buf_put_byte(&buf, '\n');
    if (status == HM_OK) {
        status = hm_buf_status(&buf, err);
    }
    if (status == HM_OK) {
        desk->view.put(desk->view.ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}

static void say_counts(const struct hm_view *view, const struct hm_counts *counts)
{
    char local[NUMBER_SIZE];
    char sent[NUMBER_SIZE];
    char held[NUMBER_SIZE];
    char look[NUMBER_SIZE];
    int64_t to_look = counts->conflict + counts->quarantined - counts->dropped;
    (void)snprintf(local, sizeof(local), "%" PRId64, counts->local);
    (void)snprintf(sent, sizeof(sent), "%" PRId64, counts->sent);
    (void)snprintf(held, sizeof(held), "%" PRId64, counts->received + counts->accepted);
    (void)snprintf(look, sizeof(look), "%" PRId64, to_look);
    hm_view_say(view, "status.counts", local, sent, held);
    if (to_look > 0) {
        hm_view_say(view, "status.look", look, NULL, NULL);
    }
}

/* What happened, what is safe and what to do. */
static enum hm_status say_failure(const struct hm_view *view,
                                  const struct hm_err *failed,
                                  struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_CHANGE_BYTES_MAX);
    hm_words_error(&text, view->words, failed, false);
    hm_buf_put_text(&text, "; ");
    hm_words_error(&text, view->words, failed, true);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        hm_view_say(view, "status.failed", (const char *)text.data, NULL, NULL);
    }
    hm_buf_fini(&text);
    return status;
}

static enum hm_status say_text(const struct hm_view *view,
                               const struct hm_laptop_state *state,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    char device[HM_HEX16_SIZE];
    char time[HM_VIEW_TIME_SIZE];
    char minutes[NUMBER_SIZE];
    enum hm_status status = HM_OK;
    struct hm_bytes unit = HM_NO_BYTES;
    hm_hex_put(device, hm_id_bytes(&state->device));
    status = hm_view_unit_name(view, state->unit, &unit, arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_view_say(view, "status.who", hm_arena_copy_text(arena, unit), device, NULL);
    say_counts(view, &state->counts);
    hm_view_time(time, (struct hm_wall){state->synced_ms});
    hm_view_say(view, state->synced_ms == 0 ? "status.never" : "status.synced", time,
                NULL, NULL);
    if (state->failed.status != HM_OK) {
        status = say_failure(view, &state->failed, err);
    }
    if (state->offset_ms != INT64_MIN &&
        (state->offset_ms > OFFSET_SHOWN_MS || state->offset_ms < -OFFSET_SHOWN_MS)) {
        (void)snprintf(minutes, sizeof(minutes), "%" PRId64,
                       state->offset_ms / MINUTE_MS);
        hm_view_say(view, "status.clock", minutes, NULL, NULL);
    }
    return status;
}

enum hm_status hm_run_status(struct hm_call *call, struct hm_err *err)
{
    struct hm_desk desk;
    struct hm_arena arena;
    struct hm_laptop_state state = {.epoch = 0};
    enum hm_status status = hm_desk_open(&desk, call, err);
    if (status != HM_OK) {
        return status;
    }
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    status = hm_store_begin_read(desk.view.store, err);
    if (status == HM_OK) {
        status = hm_laptop_state_load(&state, desk.view.store, &arena, err);
    }
    if (status == HM_OK) {
        status = call->args->json ? say_json(&desk, &state, err)
                                  : say_text(&desk.view, &state, &arena, err);
    }
    hm_store_rollback(desk.view.store);
    hm_arena_fini(&arena);
    hm_desk_close(&desk);
    return status;
}
