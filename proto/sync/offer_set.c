/* SPDX-License-Identifier: Apache-2.0 */
#include "offer_set.h"

#include <string.h>

static enum hm_status make_leaves(struct hm_offer_set *set, struct hm_err *err)
{
    uint8_t *leaves = hm_arena_get(&set->arena, HM_LEAVES_SIZE);
    struct hm_offer_item *items =
        hm_arena_get_array(&set->arena, set->element_count, sizeof(*items));
    enum hm_status status = hm_arena_status(&set->arena, err);
    size_t at = 0;
    for (size_t i = 0; i < set->element_count && status == HM_OK; i++) {
        items[i] = (struct hm_offer_item){.id = set->elements[i].id,
                                          .kind = (char)set->elements[i].kind,
                                          .reason = set->elements[i].reason};
    }
    for (size_t leaf = 0; leaf < HM_LEAVES && status == HM_OK; leaf++) {
        set->starts[leaf] = at;
        while (at < set->element_count && set->elements[at].id.at[0] == leaf) {
            at++;
        }
        status = hm_leaf_make(leaves + leaf * HM_LEAF_SIZE, items + set->starts[leaf],
                              at - set->starts[leaf], err);
    }
    set->starts[HM_LEAVES] = at;
    set->leaves = (struct hm_bytes){leaves, HM_LEAVES_SIZE};
    return status;
}

/* The last word on a bucket and its n; a bucket that is not in it has none. */
static enum hm_status read_statement(struct hm_session *session,
                                     struct hm_offer_bucket *bucket,
                                     struct hm_digest *digest,
                                     struct hm_arena *arena,
                                     struct hm_err *err)
{
    struct hm_receipt receipt;
    struct hm_bytes signature = HM_NO_BYTES;
    bucket->message = HM_NO_BYTES;
    bucket->n = 0;
    struct hm_bytes message = HM_NO_BYTES;
    enum hm_status status = hm_store_bucket_statement(session->store, bucket->name,
                                                      &message, &signature, arena, err);
    if (status != HM_OK || signature.size != HM_SIGNATURE_SIZE) {
        return status;
    }
    status = hm_receipt_get(&receipt, message, arena, NULL);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? hm_fail_memory(err) : HM_OK;
    }
    memcpy(bucket->signature.at, signature.data, HM_SIGNATURE_SIZE);
    for (size_t i = 0; i < receipt.bucket_count; i++) {
        if (hm_bytes_equal(receipt.buckets[i].name, bucket->name)) {
            bucket->message = message;
            bucket->n = receipt.buckets[i].n;
            *digest = receipt.buckets[i].digest;
        }
    }
    return HM_OK;
}

static bool is_mailbox(struct hm_bytes name)
{
    return name.size > 0 && name.data[0] == '@';
}

/*
 * Whoever was brought what left this machine may have lost all but its skeleton, and
 * acknowledge it at any time: it is offered. In a file what is not acknowledged follows
 * the offer. What a key signs that no registry names could be given to nobody: of a
 * revoked device it never will be named.
 */
uint64_t hm_offer_own_end(const struct hm_session *session)
{
    const struct hm_origin *origin = &session->origin;
    bool offered = !session->file_out && !session->key_news;
    return offered && origin->sent > origin->acked ? origin->sent : origin->acked;
}

enum hm_status hm_offer_set_load(struct hm_offer_set *set,
                                 struct hm_session *session,
                                 struct hm_offer_bucket *bucket,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_digest said;
    struct hm_digest made;
    hm_arena_clear(&set->arena);
    set->element_count = 0;
    set->have_count = 0;
    enum hm_status status = read_statement(session, bucket, &said, arena, err);
    if (status == HM_OK && bucket->message.size > 0) {
        status = hm_store_elements(session->store, bucket->name, bucket->n,
                                   &set->elements, &set->element_count, &set->arena, err);
    }
    if (status == HM_OK) {
        status = make_leaves(set, err);
    }
    if (status == HM_OK && bucket->message.size > 0) {
        hm_leaves_digest(&made, set->leaves);
        if (!hm_digest_equal(&made, &said)) {
            bucket->message = HM_NO_BYTES; /* the entries were begun anew since */
            bucket->n = 0;
            memset(set->starts, 0, sizeof(set->starts));
        }
    }
    if (status == HM_OK && !is_mailbox(bucket->name)) {
        const struct hm_beyond own = {session->origin.row, hm_offer_own_end(session)};
        status = hm_store_unspoken(session->store, bucket->name, bucket->n, own,
                                   &set->haves, &set->have_count, &set->arena, err);
    }
    return status;
}

enum hm_status hm_offer_names(struct hm_session *session,
                              bool by_file,
                              struct hm_bytes **names,
                              size_t *count,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    struct {
        struct hm_bytes *at;
        size_t count;
    } found[HM_OLD_STATES] = {{NULL, 0}};
    enum hm_status status = HM_OK;
    size_t total = 0;
    size_t n = 0;
    for (int state = HM_OLD_NOT; state < HM_OLD_STATES && status == HM_OK; state++) {
        bool meant = state == HM_OLD_TO_OFFER || state == HM_OLD_IN_FILE ||
                     (by_file && (state == HM_OLD_OFFERED || session->file_all));
        if (meant) {
            status =
                hm_store_buckets_old(session->store, (enum hm_old)state, &found[state].at,
                                     &found[state].count, arena, err);
        }
        total += found[state].count;
    }
    struct hm_bytes *list = hm_arena_get_array(arena, total, sizeof(*list));
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    for (int state = HM_OLD_NOT; state < HM_OLD_STATES && status == HM_OK; state++) {
        for (size_t i = 0; i < found[state].count; i++) {
            list[n++] = found[state].at[i];
        }
    }
    *names = list;
    *count = n;
    return status;
}
