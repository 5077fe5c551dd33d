/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of a refill (PROTOCOL.md 7.5): what a laptop brings back is held
 * against what the server itself once signed, and kept until its change is here.
 */
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/refill.h"
#include "hamlet/store/registry.h"
#include "serving.h"

enum hm_status hm_refill_admits(const struct hm_serving *serving,
                                struct hm_store *store,
                                bool *admits,
                                struct hm_err *err)
{
    const struct hm_request *request = &serving->request;
    struct hm_device device;
    struct hm_keys keys;
    struct hm_arena arena;
    bool open = false;
    *admits = false;
    if (!serving->offering) {
        return HM_OK;
    }
    hm_arena_init(&arena, HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_store_refilling(store, &open, err);
    if (status == HM_OK) {
        status = hm_store_device_get(store, &request->device, &device, &arena, err);
    }
    if (status == HM_OK && open) {
        *admits = device.known || hm_keys_read(&keys, request->keys, &request->device);
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- held against the signature ---- */

/* What is not good is no failure: `*good` is left as it was. */
static enum hm_status only_memory(enum hm_status status, struct hm_err *err)
{
    return status == HM_NO_MEMORY ? hm_fail_memory(err) : HM_OK;
}

/* Whether the server signed a bucket of this name with these leaves. */
static enum hm_status check_leaves(const struct hm_serving *serving,
                                   const struct hm_offer_line *line,
                                   struct hm_arena *arena,
                                   bool *good,
                                   struct hm_err *err)
{
    struct hm_receipt receipt;
    struct hm_digest digest;
    enum hm_status status = hm_receipt_get(&receipt, line->message, arena, NULL);
    if (status == HM_OK && !hm_id_equal(&receipt.server, &serving->self.server)) {
        return HM_OK;
    }
    if (status == HM_OK) {
        status = hm_receipt_check(&line->signature, &receipt, serving->self.key, NULL);
    }
    if (status != HM_OK) {
        return only_memory(status, err);
    }
    hm_leaves_digest(&digest, line->leaves);
    for (size_t i = 0; i < receipt.bucket_count; i++) {
        if (hm_bytes_equal(receipt.buckets[i].name, line->bucket)) {
            *good = hm_digest_equal(&receipt.buckets[i].digest, &digest);
        }
    }
    return HM_OK;
}

/* The leaves of this bucket that came before line `at`; they were found good. */
static const struct hm_offer_line *leaves_before(const struct hm_inbox *inbox, size_t at)
{
    for (size_t i = at; i > 0; i--) {
        const struct hm_offer_line *line = &inbox->offers[i - 1];
        if (line->kind == HM_OFFER_LEAVES &&
            hm_bytes_equal(line->bucket, inbox->offers[at].bucket)) {
            return line;
        }
    }
    return NULL;
}

static enum hm_status check_line(struct hm_serving *serving,
                                 size_t at,
                                 bool *good,
                                 struct hm_err *err)
{
    struct hm_inbox *inbox = &serving->inbox;
    const struct hm_offer_line *line = &inbox->offers[at];
    uint8_t leaf[HM_LEAF_SIZE];
    *good = false;
    if (line->kind == HM_OFFER_LEAVES) {
        return check_leaves(serving, line, &inbox->offer_arena, good, err);
    }
    if (line->kind == HM_OFFER_HAVE) {
        *good = true; /* it claims nothing */
        return HM_OK;
    }
    const struct hm_offer_line *leaves = leaves_before(inbox, at);
    if (leaves == NULL) {
        return HM_OK;
    }
    enum hm_status status = hm_leaf_make(leaf, line->items, line->count, err);
    const uint8_t *said = leaves->leaves.data + (size_t)line->leaf * HM_LEAF_SIZE;
    *good = status == HM_OK && memcmp(leaf, said, HM_LEAF_SIZE) == 0;
    return status;
}

void hm_refill_check(struct hm_serving *serving)
{
    struct hm_inbox *inbox = &serving->inbox;
    bool good = true;
    enum hm_status status = HM_OK;
    for (size_t i = 0; i < inbox->offer_count && good && status == HM_OK; i++) {
        status = check_line(serving, i, &good, NULL);
    }
    if (!good || status != HM_OK) {
        hm_serving_refuse(serving, status == HM_OK ? HM_PROBLEM_PAGE : HM_PROBLEM_BUSY);
        inbox->offer_count = 0;
        hm_inbox_clear(inbox);
    }
}

/* ---- kept ---- */

static enum hm_status take_leaf(const struct hm_offer_line *line,
                                struct hm_store *store,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_element *elements =
        hm_arena_get_array(arena, line->count, sizeof(*elements));
    struct hm_id *ids = hm_arena_get_array(arena, line->count, sizeof(*ids));
    size_t count = 0;
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < line->count && status == HM_OK; i++) {
        const struct hm_offer_item *item = &line->items[i];
        elements[i] = (struct hm_element){.id = item->id,
                                          .kind = (enum hm_entry_kind)item->kind,
                                          .reason = item->reason};
        if (count == 0 || !hm_id_equal(&ids[count - 1], &item->id)) {
            ids[count++] = item->id;
        }
    }
    if (status == HM_OK) {
        status =
            hm_store_offers_put(store, line->bucket, elements, line->count, arena, err);
    }
    return status != HM_OK
               ? status
               : hm_store_offers_take(store, line->bucket, ids, count, arena, err);
}

enum hm_status hm_refill_take(struct hm_serving *serving,
                              struct hm_store *store,
                              struct hm_err *err)
{
    const struct hm_inbox *inbox = &serving->inbox;
    struct hm_bucket bucket;
    struct hm_arena arena;
    enum hm_status status = HM_OK;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    for (size_t i = 0; i < inbox->offer_count && status == HM_OK; i++) {
        if (inbox->offers[i].kind == HM_OFFER_LEAF) {
            status = take_leaf(&inbox->offers[i], store, &arena, err);
        }
        hm_arena_clear(&arena);
    }
    /* Made here, digests are kept for all readers. */
    for (size_t i = 0; i < inbox->offer_count && status == HM_OK; i++) {
        if (inbox->offers[i].kind == HM_OFFER_LEAVES) {
            status = hm_store_bucket_get(store, inbox->offers[i].bucket, &bucket, err);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

/* ---- answered ---- */

static enum hm_status compare_leaves(const struct hm_offer_line *line,
                                     struct hm_store *store,
                                     struct hm_want *want,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    struct hm_bytes here = HM_NO_BYTES;
    *want = (struct hm_want){.bucket = line->bucket};
    enum hm_status status =
        hm_store_bucket_leaves(store, line->bucket, &here, arena, err);
    for (size_t i = 0; i < HM_LEAVES && status == HM_OK; i++) {
        size_t at = i * HM_LEAF_SIZE;
        if (memcmp(here.data + at, line->leaves.data + at, HM_LEAF_SIZE) != 0) {
            want->mask[i / 8] |= (uint8_t)(1U << i % 8);
        }
    }
    return status != HM_OK
               ? status
               : hm_store_leaves_lacking(store, line->bucket, want->mask, err);
}

/* The changes of a line, each once. */
static size_t ids_of(const struct hm_offer_line *line, struct hm_id *ids)
{
    size_t count = 0;
    for (size_t i = 0; i < line->count; i++) {
        bool again = line->kind == HM_OFFER_LEAF && count > 0 &&
                     hm_id_equal(&ids[count - 1], &line->items[i].id);
        if (!again) {
            ids[count++] = line->items[i].id;
        }
    }
    return count;
}

static enum hm_status find_need(const struct hm_offer_line *line,
                                struct hm_store *store,
                                uint8_t *bits,
                                size_t *at,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_id *ids = hm_arena_get_array(arena, line->count, sizeof(*ids));
    bool *lacking = hm_arena_get_array(arena, line->count, sizeof(*lacking));
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK || line->count == 0) {
        return status;
    }
    size_t count = ids_of(line, ids);
    status = hm_store_lacking(store, line->bucket, ids, count, lacking, arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++, ++*at) {
        if (lacking[i]) {
            bits[*at / 8] |= (uint8_t)(1U << *at % 8);
        }
    }
    return status;
}

enum hm_status hm_refill_answer(const struct hm_serving *serving,
                                struct hm_store *store,
                                struct hm_reply *reply,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    const struct hm_inbox *inbox = &serving->inbox;
    size_t changes = 0;
    size_t at = 0;
    for (size_t i = 0; i < inbox->offer_count; i++) {
        changes += hm_offer_changes(&inbox->offers[i]);
    }
    uint8_t *bits = hm_arena_get_array(arena, (changes + 7) / 8 + 1, 1);
    reply->wants = hm_arena_get_array(arena, inbox->offer_count, sizeof(*reply->wants));
    enum hm_status status = hm_arena_status(arena, err);
    for (size_t i = 0; i < inbox->offer_count && status == HM_OK; i++) {
        const struct hm_offer_line *line = &inbox->offers[i];
        status = line->kind == HM_OFFER_LEAVES
                     ? compare_leaves(line, store, &reply->wants[reply->want_count++],
                                      arena, err)
                     : find_need(line, store, bits, &at, arena, err);
    }
    reply->need = (struct hm_bytes){bits, (changes + 7) / 8};
    return status;
}
