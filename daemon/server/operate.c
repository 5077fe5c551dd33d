/* SPDX-License-Identifier: Apache-2.0 */
#include "operate.h"

#include <string.h>
#include <sys/stat.h>

#include "hamlet/base/limits.h"
#include "hamlet/host/env.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/erase.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/server.h"

enum { SILENT_DAYS = 14, DAY_MS = 86400 * 1000, HTTP_OK = 200, HTTP_REFUSED = 400 };

bool hm_operate_answered(const struct hm_httpd_finished *finished)
{
    return finished->status >= HTTP_OK && finished->status < HTTP_REFUSED;
}

void hm_operate_count(struct hm_operate *operate,
                      const struct hm_httpd_finished *finished)
{
    bool good = hm_operate_answered(finished) && finished->complete;
    (void)atomic_fetch_add(good ? &operate->done : &operate->refused, 1);
    (void)atomic_fetch_add(&operate->bytes_in, finished->bytes_in);
    (void)atomic_fetch_add(&operate->bytes_out, finished->bytes_out);
}

/* ---- health ---- */

static bool health(void *server_ctx,
                   const struct hm_httpd_request *request,
                   void **ctx,
                   struct hm_httpd_reply *reply)
{
    struct hm_operate *operate = server_ctx;
    struct hm_err err = HM_ERR_NONE;
    int64_t incarnation = 0;
    (void)request;
    (void)ctx;
    struct hm_store *store = hm_readers_take(operate->sync.readers);
    enum hm_status status =
        hm_store_meta_get_int(store, HM_META_INCARNATION, 0, &incarnation, &err);
    hm_readers_give(operate->sync.readers, store);
    bool good = status == HM_OK && incarnation > 0;
    reply->status = good ? 200 : 503;
    reply->content_type = "text/plain; charset=utf-8";
    reply->constant = good ? hm_text("ok\n") : hm_text("store\n");
    return false;
}

const struct hm_httpd_handler hm_health_handler = {.begin = health};

/* ---- metrics ---- */

struct metrics {
    int64_t incarnation;
    int64_t backup_ms; /* 0: never */
    bool refilling;
    struct hm_counts counts;
    int64_t erased;
    int64_t active;  /* devices */
    int64_t revoked; /* devices */
    int64_t silent;  /* … of the active, for so many days */
    int64_t waiting; /* changes that laptops said they have and the server has not */
    int64_t bytes;   /* of the store */
};

static enum hm_status read_fleet(struct metrics *m,
                                 const struct hm_operate *operate,
                                 struct hm_store *store,
                                 struct hm_err *err)
{
    struct hm_fleet_row *rows = NULL;
    struct hm_arena arena;
    size_t count = 0;
    int64_t now = hm_env_wall(operate->sync.self.env).ms;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_store_fleet(store, &rows, &count, &arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        const struct hm_fleet_row *row = &rows[i];
        if (hm_id_equal(&row->device, &operate->sync.self.server)) {
            continue;
        }
        if (row->revoked) {
            m->revoked++;
            continue;
        }
        m->active++;
        m->silent +=
            !row->visited || now - row->visit.contact.ms >= (int64_t)SILENT_DAYS * DAY_MS;
        m->waiting += row->visited ? row->visit.waiting : 0;
    }
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status read_store(struct metrics *m,
                                 const struct hm_operate *operate,
                                 struct hm_store *store,
                                 struct hm_err *err)
{
    enum hm_status status =
        hm_store_meta_get_int(store, HM_META_INCARNATION, 0, &m->incarnation, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_int(store, HM_META_BACKUP, 0, &m->backup_ms, err);
    }
    if (status == HM_OK) {
        status = hm_store_refilling(store, &m->refilling, err);
    }
    if (status == HM_OK) {
        status = hm_store_counts(store, false, &m->counts, err);
    }
    if (status == HM_OK) {
        status = hm_store_erased_count(store, &m->erased, err);
    }
    return status != HM_OK ? status : read_fleet(m, operate, store, err);
}

static enum hm_status gather(struct metrics *m, const struct hm_operate *operate)
{
    struct hm_err err = HM_ERR_NONE;
    struct stat seen = {0};
    struct hm_store *store = hm_readers_take(operate->sync.readers);
    enum hm_status status = hm_store_begin_read(store, &err);
    if (status == HM_OK) {
        status = read_store(m, operate, store, &err);
    }
    hm_store_rollback(store);
    hm_readers_give(operate->sync.readers, store);
    if (status == HM_OK && stat(operate->store, &seen) == 0) {
        m->bytes = seen.st_size;
    }
    return status;
}

static void put_family(struct hm_buf *out,
                       const char *name,
                       const char *type,
                       const char *help)
{
    hm_buf_put_text(out, "# HELP ");
    hm_buf_put_text(out, name);
    hm_buf_put_text(out, " ");
    hm_buf_put_text(out, help);
    hm_buf_put_text(out, "\n# TYPE ");
    hm_buf_put_text(out, name);
    hm_buf_put_text(out, " ");
    hm_buf_put_text(out, type);
    hm_buf_put_text(out, "\n");
}

static void put_sample(struct hm_buf *out,
                       const char *name,
                       const char *labels,
                       int64_t value)
{
    hm_buf_put_text(out, name);
    hm_buf_put_text(out, labels);
    hm_buf_put_text(out, " ");
    hm_buf_put_int(out, value);
    hm_buf_put_text(out, "\n");
}

static void put_one(struct hm_buf *out,
                    const char *name,
                    const char *type,
                    const char *help,
                    int64_t value)
{
    put_family(out, name, type, help);
    put_sample(out, name, "", value);
}

static void put_state(struct hm_buf *out, const struct metrics *m)
{
    put_family(out, "hamlet_changes", "gauge", "Changes that are here, by state.");
    put_sample(out, "hamlet_changes", "{state=\"accepted\"}",
               m->counts.changes - m->counts.conflict - m->counts.quarantined);
    put_sample(out, "hamlet_changes", "{state=\"conflict\"}", m->counts.conflict);
    put_sample(out, "hamlet_changes", "{state=\"quarantined\"}", m->counts.quarantined);
    put_one(out, "hamlet_changes_erased", "gauge", "Changes of which a value was erased.",
            m->erased);
    put_family(out, "hamlet_devices", "gauge", "Laptops, by state.");
    put_sample(out, "hamlet_devices", "{state=\"active\"}", m->active);
    put_sample(out, "hamlet_devices", "{state=\"revoked\"}", m->revoked);
    put_one(out, "hamlet_devices_silent", "gauge",
            "Active laptops that were not heard of for 14 days or ever.", m->silent);
    put_one(out, "hamlet_changes_waiting", "gauge",
            "Changes that laptops said they have and that are not here.", m->waiting);
    put_one(out, "hamlet_refilling", "gauge", "1 while a lost server is being refilled.",
            m->refilling);
    put_one(out, "hamlet_incarnation", "gauge", "How often the server was begun anew.",
            m->incarnation);
    put_one(out, "hamlet_store_bytes", "gauge", "Size of the store's file.", m->bytes);
    if (m->backup_ms > 0) {
        put_one(out, "hamlet_backup_timestamp_seconds", "gauge",
                "When the newest backup was made.", m->backup_ms / 1000);
    }
}

static void put_served(struct hm_buf *out, struct hm_operate *operate)
{
    put_family(out, "hamlet_requests_total", "counter", "Requests that are over.");
    put_sample(out, "hamlet_requests_total", "{result=\"done\"}",
               atomic_load(&operate->done));
    put_sample(out, "hamlet_requests_total", "{result=\"refused\"}",
               atomic_load(&operate->refused));
    put_one(out, "hamlet_received_bytes_total", "counter", "Bytes of requests.",
            atomic_load(&operate->bytes_in));
    put_one(out, "hamlet_sent_bytes_total", "counter", "Bytes of complete replies.",
            atomic_load(&operate->bytes_out));
    put_one(out, "hamlet_exchanges", "gauge", "Exchanges under way.",
            atomic_load(&operate->sync.open));
    put_one(out, "hamlet_exchanges_bytes", "gauge", "Memory that they hold.",
            (int64_t)atomic_load(&operate->sync.held));
}

static bool is_here(const char *peer)
{
    return strncmp(peer, "127.", 4) == 0 || strcmp(peer, "::1") == 0;
}

static bool metrics(void *server_ctx,
                    const struct hm_httpd_request *request,
                    void **ctx,
                    struct hm_httpd_reply *reply)
{
    struct hm_operate *operate = server_ctx;
    struct metrics m = {.incarnation = 0};
    (void)ctx;
    if (!is_here(request->peer)) {
        hm_sync_problem(&operate->sync, HM_PROBLEM_PATH, reply);
        return false;
    }
    if (gather(&m, operate) != HM_OK) {
        hm_sync_problem(&operate->sync, HM_PROBLEM_INTERNAL, reply);
        return false;
    }
    reply->status = 200;
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    put_state(&reply->body, &m);
    put_served(&reply->body, operate);
    return false;
}

const struct hm_httpd_handler hm_metrics_handler = {.begin = metrics};
