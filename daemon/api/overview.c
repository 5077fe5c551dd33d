/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/overview.h"

#include "hamlet/base/limits.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"

static const int64_t day_ms = (int64_t)86400 * 1000;

struct overview {
    const struct hm_view *view;
    struct hm_bytes unit;
    bool whole; /* the unit is the server's own */
    int64_t now;
    struct hm_sums sums;
    int64_t backup_ms; /* 0: never */
    bool refilling;
    struct hm_arena arena;
};

static enum hm_status read_sums(struct overview *o, struct hm_err *err)
{
    struct hm_sums_query query = {
        .unit = o->whole ? HM_NO_BYTES : o->unit,
        .silent = {o->now - HM_OVERVIEW_SILENT_DAYS * day_ms},
        .quiet = {o->now - HM_OVERVIEW_QUIET_DAYS * day_ms},
        .copied = {o->now - HM_OVERVIEW_COPIED_DAYS * day_ms},
    };
    return hm_store_sums(o->view->store, &query, &o->sums, err);
}

static enum hm_status read_server(struct overview *o, struct hm_err *err)
{
    enum hm_status status =
        hm_store_meta_get_int(o->view->store, HM_META_BACKUP, 0, &o->backup_ms, err);
    return status != HM_OK ? status
                           : hm_store_refilling(o->view->store, &o->refilling, err);
}

static enum hm_status read_all(struct overview *o, struct hm_err *err)
{
    struct hm_bytes own = HM_NO_BYTES;
    enum hm_status status =
        hm_store_meta_get(o->view->store, HM_META_UNIT, &o->arena, &own, err);
    o->whole = status == HM_OK && hm_bytes_equal(own, o->unit);
    if (status == HM_OK) {
        status = read_sums(o, err);
    }
    return status == HM_OK && o->whole ? read_server(o, err) : status;
}

/* ---- what is told ---- */

static void put_due(struct hm_json_write *out,
                    bool is_due,
                    const char *what,
                    int64_t n,
                    int64_t since_ms)
{
    if (!is_due) {
        return;
    }
    hm_json_open(out, '{');
    hm_json_put_text(out, "what", hm_text(what));
    hm_json_put_int(out, "n", n);
    if (since_ms > 0) {
        hm_json_put_wall(out, "since", (struct hm_wall){since_ms});
    }
    hm_json_close(out, '}');
}

static void put_overdue(struct hm_json_write *out, const struct overview *o)
{
    bool late = o->whole && o->now - o->backup_ms >= HM_OVERVIEW_BACKUP_DAYS * day_ms;
    hm_json_key(out, "overdue");
    hm_json_open(out, '[');
    put_due(out, o->refilling, "refill", 0, 0);
    put_due(out, late, "backup", 0, o->backup_ms);
    put_due(out, o->sums.copied > 0, "copied", o->sums.copied, 0);
    put_due(out, o->sums.silent > 0, "silent", o->sums.silent, 0);
    put_due(out, o->sums.refused > 0, "quarantine", o->sums.refused, 0);
    put_due(out, o->sums.conflicts > 0, "conflicts", o->sums.conflicts,
            o->sums.oldest.ms);
    hm_json_close(out, ']');
}

static void put_laptops(struct hm_json_write *out, const struct overview *o)
{
    hm_json_key(out, "laptops");
    hm_json_open(out, '{');
    hm_json_put_int(out, "active", o->sums.laptops);
    hm_json_put_int(out, "quiet", o->sums.quiet);
    hm_json_put_int(out, "silent", o->sums.silent);
    hm_json_put_int(out, "never", o->sums.never);
    hm_json_put_int(out, "waiting", o->sums.waiting);
    hm_json_close(out, '}');
}

static void put_all(struct hm_json_write *out,
                    const struct overview *o,
                    struct hm_bytes name)
{
    hm_json_open(out, '{');
    hm_json_key(out, "unit");
    hm_json_open(out, '{');
    hm_json_put_text(out, "code", o->unit);
    hm_json_put_text(out, "name", name);
    hm_json_close(out, '}');
    put_laptops(out, o);
    hm_json_put_int(out, "conflicts", o->sums.conflicts);
    hm_json_put_int(out, "quarantined", o->sums.refused);
    if (o->whole) {
        hm_json_key(out, "backup");
        if (o->backup_ms > 0) {
            hm_json_wall(out, (struct hm_wall){o->backup_ms});
        } else {
            hm_json_null(out);
        }
        hm_json_put_bool(out, "refill", o->refilling);
    }
    put_overdue(out, o);
    hm_json_close(out, '}');
}

enum hm_status hm_api_overview(const struct hm_view *view,
                               struct hm_bytes unit,
                               struct hm_err *err)
{
    struct overview o = {
        .view = view, .unit = unit, .now = hm_env_wall(hm_store_env(view->store)).ms};
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_json_write out;
    struct hm_buf buf;
    hm_arena_init(&o.arena, HM_COMMAND_ARENA_MAX);
    hm_buf_init(&buf, HM_REQUEST_BYTES_MAX);
    enum hm_status status = read_all(&o, err);
    if (status == HM_OK) {
        status = hm_view_unit_name(view, unit, &name, &o.arena, err);
    }
    if (status == HM_OK) {
        hm_json_write_init(&out, &buf);
        put_all(&out, &o, name);
        status = hm_buf_status(&buf, err);
    }
    if (status == HM_OK) {
        view->put(view->ctx, hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    hm_arena_fini(&o.arena);
    return status;
}
