/* SPDX-License-Identifier: Apache-2.0 */
/* erase, erasures: what a person may have forgotten everywhere, and where it is not yet.
 */
#include <inttypes.h>
#include <stdio.h>

#include "account.h"
#include "commands.h"
#include "erasing.h"
#include "hamlet/author/erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/erase.h"
#include "hamlet/store/erase.h"
#include "hamlet/store/server.h"
#include "show.h"

enum { NUMBER_SIZE = 24 };

/* ---- erase ---- */

struct erasing {
    struct hm_call *call;
    struct hm_id record;
    struct hm_bytes *names;
    size_t count;
    struct hm_bytes reason;
    struct hm_id change;
    bool more;  /* was written than one erasure names */
    bool stays; /* the server's file may hold it still */
    struct hm_arena arena;
};

static enum hm_status read_line(struct erasing *e, struct hm_err *err)
{
    const struct hm_args *args = e->call->args;
    if (!hm_id_get_hex(&e->record, hm_text(args->operands[0]))) {
        return hm_fail(err, HM_NOT_FOUND, "record-missing", args->operands[0], NULL,
                       NULL);
    }
    e->names = hm_arena_get_array(&e->arena, args->operand_count, sizeof(*e->names));
    if (e->names == NULL) {
        return hm_arena_status(&e->arena, err);
    }
    for (size_t i = 1; i < args->operand_count; i++) {
        e->names[e->count++] = hm_text(args->operands[i]);
    }
    return hm_show_given(&e->reason, hm_args_value(args, "reason"), "--reason", true,
                         &e->arena, err);
}

static enum hm_status erase(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct erasing *e = ctx;
    return hm_author_erase(author, &e->record, e->names, e->count, e->reason, &e->change,
                           &e->more, err);
}

static enum hm_status tell_json(const struct erasing *e, struct hm_err *err)
{
    struct hm_show show;
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_hex(&show.out, "id", hm_id_bytes(&e->record));
    hm_json_put_hex(&show.out, "change", hm_id_bytes(&e->change));
    hm_json_put_bool(&show.out, "in_file", e->stays);
    if (e->more) {
        hm_json_key(&show.out, "warnings");
        hm_json_open(&show.out, '[');
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "rule", hm_text("erase-more"));
        hm_json_put_text(&show.out, "text",
                         hm_text(hm_words_ui(e->call->words, "erase.more")));
        hm_json_close(&show.out, '}');
        hm_json_close(&show.out, ']');
    }
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, e->call, HM_OK, err);
}

static enum hm_status tell(const struct erasing *e, struct hm_err *err)
{
    struct hm_view view;
    if (e->call->args->json) {
        return tell_json(e, err);
    }
    enum hm_status status = hm_show_change(e->call, &e->record, &e->change, err);
    hm_show_view(&view, e->call, NULL);
    if (status == HM_OK && e->more) {
        hm_view_say(&view, "erase.more", NULL, NULL, NULL);
    }
    if (status == HM_OK && e->stays) {
        hm_view_say(&view, "erasures.stays", NULL, NULL, NULL);
    }
    return status;
}

enum hm_status hm_erase_run(struct hm_call *call, struct hm_err *err)
{
    struct erasing e = {.call = call};
    hm_arena_init(&e.arena, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_line(&e, err);
    if (status == HM_OK) {
        status = hm_account_act(call->ctx, hm_args_value(call->args, "as"), erase, &e,
                                &e.arena, err);
    }
    if (status == HM_OK) {
        status = hm_erasing_now(call->ctx, &e.stays, err);
    }
    if (status == HM_OK) {
        status = tell(&e, err);
    }
    hm_arena_fini(&e.arena);
    return status;
}

/* ---- erasures ---- */

struct listing {
    const struct hm_call *call;
    struct hm_control_ctx *ctx;
    bool stays; /* the server's file may hold some of it still */
    struct hm_view view;
    struct hm_show show;
    struct hm_arena arena;
};

/* One that is revoked never knows, whichever disk of it this is. */
static const char *state_of(const struct hm_waiting *waiting)
{
    return waiting->revoked ? "revoked" : waiting->other ? "copy" : "active";
}

static void put_fields(struct hm_json_write *out, const struct hm_change *change)
{
    hm_json_key(out, "fields");
    hm_json_open(out, '[');
    for (size_t i = 0; i < change->write_count; i++) {
        if (hm_erase_names(&change->writes[i])) {
            hm_json_text(out, change->writes[i].reg);
        }
    }
    hm_json_close(out, ']');
}

static void put_json(struct listing *list,
                     const struct hm_erasure *erasure,
                     const struct hm_waiting *waiting,
                     size_t count)
{
    struct hm_json_write *out = &list->show.out;
    const struct hm_change *change = &erasure->held.change;
    hm_json_open(out, '{');
    hm_json_put_hex(out, "change", hm_id_bytes(&change->id));
    hm_json_put_hex(out, "record", hm_id_bytes(&change->record));
    hm_show_text(out, "kind", change->kind);
    hm_show_text(out, "unit", change->home);
    put_fields(out, change);
    hm_json_put_hex(out, "user", hm_id_bytes(&change->user));
    hm_json_put_text(out, "role", change->role);
    hm_json_put_wall(out, "time", change->time);
    hm_json_key(out, "waiting");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        hm_json_open(out, '{');
        hm_json_put_hex(out, "device", hm_id_bytes(&waiting[i].device));
        hm_show_text(out, "name", waiting[i].name);
        hm_json_put_text(out, "state", hm_text(state_of(&waiting[i])));
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
    hm_json_put_bool(out, "in_file", list->stays);
    hm_json_close(out, '}');
}

static void say(struct listing *list,
                const struct hm_erasure *erasure,
                const struct hm_waiting *waiting,
                size_t count)
{
    char record[HM_HEX16_SIZE];
    char when[HM_VIEW_TIME_SIZE];
    char number[NUMBER_SIZE];
    hm_hex_put(record, hm_id_bytes(&erasure->held.change.record));
    hm_view_time(when, erasure->held.change.time);
    (void)snprintf(number, sizeof(number), "%zu", count);
    const char *sentence = count > 0     ? "erasures.waiting"
                           : list->stays ? "erasures.elsewhere"
                                         : "erasures.reached";
    hm_view_say(&list->view, sentence, record, when, number);
    for (size_t i = 0; i < count; i++) {
        const char *name = hm_view_shown(waiting[i].name, &list->arena);
        const char *who = waiting[i].revoked ? "erasures.revoked"
                          : waiting[i].other ? "erasures.copy"
                                             : "erasures.device";
        hm_view_say(&list->view, who, name, NULL, NULL);
    }
}

static enum hm_status list_all(struct listing *list, struct hm_err *err)
{
    struct hm_erasure *erasures = NULL;
    size_t count = 0;
    enum hm_status status = hm_store_scrub_due(list->ctx->store, &list->stays, err);
    if (status == HM_OK) {
        status =
            hm_store_erasures(list->ctx->store, &erasures, &count, &list->arena, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        struct hm_waiting *waiting = NULL;
        size_t waits = 0;
        status = hm_store_not_reached(list->ctx->store, erasures[i].held.change.home,
                                      erasures[i].n, &list->ctx->device, &waiting, &waits,
                                      &list->arena, err);
        if (status == HM_OK && list->call->args->json) {
            put_json(list, &erasures[i], waiting, waits);
        } else if (status == HM_OK) {
            say(list, &erasures[i], waiting, waits);
        }
    }
    if (status == HM_OK && !list->call->args->json && list->stays) {
        hm_view_say(&list->view, "erasures.stays", NULL, NULL, NULL);
    }
    if (status == HM_OK && !list->call->args->json) {
        /* What lies outside of all stores no order reaches: people have to. */
        hm_view_say(&list->view, count == 0 ? "erasures.none" : "erasures.copies", NULL,
                    NULL, NULL);
    }
    return status != HM_OK ? status : hm_arena_status(&list->arena, err);
}

enum hm_status hm_erasures_run(struct hm_call *call, struct hm_err *err)
{
    struct listing list = {.call = call, .ctx = call->ctx};
    hm_arena_init(&list.arena, HM_COMMAND_ARENA_MAX);
    hm_show_view(&list.view, call, NULL);
    hm_show_begin(&list.show);
    hm_json_open(&list.show.out, '[');
    enum hm_status status = list_all(&list, err);
    hm_json_close(&list.show.out, ']');
    if (call->args->json) {
        status = hm_show_end(&list.show, call, status, err);
    }
    hm_buf_fini(&list.show.buf);
    hm_arena_fini(&list.arena);
    return status;
}
