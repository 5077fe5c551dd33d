/* SPDX-License-Identifier: Apache-2.0 */
/* The sync line, what pages are told of, and what this laptop can prove. */
#include <inttypes.h>
#include <stdio.h>

#include "hamlet/api/check.h"
#include "hamlet/api/laptop_state.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "query.h"
#include "run.h"

enum { NUMBER_SIZE = 24, HTTP_ACCEPTED = 202 };

static void put_line(struct hm_json_write *out,
                     const struct hm_web_call *call,
                     const struct hm_counts *counts)
{
    char waiting[NUMBER_SIZE];
    char kept[NUMBER_SIZE];
    char look[NUMBER_SIZE];
    const char *const args[] = {waiting, kept, look};
    int64_t to_look = counts->conflict + counts->quarantined - counts->dropped;
    int64_t held = counts->received + counts->accepted + counts->dropped;
    struct hm_buf line;
    (void)snprintf(waiting, sizeof(waiting), "%" PRId64, counts->local + counts->sent);
    (void)snprintf(kept, sizeof(kept), "%" PRId64, held);
    (void)snprintf(look, sizeof(look), "%" PRId64, to_look);
    hm_buf_init(&line, HM_PROBLEM_BYTES_MAX);
    hm_words_put(
        &line, hm_words_ui(call->view.words, to_look > 0 ? "web.line-look" : "web.line"),
        args, 3);
    hm_json_put_text(out, "line", hm_buf_bytes(&line));
    hm_json_put_int(out, "saved", counts->changes);
    hm_json_put_int(out, "waiting", counts->local + counts->sent);
    hm_json_put_int(out, "held", held);
    hm_json_put_int(out, "look", to_look);
    hm_json_put_int(out, "pending", counts->local);
    hm_json_put_int(out, "sent", counts->sent);
    hm_json_put_int(out, "received", counts->received);
    hm_json_put_int(out, "accepted", counts->accepted);
    hm_json_put_int(out, "conflict", counts->conflict);
    hm_json_put_int(out, "quarantined", counts->quarantined);
    hm_buf_fini(&line);
}

static void put_reason(struct hm_json_write *out,
                       const struct hm_web_call *call,
                       const struct hm_laptop_state *state)
{
    const struct hm_err *why = &state->failed;
    struct hm_buf text;
    hm_json_key(out, "reason");
    if (why->status == HM_OK) {
        hm_json_null(out);
        return;
    }
    hm_buf_init(&text, HM_PROBLEM_BYTES_MAX);
    hm_json_open(out, '{');
    hm_json_put_text(out, "key", hm_text(why->key));
    hm_words_error(&text, call->view.words, why, false);
    hm_json_put_text(out, "title", hm_buf_bytes(&text));
    hm_buf_clear(&text);
    hm_words_error(&text, call->view.words, why, true);
    hm_json_put_text(out, "detail", hm_buf_bytes(&text));
    hm_json_close(out, '}');
    hm_buf_fini(&text);
}

static void put_talk(struct hm_json_write *out, const struct hm_web_call *call)
{
    struct hm_web *web = call->web;
    pthread_mutex_lock(&web->lock);
    bool talking = web->talking;
    int64_t wait_ms = web->due_ms - hm_env_mono(web->options.env).ms;
    pthread_mutex_unlock(&web->lock);
    hm_json_put_bool(out, "talking", talking);
    hm_json_key(out, "next_ms");
    if (talking) {
        hm_json_null(out);
    } else {
        hm_json_int(out, wait_ms < 0 ? 0 : wait_ms);
    }
}

static void put_facts(struct hm_json_write *out, const struct hm_laptop_state *state)
{
    hm_json_key(out, "last_success");
    if (state->synced_ms == 0) {
        hm_json_null(out);
    } else {
        hm_json_wall(out, (struct hm_wall){state->synced_ms});
    }
    hm_json_key(out, "clock_offset_ms");
    if (state->offset_ms == INT64_MIN) {
        hm_json_null(out);
    } else {
        hm_json_int(out, state->offset_ms);
    }
}

enum hm_status hm_web_run_status(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_laptop_state state = {.epoch = 0};
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status = hm_store_begin_read(call->replica.store, err);
    if (status == HM_OK) {
        status = hm_laptop_state_load(&state, call->replica.store, &call->arena, err);
    }
    if (status == HM_OK) {
        status = hm_view_unit_name(&call->view, state.unit, &unit, &call->arena, err);
    }
    hm_store_rollback(call->replica.store);
    if (status != HM_OK) {
        return status;
    }
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '{');
    put_line(&out, call, &state.counts);
    put_facts(&out, &state);
    put_reason(&out, call, &state);
    put_talk(&out, call);
    hm_json_key(&out, "unit");
    hm_json_open(&out, '{');
    hm_json_put_text(&out, "code", state.unit);
    hm_json_put_text(&out, "name", unit);
    hm_json_close(&out, '}');
    hm_json_put_hex(&out, "device", hm_id_bytes(&state.device));
    hm_json_put_text(&out, "version", hm_text(HM_VERSION));
    hm_json_close(&out, '}');
    return HM_OK;
}

enum hm_status hm_web_run_sync(struct hm_web_call *call, struct hm_err *err)
{
    (void)err;
    call->web->options.asked(call->web->options.ctx);
    call->http = HTTP_ACCEPTED;
    hm_buf_put_text(&call->out, "{}");
    return HM_OK;
}

/* ---- events ---- */

struct news {
    uint64_t n;
    bool records;
    bool sync;
    bool session;
};

static struct news look(struct hm_web *web, uint64_t since)
{
    pthread_mutex_lock(&web->lock);
    bool all = since > web->n;
    struct news news = {web->n, all || web->records_n > since, all || web->sync_n > since,
                        all || web->session_n > since};
    pthread_mutex_unlock(&web->lock);
    return news;
}

static void put_news(struct hm_web_call *call, const struct news *news)
{
    struct hm_json_write out;
    hm_json_write_init(&out, &call->out);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "n", (int64_t)news->n);
    hm_json_put_text(&out, "start", hm_text(call->web->start));
    hm_json_key(&out, "what");
    hm_json_open(&out, '[');
    if (news->records) {
        hm_json_text(&out, hm_text("records"));
    }
    if (news->sync) {
        hm_json_text(&out, hm_text("sync"));
    }
    if (news->session) {
        hm_json_text(&out, hm_text("session"));
    }
    hm_json_close(&out, ']');
    hm_json_close(&out, '}');
}

enum hm_status hm_web_run_events(struct hm_web_call *call, struct hm_err *err)
{
    const int64_t none = INT64_C(1) << 40; /* larger than any: everything is new */
    int64_t since = 0;
    enum hm_status status =
        hm_web_query_number(call, "since", 0, none, none, &since, err);
    if (status != HM_OK) {
        return status;
    }
    struct news news = look(call->web, (uint64_t)since);
    if (!news.records && !news.sync && !news.session && !call->reply->waited) {
        int64_t now = hm_env_mono(call->web->options.env).ms;
        call->asked_ms = call->asked_ms == 0 ? now : call->asked_ms;
        call->reply->wait_ms = call->asked_ms + HM_WEB_WAIT_MS - now;
        if (call->locks_in_ms >= 0 && call->locks_in_ms < call->reply->wait_ms) {
            call->reply->wait_ms =
                call->locks_in_ms; /* then it hears that it is locked */
        }
        if (call->reply->wait_ms > 0) {
            return HM_OK;
        }
        call->reply->wait_ms = 0;
    }
    put_news(call, &news);
    return HM_OK;
}

/* ---- proofs ---- */

enum hm_status hm_web_run_receipt(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_last_receipt last;
    struct hm_json_write out;
    enum hm_status status =
        hm_last_receipt_load(&last, call->replica.store, &call->arena, err);
    if (status == HM_OK && !last.found) {
        status = hm_fail(err, HM_NOT_FOUND, "receipt-none", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_last_receipt_check(&last, call->replica.store, &call->arena, err);
    }
    if (status == HM_OK) {
        hm_json_write_init(&out, &call->out);
        hm_last_receipt_json(&out, &last, true);
    }
    return status;
}

enum hm_status hm_web_run_digest(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_digest(&call->view, hm_web_query_of(call, "unit"), err);
}

enum hm_status hm_web_run_verify(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_verify(&call->view, NULL, err);
}
