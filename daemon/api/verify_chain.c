/* SPDX-License-Identifier: Apache-2.0 */
/* Chains, pages and receipts: what was signed against what is here. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/model/page.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/registry.h"
#include "hamlet/wire/receipt.h"
#include "verify.h"

enum { PLACE_SIZE = 96 };

struct chain {
    const struct hm_origin *origin;
    const struct hm_link *links; /* ascending */
    size_t count;
    struct hm_keys keys; /* of the device; none: it is not known */
};

static void fault_at(struct hm_verify *v,
                     enum hm_fault fault,
                     const struct chain *chain,
                     uint64_t seq)
{
    char device[HM_HEX16_SIZE];
    char place[PLACE_SIZE];
    hm_hex_put(device, hm_id_bytes(&chain->origin->device));
    (void)snprintf(place, sizeof(place), "%s/%" PRIu32 "/%" PRIu64, device,
                   chain->origin->epoch, seq);
    hm_verify_fault(v, fault, place);
}

/* The index of the first link with at least this sequence number. */
static size_t link_of(const struct chain *chain, uint64_t seq)
{
    size_t low = 0;
    size_t high = chain->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (chain->links[middle].seq < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Run the chain on from `*head` over `count` links from `seq`; false: one is missing. */
static bool run(const struct chain *chain,
                uint64_t seq,
                uint64_t count,
                struct hm_digest *head,
                uint64_t *missing)
{
    size_t at = link_of(chain, seq);
    for (uint64_t i = 0; i < count; i++, at++) {
        while (at + 1 < chain->count &&
               chain->links[at].seq == chain->links[at + 1].seq) {
            at++; /* a fork, which is told apart from this */
        }
        if (at >= chain->count || chain->links[at].seq != seq + i) {
            *missing = seq + i;
            return false;
        }
        hm_chain_next(head, &chain->links[at].change);
    }
    return true;
}

static void check_forks(struct hm_verify *v, const struct chain *chain)
{
    for (size_t i = 1; i < chain->count; i++) {
        if (chain->links[i].seq == chain->links[i - 1].seq) {
            fault_at(v, HM_FAULT_CHAIN_FORK, chain, chain->links[i].seq);
        }
    }
}

/* The prefix that the origin's row speaks of: from the first change to its head. */
static void check_prefix(struct hm_verify *v, const struct chain *chain)
{
    const struct hm_origin *origin = chain->origin;
    struct hm_digest head;
    uint64_t missing = 0;
    hm_chain_begin(&head, &origin->device, origin->epoch,
                   origin->has_parent ? &origin->parent : NULL);
    if (!run(chain, 1, origin->seq, &head, &missing)) {
        fault_at(v, HM_FAULT_CHAIN_GAP, chain, missing);
    } else if (!hm_digest_equal(&head, &origin->head)) {
        fault_at(v, HM_FAULT_CHAIN_HEAD, chain, origin->seq);
    }
}

/* Of the server's own pages none but its key is good. */
static enum hm_status check_signature(struct hm_verify *v,
                                      const struct chain *chain,
                                      const struct hm_page *page,
                                      struct hm_err *err)
{
    struct hm_key key;
    size_t which = 0;
    bool good = hm_keys_check(&chain->keys, page, &which);
    enum hm_status status = good || hm_id_equal(&page->device, &v->server)
                                ? HM_OK
                                : hm_store_signer(v->view->store, page, &key, &good, err);
    if (status == HM_OK && !good) {
        fault_at(v, HM_FAULT_PAGE_SIGNATURE, chain, page->seq);
    }
    return status;
}

static enum hm_status check_page(struct hm_verify *v,
                                 const struct chain *chain,
                                 const struct hm_stored_page *stored,
                                 struct hm_err *err)
{
    struct hm_page page = {.device = chain->origin->device,
                           .epoch = chain->origin->epoch,
                           .home = stored->home,
                           .seq = stored->seq,
                           .registry_n = stored->registry_n,
                           .head_known = true,
                           .head_before = stored->head_before,
                           .head_after = stored->head_after,
                           .count = stored->count,
                           .signature = stored->signature};
    struct hm_digest head = stored->head_before;
    uint64_t missing = 0;
    v->pages++;
    if (!run(chain, stored->seq, stored->count, &head, &missing)) {
        fault_at(v, HM_FAULT_CHAIN_GAP, chain, missing);
    } else if (!hm_digest_equal(&head, &stored->head_after)) {
        fault_at(v, HM_FAULT_PAGE_HEAD, chain, stored->seq);
    }
    if (chain->keys.count == 0) {
        v->unchecked++;
        return HM_OK;
    }
    return check_signature(v, chain, &page, err);
}

/* The keys that signed a device's pages: of the registry, or the server's own. */
static enum hm_status find_keys(const struct hm_verify *v,
                                struct chain *chain,
                                struct hm_err *err)
{
    const struct hm_id *id = &chain->origin->device;
    if (v->server_key != NULL && hm_id_equal(id, &v->server)) {
        hm_keys_one(&chain->keys, v->server_key);
        return HM_OK;
    }
    return hm_store_keys(v->view->store, id, &chain->keys, err);
}

static enum hm_status check_origin(struct hm_verify *v,
                                   const struct hm_origin *origin,
                                   struct hm_err *err)
{
    struct hm_arena arena;
    struct chain chain = {.origin = origin};
    struct hm_link *links = NULL;
    struct hm_stored_page *pages = NULL;
    size_t page_count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_links(v->view->store, origin->row, &links, &chain.count, &arena, err);
    if (status == HM_OK) {
        status = hm_store_pages_of(v->view->store, origin->row, &pages, &page_count,
                                   &arena, err);
    }
    if (status == HM_OK) {
        status = find_keys(v, &chain, err);
    }
    if (status == HM_OK) {
        chain.links = links;
        v->origins++;
        check_forks(v, &chain);
        check_prefix(v, &chain);
        for (size_t i = 0; i < page_count && status == HM_OK; i++) {
            status = check_page(v, &chain, &pages[i], err);
        }
    }
    hm_arena_fini(&arena);
    return status;
}

enum hm_status hm_verify_chains(struct hm_verify *v, struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_origin *origins = NULL;
    size_t count = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_origins(v->view->store, &origins, &count, &arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = check_origin(v, &origins[i], err);
    }
    hm_arena_fini(&arena);
    return status;
}

/*
 * A bucket that has grown since was signed as it was then; only one that still has the
 * number that was signed can be held to it.
 */
static enum hm_status check_bucket(struct hm_verify *v,
                                   const struct hm_bucket_state *signed_state,
                                   struct hm_err *err)
{
    struct hm_bucket bucket;
    uint64_t n = 0;
    char name[HM_ERR_ARG_MAX];
    enum hm_status status =
        hm_store_bucket_n(v->view->store, signed_state->name, &n, err);
    if (status != HM_OK || n != signed_state->n) {
        return status;
    }
    status = hm_store_bucket_get(v->view->store, signed_state->name, &bucket, err);
    if (status == HM_OK && !hm_digest_equal(&bucket.digest, &signed_state->digest)) {
        hm_api_argument(name, signed_state->name);
        hm_verify_fault(v, HM_FAULT_BUCKET, name);
    }
    return status;
}

static enum hm_status check_receipt(struct hm_verify *v,
                                    const struct hm_kept_receipt *kept,
                                    uint64_t incarnation,
                                    struct hm_arena *arena,
                                    struct hm_err *err)
{
    struct hm_receipt receipt;
    struct hm_signature signature = {{0}};
    char time[HM_TIME_TEXT_SIZE] = "";
    enum hm_status status = HM_OK;
    v->receipts++;
    bool good = kept->signature.size == HM_SIGNATURE_SIZE &&
                hm_receipt_get(&receipt, kept->message, arena, NULL) == HM_OK;
    if (good) {
        memcpy(signature.at, kept->signature.data, HM_SIGNATURE_SIZE);
        hm_wall_put(time, receipt.time);
        good = v->server_key == NULL ||
               hm_receipt_check(&signature, &receipt, v->server_key, NULL) == HM_OK;
    }
    if (!good) {
        hm_verify_fault(v, HM_FAULT_RECEIPT, time);
        return HM_OK;
    }
    for (size_t i = 0; i < receipt.bucket_count && status == HM_OK; i++) {
        if (receipt.incarnation == incarnation) {
            status = check_bucket(v, &receipt.buckets[i], err);
        }
    }
    return status;
}

enum hm_status hm_verify_receipts(struct hm_verify *v, struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_kept_receipt *receipts = NULL;
    size_t count = 0;
    int64_t incarnation = 0;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status =
        hm_store_receipts_kept(v->view->store, &receipts, &count, &arena, err);
    if (status == HM_OK) {
        status = hm_store_meta_get_int(v->view->store, HM_META_INCARNATION, 0,
                                       &incarnation, err);
    }
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = check_receipt(v, &receipts[i], (uint64_t)incarnation, &arena, err);
    }
    hm_arena_fini(&arena);
    return status;
}
