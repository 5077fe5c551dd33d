/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/exchange/csv.h"

enum { NUMBER_SIZE = 24, PAGE_ROWS = 1000, DATE_SIZE = 10 };

static const int64_t offset_ms = (int64_t)7 * 3600 * 1000; /* of Viet Nam */

enum hm_status hm_api_audit_since(const char *given,
                                  struct hm_wall *since,
                                  struct hm_err *err)
{
    char text[HM_TIME_TEXT_SIZE];
    *since = (struct hm_wall){0};
    if (given == NULL) {
        return HM_OK;
    }
    bool whole_day = strlen(given) == DATE_SIZE;
    int size =
        snprintf(text, sizeof(text), "%s%s", given, whole_day ? "T00:00:00.000Z" : "");
    if (size < 0 || (size_t)size >= sizeof(text) || !hm_wall_get(since, hm_text(text))) {
        return hm_fail(err, HM_BAD_INPUT, "audit-since", given, NULL, NULL);
    }
    since->ms -= whole_day ? offset_ms : 0;
    return HM_OK;
}

static void put_row(struct hm_json_write *out, const struct hm_audit *row)
{
    hm_json_open(out, '{');
    hm_json_put_int(out, "n", row->n);
    hm_json_put_wall(out, "time", row->time);
    hm_json_put_text(out, "account", row->account);
    hm_json_put_text(out, "act", row->act);
    hm_json_put_text(out, "on", row->subject);
    hm_json_put_text(out, "detail", row->detail);
    hm_json_put_hex(out, "hash", hm_digest_bytes(&row->hash));
    hm_json_close(out, '}');
}

enum hm_status hm_api_audit(const struct hm_view *view,
                            const struct hm_audit_query *query,
                            struct hm_err *err)
{
    struct hm_audit *rows = NULL;
    struct hm_json_write out;
    struct hm_arena arena;
    struct hm_buf buf;
    size_t count = 0;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&buf, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_store_audit_list(view->store, query, &rows, &count, &arena, err);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_key(&out, "rows");
    hm_json_open(&out, '[');
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        put_row(&out, &rows[i]);
    }
    hm_json_close(&out, ']');
    hm_json_key(&out, "next");
    if (status == HM_OK && count == (size_t)query->limit && rows[count - 1].n > 1) {
        hm_json_int(&out, rows[count - 1].n);
    } else {
        hm_json_null(&out);
    }
    hm_json_close(&out, '}');
    status = status == HM_OK ? hm_buf_status(&buf, err) : status;
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    hm_arena_fini(&arena);
    return status;
}

/* ---- all of it ---- */

struct telling {
    const struct hm_view *view;
    enum hm_audit_form form;
    struct hm_buf buf;
    struct hm_json_write json;
    struct hm_csv_write csv;
    struct hm_arena arena;
};

static void put_cells(struct telling *t, const struct hm_audit *row)
{
    char n[NUMBER_SIZE];
    char time[HM_TIME_TEXT_SIZE];
    char hash[sizeof(row->hash.at) * 2 + 1];
    (void)snprintf(n, sizeof(n), "%" PRId64, row->n);
    hm_wall_put(time, row->time);
    hm_hex_put(hash, hm_digest_bytes(&row->hash));
    hm_csv_put_plain(&t->csv, hm_text(n));
    hm_csv_put_plain(&t->csv, hm_text(time));
    hm_csv_put_text(&t->csv, row->account);
    hm_csv_put_text(&t->csv, row->act);
    hm_csv_put_text(&t->csv, row->subject);
    hm_csv_put_text(&t->csv, row->detail);
    hm_csv_put_plain(&t->csv, hm_text(hash));
    hm_csv_end_row(&t->csv);
}

static void put_heading(struct telling *t)
{
    static const char *const names[] = {"n",  "time",   "account", "act",
                                        "on", "detail", "hash"};
    hm_csv_put_mark(&t->csv);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        hm_csv_put_plain(&t->csv, hm_text(names[i]));
    }
    hm_csv_end_row(&t->csv);
}

static void put_line(struct telling *t, const struct hm_audit *row)
{
    char time[HM_VIEW_TIME_SIZE];
    hm_view_time(time, row->time);
    hm_buf_put_text(&t->buf, time);
    const struct hm_bytes parts[] = {row->account, row->act, row->subject, row->detail};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const char *shown = hm_view_shown(parts[i], &t->arena);
        hm_buf_put_text(&t->buf, "  ");
        hm_buf_put_text(&t->buf, shown == NULL ? "" : shown);
    }
    hm_buf_put_text(&t->buf, "\n");
}

static void tell(struct telling *t, const struct hm_audit *row)
{
    if (t->form == HM_AUDIT_JSON) {
        put_row(&t->json, row);
    } else if (t->form == HM_AUDIT_CSV) {
        put_cells(t, row);
    } else {
        put_line(t, row);
    }
}

static enum hm_status hand_on(struct telling *t, struct hm_err *err)
{
    enum hm_status status = hm_buf_status(&t->buf, err);
    if (status == HM_OK) {
        t->view->put(t->view->ctx, hm_buf_bytes(&t->buf));
        hm_buf_clear(&t->buf);
    }
    return status;
}

/* Some at a time: a log of years does not fit in memory. */
static enum hm_status tell_all(struct telling *t,
                               struct hm_wall since,
                               struct hm_err *err)
{
    struct hm_audit_query query = {.since = since, .limit = PAGE_ROWS};
    size_t count = PAGE_ROWS;
    enum hm_status status = HM_OK;
    while (count == PAGE_ROWS && status == HM_OK) {
        struct hm_audit *rows = NULL;
        hm_arena_init(&t->arena, HM_REQUEST_ARENA_MAX);
        status =
            hm_store_audit_list(t->view->store, &query, &rows, &count, &t->arena, err);
        for (size_t i = 0; i < count && status == HM_OK; i++) {
            tell(t, &rows[i]);
            query.after = rows[i].n;
        }
        hm_arena_fini(&t->arena);
        status = status == HM_OK ? hand_on(t, err) : status;
    }
    return status;
}

enum hm_status hm_api_audit_all(const struct hm_view *view,
                                struct hm_wall since,
                                enum hm_audit_form form,
                                struct hm_err *err)
{
    struct telling t = {.view = view, .form = form};
    hm_buf_init(&t.buf, HM_REQUEST_ARENA_MAX);
    hm_json_write_init(&t.json, &t.buf);
    hm_csv_write_init(&t.csv, &t.buf);
    if (form == HM_AUDIT_JSON) {
        hm_json_open(&t.json, '[');
    } else if (form == HM_AUDIT_CSV) {
        put_heading(&t);
    }
    enum hm_status status = tell_all(&t, since, err);
    if (form == HM_AUDIT_JSON) {
        hm_json_close(&t.json, ']');
    }
    status = status == HM_OK ? hand_on(&t, err) : status;
    hm_buf_fini(&t.buf);
    return status;
}

enum hm_status hm_api_audit_verify(const struct hm_view *view, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_digest head;
    struct hm_buf buf;
    char number[NUMBER_SIZE];
    char hash[sizeof(head.at) * 2 + 1];
    int64_t count = 0;
    enum hm_status status = hm_store_audit_verify(view->store, &count, &head, err);
    if (status != HM_OK) {
        return status;
    }
    if (!view->json) {
        (void)snprintf(number, sizeof(number), "%" PRId64, count);
        hm_hex_put(hash, hm_digest_bytes(&head));
        hm_view_say(view, "audit.whole", number, hash, NULL);
        return HM_OK;
    }
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "rows", count);
    hm_json_put_hex(&out, "head", hm_digest_bytes(&head));
    hm_json_close(&out, '}');
    status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    return status;
}
