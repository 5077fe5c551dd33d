/* SPDX-License-Identifier: Apache-2.0 */
#include "verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_SIZE = 24 };

static const char *fault_name(enum hm_fault fault)
{
    static const char *const names[HM_FAULT_COUNT] = {
#define HM_FAULT_NAME(name, text) #text,
        HM_FAULT_MAP(HM_FAULT_NAME)
#undef HM_FAULT_NAME
    };
    return names[fault];
}

static const char *fault_word(enum hm_fault fault)
{
    static const char *const words[HM_FAULT_COUNT] = {
        "verify.file",    "verify.body",   "verify.change", "verify.gap",
        "verify.fork",    "verify.head",   "verify.page",   "verify.signed",
        "verify.receipt", "verify.bucket", "verify.derived"};
    return words[fault];
}

void hm_verify_fault(struct hm_verify *v, enum hm_fault fault, const char *what)
{
    if (v->faults++ >= HM_FAULTS_SHOWN) {
        return; /* a broken disk gives thousands; the number is told */
    }
    if (!v->view->json) {
        hm_view_say(v->view, fault_word(fault), what, NULL, NULL);
        return;
    }
    hm_json_open(&v->rows->out, '{');
    hm_json_put_text(&v->rows->out, "type", hm_text(fault_name(fault)));
    hm_json_put_text(&v->rows->out, "what", hm_text(what));
    hm_json_close(&v->rows->out, '}');
}

/* The id from the tuple again: values give their commitments, skeletons keep them. */
static enum hm_status check_change(void *ctx,
                                   const struct hm_held *held,
                                   struct hm_err *err)
{
    struct hm_verify *v = ctx;
    struct hm_write writes[HM_CHANGE_WRITES_MAX];
    char id[HM_HEX16_SIZE];
    v->changes++;
    if (held == NULL || held->change.write_count > HM_CHANGE_WRITES_MAX) {
        char number[NUMBER_SIZE];
        (void)snprintf(number, sizeof(number), "%" PRId64, v->changes);
        hm_verify_fault(v, HM_FAULT_CHANGE_BODY, number);
        return HM_OK;
    }
    struct hm_change copy = held->change;
    v->withheld += held->withheld;
    if (copy.write_count > 0) {
        memcpy(writes, copy.writes, copy.write_count * sizeof(*writes));
    }
    copy.writes = writes;
    enum hm_status status = hm_change_seal(&copy, &v->scratch, err);
    if (status != HM_OK) {
        return status;
    }
    if (!hm_id_equal(&copy.id, &held->change.id) ||
        !hm_id_equal(&copy.record, &held->change.record) || !hm_change_valid(&copy)) {
        hm_hex_put(id, hm_id_bytes(&held->change.id));
        hm_verify_fault(v, HM_FAULT_CHANGE_ID, id);
    }
    return HM_OK;
}

/* A database that SQLite itself finds damaged is a finding too, not the end. */
static enum hm_status check_file(struct hm_verify *v, struct hm_err *err)
{
    struct hm_err found = HM_ERR_NONE;
    enum hm_status status = hm_store_check_file(v->view->store, &found);
    if (status == HM_CORRUPT) {
        hm_verify_fault(v, HM_FAULT_FILE, found.arg[0]);
        return HM_OK;
    }
    return status == HM_OK ? HM_OK
                           : hm_fail(err, status, found.key, found.arg[0], found.arg[1],
                                     found.arg[2]);
}

/* Records cannot be derived from changes that cannot be read. */
static enum hm_status check_derived(struct hm_verify *v, struct hm_err *err)
{
    size_t count = 0;
    size_t different = 0;
    char number[NUMBER_SIZE];
    if (v->faults > 0) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_check_derived(v->view->store, &count, &different, err);
    v->records = (int64_t)count;
    if (status == HM_OK && different > 0) {
        (void)snprintf(number, sizeof(number), "%zu", different);
        hm_verify_fault(v, HM_FAULT_DERIVED, number);
    }
    return status;
}

static enum hm_status find_server(struct hm_verify *v,
                                  struct hm_key *key,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_bytes stored = HM_NO_BYTES;
    enum hm_status status =
        hm_store_meta_get_id(v->view->store, HM_META_DISTRICT, &v->server, err);
    if (status == HM_OK && v->server_key == NULL) {
        status =
            hm_store_meta_get(v->view->store, HM_META_SERVER_KEY, arena, &stored, err);
    }
    if (status == HM_OK && stored.size == HM_KEY_SIZE) {
        memcpy(key->at, stored.data, HM_KEY_SIZE);
        v->server_key = key;
    }
    return status;
}

static enum hm_status check_all(struct hm_verify *v, struct hm_err *err)
{
    enum hm_status status = check_file(v, err);
    if (status == HM_OK) {
        status = hm_store_changes_each(v->view->store, check_change, v, err);
    }
    if (status == HM_OK) {
        status = hm_verify_chains(v, err);
    }
    if (status == HM_OK) {
        status = hm_verify_receipts(v, err);
    }
    return status != HM_OK ? status : check_derived(v, err);
}

static void put_counts(struct hm_verify *v)
{
    struct hm_json_write *out = &v->rows->out;
    hm_json_put_int(out, "faults", v->faults);
    hm_json_put_int(out, "origins", v->origins);
    hm_json_put_int(out, "changes", v->changes);
    hm_json_put_int(out, "withheld", v->withheld);
    hm_json_put_int(out, "pages", v->pages);
    hm_json_put_int(out, "unchecked", v->unchecked);
    hm_json_put_int(out, "receipts", v->receipts);
    hm_json_put_int(out, "records", v->records);
}

static enum hm_status end(struct hm_verify *v, struct hm_err *err)
{
    char number[NUMBER_SIZE];
    char pages[NUMBER_SIZE];
    char records[NUMBER_SIZE];
    enum hm_status status = HM_OK;
    (void)snprintf(number, sizeof(number), "%" PRId64, v->changes);
    (void)snprintf(pages, sizeof(pages), "%" PRId64, v->pages);
    (void)snprintf(records, sizeof(records), "%" PRId64, v->records);
    if (v->view->json) {
        hm_json_close(&v->rows->out, ']');
        put_counts(v);
        hm_json_close(&v->rows->out, '}');
        status = hm_rows_end(v->rows, err);
    } else if (v->faults == 0) {
        hm_view_say(v->view, "verify.good", number, pages, records);
    }
    if (status == HM_OK && v->faults > 0) {
        (void)snprintf(number, sizeof(number), "%" PRId64, v->faults);
        status = hm_fail(err, HM_CORRUPT, "verify-failed", number, NULL, NULL);
    }
    return status;
}

enum hm_status hm_api_verify(const struct hm_view *view,
                             const struct hm_key *key,
                             struct hm_err *err)
{
    struct hm_rows rows;
    struct hm_arena arena;
    struct hm_key stored;
    struct hm_verify v = {.view = view, .rows = &rows, .server_key = key};
    hm_rows_init(&rows, view);
    hm_arena_init(&arena, HM_REQUEST_BYTES_MAX);
    hm_buf_init(&v.scratch, HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_store_begin_read(view->store, err);
    if (status == HM_OK) {
        hm_json_open(&rows.out, '{');
        hm_json_key(&rows.out, "wrong");
        hm_json_open(&rows.out, '[');
        status = find_server(&v, &stored, &arena, err);
        if (status == HM_OK) {
            status = check_all(&v, err);
        }
        hm_store_rollback(view->store);
    }
    if (status == HM_OK) {
        status = end(&v, err);
    }
    hm_buf_fini(&v.scratch);
    hm_arena_fini(&arena);
    hm_rows_fini(&rows);
    return status;
}
