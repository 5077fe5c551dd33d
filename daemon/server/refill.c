/* SPDX-License-Identifier: Apache-2.0 */
/* refill: what the laptops have brought back to a server that was restored. */
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/server.h"
#include "hamlet/sync/judge.h"
#include "show.h"

enum { NUMBER_SIZE = 24 };

struct refilling {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    bool close;
    bool anyway;
    bool reopen;
    bool open; /* when it was asked */
    int64_t since;
    int64_t devices; /* that are known and may write */
    int64_t back;    /* … and were here since */
    struct hm_regained *homes;
    size_t home_count;
    struct hm_arena arena;
};

static enum hm_status count_devices(struct refilling *r, struct hm_err *err)
{
    struct hm_fleet_row *rows = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_fleet(r->ctx->store, &rows, &count, &r->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (rows[i].revoked || hm_id_equal(&rows[i].device, &r->ctx->device)) {
            continue;
        }
        r->devices++;
        r->back += rows[i].visited && rows[i].visit.contact.ms >= r->since;
    }
    return status;
}

static enum hm_status gather(struct refilling *r, struct hm_err *err)
{
    struct hm_store *store = r->ctx->store;
    enum hm_status status =
        hm_store_meta_get_int(store, HM_META_REFILL, 0, &r->since, err);
    r->open = r->since != 0;
    if (status == HM_OK && r->close && !r->open) {
        status = hm_fail(err, HM_NOT_FOUND, "refill-none", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = count_devices(r, err);
    }
    return status != HM_OK
               ? status
               : hm_store_regained(store, &r->homes, &r->home_count, &r->arena, err);
}

/*
 * Whoever is not in the registry is locked out once it is closed, with what he has: not
 * by a slip of the hand.
 */
static enum hm_status check_whole(const struct refilling *r, struct hm_err *err)
{
    char missing[NUMBER_SIZE];
    if (r->back == 0) {
        return hm_fail(err, HM_BAD_INPUT, "refill-nobody", NULL, NULL, NULL);
    }
    for (size_t i = 0; i < r->home_count; i++) {
        if (hm_bytes_are(r->homes[i].home, HM_HOME_REGISTRY) && r->homes[i].missing > 0) {
            (void)snprintf(missing, sizeof(missing), "%" PRIu64, r->homes[i].missing);
            return hm_fail(err, HM_BAD_INPUT, "refill-registry", missing, NULL, NULL);
        }
    }
    return HM_OK;
}

static enum hm_status change(struct refilling *r, struct hm_err *err)
{
    struct hm_store *store = r->ctx->store;
    enum hm_status status = hm_store_begin(store, err);
    if (status == HM_OK) {
        status = r->close ? hm_judge_refilled(store, &r->ctx->device, err)
                          : hm_store_refill_reopen(store, hm_env_wall(r->ctx->env), err);
    }
    if (status == HM_OK) {
        return hm_store_commit(store, err);
    }
    hm_store_rollback(store);
    return status;
}

static enum hm_status show_json(struct refilling *r, struct hm_err *err)
{
    struct hm_show show;
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_bool(&show.out, "open", r->open && !r->close);
    if (r->open) {
        hm_json_put_wall(&show.out, "since", (struct hm_wall){r->since});
    } else {
        hm_show_null(&show.out, "since");
    }
    hm_json_put_int(&show.out, "devices", r->devices);
    hm_json_put_int(&show.out, "back", r->back);
    hm_json_key(&show.out, "units");
    hm_json_open(&show.out, '[');
    for (size_t i = 0; i < r->home_count; i++) {
        const struct hm_regained *home = &r->homes[i];
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "unit", home->home);
        hm_json_put_int(&show.out, "regained", (int64_t)(home->verified + home->judged));
        hm_json_put_int(&show.out, "judged", (int64_t)home->judged);
        hm_json_put_int(&show.out, "missing", (int64_t)home->missing);
        hm_json_close(&show.out, '}');
    }
    hm_json_close(&show.out, ']');
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, r->call, HM_OK, err);
}

static const char *number(char text[NUMBER_SIZE], int64_t value)
{
    (void)snprintf(text, NUMBER_SIZE, "%" PRId64, value);
    return text;
}

static enum hm_status say_home(struct refilling *r,
                               const struct hm_view *view,
                               const struct hm_regained *home,
                               struct hm_err *err)
{
    char came[NUMBER_SIZE];
    char judged[NUMBER_SIZE];
    struct hm_bytes shown = HM_NO_BYTES;
    enum hm_status status = HM_OK;
    bool registry = hm_bytes_are(home->home, HM_HOME_REGISTRY);
    if (!registry) {
        status = hm_view_unit_name(view, home->home, &shown, &r->arena, err);
    }
    const char *name = registry ? hm_words_ui(r->call->words, "refill.registry")
                                : hm_view_shown(shown, &r->arena);
    if (status == HM_OK && name != NULL) {
        hm_view_say(view, "refill.unit", name,
                    number(came, (int64_t)(home->verified + home->judged)),
                    number(judged, (int64_t)home->judged));
        if (home->missing > 0) {
            hm_view_say(view, "refill.missing", name,
                        number(came, (int64_t)home->missing), NULL);
        }
    }
    return status != HM_OK ? status : hm_arena_status(&r->arena, err);
}

static enum hm_status say(struct refilling *r, struct hm_err *err)
{
    char when[HM_VIEW_TIME_SIZE];
    char back[NUMBER_SIZE];
    char devices[NUMBER_SIZE];
    struct hm_view view;
    enum hm_status status = HM_OK;
    hm_show_view(&view, r->call, r->ctx->store);
    hm_view_time(when, (struct hm_wall){r->since});
    if (!r->open) {
        hm_view_say(&view, "refill.none", NULL, NULL, NULL);
    } else {
        hm_view_say(&view, "refill.open", when, number(back, r->back),
                    number(devices, r->devices));
    }
    for (size_t i = 0; i < r->home_count && status == HM_OK; i++) {
        status = say_home(r, &view, &r->homes[i], err);
    }
    if (status == HM_OK && r->close) {
        hm_view_say(&view, "refill.closed", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_refill_run(struct hm_call *call, struct hm_err *err)
{
    struct refilling r = {.call = call,
                          .ctx = call->ctx,
                          .close = hm_args_has(call->args, "close"),
                          .anyway = hm_args_has(call->args, "anyway"),
                          .reopen = hm_args_has(call->args, "open")};
    hm_arena_init(&r.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = r.close && r.reopen
                                ? hm_fail(err, HM_USAGE, "refill-both", NULL, NULL, NULL)
                                : gather(&r, err);
    if (status == HM_OK && r.close && !r.anyway) {
        status = check_whole(&r, err);
    }
    if (status == HM_OK && (r.close || (r.reopen && !r.open))) {
        status = change(&r, err);
    }
    if (status == HM_OK && r.reopen && !r.open) {
        status = hm_store_meta_get_int(r.ctx->store, HM_META_REFILL, 0, &r.since, err);
        r.open = true;
    }
    if (status == HM_OK) {
        status = call->args->json ? show_json(&r, err) : say(&r, err);
    }
    hm_arena_fini(&r.arena);
    return status;
}
