/* SPDX-License-Identifier: Apache-2.0 */
/* status: what the server holds, in numbers. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "hamlet/api/check.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/erase.h"
#include "hamlet/store/server.h"
#include "show.h"

enum { NUMBER_SIZE = 24 };

struct standing {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    int64_t incarnation;
    int64_t devices; /* that may write */
    struct hm_counts counts;
    int64_t erased;
    struct hm_arena arena;
};

static enum hm_status count_devices(struct standing *s, struct hm_err *err)
{
    struct hm_fleet_row *rows = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_fleet(s->ctx->store, &rows, &count, &s->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        bool other = !hm_id_equal(&rows[i].device, &s->ctx->device);
        s->devices += other && !rows[i].revoked ? 1 : 0;
    }
    return status;
}

static enum hm_status gather(struct standing *s, struct hm_err *err)
{
    enum hm_status status = hm_store_meta_get_int(s->ctx->store, HM_META_INCARNATION, 0,
                                                  &s->incarnation, err);
    if (status == HM_OK) {
        status = count_devices(s, err);
    }
    if (status == HM_OK) {
        status = hm_store_counts(s->ctx->store, false, &s->counts, err);
    }
    if (status == HM_OK) {
        status = hm_store_erased_count(s->ctx->store, &s->erased, err);
    }
    return status;
}

/*
 * To a server everything that is neither refused nor disputed is accepted, also where it
 * waits for a predecessor, or has lost a value: erased is a mark, no state of its own.
 */
static int64_t accepted(const struct hm_counts *counts)
{
    return counts->changes - counts->conflict - counts->quarantined;
}

static enum hm_status show_json(const struct standing *s, struct hm_err *err)
{
    struct hm_show show;
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_text(&show.out, "unit", s->ctx->unit);
    hm_json_put_hex(&show.out, "server", hm_id_bytes(&s->ctx->device));
    hm_json_put_int(&show.out, "incarnation", s->incarnation);
    hm_json_put_int(&show.out, "devices", s->devices);
    hm_json_put_int(&show.out, "changes", s->counts.changes);
    hm_json_put_int(&show.out, "accepted", accepted(&s->counts));
    hm_json_put_int(&show.out, "conflict", s->counts.conflict);
    hm_json_put_int(&show.out, "quarantined", s->counts.quarantined);
    hm_json_put_int(&show.out, "erased", s->erased);
    hm_json_key(&show.out, "buckets");
    enum hm_status status = hm_api_buckets_json(&show.out, s->ctx->store, err);
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, s->call, status, err);
}

static void say(struct standing *s)
{
    char server[HM_HEX16_SIZE];
    char devices[NUMBER_SIZE];
    char numbers[4][NUMBER_SIZE];
    const int64_t shown[4] = {s->counts.changes, accepted(&s->counts), s->counts.conflict,
                              s->counts.quarantined};
    const char *unit = hm_arena_copy_text(&s->arena, s->ctx->unit);
    struct hm_view view;
    hm_hex_put(server, hm_id_bytes(&s->ctx->device));
    (void)snprintf(devices, sizeof(devices), "%" PRId64, s->devices);
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(numbers[i], sizeof(numbers[i]), "%" PRId64, shown[i]);
    }
    hm_show_view(&view, s->call, NULL);
    hm_view_say(&view, "status.server", unit == NULL ? "" : unit, server, devices);
    hm_view_say(&view, "status.changes", numbers[0], numbers[1], NULL);
    hm_view_say(&view, "status.open", numbers[2], numbers[3], NULL);
}

enum hm_status hm_status_run(struct hm_call *call, struct hm_err *err)
{
    struct standing s = {.call = call, .ctx = call->ctx};
    hm_arena_init(&s.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = gather(&s, err);
    if (status == HM_OK && call->args->json) {
        status = show_json(&s, err);
    } else if (status == HM_OK) {
        say(&s);
    }
    hm_arena_fini(&s.arena);
    return status;
}
